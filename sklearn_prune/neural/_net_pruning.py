"""Which weights of a net are kept, given their scores, and the pruning of it in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from sklearn_prune._checks.arguments import check_n_keep
from sklearn_prune._checks.user_warnings import warn_user

from ._dense_norms import note_norms
from ._masks import masks_of, set_masks, weights_of
from ._saliency import magnitude

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from torch import Tensor, nn

    Scores = Mapping[str, Tensor]
    Masks = dict[str, Tensor]

SCOPES = ("global", "layer", "matched")
REMEDY = "the training has diverged. Lower lr, or scale X (and the targets of a regression)."


def prune(module: nn.Module, scores: Scores, n_keep: int, scope: str) -> None:
    """Mask all weights but the `n_keep` best of those that are left and have a score.

    Parameters
    ----------
    module : Module
        Net, with the masks of earlier rounds, if any.
    scores : dict of str to Tensor
        A score a weight, the larger the better. Tensors that have none stay as they are.
    n_keep : int
        Number of weights that this leaves, at most as many as are left.
    scope : {"global", "layer", "matched"}
        Compare the weights of the whole net, or those of each tensor: equal fractions
        of all, or as many as magnitudes compared in the whole net would leave in each.

    Raises
    ------
    ValueError
        If a score is not finite.
    """
    earlier = masks_of(module)
    left = {
        name: earlier.get(name, torch.ones_like(s, dtype=torch.bool)) for name, s in scores.items()
    }
    scores = _among(left, scores)
    if scope == "global":
        masks = keep_global(scores, n_keep)
    elif scope == "layer":
        candidates = {name: score[left[name]] for name, score in scores.items()}
        masks = keep_by_layer(scores, equal_shares(candidates, n_keep))
    else:
        magnitudes = {name: score for name, score in magnitude(module).items() if name in scores}
        counts = kept_counts(keep_global(_among(left, magnitudes), n_keep))
        masks = keep_by_layer(scores, counts)
    note_norms(module)
    set_masks(module, earlier | masks)


def n_left(module: nn.Module, names: Iterable[str]) -> int:
    """Return the number of weights, of tensors of these names, that no mask has pruned."""
    weights, masks = weights_of(module), masks_of(module)
    return sum(int(masks[n].sum()) if n in masks else weights[n].numel() for n in names)


def n_to_keep(module: nn.Module, names: Collection[str], sparsity: Any) -> int:
    """Return how many of the weights of these names to keep.

    Raises
    ------
    ValueError
        If `sparsity` is out of range, or more than an earlier pruning has left.
    """
    weights = weights_of(module)
    n_keep = check_n_keep(sparsity, sum(weights[name].numel() for name in names), "weights")
    if n_keep > (left := n_left(module, names)):
        msg = (
            f"sparsity is {sparsity!r}, {n_keep} weights, but the net is pruned already and has "
            f"{left} of them: give a sparsity of at most {left}."
        )
        raise ValueError(msg)
    return n_keep


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


def check_finite(module: nn.Module) -> None:
    """Raise a ValueError if a weight is not finite."""
    for name, weight in module.named_parameters():
        if not weight.isfinite().all():
            raise ValueError(f"{name} is not finite: {REMEDY}")


def warn_if_emptied(n_kept: dict[str, int], module: nn.Module) -> None:
    """Warn of weight matrices and filters of which nothing is left."""
    weights = weights_of(module)
    emptied = [name for name, kept in n_kept.items() if not kept and weights[name].ndim > 1]
    if emptied:
        warn_user(
            f"Nothing is left of {', '.join(emptied)}: what comes before cannot pass there. "
            'Keep more weights, or as many of each tensor with scope="layer".',
        )


def _among(left: Masks, scores: Scores) -> Scores:
    """Return the scores with -inf for weights that were pruned earlier."""
    for name, score in scores.items():
        if not score[left[name]].isfinite().all():
            raise ValueError(f"The scores of {name} are not finite: {REMEDY}")
    return {name: score.masked_fill(~left[name], -torch.inf) for name, score in scores.items()}


def _best(scores: Tensor, n_keep: int) -> Tensor:
    """Return the mask of the largest scores; a stable sort takes ties in their order."""
    mask = torch.zeros(len(scores), dtype=torch.bool, device=scores.device)
    mask[torch.argsort(scores, descending=True, stable=True)[:n_keep]] = True
    return mask
