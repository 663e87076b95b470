"""Every number of every sentence, recomputed from the numbers that report.csv has."""

import io
import re
from dataclasses import replace
from itertools import count

import numpy as np
import pandas as pd
import pytest
from friedman_report import friedman_report, friedman_table
from scipy import stats
from sklearn.datasets import load_iris

from sklearn_prune import report
from sklearn_prune._report.comparison.records import (
    BOOSTED,
    COLUMNS,
    DENSE,
    LARGE,
    LINEAR,
    LOGISTIC,
    PURSUED,
    SMALL,
)

CV = 3
ERROR = r"(?P<error>[\d.]+)%"
LARGE_MODELS = (
    r"large models of (?P<widths>(?:\d+, )*\d+(?: or \d+)?) random features"
    r"(?:, as the folds chose)?, pruned to (?P<s>\d+)"
)
AGAINST = rf"against {ERROR} of (?:the best of the budgets, )?"
SMALL_MODELS = r"(?P<s>\d+) (?:random features )?trained directly"
COLUMN_MODELS = r"(?P<width>\d+) prepared columns pruned to (?P<s>\d+)"
ALL_COLUMNS = r"all (?P<width>\d+) prepared columns with (?P<name>a ridge|logistic regression)"
MODELS = {
    "large": (rf"{LARGE_MODELS},(?: leave)? {ERROR}", AGAINST + LARGE_MODELS),
    "small": (rf"{SMALL_MODELS}(?: leave)? {ERROR}", AGAINST + SMALL_MODELS),
    "columns": (rf"{COLUMN_MODELS} leave {ERROR}", AGAINST + COLUMN_MODELS),
    "linear": (rf"{ALL_COLUMNS}, which are no more than these, leave {ERROR}",),
    "reference": (rf"(?P<name>Hist|Ridge|Logistic)\w+(?: leaves)? {ERROR}",),
    "dense": (rf"(?P<width>\d+) random features with a ridge leave {ERROR}",),
    "greedy": (rf"{ERROR} at (?P<s>\d+) feature",),
}
CLAIMS = {
    "all": r"all (\d+) prepared columns leave",
    "p": r"p ([=<]) (\d(?:[\d.e-]*\d)?)",
    "less": r"(?:which is|columns leave) (\d+)% (less|more)|pruning leaves (\d+)% (more)",
    "rates": (
        r"wrong class: ([\d.]+)%(?: and ([\d.]+)%)?; "
        r"log-loss: ([\d.e-]+)(?: and ([\d.e-]+))?"
    ),
    "times": r"takes ([\d.]+)(?: to ([\d.]+))? times",
}
CHECKED_ELSEWHERE = (
    r"^\d+ features?: |about [\d.]+ s instead of [\d.]+ s|less than 1%|--repeats \d+"
)


def read(result):
    """Return what is in report.csv."""
    numbers = result.to_frame().drop(columns="seconds").to_csv(index=False)
    return pd.read_csv(io.StringIO(numbers), keep_default_na=False, na_values=[""])


def select(frame, kind, budget=None):
    """Return the rows of the folds that stand for something, in their order."""
    frame = frame[frame["setting"] != "plain"]
    if kind in (LARGE, COLUMNS):
        rows = frame[frame["answer"] & frame["method"].isin(kind)]
    else:
        rows = frame[frame["method"] == kind]
    if budget is not None:
        rows = rows[rows["budget"] == budget]
    return rows.sort_values(["repeat", "fold"]).reset_index()


def t_test(differences):
    error = np.sqrt((1 / len(differences) + 1 / (CV - 1)) * np.var(differences, ddof=1))
    return 2 * stats.t.sf(abs(differences.mean()) / error, len(differences) - 1)


def holm(p_values):
    order = np.argsort(p_values)
    steps = [(len(p_values) - k) * p_values[i] for k, i in enumerate(order)]
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def written(text, value, scale=100.0):
    """Return whether a decimal is a value, rounded as it is written."""
    digits = len(text.partition(".")[2])
    return abs(float(text) - scale * value) <= 0.5000001 * 10.0**-digits


