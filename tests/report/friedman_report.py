"""A table, and the report on it that several tests read and leave as it is."""

from functools import cache

import pandas as pd
from sklearn.datasets import make_friedman1

from sklearn_prune import report

SETTINGS = {"budgets": [4, 15], "widths": [10, 40, 200], "cv": 3, "random_state": 5}


@cache
def friedman_table():
    X, y = make_friedman1(n_samples=90, n_features=6, noise=0.3, random_state=0)
    return pd.DataFrame(X, columns=list("abcdef")), y


@cache
def friedman_report():
    return report(*friedman_table(), **SETTINGS, name="F & co")


@cache
def friedman_page():
    return friedman_report().to_html("python -m sklearn_prune")


@cache
def friedman_part():
    return friedman_report()._repr_html_()
