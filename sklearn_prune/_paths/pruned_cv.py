"""Choose the sparsity, the strategy and the penalties by cross-validation over whole paths."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from itertools import product
from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.model_selection import check_cv
from sklearn.utils import check_random_state
from sklearn.utils.metadata_routing import UNUSED, MetadataRouter, MethodMapping

from sklearn_prune._batches.sources import as_source, is_source
from sklearn_prune._checks.arguments import check_alphas, check_bool, check_sparsities
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._least_squares.row_stream import become
from sklearn_prune._pruning.linear_fit import penalised_model
from sklearn_prune._pruning.pruned import PrunedRegressor, fit_pruned, stand_for_all
from sklearn_prune._pruning.recipe import Recipe
from sklearn_prune._pruning.sparse_model import SparseRegressor

from .candidates import Candidate
from .fold_search import FoldSearch
from .leave_one_out_search import LeaveOneOutSearch
from .scores import ResultsTable
from .source_folds import SourceFolds, check_needs_no_rows
from .tall_search import TallSearch


class PrunedRegressorCV(CallbackSupportMixin, SparseRegressor):
    r"""Pruned regression that chooses its sparsity by cross-validation.

    Every fold fits the dense model once and takes all sparsities from it (see
    :func:`pruning_path`), and all folds share one pass over the rows, or one Gram matrix.
    With ``cv=None`` the exact leave-one-out error is found without fitting n times.

    Parameters
    ----------
    strategy : str, callable or list of them, default="magnitude"
        How features are scored, as in :class:`PrunedRegressor`. Of several, the best is
        chosen.

    sparsities : sequence of int or float, default=None
        Numbers, or fractions, of features to keep. None stands for all numbers from 1 to
        n_features if the kept features are not retrained. If they are, it ends where they
        begin to interpolate: one below the rank of the smallest training set, or
        n_features if it is less than that. If there is a ridge among `alphas`, it is the
        rank that the set can have at most.

    retrain : bool or "distill", default=True
        What happens to the kept features, as in :class:`PrunedRegressor`. With a penalty
        they are refitted by ridge regression.

    alphas : array-like of shape (n_alphas,), default=None
        Ridge penalties of the dense model among which to choose; 0 stands for the
        solution of least norm, and None for 0 alone. As in
        :class:`~sklearn.linear_model.Ridge`, a penalty adds :math:`\alpha \|b\|^2` to the
        sum of squared residuals.

    retrain_alphas : array-like of shape (n_retrain_alphas,), default=None
        Ridge penalties of the refit. None stands for that of the dense model. If some are
        given, all pairs are tried.

    cv : int, splitter, iterable or None, default=None
        None is leave-one-out. An int is the number of folds, without shuffling; see
        :func:`~sklearn.model_selection.check_cv`. Folds leave a sparse X sparse;
        leave-one-out fills it, and has about three dense copies at a time.

    scoring : str or callable, default=None
        What is maximised. None is the negative mean squared error, weighted by
        `sample_weight`; other scores are unweighted. With ``cv=None`` the predictions for
        all rows are scored together. A callable ``(model, X, y) -> score`` that is no
        :func:`~sklearn.metrics.make_scorer` may look at the model, which costs a fit for
        each size and fold.

    one_standard_error : bool, default=False
        Whether to choose the fewest features whose mean score is within one standard error
        of the best mean score, instead of the best. With ``cv=None`` this needs the
        default `scoring`.

    saliency : array-like of shape (n_features,), default=None
        Scores of the strategy "oracle".

    fit_intercept : bool, default=True
        Whether to fit an intercept.

    n_jobs : int, default=None
        Number of threads over the folds and strategies.

    random_state : int, RandomState instance or None, default=None
        Seed of the strategy "random", whose order is the same in every fold.

    Attributes
    ----------
    sparsity_ : int
        The number of features kept, s.

    strategy_ : str or callable
        The strategy.

    alpha_, retrain_alpha_ : float
        Penalty of the dense model, and of the refit.

    best_score_ : float
        Mean score of the chosen model.

    best_index_ : int
        Its position in `cv_results_`.

    cv_results_ : dict of ndarray
        A table with a row for each combination, as `pandas.DataFrame` reads it: "strategy",
        "alpha", "retrain_alpha", "sparsity", "split0_test_score" and so on unless
        ``cv=None``, "mean_test_score", "std_test_score" and "rank_test_score". The
        deviation is that between folds, or between rows if ``cv=None`` (NaN for other
        scores than the default).

    n_splits_ : int
        Number of folds.

    best_estimator_ : PrunedRegressor
        The chosen model, fitted to all data.

    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Its coefficients, zero outside the support.

    intercept_ : float or ndarray of shape (n_targets,)
        Its intercept.

    support_ : ndarray of shape (n_features,), dtype bool
        Mask of the kept features.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    PrunedRegressor : The model at one sparsity, with any linear regressor inside.
    pruning_path : All sparsities without cross-validation.
    PruningPathDisplay : Draws the errors.

    Notes
    -----
    The scores are those of :class:`~sklearn.model_selection.GridSearchCV` over a
    :class:`PrunedRegressor` whose `estimator` is `MinNormRegressor` or
    :class:`~sklearn.linear_model.Ridge`, to rounding. Scores that differ by no more than
    rounding are ties, and the model of fewer features wins.

    **Weights.** With `sample_weight` and the default `scoring`, folds count by the total
    weight of their held-out rows, so that leave-one-out is the same whether `cv` is None or
    :class:`~sklearn.model_selection.LeaveOneOut`, and folds of weight zero are left out.
    `GridSearchCV` gives all folds the same weight.

    **Cost.** With n rows, p features and F folds, and more rows than features in each, one
    pass over the rows, :math:`n p^2` operations, sums up their squares and products fold by
    fold. Merged, they are all that dense fits, refits, the scores of features and the
    squared errors of every sparsity need: some :math:`p^3` operations a fold. The rows
    themselves are needed for strategies and scorers that are callables, distillation, other
    splitters than those that hold each row out once at most (which sum up the rows of each
    fold), and where eight digits would be lost: if columns are (nearly) dependent, or fit
    (nearly) exactly. With more features than rows, all dense fits need one Gram matrix,
    :math:`n^2 p` operations, and a Cholesky factorisation of :math:`n^3/3` a fold, and all
    refits up to m features one QR factorisation of :math:`2nm^2` a fold.

    **Leave-one-out.** Without row i the coefficients are :math:`\hat\beta - X^\top M e_i
    (My)_i / M_{ii}`, where M is the inverse of the Gram matrix of the centred rows on
    vectors of sum zero, so that one matrix product gives all n models, and a sort along
    each of its rows all pruned ones. The refit of each row has a support of its own; a
    Cholesky factorisation of :math:`m^3/3` with all rows gives its leave-one-out residual
    :math:`r_i / (1 - h_i)` at every sparsity, and rows of the same order share it.
    The strategy "obs", callables and distillation are fitted n times, at every sparsity
    together.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from sklearn_prune import PrunedRegressorCV
    >>> X, y = make_regression(
    ...     n_samples=80, n_features=100, n_informative=5, noise=5, random_state=0
    ... )
    >>> model = PrunedRegressorCV(strategy=["magnitude", "random"]).fit(X, y)
    >>> model.strategy_, model.sparsity_
    ('magnitude', 4)
    >>> model.cv_results_["sparsity"][model.best_index_]
    np.int64(4)
    """

    # They are for the splitter, as in scikit-learn's own searches.
    __metadata_request__fit: ClassVar = {"groups": UNUSED}

    def __init__(
        self,
        strategy="magnitude",
        sparsities=None,
        retrain=True,
        *,
        alphas=None,
        retrain_alphas=None,
        cv=None,
        scoring=None,
        one_standard_error=False,
        saliency=None,
        fit_intercept=True,
        n_jobs=None,
        random_state=None,
    ):
        self.strategy = strategy
        self.sparsities = sparsities
        self.retrain = retrain
        self.alphas = alphas
        self.retrain_alphas = retrain_alphas
        self.cv = cv
        self.scoring = scoring
        self.one_standard_error = one_standard_error
        self.saliency = saliency
        self.fit_intercept = fit_intercept
        self.n_jobs = n_jobs
        self.random_state = random_state

    @with_callbacks
    def fit(self, X, y=None, sample_weight=None, *, X_unlabeled=None, groups=None):
        """Choose a model by cross-validation, and fit it to all data.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features), \
                dask array or data frame, or RowBatches
            Training data. With dask, y and the weights are dask arrays or series, too;
            `RowBatches` hold them themselves. Either needs a number of folds as `cv`, or
            labels of the folds.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples.
        X_unlabeled : {array-like, sparse array or matrix} of shape \
                (n_unlabeled, n_features), default=None
            Further samples for ``retrain="distill"``, the same in every fold.
        groups : array-like of shape (n_samples,), default=None
            Group labels for the splitter. With dask, a dask array or series: the rows of
            each label are a fold.

        Returns
        -------
        PrunedRegressorCV
            The fitted estimator.

        Raises
        ------
        ValueError
            As `PrunedRegressor.fit`, and if a penalty is negative, a fold has no samples of
            positive weight to train on, a scorer returns no number or looks at a model where
            `cv` is None, or the standard error that is asked for is unknown.
        """
        candidates = self._candidates()
        if type(X) is not np.ndarray and is_source(X):
            with fit_progress(self, len(candidates) + 2) as progress:
                return self._fit_source(candidates, (X, y, sample_weight, groups), progress)
        with fit_progress(self, len(candidates) + 1, X=X, y=y) as progress:
            distill = candidates[0].recipes[0].distill
            data = check_training_data(self, X, y, sample_weight, X_unlabeled, distill=distill)
            search = self._search(data, X, y, groups)
            given, pooled = (X, y), self.cv is None
            table = ResultsTable(self.scoring, data, given, search.held_out, pooled=pooled)
            return self._choose(candidates, data, search, table, progress)

    def _fit_source(self, candidates, given, progress):
        """Fit to rows that are read from elsewhere, or leave the model as it was."""
        recipes = (recipe for candidate in candidates for recipe in candidate.recipes)
        check_needs_no_rows(self.scoring, recipes)
        with progress.task("folds", None) as passes:
            X, y, sample_weight, groups = given
            source = as_source(X, y, sample_weight, groups, passes)
            folds = SourceFolds.of(source, self.cv, centred=self.fit_intercept)
        fitted = copy(self)
        folds.source.describe(fitted)
        data = replace(folds.data, names=getattr(fitted, "feature_names_in_", None))
        options = {"fit_intercept": bool(self.fit_intercept), "n_jobs": self.n_jobs}
        search = TallSearch(data, folds.splits, **options)
        table = ResultsTable(None, folds.scored, (data.X, data.y), search.held_out, pooled=False)
        best = fitted._choose(candidates, data, search, table, progress).best_estimator_
        stand_for_all(best, folds.whole, folds.origin, folds.y_origin)
        fitted.coef_, fitted.intercept_ = best.coef_, best.intercept_
        become(self, fitted)
        return self

    def _choose(self, candidates, data, search, table, progress):
        """Score all candidates, and fit the best one to all data."""
        sizes = self._sizes(data, search, [candidate.alpha for candidate in candidates])
        all_recipes = [recipe for candidate in candidates for recipe in candidate.recipes]
        for strategy, alpha, retrain_alphas, recipes in candidates:
            with progress.task(f"{strategy}, alpha={alpha}", None) as search.progress:
                if table.reads_models:
                    paths = [self._models(recipe, strategy, sizes, search) for recipe in recipes]
                    scores = map(table.score, paths)
                else:
                    scores = search.scores(recipes, alpha, sizes, table)
                for retrain_alpha, folds in zip(retrain_alphas, scores, strict=True):
                    table.add(strategy, alpha, retrain_alpha, sizes, folds)

        self.cv_results_ = table.to_dict()
        self.n_splits_ = len(search.splits)
        self.best_index_ = table.choose(
            self.cv_results_, one_standard_error=self.one_standard_error
        )
        self.best_score_ = float(self.cv_results_["mean_test_score"][self.best_index_])
        for name in ("strategy", "alpha", "retrain_alpha", "sparsity"):
            setattr(self, f"{name}_", self.cv_results_[name].tolist()[self.best_index_])
        recipe = all_recipes[self.best_index_ // len(sizes)]
        with progress.task("final fit"):
            dense, scores = search.full_fit(recipe, self.alpha_)
            self.best_estimator_ = best = self._model(recipe, self.strategy_, self.sparsity_)
            fit_pruned(best, recipe, data, dense, scores)
        self.coef_ = best.coef_
        self.intercept_ = best.intercept_
        self.support_ = best.support_
        return self

    def get_metadata_routing(self):
        """Return how metadata such as `groups` reach the splitter.

        Returns
        -------
        MetadataRouter
            Routing information of scikit-learn.
        """
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(
            splitter=self.cv,
            method_mapping=MethodMapping().add(caller="fit", callee="split"),
        )

    def _candidates(self):
        """Return what is compared; what is random has the same seed in every fold."""
        several = isinstance(self.strategy, list | tuple)
        strategies = list(self.strategy) if several else [self.strategy]
        if not strategies:
            msg = "strategy is empty: give at least one."
            raise ValueError(msg)
        candidates = [
            Candidate(
                strategy,
                alpha,
                retrain_alphas,
                [self._recipe(strategy, alpha, penalty) for penalty in retrain_alphas],
            )
            for strategy, (alpha, retrain_alphas) in product(strategies, self._penalties())
        ]
        seed = self.random_state
        if isinstance(seed, Integral) or not any(c.recipes[0].strategy.draws for c in candidates):
            return candidates
        seed = check_random_state(seed).randint(np.iinfo(np.int32).max)
        return [candidate.seeded(seed) for candidate in candidates]

    def _penalties(self):
        """Return the penalties of the dense model, each with those of the refit."""
        if not isinstance(self.retrain, bool | np.bool_) and self.retrain != "distill":
            msg = (
                f'retrain is {self.retrain!r}: give True, False or "distill", and penalties of '
                "the refit as retrain_alphas. For other refits search over a PrunedRegressor."
            )
            raise ValueError(msg)
        check_bool(self.fit_intercept, "fit_intercept")
        check_bool(self.one_standard_error, "one_standard_error")
        alphas = check_alphas(self.alphas, "alphas", default=[0.0])
        if self.retrain_alphas is None:
            return [(alpha, [alpha if self.retrain else None]) for alpha in alphas]
        if not isinstance(self.retrain, bool | np.bool_) or not self.retrain:
            msg = f"retrain_alphas are for retrain=True, and retrain is {self.retrain!r}."
            raise ValueError(msg)
        retrain_alphas = check_alphas(self.retrain_alphas, "retrain_alphas")
        return [(alpha, retrain_alphas) for alpha in alphas]

    def _search(self, data, X, y, groups):
        """Return what predicts the rows that are held out."""
        options = {"fit_intercept": bool(self.fit_intercept), "n_jobs": self.n_jobs}
        if self.cv is None:
            if len(data.y) < 2:
                msg = "Leave-one-out needs two samples of positive weight, and n_samples = 1."
                raise ValueError(msg)
            return LeaveOneOutSearch(data, **options)
        splits = list(data.splits(check_cv(self.cv), X, y, groups))
        if not splits:
            msg = f"cv is {self.cv!r}, which has no folds: give at least one, or an int."
            raise ValueError(msg)
        search = TallSearch if data.is_tall(data.X.shape[1]) else FoldSearch
        return search(data, splits, **options)

    def _sizes(self, data, search, alphas):
        """Return the numbers of features among which to choose."""
        n_features = data.X.shape[1]
        if self.sparsities is not None:
            return check_sparsities(self.sparsities, n_features)
        if not self.retrain:
            return np.arange(1, n_features + 1)
        # A ridge takes the rank that there can be, hence the largest one.
        rank = search.rank(next((alpha for alpha in alphas if alpha > 0), 0.0))
        interpolates = rank == search.fewest_rows - bool(self.fit_intercept)
        return np.arange(1, max(1, rank - interpolates) + 1)

    def _recipe(self, strategy, alpha, retrain_alpha):
        """Return what happens to the dense model of one penalty."""
        retrain = self.retrain
        if self.retrain_alphas is not None:
            retrain = penalised_model(retrain_alpha, fit_intercept=self.fit_intercept)
        dense = penalised_model(alpha, fit_intercept=self.fit_intercept)
        options = {"saliency": self.saliency, "random_state": self.random_state}
        return Recipe.of(strategy, retrain, dense, **options)

    def _models(self, recipe, strategy, sizes, search):
        """Return the models of every fold, fitted one by one, for scorers that look at them."""
        folds = [search.data.take(train) for train, _ in search.splits]
        return [
            [fit_pruned(self._model(recipe, strategy, int(s)), recipe, data) for s in sizes]
            for data in folds
        ]

    def _model(self, recipe, strategy, sparsity):
        """Return the model of one row of the table, not fitted."""
        return PrunedRegressor(
            strategy,
            sparsity,
            self.retrain if self.retrain_alphas is None else recipe.refit,
            estimator=recipe.estimator,
            saliency=self.saliency,
            random_state=recipe.random_state,
        )
