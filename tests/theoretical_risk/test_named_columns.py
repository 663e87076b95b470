"""A sample and a pipeline of which one has names of columns, and the other has none."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, PolynomialFeatures, StandardScaler

from sklearn_prune import PrunedRegressor, RandomFeatures, TheoreticalRisk
from sklearn_prune.theory import LinearGaussianProblem, SampleProblem

pytestmark = pytest.mark.filterwarnings("error")

X, y = LinearGaussianProblem(np.ones(4), [1.0, 0, 2, 0], 0.1).sample(120, random_state=0)
FRAME = pd.DataFrame(X, columns=list("abcd"))
FEATURES = RandomFeatures(10, random_state=0)
PIPELINES = [
    make_pipeline(StandardScaler(), PrunedRegressor(sparsity=3)),
    make_pipeline(MaxAbsScaler(), FEATURES, PrunedRegressor(sparsity=3)),
    make_pipeline(FEATURES, PrunedRegressor(sparsity=3)),
    make_pipeline(make_pipeline(PolynomialFeatures(2)), PrunedRegressor(sparsity=3)),
    make_pipeline(StandardScaler().set_output(transform="pandas"), FEATURES, PrunedRegressor()),
    PrunedRegressor(sparsity=3),
]


@pytest.mark.parametrize("model", PIPELINES)
@pytest.mark.parametrize("train", [X, FRAME], ids=["array", "frame"])
@pytest.mark.parametrize("sample", [X, FRAME, X.tolist()], ids=["array", "frame", "list"])
def test_names_make_no_difference(model, train, sample):
    score = TheoreticalRisk(SampleProblem(sample, y))(model.fit(train, y))
    assert_allclose(score, TheoreticalRisk(SampleProblem(train, y))(model), rtol=1e-12)


def test_every_scoring_of_a_cross_validation():
    scores = cross_validate(
        PIPELINES[1], FRAME, y, cv=3, scoring={"theory": TheoreticalRisk(SampleProblem(X, y))}
    )
    assert np.isfinite(scores["test_theory"]).all()


def test_columns_chosen_by_name():
    chosen = make_column_transformer((StandardScaler(), ["c", "a"]), (MaxAbsScaler(), ["d"]))
    model = make_pipeline(chosen, PrunedRegressor(sparsity=2)).fit(FRAME, y)
    scores = [TheoreticalRisk(SampleProblem(rows, y))(model) for rows in (X, FRAME)]
    assert scores[0] == scores[1]


def test_a_sparse_sample():
    model = make_pipeline(MaxAbsScaler(), PrunedRegressor(sparsity=2)).fit(FRAME, y)
    scores = [
        TheoreticalRisk(SampleProblem(rows, y))(model) for rows in (sparse.csr_array(X), FRAME)
    ]
    assert_allclose(*scores, rtol=1e-12)


def test_a_sample_of_another_width():
    model = make_pipeline(StandardScaler(), PrunedRegressor(sparsity=2)).fit(FRAME, y)
    with (
        pytest.warns(UserWarning, match="feature names"),
        pytest.raises(ValueError, match="3 feat"),
    ):
        TheoreticalRisk(SampleProblem(X[:, :3], y))(model)
