import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_prune._report.comparison import trained_model
from sklearn_prune._report.comparison.trained_model import (
    Model,
    Predictor,
    predict_one_by_one,
    predict_together,
)

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("together", [1, 5, 100])
@pytest.mark.parametrize("n_targets", [1, 3])
def test_predictions_together_are_those_one_by_one(monkeypatch, together, n_targets):
    monkeypatch.setattr(trained_model, "TOGETHER", together)
    columns = np.array([4, 0, 7])
    coef, offset = RNG.standard_normal((5, n_targets)), RNG.standard_normal(n_targets)
    predictors = [
        Predictor(slice(5), coef),
        Predictor(columns, coef[:3]),
        Predictor(columns, coef[2:], RNG.standard_normal(3), offset),
    ]
    models = [Model("", "", "", 8, 3, 0.0, 0.0, predict, 0.0) for predict in predictors]
    G = RNG.standard_normal((20, 8))
    found = list(predict_together(models, G))
    assert_allclose(found, list(predict_one_by_one(models, G)), rtol=1e-12, atol=1e-14)
    assert_allclose(found[2], (G[:, columns] - predictors[2].mean) @ coef[2:] + offset)
