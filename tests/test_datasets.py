from urllib.error import URLError

import numpy as np
import pytest
from sklearn.utils import Bunch

from sklearn_prune import datasets
from sklearn_prune.datasets import fetch_cifar10, fetch_mnist, width_study

NAMES = ("x_train", "y_train", "x_test", "y_test")


@pytest.fixture(params=[fetch_cifar10, fetch_mnist])
def small(request, monkeypatch, rng):
    """A loader, whose data set is said to be small, and its arrays."""
    name = {fetch_cifar10: "_CIFAR10", fetch_mnist: "_MNIST"}[request.param]
    source = getattr(datasets, name)._replace(n_train=20, n_test=10)
    arrays = {}
    for part, n in (("train", 20), ("test", 10)):
        arrays[f"x_{part}"] = rng.integers(0, 256, (n, *source.shape), dtype=np.uint8)
        arrays[f"y_{part}"] = rng.integers(0, 10, n, dtype=np.uint8)
    digest = datasets._digest(arrays[name] for name in NAMES)
    monkeypatch.setattr(datasets, name, source._replace(sha256=digest))
    return request.param, source.file, arrays


@pytest.fixture
def no_network(monkeypatch):
    def fail(*_args, **_options):
        raise URLError("no route")

    monkeypatch.setattr(datasets, "fetch_openml", fail)


def assert_same(data, arrays):
    for name, array in arrays.items():
        np.testing.assert_array_equal(data[name], array)
        assert data[name].dtype == np.uint8


def test_reads_the_local_archive(small, tmp_path, no_network):
    fetch, file, arrays = small
    np.savez(tmp_path / file, **arrays)
    assert_same(fetch(tmp_path), arrays)


def test_downloads_once(small, tmp_path, monkeypatch):
    fetch, file, arrays = small
    images = np.concatenate([arrays["x_train"], arrays["x_test"]])
    if images.ndim == 4:  # openml.org has the colours of an image one after the other
        images = images.transpose(0, 3, 1, 2)
    labels = np.concatenate([arrays["y_train"], arrays["y_test"]]).astype(str).astype(object)
    asked = []

    def fetch_openml(name, **_options):
        asked.append(name)
        return Bunch(data=images.reshape(30, -1).astype(float), target=labels)

    monkeypatch.setattr(datasets, "fetch_openml", fetch_openml)
    assert_same(fetch(tmp_path), arrays)
    assert_same(fetch(tmp_path), arrays)
    assert len(asked) == 1
    assert [path.name for path in tmp_path.iterdir()] == [file]


def test_says_how_to_get_the_data(small, tmp_path, no_network):
    fetch, file, _ = small
    with pytest.raises(OSError, match=rf"(?s){file} does not exist.*no route.*numpy\.savez"):
        fetch(tmp_path)


@pytest.mark.parametrize("share", [0, 0.3, 0.999])
def test_tells_a_truncated_archive(small, tmp_path, share):
    fetch, file, arrays = small
    path = tmp_path / file
    np.savez(path, **arrays)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="damaged"):
        fetch(tmp_path)


def test_tells_damage_inside_a_compressed_archive(small, tmp_path):
    fetch, file, arrays = small
    path = tmp_path / file
    np.savez_compressed(path, **arrays)
    content = bytearray(path.read_bytes())
    content[100:120] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        fetch(tmp_path)


def test_tells_another_kind_of_file(small, tmp_path):
    fetch, file, _ = small
    with (tmp_path / file).open("wb") as array:
        np.save(array, np.arange(3))
    with pytest.raises(ValueError, match="damaged"):
        fetch(tmp_path)


def test_tells_other_contents(small, tmp_path):
    fetch, file, arrays = small
    np.savez(tmp_path / file, **arrays | {"x_test": 255 - arrays["x_test"]})
    with pytest.raises(ValueError, match="SHA-256"):
        fetch(tmp_path)
    np.savez(tmp_path / file, **arrays | {"x_test": arrays["x_test"][1:]})
    with pytest.raises(
        ValueError, match=r"x_test of .* is uint8 \(9, .*instead of uint8 \(10, .*delete it to"
    ):
        fetch(tmp_path)
    np.savez(tmp_path / file, **{name: arrays[name] for name in NAMES[:3]})
    with pytest.raises(ValueError, match="has no array y_test"):
        fetch(tmp_path)


def test_loads_no_pickle(small, tmp_path):
    fetch, file, arrays = small
    np.savez(tmp_path / file, **arrays | {"y_test": np.array([print] * 10)})
    with pytest.raises(ValueError, match=r"damaged.*allow_pickle"):
        fetch(tmp_path)


@pytest.mark.parametrize(
    ("name", "n_nets", "widest"),
    [
        ("mnist_two_layer", 204, 64),
        ("cifar10_resnet20", 69, 16),
        ("cifar10_resnet20_all_images", 15, 20),
        ("digits_two_layer_sparsities", 117, 256),
        ("mnist_two_layer_sparsities", 117, 128),
    ],
)
def test_tables_of_studies_are_there(name, n_nets, widest):
    table = np.genfromtxt(width_study(name), delimiter=",", names=True, encoding=None)
    assert len(table) == n_nets
    assert table["width"].max() == widest


@pytest.mark.parametrize("name", ["imagenet", "../datasets", "*", None])
def test_studies_that_nobody_made(name):
    with pytest.raises(ValueError, match="give one of 'cifar10_resnet20'"):
        width_study(name)
