"""Reports on classes: their errors, and the classifier that is recommended."""

import runpy
import subprocess
import sys
from dataclasses import replace
from functools import cache
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from blank_pictures import BLANK, draw_nothing
from numpy.testing import assert_allclose
from rich.console import Console
from sklearn import config_context
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import classification_report, log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_prune import PrunedRegressor, report
from sklearn_prune.__main__ import main
from sklearn_prune._report.answer.choices import Choice
from sklearn_prune._report.comparison.one_part import evaluate_part
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import LARGE, SMALL, Part
from sklearn_prune._report.output.page import render
from sklearn_prune._report.output.printed_report import print_report
from sklearn_prune._report.output.written_files import save_model
from sklearn_prune._report.table.preparation import preparation, random_features
from sklearn_prune._report.table.targets import encode_target

ALPHAS = np.logspace(-3, 5, 17)
SETTINGS = {
    "classification": True,
    "budgets": [6],
    "widths": [20],
    "cv": 3,
    "strategies": "magnitude",
}


@cache
def cancer():
    data = load_breast_cancer(as_frame=True)
    return data.data.iloc[:, :10], data.target.map({0: "malignant", 1: "benign"})


@cache
def iris():
    X, y = load_iris(return_X_y=True, as_frame=True)
    return X, y.map(dict(enumerate(["setosa", "versicolor", "virginica"])))


@cache
def cancer_report():
    return report(*cancer(), **SETTINGS)


@cache
def iris_report():
    return report(*iris(), **SETTINGS)


REPORTS = {"two classes": (cancer, cancer_report), "three classes": (iris, iris_report)}


