"""The question mark in the HTML box of an estimator leads to its page."""

import re
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator, is_classifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

import sklearn_prune
from sklearn_prune import PrunedRegressor, RandomFeatures

ESTIMATORS = [
    found
    for name in sklearn_prune.__all__
    if isinstance(found := getattr(sklearn_prune, name), type) and issubclass(found, BaseEstimator)
]
API = (Path(__file__).parents[1] / "docs" / "api.rst").read_text(encoding="utf-8")


def links(estimator):
    page = estimator_html_repr(estimator)
    return re.findall(r'class="sk-estimator-doc-link[^>]*href="([^"]*sklearn-prune[^"]*)"', page)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_box_of_an_estimator_links_its_page(estimator):
    page = f"generated/sklearn_prune.{estimator.__name__}.html"
    (link,) = links(estimator())
    assert link.endswith(page)
    assert f"\n   {estimator.__name__}\n" in API


def test_all_estimators_are_there():
    assert len(ESTIMATORS) >= 9
    assert sum(map(is_classifier, (estimator() for estimator in ESTIMATORS))) == 3


def test_steps_of_a_pipeline_link_their_pages():
    steps = make_pipeline(StandardScaler(), RandomFeatures(), PrunedRegressor())
    assert [link.rpartition(".")[0].rpartition(".")[2] for link in links(steps)] == [
        "RandomFeatures",
        "PrunedRegressor",
    ]


def test_a_class_of_somebody_else_has_no_page_here():
    class Mine(PrunedRegressor):
        pass

    assert links(Mine()) == []
