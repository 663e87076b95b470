"""Probabilities of classes, from scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, softmax

from sklearn_prune._checks.user_warnings import warn_user

from .graph import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray, Array

    from .graph import Graph
    from .linear_scores import Linear

# Probabilities that differ by less come from the same function of the scores.
TOLERANCE = 1e-5
ZERO, ONE = np.float64(0), np.float64(1)


def softmax_of(graph: Graph, scores: Output, factor: float) -> Output:
    """Return the softmax of scores times a factor; for two classes, of minus and plus theirs."""
    tensor = scores.tensor
    if not scores.shape:
        column = graph.add("Unsqueeze", tensor, np.array([1]))
        tensor = graph.add("Mul", column, np.array([-factor, factor]))
    elif factor != 1:
        tensor = graph.add("Mul", tensor, np.float64(factor))
    return Output(graph.add("Softmax", tensor, axis=1), scores.shape or (2,))


def logistic_of(graph: Graph, scores: Output) -> Output:
    """Return probabilities for which each score speaks for its class, or for the second of two."""
    # The logistic function is the softmax of minus and plus half its argument.
    return softmax_of(graph, scores, 1.0 if scores.shape else 0.5)


def one_against_rest_of(graph: Graph, scores: Output) -> Output:
    """Return the logistic function of the scores, divided by its sum over the classes."""
    # Logarithms do not underflow, and their softmax divides by the sum.
    magnitude = graph.add("Abs", scores.tensor)
    rest = graph.add("Log", graph.add("Add", graph.add("Exp", graph.add("Neg", magnitude)), ONE))
    logarithms = graph.add("Sub", graph.add("Min", scores.tensor, ZERO), rest)
    return Output(graph.add("Softmax", logarithms, axis=1), scores.shape)


def probabilities_of(
    graph: Graph, scores: Output, linear: Linear, predict_proba: Callable[[Array], AnyArray]
) -> Output | None:
    """Return the probabilities that a linear classifier predicts, None if it is unknown how."""
    samples, expected = _telling_samples(*linear)
    known = predict_proba(samples)
    for function, conversion in _functions(known.shape[1]):
        if np.abs(function(expected) - known).max() < TOLERANCE:
            return conversion(graph, scores)
    msg = "predict_proba is neither a softmax nor logistic, which ONNX needs: it is left out."
    warn_user(msg)
    return None


def _functions(n_classes: int) -> list[tuple[Callable[[AnyArray], AnyArray], Any]]:
    """Return what probabilities may be of scores, and what adds it to a graph."""
    if n_classes == 2:
        return [(lambda s: np.column_stack([expit(-s), expit(s)]), logistic_of)]
    return [
        (lambda s: softmax(s, axis=1), logistic_of),
        (lambda s: expit(s) / expit(s).sum(axis=1, keepdims=True), one_against_rest_of),
    ]


def _telling_samples(coef: AnyArray, intercept: AnyArray) -> tuple[Array, AnyArray]:
    """Return samples of moderate scores, where functions of them differ, and the scores."""
    wanted = np.random.default_rng(0).standard_normal((8, *coef.shape[:-1]))
    level = np.where(np.isfinite(intercept), intercept, 0)
    rows = np.atleast_2d(coef)
    samples: Array = np.linalg.lstsq(rows, (wanted - level).reshape(8, -1).T)[0].T
    return samples, samples @ coef.T + intercept
