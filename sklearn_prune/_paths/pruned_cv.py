"""Choose the sparsity, the strategy and the penalties by cross-validation over whole paths."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np
from sklearn.callback import with_callbacks
from sklearn.model_selection import check_cv

from sklearn_prune._batches.sources import as_source, is_source
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._least_squares.row_stream import become
from sklearn_prune._pruning.linear_fit import penalised_model
from sklearn_prune._pruning.pruned import PrunedRegressor, fit_pruned, stand_for_all
from sklearn_prune._pruning.refit import DISTILLATIONS
from sklearn_prune._pruning.sparse_model import SparseRegressor

from .criterion_search import CriterionSearch
from .criterion_table import CriterionTable
from .leave_one_out_search import LeaveOneOutSearch
from .pruned_search import PrunedSearch
from .scores import ResultsTable
from .source_folds import SourceFolds, check_needs_no_rows
from .tall_search import TallSearch, least_squares_search


class PrunedRegressorCV(PrunedSearch, SparseRegressor):
    r"""Pruned regression that chooses its sparsity by cross-validation, or by a criterion.

    Every fold fits the dense model once and takes all sparsities from it (see
    :func:`pruning_path`), and all folds share one pass over the rows, or one Gram matrix.
    With ``cv=None`` the exact leave-one-out error is found without fitting n times.

    Parameters
    ----------
    strategy : str, callable or list of them, default="hessian"
        How features are scored, as in :class:`PrunedRegressor`. Of several, the best is
        chosen.

    sparsities : sequence of int or float, default=None
        Numbers, or fractions, of features to keep. None stands for all numbers from 1 to
        n_features if the kept features are not retrained. If they are, it ends where they
        begin to interpolate: one below the rank of the smallest training set, or
        n_features if it is less than that. If there is a ridge among `alphas`, it is the
        rank that the set can have at most. With a `criterion` it ends at half the number of
        samples.

    retrain : bool, TargetedRidge or "distill", default=True
        What happens to the kept features, as in :class:`PrunedRegressor`. With a penalty
        they are refitted by ridge regression. A :class:`TargetedRidge` has no closed form:
        leave-one-out then fits n times.

    alphas : array-like of shape (n_alphas,), default=None
        Ridge penalties of the dense model among which to choose; 0 stands for the
        solution of least norm, and None for 0 alone. As in
        :class:`~sklearn.linear_model.Ridge`, a penalty adds :math:`\alpha \|b\|^2` to the
        sum of squared residuals.

    retrain_alphas : array-like of shape (n_retrain_alphas,), default=None
        Ridge penalties of the refit. None stands for that of the dense model, or of the
        `TargetedRidge`. If some are given, all pairs are tried.

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

    feature_groups, always_keep, feature_costs, sparsity_unit : object
        What is kept or pruned together, what always stays, prices, and what `sparsities` count,
        as in :class:`PrunedRegressor`.

    per_target : bool, default=False
        Whether every target keeps features of its own, as in :class:`PrunedRegressor`: as many, and
        chosen by the mean score of all targets, or by their criterion.

    criterion : {"aic", "bic", "ebic", "gcv", "cp"}, default=None
        What is minimised instead of an error of cross-validation, with one path of all data
        and no folds: `cv` and `scoring` have to be None. See the notes.

    noise_variance : float or array-like of shape (n_targets,), default=None
        Variance of the noise, for "aic", "bic", "ebic" and "cp". None is that of the residuals
        of each model, and for "cp" that of all features, which have to be fewer than the
        samples.

    Attributes
    ----------
    sparsity_ : int
        The number of features kept, s.

    strategy_ : str or callable
        The strategy.

    alpha_, retrain_alpha_ : float
        Penalty of the dense model, and of the refit.

    best_score_ : float
        Mean score of the chosen model, or minus its criterion. As the best of many it
        promises too much.

    honest_score_ : float
        The score of the chosen model that had no part in the choice: each fold scores the model
        that the other folds would choose. NaN with one fold. There is none with ``cv=None`` or
        a `criterion`.

    honest_score_std_error_ : float
        Its standard error, from the deviation between folds; see the notes.

    best_index_ : int
        Its position in `cv_results_`.

    cv_results_ : dict of ndarray
        A table with a row for each combination, as `pandas.DataFrame` reads it: "strategy",
        "alpha", "retrain_alpha", "sparsity", "split0_test_score" and so on unless
        ``cv=None``, "mean_test_score", "std_test_score" and "rank_test_score". The
        deviation is that between folds, or between rows if ``cv=None`` (NaN for other
        scores than the default). With a `criterion` there are no folds, the scores are its
        negative, and it has a column of its name.

        With folds, "selection_frequency" is how often they keep each feature:
        ``np.asarray(cv_results_["selection_frequency"][i])`` has the shape (n_features,), and is
        made when it is asked for, since all sizes of a path share one number a fold and
        feature, the size from which on it is kept. "stability" is 1 where all folds keep the
        same features and 0 where they agree by chance, the index of [8]_; NaN where all
        features are kept. The n folds of ``cv=None`` differ by one row, and what they keep is
        not stored.

    fold_supports_ : ndarray of shape (n_splits, n_features), dtype bool, or None
        Masks of the features that each fold keeps of the chosen model; None with ``cv=None``.

    n_splits_ : int
        Number of folds, 0 with a criterion.

    noise_variance_ : float, ndarray of shape (n_targets,) or None
        The variance of the noise, with a criterion; None if each model has its own.

    best_estimator_ : PrunedRegressor
        The chosen model, fitted to all data.

    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Its coefficients, zero outside the support.

    intercept_ : float or ndarray of shape (n_targets,)
        Its intercept.

    support_ : ndarray of shape (n_features,) or (n_targets, n_features), dtype bool
        Mask of the kept features, with `per_target` of those of each target.

    feature_groups_ : ndarray of shape (n_features,) or None
        Number of the group of each column, as of :class:`PrunedRegressor`.

    group_support_ : ndarray of shape (n_groups,) or (n_targets, n_groups), dtype bool
        Mask of the kept groups; `support_` if there are none.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    PrunedRegressor : The model at one sparsity, with any linear regressor inside.
    pruning_path : All sparsities without cross-validation.
    PruningPathDisplay : Draws the errors.
    StabilityPathDisplay : Draws how often folds keep each feature.

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
    The strategies "obs" and "obs-one-shot", callables and distillation are fitted n times,
    at every sparsity together.

    **Criteria.** With n samples, the residual sum of squares RSS of a model of s features and
    its degrees of freedom d, they are

    - AIC [1]_: :math:`n \log(2\pi\,\mathrm{RSS}/n) + n + 2d`,
    - BIC [2]_: the same with :math:`d \log n` in place of :math:`2d`,
    - EBIC [3]_: BIC :math:`+\,2 \log \binom{p}{s}`, by the number of supports,
    - GCV [4]_: :math:`n\,\mathrm{RSS} / (n - d)^2`,
    - Cp [5]_: :math:`\mathrm{RSS}/\sigma^2 - n + 2d`.

    Given the variance of the noise, minus twice the log-likelihood is :math:`n \log(2\pi
    \sigma^2) + \mathrm{RSS}/\sigma^2` in the first three, as in
    :class:`~sklearn.linear_model.LassoLarsIC`. Degrees of freedom are those of the smoother of
    the *given* support [6]_: the rank of the kept columns, and one for an intercept; the trace
    of :math:`(X_s^\top X_s + \alpha I)^{-1} X_s^\top X_s` after a ridge refit; without
    retraining the sum, over the kept features, of the diagonal of the same matrix of all
    features, or of the projector on the rows. They do not count the search among supports; of
    the criteria EBIC alone does, through their number. With more features than samples the
    others choose too many, as many as they may. Groups of features count as one in it, and
    those that always stay not at all. Several targets have a noise of their own: their terms
    are added (those of GCV averaged), and s counts once; with `per_target` for each of them, as
    if it were alone. Weights are scaled to a mean of one,
    so that neither their unit nor rows of weight zero matter: they are precisions, and a row
    of weight two is one sample. An RSS below rounding counts as rounding, so that of exact
    fits the smallest is chosen. What a distillation says of the rows is linear in y, too, and has
    a trace: with rows U to which labels and unlabelled rows belong, and B from y to the dense
    coefficients, that of :math:`X_s (U_s^\top U_s + \alpha I)^{-1} U_s^\top U B`.

    **The honest score.** The best of many mean scores is optimistic. The score of a fold for
    the model that the *other* folds choose has no part in that choice, and costs nothing, since
    the scores are known. (The models by which they choose have seen its rows, so that it is a
    little below nested folds, which fit all pairs of folds again; the more folds, the more of
    this leaks, and of single rows too much.) Its standard error takes folds for independent,
    which they are not quite [7]_: of intervals of nominally 90 %, by Student's t, some 80 %
    held the error. Both were measured: see :ref:`honest_score`.

    References
    ----------
    .. [1] H. Akaike, "A new look at the statistical model identification", IEEE Trans. Autom.
       Control 19, 1974.
    .. [2] G. Schwarz, "Estimating the dimension of a model", Ann. Statist. 6, 1978.
    .. [3] J. Chen, Z. Chen, "Extended Bayesian information criteria for model selection with
       large model spaces", Biometrika 95, 2008.
    .. [4] P. Craven, G. Wahba, "Smoothing noisy data with spline functions", Numerische
       Mathematik 31, 1979.
    .. [5] C. L. Mallows, "Some comments on Cp", Technometrics 15, 1973.
    .. [6] H. Zou, T. Hastie, R. Tibshirani, "On the degrees of freedom of the lasso", Ann.
       Statist. 35, 2007.
    .. [7] S. Bates, T. Hastie, R. Tibshirani, "Cross-validation: what does it estimate and how
       well does it do it?", J. Am. Stat. Assoc. 119, 2024.
    .. [8] S. Nogueira, K. Sechidis, G. Brown, "On the stability of feature selection
       algorithms", Journal of Machine Learning Research 18, 2018.

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

    _distillations = DISTILLATIONS
    _other_refits = "PrunedRegressor"
    _fit_model = staticmethod(fit_pruned)

    def __init__(
        self,
        strategy="hessian",
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
        feature_groups=None,
        always_keep=None,
        feature_costs=None,
        sparsity_unit="groups",
        per_target=False,
        criterion=None,
        noise_variance=None,
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
        self.feature_groups = feature_groups
        self.always_keep = always_keep
        self.feature_costs = feature_costs
        self.sparsity_unit = sparsity_unit
        self.per_target = per_target
        self.criterion = criterion
        self.noise_variance = noise_variance

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
            `cv` is None, the standard error that is asked for is unknown, or something is given
            that a `criterion` has no use for.
        """
        candidates = self._candidates()
        self._check_criterion(candidates, groups)
        if type(X) is not np.ndarray and is_source(X):
            with fit_progress(self, len(candidates) + 2) as progress:
                return self._fit_source(candidates, (X, y, sample_weight, groups), progress)
        with fit_progress(self, len(candidates) + 1, X, y, sample_weight) as progress:
            distill = candidates[0].recipes[0].distill
            data = check_training_data(self, X, y, sample_weight, X_unlabeled, distill=distill)
            search = self._search(data, X, y, groups)
            table = self._table(self.scoring, data, (X, y), search)
            return self._choose(candidates, data, search, table, progress)

    def _fit_source(self, candidates, given, progress):
        """Fit to rows that are read from elsewhere, or leave the model as it was."""
        recipes = (recipe for candidate in candidates for recipe in candidate.recipes)
        check_needs_no_rows(self.scoring, recipes)
        with progress.task("folds", None) as passes:
            X, y, sample_weight, groups = given
            source = as_source(X, y, sample_weight, groups, passes)
            centred = bool(self.fit_intercept)
            folds = SourceFolds.of(source, self.cv, self.criterion, centred=centred)
        fitted = copy(self)
        folds.source.describe(fitted)
        data = replace(folds.data, names=getattr(fitted, "feature_names_in_", None))
        search = self._source_search(data, folds)
        table = self._table(None, folds.scored, (data.X, data.y), search)
        best = fitted._choose(candidates, data, search, table, progress).best_estimator_
        stand_for_all(best, folds.whole, folds.origin, folds.y_origin)
        fitted.coef_, fitted.intercept_ = best.coef_, best.intercept_
        become(self, fitted)
        return self

    def _search(self, data, X, y, groups):
        """Return what predicts the rows that are held out, or judges without them."""
        if self.criterion is not None:
            return self._criterion_search(data)
        options = {"fit_intercept": bool(self.fit_intercept), "n_jobs": self.n_jobs}
        if self.cv is None:
            return LeaveOneOutSearch(data, **options)
        splits = self._splits(data, check_cv(self.cv), X, y, groups)
        return least_squares_search(data, splits, **options)

    def _source_search(self, data, folds):
        """Return the same for rows that stand for others."""
        if self.criterion is not None:
            return self._criterion_search(data, n_samples=folds.whole.n_samples)
        options = {"fit_intercept": bool(self.fit_intercept), "n_jobs": self.n_jobs}
        return TallSearch(data, folds.splits, **options)

    def _criterion_search(self, data, **options):
        given = self._penalised, self.criterion, self.noise_variance
        return CriterionSearch(data, *given, fit_intercept=bool(self.fit_intercept), **options)

    def _table(self, scoring, data, given, search):
        """Return the table of what a search compares, empty."""
        if self.criterion is not None:
            return CriterionTable(self.criterion, data, scale=search.scale)
        pooled = isinstance(search, LeaveOneOutSearch)
        return ResultsTable(scoring, data, given, search.held_out, pooled=pooled)

    def _model(self, recipe, strategy, sparsity):
        """Return the model of one row of the table, not fitted."""
        return PrunedRegressor(
            strategy,
            sparsity,
            self.retrain if self.retrain_alphas is None else recipe.refit,
            estimator=recipe.estimator,
            saliency=self.saliency,
            random_state=recipe.random_state,
            **recipe.rule._asdict(),
            per_target=self.per_target,
        )

    def _penalised(self, alpha):
        return penalised_model(alpha, fit_intercept=self.fit_intercept)
