import numpy as np

from sklearn_prune._report.comparison.versions import versions


def test_what_is_not_installed_has_no_version():
    expected = {"numpy": np.__version__, "sklearn-prune-of-nobody": "unknown"}
    assert versions(expected) == expected
