"""Random numbers of torch that leave those of the caller, and of other threads, alone.

Layers such as dropout draw from the generator of torch, of which a process has one a
device. So whoever draws puts a state of its own in place, for as long as it is its turn.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.utils import check_random_state

from ._turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from torch import Tensor

GENERATORS = Turns()


def draw_seed(random_state: Any) -> int:
    """Return a seed that `random_state` gives, the same one for the same int."""
    return int(check_random_state(random_state).randint(2**31 - 1))


@contextmanager
def untouched_random_state(device: Any) -> Iterator[None]:
    """Put the generators of the CPU and of the device back afterwards."""
    with GENERATORS:
        states = get_random_state(device)
        try:
            yield
        finally:
            set_random_state(states, device)


class RandomStream:
    """What the generators draw inside of a ``with`` block, on the CPU and on a device.

    Parameters
    ----------
    device : torch.device or str
        The device.
    seed : int
        Where the stream begins.
    """

    def __init__(self, device: Any, seed: int) -> None:
        self.device = device
        kinds = [torch.device("cpu"), *([torch.device(device)] if _is_cuda(device) else [])]
        self._states = [torch.Generator(kind).manual_seed(seed).get_state() for kind in kinds]
        self._callers: list[Tensor] | None = None

    def __enter__(self) -> RandomStream:
        """Wait for the turn, and go on with the stream."""
        GENERATORS.__enter__()
        self._callers = get_random_state(self.device)
        set_random_state(self._states, self.device)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """Go on with the random numbers of the caller, and end the turn."""
        if self._callers is None:  # Ctrl-C came while it gave way
            return
        self._states = get_random_state(self.device)
        set_random_state(self._callers, self.device)
        self._callers = None
        GENERATORS.__exit__()

    def give_way(self) -> None:
        """Let threads that wait for their turn go first."""
        if GENERATORS.wanted():
            self.__exit__()
            self.__enter__()


def random_stream(device: Any, *path: int) -> RandomStream:
    """Return a stream of its own, that of a path such as (seed, phase), on both devices."""
    return RandomStream(device, int(np.random.SeedSequence(path).generate_state(1, np.uint64)[0]))


def get_random_state(device: Any) -> list[Tensor]:
    """Return where the generators of the CPU and of the device stand."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if _is_cuda(device) else states


def set_random_state(states: list[Tensor], device: Any) -> None:
    """Go on from where `get_random_state` was."""
    torch.set_rng_state(states[0])
    if _is_cuda(device):
        torch.cuda.set_rng_state(states[1], device)


def _is_cuda(device: Any) -> bool:
    return torch.device(device).type == "cuda"
