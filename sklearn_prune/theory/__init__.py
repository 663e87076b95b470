"""Exact risk of dense, pruned, retrained and distilled linear models and classifiers.

The mathematics of a problem given by its second moments; it knows no estimator.
"""

from ._classification.logistic.existence import mle_exists
from ._distribution import DistributionalCharacterization
from ._optimal_alpha import optimal_alpha
from ._optimal_penalties import optimal_penalties
from ._optimal_strategy import optimal_strategy, rank_strategies
from ._predict_risk import predict_risk
from ._problems.binary import BinaryProblem
from ._problems.gaussian_mixture import GaussianMixtureProblem
from ._problems.linear_gaussian import LinearGaussianProblem
from ._problems.sample import SampleProblem
from ._problems.single_index import SingleIndexProblem
from ._risk.compression import SoftThreshold, UniformQuantizer
from ._rounds_characterization import RoundsCharacterization

__all__ = [
    "BinaryProblem",
    "DistributionalCharacterization",
    "GaussianMixtureProblem",
    "LinearGaussianProblem",
    "RoundsCharacterization",
    "SampleProblem",
    "SingleIndexProblem",
    "SoftThreshold",
    "UniformQuantizer",
    "mle_exists",
    "optimal_alpha",
    "optimal_penalties",
    "optimal_strategy",
    "predict_risk",
    "rank_strategies",
]
