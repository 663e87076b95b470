"""The scorer of theoretical errors, for classifiers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler, StandardScaler
from sklearn.svm import LinearSVC

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedRegressor,
    RandomFeatures,
    TheoreticalRisk,
)
from sklearn_prune._theoretical_risk.fitted_model import read_plan
from sklearn_prune.theory import (
    BinaryProblem,
    GaussianMixtureProblem,
    LinearGaussianProblem,
    predict_risk,
)

N, P = 60, 25
COEF = np.linspace(1, 0, P) / 3
BINARY = BinaryProblem(np.geomspace(2, 0.1, P), COEF, offset=0.5)
MIXTURE = GaussianMixtureProblem(np.geomspace(2, 0.1, P), COEF / 2, prior=0.3)
PROBLEMS = [BINARY, MIXTURE]
CHOSEN = {"Cs": [0.1, 1.0], "cv": 3, "l1_ratios": (0,), "scoring": "accuracy"}
MEAN_OF_FOLDS = LogisticRegressionCV(refit=False, use_legacy_attributes=False, **CHOSEN)


def score(problem, model, metric=None, **options):
    X, y = problem.sample(N, random_state=0)
    return -TheoreticalRisk(problem, metric, n_samples=N, **options)(model.fit(X, y))


# --- what it reads -------------------------------------------------------------------


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("metric", [None, "log_loss", "squared_error"])
@pytest.mark.parametrize(
    ("model", "plan"),
    [
        (RidgeClassifier(3.0), {"alpha": 3.0, "fit_intercept": True}),
        (RidgeClassifier(3.0, fit_intercept=False), {"alpha": 3.0}),
        (RidgeClassifierCV(alphas=[7.0]), {"alpha": 7.0, "fit_intercept": True}),
        (Ridge(2.0), {"alpha": 2.0, "fit_intercept": True}),
        (MinNormRegressor(fit_intercept=False), {}),
        (
            PrunedRegressor("magnitude", 10, Ridge(2.0), estimator=MinNormRegressor()),
            {
                "strategy": "magnitude",
                "sparsity": 10,
                "retrain": "same",
                "retrain_alpha": 2.0,
                "fit_intercept": True,
            },
        ),
    ],
)
def test_least_squares(problem, metric, model, plan):
    assert_allclose(score(problem, model, metric), predict_risk(problem, N, metric=metric, **plan))


@pytest.mark.parametrize(
    ("options", "alpha"),
    [
        ({}, 1.0),
        ({"C": 0.1}, 10.0),
        ({"C": np.inf}, 0.0),
        ({"C": 4.0, "fit_intercept": False, "solver": "liblinear"}, 0.25),
    ],
)
def test_the_plan_of_a_logistic_fit(options, alpha):
    plan = read_plan(LogisticRegression(**options).fit(*BINARY.sample(N, random_state=0)))
    intercept = options.get("fit_intercept", True)
    assert plan == {"loss": "logistic", "alpha": alpha, "fit_intercept": intercept}


@pytest.mark.parametrize("legacy", [False, True])
def test_the_plan_of_a_chosen_logistic_fit(legacy):
    model = LogisticRegressionCV(use_legacy_attributes=legacy, **CHOSEN)
    model.fit(*BINARY.sample(N, random_state=0))
    alpha = 1 / float(np.ravel(model.C_)[0])
    assert read_plan(model) == {"loss": "logistic", "alpha": alpha, "fit_intercept": True}


class FittedPruned(PrunedRegressor):
    """A model that was pruned, whatever is inside."""

    def __init__(self, dense, refit, strategy="magnitude", weight_range=(1.0, 1.0)):
        super().__init__(strategy)
        self.estimator_, self.retrained_estimator_ = dense, refit
        self.n_nonzero_, self.n_unlabeled_, self.n_samples_fit_ = 5, 0, N
        self.n_features_in_, self.weight_range_ = P, weight_range
        self.coef_, self.classes_ = np.zeros((1, P)), np.array([-1, 1])


def test_the_plan_of_pruned_classifiers():
    data = BINARY.sample(N, random_state=0)
    dense, refit = LogisticRegression(C=0.5).fit(*data), RidgeClassifier(3.0).fit(*data)
    plan = read_plan(FittedPruned(dense, FrozenEstimator(refit)))
    expected = {
        "strategy": "magnitude",
        "sparsity": 5,
        "loss": "logistic",
        "alpha": 2.0,
        "fit_intercept": True,
        "n_rounds": 1,
        "retrain": "same",
        "n_unlabeled": None,
        "retrain_loss": "squared",
        "retrain_alpha": 3.0,
    }
    assert plan == expected
    assert "retrain_loss" not in read_plan(FittedPruned(refit, None))


def test_logistic_regression():
    model = LogisticRegression(C=0.5)
    expected = predict_risk(BINARY, N, loss="logistic", alpha=2.0, fit_intercept=True)
    assert_allclose(score(BINARY, model), expected)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("retrain", [None, "same"])
def test_pruned_classifiers(strategy, retrain):
    plan = {"strategy": strategy, "sparsity": 9, "retrain": retrain, "fit_intercept": True}
    model = PrunedClassifier(strategy, 9, retrain is not None)
    assert_allclose(score(BINARY, model), predict_risk(BINARY, N, **plan))
    assert_allclose(score(MIXTURE, model), predict_risk(MIXTURE, N, **plan))
    model.set_params(estimator=LogisticRegression(C=0.5))
    expected = predict_risk(BINARY, N, loss="logistic", alpha=2.0, metric="log_loss", **plan)
    assert_allclose(score(BINARY, model, "log_loss"), expected)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
def test_groups_of_pruned_classifiers(strategy):
    plan = {"strategy": strategy, "sparsity": 5, "always_keep": [2], "retrain": "same"}
    plan |= {"feature_groups": np.arange(P) // 3, "feature_costs": {5: 2.0}}
    model = PrunedClassifier(**plan | {"retrain": True}, estimator=LogisticRegression())
    losses = {"loss": "logistic", "alpha": 1.0, "fit_intercept": True}
    expected = predict_risk(BINARY, N, **plan, **losses)
    assert_allclose(score(BINARY, model), expected, rtol=1e-12)


def test_the_hessian_of_a_logistic_fit_has_its_penalty():
    """With many samples, one-shot optimal brain surgeon of uncorrelated features is the same."""
    plan = {"sparsity": 9, "loss": "logistic"}
    for n, tolerance in ((N, 1e-1), (100_000, 1e-6)):
        damage, surgeon, magnitude = (
            predict_risk(BINARY, n, strategy=strategy, alpha=n / 30, **plan)
            for strategy in ("hessian", "obs-one-shot", "magnitude")
        )
        assert_allclose(damage, surgeon, rtol=tolerance)
        assert abs(damage - magnitude) > 1e-5


# --- what it pushes ------------------------------------------------------------------


@pytest.mark.parametrize("problem", PROBLEMS)
def test_scalers_change_a_penalty_alone(problem):
    X, y = problem.sample(N, random_state=0)
    scaled = make_pipeline(StandardScaler(), RidgeClassifier(3.0)).fit(X, y)
    predicted = -TheoreticalRisk(problem, n_samples=N)(scaled)
    by_hand = problem.scaled(1 / scaled[0].scale_)
    assert_allclose(predicted, predict_risk(by_hand, N, alpha=3.0, fit_intercept=True))
    plain = make_pipeline(RobustScaler(), MinNormRegressor()).fit(X, y)
    expected = predict_risk(problem, N, fit_intercept=True)
    assert_allclose(-TheoreticalRisk(problem)(plain), expected, rtol=1e-8)


def test_random_features():
    X, y = BINARY.sample(N, random_state=0)
    model = make_pipeline(RandomFeatures(40, random_state=0), RidgeClassifier(3.0)).fit(X, y)
    features = BINARY.equivalent(model[0].random_weights_.T, "relu")
    expected = predict_risk(features, N, alpha=3.0, fit_intercept=True, random_state=0)
    scorer = TheoreticalRisk(BINARY, n_samples=N)
    assert_allclose(-scorer(model), expected)
    assert_allclose(-scorer(model), expected)  # from the cache


def test_the_measured_error_is_the_predicted_one():
    """In 8 folds of 500 rows each the two agree within 3 standard errors."""
    X, y = BINARY.sample(4000, random_state=0)
    scoring = {"accuracy": "accuracy", "theory": TheoreticalRisk(BINARY, n_samples=3500)}
    scores = cross_validate(RidgeClassifier(3.0), X, y, cv=8, scoring=scoring)
    measured = 1 - scores["test_accuracy"]
    error = np.sqrt(measured.mean() * (1 - measured.mean()) / 4000)
    assert abs(measured.mean() + scores["test_theory"].mean()) < 3 * error


def test_the_oracle_knows_the_linear_problem():
    for problem in PROBLEMS:
        linear = problem.linear.centred()
        saliency = linear.variances * linear.coef**2
        model = PrunedRegressor("oracle", 8, False, saliency=saliency)
        options = {"strategy": "oracle", "sparsity": 8, "fit_intercept": True}
        assert_allclose(score(problem, model), predict_risk(problem, N, **options))
        with pytest.raises(ValueError, match="ranks otherwise"):
            score(problem, PrunedRegressor("oracle", 8, False, saliency=-saliency))


# --- what it refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (LinearSVC(), "LinearSVC"),
        (SGDClassifier(), "SGDClassifier"),
        (RidgeClassifier(class_weight="balanced"), "class_weight='balanced'"),
        (LogisticRegression(class_weight={-1: 2}), "class_weight={-1: 2}"),
        (LogisticRegression(l1_ratio=0.5, solver="saga"), "l1_ratio=0.5"),
        (MEAN_OF_FOLDS, r"LogisticRegressionCV\(refit=False\), a mean"),
        (LogisticRegression(solver="liblinear"), "whose penalty is on the intercept"),
        (RidgeClassifier(positive=True, solver="lbfgs"), "positive=True"),
        (make_pipeline(StandardScaler(), MinNormRegressor(fit_intercept=False)), "intercept"),
    ],
)
@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_refusals(model, message, problem):
    with pytest.raises(ValueError, match=message):
        score(problem, model)


def test_pruned_fits_that_are_refused():
    dense = LogisticRegression(C=0.5).fit(*BINARY.sample(N, random_state=0))
    with pytest.raises(ValueError, match="sample weights from 2 to 2"):
        read_plan(FittedPruned(dense, None, weight_range=(2.0, 2.0)))


def test_three_classes():
    X, y = BINARY.sample(N, random_state=0)
    with pytest.raises(ValueError, match="several outputs"):
        TheoreticalRisk(BINARY, n_samples=N)(RidgeClassifier().fit(X, y + (X[:, 0] > 0)))


def test_a_classifier_needs_classes():
    linear = LinearGaussianProblem(np.ones(P), COEF)
    X, y = BINARY.sample(N, random_state=0)
    with pytest.raises(ValueError, match="RidgeClassifier is a classifier: give a BinaryProblem"):
        TheoreticalRisk(linear, n_samples=N)(RidgeClassifier().fit(X, y))


@pytest.mark.parametrize(
    ("problem", "metric", "message"),
    [
        (BINARY, "accuracy", "metric is 'accuracy'"),
        (LinearGaussianProblem([1.0], [1.0]), "zero_one", "need classes"),
    ],
)
def test_bad_metrics(problem, metric, message):
    with pytest.raises(ValueError, match=message):
        TheoreticalRisk(problem, metric)
