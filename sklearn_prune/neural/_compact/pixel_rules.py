"""How pixels of units are pooled, sliced and put beside each other."""

from __future__ import annotations

import operator
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from .unit_flow import Flow

    Rule = Callable[[fx.Node, Any, Flow], Flow | None]


def rule_of(node: fx.Node, module: nn.Module | None) -> Rule | None:
    """Return the rule of an operation, None if there is none."""
    if module is not None:
        return MODULE_RULES.get(type(module))
    return (METHOD_RULES if node.op == "call_method" else FUNCTION_RULES).get(node.target)


def counts_samples(node: Any) -> bool:
    """Return whether an operation takes the number of samples from a tensor."""
    if not isinstance(node, fx.Node):
        return False
    if node.target == "size":
        return bool(node.args[1:] == (0,))
    return node.target is operator.getitem and is_shape(node.args[0]) and node.args[1:] == (0,)


def is_shape(node: Any) -> bool:
    """Return whether an operation takes the shape of a tensor."""
    if not isinstance(node, fx.Node):
        return False
    return (node.target is getattr and node.args[1] == "shape") or (
        node.target == "size" and len(node.args) == 1 and not node.kwargs
    )


def _unchanged(_node: fx.Node, _module: Any, flow: Flow) -> Flow:
    return flow


def _settings(node: fx.Node, module: Any, names: str) -> dict[str, Any]:
    """Return what an operation is told, by the names of its arguments after the tensor."""
    if module is not None:
        return {name: getattr(module, name) for name in names.split() if hasattr(module, name)}
    return dict(zip(names.split(), node.args[1:], strict=False)) | node.kwargs


def _has_maps(flow: Flow) -> bool:
    return flow.ndim is not None and flow.ndim > 2


def _max_pooled(node: fx.Node, module: Any, flow: Flow) -> Flow | None:
    if _settings(node, module, "return_indices").get("return_indices") or not _has_maps(flow):
        return None
    return replace(flow, pixels=None)


def _mean_pooled(node: fx.Node, module: Any, flow: Flow) -> Flow | None:
    """Average pixels; at edges there may be zeros among them."""
    if not _has_maps(flow):
        return None
    names = "kernel_size stride padding ceil_mode count_include_pad divisor_override"
    given = _settings(node, module, names)
    padding = given.get("padding", 0)
    pooled = replace(flow, pixels=None)
    if np.any(padding) or given.get("ceil_mode") or given.get("divisor_override"):
        return pooled.with_constants(np.where(flow.constants == 0, 0.0, np.nan))
    return pooled


def _pooled_to_size(node: fx.Node, module: Any, flow: Flow) -> Flow | None:
    given = _settings(node, module, "output_size return_indices")
    if given.get("return_indices") or not _has_maps(flow):
        return None
    sizes = given["output_size"]
    sizes = (sizes,) * (flow.ndim - 2) if isinstance(sizes, int) else sizes  # type: ignore[operator]
    known = isinstance(sizes, tuple | list) and all(isinstance(size, int) for size in sizes)
    return replace(flow, pixels=prod(sizes) if known else None)


def _resized(_node: fx.Node, _module: Any, flow: Flow) -> Flow | None:
    return replace(flow, pixels=None) if _has_maps(flow) else None


def _averaged(node: fx.Node, module: Any, flow: Flow) -> Flow | None:
    """Take one number of the pixels of each unit, along some axes."""
    given = _settings(node, module, "dim keepdim")
    dims = given.get("dim")
    dims = (dims,) if isinstance(dims, int) else dims
    if flow.ndim is None or not _has_maps(flow) or dims is None or len(given) > 2:
        return None
    axes = {dim % flow.ndim for dim in dims}
    if not axes or min(axes) < 2:
        return None
    pixels = 1 if len(axes) == flow.ndim - 2 else None
    n_axes = 0 if given.get("keepdim") else len(axes)
    return replace(flow, ndim=flow.ndim - n_axes, pixels=pixels)


