import numpy as np
import pytest
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRandomFeatures,
    PrunedRandomFeaturesClassifier,
    PrunedRegressor,
    PrunedRegressorCV,
    RandomFeatures,
    RowBatches,
    TargetedRidge,
    width_path,
)


class Recorder:
    """Keeps what it is told: names, and how many tasks there are and were within each."""

    max_propagation_depth = None

    def __init__(self):
        self.said, self.n_setups, self.n_teardowns = [], 0, 0

    def setup(self, estimator, context):
        self.n_setups += 1

    def on_fit_task_begin(self, estimator, context):
        self.said.append(("begin", context.task_name))

    def on_fit_task_end(self, estimator, context):
        assert context.max_subtasks in (None, len(context._children_map))
        self.said.append(("end", context.task_name))

    def teardown(self, estimator, context):
        self.n_teardowns += 1

    def begun(self, name):
        return self.said.count(("begin", name))


@pytest.fixture
def data(rng):
    return rng.standard_normal((40, 5)), rng.standard_normal(40)


@pytest.mark.parametrize("cls", [PrunedRandomFeatures, PrunedRandomFeaturesClassifier])
def test_every_task_that_begins_ends(data, cls):
    X, y = data
    data = X, y if cls is PrunedRandomFeatures else y > 0
    recorder = Recorder()
    model = cls(3000, 20, random_state=0).set_callbacks(recorder)
    told = model.fit(*data).predict(data[0])
    assert recorder.said[0] == ("begin", "fit")
    assert recorder.said[-1] == ("end", "fit")
    for name in {name for _, name in recorder.said}:
        assert recorder.begun(name) == recorder.said.count(("end", name))
    assert recorder.begun("pass over the features") >= 2
    assert recorder.begun("blocks of features") >= recorder.begun("pass over the features")
    np.testing.assert_array_equal(told, model.set_callbacks().fit(*data).predict(data[0]))


def test_a_fit_that_fails_ends_the_callbacks(data):
    recorder = Recorder()
    model = PrunedRandomFeatures(3000, 20, scale=1e200).set_callbacks(recorder)
    with pytest.raises(ValueError, match="overflow"):
        model.fit(*data)
    assert recorder.n_setups == recorder.n_teardowns == 1


def test_the_progress_bar_of_scikit_learn_goes_into_a_search(data, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    search = GridSearchCV(PrunedRandomFeatures(300, random_state=0), {"sparsity": [5, 10]}, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=2)).fit(*data)
    shown = capsys.readouterr().out
    assert "PrunedRandomFeatures" in shown
    assert "100%" in shown


@pytest.mark.parametrize("cv", [None, 4])
@pytest.mark.parametrize("shape", [(40, 5), (40, 60), (3000, 5)])
def test_a_search_tells_of_its_candidates_and_their_folds(rng, cv, shape):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    recorder = Recorder()
    model = PrunedRegressorCV(["magnitude", "random"], [1, 3], cv=cv, random_state=0)
    model.set_callbacks(recorder).fit(X, y)
    names = [name for event, name in recorder.said if event == "begin"]
    first, second = names.index("magnitude, alpha=0.0"), names.index("random, alpha=0.0")
    assert names[0] == "fit"
    assert names[-1] == "final fit"
    steps = names[first + 1 : second]
    if cv is None:
        assert set(steps) == {"rows left out"}
    else:  # the moments of the rows of a tall table tell all folds at once
        assert steps == ([] if shape == (3000, 5) else ["fold"] * cv)


@pytest.mark.parametrize("model", [MinNormRegressor(), PrunedRegressor(), PrunedRegressorCV(cv=2)])
def test_rows_that_are_read_are_told_of_batch_by_batch(rng, model):
    X, y = rng.standard_normal((60, 3)), rng.standard_normal(60)
    batches = RowBatches([(X[i : i + 20], y[i : i + 20]) for i in range(0, 60, 20)])
    recorder = Recorder()
    model.set_callbacks(recorder).fit(batches)
    assert recorder.begun("batch") == 3 * recorder.begun("pass over the rows") > 0
    assert recorder.n_teardowns == 1
    model.set_callbacks()


