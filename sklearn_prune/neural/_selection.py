"""Which weights of a net are kept, given their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    Scores = Mapping[str, Tensor]
    Masks = dict[str, Tensor]


def keep_global(scores: Scores, n_keep: int) -> Masks:
    """Keep the best weights of the whole net: exactly so many, of ties the first."""
    flat = torch.cat([score.flatten() for score in scores.values()])
    sizes = [score.numel() for score in scores.values()]
    parts = _best(flat, n_keep).split(sizes)
    return {
        name: part.view_as(score) for (name, score), part in zip(scores.items(), parts, strict=True)
    }


def keep_by_layer(scores: Scores, counts: Mapping[str, int]) -> Masks:
    """Keep the best weights of each tensor, so many as its count."""
    return {
        name: _best(score.flatten(), counts[name]).view_as(score) for name, score in scores.items()
    }


def equal_shares(scores: Scores, n_keep: int) -> dict[str, int]:
    """Return how many weights of each tensor to keep, about the same fraction of all.

    Shares are rounded down, and what is missing to `n_keep` goes to the largest
    remainders, the first of equal ones: at most all weights of a tensor are kept.
    """
    sizes = torch.tensor([score.numel() for score in scores.values()])
    total = int(sizes.sum())
    counts = sizes * n_keep // total
    missing = n_keep - int(counts.sum())
    remainders = sizes * n_keep % total
    counts[torch.argsort(-remainders, stable=True)[:missing]] += 1
    return dict(zip(scores, counts.tolist(), strict=True))


def kept_counts(masks: Masks) -> dict[str, int]:
    """Return the number of weights kept in each tensor."""
    return {name: int(mask.sum()) for name, mask in masks.items()}


def _best(scores: Tensor, n_keep: int) -> Tensor:
    """Return the mask of the largest scores; a stable sort takes ties in their order."""
    mask = torch.zeros(len(scores), dtype=torch.bool, device=scores.device)
    mask[torch.argsort(scores, descending=True, stable=True)[:n_keep]] = True
    return mask
