"""Colours, markers and lines of all curves: what eyes of every kind tell apart, on any paper."""

import re
from itertools import combinations

import numpy as np
import pytest
from contrast import contrast, linear
from matplotlib import pyplot as plt

from sklearn_prune import PruningPathDisplay, curve_style
from sklearn_prune._displays.styles import MEANINGS, OTHERS, styles_of

MAIN = ("retrained", "pruned", "small", "dense")
# What eyes without cones for long, middle or short waves make of red, green and blue light
# (Machado, Oliveira and Fernandes 2009), and those that lack none.
EYES = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def oklab(light):
    """Return where light lies in a space where distances are differences that are seen."""
    cones = light @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(cones) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


def difference(color, other, eyes):
    seen = [oklab(np.clip(EYES[eyes] @ linear(c), 0, 1)) for c in (color, other)]
    return np.linalg.norm(seen[0] - seen[1])


def test_differences_of_known_colours():
    assert difference("white", "black", "all cones") == pytest.approx(1, abs=1e-6)
    assert difference("#808080", "#808080", "protanopia") == 0
    assert difference("#d62728", "#2ca02c", "all cones") > 0.3
    assert difference("#d62728", "#2ca02c", "deuteranopia") < 0.1


@pytest.mark.parametrize("style", [*MEANINGS.values(), *OTHERS])
def test_curves_are_seen_on_white_and_on_black(style):
    assert min(contrast(style.color, paper) for paper in ("white", "black", "#15191f")) >= 3


@pytest.mark.parametrize("eyes", EYES)
def test_colours_differ_for_all_eyes(eyes):
    main = [MEANINGS[name].color for name in MAIN]
    assert min(difference(*pair, eyes) for pair in combinations(main, 2)) > 0.09
    others = [style.color for style in OTHERS]
    assert min(difference(*pair, eyes) for pair in combinations(others, 2)) > 0.07


def test_markers_and_lines_differ_without_colours():
    report = [MEANINGS[name] for name in (*MAIN, "distilled", "random", "pursued", "columns")]
    for styles in report, OTHERS:
        _, markers, lines = zip(*styles, strict=True)
        assert len(set(markers)) == len(set(lines)) == len(styles)


def test_references_are_lines_of_their_own_without_markers():
    references = [MEANINGS[name] for name in ("all columns", "logistic", "boosting")]
    assert {style.marker for style in references} == {""}
    report = [MEANINGS[name].line for name in (*MAIN, "distilled", "random", "pursued", "columns")]
    lines = {*report, *(style.line for style in references)}
    assert len(lines) == len(report) + len(references)


@pytest.mark.parametrize("eyes", EYES)
def test_columns_and_boosting_differ_from_the_main_curves(eyes):
    main = [MEANINGS[name].color for name in MAIN]
    for name in "columns", "boosting":
        assert min(difference(MEANINGS[name].color, color, eyes) for color in main) > 0.05


def test_a_name_has_one_style_wherever_it_stands():
    assert styles_of(["small", "s = 3", "retrained"])[::2] == styles_of(["small", "retrained"])
    assert styles_of(["not retrained", "dense model"]) == styles_of(["pruned", "dense"])


def test_other_curves_take_turns():
    names = [f"s = {s}" for s in range(8)]
    assert styles_of(names) == [*OTHERS, *OTHERS[:2]]
    assert styles_of(names[2:], names[:2]) == [*OTHERS[2:], *OTHERS[:2]]
    assert styles_of(["s = 1", "s = 2"], ["magnitude"]) == [*OTHERS[1:3]]


def test_displays_have_the_styles_of_the_names():
    display = PruningPathDisplay(
        sparsities=[1, 2],
        errors=np.ones((2, 2, 1)),
        labels=["not retrained", "retrained"],
        dense_error=1.0,
    ).plot()
    for line, name in zip(display.lines_, ["pruned", "retrained"], strict=True):
        drawn = {"color": line.get_color(), "marker": line.get_marker()}
        assert drawn | {"linestyle": line.get_linestyle()} == curve_style(name)
    assert display.dense_line_.get_color() == curve_style("dense")["color"]
    plt.close(display.figure_)


def test_marker_edges_have_the_colour_behind_them():
    with plt.style.context("dark_background"):
        display = PruningPathDisplay(
            sparsities=[1, 2], errors=np.ones((1, 2, 1)), labels=["retrained"]
        ).plot()
    assert display.lines_[0].get_markeredgecolor() == "black"
    plt.close(display.figure_)


@pytest.mark.parametrize("meaning", ["big", ["small"], None])
def test_error_of_an_unknown_meaning(meaning):
    message = f"meaning is {meaning!r}: give one of 'retrained', 'pruned', 'small', "
    with pytest.raises(ValueError, match=re.escape(message)):
        curve_style(meaning)
