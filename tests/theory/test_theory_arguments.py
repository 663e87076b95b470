"""Bad input of every public callable of the theory: one clear sentence, naming what and how."""

import inspect

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import Lasso
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import sklearn_prune.theory
from sklearn_prune import MinNormRegressor, PrunedRegressor, TheoreticalRisk
from sklearn_prune.theory import (
    BinaryProblem,
    DistributionalCharacterization,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    MixedRowsProblem,
    RoundsCharacterization,
    SampleProblem,
    SingleIndexProblem,
    SoftThreshold,
    UniformQuantizer,
    mle_exists,
    optimal_alpha,
    optimal_penalties,
    optimal_strategy,
    predict_risk,
    rank_strategies,
)

ROWS = np.random.default_rng(0).standard_normal((40, 3))
TARGET = ROWS @ [1.0, 2.0, 0.0]
NOISE = np.random.default_rng(1).standard_normal(40)
NO_TABLE = [(None, "X is None"), (np.ones(3), "X has shape (3,)"), ("abc", "X is 'abc'")]
NO_TABLE += [(ROWS * np.nan, "contains nan"), (ROWS * 1j, "give real numbers")]
LINEAR = LinearGaussianProblem(np.ones(3), [1.0, 2.0, 0.0], 0.5)
SHIFTED = LinearGaussianProblem.from_moments([2.0, 1, 1], np.ones(3), 9.0, mean=[1.0, 0, 0])
SINGLE, SAMPLE = SingleIndexProblem([1.0, 0.0, 0.0]), SampleProblem(ROWS, TARGET)
PRUNED = {"strategy": "magnitude", "sparsity": 2}
RETRAINED = PRUNED | {"retrain": "same"}
DISTILLED = PRUNED | {"retrain": "distill"}
MODEL = MinNormRegressor().fit(ROWS, TARGET)

FEATURES_OF_SINGLE = "problem is a SingleIndexProblem: give problem.equivalent("
FEATURES_OF_SAMPLE = "problem is a SampleProblem: give problem.equivalent("
NOT_BOOL = [(0, "is 0: give True or False"), ("no", "is 'no': give True or False")]
NOT_BOOL += [(None, "is None: give True or False"), ([True], "is [True]: give True or False")]
NO_SEED = [("a", "random_state is 'a': give None, an int"), (-1, "random_state is -1")]
NO_SEED += [(1.5, "random_state is 1.5"), (np.random.default_rng(0), "give None, an int")]
NO_COUNT = [(2.5, "is 2.5: give an int"), ("3", "is '3': give"), (None, "is None: give")]
NO_COUNT += [(-1, "is -1: give"), (True, "is True: give"), ([3], "is [3]: give an int")]
NO_SAMPLES = [(2.5, "n_samples is 2.5: give an int"), ([3, 2.5], "n_samples is 2.5: give an int")]
NO_SAMPLES += [(0, "n_samples is 0"), (None, "n_samples is None"), ("9", "n_samples is '9'")]
NO_SAMPLES += [(True, "n_samples is True"), (3j, "n_samples is 3j"), (np.inf, "contains inf")]
NO_NUMBER = [("1", "is '1': give"), (None, "is None"), (np.nan, "nan"), (1j, "is 1j: give")]
NO_NUMBER += [([1.0], "[1.0]|shape"), (True, "is True: give")]
SHAPES = [(np.ones(2), "shape (2,)"), (np.ones((3, 2)), "shape (3, 2)")]
NO_VECTOR = [("abc", "is 'abc': give real numbers"), (np.array([1j, 0, 0]), "give real numbers")]
NO_VECTOR += [([1, np.nan, 0], "contains nan"), ([1, 0, -np.inf], "contains -inf")]
NO_VECTOR += [(["1", "2", "3"], "give real numbers"), (None, "is None"), ({}, "give real numbers")]
NO_VECTOR += [(np.ma.masked_equal([1.0, 0, 2], 0), "masked"), ([[1], [2, 3]], "give real numbers")]


def each(name, bad, **others):
    """Return rows in which one argument is bad: overrides, and what the message says."""
    return [(others | {name: value}, message) for value, message in bad]


def not_linear():
    bad = [(SINGLE, FEATURES_OF_SINGLE), (SAMPLE, FEATURES_OF_SAMPLE), (None, "problem is None")]
    return each("problem", [*bad, (np.eye(3), "give a LinearGaussianProblem")])


