"""The coefficients of a fitted linear model, and whether it goes by them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray


def read_coef(model: Any, shape: tuple[int, ...], kind: str) -> AnyArray:
    """Return the coefficients of a model of a kind as a dense array.

    Raises
    ------
    ValueError
        If there are none, or not as many as the shape asks for.
    """
    name = type(model).__name__
    if not hasattr(model, "coef_"):
        msg = f"{name} has no coef_ after fit: give a linear {kind}."
        raise ValueError(msg)
    coef = model.coef_.toarray() if sparse.issparse(model.coef_) else np.asarray(model.coef_)
    if coef.size != np.prod(shape):
        msg = f"coef_ of {name} has shape {coef.shape}, but X and y ask for {shape}."
        raise ValueError(msg)
    return coef.reshape(shape)


def goes_by(
    coef: AnyArray,
    intercept: AnyArray,
    predict: Callable[[Any], Any],
    few: Any,
    link: Callable[[AnyArray], AnyArray] | None = None,
) -> bool:
    """Return whether predictions for a few samples are ``X @ coef.T + intercept``, or its link."""
    linear = few @ coef.T + intercept
    size = np.abs(few).max() * np.abs(coef).sum(axis=-1).max() + np.abs(intercept).max()
    expected = linear if link is None else link(linear)
    with warnings.catch_warnings():
        # A frozen model may know feature names, which X has lost by now.
        warnings.simplefilter("ignore", UserWarning)
        predicted = np.asarray(predict(few))
    if predicted.size != expected.size:
        return False
    return bool(np.abs(predicted.reshape(expected.shape) - expected).max() <= 1e-4 * size)
