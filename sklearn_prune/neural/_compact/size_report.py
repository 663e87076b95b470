"""What a net costs, before and after."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from sklearn_prune.neural._given_net import module_of
from sklearn_prune.neural._given_samples import first_outputs, samples_for

from .compact_net import compact
from .latency import latencies
from .sparse_files import dense_file, sparse_file

if TYPE_CHECKING:
    from torch import nn

    from sklearn_prune.neural._given_samples import Samples

GIVEN, COMPACT, SPARSE = "given", "compact", "compact, sparse file"
BATCHES = (1, 256)


def compression_report(net: Any, X: Any) -> dict[str, list[Any]]:
    """Return what a net costs as it is, compact, and compact in a sparse file.

    Zeros in a weight cost as much as other numbers, in memory and in time: torch multiplies
    by them. What :func:`compact` takes out costs nothing any more, and what remains sparse is
    smaller in a file of :func:`save_sparse` alone.

    Parameters
    ----------
    net : Module or fitted skorch.NeuralNet
        What is trained and pruned. It is left alone.

    X : array-like, tuple of array-like, or dict of str to array-like
        Samples in rows, for each argument of the module. Times are those of the first one, and
        of 256, for which they are repeated.

    Returns
    -------
    report : dict of str to list
        Columns of a table, which ``pandas.DataFrame`` and ``polars.DataFrame`` read, with a row
        for each `form`: "given", "compact" and "compact, sparse file".

        - `parameters`, and how many of them are `nonzero`.
        - `bytes_on_disk`: of a file of safetensors, dense but for the last form.
        - `bytes_in_memory`: of weights and statistics, without masks.
        - `latency_ms_1` and `latency_ms_256`: median milliseconds for 1 and 256 samples, in
          evaluation, in one thread. The last form is the compact net once it is read.
        - `flops`: floating point operations for one sample, by
          ``torch.utils.flop_counter``: those of products and convolutions, an addition and a
          multiplication each.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If `net` is no net.
    ValueError
        If `net` has no numbers, or `X` no samples that it takes.

    Warns
    -----
    UserWarning
        If the net cannot be followed, and is not made compact.

    See Also
    --------
    compact : What is measured.
    save_sparse : Write the file.

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import TwoLayerNet, compression_report
    >>> net = TwoLayerNet(width=100, n_inputs=20, n_classes=3)
    >>> with torch.no_grad():
    ...     _ = net.hidden.weight[:75].zero_()
    >>> report = compression_report(net, torch.zeros(8, 20))
    >>> report["form"]
    ['given', 'compact', 'compact, sparse file']
    >>> report["parameters"]
    [2403, 603, 603]
    >>> report["flops"]
    [4600, 1150, 1150]
    """
    given = module_of(net)
    if getattr(net, "takes_integers_", True) is False:  # as the estimator does
        X = np.asarray(X, dtype=np.float32)
    samples = samples_for(given, X)
    first_outputs(given, samples)
    modules = [deepcopy(given).eval(), compact(given).eval()]
    rows = [_row(module) for module in modules]
    for n in BATCHES:
        batch = samples.rows(torch.arange(n) % len(samples))
        for row, milliseconds in zip(rows, latencies(modules, batch), strict=True):
            row[f"latency_ms_{n}"] = milliseconds
    for row, module in zip(rows, modules, strict=True):
        row["flops"] = _flops(module, samples)
    rows.append(rows[1] | {"bytes_on_disk": len(sparse_file(modules[1]))})
    forms = {"form": [GIVEN, COMPACT, SPARSE]}
    return forms | {name: [row[name] for row in rows] for name in rows[0]}


def _row(module: nn.Module) -> dict[str, Any]:
    """Return what is counted."""
    weights = list(module.parameters())
    tensors = {tensor.data_ptr(): tensor for tensor in module.state_dict().values()}
    return {
        "parameters": sum(weight.numel() for weight in weights),
        "nonzero": sum(int(weight.count_nonzero()) for weight in weights),
        "bytes_on_disk": len(dense_file(module)),
        "bytes_in_memory": sum(tensor.nbytes for tensor in tensors.values()),
    }


def _flops(module: nn.Module, samples: Samples) -> int:
    """Return the operations for one sample."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        samples.rows(slice(1)).outputs(module)
    return int(counter.get_total_flops())