def bad_risk_arguments():
    """Return what `predict_risk` and `optimal_alpha` share."""
    return [
        *not_linear(),
        *each("n_samples", NO_SAMPLES),
        *each("strategy", [("obd", "strategy is 'obd'"), (["random"], "strategy is ['random']")]),
        *each(
            "sparsity", [(4, "sparsity is 4"), (0.0, "sparsity is 0.0"), ("x", "is 'x'")], **PRUNED
        ),
        ({"sparsity": 2}, "need a strategy"),
        ({"strategy": "random"}, "needs a sparsity"),
        ({"retrain": "same"}, "need a strategy"),
        *each("retrain", [(True, "retrain is True"), ("all", "retrain is 'all'")], **PRUNED),
        ({"retrain_alpha": 1.0}, "retrain_alpha is 1.0, but nothing is refitted"),
        (PRUNED | {"retrain_alpha": 1.0}, "retrain_alpha is 1.0, but nothing is refitted"),
        *each("retrain_alpha", [(-1, "retrain_alpha is -1"), ("1", "is '1'")], **RETRAINED),
        (DISTILLED, "n_unlabeled go together"),
        *each(
            "n_unlabeled",
            [(2.5, "n_unlabeled is 2.5"), (0, "is 0"), (True, "is True")],
            **DISTILLED,
        ),
        *each("n_unlabeled", [("9", "n_unlabeled is '9'"), (np.nan, "is nan")], **DISTILLED),
        *each(
            "feature_groups",
            [
                ([0, 1], "feature_groups has 2 labels, and X has 3 columns"),
                ([[0, 3]], "feature_groups has column 3: give positions from 0 to 2"),
                ([[0, -1]], "feature_groups has column -1: give positions from 0 to 2"),
                ([[0], []], "feature_groups has the empty list 1"),
                ([], "feature_groups has 0 labels"),
                ([[0, 1], [1, 2]], "column 1 in list 0 and in list 1"),
                ([0, None, 1], "the label None of column 1"),
                (["a", ["b"], 1], "feature_groups has lists"),
                ("aab", "feature_groups is 'aab': give a list"),
                (3, "feature_groups is 3: give a list"),
            ],
            **PRUNED,
        ),
        *each(
            "always_keep",
            [
                ([3], "always_keep has column 3: give positions from 0 to 2"),
                ([True, False], "always_keep is a mask of 2 columns"),
                (["a"], "always_keep names column 'a'"),
                ([0, 1, 2], "sparsity is 2, and 3 features are always kept: give at least"),
                (1, "always_keep is 1: give a list"),
            ],
            **PRUNED,
        ),
        *each(
            "feature_costs",
            [
                ([1, 2], "feature_costs has shape (2,)"),
                ([1, 2, 0], "feature_costs has the price 0 of column 2"),
                (-1.0, "has the price -1 of column 0"),
                ({3: 1.0}, "feature_costs has column 3: give positions"),
                ([1, np.nan, 1], "feature_costs contains NaN"),
            ],
            **PRUNED,
        ),
        *each(
            "feature_groups",
            [([0, 0, 1], "sparsity is 3: give the number of groups")],
            strategy="magnitude",
            sparsity=3,
        ),
        ({"feature_costs": 1.0}, "say what is pruned: give a strategy"),
        *each("fit_intercept", NOT_BOOL),
        *each("n_draws", [(3, "n_draws is 3"), (4.0, "n_draws is 4.0"), (True, "is True")]),
        *each("random_state", NO_SEED),
    ]


def bad_ranking():
    """Return what the functions that compare strategies share."""
    return [
        *not_linear(),
        *each("n_samples", NO_SAMPLES),
        *each("sparsity", [(4, "sparsity is 4"), (0.0, "sparsity is 0.0"), ("x", "is 'x'")]),
        *each("strategies", [(["obd"], "strategy is 'obd'"), ("hessian", "give a sequence")]),
        *each("strategies", [([], "strategies is []: give a sequence")]),
        *each("retrain", [(["all"], "retrain is 'all'"), (None, "give a sequence")]),
        *each("n_rounds", [([0], "n_rounds is 0"), (2, "n_rounds is 2: give a sequence")]),
        *each("random_state", NO_SEED),
    ]


def bad_laws():
    return [
        *each("mean", NO_VECTOR),
        *each("scale", [(-1.0, "scale is -1"), ("1", "scale is '1'"), (np.inf, "contains inf")]),
        *each("scale", [(np.ones(2), "scale has shape (2,)")]),
        *each("origin", [(1j, "origin is 1j"), (None, "origin is None")]),
        *each("unit", [(0.0, "unit is 0"), (-1.0, "unit is -1"), ("1", "unit is '1'")]),
    ]


def bad_lengths(name):
    bad = [0, -1.0, np.nan, np.inf, "1", True, None, 1j, [1.0]]
    return each(name, [(value, f"{name} is {value!r}: give a positive number") for value in bad])


