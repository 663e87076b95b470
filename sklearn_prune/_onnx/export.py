"""From fitted models to files of ONNX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .graph import Graph
from .onnx_file import as_model, require_onnx
from .predictions import predicted
from .wanted_columns import matrix, table

if TYPE_CHECKING:
    from .wanted_columns import Columns

# How files of such models end.
ONNX = ".onnx"


def to_onnx(model, path=None, *, dtype="float32"):
    """Turn a fitted model into one of ONNX, which needs no Python to predict.

    It holds, and computes, what the predictions need: a pruned model gathers its kept columns
    and is dense in them, and of random features before it only the kept ones are made.

    Parameters
    ----------
    model : estimator
        A fitted estimator of this package, a linear model of scikit-learn, or a pipeline of
        scalers, encoders, imputers, random features and one of those; or a search over such.
        The user guide lists what is known.

    path : str or path-like, default=None
        File to write, such as ``"model.onnx"``; none if None.

    dtype : {"float32", "float64"}, default="float32"
        In which precision the model takes numbers, computes and answers.

    Returns
    -------
    onnx.ModelProto
        The model. It has one input, X, or, if a model begins with a
        :class:`~sklearn.compose.ColumnTransformer` that was fitted to a data frame, one input
        of shape (n_samples, 1) for each column that is needed, of its name. Its outputs have the
        names of the methods that return the same: "predict", of classifiers also
        "decision_function" and "predict_proba", and "transform" of transformers.

    Raises
    ------
    ImportError
        If onnx is not installed.
    TypeError
        If a step of the model cannot be exported.
    ValueError
        If a parameter of a step cannot be exported, or `dtype` is another one.

    Examples
    --------
    >>> import numpy as np
    >>> import onnxruntime
    >>> from sklearn_prune import PrunedRegressor, to_onnx
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 1000))
    >>> model = PrunedRegressor(sparsity=10).fit(X, X[:, 0])
    >>> file = to_onnx(model, dtype="float64").SerializeToString()
    >>> session = onnxruntime.InferenceSession(file)
    >>> (prediction,) = session.run(["predict"], {"X": X})
    >>> np.allclose(prediction, model.predict(X), rtol=1e-12)
    True
    """
    onnx = require_onnx()
    check_is_fitted(model)
    graph = Graph(_check_dtype(dtype))
    outputs = predicted(model, _inputs(model, graph))
    exported = as_model(graph, outputs, type(model).__name__)
    if path is not None:
        onnx.save(exported, Path(path))
    return exported


def _check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return float32 or float64.

    Raises
    ------
    ValueError
        If it is something else.
    """
    name = getattr(dtype, "name", getattr(dtype, "__name__", dtype))
    if name in ("float32", "float64"):
        return np.dtype(name)
    raise ValueError(f"dtype is {dtype!r}: give 'float32' or 'float64'.")


def _inputs(model: Any, graph: Graph) -> Columns:
    """Return the columns that a model takes."""
    first = _first_step(model)
    if isinstance(first, ColumnTransformer) and hasattr(first, "feature_names_in_"):
        return table(graph, first.feature_names_in_.tolist())
    return matrix(graph, first.n_features_in_)


def _first_step(model: Any) -> Any:
    """Return the first step of a pipeline that does anything, however deep it is inside."""
    inner = getattr(model, "best_estimator_", model)
    if not isinstance(inner, Pipeline):
        return inner
    steps = [step for _, step in inner.steps if step is not None and step != "passthrough"]
    return _first_step(steps[0])
