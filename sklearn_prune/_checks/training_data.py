"""What is fitted and predicted, checked once where it comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn import config_context
from sklearn.utils import check_array, check_X_y
from sklearn.utils.validation import (
    _check_feature_names,
    _get_feature_names,
    _num_samples,
    check_non_negative,
    validate_data,
)

from .class_codes import decide
from .text_targets import classifier_named
from .user_warnings import warn_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import AnyArray, Array, Indices

FORMATS: dict[str, Any] = {
    "accept_sparse": ("csr", "csc"),
    "dtype": (np.float64, np.float32),
}

# Below so many entries nothing is gained by moments of the rows.
LEAST_ENTRIES = 2**13


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Samples of positive weight.

    Parameters
    ----------
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
    sample_weight : ndarray of shape (n_samples,) or None
        The weights, if any were given: what the fits of other estimators get.
    unlabeled : {ndarray, sparse array or matrix} of shape (n_unlabeled, n_features) or None
        Further samples for distillation.
    rows : ndarray of shape (n_samples,) or None
        Which rows of what was given they are; None if all.
    names : ndarray of shape (n_features,) or None
        Names of the features, if there are some that are all strings.
    classes : ndarray of shape (n_classes,) or None
        The labels of which y is the codes (see `encode_classes`); None if it is numbers.
    """

    X: Any
    y: AnyArray
    weights: Array
    sample_weight: Array | None = None
    unlabeled: Any = None
    rows: Indices | None = None
    names: AnyArray | None = None
    classes: AnyArray | None = None

    @classmethod
    def unweighted(cls, X: Any, y: AnyArray) -> TrainingData:
        """Return samples that need no check, of weight one."""
        return cls(X, y, np.ones(len(y)))

    def take(self, rows: Any) -> TrainingData:
        """Return some of the samples, with all of the unlabelled ones."""
        sample_weight = None if self.sample_weight is None else self.sample_weight[rows]
        kept = rows if self.rows is None else self.rows[rows]
        return replace(
            self,
            X=self.X[rows],
            y=self.y[rows],
            weights=self.weights[rows],
            sample_weight=sample_weight,
            rows=kept,
        )

    @property
    def labels(self) -> AnyArray | None:
        """The class of each sample, None if y is numbers."""
        return None if self.classes is None else self.classes[decide(self.y)]

    def is_tall(self, n_columns: int) -> bool:
        """Return whether there are more rows than so many columns, and worth to be summed up."""
        n_rows = len(self.y)
        return n_columns < n_rows and n_columns * n_rows > LEAST_ENTRIES

    def splits(
        self, splitter: Any, X: Any, y: Any, groups: Any = None
    ) -> Iterator[tuple[Indices, Indices]]:
        """Yield the samples to train on, and those that are held out, of each fold.

        A fold whose held-out samples all have weight zero is as if absent.

        Parameters
        ----------
        splitter : cross-validation generator
        X, y, groups : object
            What the user gave, which the splitter sees.

        Raises
        ------
        ValueError
            If a fold has no sample of positive weight to train on, none at all that is held
            out, or rows that X does not have.
        """
        place = np.arange(_num_samples(y))
        if self.rows is not None:
            place[:] = -1
            place[self.rows] = np.arange(len(self.rows))
        for fold, sides in enumerate(splitter.split(X, y, groups)):
            train, held_out = (_places(place, rows, fold) for rows in sides)
            if not len(train):
                msg = f"Fold {fold} of cv has no sample of positive weight to train on."
                raise ValueError(msg)
            if len(held_out):
                yield train, held_out

    def columns(self, features: Any) -> TrainingData:
        """Return the samples with some of the features."""
        return replace(
            self,
            X=self.X[:, features],
            unlabeled=None if self.unlabeled is None else self.unlabeled[:, features],
            names=None if self.names is None else self.names[features],
        )

    def target(self, t: int) -> TrainingData:
        """Return the samples with one of several targets, as a vector: of classes, its codes."""
        return replace(self, y=self.y[:, t], classes=None)

    def distilled(self, predict: Any) -> TrainingData:
        """Return labelled and unlabelled samples with predictions for both as their targets.

        Unlabelled samples have weight one.
        """
        X = stack([self.X, self.unlabeled])
        weights = np.append(self.weights, np.ones(self.unlabeled.shape[0]))
        sample_weight = None if self.sample_weight is None else weights
        return TrainingData(X, predict(X), weights, sample_weight, names=self.names)


def stack(parts: list[Any]) -> Any:
    """Return the rows of several matrices, sparse if one of them is."""
    return sparse.vstack(parts).tocsr() if any(map(sparse.issparse, parts)) else np.vstack(parts)


def _places(place: Indices, rows: Any, fold: int) -> Indices:
    """Return where rows of a fold, indices or a mask, are among those that are kept."""
    if not len(rows):
        msg = f"Fold {fold} of cv has no rows on one side: give rows to train on and to test on."
        raise ValueError(msg)
    try:
        kept = place[rows]
    except IndexError as error:
        msg = f"Fold {fold} of cv does not fit X, which has {len(place)} rows: {error}."
        raise ValueError(msg) from error
    return kept[kept >= 0]


