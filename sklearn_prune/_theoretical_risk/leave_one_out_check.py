"""A predicted risk beside the leave-one-out error of the same plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._paths.pruned_cv import PrunedRegressorCV
from sklearn_prune.theory._problems.sample_fits import SampleFits

from .named_columns import as_fitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

# Whose supports leave-one-out can find without what only the theory, or the model, knows.
CHECKED = "magnitude", "hessian", "obs", "random"


class LeaveOneOutCheck:
    """Refuses predictions that the sample they were made from contradicts.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    tolerance : float
        Share of the leave-one-out error by which a prediction may be off.
    """

    def __init__(self, X: Array, y: Array, tolerance: float) -> None:
        self._X, self._y, self._tolerance = X, y, tolerance
        self._passed: set[tuple[str, int]] = set()

    @property
    def n_training(self) -> int:
        """How many rows the models see that leave-one-out scores."""
        return len(self._y) - 1

    def best_plan(self) -> dict[str, Any]:
        """Return the plan of the dense ridge fit that leave-one-out likes best."""
        fits = SampleFits(self._X, self._y)
        best = fits.penalties[np.nanargmin(fits.risks(fits.penalties))]
        return {"alpha": float(best), "fit_intercept": True}

    def __call__(
        self, plan: dict[str, Any], predict: Callable[[], float], transformers: list[Any]
    ) -> None:
        """Check what the theory predicts of a plan, once.

        Parameters
        ----------
        plan : dict
            Arguments of `predict_risk`.
        predict : callable
            Returns the risk that is predicted for `n_training` rows.
        transformers : list of fitted transformers
            Between X and the model.

        Raises
        ------
        ValueError
            If it is too far from the leave-one-out error, or that is not known.
        """
        X: Any = as_fitted(self._X, transformers)
        for transformer in transformers:
            X = transformer.transform(X)
        key = repr(plan), hash(np.asarray(X).tobytes())
        if key not in self._passed:
            self._compare(_described(plan), predict(), *self._measure(X, plan))
            self._passed.add(key)

    def _measure(self, X: Any, plan: dict[str, Any]) -> tuple[float, float]:
        """Return the leave-one-out error of a plan, and its standard error."""
        strategy, retrain = plan.get("strategy"), plan.get("retrain")
        is_pruned = strategy in CHECKED and retrain != "distill"
        search = PrunedRegressorCV(
            strategy if is_pruned else "magnitude",
            [plan["sparsity"] if is_pruned else X.shape[1]],
            is_pruned and retrain is not None,
            alphas=[plan["alpha"]],
            retrain_alphas=[plan["retrain_alpha"]] if is_pruned and retrain else None,
            fit_intercept=plan["fit_intercept"],
            random_state=0,
        ).fit(X, self._y)
        results = search.cv_results_
        deviation = results["std_test_score"][0] / np.sqrt(len(self._y))
        return -float(results["mean_test_score"][0]), float(deviation)

    def _compare(self, what: str, predicted: float, measured: float, deviation: float) -> None:
        """Raise a ValueError if a prediction fails, or there is nothing to compare it with."""
        margin = self._tolerance * measured
        found = f"leave-one-out measures {measured:.4g} +- {deviation:.2g} for {what}"
        if not deviation <= margin:
            msg = f"{found}, too rough to check the theory: use cross_validate on more rows."
            raise ValueError(msg)
        if not abs(predicted - measured) <= margin + deviation:
            msg = (
                f"The theory predicts {predicted:.4g}, but {found}: the sample is not like "
                "Gaussian features and a linear target. Use cross_validate."
            )
            raise ValueError(msg)


def _described(plan: dict[str, Any]) -> str:
    """Return what is checked, in words."""
    is_pruned = plan.get("strategy") in CHECKED and plan.get("retrain") != "distill"
    names = (
        ("strategy", "sparsity", "retrain", "alpha", "retrain_alpha") if is_pruned else ("alpha",)
    )
    return ", ".join(f"{name}={plan.get(name)!r}" for name in names)
