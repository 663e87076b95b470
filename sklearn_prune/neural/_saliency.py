"""How much a weight of a net matters: scores, the larger the better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.func import functional_call, grad, vmap

from ._evaluation_mode import evaluation_mode
from ._given_samples import Samples
from ._masks import weights_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor, nn

    Scores = dict[str, Tensor]
    Loss = Callable[[Tensor, Tensor], Tensor]
    Batches = Iterable[tuple[Samples | Tensor, Tensor]]


@torch.no_grad()
def magnitude(module: nn.Module) -> Scores:
    """Score by ``|w|``."""
    return {name: weight.abs() for name, weight in weights_of(module).items()}


@torch.no_grad()
def hessian(module: nn.Module, fisher: Scores) -> Scores:
    r"""Score by optimal brain damage: ``sqrt(F_jj) |w_j|``.

    The loss grows by about :math:`\tfrac12 F_{jj} w_j^2` without the weight j, where F is the
    diagonal of the empirical Fisher information (see `mean_square_gradients`).
    """
    return {name: fisher[name].sqrt() * score for name, score in magnitude(module).items()}


def mean_square_gradients(module: nn.Module, loss: Loss, batches: Batches) -> Scores:
    r"""Return the diagonal of the empirical Fisher information.

    .. math:: F_{jj} = \frac1n \sum_i (\partial \ell_i / \partial w_j)^2

    takes one gradient a sample (S. P. Singh, D. Alistarh, "WoodFisher", NeurIPS 2020,
    arXiv:2004.14340). Batch normalisation uses its running statistics: samples do not
    depend on each other. Where a layer has no rule for many gradients at a time, as
    recurrent ones have none, they are taken one by one.

    Parameters
    ----------
    module : Module
        Net whose trainable parameters are scored.
    loss : callable
        ``(outputs, targets) -> scalar``, for a batch of one sample.
    batches : iterable of (Samples or Tensor, Tensor)
        Samples and their targets, on the device of the net.
    """
    weights = {name: weight.detach() for name, weight in weights_of(module).items()}
    sums, n_samples = {name: torch.zeros_like(w.real) for name, w in weights.items()}, 0
    places = _places(module)

    def sample_loss(
        weights: Scores, args: tuple[Tensor, ...], kwargs: dict[str, Tensor], y: Tensor
    ) -> Tensor:
        args = tuple(values.unsqueeze(0) for values in args)
        kwargs = {name: values.unsqueeze(0) for name, values in kwargs.items()}
        everywhere = {place: weights[name] for place, name in places.items() if name in weights}
        outputs = functional_call(module, everywhere, args, kwargs, tie_weights=False)
        return loss(outputs, y.unsqueeze(0))

    gradient = grad(sample_loss)
    # As many gradients at a time as fit in 128 MB.
    n_at_once = max(1, 2**25 // sum(weight.numel() for weight in weights.values()))
    gradients = vmap(gradient, in_dims=(None, 0, 0, 0), chunk_size=n_at_once)

    def together(samples: Samples, y: Tensor) -> Scores:
        """Return the sums over samples, many at a time."""
        found = gradients(weights, samples.args, samples.kwargs, y)
        return {name: _squares(values).sum(0) for name, values in found.items()}

    def in_turn(samples: Samples, y: Tensor) -> Scores:
        """Return the sums over samples, one at a time."""
        total = {name: torch.zeros_like(weight) for name, weight in sums.items()}
        for i in range(len(y)):
            row = samples.rows(i)
            for name, values in gradient(weights, row.args, row.kwargs, y[i]).items():
                total[name] += _squares(values)
        return total

    sums_of = together
    with evaluation_mode(module):
        for X, y in batches:
            samples = X if isinstance(X, Samples) else Samples((X,), {})
            try:
                found = sums_of(samples, y)
            except RuntimeError:
                sums_of = in_turn
                found = sums_of(samples, y)
            for name, values in found.items():
                sums[name] += values
            n_samples += len(y)
    return {name: values / n_samples for name, values in sums.items()}


def random(module: nn.Module, generator: torch.Generator) -> Scores:
    """Score at random; the generator is on the CPU, so that every device agrees."""
    return {
        name: torch.rand(weight.shape, generator=generator).to(weight.device)
        for name, weight in weights_of(module).items()
    }


def _squares(values: Tensor) -> Tensor:
    """Return the squared magnitudes."""
    return values.abs().square() if values.is_complex() else values.square()


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
