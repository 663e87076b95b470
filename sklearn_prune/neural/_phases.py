"""The phases of a fit: train, then prune and retrain, once or in rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._checks import check_choice, check_epochs, check_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

RETRAIN = (None, "finetune", "rewind", "reinit")


@dataclass(frozen=True)
class Phase:
    """A pruning, but for the first phase, and the training that follows it.

    Attributes
    ----------
    name : {"train", "retrain"}
        How the history calls it.

    n_keep : int
        Number of weights that are left when it begins.

    weights : {"finetune", "rewind", "reinit"}
        Where the training begins: at the weights that there are, at those of the start,
        or at new ones.

    epochs : int
        Number of epochs, 0 for pruning alone.

    sizes : tuple of int
        Numbers of weights that are left by prunings inside of the training.

    every : int
        Number of epochs before each of them.
    """

    name: str
    n_keep: int
    weights: str
    epochs: int
    sizes: tuple[int, ...] = ()
    every: int = 1

    def pruning_before(self, epoch: int) -> int | None:
        """Return how many weights a pruning before an epoch leaves, None if there is none."""
        n_before, rest = divmod(epoch - 1, self.every)
        return None if rest or not 0 < n_before <= len(self.sizes) else self.sizes[n_before - 1]

    def n_kept(self, epoch: int) -> int:
        """Return the number of weights in an epoch."""
        n_before = min((epoch - 1) // self.every, len(self.sizes))
        return self.sizes[n_before - 1] if n_before else self.n_keep


def plan_phases(
    n_weights: int,
    sizes: Sequence[int],
    retrain: Any,
    max_epochs: Any,
    retrain_epochs: Any,
    prune_every: Any = None,
    pretrained: bool = False,
) -> list[Phase]:
    """Return the phases that prune a net of `n_weights` to each of `sizes` in turn.

    Without retraining the last pruning is the end; rounds before it are still fine-tuned.
    With `prune_every` the rounds are inside of the first training, and what `retrain` says
    follows. A net that is trained already has a first training in this case alone.

    Raises
    ------
    ValueError
        If `retrain` is unknown, a number of epochs out of its range, or the training too short
        for all rounds.
    """
    check_choice("retrain", retrain, RETRAIN)
    epochs = check_epochs("max_epochs", max_epochs)
    if retrain_epochs is None:
        retrain_epochs = epochs
    retrain_epochs = check_epochs("retrain_epochs", retrain_epochs)
    weights = retrain or "finetune"
    last = Phase("retrain", sizes[-1], weights, retrain_epochs if retrain else 0)
    if prune_every is not None:
        check_sizes(prune_every=prune_every)
        if prune_every * len(sizes) > epochs:
            msg = (
                f"prune_every is {prune_every!r}, and n_rounds {len(sizes)}, but max_epochs is "
                f"{epochs}: give at least {prune_every * len(sizes)} epochs, or fewer rounds."
            )
            raise ValueError(msg)
        train = Phase("train", n_weights, "finetune", epochs, tuple(sizes), int(prune_every))
        return [train, last]
    rounds = [Phase("retrain", size, weights, retrain_epochs) for size in sizes[:-1]]
    return [Phase("train", n_weights, "finetune", 0 if pretrained else epochs), *rounds, last]


def check_rewind_epoch(rewind_epoch: Any, retrain: Any, epochs: int) -> None:
    """Raise a ValueError unless it is an epoch of the first training to which one rewinds."""
    if not check_epochs("rewind_epoch", rewind_epoch):
        return
    if retrain != "rewind":
        msg = f"rewind_epoch is {rewind_epoch!r}, but retrain is {retrain!r}: give 'rewind', or 0."
        raise ValueError(msg)
    if rewind_epoch > epochs:
        msg = (
            f"rewind_epoch is {rewind_epoch!r}, but the first training has {epochs} epochs: give "
            "at most so many."
        )
        raise ValueError(msg)
