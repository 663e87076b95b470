"""Rows that belong together, and rows in time: never on both sides of a split."""

import runpy
from functools import cache

import numpy as np
import pandas as pd
import pytest
from blank_pictures import draw_nothing
from friedman_report import friedman_report
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
    cross_val_score,
)

from sklearn_prune import report
from sklearn_prune.__main__ import main
from sklearn_prune._report import from_command_line
from sklearn_prune._report.command_line_options import make_parser
from sklearn_prune._report.comparison import gcv_fits, outside_references, ridge_fits
from sklearn_prune._report.comparison.calibration import calibrated_log_losses
from sklearn_prune._report.comparison.forward_rows import Forward
from sklearn_prune._report.comparison.grouped_rows import Grouped
from sklearn_prune._report.comparison.one_part import evaluate_part
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import BOOSTED, LINEAR, LOGISTIC, Part
from sklearn_prune._report.comparison.shared_parts import evaluate_parts
from sklearn_prune._report.comparison.shuffled_rows import Shuffled
from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.preparation import prepared_columns
from sklearn_prune._report.table.row_labels import time_labels
from sklearn_prune._report.table.targets import encode_target

N_PEOPLE, VISITS = 24, 5
SMALL = {"budgets": [3, 8], "widths": [12, 60], "cv": 4, "strategies": "magnitude"}


@cache
def visits():
    """Return columns that tell persons apart, their pulse, and who they are.

    Half of the pulse is everybody's own; of somebody who was never seen only x0 tells.
    """
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(N_PEOPLE), VISITS)
    places = rng.uniform(-1, 1, (N_PEOPLE, 4))[person]
    X = pd.DataFrame(places + 0.02 * rng.standard_normal(places.shape)).add_prefix("x")
    pulse = 1.5 * X["x0"] + rng.standard_normal(N_PEOPLE)[person]
    return X, pulse + 0.05 * rng.standard_normal(len(X)), np.array([f"p{k:02}" for k in person])


@cache
def visits_report():
    X, y, person = visits()
    return report(X.assign(person=person), y, groups="person", **SMALL)


