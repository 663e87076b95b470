import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune._paths.growing_gram import growing_gram, triangle_size, whole_gram

WIDTHS = np.array([3, 4, 9])


def test_every_width(rng):
    A = rng.standard_normal((5, 12))
    for width, gram in zip(WIDTHS, growing_gram(A, WIDTHS, alpha=0.5), strict=True):
        expected = A[:, :width] @ A[:, :width].T + 0.5 * np.eye(5)
        assert_allclose(gram, np.triu(expected), atol=1e-14)
        assert_allclose(whole_gram(gram, None), expected, atol=1e-14)
        assert_allclose(triangle_size(gram), np.linalg.norm(expected, 1))


def test_null_direction_has_the_mean_eigenvalue(rng):
    A = rng.standard_normal((5, 12))
    A -= A.mean(axis=0)
    null = np.full(5, 5**-0.5)
    for width, gram in zip(WIDTHS, growing_gram(A, WIDTHS, null=null), strict=True):
        expected = A[:, :width] @ A[:, :width].T
        assert_array_equal(gram, np.triu(gram))
        lifted = gram + np.triu(gram, 1).T
        assert_allclose(lifted @ null, np.trace(expected) / 5 * null, atol=1e-13)
        assert_allclose(whole_gram(gram, null), expected, atol=1e-13)
