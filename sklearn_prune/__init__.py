"""Train a small model, or train a large one and prune it?"""

from ._double_descent_display import DoubleDescentDisplay
from ._min_norm import MinNormRegressor
from ._pruned import PrunedRegressor
from ._pruned_cv import PrunedRegressorCV
from ._pruned_random_features import PrunedRandomFeatures
from ._pruning_path import PruningPath, pruning_path
from ._pruning_path_display import PruningPathDisplay
from ._random_features import RandomFeatures
from ._report import Report, report
from ._theoretical_risk import TheoreticalRisk
from ._width_path import WidthPath, width_path

__all__ = [
    "DoubleDescentDisplay",
    "MinNormRegressor",
    "PrunedRandomFeatures",
    "PrunedRegressor",
    "PrunedRegressorCV",
    "PruningPath",
    "PruningPathDisplay",
    "RandomFeatures",
    "Report",
    "TheoreticalRisk",
    "WidthPath",
    "pruning_path",
    "report",
    "width_path",
]
