"""Streams of rows: what `partial_fit` does, whatever it fits."""

from __future__ import annotations

from copy import copy
from functools import update_wrapper
from types import MethodType
from typing import TYPE_CHECKING, Any

from sklearn_prune._checks.training_data import check_training_data

from .compressed_rows import CompressedRows

if TYPE_CHECKING:
    from collections.abc import Callable


class RowsNeededError(ValueError, AttributeError):
    """What is asked for has to see the rows themselves, which a stream does not keep."""


class StreamMethod:
    """A method that models have unless they need the rows themselves.

    Parameters
    ----------
    check : callable
        Raises `RowsNeededError` for a model that does, and may raise others.
    """

    def __init__(self, check: Callable[[Any], None]) -> None:
        self.check = check

    def __call__(self, method: Callable[..., Any]) -> StreamMethod:
        self.method = method
        update_wrapper(self, method)
        return self

    def __get__(self, model: Any, owner: Any = None) -> Any:
        if model is None:
            return self.method
        try:
            self.check(model)
        except RowsNeededError:
            raise
        except ValueError:
            pass  # a wrong parameter, which is for the method to tell
        return MethodType(self.method, model)


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
        If the batch is no valid one, or has other features or targets than those before.
    """
    before = getattr(model, "_rows", None)
    fitted = copy(model)
    data = check_training_data(fitted, X, y, sample_weight, reset=before is None)
    batch = CompressedRows.of(data)
    fitted._rows = batch if before is None else before.merged(batch)
    fit(fitted, fitted._rows)
    become(model, fitted)
    return model


def become(model: Any, other: Any) -> None:
    """Let a model be what another of its class is."""
    vars(model).clear()
    vars(model).update(vars(other))