REFERENCES = {"Hist": BOOSTED, "Ridge": LINEAR, "Logistic": LOGISTIC}
REFERENCES |= {"a ridge": LINEAR, "logistic regression": LOGISTIC}
KINDS = {"large": LARGE, "small": SMALL, "columns": COLUMNS, "dense": DENSE}
KINDS["greedy"] = PURSUED


def named_models(frame, sentence):
    """Return what a sentence says of each model, and the rows it is of, in their order."""
    found = []
    for kind, patterns in MODELS.items():
        for match in (match for pattern in patterns for match in re.finditer(pattern, sentence)):
            said = match.groupdict()
            method = KINDS.get(kind) or REFERENCES[said["name"]]
            budget = said.get("s") or (said["width"] if kind == "dense" else None)
            rows = select(frame, method, None if budget is None else int(budget))
            if kind == "dense" and not len(rows):  # as narrow as a small model
                rows = select(frame, SMALL, int(budget))
            found.append((match.start(), kind, said, rows))
    return sorted(found, key=lambda model: model[0])


def claims(frame, sentence):
    """Yield whether each number of a sentence is that of the table."""
    models = named_models(frame, sentence)
    for _, kind, said, rows in models:
        yield len(rows) > 0 and written(said["error"], rows["error"].mean())
        if "width" in said:
            yield (rows["width"] == int(said["width"])).all()
        if "widths" in said:
            yield {int(width) for width in re.findall(r"\d+", said["widths"])} == set(rows["width"])
        if kind == "linear":
            yield int(said["width"]) <= int(sentence.split()[0])
            both = (select(frame, method)["error"].mean() for method in (LINEAR, LOGISTIC))
            yield rows["error"].mean() == np.nanmin(list(both))
        if kind == "dense":
            dense, small = (
                select(frame, method).groupby("width")["error"].mean() for method in (DENSE, SMALL)
            )
            yield dense.combine_first(small).idxmin() == int(said["width"])
        if kind == "greedy":
            for other in LARGE, SMALL:
                least = select(frame, other, int(said["s"]))["error"].mean()
                yield rows["error"].mean() < 0.99 * least
    for match in re.finditer(CLAIMS["all"], sentence):
        yield (select(frame, LINEAR)["width"] == int(match[1])).all()
    yield from derived(frame, sentence, [rows for *_, rows in models])


def pair_p(frame, kinds, first):
    """Return the adjusted p-value of a comparison at a budget, among those at all budgets."""
    budgets = sorted(set(select(frame, LARGE)["budget"]))
    p_values = []
    for s in budgets:
        pair = [kind(s) for kind in kinds]
        p_values.append(t_test(pair[0]["error"] - pair[1]["error"]))
    return holm(p_values)[budgets.index(first)]


def derived(frame, sentence, models):
    """Yield whether shares, p-values, rates and ratios are those of the models named before."""
    means = [rows["error"].mean() for rows in models]
    for match in re.finditer(CLAIMS["less"], sentence):
        number, word = [group for group in match.groups() if group]
        change = means[0] / means[1] - 1
        yield written(number, abs(change))
        yield (word == "more") == (change > 0)
    tests = p_values_of(frame, sentence, models)
    for match, p in zip(re.finditer(CLAIMS["p"], sentence), tests, strict=True):
        sign, text = match.groups()
        yield p < 0.001 if sign == "<" else f"{p:.2g}" == text
        if "beyond noise" in sentence:
            before = re.findall("not beyond|no difference beyond|beyond", sentence[: match.start()])
            yield (before[-1] == "beyond") == (p < 0.02)
    for match, those in zip(
        re.finditer(CLAIMS["rates"], sentence), rated(sentence, models), strict=True
    ):
        rates, losses = match.groups()[:2], match.groups()[2:]
        for rows, rate, loss in zip(those, rates, losses, strict=False):
            yield written(rate, rows["error_rate"].mean())
            yield loss == f"{rows['log_loss'].mean():.3g}"
    for match in re.finditer(CLAIMS["times"], sentence):
        ratios = models[0]["width"] / models[0]["budget"]
        for text, ratio in zip(match.groups(), [ratios.min(), ratios.max()], strict=True):
            yield text is None or written(text, ratio, 1.0)


