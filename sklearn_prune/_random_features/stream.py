"""Random features in a stream: made block by block, used, and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import effective_n_jobs
from scipy import linalg
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._checks.progress import SILENT
from sklearn_prune._least_squares.design import as_design, triangular_factor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import DTypeLike

    from sklearn_prune._checks.progress import Progress
    from sklearn_prune._typing import AnyArray

    from .layer import RandomLayer
    from .shortlist import Shortlist

    Score = Callable[[AnyArray, AnyArray], AnyArray]

# About so many features, 64 MB in double precision, make a task, which holds one block of
# them at a time. (Or as many as a Gram matrix has entries, if these are more.) Tasks do
# not depend on n_jobs, and so neither does the order of summation.
TASK_ENTRIES = 2**23


class FeatureStream:
    r"""The matrix of random features :math:`F`, centred if asked, which is never held.

    With shares w of the rows, of sum one, the centred matrix is :math:`P F` where
    :math:`P = I - 1 w^\top`. Products with it are products with F between products with P,
    so that blocks need not be centred.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    layer : RandomLayer
    weights : ndarray of shape (n_samples,)
        Positive weights of the rows.
    centred : bool
        Whether to subtract the weighted means of the features.
    n_jobs : int or None
        Number of tasks at a time, as in joblib.
    progress : Progress
        What is told of every pass.
    """

    def __init__(
        self,
        X: Any,
        layer: RandomLayer,
        weights: AnyArray,
        *,
        centred: bool,
        n_jobs: int | None,
        progress: Progress = SILENT,
    ) -> None:
        self.X = X
        self.layer = layer
        self.weights = weights
        self.share = weights / weights.sum()
        self.centred = centred
        self.n_jobs = n_jobs
        self.progress = progress

    def gram(self, dtype: DTypeLike) -> tuple[AnyArray, float]:
        """Return ``PF (PF)'``, and the trace of ``F F'`` by which to judge its rounding.

        The products of a task are of this dtype, their sum is in double precision.

        Raises
        ------
        ValueError
            If it overflows in double precision. In single precision the trace tells.
        """
        n_samples = self.X.shape[0]
        gram = np.zeros((n_samples, n_samples), order="F")
        with np.errstate(over="ignore", invalid="ignore"):
            for part in self._map(_gram, dtype):
                gram += part
            gram += gram.T
        gram[np.diag_indices(n_samples)] /= 2
        trace = np.trace(gram)
        if dtype == np.float64 and not np.isfinite(trace):
            msg = (
                "The squares of the random features overflow: give a smaller scale, or "
                "standardise X first."
            )
            raise ValueError(msg)
        if self.centred and np.isfinite(trace):
            mean = gram @ self.share
            gram -= mean
            gram -= (mean - self.share @ mean)[:, np.newaxis]
        return gram, trace

    def triangular_factor(self) -> AnyArray:
        """Return R of a QR factorisation of ``(PF)'``."""
        return triangular_factor(self._map(_factor, self.weights, self.centred))

    def centre_dual(self, dual: AnyArray) -> AnyArray:
        """Return ``P' dual``, of which coefficients are products with F'."""
        return dual - np.outer(self.share, dual.sum(axis=0)) if self.centred else dual

    def multiply(self, dual: AnyArray, score: Score, shortlist: Shortlist) -> AnyArray:
        """Return ``PF (PF)' dual``, and put the coefficients ``(PF)' dual`` on a shortlist.

        Parameters
        ----------
        dual : ndarray of shape (n_samples, n_targets)
        score : callable
            Returns the scores of coefficients of shape (n_targets, size), given these and
            their features, of shape (n_samples, size).
        shortlist : Shortlist
            Where the scores go.

        Returns
        -------
        ndarray of shape (n_samples, n_targets)
        """
        product = np.zeros_like(dual)
        for part, scores in self._map(_multiply, self.centre_dual(dual), score):
            product += part
            shortlist.add(scores)
        return product - self.share @ product if self.centred else product

    def _map(self, task: Callable[..., Any], *args: Any) -> Iterator[Any]:
        """Yield the results of a task for ranges of blocks, in order and few at a time.

        Results in rounds are what every backend of joblib can give.
        """
        n_samples = self.X.shape[0]
        n_tasks = -(-self.layer.n_components // max(TASK_ENTRIES // n_samples, n_samples))
        blocks = np.arange(self.layer.n_blocks)
        ranges = np.array_split(blocks, min(n_tasks, len(blocks)))
        at_once = 2 * effective_n_jobs(self.n_jobs)
        with (
            Parallel(n_jobs=self.n_jobs, batch_size=1) as parallel,
            self.progress.task("pass over the features", len(ranges)) as progress,
        ):
            for first in range(0, len(ranges), at_once):
                for result in parallel(
                    delayed(task)(self.X, self.layer, some, *args)
                    for some in ranges[first : first + at_once]
                ):
                    with progress.task("block"):
                        yield result


def _gram(X: Any, layer: RandomLayer, blocks: AnyArray, dtype: DTypeLike) -> AnyArray:
    """Return the lower triangle of ``F F'`` over some blocks."""
    gram = np.zeros((X.shape[0], X.shape[0]), dtype=dtype, order="F")
    syrk = linalg.get_blas_funcs("syrk", (gram,))
    for j in blocks:
        F = layer.features(X, j)
        with np.errstate(over="ignore"):
            F = F.astype(dtype, copy=False)
        gram = syrk(1.0, F.T, beta=1.0, c=gram, trans=True, lower=True, overwrite_c=True)
    return gram


def _factor(
    X: Any, layer: RandomLayer, blocks: AnyArray, weights: AnyArray, centred: bool
) -> AnyArray:
    """Return R of the rows of ``(PF)'`` in some blocks."""
    F = np.hstack([layer.features(X, j) for j in blocks])
    return triangular_factor([as_design(F, weights, centred=centred, copy=False)[0].T])


def _multiply(
    X: Any, layer: RandomLayer, blocks: AnyArray, dual: AnyArray, score: Score
) -> tuple[AnyArray, AnyArray]:
    """Return ``F F' dual`` over some blocks, and the scores of ``F' dual``."""
    product, scores = np.zeros_like(dual), []
    for j in blocks:
        features = layer.features(X, j)
        F = features.astype(np.float64, copy=False)
        coef = F.T @ dual
        product += F @ coef
        scores.append(score(coef.T, features))
    return product, np.concatenate(scores)
