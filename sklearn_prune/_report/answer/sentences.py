"""The answer in words: one sentence a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.methods import DENSE, PURSUED, RIDGE, SMALL

from .statistics import EQUAL, LARGE_WINS, NOTHING, RELEVANT, Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._typing import Array

    from .choices import Row

# A difference of such a share may be one, even where it is not beyond the noise of the folds.
LARGE_GAP = 0.1


class Answer(NamedTuple):
    """What a report says of one budget.

    Attributes
    ----------
    comparison : Comparison
        Small against large, in squared error, both with ridge.
    width : int
        How wide the large model is.
    error_rates : tuple of float
        Shares of rows in the wrong class, of the small and of the large model; NaN for a
        regression.
    seconds : tuple of float
        How long they train.
    """

    comparison: Comparison
    width: int
    error_rates: tuple[float, float]
    seconds: tuple[float, float]

    @property
    def large_wins(self) -> bool:
        """Return whether large and pruned is better, beyond noise."""
        return self.comparison.verdict == LARGE_WINS

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        s, small, large, _, _, p, verdict = self.comparison
        kept = "1 feature" if s == 1 else f"{s} features"
        if verdict == NOTHING:
            return (
                f"{kept}: no difference, for neither is better than always predicting the mean of "
                f"the target, beyond noise: {s} trained directly leave {small:.1%} of its variance "
                f"unexplained, {self.width} pruned to {s} {large:.1%}"
                f"{self._rates(small_first=True)}."
            )
        errors = (
            f"{self.width} random features pruned to {s} leave {large:.1%} of the variance "
            f"unexplained, {s} trained directly {small:.1%}{self._rates()}"
        )
        price = f"{_times(self.width / s)} as many features and {self._time()}"
        if verdict == EQUAL:
            gap = abs(small - large) / max(small, large)
            equal = "no difference beyond noise, so train small"
            if gap < RELEVANT:
                equal = f"no difference that matters, less than {RELEVANT:.0%}, so train small"
            elif gap > LARGE_GAP:
                equal += ", unless more folds (--repeats 5) show one"
            return (
                f"{kept}: {equal}: {errors} ({_p(p)}), and training the large model takes {price}."
            )
        if verdict == LARGE_WINS:
            return (
                f"{kept}: train large and prune: {errors}, which is {1 - large / small:.0%} less "
                f"and beyond noise ({_p(p)}); training takes {price}."
            )
        return (
            f"{kept}: train small: {errors}, so pruning leaves {large / small - 1:.0%} more, "
            f"beyond noise ({_p(p)}), and its training takes {price}."
        )

    def _rates(self, *, small_first: bool = False) -> str:
        rates = self.error_rates if small_first else self.error_rates[::-1]
        if np.isnan(rates[0]):
            return ""
        return f" (wrong class: {rates[0]:.1%} and {rates[1]:.1%})"

    def _time(self) -> str:
        small, large = self.seconds
        return f"about {_round(large)} s instead of {_round(small)} s"


def _times(ratio: float) -> str:
    return f"{ratio:.0f} times" if ratio >= 2 else f"{ratio:.1f} times"


def _round(seconds: float) -> str:
    """Return one digit, without an exponent."""
    return f"{float(f'{seconds:.1g}'):.9f}".rstrip("0").rstrip(".")


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def fold_values(
    rows: Sequence[Row], use: Callable[[Row], bool], field: str = "error"
) -> dict[int, Array]:
    """Return a field of the rows that are asked for, by budget and in the order of the folds."""
    values: dict[int, list[float]] = {}
    for row in sorted((row for row in rows if use(row)), key=lambda row: (row.repeat, row.fold)):
        values.setdefault(row.record.budget, []).append(getattr(row.record, field))
    return {budget: np.array(found) for budget, found in values.items()}


def answer(plan: Plan, rows: Sequence[Row], widths: dict[int, int]) -> list[Answer]:
    """Compare small with large and pruned at every budget, both with ridge.

    Parameters
    ----------
    plan : Plan
    rows : sequence of Row
    widths : dict of int to int
        The width of the final large model, by budget.
    """

    def is_small(row: Row) -> bool:
        return row.chosen and (row.record.method, row.record.setting) == (SMALL, RIDGE)

    def is_large(row: Row) -> bool:
        return row.answer and row.record.setting == RIDGE

    def both(field: str, budget: int, reduce: Callable[[Array], float]) -> tuple[float, float]:
        small, large = (fold_values(rows, use, field)[budget] for use in (is_small, is_large))
        return float(reduce(small)), float(reduce(large))

    small, large = fold_values(rows, is_small), fold_values(rows, is_large)
    return [
        Answer(
            comparison,
            widths[comparison.budget],
            both("error_rate", comparison.budget, np.mean),
            both("seconds", comparison.budget, np.median),
        )
        for comparison in compare(small, {s: large[s] for s in small}, plan.cv)
    ]


def remarks(rows: Sequence[Row], answers: Sequence[Answer]) -> list[str]:
    """Return what the answer does not say: without pruning, and with greedy selection."""
    dense = fold_values(
        rows, lambda row: row.record.method == DENSE and row.record.setting == RIDGE
    )
    width = min(dense, key=lambda width: dense[width].mean())
    best = f"{width} random features with a ridge leave {dense[width].mean():.1%}"
    found = [f"Not pruned, {best}: the least of all widths."]
    if all(answer.comparison.verdict == NOTHING for answer in answers):
        found.append(
            "No model of a budget is better than predicting the mean, beyond noise, and neither "
            "is the recommended one."
        )
    pursued = fold_values(
        rows, lambda row: row.record.method == PURSUED and row.record.setting == RIDGE
    )
    better = [
        f"{pursued[s].mean():.1%} at {s} features"
        for s, small, large, *_ in (answer.comparison for answer in answers)
        if pursued[s].mean() < min(small, large)
    ]
    if better:
        found.append(
            "Orthogonal matching pursuit, which adds features one by one instead of pruning, "
            f"leaves less than both: {', '.join(better)}."
        )
    return found
