"""The columns themselves against random features, at every budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sklearn_prune._report.comparison.records import COLUMNS

from .number_words import features, p_text, percents, rates_text
from .statistics import LARGE_WINS, NOTHING, RELEVANT, SMALL_WINS, Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contenders import Contender
    from .statistics import Folds


class ColumnAnswer(NamedTuple):
    """What a report says of the columns at one budget.

    Attributes
    ----------
    comparison : Comparison
        Of random features (small, or large and pruned: what is better) as `small`, against the
        columns as `large`, in squared error, all with ridge.
    random, columns : Contender
    """

    comparison: Comparison
    random: Contender
    columns: Contender

    @property
    def columns_win(self) -> bool:
        """Return whether the columns are to be used: random features are not better by enough."""
        return (1 - RELEVANT) * self.columns.error <= self.random.error

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        error, other = percents(self.columns.error, self.random.error)
        columns = self.columns.described()
        if self.columns.method not in COLUMNS:
            columns = f"{columns}, which are no more than these,"
        return (
            f"{features(self.comparison.budget)}: {columns} leave {error} of the variance "
            f"unexplained, against {other} of {self.random.described()}{self._rates()}: "
            f"{self._verdict()}."
        )

    def _rates(self) -> str:
        both = self.columns, self.random
        rates, losses = (
            [float(one.values(field).mean()) for one in both]
            for field in ("error_rate", "log_loss")
        )
        return rates_text(rates, losses)

    def _verdict(self) -> str:
        verdict, p = self.comparison.verdict, p_text(self.comparison.p_value)
        small, large = self.comparison.small, self.comparison.large
        if verdict == NOTHING:
            return "neither is better than always predicting the mean, beyond noise"
        if verdict == LARGE_WINS:
            return f"the columns leave {1 - large / small:.0%} less, beyond noise ({p})"
        if verdict == SMALL_WINS:
            return f"the columns leave {large / small - 1:.0%} more, beyond noise ({p})"
        if abs(small - large) < RELEVANT * max(small, large):
            return f"no difference that matters, less than {RELEVANT:.0%}"
        return f"no difference beyond noise ({p})"


def answer_for_columns(
    random: Sequence[Contender], columns: Sequence[Contender], folds: Folds
) -> list[ColumnAnswer]:
    """Compare columns with random features at every budget.

    Parameters
    ----------
    random, columns : sequence of Contender
        One a budget each.
    folds : Folds
    """
    small, large = ({one.budget: one.values() for one in some} for some in (random, columns))
    return list(map(ColumnAnswer, compare(small, large, folds), random, columns))
