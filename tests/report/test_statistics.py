import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sklearn_prune._report.answer.statistics import Folds, compare, holm, mean_and_error, p_value


def test_standard_error_is_corrected_for_overlapping_training_sets():
    values = np.array([1.0, 2.0, 3.0, 4.0])
    mean, std_error = mean_and_error(values, 1 / 3)
    assert mean == 2.5
    assert_allclose(std_error, np.sqrt((1 / 4 + 1 / 3) * 5 / 3))
    # Repeats add folds, but do not make the training sets overlap less.
    _, std_error = mean_and_error(np.tile(values, 2), 1 / 3)
    assert_allclose(std_error, np.sqrt((1 / 8 + 1 / 3) * np.var(np.tile(values, 2), ddof=1)))


def test_p_value_is_that_of_a_t_test():
    values = np.array([0.3, 0.1, 0.4, 0.2, 0.5])
    plain = values.std(ddof=1) / np.sqrt(5)
    assert_allclose(p_value(values.mean(), plain, 4), stats.ttest_1samp(values, 0).pvalue)
    assert p_value(0.0, 0.0, 4) == 1
    assert p_value(1.0, 0.0, 4) == 0


def test_holm():
    assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    assert_allclose(holm([0.6, 0.9]), [1, 1])
    assert holm([]) == []


NOISE = np.array([0.0, 0.01, -0.01, 0.02, -0.02])


@pytest.mark.parametrize(
    ("small", "large", "verdict"),
    [
        (0.6 + NOISE, 0.4 - NOISE, "large"),
        (0.4 + NOISE, 0.6 - NOISE, "small"),
        (0.4 + 15 * NOISE, 0.5 - 15 * NOISE, "equal"),
        (0.4 + NOISE, 0.402 + NOISE, "equal"),  # sure, and too little to matter
        (1.2 + NOISE, 1.1 - NOISE, "nothing"),
        (1.2 + NOISE, 0.8 - NOISE, "large"),
        (1.5 + 15 * NOISE, 0.9 + 15 * NOISE, "nothing"),  # sure, but maybe no better than 1
        (0.9 + NOISE, 0.85 + 15 * NOISE, "equal"),  # one is better than 1, if not the best
    ],
)
def test_verdicts(small, large, verdict):
    (comparison,) = compare({7: small}, {7: large}, Folds(1 / 4))
    assert comparison.verdict == verdict
    assert_allclose(comparison.gain, np.mean(small - large))
    assert_allclose(comparison[1:3], [small.mean(), large.mean()])


def test_more_budgets_need_more_evidence():
    small, large = 0.5 + NOISE, 0.45 + NOISE[::-1]
    (alone,) = compare({1: small}, {1: large}, Folds(1 / 4))
    same, none = small + 3 * NOISE, small - 3 * NOISE
    among = compare(dict.fromkeys([1, 2, 3], small), {1: large, 2: same, 3: none}, Folds(1 / 4))
    assert [comparison.verdict for comparison in (alone, *among)] == [
        "large",
        *["equal"] * 3,
    ]
    assert_allclose(among[0].p_value, 3 * alone.p_value)


def test_differences_by_chance_are_rare():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(400):
        errors = 0.5 + 0.05 * rng.standard_normal((2, 3, 5))
        comparisons = compare(dict(enumerate(errors[0])), dict(enumerate(errors[1])), Folds(1 / 4))
        found += any(comparison.verdict != "equal" for comparison in comparisons)
    # Independent folds are an easy case: the corrected error is too large for them.
    assert found <= 8