BINARY, MIXTURE = (
    BinaryProblem(np.ones(3), np.ones(3)),
    GaussianMixtureProblem(np.ones(3), np.ones(3)),
)
NO_METRIC = [("accuracy", "metric is 'accuracy': give one of"), (None, "metric is None: give")]
NO_METRIC += [(["zero_one"], "metric is ['zero_one']"), (1, "metric is 1")]
MODEL_OF_CLASSES = [
    *each("coef", NO_VECTOR),
    *each("coef", [(np.ones(2), "coef has shape (2,): give 3 coefficients")]),
    *each("intercept", [("a", "intercept is 'a'"), (np.nan, "intercept contains nan")]),
    *each("intercept", [(np.ones(3), "give shapes that broadcast")], coef=np.ones((2, 3))),
    *each("metric", NO_METRIC),
]
OVERLAPS = {"signal": 1.0, "square": 2.0, "intercept": 0.5, "metric": "zero_one"}
BAD_OVERLAPS = [
    *each("signal", [("a", "signal is 'a'"), (np.inf, "signal contains inf"), (1j, "is 1j")]),
    *each("square", [("a", "square is 'a'"), (np.nan, "square contains nan"), (None, "is None")]),
    *each("intercept", [("a", "intercept is 'a'"), (np.inf, "intercept contains inf")]),
    *each("square", [(np.ones(2), "give shapes that broadcast")], signal=np.ones(3)),
    *each("metric", NO_METRIC),
]
LAW = {"mean": np.ones(3), "scale": np.ones(3)}
MOMENTS = {"second_moment": np.ones(3), "cross_moment": np.zeros(3), "target_second_moment": 1.0}

KINDS = {
    "shares": [0.5, 0.5],
    "second_moments": np.stack([np.eye(3), 2 * np.eye(3)]),
    "cross_moments": np.zeros((2, 3)),
    "target_second_moments": np.ones(2),
}
MIXED = MixedRowsProblem(**KINDS)

