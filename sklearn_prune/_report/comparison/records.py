"""What a comparison is made of: its tasks, its methods, and what each task finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN, RIDGE = "plain", "ridge"
# Of what is kept small neither by a ridge nor by nothing, but in a way of its own.
OWN = "own"

SMALL, DENSE = "small", "large, not pruned"
PRUNED, RETRAINED = "large, pruned", "large, pruned, retrained"
DISTILLED = "large, pruned, distilled"
RANDOM, PURSUED = "large, randomly pruned", "large, OMP"
# What is chosen among where a report speaks of large and pruned.
LARGE = (PRUNED, RETRAINED, DISTILLED)
# The same for the columns themselves, without random features; and all of the columns.
COLUMNS_PRUNED, COLUMNS_RETRAINED = "columns, pruned", "columns, pruned, retrained"
COLUMNS = (COLUMNS_PRUNED, COLUMNS_RETRAINED)
LINEAR, LOGISTIC, BOOSTED = "all columns", "all columns, logistic", "gradient boosting"
# What a report has to be held against: none of them is pruned, or keeps to a budget.
REFERENCES = (LINEAR, LOGISTIC, BOOSTED)
# All of them, as tables list them.
METHODS = (SMALL, *LARGE, RANDOM, PURSUED, DENSE, *COLUMNS, *REFERENCES)


class Part(NamedTuple):
    """One task: fit everything to some rows, and judge it on others.

    Attributes
    ----------
    repeat, fold : int
        Which outer fold is put aside.
    inner : int or None
        Which of the inner folds is judged, within the training rows of the outer one.
        None stands for the outer fold itself.
    """

    repeat: int
    fold: int
    inner: int | None


class Record(NamedTuple):
    """The error of one model on the rows that judge it.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    setting : str
        "plain" or "ridge"; "own" for gradient boosting.
    strategy : str
        How its features were scored, empty where nothing was chosen by a score.
    width, budget : int
        Numbers of features, or of prepared columns, it was trained on, and that it keeps.
    alpha, retrain_alpha : float
        Penalties of the dense model and of the refit, NaN if there was none.
    error : float
        Mean squared error in units of the variance of the target.
    error_rate : float
        Share of rows in the wrong class, NaN for a regression.
    log_loss : float
        Log-loss of the calibrated scores (see `calibration`), NaN for a regression.
    seconds : float
        Processor time of its training.
    guesses : sequence of pairs of int
        For each class, how many rows are taken for it, and how many of them rightly.
    """

    method: str
    setting: str
    strategy: str
    width: int
    budget: int
    alpha: float
    retrain_alpha: float
    error: float
    error_rate: float
    log_loss: float
    seconds: float
    guesses: Sequence[Sequence[int]]


# The records of every part.
Results = dict[Part, list[Record]]
