"""Images to experiment on, CIFAR-10 and MNIST, and what came of experiments on them."""

from __future__ import annotations

import hashlib
import os
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from sklearn.datasets import fetch_openml, get_data_home
from sklearn.utils import Bunch

_STUDIES = Path(__file__).parent / "_studies"


class _Source(NamedTuple):
    """Where a data set comes from, and how to know it."""

    file: str
    openml_name: str
    shape: tuple[int, ...]
    n_train: int
    n_test: int
    sha256: str


_CIFAR10 = _Source(
    "cifar10.npz",
    "CIFAR_10",
    (32, 32, 3),
    50_000,
    10_000,
    "80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660",
)
_MNIST = _Source(
    "mnist.npz",
    "mnist_784",
    (28, 28),
    60_000,
    10_000,
    "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
)


def fetch_cifar10(data_home=None):
    """Load CIFAR-10: 60,000 colour images of ten kinds of things.

    The archive ``cifar10.npz`` in `data_home` is read if it is there. Otherwise the
    data set is downloaded from openml.org, and the archive written.

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder of the archive; ``None`` is the data folder of scikit-learn.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        x_train, x_test : ndarray of uint8 of shape (50000, 32, 32, 3) and (10000, 32, 32, 3)
            Images: rows, columns, and red, green and blue from 0 to 255.
        y_train, y_test : ndarray of uint8 of shape (50000,) and (10000,)
            Class of each image, from 0 to 9.

    Raises
    ------
    ValueError
        If the archive is damaged, or holds something else.
    OSError
        If there is no archive, and no download.

    See Also
    --------
    fetch_mnist : Handwritten digits.

    References
    ----------
    .. [1] A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.

    Examples
    --------
    >>> from sklearn_prune.datasets import fetch_cifar10
    >>> data = fetch_cifar10()  # doctest: +SKIP
    >>> data.x_train.shape  # doctest: +SKIP
    (50000, 32, 32, 3)
    """
    return _fetch(_CIFAR10, data_home)


def fetch_mnist(data_home=None):
    """Load MNIST: 70,000 handwritten digits.

    The archive ``mnist.npz`` in `data_home` is read if it is there. Otherwise the data
    set is downloaded from openml.org, and the archive written.

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder of the archive; ``None`` is the data folder of scikit-learn.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        x_train, x_test : ndarray of uint8 of shape (60000, 28, 28) and (10000, 28, 28)
            Images: rows and columns of grey values from 0 to 255.
        y_train, y_test : ndarray of uint8 of shape (60000,) and (10000,)
            The digit of each image.

    Raises
    ------
    ValueError
        If the archive is damaged, or holds something else.
    OSError
        If there is no archive, and no download.

    See Also
    --------
    fetch_cifar10 : Colour images.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied
       to Document Recognition", Proceedings of the IEEE 86, 2278-2324, 1998.

    Examples
    --------
    >>> from sklearn_prune.datasets import fetch_mnist
    >>> data = fetch_mnist()  # doctest: +SKIP
    >>> data.x_train.shape  # doctest: +SKIP
    (60000, 28, 28)
    """
    return _fetch(_MNIST, data_home)


