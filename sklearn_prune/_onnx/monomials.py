"""Products of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices

    from .wanted_columns import Columns


def multiplied(step: Any, columns: Columns) -> Columns:
    """Return the columns of `PolynomialFeatures`, each a product of some columns and ones."""
    graph, powers = columns.graph, step.powers_

    def numbers(kept: Indices) -> str:
        used = np.flatnonzero(powers[kept].any(axis=0))
        used = used if len(used) else np.arange(1)
        ones = np.array([0, 0, 0, 1]), np.float64(1)
        with_one = graph.add("Pad", columns.numbers(used), *ones)
        factors = _factors(powers[kept][:, used])
        if factors.shape[1] == 1:
            return graph.add("Gather", with_one, factors[:, 0], axis=1)
        values = graph.add("Gather", with_one, factors, axis=1)
        return graph.add("ReduceProd", values, np.array([2]), keepdims=0)

    return columns.made(len(powers), numbers)


def _factors(powers: Indices) -> Indices:
    """Return the columns of each product, as many for all; the last one is of ones."""
    n_products, n_columns = powers.shape
    factors = np.full((n_products, max(1, powers.sum(axis=1).max())), n_columns)
    for row, exponents in zip(factors, powers, strict=True):
        row[: exponents.sum()] = np.repeat(np.arange(n_columns), exponents)
    return factors
