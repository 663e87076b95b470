"""The result of a report: numbers, sentences, pictures, and a pipeline to use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .answer.choices import Choice, Row, choose, overall_choice
from .answer.recommendation import build, code
from .answer.sentences import Answer, answer, fold_values, remarks
from .answer.statistics import mean_and_error
from .comparison.methods import DENSE, DISTILLED, PRUNED, PURSUED, RANDOM, RETRAINED, RIDGE, SMALL

if TYPE_CHECKING:
    from .comparison.plan import Plan
    from .comparison.predicted_errors import Theory
    from .comparison.run import Results
    from .table.targets import Target

METHODS = (SMALL, PRUNED, RETRAINED, DISTILLED, RANDOM, PURSUED)
LOADING = """\
# X: a DataFrame of the columns to learn from; y: the target, as a number a row."""
LOADING_UNLABELED = "# X_unlabeled: a DataFrame of the same columns."


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What :func:`report` finds.

    Printed, it is the answer; in a notebook it shows as the whole page.

    Attributes
    ----------
    name : str
        Name of the data.
    sentences : list of str
        The answer, one sentence a budget.
    answers : list
        The numbers behind them. `comparison` has the mean errors `small` and `large`, their
        paired difference `gain` with its corrected `std_error`, the adjusted `p_value`, and
        the `verdict`: "large", "small", "equal" or "nothing".
    remarks : list of str
        What else the numbers say.
    notes : list of str
        What was found in the table, and done to it.
    recommended_budget : int
        The smallest budget whose winner is within one standard error of the best.
    plan : object
        The settings: `budgets`, `widths`, `strategies`, `cv`, `repeats` and `seed`.
    target : object
        The target: `values`, `classes` and `variance`, the unit of the errors.
    n_samples, n_columns, n_train : int
        Numbers of rows and of columns, and of training rows in a fold.
    rows : list
        Every model on every outer fold; `to_frame` is the table of them.
    theory : object
        Predicted errors, where they may be trusted, and a `note` on where that is.

    See Also
    --------
    report : Makes it.
    """

    name: str
    plan: Plan
    target: Target
    n_samples: int
    n_columns: int
    results: Results
    theory: Theory
    notes: list[str] = field(default_factory=list)
    loading: tuple[str, str] = (LOADING, LOADING_UNLABELED)

    def __post_init__(self) -> None:
        """Find what is read more than once."""
        rows = choose(self.plan, self.results)
        choices = {s: overall_choice(self.results, RIDGE, s) for s in self.plan.budgets}
        answers = answer(self.plan, rows, {s: choice.width for s, choice in choices.items()})
        for name, value in {"rows": rows, "large_choices": choices, "answers": answers}.items():
            object.__setattr__(self, name, value)

    rows: list[Row] = field(init=False)
    large_choices: dict[int, Choice] = field(init=False)
    answers: list[Answer] = field(init=False)

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
        return remarks(self.rows, self.answers)

    @property
    def recommended_budget(self) -> int:
        """The smallest budget whose winner is within one standard error of the best."""
        winners = {a.comparison.budget: self._winner(a) for a in self.answers}
        summary = {s: mean_and_error(values, self.plan.cv) for s, values in winners.items()}
        best = min(summary, key=lambda s: summary[s][0])
        return min(s for s in summary if summary[s][0] <= sum(summary[best]))

    def _winner(self, answer: Answer) -> Any:
        """Return the errors by fold of what is recommended for a budget."""

        def use(row: Row) -> bool:
            if answer.large_wins:
                return row.answer and row.record.setting == RIDGE
            return row.chosen and (row.record.method, row.record.setting) == (SMALL, RIDGE)

        return fold_values(self.rows, use)[answer.comparison.budget]

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
        budget = self.recommended_budget if budget is None else budget
        if budget not in self.plan.budgets:
            msg = f"budget is {budget}: give one of {', '.join(map(str, self.plan.budgets))}"
            raise ValueError(msg)
        if self.answers[self.plan.budgets.index(budget)].large_wins:
            return self.large_choices[budget]
        return Choice(SMALL, RIDGE, "", budget, budget)

    def pipeline(self, budget: int | None = None) -> Any:
        """Return the recommended pipeline, not fitted.

        Parameters
        ----------
        budget : int, default=None
            Number of features to keep; `recommended_budget` if None.

        Returns
        -------
        Pipeline
            From the columns of the table to predictions.
        """
        return build(self.recommended(budget), self.plan)

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
        return code(self.recommended(budget), self.plan, self.loading)

    def to_frame(self) -> Any:
        """Return every model on every outer fold as a table.

        Returns
        -------
        DataFrame
            With the columns repeat, fold, method, setting ("plain" or "ridge"), strategy,
            width, budget, alpha, retrain_alpha, error (mean squared error in units of the
            variance of the target), error_rate (NaN for a regression), seconds, inner_error
            (mean over the inner folds), chosen (whether the inner folds choose this width
            and strategy for its method) and answer (whether they choose its method, too).
        """
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame(
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

    def summary(self, field: str = "error") -> Any:
        """Return means over the folds, with the chosen widths and strategies.

        Parameters
        ----------
        field : {"error", "error_rate", "seconds", "width"}, default="error"
            What to average.

        Returns
        -------
        DataFrame
            Columns are pairs of a budget and of "mean" or "std_error", the corrected standard
            error; rows are pairs of a method and a setting.
        """
        import pandas as pd  # noqa: PLC0415

        table: dict[tuple[int, str], dict[tuple[str, str], float]] = {}
        for setting in ("plain", "ridge"):
            for method in (*METHODS, DENSE):
                for budget, values in self._values(method, setting, field).items():
                    mean, std_error = mean_and_error(values, self.plan.cv)
                    table.setdefault((budget, "mean"), {})[method, setting] = mean
                    table.setdefault((budget, "std_error"), {})[method, setting] = std_error
        frame = pd.DataFrame({key: table[key] for key in sorted(table)})
        frame.index = frame.index.set_names(["method", "setting"])
        frame.columns = frame.columns.set_names(["budget", None])
        return frame

    def _values(self, method: str, setting: str, field: str) -> dict[int, Any]:
        """Return the chosen models of a method by budget; the widest for the dense one."""
        which = method, setting
        if method == DENSE:
            widest = self.plan.widths[-1]
            values = fold_values(
                self.rows, lambda row: row.record[:2] == which and row.record.width == widest, field
            )
            return dict.fromkeys(self.plan.budgets, values[widest])
        return fold_values(self.rows, lambda row: row.chosen and row.record[:2] == which, field)

    def plot(self, kind: str = "width") -> Any:
        """Draw the errors.

        Parameters
        ----------
        kind : {"width", "kept"}, default="width"
            Error against the number of features that the large model is trained on, one
            panel a budget, or against the number of features kept.

        Returns
        -------
        matplotlib Figure
            The figure.
        """
        from .output.figures import draw_kept, draw_width  # noqa: PLC0415

        drawings = {"width": draw_width, "kept": draw_kept}
        if kind not in drawings:
            msg = f"kind is {kind!r}: give one of {', '.join(map(repr, drawings))}"
            raise ValueError(msg)
        return drawings[kind](self)

    def to_html(self, command: str = "") -> str:
        """Return the whole report as one page of HTML that needs no other file.

        Parameters
        ----------
        command : str, default=""
            How the report was made.

        Returns
        -------
        str
            The page.
        """
        from .output.page import draw, render  # noqa: PLC0415

        return render(self, command, draw(self))

    def __repr__(self) -> str:
        """Return the answer."""
        return "\n".join([f"Report on {self.name}:", *self.sentences])

    def _repr_html_(self) -> str:
        return self.to_html()
