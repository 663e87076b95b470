import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.optimize import brentq
from simulation import fit

from sklearn_prune.theory import DistributionalCharacterization as Law
from sklearn_prune.theory import LinearGaussianProblem

SIZES = [30, 90, 150, 260, 400]


def rotated(problem, rng):
    p = len(problem.coef)
    Q = np.linalg.qr(rng.standard_normal((p, p)))[0]
    return LinearGaussianProblem(
        Q * problem.covariance @ Q.T, Q @ problem.coef, problem.noise_variance
    )


@pytest.fixture
def problem(rng):
    return LinearGaussianProblem(np.arange(1, 201.0) ** -1.2, rng.standard_normal(200), 0.3)


@pytest.mark.parametrize("ratio", [1.1, 1.5, 2.5, 40])
def test_isotropic_least_norm(rng, ratio):
    coef = rng.standard_normal(int(100 * ratio))
    problem = LinearGaussianProblem(np.ones_like(coef), coef, 0.7)
    k = len(coef) / 100
    expected = 0.7 * k / (k - 1) + coef @ coef * (1 - 1 / k)
    assert_allclose(Law(problem, 100).gamma_, expected, rtol=1e-10)


def test_least_squares(problem):
    assert_allclose(Law(problem, 350).gamma_, 0.3 * 350 / 150, rtol=1e-14)
    assert_allclose(Law(problem, 350, finite_n=True).risk(), 0.3 * 349 / 149, rtol=1e-14)
    assert_allclose(Law(problem, 350).mean_, problem.coef)
    assert Law(problem, 350).xi_ == np.inf


@pytest.mark.parametrize("alpha", [0.0, 0.5, 20.0])
def test_eigenlearning(problem, alpha):
    """The learnabilities of Simon et al., TMLR 2023: kappa, L_i and the coefficient E_0."""
    values, energy = problem.covariance, problem.covariance * problem.coef**2
    for n in SIZES[:3] if alpha == 0 else SIZES:
        kappa = np.exp(
            brentq(
                lambda x, n=n: np.sum(values / (values + np.exp(x))) + alpha / np.exp(x) - n,
                -50,
                50,
            )
        )
        learnability = values / (values + kappa)
        overfitting = n / (n - np.sum(learnability**2))
        expected = overfitting * (energy @ (1 - learnability) ** 2 + 0.3)
        assert_allclose(Law(problem, n, alpha).gamma_, expected, rtol=1e-10)


@pytest.mark.parametrize("n", SIZES)
def test_gaussian_covariate_model(problem, n):
    """The fixed point of Loureiro et al., NeurIPS 2021, for a ridge penalty, by iteration."""
    values, coef, alpha = problem.covariance, problem.coef, 5.0
    V, error = 1.0, 1.0
    for _ in range(3000):
        V_hat = n / (1 + V)
        V = 0.5 * V + 0.5 * np.sum(values / (alpha + V_hat * values))
    V_hat = n / (1 + V)
    m = V_hat * np.sum(values**2 * coef**2 / (alpha + V_hat * values))
    power, shrunk = values @ coef**2, values / (alpha + V_hat * values)
    for _ in range(3000):
        q_hat = n * error / (1 + V) ** 2
        q = np.sum(shrunk**2 * (V_hat**2 * values * coef**2 + q_hat))
        error = 0.3 + power - 2 * m + q
    assert_allclose(Law(problem, n, alpha).gamma_, error, rtol=1e-10)


@pytest.mark.parametrize("alpha", [0.0, 2.0])
@pytest.mark.parametrize("options", [{}, {"fit_intercept": True}, {"finite_n": True}])
def test_invariances(problem, rng, alpha, options):
    expected = Law(problem, SIZES, alpha, **options).risk()
    full = rotated(problem, rng)
    assert_allclose(Law(full, SIZES, alpha, **options).risk(), expected, rtol=1e-10)
    target = problem.noise_variance + problem.covariance @ problem.coef**2
    moments = LinearGaussianProblem.from_moments(
        full.covariance, full.cross_moment, target, mean=np.zeros(200)
    )
    assert_allclose(Law(moments, SIZES, alpha, **options).risk(), expected, rtol=1e-10)
    one_by_one = [Law(problem, n, alpha, **options).risk() for n in SIZES]
    assert_allclose(one_by_one, expected, rtol=1e-12)


def test_moment_form_of_the_law(problem, rng):
    full, n, alpha = rotated(problem, rng), 120, 0.4
    law = Law(full, n, alpha)
    Sigma = full.covariance
    resolvent = np.linalg.inv(Sigma + np.eye(200) / law.xi_)
    assert_allclose(law.mean_, resolvent @ Sigma @ full.coef, rtol=1e-9, atol=1e-10)
    covariance = law.gamma_ / n * resolvent @ Sigma @ resolvent
    assert_allclose(law.variance_, np.diag(covariance), rtol=1e-9)


