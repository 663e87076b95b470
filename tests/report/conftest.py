import pandas as pd
import pytest
from sklearn.datasets import make_friedman1

from sklearn_prune import report


@pytest.fixture(scope="session")
def table():
    X, y = make_friedman1(n_samples=90, n_features=6, noise=0.3, random_state=0)
    return pd.DataFrame(X, columns=list("abcdef")), y


@pytest.fixture(scope="session")
def result(table):
    return report(
        *table, budgets=[4, 15], widths=[10, 40, 200], cv=3, random_state=5, name="F & co"
    )
