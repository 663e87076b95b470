"""What may be assumed of the linear models inside: coefficients, intercept, penalty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge, RidgeClassifier, RidgeClassifierCV, RidgeCV
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from sklearn_prune._checks.class_codes import decide, encode_classes
from sklearn_prune._least_squares.design import is_dense
from sklearn_prune._least_squares.equal_rows import group_equal_rows, merge_rows
from sklearn_prune._least_squares.min_norm import MinNormRegressor, fit_min_norm

from .class_fit import (
    class_part,
    class_probabilities,
    class_target,
    has_probabilities,
    is_binomial,
    masked_intercept,
    soft_labels,
)
from .fitted_coef import goes_by, read_coef
from .logistic_loss import curvature_of, is_logistic, thawed

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray

    from .logistic_loss import Curvature

# scikit-learn's Ridge solves normal equations, of this condition they have a few digits left.
CONDITION = 1e10


class LinearFit(NamedTuple):
    """A fitted linear model and its coefficients for all columns of X.

    Parameters
    ----------
    model : estimator or None
        Fitted to some columns of X; None if nothing was fitted.
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Zero for the other columns.
    intercept : ndarray of shape () or (n_targets,)
    centred : bool
        Whether the model has an intercept.
    part : int or None
        Which target of the model it is; None if it is all.
    """

    model: Any
    coef: AnyArray
    intercept: AnyArray
    centred: bool
    part: int | None = None

    @property
    def alpha(self) -> AnyArray | float:
        """The penalty of a least-squares model, or those of its targets; 0 of any other."""
        alpha = squared_penalty(self.model)
        return alpha if self.part is None or np.ndim(alpha) == 0 else alpha[self.part]

    def predict(self, X: Any) -> AnyArray:
        """Return ``X @ coef.T + intercept``."""
        return X @ self.coef.T + self.intercept

    def target(self, t: int) -> LinearFit:
        """Return the fit to one of several targets, which is a part of that to all."""
        return self._replace(coef=self.coef[t], intercept=self.intercept[t], part=t)

    def finite_scores(self, X: Any) -> AnyArray:
        """Return predictions, well below all others for a class of which there was no sample."""
        scores = self.predict(X)
        known = scores[np.isfinite(scores)]
        return np.where(np.isfinite(scores), scores, 2 * known.min() - known.max())

    def masked(self, support: AnyArray, data: TrainingData) -> LinearFit:
        """Return the fit without the columns outside the support, its means put right."""
        coef, intercept = np.where(support, self.coef, 0), self.intercept
        if self.centred and data.classes is not None:
            intercept = masked_intercept(self.model, self.coef, intercept, coef, data)
        elif self.centred:
            share = data.weights / data.weights.sum()
            intercept = share @ data.y - (share @ data.X) @ coef.T
        return LinearFit(None, coef, intercept, self.centred)

    def labelled(self, data: TrainingData, classes: AnyArray) -> TrainingData:
        """Return labelled and unlabelled samples with the classes that the fit predicts."""
        n_classes = len(classes)
        predicted = data.distilled(lambda X: encode_classes(decide(self.predict(X)), n_classes))
        return replace(predicted, classes=classes)

    def soft_labelled(self, data: TrainingData, classes: AnyArray) -> TrainingData:
        """Return them with the probabilities of the fit (see `soft_labels`).

        Raises
        ------
        ValueError
            If it has none.
        """
        if not has_probabilities(self.model):
            msg = (
                f"{type(self.model).__name__} has no probabilities to distil to a classifier: "
                'give retrain="distill-labels", or estimator=LogisticRegression().'
            )
            raise ValueError(msg)
        return soft_labels(
            data.distilled(lambda X: class_probabilities(self.model, X, classes)), classes
        )

    def curvature(self, X: Any, data: TrainingData) -> Curvature | None:
        """Return the curvature of a logistic loss at the columns X of the data, else None."""
        return curvature_of(self.model, self.predict(X), data) if is_logistic(self.model) else None


class Penalty(NamedTuple):
    """What a least-squares regressor minimises, where work can be shared.

    Attributes
    ----------
    alpha : float
        Factor of the squared norm of the coefficients; with 0 they are the shortest.
        If it is positive, X has to be dense: scikit-learn's `Ridge` iterates with sparse
        data and an intercept.
    fit_intercept : bool
    tol : float or None
        Relative cut-off of singular values, where `alpha` is 0.
    """

    alpha: float
    fit_intercept: bool
    tol: float | None = None


def penalty_of(estimator: Any) -> Penalty | None:
    """Return the penalty of a regressor that solves one set of normal equations, or None."""
    if not isinstance(getattr(estimator, "fit_intercept", None), bool | np.bool_):
        return None
    if type(estimator) is MinNormRegressor:
        return Penalty(0.0, bool(estimator.fit_intercept), estimator.tol)
    is_plain_ridge = (
        type(estimator) is Ridge
        and np.ndim(estimator.alpha) == 0
        and estimator.alpha > 0
        and not estimator.positive
        and estimator.solver in ("auto", "cholesky", "svd")
    )
    if not is_plain_ridge:
        return None
    return Penalty(float(estimator.alpha), bool(estimator.fit_intercept))


def squared_penalty(model: Any) -> Any:
    """Return the factor of the squared norm that a fitted model has minimised, 0 if it is none."""
    model = thawed(model)
    if isinstance(model, RidgeCV | RidgeClassifierCV):
        return model.alpha_
    return model.alpha if isinstance(model, Ridge | RidgeClassifier) else 0.0


def target_model(estimator: Any, t: int) -> Any:
    """Return the model of one of several targets: a ridge may have a penalty for each."""
    if type(estimator) is Ridge and np.ndim(estimator.alpha) == 1:
        return clone(estimator).set_params(alpha=float(estimator.alpha[t]))
    return estimator


def penalised_model(alpha: float, *, fit_intercept: bool) -> Any:
    """Return the regressor that a penalty stands for: of least norm if it is zero."""
    if alpha == 0:
        return MinNormRegressor(fit_intercept=fit_intercept)
    return Ridge(alpha, fit_intercept=fit_intercept, tol=1e-12)


def fit_columns(estimator: Any, data: TrainingData, support: AnyArray | None = None) -> LinearFit:
    """Fit a clone of a linear model to all columns of X, or to those in a support.

    Raises
    ------
    ValueError
        If the estimator is no linear regressor (of classes: no linear model), or was fitted
        already to features of other names, or there are weights and its `fit` takes none.
    """
    X, part = data.X, data
    if support is not None and not support.all():
        part = data.columns(support)
    elif not getattr(estimator, "copy_X", True):
        part = replace(data, X=X.copy())  # it would be overwritten, and is needed later
    if type(estimator) is MinNormRegressor:
        model = fit_min_norm(clone(estimator), part)
        fitted, intercept, centred = model.coef_, model.intercept_, bool(model.fit_intercept)
    else:
        penalty = penalty_of(estimator)
        nearly_none = penalty is not None and is_dense(X) and _is_tiny(penalty.alpha, part)
        model = (_fit_tiny_ridge if nearly_none else _fit_clone)(estimator, part)
        read = class_part if is_classifier(model) else _linear_part
        fitted, intercept = read(model, part)
        centred = has_intercept(model)
    coef = np.zeros((*data.y.shape[1:], X.shape[1]), dtype=X.dtype)
    coef[..., slice(None) if support is None else support] = fitted
    return LinearFit(model, coef, np.asarray(intercept, dtype=X.dtype), centred)


def _is_tiny(alpha: float, data: TrainingData) -> bool:
    """Return whether normal equations with a penalty would be too ill-conditioned."""
    squares = np.einsum("i,ij,ij->", data.weights, data.X, data.X, dtype=np.float64)
    return bool(alpha * CONDITION < squares)


def _fit_tiny_ridge(estimator: Ridge, data: TrainingData) -> Any:
    """Fit a clone of `Ridge` by singular values, with equal rows as one: that is exact."""
    first, group = group_equal_rows(data.X)
    y = data.y.reshape(len(data.y), -1)
    targets, weights = merge_rows(group, y, data.weights)
    targets = targets.reshape(len(first), *data.y.shape[1:])
    merged = replace(data, X=data.X[first], y=targets, sample_weight=weights)
    model = _fit_clone(clone(estimator).set_params(solver="svd"), merged)
    return model.set_params(solver=estimator.solver)


def _fit_clone(estimator: Any, data: TrainingData) -> Any:
    """Fit a clone of a model, with the weights if there are any."""
    name = type(estimator).__name__
    if not hasattr(estimator, "fit") or isinstance(estimator, type):
        wanted = "regressor" if data.classes is None else "classifier"
        msg = f"estimator is {estimator!r}: give a linear {wanted}."
        raise ValueError(msg)
    y = class_target(estimator, data)
    if y is not None and y.ndim == 1 and not _takes_vectors(estimator):
        y = y[:, np.newaxis]
    model = clone(estimator)
    if isinstance(model, FrozenEstimator):
        _check_frozen_names(model, data.names)
    # Sums of single precision, such as column means, would lose what a large mean hides.
    X = data.X.astype(np.float64, copy=False)
    if data.sample_weight is None or isinstance(model, FrozenEstimator):
        return model.fit(X, y)
    if not has_fit_parameter(model, "sample_weight"):
        msg = f"{name}.fit takes no sample_weight: fit without weights, or use another estimator."
        raise ValueError(msg)
    return model.fit(X, y, sample_weight=data.sample_weight)


def _takes_vectors(estimator: Any) -> bool:
    """Return whether y may be a vector, as it may not be for `MultiTaskLasso`."""
    tags = get_tags(estimator) if hasattr(estimator, "__sklearn_tags__") else None
    return tags is None or bool(tags.target_tags.single_output)


def _check_frozen_names(model: FrozenEstimator, names: AnyArray | None) -> None:
    """Raise ValueError if a frozen model was fitted to features of other names, or order."""
    fitted = getattr(model, "feature_names_in_", None)
    if fitted is not None and names is not None and not np.array_equal(fitted, names):
        msg = (
            f"The feature names of X should match those of the FrozenEstimator: it was fitted "
            f"to {list(fitted)}, and X has {list(names)}."
        )
        raise ValueError(msg)


def _linear_part(model: Any, data: TrainingData) -> tuple[AnyArray, AnyArray]:
    """Return the coefficients and the intercept of a regressor that was fitted to data.

    Returns
    -------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    intercept : ndarray of shape () or (n_targets,)

    Raises
    ------
    ValueError
        If the model has no `coef_`, one of another shape, or predicts something
        else than ``X @ coef_.T + intercept_``.
    """
    X, targets = data.X, data.y.shape[1:]
    coef = read_coef(model, (*targets, X.shape[1]), "regressor")
    intercept = np.broadcast_to(np.squeeze(getattr(model, "intercept_", 0.0)), targets)
    link = expit if is_binomial(model) and data.classes is not None else None
    if not goes_by(coef, intercept, model.predict, X[:8], link):
        msg = (
            f"{type(model).__name__} does not predict X @ coef_.T + intercept_, which pruning "
            "takes for granted: give a regressor without link function or inner scaling."
        )
        raise ValueError(msg)
    return coef, intercept


def has_intercept(model: Any) -> bool:
    """Return whether a fitted linear model has an intercept."""
    fit_intercept = getattr(model, "fit_intercept", None)
    if fit_intercept is None:
        return bool(np.any(getattr(model, "intercept_", 0.0)))
    return bool(fit_intercept)
