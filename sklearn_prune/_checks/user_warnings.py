"""Warnings that name the line of a user, however deep in the package they arise."""

from __future__ import annotations

import inspect
import warnings

# What lies between that line and a warning: this package, and what scikit-learn puts around fit.
BETWEEN = ("sklearn_prune.", "sklearn.base.", "sklearn.callback.")


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn in the name of the first caller from outside.

    Parameters
    ----------
    message : str
    category : type, default=UserWarning
    """
    frame, level = inspect.currentframe(), 1
    while frame and f"{frame.f_globals.get('__name__')}.".startswith(BETWEEN):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
