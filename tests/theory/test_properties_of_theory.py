"""Properties that every problem has, on generated ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("hypothesis")

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sklearn_prune.theory import (
    DistributionalCharacterization,
    LinearGaussianProblem,
    SoftThreshold,
    UniformQuantizer,
    predict_risk,
)

SIZES = st.integers(1, 8)
VARIANCES = st.floats(0.01, 100)
COEFS = st.floats(-10, 10).map(lambda value: 0.0 if abs(value) < 1e-3 else value)
COUNTS = st.integers(1, 60).map(lambda tenths: tenths / 10)
fast = settings(max_examples=60, deadline=None, database=None, derandomize=True)


@st.composite
def problems(draw, weighted=False):
    p = draw(SIZES)
    variances = draw(arrays(float, p, elements=VARIANCES))
    coef = draw(arrays(float, p, elements=COEFS))
    weights = draw(arrays(float, p, elements=COUNTS)) if weighted else None
    noise = draw(st.sampled_from([0.0, 1e-9, 0.3, 5.0]))
    return LinearGaussianProblem(variances, coef, noise, weights=weights)


@st.composite
def pipelines(draw, p):
    retrain = draw(st.sampled_from([None, "fresh", "same", "distill"]))
    options = {"strategy": draw(st.sampled_from(["magnitude", "hessian", "random"]))}
    options |= {"sparsity": draw(st.integers(1, p)), "retrain": retrain}
    options |= (
        {"n_unlabeled": draw(st.sampled_from([1, 7, np.inf]))} if retrain == "distill" else {}
    )
    options |= {"retrain_alpha": draw(st.sampled_from([None, 0.0, 3.0]))} if retrain else {}
    return options | {"alpha": draw(st.sampled_from([0.0, 0.5, 20.0]))}


@fast
@given(st.data(), problems(), st.integers(2, 14), st.booleans(), st.booleans())
def test_no_risk_is_below_that_of_the_truth(data, problem, n, finite_n, fit_intercept):
    options = data.draw(pipelines(len(problem.coef)))
    risk = predict_risk(problem, n, **options, finite_n=finite_n, fit_intercept=fit_intercept)
    signal = problem.covariance @ problem.coef**2
    assert risk >= problem.noise_variance * (1 - 1e-9) - 1e-13 * signal


@fast
@given(st.data(), problems(weighted=True), st.integers(1, 40), st.booleans())
def test_every_order_of_counted_features(data, problem, n, finite_n):
    options = data.draw(pipelines(max(1, int(problem.n_features))))
    order = np.array(data.draw(st.permutations(range(len(problem.coef)))))
    permuted = LinearGaussianProblem(
        problem.covariance[order],
        problem.coef[order],
        problem.noise_variance,
        weights=problem.weights[order],
    )
    assume(problem.n_features >= options["sparsity"])
    risks = [predict_risk(one, n, **options, finite_n=finite_n) for one in (problem, permuted)]
    signal = problem.counts @ (problem.covariance * problem.coef**2)
    assert_allclose(*risks, rtol=1e-6, atol=1e-10 * signal)


@fast
@given(problems(), st.sampled_from([2.0, 1e-3, 1e60, 1e-60]), st.integers(1, 14), st.data())
def test_units_of_the_target_and_of_the_features(problem, unit, n, data):
    """Ties end at 1e-10, so that rounding may move 1e-5 of a feature across the last place."""
    options = data.draw(pipelines(len(problem.coef)))
    risk = predict_risk(problem, n, **options)
    target = LinearGaussianProblem(
        problem.covariance, unit * problem.coef, unit**2 * problem.noise_variance
    )
    scaled = predict_risk(target, n, **options) / unit**2
    signal = problem.covariance @ problem.coef**2
    assert_allclose(scaled, risk, rtol=1e-4, atol=1e-5 * signal)
    features = LinearGaussianProblem(
        unit**2 * problem.covariance, problem.coef / unit, problem.noise_variance
    )
    for name in {"alpha", "retrain_alpha"} & options.keys():
        options[name] = None if options[name] is None else options[name] * unit**2
    assert_allclose(predict_risk(features, n, **options), risk, rtol=1e-4, atol=1e-5 * signal)


@fast
@given(problems(), st.integers(1, 14))
def test_what_the_law_says_of_itself(problem, n):
    """The risk is the noise, the squared bias and the variance of the coefficients."""
    for alpha in (0.0, 0.7):
        for finite_n in (False, True):
            law = DistributionalCharacterization(problem, n, alpha, finite_n=finite_n)
            assume(np.isfinite(law.risk()))
            parts = problem.risk(law.mean_) + problem.covariance @ law.variance_
            assert_allclose(law.risk(), parts, rtol=1e-7, atol=1e-12)


@fast
@given(problems(), st.integers(1, 14), st.floats(1e-12, 1e6))
def test_compression_costs_at_most_its_length(problem, n, length):
    """Minkowski: no root of a risk beyond the noise moves by more than the compression does."""
    dense = predict_risk(problem, n, alpha=0.1)
    for compress, most in ((SoftThreshold(length), length), (UniformQuantizer(length), length / 2)):
        risk = predict_risk(problem, n, alpha=0.1, compression=compress)
        roots = np.sqrt(np.maximum([dense, risk] - np.array(problem.noise_variance), 0))
        reach = most * np.sqrt(problem.covariance.sum())
        assert abs(roots[1] - roots[0]) <= reach * (1 + 1e-9) + 1e-7 * np.sqrt(dense)


@fast
@given(
    st.floats(-1e3, 1e3),
    st.floats(0, 1e3),
    st.floats(1e-150, 1e150),
    st.sampled_from([SoftThreshold, UniformQuantizer]),
)
def test_moments_of_a_compressed_law(mean, scale, length, make):
    kept, first, second = make(length).moments(mean, scale)
    assert 0 <= kept <= 1
    assert second - first**2 >= -1e-9 * (mean**2 + scale**2 + min(length, 1e4) ** 2)
    about = make(length).moments(mean, scale, origin=mean).second
    assert np.sqrt(about) <= (length + scale) * (1 + 1e-9) + 1e-9 * abs(mean)
