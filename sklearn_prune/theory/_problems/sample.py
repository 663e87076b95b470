"""Real data that stand for the population."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import as_floats

from .linear_gaussian import LinearGaussianProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from sklearn_prune._typing import Array


class SampleProblem:
    r"""A large sample, taken for the population of the inputs of a model.

    A feature map turns it into the linear Gaussian problem with the second moments of
    the mapped rows (Def. 2 of [1]_, expectations being means over the sample).

    Parameters
    ----------
    X : array-like, data frame or sparse matrix of shape (n_samples, n_features)
        Inputs, in whatever form the feature map takes.

    y : array-like of shape (n_samples,)
        Labels.

    X_unlabeled : like X, of shape (n_unlabeled, n_features), optional
        More inputs, for the moments of the features alone.

    See Also
    --------
    sklearn_prune.theory.LinearGaussianProblem.from_data : The moments, and when they
        are refused.
    sklearn_prune.theory.SingleIndexProblem : A model in place of data.

    Notes
    -----
    The sample must be several times larger than the number of features, and than the
    training sets whose risk is asked for. Even then the Gaussian theory can be wrong by
    a factor on real data, where some rows have far more leverage than others: compare
    with the leave-one-out error of a fitted model.

    References
    ----------
    .. [1] Chang, X., Li, Y., Oymak, S. and Thrampoulidis, C. (2021). Provable benefits
       of overparameterization in model compression: from double descent to pruning
       neural networks. AAAI. arXiv:2012.08749.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_prune import RandomFeatures
    >>> from sklearn_prune.theory import SampleProblem
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((500, 3))
    >>> problem = SampleProblem(X, X[:, 0] ** 2 + rng.standard_normal(500))
    >>> features = RandomFeatures(n_components=8, random_state=0).fit(X)
    >>> problem.equivalent(features.transform).covariance.shape
    (8, 8)
    """

    def __init__(self, X: Any, y: ArrayLike, X_unlabeled: Any = None) -> None:
        self.X = X
        self.y = as_floats(y, "y", (_n_rows(X, "X"),))
        self.X_unlabeled = X_unlabeled
        if X_unlabeled is not None:
            _n_rows(X_unlabeled, "X_unlabeled")

    def equivalent(self, feature_map: Callable[[Any], Any]) -> LinearGaussianProblem:
        """Return the linear Gaussian problem with the second moments of the mapped rows.

        Parameters
        ----------
        feature_map : callable
            From inputs to features of shape (n_samples, p): the `transform` of a fitted
            transformer or pipeline, for instance.

        Returns
        -------
        LinearGaussianProblem
            By `LinearGaussianProblem.from_data`.
        """
        if not callable(feature_map):
            raise ValueError(
                f"feature_map={feature_map!r} must be a callable from inputs to features: pass "
                f"the transform method of a fitted transformer, not the transformer."
            )
        features = _map_rows(feature_map, self.X, "X")
        if self.X_unlabeled is None:
            return LinearGaussianProblem.from_data(features, self.y)
        unlabeled = _map_rows(feature_map, self.X_unlabeled, "X_unlabeled")
        return LinearGaussianProblem.from_data(features, self.y, unlabeled)


def _n_rows(X: Any, label: str) -> int:
    shape = np.shape(X) if not hasattr(X, "shape") else X.shape
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"{label} must be two-dimensional and not empty: got shape {shape}.")
    return int(shape[0])


def _map_rows(feature_map: Callable[[Any], Any], X: Any, label: str) -> Array:
    """Return the features of the rows of X, dense and checked."""
    features = feature_map(X)
    if hasattr(features, "toarray"):
        features = features.toarray()
    features = as_floats(features, f"feature_map({label})")
    n_rows = _n_rows(X, label)
    if features.ndim != 2 or len(features) != n_rows:
        raise ValueError(
            f"feature_map returned an array of shape {features.shape} for {n_rows} rows of "
            f"{label}: it must return one row of features for each."
        )
    return features
