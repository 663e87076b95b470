"""Whether a net tells more of its training data than a guess that sees no sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning

from sklearn_prune._checks.user_warnings import warn_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from sklearn_prune._typing import AnyArray, Array

    Loss = Callable[[Tensor, Tensor], Tensor]

# Share of the error of a guess below which a net is better, for all that rounding does.
BETTER = 1 - 1e-6
SCALE = "scale X (and the targets of a regression) to about unit variance"
REMEDIES = {
    "dense": f"Change lr, max_epochs or module__width, or {SCALE}.",
    "retrained": f"Keep more weights (sparsity), raise retrain_epochs, or {SCALE}.",
    "pruned": 'Retrain it (retrain="rewind"), or keep more weights (sparsity).',
}


def warn_of_guesses(stage: str, findings: str | None) -> None:
    """Warn that the dense, retrained or pruned net guesses, if something was found."""
    if findings:
        category = UserWarning if stage == "pruned" else ConvergenceWarning
        msg = f"The {stage} net is no better than guessing: {findings}. {REMEDIES[stage]}"
        warn_user(msg, category)


def guessed_classes(predicted: AnyArray, y: AnyArray, weights: Array) -> str | None:
    """Return how a net compares with the most frequent class, unless it is better.

    Parameters
    ----------
    predicted, y : ndarray of shape (n_samples,)
        Numbers of the classes, as predicted and as they are.
    weights : ndarray of shape (n_classes,)
        What a sample of each class counts.
    """
    n_classes = len(weights)
    counts = np.bincount(y, minlength=n_classes) * weights
    right = (np.bincount(y[predicted == y], minlength=n_classes) * weights).sum()
    guess, total = counts.max(), counts.sum()
    if guess == total or BETTER * right > guess:
        return None
    return (
        f"it is right on {right / total:.1%} of the training samples, and the most frequent "
        f"class alone on {guess / total:.1%}"
    )


def guessed_targets(loss: Loss, outputs: Tensor, y: Tensor) -> str | None:
    """Return which targets their mean predicts as well, if any.

    Parameters
    ----------
    loss : callable
        ``(outputs, targets) -> scalar``, which is asked about targets of large squared error:
        a net of quantiles, say, may well have one.
    outputs, y : Tensor of shape (n_samples, n_targets)
        Predictions and targets.
    """
    wrong = [j for j in _far_off(outputs, y) if _is_guessed(loss, outputs, y, j)]
    if not wrong:
        return None
    n_targets = y.shape[1]
    which = "the target" if n_targets == 1 else f"{len(wrong)} of {n_targets} targets"
    return f"the mean of the training data predicts {which} as well"


def _far_off(outputs: Tensor, y: Tensor) -> list[int]:
    """Return the targets, but for constant ones, whose mean has no larger squared error."""
    outputs, y = outputs.double(), y.double()
    error = (outputs - y).square().sum(0)
    guess = (y - y.mean(0)).square().sum(0)
    varies = (y != y[0]).any(0)
    return torch.nonzero(varies & (error >= BETTER * guess)).flatten().tolist()


def _is_guessed(loss: Loss, outputs: Tensor, y: Tensor, target: int) -> bool:
    """Return whether the mean of a target, or of what is predicted, is as good by the loss."""
    present = loss(outputs, y)
    for guess in (y[:, target].mean(), outputs[:, target].mean()):
        guessed = outputs.clone()
        guessed[:, target] = guess
        if loss(guessed, y) <= present + (1 - BETTER) * present.abs():
            return True
    return False
