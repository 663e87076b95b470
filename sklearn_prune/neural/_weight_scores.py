"""How weights are scored: by a strategy of the package, or by one of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from ._checks import check_choice
from ._masks import masks_of, weights_of
from ._saliency import hessian, magnitude, random

if TYPE_CHECKING:
    from collections.abc import Collection

    from torch import Tensor, nn

    from ._saliency import Scores

STRATEGIES = ("magnitude", "hessian", "random")


def check_strategy(strategy: Any) -> None:
    """Raise a ValueError unless it is the name of a strategy, or a callable."""
    if not callable(strategy) or isinstance(strategy, type):
        check_choice("strategy", strategy, STRATEGIES)


def asks_loss(strategy: Any) -> bool:
    """Return whether a strategy may look at the gradients of the loss."""
    return callable(strategy) or strategy == "hessian"


def scores_by(
    strategy: Any,
    module: nn.Module,
    names: Collection[str],
    statistics: Scores | None,
    generator: torch.Generator,
) -> Scores:
    """Return the scores of the weights of some names.

    Parameters
    ----------
    strategy : {"magnitude", "hessian", "random"} or callable
        How to score.
    module : Module
        Net.
    names : collection of str
        Tensors that can be pruned.
    statistics : dict of str to Tensor, or None
        Mean square gradients, which "hessian" needs.
    generator : Generator
        Where "random" draws from.

    Raises
    ------
    TypeError, ValueError
        If a callable does not return a score a weight, finite where it is not pruned yet.
    """
    if callable(strategy):
        weights, masks = weights_of(module), masks_of(module)
        scores = {
            name: _own_scores(strategy, name, weights[name].detach(), (statistics or {}).get(name))
            for name in names
        }
        for name, score in scores.items():
            _check_finite(name, score[masks[name]] if name in masks else score)
        return scores
    if strategy == "random":
        scores = random(module, generator)
    elif strategy == "hessian" and statistics is not None:
        scores = hessian(module, statistics)
    else:
        scores = magnitude(module)
    return {name: scores[name] for name in names}


def _own_scores(strategy: Any, name: str, weight: Tensor, statistics: Tensor | None) -> Tensor:
    scores = strategy(name, weight.clone(), statistics)
    try:
        scores = torch.as_tensor(scores, device=weight.device)
    except (RuntimeError, TypeError, ValueError) as error:
        msg = f"strategy returned {type(scores).__name__} for {name}: give a tensor of scores."
        raise TypeError(msg) from error
    if scores.shape != weight.shape or scores.is_complex():
        msg = (
            f"strategy returned scores of shape {tuple(scores.shape)} and {scores.dtype} for "
            f"{name}: give a real number for each of its weights, of shape {tuple(weight.shape)}."
        )
        raise ValueError(msg)
    return scores.detach().to(torch.promote_types(scores.dtype, torch.float32))


def _check_finite(name: str, scores: Tensor) -> None:
    if not scores.isfinite().all():
        msg = (
            f"strategy returned scores for {name} that are not finite: give a finite number for "
            "each weight that is not pruned yet."
        )
        raise ValueError(msg)
