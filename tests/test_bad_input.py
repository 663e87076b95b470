"""Every public name of the linear part refuses bad input in words."""

import inspect
import os
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import sklearn_prune
from sklearn_prune import (
    DoubleDescentDisplay,
    MinNormRegressor,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRandomFeatures,
    PrunedRandomFeaturesClassifier,
    PrunedRegressor,
    PrunedRegressorCV,
    PruningPath,
    PruningPathDisplay,
    RandomFeatures,
    TargetedRidge,
    pruning_path,
    report,
    stability_path,
    width_path,
)

mpl.use("agg")
RNG = np.random.default_rng(0)
X, y = RNG.standard_normal((30, 6)), RNG.standard_normal(30)
LABELS = np.where(y > 0, "up", "down")
NAN = np.where(np.arange(6) == 2, np.nan, X)
DATES = np.arange(30).astype("datetime64[D]")
PIPELINE = make_pipeline(RandomFeatures(random_state=0), PrunedRegressor())

# What every fit refuses: data and weights.
DATA = [
    ({"X": NAN}, "contains NaN"),
    ({"X": X[:, :0]}, "0 feature"),
    ({"X": X[0]}, "Expected 2D array"),
    ({"X": X + 1j}, "Complex data not supported"),
    ({"y": y[:7]}, "inconsistent numbers of samples"),
    ({"y": y + 1j}, "Complex data not supported"),
    ({"y": np.full(30, np.inf)}, "infinity"),
    ({"y": DATES}, r"y is of dtype datetime64\[D\]: give an array of numbers"),
    ({"y": sparse.csr_array(y[:, np.newaxis])}, "y is sparse: give an array of numbers"),
    ({"y": list("ab" * 15)}, r"such as 'a': (use \w+ for classes|give classification=True)"),
    ({"sample_weight": np.ones(3)}, r"sample_weight has shape \(3,\)"),
    ({"sample_weight": -np.ones(30)}, "Negative values"),
    ({"sample_weight": np.zeros(30)}, "sample_weight is zero for every sample"),
    ({"sample_weight": "heavy"}, "could not convert"),
]
CLASSES = [
    *(case for case in DATA if "y" not in case[0]),
    ({"y": LABELS[:7]}, "inconsistent numbers of samples"),
    ({"y": y}, "Unknown label type: continuous.* use PrunedRegressor"),
    ({"y": LABELS == "sideways"}, "y is of one class only, False"),
    ({"y": np.arange(30)}, "y has 30 classes, one for each sample"),
    ({"y": np.where(y > 0, np.nan, 1)}, "NaN"),
    ({"y": np.column_stack([LABELS, LABELS])}, "1d array"),
    ({"class_weight": "heavy"}, "class_weight"),
    ({"class_weight": {"left": 2}}, "not in class_weight"),
    ({"estimator": DecisionTreeClassifier()}, "DecisionTreeClassifier has no coef_"),
    ({"estimator": 3}, "estimator is 3"),
]
PRUNED = [
    ({"strategy": "largest"}, "strategy is 'largest'"),
    ({"strategy": 3}, "strategy is 3"),
    ({"strategy": "oracle"}, "needs the true importance"),
    ({"strategy": "oracle", "saliency": 3}, r"saliency has shape \(\): give an array"),
    ({"strategy": "oracle", "saliency": np.ones(5)}, r"saliency has shape \(5,\)"),
    ({"strategy": lambda coef, X, y: "no"}, "dtype"),
    ({"strategy": lambda coef, X, y: coef * 1j}, "give real ones"),
    ({"strategy": lambda coef, X, y: coef[:2]}, "give one for each of 6 features"),
    ({"strategy": lambda coef, X, y: coef * np.nan}, "must be finite"),
    ({"retrain": "yes"}, "retrain is 'yes'"),
    ({"retrain": Ridge}, "retrain is <class"),
    ({"retrain": "distill"}, "needs unlabelled samples"),
]
SELECTION = [
    ({"sparsity_unit": "euros"}, "sparsity_unit is 'euros': give one of 'groups', 'columns', 'c"),
    ({"sparsity_unit": None}, "sparsity_unit is None: give one of"),
    ({"feature_groups": [0, 1]}, "feature_groups has 2 labels, and X has 6 columns"),
    ({"feature_groups": [[0, 1], [1, 2]]}, "column 1 in list 0 and in list 1"),
    ({"feature_groups": [["a", "b"]]}, "feature_groups names column 'a', and X has no names"),
    ({"feature_groups": [0, 0, None, 1, 1, 1]}, "the label None of column 2: give it a group"),
    ({"feature_groups": str.upper}, "a function of the names of columns, and X has none"),
    ({"feature_groups": 3}, "feature_groups is 3: give a list"),
    ({"always_keep": [6]}, "always_keep has column 6: give positions from 0 to 5"),
    ({"always_keep": ["a"]}, "always_keep names column 'a', and X has no names"),
    ({"always_keep": [True, False]}, "always_keep is a mask of 2 columns, and X has 6"),
    ({"always_keep": [1, 1]}, "always_keep has column 1 twice"),
    ({"feature_costs": 0}, "feature_costs has the price 0 of column 0: give positive prices"),
    ({"feature_costs": {2: -1}}, "feature_costs has the price -1 of column 2"),
    ({"feature_costs": {7: 1}}, "feature_costs has column 7: give positions"),
    ({"feature_costs": [1, 2]}, r"feature_costs has shape \(2,\)"),
    ({"feature_costs": np.nan}, "feature_costs contains NaN"),
    ({"feature_costs": np.inf}, "feature_costs contains infinity"),
    (
        {"strategy": lambda coef, X, y: -np.ones(len(coef)), "feature_costs": 2},
        "The score of feature 0 is -1: with feature_costs",
    ),
    (
        {"strategy": lambda coef, X, y: -np.ones(6), "feature_groups": [[0, 1]]},
        "The score of a feature in a group is -1: give scores of at least 0",
    ),
]
LESS = [
    ({"always_keep": [1, 2, 3]}, 2, r"what is always kept counts 3 of it \(groups\)"),
    ({"sparsity_unit": "columns", "feature_groups": [0] * 6}, 2, "less than the 6 that the best"),
    ({"sparsity_unit": "cost", "feature_costs": 3.0}, 2, "less than the 3 that the best group"),
    ({"sparsity_unit": "cost", "feature_costs": 3.0}, 18.5, "give the total price to keep, up to"),
    ({"sparsity_unit": "cost"}, 0, "give the total price to keep, up to 6"),
    ({"sparsity_unit": "columns"}, 7, "sparsity is 7: give the number of"),
    ({"feature_groups": [0, 0, 0, 1, 1, 1]}, 3, "the number of groups to KEEP, an int from 1 to 2"),
]
LESS_KEPT = [({**rule, "sparsity": size}, message) for rule, size, message in LESS]
LESS_ALONG = [({**rule, "sparsities": [size]}, message) for rule, size, message in LESS]
UNCOUNTED = [({"sparsity_unit": "columns", "feature_groups": [0] * 6}, "say which sparsities")]
ROUNDS = [
    ({"n_rounds": 0}, "n_rounds is 0"),
    ({"n_rounds": 1.5}, "n_rounds is 1.5"),
    ({"n_rounds": True}, "n_rounds is True"),
    ({"n_rounds": 10**6}, "n_rounds is 1000000, but there are only 6 features"),
]
REGRESSORS = [
    ({"estimator": LogisticRegression()}, "is a classifier"),
    ({"estimator": 3}, "estimator is 3: give a linear regressor"),
    ({"estimator": MinNormRegressor(fit_intercept="no")}, "fit_intercept is 'no'"),
]
PATHS_OF_CLASSES = [
    ({"classification": "no"}, "classification is 'no': give True or False"),
    ({"classification": True}, "Unknown label type: continuous.* use PrunedRegressor"),
    ({"classification": True, "y": LABELS, "class_weight": "heavy"}, "class_weight"),
    ({"classification": True, "y": LABELS, "retrain": "distill-labels"}, "unlabelled samples"),
    ({"class_weight": "balanced"}, "class_weight is 'balanced': give classification=True"),
    ({"y": LABELS}, "y is labels, such as '.*': give classification=True"),
    ({"y": LABELS == "up"}, "y is labels, such as (True|False): give classification=True"),
    ({"retrain": LogisticRegression()}, "is a classifier: give classification=True"),
]
SPARSITY = [
    ({"sparsity": value}, f"sparsity is {value!r}".replace("(", r"\(").replace("[", r"\["))
    for value in (0, 7, 1.5, -0.1, True, "a", None, [1, 2])
]
SPARSITIES = [
    ({"sparsities": []}, "sparsities is empty"),
    ({"sparsities": 5}, "sparsities is 5: give a list"),
    ({"sparsities": [7]}, "sparsity is 7"),
    ({"sparsities": [[1, 2]]}, r"sparsity is \[1, 2\]"),
    ({"sparsities": "12"}, "sparsities is '12': give a list"),
]
LAYER = [
    ({"n_components": 0}, "n_components=0"),
    ({"n_components": 2.5}, "n_components=2.5"),
    ({"activation": "swish"}, "activation='swish'"),
    ({"scale": 0}, "scale=0"),
    ({"scale": "a"}, "scale='a'"),
    ({"weights": "cauchy"}, "weights='cauchy'"),
    ({"bias": "no"}, "bias='no'"),
    ({"bias": True}, "bias=True with activation='relu'"),
    ({"random_state": "a"}, "cannot be used to seed"),
]
PRUNED_LAYER = [
    ({"sparsity": 0}, "sparsity is 0"),
    ({"sparsity": 10**6}, "sparsity is 1000000"),
    ({"strategy": "obs"}, "strategy is 'obs'"),
    ({"strategy": len}, "strategy is <built-in function len>"),
    ({"retrain": "distill"}, "needs predictions of the dense model"),
    ({"retrain": "yes"}, "retrain is 'yes'"),
    ({"fit_intercept": "no"}, "fit_intercept is 'no': give True or False"),
]
WIDTHS = [
    ({"widths": []}, r"widths is \[\]"),
    ({"widths": [7]}, r"widths is \[7\]"),
    ({"widths": [[1]]}, r"widths is \[\[1\]\]"),
    ({"widths": 3}, "widths is 3: give a list"),
    ({"sparsities": 3}, "sparsities is 3: give a list"),
    ({"sparsities": [[1]]}, r"sparsity is \[1\]"),
    ({"sparsities": [1, 0.5]}, "give ints to keep, or else fractions"),
]
FOLDS = [
    ({"cv": "a"}, "Expected `cv` as an integer"),
    ({"cv": []}, r"cv is \[\], which has no folds"),
    ({"cv": [([0, 1], [])]}, "Fold 0 of cv has no rows on one side"),
    ({"cv": [([], [0, 1])]}, "Fold 0 of cv has no rows on one side"),
    ({"cv": [([0, 1, 99], [2])]}, "Fold 0 of cv does not fit X, which has 30 rows"),
    ({"cv": 100}, "n_splits=100"),
]
CV = [
    *FOLDS,
    ({"fit_intercept": "no"}, "fit_intercept is 'no': give True or False"),
    ({"one_standard_error": "a"}, "one_standard_error is 'a': give True or False"),
    ({"alphas": -1}, "alphas"),
    ({"alphas": [[1]]}, "give a list of penalties"),
    ({"alphas": "a"}, "could not convert"),
    ({"scoring": "r3"}, "r3"),
    ({"scoring": lambda *_: "good", "cv": 3}, "it has to return a number"),
    ({"random_state": "a", "strategy": "random"}, "cannot be used to seed"),
    ({"strategy": []}, "strategy is empty"),
]
DISPLAYS = [
    ({"estimator": None}, "estimator is None: give an estimator"),
    ({"estimator": PrunedRegressor}, "give an estimator"),
    ({"estimator": Ridge()}, "stands for no parameter of Ridge"),
    ({"cv": "a"}, "Expected `cv` as an integer"),
    ({"scoring": "r3"}, "r3"),
    ({"quantiles": (0.6, 0.9)}, "quantiles is"),
    ({"sparsity_param": "step__a"}, "stands for no parameter"),
]
PATH = pruning_path(X, y, sparsities=[2, 4])


