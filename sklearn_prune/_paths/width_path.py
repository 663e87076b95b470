"""Errors of dense and pruned models of every width, from shared work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.model_selection import check_cv
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._checks.arguments import as_list
from sklearn_prune._checks.class_codes import decide
from sklearn_prune._checks.class_data import present_classes, weigh_classes
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._pruning.recipe import Recipe
from sklearn_prune._pruning.refit import is_distillation
from sklearn_prune._pruning.selection import SelectionRule

from .held_out_errors import held_out_errors
from .path_data import check_path_data, distillations
from .path_tables import MOST_COLUMNS, html_table, number, rest, shown, span
from .pruned_classifier_cv import check_several_classes
from .tall_widths import moment_errors, sum_widths
from .width_predictions import predict_widths
from .width_sizes import width_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sklearn_prune._checks.progress import Progress
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .moment_scores import MomentRows


@dataclass(frozen=True, eq=False)
class WidthPath:
    """Validation errors of models of increasing width, as `width_path` returns them.

    Attributes
    ----------
    widths : ndarray of shape (n_widths,)
        Numbers of features w that the dense models are trained on, increasing.
    sparsities : ndarray of shape (n_sparsities,)
        Numbers, or fractions, of features kept, increasing.
    dense_errors : ndarray of shape (n_widths, n_folds)
        Mean squared errors of the dense models; error rates, if y was labels.
    pruned_errors : ndarray of shape (n_sparsities, n_widths, n_folds)
        Errors after pruning without retraining, NaN where more features are to be
        kept than there are.
    retrained_errors : ndarray of shape (n_sparsities, n_widths, n_folds) or None
        Errors after pruning and retraining; None with ``retrain=False``.
    random_errors : ndarray of shape (n_sparsities, n_widths, n_folds) or None
        Errors after pruning at random and retraining; None with ``retrain=False``.
    fold_weights : ndarray of shape (n_folds,)
        Total weight of the validation samples of each fold, for a mean over folds. Folds
        without any are left out.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn_prune import width_path
    >>> X, y = load_diabetes(return_X_y=True)
    >>> path = width_path(X, y, widths=[3, 10], sparsities=[2])
    >>> path.dense_errors.shape, path.retrained_errors.shape
    ((2, 5), (1, 2, 5))
    >>> list(path.to_dict())
    ['model', 'width', 'sparsity', 'fold', 'error']
    """

    widths: Indices
    sparsities: AnyArray
    dense_errors: Array
    pruned_errors: Array
    retrained_errors: Array | None = None
    random_errors: Array | None = None
    fold_weights: Array | None = None

    def __repr__(self):
        return f"WidthPath({self._summary()})"

    def _repr_html_(self):
        n, budgets = len(self.widths), shown(len(self.sparsities), MOST_COLUMNS)
        kept = [(f"{self.sparsities[k]:g} kept", k) for k in budgets]
        curves = {"dense": self._means(self.dense_errors)}
        for kind in ("pruned", "retrained"):
            errors = getattr(self, f"{kind}_errors")
            if errors is not None:
                curves |= {f"{kind}, {name}": self._means(errors[k]) for name, k in kept}
        rows = ([f"{self.widths[w]:g}", *(number(c[w]) for c in curves.values())] for w in shown(n))
        caption = f"Mean validation errors: {self._summary()}{rest(n, 'widths')}"
        return html_table(caption, ["width", *curves], rows)

    def _summary(self):
        """Return how many models there are."""
        widths = span(self.widths, "width", "widths")
        sizes = span(self.sparsities, "sparsity", "sparsities")
        n_folds = self.dense_errors.shape[-1]
        return f"{widths}, {sizes}, {n_folds} {'fold' if n_folds == 1 else 'folds'}"

    def _means(self, errors):
        """Return means over the folds, by the weights of their samples."""
        return np.average(errors, axis=-1, weights=self.fold_weights)

    def to_dict(self):
        """Return all errors as columns of a long table, one row a model and fold.

        Returns
        -------
        dict of str to ndarray
            The columns "model" ("dense", "pruned", "retrained" or "random"), "width",
            "sparsity" (for the dense model all features), "fold" and "error".
            ``pandas.DataFrame`` and ``polars.DataFrame`` take it as it is.
        """
        parts = []
        for name in ("dense", "pruned", "retrained", "random"):
            errors = getattr(self, f"{name}_errors")
            if errors is not None:
                parts.append(self._table(name, errors.reshape(-1, *self.dense_errors.shape)))
        columns = ("model", "width", "sparsity", "fold", "error")
        return dict(zip(columns, map(np.concatenate, zip(*parts, strict=True)), strict=True))

    def _table(self, name, errors):
        """Return the columns of `to_dict` for one kind of model."""
        k, w, fold = np.nonzero(~np.isnan(errors))
        width, sparsity = self.widths[w], self.sparsities[k]
        if name == "dense":
            sparsity = width if sparsity.dtype.kind == "i" else np.ones(len(width))
        return np.repeat(name, len(k)), width, sparsity, fold, errors[k, w, fold]


def width_path(
    X,
    y,
    *,
    widths,
    sparsities,
    strategy="hessian",
    retrain=True,
    estimator=None,
    saliency=None,
    cv=5,
    sample_weight=None,
    random_state=None,
    n_jobs=None,
    classification=False,
    class_weight=None,
    feature_groups=None,
    always_keep=None,
    feature_costs=None,
    sparsity_unit="groups",
    per_target=False,
    callbacks=(),
):
    r"""Cross-validate dense and pruned models of every width, at the price of a few of them.

    The model of width w has the first w columns of X: those of `RandomFeatures`, for
    example, which are nested. The errors are those of :class:`PrunedRegressor` and of its
    dense model, or of :class:`PrunedClassifier` with ``classification=True``, fitted at
    every width, budget and fold, to rounding; but the models share what they have in common.
    With F the columns that width w' has beyond w, the Gram matrix of the rows grows by
    theirs,

    .. math:: K_{w'} = K_w + F F^\top,

    and the least-norm coefficients are :math:`X^\top K^{-1} y`. Widths below the
    number of samples share one QR factorisation instead, and at each width the retrained
    models of all budgets share another (see :func:`pruning_path`).

    Parameters
    ----------
    X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
        Data, of nested columns.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Target values, or labels of shape (n_samples,) with ``classification=True``.
    widths : sequence of int
        Numbers of columns w to train on, in any order.
    sparsities : sequence of int or of float
        Budgets: numbers of features to keep, or fractions of each width, in any order.
    strategy, estimator, saliency : object
        As in :class:`PrunedRegressor` or :class:`PrunedClassifier`; `saliency` has
        n_features scores, or with `per_target` a row of them for each target.
    retrain : bool or estimator, default=True
        As in :class:`PrunedRegressor` or :class:`PrunedClassifier`, for the two kinds of
        models that are retrained. With False they are left out.
    cv : int, cross-validation generator or iterable, default=5
        Number of folds, which are stratified for classes, or what splits the samples.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weights of the samples, in training and validation.
    random_state : int, RandomState instance or None, default=None
        Seed of the random pruning, as in :class:`PrunedRegressor`.
    n_jobs : int, default=None
        Number of folds to work on in parallel.
    classification : bool, default=False
        Whether y is labels of classes.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in training, as in :class:`PrunedClassifier`: "balanced" in
        each fold. For ``classification=True`` only.
    feature_groups, always_keep, feature_costs, sparsity_unit : object
        What is kept or pruned together, what always stays, prices, and what `sparsities` count,
        as in :class:`PrunedRegressor` for all columns of X. A width has whole groups, and keeps
        those of the columns of `always_keep` that it has.
    per_target : bool, default=False
        Whether every target, or class, keeps features of its own, as in :class:`PrunedRegressor`
        and :class:`PrunedClassifier`.
    callbacks : sequence of callbacks, default=()
        Callbacks of scikit-learn, such as :class:`~sklearn.callback.ProgressBar`, which hear of
        every fold, and of every width in it.

    Returns
    -------
    WidthPath
        Mean squared errors on the validation samples, means over the targets; or shares of
        validation samples, by weight, in the wrong class.

    Raises
    ------
    ValueError
        As `PrunedRegressor.fit` or `PrunedClassifier.fit`; if `widths` or `sparsities` are
        empty or out of range; if a width has a part of a group; if a fold has no sample of
        positive weight to train on, or samples of one class only; and if y is labels, or a
        model is a classifier, without ``classification=True``. Folds without any sample for
        validation are left out.

    See Also
    --------
    DoubleDescentDisplay : Draws such curves.
    pruning_path : All sparsities at one width.
    sklearn.model_selection.validation_curve : Any parameter of any estimator.

    Notes
    -----
    With n samples in training, p the largest width and s the largest budget, a fold costs
    :math:`n^2 p` operations for all Gram matrices together and, for each width,
    :math:`n^3/3` for a Cholesky factorisation and :math:`4ns^2` for two triangular
    factors. Widths w below n need one pass over all samples, and some :math:`w^3` operations
    a fold, unless columns are (nearly) dependent or the strategy is a callable. For classes
    the samples that are held out are read once more for each model; and the first pass needs
    all classes in every fold, and no `class_weight`. Fits by `MinNormRegressor` and by
    `Ridge` share their work. Those by other estimators are made one by one, and so are those
    with (nearly) dependent columns and those to sparse data of more columns than rows.

    Examples
    --------
    A small model, one that just interpolates its 200 samples, and a large one, as they
    are and after pruning to 40 features:

    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_prune import RandomFeatures, width_path
    >>> X, y = load_digits(return_X_y=True)
    >>> X, y = RandomFeatures(1000, random_state=0).fit_transform(X[:250]), y[:250] % 2
    >>> path = width_path(X, y, widths=[40, 199, 1000], sparsities=[40])
    >>> np.median(path.dense_errors, axis=-1).round(2)
    array([0.12, 0.55, 0.04])
    >>> np.median(path.retrained_errors, axis=-1).round(2)
    array([[0.12, 0.06, 0.05]])

    The same for the ten digits themselves, of which these shares are mistaken:

    >>> y = load_digits(return_X_y=True)[1][:250]
    >>> path = width_path(
    ...     X, y, widths=[40, 199, 1000], sparsities=[40], classification=True
    ... )
    >>> path.dense_errors.mean(axis=-1).round(2)
    array([0.12, 0.28, 0.02])
    """
    names, recipes = _recipes(
        strategy,
        retrain,
        estimator,
        saliency=saliency,
        random_state=random_state,
        names=distillations(classification),
        rule=SelectionRule(feature_groups, always_keep, feature_costs, sparsity_unit),
        per_target=per_target,
    )
    given = X, y, sample_weight
    data = check_path_data(recipes[0][-1], given, class_weight, classification=classification)
    widths = _check_widths(widths, data.X.shape[1])
    recipes = [[recipe.for_data(data) for recipe in group] for group in recipes]
    sparsities = _check_sparsities(sparsities, recipes, widths)
    splits = list(data.splits(check_cv(cv, y, classifier=classification), X, y))
    if not splits:
        raise ValueError(f"cv is {cv!r}, which has no folds: give at least one, or an int.")
    summed: Sequence[MomentRows | None] = [None] * len(splits)
    alike = _train_on_all_classes(data, splits) and class_weight is None
    if alike and data.is_tall(min(int(widths[-1]), len(data.y) - 1)):
        summed = sum_widths(recipes, data, splits, widths)
    work = partial(_width_errors, recipes, data, widths, sparsities.tolist(), class_weight)
    told = WidthPathFit().set_callbacks(*as_list(callbacks, "callbacks"))
    folds = list(zip(splits, summed, strict=True))
    errors_of_folds = told.fit(partial(_fold_errors, work), folds, len(widths), n_jobs)
    dense, pruned = (np.stack(errors, axis=-1) for errors in zip(*errors_of_folds, strict=True))
    weights = np.array([data.weights[held_out].sum() for _, held_out in splits])
    errors = dict(zip(names, pruned, strict=True))
    return WidthPath(widths, sparsities, dense, **errors, fold_weights=weights)


def _train_on_all_classes(data: TrainingData, splits: list[tuple[Indices, Indices]]) -> bool:
    """Return whether all folds train on all classes, if there are any.

    Raises
    ------
    ValueError
        If one trains on one class only.
    """
    if data.classes is None:
        return True
    check_several_classes(data, splits)
    seen = (np.unique(decide(data.y[train])) for train, _ in splits)
    return all(len(codes) == len(data.classes) for codes in seen)


def _check_widths(widths: Any, n_features: int) -> Indices:
    """Return the widths, increasing.

    Raises
    ------
    ValueError
        If there are none, or one is no int from 1 to n_features.
    """
    counts = as_list(widths, "widths")
    if not counts or not all(_is_count(w) and 1 <= w <= n_features for w in counts):
        msg = f"widths is {widths!r}: give ints from 1 to {n_features}, the number of features."
        raise ValueError(msg)
    return np.unique(counts)


def _check_sparsities(
    sparsities: Any, recipes: Sequence[Sequence[Recipe]], widths: Indices
) -> AnyArray:
    """Return the budgets, increasing.

    Raises
    ------
    ValueError
        If there are none, one is out of range for the largest width, or ints and
        floats are mixed; or if a width has a part of a group.
    """
    values = as_list(sparsities, "sparsities")
    for budget in values:
        recipes[0][0].leading(int(widths[-1])).sizes(budget, int(widths[-1]))
    width_sizes(recipes, values, widths)
    budgets = sorted(set(values))
    if len({_is_count(budget) for budget in budgets}) != 1:
        msg = f"sparsities is {sparsities!r}: give ints to keep, or else fractions, at least one."
        raise ValueError(msg)
    return np.array(budgets)


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _recipes(
    strategy: Any, retrain: Any, estimator: Any, **options: Any
) -> tuple[list[str], list[list[Recipe]]]:
    """Return what to do with the dense models, and the names of the errors in `WidthPath`."""
    if is_distillation(retrain):
        msg = f"retrain is {retrain!r}, which needs unlabelled samples: give a bool or a model."
        raise ValueError(msg)
    pruned = Recipe.of(strategy, False, estimator, **options)
    retrained = Recipe.of(strategy, retrain, estimator, **options)
    if retrained.refit is None:
        return ["pruned_errors"], [[pruned]]
    random = Recipe.of("random", retrain, estimator, **options)
    names = ["pruned_errors", "retrained_errors", "random_errors"]
    return names, [[pruned, retrained], [random]]


class WidthPathFit(CallbackSupportMixin):
    """What `width_path` is to callbacks, which know of estimators only."""

    @with_callbacks
    def fit(
        self, work: Callable[..., Any], folds: Sequence[Any], n_widths: int, n_jobs: int | None
    ) -> list[Any]:
        """Do the work of every fold.

        Parameters
        ----------
        work : callable
            Takes a task, whose widths it tells of, and a fold.
        folds : sequence of tuple
            What each fold consists of.
        n_widths : int
            Number of widths in each of them.
        n_jobs : int or None
            Number of folds to work on in parallel.

        Returns
        -------
        results : list
            What the work returns for each of the folds.
        """
        with fit_progress(self, len(folds)) as progress:
            tasks = [progress.new("fold", n_widths) for _ in folds]
            return Parallel(n_jobs=n_jobs)(
                delayed(work)(task, *fold) for task, fold in zip(tasks, folds, strict=True)
            )


def _fold_errors(work: Callable[..., Any], task: Progress, *fold: Any) -> tuple[Array, Array]:
    """Return the errors (n_widths,) and (n_recipes, n_sparsities, n_widths) of one fold."""
    with task.running():
        dense, pruned = zip(*task.each("width", work(*fold)), strict=True)
    return np.array(dense), np.stack(pruned, axis=-1)


def _width_errors(
    recipes: list[list[Recipe]],
    data: TrainingData,
    widths: Indices,
    sparsities: list[float],
    class_weight: Any,
    split: tuple[Indices, Indices],
    summed: MomentRows | None,
) -> Iterator[tuple[Any, Array]]:
    """Yield the errors () and (n_recipes, n_sparsities) of every width in one fold."""
    known = []
    if summed is not None:
        held_out = None if data.classes is None else data.take(split[1])
        known = moment_errors(recipes, summed, widths, sparsities, held_out)
        yield from known
    if len(known) < len(widths):
        train, test = map(data.take, split)
        train, rest = present_classes(train), widths[len(known) :]
        weighed, estimator = weigh_classes(train, class_weight), recipes[0][0].estimator
        curves = predict_widths(recipes, estimator, weighed, test.X, rest, sparsities)
        judge = partial(held_out_errors, test, classes=train.classes)
        yield from ((judge(dense), judge(pruned)) for dense, pruned in curves)
