"""Which tensors lie in the same memory, so that what overwrites one changes all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn_prune.neural._architectures import ZeroChannels

from .channelwise import is_channelwise, overwrites
from .flow_rules import JOINS
from .pixel_rules import POOLS
from .weighted_layers import NORMS, has_hooks, is_mixing

if TYPE_CHECKING:
    from torch import fx, nn


class SharedMemory:
    """The tensors of a graph, with those that may be views of each other.

    An operation that is not known to make a new tensor may return one that it was given: so do
    ``flatten``, ``nn.Identity``, and dropout in evaluation.
    """

    def __init__(self) -> None:
        self._of: dict[fx.Node, set[fx.Node]] = {}

    def add(self, node: fx.Node, module: nn.Module | None) -> None:
        """Take up what an operation returns."""
        together = {node}.union(*(self._of[x] for x in _maybe_returned(node, module)))
        for other in together:
            self._of[other] = together

    def changed_by(self, node: fx.Node, module: nn.Module | None) -> set[fx.Node]:
        """Return the other tensors that an operation may have changed."""
        if _is_of_somebody(module) or "out" in node.kwargs:
            given = node.all_input_nodes
        else:
            given = node.all_input_nodes[:1] if overwrites(node, module) else []
        return set().union(*(self._of[x] for x in given)) - {node}


def _maybe_returned(node: fx.Node, module: nn.Module | None) -> list[fx.Node]:
    """Return which of the tensors that an operation is given it may return."""
    if is_channelwise(node, module):
        return node.all_input_nodes[:1] if overwrites(node, module) else []
    is_new = is_mixing(module) or type(module) in NORMS or node.target in JOINS
    pools = type(module) in POOLS or (module is None and node.target in POOLS)
    return [] if is_new or pools else node.all_input_nodes


def _is_of_somebody(module: nn.Module | None) -> bool:
    """Return whether a module, which is one operation, may do anything to what it is given."""
    if module is None:
        return False
    known = type(module).__module__.startswith("torch.nn.") or type(module) is ZeroChannels
    return not known or has_hooks(module)