def rated(sentence, models):
    """Return the models that each pair of brackets speaks of."""
    if "wrong class" not in sentence:
        return []
    if sentence.startswith("Not pruned"):
        return [[rows] for rows in models[:-1]]
    return [models]


def p_values_of(frame, sentence, models):
    """Return the p-values that a sentence ought to have."""
    if sentence.startswith("Not pruned, all"):
        every = [LINEAR, LOGISTIC, BOOSTED]
        every = [select(frame, kind) for kind in every]
        best = models[-1]["error"]
        tests = {rows["method"][0]: t_test(best - rows["error"]) for rows in every if len(rows)}
        adjusted = dict(zip(tests, holm(list(tests.values())), strict=True))
        return [adjusted[rows["method"][0]] for rows in models[:-1]]
    if "p " not in sentence or re.search(CLAIMS["p"], sentence) is None:
        return []
    first = int(sentence.split()[0])

    def random(s):
        small, large = select(frame, SMALL, s), select(frame, LARGE, s)
        wins = pair_p(
            frame, [lambda t: select(frame, SMALL, t), lambda t: select(frame, LARGE, t)], s
        )
        clear = large["error"].mean() < 0.99 * small["error"].mean()
        return large if wins < 0.02 and clear else small

    def columns(s):
        found = select(frame, COLUMNS, s)
        plain = [select(frame, method) for method in (LINEAR, LOGISTIC)]
        plain = [rows for rows in plain if len(rows)]
        return found if len(found) else min(plain, key=lambda rows: rows["error"].mean())

    kinds = [lambda s: select(frame, SMALL, s), lambda s: select(frame, LARGE, s)]
    if "prepared columns" in sentence:
        kinds = [random, columns]
    return [pair_p(frame, kinds, first)]


def is_true(frame, sentence):
    """Return whether each number of a sentence is that of the table; all have to be known."""
    rest = re.sub(CHECKED_ELSEWHERE, "", sentence)
    for pattern in [*(pattern for some in MODELS.values() for pattern in some), *CLAIMS.values()]:
        rest = re.sub(pattern, "", rest)
    assert not re.search(r"\d", rest), f"a number that is not checked: {rest}"
    return all(claims(frame, sentence))


def sentences(result):
    return [*result.said, *result.remarks]


# Errors that trigger each verdict: of small, of large, of columns, of all columns, of boosting
# and of matching pursuit.
VERDICTS = {
    "large": (0.5, 0.3, 0.4, 0.45, 0.5, 0.6),
    "small": (0.3, 0.5, 0.4, 0.45, 0.5, 0.6),
    "small, and below all widths": (0.2, 0.5, 0.4, 0.45, 0.5, 0.6),
    "equal": (0.3, 0.301, 0.2995, 0.45, 0.5, 0.6),
    "nothing": (1.3, 1.5, 1.4, 1.45, 1.5, 1.6),
    "columns": (0.5, 0.45, 0.2, 0.3, 0.4, 0.4),
    "all columns": (0.5, 0.3, 0.4, 0.15, 0.2, 0.6),
    "boosting": (0.5, 0.3, 0.4, 0.29, 0.1, 0.25),
}


def with_errors(result, errors, spread):
    """Return a report whose models have such errors, and whose folds choose several widths."""
    small, large, columns, linear, boosted, pursued = errors
    means = {SMALL: small, LINEAR: linear, BOOSTED: boosted, PURSUED: pursued, DENSE: 0.25}
    means |= dict.fromkeys(LARGE, large) | dict.fromkeys(COLUMNS, columns)
    steps = count()

    def changed(part, record):
        noise = spread * (part.fold - 1) * (1 + 0.1 * (next(steps) % 7))
        mean = means.get(record.method, 1.0)
        liked = result.plan.widths[1 + part.fold % 2]
        worse = 0.02 * (record.width != liked) if record.method in LARGE else 0.0
        return record._replace(error=mean + worse + noise)

    results = {
        part: [changed(part, record) for record in records]
        for part, records in result.results.items()
    }
    return replace(result, results=results)


