"""The numbers behind the figures of examples/neural that tables and theory give."""

import numpy as np
import pandas as pd
import pytest

from sklearn_prune.datasets import width_study
from sklearn_prune.theory import LinearGaussianProblem, predict_risk


@pytest.mark.parametrize(
    ("table", "n_images", "edges"),
    [
        ("digits_two_layer_sparsities", 1437, {0.2: 1921, 0.4: 1921}),
        ("mnist_two_layer_sparsities", 2000, {0.2: 2035, 0.4: 3053}),
    ],
)
def test_nets_err_most_where_they_barely_fit_their_labels(table, n_images, edges):
    rows = pd.read_csv(width_study(table))
    assert set(rows["n_train"]) == {n_images}
    for noise, edge in edges.items():
        nets = rows[rows["label_noise"] == noise].groupby("n_kept")
        errors, training = nets["test_error"].mean(), nets["train_error"].mean()
        peak = (errors - errors.cummin()).idxmax()
        assert peak == edge
        larger, smaller = (training[training.index > peak], training[training.index < peak])
        assert larger.max() < 0.01
        assert smaller.min() > 0.1
        dense, beyond = errors.iloc[-1], errors[errors.index < peak].min()
        assert dense < errors[peak] > beyond
        if noise == 0.4:
            assert beyond < 0.85 * dense


@pytest.mark.parametrize(("share", "pruned_wins"), [(0.2, True), (0.4, False)])
def test_the_best_side_of_the_peak_of_least_squares(share, pruned_wins):
    matter = np.arange(400) < 10
    variances, coef = np.where(matter, 9.0, 1.0), np.where(matter, 1.0, 0.1)
    coef /= np.sqrt(variances @ coef**2)
    noise = share / (1 - share)
    problem = LinearGaussianProblem(variances, coef, noise)
    plan = {"strategy": "magnitude", "retrain": "same", "finite_n": True}
    dense = predict_risk(problem, 100, finite_n=True) - noise
    pruned = predict_risk(problem, 100, sparsity=[12, 90, 100, 110], **plan) - noise
    assert np.isinf(pruned[2])
    assert pruned[1] > 2 * dense
    assert (pruned[0] < dense) == pruned_wins
