"""Steps of training without the numbers that CPUs are slow at."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

# Less than every normal number: zero where such numbers are flushed.
DENORMAL = sys.float_info.min / 2


@contextmanager
def flushed_denormals() -> Iterator[None]:
    """Let this thread take denormal numbers, below 1e-38 in single precision, for zero.

    The mean gradient of a weight that gets none any more, behind a dead unit, decays to them
    and stays there. Sums and products of them may take thirty times as long.
    """
    if is_flushing() or not torch.set_flush_denormal(True):
        yield
        return
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def is_flushing() -> bool:
    """Return whether this thread takes denormal numbers for zero."""
    return DENORMAL == 0