def small_scores(X, target, fold):
    """Return the scores of the small model with ridge for the rows of a fold, and these rows."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0).split(X, target.codes)
    training, test = list(folds)[fold]
    features = make_pipeline(preparation(impute=False), random_features(20, fold))
    F = features.fit_transform(X.iloc[training])[:, :6]
    model = RidgeCV(ALPHAS).fit(F, target.values[training])
    scores = model.predict(features.transform(X.iloc[test])[:, :6])
    return scores.reshape(len(test), -1), test


def test_a_fold_by_hand():
    X, y = cancer()
    target = encode_target(y, classification=True)
    plan = make_plan(len(X), **SETTINGS)
    (record,) = (
        record
        for record in evaluate_part(Part(0, 1, None), plan, X, target, None)
        if record[:2] == (SMALL, "ridge") and record.budget == 6
    )
    scores, test = small_scores(X, target, 1)
    codes, guesses = target.codes[test], scores[:, 0] > 0
    assert_allclose(record.error_rate, np.mean(guesses != codes))
    assert [sum(pair) for pair in zip(*record.guesses, strict=True)] == [
        len(test),
        np.sum(guesses == codes),
    ]
    # Calibrated on the other rows that were put aside, of which there are 190.
    model = LogisticRegression(C=np.inf)
    predicted = cross_val_predict(model, scores, codes, cv=10, method="predict_proba")
    assert_allclose(record.log_loss, log_loss(codes, predicted), rtol=0.05)


@pytest.mark.parametrize("kind", REPORTS)
def test_results_by_class_are_those_of_scikit_learn(kind):
    table, result = REPORTS[kind][0](), REPORTS[kind][1]()
    target = encode_target(table[1], classification=True)
    labels = np.empty(len(table[1]), dtype=object)
    for fold in range(3):
        scores, test = small_scores(table[0], target, fold)
        guesses = scores.argmax(axis=1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(int)
        labels[test] = np.array(target.classes)[guesses]
    result = with_verdict(result, "small")
    expected = classification_report(table[1], labels.astype(str), output_dict=True)
    found = result.by_class()
    for name, row in found.iterrows():
        numbers = [expected[name][key] for key in ("support", "recall", "precision")]
        assert_allclose(row[["rows", "recall", "precision"]].tolist(), numbers)
    rate = result.summary("error_rate").loc[(SMALL, "ridge"), (6, "mean")]
    assert_allclose(rate, 1 - expected["accuracy"], atol=0.002)  # folds differ by a row
    assert_allclose(found["share"].sum(), 1)


def with_verdict(result, verdict):
    """Return a report that recommends the small or the large model, whatever columns do."""
    changed, (answer,) = replace(result), result.answers
    answers = [answer._replace(comparison=answer.comparison._replace(verdict=verdict))]
    object.__setattr__(changed, "answers", answers)
    object.__setattr__(changed, "column_answers", [])
    return changed


def test_baselines_are_those_of_a_dummy():
    X, y = cancer()
    target, dummy = cancer_report().target, DummyClassifier().fit(X, y)
    assert_allclose(target.entropy, log_loss(y, dummy.predict_proba(X)))
    assert_allclose(target.majority_error_rate, 1 - dummy.score(X, y))
    assert_allclose(target.prevalences, dummy.class_prior_)
    assert cancer_report().baselines == (
        "Shares of the classes: benign 62.7%, malignant 37.3%. Always guessing benign is wrong for "
        "37.3% of the rows, and predicting these shares for every row has a log-loss of 0.66."
    )


def test_print_and_page_tell_of_classes():
    result, buffer = iris_report(), StringIO()
    print_report(Console(file=buffer, width=400), result)
    losses = result.summary("log_loss")[6, "mean"]
    assert losses.notna().all()
    page = render(result, "", BLANK)
    for text in buffer.getvalue(), page:
        assert result.baselines in text
        for loss in losses.xs("ridge", level="setting"):
            assert f"{loss:.3g}" in text
        for shown in result.by_class()["recall"]:
            assert f"{shown:.1%}" in text
    assert "log-loss: " in result.sentences[0]
    assert "(always predicting the shares of the classes: 1.1)" in page


def test_a_regression_has_no_classes():
    X, y = cancer()
    result = report(X, y == "benign", budgets=[6], widths=[20], cv=2)
    assert result.baselines == ""
    assert result.to_frame()[["error_rate", "log_loss"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="the target is a number: by_class needs classification"):
        result.by_class()
    page = render(result, "", BLANK)
    assert "log-loss" not in page


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (np.array([False, True]), ["False", "True"]),
        (np.array([3, -1]), ["-1", "3"]),
        (np.array([1.0, 0.0]), ["0", "1"]),
        (np.array(["no", "yes"]), ["no", "yes"]),
    ],
)
def test_labels_are_those_of_the_target(labels, names):
    X, y = cancer()
    y = labels[(y == "benign").to_numpy().astype(int)]
    result = report(X[::4], y[::4], **SETTINGS)
    assert list(result.by_class().index) == names
    predicted = result.pipeline().fit(X, y).predict(X)
    assert predicted.dtype == y.dtype
    assert np.mean(predicted == y) > 0.8


def with_choice(result, method):
    """Return a report that recommends a large model of a method."""
    changed = with_verdict(result, "large")
    object.__setattr__(changed, "large_choices", {6: Choice(method, "ridge", "magnitude", 20, 6)})
    return changed


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("method", LARGE)
def test_labels_of_the_pipeline_are_those_that_were_judged(kind, method):
    (X, y), result = REPORTS[kind][0](), with_choice(REPORTS[kind][1](), method)
    rows, target = X[:50] + 0.1, encode_target(y, classification=True)
    features = make_pipeline(preparation(impute=False), random_features(20, 0)).fit(X)
    retrain = {LARGE[0]: False, LARGE[1]: True, LARGE[2]: "distill"}[method]
    model = PrunedRegressor("magnitude", 6, retrain, estimator=RidgeCV(ALPHAS))
    unlabeled = {"X_unlabeled": features.transform(rows)} if method == LARGE[2] else {}
    model.fit(features.transform(X), np.squeeze(target.values), **unlabeled)
    scores = model.predict(features.transform(X))
    guesses = scores.argmax(axis=1) if scores.ndim > 1 else (scores > 0).astype(int)
    made = {"X": X, "y": y, "X_unlabeled": rows}
    with config_context():
        exec(result.code(), made)
    fitted = made["pipeline"]
    assert fitted.predict(X).tolist() == np.array(target.classes)[guesses].tolist()
    assert log_loss(y, fitted.predict_proba(X)) < target.entropy


@pytest.mark.parametrize("method", LARGE)
def test_a_classifier_can_be_saved(tmp_path, method):
    skops = pytest.importorskip("skops.io")
    (X, y), result = iris(), with_choice(iris_report(), method)
    file = tmp_path / "model.skops"
    save_model(file, result, X, X[:50])
    saved = skops.load(file, trusted=skops.get_untrusted_types(file=file))
    made = {"X": X, "y": y, "X_unlabeled": X[:50]}
    with config_context():
        exec(result.code(), made)
    assert_allclose(saved.predict_proba(X), made["pipeline"].predict_proba(X), rtol=1e-6)
    assert saved.predict(X).tolist() == made["pipeline"].predict(X).tolist()


def test_probabilities_beat_the_prevalences_on_rows_not_seen():
    X, y = cancer()
    X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    predicted = cancer_report().pipeline().fit(X, y).predict_proba(X_test)
    assert log_loss(y_test, predicted) < cancer_report().target.entropy


def test_the_written_model_runs_on_its_own(tmp_path, monkeypatch):
    draw_nothing(monkeypatch)
    X, y = iris()
    X.assign(kind=y).to_csv(tmp_path / "iris.csv", index=False)
    options = "--classification --target kind --budget 6 --width 20 --strategy magnitude --cv 3"
    assert main([str(tmp_path / "iris.csv"), *options.split(), "--out", str(tmp_path)]) == 0
    code = (tmp_path / "model.py").read_text()
    (tmp_path / "model.py").write_text(f"{code}print(*pipeline.predict(X))\n")
    command = [sys.executable, str(tmp_path / "model.py")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.split() == iris_report().pipeline().fit(X, y).predict(X).tolist()
    frame = pd.read_csv(tmp_path / "report.csv")
    assert frame["log_loss"].between(0, 10).all()
    assert "guesses" not in frame


def test_numbers_with_fractions_are_classes_as_text(tmp_path, monkeypatch):
    draw_nothing(monkeypatch)
    X, y = iris()
    X.assign(dose=y.map({"setosa": 0.5, "versicolor": 1.0, "virginica": 2.5})).to_csv(
        tmp_path / "dose.csv", index=False
    )
    options = "--classification --target dose --budget 6 --width 20 --cv 2"
    assert main([str(tmp_path / "dose.csv"), *options.split(), "--out", str(tmp_path)]) == 0
    made = runpy.run_path(str(tmp_path / "model.py"))
    assert made["pipeline"].classes_.tolist() == ["0.5", "1.0", "2.5"]


def test_a_class_of_one_row_leaves_no_probabilities():
    X, y = iris()
    y = y.where(y.index > 0, "other")
    result = report(X, y, **SETTINGS)
    assert "the recommended model has no probabilities" in result.remarks[-1]
    made = {"X": X, "y": y}
    exec(result.code(), made)
    assert not hasattr(made["pipeline"], "predict_proba")
    assert not hasattr(result.pipeline().fit(X, y), "predict_proba")
    few = report(X, y.where(y.index > 2, "other"), **SETTINGS)
    assert few.pipeline()[-1].cv.n_splits == 3
