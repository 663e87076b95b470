"""Targets that are text are classes: the error names the classifier to use."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

# What takes classes, by the name of what takes numbers.
CLASSIFIERS = {
    "PrunedRegressorCV": "PrunedClassifierCV",
    "PrunedRandomFeatures": "PrunedRandomFeaturesClassifier",
    "PrunedNetRegressor": "PrunedNetClassifier",
}


@contextmanager
def classifier_named(estimator: Any, y: Any) -> Iterator[None]:
    """Turn the error of targets that are text into one that names the classifier to use.

    Parameters
    ----------
    estimator : estimator or None
        What is fitted; None where a function fits.
    y : object
        What the user gave.

    Raises
    ------
    ValueError
        If there was one.
    """
    try:
        yield
    except ValueError as error:
        label = _text(y)
        if label is None:
            raise
        msg = f"y has labels, such as {np.asarray(label).item()!r}: {_advice(estimator)}"
        raise ValueError(msg) from error


def _text(y: Any) -> str | bytes | None:
    """Return the first text that is no number."""
    texts = (v for v in np.asarray(y, dtype=object).flat if isinstance(v, str | bytes))
    return next((text for text in texts if not _is_number(text)), None)


def _is_number(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _advice(estimator: Any) -> str:
    """Return what to do with labels."""
    if estimator is None:
        return "give classification=True, or numbers."
    names = [CLASSIFIERS[c.__name__] for c in type(estimator).__mro__ if c.__name__ in CLASSIFIERS]
    return f"use {[*names, 'PrunedClassifier'][0]} for classes, or give numbers."
