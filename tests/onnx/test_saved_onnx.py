"""The command line saves what onnxruntime serves."""

import sys

import numpy as np
import pandas as pd
import pytest

from sklearn_prune.__main__ import main

FAST = ["--budget", "5", "--width", "40", "--cv", "2", "--n-jobs", "1", "--quiet"]


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((80, 2)), columns=["size", "age"])
    frame["colour"] = np.resize(["red", "green", "blue"], 80)
    frame["price"] = np.abs(frame["size"]) + (frame["colour"] == "red")
    return frame


def save(frame, folder, *options):
    frame.to_csv(folder / "table.csv", index=False)
    arguments = [str(folder / "table.csv"), "--target", "price", *FAST, *options]
    saving = [folder / f"model.{kind}" for kind in ("onnx", "skops")]
    for file in saving:
        assert main([*arguments, "--save", str(file), "--out", str(folder)]) == 0
    return saving


def as_given(column):
    is_text = column.dtypes.iloc[0].kind not in "fi"
    return column.fillna("").to_numpy(object) if is_text else column.to_numpy(float)


@pytest.mark.parametrize("options", [(), ("--impute",), ("--classification",)])
def test_saved_models_predict_the_same(frame, tmp_path, options):
    onnxruntime, skops = pytest.importorskip("onnxruntime"), pytest.importorskip("skops.io")
    if "--impute" in options:
        frame.loc[::9, "size"], frame.loc[::10, "colour"] = np.nan, None
    if "--classification" in options:
        frame["price"] = np.resize(["low", "high", "high"], 80)
    file, other = save(frame, tmp_path, *options)
    model = skops.load(other, trusted=skops.get_untrusted_types(file=other))
    session = onnxruntime.InferenceSession(file)
    X = frame.drop(columns="price")
    given = {x.name: as_given(X[[x.name]]) for x in session.get_inputs()}
    for output in session.get_outputs():
        (found,) = session.run([output.name], given)
        expected = getattr(model, output.name)(X)
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        else:
            np.testing.assert_array_equal(found, expected)


def test_without_onnx_nothing_is_compared(frame, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    frame.to_csv(tmp_path / "table.csv", index=False)
    arguments = [str(tmp_path / "table.csv"), "--target", "price", "--save", "model.onnx"]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "pip install onnx" in error
