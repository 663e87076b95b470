import numpy as np
import pytest
import torch

from sklearn_prune.neural._study.images import MARGIN, Images, load_images, standardize
from sklearn_prune.neural._study.settings import make_settings


@pytest.fixture
def raw(rng):
    x = rng.integers(0, 256, (50, 6, 5, 3), dtype=np.uint8)
    return x[:40], np.arange(40) % 10, x[40:], np.arange(10)


def test_pixels_are_standardised(raw):
    images = standardize(*raw, by_pixel=True, margin=0)
    assert images.x_train.mean(0).abs().max() < 1e-6
    assert (images.x_train.std(0, correction=0) - 1).abs().max() < 1e-5
    together = standardize(*raw, by_pixel=False, margin=0)
    assert abs(together.x_train.mean()) < 1e-6
    assert together.x_train.mean(0).abs().max() > 1e-2


def test_constant_pixels_stay_finite(raw):
    x_train, y_train, x_test, y_test = raw
    images = standardize(x_train * 0 + 7, y_train, x_test, y_test, by_pixel=True, margin=0)
    assert images.x_train.abs().max() < 1e-4


def test_shifts(raw):
    images = standardize(*raw, by_pixel=True, margin=2)
    plain = standardize(*raw, by_pixel=True, margin=0).x_train.numpy()
    padded = np.pad(plain, ((0, 0), (2, 2), (2, 2), (0, 0)))
    index, shifts = torch.tensor([3, 3, 8]), torch.tensor([[2, 2], [0, 4], [3, 1]])
    X, y = images.training_batch(index, shifts)
    assert X.shape == (3, 3, 6, 5)
    assert y.tolist() == [3, 3, 8]
    for image, i, (row, column) in zip(X, index, shifts.tolist(), strict=True):
        expected = padded[i, row : row + 6, column : column + 5]
        np.testing.assert_array_equal(image.permute(1, 2, 0), expected)


def test_error_rates(raw):
    images = standardize(*raw, by_pixel=True, margin=2)
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(90, 10))
    X = images.x_train[:, 2:-2, 2:-2].permute(0, 3, 1, 2)
    rates = images.error_rates(net)
    wrong = [net(X).argmax(1) != images.y_train]
    wrong.append(net(images.x_test.permute(0, 3, 1, 2)).argmax(1) != images.y_test)
    assert [rate.item() for rate in rates] == [w.float().mean().item() for w in wrong]
    assert net.training


@pytest.mark.parametrize("share", [0.0, 0.2, 0.4, 0.999])
def test_wrong_labels(share):
    images = load_images(make_settings("two-layer", {"data": "digits"}), None)
    right = images.y_train.clone()

    def labels(share, seed=5):
        return images.with_wrong_labels(share, torch.Generator().manual_seed(seed))

    noisy = labels(share)
    wrong = noisy.y_train != right
    assert wrong.sum() == round(share * len(right))
    assert set(noisy.y_train.tolist()) == set(range(10))
    assert torch.equal(labels(share).y_train, noisy.y_train)
    assert torch.equal(images.y_train, right)
    assert noisy.y_test is images.y_test
    assert noisy.x_train is images.x_train
    if share:
        assert not torch.equal(labels(share, seed=6).y_train, noisy.y_train)
        # A larger share has these wrong labels, and more.
        more = labels(0.9995).y_train
        assert torch.equal(more[wrong], noisy.y_train[wrong])


def test_wrong_classes_are_equally_likely():
    right = torch.zeros(90_000, dtype=torch.long)
    images = Images(torch.empty(0), right, torch.empty(0), right, 0)
    wrong = images.with_wrong_labels(0.5, torch.Generator().manual_seed(0)).y_train
    counts = torch.bincount(wrong, minlength=10)
    assert counts[0] == 45_000
    # The standard deviation of each count is (45,000 * 1/9 * 8/9) ** 0.5, or 67.
    assert (counts[1:] - 5_000).abs().max() < 4 * 67


def test_digits():
    small = load_images(make_settings("two-layer", {"data": "digits", "n_train": 100}), None)
    assert (small.x_train.shape, small.x_test.shape) == ((100, 8, 8, 1), (360, 8, 8, 1))
    large = load_images(make_settings("resnet20", {"data": "digits"}), None)
    assert large.x_train.shape == (1437, 32 + 2 * MARGIN, 32 + 2 * MARGIN, 1)
    with pytest.raises(ValueError, match="n-train is 1438: digits has 1437 images"):
        load_images(make_settings("two-layer", {"data": "digits", "n_train": 1438}), None)
