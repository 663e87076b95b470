"""How much a weight of a net matters: scores, the larger the better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.func import functional_call, grad, vmap

from ._masks import weights_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor, nn

    Scores = dict[str, Tensor]


@torch.no_grad()
def magnitude(module: nn.Module) -> Scores:
    """Score by ``|w|``."""
    return {name: weight.abs() for name, weight in weights_of(module).items()}


def hessian(
    module: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    batches: Iterable[tuple[Tensor, Tensor]],
) -> Scores:
    r"""Score by optimal brain damage with the diagonal empirical Fisher information.

    The loss grows by about :math:`\tfrac12 F_{jj} w_j^2` without the weight j, where

    .. math:: F_{jj} = \frac1n \sum_i (\partial \ell_i / \partial w_j)^2

    takes one gradient a sample (S. P. Singh, D. Alistarh, "WoodFisher", NeurIPS 2020,
    arXiv:2004.14340). Batch normalisation uses its running statistics: samples do not
    depend on each other.

    Parameters
    ----------
    module : Module
        Net whose trainable parameters are scored.
    loss : callable
        ``(outputs, targets) -> scalar``, for a batch of one sample.
    batches : iterable of (Tensor, Tensor)
        Samples and their targets, on the device of the net.

    Returns
    -------
    dict of str to Tensor
        ``sqrt(F_jj) |w_j|``, which ranks like the increase of the loss.
    """
    weights = {name: weight.detach() for name, weight in weights_of(module).items()}

    places = _places(module)

    def sample_loss(weights: Scores, x: Tensor, y: Tensor) -> Tensor:
        everywhere = {place: weights[name] for place, name in places.items() if name in weights}
        outputs = functional_call(module, everywhere, (x.unsqueeze(0),), tie_weights=False)
        return loss(outputs, y.unsqueeze(0))

    # As many gradients at a time as fit in 128 MB.
    n_at_once = max(1, 2**25 // sum(weight.numel() for weight in weights.values()))
    gradients = vmap(grad(sample_loss), in_dims=(None, 0, 0), chunk_size=n_at_once)
    sums, n_samples = {name: torch.zeros_like(weight) for name, weight in weights.items()}, 0
    training = module.training
    module.eval()
    for X, y in batches:
        for name, gradient in gradients(weights, X, y).items():
            sums[name] += gradient.square().sum(0)
        n_samples += len(X)
    module.train(training)
    return {name: (sums[name] / n_samples).sqrt() * w.abs() for name, w in weights.items()}


def random(module: nn.Module, generator: torch.Generator) -> Scores:
    """Score at random; the generator is on the CPU, so that every device agrees."""
    return {
        name: torch.rand(weight.shape, generator=generator).to(weight.device)
        for name, weight in weights_of(module).items()
    }


def _places(module: nn.Module) -> dict[str, str]:
    """Return the name of the weight at each of the places where a net has one.

    Several layers may share a weight, and a layer that occurs twice is one place: torch, which
    finds both names of it, would put something else back than it has taken out.
    """
    names = {id(weight): name for name, weight in module.named_parameters()}
    places: dict[str, str] = {}
    seen: set[tuple[nn.Module, str]] = set()
    for name, weight in module.named_parameters(remove_duplicate=False):
        path, _, attribute = name.rpartition(".")
        place = module.get_submodule(path), attribute
        if place not in seen:
            places[name] = names[id(weight)]
            seen.add(place)
    return places