@cache
def series():
    """Return columns, a target that drifts, and days in no order."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.standard_normal((96, 3)), columns=list("abc"))
    days = np.arange(96)
    y = X["a"] + days / 30 + 0.1 * rng.standard_normal(96)
    order = rng.permutation(96)
    return (
        X.iloc[order],
        y.iloc[order],
        pd.Timestamp("2024-01-01") + pd.to_timedelta(days[order], "D"),
    )


@cache
def series_report():
    X, y, days = series()
    return report(X, y, time=days, **(SMALL | {"cv": 3}))


def assert_same_splits(found, expected):
    for split, other in zip(found, expected, strict=True):
        for rows, others in zip(split, other, strict=True):
            assert_array_equal(rows, others)


# How rows are cut


@pytest.mark.parametrize("stratified", [False, True])
def test_rows_that_are_independent_are_cut_as_ever(stratified):
    codes = np.random.default_rng(0).integers(0, 3, 90)
    plan = make_plan(90, cv=4, repeats=2, seed=5, classification=stratified)
    for repeat in range(2):
        folds = (StratifiedKFold if stratified else KFold)(4, shuffle=True, random_state=5 + repeat)
        found = [plan.outer_split(Part(repeat, k, None), codes) for k in range(4)]
        assert_same_splits(found, folds.split(codes, codes))
        for k, (training, _) in enumerate(found):
            inner = KFold(3, shuffle=True, random_state=5 + 4 * repeat + k).split(training)
            assert_same_splits(
                [plan.inner_split(Part(repeat, k, i), training) for i in range(3)], inner
            )
    assert (plan.n_train(90), plan.ratio) == (67, 1 / 3)


@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_groups_by_hand(kind):
    rng = np.random.default_rng(0)
    groups, codes = rng.integers(0, 20, 120), rng.integers(0, 2, 120)
    classes = tuple(codes.tolist()) if kind == "classes" else ()
    plan = make_plan(120, cv=4, repeats=2, seed=5, cut=Grouped(tuple(groups.tolist()), classes))
    kind = StratifiedGroupKFold if classes else GroupKFold
    sizes, ratios = [], []
    for repeat in range(2):
        folds = kind(4, shuffle=True, random_state=5 + repeat).split(groups, codes, groups)
        found = [plan.outer_split(Part(repeat, k, None), codes) for k in range(4)]
        assert_same_splits(found, folds)
        for k, (training, judged) in enumerate(found):
            sizes.append(len(training))
            ratios.append(len(judged) / len(training))
            assert not set(groups[training]) & set(groups[judged])
            inner = GroupKFold(3, shuffle=True, random_state=5 + 4 * repeat + k)
            expected = inner.split(training, groups=groups[training])
            assert_same_splits(
                [plan.inner_split(Part(repeat, k, i), training) for i in range(3)], expected
            )
    assert plan.train_sizes(120) == (min(sizes), max(sizes))
    assert_allclose(plan.ratio, np.mean(ratios))


def test_times_by_hand():
    order = np.random.default_rng(0).permutation(97)
    plan = make_plan(97, cv=3, cut=Forward(tuple(order.tolist())))
    where = np.argsort(order)
    found = [plan.outer_split(Part(0, k, None), order) for k in range(3)]
    for (training, judged), (past, present) in zip(
        found, TimeSeriesSplit(3).split(where), strict=True
    ):
        assert set(training) == set(where[past])
        assert set(judged) == set(where[present])
        for i, (fit, choose) in enumerate(TimeSeriesSplit(3).split(past)):
            inner = [training[rows] for rows in plan.inner_split(Part(0, 0, i), training)]
            assert [set(rows) for rows in inner] == [set(where[past[r]]) for r in (fit, choose)]
    assert plan.train_sizes(97) == (25, 73)
    assert_allclose(plan.ratio, (24 / 25 + 24 / 49 + 24 / 73) / 3)


@pytest.mark.parametrize("seed", range(5))
def test_equal_times_are_never_on_both_sides(seed):
    rng = np.random.default_rng(seed)
    times = np.unique(rng.geometric(0.15, 100), return_inverse=True)[1]
    cut = Forward(tuple(times.tolist()))
    outer = list(cut.outer(times, 5, 0))
    judged = np.concatenate([rows for _, rows in outer])
    assert len(set(judged)) == len(judged) == 100 - len(outer[0][0])
    for training, test in outer:
        assert times[training].max() < times[test].min()
        for fit, choose in cut.inner(training, 0):
            assert times[training[fit]].max() < times[training[choose]].min()


def test_fewer_groups_or_times_than_folds():
    groups = tuple(np.resize(np.arange(6), 90).tolist())
    assert make_plan(90, cut=Grouped(groups)).cv == 6
    assert make_plan(90, cut=Forward(groups)).cv == 2
    # The first block has at least 20 rows: there are not five folds of 70 rows.
    assert make_plan(70, cut=Forward(tuple(range(70)))).cv == 2
    assert make_plan(5000, cut=Forward(tuple(range(5000)))).cv == 5


@pytest.mark.parametrize(
    ("cut", "cv", "message"),
    [
        (Grouped((0, 1, 2, 3) * 15), 5, "5 folds of 4 groups are not possible: each needs a group"),
        (Grouped((0, 1, 2, 3) * 15), 2, "2 folds of 4 groups are not possible"),
        (Grouped((0, 1, 2) * 20), None, "3 folds of 3 groups are not possible"),
        (Grouped((0,) * 60), None, "2 folds of 1 groups are not possible"),
        (Forward(tuple(range(6)) * 10), 3, "3 folds of 6 different times are not possible: each"),
        (Forward((0, 1) * 30), None, "2 folds of 2 different times are not possible"),
        (Forward(tuple(range(30))), None, "a fold has 10 training rows of 30"),
    ],
)
def test_too_few(cut, cv, message):
    n_rows = len(getattr(cut, "groups", None) or cut.times)
    with pytest.raises(ValueError, match=message):
        make_plan(n_rows, cv=cv, cut=cut)


# What comes of it


def test_inner_folds_have_rows_to_fit():
    times = np.repeat(np.arange(7), [5, 1, 1, 1, 27, 20, 15])
    plan = make_plan(70, cut=Forward(tuple(times.tolist())))
    for fold in range(plan.cv):
        training, _ = plan.outer_split(Part(0, fold, None), times)
        for inner in range(3):
            fit, choose = plan.inner_split(Part(0, fold, inner), training)
            assert len(fit) >= 5
            assert len(choose) >= 1
    rare = np.repeat([0, 1, 2, 3], [57, 1, 1, 1])
    with pytest.raises(ValueError, match="4 folds of 4 groups are not possible"):
        make_plan(60, cut=Grouped(tuple(rare.tolist())))


def test_a_leak_is_shown_and_closed():
    X, y, person = visits()
    leaky = report(X, y, **SMALL)
    honest = visits_report()
    widest = "method == 'large, not pruned' and setting == 'ridge' and width == 60"
    errors = [result.to_frame().query(widest)["error"].mean() for result in (leaky, honest)]
    assert errors[0] < 0.1
    assert errors[1] > 0.5
    assert "rows are like the next ones" in leaky.notes[-1]

    # The report of groups recommends all columns with a ridge, and is right on what they leave.
    assert honest.recommended(8).method == LINEAR
    folds = GroupKFold(4, shuffle=True, random_state=0)
    table = X.assign(person=person)
    scores = cross_val_score(
        honest.pipeline(8), table, y, groups=person, cv=folds, scoring="neg_mean_squared_error"
    )
    found = honest.to_frame().query("method == @LINEAR").sort_values("fold")["error"]
    assert_allclose(found, -scores / np.var(y), rtol=1e-6)


def test_the_column_of_groups_is_no_feature():
    X, y, person = visits()
    result = visits_report()
    assert result.n_columns == 4
    (note,) = result.notes
    assert note == (
        "Rows of one 'person' are never on both sides of a split; there are 24 of them. That "
        "column is no feature."
    )
    given = report(X, y, groups=person, **SMALL)
    assert "Rows of one group are never" in given.notes[0]
    columns = ["fold", "method", "width", "error"]
    pd.testing.assert_frame_equal(given.to_frame()[columns], result.to_frame()[columns])
    table = X.assign(person=person)
    fitted = result.pipeline(8).fit(table, y)
    assert_allclose(fitted.predict(table), given.pipeline(8).fit(X, y).predict(X))
    assert_allclose(fitted.predict(table.assign(person="?")), fitted.predict(X))
    assert "Without the column 'person'" in result.code(8)


def test_the_mean_of_the_training_rows_is_to_be_beaten():
    _, y, days = series()
    result = series_report()
    past_and_present = [
        (np.flatnonzero(days < days[test].min()), test)
        for _, test in (result.plan.outer_split(Part(0, k, None), days) for k in range(3))
    ]
    y = y.to_numpy()
    errors = [np.mean((y[test] - y[past].mean()) ** 2) for past, test in past_and_present]
    assert_allclose(result.folds.mean_error, np.array(errors) / np.var(y))
    assert result.folds.ratio == result.plan.ratio
    assert f"leaves {np.mean(errors) / np.var(y):.1%} of the variance" in " ".join(result.remarks)
    assert "leaving out single training rows" in result.remarks[-1]
    assert "rows to be independent" in result.theory.note
    assert result.training_rows == "24 to 72"
    assert friedman_report().folds.mean_error == 1


def test_no_repeats_are_offered_where_there_is_one_way():
    assert {answer.more_repeats for answer in series_report().answers} == {0}
    assert {answer.more_repeats for answer in visits_report().answers} == {5}
    (answer,) = (a for a in friedman_report().answers if a.comparison.budget == 4)
    equal = answer.comparison._replace(verdict="equal", small=1.0, large=0.5)
    said = answer._replace(comparison=equal, more_repeats=0).sentence()
    assert "unless more rows show one" in said


def test_the_page_says_how_rows_are_cut(monkeypatch):
    draw_nothing(monkeypatch)
    for result, said in [
        (
            series_report(),
            "cut into 4 parts in the order of time. Each but the first was put aside",
        ),
        (visits_report(), "cut into 4 parts, with all rows of a group in the same one. Each was"),
        (friedman_report(), "cut into 3 parts. Each was put aside in turn, and all"),
    ]:
        page = " ".join(result.to_html().split())
        assert said in page
        assert f"Training rows in each part: {result.training_rows}." in page


def test_references_do_without_rows_that_depend_on_each_other(monkeypatch):
    monkeypatch.setattr(outside_references, "EARLY_ROWS", 10)
    X, y, person = visits()
    codes = np.unique(person, return_inverse=True)[1]
    labels = (y > y.median()).to_numpy()
    fold = Part(0, 1, None)
    for classes in (), tuple(labels.astype(int).tolist()):
        target = encode_target(labels if classes else y, classification=bool(classes))
        cut = Grouped(tuple(codes.tolist()), classes)
        options = {"classification": bool(classes), "n_columns": 8, "outside": True}
        plan = make_plan(len(y), budgets=[3], widths=[12], cv=4, cut=cut, **options)
        records = {r.method: r for r in evaluate_part(fold, plan, X, target, None)}
        training, judged = plan.outer_split(fold, target.codes)
        columns = prepared_columns(impute=False).fit(X.iloc[training])
        A, B = columns.transform(X.iloc[training]), columns.transform(X.iloc[judged])
        if not classes:
            model = HistGradientBoostingRegressor(early_stopping=False, random_state=1)
            error = np.mean((y.iloc[judged] - model.fit(A, y.iloc[training]).predict(B)) ** 2)
            assert_allclose(records[BOOSTED].error, error / np.var(y))
            continue
        inner = GroupKFold(3, shuffle=True, random_state=1)
        model = LogisticRegressionCV(
            Cs=np.logspace(-3, 2, 6),
            l1_ratios=(0.0,),
            cv=list(inner.split(A, groups=codes[training])),
            scoring="neg_log_loss",
            max_iter=200,
            use_legacy_attributes=False,
        ).fit(A, labels[training])
        loss = log_loss(labels[judged], model.predict_proba(B))
        assert_allclose(records[LOGISTIC].log_loss, loss, rtol=1e-5)


def test_penalties_of_logistic_regression_where_the_past_has_one_class():
    X, _, _ = series()
    codes = np.repeat([0, 1], [88, 8])
    target = encode_target(codes, classification=True)
    cut = Forward(tuple(range(96)), tuple(codes.tolist()))
    options = {"classification": True, "n_columns": 6, "outside": True}
    plan = make_plan(96, budgets=[3], widths=[12], cv=3, cut=cut, **options)
    for fold in range(3):
        for record in evaluate_part(Part(0, fold, None), plan, X, target, None):
            assert 0 <= record.log_loss < np.inf
            assert 0 <= record.error_rate <= 1


@pytest.fixture
def one_penalty(monkeypatch):
    for module in ridge_fits, gcv_fits:
        monkeypatch.setattr(module, "ALPHAS", np.array([3.0]))


@pytest.mark.usefixtures("one_penalty")
@pytest.mark.parametrize("kind", ["groups", "time"])
def test_tall_tables_are_cut_alike(kind):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.standard_normal((900, 4)), columns=list("abcd"))
    codes = rng.integers(0, 3, 900)
    target, classes = encode_target(codes, classification=True), tuple(codes.tolist())
    labels = tuple(np.unique(rng.integers(0, 90, 900), return_inverse=True)[1].tolist())
    cut = Grouped(labels, classes) if kind == "groups" else Forward(labels, classes)
    options = {"strategies": "magnitude", "classification": True, "n_columns": 8, "outside": True}
    plan = make_plan(900, budgets=[3], widths=[10], cv=3, cut=cut, **options)
    parts = [Part(0, 1, inner) for inner in (None, 0, 1, 2)]
    for part, shared in evaluate_parts(parts, plan, X, target, None):
        alone = evaluate_part(part, plan, X, target, None)
        assert [record[:5] for record in shared] == [record[:5] for record in alone]
        for field in "error", "error_rate", "log_loss":
            found = [[getattr(record, field) for record in some] for some in (shared, alone)]
            assert_allclose(*found, rtol=1e-6)


def test_log_losses_are_calibrated_without_rows_that_belong_together():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 80)
    scores = (codes + rng.standard_normal(80)).reshape(1, 80, 1)
    prevalences = np.bincount(codes) / 80
    alone = calibrated_log_losses(scores, codes, prevalences)
    assert_allclose(calibrated_log_losses(scores, codes, prevalences, np.arange(80)), alone)
    # Where all rows are one group, nothing but the prevalences is left.
    nothing = calibrated_log_losses(scores, codes, prevalences, np.zeros(80, dtype=int))
    assert_allclose(nothing, entropy(prevalences), rtol=1e-5)
    # Copies that are left out together are judged by the others, as single rows are.
    copied = calibrated_log_losses(scores.repeat(2, axis=1), codes.repeat(2), prevalences)
    honest = calibrated_log_losses(
        scores.repeat(2, axis=1), codes.repeat(2), prevalences, np.arange(80).repeat(2)
    )
    assert copied < honest


def test_classes_are_counted_where_they_are_judged():
    X, y, days = series()
    labels = np.where(y > y.median(), "up", "down")
    options = SMALL | {"cv": 3, "classification": True}
    result = report(X.assign(day=days), labels, time="day", **options)
    table = result.by_class(3)
    judged = np.flatnonzero(days >= np.sort(days)[24])
    assert table["rows"].to_dict() == pd.Series(labels[judged]).value_counts().to_dict()
    assert_allclose(table["share"].sum(), 1)
    assert (table["recall"] <= 1).all()
    fitted = result.pipeline(3).fit(X, labels)
    assert fitted.predict_proba(X).shape == (96, 2)
    folds = fitted[-1].cv
    order = np.argsort(days)
    blocks = StratifiedKFold(5).split(order, labels[order])
    assert_same_splits(
        [(order[fit], order[rows]) for fit, rows in blocks],
        [(order[np.isin(order, fit)], order[np.isin(order, rows)]) for fit, rows in folds.split()],
    )


def test_a_classifier_is_calibrated_by_group():
    X, y, person = visits()
    labels = np.where(y > y.median(), "high", "low")
    result = report(X, labels, groups=person, classification=True, **SMALL)
    splits = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(X, labels, person)
    found = result.pipeline(3)[-1].cv.split()
    for (_, rows), (_, expected) in zip(found, splits, strict=True):
        assert_array_equal(rows, expected)
    made = {"X": X, "y": labels, "groups": person}
    exec(result.code(3), made)
    fitted = result.pipeline(3).fit(X, labels)
    assert_allclose(made["pipeline"].predict_proba(X), fitted.predict_proba(X))


def test_no_more_folds_calibrate_than_there_are_groups():
    codes = np.tile([0, 1], 30)
    cut = Grouped(tuple(np.repeat(np.arange(4), 15).tolist()), tuple(codes.tolist()))
    assert len(cut.calibration(5, 0)) == 4
    assert len(cut.calibration(3, 0)) == 3


def test_nothing_is_calibrated_on_a_class_of_one_group():
    X, _, person = visits()
    labels = np.where(person == "p03", "rare", "usual")
    result = report(X, labels, groups=person, classification=True, **SMALL)
    assert result.calibration_folds == 1
    assert "A class has rows of too few groups, on which nothing" in result.remarks[-1]
    assert not hasattr(result.pipeline(3).fit(X, labels), "predict_proba")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": "who"}, "groups is 'who': there is no such column in X"),
        ({"time": "when"}, "time is 'when': there is no such column in X"),
        ({"groups": [1, 2]}, "groups has 2 values, but X has 120 rows"),
        ({"groups": [None, *"a" * 119]}, "groups has 1 missing values: drop these"),
        ({"time": [np.nan, *range(119)]}, "time has 1 missing values"),
        ({"time": [np.inf, *range(119)]}, "time has infinite values"),
        (
            {"time": ["soon", *["2024-03-01"] * 119]},
            "time has 'soon', which is no date",
        ),
        ({"time": ["03/04/2024", "04/05/2024"] * 60}, "which may be two dates"),
        (
            {"time": range(120), "repeats": 2},
            "repeats is 2: rows in time are cut in one",
        ),
        ({"time": range(120), "groups": range(120)}, "groups and time are both given"),
        ({"groups": np.resize(range(4), 120), "cv": 5}, "5 folds of 4 groups"),
        ({"groups": np.ones((120, 2))}, "groups has the shape"),
    ],
)
def test_bad_input(change, message):
    X, y, _ = visits()
    with pytest.raises(ValueError, match=message):
        report(X, y, budgets=[3], widths=[12], **change)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-03-01", "2024-02-10", "2023-12-31"], [2, 1, 0]),
        (["2024-03-01 12:00", "2024-03-01", "2024-03-01T13:00:00"], [1, 0, 2]),
        (["01.02.2024", "13.01.2024", "02.01.2024"], [2, 1, 0]),
        (["2/1/2024", "1/13/2024", "1/2/2024"], [2, 1, 0]),
        (["Mar 1, 2024", "Feb 10, 2024", "Dec 31, 2023"], [2, 1, 0]),
        ([2024.0, 2023.5, -1.0], [2, 1, 0]),
        (list(pd.to_datetime(["2024-03-01", "2024-02-10", "2023-12-31"])), [2, 1, 0]),
        (list(pd.to_datetime(["2024-03-01", "2024-02-10", "2024-02-10"], utc=True)), [1, 0, 0]),
    ],
)
def test_times_of_any_kind(times, expected):
    found = time_labels(as_frame(pd.DataFrame({"when": times}))["when"])
    assert found.codes.tolist() == expected


# From the command line

FAST = ["--budget", "3", "--width", "12", "--strategy", "magnitude", "--n-jobs", "1"]


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    draw_nothing(monkeypatch)
    X, y, person = visits()
    days = pd.date_range("2024-01-01", periods=len(X)).strftime("%Y-%m-%d")
    table = X.assign(person=person, day=days, pulse=y, kind=np.where(y > y.median(), "u", "v"))
    table.sample(frac=1, random_state=0).to_csv(tmp_path / "table.csv", index=False)

    def run(*arguments):
        status = main(
            [str(tmp_path / "table.csv"), *arguments, *FAST, "--out", str(tmp_path / "out")]
        )
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("options", "note", "sizes"),
    [
        (["--groups", "person", "--cv", "4"], "Rows of one 'person' are never", "90 training rows"),
        (
            ["--time", "day"],
            "Rows are in the order of 'day' (120 different",
            "20 to 100 training rows",
        ),
    ],
    ids=["groups", "time"],
)
@pytest.mark.parametrize("target", ["pulse", "kind"])
def test_end_to_end(run, tmp_path, options, note, sizes, target):
    other = {"pulse": "kind", "kind": "pulse"}[target]
    left_out = "day" if "person" in options else "person"
    classes = ["--classification"] if target == "kind" else []
    arguments = ["--target", target, *classes, *options, "--drop", other, left_out]
    status, out, _ = run(*arguments)
    assert status == 0
    assert sizes in out
    assert note in out
    assert "4 columns" in out
    assert "rows are like the next ones" not in out
    made = runpy.run_path(str(tmp_path / "out" / "model.py"))
    assert list(made["X"]) == ["x0", "x1", "x2", "x3"]
    if "--time" in options and classes:
        assert pd.to_datetime(made["table"]["day"]).is_monotonic_increasing

    parts = sorted((tmp_path / "out").glob("parts-*/*.json"))
    times = [file.stat().st_mtime_ns for file in parts]
    before = (tmp_path / "out" / "report.csv").read_bytes()
    assert run(*arguments, "--resume")[0] == 0
    assert [file.stat().st_mtime_ns for file in parts] == times
    assert (tmp_path / "out" / "report.csv").read_bytes() == before


def test_resume_notices_how_rows_are_cut(run, tmp_path):
    arguments = ["--target", "pulse", "--drop", "kind", "day", "person", "--cv", "2", "--resume"]
    for options in [], ["--groups", "person"], ["--time", "day"], ["--time", "x0"]:
        assert run(*arguments, *options)[0] == 0
    assert len(list((tmp_path / "out").glob("parts-*"))) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--groups", "who"], "--groups who: there is no such column besides the target"),
        (["--time", "pulse"], "--time pulse: there is no such column besides the target"),
        (
            ["--groups", "person", "--time", "day"],
            "groups and time are both given: give one of them",
        ),
        (["--time", "day", "--repeats", "2"], "repeats is 2: rows in time are cut in one way only"),
        (["--time", "person"], "time 'person' has 'p0"),
        (["--groups", "kind"], "2 folds of 2 groups are not possible"),
        (["--groups", "person", "--cv", "30"], "30 folds of 24 groups are not possible"),
    ],
)
def test_refused_in_one_line(run, options, message):
    status, out, err = run("--target", "pulse", *options)
    assert (status, out) == (2, "")
    assert err.startswith("sklearn_prune: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize("option", ["--groups", "--time"])
def test_streamed_tables_go_without(tmp_path, monkeypatch, option):
    monkeypatch.setattr(from_command_line, "STREAMED_SHARE", 0)
    X, y, _ = visits()
    X.assign(pulse=y).to_parquet(tmp_path / "table.parquet")
    arguments = [str(tmp_path / "table.parquet"), "--target", "pulse", option, "x0"]
    with pytest.raises(ValueError, match=f"{option} x0: .* is streamed, which goes without"):
        from_command_line.read_problem(make_parser().parse_args(arguments))


def test_the_default_cut_has_no_more_to_say():
    assert Shuffled().together() is None
    assert Shuffled().calibration(5, 0) == []
