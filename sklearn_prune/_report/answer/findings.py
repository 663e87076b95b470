"""What a report finds: numbers, sentences, and what to use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sklearn_prune._report.comparison.records import DENSE, METHODS, PLAIN, RIDGE, SMALL

from .by_class import baselines, class_table
from .choices import Choice, Row, choose, fold_values, is_large, is_small, overall_choice
from .recommendation import CALIBRATION_FOLDS, build, code, from_any_columns
from .sentences import Answer, answer, remarks
from .statistics import mean_and_error

if TYPE_CHECKING:
    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._report.comparison.predicted_errors import Theory
    from sklearn_prune._report.comparison.records import Results
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array

LOADING = """\
# X: a DataFrame of the columns to learn from, with names that are text;
# y: the target, as a number a row."""
CLASS_LOADING = LOADING.replace("number", "class")
LOADING_UNLABELED = "# X_unlabeled: a DataFrame of the same columns."
NO_PROBABILITIES = (
    "A class has one row only, on which nothing can be calibrated: the recommended model has no "
    "probabilities."
)


@dataclass(frozen=True, eq=False, repr=False)
class Findings:
    """All of a :class:`Report` that draws nothing; its attributes are described there."""

    name: str
    plan: Plan
    target: Target
    n_samples: int
    n_columns: int
    results: Results
    theory: Theory
    notes: list[str] = field(default_factory=list)
    loading: tuple[str, str] = (LOADING, LOADING_UNLABELED)
    any_columns: bool = False

    @cached_property
    def rows(self) -> list[Row]:
        """Every model on every outer fold."""
        return choose(self.plan, self.results)

    @cached_property
    def large_choices(self) -> dict[int, Choice]:
        """What all folds together choose for the large model, by budget."""
        return {s: overall_choice(self.results, RIDGE, s) for s in self.plan.budgets}

    @cached_property
    def answers(self) -> list[Answer]:
        """Small against large at every budget, in numbers."""
        widths = {s: choice.width for s, choice in self.large_choices.items()}
        return answer(self.plan, self.rows, widths)

    @property
    def n_train(self) -> int:
        """Number of training rows of a fold, n."""
        return self.plan.n_train(self.n_samples)

    @property
    def sentences(self) -> list[str]:
        """The answer: one sentence a budget."""
        return [answer.sentence() for answer in self.answers]

    @property
    def remarks(self) -> list[str]:
        """What else the numbers say."""
        found = remarks(self.rows, self.answers)
        return [*found, NO_PROBABILITIES] if self.calibration_folds == 1 else found

    @property
    def baselines(self) -> str:
        """The shares of the classes, and how well these do without a model."""
        return baselines(self.target) if self.target.classes else ""

    @property
    def calibration_folds(self) -> int:
        """In how many folds the recommended classifier is calibrated; 0 for a regression."""
        return min([CALIBRATION_FOLDS, *self.target.counts]) if self.target.classes else 0

    @property
    def recommended_budget(self) -> int:
        """The smallest budget whose winner is within one standard error of the best."""
        winners = {s: self._winner(s) for s in self.plan.budgets}
        summary = {s: mean_and_error(values, self.plan.cv) for s, values in winners.items()}
        best = min(summary, key=lambda s: summary[s][0])
        return min(s for s in summary if summary[s][0] <= sum(summary[best]))

    def _winner(self, budget: int) -> Array:
        """Return the errors by fold of what is recommended for a budget."""
        use = is_large if self._large_wins(budget) else is_small
        return fold_values(self.rows, use)[budget]

    def _large_wins(self, budget: int) -> bool:
        return self.answers[self.plan.budgets.index(budget)].large_wins

    def recommended(self, budget: int | None = None) -> Choice:
        """Return what is recommended for a budget: method, strategy and width.

        Parameters
        ----------
        budget : int, default=None
            Number of features to keep; `recommended_budget` if None.

        Returns
        -------
        Choice
            A named tuple. The width and the strategy are those of the least error over the
            inner folds of all outer folds.

        Raises
        ------
        ValueError
            If the budget is not one of the report.
        """
        budget = self._checked(budget)
        if self._large_wins(budget):
            return self.large_choices[budget]
        return Choice(SMALL, RIDGE, "", budget, budget)

    def _checked(self, budget: int | None) -> int:
        """Return a budget of the report, the recommended one for None."""
        budget = self.recommended_budget if budget is None else budget
        if budget not in self.plan.budgets:
            msg = f"budget is {budget}: give one of {', '.join(map(str, self.plan.budgets))}"
            raise ValueError(msg)
        return budget

    def by_class(self, budget: int | None = None) -> Any:
        """Return how the recommended model does in each class, on rows it has not seen.

        In every outer fold it is the model that its inner folds choose.

        Parameters
        ----------
        budget : int, default=None
            Number of features to keep; `recommended_budget` if None.

        Returns
        -------
        DataFrame
            A row a class, with the columns rows, share (of all rows), recall (share of its
            rows that are found) and precision (share of the rows taken for it that are of
            it, NaN if there are none).

        Raises
        ------
        ValueError
            If the target is no class, or the budget is not one of the report.
        """
        if not self.target.classes:
            raise ValueError("the target is a number: by_class needs classification=True")
        budget = self._checked(budget)
        use = is_large if self._large_wins(budget) else is_small
        folds = [row for row in self.rows if use(row) and row.record.budget == budget]
        return class_table(self.target, folds)

    def pipeline(self, budget: int | None = None) -> Any:
        """Return the recommended pipeline, not fitted.

        Parameters
        ----------
        budget : int, default=None
            Number of features to keep; `recommended_budget` if None.

        Returns
        -------
        Pipeline
            From the columns of the table to predictions. Where the report had to make
            numbers or texts of columns, or of their names, so does the first step. With
            classes it is a classifier with calibrated probabilities, fitted to labels; it
            has none if a class has one row only.
        """
        pipeline = build(self.recommended(budget), self.plan, self.calibration_folds)
        return from_any_columns(pipeline) if self.any_columns else pipeline

    def code(self, budget: int | None = None) -> str:
        """Return the recommended pipeline as Python code that fits it.

        Parameters
        ----------
        budget : int, default=None
            Number of features to keep; `recommended_budget` if None.

        Returns
        -------
        str
            Python code.
        """
        return code(self.recommended(budget), self.plan, self.loading, self.calibration_folds)

    def to_frame(self) -> Any:
        """Return every model on every outer fold as a table.

        Returns
        -------
        DataFrame
            With the columns repeat, fold, method, setting ("plain" or "ridge"), strategy,
            width, budget, alpha, retrain_alpha, error (mean squared error in units of the
            variance of the target), error_rate and log_loss (of the calibrated scores; both
            NaN for a regression), seconds, inner_error (mean over the inner folds), chosen
            (whether the inner folds choose this width and strategy for its method) and answer
            (whether they choose its method, too).
        """
        import pandas as pd  # noqa: PLC0415

        frame = pd.DataFrame(
            [
                {
                    "repeat": row.repeat,
                    "fold": row.fold,
                    **row.record._asdict(),
                    "inner_error": row.inner_error,
                    "chosen": row.chosen,
                    "answer": row.answer,
                }
                for row in self.rows
            ]
        )
        return frame.drop(columns="guesses")

    def summary(self, field: str = "error") -> Any:
        """Return means over the folds, with the chosen widths and strategies.

        Parameters
        ----------
        field : {"error", "error_rate", "log_loss", "seconds", "width"}, default="error"
            What to average.

        Returns
        -------
        DataFrame
            Columns are pairs of a budget and of "mean" or "std_error", the corrected standard
            error; rows are pairs of a method and a setting.
        """
        import pandas as pd  # noqa: PLC0415

        table: dict[tuple[int, str], dict[tuple[str, str], float]] = {}
        for setting in (PLAIN, RIDGE):
            for method in METHODS:
                for budget, values in self._values(method, setting, field).items():
                    mean, std_error = mean_and_error(values, self.plan.cv)
                    table.setdefault((budget, "mean"), {})[method, setting] = mean
                    table.setdefault((budget, "std_error"), {})[method, setting] = std_error
        frame = pd.DataFrame({key: table[key] for key in sorted(table)})
        frame.index = frame.index.set_names(["method", "setting"])
        frame.columns = frame.columns.set_names(["budget", None])
        return frame

    def _values(self, method: str, setting: str, field: str) -> dict[int, Array]:
        """Return the chosen models of a method by budget; the widest for the dense one."""
        which = method, setting
        if method == DENSE:
            widest = self.plan.widths[-1]
            values = fold_values(
                self.rows, lambda row: row.record[:2] == which and row.record.width == widest, field
            )
            return dict.fromkeys(self.plan.budgets, values[widest])
        return fold_values(self.rows, lambda row: row.chosen and row.record[:2] == which, field)

    def __repr__(self) -> str:
        """Return the answer."""
        return "\n".join([f"Report on {self.name}:", *self.sentences])
