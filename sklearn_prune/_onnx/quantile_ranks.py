"""Ranks between quantiles: a `QuantileTransformer` as a sum of ramps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Indices

    from .wanted_columns import Columns


def ranked(step: Any, columns: Columns) -> Columns:
    """Return the columns of a `QuantileTransformer`, as ranks in [0, 1].

    Raises
    ------
    ValueError
        If they are to be normal, whose quantiles ONNX does not know.
    """
    if step.output_distribution != "uniform":
        msg = (
            f"output_distribution is {step.output_distribution!r}, of which ONNX knows no "
            "quantiles: give 'uniform'."
        )
        raise ValueError(msg)
    graph, rises = columns.graph, np.diff(step.references_)

    def numbers(kept: Indices) -> str:
        starts, slopes, heights = ramps(step.quantiles_[:, kept].astype(graph.dtype))
        values = graph.add("Unsqueeze", columns.numbers(kept), np.array([2]))
        risen = graph.add("Mul", graph.add("Sub", values, starts), slopes)
        ramp = graph.add("Clip", graph.add("Add", risen, heights), np.float64(0), np.float64(1))
        return graph.add("MatMul", ramp, rises)

    return columns.made(columns.n_columns, numbers)


def ramps(quantiles: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Return where ramps from 0 to 1 start, their slopes and their heights there.

    Between equal quantiles a ramp is a jump. On it, ranks are the mean of both sides; on the
    least value they are 0, on the largest 1.

    Parameters
    ----------
    quantiles : ndarray of shape (n_quantiles, n_columns)

    Returns
    -------
    starts, slopes, heights : ndarray of shape (n_columns, n_quantiles - 1)
    """
    starts, stops = quantiles[:-1].T, quantiles[1:].T
    is_jump = starts == stops
    slopes = np.full(starts.shape, np.finfo(starts.dtype).max)
    np.divide(1, stops - starts, out=slopes, where=~is_jump)
    heights = np.where(is_jump, 0.5, 0.0)
    heights[is_jump & (starts == quantiles[-1][:, np.newaxis])] = 1
    heights[is_jump & (starts == quantiles[0][:, np.newaxis])] = 0
    return starts, slopes, heights
