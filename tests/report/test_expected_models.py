import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.comparison.expected_models import are_records_of, expected_models
from sklearn_prune._report.comparison.one_part import evaluate_part
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import Part
from sklearn_prune._report.table.targets import encode_target

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.standard_normal((50, 2)), columns=["a", "b"])


@pytest.mark.parametrize("inner", [None, 1])
@pytest.mark.parametrize("distilled", [True, False])
@pytest.mark.parametrize("classes", [True, False])
@pytest.mark.parametrize(
    "sizes", [([3], [8]), ([1, 7, 12], [5, 9, 30]), ([20], [6, 25])], ids=["one", "many", "wide"]
)
def test_models_are_those_that_are_trained(inner, distilled, classes, sizes):
    budgets, widths = sizes
    plan = make_plan(
        50,
        budgets=budgets,
        widths=widths,
        strategies=["obs", "magnitude"],
        cv=2,
        classification=classes,
    )
    y = X["a"] > 0 if classes else X["a"]
    target = encode_target(y, classification=classes)
    records = evaluate_part(Part(0, 1, inner), plan, X, target, X[:9] if distilled else None)
    models = expected_models(plan, inner, distilled=distilled)
    assert [record[:5] for record in records] == models
    assert are_records_of(records, models, classes=classes)
    assert not are_records_of(records, models, classes=not classes)
