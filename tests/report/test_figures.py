import sys
from dataclasses import replace

import pytest
from friedman_report import friedman_report, friedman_table
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose
from sklearn.datasets import make_friedman1

from sklearn_prune import curve_style, report
from sklearn_prune._report.comparison.records import (
    COLUMNS_RETRAINED,
    DENSE,
    LARGE,
    PRUNED,
    REFERENCES,
    RETRAINED,
    SMALL,
)


@pytest.mark.parametrize("kind", ["width", "kept"])
def test_names_are_no_formulas(kind):
    result = friedman_report()
    figure = replace(result, name="cost_$ and tax_$").plot(kind)
    figure.canvas.draw()
    plt.close(figure)


def test_one_width_as_large_as_the_training_rows_is_drawn():
    X, y = make_friedman1(n_samples=150, random_state=0)
    figure = report(X, y, budgets=[5, 20], widths=[100], cv=3).plot()
    figure.canvas.draw()
    low, high = figure.axes[0].get_xlim()
    assert low < 100 < high
    plt.close(figure)


def test_figures():
    result = friedman_report()
    figure = result.plot()
    assert len(figure.axes) == 4
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[:2] == [f"{s} features kept, plain least squares" for s in (4, 15)]
    assert {ax.get_xlabel() for ax in figure.axes[2:]} == {
        "Number of random features before pruning, p"
    }
    assert figure.axes[0].get_ylabel() == "Mean squared error / variance"
    marks = [ax.child_axes[0].get_xticklabels()[0].get_text() for ax in figure.axes]
    assert marks == ["p = n"] * 4
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == len(set(names))
    drawn = {line.get_label(): line for line in figure.axes[3].lines}
    frame = result.to_frame().query("setting == 'ridge' and method == @RETRAINED and budget == 15")
    expected = [
        frame[frame["width"] == width]
        .sort_values("inner_error")
        .groupby("fold")["error"]
        .first()
        .median()
        for width in (40, 200)
    ]
    assert_allclose(drawn[RETRAINED].get_ydata(), expected)
    assert len({to_hex(drawn[name].get_color()) for name in LARGE if name in drawn}) == 2

    frame = result.to_frame().query("setting != 'plain'")
    for method in REFERENCES[::2]:
        level = frame[frame["method"] == method]["error"].median()
        assert_allclose(drawn[method].get_ydata(), level)

    kept = result.plot("kept")
    columns = {line.get_label(): line for line in kept.axes[1].lines}[COLUMNS_RETRAINED]
    pruned = frame.query("method == @COLUMNS_RETRAINED and strategy == 'magnitude'")
    expected = pruned.groupby("budget")["error"].median()
    assert list(columns.get_xdata()) == list(expected.index)
    assert_allclose(columns.get_ydata(), expected)
    assert len(expected) > 4
    assert expected.index[-1] < 12
    plain, ridge = (ax.get_ylim() for ax in kept.axes)
    assert plain != ridge
    assert {ax.get_xlabel() for ax in kept.axes} == {"Number of features kept, s"}
    with pytest.raises(ValueError, match="kind is 'depth'"):
        result.plot("depth")
    plt.close("all")


@pytest.mark.parametrize("kind", ["width", "kept"])
def test_error_of_a_figure_without_matplotlib(kind, monkeypatch):
    result = friedman_report()
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"^Report.plot needs matplotlib: pip install"):
        result.plot(kind)


@pytest.mark.parametrize("kind", ["width", "kept"])
def test_a_name_has_one_style_in_displays_and_reports(kind):
    figure = friedman_report().plot(kind)
    drawn = {line.get_label(): line.get_color() for ax in figure.axes for line in ax.lines}
    named = {RETRAINED: "retrained", PRUNED: "pruned", SMALL: "small", DENSE: "dense"}
    for method, meaning in named.items():
        assert drawn[method] == curve_style(meaning)["color"]
    plt.close(figure)


@pytest.mark.parametrize("kind", ["width", "kept"])
def test_legend_and_title_of_one_budget_are_whole(kind):
    result = report(*friedman_table(), budgets=[4], widths=[10, 40], cv=2, name="rows " * 30)
    figure = result.plot(kind)
    figure.draw_without_rendering()
    for part in figure.legends[0], figure._suptitle:
        box = part.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y1 <= figure.bbox.height
    plt.close(figure)
