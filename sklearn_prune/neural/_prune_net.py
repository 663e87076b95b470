"""Prune a net that somebody has trained, in one call."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch
from sklearn.utils import check_random_state

from . import _masks
from ._checks import check_batch_size, check_choice
from ._excluded_weights import prunable_weights
from ._given_net import check_plain_weights, module_of
from ._given_samples import samples_for
from ._given_targets import loss_for, targets_for
from ._net_pruning import SCOPES, kept_counts, n_to_keep, prune, warn_if_emptied
from ._random_streams import draw_seed, random_stream
from ._saliency import mean_square_gradients
from ._uncompiled import uncompiled
from ._weight_scores import asks_loss, check_strategy, scores_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn

    from ._given_samples import Samples
    from ._saliency import Scores


def prune_net(
    module,
    X=None,
    y=None,
    *,
    strategy="magnitude",
    sparsity=0.1,
    scope="global",
    exclude=(),
    loss=None,
    batch_size=128,
    random_state=None,
):
    r"""Prune a net that is trained already: a copy of it, of which few weights are not zero.

    Any module of torch will do. The weights kept have the values that they had: retrain them
    in your own loop with `apply_masks` after every step, or with `PrunedNetClassifier` and
    `PrunedNetRegressor`, which take trained modules too.

    Parameters
    ----------
    module : Module or fitted net of skorch
        The trained net, which is left as it is. One that was pruned by this package is
        pruned further. Parameters that are frozen (``requires_grad=False``) stay dense.

    X : array-like, tuple of array-like, or dict of str to array-like, default=None
        Samples for strategies that ask the loss: the argument of the module, or its
        arguments in their order or by their names.

    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        Targets of the samples: numbers of classes, or real numbers.

    strategy : {"magnitude", "hessian", "random"} or callable, default="magnitude"
        How weights are scored.

        - "magnitude": :math:`|w_j|`.
        - "hessian": :math:`\sqrt{F_{jj}}\,|w_j|`, optimal brain damage [1]_ with the
          diagonal of the empirical Fisher information [2]_, the mean over the samples of
          the squared gradient of the loss of each alone. It needs X and y.
        - "random": a random order, the baseline.
        - a callable ``(name, parameter, statistics) -> scores``, which is asked for each
          tensor and returns a score a weight, the larger the better. `statistics` are the
          :math:`F_{jj}` of the tensor, None without X and y.

    sparsity : int or float, default=0.1
        What is KEPT of the weights that can be pruned, which are those that are trainable
        and not excluded: their number, or a fraction in (0, 1]. Exactly so many are kept, of
        equal scores the first; those excluded are kept beside them.

    scope : {"global", "layer", "matched"}, default="global"
        Which weights are compared: all of the net; or those of each tensor, of which the
        same fraction is kept; or those of each tensor, of which as many are kept as
        magnitudes compared in the whole net would keep.

    exclude : str, type, or collection of these, default=()
        What is not pruned: "biases", "norms" (scales and shifts of normalisation), "first"
        or "last" (all parameters of the first or the last layer with a matrix, in the order
        in which the module has them, whatever their names); patterns such as
        ``"encoder.*"`` for the names of parameters or layers; classes of layers such as
        :class:`torch.nn.BatchNorm2d`.

    loss : callable, default=None
        ``(outputs, targets) -> scalar`` for a batch of one sample. None stands for the
        cross-entropy of logits where targets are integers, and for the squared error where
        they are real numbers. Of a net that hardly errs on its samples, the cross-entropy
        of logits divided by 10, say, tells more: see the user guide.

    batch_size : int, default=128
        Number of samples that are on the device of the net at a time, -1 for all.

    random_state : int, RandomState instance or None, default=None
        Decides the strategy "random".

    Returns
    -------
    pruned : Module
        A copy, in the mode and on the device of the module given, with zeros in place of
        the weights that are pruned, and their masks beside them: non-persistent buffers,
        which copies and pickles have, and of which the state dict knows nothing.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If it is no net, one of TorchScript, or an argument is of a wrong type.
    ValueError
        If the net has parameters without a shape or numbers, or those of
        ``torch.nn.utils.prune``, all of it is excluded, or another argument is out of its range.

    Warns
    -----
    UserWarning
        If a layer has lost all its weights, so that nothing passes there.

    See Also
    --------
    apply_masks : Keeps what is pruned at zero in a training loop.
    layer_table : What is left of each layer.
    PrunedNetClassifier : Trains, prunes and retrains.

    References
    ----------
    .. [1] Y. LeCun, J. Denker, S. Solla, "Optimal Brain Damage", NIPS 1989.
    .. [2] S. P. Singh, D. Alistarh, "WoodFisher: Efficient Second-Order Approximation for
       Neural Network Compression", NeurIPS 2020. arXiv:2004.14340

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import prune_net
    >>> _ = torch.manual_seed(0)
    >>> net = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3)
    ... )
    >>> pruned = prune_net(net, sparsity=40, exclude="biases")
    >>> sum(int((layer.weight != 0).sum()) for layer in (pruned[0], pruned[2]))
    40
    >>> bool((net[0].weight != 0).all())
    True

    A strategy of your own, and one that asks the loss:

    >>> def of_its_tensor(name, parameter, statistics):
    ...     return parameter.abs() / parameter.abs().mean()
    >>> even = prune_net(net, sparsity=40, strategy=of_its_tensor, exclude="biases")
    >>> X, y = torch.randn(50, 8), torch.arange(50) % 3
    >>> curved = prune_net(net, X, y, strategy="hessian", sparsity=0.25)
    """
    module = module_of(module)
    check_plain_weights(module)
    check_choice("scope", scope, SCOPES)
    check_batch_size(batch_size)
    check_strategy(strategy)
    numbers = check_random_state(random_state)
    pruned = deepcopy(module)
    prunable = prunable_weights(pruned, exclude)
    n_keep = n_to_keep(pruned, prunable, sparsity)
    seed = draw_seed(numbers) if strategy == "random" else 0
    with random_stream(next(module.parameters()).device, seed):
        statistics = _statistics(pruned, X, y, loss, batch_size, strategy)
        scores = scores_by(strategy, pruned, prunable, statistics, torch.default_generator)
    prune(pruned, scores, n_keep, scope)
    warn_if_emptied(kept_counts(_masks.masks_of(pruned)), pruned)
    return pruned


def apply_masks(module):
    """Set what is pruned to zero again, after a step of an optimiser.

    Momentum and weight decay, and gradients themselves, move weights that are zero. Call it
    after each ``optimizer.step()`` of a training loop of yours.

    Parameters
    ----------
    module : Module
        A net that `prune_net` returned, or a copy of one; a module that contains it, or
        a fitted net of skorch.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If it is no net.
    ValueError
        If it has no masks.

    See Also
    --------
    prune_net : Prunes a module and puts masks beside its weights.

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import apply_masks, prune_net
    >>> net = prune_net(torch.nn.Linear(20, 1), sparsity=5)
    >>> optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     net(torch.randn(8, 20)).square().mean().backward()
    ...     optimizer.step()
    ...     apply_masks(net)
    >>> sum(int((weight != 0).sum()) for weight in net.parameters())
    5
    """
    module = module_of(module)
    if not _masks.masks_of(module):
        msg = (
            f"{type(module).__name__} has no masks: give what prune_net returned. (Masks are in "
            "copies and pickles of a module, and not in its state dict.)"
        )
        raise ValueError(msg)
    _masks.apply_masks(module)


def _statistics(
    module: nn.Module, X: Any, y: Any, loss: Any, batch_size: int, strategy: Any
) -> Scores | None:
    """Return the mean square gradients that a strategy asks for, in single precision at least."""
    if not asks_loss(strategy) or (callable(strategy) and X is None and y is None):
        return None
    if X is None or y is None:
        missing = " and ".join(name for name, value in {"X": X, "y": y}.items() if value is None)
        msg = f"strategy is {strategy!r}, which asks the loss of samples: give {missing}."
        raise ValueError(msg)
    if any(weight.dtype in (torch.float16, torch.bfloat16) for weight in module.parameters()):
        module = deepcopy(module).float()
    samples = samples_for(module, X)
    if not all(values.isfinite().all() for values in samples.all()):
        raise ValueError("X has values that are not finite: leave out or fill in what is missing.")
    targets = targets_for(module, samples, y)
    loss = loss_for(module, samples, targets, loss)
    size = len(samples) if batch_size == -1 else batch_size
    with uncompiled():
        return mean_square_gradients(module, loss, _batches(samples, targets, size))


def _batches(samples: Samples, y: Tensor, size: int) -> Iterator[tuple[Samples, Tensor]]:
    for start in range(0, len(y), size):
        rows = slice(start, start + size)
        yield samples.rows(rows), y[rows]
