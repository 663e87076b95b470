import numpy as np
from friedman_report import friedman_report, friedman_table
from numpy.testing import assert_allclose
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline

from sklearn_prune import PrunedRegressor, RandomFeatures
from sklearn_prune._report.comparison.records import COLUMNS, LARGE, PRUNED, RETRAINED, SMALL
from sklearn_prune._report.table.preparation import preparation

ALPHAS = np.logspace(-3, 5, 17)


def test_the_choice_in_a_fold_is_that_of_a_grid_search():
    table = friedman_table()
    result = friedman_report()
    X, y = table
    fold = 2
    train = list(KFold(3, shuffle=True, random_state=5).split(X))[fold][0]
    A = preparation(impute=False).fit_transform(X.iloc[train])
    search = GridSearchCV(
        make_pipeline(
            RandomFeatures(weights="unit", random_state=5 + fold),
            PrunedRegressor(sparsity=15, estimator=RidgeCV(ALPHAS)),
        ),
        {
            "randomfeatures__n_components": [40, 200],
            "prunedregressor__strategy": ["magnitude", "hessian"],
            "prunedregressor__retrain": [False, True],
        },
        scoring="neg_mean_squared_error",
        cv=KFold(3, shuffle=True, random_state=5 + fold),
    ).fit(A, y[train])
    frame = result.to_frame().query("fold == @fold and setting == 'ridge' and budget == 15")
    chosen = frame[frame["answer"]]
    assert len(chosen) == 1
    best = search.best_params_
    assert chosen["width"].item() == best["randomfeatures__n_components"]
    assert chosen["strategy"].item() == best["prunedregressor__strategy"]
    assert chosen["method"].item() == (RETRAINED if best["prunedregressor__retrain"] else PRUNED)
    assert_allclose(chosen["inner_error"], -search.best_score_ / np.var(y), rtol=1e-6)
    for method, retrain in {PRUNED: False, RETRAINED: True}.items():
        table = search.cv_results_
        rows = [p["prunedregressor__retrain"] is retrain for p in table["params"]]
        least = -table["mean_test_score"][rows].max() / np.var(y)
        picked = frame[frame["chosen"] & (frame["method"] == method)]
        assert_allclose(picked["inner_error"], least, rtol=1e-6)


def test_every_fold_has_one_answer_and_one_small_model():
    result = friedman_report()
    frame = result.to_frame()
    for setting in "plain", "ridge":
        part = frame[frame["setting"] == setting]
        large = part[part["answer"] & part["method"].isin(LARGE)]
        assert (large.groupby(["fold", "budget"]).size() == 1).all()
        assert set(large["budget"]) == {4, 15}
        others = part[part["answer"] & ~part["method"].isin(LARGE)]
        assert (others.groupby(["fold", "budget"]).size() == 1).all()
        assert set(others["method"]) <= set(COLUMNS)
        small = part[part["chosen"] & (part["method"] == SMALL)]
        assert (small.groupby(["fold", "budget"]).size() == 1).all()
        assert set(small["budget"]) == {4, 15}
    assert (frame["width"] >= frame["budget"]).all()
    assert np.isfinite(frame["error"]).all()
