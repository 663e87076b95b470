"""Batches of data in memory."""

from __future__ import annotations

from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Subset

from ._checks import check_choice, check_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor


class TensorBatches:
    """Iterate over the batches of a data set of tensors, each by one indexing operation.

    A :class:`~torch.utils.data.DataLoader` takes samples one by one in Python, which on
    small nets takes longer than their training does.

    Parameters
    ----------
    dataset : skorch.dataset.Dataset or Subset
        Data set whose `X`, and `y` if not None, are tensors.

    batch_size : int, default=128
        Number of samples of a batch. The last batch has those that are left.

    shuffle : bool, default=False
        Whether every pass takes the samples in another order.

    drop_last : bool, default=False
        Whether to leave out the last batch if it is smaller than the others.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or no batch is left.
    """

    def __init__(
        self, dataset: Any, batch_size: int = 128, shuffle: bool = False, drop_last: bool = False
    ) -> None:
        check_sizes(batch_size=batch_size)
        check_choice("shuffle", shuffle, (True, False))
        check_choice("drop_last", drop_last, (True, False))
        self.X, self.y = _tensors(dataset)
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        if drop_last and not len(self):
            msg = (
                f"batch_size is {batch_size}, but there are {len(self.X)} samples: with drop_last "
                "no batch is left, give a smaller batch_size."
            )
            raise ValueError(msg)

    def __len__(self) -> int:
        n_samples = len(self.X)
        return n_samples // self.batch_size if self.drop_last else ceil(n_samples / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return islice(self._all(), len(self))

    def _all(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Iterate over the batches, the smaller one too."""
        if self.shuffle:
            # Drawn on the CPU, so that every device sees the same order.
            order = torch.randperm(len(self.X)).to(self.X.device)
            for rows in order.split(self.batch_size):
                yield _rows_of(self.X, rows), _rows_of(self.y, rows)
        else:
            yield from zip(
                self.X.split(self.batch_size), self.y.split(self.batch_size), strict=True
            )


def _rows_of(X: Tensor, rows: Tensor) -> Tensor:
    """Return some rows, which `index_select` copies whole, in no format but the usual one."""
    return X.index_select(0, rows) if X.is_contiguous() else X[rows]


def _tensors(dataset: Any) -> tuple[Tensor, Tensor]:
    """Return the samples and their targets, zeros where there are none."""
    if isinstance(dataset, Subset):
        X, y = _tensors(dataset.dataset)
        rows = torch.as_tensor(dataset.indices, device=X.device)
        return X[rows], y[rows]
    if not hasattr(dataset, "X"):
        msg = (
            f"A {type(dataset).__name__} has no samples X at once: give a skorch.dataset.Dataset, "
            "or torch.utils.data.DataLoader as iterator_train and iterator_valid."
        )
        raise TypeError(msg)
    X, y = dataset.X, dataset.y
    return X, torch.zeros(len(X), device=X.device) if y is None else y