# Of each public callable: a call that is right, and what may be wrong with it.
TABLE = {
    "predict_risk": (
        predict_risk,
        {"problem": LINEAR, "n_samples": 9},
        [
            *bad_risk_arguments(),
            *each("alpha", NO_NUMBER),
            *each("alpha", [(-1.0, "alpha is -1"), (np.inf, "alpha contains inf")]),
            *each("compression", [(0.5, "compression is 0.5"), (SoftThreshold, "SoftThreshold")]),
            (PRUNED | {"compression": SoftThreshold(1.0)}, "without strategy"),
            *each("finite_n", NOT_BOOL),
            *each("return_std_error", NOT_BOOL),
            *each("n_rounds", NO_COUNT, **RETRAINED),
            *each("n_rounds", [(2, "but nothing is pruned")]),
            *each(
                "loss", [("hinge", "loss is 'hinge'"), ("logistic", "need classes"), (1, "is 1")]
            ),
            *each("retrain_loss", [("squared", "but nothing is refitted"), (1, "is 1")]),
            *each("retrain_loss", [("logistic", "need classes")], **RETRAINED),
            *each("metric", [("accuracy", "metric is 'accuracy'"), ("zero_one", "need classes")]),
            (PRUNED | {"n_samples": [3, 4, 5], "sparsity": [1, 2]}, "sparsity has shape (2,)"),
        ],
    ),
    "optimal_alpha": (
        optimal_alpha,
        {"problem": LINEAR, "n_samples": 9},
        [
            *bad_risk_arguments(),
            ({"n_samples": [3, 4]}, "n_samples has shape (2,)"),
            (PRUNED | {"sparsity": [1, 2]}, "sparsity has shape (2,)"),
            *[
                (options | {"problem": LinearGaussianProblem(np.zeros(3), np.ones(3))}, message)
                for options, message in bad_risk_arguments()
                if "problem" not in options
            ],
        ],
    ),
    "optimal_penalties": (
        optimal_penalties,
        {"problem": LINEAR, "n_samples": 9},
        [
            *[row for row in bad_risk_arguments() if "retrain_alpha" not in row[0]],
            *each("retrain_alpha", [(1.0, "retrain_alpha is given, but is to be found")]),
            *each("alpha", [(1.0, "alpha is given, but is to be found")]),
        ],
    ),
    "optimal_strategy": (
        optimal_strategy,
        {"problem": LINEAR, "n_samples": 9, "sparsity": 2, "n_rounds": [1]},
        bad_ranking(),
    ),
    "rank_strategies": (
        rank_strategies,
        {"problem": LINEAR, "n_samples": 9, "sparsity": 2, "n_rounds": [1]},
        bad_ranking(),
    ),
    "RoundsCharacterization": (
        RoundsCharacterization,
        {"problem": LINEAR, "n_samples": 9, "sparsity": 2},
        [
            *not_linear(),
            *each("n_samples", NO_SAMPLES),
            *each("sparsity", [(4, "sparsity is 4"), (0.0, "sparsity is 0.0"), (None, "Neither")]),
            *each("sizes", [([2], "give it alone")]),
            *each("sizes", [([2, 3], "sizes has 3 after 2"), ([4], "after 3")], sparsity=None),
            *each("sizes", [("2", "sizes is '2'"), ([0], "sizes is 0")], sparsity=None),
            *each("n_rounds", NO_COUNT),
            *each("strategy", [("obs", "strategy is 'obs'"), (None, "strategy is None")]),
            *each("alpha", NO_NUMBER),
            *each("retrain_alpha", [(-1.0, "retrain_alpha is -1"), ("1", "is '1'")]),
            *each("fit_intercept", NOT_BOOL),
            *each("n_draws", [(3, "n_draws is 3"), (4.0, "n_draws is 4.0"), (True, "is True")]),
            *each("random_state", NO_SEED),
        ],
    ),
    "RoundsCharacterization.mixture_risk": (
        RoundsCharacterization(LINEAR, 9, sizes=[2, 1], random_state=0).mixture_risk,
        {"weights": np.ones(3) / 3},
        [
            *each("weights", NO_VECTOR),
            *each("weights", SHAPES),
            *each("weights", [(np.ones(3), "sum of the weights is 3")]),
        ],
    ),
    "DistributionalCharacterization": (
        DistributionalCharacterization,
        {"problem": LINEAR, "n_samples": 9},
        [
            *not_linear(),
            *each("n_samples", NO_SAMPLES),
            *each("alpha", [(-1.0, "alpha is -1"), ("1", "alpha is '1'"), (np.nan, "nan")]),
            *each("alpha", [(np.ones(2), "alpha has shape (2,)")], n_samples=[3, 4, 5]),
            *each("fit_intercept", NOT_BOOL),
            *each("finite_n", NOT_BOOL),
            ({"n_samples": 1, "fit_intercept": True}, "give at least 2 with an intercept"),
            *each(
                "loss", [("logistic", "give a BinaryProblem"), (1, "loss is 1"), ("l", "is 'l'")]
            ),
        ],
    ),
    "DistributionalCharacterization.risk": (
        DistributionalCharacterization(LINEAR, 9).risk,
        {},
        [
            *each("metric", [("zero_one", "give a BinaryProblem"), ("auc", "metric is 'auc'")]),
            *each("metric", [("log_loss", "give a BinaryProblem"), ("", "metric is ''")]),
            *each("metric", [(1, "metric is 1"), (True, "is True"), (["auc"], "is ['auc']")]),
            *each("metric", [(1j, "metric is 1j"), (b"auc", "metric is b'auc'")]),
        ],
    ),
    "mle_exists": (
        mle_exists,
        {"problem": BinaryProblem(np.ones(3), np.ones(3)), "n_samples": 9},
        [
            *each("problem", [(LINEAR, "give a BinaryProblem"), (None, "problem is None")]),
            *each("n_samples", NO_SAMPLES),
            *each("fit_intercept", NOT_BOOL),
            ({"n_samples": 1, "fit_intercept": True}, "give at least 2 with an intercept"),
        ],
    ),
    "DistributionalCharacterization.sample": (
        DistributionalCharacterization(LINEAR, 9).sample,
        {"n_draws": 2},
        [*each("n_draws", NO_COUNT), *each("random_state", NO_SEED)],
    ),
    "LinearGaussianProblem": (
        LinearGaussianProblem,
        {"covariance": np.ones(3), "coef": np.ones(3)},
        [
            *each("covariance", NO_VECTOR),
            *each("covariance", [([1, -1, 1], "A variance is -1"), ([], "shape (0,)")]),
            *each("covariance", [(np.eye(3) * 1j, "give real numbers"), (-np.eye(3), "is -1")]),
            *each("covariance", [(np.triu(np.ones((3, 3))), "not symmetric")]),
            *each("coef", NO_VECTOR + SHAPES),
            *each("noise_variance", [*NO_NUMBER, (-1.0, "noise_variance is -1")]),
            *each("weights", [(np.ones(2), "shape (2,)"), ([1, 0, 1], "A weight is 0")]),
            *each("weights", [("a", "weights is 'a'"), (np.array([1j, 1, 1]), "real numbers")]),
        ],
    ),
    "LinearGaussianProblem.from_moments": (
        LinearGaussianProblem.from_moments,
        MOMENTS,
        [
            *each("second_moment", [*NO_VECTOR, SHAPES[1]]),
            *each("cross_moment", NO_VECTOR + SHAPES),
            *each("target_second_moment", [*NO_NUMBER, (-1.0, "is -1")]),
            *each("target_second_moment", [(0.5, "at least 3")], cross_moment=np.ones(3)),
            *each("mean", SHAPES + [bad for bad in NO_VECTOR if bad[0] is not None]),
            *each("target_mean", NO_NUMBER),
        ],
    ),
    "LinearGaussianProblem.from_sample": (
        LinearGaussianProblem.from_sample,
        {"X": ROWS, "y": TARGET + NOISE},
        [
            *each("X", NO_TABLE),
            *each("y", [(TARGET[:5], "y has shape (5,)"), (None, "y is None"), (3, "y has shape")]),
            *each("y", [(TARGET * np.nan, "contains nan"), (["a"] * 40, "give real numbers")]),
        ],
    ),
    "LinearGaussianProblem.from_data": (
        LinearGaussianProblem.from_data,
        {"X": ROWS, "y": TARGET},
        [
            *each(
                "X", [("abc", "X is 'abc'"), (ROWS[:, 0], "X has shape (40,)"), (None, "X is None")]
            ),
            *each(
                "X",
                [(ROWS * 1j, "X is"), (ROWS * np.nan, "X contains nan"), (ROWS[:, :0], "(40, 0)")],
            ),
            *each("X", [(ROWS[:0], "X has shape (0, 3)")], y=TARGET[:0]),
            *each("X", [(ROWS[:9], "9 rows for features of rank 3")], y=TARGET[:9]),
            *each(
                "y", [("abc", "y is 'abc'"), (TARGET[:9], "y has shape (9,)"), (None, "y is None")]
            ),
            *each(
                "y",
                [(TARGET * 1j, "y is"), (ROWS, "y has shape (40, 3)"), (TARGET * np.inf, "y con")],
            ),
            *each("X_unlabeled", [(ROWS[:, :2], "give 3 features"), ("a", "X_unlabeled is 'a'")]),
        ],
    ),
    "MixedRowsProblem": (
        MixedRowsProblem,
        KINDS,
        [
            *each("shares", [(np.ones(3), "shape (3,)"), ([1, 0], "A share is 0"), ("a", "'a'")]),
            *each("second_moments", [(np.ones((2, 3)), "shape (2, 3)"), ("a", "is 'a'")]),
            *each("second_moments", [(np.triu(np.ones((2, 3, 3))), "not symmetric")]),
            *each("cross_moments", [(np.ones(3), "one row a kind"), (np.ones((0, 3)), "a kind")]),
            *each("target_second_moments", [(1.0, "shape ()"), ([1, np.nan], "contains nan")]),
            *each("means", [(np.ones(3), "shape (3,)"), ("a", "means is 'a'")]),
            *each("target_means", [(np.ones(3), "shape (3,)"), ("a", "target_means is 'a'")]),
        ],
    ),
    "MixedRowsProblem.risk": (
        MIXED.risk,
        {"coef": np.ones(3)},
        [
            *each("coef", [*NO_VECTOR, *SHAPES, (1.0, "coef has shape ()")]),
            *each(
                "intercept", [("1", "intercept is '1'"), (1j, "intercept is 1j"), (np.inf, "inf")]
            ),
        ],
    ),
    "MixedRowsProblem.restrict": (
        MIXED.restrict,
        {"support": [0, 1]},
        [
            *each(
                "support", [([], "support is []"), ([0, 0], "every index once"), ([3], "below 3")]
            ),
            *each("support", [([0.5], "is [0.5]"), ([[0]], "is [[0]]"), ([True], "is [True]")]),
            *each("support", [("a", "support is 'a'"), (None, "is None"), (1j, "is 1j")]),
        ],
    ),
    "MixedRowsProblem.sample": (
        MIXED.sample,
        {"n_samples": 2},
        [*each("n_samples", NO_COUNT), *each("random_state", NO_SEED)],
    ),
    "LinearGaussianProblem.risk": (
        SHIFTED.risk,
        {"coef": np.ones(3)},
        [
            *each("coef", [*NO_VECTOR, *SHAPES, (1.0, "coef has shape ()")]),
            *each(
                "intercept", [("1", "intercept is '1'"), (1j, "intercept is 1j"), (np.inf, "inf")]
            ),
            *each("intercept", [(np.ones(2), "shape (2,)")], coef=np.ones((4, 3))),
        ],
    ),
    "LinearGaussianProblem.restrict": (
        LINEAR.restrict,
        {"support": [0, 1]},
        [
            *each(
                "support", [([], "support is []"), ([0, 0], "every index once"), ([3], "below 3")]
            ),
            *each("support", [([0.5], "is [0.5]"), ([[0]], "is [[0]]"), ([True], "is [True]")]),
            *each(
                "support", [("a", "support is 'a'"), (None, "is None"), ([[0], [1, 2]], "below 3")]
            ),
            *each("support", [([0, -3], "every index once"), (1j, "support is 1j")]),
        ],
    ),
    "LinearGaussianProblem.sample": (
        LINEAR.sample,
        {"n_samples": 2},
        [*each("n_samples", NO_COUNT), *each("random_state", NO_SEED)],
    ),
    "SampleProblem": (
        SampleProblem,
        {"X": ROWS, "y": TARGET},
        [
            *each(
                "X",
                [(ROWS[:, 0], "X must be two-dimensional"), ("a", "X must be"), (None, "X must")],
            ),
            *each("X", [([[1], [2, 3]], "X is [[1], [2, 3]]: give rows"), (ROWS[:0], "not empty")]),
            *each(
                "y", [(TARGET[:3], "y has shape (3,)"), (ROWS, "y has shape"), ("a", "y is 'a'")]
            ),
            *each(
                "y",
                [(TARGET * 1j, "real numbers"), (None, "y is None"), (TARGET * np.nan, "y cont")],
            ),
            *each(
                "X_unlabeled", [(TARGET, "X_unlabeled must be two"), ("a", "X_unlabeled must be")]
            ),
        ],
    ),
    "SampleProblem.equivalent": (
        SAMPLE.equivalent,
        {"feature_map": np.asarray},
        [
            *each(
                "feature_map",
                [(StandardScaler(), "transform method"), (None, "feature_map is None")],
            ),
            *each("feature_map", [("relu", "feature_map is 'relu'"), (ROWS, "of type ndarray")]),
            *each(
                "feature_map",
                [(lambda X: None, "is None"), (lambda X: X[:-1], "one row of features")],
            ),
            *each(
                "feature_map",
                [(lambda X: X[:, 0], "one row"), (lambda X: X * np.nan, "contains nan")],
            ),
            *each("feature_map", [(lambda X: X * 1j, "real numbers"), (lambda X: "a", "is 'a'")]),
        ],
    ),
    "SingleIndexProblem": (
        SingleIndexProblem,
        {"direction": np.ones(3)},
        [
            *each(
                "direction",
                [("a", "direction is 'a'"), (1.0, "direction must have shape"), ([], "shape")],
            ),
            *each(
                "direction",
                [(np.eye(3), "direction must"), (np.array([1j]), "real"), (None, "None")],
            ),
            *each("link", [("cube", "link='cube' is unknown"), (None, "link=None"), (3, "link=3")]),
            *each(
                "link", [(lambda z: z[..., :1], "elementwise"), (lambda z: 1j * z, "must be real")]
            ),
            *each(
                "link",
                [(lambda z: z * np.nan, "finite on the whole line"), (["relu"], "link=['relu']")],
            ),
            *each("noise_variance", [*NO_NUMBER, (-1.0, "noise_variance is -1")]),
            *each(
                "covariance", [(np.ones(2), "shape (2,)"), ([1, 1, -1], "is -1"), ("a", "is 'a'")]
            ),
            *each("covariance", [(np.ones(3) * 1j, "real numbers")]),
        ],
    ),
    "SingleIndexProblem.sample": (
        SINGLE.sample,
        {"n_samples": 2},
        [*each("n_samples", NO_COUNT), *each("random_state", NO_SEED)],
    ),
    "SingleIndexProblem.equivalent": (
        SINGLE.equivalent,
        {"weights": np.eye(3)},
        [
            *each("weights", [(np.ones(3), "weights must have shape"), ("a", "weights is 'a'")]),
            *each("weights", [(np.ones((3, 2)), "weights must have shape (n_components, 3)")]),
            *each(
                "weights", [(np.eye(3) * 1j, "real numbers"), (np.eye(3) * np.nan, "contains nan")]
            ),
            *each(
                "weights", [(None, "weights is None"), (np.ones((0, 3)), "at least one of each")]
            ),
            *each(
                "activation", [("gelu", "activation='gelu' is unknown"), (None, "activation=None")]
            ),
            *each("offset", [(np.ones(2), "offset has shape (2,)"), ("a", "offset is 'a'")]),
            *each("offset", [(np.ones(3), "activation='relu' with an offset")]),
        ],
    ),
    "SingleIndexProblem.equivalent_by_norm": (
        SINGLE.equivalent_by_norm,
        {"weights": np.eye(3)},
        [
            *each("weights", [(np.ones(3), "weights must have shape"), ("a", "weights is 'a'")]),
            *each("weights", [(np.ones((3, 2)), "weights must have shape (n_components, 3)")]),
            *each("weights", [(np.eye(3) * 1j, "real numbers"), (None, "weights is None")]),
            *each(
                "activation", [("gelu", "activation='gelu' is unknown"), (None, "activation=None")]
            ),
            *each("offset", [(np.ones(2), "offset has shape (2,)"), ("a", "offset is 'a'")]),
            *each("offset", [(np.ones(3), "activation='relu' with an offset")]),
        ],
    ),
    "BinaryProblem": (
        BinaryProblem,
        {"covariance": np.ones(3), "direction": np.ones(3)},
        [
            *each("covariance", [(np.ones((3, 2)), "covariance has shape"), ("a", "is 'a'")]),
            *each("direction", NO_VECTOR),
            *each("direction", [SHAPES[0]]),
            *each("link", [("relu", "link is 'relu': give one of"), (None, "link is None")]),
            *each(
                "link",
                [
                    (np.sin, "it must return probabilities"),
                    (lambda a: a + np.nan, "NaN or infinity"),
                ],
            ),
            *each("noise", [(-1, "noise is -1"), (1.0, 'only link="probit"'), ("1", "is '1'")]),
            *each("flip", [(-0.1, "flip is -0.1"), (1.1, "flip is 1.1"), (None, "flip is None")]),
            *each("offset", NO_NUMBER),
        ],
    ),
    "BinaryProblem.sample": (
        BINARY.sample,
        {"n_samples": 2},
        [*each("n_samples", NO_COUNT), *each("random_state", NO_SEED)],
    ),
    "BinaryProblem.risk": (BINARY.risk, {"coef": np.ones(3)}, MODEL_OF_CLASSES),
    "BinaryProblem.risk_of": (BINARY.risk_of, OVERLAPS, BAD_OVERLAPS),
    "BinaryProblem.scaled": (
        BINARY.scaled,
        {"scale": np.ones(3)},
        [
            *each("scale", NO_VECTOR),
            *each("scale", [SHAPES[0], ([1, 0, 1], "scale has a 0")]),
            *each("shift", [SHAPES[0], ("a", "shift is 'a'"), (np.nan, "shift contains nan")]),
        ],
    ),
    "BinaryProblem.equivalent": (
        BINARY.equivalent,
        {"weights": np.eye(3)},
        [
            *each("weights", [(np.ones(3), "weights must have shape"), ("a", "weights is 'a'")]),
            *each("weights", [(np.ones((3, 2)), "weights must have shape (n_components, 3)")]),
            *each("weights", [(np.eye(3) * np.nan, "contains nan"), (None, "weights is None")]),
            *each("activation", [("gelu", "activation='gelu'"), (None, "activation=None")]),
            *each("offset", [(np.ones(2), "offset has shape (2,)"), ("a", "offset is 'a'")]),
        ],
    ),
    "GaussianMixtureProblem": (
        GaussianMixtureProblem,
        {"covariance": np.ones(3), "mean": np.ones(3)},
        [
            *each("covariance", [(np.ones((3, 2)), "covariance has shape"), ("a", "is 'a'")]),
            *each("mean", NO_VECTOR),
            *each("mean", [SHAPES[0]]),
            *each("prior", NO_NUMBER),
            *each("prior", [(0.0, "prior is 0"), (1, "prior is 1")]),
        ],
    ),
    "GaussianMixtureProblem.sample": (
        MIXTURE.sample,
        {"n_samples": 2},
        [*each("n_samples", NO_COUNT), *each("random_state", NO_SEED)],
    ),
    "GaussianMixtureProblem.risk": (MIXTURE.risk, {"coef": np.ones(3)}, MODEL_OF_CLASSES),
    "GaussianMixtureProblem.risk_of": (MIXTURE.risk_of, OVERLAPS, BAD_OVERLAPS),
    "GaussianMixtureProblem.scaled": (
        MIXTURE.scaled,
        {"scale": np.ones(3)},
        [*each("scale", NO_VECTOR), *each("scale", SHAPES)],
    ),
    "SoftThreshold": (SoftThreshold, {"threshold": 1.0}, bad_lengths("threshold")),
    "SoftThreshold.__call__": (SoftThreshold(1.0), {"coef": np.ones(3)}, each("coef", NO_VECTOR)),
    "SoftThreshold.moments": (SoftThreshold(1.0).moments, LAW, bad_laws()),
    "UniformQuantizer": (UniformQuantizer, {"step": 1.0}, bad_lengths("step")),
    "UniformQuantizer.__call__": (
        UniformQuantizer(1.0),
        {"coef": np.ones(3)},
        each("coef", NO_VECTOR),
    ),
    "UniformQuantizer.moments": (UniformQuantizer(1.0).moments, LAW, bad_laws()),
    "TheoreticalRisk": (
        TheoreticalRisk,
        {"problem": LINEAR},
        [
            *each("problem", [(None, "problem is None"), (np.eye(3), "of sklearn_prune.theory")]),
            *each(
                "problem", [(LinearGaussianProblem, "of sklearn_prune.theory"), (3, "problem is 3")]
            ),
            *each("metric", [("accuracy", "metric is 'accuracy'"), ("zero_one", "need classes")]),
            *each("n_samples", [bad for bad in NO_COUNT if bad[0] is not None]),
            *each("finite_n", NOT_BOOL),
            *each(
                "n_draws", [(3, "n_draws is 3"), (4.0, "n_draws is 4.0"), (None, "n_draws is None")]
            ),
            *each("random_state", NO_SEED),
            *each("by_norm", [*NOT_BOOL, (True, "by_norm=True is for a SingleIndexProblem")]),
        ],
    ),
    "TheoreticalRisk.from_data": (
        TheoreticalRisk.from_data,
        {"X": ROWS, "y": TARGET + NOISE},
        [
            *each("X", NO_TABLE),
            *each("y", [(TARGET[:5], "y has shape (5,)"), (None, "y is None"), (3, "y has shape")]),
            *each("tolerance", [(0, "tolerance is 0"), ("1", "is '1'"), (None, "is None")]),
            *each("n_samples", [bad for bad in NO_COUNT if bad[0] is not None]),
            *each("finite_n", NOT_BOOL),
            *each("n_draws", [(3, "n_draws is 3"), (4.0, "n_draws is 4.0")]),
            *each("random_state", NO_SEED),
        ],
    ),
    "TheoreticalRisk.__call__": (
        TheoreticalRisk(LINEAR),
        {"estimator": MODEL},
        [
            *each(
                "estimator", [(None, "estimator is None"), (3, "estimator is 3"), ("a", "is 'a'")]
            ),
            *each("estimator", [(MinNormRegressor, "give a fitted regressor")]),
            *each(
                "estimator",
                [(MinNormRegressor(), "not fitted"), (StandardScaler().fit(ROWS), "as a model")],
            ),
            *each("estimator", [(Lasso().fit(ROWS, TARGET), "Lasso() as a model")]),
            *each("estimator", [(MinNormRegressor().fit(ROWS, ROWS), "several outputs")]),
            *each(
                "estimator", [(MinNormRegressor().fit(ROWS[:, :2], TARGET), "fitted to 2 features")]
            ),
            *each(
                "estimator",
                [(PrunedRegressor(lambda b, X, y: b**2, 2).fit(ROWS, TARGET), "strategy=<")],
            ),
            *each(
                "estimator", [(make_pipeline(PCA(), MODEL).fit(ROWS, TARGET), "no moments of PCA")]
            ),
            *each(
                "estimator",
                [(make_pipeline(MinMaxScaler(clip=True), MODEL).fit(ROWS, TARGET), "clip=False")],
            ),
        ],
    ),
}


