"""Fitted models, read in the terms of the theory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
)

from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._least_squares.targeted_ridge import TargetedRidge
from sklearn_prune._pruning.linear_fit import has_intercept
from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier
from sklearn_prune._pruning.selection import SelectionRule
from sklearn_prune._pruning.strategies import names_that

if TYPE_CHECKING:
    from sklearn_prune._pruning.selection import Selection
    from sklearn_prune.theory import LinearGaussianProblem


LEAST_SQUARES = LinearRegression, Ridge, RidgeCV, RidgeClassifier, RidgeClassifierCV

# Models that are trained, pruned and retrained.
PRUNED = PrunedRegressor, PrunedClassifier


def read_plan(model: Any) -> dict[str, Any]:
    """Return the arguments of `theory.predict_risk` that describe a fitted model.

    Raises
    ------
    ValueError
        If the theory does not cover the model.
    """
    shape: tuple[int, ...] = getattr(getattr(model, "coef_", None), "shape", ())
    if len(shape) > 1 and shape[0] > 1:
        refuse(f"{type(model).__name__} has several outputs")
    if isinstance(model, PRUNED):
        return _read_pruned(model)
    (loss, alpha), fit_intercept = _objective(model), has_intercept(model)
    _check_weights(model, alpha, fit_intercept, model.n_features_in_)
    return {"loss": loss, "alpha": alpha, "fit_intercept": fit_intercept}


def refuse(what: str) -> NoReturn:
    """Raise the ValueError that the theory does not cover something."""
    msg = f"{what}, which the theory does not cover: leave the theoretical score out."
    raise ValueError(msg)


def check_oracle(problem: LinearGaussianProblem, model: Any) -> None:
    """Raise ValueError unless the support of a model is that of the theory's oracle."""
    scores, selection = problem.variances * problem.coef**2, _read_selection(model)
    kept, free = model.get_support(), np.ones(len(scores), dtype=bool)
    if selection is not None:
        sums = np.bincount(selection.groups, weights=scores).astype(np.float64)
        scores, free = selection.per_price(sums[selection.groups]), ~selection.stay
    if scores[kept & free].min(initial=np.inf) < scores[~kept].max(initial=-np.inf):
        refuse('strategy="oracle" with a saliency that ranks otherwise than Sigma_ii beta_i^2')


def _read_pruned(model: Any) -> dict[str, Any]:
    if model.strategy not in names_that("theory"):
        refuse(f"strategy={model.strategy!r}")
    selection = _read_selection(model)
    refit, n_kept = model.retrained_estimator_, int(np.sum(model.n_nonzero_))
    if isinstance(refit, list):  # of one target that keeps features of its own
        [refit] = refit
    (loss, alpha), fit_intercept = _objective(model.estimator_), has_intercept(model.estimator_)
    plan = {
        "strategy": model.strategy,
        "sparsity": n_kept,
        "loss": loss,
        "alpha": alpha,
        "fit_intercept": fit_intercept,
        "n_rounds": model.n_rounds,
        **({} if selection is None else _terms(selection, model)),
    }
    if refit is not None:
        if has_intercept(refit) != fit_intercept:
            refuse("an intercept in only one of the two fits")
        plan |= _read_refit(model, refit)
    width = model.n_features_in_ if refit is None else n_kept
    scored = model.strategy in {"hessian", "obs", "obs-one-shot"} or model.n_rounds > 1
    if scored or "logistic" in {loss, plan.get("retrain_loss")}:
        width = 0  # the weights are in the scores, or no fit interpolates
    _check_weights(model, max(alpha, plan.get("retrain_alpha", 0.0)), fit_intercept, width)
    return plan


def _read_refit(model: Any, refit: Any) -> dict[str, Any]:
    """Return what the theory is to know of the refit of a pruned model."""
    if isinstance(refit, TargetedRidge) and model.retrain != "distill":
        return {"retrain": "pulled", "retrain_alpha": float(refit.alpha)}
    plan: dict[str, Any] = {"retrain": "distill" if model.n_unlabeled_ else "same"}
    plan["n_unlabeled"] = model.n_unlabeled_ or None
    plan["retrain_loss"], plan["retrain_alpha"] = _objective(refit)
    return plan


