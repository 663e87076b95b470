"""Masks applied at every step, to weights that are found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ._masks import SUFFIX

if TYPE_CHECKING:
    from torch import Tensor, nn

# Integers of so many bytes.
INTEGERS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


class MaskedWeights:
    """What a net in training has under its masks, found once and set to zero at every step.

    `apply_masks` searches the net each time, which takes a small net longer than all the
    rest of keeping what is pruned at zero. Here what was replaced since the search is
    noticed, a parameter, its memory or a mask, and all of them are found anew.

    Parameters
    ----------
    module : Module
        Net, with its masks if it has any.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._find()

    def set_to_zero(self) -> None:
        """Set the weights under the masks to zero."""
        if not all(weight.is_current() for weight in self._weights):
            self._find()
        for weight in self._weights:
            weight.set_to_zero()

    def _find(self) -> None:
        names = [name.rpartition(".") for name, _ in self.module.named_parameters()]
        self._weights = [
            _MaskedWeight(self.module.get_submodule(path), name) for path, _, name in names
        ]


class _MaskedWeight:
    """A parameter in its layer, and the mask beside it, if there is one."""

    def __init__(self, layer: nn.Module, name: str) -> None:
        self._parameters, self._name = layer._parameters, name
        self._buffers, self._mask_name = layer._buffers, name + SUFFIX
        self._weight: nn.Parameter = getattr(layer, name)
        self._mask = self._buffers.get(self._mask_name)
        self._bits: Tensor | None = None
        if self._mask is not None:
            self._address, self._version = self._weight.data_ptr(), self._mask._version
            if not self._mask.all():
                self._bits, self._kept = _as_bits(self._weight.detach(), self._mask)

    def is_current(self) -> bool:
        """Return whether parameter, memory and mask are what they were."""
        if self._parameters.get(self._name) is not self._weight:
            return False
        if self._buffers.get(self._mask_name) is not self._mask:
            return False
        return self._mask is None or (
            self._weight.data_ptr() == self._address and self._mask._version == self._version
        )

    def set_to_zero(self) -> None:
        """Clear the bits of what is pruned.

        A product with zeros and ones is no faster, and would leave an infinity or nan of a
        training that diverges.
        """
        if self._bits is not None:
            self._bits.bitwise_and_(self._kept)


def _as_bits(weight: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the memory of a weight as integers, and integers whose bits are those kept."""
    if weight.is_complex():
        weight, mask = torch.view_as_real(weight), mask.unsqueeze(-1)
    bits = weight.view(INTEGERS[weight.element_size()])
    return bits, torch.zeros_like(bits).masked_fill_(mask, -1)
