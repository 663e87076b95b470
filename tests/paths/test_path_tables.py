"""Paths in a notebook: a line of text, and a table with the numbers of the path."""

from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from sklearn_prune import pruning_path, stability_path, width_path

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.standard_normal((40, 30)), columns=[f"<{j}>" for j in range(30)])
Y = RNG.standard_normal(40)
LABELS = np.resize(["a", "b", "c"], 40)


def table(path):
    """Return the caption of the table of a path, and its columns of texts."""
    root = ET.fromstring(path._repr_html_())
    assert [part.tag for part in root] == ["caption", "thead", "tbody"]
    assert {th.get("scope") for th in root.iterfind("thead/tr/th")} == {"col"}
    assert {row[0].get("scope") for row in root.iterfind("tbody/tr")} == {"row"}
    header = [th.text for th in root.iterfind("thead/tr/th")]
    rows = [[cell.text for cell in row] for row in root.iterfind("tbody/tr")]
    return root[0].text, dict(zip(header, zip(*rows, strict=True), strict=True))


def numbers(texts):
    return np.array(texts, dtype=float)


def test_pruning_path():
    path = pruning_path(X, Y, sparsities=range(1, 21))
    summary = "20 sparsities from 1 to 20, of 30 features"
    assert repr(path) == f"PruningPath({summary})"
    caption, columns = table(path)
    assert caption == f"{summary}; 12 of 20 sparsities"
    sizes = numbers(columns["features kept"]).astype(int)
    assert (len(sizes), sizes[0], sizes[-1]) == (12, 1, 20)
    assert_allclose(numbers(columns["training error"]), path.train_mse[sizes - 1], rtol=1e-3)
    assert columns["features"][0] == X.columns[path.support(0)[0]]
    assert columns["features"][-1].endswith(", …")


def test_pruning_path_of_classes_and_of_one_size():
    path = pruning_path(X.to_numpy(), LABELS, sparsities=[3], classification=True)
    assert repr(path) == "PruningPath(1 sparsity, 3, of 30 features, 3 classes)"
    _, columns = table(path)
    assert_allclose(numbers(columns["training error rate"]), path.train_error_rate, rtol=1e-3)
    assert columns["features"] == (", ".join(f"x{j}" for j in path.support(0)),)


def test_pruning_path_of_several_targets():
    path = pruning_path(X, np.column_stack([Y, -Y]), sparsities=[2, 3])
    assert repr(path) == "PruningPath(2 sparsities from 2 to 3, of 30 features, 2 targets)"
    errors = numbers(table(path)[1]["training error"])
    assert_allclose(errors, path.train_mse.mean(axis=1), rtol=1e-3)


def test_width_path():
    weights = RNG.uniform(1, 2, 40)
    path = width_path(X, Y, widths=[5, 30], sparsities=[2, 6], cv=3, sample_weight=weights)
    summary = "2 widths from 5 to 30, 2 sparsities from 2 to 6, 3 folds"
    assert repr(path) == f"WidthPath({summary})"
    caption, columns = table(path)
    assert caption == f"Mean validation errors: {summary}"
    assert columns["width"] == ("5", "30")
    means = path.dense_errors @ path.fold_weights / path.fold_weights.sum()
    assert_allclose(numbers(columns["dense"]), means, rtol=1e-3)
    retrained = path.retrained_errors[0] @ path.fold_weights / path.fold_weights.sum()
    assert_allclose(numbers(columns["retrained, 2 kept"]), retrained, rtol=1e-3)
    assert columns["pruned, 6 kept"][0] is None  # of five features


def test_width_path_without_retraining():
    path = width_path(X, Y, widths=[30], sparsities=[0.1], cv=2, retrain=False)
    assert repr(path) == "WidthPath(1 width, 30, 1 sparsity, 0.1, 2 folds)"
    assert list(table(path)[1]) == ["width", "dense", "pruned, 0.1 kept"]


def test_stability_path():
    path = stability_path(X, Y, sparsities=[1, 2, 4, 8, 16], n_pairs=10, random_state=0)
    summary = "5 sparsities from 1 to 16, of 30 features, 10 pairs of halves"
    assert repr(path) == f"StabilityPath({summary})"
    caption, columns = table(path)
    assert caption == f"Share of halves that select a feature: {summary}; 12 of 30 features"
    assert list(columns) == ["feature", "1 kept", "2 kept", "8 kept", "16 kept"]
    named = dict(zip(columns["feature"], columns["16 kept"], strict=True))
    for name, share in named.items():
        assert share == f"{path.frequencies[-1, X.columns.get_loc(name)]:.0%}"
