"""Display of errors against the width of a model before pruning."""

from __future__ import annotations

from itertools import product

import numpy as np

from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier
from sklearn_prune._random_features.random_features import RandomFeatures

from .cross_validated_errors import (
    check_counts,
    cross_validate,
    error_name,
    find_parameter,
    prediction_errors,
    resolve_auto,
    training_folds,
)
from .drawing import require_matplotlib
from .error_curves_display import ErrorCurvesDisplay, check_theory
from .shared_widths import cross_validate_widths, shares_widths

# Shares of the training samples: where errors fall, rise to the peak, and fall again.
SHARES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 4)


class DoubleDescentDisplay(ErrorCurvesDisplay):
    """Error against the number of features a model was trained on, before pruning.

    Parameters
    ----------
    widths : array-like of shape (n_widths,)
        Numbers of features p, in increasing order.
    errors : array-like of shape (n_curves, n_widths, n_repeats)
        Test errors, NaN where a curve has none, as for p < s.
    labels : list of str
        Names of the curves.
    threshold : float, default=None
        Number of training samples n. Where it lies between the first and the last
        width, a vertical line marks p = n.
    theory : array-like of shape (n_curves, n_widths), default=None
        Predicted errors: thin dashed lines without markers.
    width_name, error_name : str
        Labels of the axes.

    Attributes
    ----------
    lines_, theory_lines_ : list of Line2D
        The medians, and the theory.
    fill_between_ : list of PolyCollection
        The bands.
    threshold_line_ : Line2D or None
        The line at p = n.
    legend_ : Legend or None
        The legend.
    ax_, figure_ : Axes, Figure
        What was drawn on.

    See Also
    --------
    PruningPathDisplay : Error against the number of features kept.
    sklearn.model_selection.ValidationCurveDisplay : Scores against any parameter.

    Notes
    -----
    Lines are medians over the repeats and bands quantiles, since means say nothing at
    the peak: the error at p = n has no finite variance. Neither a peak nor a band may
    squeeze the rest of the picture: the y axis ends at most at 3 times the highest line
    (and a third of the lowest), and at 1000 times the upper quartile of the lines. What
    is beyond leaves the axes; ``display.ax_.set_ylim`` shows it.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_prune import DoubleDescentDisplay, PrunedRegressor, RandomFeatures
    >>> X, y = make_friedman1(n_samples=90, random_state=0)
    >>> model = make_pipeline(RandomFeatures(random_state=0), PrunedRegressor())
    >>> display = DoubleDescentDisplay.from_estimator(
    ...     model, X, y, widths=[10, 30, 60, 100, 300], budgets=[10, 30], cv=3
    ... )
    >>> display.errors.shape, display.threshold
    ((2, 5, 3), 60.0)
    """

    def __init__(
        self,
        *,
        widths,
        errors,
        labels,
        threshold=None,
        theory=None,
        width_name="Number of features p",
        error_name="Mean squared error",
    ):
        self.widths = widths
        self.errors = errors
        self.labels = labels
        self.threshold = threshold
        self.theory = theory
        self.width_name = width_name
        self.error_name = error_name

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        widths=None,
        budgets=None,
        width_param="auto",
        sparsity_param="auto",
        cv=None,
        scoring="auto",
        n_jobs=None,
        theory=None,
        ax=None,
        **plot_kwargs,
    ):
        """Cross-validate an estimator at each width, and for each budget, and draw.

        The models of a pipeline that ends in `RandomFeatures`, with an int as
        `random_state`, and `PrunedRegressor`, `PrunedClassifier` or `MinNormRegressor` share
        their work, as in :func:`width_path`: the steps before the last one are then fitted
        once a fold, and jobs are folds. Other estimators, and callables as `scoring` that are no
        :func:`~sklearn.metrics.make_scorer`, have a fit for each curve, width and fold.

        Parameters
        ----------
        estimator : estimator
            Such as ``make_pipeline(StandardScaler(), RandomFeatures(), PrunedRegressor())``.
        X, y : array-like
            Data, cut into the same folds for all curves.
        widths : list of int, default=None
            Numbers of features p, in increasing order. None stands for 13 from 5 to 400 % of
            the training samples of a fold, denser around 100 %, where the peak is; and for the
            budgets, where the curves begin.
        budgets : list of int, default=None
            Numbers of features kept s, one curve each, from p = s on. None stands for one
            curve of the estimator as it is.
        width_param, sparsity_param : str, default="auto"
            Names of the parameters p and s. "auto" finds the `n_components`, and the
            `sparsity`: where there are several, those of `RandomFeatures`, and of
            `PrunedRegressor` or `PrunedClassifier`.
        cv : int, cross-validation generator or iterable, default=None
            As in :func:`~sklearn.model_selection.cross_val_score`: an int is stratified for
            classifiers.
        scoring : str, callable or None, default="auto"
            "auto" is "neg_mean_squared_error", and "accuracy" for classifiers, which gives
            the error rate. The error is minus the score for names that start with ``neg_``
            and for callables; for other names, such as "r2", and None it is one minus the
            score.
        n_jobs : int, default=None
            Number of parallel jobs.
        theory : array-like of shape (n_curves, n_widths), default=None
            Predicted errors.
        ax : matplotlib Axes, default=None
            Axes to draw on.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : DoubleDescentDisplay
            The display, drawn. Its threshold is the median size of the training folds.
        """
        require_matplotlib(f"{cls.__name__}.from_estimator")
        p = find_parameter(estimator, width_param, "n_components", RandomFeatures)
        scoring = resolve_auto(scoring, estimator)
        splits, n_train = training_folds(estimator, X, y, cv)
        budgets = None if budgets is None else check_counts(budgets, "budgets")
        widths = default_widths(n_train, budgets or []) if widths is None else widths
        widths = check_counts(widths, "widths")
        if budgets is None:
            labels, settings = ["estimator"], {(0, j): {p: w} for j, w in enumerate(widths)}
        else:
            budgets = check_counts(budgets, "budgets", largest=max(widths))
            s = find_parameter(
                estimator, sparsity_param, "sparsity", (PrunedRegressor, PrunedClassifier)
            )
            labels = [f"s = {budget}" for budget in budgets]
            grid = product(enumerate(budgets), enumerate(widths))
            settings = {(i, j): {s: b, p: w} for (i, b), (j, w) in grid if b <= w}
        shape = (len(labels), len(widths))
        check_theory(theory, shape)
        shares = shares_widths(estimator, settings, scoring)
        validate = cross_validate_widths if shares else cross_validate
        display = cls(
            widths=widths,
            errors=validate(estimator, X, y, settings, shape, splits, scoring, n_jobs),
            labels=labels,
            threshold=n_train,
            theory=theory,
            error_name=error_name(scoring),
        )
        return display.plot(ax, **plot_kwargs)

    @classmethod
    def from_predictions(
        cls,
        y_true,
        y_pred,
        *,
        widths,
        labels=None,
        threshold=None,
        theory=None,
        classification=False,
        ax=None,
        **plot_kwargs,
    ):
        """Draw the mean squared errors of predictions, or the error rates of labels.

        Parameters
        ----------
        y_true : array-like of shape (n_rows,) or (n_rows, n_targets)
            True targets, or labels.
        y_pred : array-like of shape (n_curves, n_widths, n_repeats, ...)
            Predictions, NaN where there are none. The last axes are those of
            y_true. Without the axis of repeats they stand for one repeat, and without that of
            curves, too, for one curve.
        widths, labels, threshold, theory : object
            As in the class; labels are "model 1", "model 2", ... if None.
        classification : bool, default=False
            Whether targets are labels of classes.
        ax : matplotlib Axes, default=None
            Axes to draw on.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : DoubleDescentDisplay
            The display, drawn.
        """
        require_matplotlib(f"{cls.__name__}.from_predictions")
        errors = prediction_errors(y_true, y_pred, classification=classification)
        labels = [f"model {k + 1}" for k in range(len(errors))] if labels is None else labels
        display = cls(
            widths=widths,
            errors=errors,
            labels=labels,
            threshold=threshold,
            theory=theory,
            error_name=error_name("accuracy" if classification else "neg_mean_squared_error"),
        )
        return display.plot(ax, **plot_kwargs)

    def _sizes(self):
        return self.widths, self.width_name, "p = n"


def default_widths(n_train, budgets):
    """Return widths that show the peak at n training samples, and where curves begin."""
    widths = np.multiply(SHARES, n_train).round().astype(int)
    return np.unique([*np.maximum(widths, 1), *budgets]).tolist()
