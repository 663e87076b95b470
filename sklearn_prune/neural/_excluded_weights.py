"""Which weights of a net take part in the pruning, and which are left out of it."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from torch import nn

from ._masks import weights_of

if TYPE_CHECKING:
    from collections.abc import Iterable

NORMS = (
    nn.modules.batchnorm._NormBase,
    nn.GroupNorm,
    nn.LayerNorm,
    nn.RMSNorm,
)


def prunable_weights(module: nn.Module, exclude: Any) -> dict[str, nn.Parameter]:
    """Return the trainable parameters that may lose weights, by name.

    Parameters
    ----------
    module : Module
        Net.
    exclude : str, type, or collection of these
        What may not: "biases", "norms", "first" or "last"; a pattern of `fnmatch` for the
        names of parameters or of layers; a class of layers.

    Raises
    ------
    TypeError
        If an item is something else.
    ValueError
        If an item is not found in the net, or nothing is left to prune.
    """
    weights = weights_of(module)
    excluded = set().union(*(_parameters_for(module, item) for item in _items(exclude)))
    prunable = {name: weight for name, weight in weights.items() if id(weight) not in excluded}
    if not prunable:
        why = (
            f"all weights are excluded: exclude is {exclude!r}."
            if weights
            else "no weights are trainable: give a net with parameters, not frozen "
            "(requires_grad=True)."
        )
        msg = f"Nothing of {type(module).__name__} can be pruned, {why}"
        raise ValueError(msg)
    return prunable


def _items(exclude: Any) -> Collection[Any]:
    if isinstance(exclude, str | type):
        return (exclude,)
    if not isinstance(exclude, Collection):
        raise TypeError(f"exclude is {exclude!r}: give a tuple of names, patterns or types.")
    return exclude


def _parameters_for(module: nn.Module, item: Any) -> set[int]:
    """Return what an item excludes, each parameter by its identity, which all its names share."""
    if isinstance(item, str) and item in WORDS:
        return set(map(id, WORDS[item](module)))
    if isinstance(item, type) and issubclass(item, nn.Module):
        found = _of_layers(module, item)
    elif isinstance(item, str):
        found = _of_pattern(module, item)
    else:
        msg = f"exclude has {item!r}: give names, patterns, or classes of torch.nn.Module."
        raise TypeError(msg)
    if not found:
        names = shorten(", ".join(dict(module.named_parameters())), 200, placeholder=" ...")
        shown = item.__name__ if isinstance(item, type) else repr(item)
        msg = (
            f"exclude has {shown}, which is nowhere in {type(module).__name__}: give one of "
            f"{', '.join(map(repr, WORDS))}, a class of layers, or a pattern for {names}."
        )
        raise ValueError(msg)
    return set(map(id, found))


def _biases(module: nn.Module) -> list[nn.Parameter]:
    names = module.named_parameters(remove_duplicate=False)
    return [weight for name, weight in names if "bias" in name.rpartition(".")[2]]


def _norms(module: nn.Module) -> list[nn.Parameter]:
    return _of_layers(module, NORMS)


def _first(module: nn.Module) -> list[nn.Parameter]:
    return _matrix_layers(module)[0]


def _last(module: nn.Module) -> list[nn.Parameter]:
    return _matrix_layers(module)[-1]


WORDS = {"biases": _biases, "norms": _norms, "first": _first, "last": _last}


def _matrix_layers(module: nn.Module) -> list[list[nn.Parameter]]:
    """Return the parameters of each layer with a matrix or filters, in their order."""
    layers = [list(layer.parameters(recurse=False)) for layer in module.modules()]
    return [layer for layer in layers if any(weight.ndim > 1 for weight in layer)] or [[]]


def _of_layers(module: nn.Module, kinds: Any) -> list[nn.Parameter]:
    layers: Iterable[nn.Module] = (m for m in module.modules() if isinstance(m, kinds))
    return [weight for layer in layers for weight in layer.parameters()]


def _of_pattern(module: nn.Module, pattern: str) -> list[nn.Parameter]:
    """Return the parameters that a pattern names, or whose layer, or a block around it, it does."""
    names = module.named_parameters(remove_duplicate=False)
    return [
        weight
        for name, weight in names
        if fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*")
    ]
