"""Train a small model, or train a large one and prune it?"""

from ._checks.ctrl_c import end_on_interrupt as _end_on_interrupt
from ._checks.ctrl_c import is_starting as _is_starting

if _is_starting():
    _end_on_interrupt()

from ._batches.row_batches import RowBatches
from ._displays.double_descent_display import DoubleDescentDisplay
from ._displays.pruning_path_display import PruningPathDisplay
from ._displays.stability_path_display import StabilityPathDisplay
from ._least_squares.min_norm import MinNormRegressor
from ._least_squares.targeted_ridge import TargetedRidge
from ._paths.pruned_classifier_cv import PrunedClassifierCV
from ._paths.pruned_cv import PrunedRegressorCV
from ._paths.pruning_path import PruningPath, pruning_path
from ._paths.stability_path import StabilityPath, stability_path
from ._paths.width_path import WidthPath, width_path
from ._pruning.one_hot_groups import one_hot_groups
from ._pruning.pruned import PrunedRegressor
from ._pruning.pruned_classifier import PrunedClassifier
from ._random_features.pruned_random_features import PrunedRandomFeatures
from ._random_features.pruned_random_features_classifier import PrunedRandomFeaturesClassifier
from ._random_features.random_features import RandomFeatures
from ._report import Report, report
from ._theoretical_risk.scorer import TheoreticalRisk

__version__ = "0.1.0"

__all__ = [
    "DoubleDescentDisplay",
    "MinNormRegressor",
    "PrunedClassifier",
    "PrunedClassifierCV",
    "PrunedRandomFeatures",
    "PrunedRandomFeaturesClassifier",
    "PrunedRegressor",
    "PrunedRegressorCV",
    "PruningPath",
    "PruningPathDisplay",
    "RandomFeatures",
    "Report",
    "RowBatches",
    "StabilityPath",
    "StabilityPathDisplay",
    "TargetedRidge",
    "TheoreticalRisk",
    "WidthPath",
    "one_hot_groups",
    "pruning_path",
    "report",
    "stability_path",
    "width_path",
]
