"""Tensors without their zeros, and back."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from torch import Tensor

    from sklearn_prune._typing import AnyArray, Indices, Mask

# How it is said where the values belong.
BITMAP, GAPS = "bitmap", "gaps"
LONG = 255
# What it costs in the header of a file to say it, in bytes, about.
HEADER = 200


def packed(tensor: Tensor) -> tuple[str, Tensor, Tensor] | None:
    """Return how places are said, the places, and the values; None if that is no smaller.

    A zero of negative sign, which a product with a mask leaves, is a zero.
    """
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    if not len(flat):
        return None
    size = flat.element_size()
    there = (flat != 0).numpy()
    places = {BITMAP: np.packbits(there), GAPS: _gaps(np.flatnonzero(there))}
    index = min(places, key=lambda name: len(places[name]))
    values = flat[torch.from_numpy(there)]
    if HEADER + len(places[index]) + len(values) * size >= len(flat) * size:
        return None
    return index, torch.from_numpy(places[index]), values


def unpacked(index: str, places: Tensor, values: Tensor, shape: list[int]) -> Tensor:
    """Return the tensor of such a shape."""
    n = prod(shape)
    there = _places_of_bits(places.numpy(), n) if index == BITMAP else _sums(places.numpy())
    flat = torch.zeros(n, dtype=values.dtype)
    flat[torch.from_numpy(there)] = values
    return flat.reshape(shape)


def _places_of_bits(bits: AnyArray, n: int) -> Mask:
    return np.unpackbits(bits, count=n).astype(bool)


def _gaps(positions: Indices) -> AnyArray:
    """Return the gap before each position as a byte, with one byte more for each full 255."""
    n_long, rest = np.divmod(np.diff(positions, prepend=-1) - 1, LONG)
    ends = np.cumsum(n_long + 1) - 1
    gaps = np.full(len(ends) + n_long.sum(), LONG, dtype=np.uint8)
    gaps[ends] = rest
    return gaps


def _sums(gaps: AnyArray) -> Indices:
    """Return the positions after gaps."""
    is_end = gaps < LONG
    return (np.cumsum(gaps.astype(np.intp) + is_end) - 1)[is_end]
