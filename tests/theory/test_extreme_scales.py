"""Units of target, features, steps and penalties, from 1e-160 to 1e160."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_prune.theory import (
    DistributionalCharacterization,
    LinearGaussianProblem,
    SoftThreshold,
    UniformQuantizer,
    predict_risk,
)

pytestmark = pytest.mark.filterwarnings("error:.*:RuntimeWarning")

SCALES = [1e-160, 1e-77, 1.0, 1e77, 1e160]
VARIANCES, COEF = np.array([3.0, 1.0, 1.0, 0.5, 2.0, 1.5]), np.array([1.0, -2, 0.5, 3, 0.1, -1])
PRUNED = {"strategy": "magnitude", "sparsity": 3}
PIPELINES = [
    {},
    PRUNED,
    {"strategy": "hessian", "sparsity": 2},
    {"strategy": "oracle", "sparsity": 4, "retrain": "fresh"},
    PRUNED | {"retrain": "same"},
    PRUNED | {"retrain": "distill", "n_unlabeled": 5},
    PRUNED | {"retrain": "distill", "n_unlabeled": np.inf},
]
N = [4, 6, 9, 20]


@pytest.mark.parametrize("options", PIPELINES, ids=str)
@pytest.mark.parametrize("finite_n", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_units_of_the_target(options, finite_n, alpha):
    """Coefficients and the noise in other units: the risk in their square."""
    options = options | {"finite_n": finite_n, "alpha": alpha}
    plain = predict_risk(LinearGaussianProblem(VARIANCES, COEF, 0.5), N, **options)
    for scale in (1e-150, 1e-77, 1e77, 1e150):
        problem = LinearGaussianProblem(VARIANCES, scale * COEF, 0.5 * scale**2)
        assert_allclose(predict_risk(problem, N, **options) / scale**2, plain, rtol=1e-7)


@pytest.mark.parametrize("options", PIPELINES, ids=str)
@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("scale", [1e-160, 1e-77, 1e77, 1e160])
def test_units_of_the_features(options, alpha, scale):
    """Features in other units, and the penalty in their square: the same risk."""
    plain = LinearGaussianProblem(VARIANCES, COEF, 0.5)
    problem = LinearGaussianProblem(scale * VARIANCES, COEF / np.sqrt(scale), 0.5)
    assert_allclose(
        predict_risk(problem, N, alpha=scale * alpha, **options),
        predict_risk(plain, N, alpha=alpha, **options),
        rtol=1e-7,
    )


@pytest.mark.parametrize("options", PIPELINES, ids=str)
def test_nothing_is_nan(options):
    for b, v, noise in itertools.product(SCALES[::2], SCALES[::2], [0.0, *SCALES[::2]]):
        problem = LinearGaussianProblem(v * VARIANCES, b * COEF, noise)
        for alpha in (0.0, 1e-160, 1e160):
            risks = predict_risk(problem, [4, 12], alpha=alpha, **options)
            assert not np.isnan(risks).any()
            if b < 1e100 or v < 1e100:  # else the signal is 1e320 times the noise
                assert (risks >= noise * (1 - 1e-12)).all()


def test_a_strong_signal_does_not_hide_the_noise():
    """Least squares finds any coefficient: the risk is that of the noise alone."""
    for scale in (1e8, 1e80, 1e160):
        problem = LinearGaussianProblem([1.0, 2.0], [scale, -scale], 0.7)
        assert_allclose(
            predict_risk(problem, [10, 20, 30]), 0.7 * np.array([10 / 8, 20 / 18, 30 / 28])
        )
        law = DistributionalCharacterization(problem, 10, finite_n=True)
        assert_allclose(law.risk(), 0.7 * 9 / 7)
        assert_allclose(law.variance_, 0.7 / 7 / np.array([1, 2]))
        assert_allclose(law.mean_, [scale, -scale])


def test_a_strong_feature_is_kept_and_the_risk_is_what_the_weak_one_is_worth():
    """Sigma is 1: noise, the lost 0.5^2, and noise/(n - p - 1) for the one coefficient."""
    for scale in (1e6, 1e10, 1e100):
        problem = LinearGaussianProblem([1.0, 1.0], [scale, 0.5], 0.7)
        options = {"strategy": "magnitude", "sparsity": 1, "finite_n": True}
        assert_allclose(predict_risk(problem, 20, **options), 0.7 * (1 + 1 / 17) + 0.25, rtol=1e-9)


@pytest.mark.parametrize("retrain", [None, "fresh", "same", "distill"])
def test_what_a_weak_feature_is_worth_beside_a_strong_one(retrain):
    """A strong feature is kept for certain, and how strong it is makes no difference."""
    options = {"strategy": "magnitude", "sparsity": 1, "finite_n": True, "retrain": retrain}
    options |= {"n_unlabeled": 7} if retrain == "distill" else {}
    problems = [LinearGaussianProblem([1.0, 1.0], [10.0**k, 0.5], 0.7) for k in (3, 6, 10, 16, 100)]
    risks = [predict_risk(problem, 20, **options) for problem in problems]
    assert_allclose(risks, risks[0], rtol=1e-9)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("retrain", [None, "fresh", "same", "distill"])
@pytest.mark.parametrize("s", [5, 12])
def test_hardly_any_noise(retrain, s, full):
    """Nothing of the signal is lost: the risk is in proportion to the noise."""
    variances, coef = np.linspace(1, 2, 30), np.append(np.linspace(1, 3, 5), np.zeros(25))
    options = {"strategy": "magnitude", "sparsity": s, "retrain": retrain, "n_draws": 20}
    options |= {"n_unlabeled": 7} if retrain == "distill" else {}
    risks = []
    for noise in (1e-6, 1e-10, 1e-14, 1e-18, 1e-60):
        problem = LinearGaussianProblem(np.diag(variances) if full else variances, coef, noise)
        risks.append(predict_risk(problem, 60, **options, random_state=0) / noise)
    ordered = risks[:3] if full else risks  # draws tell ties of 1e-10 apart by chance
    assert_allclose(ordered, risks[0], rtol=1e-3 if full else 1e-9)
    assert (np.array(risks) > 1).all()
    noiseless = LinearGaussianProblem(problem.covariance, coef)
    assert_allclose(predict_risk(noiseless, 60, **options, random_state=0), 0, atol=1e-17)


@pytest.mark.parametrize("n", [4, 9, 20])
@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("unit", SCALES[1:-1])
def test_compression_from_nothing_to_everything(n, alpha, unit):
    """Small steps and thresholds leave the dense model, large ones nothing."""
    problem = LinearGaussianProblem(VARIANCES, unit * COEF, 0.0)
    signal = float(VARIANCES @ COEF**2)
    dense = predict_risk(problem, n, alpha=alpha)
    for make in (SoftThreshold, UniformQuantizer):
        small = predict_risk(problem, n, alpha=alpha, compression=make(1e-160 * min(unit, 1.0)))
        if dense / unit / unit > 1e-20:
            assert_allclose(small / unit / unit, dense / unit / unit, rtol=1e-10)
        for length in (1e100 * unit, 1e140):
            large = predict_risk(
                problem, n, alpha=alpha, compression=make(max(length, unit * 1e20))
            )
            assert_allclose(large / unit / unit, signal, rtol=1e-12)


@pytest.mark.parametrize("step", 10.0 ** np.array([-300, -160, -80, -20, -8, -1, 0, 3, 20, 160]))
@pytest.mark.parametrize("scale", [0.0, 1e-160, 1e-3, 0.3, 1.0, 1e10])
def test_a_quantised_law_is_as_far_off_as_half_a_step(step, scale):
    mean = np.array([0.0, 1e-160, 0.3, 1.0, -7.7])
    for compress in (UniformQuantizer(step), SoftThreshold(step)):
        kept, first, second = compress.moments(mean, scale)
        assert np.isfinite([kept, first, second]).all()
        assert ((kept >= 0) & (kept <= 1)).all()
        assert (np.abs(first - mean) <= step + 1e-15 * (np.abs(mean) + scale)).all()
        root = np.sqrt(mean**2 + scale**2)
        off = np.abs(np.sqrt(second) - root)
        assert (off <= step + 1e-7 * scale + 1e-15 * root).all()


@pytest.mark.parametrize("compress", [SoftThreshold(0.5), UniformQuantizer(0.5)])
@pytest.mark.parametrize("scale", [0.1, 0.4, 3.0, 100.0])
def test_moments_about_an_origin_and_in_a_unit(compress, scale):
    mean = np.array([-2.0, 0.1, 0.6])
    kept, first, second = compress.moments(mean, scale)
    about = compress.moments(mean, scale, origin=0.7)
    assert_allclose(about.kept, kept)
    assert_allclose(about.first, first - 0.7, rtol=1e-9, atol=1e-12)
    assert_allclose(about.second, second - 1.4 * first + 0.49, rtol=1e-9)
    for unit in (1e-100, 4.0, 1e100):
        scaled = compress.moments(unit * mean, unit * scale, origin=unit * 0.7, unit=unit)
        assert_allclose(scaled.second / unit**2, about.second, rtol=1e-9)


def test_quantised_coefficients_without_any_step_left():
    coef = np.array([1.0, -2.0, 0.0, 1e300])
    assert_allclose(UniformQuantizer(1e-160)(coef), coef)
