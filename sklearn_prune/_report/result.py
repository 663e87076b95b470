"""The result of a report: what was found, with pictures and a page of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sklearn_prune._report.answer.findings import Findings
from sklearn_prune._report.output.figures import draw
from sklearn_prune._report.output.page import render
from sklearn_prune._report.output.page_pictures import draw_panels


@dataclass(frozen=True, eq=False, repr=False)
class Report(Findings):
    """What :func:`report` finds.

    Printed, it is the answer; in a notebook it shows as the whole page.

    Attributes
    ----------
    name : str
        Name of the data.
    reference_sentence : str
        Which models of all columns, not pruned, leave less than all that is small or pruned;
        empty if none does.
    sentences : list of str
        The answer, one sentence a budget.
    column_sentences : list of str
        The same of the columns themselves against random features.
    no_recommendation : str
        Why no model is recommended, and what to use; empty if one is.
    answers : list
        The numbers behind them. `comparison` has the mean errors `small` and `large`, their
        paired difference `gain` with its corrected `std_error`, the adjusted `p_value`, and
        the `verdict`: "large", "small", "equal" or "nothing".
    remarks : list of str
        What else the numbers say.
    notes : list of str
        What was found in the table, and done to it.
    recommended_budget : int or None
        The smallest budget whose winner is within one standard error of the best; None if no
        winner is better than predicting the mean, beyond noise.
    baselines : str
        The shares of the classes, and the error rate and log-loss that these have without a
        model; empty for a regression.
    plan : object
        The settings: `budgets`, `widths`, `strategies`, `cv`, `repeats` and `seed`.
    target : object
        The target: `values`, `variance`, the unit of the errors, and `classes`, with their
        `prevalences`, the `majority_error_rate` of always guessing the most frequent one and
        the `entropy`, the log-loss of the prevalences.
    n_samples, n_columns, n_train : int
        Numbers of rows and of columns, and of training rows in the smallest fold.
    rows : list
        Every model on every outer fold; `to_frame` is the table of them.
    theory : object
        Predicted errors, where they may be trusted, and a `note` on where that is.

    See Also
    --------
    report : Makes it.
    """

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
        return draw(self, kind)

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
        return render(self, command, draw_panels(self))

    def _repr_html_(self) -> str:
        return render(self, "", draw_panels(self), embedded=True)
