"""Which columns belong together, stay, or cost more than others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .column_costs import check_costs
from .column_groups import check_groups
from .column_positions import check_columns

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask


class ColumnSelection(NamedTuple):
    """Groups of columns, where one that is alone is a group of its own.

    Attributes
    ----------
    groups : ndarray of shape (n_features,)
        Number of the group of each column.
    stays : ndarray of shape (n_groups,), dtype bool
        Groups that are always kept.
    costs : ndarray of shape (n_groups,) or None
        Prices, by which scores are divided; None if they are not.
    """

    groups: Indices
    stays: Mask
    costs: Array | None


def check_selection(
    feature_groups: Any,
    always_keep: Any,
    feature_costs: Any,
    n_features: int,
    names: AnyArray | None,
) -> ColumnSelection:
    """Return what these parameters mean for some columns; each may be None.

    Raises
    ------
    ValueError
        If one of them does not fit the columns.
    """
    groups = np.arange(n_features)
    if feature_groups is not None:
        groups = check_groups(feature_groups, n_features, names)
    stays = np.zeros(groups.max() + 1, dtype=bool)
    if always_keep is not None:
        stays[groups[check_columns(always_keep, n_features, names, "always_keep")]] = True
    if feature_costs is None:
        return ColumnSelection(groups, stays, None)
    prices = check_costs(feature_costs, n_features, names)
    return ColumnSelection(groups, stays, np.bincount(groups, weights=prices).astype(np.float64))
