import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_prune.datasets import width_study
from sklearn_prune.neural import plot_study
from sklearn_prune.neural._study.reference_curves import WIDTHS
from sklearn_prune.neural._study.results_table import HEADER, ResultsTable, read_table


def test_figure_shows_the_table(finished):
    rows = read_table(finished / "results.csv").values()
    figure = plot_study(finished / "results.csv")
    by_method = {(row["method"], row["width"]): row["test_error"] for row in rows}
    small, large = by_method["dense", 2], by_method["dense", 6]
    methods = ["magnitude", "random", "random-layerwise", "no-retraining"]
    for method, ax in zip(methods, figure.axes[:4], strict=True):
        dense, pruned = ax.lines
        np.testing.assert_array_equal(dense.get_ydata(), [small, large])
        np.testing.assert_array_equal(pruned.get_ydata(), [small, by_method[method, 6]])
    assert "500 training images of scikit-learn's digits, 2 + 3 epochs" in figure.get_suptitle()
    plt.close(figure)


def changed_table(finished, tmp_path, changes):
    """Write every row of a study with each of some changes, and return the file."""
    table = ResultsTable(tmp_path / "results.csv")
    for k, row in enumerate(read_table(finished / "results.csv").values()):
        for j, change in enumerate(changes):
            table.append(row | {"key": f"{k}-{j}"} | change(row))
    return table.path


def test_figure_has_the_means_of_seeds(finished, tmp_path):
    one = plot_study(finished / "results.csv")
    second = {"seed": 1}
    path = changed_table(
        finished,
        tmp_path,
        [lambda _row: {}, lambda row: second | {"test_error": row["test_error"] + 0.02}],
    )
    two = plot_study(path)
    ours, theirs = (figure.axes[0].lines[0].get_ydata() for figure in (one, two))
    np.testing.assert_allclose(theirs - ours, 0.01)
    assert "mean and range of 2 seeds" in two.get_suptitle()
    plt.close("all")


def test_figure_has_the_reference(finished, tmp_path):
    of_the_paper = {"architecture": "resnet20", "data": "cifar10"}
    path = changed_table(finished, tmp_path, [lambda _row: of_the_paper])
    figure = plot_study(path, reference=True)
    np.testing.assert_array_equal(figure.axes[0].lines[2].get_xdata(), WIDTHS)
    plt.close(figure)
    with pytest.raises(ValueError, match=r"reference is True, but .* is not of ResNet-20"):
        plot_study(finished / "results.csv", reference=True)


def test_reference_is_of_widths(finished, tmp_path):
    change = {"architecture": "resnet20", "data": "cifar10", "sparsity": 0.1}
    path = changed_table(finished, tmp_path, [lambda _row: change])
    with pytest.raises(ValueError, match=r"reference is True, but .* is of sparsities"):
        plot_study(path, reference=True)


def test_reference_is_of_right_labels(finished, tmp_path):
    change = {"architecture": "resnet20", "data": "cifar10", "label_noise": 0.2}
    path = changed_table(finished, tmp_path, [lambda _row: change])
    figure = plot_study(path, reference=True)
    assert len(figure.axes[0].lines) == 2
    plt.close(figure)


def test_figure_of_many_base_widths(finished, tmp_path):
    def to_base_width(k):
        # Those of other ways to prune have a base width that no magnitude has.
        return lambda row: (
            {} if row["method"] == "dense" else {"base_width": k + 9 * (row["method"] == "random")}
        )

    path = changed_table(finished, tmp_path, [to_base_width(k) for k in range(2, 11)])
    figure = plot_study(path)
    assert len(figure.axes[0].lines) == 1 + 9
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    widths = range(2, 20)
    assert sorted(labels) == sorted(
        ["dense", *(f"pruned to the size of width {k}" for k in widths)]
    )
    plt.close(figure)


def test_figure_of_sparsities(finished, tmp_path):
    def pruned_to(share, noise, **errors):
        n_kept = round(460 * share)
        size = {"base_width": None, "sparsity": share, "n_kept": n_kept}
        return lambda row: (
            {"label_noise": noise} | errors | ({} if row["method"] == "dense" else size)
        )

    shares = 0.5, 0.1
    changes = [
        pruned_to(share, noise, test_error=share + noise, seed=seed)
        for share in shares
        for noise in (0.0, 0.2)
        for seed in (0, 1)
    ]
    path = changed_table(finished, tmp_path, changes)
    figure = plot_study(path)
    axes = figure.axes
    assert [ax.get_xlabel() for ax in axes[4:]] == 4 * ["Share of the weights kept"]
    for ax in axes[:4]:
        assert ax.get_xscale() == "log"
        left, right = ax.get_xlim()
        assert left > 1
        assert right < 0.1
        clean, noisy = ax.lines
        for line in clean, noisy:
            np.testing.assert_allclose(line.get_xdata(), [0.1, 0.5, 1])
        np.testing.assert_allclose(clean.get_ydata(), [0.1, 0.5, 0.3])
        np.testing.assert_allclose(noisy.get_ydata(), [0.3, 0.7, 0.5])
        assert clean.get_color() != noisy.get_color()
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["no label noise", "20 % label noise"]
    plt.close(figure)


def test_figure_of_the_digits():
    figure = plot_study(width_study("digits_two_layer_sparsities"))
    test, training = figure.axes
    assert figure.get_suptitle().startswith("Two-layer net of width 256, 1,437 training images")
    for noise, line, learnt in zip((0, 0.2, 0.4), test.lines, training.lines, strict=True):
        share, errors = line.get_data()
        peak, few = errors[(share > 0.09) & (share < 0.16)].max(), errors[share < 0.01].min()
        assert learnt.get_ydata()[-1] < 0.005
        # With wrong labels the error has a peak, and then a valley; without them it has none.
        valley = errors[(share > 0.01) & (share < 0.09)].min()
        assert (errors[-1] < peak and valley < peak < few) == (noise > 0)
    plt.close(figure)


def test_figure_of_widths_with_label_noise(finished, tmp_path):
    changes = [
        lambda row, noise=noise: {"label_noise": noise, "test_error": row["test_error"] + noise}
        for noise in (0.0, 0.2)
    ]
    clean, noisy = (
        plot_study(path).axes[0].lines
        for path in (
            finished / "results.csv",
            changed_table(finished, tmp_path, changes),
        )
    )
    assert [line.get_label() for line in noisy] == [
        f"{nets}, {noise} label noise"
        for nets in ("dense", "pruned to the size of width 2")
        for noise in ("no", "20 %")
    ]
    for line, same, shifted in zip(clean, noisy[::2], noisy[1::2], strict=True):
        np.testing.assert_array_equal(same.get_ydata(), line.get_ydata())
        np.testing.assert_allclose(shifted.get_ydata(), line.get_ydata() + 0.2)
    plt.close("all")


def test_figure_of_two_studies(finished, tmp_path):
    table = ResultsTable(tmp_path / "results.csv")
    for k, row in enumerate(read_table(finished / "results.csv").values()):
        table.append(row | {"epochs": 2 + k % 2})
    with pytest.raises(ValueError, match="has 2 and 3 as epochs: give a table of one study"):
        plot_study(table.path)
    table.path.write_text(HEADER)
    with pytest.raises(ValueError, match="has no run as architecture"):
        plot_study(table.path)
