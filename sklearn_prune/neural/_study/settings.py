"""What a study does: its parameters, their defaults, and the file that can hold them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from math import inf
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

# How a net comes down to the number of weights of a smaller one.
METHODS = ("magnitude", "random", "random-layerwise", "no-retraining")
RETRAIN = ("rewind", "finetune", "reinit")
AUGMENTATIONS = ("shift", "none")
# Shapes of the images: rows, columns and channels.
DATA = {"cifar10": (32, 32, 3), "mnist": (28, 28, 1), "digits": (8, 8, 1)}
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Parameters of a study. The defaults are those of the paper's nets, where known.

    Attributes
    ----------
    architecture : {"resnet20", "two-layer"}
        Net.
    data : {"cifar10", "mnist", "digits"}
        Images; the digits of scikit-learn, which need no download, for a trial. ResNet-20
        sees them four times as large.
    widths : tuple of int
        Widths k of the nets that are trained.
    base_widths : tuple of int
        Widths s: wider nets are pruned to as many weights as these have, and compared
        with these.
    sparsities : tuple of float
        Shares of their weights that nets are pruned to, as well.
    methods : tuple of str
        Ways to prune, of `METHODS`.
    seeds : tuple of int
        Seeds; each repeats everything.
    epochs, retrain_epochs : int
        Passes over the images, before and after pruning.
    retrain : {"rewind", "finetune", "reinit"}
        Weights from which a pruned net is retrained: the first ones, the trained ones,
        or new ones.
    batch_size : int
        Images a step.
    learning_rate : float
        Step size of Adam.
    augmentation : {"shift", "none"}
        Whether training images are shifted at random, by up to 4 pixels each way.
    n_train : int or None
        Number of training images, all if None.
    label_noise : tuple of float
        Shares of the training images that are given a wrong class; each repeats everything.
    precision : {"float32", "bfloat16"}
        Precision of the forward pass.
    """

    architecture: str
    data: str
    widths: tuple[int, ...]
    base_widths: tuple[int, ...]
    epochs: int
    retrain_epochs: int
    augmentation: str
    sparsities: tuple[float, ...] = ()
    methods: tuple[str, ...] = METHODS
    seeds: tuple[int, ...] = (0,)
    retrain: str = "rewind"
    batch_size: int = 128
    learning_rate: float = 1e-3
    n_train: int | None = None
    label_noise: tuple[float, ...] = (0.0,)
    precision: str = "float32"

    def __post_init__(self) -> None:
        """Check all values.

        Raises
        ------
        ValueError
            If one is out of range; the message names it.
        """
        for name in ("epochs", "retrain_epochs", "batch_size"):
            _check_ints(name, [getattr(self, name)])
        _check_ints("n_train", [] if self.n_train is None else [self.n_train])
        for name in ("widths", "base_widths"):
            _check_ints(name, getattr(self, name))
        _check_ints("seeds", self.seeds, least=0)
        for name in ("widths", "seeds", "label_noise"):
            if not getattr(self, name):
                raise ValueError(f"{name.replace('_', '-')} is empty: give at least one.")
        if not (self.base_widths or self.sparsities):
            msg = (
                "base-widths and sparsities are both empty: say what to keep with one of them "
                "(1.0 as the only sparsity prunes nothing)."
            )
            raise ValueError(msg)
        self._check_shares()
        rate: Any = self.learning_rate
        if not (isinstance(rate, float) and 0 < rate < inf):
            raise ValueError(f"learning-rate is {rate!r}: give a positive number.")
        choices: list[tuple[str, Any, Collection[str]]]
        choices = [("retrain", self.retrain, RETRAIN), ("precision", self.precision, PRECISIONS)]
        choices += [("data", self.data, DATA)]
        choices += [("augmentation", self.augmentation, AUGMENTATIONS)]
        choices += [("methods", method, METHODS) for method in self.methods]
        for name, value, known in choices:
            if value not in list(known):
                raise ValueError(f"{name} is {value!r}: give one of {', '.join(known)}.")

    def _check_shares(self) -> None:
        """Raise a ValueError if a share of the weights or of the labels is out of range."""
        share: Any
        for share in self.sparsities:
            if not (isinstance(share, float) and 0 < share <= 1):
                msg = (
                    f"sparsities has {share!r}: give shares of the weights to KEEP, above 0 and "
                    "up to 1."
                )
                raise ValueError(msg)
        for share in self.label_noise:
            if not (isinstance(share, float) and 0 <= share < 1):
                msg = (
                    f"label-noise has {share!r}: give shares of the training images whose class "
                    "is made wrong, from 0 and below 1."
                )
                raise ValueError(msg)

    @property
    def image_scale(self) -> int:
        """How many times larger than they are the images are shown."""
        return 4 if (self.architecture, self.data) == ("resnet20", "digits") else 1


DEFAULTS: dict[str, dict[str, Any]] = {
    "resnet20": {
        "data": "cifar10",
        "widths": (1, 5, 8, 10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50),
        "base_widths": (5, 8, 10),
        "epochs": 30,
        "retrain_epochs": 100,
        "augmentation": "shift",
    },
    "two-layer": {
        "data": "mnist",
        "widths": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
        "base_widths": (4, 8),
        "epochs": 10,
        "retrain_epochs": 10,
        "augmentation": "none",
    },
}

LISTS = {"widths", "base_widths", "sparsities", "methods", "seeds", "label_noise"}
SHARES = {"sparsities", "label_noise"}
NAMES = tuple(field.name for field in fields(Settings) if field.name != "architecture")


def read_settings(path: Path) -> dict[str, Any]:
    """Return the parameters that a TOML file gives, ``retrain-epochs = 30`` for example.

    Raises
    ------
    ValueError
        If it is not TOML, or has a key that is no parameter.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}.") from error
    renamed: dict[str, Any] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name not in NAMES:
            known = ", ".join(name.replace("_", "-") for name in NAMES)
            raise ValueError(f"{path} has the unknown key {key!r}: give some of {known}.")
        if name in renamed:
            raise ValueError(f"{path} has {key!r} twice, with - and with _: give it once.")
        renamed[name] = value
    return renamed


def make_settings(architecture: str, *sources: dict[str, Any]) -> Settings:
    """Return the defaults of an architecture, with what later sources give instead.

    Sparsities take the place of the default base widths.

    Raises
    ------
    ValueError
        If a value is out of range or of the wrong kind.
    """
    given: dict[str, Any] = {}
    for source in sources:
        given |= source
    if given.get("sparsities"):
        given = {"base_widths": ()} | given
    values = {"architecture": architecture} | DEFAULTS[architecture] | given
    for name in LISTS & values.keys():
        if not isinstance(values[name], list | tuple):
            raise ValueError(f"{name.replace('_', '-')} is {values[name]!r}: give a list.")
        values[name] = tuple(values[name])
    for name in SHARES & values.keys():  # a whole share in a file is an int
        values[name] = tuple(
            float(x) if type(x) is int and x in (0, 1) else x for x in values[name]
        )
    if type(values.get("learning_rate")) is int and abs(values["learning_rate"]) < 2**32:
        values["learning_rate"] = float(values["learning_rate"])  # 1 and 1.0 are one study
    return Settings(**values)


def _check_ints(name: str, values: Sequence[Any], least: int = 1) -> None:
    """Raise a ValueError unless all values are ints from `least` on, as seeds can be."""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**32:
            name = name.replace("_", "-")
            raise ValueError(f"{name} is {value!r}: give an int from {least} to {2**32 - 1}.")