@pytest.mark.parametrize(
    ("model", "grid"),
    [
        (MinNormRegressor(), {"tol": [1e-9]}),
        (PrunedRegressor(), {"sparsity": [2]}),
        (PrunedRegressorCV(cv=2), {"strategy": ["magnitude"]}),
    ],
)
def test_every_estimator_shows_inside_a_search(data, model, grid, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    search = GridSearchCV(model, grid, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(*data)
    shown = capsys.readouterr().out
    assert "GridSearchCV" in shown
    assert "100%" in shown


@pytest.mark.parametrize("model", [MinNormRegressor(), PrunedRegressor(), PrunedRegressorCV(cv=2)])
def test_an_interrupt_leaves_the_model_as_it_was(rng, model):
    X, y = rng.standard_normal((60, 3)), rng.standard_normal(60)

    def batches():
        yield X[:30], y[:30]
        if interrupted:
            raise KeyboardInterrupt
        yield X[30:], y[30:]

    interrupted = False
    before = dict(vars(model.fit(RowBatches(batches))))
    interrupted, recorder = True, Recorder()
    model.set_callbacks(recorder)
    with pytest.raises(KeyboardInterrupt):
        model.fit(RowBatches(batches))
    assert recorder.n_setups == recorder.n_teardowns == 1
    assert vars(model.set_callbacks()) == before


# Scores on the way.


def scores_of(monitor, score):
    """Return the names of the tasks that were scored, and their scores, in their order."""
    rows = sorted(monitor.get_logs().data, key=lambda row: (*row["task_id_path"], np.inf))
    return [row["task_name"] for row in rows], [row[score] for row in rows]


@pytest.mark.parametrize("weighted", [False, True])
def test_every_stage_of_a_pruned_regressor_is_scored(data, rng, weighted):
    X, y = data
    weights = rng.uniform(size=len(y)) if weighted else None
    model = PrunedRegressor(sparsity=2, n_rounds=3)
    model.set_callbacks(monitor := ScoringMonitor(scoring="r2")).fit(X, y, weights)
    names, scores = scores_of(monitor, "r2")
    assert names == ["train", "round", "round", "round", "retrain", "fit"]
    masked = PrunedRegressor(sparsity=2, n_rounds=3, retrain=False).fit(X, y, weights)
    dense = MinNormRegressor().fit(X, y, weights)
    assert scores[0] == pytest.approx(dense.score(X, y, weights), rel=1e-12)
    assert scores[3] == pytest.approx(masked.score(X, y, weights), rel=1e-12)
    assert scores[4:] == [model.score(X, y, weights)] * 2


def test_every_stage_of_a_pruned_classifier_has_its_probabilities(data):
    X, y = data[0], np.where(data[1] > 0, "yes", "no")
    model = PrunedClassifier(sparsity=2, estimator=LogisticRegression())
    model.set_callbacks(monitor := ScoringMonitor(scoring="neg_log_loss")).fit(X, y)
    names, scores = scores_of(monitor, "neg_log_loss")
    assert names == ["train", "round", "retrain", "fit"]
    dense = LogisticRegression().fit(X, y)
    masked = PrunedClassifier(sparsity=2, estimator=LogisticRegression(), retrain=False).fit(X, y)
    expected = [-log_loss(y, fitted.predict_proba(X)) for fitted in (dense, masked, model, model)]
    np.testing.assert_allclose(scores, expected, rtol=1e-12)


def test_targets_of_their_own_are_told_of(rng):
    X, Y = rng.standard_normal((40, 5)), rng.standard_normal((40, 3))
    model = PrunedRegressor(sparsity=2, per_target=True)
    model.set_callbacks(recorder := Recorder(), monitor := ScoringMonitor(scoring="r2")).fit(X, Y)
    assert recorder.begun("target") == 3
    names, scores = scores_of(monitor, "r2")
    assert names == ["train", "retrain", "fit"]
    assert scores[1:] == [model.score(X, Y)] * 2


MODELS = [
    MinNormRegressor(),
    TargetedRidge(1.0),
    PrunedRegressor(sparsity=2),
    PrunedRegressorCV(cv=2),
    PrunedRandomFeatures(60, 5, random_state=0),
    PrunedClassifier(sparsity=2),
    PrunedClassifierCV(cv=2),
    PrunedRandomFeaturesClassifier(60, 5, random_state=0),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_fit_is_scored_alone_and_in_a_search(data, model):
    X, y = data
    y, score = (y > 0, "accuracy") if hasattr(model, "decision_function") else (y, "r2")
    model.set_callbacks(monitor := ScoringMonitor(scoring=score)).fit(X, y)
    names, scores = scores_of(monitor, score)
    assert names[-1] == "fit"
    assert scores[-1] == model.score(X, y)
    GridSearchCV(model, {}, cv=2).fit(X, y)
    names, scores = scores_of(monitor, score)
    assert names.count("fit") == 3  # two folds and all rows
    assert scores[-1] == model.score(X, y)
    model.set_callbacks()


def test_every_step_of_a_pipeline_shows_inside_a_search(data, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    pipeline = make_pipeline(StandardScaler(), RandomFeatures(20), PrunedRegressor())
    search = GridSearchCV(pipeline, {"prunedregressor__sparsity": [2, 3]}, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(*data)
    shown = capsys.readouterr().out
    assert "RandomFeatures - fit" in shown
    assert "PrunedRegressor - prune" in shown


@pytest.mark.parametrize("shape", [(40, 60), (400, 8)])
def test_a_width_path_tells_of_folds_and_widths(rng, shape):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    options = {"widths": [2, 5, 8], "sparsities": [2], "cv": 4}
    told = width_path(X, y, **options, callbacks=[recorder := Recorder()])
    assert [recorder.begun(name) for name in ("fit", "fold", "width")] == [1, 4, 12]
    assert recorder.said.count(("end", "width")) == 12
    assert recorder.n_teardowns == 1
    np.testing.assert_array_equal(told.dense_errors, width_path(X, y, **options).dense_errors)


def test_a_width_path_shows_what_its_processes_do(data, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    options = {"widths": [2, 5], "sparsities": [2], "cv": 2}
    told = width_path(*data, **options, callbacks=[ProgressBar()], n_jobs=2)
    assert "fold #1" in capsys.readouterr().out
    np.testing.assert_array_equal(told.dense_errors, width_path(*data, **options).dense_errors)
    with pytest.raises(ValueError, match=r"callbacks is <.*ProgressBar.*>: give a list\."):
        width_path(*data, **options, callbacks=ProgressBar())
