"""Streams of rows: what `partial_fit` does, whatever it fits."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from sklearn_prune._checks.training_data import check_training_data

from .compressed_rows import CompressedRows

if TYPE_CHECKING:
    from collections.abc import Callable


def continue_stream(
    model: Any, X: Any, y: Any, sample_weight: Any, fit: Callable[[Any, CompressedRows], None]
) -> Any:
    """Fit a model to the batches of before and one more, or leave it as it was.

    Parameters
    ----------
    model : estimator
    X, y, sample_weight : object
        What the user gave.
    fit : callable
        Fits a model to the rows so far.

    Raises
    ------
    ValueError
        If the batch is no valid one, or has other features or targets than those before, or
        the model was fitted to rows that are not known any more.
    """
    before = getattr(model, "_rows", None)
    if before is None and hasattr(model, "coef_"):
        msg = (
            "This model was fitted by fit, which does not keep what further rows would need: "
            "give these rows to partial_fit as the first batch, or clone the model."
        )
        raise ValueError(msg)
    fitted = copy(model)
    data = check_training_data(fitted, X, y, sample_weight, reset=before is None)
    batch = CompressedRows.of(data)
    fitted._rows = batch if before is None else before.merged(batch)
    fit(fitted, fitted._rows)
    vars(model).update(vars(fitted))
    return model


def forget_stream(model: Any) -> None:
    """Forget the batches of before."""
    vars(model).pop("_rows", None)
