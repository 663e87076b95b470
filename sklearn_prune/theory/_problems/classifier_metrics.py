"""The errors that a classifier is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn_prune.theory._checks import as_floats, broadcast, shown

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

METRICS = ("squared_error", "zero_one", "log_loss")


def check_metric(metric: Any) -> None:
    """Raise a ValueError unless it is the name of an error of classifiers."""
    if not (isinstance(metric, str) and metric in METRICS):
        msg = f"metric is {shown(metric)}: give one of {', '.join(map(repr, METRICS))}."
        raise ValueError(msg)


def check_overlaps(signal: Any, square: Any, intercept: Any) -> tuple[Array, ...]:
    """Return moments of scores in their common shape; a variance may be infinite."""
    return broadcast(
        signal=as_floats(signal, "signal"),
        square=as_floats(square, "square", finite=False),
        intercept=as_floats(intercept, "intercept"),
    )
