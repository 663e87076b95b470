"""The ridge penalty that pruning wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._checks import as_floats, check_flag, check_n_samples, check_seed
from ._penalty_search import PenaltyLine
from ._predict_risk import predict_risk
from ._problems.linear_only import check_linear
from ._problems.second_moments import in_units
from ._risk.contest import Contest

if TYPE_CHECKING:
    from ._problems.linear_gaussian import LinearGaussianProblem

N_GRID = 33
TOLERANCE = 1e-6


def optimal_alpha(
    problem: LinearGaussianProblem,
    n_samples: int,
    strategy: str | None = None,
    sparsity: float | None = None,
    retrain: str | None = None,
    *,
    retrain_alpha: float | None = None,
    n_unlabeled: float | None = None,
    feature_groups: Any = None,
    always_keep: Any = None,
    feature_costs: Any = None,
    fit_intercept: bool = False,
    n_draws: int = 100,
    random_state: Any = None,
) -> float:
    r"""Find the ridge penalty with which the risk of the whole pipeline is least.

    The best penalty of a model that is going to be pruned is in general not that
    of the dense model. The search is over :math:`c=1/\xi` of Definition 4 in [1]_,
    :math:`\mu=c\,(n-\sum_i\lambda_i/(\lambda_i+c))`, on a grid and then by Brent's
    method.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n_samples : int
        Number of training rows, n.
    strategy : {"magnitude", "hessian", "obs-one-shot", "obs", "oracle", "random"}, default=None
        How features are scored; None: the model is not pruned.
    sparsity : int or float, default=None
        What is KEPT, see `predict_risk`.
    retrain : {"fresh", "same", "distill", "pulled"}, default=None
        What the kept features are refitted to, see `predict_risk`.
    retrain_alpha : float, default=None
        The penalty of the refit. None: the same as that of the first fit, which is
        to be found.
    n_unlabeled : float, default=None
        Number of unlabelled rows of the distillation.
    feature_groups, always_keep, feature_costs : object, default=None
        Which features are pruned as one, stay, or cost more than others, see `predict_risk`.
    fit_intercept : bool, default=False
        Whether the models have an intercept.
    n_draws : int, default=100
        Number of draws, with a covariance that is not diagonal; the same ones for
        every penalty.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Returns
    -------
    float
        The penalty :math:`\mu`. Where the risk only falls, as without any signal,
        that at which the largest eigenvalue is shrunk by a thousand.

    See Also
    --------
    predict_risk : The risk that is minimised.
    optimal_penalties : Both penalties at once, in rounds, too.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    Without noise the dense model wants no penalty; what is left of it does:

    >>> import numpy as np
    >>> from sklearn_prune.theory import LinearGaussianProblem, optimal_alpha
    >>> problem = LinearGaussianProblem(np.repeat([25.0, 1.0], [100, 900]), np.ones(1000))
    >>> optimal_alpha(problem, 300)
    0.0
    >>> round(optimal_alpha(problem, 300, "magnitude", 100) / 300, 1)
    5.9
    """
    check_linear(problem)
    fit_intercept = check_flag(fit_intercept, "fit_intercept")
    if sparsity is not None:
        contest = Contest.of(problem.counts, feature_groups, always_keep, feature_costs)
        as_floats(contest.n_keep(sparsity), "sparsity", ())
    n = float(as_floats(check_n_samples(n_samples, fit_intercept=fit_intercept), "n_samples", ()))
    centred = in_units(problem.centred() if fit_intercept else problem)
    rng, draws = check_seed(random_state), strategy == "obs" or not centred.is_diagonal
    # The same draws for every penalty.
    seed = rng.randint(2**31 - 1) if draws and strategy is not None else 0

    def risk(alpha: float) -> float:
        return float(
            predict_risk(
                problem,
                n_samples,
                strategy=strategy,
                sparsity=sparsity,
                retrain=retrain,
                alpha=alpha,
                retrain_alpha=retrain_alpha,
                n_unlabeled=n_unlabeled,
                feature_groups=feature_groups,
                always_keep=always_keep,
                feature_costs=feature_costs,
                fit_intercept=fit_intercept,
                n_draws=n_draws,
                random_state=seed,
            )
        )

    line = PenaltyLine(centred.spectrum, n - fit_intercept)
    return line.least(risk, N_GRID, TOLERANCE)[0]
