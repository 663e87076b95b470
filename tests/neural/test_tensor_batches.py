import pytest
import torch
from skorch.dataset import Dataset
from torch.utils.data import DataLoader, Subset

from sklearn_prune.neural._tensor_batches import TensorBatches

X = torch.arange(22.0).reshape(11, 2)
Y = torch.arange(11)


@pytest.mark.parametrize(
    ("batch_size", "drop_last"),
    [(1, False), (4, False), (11, False), (100, False), (1, True), (3, True), (4, True)],
)
@pytest.mark.parametrize("dataset", [Dataset(X, Y), Subset(Dataset(X, Y), [3, 5, 8, 0])])
def test_the_batches_of_a_data_loader(dataset, batch_size, drop_last):
    expected = list(DataLoader(dataset, batch_size=batch_size, drop_last=drop_last))
    batches = TensorBatches(dataset, batch_size=batch_size, drop_last=drop_last)
    assert len(batches) == len(expected)
    for batch, other in zip(batches, expected, strict=True):
        assert torch.equal(batch[0], other[0])
        assert torch.equal(batch[1], other[1])


def test_shuffled_samples_keep_their_targets():
    torch.manual_seed(0)
    batches = TensorBatches(Dataset(X, Y), batch_size=4, shuffle=True)
    first, second = (torch.cat([y for _, y in batches]) for _ in "ab")
    assert not torch.equal(first, second)
    assert torch.equal(first.sort().values, Y)
    for samples, y in batches:
        assert torch.equal(samples, X[y])


def test_the_samples_that_are_dropped_change_with_the_order():
    torch.manual_seed(0)
    batches = TensorBatches(Dataset(X, Y), batch_size=4, shuffle=True, drop_last=True)
    passes = [torch.cat([y for _, y in batches]) for _ in range(20)]
    assert {len(y) for y in passes} == {8}
    assert torch.equal(torch.cat(passes).unique(), Y)


def test_no_batch_is_left():
    message = "batch_size is 12, but there are 11 samples: with drop_last no batch is left"
    with pytest.raises(ValueError, match=message):
        TensorBatches(Dataset(X, Y), batch_size=12, drop_last=True)


@pytest.mark.parametrize(
    "wrong", [{"batch_size": 0}, {"batch_size": "a"}, {"shuffle": "no"}, {"drop_last": "no"}]
)
def test_parameters_out_of_range(wrong):
    with pytest.raises(ValueError, match=r"{} is {!r}: give".format(*next(iter(wrong.items())))):
        TensorBatches(Dataset(X, Y), **wrong)


def test_the_order_depends_on_the_seed():
    batches = TensorBatches(Dataset(X, Y), batch_size=4, shuffle=True)
    orders = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        orders.append(torch.cat([y for _, y in batches]))
    assert torch.equal(orders[0], orders[1])
    assert not torch.equal(orders[0], orders[2])


def test_without_targets_and_without_random_numbers():
    before = torch.get_rng_state()
    batches = list(TensorBatches(Dataset(X), batch_size=8))
    assert [len(y) for _, y in batches] == [8, 3]
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("image_format", [torch.contiguous_format, torch.channels_last])
def test_shuffled_images_keep_their_format(image_format):
    images = torch.randn(11, 3, 4, 4).contiguous(memory_format=image_format)
    for samples, y in TensorBatches(Dataset(images, Y), batch_size=4, shuffle=True):
        assert torch.equal(samples, images[y])
        assert samples.is_contiguous(memory_format=image_format)
