from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sklearn_prune._report.comparison.fingerprint import fingerprint
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.table.targets import Target

PLAN = make_plan(60)


def make_table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.standard_normal((60, 2)), columns=["a", "b"])
    return PLAN, X, Target(rng.standard_normal((60, 1))), X[:9]


def test_equal_tables_have_equal_names():
    assert fingerprint(*make_table()) == fingerprint(*make_table())


@pytest.mark.parametrize(
    "change",
    [
        lambda plan, X, target, unlabeled: (replace(plan, seed=1), X, target, unlabeled),
        lambda plan, X, target, unlabeled: (plan, X.rename(columns={"a": "c"}), target, unlabeled),
        lambda plan, X, target, unlabeled: (plan, X.replace(X.iloc[3, 1], 0.0), target, unlabeled),
        lambda plan, X, target, unlabeled: (plan, X, Target(-target.values), unlabeled),
        lambda plan, X, target, unlabeled: (plan, X, Target(target.values, ("u", "v")), unlabeled),
        lambda plan, X, target, unlabeled: (plan, X, target, unlabeled[:8]),
        lambda plan, X, target, unlabeled: (plan, X, target, None),
    ],
    ids=["plan", "name", "value", "target", "classes", "unlabelled rows", "none"],
)
def test_whatever_changes_the_numbers_changes_the_name(change):
    assert fingerprint(*change(*make_table())) != fingerprint(*make_table())


def test_versions_change_the_name(monkeypatch):
    before = fingerprint(*make_table())
    monkeypatch.setattr("sklearn_prune._report.comparison.versions.version", lambda package: "9")
    assert fingerprint(*make_table()) != before
