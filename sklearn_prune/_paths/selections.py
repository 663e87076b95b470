"""Which features were selected, by several fits at every size, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.arguments import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._typing import AnyArray, Array, Indices, Mask

# The entry of a feature that is selected at no size.
NEVER = np.int32(2**31 - 1)


class Selections(NamedTuple):
    """What each of several fits selects at every size.

    Supports are nested: a size selects what the smaller ones select. One number a fit and
    feature tells them all.

    Attributes
    ----------
    entries : ndarray of shape (n_fits, n_features) or (n_fits, n_targets, n_features)
        The size from which on a fit selects a feature: a count, an int32, or a total price.
    """

    entries: AnyArray

    @classmethod
    def of(cls, orders: Iterable[Order]) -> Selections:
        """Return what the orders of several fits select."""
        return cls(np.array([order.entries() for order in orders]))

    @classmethod
    def of_targets(cls, targets: Sequence[Selections]) -> Selections:
        """Return what is selected for several targets."""
        return cls(np.stack([selections.entries for selections in targets], axis=1))

    @classmethod
    def of_models(cls, fits: Sequence[Sequence[Any]], sizes: AnyArray) -> Selections:
        """Return what fitted models of each fit select at increasing sizes, and no other ones."""
        return cls(np.array([_first_sizes(models, sizes) for models in fits]))

    def supports(self, size: float) -> Mask:
        """Return what each fit selects at a size, of the shape of `entries`."""
        selected: Mask = self.entries <= size * (1 + ROUNDING)
        return selected

    def frequencies(self, sizes: AnyArray) -> Array:
        """Return the share of fits that select each feature at increasing sizes.

        Returns
        -------
        ndarray of shape (n_sizes, n_features)
        """
        n_fits, n_features = self.entries.shape
        places = _places(self.entries, sizes) * n_features + np.arange(n_features)
        counts = np.bincount(places.ravel(), minlength=(len(sizes) + 1) * n_features)
        counts = counts.reshape(-1, n_features)[: len(sizes)]
        return np.cumsum(counts, axis=0) / n_fits

    def stability(self, sizes: AnyArray) -> Array:
        """Return how much the fits agree at each size: 1 if they select the same, 0 by chance.

        It is the index of Nogueira, Sechidis and Brown (JMLR 2018): one less the variance of
        a selection, unbiased and averaged over the features, relative to that by chance. NaN
        where nothing can differ: one fit, or all features.
        """
        entries = self.entries.reshape(len(self.entries), -1)
        n_fits, n_features = entries.shape
        # The k-th smallest entry of a feature is where k fits begin to agree.
        counts = np.array([_up_to(row, sizes) for row in np.sort(entries, axis=0)])
        share = counts.sum(axis=0) / (n_fits * n_features)
        disagreeing = (n_fits + 1 - 2 * np.arange(1, n_fits + 1)) @ counts
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = disagreeing / np.float64(n_fits * (n_fits - 1) * n_features)
            index: Array = 1 - variance / (share * (1 - share))
        return index


class SelectionFrequency:
    """How often each feature was selected at one size, as soon as somebody asks.

    ``np.asarray(frequency)`` is the array of shape (n_features,), or (n_targets, n_features) if
    each target has features of its own. All sizes share what they
    are made of, so that a table of them takes hardly more memory than one.

    Parameters
    ----------
    selections : Selections
    size : float
    """

    __slots__ = ("selections", "size")

    def __init__(self, selections: Selections, size: float) -> None:
        self.selections, self.size = selections, size

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        if copy is False:
            msg = "The frequencies are made when they are asked for: they cannot be a view."
            raise ValueError(msg)
        return self.selections.supports(self.size).mean(axis=0, dtype=dtype)

    def __repr__(self) -> str:
        entries = self.selections.entries
        n_fits, n_features = len(entries), entries.shape[-1]
        return f"<{n_features} features, {n_fits} fits>"


def _first_sizes(models: Sequence[Any], sizes: AnyArray) -> AnyArray:
    """Return the first size at which each feature is in the support of a model."""
    supports = np.array([model.support_ for model in models])
    sizes = sizes.astype(np.int32) if sizes.dtype.kind == "i" else sizes
    first = sizes[supports.argmax(axis=0)]
    return np.where(supports.any(axis=0), first, NEVER)


def _up_to(entries: AnyArray, sizes: AnyArray) -> Indices:
    """Return how many entries are at most each of increasing sizes."""
    counts = np.bincount(_places(entries, sizes), minlength=len(sizes) + 1)
    return np.cumsum(counts)[: len(sizes)]


def _places(entries: AnyArray, sizes: AnyArray) -> Indices:
    """Return the place of the first of increasing sizes that each entry is in."""
    return np.searchsorted(np.multiply(sizes, 1 + ROUNDING), entries)
