"""Problems of the theory, pushed through the fitted transformers of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from sklearn_prune._random_features.random_features import RandomFeatures
from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    MixedRowsProblem,
    SampleProblem,
    SingleIndexProblem,
)
from sklearn_prune.theory._problems.second_moments import rescale

from .named_columns import as_fitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

    ClassProblem = BinaryProblem | GaussianMixtureProblem
    Pushed = LinearGaussianProblem | MixedRowsProblem | ClassProblem
    Problem = Pushed | SingleIndexProblem | SampleProblem
    Cache = Callable[[list[Any], Callable[[], Pushed]], Pushed]

SCALERS = (StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler)


def push(
    problem: Problem,
    transformers: list[Any],
    *,
    fit_intercept: bool,
    cache: Cache,
    by_norm: bool = False,
) -> Pushed:
    """Return the problem that the model at the end of a pipeline sees.

    Parameters
    ----------
    problem : one of those of `theory`
        Describes the input of the pipeline.
    transformers : list of fitted transformers
    fit_intercept : bool
        Whether the model has an intercept: it is then indifferent to shifts.
    cache : callable
        Called with what an equivalent problem depends on, and with a function that
        makes it.
    by_norm : bool, default=False
        Whether random features have moments by the length of the input.

    Raises
    ------
    ValueError
        If there are no moments behind one of the transformers.
    """
    if isinstance(problem, SampleProblem):
        return _push_sample(problem, transformers, cache)
    for transformer in transformers:
        if isinstance(problem, LinearGaussianProblem) and fit_intercept:
            problem = problem.centred()
        if isinstance(transformer, SCALERS):
            scale, shift = _scale_and_shift(transformer)
            if isinstance(problem, MixedRowsProblem):
                _refuse_scaler(transformer)
            if isinstance(problem, SingleIndexProblem):
                problem = _scaled_inputs(problem, scale, shift, transformer)
            elif isinstance(problem, BinaryProblem):
                problem = problem.scaled(scale, shift)
            elif isinstance(problem, GaussianMixtureProblem):
                _check_no_shift(shift, transformer, fit_intercept=fit_intercept)
                problem = problem.scaled(scale)
            else:
                problem = _scaled_features(problem, scale, np.zeros(1) if fit_intercept else shift)
        elif isinstance(transformer, RandomFeatures) and isinstance(
            problem, SingleIndexProblem | BinaryProblem
        ):
            problem = _equivalent(problem, transformer, cache, by_norm=by_norm)
        else:
            msg = (
                f"The theory has no moments of {type(transformer).__name__} on a "
                f"{type(problem).__name__}: give a SampleProblem, or leave the step out."
            )
            raise ValueError(msg)
    if isinstance(problem, SingleIndexProblem):
        return problem.equivalent(np.eye(len(problem.direction)), "identity")
    return problem


def _push_sample(problem: SampleProblem, transformers: list[Any], cache: Cache) -> Pushed:
    def features(X: Any) -> Any:
        X = as_fitted(X, transformers)
        for transformer in transformers:
            X = transformer.transform(X)
        return X

    mapped = features(problem.X)
    key = mapped.toarray() if hasattr(mapped, "toarray") else np.asarray(mapped)
    return cache([key], lambda: problem.equivalent(features))


def _equivalent(
    problem: SingleIndexProblem | BinaryProblem,
    features: RandomFeatures,
    cache: Cache,
    *,
    by_norm: bool,
) -> Pushed:
    weights, offset = features.random_weights_.T, features.random_offset_
    activation = features.activation
    key = [weights, offset, activation, problem.direction, problem.covariance, by_norm]
    if by_norm and isinstance(problem, SingleIndexProblem):
        return cache(key, lambda: problem.equivalent_by_norm(weights, activation, offset))
    return cache(key, lambda: problem.equivalent(weights, activation, offset))


def _scale_and_shift(scaler: Any) -> tuple[Array, Array]:
    """Return the vectors of a fitted scaler ``x * scale + shift``."""
    one = np.ones(scaler.n_features_in_)
    if isinstance(scaler, MinMaxScaler):
        if scaler.clip:
            msg = "MinMaxScaler(clip=True) is not linear: the theory needs clip=False."
            raise ValueError(msg)
        return scaler.scale_, scaler.min_
    scale = one if scaler.scale_ is None else 1 / scaler.scale_
    centre = 0 * one
    if isinstance(scaler, StandardScaler) and scaler.with_mean:
        centre = scaler.mean_
    elif isinstance(scaler, RobustScaler) and scaler.with_centering:
        centre = scaler.center_
    return scale, -centre * scale


def _scaled_inputs(
    problem: SingleIndexProblem, scale: Array, shift: Array, scaler: Any
) -> SingleIndexProblem:
    if np.any(shift):
        msg = (
            f"{type(scaler).__name__} shifts the Gaussian inputs of random features, for which "
            "there are no moments: do not centre (with_mean=False), or give a SampleProblem."
        )
        raise ValueError(msg)
    covariance = np.ones(len(scale)) if problem.covariance is None else problem.covariance
    return SingleIndexProblem(
        problem.direction / scale, problem.link, problem.noise_variance, rescale(covariance, scale)
    )


def _refuse_scaler(scaler: Any) -> NoReturn:
    msg = (
        f"{type(scaler).__name__} changes the features of rows of several kinds: leave the step "
        "out, or by_norm, or give a LinearGaussianProblem."
    )
    raise ValueError(msg)


def _check_no_shift(shift: Array, scaler: Any, *, fit_intercept: bool) -> None:
    if np.any(shift) and not fit_intercept:
        msg = (
            f"{type(scaler).__name__} shifts the features, and the model has no intercept: fit "
            "one, or do not centre (with_mean=False)."
        )
        raise ValueError(msg)


def _scaled_features(
    problem: LinearGaussianProblem, scale: Array, shift: Array
) -> LinearGaussianProblem:
    second, mean = rescale(problem.covariance, scale), problem.mean
    cross = problem.cross_moment * scale
    if mean is not None:
        mean = mean * scale
    if np.any(shift):
        if mean is None:
            msg = "A scaler shifts features of unknown mean: give the problem its mean."
            raise ValueError(msg)
        second = np.diag(second) if second.ndim == 1 else second
        second = second + np.outer(mean, shift) + np.outer(shift, mean) + np.outer(shift, shift)
        cross = cross + problem.target_mean * shift
        mean = mean + shift
    total, target_mean = problem.target_second_moment, problem.target_mean
    return LinearGaussianProblem.from_moments(
        second, cross, total, mean=mean, target_mean=target_mean
    )
