"""Choose the sparsity of a classifier by cross-validation over whole paths."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import clone
from sklearn.callback import with_callbacks
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import check_cv
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._checks.class_data import check_class_data, weigh_classes
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._pruning.class_fit import has_probabilities
from sklearn_prune._pruning.linear_fit import has_intercept, penalised_model
from sklearn_prune._pruning.logistic_loss import is_logistic
from sklearn_prune._pruning.pruned import fit_pruned
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier
from sklearn_prune._pruning.refit import CLASS_DISTILLATIONS
from sklearn_prune._pruning.sparse_model import SparseClassifier

from .class_scores import ClassTable
from .classifier_search import ClassifierSearch
from .criterion_checks import check_has_likelihood, check_is_plain_logistic
from .criterion_search import CriterionSearch
from .criterion_table import CriterionTable
from .leave_one_out_search import LeaveOneOutSearch
from .logistic_criterion_search import LogisticCriterionSearch
from .pruned_search import PrunedSearch
from .tall_search import least_squares_search

# Folds where leave-one-out would take n fits.
FOLDS = 5


class PrunedClassifierCV(PrunedSearch, SparseClassifier):
    r"""Pruned classification that chooses its sparsity by cross-validation.

    The twin of :class:`PrunedRegressorCV` for classes. Every fold fits the dense model once
    and takes all sparsities from it. Least squares on the codes of the classes, the default,
    shares its work between sizes and folds; logistic paths are fitted size by size, each
    from the next larger one.

    Parameters
    ----------
    strategy : str, callable or list of them, default="hessian"
        How features are scored, as in :class:`PrunedClassifier`. Of several, the best is
        chosen.

    sparsities : sequence of int or float, default=None
        Numbers, or fractions, of features to keep. None stands for all numbers that
        :class:`PrunedRegressorCV` tries. Where every size is fitted by itself, these are
        tried from coarse to fine: some in geometric steps, then those around the best.

    retrain : bool, "distill" or "distill-labels", default=True
        What happens to the kept features, as in :class:`PrunedClassifier`.

    estimator : estimator, default=None
        The dense model, any linear classifier. None is least squares on the codes of the
        classes, with the penalties `alphas`.

    alphas : array-like of shape (n_alphas,), default=None
        Ridge penalties of the dense model among which to choose. None is no penalty with
        least squares, where 0 stands for the solution of least norm, and that of `estimator`
        otherwise. For `estimator` of type :class:`~sklearn.linear_model.LogisticRegression`
        they are ``1/C``; other estimators take none.

    retrain_alphas : array-like of shape (n_retrain_alphas,), default=None
        Penalties of the refit. None stands for that of the dense model. If some are given,
        all pairs are tried.

    cv : int, splitter, iterable or None, default=None
        With least squares None is leave-one-out, exactly; otherwise five folds. An int is
        the number of stratified folds, without shuffling; see
        :func:`~sklearn.model_selection.check_cv`.

    scoring : str or callable, default=None
        What is maximised. None is the accuracy, weighted by `sample_weight`; other scores
        are unweighted. Those of probabilities need a logistic model. With leave-one-out the
        predictions for all rows are scored together.

    one_standard_error : bool, default=False
        Whether to choose the fewest features whose mean score is within one standard error
        of the best mean score, as in :class:`PrunedRegressorCV`.

    saliency : array-like of shape (n_features,), default=None
        Scores of the strategy "oracle".

    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in all fits. "balanced" goes by the classes of all rows, in
        every fold. They do not weigh the scores, but a class of weight zero is as if absent.

    fit_intercept : bool, default=True
        Whether to fit an intercept, with the default `estimator`.

    n_jobs : int, default=None
        Number of threads over the folds.

    random_state : int, RandomState instance or None, default=None
        Seed of the strategy "random", whose order is the same in every fold.

    feature_groups, always_keep, feature_costs, sparsity_unit : object
        What is kept or pruned together, what always stays, prices, and what `sparsities` count,
        as in :class:`PrunedRegressor`.

    per_target : bool, default=False
        Whether every class keeps features of its own, as in :class:`PrunedClassifier`: as many, and
        chosen by the mean score, or by their criterion.

    criterion : {"aic", "bic", "ebic", "gcv", "cp"}, default=None
        What is minimised instead of folds, as in :class:`PrunedRegressorCV`: `cv` and `scoring`
        have to be None. With `estimator` of type
        :class:`~sklearn.linear_model.LogisticRegression`, of squared penalty or none, the first
        three go by its likelihood; least squares takes the codes of the classes for numbers.

    noise_variance : float or array-like of shape (n_targets,), default=None
        Variance of the codes about their means, for a `criterion` of least squares.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.

    sparsity_ : int
        The number of features kept, s.

    strategy_ : str or callable
        The strategy.

    alpha_, retrain_alpha_ : float
        Penalty of the dense model, and of the refit; NaN if none is known.

    best_score_ : float
        Mean score of the chosen model, or minus its criterion. As the best of many it
        promises too much.

    honest_score_, honest_score_std_error_ : float
        The score of the chosen model by folds that had no part in the choice, and its standard
        error, as in :class:`PrunedRegressorCV`. There is none with leave-one-out or a
        `criterion`.

    best_index_ : int
        Its position in `cv_results_`.

    cv_results_ : dict of ndarray
        A table with a row for each combination, as that of :class:`PrunedRegressorCV`.

    fold_supports_ : ndarray of shape (n_splits, n_features), dtype bool, or None
        Masks of the features that each fold keeps of the chosen model; None for leave-one-out,
        with ``cv=None`` and least squares.

    n_splits_ : int
        Number of folds, 0 with a criterion.

    noise_variance_ : float, ndarray of shape (n_targets,) or None
        As in :class:`PrunedRegressorCV`, with a criterion.

    best_estimator_ : PrunedClassifier
        The chosen model, fitted to all data.

    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Its coefficients, zero outside the support.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Its intercepts.

    support_ : ndarray of shape (n_features,) or (n_classes, n_features), dtype bool
        Mask of the kept features, with `per_target` of those of each class.

    feature_groups_ : ndarray of shape (n_features,) or None
        Number of the group of each column, as of :class:`PrunedClassifier`.

    group_support_ : ndarray of shape (n_groups,) or (n_classes, n_groups), dtype bool
        Mask of the kept groups; `support_` if there are none.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    PrunedClassifier : The model at one sparsity.
    PrunedRegressorCV : The same for numbers.

    Notes
    -----
    The scores are those of :class:`~sklearn.model_selection.GridSearchCV` over a
    :class:`PrunedClassifier`, to rounding, where all training folds have all classes, and
    logistic models have converged: fits by a
    :class:`~sklearn.linear_model.LogisticRegression` with the penalty of its default end
    here when their gradient is zero to ten digits, whatever its `tol` is. Of scores that
    tie, as accuracies often do, the fewest features win.

    With a criterion, minus twice the log-likelihood of a logistic model takes the place of that
    of squared errors, with weights of mean one, those of the classes among them. Its degrees
    of freedom are the trace of :math:`(H + \alpha I)^{-1} H` with the Hessian H at the fit, the
    intercept and all classes included; without a penalty the number of free coefficients.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn_prune import PrunedClassifierCV
    >>> X, y = make_classification(
    ...     n_samples=100, n_features=200, n_informative=4, n_redundant=0, random_state=0
    ... )
    >>> model = PrunedClassifierCV("obs", range(1, 21), cv=5).fit(X, y)
    >>> model.sparsity_
    3
    """

    _distillations = CLASS_DISTILLATIONS
    _other_refits = "PrunedClassifier"
    _fit_model = staticmethod(fit_pruned)

    def __init__(
        self,
        strategy="hessian",
        sparsities=None,
        retrain=True,
        *,
        estimator=None,
        alphas=None,
        retrain_alphas=None,
        cv=None,
        scoring=None,
        one_standard_error=False,
        saliency=None,
        class_weight=None,
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
        self.estimator = estimator
        self.alphas = alphas
        self.retrain_alphas = retrain_alphas
        self.cv = cv
        self.scoring = scoring
        self.one_standard_error = one_standard_error
        self.saliency = saliency
        self.class_weight = class_weight
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
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples.
        X_unlabeled : {array-like, sparse array or matrix} of shape \
                (n_unlabeled, n_features), default=None
            Further samples for distillation, the same in every fold.
        groups : array-like of shape (n_samples,), default=None
            Group labels for the splitter.

        Returns
        -------
        PrunedClassifierCV
            The fitted estimator.

        Raises
        ------
        ValueError
            As `PrunedClassifier.fit`, and if the rows to train on in a fold are of one class
            only, a penalty is negative or the estimator takes none, a scorer returns no number
            or needs probabilities of least squares, or the standard error that is asked for
            is unknown, or something is given that a `criterion` has no use for.
        """
        candidates = self._candidates()
        self._check_criterion(candidates, groups)
        n_steps = None if self._refines(candidates) else len(candidates) + 1
        with fit_progress(self, n_steps, X, y, sample_weight) as progress:
            given, class_weight = (X, y, sample_weight, X_unlabeled), self.class_weight
            options = {"class_weight": class_weight, "distill": candidates[0].recipes[0].distill}
            scored = check_class_data(self, *given, **options)
            data = weigh_classes(scored, class_weight)
            search = self._search(data, X, y, groups)
            table = self._table(scored, (X, y), search)
            self.classes_ = data.classes
            return self._choose(candidates, data, search, table, progress)

    @available_if(lambda model: has_probabilities(model.estimator))
    def predict_proba(self, X):
        """Return the probabilities of the classes, if `estimator` has some.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        check_is_fitted(self)
        return self.best_estimator_.predict_proba(X)

    def _check_criterion(self, candidates, groups):
        super()._check_criterion(candidates, groups)
        if self.criterion is None or self.estimator is None:
            return
        check_has_likelihood(self.criterion, self.noise_variance)
        for candidate in candidates:
            check_is_plain_logistic(self.criterion, candidate.recipes[0].estimator)

    def _table(self, scored, given, search):
        """Return the table of what a search compares, empty."""
        if self.criterion is not None:
            return CriterionTable(self.criterion, scored, scale=search.scale)
        logistic = is_logistic(self.estimator)
        return ClassTable(
            self.scoring,
            scored,
            given,
            search.held_out,
            pooled=isinstance(search, LeaveOneOutSearch),
            is_logistic=logistic,
            tells_all=self.estimator is None or logistic,
        )

    def _search(self, data, X, y, groups):
        """Return what predicts the rows that are held out, or judges without them."""
        least_squares, cv = self.estimator is None, self.cv
        centred = self.fit_intercept if least_squares else has_intercept(self.estimator)
        if self.criterion is not None:
            by_criterion = CriterionSearch if least_squares else LogisticCriterionSearch
            given = self._penalised, self.criterion, self.noise_variance
            return by_criterion(data, *given, fit_intercept=bool(centred))
        options = {"fit_intercept": bool(centred), "n_jobs": self.n_jobs}
        if cv is None and least_squares:
            return LeaveOneOutSearch(data, **options)
        splitter = check_cv(FOLDS if cv is None else cv, y, classifier=True)
        splits = self._splits(data, splitter, X, y, groups)
        check_several_classes(data, splits)
        search = least_squares_search if least_squares else ClassifierSearch
        return search(data, splits, **options)

    def _default_alpha(self):
        if self.estimator is None:
            return 0.0
        C = self.estimator.C if type(self.estimator) is LogisticRegression else np.nan
        # What is wrong with another C, its own fit tells.
        return 1 / float(C) if isinstance(C, Real) and float(C) > 0 else np.nan

    def _refines(self, candidates):
        return self.sparsities is None and self.estimator is not None

    def _penalised(self, alpha):
        """Return the dense model, or the refit, with a penalty."""
        if self.estimator is None:
            return penalised_model(alpha, fit_intercept=self.fit_intercept)
        if alpha == self._default_alpha() or np.isnan(alpha):
            return self.estimator
        if type(self.estimator) is LogisticRegression:
            return clone(self.estimator).set_params(C=1 / alpha if alpha else np.inf)
        msg = (
            f"alphas are for least squares and LogisticRegression: set the penalty of "
            f"{type(self.estimator).__name__} itself, or search over a PrunedClassifier."
        )
        raise ValueError(msg)

    def _model(self, recipe, strategy, sparsity):
        """Return the model of one row of the table, not fitted."""
        return PrunedClassifier(
            strategy,
            sparsity,
            self.retrain if self.retrain_alphas is None else recipe.refit,
            estimator=recipe.estimator,
            saliency=self.saliency,
            class_weight=self.class_weight,
            random_state=recipe.random_state,
            **recipe.rule._asdict(),
            per_target=self.per_target,
        )


def check_several_classes(data, splits):
    """Raise ValueError if the rows to train on in a fold are of one class only."""
    for fold, (train, _) in enumerate(splits):
        seen = np.unique(data.labels[train])
        if len(seen) == 1:
            msg = (
                f"The rows to train on in fold {fold} of cv are all of class {seen[0]}: give a "
                "stratified cv, such as a number of folds."
            )
            raise ValueError(msg)
