import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import confusion_matrix

from sklearn_prune._report.comparison import class_counts
from sklearn_prune._report.comparison.class_counts import ClassCounts
from sklearn_prune._report.table.targets import encode_target

RNG = np.random.default_rng(0)
TARGET = encode_target(RNG.choice(list("uvw"), 4000), classification=True)
SCORES = TARGET.values + 0.6 * RNG.standard_normal((2, 4000, 3))


def count(rows, n_blocks):
    counts = ClassCounts(TARGET, 2, len(rows))
    for block in np.array_split(rows, n_blocks):
        list(counts.listen(block, iter(SCORES[:, block])))
    return counts


def test_labels_are_counted():
    rows = RNG.permutation(4000)[:900]
    counts = count(rows, 3)
    for k in range(2):
        guesses = SCORES[k].argmax(axis=1)[rows]
        table = confusion_matrix(TARGET.codes[rows], guesses)
        assert (
            counts.guesses[k].tolist() == np.stack([table.sum(axis=0), table.diagonal()]).T.tolist()
        )
        assert_allclose(counts.error_rates()[k], np.mean(guesses != TARGET.codes[rows]))


@pytest.mark.parametrize("most", [200, 10**6])
def test_blocks_make_no_difference(monkeypatch, most):
    monkeypatch.setattr(class_counts, "MOST_ROWS", most)
    rows = np.arange(100, 1500)
    whole, blocks = count(rows, 1), count(rows, 7)
    assert_allclose(blocks.log_losses(), whole.log_losses(), rtol=1e-9)
    n_drawn = sum(map(len, whole.rows))
    assert n_drawn == len(rows) if most > len(rows) else 150 < n_drawn < 250


def test_a_sample_tells_the_log_loss(monkeypatch):
    rows = np.arange(4000)
    drawn = count(rows, 4).log_losses()
    monkeypatch.setattr(class_counts, "MOST_ROWS", 10**6)
    # Three standard errors of the mean of 2,000 losses, whose deviation is about one.
    assert_allclose(drawn, count(rows, 4).log_losses(), atol=3 / np.sqrt(2000))
