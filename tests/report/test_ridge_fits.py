import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import RidgeCV

from sklearn_prune._report.comparison.centring import centre
from sklearn_prune._report.comparison.ridge_fits import ALPHAS, RidgeFits


@pytest.mark.parametrize("width", [5, 30, 90])
def test_rows_that_occur_several_times(width):
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 25, 60)
    F = rng.standard_normal((25, width))[rows]
    y = F[:, :1] + rng.standard_normal((25, 1))[rows]
    expected = RidgeCV(ALPHAS).fit(F, y[:, 0])
    centre(F), centre(y)
    ((coef, alpha),) = RidgeFits(F, y).dense(np.array([width]))
    assert alpha == expected.alpha_
    assert_allclose(coef[:, 0], expected.coef_, rtol=1e-7, atol=1e-9)
