"""Where a linear Gaussian problem is wanted, what to give."""

from __future__ import annotations

from typing import Any

from sklearn_prune.theory._checks import shown

from .linear_gaussian import LinearGaussianProblem
from .sample import SampleProblem
from .single_index import SingleIndexProblem

EQUIVALENT = {
    SingleIndexProblem: "problem.equivalent(weights, activation)",
    SampleProblem: "problem.equivalent(feature_map)",
}


def check_linear(problem: Any) -> None:
    """Raise a ValueError unless a problem is a `LinearGaussianProblem`."""
    if isinstance(problem, LinearGaussianProblem):
        return
    for kind, call in EQUIVALENT.items():
        if isinstance(problem, kind):
            msg = f"problem is a {kind.__name__}: give {call}, the problem of its features."
            raise ValueError(msg)
    msg = f"problem is {shown(problem)}: give a LinearGaussianProblem."
    raise ValueError(msg)
