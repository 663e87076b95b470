import pytest
import torch
from skorch.dataset import Dataset
from torch.utils.data import DataLoader, Subset

from sklearn_prune.neural._tensor_batches import TensorBatches

X = torch.arange(22.0).reshape(11, 2)
Y = torch.arange(11)


@pytest.mark.parametrize("batch_size", [1, 4, 11, 100])
@pytest.mark.parametrize("dataset", [Dataset(X, Y), Subset(Dataset(X, Y), [3, 5, 8, 0])])
def test_the_batches_of_a_data_loader(dataset, batch_size):
    expected = list(DataLoader(dataset, batch_size=batch_size))
    batches = TensorBatches(dataset, batch_size=batch_size)
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
