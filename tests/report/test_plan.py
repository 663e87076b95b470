import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import Part


@pytest.mark.parametrize("n_rows", [25, 120, 999, 1797, 2500])
def test_default_sizes_lie_on_both_sides_of_n(n_rows):
    plan = make_plan(n_rows)
    n_train = plan.n_train(n_rows)
    assert plan.cv == (10 if n_rows < 1000 else 5)
    assert len(plan.budgets) == 3
    assert plan.budgets[-1] <= n_train / 2 + 1
    assert plan.widths[0] <= n_train / 4
    assert plan.widths[-1] >= 4 * n_train - 2
    assert list(plan.widths) == sorted(set(plan.widths))


def test_large_tables_have_no_more_features_than_rows():
    plan = make_plan(100_000)
    assert plan.budgets == (100, 400, 1000)
    assert max(plan.widths) == 2000


def test_widths_go_beyond_the_budgets_that_are_asked_for():
    assert max(make_plan(5000, budgets=[1500]).widths) == 3000
    assert make_plan(5000, widths=[60]).budgets == (3, 12, 30)


def test_parts_cover_every_row_once():
    plan = make_plan(50, cv=4, repeats=2, budgets=[3], widths=[9])
    y = np.zeros(50, dtype=int)
    parts = plan.parts()
    assert len(set(parts)) == len(parts) == 2 * 4 * 4
    for repeat in range(2):
        splits = [plan.outer_split(Part(repeat, k, None), y) for k in range(4)]
        assert_array_equal(np.sort(np.concatenate([test for _, test in splits])), np.arange(50))
        for train, test in splits:
            assert not set(train) & set(test)
    inner = [plan.inner_split(Part(0, 0, i), np.arange(37)) for i in range(3)]
    assert_array_equal(np.sort(np.concatenate([rows for _, rows in inner])), np.arange(37))
    first, second = (plan.outer_split(Part(repeat, 0, None), y)[1] for repeat in range(2))
    assert set(first) != set(second)
    assert len({plan.feature_seed(part) for part in parts}) == 8


def test_folds_of_classes_are_stratified():
    plan = make_plan(60, cv=3, classification=True)
    y = np.repeat([0, 1, 2], [30, 28, 2])
    for fold in range(3):
        _, test = plan.outer_split(Part(0, fold, None), y)
        assert np.sum(y[test] == 0) == 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cv": 1}, "1 folds"),
        ({"cv": 61}, "61 folds"),
        ({"cv": "a"}, "cv is 'a': give the number of folds"),
        ({"cv": 2.5}, "cv is 2.5"),
        ({"cv": True}, "cv is True"),
        ({"cv": 8, "largest_class": 7}, "8 folds are too many, for no class has more than 7 rows"),
        ({"repeats": 0}, "repeats is 0"),
        ({"repeats": 1.5}, "repeats is 1.5"),
        ({"seed": True}, "the seed is True"),
        ({"budgets": 3}, "budgets is 3: give a list"),
        ({"budgets": "3"}, "budgets is '3': give a list"),
        ({"budgets": [True]}, "whole numbers"),
        ({"budgets": [[1, 2]]}, "whole numbers"),
        ({"widths": 30}, "widths is 30: give a list"),
        ({"strategies": 3}, "strategies is 3: give a list"),
        ({"strategies": []}, "strategies is empty"),
        ({"seed": -1}, "the seed is -1: give an int from 0 to 2147483647"),
        ({"seed": None}, "the seed is None"),
        ({"budgets": [0]}, "whole numbers"),
        ({"budgets": [2.5]}, "whole numbers"),
        ({"budgets": []}, "whole numbers"),
        ({"budgets": [100]}, "budget 100 is more than the 90 training rows"),
        ({"budgets": [20], "widths": [20]}, "not below the width, 20"),
        ({"widths": [1]}, "width is 1"),
        ({"strategies": ["oracle"]}, "strategy is 'oracle'"),
    ],
)
def test_what_does_not_fit_together(options, message):
    with pytest.raises(ValueError, match=message):
        make_plan(100 if options.get("cv") != 61 else 60, **options)


def test_too_few_rows():
    with pytest.raises(ValueError, match="13 training rows of 20: there must be at least 20"):
        make_plan(20, cv=3)


def test_numbers_of_numpy_are_plain_ones():
    plan = make_plan(100, cv=np.int64(4), seed=np.int64(3))
    assert (type(plan.cv), type(plan.seed)) == (int, int)
    assert make_plan(100, budgets=np.array([3]), widths=(w for w in (9, 7))).widths == (7, 9)
    assert type(make_plan(100, repeats=np.int64(2)).repeats) is int


def test_no_more_folds_than_the_largest_class_has_rows():
    assert make_plan(56, largest_class=7).cv == 7
    assert make_plan(56, largest_class=30).cv == 10
    assert make_plan(56, largest_class=7, cv=7).cv == 7