def _read_selection(model: Any) -> Selection | None:
    """Return which columns of a pruned model belong together, stay, or cost more than others.

    It has to be the best groups that were kept, as many as there is room for.
    """
    given = [getattr(model, name) for name in SelectionRule._fields]
    names = getattr(model, "feature_names_in_", None)
    selection = SelectionRule(*given).resolve(model.n_features_in_, names)
    if selection is not None and np.ptp(selection.counts) > 0:
        refuse(f"sparsity_unit={model.sparsity_unit!r} with groups that do not all count the same")
    if selection is not None and model.n_rounds > 1 and selection.counts[0] != 1:
        refuse(f"sparsity_unit={model.sparsity_unit!r} in rounds")
    return selection


def _terms(selection: Selection, model: Any) -> dict[str, Any]:
    """Return what was selected in the terms of `theory.predict_risk`."""
    groups, sizes, costs = selection.groups, selection.sizes, selection.costs
    return {
        "sparsity": int(np.sum(model.group_support_)),
        "feature_groups": groups if selection.has_groups else None,
        "always_keep": selection.stay if selection.stays.any() else None,
        "feature_costs": None if costs is None else (costs / sizes)[groups],
    }


def _objective(model: Any) -> tuple[str, float]:
    """Return the loss and the ridge penalty of a fitted linear model."""
    if isinstance(model, FrozenEstimator):
        return _objective(model.estimator)
    if isinstance(model, MinNormRegressor | LinearRegression):
        _check_rank(model)
    if isinstance(model, MinNormRegressor):
        return "squared", 0.0
    if getattr(model, "class_weight", None) is not None:
        refuse(f"class_weight={model.class_weight!r}")
    if isinstance(model, LEAST_SQUARES) and not getattr(model, "positive", False):
        alpha = getattr(model, "alpha_", getattr(model, "alpha", 0.0))
        if np.ndim(alpha) == 0:
            return "squared", float(alpha)
    if type(model) in {LogisticRegression, LogisticRegressionCV}:
        return "logistic", _logistic_penalty(model)
    refuse(f"{model!r} as a model")


def _logistic_penalty(model: LogisticRegression) -> float:
    """Return the penalty 1/C of a logistic fit, which must be on the squares of slopes alone."""
    strength, l1_ratio = _chosen_strength(model)
    if model.penalty is None or np.isinf(strength):
        return 0.0
    if model.penalty not in {"l2", "deprecated"} or l1_ratio:
        refuse(f"{model!r} as a model")
    if model.solver == "liblinear" and model.fit_intercept:
        refuse('solver="liblinear", whose penalty is on the intercept, too')
    return 1 / strength


def _chosen_strength(model: LogisticRegression) -> tuple[float, float]:
    """Return C and the share of absolute values, as given or as chosen by cross-validation."""
    if not isinstance(model, LogisticRegressionCV):
        return model.C, model.l1_ratio or 0.0
    if not model.refit:
        refuse("LogisticRegressionCV(refit=False), a mean of fits to folds")
    [strength], [l1_ratio] = np.ravel(model.C_), np.ravel(model.l1_ratio_)
    return float(strength), l1_ratio or 0.0


def _check_rank(model: Any) -> None:
    """Refuse a cut-off of singular values that left some out."""
    n_samples = getattr(model, "n_samples_fit_", np.inf)
    full = min(n_samples - has_intercept(model), model.n_features_in_)
    if model.tol != type(model)().tol and getattr(model, "rank_", 0) < full:
        refuse(f"tol={model.tol}, by which singular values were left out")


def _check_weights(model: Any, alpha: float, fit_intercept: bool, width: int) -> None:
    """Refuse weights that make a difference; those of interpolated samples make none."""
    least, largest = getattr(model, "weight_range_", (1.0, 1.0))
    if least == largest and (alpha == 0 or least == 1):
        return
    if alpha > 0 or width < model.n_samples_fit_ - fit_intercept:
        refuse(f"sample weights from {least:g} to {largest:g}")
