import re

import numpy as np
import pytest

from sklearn_prune._report.answer.choices import Row
from sklearn_prune._report.answer.number_words import percents
from sklearn_prune._report.answer.sentences import answer, remarks
from sklearn_prune._report.answer.statistics import Folds
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import (
    DENSE,
    PURSUED,
    RETRAINED,
    RIDGE,
    SMALL,
    Record,
)

NOISE = 0.01 * np.array([0.0, 1.0, -1.0, 0.5, -0.5])


def rows_of(budget, **errors):
    """Return rows of five folds, of models with such mean errors."""
    methods = {"small": SMALL, "large": RETRAINED, "pursued": PURSUED, "dense": DENSE}
    return [
        Row(
            0,
            fold,
            Record(
                methods[name],
                RIDGE,
                "",
                40,
                40 if name == "dense" else budget,
                1.0,
                1.0,
                mean * (1 + noise),
                np.nan,
                np.nan,
                0.5,
                (),
            ),
            np.nan,
            True,
            name == "large",
        )
        for name, mean in errors.items()
        for fold, noise in enumerate(NOISE)
    ]


def say(small, large, pursued, budget=10, repeats=1):
    rows = rows_of(budget, small=small, large=large, pursued=pursued, dense=0.1)
    plan = make_plan(100, budgets=[budget], widths=[40], cv=5, repeats=repeats)
    answers = answer(plan, rows, Folds(plan.ratio))
    return answers[0].sentence(), remarks(rows, answers)


@pytest.mark.parametrize(
    ("pursued", "told"),
    [
        (0.14999, None),  # beside 15.0 %
        (0.1495, None),  # less than 1 % less
        (0.145, "14.5% at 10 features"),
        (0.1479, "14.8% at 10 features"),
    ],
)
def test_greedy_selection_wins_only_by_enough(pursued, told):
    _, remarked = say(0.15, 0.16, pursued)
    greedy = [remark for remark in remarked if "matching pursuit" in remark]
    assert len(greedy) == (told is not None)
    if told:
        assert greedy[0].endswith(f"less than small and than large and pruned: {told}.")


@pytest.mark.parametrize(("small", "large"), [(0.0004, 0.00038), (0.00038, 0.0004), (0.3, 0.2)])
def test_what_differs_looks_different(small, large):
    sentence, _ = say(small, large, 1.0)
    left = re.search(
        r"leave (\S+)% of the variance unexplained, 10 trained directly (\S+)%", sentence
    )
    assert [float(text) for text in left.groups()] == pytest.approx([100 * large, 100 * small])


def test_percents():
    assert percents(0.25, 0.2) == ["25.0%", "20.0%"]
    assert percents(0.14996, 0.15, 0.2) == ["14.996%", "15.000%", "20.000%"]
    assert percents(0.0, 0.0) == ["0.00000000000%"] * 2


def test_no_error_at_all():
    sentence, _ = say(0.0, 0.0, 0.0)
    assert sentence.startswith("10 features: no difference")


def test_more_repeats_are_more():
    noisy = [0.3 * (1 + 40 * noise) for noise in NOISE]
    rows = rows_of(10, small=0.3, large=0.35)
    rows = [
        row._replace(record=row.record._replace(error=noisy[row.fold] + 0.05))
        if row.answer
        else row
        for row in rows
    ]
    for repeats in 1, 5:
        plan = make_plan(100, budgets=[10], widths=[40], cv=5, repeats=repeats)
        (found,) = answer(plan, rows, Folds(plan.ratio))
        assert f"unless more folds (--repeats {5 * repeats}) show one" in found.sentence()
