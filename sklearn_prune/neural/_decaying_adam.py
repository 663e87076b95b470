"""The optimiser that nets have unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.optim import AdamW

# Ways to make a step, which exclude each other.
WAYS = {"capturable", "differentiable", "foreach", "fused"}
# Devices with a kernel that makes the whole step.
FUSED = {"cpu", "cuda"}

if TYPE_CHECKING:
    from torch.optim.optimizer import ParamsT


class DecayingAdam(AdamW):
    """AdamW with a decay that tells what a net needs from what it began with.

    Weights that the data do not hold up shrink, so that magnitudes are a measure of use,
    whatever the scale of X. Without decay a wide net ends near its random start, whose
    largest weights would be kept.

    A step is one kernel, where torch has one (`fused`), which on a CPU takes a small net a
    fraction of the time.

    Parameters
    ----------
    params : iterable of Tensor
        Weights to train.
    lr : float, default=0.01
        Learning rate.
    weight_decay : float, default=0.3
        Every step shrinks the weights by the fraction `lr` times this.
    **kwargs : dict
        Further parameters of :class:`torch.optim.AdamW`.
    """

    def __init__(
        self, params: ParamsT, lr: float = 0.01, weight_decay: float = 0.3, **kwargs: Any
    ) -> None:
        chooses = bool(WAYS & kwargs.keys())
        ways = kwargs if chooses else kwargs | {"fused": True}
        super().__init__(params, lr=lr, weight_decay=weight_decay, **ways)
        if not (chooses or all(map(_is_fusible, self.param_groups))):
            for group in self.param_groups:
                group["fused"] = None


def _is_fusible(group: dict[str, Any]) -> bool:
    return all(p.is_floating_point() and p.device.type in FUSED for p in group["params"])
