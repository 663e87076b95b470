import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from sklearn_prune import PrunedClassifier, pruning_path

LOGISTIC = LogisticRegression(tol=1e-12, max_iter=10_000, solver="newton-cholesky")
MODELS = {"least squares": None, "ridge": RidgeClassifier(1.0), "logistic": LOGISTIC}
RETRAINS = [False, True, "distill", "distill-labels"]
LABELS = np.array(["no", "yes", "perhaps"])


def make_data(shape=(60, 12), *, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape) + 0.5
    scores = X[:, :n_classes] @ rng.standard_normal((n_classes, n_classes))
    scores += rng.gumbel(size=scores.shape)
    return X, LABELS[scores.argmax(axis=1)]


def assert_path_is_refits(X, y, *, sample_weight=None, X_unlabeled=None, **params):
    """Compare every model of a path with the classifier that is fitted at its sparsity."""
    fit_params = {"sample_weight": sample_weight, "X_unlabeled": X_unlabeled}
    sparsities = params.pop("sparsities", [1, 4, 9])
    path = pruning_path(X, y, sparsities=sparsities, classification=True, **fit_params, **params)
    predictions, decisions = path.predict(X), path.decision_function(X)
    for k, size in enumerate(path.sparsities):
        model = PrunedClassifier(sparsity=int(size), **params).fit(X, y, **fit_params)
        assert_array_equal(path.support(k), model.get_support(indices=True))
        scale = np.abs(model.coef_).max()
        assert path.coef(k).shape == model.coef_.shape
        assert_allclose(path.coef(k), model.coef_, rtol=1e-8, atol=1e-8 * scale)
        intercept = np.atleast_1d(path.intercepts[k])
        assert_allclose(intercept, model.intercept_, rtol=1e-8, atol=1e-8 * scale)
        expected = model.decision_function(X)
        assert_allclose(decisions[:, k], expected, rtol=1e-8, atol=1e-8 * np.abs(expected).max())
        assert_array_equal(predictions[:, k], model.predict(X))
        accuracy = model.score(X, y, sample_weight)
        assert_allclose(path.train_error_rate[k], 1 - accuracy, atol=1e-12)
    assert_array_equal(path.classes, model.classes_)
    return path


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("retrain", RETRAINS)
@pytest.mark.parametrize("estimator", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("kind", ["dense", "sparse", "weighted"])
def test_every_model_is_the_refitted_one(n_classes, retrain, estimator, kind):
    X, y = make_data(n_classes=n_classes)
    rng = np.random.default_rng(1)
    weights = rng.choice([0, 0.5, 1, 2], len(y)) if kind == "weighted" else None
    if kind == "sparse":
        X = sparse.csr_array(np.where(X > 0, X, 0))
    unlabeled = rng.standard_normal((30, 12))
    path = assert_path_is_refits(
        X, y, sample_weight=weights, X_unlabeled=unlabeled, retrain=retrain, estimator=estimator
    )
    assert (path.train_mse is None) == (estimator is not None)
