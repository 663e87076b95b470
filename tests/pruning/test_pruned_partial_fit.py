import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import Lasso, Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor

STRATEGIES = ["magnitude", "hessian", "random", "oracle", "obs"]


def batches(model, X, y, weights):
    for i in range(0, len(X), 30):
        model.partial_fit(X[i : i + 30], y[i : i + 30], weights[i : i + 30])
        yield slice(i + 30)


@pytest.mark.filterwarnings("ignore:Rounds from 45 features")
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(
    ("estimator", "retrain"),
    [
        (None, True),
        (None, False),
        (Ridge(3.0), True),
        (None, Ridge(2.0)),
        (MinNormRegressor(fit_intercept=False), Ridge(2.0)),
    ],
)
@pytest.mark.parametrize(("p", "n_targets"), [(8, 0), (45, 2)])
def test_every_batch_leaves_what_fit_to_all_would(rng, strategy, estimator, retrain, p, n_targets):
    X = rng.standard_normal((120, p)) + 5
    y = X[:, :3].sum(axis=1, keepdims=True) + rng.standard_normal((120, max(n_targets, 1)))
    y, weights = y if n_targets else y[:, 0], rng.uniform(0.5, 2, 120)
    model = PrunedRegressor(
        strategy,
        4,
        retrain,
        estimator=estimator,
        saliency=np.arange(p),
        n_rounds=2,
        random_state=0,
    )
    for part in batches(model, X, y, weights):
        whole = clone(model).fit(X[part], y[part], weights[part])
        assert_array_equal(model.support_, whole.support_)
        assert_allclose(model.coef_, whole.coef_, rtol=1e-8, atol=1e-10)
        assert_allclose(model.predict(X), whole.predict(X), rtol=1e-9)
        dense = model.estimator_.predict(X)
        assert_allclose(dense, whole.estimator_.predict(X), rtol=1e-8, atol=1e-8)
        if retrain:
            few = model.retrained_estimator_.predict(model.transform(X))
            assert_allclose(few, model.predict(X), rtol=1e-9)
        assert model.n_samples_fit_ == whole.n_samples_fit_
        assert model.weight_range_ == whole.weight_range_


def test_names_are_those_of_the_first_batch(rng):
    X = pd.DataFrame(rng.standard_normal((40, 3)), columns=["a", "b", "c"])
    y = rng.standard_normal(40)
    model = PrunedRegressor(sparsity=2).partial_fit(X[:20], y[:20]).partial_fit(X[20:], y[20:])
    assert_array_equal(model.feature_names_in_, ["a", "b", "c"])
    with pytest.raises(ValueError, match="feature names"):
        model.partial_fit(X[["b", "a", "c"]], y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"strategy": lambda coef, _X, _y: np.abs(coef)}, "callable strategy needs the rows"),
        ({"retrain": "distill"}, "distill"),
        ({"retrain": Lasso()}, r"Lasso\(\) needs the rows themselves"),
        ({"estimator": Lasso()}, r"Lasso\(\) needs the rows themselves"),
        ({"estimator": Ridge(0)}, r"Ridge\(alpha=0\) needs the rows"),
    ],
)
def test_what_needs_the_rows_is_refused(rng, parameters, message):
    model = PrunedRegressor(sparsity=1, **parameters)
    assert not hasattr(model, "partial_fit")
    before = dict(vars(model))
    with pytest.raises(ValueError, match=message):
        model.partial_fit(rng.standard_normal((20, 3)), rng.standard_normal(20))
    assert vars(model) == before


def test_a_wrong_parameter_is_for_the_fit_to_tell(rng):
    model = PrunedRegressor("best")
    assert hasattr(model, "partial_fit")
    with pytest.raises(ValueError, match="strategy is 'best'"):
        model.partial_fit(rng.standard_normal((20, 3)), rng.standard_normal(20))
