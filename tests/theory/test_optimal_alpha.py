import numpy as np
from numpy.testing import assert_allclose

from sklearn_prune.theory import LinearGaussianProblem, optimal_alpha, predict_risk


def test_optimal_penalty_of_a_dense_model(rng):
    """Isotropic features: the posterior mean, mu = noise variance / coefficient variance."""
    coef = rng.standard_normal(200)
    problem = LinearGaussianProblem(np.ones(200), coef, 3.0)
    for n in (50, 200, 400):
        assert_allclose(optimal_alpha(problem, n), 3 * 200 / (coef @ coef), rtol=1e-2)
    assert optimal_alpha(LinearGaussianProblem(np.zeros(2), np.ones(2), 1.0), 10) == 0


def test_optimal_penalty_of_a_pruned_model():
    problem, n = LinearGaussianProblem(np.repeat([25.0, 1.0], [100, 900]), np.ones(1000)), 300
    pruned = {"strategy": "magnitude", "sparsity": 100}
    best = optimal_alpha(problem, n, "magnitude", 100)
    risks = predict_risk(problem, n, **pruned), predict_risk(problem, n, **pruned, alpha=best)
    assert_allclose(np.round(risks), [2261, 1521])
    for factor in (0.9, 1.1):
        assert predict_risk(problem, n, **pruned, alpha=factor * best) > risks[1]
    assert optimal_alpha(problem, n) == 0
    assert optimal_alpha(problem, n, "magnitude", 100, "same", fit_intercept=True) > 0
