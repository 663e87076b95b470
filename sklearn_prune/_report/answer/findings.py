"""What a report finds: numbers, sentences, and what to use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sklearn_prune._report.comparison.records import (
    COLUMNS,
    DENSE,
    LARGE,
    LINEAR,
    LOGISTIC,
    METHODS,
    OWN,
    PLAIN,
    REFERENCES,
    RIDGE,
)

from .by_class import baselines, class_table
from .choices import Choice, Row, choose, fold_values, overall_choice
from .column_answers import ColumnAnswer, answer_for_columns
from .contenders import Contender, columns, large, small
from .dependence import dependence_remarks, folds_of, judged_counts
from .recommendation import CALIBRATION_FOLDS, MEAN, build, from_any_columns
from .recommended_code import code
from .references import STREAMED, better_references, reference_sentence
from .sentences import Answer, answer, remarks
from .statistics import beats_mean, mean_and_error

if TYPE_CHECKING:
    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._report.comparison.predicted_errors import Theory
    from sklearn_prune._report.comparison.records import Results
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array

    from .statistics import Folds

LOADING = """\
# X: a DataFrame of the columns to learn from, with names that are text;
# y: the target, as a number a row."""
CLASS_LOADING = LOADING.replace("number", "class")
LOADING_UNLABELED = "# X_unlabeled: a DataFrame of the same columns."
NOTHING = (
    "No model is recommended, for at no budget is any better than always predicting the {mean}, "
    "beyond noise: predict that, with scikit-learn's {dummy}, until there are more rows or better "
    "columns."
)
NO_PROBABILITIES = (
    "A class has {few}, on which nothing can be calibrated: the recommended model has no "
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
    left_out: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> list[Row]:
        """Every model on every outer fold."""
        return choose(self.plan, self.results)

    @cached_property
    def large_choices(self) -> dict[int, Choice]:
        """What all folds together choose for the large model, by budget."""
        return {s: overall_choice(self.results, LARGE, s) for s in self.plan.budgets}

    @cached_property
    def answers(self) -> list[Answer]:
        """Small against large at every budget, in numbers."""
        return answer(self.plan, self.rows, self.folds)

    @cached_property
    def folds(self) -> Folds:
        """What the outer folds are like."""
        return folds_of(self.plan, self.target)

    @cached_property
    def column_answers(self) -> list[ColumnAnswer]:
        """Random features against the columns themselves at every budget, in numbers."""
        if not self.plan.n_columns:
            return []
        random = [self._random(budget) for budget in self.plan.budgets]
        kept = [self._columns(budget) for budget in self.plan.budgets]
        return answer_for_columns(random, kept, self.folds)

    @property
    def n_train(self) -> int:
        """Number of training rows of the smallest fold, n."""
        return self._train_sizes[0]

    @property
    def training_rows(self) -> str:
        """Numbers of training rows of the smallest and of the largest fold, in words."""
        return " to ".join(map(str, dict.fromkeys(self._train_sizes)))

    @cached_property
    def _train_sizes(self) -> tuple[int, int]:
        return self.plan.train_sizes(self.n_samples)

    @property
    def sentences(self) -> list[str]:
        """The answer: one sentence a budget."""
        return [answer.sentence() for answer in self.answers]

    @property
    def column_sentences(self) -> list[str]:
        """The same of the columns themselves, without random features."""
        return [answer.sentence() for answer in self.column_answers]

    @property
    def reference_sentence(self) -> str:
        """Which models of all columns do better than all that is small or pruned, if any does."""
        if not self.plan.n_columns:
            return ""
        best = min(self._small_or_pruned(), key=lambda contender: contender.error)
        better = better_references(self.rows, best, self.folds)
        return reference_sentence(better, best, self.plan.n_columns) if better else ""

    @property
    def said(self) -> list[str]:
        """The whole answer, first what is better than all that is small or pruned."""
        said = [self.reference_sentence, *self.sentences, *self.column_sentences]
        return [sentence for sentence in said if sentence]

    def _small_or_pruned(self) -> list[Contender]:
        """Return all that keeps to a budget by being small, or pruned."""
        pruned = [self._columns(s) for s in self.plan.column_budgets]
        random = [one(self.rows, s) for s in self.plan.budgets for one in (small, large)]
        return random + pruned

    @property
    def remarks(self) -> list[str]:
        """What else the numbers say."""
        found = remarks(self.rows, self.answers)
        if self.plan.n_columns and not self.plan.outside:
            found.append(STREAMED)
        if not self.plan.cut.independent:
            found += dependence_remarks(self.folds)
        if self.calibration_folds == 1:
            few = "one row only" if min(self.target.counts) == 1 else "rows of too few groups"
            found.append(NO_PROBABILITIES.format(few=few))
        return found

    @property
    def no_recommendation(self) -> str:
        """Why no model is recommended, and what to use; empty if one is."""
        if self.recommended_budget is not None:
            return ""
        classes = bool(self.target.classes)
        mean = "shares of the classes" if classes else "mean"
        return NOTHING.format(mean=mean, dummy="DummyClassifier" if classes else "DummyRegressor")

    @property
    def baselines(self) -> str:
        """The shares of the classes, and how well these do without a model."""
        return baselines(self.target) if self.target.classes else ""

    @property
    def calibration_folds(self) -> int:
        """In how many folds the recommended classifier is calibrated; 0 for a regression."""
        if not self.target.classes:
            return 0
        most = min([CALIBRATION_FOLDS, *self.target.counts])
        cut = self.plan.cut
        return most if cut.independent else max(1, len(cut.calibration(most, self.plan.seed)))

    @property
    def recommended_budget(self) -> int | None:
        """The smallest budget whose winner is within one standard error of the best.

        Winners have to be better than predicting the mean, beyond noise: None if none is.
        """
        errors = {s: self._winner(s).values() for s in self.plan.budgets}
        summary = {
            s: mean_and_error(values, self.folds.ratio)
            for s, values in errors.items()
            if beats_mean(values, self.folds)
        }
        if not summary:
            return None
        best = min(summary, key=lambda s: summary[s][0])
        return min(s for s in summary if summary[s][0] <= sum(summary[best]))

    def _random(self, budget: int) -> Contender:
        """Return random features at a budget: large and pruned where that is better."""
        answer = self.answers[self.plan.budgets.index(budget)]
        return (large if answer.large_wins else small)(self.rows, budget)

    def _columns(self, budget: int) -> Contender:
        """Return the columns at a budget; penalties of logistic regression take folds."""
        return columns(self.rows, self.plan, budget, logistic=self.calibration_folds > 1)

    def _winner(self, budget: int) -> Contender:
        """Return what is recommended for a budget."""
        if not self.column_answers:
            return self._random(budget)
        answer = self.column_answers[self.plan.budgets.index(budget)]
        return answer.columns if answer.columns_win else answer.random

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
            inner folds of all outer folds. Its method is "mean", of no features, where no model
            is recommended and no budget is given.

        Raises
        ------
        ValueError
            If the budget is not one of the report.
        """
        if budget is None and self.no_recommendation:
            return Choice(MEAN, "", "", 0, 0)
        budget = self._checked(budget)
        method = self._winner(budget).method
        if method in LARGE:
            return self.large_choices[budget]
        if method in COLUMNS:
            return overall_choice(self.results, COLUMNS, budget)
        kept = self.plan.n_columns if method in (LINEAR, LOGISTIC) else budget
        return Choice(method, RIDGE, "", kept, kept)

    def _checked(self, budget: int | None) -> int:
        """Return a budget of the report, the recommended one for None."""
        given = self.recommended_budget if budget is None else budget
        budgets = ", ".join(map(str, self.plan.budgets))
        if given is None:
            msg = f"no model is recommended, for none beats the mean: give a budget of {budgets}"
            raise ValueError(msg)
        if given not in self.plan.budgets:
            msg = f"budget is {given}: give one of {budgets}"
            raise ValueError(msg)
        return given

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
            A row a class, with the columns rows (that are judged), share (of them), recall (share
            of its rows that are found) and precision (share of the rows taken for it that are of
            it, NaN if there are none).

        Raises
        ------
        ValueError
            If the target is no class, or the budget is not one of the report, or not given
            where no model is recommended.
        """
        if not self.target.classes:
            raise ValueError("the target is a number: by_class needs classification=True")
        budget = self._checked(budget)
        n_rows = judged_counts(self.plan, self.target)
        return class_table(self.target, self._winner(budget).rows, n_rows)

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
            numbers or texts of columns, or of their names, so does the first step. Where no
            model is recommended, and no budget is given, it predicts the mean. With classes it
            is a classifier with calibrated probabilities, fitted to labels; it has none if a
            class has one row only.
        """
        pipeline = build(self.recommended(budget), self.plan, self.calibration_folds)
        any_columns = self.any_columns or self.left_out
        return from_any_columns(pipeline, self.left_out) if any_columns else pipeline

    def code(self, budget: int | None = None) -> str:
        """Return the recommended pipeline as Python code that fits it.

        Parameters
        ----------
        budget : int, default=None
            Number of features to keep; `recommended_budget` if None.

        Returns
        -------
        str
            Python code; of the mean, where no model is recommended and no budget is given.
        """
        return code(self.recommended(budget), self.plan, self.loading, self.calibration_folds)

    def to_frame(self) -> Any:
        """Return every model on every outer fold as a table.

        Returns
        -------
        DataFrame
            With the columns repeat, fold, method, setting ("plain", "ridge", or "own" for
            boosting), strategy, width, budget, alpha, retrain_alpha, error (mean squared error
            in units of the variance of the target), error_rate and log_loss (of the calibrated
            scores, or of the probabilities that a model has; both NaN for a regression),
            seconds, inner_error (mean over the inner folds), chosen (whether the inner folds
            choose this width and strategy for its method) and answer (whether they choose its
            method, too, among those of random features or of columns).
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
        for setting in (PLAIN, RIDGE, OWN):
            for method in METHODS:
                for budget, values in self._values(method, setting, field).items():
                    mean, std_error = mean_and_error(values, self.folds.ratio)
                    table.setdefault((budget, "mean"), {})[method, setting] = mean
                    table.setdefault((budget, "std_error"), {})[method, setting] = std_error
        frame = pd.DataFrame({key: table[key] for key in sorted(table)})
        frame.index = frame.index.set_names(["method", "setting"])
        frame.columns = frame.columns.set_names(["budget", None])
        return frame

    def _values(self, method: str, setting: str, field: str) -> dict[int, Array]:
        """Return the chosen models of a method by budget; the widest where nothing is pruned."""
        which = method, setting
        if method in (DENSE, *REFERENCES):
            values = fold_values(self.rows, lambda row: row.record[:2] == which, field)
            widest = values.get(max(values, default=0))
            return {} if widest is None else dict.fromkeys(self.plan.budgets, widest)
        return fold_values(self.rows, lambda row: row.chosen and row.record[:2] == which, field)

    def __repr__(self) -> str:
        """Return the answer."""
        return "\n".join([f"Report on {self.name}:", *self.said])