def width_study(name):
    """Return where the table of a finished study of nets lies.

    Tables of ``python -m sklearn_prune.neural`` that come with the package, for
    :func:`~sklearn_prune.neural.plot_study` and anything that reads CSV files.

    Parameters
    ----------
    name : {"mnist_two_layer", "cifar10_resnet20", "cifar10_resnet20_all_images", \
            "digits_two_layer_sparsities", "mnist_two_layer_sparsities"}
        Two-layer nets on MNIST; ResNet-20 on 2,000 images of CIFAR-10, for 20 epochs;
        ResNet-20 on all of its images, for 8 epochs. Two-layer nets pruned to many
        sparsities, with wrong labels for 0, 20 and 40 % of the training images: on
        scikit-learn's digits, and on 2,000 images of MNIST.

    Returns
    -------
    path : :class:`~pathlib.Path`
        A CSV file: a row for each net, with its width, how it was pruned, and its errors.
        Of a dense net the sparsity, which is the share of its weights that is kept, is empty.

    Raises
    ------
    ValueError
        If there is no such study.

    See Also
    --------
    fetch_cifar10 : Images of two of the studies.
    fetch_mnist : Images of two others.

    Examples
    --------
    >>> from sklearn_prune.datasets import width_study
    >>> width_study("mnist_two_layer").name
    'mnist_two_layer.csv'
    """
    tables = {path.stem: path for path in sorted(_STUDIES.glob("*.csv"))}
    if not isinstance(name, str) or name not in tables:
        raise ValueError(f"name is {name!r}: give one of {', '.join(map(repr, tables))}.")
    return tables[name]


def _fetch(source, data_home):
    """Return a data set from its archive; without one, download it and write one."""
    path = Path(get_data_home(data_home)) / source.file
    if path.exists():
        arrays = _read(path)
        remedy = "Put the original there, or delete it to download the data."
        _check(arrays, source, path, remedy)
    else:
        arrays = _download(source, data_home, path)
        remedy = f"Put the original at {path}."
        _check(arrays, source, f"{source.openml_name} of openml.org", remedy)
        partial = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, **arrays)
        partial.replace(path)
    return Bunch(**arrays)


def _read(path):
    """Return the arrays of an archive."""
    try:
        with path.open("rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as archive:
            return dict(archive)
    except (BadZipFile, EOFError, RuntimeError, ValueError, zlib.error) as error:
        msg = f"{path} is damaged ({error}): delete it, and load the data again."
        raise ValueError(msg) from error


def _download(source, data_home, path):
    """Return the arrays that openml.org has: the training images first."""
    try:
        table = fetch_openml(
            source.openml_name, version=1, data_home=data_home, as_frame=False, parser="liac-arff"
        )
    except (OSError, HTTPException, ValueError) as error:
        names = "x_train, y_train, x_test and y_test"
        msg = (
            f"{path} does not exist, and {source.openml_name} cannot be downloaded from "
            f"openml.org ({error}): go online, or put an archive there, written by numpy.savez "
            f"with the arrays {names}: uint8 images of shape {source.shape}, and labels."
        )
        raise OSError(msg) from error
    images = table.data.astype(np.uint8)
    if len(source.shape) == 3:  # the colours of an image stand one after the other
        rows, columns, colours = source.shape
        images = images.reshape(-1, colours, rows, columns).transpose(0, 2, 3, 1)
    x_train, x_test = np.split(images.reshape(-1, *source.shape), [source.n_train])
    y_train, y_test = np.split(table.target.astype(np.uint8), [source.n_train])
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def _check(arrays, source, origin, remedy):
    """Raise ValueError unless the arrays are the whole data set, bit by bit."""
    expected = {
        "x_train": (source.n_train, *source.shape),
        "y_train": (source.n_train,),
        "x_test": (source.n_test, *source.shape),
        "y_test": (source.n_test,),
    }
    for name, shape in expected.items():
        if name not in arrays:
            msg = f"{origin} has no array {name}, but {', '.join(arrays) or 'none at all'}"
            raise ValueError(f"{msg}. {remedy}")
        array = arrays[name]
        if array.shape != shape or array.dtype != np.uint8:
            found = f"is {array.dtype} {array.shape} instead of uint8 {shape}"
            raise ValueError(f"{name} of {origin} {found}. {remedy}")
    digest = _digest(arrays[name] for name in expected)
    if digest != source.sha256:
        msg = f"{origin} has other images: a SHA-256 digest {digest} instead of {source.sha256}."
        raise ValueError(f"{msg} {remedy}")


def _digest(arrays):
    """Return the SHA-256 digest of the bytes of all arrays, one after the other."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
