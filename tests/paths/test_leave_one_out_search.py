import warnings

import numpy as np
import pytest

from sklearn_prune import PrunedRegressorCV


@pytest.mark.parametrize("weights", [None, np.linspace(1, 2, 20)], ids=["", "weighted"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_data_that_were_centred_outside(rng, dtype, weights):
    X, y = rng.standard_normal((20, 30)) + 5, rng.standard_normal(20) + 3
    share = np.ones(20) if weights is None else weights
    X = (X - np.average(X, axis=0, weights=share)).astype(dtype)
    y = y - np.average(y, weights=share)
    with pytest.warns(UserWarning, match="leave-one-out sees what it leaves out") as caught:
        PrunedRegressorCV(["magnitude", "random"], [3], fit_intercept=False).fit(X, y, weights)
    assert len(caught) == 1


def test_no_warning_elsewhere(rng):
    X, y = rng.standard_normal((20, 30)), rng.standard_normal(20)
    centred = X - X.mean(axis=0), y - y.mean()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PrunedRegressorCV(sparsities=[3], fit_intercept=False).fit(X, y)
        PrunedRegressorCV(sparsities=[3]).fit(*centred)
        PrunedRegressorCV(sparsities=[3], fit_intercept=False, cv=4).fit(*centred)
        PrunedRegressorCV(sparsities=[3], fit_intercept=False).fit(centred[0], y)
