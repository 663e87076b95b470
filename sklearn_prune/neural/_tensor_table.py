"""What is left of each tensor of a net, as a table."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from torch import Tensor, nn

from ._dense_norms import dense_norms_of, norms_of
from ._given_net import check_plain_weights, module_of
from ._masks import masks_of

if TYPE_CHECKING:
    from typing import Any

COLUMNS = (
    "name",
    "shape",
    "n_weights",
    "n_kept",
    "share_kept",
    "dead_inputs",
    "dead_outputs",
    "norm_before",
    "norm_after",
)


def layer_table(net):
    """Return what pruning has left of each tensor of a net.

    Parameters
    ----------
    net : Module or fitted net of skorch
        A net, such as `prune_net` returns, or a fitted `PrunedNetClassifier`.

    Returns
    -------
    table : dict of str to list
        Columns of a row a parameter, in the order of the module, as ``pandas.DataFrame`` and
        ``polars.DataFrame`` read them:

        - `name`, and `shape`, a tuple;
        - `n_weights`, their number; `n_kept`, how many the masks keep; `share_kept`, their
          ratio. A tensor without a mask is kept whole. Where there is no mask at all, as
          after loading a state dict, what is not zero was kept;
        - `dead_inputs`, of a matrix or of filters: inputs, or channels, all of whose weights
          are zero; `dead_outputs`: units, or channels, all of whose weights are zero, and which
          are thus the same for all samples;
        - `norm_before`: Euclidean norm of the dense tensor before its first pruning, nan
          where this package has not pruned; `norm_after`: that of the tensor now.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If it is no net.
    ValueError
        If weights have no shape yet, or are made by ``torch.nn.utils.prune``.

    See Also
    --------
    LayerDisplay : The same as a picture.
    prune_net : Prunes a net that is trained already.

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import layer_table, prune_net
    >>> _ = torch.manual_seed(0)
    >>> net = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3)
    ... )
    >>> table = layer_table(prune_net(net, sparsity=0.5, exclude="biases"))
    >>> table["name"]
    ['0.weight', '0.bias', '2.weight', '2.bias']
    >>> table["n_kept"]
    [69, 16, 19, 3]
    >>> table["dead_outputs"]
    [0, 0, 0, 0]
    """
    module = module_of(net)
    check_plain_weights(module)
    masks = masks_of(module)
    before, after = dense_norms_of(module), norms_of(module)
    rows = []
    for name, weight in module.named_parameters():
        layer = module.get_submodule(name.rpartition(".")[0])
        n_kept = _n_kept(weight, masks.get(name), bool(masks))
        dead = _dead_units(layer, weight) if weight.ndim > 1 else (0, 0)
        share = n_kept / max(1, weight.numel())
        sizes = name, tuple(weight.shape), weight.numel(), n_kept, share
        rows.append((*sizes, *dead, before[name], after[name]))
    return {column: [row[k] for row in rows] for k, column in enumerate(COLUMNS)}


def _n_kept(weight: Tensor, mask: Tensor | None, others_have_masks: bool) -> int:
    if mask is not None:
        return int(mask.sum())
    return weight.numel() if others_have_masks else int((weight != 0).sum())


def _dead_units(layer: nn.Module, weight: Tensor) -> tuple[int, int]:
    """Return how many inputs, and how many outputs, have weights that are all zero."""
    zero = _by_units(layer, weight.detach()) == 0
    dead_inputs, dead_outputs = zero.all(3).all(1), zero.all(3).all(2)
    return int(dead_inputs.sum()), int(dead_outputs.sum())


def _by_units(layer: Any, weight: Tensor) -> Tensor:
    """Return weights by group, output and input of the group, and place in a filter."""
    groups = getattr(layer, "groups", 1)
    n_rows, n_columns, *filters = weight.shape
    weight = weight.reshape(groups, n_rows // groups, n_columns, prod(filters))
    rows_are_inputs = isinstance(layer, nn.Embedding | nn.EmbeddingBag)
    if rows_are_inputs or getattr(layer, "transposed", False):
        return weight.transpose(1, 2)
    return weight
