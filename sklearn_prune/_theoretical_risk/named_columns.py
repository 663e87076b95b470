"""Rows of a sample with the names of the columns that a pipeline was fitted to, or without."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def as_fitted(X: Any, transformers: Sequence[Any]) -> Any:
    """Return the rows in the form of the training data, of which the first step took note.

    Parameters
    ----------
    X : array, sparse matrix or data frame of shape (n_samples, n_features)
    transformers : sequence of fitted transformers

    Returns
    -------
    array, sparse matrix or data frame
        A data frame where the first step was fitted to one, and none where it was not.
    """
    if not transformers or not hasattr(transformers[0], "n_features_in_"):
        return X
    names = getattr(transformers[0], "feature_names_in_", None)
    has_names = hasattr(X, "columns")
    if names is None:
        return X.to_numpy() if has_names else X
    return X if has_names or find_spec("pandas") is None else _frame(X, names)


def _frame(X: Any, names: Any) -> Any:
    """Return a data frame; the rows as they are, if the names are not as many as the columns."""
    import pandas as pd  # noqa: PLC0415

    is_sparse = hasattr(X, "toarray")
    frame = pd.DataFrame.sparse.from_spmatrix(X) if is_sparse else pd.DataFrame(X)
    return frame.set_axis(names, axis="columns") if frame.shape[1] == len(names) else X
