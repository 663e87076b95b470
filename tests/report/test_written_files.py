import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn import config_context

from sklearn_prune import report
from sklearn_prune._report.answer.choices import Choice
from sklearn_prune._report.comparison.records import LARGE
from sklearn_prune._report.output.written_files import save_model


@pytest.mark.parametrize("method", LARGE)
def test_every_large_model_can_be_saved(tmp_path, method):
    skops = pytest.importorskip("skops.io")
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(size=(60, 2)), columns=["a", "b"])
    y, rows = np.abs(X["a"] - X["b"]).to_numpy(), X[:20] + 0.1
    result = report(X, y, budgets=[3], widths=[8], cv=2, X_unlabeled=rows)
    (answer,) = result.answers
    won = answer._replace(comparison=answer.comparison._replace(verdict="large"))
    object.__setattr__(result, "answers", [won])
    object.__setattr__(result, "large_choices", {3: Choice(method, "ridge", "magnitude", 8, 3)})

    file = tmp_path / "model.skops"
    save_model(file, result, X, rows)
    saved = skops.load(file, trusted=skops.get_untrusted_types(file=file))
    made = {"X": X, "y": y, "X_unlabeled": rows}
    with config_context():
        exec(result.code(), made)
        assert_allclose(saved.predict(X), made["pipeline"].predict(X))
