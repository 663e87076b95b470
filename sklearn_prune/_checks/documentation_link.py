"""Where the documentation of an estimator is, for the question mark of its HTML box."""

from __future__ import annotations

PAGES = "https://sklearn-prune.readthedocs.io/en/latest/generated"


class DocumentationLink:
    """Mixin of estimators with a page of their own; scikit-learn reads its attributes."""

    _doc_link_module = "sklearn_prune"
    _doc_link_template = PAGES + "/{estimator_module}.{estimator_name}.html"
