"""Missing values: NaN among numbers, the empty string among texts."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices

    from .wanted_columns import Columns

# ONNX has no missing text.
NO_TEXT = np.array("", dtype=object)


def imputed(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `SimpleImputer`.

    Raises
    ------
    ValueError
        If it takes something else than NaN for missing, or tells where it was.
    """
    if step.add_indicator or not is_missing(step.missing_values):
        msg = (
            "SimpleImputer can be exported if add_indicator is False and missing_values is NaN: "
            "give those."
        )
        raise ValueError(msg)
    graph, fills = columns.graph, step.statistics_
    known = np.flatnonzero([step.keep_empty_features or not is_missing(x) for x in fills])
    present, fills = columns.some(known), fills[known]

    def numbers(kept: Indices) -> str:
        tensor = present.numbers(kept)
        return graph.add("Where", graph.add("IsNaN", tensor), fills[kept].astype(float), tensor)

    def texts(kept: Indices) -> str:
        tensor = present.texts(kept)
        return graph.add("Where", graph.add("Equal", tensor, NO_TEXT), fills[kept], tensor)

    return present._replace(numbers=numbers, texts=texts)


def is_missing(value: Any) -> bool:
    """Return whether a value is None or NaN."""
    return value is None or (isinstance(value, Real) and np.isnan(float(value)))
