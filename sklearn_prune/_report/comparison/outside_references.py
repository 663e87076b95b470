"""References from outside, which are not for pruning: boosted trees, and logistic regression.

They are fitted to the prepared columns of the training rows of an outer fold. Probabilities
become values of the target as least squares sees it. The log-loss is that of the probabilities
themselves: unlike scores of least squares they need no calibration to have one.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold

from sklearn_prune._report.table.targets import decide

from .class_counts import count_guesses
from .methods import timed
from .records import BOOSTED, LOGISTIC, OWN, RIDGE, Record

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices, Mask

    from .plan import Plan
    from .row_cuts import RowCut

# From so many rows on, boosting may do without a tenth of them to see when to stop.
EARLY_ROWS, MOST_TREES, FEW_ROWS_TREES = 1000, 200, 100
# A tenth of the rows has two of each class, if there are so many a class.
EARLY_ROWS_OF_A_CLASS = 20
PENALTIES = np.logspace(-3, 2, 6)
PENALTY_FOLDS, MOST_STEPS = 3, 200
# The least probability whose logarithm is taken.
LEAST = 1e-9


class Split(NamedTuple):
    """Prepared columns to fit and to judge.

    Attributes
    ----------
    A, B : ndarray of shape (n_fit, n_columns) and (n_judged, n_columns)
    fit, judged : ndarray of shape (n_fit,) and (n_judged,)
        Which rows of the table they are.
    """

    A: Array
    B: Array
    fit: Indices
    judged: Indices

    def without_ones(self) -> Split:
        """Return the columns but for the first, which is one."""
        return self._replace(A=self.A[:, 1:], B=self.B[:, 1:])


def outside_methods(plan: Plan) -> list[tuple[str, str]]:
    """Return the method and the setting of each reference that is fitted."""
    if not plan.outside:
        return []
    return [*([(LOGISTIC, RIDGE)] if plan.classification else []), (BOOSTED, OWN)]


def outside_records(split: Split, plan: Plan, target: Target, *, seed: int) -> list[Record]:
    """Return the errors of the references on the rows that are judged.

    Parameters
    ----------
    split : Split
    plan : Plan
    target : Target
    seed : int
        Seed of the rows that boosting does without, and of the folds that choose a penalty.
    """
    p, records, cut = plan.n_columns, [], plan.cut
    for method, setting in outside_methods(plan):
        judge = _of_classes if target.classes else _of_numbers
        found, seconds = timed(judge, method, split, target, cut, seed)
        error, rate, loss, guesses = found
        errors = error / target.variance, rate, loss, seconds, guesses
        records.append(Record(method, setting, "", p, p, np.nan, np.nan, *errors))
    return records


def _of_numbers(
    method: str, split: Split, target: Target, cut: RowCut, seed: int
) -> tuple[float, float, float, list[list[int]]]:
    """Return the squared error of a regression, and nothing of classes."""
    del method  # there is but one
    model = boosted(len(split.fit), seed, independent=cut.independent).fit(
        split.A, target.values[split.fit, 0]
    )
    error = target.squared_error(split.judged, model.predict(split.B)[:, np.newaxis])
    return error, np.nan, np.nan, []


def _of_classes(
    method: str, split: Split, target: Target, cut: RowCut, seed: int
) -> tuple[float, float, float, list[list[int]]]:
    """Return the squared error, the error rate, the log-loss and the guesses."""
    P, codes = _probabilities(method, split, target, cut, seed), target.codes[split.judged]
    values = P if len(target.classes) > 2 else 2 * P[:, 1:] - 1
    guesses = count_guesses(codes, decide(values), len(target.classes))
    rate = 1 - guesses[:, 1].sum() / len(codes)
    loss = -np.log(np.maximum(P[np.arange(len(codes)), codes], LEAST)).mean()
    error = target.squared_error(split.judged, values)
    return error, float(rate), float(loss), guesses.tolist()


def _probabilities(method: str, split: Split, target: Target, cut: RowCut, seed: int) -> Array:
    """Return probabilities of all classes; none for those of a single row, and others unseen."""
    codes = target.codes[split.fit]
    counts = np.bincount(codes, minlength=len(target.classes))
    kept = counts[codes] > 1
    P = np.zeros((len(split.B), len(counts)))
    if np.count_nonzero(counts > 1) < 2:
        P[:, np.argmax(counts)] = 1
        return P
    n_rows, independent = int(np.count_nonzero(kept)), cut.independent
    if method == BOOSTED:
        model = boosted(n_rows, seed, n_classes=len(counts), independent=independent)
    elif independent:
        model = logistic(_stratified(int(counts.max()), seed))
    else:
        model = logistic(_like_the_others(split.fit, codes, kept, cut, seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)  # of rare classes
        model.fit(split.A[kept], codes[kept])
    P[:, model.classes_] = model.predict_proba(split.B)
    return P


def boosted(n_rows: int, seed: int, *, n_classes: int = 0, independent: bool = True) -> Any:
    """Return boosted trees for so many rows; for a regression if there are no classes.

    Parameters
    ----------
    n_rows, seed, n_classes : int
    independent : bool
        Whether rows are: only then may some of them say when to stop.
    """
    kind: Any = HistGradientBoostingClassifier if n_classes else HistGradientBoostingRegressor
    early = independent and n_rows >= max(EARLY_ROWS, EARLY_ROWS_OF_A_CLASS * n_classes)
    trees = MOST_TREES if early else FEW_ROWS_TREES
    return kind(max_iter=trees, early_stopping=early, random_state=seed)


def _stratified(largest_class: int, seed: int) -> StratifiedKFold:
    """Return the folds that choose a penalty where rows are independent."""
    return StratifiedKFold(min(PENALTY_FOLDS, largest_class), shuffle=True, random_state=seed)


def _like_the_others(
    rows: Indices, codes: Indices, kept: Mask, cut: RowCut, seed: int
) -> list[tuple[Indices, Indices]]:
    """Return the inner folds of those rows that are kept, where several classes are fitted."""
    place = np.cumsum(kept) - 1
    folds = [tuple(some[kept[some]] for some in split) for split in cut.inner(rows, seed)]
    return [
        (place[fit], place[choose])
        for fit, choose in folds
        if len(choose) and len(np.unique(codes[fit])) > 1
    ]


def logistic(folds: Any) -> Any:
    """Return logistic regression that chooses its penalty in folds, if there are any."""
    if not folds:
        return LogisticRegression(max_iter=MOST_STEPS)
    return LogisticRegressionCV(
        Cs=PENALTIES,
        l1_ratios=(0.0,),
        cv=folds,
        scoring=_log_likelihood,
        max_iter=MOST_STEPS,
        use_legacy_attributes=False,
    )


def _log_likelihood(model: Any, A: Array, codes: Indices) -> float:
    """Return the mean log-likelihood of rows, of which some may be of no class of the model."""
    P = model.predict_proba(A)
    columns = np.searchsorted(model.classes_, codes).clip(max=P.shape[1] - 1)
    own = np.where(model.classes_[columns] == codes, P[np.arange(len(codes)), columns], 0.0)
    return float(np.log(np.maximum(own, LEAST)).mean())
