import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

from sklearn_prune.neural import PrunedNetRegressor

TRAINABLE = PrunedNetRegressor(sparsity=0.5, max_epochs=20, lr=0.02, random_state=0)


def expected_failures(estimator):
    return {
        "check_no_attributes_set_in_init": "skorch keeps its state from __init__ on",
        "check_regressor_multioutput": "predictions are in single precision",
        "check_regressors_no_decision_function": "all nets of skorch have predict_proba",
    }


@pytest.mark.filterwarnings("ignore:.*set_params")  # of skorch, which checks at once
@pytest.mark.filterwarnings("ignore:.*no better than guessing")  # of few rows, and of noise
@parametrize_with_checks([TRAINABLE], expected_failed_checks=expected_failures)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def net(diabetes):
    X, y = diabetes
    return PrunedNetRegressor(
        sparsity=60, scope="layer", max_epochs=30, lr=0.01, random_state=0
    ).fit(X, y)


def test_score_is_that_of_a_vector_of_targets(net, diabetes):
    X, y = diabetes
    assert net.predict(X).shape == y.shape
    assert net.score(X, y) == r2_score(y, net.predict(X)) > 0.4
    assert sum(net.n_kept_.values()) == 60


def test_targets_of_one_column_give_the_same_net(net, diabetes):
    X, y = diabetes
    column = PrunedNetRegressor(**net.get_params(deep=False)).fit(X, y[:, None])
    assert column.predict(X).shape == (442, 1)
    assert_array_equal(column.predict(X).ravel(), net.predict(X))


def test_several_targets(diabetes):
    X, y = diabetes
    Y = np.column_stack([y, -y, X[:, 0]])
    net = PrunedNetRegressor(sparsity=0.5, max_epochs=30, lr=0.01, random_state=0).fit(X, Y)
    assert net.module_.last.out_features == 3
    assert net.predict(X).shape == Y.shape
    assert (r2_score(Y, net.predict(X), multioutput="raw_values") > 0.4).all()


class Flat(nn.Linear):
    """A linear model whose outputs have one dimension."""

    def __init__(self, n_inputs):
        super().__init__(n_inputs, 1)

    def forward(self, X):
        return super().forward(X).squeeze(1)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
def test_outputs_of_one_dimension_are_not_broadcast(diabetes, strategy):
    X, y = diabetes
    net = PrunedNetRegressor(
        Flat, strategy=strategy, sparsity=1.0, max_epochs=100, lr=0.02, random_state=0
    ).fit(X, y)
    assert_allclose(net.score(X, y), LinearRegression().fit(X, y).score(X, y), atol=0.01)


def test_nets_of_too_many_outputs_are_refused(diabetes):
    with pytest.raises(
        ValueError, match=r"The net returns outputs of shape \(128, 2\) for targets"
    ):
        PrunedNetRegressor(module__n_classes=2).fit(*diabetes)


def test_other_losses(net, diabetes):
    X, y = diabetes
    other = PrunedNetRegressor(**net.get_params(deep=False))
    other.set_params(criterion=nn.HuberLoss, criterion__delta=0.5).fit(X, y)
    assert other.score(X, y) > 0.4
    assert not np.allclose(other.predict(X), net.predict(X))


def test_targets_as_a_tensor(net, diabetes):
    X, y = (torch.tensor(a) for a in diabetes)
    other = PrunedNetRegressor(**net.get_params(deep=False)).fit(X, y)
    assert_array_equal(other.predict(X), net.predict(X))
