"""The phases of a fit: train, then prune and retrain, once or in rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._checks import check_choice, check_epochs

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
        Number of weights that are left.

    weights : {"finetune", "rewind", "reinit"}
        Where the training begins: at the weights that there are, at those of the start,
        or at new ones.

    epochs : int
        Number of epochs, 0 for pruning alone.
    """

    name: str
    n_keep: int
    weights: str
    epochs: int


def plan_phases(
    n_weights: int, sizes: Sequence[int], retrain: Any, max_epochs: Any, retrain_epochs: Any
) -> list[Phase]:
    """Return the phases that prune a net of `n_weights` to each of `sizes` in turn.

    Without retraining the last pruning is the end; rounds before it are still fine-tuned.

    Raises
    ------
    ValueError
        If `retrain` is unknown, or a number of epochs no int of at least 0.
    """
    check_choice("retrain", retrain, RETRAIN)
    epochs = check_epochs("max_epochs", max_epochs)
    if retrain_epochs is None:
        retrain_epochs = epochs
    retrain_epochs = check_epochs("retrain_epochs", retrain_epochs)
    weights = retrain or "finetune"
    rounds = [Phase("retrain", size, weights, retrain_epochs) for size in sizes[:-1]]
    last = Phase("retrain", sizes[-1], weights, retrain_epochs if retrain else 0)
    return [Phase("train", n_weights, "finetune", epochs), *rounds, last]