def fit(cls, y=y):
    """Return a function that splits arguments into parameters and data, and fits."""
    names = inspect.signature(cls).parameters

    def call(X=X, y=y, **arguments):
        params = {name: value for name, value in arguments.items() if name in names}
        data = {name: value for name, value in arguments.items() if name not in names}
        return cls(**params).fit(X, y, **data)

    return call


def draw(cls, **defaults):
    def call(X=X, y=y, **arguments):
        arguments = {"estimator": PIPELINE, "cv": 3, **defaults, **arguments}
        return cls.from_estimator(X=X, y=y, **arguments)

    return call


def of_path(X=X, **_):
    return PATH.predict(X)


CASES = {
    MinNormRegressor: (
        fit(MinNormRegressor),
        [
            *DATA,
            ({"fit_intercept": "no"}, "fit_intercept is 'no': give True or False"),
            ({"fit_intercept": 1}, "fit_intercept is 1: give True or False"),
            ({"copy_X": "no"}, "copy_X is 'no': give True or False"),
            ({"tol": -1}, "tol is -1"),
            ({"tol": "a"}, "tol is 'a'"),
            ({"tol": np.nan}, "tol is nan"),
        ],
    ),
    TargetedRidge: (
        fit(TargetedRidge),
        [
            *(case for case in DATA if "X_unlabeled" not in case[0]),
            ({"fit_intercept": 1}, "fit_intercept is 1: give True or False"),
            ({"alpha": -1}, "alpha is -1: give a finite number of at least 0"),
            ({"alpha": "a"}, "alpha is 'a'"),
            ({"alpha": np.nan}, "alpha is nan"),
            ({"coef_init": np.ones(2)}, r"coef_init has shape \(2,\), but X and y ask for \(6,\)"),
            ({"coef_init": np.full(6, np.inf)}, "coef_init contains infinity"),
        ],
    ),
    PrunedRegressor: (
        fit(PrunedRegressor),
        [*DATA, *PRUNED, *ROUNDS, *REGRESSORS, *SPARSITY, *SELECTION, *LESS_KEPT],
    ),
    PrunedClassifier: (
        fit(PrunedClassifier, LABELS),
        [*CLASSES, *PRUNED, *ROUNDS, *SPARSITY, *SELECTION, *LESS_KEPT],
    ),
    PrunedClassifierCV: (
        fit(PrunedClassifierCV, LABELS),
        [*CLASSES, *PRUNED, *SPARSITIES, *CV, *SELECTION, *LESS_ALONG, *UNCOUNTED],
    ),
    PrunedRegressorCV: (
        fit(PrunedRegressorCV),
        [*DATA, *PRUNED, *SPARSITIES, *CV, *SELECTION, *LESS_ALONG, *UNCOUNTED],
    ),
    pruning_path: (
        lambda X=X, y=y, **arguments: pruning_path(X, y, **arguments),
        [
            *DATA,
            *PRUNED,
            *ROUNDS,
            *REGRESSORS,
            *SPARSITIES,
            *PATHS_OF_CLASSES,
            *SELECTION,
            *LESS_ALONG,
            *UNCOUNTED,
        ],
    ),
    stability_path: (
        lambda X=X, y=y, **arguments: stability_path(X, y, **{"n_pairs": 2, **arguments}),
        [
            *DATA,
            *(case for case in [*PRUNED, *PATHS_OF_CLASSES] if "retrain" not in case[0]),
            *REGRESSORS,
            *SPARSITIES,
            ({"n_pairs": 0}, "n_pairs is 0"),
            ({"n_pairs": 2.5}, "n_pairs is 2.5"),
            ({"threshold": 0}, "threshold is 0"),
            ({"threshold": 75}, "threshold is 75"),
            ({"threshold": "a"}, "threshold is 'a'"),
            ({"random_state": "a"}, "cannot be used to seed"),
            ({"always_keep": [9]}, "always_keep"),
            ({"feature_groups": [0, 1]}, "feature_groups"),
            ({"sparsity_unit": "columns", "feature_costs": 1.0}, "say which sparsities"),
        ],
    ),
    width_path: (
        lambda X=X, y=y, **arguments: width_path(
            X, y, **{"widths": [2, 6], "sparsities": [2], "cv": 3, **arguments}
        ),
        [*DATA, *PRUNED, *FOLDS, *WIDTHS, *REGRESSORS, *PATHS_OF_CLASSES, *SELECTION],
    ),
    RandomFeatures: (
        lambda X=X, y=None, **arguments: RandomFeatures(**arguments).fit(X),
        [*(case for case in DATA if "X" in case[0]), *LAYER],
    ),
    PrunedRandomFeatures: (
        fit(PrunedRandomFeatures),
        [
            *DATA,
            *LAYER,
            *PRUNED_LAYER,
        ],
    ),
    PrunedRandomFeaturesClassifier: (
        fit(PrunedRandomFeaturesClassifier, LABELS),
        [*(case for case in CLASSES if "estimator" not in case[0]), *LAYER, *PRUNED_LAYER],
    ),
    PruningPath: (
        of_path,
        [
            ({"X": NAN}, "contains NaN"),
            ({"X": X[:, :3]}, "X has 3 features, but the path has 6"),
            ({"X": X[0]}, "Expected 2D array"),
            ({"X": X[:0]}, "0 sample"),
            ({"X": X + 1j}, "Complex data not supported"),
            ({"X": X.astype(str).astype(object) + "a"}, "could not convert"),
            ({"X": np.full((2, 6), np.inf)}, "infinity"),
            ({"X": X[np.newaxis]}, "dim 3"),
        ],
    ),
    DoubleDescentDisplay: (
        draw(DoubleDescentDisplay, widths=[4, 20], budgets=[2]),
        [
            *DISPLAYS,
            ({"widths": []}, "widths is"),
            ({"widths": [20, 4]}, "widths is"),
            ({"widths": 3}, "widths is 3: give a list"),
            ({"budgets": [30]}, "budgets is"),
            ({"width_param": "step__a"}, "stands for no parameter"),
        ],
    ),
    PruningPathDisplay: (
        draw(PruningPathDisplay),
        [
            *DISPLAYS,
            ({"sparsities": []}, "sparsities is"),
            ({"sparsities": [4, 2]}, "sparsities is"),
        ],
    ),
    report: (
        lambda X=X, y=y, **arguments: report(X, y, **{"cv": 2, **arguments}),
        [
            ({"X": X[:0], "y": y[:0]}, "no rows"),
            ({"X": X[:, :0]}, "no columns"),
            ({"X": sparse.csr_array(X)}, "X is sparse"),
            ({"X": X + 1j}, "has complex numbers"),
            ({"X": np.where(X[0, 0] == X, np.nan, X)}, "missing values"),
            ({"y": sparse.csr_array(y[:, np.newaxis])}, "y is sparse"),
            ({"y": y[:7]}, "y has 7 values, but X has 30 rows"),
            ({"budgets": 3}, "budget"),
            ({"widths": []}, "width"),
            ({"strategies": ["oracle"]}, "strategy is 'oracle'"),
            ({"cv": 1}, "1 folds"),
            ({"repeats": 0}, "repeats is 0"),
            ({"classification": "no"}, "classification"),
            ({"impute": "yes"}, "impute"),
            ({"n_jobs": 0}, "n_jobs|--n-jobs"),
            ({"random_state": -1}, "seed|random_state"),
        ],
    ),
}
# These only hold results, or are tested with their room.
ELSEWHERE = {
    "Report",
    "RowBatches",
    "StabilityPath",
    "StabilityPathDisplay",
    "TheoreticalRisk",
    "WidthPath",
    "curve_style",
    "one_hot_groups",
    "to_onnx",
}
ROWS = [
    pytest.param(call, arguments, message, id=f"{what.__name__}-{k}")
    for what, (call, rows) in CASES.items()
    for k, (arguments, message) in enumerate(rows)
]


