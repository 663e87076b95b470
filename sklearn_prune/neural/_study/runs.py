"""The runs of a study, and the net that each of them begins with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from sklearn_prune.neural._architectures import ResNet20, TwoLayerNet
from sklearn_prune.neural._masks import n_weights, set_masks
from sklearn_prune.neural._net_pruning import keep_by_layer, keep_global, kept_counts
from sklearn_prune.neural._random_streams import RandomStream
from sklearn_prune.neural._saliency import magnitude, random

from .settings import DATA, LISTS

if TYPE_CHECKING:
    from torch import Tensor, nn

    from .images import Images
    from .settings import Settings

# A step costs as much as in a net of so many weights, even if it has none.
COST_OF_A_STEP = 100_000

# Numbers that tell the random streams of one seed apart.
FIRST_WEIGHTS, NEW_WEIGHTS, RANDOM_MASK, WRONG_LABELS = range(4)


@dataclass(frozen=True)
class Run:
    """One net of a study, trained, or pruned and perhaps retrained.

    Attributes
    ----------
    settings : Settings
        The study.
    method : str
        "dense", or one of `METHODS`.
    width : int
        Width k of the net.
    base_width : int or None
        Width s of the net that has as many weights as this one keeps.
    seed : int
        Seed.
    sparsity : float or None
        Share of the weights that this one keeps, if no base width says it.
    label_noise : float
        Share of the training images that have a wrong class.
    """

    settings: Settings
    method: str
    width: int
    base_width: int | None
    seed: int
    sparsity: float | None = None
    label_noise: float = 0.0

    @property
    def dense(self) -> Run:
        """The run that trains the net that this one prunes."""
        return replace(self, method="dense", base_width=None, sparsity=None)

    @property
    def n_epochs(self) -> int:
        """Number of passes over the images."""
        if self.method == "dense":
            return self.settings.epochs
        return 0 if self.method == "no-retraining" else self.settings.retrain_epochs

    @property
    def n_keep(self) -> int:
        """Number of weights of the net that are kept."""
        if self.sparsity is None:
            return size_of(self.settings, self.base_width or self.width)
        return max(1, round(self.sparsity * size_of(self.settings, self.width)))

    @property
    def cost(self) -> int:
        """About how long it takes, relative to other runs."""
        evaluation = 1
        weights = size_of(self.settings, self.width)
        return (self.n_epochs + evaluation) * (COST_OF_A_STEP + weights)

    def parameters(self) -> dict[str, Any]:
        """Return all that the result depends on, and nothing else.

        What was added to a study later is left out where it is not used, so that runs of
        earlier studies are known by their keys.
        """
        values = {name: x for name, x in asdict(self.settings).items() if name not in LISTS}
        if self.method in ("dense", "no-retraining"):
            values |= {"retrain": None, "retrain_epochs": None}
        if self.sparsity is not None:
            values["sparsity"] = self.sparsity
        if self.label_noise:
            values["label_noise"] = self.label_noise
        return values | {
            "method": self.method,
            "width": self.width,
            "base_width": self.base_width,
            "seed": self.seed,
        }

    @property
    def key(self) -> str:
        """The name of the run: a hash of its parameters."""
        text = json.dumps(self.parameters(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def images(self, images: Images) -> Images:
        """Return the images of the study with the labels that this run learns."""
        generator = torch.Generator().manual_seed(10 * self.seed + WRONG_LABELS)
        return images.with_wrong_labels(self.label_noise, generator)

    def initial_net(self, stream: int = FIRST_WEIGHTS) -> nn.Module:
        """Return the net before training, the same on every device."""
        with RandomStream("cpu", 10 * self.seed + stream):
            return build(self.settings, self.width)

    def pruned_net(self, trained: dict[str, Tensor]) -> nn.Module:
        """Return the net with its masks, as it is before retraining.

        Parameters
        ----------
        trained : dict of str to Tensor
            State of the dense net after training.
        """
        net = self.initial_net()
        net.load_state_dict(trained)
        masks = self._masks(net)
        if self.method != "no-retraining" and self.settings.retrain != "finetune":
            reinit = self.settings.retrain == "reinit"
            net = self.initial_net(NEW_WEIGHTS if reinit else FIRST_WEIGHTS)
        set_masks(net, masks)
        return net

    def _masks(self, net: nn.Module) -> dict[str, Tensor]:
        best = keep_global(magnitude(net), self.n_keep)
        if self.method in ("magnitude", "no-retraining"):
            return best
        generator = torch.Generator().manual_seed(10 * self.seed + RANDOM_MASK)
        scores = random(net, generator)
        if self.method == "random":
            return keep_global(scores, self.n_keep)
        return keep_by_layer(scores, kept_counts(best))


def build(settings: Settings, width: int) -> nn.Module:
    """Return a new net of an architecture, for the images of a study."""
    rows, columns, channels = DATA[settings.data]
    if settings.architecture == "resnet20":
        return ResNet20(width, in_channels=channels)
    return TwoLayerNet(width, n_inputs=rows * columns * channels)


@cache
def size_of(settings: Settings, width: int) -> int:
    """Return the number of weights of a net."""
    with torch.device("meta"):
        return n_weights(build(settings, width))


def plan(settings: Settings) -> tuple[list[Run], list[Run]]:
    """Return the dense runs of a study, and those that prune their nets.

    A net of a base width is pruned neither to its own size nor to that of a wider one. If
    others are pruned to its size it is trained too, as what they are compared with. A net
    that keeps all of its weights is the dense one.
    """
    widths = tuple(dict.fromkeys(settings.widths))
    base_widths = [s for s in dict.fromkeys(settings.base_widths) if s < max(widths)]
    sparsities = [share for share in dict.fromkeys(settings.sparsities) if share < 1]
    methods = tuple(dict.fromkeys(settings.methods))
    studies = [
        (seed, noise)
        for noise in dict.fromkeys(settings.label_noise)
        for seed in dict.fromkeys(settings.seeds)
    ]
    dense = [
        Run(settings, "dense", width, None, seed, label_noise=noise)
        for seed, noise in studies
        for width in dict.fromkeys((*widths, *base_widths))
    ]
    pruned = [
        Run(settings, method, width, base_width, seed, sparsity=sparsity, label_noise=noise)
        for seed, noise in studies
        for width in widths
        for base_width, sparsity in (
            *((s, None) for s in base_widths if s < width),
            *((None, share) for share in sparsities),
        )
        for method in methods
    ]
    return dense, pruned
