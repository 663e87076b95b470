"""What the recommended model makes of each class, and what would do without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._report.table.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

    from .choices import Row


def class_table(target: Target, folds: Sequence[Row], n_rows: Indices) -> Any:
    """Return how models do in each class, on rows that they have not seen (see `by_class`).

    Parameters
    ----------
    target : Target
    folds : sequence of Row
        The models of all outer folds, one a fold.
    n_rows : ndarray of shape (n_classes,)
        How many rows of each class a repeat judges, each once.
    """
    import pandas as pd  # noqa: PLC0415

    guessed, right = np.sum([row.record.guesses for row in folds], axis=0).T
    repeats = len({row.repeat for row in folds})
    columns = {
        "rows": n_rows,
        "share": n_rows / n_rows.sum(),
        "recall": _shares(right, repeats * n_rows),
        "precision": _shares(right, guessed),
    }
    return pd.DataFrame(columns, index=pd.Index(class_names(target), name="class"))


def _shares(counts: Indices, of: Indices) -> Array:
    """Return shares of counts in others, NaN where these are zero."""
    shares = np.full(len(of), np.nan)
    np.divide(counts, of, out=shares, where=of > 0)
    return shares


def class_names(target: Target) -> list[str]:
    """Return the labels of the classes as texts, whole numbers without a point."""
    return [f"{label:.15g}" if isinstance(label, float) else str(label) for label in target.classes]


def baselines(target: Target) -> str:
    """Say which shares the classes have, and how well these do without a model."""
    labels, shares = class_names(target), target.prevalences
    order = np.argsort(-shares, kind="stable")
    classes = listed([f"{labels[k]} {shares[k]:.1%}" for k in order])
    return (
        f"Shares of the classes: {classes}. Always guessing {labels[order[0]]} is wrong for "
        f"{target.majority_error_rate:.1%} of the rows, and predicting these shares for every row "
        f"has a log-loss of {target.entropy:.3g}."
    )
