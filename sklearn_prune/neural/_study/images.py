"""Images on the device where nets train, standardised once and shifted there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn import functional

from sklearn_prune.datasets import fetch_cifar10, fetch_mnist

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray

    from .settings import Settings

# Keras, with which the paper's nets were trained, shifts by a tenth: about so many pixels.
MARGIN = 4
# A pixel that never changes would be divided by zero.
LEAST_DEVIATION = 1e-3
EVALUATED_AT_ONCE = 1000
N_CLASSES = 10


class Images(NamedTuple):
    """Training and test images.

    Attributes
    ----------
    x_train : Tensor of shape (n_train, rows + 2 * margin, columns + 2 * margin, channels)
        Standardised images with a margin of zeros.
    y_train : Tensor of shape (n_train,)
        Their classes.
    x_test : Tensor of shape (n_test, rows, columns, channels)
        Standardised images.
    y_test : Tensor of shape (n_test,)
        Their classes.
    margin : int
        Number of pixels that a training image can be shifted.
    """

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor
    margin: int

    def training_batch(self, index: Tensor, shifts: Tensor) -> tuple[Tensor, Tensor]:
        """Return training images, each shifted by so many rows and columns, and their classes.

        Parameters
        ----------
        index : Tensor of shape (n_samples,)
            Which images.
        shifts : Tensor of shape (n_samples, 2)
            First row and column of each, from 0 to ``2 * margin``; `margin` is no shift.

        Returns
        -------
        X : Tensor of shape (n_samples, channels, rows, columns)
        y : Tensor of shape (n_samples,)
        """
        if self.margin == 0:
            X = self.x_train.index_select(0, index)
        else:
            _, n_rows, n_columns, _ = self.x_test.shape
            rows = shifts[:, :1] + torch.arange(n_rows, device=shifts.device)
            columns = shifts[:, 1:] + torch.arange(n_columns, device=shifts.device)
            X = self.x_train[index[:, None, None], rows[:, :, None], columns[:, None, :]]
        return X.permute(0, 3, 1, 2), self.y_train[index]

    @torch.no_grad()
    def error_rates(self, module: torch.nn.Module) -> tuple[Tensor, Tensor]:
        """Return the fractions of training and test images that a net gets wrong."""
        module.eval()
        inner = slice(self.margin, -self.margin or None)
        parts = (self.x_train[:, inner, inner], self.y_train), (self.x_test, self.y_test)
        rates = []
        for X, y in parts:
            wrong = torch.zeros((), dtype=torch.long, device=y.device)
            for start in range(0, len(y), EVALUATED_AT_ONCE):
                rows = slice(start, start + EVALUATED_AT_ONCE)
                outputs = module(X[rows].permute(0, 3, 1, 2).float())
                wrong += (outputs.argmax(1) != y[rows]).sum()
            rates.append(wrong / len(y))
        module.train()
        return rates[0], rates[1]

    def with_wrong_labels(self, share: float, generator: torch.Generator) -> Images:
        """Return the images with a wrong class for a share of the training images.

        Which ones is drawn at random, and so is the wrong class, all nine being equally
        likely. Of the same generator a larger share has all wrong labels of a smaller one.
        """
        order = torch.randperm(len(self.y_train), generator=generator)
        steps = torch.randint(1, N_CLASSES, order.shape, generator=generator)
        wrong = order[: round(share * len(order))]
        labels = self.y_train.cpu().clone()
        labels[wrong] = (labels[wrong] + steps[wrong]) % N_CLASSES
        return self._replace(y_train=labels.to(self.y_train.device))

    def to(self, device: torch.device, dtype: torch.dtype) -> Images:
        """Return the images on another device, in another precision."""
        x_train, x_test = (X.to(device, dtype) for X in (self.x_train, self.x_test))
        return self._replace(
            x_train=x_train,
            x_test=x_test,
            y_train=self.y_train.to(device),
            y_test=self.y_test.to(device),
        )


@cache
def load_images(settings: Settings, data_home: str | None) -> Images:
    """Return the images of a study, on the CPU.

    CIFAR-10 has each pixel standardised over the training images, the other data sets
    all pixels together.

    Parameters
    ----------
    settings : Settings
        The study, which names the data and says how many training images to use: they
        are drawn at random, but always the same.
    data_home : str or None
        Folder of CIFAR-10 and MNIST.

    Raises
    ------
    ValueError
        If there are fewer training images.
    """
    x_train, y_train, x_test, y_test = _read(settings, data_home)
    if settings.n_train is not None:
        if settings.n_train > len(x_train):
            msg = f"n-train is {settings.n_train}: {settings.data} has {len(x_train)} images."
            raise ValueError(msg)
        rows = np.sort(np.random.default_rng(0).permutation(len(x_train))[: settings.n_train])
        x_train, y_train = x_train[rows], y_train[rows]
    by_pixel, margin = settings.data == "cifar10", MARGIN * (settings.augmentation == "shift")
    return standardize(x_train, y_train, x_test, y_test, by_pixel=by_pixel, margin=margin)


def _read(
    settings: Settings, data_home: str | None
) -> tuple[AnyArray, AnyArray, AnyArray, AnyArray]:
    """Return images of shape (n_images, rows, columns, channels) and their classes."""
    if settings.data == "digits":
        digits = load_digits()
        images, n_train = digits.images * 15, len(digits.images) * 4 // 5
        x_train, x_test = np.split(images[..., np.newaxis], [n_train])
        y_train, y_test = np.split(digits.target, [n_train])
    else:
        data = (fetch_cifar10 if settings.data == "cifar10" else fetch_mnist)(data_home)
        x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
    scale = settings.image_scale
    x_train, x_test = (
        x.reshape(*x.shape[:3], -1).repeat(scale, axis=1).repeat(scale, axis=2)
        for x in (x_train, x_test)
    )
    return x_train, y_train, x_test, y_test


def standardize(
    x_train: AnyArray,
    y_train: AnyArray,
    x_test: AnyArray,
    y_test: AnyArray,
    *,
    by_pixel: bool,
    margin: int,
) -> Images:
    """Return images of mean 0 and variance 1, pixel by pixel or all pixels together."""
    x_train, x_test = (x.astype(np.float32) / 255 for x in (x_train, x_test))
    axis = 0 if by_pixel else None
    mean, deviation = x_train.mean(axis), np.maximum(x_train.std(axis), LEAST_DEVIATION)
    train, test = (torch.from_numpy((x - mean) / deviation) for x in (x_train, x_test))
    train = functional.pad(train, (0, 0, margin, margin, margin, margin))
    labels = [torch.from_numpy(y.astype(np.int64)) for y in (y_train, y_test)]
    return Images(train, labels[0], test, labels[1], margin)
