import sys
from dataclasses import replace

import pytest
from friedman_report import friedman_report
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from sklearn_prune._report.comparison.records import LARGE, RETRAINED


@pytest.mark.parametrize("kind", ["width", "kept"])
def test_names_are_no_formulas(kind):
    result = friedman_report()
    figure = replace(result, name="cost_$ and tax_$").plot(kind)
    figure.canvas.draw()
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

    kept = result.plot("kept")
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
