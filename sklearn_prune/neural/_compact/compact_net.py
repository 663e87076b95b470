"""Nets without what is dead in them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from sklearn_prune._checks.user_warnings import warn_user
from sklearn_prune.neural._checks import check_choice
from sklearn_prune.neural._given_net import module_of

from .dead_units import kept_units
from .layer_table import layer_table
from .net_graphs import NotFollowedError, graphs_of
from .net_survey import Survey
from .net_walk import survey
from .shrunk_layers import shrink

if TYPE_CHECKING:
    from torch import fx, nn


def compact(net: Any, *, return_report: bool = False) -> Any:
    """Return a smaller net of the same outputs.

    Units of which no weight leads on, or to which no weight leads, leave the net. What such a
    unit is for every sample goes into the biases of the next layer, or into the running mean
    of its batch normalisation. Outputs in evaluation stay the same, up to rounding.

    Linear layers, convolutions and batch normalisations are made smaller, where what is between
    them treats each unit alone: activations, dropout, pooling, flattening, sums and joined
    branches. Other layers and operations, and what they touch, stay as they are: grouped
    and transposed convolutions, attention, recurrent layers, layers that share weights or
    are called twice, ``view(-1, 400)``. Inputs and outputs of the net stay, and each layer
    keeps a unit.

    Parameters
    ----------
    net : Module or fitted skorch.NeuralNet
        What is trained and pruned. It is left alone.

    return_report : bool, default=False
        Whether to return the table of layers, too.

    Returns
    -------
    module : Module
        A copy of the module, with smaller layers in it, in the same mode. Masks of pruned
        weights are those of what is left.
    report : dict of str to list
        Columns of a table, one row for each layer with weights: `layer`, `kind`, `units` and
        `units_kept`, `parameters` and `parameters_kept`, and `left_because`, which says why
        units of a layer cannot leave. Weights that layers share count in each. Only if
        `return_report` is True.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If it is no net.
    ValueError
        If it has no numbers: it is on the device meta, or was never called; if
        ``torch.nn.utils.prune`` still computes its weights; or if `return_report` is no bool.

    Warns
    -----
    UserWarning
        If the net cannot be followed, as when its operations depend on what it is given, or
        on the sizes of its layers. It is returned as it is.

    See Also
    --------
    compression_report : Sizes and times, before and after.
    save_sparse : Keep the zeros that remain out of the file.

    Notes
    -----
    A zero-padded convolution sees zeros at the edges of a constant channel. Such a channel
    leaves only if it is constantly zero.

    The net is followed by :func:`torch.fx.symbolic_trace`.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from sklearn_prune.neural import compact
    >>> net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)).eval()
    >>> with torch.no_grad():
    ...     _ = net[0].weight[1].zero_()
    >>> compact(net)
    Sequential(
      (0): Linear(in_features=4, out_features=2, bias=True)
      (1): ReLU()
      (2): Linear(in_features=2, out_features=2, bias=True)
    )
    """
    check_choice("return_report", return_report, (True, False))
    given = _checked(module_of(net))
    module = deepcopy(given)
    try:
        graphs, failed = graphs_of(deepcopy(given))
        found = survey(module, graphs, failed)
        kept = kept_units(found)
        shrink(found, kept)
        _check_same(graphs, module)
    except NotFollowedError as error:
        module = deepcopy(given)
        why = f"the net cannot be followed: {error}"
        found = Survey(left=dict.fromkeys(module.modules(), why))
        kept = kept_units(found)
        warn_user(
            f"{type(given).__name__} stays as it is: what it does depends on more than its "
            f"operations ({error})."
        )
    return (module, layer_table(given, module, found, kept)) if return_report else module


def _check_same(graphs: list[fx.Graph], module: nn.Module) -> None:
    """Raise an error if a smaller module does other things than the one that was given."""
    again, _ = graphs_of(deepcopy(module))
    if list(map(str, again)) != list(map(str, graphs)):
        raise NotFollowedError("it computes with the sizes of its layers")


def _checked(module: nn.Module) -> nn.Module:
    """Return a module if its weights are its own.

    Raises
    ------
    ValueError
        If torch computes them from others.
    """
    weights = dict(module.named_parameters())
    buffers = dict(module.named_buffers())
    masked = [name for name in weights if name.removesuffix("_orig") + "_mask" in buffers]
    if masked:
        msg = (
            f"{', '.join(masked)} of {type(module).__name__} are under masks of "
            "torch.nn.utils.prune: make them plain weights with torch.nn.utils.prune.remove first."
        )
        raise ValueError(msg)
    return module