def _squeezed(node: fx.Node, module: Any, flow: Flow) -> Flow | None:
    """Drop an axis of one pixel."""
    axis = _settings(node, module, "dim").get("dim")
    if flow.ndim is None or flow.pixels != 1 or not isinstance(axis, int) or axis % flow.ndim < 2:
        return None
    return replace(flow, ndim=flow.ndim - 1)


def _flattened(node: fx.Node, module: Any, flow: Flow) -> Flow | None:
    given = {"start_dim": 0, "end_dim": -1} | _settings(node, module, "start_dim end_dim")
    all_but_samples = (given["start_dim"], given["end_dim"]) == (1, -1)
    return _side_by_side(flow) if all_but_samples else None


def _viewed(node: fx.Node, _module: Any, flow: Flow) -> Flow | None:
    """Flatten by view(number of samples, -1)."""
    sizes: Any = node.args[1:]
    sizes = sizes[0] if len(sizes) == 1 else sizes
    flattens = isinstance(sizes, tuple | list) and len(sizes) == 2 and sizes[1] == -1
    return _side_by_side(flow) if flattens and counts_samples(sizes[0]) else None


def _side_by_side(flow: Flow) -> Flow:
    if not _has_maps(flow):
        return flow
    flat = replace(flow, ndim=2, flat=True)
    return flat if flow.pixels is None else flat.side_by_side(flow.pixels * len(flow)) or flat


def _sliced(node: fx.Node, _module: Any, flow: Flow) -> Flow | None:
    """Take some of the pixels, or one along some axes."""
    index = node.args[1]
    if flow.ndim is None or not _has_maps(flow) or not isinstance(index, tuple):
        return None
    if not isinstance(index[0], slice) or index[1:2] != (slice(None),):
        return None
    if not all(isinstance(part, slice | int) for part in index):
        return None
    ndim = flow.ndim - sum(isinstance(part, int) for part in index)
    return replace(flow, ndim=ndim, pixels=1 if ndim == 2 else None)


_DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
_DIMENSIONS = (1, 2, 3)


def _by_dimension(place: Any, name: str) -> list[Any]:
    return [getattr(place, name.format(n)) for n in _DIMENSIONS]


MODULE_RULES: dict[Any, Rule] = {
    **dict.fromkeys((nn.Identity, *_DROPOUTS), _unchanged),
    **dict.fromkeys(_by_dimension(nn, "MaxPool{}d"), _max_pooled),
    **dict.fromkeys(_by_dimension(nn, "AvgPool{}d"), _mean_pooled),
    **dict.fromkeys(_by_dimension(nn, "AdaptiveAvgPool{}d"), _pooled_to_size),
    **dict.fromkeys(_by_dimension(nn, "AdaptiveMaxPool{}d"), _pooled_to_size),
    nn.Flatten: _flattened,
    nn.Upsample: _resized,
}
FUNCTION_RULES: dict[Any, Rule] = {
    **dict.fromkeys((functional.dropout, *_by_dimension(functional, "dropout{}d")), _unchanged),
    **dict.fromkeys(_by_dimension(functional, "max_pool{}d"), _max_pooled),
    **dict.fromkeys(_by_dimension(functional, "avg_pool{}d"), _mean_pooled),
    **dict.fromkeys(_by_dimension(functional, "adaptive_avg_pool{}d"), _pooled_to_size),
    **dict.fromkeys(_by_dimension(functional, "adaptive_max_pool{}d"), _pooled_to_size),
    functional.interpolate: _resized,
    torch.flatten: _flattened,
    torch.mean: _averaged,
    torch.amax: _averaged,
    torch.squeeze: _squeezed,
    operator.getitem: _sliced,
}
METHOD_RULES: dict[Any, Rule] = {
    "contiguous": _unchanged,
    "flatten": _flattened,
    "view": _viewed,
    "reshape": _viewed,
    "mean": _averaged,
    "amax": _averaged,
    "squeeze": _squeezed,
}
_POOLS = (_max_pooled, _mean_pooled, _pooled_to_size, _averaged)
# What returns new tensors.
POOLS = {
    kind
    for rules in (MODULE_RULES, FUNCTION_RULES, METHOD_RULES)
    for kind, rule in rules.items()
    if rule in _POOLS
}
