"""What onnxruntime returns, beside what the estimator does."""

import numpy as np
import pytest

from sklearn_prune import to_onnx

TOLERANCES = {"float32": 1e-5, "float64": 1e-12}


def serve(model, given, dtype="float64"):
    """Return what the exported model returns, by method."""
    onnx, onnxruntime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    exported = to_onnx(model, dtype=dtype)
    onnx.checker.check_model(exported, full_check=True)
    session = onnxruntime.InferenceSession(exported.SerializeToString())
    names = [x.name for x in session.get_outputs()]
    return dict(zip(names, session.run(names, given), strict=True))


def assert_same(model, X, *methods, dtypes=TOLERANCES, given=None):
    """Check that all methods of the exported model return what those of the estimator do."""
    for dtype in dtypes:
        found = serve(model, {"X": X.astype(dtype)} if given is None else given(dtype), dtype)
        assert tuple(found) == methods
        for method, values in found.items():
            assert_agree(values, getattr(model, method)(X), TOLERANCES[dtype])


def assert_agree(found, expected, tolerance):
    """Check shapes and values, up to a fraction of the largest."""
    assert found.shape == expected.shape
    if expected.dtype.kind == "f":
        size = max(1, np.abs(expected).max())
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * size)
    else:
        np.testing.assert_array_equal(found, expected)
