"""The answer in words: one sentence a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.records import DENSE, PURSUED, RIDGE, SMALL

from .choices import fold_values, is_large, is_small
from .contenders import large_models
from .number_words import features, p_text, percents, rates_text
from .statistics import EQUAL, LARGE_WINS, NOTHING, RELEVANT, SMALL_WINS, Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._typing import Array

    from .choices import Row
    from .statistics import Folds

MORE_REPEATS = 5
# A difference of such a share may be one, even where it is not beyond the noise of the folds.
LARGE_GAP = 0.1


class Answer(NamedTuple):
    """What a report says of one budget.

    Attributes
    ----------
    comparison : Comparison
        Small against large, in squared error, both with ridge.
    widths : tuple of int
        How wide the large models are: what folds chose, each once.
    error_rates : tuple of float
        Shares of rows in the wrong class, of the small and of the large model; NaN for a
        regression.
    log_losses : tuple of float
        Their log-losses, calibrated on rows that training did not see; NaN for a regression.
    seconds : tuple of float
        How long they train.
    more_repeats : int
        How often to cut into folds to see smaller differences; 0 where there is but one way.
    """

    comparison: Comparison
    widths: tuple[int, ...]
    error_rates: tuple[float, float]
    log_losses: tuple[float, float]
    seconds: tuple[float, float]
    more_repeats: int

    @property
    def large_wins(self) -> bool:
        """Return whether large and pruned is better, beyond noise."""
        return self.comparison.verdict == LARGE_WINS

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        s, verdict = self.comparison.budget, self.comparison.verdict
        says = {
            NOTHING: self._says_nothing,
            EQUAL: self._says_equal,
            LARGE_WINS: self._says_large,
            SMALL_WINS: self._says_small,
        }
        return f"{features(s)}: {says[verdict]()}."

    def _says_nothing(self) -> str:
        s, small, large, *_ = self.comparison
        rates = self._rates(small_first=True)
        return (
            "no difference that matters, for neither is better than always predicting the mean "
            f"of the target, beyond noise: {s} trained directly leave {small:.1%} of its "
            f"variance unexplained, {large_models(self.widths)}, pruned to {s}, {large:.1%}{rates}"
        )

    def _says_equal(self) -> str:
        small, large = self.comparison.small, self.comparison.large
        gap = abs(small - large) / (max(small, large) or 1)
        equal = "no difference beyond noise, so train small"
        if gap < RELEVANT:
            equal = f"no difference that matters, less than {RELEVANT:.0%}, so train small"
        elif gap > LARGE_GAP:
            more = f"folds (--repeats {self.more_repeats})" if self.more_repeats else "rows"
            equal += f", unless more {more} show one"
        return (
            f"{equal}: {self._errors()} ({self._p()}), and training the large "
            f"model takes {self._price()}"
        )

    def _says_large(self) -> str:
        less = 1 - self.comparison.large / self.comparison.small
        return (
            f"train large and prune: {self._errors(differ=True)}, which is {less:.0%} less and "
            f"beyond noise ({self._p()}); training takes {self._price()}"
        )

    def _says_small(self) -> str:
        excess = self.comparison.large / self.comparison.small - 1
        return (
            f"train small: {self._errors(differ=True)}, so pruning leaves {excess:.0%} more, "
            f"beyond noise ({self._p()}), and its training takes "
            f"{self._price()}"
        )

    def _errors(self, *, differ: bool = False) -> str:
        s, small, large, *_ = self.comparison
        errors = percents(large, small) if differ else [f"{large:.1%}", f"{small:.1%}"]
        return (
            f"{large_models(self.widths)}, pruned to {s}, leave {errors[0]} of the variance "
            f"unexplained, {s} trained directly {errors[1]}{self._rates()}"
        )

    def _rates(self, *, small_first: bool = False) -> str:
        order = 1 if small_first else -1
        return rates_text(self.error_rates[::order], self.log_losses[::order])

    def _p(self) -> str:
        return p_text(self.comparison.p_value)

    def _price(self) -> str:
        small, large = self.seconds
        ratios = [_ratio(width / self.comparison.budget) for width in self.widths]
        times = " to ".join(dict.fromkeys((ratios[0], ratios[-1])))
        return (
            f"{times} times as many features and, in the median fold, about {_round(large)} s "
            f"instead of {_round(small)} s"
        )


def _ratio(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 2 else f"{ratio:.1f}"


def _round(seconds: float) -> str:
    """Return one digit, without an exponent."""
    return f"{float(f'{seconds:.1g}'):.9f}".rstrip("0").rstrip(".")


def answer(plan: Plan, rows: Sequence[Row], folds: Folds) -> list[Answer]:
    """Compare small with large and pruned at every budget, both with ridge.

    Parameters
    ----------
    plan : Plan
    rows : sequence of Row
    folds : Folds
    """

    def both(field: str, budget: int, reduce: Callable[[Array], float]) -> tuple[float, float]:
        small, large = (fold_values(rows, use, field)[budget] for use in (is_small, is_large))
        return float(reduce(small)), float(reduce(large))

    small, large = fold_values(rows, is_small), fold_values(rows, is_large)
    widths = fold_values(rows, is_large, "width")
    return [
        Answer(
            comparison,
            tuple(np.unique(widths[comparison.budget]).tolist()),
            both("error_rate", comparison.budget, np.mean),
            both("log_loss", comparison.budget, np.mean),
            both("seconds", comparison.budget, np.median),
            MORE_REPEATS * plan.repeats if plan.cut.repeatable else 0,
        )
        for comparison in compare(small, {s: large[s] for s in small}, folds)
    ]


def remarks(rows: Sequence[Row], answers: Sequence[Answer]) -> list[str]:
    """Return what the answer does not say: without pruning, and with greedy selection."""
    found = [_without_pruning(_with_ridge(rows, SMALL) | _with_ridge(rows, DENSE))]
    better = _greedy_wins(_with_ridge(rows, PURSUED), answers)
    if better:
        found.append(
            "Orthogonal matching pursuit, which adds random features one by one instead of "
            f"pruning, leaves less than small and than large and pruned: {', '.join(better)}."
        )
    return found


def _with_ridge(rows: Sequence[Row], method: str) -> dict[int, Array]:
    """Return the errors of a method with ridge, by budget."""
    which = method, RIDGE
    return fold_values(rows, lambda row: (row.record.method, row.record.setting) == which)


def _without_pruning(dense: dict[int, Array]) -> str:
    width = min(dense, key=lambda width: dense[width].mean())
    best = f"{width} random features with a ridge leave {dense[width].mean():.1%}"
    return f"Not pruned, {best}: the least of all widths that were tried."


def _greedy_wins(pursued: dict[int, Array], answers: Sequence[Answer]) -> list[str]:
    """Return the errors of matching pursuit where it beats both small and large by enough."""
    found = []
    for s, small, large, *_ in (answer.comparison for answer in answers):
        error = float(pursued[s].mean())
        if error < (1 - RELEVANT) * min(small, large):
            found.append(f"{percents(error, small, large)[0]} at {features(s)}")
    return found
