"""The risk of a model that is trained, pruned and retrained."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ._checks import (
    broadcast,
    check_choice,
    check_count,
    check_flag,
    check_n_samples,
    check_penalties,
    check_seed,
    shown,
)
from ._classification.classifier_steps import ClassifierSteps
from ._classification.losses import check_classifier, check_losses, has_classes
from ._problems.linear_gaussian import LinearGaussianProblem
from ._problems.linear_only import check_linear
from ._problems.mixed_rows import MixedRowsProblem
from ._problems.second_moments import in_units, squared_units
from ._risk.compression import SoftThreshold, UniformQuantizer
from ._risk.contest import Contest
from ._risk.first_fit import STRATEGIES
from ._risk.mixed_rows_steps import MixedRowsSteps
from ._risk.steps import RETRAIN
from ._rounds.choice_of_steps import steps_of
from ._rounds.round_sizes import round_sizes, warn_of_sizes
from ._rounds.rounds import BLIND

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from ._problems.binary import BinaryProblem
    from ._problems.gaussian_mixture import GaussianMixtureProblem
    from ._risk.leave_one_out import ChosenSteps
    from ._risk.steps import Steps


def predict_risk(
    problem: LinearGaussianProblem | MixedRowsProblem | BinaryProblem | GaussianMixtureProblem,
    n_samples: Any,
    *,
    strategy: str | None = None,
    sparsity: Any = None,
    retrain: str | None = None,
    alpha: Any = 0.0,
    retrain_alpha: Any = None,
    n_unlabeled: float | None = None,
    compression: SoftThreshold | UniformQuantizer | None = None,
    loss: str | None = None,
    retrain_loss: str | None = None,
    metric: str | None = None,
    n_rounds: int = 1,
    feature_groups: Any = None,
    always_keep: Any = None,
    feature_costs: Any = None,
    fit_intercept: bool = False,
    finite_n: bool = False,
    n_draws: int = 100,
    random_state: Any = None,
    return_std_error: bool = False,
) -> Any:
    r"""Predict the risk of a model that is trained, pruned and retrained.

    The dense model is the minimiser of :math:`|y-Xb|^2+\mu|b|^2`, the shortest
    where there are several. Its law, Theorem 1 of [1]_, gives that of the pruned
    model (Equations 14 and 15). With a diagonal covariance, or one that is block
    diagonal by groups, everything is in closed form, otherwise averaged over draws of that law.

    Of problems with two classes it is the error of the classifier by the sign of
    :math:`x'b+b_0`, trained on labels of -1 and +1.

    Parameters
    ----------
    problem : LinearGaussianProblem, MixedRowsProblem, BinaryProblem or GaussianMixtureProblem
        The problem. Refits to the same samples, and rounds, are not known for a
        `MixedRowsProblem`.
    n_samples : int or array-like of int
        Number of training rows, n; broadcast with `sparsity`.
    strategy : {"magnitude", "hessian", "obs-one-shot", "obs", "oracle", "random"}, default=None
        How features are scored: :math:`|\hat\beta_i|`,
        :math:`\sqrt{\Sigma_{ii}}|\hat\beta_i|`,
        :math:`|\hat\beta_i|/\sqrt{(\Sigma+1/\xi)^{-1}_{ii}}` (optimal brain surgeon, the
        saliencies of one fit), by greedy elimination ("obs", see Notes),
        :math:`\Sigma_{ii}\beta_i^2` (with correlated features, what feature i
        contributes on its own), or at random. None: the model is not pruned. The
        Hessian of a logistic loss has its penalty: :math:`\Sigma_{ii}+\mu/(n\bar D)` in the
        place of :math:`\Sigma_{ii}`, with its mean second derivative :math:`\bar D`.
    sparsity : int, float or array-like, default=None
        What is KEPT: an int is the number of features s, a float in (0, 1] the
        fraction, ``s = max(1, round(sparsity * n_features))``.
    retrain : {"fresh", "same", "distill", "pulled"}, default=None
        What the kept features are refitted to: fresh samples as many as before
        (Definition 5 of [1]_); the same samples again, which is what
        ``PrunedRegressor(retrain=True)`` does; the predictions of the dense
        model on these samples and on `n_unlabeled` others, as in
        ``PrunedRegressor(retrain="distill")``; the same samples, with a penalty
        :math:`\mu_2|b-\hat\beta_S|^2` that pulls to the dense coefficients, as in
        ``PrunedRegressor(retrain=TargetedRidge(...))``. None: they are not refitted.
    alpha : float or array-like of shape (n_alphas,), default=0.0
        Ridge penalty :math:`\mu` of the first fit, as in ``Ridge(alpha)``; of several, the one
        that leave-one-out is expected to choose, as in ``RidgeCV(alphas=alpha)``, for the
        squared loss.
    retrain_alpha : float or array-like of shape (n_alphas,), default=None
        That of the refit, :math:`\mu_2`; None stands for `alpha`. "pulled" needs one, and with
        "distill" there is no choice. Leave-one-out of a refit to the same samples does not
        prune again, and chooses too small a penalty: the risk is that of its choice, not the
        least.
    n_unlabeled : float, default=None
        Number of unlabelled rows of the distillation; may be ``inf``.
    compression : SoftThreshold or UniformQuantizer, default=None
        What is done to the dense coefficients instead of pruning.
    loss : {"squared", "logistic", "max_margin"}, default=None
        What the fit minimises: the squared error; for a `BinaryProblem` also
        :math:`\sum_i\log(1+e^{-y_if_i})+\frac\mu2|b|^2`, as
        ``LogisticRegression(C=1/alpha)`` does, or :math:`|b|` with all margins
        :math:`y_if_i` at least 1. None stands for "squared".
    retrain_loss : {"squared", "logistic", "max_margin"}, default=None
        That of the refit; None stands for `loss`.
    metric : {"zero_one", "squared_error", "log_loss"}, default=None
        Which error: how often the sign of :math:`f=x'b+b_0` is not the label,
        :math:`\mathbb{E}(y-f)^2` or :math:`\mathbb{E}\log(1+e^{-yf})`. None stands
        for "zero_one" where there are classes, and else for "squared_error".
    n_rounds : int, default=1
        In how many rounds features are pruned, as by ``PrunedRegressor(n_rounds=...)``: their
        number falls geometrically, and what is left is fitted again between rounds, with the
        penalty `alpha`. By draws, with any covariance. "obs" goes one feature at a time in any
        number of rounds.
    feature_groups : sequence, default=None
        Features that are kept or pruned as one: a label for each, or lists of the positions
        of features that belong together, where all others are alone. `sparsity` then counts
        groups. With the coefficients :math:`\hat\beta_g` of a group its score is
        :math:`|\hat\beta_g|`, :math:`|\Sigma_{gg}^{1/2}\hat\beta_g|`,
        :math:`(\hat\beta_g^\top([(\Sigma+1/\xi)^{-1}]_{gg})^{-1}\hat\beta_g)^{1/2}` or the sum
        of those of its features.
    always_keep : sequence of int or bool, default=None
        Positions of features, or a mask, that are kept at every sparsity, with their groups.
        They count.
    feature_costs : float, array-like of shape (n_features,) or dict, default=None
        Prices by which scores are divided, positive; a dict has those of some features, and 1
        for the others. That of a group is the sum.
    fit_intercept : bool, default=False
        Whether the models have an intercept. A pruned one is adjusted to the means.
    finite_n : bool, default=False
        Whether to add what is of the order of 1/n, which matters near as many features, or
        kept features, as samples. Of squared errors alone.
    n_draws : int, default=100
        Number of draws, with a covariance that is not diagonal, several rounds or "obs"; at
        least 4.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.
    return_std_error : bool, default=False
        Whether to return the Monte Carlo error of the draws as well.

    Returns
    -------
    risk : float or ndarray
        Expected error on new rows, noise included. A squared error is ``inf`` with
        as many features as samples, noise and no penalty.
    std_error : float or ndarray
        If `return_std_error`: its standard error, 0 in closed form.

    See Also
    --------
    DistributionalCharacterization : The law of the dense model.
    optimal_alpha : The penalty that minimises this risk.

    Notes
    -----
    "same", "pulled" and "distill" are results of this project that simulation supports:
    the joint law of both fits follows from the state evolution of approximate
    message passing with memory. Where the dense model is a ridge fit, predictions
    on the training rows are not as good as the labels there, and "distill" takes
    that into account.

    The strategy "obs" is what ``PrunedRegressor(strategy="obs")`` does with more samples than
    features: backward elimination by least squares [3]_, whatever the penalties of the dense
    model and of the refit are. It is computed as four to eight rounds, within 2 % of what
    simulation says of one feature at a time, or 5 % without a refit. Where the estimator would
    screen the features first, and with "distill" and "pulled", there is no law.

    With an intercept, the formulas are those of the centred problem with a
    degree of freedom less, and the mean square error of the intercept is added:
    a factor of :math:`1+1/n`, or
    :math:`R_2(1+\frac1N)+R_1(\frac1n-\frac1N)` after a distillation on N rows in
    all, :math:`R_1` being the risk of the dense model.

    Classes: least squares on labels of -1 and +1 is the fit of a linear problem,
    ``problem.linear``, since the label depends on one direction of the features
    only [2]_. With the overlap :math:`M=b'\Sigma\beta`, which all steps have beside
    their risk R, follow :math:`b'\Sigma b=R-\mathrm{Var}(y)+2M` and all errors:
    without intercept, and labels that are the sign of :math:`\langle v,x\rangle`,

    .. math:: P(\mathrm{error}) = \frac1\pi\arccos\frac{b'\Sigma v}{|\Sigma^{1/2}b||\Sigma^{1/2}v|}.

    They are bounded, and need no correction near the peak. Errors are those of the
    mean overlaps over draws, and their standard errors those of the jackknife.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749
    .. [2] C. Thrampoulidis, E. Abbasi, B. Hassibi, "LASSO with Non-linear Measurements is
       Equivalent to One With Linear Measurements", NeurIPS 2015. arXiv:1506.02181
    .. [3] B. Hassibi, D. Stork, "Second order derivatives for network pruning:
       Optimal Brain Surgeon", NIPS 1992.

    Examples
    --------
    Twenty strong features among many weak ones. Without retraining pruning hurts;
    retraining on the same samples helps less than on fresh ones would:

    >>> import numpy as np
    >>> from sklearn_prune.theory import LinearGaussianProblem, predict_risk
    >>> problem = LinearGaussianProblem(np.ones(400), np.repeat([2.0, 0.1], [20, 380]), 0.5)
    >>> for retrain in (None, "fresh", "same"):
    ...     risk = predict_risk(
    ...         problem, [100, 200], strategy="magnitude", sparsity=20, retrain=retrain
    ...     )
    ...     print(retrain, risk.round(1))
    None [61.8 29.3]
    fresh [47.2 12. ]
    same [49.2 12. ]

    A classifier with the same coefficients:

    >>> from sklearn_prune.theory import BinaryProblem
    >>> problem = BinaryProblem(np.ones(400), np.repeat([2.0, 0.1], [20, 380]), link="sign")
    >>> for retrain in (None, "fresh", "same"):
    ...     error = predict_risk(
    ...         problem, [100, 200], strategy="magnitude", sparsity=20, retrain=retrain
    ...     )
    ...     print(retrain, error.round(3))
    None [0.375 0.305]
    fresh [0.359 0.271]
    same [0.374 0.284]
    """
    if not has_classes(problem) and not isinstance(problem, MixedRowsProblem):
        check_linear(problem)
    fit_intercept = check_flag(fit_intercept, "fit_intercept")
    n = check_n_samples(n_samples, fit_intercept=fit_intercept)
    selection = feature_groups, always_keep, feature_costs
    _check_plan(strategy, sparsity, retrain, retrain_alpha, n_unlabeled, compression, selection)
    _check_rounds(strategy, retrain, n_rounds)
    losses = check_losses(problem, loss, retrain_loss, metric, retrain)
    contest = Contest.of(_counts(problem), *selection)
    options: dict[str, Any] = {
        "strategy": strategy or "",
        "contest": contest,
        "retrain": retrain,
        "alpha": check_penalties(alpha, "alpha"),
        "retrain_alpha": check_penalties(
            alpha if retrain_alpha is None else retrain_alpha, "retrain_alpha"
        ),
        "n_unlabeled": 0.0 if n_unlabeled is None else float(n_unlabeled),
        "compression": compression,
        "n_rounds": check_count(n_rounds, "n_rounds", 1),
        "fit_intercept": fit_intercept,
        "finite_n": check_flag(finite_n, "finite_n"),
        "n_draws": check_count(n_draws, "n_draws", 4),
        "random_state": check_seed(random_state),
    }
    with_error = check_flag(return_std_error, "return_std_error")
    kept = contest.n_keep(1.0 if sparsity is None else sparsity)
    sizes = broadcast(n_samples=n, sparsity=kept)
    _check_choices(options)
    if n_rounds > 1 and strategy not in {*BLIND, "obs"} and options["alpha"] == 0:
        warn_of_sizes(
            (round(size * problem.n_features / contest.n_groups), rows - fit_intercept)
            for rows, s in zip(*(part.flat for part in sizes), strict=True)
            for size in round_sizes(contest.n_groups, int(s), n_rounds)[:-1]
        )
    if isinstance(problem, LinearGaussianProblem):
        risk, error = _linear_risk(problem, options, *sizes)
    elif isinstance(problem, MixedRowsProblem):
        risk, error = _at_each(MixedRowsSteps(problem, **options), *sizes)
    else:
        check_classifier(problem, losses, options)
        risk, error = _at_each(ClassifierSteps(problem, *losses, options), *sizes)
    return (risk[()], error[()]) if with_error else risk[()]


def _linear_risk(
    problem: LinearGaussianProblem, options: dict[str, Any], n: Array, kept: Array
) -> tuple[Array, Array]:
    """Return squared errors and their standard errors."""
    centred = problem.centred() if options["fit_intercept"] else problem
    steps = steps_of(in_units(centred), options)
    if options["strategy"] or options["compression"] is not None:
        risk, error = _at_each(steps, n, kept)
    else:
        risk = steps.dense(n)
        error = np.zeros_like(risk)
    unit = steps.problem.unit
    return squared_units(risk, unit), squared_units(error, unit)


def _at_each(
    steps: Steps | ChosenSteps | MixedRowsSteps | ClassifierSteps, n: Array, kept: Array
) -> tuple[Array, Array]:
    """Return errors and their standard errors at numbers of samples and of features."""
    pairs = [steps.risk(float(a), float(s)) for a, s in zip(n.flat, kept.flat, strict=True)]
    risk, error = np.moveaxis(np.reshape(pairs, (*n.shape, 2)), -1, 0)
    return risk, error


def _counts(
    problem: LinearGaussianProblem | MixedRowsProblem | BinaryProblem | GaussianMixtureProblem,
) -> Array:
    """Return how many features each entry of the covariance stands for."""
    if isinstance(problem, LinearGaussianProblem):
        return problem.counts
    return np.ones(int(problem.n_features))


def _check_plan(
    strategy: Any,
    sparsity: Any,
    retrain: Any,
    retrain_alpha: Any,
    n_unlabeled: Any,
    compression: Any,
    selection: tuple[Any, Any, Any],
) -> None:
    """Raise a ValueError if the parameters do not go together."""
    check_choice(strategy, "strategy", STRATEGIES)
    check_choice(retrain, "retrain", RETRAIN)
    msg = None
    if compression is not None and not isinstance(compression, SoftThreshold | UniformQuantizer):
        msg = f"compression is {shown(compression)}: give a SoftThreshold or a UniformQuantizer."
    elif compression is not None and strategy is not None:
        msg = "compression takes the place of pruning: give it without strategy."
    elif strategy is None and any(value is not None for value in selection):
        msg = "feature_groups, always_keep and feature_costs say what is pruned: give a strategy."
    elif strategy is None and (sparsity is not None or retrain is not None):
        msg = (
            f"sparsity and retrain need a strategy: give one of {', '.join(map(repr, STRATEGIES))}."
        )
    elif strategy is not None and sparsity is None:
        msg = f"strategy={strategy!r} needs a sparsity: give what is to be KEPT of the features."
    elif retrain is None and retrain_alpha is not None:
        msg = (
            f"retrain_alpha is {shown(retrain_alpha)}, but nothing is refitted: give it with "
            "retrain."
        )
    elif retrain == "pulled" and retrain_alpha is None:
        msg = 'retrain="pulled" needs a retrain_alpha: give the strength of the pull.'
    elif (retrain == "distill") != (n_unlabeled is not None):
        msg = (
            'retrain="distill" and n_unlabeled go together: give both, n_unlabeled=np.inf for the '
            "limit of many unlabelled rows, or neither."
        )
    if msg is not None:
        raise ValueError(msg)
    if n_unlabeled is not None and not _is_row_count(n_unlabeled):
        msg = f"n_unlabeled is {shown(n_unlabeled)}: give a number of rows, at least 1, or np.inf."
        raise ValueError(msg)


def _check_rounds(strategy: Any, retrain: Any, n_rounds: Any) -> None:
    """Raise a ValueError if rounds do not go with the other parameters."""
    check_count(n_rounds, "n_rounds", 1)
    msg = None
    if n_rounds > 1 and strategy == "obs" and retrain is None:
        msg = f'n_rounds is {n_rounds}: strategy="obs" has several rounds with retrain alone.'
    elif n_rounds > 1 and strategy is None:
        msg = f"n_rounds is {n_rounds}, but nothing is pruned: give it with strategy."
    elif n_rounds > 1 and retrain in {"distill", "pulled"} and strategy != "obs":
        msg = f'n_rounds is {n_rounds}: with retrain="{retrain}" there is a law of one round alone.'
    if msg is not None:
        raise ValueError(msg)


def _check_choices(options: dict[str, Any]) -> None:
    """Raise a ValueError if leave-one-out is to choose a penalty of which its error is unknown."""
    retrain = options["retrain"]
    if np.ndim(options["retrain_alpha"]) and retrain in {"distill", "pulled"}:
        msg = f'retrain_alpha has several penalties: with retrain="{retrain}" give a single one.'
        raise ValueError(msg)
    if np.ndim(options["alpha"]) and options["n_rounds"] > 1 and options["strategy"] != "obs":
        msg = f"alpha has several penalties, and n_rounds is {options['n_rounds']}: give one alpha."
        raise ValueError(msg)


def _is_row_count(value: Any) -> bool:
    """Return whether it is a whole number from 1 on, or infinite."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and float(value) >= 1 and float(value) == np.round(float(value))
