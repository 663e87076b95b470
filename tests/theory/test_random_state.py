"""What draws from a random state, and what leaves it as it was."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.utils import check_random_state

from sklearn_prune import MinNormRegressor, PrunedRegressor, TheoreticalRisk
from sklearn_prune.theory import (
    DistributionalCharacterization,
    LinearGaussianProblem,
    SoftThreshold,
    UniformQuantizer,
    optimal_alpha,
    predict_risk,
)

DIAGONAL = LinearGaussianProblem(np.linspace(0.5, 2, 6), np.ones(6), 0.3)
FULL = LinearGaussianProblem(np.diag(np.linspace(0.5, 2, 6)) + 0.1, np.ones(6), 0.3)
PRUNED = {"strategy": "magnitude", "sparsity": 3}
PIPELINES = [
    PRUNED,
    {"strategy": "random", "sparsity": 3},
    PRUNED | {"retrain": "fresh"},
    PRUNED | {"retrain": "same"},
    PRUNED | {"retrain": "distill", "n_unlabeled": 5},
]
COMPRESSED = [{"compression": SoftThreshold(0.1)}, {"compression": UniformQuantizer(0.1)}]
NOTHING_RANDOM = [(DIAGONAL, options) for options in [{}, *PIPELINES, *COMPRESSED]]
NOTHING_RANDOM += [(FULL, {}), (FULL, {"strategy": "magnitude", "sparsity": 6})]
RANDOM = [(FULL, options) for options in [*PIPELINES, *COMPRESSED]]


def draws_from(call):
    """Return whether a call moves NumPy's global state, or a given one, both or neither."""
    numpy_state, state = check_random_state(None), np.random.RandomState(0)
    before = numpy_state.get_state()[1:3], state.get_state()[1:3]
    call(None)
    call(state)
    after = numpy_state.get_state()[1:3], state.get_state()[1:3]
    pairs = zip(before, after, strict=True)
    moved = [not np.array_equal(a[0], b[0]) or a[1] != b[1] for a, b in pairs]
    assert moved[0] == moved[1]
    return moved[0]


@pytest.mark.parametrize("finite_n", [False, True])
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize(("problem", "options"), NOTHING_RANDOM)
def test_a_risk_in_closed_form_draws_nothing(problem, options, finite_n, fit_intercept):
    options = options | {"finite_n": finite_n, "fit_intercept": fit_intercept}
    assert not draws_from(lambda seed: predict_risk(problem, [4, 9], random_state=seed, **options))


@pytest.mark.parametrize(("problem", "options"), RANDOM)
def test_draws_are_from_the_state(problem, options):
    assert draws_from(lambda seed: predict_risk(problem, [4, 9], random_state=seed, **options))


def test_seeds_are_drawn_once():
    """Every n and every penalty has the same draws, and an int is the seed of a state."""
    for options in PIPELINES:
        risks = predict_risk(FULL, [9, 9], **options, random_state=3)
        assert risks[0] == risks[1]
        state = np.random.RandomState(3)
        assert_array_equal(predict_risk(FULL, [9, 9], **options, random_state=state), risks)


@pytest.mark.parametrize(
    ("problem", "options", "expected"),
    [
        (DIAGONAL, {}, False),
        (DIAGONAL, PRUNED | {"retrain": "same"}, False),
        (DIAGONAL, {"strategy": "random", "sparsity": 3}, False),
        (FULL, {}, False),
        (FULL, PRUNED, True),
    ],
)
def test_the_best_penalty(problem, options, expected):
    def best(seed):
        return optimal_alpha(problem, 9, n_draws=4, random_state=seed, **options)

    assert draws_from(best) == expected
    assert best(0) == best(0)


def test_the_score_of_a_model_in_closed_form():
    X, y = DIAGONAL.sample(20, random_state=0)
    for model in (MinNormRegressor(), PrunedRegressor(sparsity=3)):
        fitted = model.fit(X, y)
        assert not draws_from(
            lambda seed, fitted=fitted: TheoreticalRisk(DIAGONAL, random_state=seed)(fitted)
        )


def test_a_law_draws_only_its_samples():
    law = DistributionalCharacterization(DIAGONAL, 9)
    assert not draws_from(lambda seed: (law.risk(), law.mean_, law.variance_))
    assert draws_from(lambda seed: law.sample(2, seed))