def public_callables():
    """Yield the names of what a user may call with arguments."""
    public = {name: getattr(sklearn_prune.theory, name) for name in sklearn_prune.theory.__all__}
    for name, thing in (public | {"TheoreticalRisk": TheoreticalRisk}).items():
        yield name
        for method in dir(thing) if isinstance(thing, type) else ():
            named = not method.startswith("_")
            called = method == "__call__" and any(method in vars(k) for k in thing.__mro__)
            if (named or called) and callable(getattr(thing, method)):
                parameters = dict(inspect.signature(getattr(thing, method)).parameters)
                parameters.pop("self", None)
                if parameters:
                    yield f"{name}.{method}"


def test_every_public_callable_has_rows():
    assert sorted(public_callables()) == sorted(TABLE)
    assert min(len(rows) for *_, rows in TABLE.values()) >= 8


@pytest.mark.parametrize("name", TABLE)
def test_every_argument_has_rows(name):
    call, _, rows = TABLE[name]
    parameters = inspect.signature(call).parameters.values()
    wanted = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} - {"X", "y"}
    assert wanted <= {name for options, _ in rows for name in options}


@pytest.mark.parametrize("name", TABLE)
def test_the_call_without_fault(name):
    call, valid, _ = TABLE[name]
    call(**valid)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("name", "options", "message"),
    [(name, *row) for name, (*_, rows) in TABLE.items() for row in rows],
    ids=lambda part: part if isinstance(part, str) else ",".join(part),
)
def test_bad_arguments(name, options, message):
    call, valid, _ = TABLE[name]
    with pytest.raises((ValueError, TypeError)) as caught:
        call(**valid | options)
    said = str(caught.value)
    assert any(text in said for text in message.split("|")), said
    assert "\n" not in said
    assert len(said) < 300


def test_flags_of_numpy():
    yes, no = np.True_, np.False_
    risk = predict_risk(LINEAR, 9, fit_intercept=yes, finite_n=no, return_std_error=yes)
    assert risk == predict_risk(LINEAR, 9, fit_intercept=True, return_std_error=True)
    assert TheoreticalRisk(LINEAR, n_samples=np.int64(9), finite_n=yes).finite_n is True
