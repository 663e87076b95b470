"""Which units of a net no output needs, but for a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .weighted_layers import reach

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices, Mask

    from .net_survey import Survey


def kept_units(found: Survey) -> Mask:
    """Return which units stay: what an output depends on, and one of each layer at least."""
    groups, n_groups = _groups(found)
    needed = np.zeros(n_groups, dtype=bool)
    for units, _ in found.pinned:
        needed[groups[units]] = True
    wanted = [
        (use, reach(use.layer, len(use.inputs)) & np.isnan(use.constants)) for use in found.uses
    ]
    n_before = -1
    while needed.sum() > n_before:
        n_before = needed.sum()
        for use, wants in reversed(wanted):
            live = wants[needed[groups[use.outputs]]].any(axis=0)
            needed[groups[use.inputs[live]]] = True
    for use in found.uses:  # torch has no layers without units
        if not needed[groups[use.outputs]].any():
            needed[groups[use.outputs[0]]] = True
    return needed[groups]


def pinned_for(found: Survey) -> dict[int, str]:
    """Return why units stay whatever their weights are, by their numbers."""
    groups, _ = _groups(found)
    reasons: dict[int, str] = {}
    for units, why in found.pinned:
        for group in np.unique(groups[units]):
            reasons.setdefault(int(group), why)
    return {unit: reasons[group] for unit, group in enumerate(groups) if group in reasons}


def _groups(found: Survey) -> tuple[Indices, int]:
    """Return the group of each unit, of those that leave the net together, and their number."""
    none = np.empty((2, 0), dtype=np.intp)
    ends = np.concatenate([none, *map(np.stack, found.same)], axis=1)
    links = coo_array((np.ones(ends.shape[1]), ends), shape=(found.n_units, found.n_units))
    n_groups, groups = connected_components(links, directed=False)
    return groups, n_groups
