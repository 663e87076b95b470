"""Display of errors against the number of features kept."""

from __future__ import annotations

from itertools import product

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._paths.pruned_search import PrunedSearch
from sklearn_prune._pruning.pruned import PrunedRegressor, rule_of
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier

from .cross_validated_errors import (
    check_counts,
    cross_validate,
    error_name,
    find_parameter,
    prediction_errors,
    resolve_auto,
    training_folds,
)
from .drawing import draw_mark, require_matplotlib
from .error_curves_display import ErrorCurvesDisplay
from .search_curves import errors_of_scores, search_curves

FEATURES = "Number of features kept s"
# What else a sparsity may count.
OTHER_SIZES = {"groups": "Number of groups kept s", "cost": "Total price kept s"}


class PruningPathDisplay(ErrorCurvesDisplay):
    """Error against the number of features kept, with and without retraining.

    Parameters
    ----------
    sparsities : array-like of shape (n_sparsities,)
        Numbers of features kept s, in increasing order.
    errors : array-like of shape (n_curves, n_sparsities, n_repeats)
        Test errors, NaN where a curve has none.
    labels : list of str
        Names of the curves.
    dense_error : float or array-like of shape (n_repeats,), default=None
        Error of the model before pruning: its median is a horizontal line.
    threshold : float, default=None
        Number of training samples n, where models that were retrained begin to
        interpolate. A vertical line marks s = n between the first and the last s.
    chosen : int, default=None
        The number of features that a cross-validation chose: a vertical line marks it.
    chosen_error : float, default=None
        Its error by the folds that chose it: a ring marks it on the curve.
    honest_error, honest_std_error : float, default=None
        Its error by folds that had no part in the choice, a point beside the ring, and the
        standard error, a bar.
    sparsity_name, error_name : str
        Labels of the axes.

    Attributes
    ----------
    lines_ : list of Line2D
        The medians.
    fill_between_ : list of PolyCollection
        The bands.
    dense_line_, threshold_line_ : Line2D or None
        The error of the dense model, and the line at s = n.
    chosen_line_ : Line2D or None
        The line at the chosen s.
    chosen_point_ : PathCollection or None
        The ring.
    honest_point_ : ErrorbarContainer or None
        The point with its bar.
    legend_ : Legend or None
        The legend.
    ax_, figure_ : Axes, Figure
        What was drawn on.

    See Also
    --------
    DoubleDescentDisplay : Error against the number of features before pruning.

    Notes
    -----
    Lines are medians and bands quantiles: see `DoubleDescentDisplay` for why, and for
    what the y axis shows.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn_prune import PrunedRegressor, PruningPathDisplay
    >>> X, y = load_diabetes(return_X_y=True)
    >>> display = PruningPathDisplay.from_estimator(PrunedRegressor(), X, y)
    >>> display.labels, display.sparsities
    (['not retrained', 'retrained'], [1, 2, 3, 4, 5, 6, 7, 8, 10])
    """

    def __init__(
        self,
        *,
        sparsities,
        errors,
        labels,
        dense_error=None,
        threshold=None,
        chosen=None,
        chosen_error=None,
        honest_error=None,
        honest_std_error=None,
        sparsity_name=FEATURES,
        error_name="Mean squared error",
    ):
        self.sparsities = sparsities
        self.errors = errors
        self.labels = labels
        self.dense_error = dense_error
        self.threshold = threshold
        self.chosen = chosen
        self.chosen_error = chosen_error
        self.honest_error = honest_error
        self.honest_std_error = honest_std_error
        self.sparsity_name = sparsity_name
        self.error_name = error_name

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        y=None,
        *,
        sparsities=None,
        sparsity_param="auto",
        cv=None,
        scoring="auto",
        n_jobs=None,
        ax=None,
        **plot_kwargs,
    ):
        """Cross-validate a pruned estimator at each sparsity, and draw.

        Parameters
        ----------
        estimator : estimator
            A `PrunedRegressor` or `PrunedClassifier`, or a pipeline that ends in one. What
            `retrain` says is the curve "retrained"; if it says False, True is. Or a fitted
            `PrunedRegressorCV` or `PrunedClassifierCV`, whose own mean scores are drawn: a
            curve for each strategy, with the penalties that suit it best, a mark at the chosen
            s, and both errors of the chosen model: the one by which it was chosen, and the
            honest one with its standard error. Or the criterion, if it was chosen by one. It
            takes no further arguments but `ax` and those of `plot`.
        X, y : array-like
            Data, cut into the same folds for all curves.
        sparsities : list of int, default=None
            Numbers of features kept s, in increasing order. None stands for 15 numbers
            from 1 to p in geometric progression, less repetitions; p is the number of
            features that reach the pruned model. If it counts groups or prices, they are those
            from the least that it can keep to all.
        sparsity_param : str, default="auto"
            Name of the parameter s. "auto" finds the `sparsity`, if there are several
            that of `PrunedRegressor` or `PrunedClassifier`. The parameter `retrain` is next
            to it.
        cv, scoring, n_jobs : object
            As in `DoubleDescentDisplay.from_estimator`.
        ax : matplotlib Axes, default=None
            Axes to draw on.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : PruningPathDisplay
            The display, drawn. The dense model keeps all features and is not retrained.
        """
        require_matplotlib(f"{cls.__name__}.from_estimator")
        if isinstance(estimator, PrunedSearch):
            return cls._from_search(estimator).plot(ax, **plot_kwargs)
        owners = PrunedRegressor, PrunedClassifier
        s = find_parameter(estimator, sparsity_param, "sparsity", owners)
        scoring = resolve_auto(scoring, estimator)
        owner, separator, _ = s.rpartition("__")
        r = f"{owner}{separator}retrain"
        dense = {s: 1.0, r: False}
        if sparsities is None:
            model = clone(estimator).set_params(**dense).fit(X, y)
            least, largest = _reach(model.get_params()[owner] if owner else model)
            sparsities = np.geomspace(least, largest, 15).round().astype(int)
            sparsities = np.unique(sparsities).tolist()
        else:
            sparsities = check_counts(sparsities, "sparsities")
        retrain = estimator.get_params()[r]
        refits = {"not retrained": False, "retrained": True if retrain is False else retrain}
        grid = product(enumerate(refits.values()), enumerate(sparsities))
        settings = {(i, j): {s: size, r: refit} for (i, refit), (j, size) in grid}
        settings[2, 0] = dense
        splits, n_train = training_folds(estimator, X, y, cv)
        shape = (3, len(sparsities))
        errors = cross_validate(estimator, X, y, settings, shape, splits, scoring, n_jobs)
        name = _size_name(estimator.get_params()[owner] if owner else estimator)
        display = cls(
            sparsities=sparsities,
            errors=errors[:2],
            labels=list(refits),
            dense_error=errors[2, 0],
            threshold=n_train if name == FEATURES else None,
            sparsity_name=name,
            error_name=error_name(scoring),
        )
        return display.plot(ax, **plot_kwargs)

    @classmethod
    def _from_search(cls, model):
        """Return the display of a fitted `PrunedRegressorCV` or `PrunedClassifierCV`."""
        check_is_fitted(model)
        sizes, labels, scores = search_curves(model)
        errors_of, name = errors_of_scores(model)
        honest = getattr(model, "honest_score_", np.nan)
        return cls(
            sparsities=sizes,
            errors=errors_of(scores),
            labels=labels,
            chosen=model.sparsity_,
            chosen_error=errors_of(model.best_score_),
            honest_error=None if np.isnan(honest) else errors_of(honest),
            honest_std_error=getattr(model, "honest_score_std_error_", None),
            sparsity_name=_size_name(model),
            error_name=name,
        )

    @classmethod
    def from_predictions(
        cls,
        y_true,
        y_pred,
        *,
        sparsities,
        labels=None,
        y_pred_dense=None,
        threshold=None,
        classification=False,
        ax=None,
        **plot_kwargs,
    ):
        """Draw the mean squared errors of predictions, or the error rates of labels.

        Parameters
        ----------
        y_true : array-like of shape (n_rows,) or (n_rows, n_targets)
            True targets, or labels.
        y_pred : array-like of shape (n_curves, n_sparsities, n_repeats, ...)
            Predictions; repeats and curves can be left out as in
            `DoubleDescentDisplay.from_predictions`.
        sparsities, labels : object
            As in the class; labels are "model 1", "model 2", ... if None.
        y_pred_dense : array-like of shape (n_repeats, ...) or (...), default=None
            Predictions of the dense model.
        threshold : float, default=None
            As in the class.
        classification : bool, default=False
            Whether targets are labels of classes.
        ax : matplotlib Axes, default=None
            Axes to draw on.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : PruningPathDisplay
            The display, drawn.
        """
        require_matplotlib(f"{cls.__name__}.from_predictions")
        errors = prediction_errors(y_true, y_pred, classification=classification)
        dense = None
        if y_pred_dense is not None:
            y_pred_dense = np.reshape(y_pred_dense, (-1, *np.shape(y_true)))
            dense = prediction_errors(y_true, y_pred_dense, classification=classification)
        display = cls(
            sparsities=sparsities,
            errors=errors,
            labels=[f"model {k + 1}" for k in range(len(errors))] if labels is None else labels,
            dense_error=dense,
            threshold=threshold,
            error_name=error_name("accuracy" if classification else "neg_mean_squared_error"),
        )
        return display.plot(ax, **plot_kwargs)

    def _draw_marks(self, ax, sizes, mark):
        super()._draw_marks(ax, sizes, mark)
        self.chosen_line_ = draw_mark(ax, self.chosen, sizes, f"chosen: s = {self.chosen}")
        self.chosen_point_, self.honest_point_ = self._draw_points(ax)

    def _draw_points(self, ax):
        """Draw both errors of the chosen model, if they are known."""
        at, colour = [self.chosen], ax.xaxis.label.get_color()  # seen on any background
        ring, point = None, None
        if None not in (self.chosen, self.chosen_error):
            style = {"facecolors": "none", "edgecolors": colour, "s": 120, "zorder": 3}
            ring = ax.scatter(at, [self.chosen_error], label="as it was chosen", **style)
        if None not in (self.chosen, self.honest_error):
            style = {"fmt": "D", "markersize": 5, "color": colour, "capsize": 4, "zorder": 4}
            bar, label = self.honest_std_error, "honest, ± standard error"
            point = ax.errorbar(at, [self.honest_error], yerr=bar, label=label, **style)
        return ring, point

    def _points(self):
        points = [] if self.chosen_error is None else [self.chosen_error]
        if self.honest_error is None:
            return points
        honest, bar = self.honest_error, self.honest_std_error or 0.0
        ends = [end for end in (honest - bar, honest + bar) if end * honest > 0]
        return [*points, honest, *ends]  # an end beyond zero has no place on a logarithmic axis

    def _point_handles(self):
        return [point for point in (self.chosen_point_, self.honest_point_) if point is not None]

    def _sizes(self):
        return self.sparsities, self.sparsity_name, "s = n"


def _reach(model):
    """Return the least and the largest whole size of a fitted model."""
    selection = None
    if isinstance(model, PrunedRegressor | PrunedClassifier):
        names = getattr(model, "feature_names_in_", None)
        selection = rule_of(model).resolve(model.n_features_in_, names)
    if selection is None:
        return 1, model.n_features_in_
    least, largest = selection.reach
    return np.ceil(least), np.floor(largest)


def _size_name(model):
    """Return what the sparsity of a model counts."""
    unit = getattr(model, "sparsity_unit", "columns")
    if unit == "groups" and model.feature_groups is None:
        return FEATURES
    return OTHER_SIZES.get(unit, FEATURES)
