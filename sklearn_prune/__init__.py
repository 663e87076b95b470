"""Train a small model, or train a large one and prune it?"""

from ._min_norm import MinNormRegressor
from ._pruned import PrunedRegressor
from ._random_features import RandomFeatures

__all__ = ["MinNormRegressor", "PrunedRegressor", "RandomFeatures"]
