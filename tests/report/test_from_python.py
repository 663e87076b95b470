import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.datasets import load_iris, make_friedman1
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline

from sklearn_prune import PrunedRegressor, RandomFeatures, report
from sklearn_prune._report.comparison.methods import LARGE, PRUNED, RETRAINED, SMALL
from sklearn_prune._report.comparison.store import Store, write_files
from sklearn_prune._report.table.preparation import preparation

ALPHAS = np.logspace(-3, 5, 17)


def describe(pipeline):
    """Return all parameters, without addresses in memory."""
    with config_context(print_changed_only=False):
        return re.sub(" at 0x[0-9a-f]+", "", repr(pipeline))


@pytest.fixture(scope="module")
def table():
    X, y = make_friedman1(n_samples=90, n_features=6, noise=0.3, random_state=0)
    return pd.DataFrame(X, columns=list("abcdef")), y


@pytest.fixture(scope="module")
def result(table):
    return report(
        *table, budgets=[4, 15], widths=[10, 40, 200], cv=3, random_state=5, name="F & co"
    )


@pytest.mark.parametrize("kind", ["width", "kept"])
def test_names_are_no_formulas(result, kind):
    figure = replace(result, name="cost_$ and tax_$").plot(kind)
    figure.canvas.draw()
    plt.close(figure)


def test_the_choice_in_a_fold_is_that_of_a_grid_search(result, table):
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


def test_every_fold_has_one_answer_and_one_small_model(result):
    frame = result.to_frame()
    for setting in "plain", "ridge":
        part = frame[frame["setting"] == setting]
        assert (part[part["answer"]].groupby(["fold", "budget"]).size() == 1).all()
        assert set(part[part["answer"]]["method"]) <= set(LARGE)
        small = part[part["chosen"] & (part["method"] == SMALL)]
        assert (small.groupby(["fold", "budget"]).size() == 1).all()
        assert set(small["budget"]) == {4, 15}
    assert (frame["width"] >= frame["budget"]).all()
    assert np.isfinite(frame["error"]).all()


def test_numbers_of_the_answer(result):
    frame = result.to_frame().query("setting == 'ridge' and budget == 15")
    comparison = result.answers[1].comparison
    small = frame[frame["chosen"] & (frame["method"] == SMALL)].set_index("fold")["error"]
    large = frame[frame["answer"]].set_index("fold")["error"]
    assert_allclose([comparison.small, comparison.large], [small.mean(), large.mean()])
    difference = (small - large).to_numpy()
    assert_allclose(comparison.std_error, np.sqrt((1 / 3 + 1 / 2) * difference.var(ddof=1)))
    assert f"{large.mean():.1%}" in result.sentences[1]
    summary = result.summary()
    assert_allclose(summary.loc[(SMALL, "ridge"), (15, "mean")], small.mean())


def test_the_result_does_not_depend_on_the_number_of_jobs(result, table):
    again = report(*table, budgets=[4, 15], widths=[10, 40, 200], cv=3, random_state=5, n_jobs=2)
    pd.testing.assert_frame_equal(
        again.to_frame().drop(columns="seconds"), result.to_frame().drop(columns="seconds")
    )


def test_repeats_add_folds(table):
    result = report(*table, budgets=[4], widths=[30], cv=2, repeats=2)
    frame = result.to_frame()
    assert set(zip(frame["repeat"], frame["fold"], strict=True)) == {
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    }


def test_the_code_is_the_pipeline(table, result):
    X, y = table
    for budget in 4, 15:
        pipeline = result.pipeline(budget)
        made = {"X": X, "y": y}
        exec(result.code(budget), made)
        assert describe(made["pipeline"]) == describe(pipeline)
        assert_allclose(made["pipeline"].predict(X), pipeline.fit(X, y).predict(X))
    assert result.recommended_budget in (4, 15)
    with pytest.raises(ValueError, match="budget is 5: give one of 4, 15"):
        result.pipeline(5)


def test_code_of_the_large_models():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-1, 1, (240, 3)), columns=list("abc"))
    y = np.abs(X["a"]) + np.maximum(X["b"], X["c"])
    X["b"] = X["b"].where(X.index > 5)
    more = pd.DataFrame(rng.uniform(-1, 1, (50, 3)), columns=list("abc"))
    result = report(X, y, budgets=[15], widths=[600], X_unlabeled=more, impute=True, cv=2)
    (answer,) = result.answers
    won = answer._replace(comparison=answer.comparison._replace(verdict="large"))
    object.__setattr__(result, "answers", [won])
    assert "train large and prune: 600 random features" in result.sentences[0]
    choice = result.recommended()
    assert choice.method in LARGE
    for method in LARGE:
        object.__setattr__(result, "large_choices", {15: choice._replace(method=method)})
        made = {"X": X, "y": y, "X_unlabeled": more}
        with config_context():
            exec(result.code(), made)
            assert describe(made["pipeline"]) == describe(result.pipeline())
            assert np.mean((made["pipeline"].predict(X) - y) ** 2) < 0.5 * np.var(y)


def test_permuted_labels_make_no_difference(table):
    X, y = table
    for seed in range(3):
        permuted = np.random.default_rng(seed).permutation(y)
        result = report(X, permuted, budgets=[4, 15], widths=[40], cv=3)
        for sentence in result.sentences:
            assert "no difference" in sentence


