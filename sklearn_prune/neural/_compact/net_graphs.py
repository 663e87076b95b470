"""What a net does to its inputs, operation by operation."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from torch import fx, nn

from sklearn_prune.neural._architectures import ZeroChannels

from .channelwise import IN_PLACE
from .weighted_layers import has_hooks

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotFollowedError(Exception):
    """What a net does depends on more than its operations show."""


class InPlaceProxy(fx.Proxy):
    """A tensor that knows ``+=`` and the like, which change it under all of its names."""


def _operation(target: Any) -> Any:
    def operate(self: fx.Proxy, other: Any) -> fx.Proxy:
        return self.tracer.create_proxy("call_function", target, (self, other), {})

    return operate


for _target in IN_PLACE:
    setattr(InPlaceProxy, f"__{_target.__name__}__", _operation(_target))


class NetTracer(fx.Tracer):
    """A tracer that goes on past a part that it cannot follow.

    Attributes
    ----------
    failed : dict of str to str
        Parts that are one operation each, since they cannot be followed, and why.
    """

    proxy_buffer_attributes = True
    trace_asserts = True

    def __init__(self) -> None:
        super().__init__()
        self.failed: dict[str, str] = {}

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return whether a module is one operation."""
        return type(m) is ZeroChannels or super().is_leaf_module(m, module_qualified_name)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """Return what stands for an attribute of a module: shapes are those of parameters alone."""
        self.param_shapes_constant = isinstance(attr_val, nn.Parameter)
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def proxy(self, node: fx.Node) -> fx.Proxy:
        """Return what stands for the result of an operation."""
        return InPlaceProxy(node, self)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        """Follow a module, or take it for one operation: hooks would note what is no tensor."""
        name = self.path_of_module(m)
        if has_hooks(m) and not self.is_leaf_module(m, name):
            self.failed[name] = "it has hooks"
            return self.create_proxy("call_module", name, args, kwargs)
        try:
            return super().call_module(m, forward, args, kwargs)
        except Exception as error:  # whatever the forward of somebody raises
            self.failed[name] = first_line(error)
            return self.create_proxy("call_module", name, args, kwargs)


def graphs_of(module: nn.Module) -> tuple[list[fx.Graph], dict[str, str]]:
    """Return what a net does in evaluation and in training, whatever may be missing is given.

    Second, parts that are one operation each, and why. Whatever a forward leaves behind in the
    net, it does when the net is followed: give a copy. A net that is a layer of torch has no
    graph.

    Raises
    ------
    NotFollowedError
        If one of these cannot be followed.
    """
    if NetTracer().is_leaf_module(module, ""):
        return [], {}
    graphs: dict[str, fx.Graph] = {}
    failed: dict[str, str] = {}
    try:
        for training in (False, True):
            module.train(training)
            for arguments in _choices_of_arguments(module):
                tracer = NetTracer()
                graph = tracer.trace(module, arguments)
                graphs.setdefault(str(graph), graph)
                failed |= tracer.failed
    except Exception as error:
        raise NotFollowedError(first_line(error)) from error
    return list(graphs.values()), failed


def first_line(error: Exception) -> str:
    """Return the first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _choices_of_arguments(module: nn.Module) -> Iterator[dict[str, Any]]:
    """Yield arguments that are not given: all, then all but what may be missing, one by one.

    Switches are also turned. Of other arguments that have a default it is taken.
    """
    parameters = inspect.signature(module.forward).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
    missing = [name for name, value in defaults.items() if value is None]
    yield defaults
    for given in [[name] for name in missing] + ([missing] if len(missing) > 1 else []):
        yield {name: value for name, value in defaults.items() if name not in given}
    for name, value in defaults.items():
        if isinstance(value, bool):
            yield defaults | {name: not value}
