"""What a user gives as rows that come in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .parquet_rows import ParquetRows


class RowBatches:
    """Rows that are read batch by batch, and never held together.

    Data that do not fit in memory are fitted as ``model.fit(RowBatches(...))``, without y,
    by `MinNormRegressor`, `PrunedRegressor` and `PrunedRegressorCV`. The coefficients are
    those of a fit to all rows at once.

    Parameters
    ----------
    batches : callable or iterable
        A function that returns an iterator over the batches from the first on, or something
        like a list that can be iterated over again and again: ill-conditioned data are read
        twice. A batch is ``(X, y)``, ``(X, y, sample_weight)`` or ``(X, y, sample_weight,
        fold)``, of arrays or data frames, `sample_weight` perhaps None. The batches may have
        different numbers of rows, and have the same columns. In `fold`, rows of equal labels
        are held out together.

    See Also
    --------
    MinNormRegressor : Least squares.
    PrunedRegressor : Keeps the few features that matter.

    Examples
    --------
    A function that makes, or reads, a million rows:

    >>> import numpy as np
    >>> from sklearn_prune import PrunedRegressor, RowBatches
    >>> def batches():
    ...     rng = np.random.default_rng(0)
    ...     for _ in range(100):
    ...         X = rng.standard_normal((10_000, 20))
    ...         yield X, 3 * X[:, 4] - X[:, 7] + rng.standard_normal(10_000)
    >>> model = PrunedRegressor(sparsity=2).fit(RowBatches(batches))
    >>> model.get_support(indices=True)
    array([4, 7])
    >>> model.n_samples_fit_
    1000000
    """

    def __init__(self, batches):
        if isinstance(batches, Iterator) or not (
            callable(batches) or isinstance(batches, Iterable)
        ):
            msg = (
                f"batches is {type(batches).__name__}: give a function that returns the batches "
                "from the first on, or a list of them, since they may be read twice."
            )
            raise TypeError(msg)
        self.batches = batches

    @classmethod
    def from_parquet(
        cls, path, *, target, features=None, sample_weight=None, fold=None, batch_size=65_536
    ):
        """Read a parquet file, or all those of a folder.

        Needs pyarrow. One row group is in memory at a time.

        Parameters
        ----------
        path : path-like, str or list of them
            A file, a folder or several files. The files have the same columns.
        target : str or list of str
            Name of the column that is predicted, or names of several.
        features : list of str, default=None
            Names of the columns to predict from. None means all others that the first file
            has, which must be numbers.
        sample_weight : str, default=None
            Name of a column of weights.
        fold : str, default=None
            Name of a column of labels: the rows of each are held out together.
        batch_size : int, default=65536
            Number of rows of a batch, at most.

        Returns
        -------
        RowBatches
            The rows, which `fit` takes instead of X and y.

        Raises
        ------
        ValueError
            If there is no file, or none of these columns, or if one has no numbers.
        """
        return cls(ParquetRows.of(path, target, features, sample_weight, fold, batch_size))