@pytest.mark.parametrize(("call", "arguments", "message"), ROWS)
def test_bad_input(call, arguments, message):
    before = {name: repr(value) for name, value in arguments.items()}
    with pytest.raises((ValueError, TypeError), match=message):
        call(**arguments)
    assert {name: repr(value) for name, value in arguments.items()} == before


def test_every_public_name_has_rows():
    names = {what.__name__ for what in CASES}
    assert names | ELSEWHERE == set(sklearn_prune.__all__)
    assert all(len(rows) >= 8 for _, rows in CASES.values())


def test_a_path_that_is_too_large_is_told(monkeypatch):
    monkeypatch.setattr("sklearn_prune._paths.pruning_path.MOST_BYTES", 200)
    with pytest.raises(ValueError, match="name those that you want as sparsities"):
        pruning_path(X, y, retrain=False)
    assert len(pruning_path(X, y, retrain=False, sparsities=range(1, 7)).sparsities) == 6


def test_groups_reach_the_splitter_through_a_pipeline():
    groups = np.repeat(np.arange(6), 5)
    alone = PrunedRegressorCV(sparsities=[2, 4], cv=GroupKFold(3)).fit(X, y, groups=groups)
    with config_context(enable_metadata_routing=True):
        pipeline = make_pipeline(
            StandardScaler(with_mean=False, with_std=False),
            PrunedRegressorCV(sparsities=[2, 4], cv=GroupKFold(3)),
        ).fit(X, y, groups=groups)
    np.testing.assert_array_equal(
        pipeline[-1].cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )


def test_a_frame_of_another_order_is_refused():
    frame = pd.DataFrame(X, columns=list("abcdef"))
    path = pruning_path(frame, y, sparsities=[2])
    with pytest.raises(ValueError, match="feature names should match"):
        path.predict(frame[list("fedcba")])


TENSORS = """
import numpy as np, torch
from sklearn import config_context
from sklearn_prune import *
rng = np.random.default_rng(0)
X, y = rng.standard_normal((30, 6)), rng.standard_normal(30)
fits = [MinNormRegressor().fit, PrunedRegressor(sparsity=2).fit, PrunedRegressorCV(cv=3).fit,
        PrunedRandomFeatures(50, 3, random_state=0).fit, pruning_path]
with config_context(array_api_dispatch=True):
    for fit in fits:
        model = fit(torch.tensor(X), torch.tensor(y))
        predicted = model.predict(torch.tensor(X))
        assert isinstance(predicted, np.ndarray), type(predicted)
        assert np.array_equal(predicted, fit(X, y).predict(X))
"""


def test_tensors_become_arrays():
    pytest.importorskip("torch")
    environment = os.environ | {"SCIPY_ARRAY_API": "1"}
    subprocess.run([sys.executable, "-c", TENSORS], check=True, env=environment)
