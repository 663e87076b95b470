"""Train, prune and retrain neural nets (needs the extra ``neural``: skorch and torch)."""

try:
    import skorch as _skorch  # noqa: F401
    import torch as _torch  # noqa: F401
except ImportError as error:
    msg = (
        "sklearn_prune.neural needs more packages: pip install filelock skorch torch tqdm "
        f"(torch without a GPU: choose CPU on https://pytorch.org/get-started/locally) ({error})"
    )
    raise ImportError(msg) from error

from ._architectures import ResNet20, TwoLayerNet
from ._layer_display import LayerDisplay
from ._onnx_net import predicted_by_net as _predicted_by_net  # noqa: F401 (registered there)
from ._prune_net import apply_masks, prune_net
from ._pruned_net_classifier import PrunedNetClassifier
from ._pruned_net_regressor import PrunedNetRegressor
from ._study.study_figure import plot_study
from ._tensor_table import layer_table

__all__ = [
    "LayerDisplay",
    "PrunedNetClassifier",
    "PrunedNetRegressor",
    "ResNet20",
    "TwoLayerNet",
    "apply_masks",
    "layer_table",
    "plot_study",
    "prune_net",
]
