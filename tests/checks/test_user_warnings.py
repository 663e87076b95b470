"""Warnings name the line that called the package, through all that lies between."""

import warnings
from functools import partial

import numpy as np
import pytest

from sklearn_prune import PrunedRegressor, PrunedRegressorCV
from sklearn_prune._checks.user_warnings import warn_user
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

rng = np.random.default_rng(0)
X = rng.standard_normal((40, 60))
y = X[:, 0] + rng.standard_normal(40)
SCALES = np.logspace(0, 4, 60)


def test_from_outside_it_is_the_caller():
    with pytest.warns(RuntimeWarning, match="so it is") as found:
        warn_user("so it is", RuntimeWarning)
    assert found[0].filename == __file__


def test_code_without_a_name_is_outside():
    code = compile("warn_user('so it is')", "nowhere", "exec")
    with pytest.warns(UserWarning, match="so it is") as found:
        exec(code, {"warn_user": warn_user})
    assert found[0].filename == "nowhere"


ISOTROPIC = LinearGaussianProblem(np.ones(60), np.ones(60))


@pytest.mark.parametrize(
    "call",
    [
        partial(PrunedRegressor("magnitude", sparsity=5).fit, X * SCALES, y),
        partial(PrunedRegressor("magnitude", sparsity=10, n_rounds=3).fit, X, y),
        partial(PrunedRegressorCV(fit_intercept=False).fit, X - X.mean(0), y - y.mean()),
        partial(predict_risk, ISOTROPIC, 45, strategy="hessian", sparsity=15, n_rounds=4),
    ],
    ids=["units", "rounds", "centred", "theory"],
)
def test_of_fits_and_formulas(call):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    assert {w.filename for w in found} == {__file__}
