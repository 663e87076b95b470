"""What models make of classes: which labels they give, and how sure of them they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune._report.table.targets import decide

from .calibration import calibrated_log_losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices

# So many rows are enough for a log-loss, or fewer, if models and classes are many.
MOST_ROWS, LEAST_ROWS, MOST_SCORES = 2000, 100, 2**20


class ClassCounts:
    """Counts the labels that models give to rows which come in blocks, and keeps some scores.

    All rows are counted. The log-loss is that of a random sample of them, if they are many;
    which rows are drawn does not depend on the blocks.

    Parameters
    ----------
    target : Target
        Of classes.
    n_models : int
    n_rows : int
        How many rows will come.
    together : ndarray of shape (n_samples,) or None
        What rows of the table that belong together have in common.
    """

    def __init__(
        self, target: Target, n_models: int, n_rows: int, together: Indices | None = None
    ) -> None:
        n_classes, self.together = len(target.classes), together
        self.target, self.codes, self.n_rows = target, target.codes, n_rows
        self.guesses = np.zeros((n_models, n_classes, 2), dtype=np.int64)
        wanted = min(MOST_ROWS, max(LEAST_ROWS, MOST_SCORES // (n_models * n_classes)))
        drawn = np.random.default_rng(0).uniform(size=len(self.codes))
        self.drawn = drawn < wanted / n_rows
        self.rows: list[Indices] = []
        self.scores: list[list[Array]] = [[] for _ in range(n_models)]

    def listen(self, rows: Indices, predictions: Iterator[Array]) -> Iterator[Array]:
        """Yield the predictions of each model for a block of rows, counted."""
        drawn, codes = self.drawn[rows], self.codes[rows]
        self.rows.append(rows[drawn])
        for k, predicted in enumerate(predictions):
            self.guesses[k] += count_guesses(codes, decide(predicted), len(self.target.classes))
            self.scores[k].append(predicted[drawn])
            yield predicted

    def error_rates(self) -> list[float]:
        """Return the share of rows in the wrong class, by model."""
        rates: list[float] = (1 - self.guesses[..., 1].sum(axis=1) / self.n_rows).tolist()
        return rates

    def log_losses(self) -> list[float]:
        """Return the log-loss of each model (see `calibrated_log_losses`)."""
        scores = np.array([np.concatenate(found) for found in self.scores])
        rows = np.concatenate(self.rows)
        together = None if self.together is None else self.together[rows]
        prevalences = self.target.prevalences
        return calibrated_log_losses(scores, self.codes[rows], prevalences, together).tolist()


def count_guesses(codes: Indices, guesses: Indices, n_classes: int) -> Indices:
    """Return how many rows are taken for each class, and how many of them rightly."""
    right = guesses[guesses == codes]
    counts = [np.bincount(some, minlength=n_classes) for some in (guesses, right)]
    return np.stack(counts, axis=1)
