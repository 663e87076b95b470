"""A scorer that asks the theory: the risk that a fitted model ought to have."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    MixedRowsProblem,
    SampleProblem,
    SingleIndexProblem,
    predict_risk,
)
from sklearn_prune.theory._checks import (
    check_count,
    check_flag,
    check_positive,
    check_seed,
    shown,
)
from sklearn_prune.theory._classification.losses import check_losses, has_classes

from .fitted_model import check_oracle, read_plan
from .leave_one_out_check import LeaveOneOutCheck
from .pushed_problem import push

if TYPE_CHECKING:
    from collections.abc import Callable

    from .pushed_problem import Pushed

PROBLEMS = (
    LinearGaussianProblem,
    MixedRowsProblem,
    SingleIndexProblem,
    SampleProblem,
    BinaryProblem,
    GaussianMixtureProblem,
)
CACHE_SIZE = 16


class TheoreticalRisk:
    """Scorer of the risk that the theory predicts for a fitted model.

    It reads width, strategy, sparsity, groups and prices of features, retraining,
    intercept, losses, penalties and the number of training samples from the model, and
    returns minus the risk that :func:`~sklearn_prune.theory.predict_risk` predicts for a
    problem: a column of theory beside the measured one, in
    :class:`~sklearn.model_selection.GridSearchCV` or anywhere.

    Parameters
    ----------
    problem : LinearGaussianProblem, MixedRowsProblem, SingleIndexProblem, SampleProblem, \
            BinaryProblem or GaussianMixtureProblem
        Describes the input of the model; the latter two are for classifiers. It is
        pushed through the fitted transformers of a pipeline: scalers, and
        `RandomFeatures` on a `SingleIndexProblem` or a `BinaryProblem`; anything that
        maps rows on a `SampleProblem`.
    metric : {"zero_one", "squared_error", "log_loss"}, default=None
        Which error, see :func:`~sklearn_prune.theory.predict_risk`. None stands for
        "zero_one" where there are classes, and else for "squared_error".
    n_samples : int, default=None
        Number of training samples of a model that does not tell it. Those of this
        package have it as `n_samples_fit_`.
    finite_n : bool, default=False
        Whether to correct for the size of n.
    n_draws : int, default=100
        Number of draws for correlated features.
    random_state : int, default=0
        Seed of the draws.
    by_norm : bool, default=False
        Whether rows of random features have moments by the length of their input, which
        few inputs need: :meth:`~sklearn_prune.theory.SingleIndexProblem.equivalent_by_norm`.
        Not for models that are retrained.

    See Also
    --------
    sklearn_prune.theory.predict_risk : The prediction itself.
    TheoreticalRisk.from_data : The scorer of a table whose population is not known.

    Notes
    -----
    A model that the theory does not cover gets a ``ValueError`` and never a wrong
    number: an unknown estimator or transformer, a callable as strategy, "obs" with at least as
    many features as samples (they are screened first), rounds of a logistic model or of a
    distillation, class weights, several outputs, a `sparsity_unit` in which some groups count
    more than others, a shift before random features, and sample weights that make a difference.
    (Estimators of scikit-learn do not tell what weights they were fitted with: they are taken
    to be one.)

    A penalty that was chosen from the data, by ``RidgeCV``, ``RidgeClassifierCV``,
    ``LogisticRegressionCV`` or a search, counts as though it had been given: the score is the
    risk at the penalty of this fit (`alpha_`, 1/`C_`, those of `best_estimator_`). Since the
    choice has seen the same rows, it is off by a share of the order of 1/n, 0.1 to 0.6 percent
    at n = 100, more often too low. What to expect before there is data, says
    ``predict_risk(..., alpha=alphas)``: the risk at the penalty that leave-one-out will choose.

    Problems behind random features are cached by their weights, since to find their
    eigenvalues is what takes the time: once, by a tridiagonal form of the covariance, whose
    eigenvectors are multiplied but never formed. Parallel workers have caches of their own.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn_prune import PrunedRegressor, TheoreticalRisk
    >>> from sklearn_prune.theory import LinearGaussianProblem
    >>> problem = LinearGaussianProblem(np.ones(200), np.repeat([1.0, 0.0], [10, 190]), 0.5)
    >>> X, y = problem.sample(2500, random_state=0)
    >>> scoring = {"mse": "neg_mean_squared_error", "theory": TheoreticalRisk(problem)}
    >>> scores = cross_validate(PrunedRegressor(sparsity=30), X, y, cv=5, scoring=scoring)
    >>> for name in "theory", "mse":
    ...     print(f"{name:6} {-scores[f'test_{name}'].mean():.3f}")
    theory 0.525
    mse    0.506
    """

    def __init__(
        self,
        problem,
        metric=None,
        *,
        n_samples=None,
        finite_n=False,
        n_draws=100,
        random_state=0,
        by_norm=False,
    ):
        if not isinstance(problem, PROBLEMS):
            msg = f"problem is {shown(problem)}: give a problem of sklearn_prune.theory."
            raise ValueError(msg)
        check_seed(random_state)
        check_losses(problem, None, None, metric, None)
        self.problem = problem
        self.metric = metric
        self.n_samples = None if n_samples is None else check_count(n_samples, "n_samples", 1)
        self.finite_n = check_flag(finite_n, "finite_n")
        self.n_draws = check_count(n_draws, "n_draws", 4)
        self.random_state = random_state
        self.by_norm = check_flag(by_norm, "by_norm")
        if by_norm and not isinstance(problem, SingleIndexProblem):
            msg = f"by_norm=True is for a SingleIndexProblem: got {shown(problem)}."
            raise ValueError(msg)
        self._problems: OrderedDict[bytes, Pushed] = OrderedDict()
        self._check: LeaveOneOutCheck | None = None

    @classmethod
    def from_data(
        cls, X, y, *, tolerance=0.25, n_samples=None, finite_n=False, n_draws=100, random_state=0
    ):
        """Make the scorer of a table, where the population is not known.

        The problem is guessed by
        :meth:`~sklearn_prune.theory.LinearGaussianProblem.from_sample`. Real tables need not be
        like it: every prediction is therefore compared with the exact leave-one-out error of
        the same model on X and y, and refused if it fails. The strategy "oracle" and
        distillation have none, and are judged by their dense models.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Target.
        tolerance : float, default=0.25
            By what share of the leave-one-out error a prediction may be off, beside one
            standard error of it.
        n_samples, finite_n, n_draws, random_state : object
            As of the class.

        Returns
        -------
        TheoreticalRisk
            The scorer.

        Raises
        ------
        ValueError
            If the law fails for the dense ridge fit of the least leave-one-out error. For other
            models the scorer raises it where it is called.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn_prune import PrunedRegressor, TheoreticalRisk
        >>> X, y = load_diabetes(return_X_y=True)
        >>> scorer = TheoreticalRisk.from_data(X, y)
        >>> model = PrunedRegressor(sparsity=4, estimator=Ridge(0.1)).fit(X, y)
        >>> print(f"{-scorer(model) / y.var():.2f}")
        0.51
        """
        problem = LinearGaussianProblem.from_sample(X, y)
        scorer = cls(
            problem,
            n_samples=n_samples,
            finite_n=finite_n,
            n_draws=n_draws,
            random_state=random_state,
        )
        table = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        scorer._check = LeaveOneOutCheck(*table, check_positive(tolerance, "tolerance"))
        scorer._check_against_sample(problem, scorer._check.best_plan(), [])
        return scorer

    def __call__(self, estimator, X=None, y=None, **kwargs):
        """Return minus the predicted risk of a fitted model.

        Parameters
        ----------
        estimator : estimator
            Fitted regressor or classifier, or pipeline that ends in one.
        X, y : object
            Ignored: the theory sees no test data.
        **kwargs : dict
            Ignored.

        Returns
        -------
        float
            Minus the risk, the expected error on new rows.

        Raises
        ------
        ValueError
            If the theory does not cover the model.
        """
        if isinstance(estimator, type) or not hasattr(estimator, "fit"):
            msg = (
                f"estimator is {shown(estimator)}: give a fitted regressor or classifier, or a "
                "pipeline."
            )
            raise ValueError(msg)
        check_is_fitted(estimator)
        *transformers, model = _steps(estimator)
        if is_classifier(model) and not has_classes(self.problem):
            msg = (
                f"{type(model).__name__} is a classifier: give a BinaryProblem or a "
                "GaussianMixtureProblem."
            )
            raise ValueError(msg)
        plan = read_plan(model)
        problem = push(
            self.problem,
            transformers,
            fit_intercept=plan["fit_intercept"],
            cache=self._cached,
            by_norm=self.by_norm,
        )
        if problem.n_features != model.n_features_in_:
            msg = (
                f"The model was fitted to {model.n_features_in_} features, but the problem has "
                f"{problem.n_features}: give the problem of the input of the whole pipeline."
            )
            raise ValueError(msg)
        if plan.get("strategy") == "oracle":
            check_oracle(_linear(problem, plan["fit_intercept"]), model)
        n_samples = self._n_samples(model)
        self._check_against_sample(problem, plan, transformers)
        return -self._risk(problem, n_samples, plan)

    def _risk(self, problem: Pushed, n_samples: int, plan: dict[str, Any]) -> float:
        how = {name: getattr(self, name) for name in ("metric", "finite_n", "n_draws")}
        return float(
            predict_risk(problem, n_samples, random_state=self.random_state, **how, **plan)
        )

    def _check_against_sample(
        self, problem: Pushed, plan: dict[str, Any], transformers: list[Any]
    ) -> None:
        """Raise ValueError if the problem is a guess that fails."""
        if self._check is not None:
            n = self._check.n_training
            self._check(plan, lambda: self._risk(problem, n, plan), transformers)

    def _n_samples(self, model: Any) -> int:
        n_samples = getattr(model, "n_samples_fit_", self.n_samples)
        if n_samples is None:
            msg = (
                f"{type(model).__name__} does not tell n_samples_fit_: give n_samples to "
                "TheoreticalRisk."
            )
            raise ValueError(msg)
        return n_samples

    def _cached(self, key: list[Any], make: Callable[[], Pushed]) -> Pushed:
        """Return the problem made before from the same arrays, or make it."""
        digest = blake2b(digest_size=16)
        for part in key:
            is_array = isinstance(part, np.ndarray)
            digest.update(part.tobytes() if is_array else repr(part).encode())
        name = digest.digest()
        if name not in self._problems:
            self._problems[name] = make()
            while len(self._problems) > CACHE_SIZE:
                self._problems.popitem(last=False)
        self._problems.move_to_end(name)
        return self._problems[name]

    def __getstate__(self):
        return self.__dict__ | {"_problems": OrderedDict()}


def _linear(problem: Pushed, fit_intercept: bool) -> LinearGaussianProblem:
    """Return the problem that least squares sees, or its slopes beside an intercept."""
    if isinstance(problem, MixedRowsProblem):
        problem = problem.average
    linear = problem if isinstance(problem, LinearGaussianProblem) else problem.linear
    return linear.centred() if fit_intercept else linear


def _steps(estimator: Any) -> list[Any]:
    """Return the fitted steps of a pipeline that do something, or the one of an estimator.

    Of a search it is the estimator that was fitted last, with what the search has chosen.
    """
    estimator = getattr(estimator, "best_estimator_", estimator)
    if not isinstance(estimator, Pipeline):
        return [estimator]
    steps = [step for _, step in estimator.steps if step not in (None, "passthrough")]
    return [inner for step in steps for inner in _steps(step)]