def test_a_discrete_law_is_repeated_eigenvalues(rng):
    values, coef, counts = rng.exponential(size=7), rng.standard_normal(7), np.arange(10, 80, 10)
    atoms = LinearGaussianProblem(values, coef, 0.2, weights=counts)
    full = LinearGaussianProblem(np.repeat(values, counts), np.repeat(coef, counts), 0.2)
    for alpha in (0.0, 3.0):
        a, b = Law(atoms, SIZES, alpha), Law(full, SIZES, alpha)
        assert_allclose(a.gamma_, b.gamma_, rtol=1e-11)
        assert_allclose(np.repeat(a.mean_, counts, axis=-1), b.mean_, rtol=1e-11)
        assert_allclose(np.repeat(a.variance_, counts, axis=-1), b.variance_, rtol=1e-11)
    million = LinearGaussianProblem(values, coef, 0.2, weights=counts * 4000)
    assert np.isfinite(Law(million, np.array(SIZES) * 4000).gamma_).all()


def test_infinite_penalty(problem):
    target = problem.risk(np.zeros(200))
    assert_allclose(Law(problem, SIZES, 1e14).gamma_, target, rtol=1e-10)


def test_the_peak_is_decided_by_the_noise(problem):
    noiseless = LinearGaussianProblem(problem.covariance, problem.coef)
    for finite_n in (False, True):
        assert Law(problem, 200, finite_n=finite_n).risk() == np.inf
        assert Law(noiseless, 200, finite_n=finite_n).risk() == 0
        assert Law(problem, 201, fit_intercept=True, finite_n=finite_n).risk() == np.inf
    assert Law(problem, 200).training_error() == 0
    with pytest.raises(ValueError, match="no finite variance"):
        Law(problem, 200).sample(2)


def test_a_problem_without_signal_or_features():
    nothing = LinearGaussianProblem(np.zeros(3), np.ones(3), 0.5)
    law = Law(nothing, [1, 5])
    assert_allclose(law.gamma_, 0.5)
    assert_allclose(law.mean_, np.zeros((2, 3)))


@pytest.mark.parametrize("n", [60, 300])
@pytest.mark.parametrize("alpha", [0.0, 4.0])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_training_error_and_law_of_fitted_coefficients(problem, n, alpha, fit_intercept):
    rng = np.random.RandomState(3)
    law = Law(problem, n, alpha, fit_intercept=fit_intercept, finite_n=True)
    errors, coefs = [], []
    for _ in range(60):
        X, y = problem.sample(n, rng)
        coef, intercept = fit(X, y, alpha, fit_intercept)
        errors.append(np.mean((y - X @ coef - intercept) ** 2))
        coefs.append(coef)
    standard_error = np.std(errors) / np.sqrt(60)
    assert abs(law.training_error() - np.mean(errors)) <= 3 * standard_error + 1e-12
    scaled = (np.array(coefs) - law.mean_) / np.sqrt(law.variance_)
    assert stats.kstest(scaled.ravel(), "norm").statistic < 0.02


def test_support_of_fitted_coefficients_overlaps_as_predicted():
    """How many of the truly largest coefficients are among the fitted largest."""
    coef = np.repeat([0.6, 0.1], [40, 460])
    problem = LinearGaussianProblem(np.linspace(0.5, 2, 500), coef, 0.5)
    rng = np.random.RandomState(4)

    def overlap(fitted):
        return np.mean(np.argsort(-np.abs(fitted), axis=-1)[..., :40] < 40, axis=-1)

    simulated = overlap(
        np.array([fit(*problem.sample(250, rng), 0.0, False)[0] for _ in range(60)])
    )
    predicted = overlap(Law(problem, 250).sample(4000, random_state=0)).mean()
    assert abs(simulated.mean() - predicted) < 3 * simulated.std() / np.sqrt(60)
    assert 0.2 < predicted < 0.9


def test_draws_have_the_moments_of_the_law(problem, rng):
    law = Law(rotated(problem, rng), 100, 0.5)
    draws = law.sample(20_000, random_state=0)
    assert_allclose(draws.mean(axis=0), law.mean_, atol=4 * np.sqrt(law.variance_.max() / 20_000))
    assert_allclose(draws.var(axis=0), law.variance_, rtol=0.06)


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (0, {}, "n_samples is 0: give at least 1"),
        (1, {"fit_intercept": True}, "give at least 2 with an intercept"),
        (np.nan, {}, "n_samples contains nan"),
        (True, {}, "n_samples is True"),
        ("many", {}, "n_samples is 'many'"),
        (10, {"alpha": -1.0}, "alpha is -1"),
        (10, {"alpha": np.inf}, "alpha contains inf"),
    ],
)
def test_bad_input(problem, n, options, message):
    with pytest.raises(ValueError, match=message):
        Law(problem, n, **options)
