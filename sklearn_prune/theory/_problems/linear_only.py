"""Where a linear Gaussian problem is wanted, what to give."""

from __future__ import annotations

from typing import Any

from sklearn_prune.theory._checks import shown

from .binary import BinaryProblem
from .gaussian_mixture import GaussianMixtureProblem
from .linear_gaussian import LinearGaussianProblem
from .mixed_rows import MixedRowsProblem
from .sample import SampleProblem
from .single_index import SingleIndexProblem

EQUIVALENT = {
    SingleIndexProblem: "problem.equivalent(weights, activation), the problem of its features",
    MixedRowsProblem: "problem.average, the problem of Gaussian rows of the same moments",
    SampleProblem: "problem.equivalent(feature_map), the problem of its features",
    BinaryProblem: "problem.linear, the problem of least squares on its labels",
    GaussianMixtureProblem: "problem.linear, the problem of least squares on its labels",
}


def check_linear(problem: Any) -> None:
    """Raise a ValueError unless a problem is a `LinearGaussianProblem`."""
    if isinstance(problem, LinearGaussianProblem):
        return
    for kind, equivalent in EQUIVALENT.items():
        if isinstance(problem, kind):
            msg = f"problem is a {kind.__name__}: give {equivalent}."
            raise ValueError(msg)
    msg = f"problem is {shown(problem)}: give a LinearGaussianProblem."
    raise ValueError(msg)
