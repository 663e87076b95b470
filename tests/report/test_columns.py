import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.table.columns import as_frame, check_features, match_columns

RNG = np.random.default_rng(0)
N = 60


def features(**columns):
    return as_frame(pd.DataFrame({"age": RNG.standard_normal(N), **columns}))


@pytest.mark.parametrize(
    "column",
    [
        pd.array([1, None, 3], dtype="Int64"),
        pd.array([True, None, False], dtype="boolean"),
        [True, False, True],
        pd.Series([1, 2.5, None], dtype=object),
    ],
)
def test_numbers_of_any_kind_become_floats(column):
    frame = as_frame(pd.DataFrame({"a": column}))
    assert frame["a"].dtype == np.float64


def test_categories_keep_what_is_missing():
    frame = as_frame(pd.DataFrame({"a": pd.Categorical(["x", None, "y"])}))
    assert frame["a"].tolist() == ["x", pytest.approx(np.nan, nan_ok=True), "y"]


def test_arrays_get_names():
    assert list(as_frame(np.ones((3, 2)))) == ["x0", "x1"]
    with pytest.raises(ValueError, match="1 dimensions"):
        as_frame(np.ones(3))
    with pytest.raises(ValueError, match="'a' occurs more than once"):
        as_frame(pd.DataFrame(np.ones((3, 2)), columns=["a", "a"]))


@pytest.mark.parametrize(
    ("column", "is_identifier"),
    [
        (np.arange(N), True),
        (np.arange(N)[::-1] + 1000, True),
        (RNG.permutation(N), True),
        ([f"A{k}" for k in range(N)], True),
        (RNG.integers(0, 5, N), False),
        (RNG.permutation(10 * np.arange(N)), False),
        (RNG.standard_normal(N), False),
        (np.resize(["x", "y"], N), False),
        (np.arange(N) + 1950, False),
        (np.cumsum(RNG.integers(1, 9, N)), False),
        (20200101 + 100 * np.arange(N), False),
        ([f"{20 + k / 7:.2f} kmpl" for k in range(N)], False),
        ([f"({20 + k / 7:.2f})" for k in range(N)], False),
        ([f"{20 + k / 7:.2f}-" for k in range(N)], False),
        ([f"1 {100 + k} EUR" for k in range(N)], False),
        ([f"2020-{k % 12 + 1:02}-{k // 12 + 1:02}" for k in range(N)], False),
        ([f"{k // 12 + 1}.{k % 12 + 1}.2020" for k in range(N)], False),
        ([f"{k} Main Street, {k + 1} {'abcdefghij'[k % 10]}" for k in range(N)], True),
    ],
)
def test_identifiers(column, is_identifier):
    _, notes = check_features(features(what=column), impute=False)
    assert any("identifier" in note for note in notes) == is_identifier


@pytest.mark.parametrize("written", ["${:,}", "{:,}", "{}.5%", "{} 000", "€{},5"])
def test_numbers_that_are_written_for_people(written):
    values = [written.format(1000 + 7 * k) for k in range(N)]
    _, notes = check_features(features(price=values), impute=False)
    (note,) = (note for note in notes if "identifier" in note or "look like" in note)
    assert "100% of 'price' look like numbers, but not all are plain ones" in note
    assert repr(values[0]) in note


def test_columns_of_few_values():
    often = RNG.standard_normal(N)
    often[0] = np.nan
    frame = features(rare=[1.0, 2.0] + [None] * (N - 2), often=often)
    with pytest.raises(ValueError, match="fewer than 10 values in rare, which may all be missing"):
        check_features(frame, impute=True)
    kept, _ = check_features(frame.drop(columns="rare"), impute=True)
    assert list(kept) == ["age", "often"]


def test_rows_of_numbers_and_text():
    frame = as_frame([[0.5, 1, "p"], [1.5, 2, "q"]])
    assert frame.dtypes.tolist() == [np.float64, np.float64, object]


def test_names_of_identifiers():
    values = RNG.permutation(10 * np.arange(N))
    for name in "id", "customer_id", "ID", "Unnamed: 0", "Order No":
        _, notes = check_features(features(**{name: values}), impute=False)
        assert any("identifier" in note for note in notes)
    _, notes = check_features(features(humid=values), impute=False)
    assert not notes


def test_what_is_told():
    frame = features(one=1, text=np.resize(["a"], N), mostly=["1.5"] * 50 + ["?"] * 10)
    kept, notes = check_features(frame, impute=False)
    assert list(kept) == ["age", "mostly"]
    assert notes[0] == "Constant columns are left out: one, text."
    assert "83% of 'mostly' look like numbers, but not all are plain ones, such as '?'" in notes[1]
    many = [f"town {k % 25}" for k in range(N)]
    _, notes = check_features(features(town=many), impute=False)
    assert "'town' has 25 categories" in notes[0]
    frame = pd.concat([features(), features().iloc[:5]])
    frame.iloc[-5:] = frame.iloc[:5]
    assert "copies" in check_features(as_frame(frame), impute=False)[1][0]


def test_unlabelled_columns_in_the_order_of_the_others():
    X = features(colour=np.resize(["x", "y"], N))
    unlabelled = X[["colour", "age"]].assign(extra=1.0)
    assert list(match_columns(X, unlabelled, impute=False)) == ["age", "colour"]
    for change, message in [
        ({"age": "old"}, "text in age"),
        ({"age": np.inf}, "infinite"),
        ({"age": np.nan}, "missing"),
    ]:
        with pytest.raises(ValueError, match=message):
            match_columns(X, as_frame(unlabelled.assign(**change)), impute=False)
    with pytest.raises(ValueError, match="no column age"):
        match_columns(X, unlabelled.drop(columns="age"), impute=False)


@pytest.mark.parametrize(
    "column", [pd.Categorical(np.arange(N) % 3), (np.arange(N) % 3).astype(str)]
)
def test_numbers_that_are_categories_by_their_type(column):
    (note,) = check_features(features(kind=column), impute=False)[1]
    assert note.startswith(
        "Warning: all values of 'kind' are numbers, such as '0', but text or cat"
    )


def test_not_all_is_never_all():
    values = ["1.5"] * 299 + ["?"]
    (note,) = check_features(as_frame(pd.DataFrame({"what": values})), impute=False)[1][:1]
    assert "99% of 'what' look like numbers, but not all are plain ones, such as '?'" in note


def test_nothing_is_no_text():
    X = features(size=np.arange(N) % 7)
    unlabelled = as_frame(X.astype(object).assign(size=None))
    assert match_columns(X, unlabelled, impute=True)["size"].isna().all()


def test_dates_and_counts_of_days():
    days = [f"2020-{k % 12 + 1:02}-{k // 12 + 1:02}" for k in range(N)]
    _, notes = check_features(features(when=days), impute=False)
    (note,) = notes
    assert note.startswith("Warning: 'when' has dates or times, which are taken for categories")
    assert check_features(features(start_date=np.arange(N) + 43_831), impute=False)[1] == []


def test_copies_of_rows_that_are_named():
    frame = features(kind=np.resize(["x", "y"], N))
    frame = pd.concat([frame, frame.iloc[:9]])
    frame.insert(0, "Unnamed: 0", range(len(frame)))
    _, notes = check_features(as_frame(frame), impute=False)
    assert "13% of the rows are copies" in notes[1]
