import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import accuracy_score
from sklearn.utils.estimator_checks import parametrize_with_checks
from skorch.callbacks import EpochScoring
from skorch.dataset import ValidSplit
from torch import nn

from sklearn_prune.neural import PrunedNetClassifier

TRAINABLE = PrunedNetClassifier(sparsity=0.5, max_epochs=20, lr=0.02, random_state=0)


def expected_failures(estimator):
    return {"check_no_attributes_set_in_init": "skorch keeps its state from __init__ on"}


@pytest.mark.filterwarnings("ignore:.*set_params")  # of skorch, which checks at once
@pytest.mark.filterwarnings("ignore:.*no better than guessing")  # of few rows, and of noise
@pytest.mark.filterwarnings("ignore:Nothing is left")  # of one class, whose loss has no gradient
@parametrize_with_checks([TRAINABLE], expected_failed_checks=expected_failures)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def net(digits):
    X, y = digits
    return PrunedNetClassifier(sparsity=600, module__width=16, random_state=0).fit(X, y)


def test_probabilities(net, digits):
    X, y = digits
    probabilities = net.predict_proba(X)
    assert probabilities.shape == (300, 10)
    assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert_array_equal(net.predict(X), probabilities.argmax(axis=1))
    assert net.score(X, y) == accuracy_score(y, net.predict(X)) > 0.8


@pytest.mark.parametrize("labels", [np.array(list("jihgfedcba")), np.arange(10) * 3 - 7])
def test_labels_of_any_type(net, digits, labels):
    X, y = digits
    other = PrunedNetClassifier(**net.get_params(deep=False)).fit(X, labels[y])
    assert_array_equal(other.classes_, np.sort(labels))
    assert other.predict(X).dtype == labels.dtype
    assert other.score(X, labels[y]) > 0.8


def test_classes_that_the_data_lack(digits):
    X, y = digits
    few = y < 5
    classes = [9, 4, 0, 1, 2, 3]
    net = PrunedNetClassifier(classes=classes, max_epochs=30, lr=0.01, random_state=0, sparsity=0.5)
    net.fit(X[few], y[few])
    assert_array_equal(net.classes_, classes)
    assert net.module_.last.out_features == 6
    assert net.score(X[few], y[few]) > 0.8
    with pytest.raises(ValueError, match=r"y has the labels \[5, 6, 7, 8\], but the classes are"):
        net.fit(X, y)
    with pytest.raises(AttributeError, match="The classes are not known: fit the net"):
        _ = PrunedNetClassifier().classes_


def test_classes_of_partial_fit(digits):
    X, y = digits
    net = PrunedNetClassifier(max_epochs=1, random_state=0)
    net.partial_fit(X[:50], y[:50] % 2, classes=[0, 1, 2])
    net.partial_fit(X[50:], y[50:] % 3)
    assert net.predict_proba(X).shape == (300, 3)
    assert len(net.history) == 2


def test_callbacks_score_labels_of_any_type(digits):
    X, y = digits
    labels = np.array(list("abcdefghij"))
    callbacks = [
        EpochScoring("accuracy", name="train_acc", on_train=True),
        EpochScoring("f1_macro", use_caching=False),
        EpochScoring("neg_log_loss"),
    ]
    params = {"max_epochs": 3, "random_state": 0, "lr": 0.01, "scope": "layer"}
    split = ValidSplit(5, stratified=True)
    net = PrunedNetClassifier(callbacks=callbacks, train_split=split, **params)
    net.fit(X, labels[y])
    columns = ("valid_acc", "train_acc", "f1_macro", "neg_log_loss", "valid_loss")
    scores = np.array([[row[name] for name in columns] for row in net.history])
    assert scores.shape == (6, 5)
    assert_allclose(scores[:, 3], -scores[:, 4], rtol=1e-3)
    assert 0.1 < scores[2, 0] < 1
    net.set_params(callbacks=callbacks).fit(X, y)
    again = np.array([[row[name] for name in columns] for row in net.history])
    assert_array_equal(scores, again)


def test_criteria_of_probabilities(digits):
    class Probabilities(nn.Sequential):
        def __init__(self, n_inputs, n_classes):
            super().__init__(nn.Linear(n_inputs, n_classes), nn.Softmax(dim=-1))

    X, y = digits
    net = PrunedNetClassifier(
        Probabilities,
        criterion=nn.NLLLoss,
        strategy="hessian",
        sparsity=0.5,
        max_epochs=10,
        lr=0.02,
        random_state=0,
    ).fit(X, y)
    assert_allclose(net.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    assert net.score(X, y) > 0.8


def test_continuous_targets_are_refused(digits):
    with pytest.raises(ValueError, match="Unknown label type"):
        PrunedNetClassifier().fit(digits[0], digits[1] + 0.5)
