"""All fits of a pruning in rounds, and their mixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._checks import (
    as_floats,
    as_number,
    check_at_least,
    check_choice,
    check_count,
    check_flag,
    check_n_samples,
    check_seed,
    n_kept,
    shown,
)
from ._problems.linear_only import check_linear
from ._problems.second_moments import in_units, squared_error, squared_units
from ._risk.first_fit import FirstFit
from ._rounds.choice_of_steps import one_by_one
from ._rounds.round_steps import round_sizes, warn_of_sizes
from ._rounds.rounds import Rounds

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from ._problems.linear_gaussian import LinearGaussianProblem

STRATEGIES = ("magnitude", "hessian", "obs-one-shot", "oracle", "random")


class RoundsCharacterization:
    r"""Joint law of a dense fit and of the refits of a pruning in rounds, to the same samples.

    Fit 0 has all features. Fit k has those of fit k-1 that it scored best, and is fitted to the
    same samples. In whitened coordinates, with fields :math:`\theta_j=u+G_j` of covariance K
    and the operator :math:`P_k` of the support,

    .. math:: \hat u_k = P_k\Bigl(u + \sum_{j<k} r_jG_j + e_k
              - \sum_{j<k} c_j(\theta_j-\hat u_j)\Bigr),

    where r and c solve linear equations: the covariances of the residuals, and Stein's identity
    for each of the fields. That is this project's result, by approximate message passing with
    memory, and supported by simulation; see :doc:`/theory/rounds`.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n_samples : int
        Number of training rows, n.
    sparsity : int or float, default=None
        What is KEPT in the end, see `predict_risk`.
    n_rounds : int, default=1
        Number of rounds. Their sizes fall geometrically, as in
        ``PrunedRegressor(n_rounds=...)``.
    sizes : array-like of int, default=None
        How many features each round leaves, in the place of `sparsity` and `n_rounds`. They
        must not increase.
    strategy : {"magnitude", "hessian", "obs-one-shot", "oracle", "random"}, default="hessian"
        How features are scored in every round.
    alpha : float, default=0.0
        Ridge penalty of the dense fit, and of the refits.
    retrain_alpha : float, default=None
        That of the last refit; None stands for `alpha`.
    fit_intercept : bool, default=False
        Whether the models have an intercept.
    n_draws : int, default=60
        Number of draws, at least 4.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Attributes
    ----------
    sizes_ : ndarray of shape (n_rounds,)
        How many features each round leaves.

    risk_ : ndarray of shape (n_rounds + 1,)
        Expected squared error of each fit on new rows, noise included; inf without penalty where
        a size is that of the samples.

    pruned_risk_ : float
        That of the last fit but one, pruned to the last size and not fitted again.

    training_error_ : ndarray of shape (n_rounds + 1,)
        Mean square of the training residuals of each fit. It knows that features were searched
        for on these samples, as no correction by degrees of freedom does.

    covariance_ : ndarray of shape (n_rounds + 1, n_rounds + 1)
        n times K: mean products of the errors of two fits on new rows. The diagonal is the
        risk, but for the error of an intercept.

    Raises
    ------
    ValueError
        If a size is larger than the one before, and as `predict_risk`.

    Warns
    -----
    UserWarning
        If a fit without penalty has within three as many features as there are samples.

    See Also
    --------
    predict_risk : The risk of the last fit, with its standard error.

    Examples
    --------
    Without penalty, refits to about as many features as samples are noisy and find the wrong
    ones: more rounds are worse. With a penalty they do no harm.

    >>> import numpy as np
    >>> from sklearn_prune.theory import LinearGaussianProblem, RoundsCharacterization
    >>> problem = LinearGaussianProblem(np.ones(600), np.repeat([0.1, 0.0], [100, 500]), 0.5)
    >>> for alpha in 0.0, 200.0:
    ...     for n_rounds in 1, 2, 4:
    ...         rounds = RoundsCharacterization(
    ...             problem, 400, sparsity=100, n_rounds=n_rounds, alpha=alpha, random_state=0
    ...         )
    ...         print(alpha, n_rounds, rounds.sizes_, f"{rounds.risk_[-1]:.2f}")
    """

    def __init__(
        self,
        problem: LinearGaussianProblem,
        n_samples: int,
        *,
        sparsity: float | None = None,
        n_rounds: int = 1,
        sizes: Any = None,
        strategy: str = "hessian",
        alpha: float = 0.0,
        retrain_alpha: float | None = None,
        fit_intercept: bool = False,
        n_draws: int = 60,
        random_state: Any = None,
    ) -> None:
        check_linear(problem)
        fit_intercept = check_flag(fit_intercept, "fit_intercept")
        n = as_floats(check_n_samples(n_samples, fit_intercept=fit_intercept), "n_samples", ())
        if strategy is None:
            msg = f"strategy is None: give one of {', '.join(map(repr, STRATEGIES))}."
            raise ValueError(msg)
        check_choice(strategy, "strategy", STRATEGIES)
        first_alpha, last_alpha = (
            as_number(value, name)
            for name, value in {
                "alpha": alpha,
                "retrain_alpha": alpha if retrain_alpha is None else retrain_alpha,
            }.items()
        )
        for name, value in {"alpha": first_alpha, "retrain_alpha": last_alpha}.items():
            check_at_least(np.array(value), name, 0, "a ridge penalty must not be negative")
        self._factor = 1 + fit_intercept / float(n)
        single = one_by_one(problem.centred() if fit_intercept else problem)
        self._problem, self._n = in_units(single), float(n) - fit_intercept
        self.sizes_ = _sizes(self._problem.n_features, sparsity, n_rounds, sizes)
        warn_of_sizes(self.sizes_[:-1].tolist(), self._n, first_alpha, stacklevel=3)
        warn_of_sizes(self.sizes_[-1:].tolist(), self._n, last_alpha, stacklevel=3)
        first = FirstFit(self._problem, self._n, first_alpha, finite_n=False)
        n_draws, rng = check_count(n_draws, "n_draws", 4), check_seed(random_state)
        self._run(Rounds(first, strategy, n_draws, rng), first_alpha, last_alpha)

    def _run(self, rounds: Rounds, alpha: float, retrain_alpha: float) -> None:
        rounds.run(self.sizes_.tolist(), alpha)
        pruned = rounds.kept * rounds.joint.fits[-1].coefs
        rounds.refit(retrain_alpha)
        joint, unit = rounds.joint, self._problem.unit
        last = joint.fits[-2]
        risk = squared_error(self._problem, pruned).mean() if np.isfinite(last.law.noise) else np.inf
        self.covariance_ = squared_units(self._n * joint.covariance, unit)
        self.risk_ = self._factor * np.diag(self.covariance_)
        self.pruned_risk_ = float(self._factor * squared_units(risk, unit))
        errors = [self._training_error(k, fit) for k, fit in enumerate(joint.fits)]
        self.training_error_ = np.array(errors)

    def _training_error(self, k: int, fit: Any) -> float:
        """Return the mean square of the training residuals of one fit."""
        weights = np.append(-fit.law.c, 1.0)
        used = np.flatnonzero(weights)
        if fit.residual <= 0:
            return 0.0
        products = self.covariance_[np.ix_(used, used)]
        share = (fit.residual / self._n) ** 2 / self._factor
        return float(share * weights[used] @ products @ weights[used])

    def mixture_risk(self, weights: Any) -> float:
        r"""Return the risk of a weighted sum of the fits, :math:`\sum_k a_k\hat\beta_k`.

        Parameters
        ----------
        weights : array-like of shape (n_rounds + 1,)
            The weights :math:`a_k` of the dense fit and of the refits, whose sum is 1.

        Returns
        -------
        float
            :math:`n\,a'Ka`. The mixture has as many features as the first of its fits.

        Raises
        ------
        ValueError
            If their sum is another, or their number.
        """
        a = as_floats(weights, "weights", self.risk_.shape)
        if abs(a.sum() - 1) > 1e-9 * max(1.0, np.abs(a).max()):
            msg = f"The sum of the weights is {a.sum():.6g}: give weights whose sum is 1."
            raise ValueError(msg)
        used = np.flatnonzero(a)
        return float(self._factor * a[used] @ self.covariance_[np.ix_(used, used)] @ a[used])

    def best_mixture(self) -> tuple[Array, float]:
        r"""Return the weights of the mixture of least risk, and this.

        They are :math:`K^{-1}1` up to a factor; a fit of infinite risk has the weight 0.

        Returns
        -------
        weights : ndarray of shape (n_rounds + 1,)
        risk : float
        """
        finite = np.flatnonzero(np.isfinite(self.risk_))
        weights = np.zeros_like(self.risk_)
        if len(finite) == 0:
            weights[0] = 1.0
            return weights, float(np.inf)
        K = self.covariance_[np.ix_(finite, finite)]
        solution = np.linalg.lstsq(K, np.ones(len(finite)), rcond=1e-10)[0]
        weights[finite] = solution / solution.sum()
        return weights, self.mixture_risk(weights)


def _sizes(n_features: float, sparsity: Any, n_rounds: Any, sizes: Any) -> Array:
    """Return how many features each round leaves."""
    rounds = check_count(n_rounds, "n_rounds", 1)
    if sizes is None:
        if sparsity is None:
            msg = "Neither sparsity nor sizes is given: give what is to be KEPT of the features."
            raise ValueError(msg)
        kept = as_floats(n_kept(sparsity, n_features), "sparsity", ())
        return np.array(round_sizes(n_features, int(kept), rounds))
    if sparsity is not None or rounds != 1:
        msg = "sizes takes the place of sparsity and n_rounds: give it alone."
        raise ValueError(msg)
    return _check_sizes(sizes, n_features)


def _check_sizes(sizes: Any, n_features: float) -> Array:
    given = as_floats(sizes, "sizes")
    if given.ndim != 1 or given.size == 0 or (given != np.round(given)).any():
        msg = f"sizes is {shown(sizes)}: give the number of features that each round leaves."
        raise ValueError(msg)
    before = np.concatenate([[n_features], given[:-1]])
    if (given > before).any():
        k = int(np.argmax(given > before))
        msg = (
            f"sizes has {given[k]:g} after {before[k]:g}: a round leaves no more features than "
            "there were, give sizes that do not increase."
        )
        raise ValueError(msg)
    return check_at_least(given, "sizes", 1, "a round leaves at least one feature").astype(int)