def test_what_is_worse_than_the_mean_is_no_reference():
    for boosted, is_named in {0.9: True, 1.2: False}.items():
        result = with_errors(friedman_report(), [1.5, 1.5, 1.5, 1.4, boosted, 1.5], 1e-4)
        assert bool(result.reference_sentence) == is_named


@pytest.mark.parametrize("spread", [1e-4, 0.05], ids=["clear", "noisy"])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_sentence_of_every_verdict_is_true(verdict, spread):
    result = with_errors(friedman_report(), VERDICTS[verdict], spread)
    frame = read(result)
    for sentence in sentences(result):
        assert is_true(frame, sentence), sentence


def test_the_verdicts_are_what_they_are_meant_to_be():
    found = {
        verdict: with_errors(friedman_report(), errors, 1e-4)
        for verdict, errors in VERDICTS.items()
    }
    for verdict in "large", "small", "equal", "nothing":
        assert {answer.comparison.verdict for answer in found[verdict].answers} == {verdict}
    assert found["large"].reference_sentence == ""
    assert "RidgeCV leaves 15.0%" in found["all columns"].reference_sentence
    assert "use HistGradientBoostingRegressor" in found["boosting"].reference_sentence
    assert "25.0% at 4 features" in found["boosting"].remarks[1]
    assert found["nothing"].recommended_budget is None
    assert "DummyRegressor" in found["nothing"].no_recommendation
    assert found["nothing"].recommended().method == "mean"
    X, y = friedman_table()
    made = {"X": X, "y": y}
    exec(found["nothing"].code(), made)
    np.testing.assert_allclose(made["pipeline"].predict(X[:2]), y.mean())
    np.testing.assert_allclose(found["nothing"].pipeline().fit(X, y).predict(X[:2]), y.mean())
    assert len(found["nothing"].pipeline(4)) > 1
    assert found["columns"].recommended(4).method in COLUMNS
    assert found["all columns"].recommended(15).width == 12


@pytest.mark.parametrize("verdict", ["large", "columns", "boosting"])
def test_a_sentence_fails_if_a_cell_of_its_rows_changes(verdict):
    result = with_errors(friedman_report(), VERDICTS[verdict], 0.001)
    frame = read(result)
    for s, sentence in zip(result.plan.budgets, result.sentences, strict=True):
        for kind in SMALL, LARGE:
            for at in select(frame, kind, s)["index"]:
                changed = frame.copy()
                changed.loc[at, "error"] += 0.01
                assert not is_true(changed, sentence)
        at = select(frame, LARGE, s)["index"][1]
        changed = frame.copy()
        changed.loc[at, "width"] = 77
        assert not is_true(changed, sentence)
    for s, sentence in zip(result.plan.budgets, result.column_sentences, strict=True):
        for at in select(frame, COLUMNS, s)["index"]:
            changed = frame.copy()
            changed.loc[at, "error"] += 0.01
            assert not is_true(changed, sentence)
    if result.reference_sentence:
        for at in select(frame, BOOSTED)["index"]:
            changed = frame.copy()
            changed.loc[at, "error"] += 0.01
            assert not is_true(changed, result.reference_sentence)


def test_sentences_of_measured_errors_are_true():
    result = friedman_report()
    frame = read(result)
    for sentence in sentences(result):
        assert is_true(frame, sentence), sentence


def test_sentences_of_classes_are_true():
    X, y = load_iris(return_X_y=True, as_frame=True)
    result = report(X, y, classification=True, budgets=[4, 12], widths=[20, 30], cv=CV)
    frame = read(result)
    for sentence in sentences(result):
        assert is_true(frame, sentence), sentence
    assert all("wrong class" in sentence for sentence in result.column_sentences)


def test_seconds_are_those_of_the_median_fold():
    result = friedman_report()
    for s, sentence in zip(result.plan.budgets, result.sentences, strict=True):
        told = re.search(r"about ([\d.]+) s instead of ([\d.]+) s", sentence)
        for text, kind in zip(told.groups(), (LARGE, SMALL), strict=True):
            median = select(result.to_frame(), kind, s)["seconds"].median()
            assert float(text) == pytest.approx(float(f"{median:.1g}"))
