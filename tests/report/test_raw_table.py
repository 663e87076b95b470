import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from sklearn_prune._report.table.raw_table import raw_column, raw_frame

X = np.arange(6.0).reshape(3, 2)
PAIRS = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])


@pytest.mark.parametrize("names", [[7, 3], [0.5, 1.5], PAIRS, pd.to_datetime(["2020", "2021"])])
def test_names_of_any_kind_become_text(names):
    frame = raw_frame(pd.DataFrame(X, columns=names))
    assert list(frame) == [str(name) for name in names]
    assert_array_equal(frame, X)


def test_what_is_masked_is_missing():
    frame = raw_frame(np.ma.masked_array(X, mask=X == 3))
    assert_array_equal(frame.astype(float), np.where(X == 3, np.nan, X))
    column = raw_column(np.ma.masked_array([1, 2, 3], mask=[0, 1, 0]))
    assert column["y"].tolist() == [1, pytest.approx(np.nan, nan_ok=True), 3]


@pytest.mark.parametrize("y", [[1, 2], [[1], [2]], pd.Series([1, 2], index=[5, 3]), ("u", "v")])
def test_one_target_a_row(y):
    assert_array_equal(raw_column(y)["y"], np.ravel(np.asarray(y, dtype=object)))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.empty((0, 3)), "X has no rows: there is nothing to learn from"),
        (np.empty((3, 0)), "X has no columns"),
        (pd.DataFrame(index=range(3)), "X has no columns"),
        ([[]], "X has no columns"),
        ([[1, 2], [3]], "X has rows of different lengths"),
        (X[0], "X has 1 dimensions: give a table"),
        (None, "X has 0 dimensions"),
        (pd.DataFrame(X, columns=[1, "1"]), "the column name '1' occurs more than once"),
    ],
)
def test_what_is_no_table(table, message):
    with pytest.raises(ValueError, match=message):
        raw_frame(table)


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
def test_sparse_tables_are_refused(kind):
    with pytest.raises(TypeError, match=r"X is sparse: give a dense array, such as X\.toarray\(\)"):
        raw_frame(kind(X))
    with pytest.raises(TypeError, match=r"y is sparse: give a dense array, such as y\.toarray\(\)"):
        raw_column(kind(X[:, [0]]))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (X, r"y has the shape \(3, 2\): give one number or class a row"),
        (3, r"y has the shape \(\)"),
        (None, r"y has the shape \(\)"),
        ([], "y has no rows"),
    ],
)
def test_what_is_no_target(y, message):
    with pytest.raises(ValueError, match=message):
        raw_column(y)
