"""Exact risk of dense, pruned, retrained and distilled linear models.

The mathematics of a problem given by its second moments; it knows no estimator.
"""

from ._compression import SoftThreshold, UniformQuantizer
from ._distribution import DistributionalCharacterization
from ._optimal_alpha import optimal_alpha
from ._predict import predict_risk
from ._problem import LinearGaussianProblem
from ._sample_problem import SampleProblem
from ._single_index import SingleIndexProblem

__all__ = [
    "DistributionalCharacterization",
    "LinearGaussianProblem",
    "SampleProblem",
    "SingleIndexProblem",
    "SoftThreshold",
    "UniformQuantizer",
    "optimal_alpha",
    "predict_risk",
]
