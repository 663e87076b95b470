"""The theory beside the measured errors, where leave-one-out says that it may be trusted."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.pipeline import make_pipeline

from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._report.table.preparation import preparation, random_features
from sklearn_prune._report.table.streamed_table import StreamedTable
from sklearn_prune._theoretical_risk.scorer import TheoreticalRisk
from sklearn_prune.theory import SampleProblem

from .centring import centre

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array

    from .plan import Plan

# Tables of more rows than this are left alone: there are few parameters for so many rows.
MOST_ROWS, ROWS_PER_FEATURE = 5000, 5
# The theory is trusted where it is off by at most this share of the leave-one-out error.
TOLERANCE = 0.1
N_DRAWS = 30


class Theory(NamedTuple):
    """Predicted errors of the plain models, in units of the variance of the target.

    Attributes
    ----------
    dense : dict of int to float
        Least squares on all features, by width.
    retrained : dict of tuple of int to float
        Pruned and retrained, by budget and width.
    note : str
        Where the theory is trusted, and why not elsewhere.
    """

    dense: dict[int, float]
    retrained: dict[tuple[int, int], float]
    note: str


def predict(plan: Plan, X: Any, target: Target) -> Theory:
    """Predict the errors at the widths where the theory agrees with leave-one-out.

    The rows stand for the population. At each width the predicted risk of a model of all
    rows but one is compared with the leave-one-out error, which needs no theory.

    Parameters
    ----------
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns), or StreamedTable
    target : Target
    """
    theory = Theory({}, {}, "")
    if not plan.cut.independent:
        return theory._replace(note="Theory is not drawn: it takes rows to be independent.")
    if target.values.shape[1] > 1:
        return theory._replace(note="Theory is not drawn: it covers one output, not classes.")
    if X.shape[0] > MOST_ROWS:
        return theory._replace(note=f"Theory is not drawn for more than {MOST_ROWS} rows.")
    if isinstance(X, StreamedTable):
        return theory._replace(note="Theory is not drawn for tables that are streamed.")
    A, y = preparation(impute=plan.impute).fit_transform(X), target.values[:, 0]
    risk, n_train = _Risk(A, y, target.variance, plan), plan.n_train(len(X))
    off = {}
    for width in (w for w in plan.widths if ROWS_PER_FEATURE * w <= len(X)):
        model = MinNormRegressor()
        try:
            off[width] = risk(width, len(X) - 1, model) / risk.left_out(width) - 1
            if abs(off[width]) <= TOLERANCE:
                theory.dense[width] = risk(width, n_train, model)
                for budget in (s for s in plan.budgets if s < width):
                    model = PrunedRegressor("magnitude", budget)
                    theory.retrained[budget, width] = risk(width, n_train, model)
        except ValueError:  # the features are too dependent for the theory
            off.setdefault(width, np.nan)
    return theory._replace(note=_describe(off, len(X)))


class _Risk:
    """Risks of models on random features, in units of the variance of the target."""

    def __init__(self, A: Array, y: Array, variance: float, plan: Plan) -> None:
        self.A, self.y, self.variance, self.plan = A, y, variance, plan
        self.scorer = TheoreticalRisk(SampleProblem(A, y), n_draws=N_DRAWS)

    def __call__(self, width: int, n_samples: int, model: Any) -> float:
        """Return the predicted risk of a model of so many features and samples."""
        pipeline = make_pipeline(random_features(width, self.plan.seed), model)
        rows = np.random.default_rng(self.plan.seed).permutation(len(self.y))[:n_samples]
        return -self.scorer(pipeline.fit(self.A[rows], self.y[rows])) / self.variance

    def left_out(self, width: int) -> float:
        """Return the leave-one-out error of least squares: r_i / (1 - h_i)."""
        F = random_features(width, self.plan.seed).fit_transform(self.A)
        centre(F)
        U, values, _ = np.linalg.svd(F, full_matrices=False)
        U = U[:, values > len(F) * np.finfo(float).eps * values[0]]
        y = self.y - self.y.mean()
        freedom = 1 - 1 / len(y) - np.einsum("ij,ij->i", U, U)
        residuals = (y - U @ (U.T @ y)) / np.maximum(freedom, np.finfo(float).eps)
        return float(np.mean(residuals**2)) / self.variance


def _describe(off: dict[int, float], n_rows: int) -> str:
    """Say where the theory is trusted, and why not elsewhere."""
    trusted = [width for width in off if abs(off[width]) <= TOLERANCE]
    others = [width for width in off if width not in trusted]
    parts = []
    if trusted:
        largest = ceil(100 * max(abs(off[width]) for width in trusted))
        parts.append(
            f"Theory is drawn for {_listed(trusted)} features, where it is within {largest}% of "
            "the leave-one-out error of the plain model."
        )
    if others:
        errors = ", ".join("not defined" if np.isnan(off[w]) else f"{off[w]:+.0%}" for w in others)
        parts.append(
            f"For {_listed(others)} features the theory, not what was measured, is unreliable (its "
            f"prediction is off from the leave-one-out error of the plain model by {errors}), and "
            "it is not drawn there."
        )
    least = n_rows // ROWS_PER_FEATURE
    parts.append(
        f"For more than {least} features the theory would need a larger table: five rows a feature."
    )
    return " ".join(parts)


def _listed(widths: list[int]) -> str:
    return " and ".join(map(str, widths)) if len(widths) < 3 else ", ".join(map(str, widths))
