"""From fitted models to files of ONNX."""

from __future__ import annotations

from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .graph import Graph
from .onnx_file import as_model, require_onnx
from .predictions import predicted
from .wanted_columns import matrix, samples, table

if TYPE_CHECKING:
    from .wanted_columns import Columns

# How files of such models end.
ONNX = ".onnx"


@singledispatch
def whole_model(model: Any, _X: Any, _dtype: Any) -> Any:
    """Return the ONNX model of what another exporter knows, None for estimators.

    Raises
    ------
    TypeError
        If it is a module of torch, and what exports those is not there.
    """
    if any(kind.__module__.startswith("torch.nn.") for kind in type(model).__mro__):
        msg = f"{type(model).__name__} is a module of torch: import sklearn_prune.neural first."
        raise TypeError(msg)


def to_onnx(model, path=None, *, dtype="float32", X=None):
    """Turn a fitted model into one of ONNX, which needs no Python to predict.

    It holds, and computes, what the predictions need: a pruned model gathers its kept columns
    and is dense in them, and of random features before it only the kept ones are made.

    Parameters
    ----------
    model : estimator
        A fitted estimator of this package, a linear model of scikit-learn, or a pipeline of
        scalers, encoders, imputers, random features and one of those; or a search over such.
        The user guide lists what is known. Or a module of torch, or another fitted net of skorch,
        once ``sklearn_prune.neural`` is imported: :func:`neural.compact` makes it smaller first,
        if it can.

    path : str or path-like, default=None
        File to write, such as ``"model.onnx"``; none if None.

    dtype : {"float32", "float64"}, default="float32"
        In which precision the model takes numbers, computes and answers.

    X : array-like, tuple of array-like or dict of str to array-like, default=None
        Samples of a module of torch, by which it is followed: two are enough.

    Returns
    -------
    onnx.ModelProto
        The model. It has one input, X, or, if a model begins with a
        :class:`~sklearn.compose.ColumnTransformer` that was fitted to a data frame, one input
        of shape (n_samples, 1) for each column that is needed, of its name. Its outputs have the
        names of the methods that return the same: "predict", of classifiers also
        "decision_function" and "predict_proba", and "transform" of transformers. Inputs of a
        module have the names of its arguments, and its output is "outputs", or "outputs_0" and
        so on.

    Raises
    ------
    ImportError
        If onnx is not installed, or, for nets, onnxscript.
    TypeError
        If a step of the model cannot be exported.
    ValueError
        If a parameter of a step cannot be exported, `dtype` is another one, or samples of a
        module are missing, or given of anything else.

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
    numbers = _check_dtype(dtype)
    exported = whole_model(model, X, numbers)
    if exported is None:
        exported = _model_of_estimator(model, X, numbers)
    if path is not None:
        onnx.save(exported, Path(path))
    return exported


def _model_of_estimator(model: Any, X: Any, dtype: np.dtype[Any]) -> Any:
    """Return the ONNX model of a fitted estimator."""
    check_is_fitted(model)
    if X is not None:
        raise ValueError("X is for modules of torch: a fitted estimator knows its columns.")
    graph = Graph(dtype)
    return as_model(graph, predicted(model, _inputs(model, graph)), type(model).__name__)


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
    shape = getattr(first, "sample_shape_", ())
    if len(shape) > 1:
        return samples(graph, shape)
    return matrix(graph, first.n_features_in_)


def _first_step(model: Any) -> Any:
    """Return the first step of a pipeline that does anything, however deep it is inside."""
    inner = getattr(model, "best_estimator_", model)
    if not isinstance(inner, Pipeline):
        return inner
    steps = [step for _, step in inner.steps if step is not None and step != "passthrough"]
    return _first_step(steps[0])
