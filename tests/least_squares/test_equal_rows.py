import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from sklearn_prune._least_squares.equal_rows import count_distinct_rows, group_equal_rows

X = np.array([[1.0, 0, 2], [0, 0, 0], [1, -0.0, 2], [0, 0, 0], [1, 0, 2 + 1e-15]])


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csc_matrix])
def test_groups(container):
    first, group = group_equal_rows(container(X))
    assert_array_equal(first, [0, 1, 4])
    assert_array_equal(group, [0, 1, 0, 1, 2])


def test_counting_stops_at_enough():
    assert [count_distinct_rows(X, enough) for enough in (0, 1, 2, 3, 9)] == [0, 1, 2, 3, 3]


def test_rows_of_equal_entries_in_other_places_differ():
    swapped = sparse.csr_array(np.array([[1.0, 0], [0, 1.0]]))
    assert count_distinct_rows(swapped, 5) == 2
