import matplotlib.pyplot as plt
import numpy as np
import pytest

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


def test_figure_of_two_studies(finished, tmp_path):
    table = ResultsTable(tmp_path / "results.csv")
    for k, row in enumerate(read_table(finished / "results.csv").values()):
        table.append(row | {"epochs": 2 + k % 2})
    with pytest.raises(ValueError, match="has 2 and 3 as epochs: give a table of one study"):
        plot_study(table.path)
    table.path.write_text(HEADER)
    with pytest.raises(ValueError, match="has no run as architecture"):
        plot_study(table.path)
