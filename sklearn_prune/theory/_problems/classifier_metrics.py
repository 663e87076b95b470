"""The errors that a classifier is judged by."""

from __future__ import annotations

from typing import Any

from sklearn_prune.theory._checks import shown

METRICS = ("squared_error", "zero_one", "log_loss")


def check_metric(metric: Any) -> None:
    """Raise a ValueError unless it is the name of an error of classifiers."""
    if not (isinstance(metric, str) and metric in METRICS):
        msg = f"metric is {shown(metric)}: give one of {', '.join(map(repr, METRICS))}."
        raise ValueError(msg)
