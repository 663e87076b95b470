"""How much of each width is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._checks.arguments import count_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Indices


def width_sizes(
    recipes: Sequence[Sequence[Recipe]], sparsities: Sequence[float], widths: Indices
) -> AnyArray:
    """Return how much each sparsity keeps of each width, 0 if it has less than that.

    Parameters
    ----------
    recipes : sequence of sequence of Recipe
        Of which all select alike.
    sparsities : sequence of int or float
    widths : ndarray of shape (n_widths,)
        Numbers of columns.

    Returns
    -------
    ndarray of shape (n_widths, n_sparsities)

    Raises
    ------
    ValueError
        If a width has a part of a group, or a sparsity is less than what always stays.
    """
    selection = recipes[0][0].selection if recipes else None
    if selection is None:
        return count_kept(sparsities, widths)
    parts = (selection.leading(width) for width in widths.tolist())
    return np.array([part.sizes_within(sparsities) for part in parts])