def test_text_alone_is_enough():
    kinds = np.resize(list("abcde"), 80)
    X = pd.DataFrame({"kind": kinds, "letter": pd.Categorical(kinds)})
    y = np.array([ord(kind) ** 2 for kind in kinds])
    result = report(X, y, budgets=[5], widths=[30], cv=2)
    frame = result.to_frame().query("answer and setting == 'ridge'")
    assert (frame["error"] < 0.5).all()


def test_several_classes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    result = report(X, y.map(dict(enumerate("uvw"))), classification=True, budgets=[10], cv=3)
    assert result.target.classes == ("u", "v", "w")
    rates = result.summary("error_rate")[10, "mean"]
    assert rates.loc[(SMALL, "ridge")] < 0.2
    assert_allclose(result.target.majority_error_rate, 2 / 3)
    assert "classes" in result.theory.note


def test_a_store_is_used_again(table, tmp_path):
    arguments = {"budgets": [4], "widths": [30], "cv": 2, "store": tmp_path}
    first = report(*table, **arguments)
    (folder,) = tmp_path.iterdir()
    files = sorted(folder.iterdir())
    assert len(files) == 8
    for file in files:
        records = json.loads(file.read_text())
        for record in records:
            record[7] = 0.25
        file.write_text(json.dumps(records))
    files[0].write_text("[")
    again = report(*table, **arguments)
    assert again.answers[0].comparison.small == pytest.approx(0.25, abs=0.5)
    assert json.loads(files[0].read_text())
    assert (again.to_frame()["error"] == 0.25).mean() >= 0.5
    assert not (first.to_frame()["error"] == 0.25).any()


def test_files_are_written_all_or_none(tmp_path, monkeypatch):
    write_files(tmp_path / "new", {"a": b"1", "b": b"2"})
    monkeypatch.setattr(
        "sklearn_prune._report.comparison.store.os.fsync",
        lambda number: (_ for _ in ()).throw(OSError(28)),
    )
    with pytest.raises(OSError, match="28"):
        write_files(tmp_path / "new", {"a": b"3", "b": b"4"})
    assert {file.name: file.read_bytes() for file in (tmp_path / "new").iterdir()} == {
        "a": b"1",
        "b": b"2",
    }
    assert Store().load(None) is None


def test_figures(result):
    figure = result.plot()
    assert len(figure.axes) == 4
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[:2] == [f"{s} features kept, plain least squares" for s in (4, 15)]
    assert {ax.get_xlabel() for ax in figure.axes[2:]} == {
        "Number of random features before pruning, p"
    }
    assert figure.axes[0].get_ylabel() == "Mean squared error / variance"
    marks = [ax.child_axes[0].get_xticklabels()[0].get_text() for ax in figure.axes]
    assert marks == ["p = n"] * 4
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == len(set(names))
    drawn = {line.get_label(): line for line in figure.axes[3].lines}
    frame = result.to_frame().query("setting == 'ridge' and method == @RETRAINED and budget == 15")
    expected = [
        frame[frame["width"] == width]
        .sort_values("inner_error")
        .groupby("fold")["error"]
        .first()
        .median()
        for width in (40, 200)
    ]
    assert_allclose(drawn[RETRAINED].get_ydata(), expected)
    assert len({to_hex(drawn[name].get_color()) for name in LARGE if name in drawn}) == 2

    kept = result.plot("kept")
    assert {ax.get_xlabel() for ax in kept.axes} == {"Number of features kept, s"}
    with pytest.raises(ValueError, match="kind is 'depth'"):
        result.plot("depth")
    plt.close("all")


def test_the_page_is_complete_and_needs_nothing_else(result, monkeypatch):
    page = result.to_html("python -m sklearn_prune")
    assert "F &amp; co" in page
    for text in "double descent", "Seed: 5", "scikit-learn 1", "PolynomialFeatures":
        assert text in page
    for answer in result.answers:
        assert f"{answer.comparison.large:.1%}" in page
    assert page.count("data:image/png;base64,") == 2
    assert 'src="http' not in page
    assert "href" not in page
    assert repr(result).splitlines()[1:] == result.sentences
    monkeypatch.setattr(
        "sklearn_prune._report.output.page.draw", lambda report: {"width": b"", "kept": b""}
    )
    assert result._repr_html_().startswith("<!DOCTYPE html>")


def test_theory_is_drawn_where_leave_one_out_agrees():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (500, 4))
    y = X[:, 0] + X[:, 1] ** 2 + 0.5 * rng.standard_normal(500)
    result = report(X, y, budgets=[8], widths=[20, 60, 200], cv=3)
    theory = result.theory
    assert 20 in theory.dense
    assert (8, 20) in theory.retrained
    assert 200 not in theory.dense
    assert "within" in theory.note
    assert "For more than 100 features" in theory.note
    frame = result.to_frame().query("method == 'large, not pruned' and setting == 'plain'")
    measured = frame[frame["width"] == 20]["error"].mean()
    assert_allclose(theory.dense[20], measured, rtol=0.15)
    figure = result.plot()
    assert "theory, retrained" in [text.get_text() for text in figure.legends[0].get_texts()]
    plt.close("all")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [1.0] * 90}, "constant"),
        ({"y": [1.0, 2.0]}, "y has 2 values, but X has 90 rows"),
        ({"budgets": [80]}, "more than the 81 training rows|not below|more than"),
        ({"X": np.full((90, 2), np.nan)}, "missing values"),
    ],
)
def test_bad_input(table, change, message):
    X, y = table
    arguments = {"X": X, "y": y, "widths": [60], "budgets": [4]} | change
    with pytest.raises(ValueError, match=message):
        report(**arguments)
