"""What to do with a linear problem: strategy, retraining and rounds, each at its best penalties."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from ._checks import check_seed
from ._optimal_penalties import optimal_penalties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._problems.linear_gaussian import LinearGaussianProblem

STRATEGIES = "magnitude", "hessian", "obs-one-shot"
RETRAIN = None, "same"
ROUNDS = 1, 2, 4


class StrategyRisk(NamedTuple):
    """A way to prune, and what it leads to.

    Attributes
    ----------
    strategy : str
    retrain : str or None
    n_rounds : int
    alpha : float
        Best penalty of the first fit, and of the fits between rounds.
    retrain_alpha : float or None
        That of the last refit; None if there is none.
    risk : float
        Expected squared error on new rows, noise included.
    """

    strategy: str
    retrain: str | None
    n_rounds: int
    alpha: float
    retrain_alpha: float | None
    risk: float


def rank_strategies(
    problem: LinearGaussianProblem,
    n_samples: int,
    sparsity: float,
    *,
    strategies: Sequence[str] = STRATEGIES,
    retrain: Sequence[str | None] = RETRAIN,
    n_rounds: Sequence[int] = ROUNDS,
    random_state: Any = None,
    **pipeline: Any,
) -> list[StrategyRisk]:
    """Rank the ways to prune a linear model, each with its best penalties.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n_samples : int
        Number of training rows, n.
    sparsity : int or float
        What is KEPT, see `predict_risk`.
    strategies : sequence of str, default=("magnitude", "hessian", "obs-one-shot")
        How features may be scored.
    retrain : sequence of str or None, default=(None, "same")
        What the kept features may be refitted to.
    n_rounds : sequence of int, default=(1, 2, 4)
        In how many rounds. "obs" chooses its rounds itself, and has one entry.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws, the same ones for all, so that differences are more exact than risks.
    **pipeline : object
        What else `predict_risk` takes, such as `fit_intercept` and `n_draws`, but penalties.

    Returns
    -------
    list of StrategyRisk
        The best first. Of equals the first that was asked for comes first.

    Raises
    ------
    ValueError
        As `predict_risk`.

    See Also
    --------
    optimal_penalties : The penalties of one of them.
    """
    seed = check_seed(random_state).randint(2**31 - 1)
    ways = [
        (strategy, refit, rounds)
        for strategy, refit, rounds in product(strategies, retrain, n_rounds)
        if strategy != "obs" or rounds == n_rounds[0]
    ]
    return sorted(
        (_at_its_best(problem, n_samples, sparsity, way, seed, pipeline) for way in ways),
        key=lambda candidate: candidate.risk,
    )


def optimal_strategy(
    problem: LinearGaussianProblem, n_samples: int, sparsity: float, **options: Any
) -> StrategyRisk:
    """Find the best way to prune a linear model.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n_samples : int
        Number of training rows, n.
    sparsity : int or float
        What is KEPT, see `predict_risk`.
    **options : object
        Those of `rank_strategies`: which strategies, refits and numbers of rounds compete.

    Returns
    -------
    StrategyRisk
        The first of `rank_strategies`.

    Examples
    --------
    """
    return rank_strategies(problem, n_samples, sparsity, **options)[0]


def _at_its_best(
    problem: LinearGaussianProblem,
    n_samples: int,
    sparsity: float,
    way: tuple[str, str | None, int],
    seed: int,
    pipeline: dict[str, Any],
) -> StrategyRisk:
    strategy, retrain, n_rounds = way
    penalties = optimal_penalties(
        problem,
        n_samples,
        random_state=seed,
        strategy=strategy,
        sparsity=sparsity,
        retrain=retrain,
        n_rounds=n_rounds,
        **pipeline,
    )
    return StrategyRisk(*way, *penalties)