def check_training_data(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    X_unlabeled: Any = None,
    *,
    distill: bool = False,
    reset: bool = True,
) -> TrainingData:
    """Validate what is to be fitted, and drop samples of weight zero.

    Parameters
    ----------
    estimator : estimator or None
        Gets the number and the names of the features; None where a function fits.
    X, y, sample_weight, X_unlabeled : object
        What the user gave.
    distill : bool
        Whether `X_unlabeled` is wanted, which is ignored otherwise.
    reset : bool, default=True
        Whether the estimator forgets the features that it was fitted to before; if not, they
        have to be the same.

    Raises
    ------
    ValueError
        If something is not finite or does not fit together, or distillation lacks
        `X_unlabeled`.
    """
    options = FORMATS | {"y_numeric": True, "multi_output": True}
    dispatch = config_context(array_api_dispatch=False)  # tensors become arrays
    with classifier_named(estimator, y), dispatch:
        if estimator is None:
            checked, y = check_X_y(X, y, **options)
            names = _get_feature_names(X)
        else:
            checked, y = validate_data(estimator, X, y, reset=reset, **options)
            names = getattr(estimator, "feature_names_in_", None)
        y = y.astype(np.float64) if y.dtype.kind in "US" else y
        unlabeled = _check_unlabeled(X_unlabeled, checked, names) if distill else None
    if sparse.issparse(y) or y.dtype.kind in "mM":
        what = "sparse" if sparse.issparse(y) else f"of dtype {y.dtype}"
        msg = f"y is {what}: give an array of numbers."
        raise ValueError(msg)
    if sample_weight is None:
        return TrainingData(checked, y, np.ones(len(y)), None, unlabeled, names=names)
    weights = _check_sample_weight(sample_weight, len(y))
    data = TrainingData(checked, y, weights, weights, unlabeled, names=names)
    return data if weights.all() else data.take(np.flatnonzero(weights))


def check_samples(model: Any, X: Any, *, reset: bool = False) -> Any:
    """Return the validated samples that an estimator, or a path, is applied to.

    Raises
    ------
    ValueError
        If they are not finite, or have other features than the model was fitted to.
    """
    with config_context(array_api_dispatch=False):  # tensors become arrays
        if hasattr(model, "__sklearn_tags__"):
            return validate_data(model, X, reset=reset, **FORMATS)
        _check_feature_names(model, X, reset=False)
        X = check_array(X, **FORMATS)
    if X.shape[1] != model.n_features_in_:
        msg = f"X has {X.shape[1]} features, but the path has {model.n_features_in_}."
        raise ValueError(msg)
    return X


def _check_sample_weight(sample_weight: Any, n_samples: int) -> Array:
    """Return one float64 weight a sample; a number stands for equal weights.

    Raises
    ------
    ValueError
        If the weights have another length than the samples, are negative or not
        finite, or are all zero.
    """
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n_samples, sample_weight)
    weights = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weights.shape != (n_samples,):
        msg = (
            f"sample_weight has shape {weights.shape}, but X has {n_samples} samples: "
            f"give one weight a sample, an array of shape ({n_samples},)."
        )
        raise ValueError(msg)
    check_non_negative(weights, "sample_weight")
    if not weights.any():
        msg = "sample_weight is zero for every sample: give at least one a positive weight."
        raise ValueError(msg)
    return weights


def _check_unlabeled(X_unlabeled: Any, X: Any, names: AnyArray | None) -> Any:
    """Return the validated unlabelled samples for distillation.

    Raises
    ------
    ValueError
        If there are none, or they are not finite or have other features than X.
    """
    if X_unlabeled is None:
        msg = (
            "Distillation needs unlabelled samples: pass X_unlabeled to fit. On the training "
            "samples alone that of least squares would equal retrain=True; if there are no others, "
            "a ridge refit, retrain=RidgeCV(), is the better choice."
        )
        raise ValueError(msg)
    unlabeled = check_array(X_unlabeled, input_name="X_unlabeled", **FORMATS | {"dtype": X.dtype})
    if unlabeled.shape[1] != X.shape[1]:
        msg = f"X_unlabeled has {unlabeled.shape[1]} features, but X has {X.shape[1]}."
        raise ValueError(msg)
    other_names = _get_feature_names(X_unlabeled)
    if names is not None and other_names is not None and not np.array_equal(names, other_names):
        msg = (
            "The feature names should match those of X, in the same order: X_unlabeled has "
            f"{list(other_names)}, and X has {list(names)}."
        )
        raise ValueError(msg)
    if unlabeled.shape[0] == X.shape[0]:
        warn_user(
            f"X_unlabeled has as many rows as X, {X.shape[0]}. If this fit is part of a "
            "cross-validation, scikit-learn has cut it into folds along with X: add or drop "
            "a row to have all of it in every fold.",
        )
    return unlabeled
