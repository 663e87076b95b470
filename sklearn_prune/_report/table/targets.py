"""Targets as numbers, and how far predictions are off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import entropy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._typing import AnyArray, Array, Indices


class Target(NamedTuple):
    """The target as least squares sees it.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_targets)
        Numbers; -1 and +1 for two classes; one column of 0 and 1 a class for more.
    classes : tuple
        The classes, none for a regression. The second of two is +1.
    """

    values: Array
    classes: tuple[Any, ...] = ()

    @property
    def variance(self) -> float:
        """Return the total variance, the unit of all errors."""
        return float(self.values.var(axis=0).sum())

    def squared_error(self, rows: Any, predicted: Array) -> float:
        """Return the mean squared error of rows."""
        squares = (self.values[rows] - predicted) ** 2
        return float(squares.sum(axis=1).mean())

    @property
    def codes(self) -> Indices:
        """Return the number of the class of each row."""
        return decide(self.values)

    @property
    def labels(self) -> AnyArray:
        """Return the class of each row."""
        return np.asarray(self.classes)[self.codes]

    def named(self, labels: Any) -> Target:
        """Return a target whose classes are those of a column; the same for a regression."""
        if not self.classes:
            return self
        _, first = np.unique(self.codes, return_index=True)
        return self._replace(classes=tuple(labels.iloc[first].tolist()))

    @property
    def counts(self) -> Indices:
        """Return the number of rows of each class."""
        return np.bincount(self.codes, minlength=len(self.classes))

    @property
    def prevalences(self) -> Array:
        """Return the share of each class."""
        return self.counts / len(self.values)

    @property
    def majority_error_rate(self) -> float:
        """Return the error rate of always guessing the most frequent class."""
        return 1 - float(self.prevalences.max())

    @property
    def entropy(self) -> float:
        """Return the log-loss of always predicting the prevalences."""
        return float(entropy(self.prevalences))


def encode_target(y: Any, *, classification: bool) -> Target:
    """Return numbers for a target, or for its classes."""
    y = np.asarray(y)
    if not classification:
        return Target(y.astype(np.float64).reshape(len(y), -1))
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) == 2:
        signs = np.where(codes == 1, 1.0, -1.0)
        return Target(signs[:, np.newaxis], tuple(classes.tolist()))
    return Target(np.eye(len(classes))[codes], tuple(classes.tolist()))


def are_fractions(labels: Iterable[Any]) -> bool:
    """Return whether labels are numbers with fractions, which no classifier takes for classes."""
    return any(isinstance(label, float) and not label.is_integer() for label in labels)


def decide(values: Array) -> Indices:
    """Return the number of the class that the values speak for."""
    if values.shape[1] == 1:
        return (values[:, 0] > 0).astype(np.intp)
    return np.argmax(values, axis=1)
