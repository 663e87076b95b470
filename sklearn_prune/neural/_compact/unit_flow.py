"""The units that a tensor carries, and those of them that are the same for all samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


@dataclass(frozen=True)
class Flow:
    """Units of a tensor between two operations.

    Attributes
    ----------
    units : ndarray of shape (n,)
        Numbers of the units: columns of a table, channels of images.
    constants : ndarray of shape (n,)
        What a unit is for all samples and pixels in evaluation, nan where that varies.
    ndim : int or None
        Number of axes, of which units are the second; None if it is not known and they
        are the last.
    pixels : int or None
        How many values of a sample a unit has, if that is known.
    flat : bool
        Whether the pixels stand beside each other on the axis of the units.
    """

    units: Indices
    constants: Array
    ndim: int | None = None
    pixels: int | None = 1
    flat: bool = False

    def __len__(self) -> int:
        return len(self.units)

    def with_constants(self, constants: Array) -> Flow:
        """Return the units with other constants; what is not finite is none."""
        return replace(self, constants=np.where(np.isfinite(constants), constants, np.nan))

    def side_by_side(self, n_columns: int) -> Flow | None:
        """Return the columns of a table, each a unit; None if they cannot be so many."""
        if not self.flat:
            return self if len(self) == n_columns else None
        pixels, rest = divmod(n_columns, len(self))
        if rest or not pixels:
            return None
        return Flow(np.repeat(self.units, pixels), np.repeat(self.constants, pixels), 2)
