"""Text labels given to regressors: the error names the classifier."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune import (
    MinNormRegressor,
    PrunedRandomFeatures,
    PrunedRegressor,
    PrunedRegressorCV,
    TargetedRidge,
    pruning_path,
)

X = np.random.default_rng(0).standard_normal((12, 3))
LABELS = np.array(["ham", "spam"] * 6)
CLASSIFIERS = {
    PrunedRegressor: "PrunedClassifier",
    PrunedRegressorCV: "PrunedClassifierCV",
    PrunedRandomFeatures: "PrunedRandomFeaturesClassifier",
    MinNormRegressor: "PrunedClassifier",
    TargetedRidge: "PrunedClassifier",
}


@pytest.mark.parametrize("regressor", CLASSIFIERS)
@pytest.mark.parametrize(
    "kind", [np.array, list, pd.Series, pd.Categorical, lambda y: np.array(y, dtype=object)]
)
def test_labels_name_the_classifier(regressor, kind):
    message = f"^y has labels, such as 'ham': use {CLASSIFIERS[regressor]} for classes, or give"
    with pytest.raises(ValueError, match=message):
        regressor().fit(X, kind(LABELS))


def test_a_label_among_numbers():
    y = [1.0, "2", *["many"] * 10]
    with pytest.raises(ValueError, match=r"^y has labels, such as 'many': use PrunedClassifier "):
        PrunedRegressor().fit(X, y)
    with pytest.raises(
        ValueError, match=r"^y has labels, such as 'many': give classification=True"
    ):
        pruning_path(X, np.array(y, dtype=object))


def test_a_subclass_has_the_classifier_of_its_class():
    class Mine(PrunedRegressorCV):
        pass

    with pytest.raises(ValueError, match="use PrunedClassifierCV for classes"):
        Mine().fit(X, LABELS)


@pytest.mark.parametrize("dtype", [str, object])
def test_numbers_that_are_written_as_text_are_numbers(dtype):
    y = np.arange(12.0)
    model = PrunedRegressor().fit(X, y.astype(str).astype(dtype))
    assert_array_equal(model.coef_, PrunedRegressor().fit(X, y).coef_)


def test_other_errors_are_as_they_were():
    with pytest.raises(ValueError, match="Input X contains NaN"):
        PrunedRegressor().fit(np.full((12, 3), np.nan), np.arange(12.0))
    with pytest.raises(ValueError, match="requires y to be passed"):
        PrunedRegressor().fit(X, None)
