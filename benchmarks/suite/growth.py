"""How the time of whole paths grows with the sizes of a problem, as a table and a figure."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from sklearn.linear_model import LassoCV, LinearRegression, OrthogonalMatchingPursuitCV
from sklearn.model_selection import GridSearchCV

from sklearn_prune import (
    MinNormRegressor,
    PrunedRegressor,
    PrunedRegressorCV,
    pruning_path,
    width_path,
)

from .data import gaussian, tall
from .harness import say, stopwatch
from .table import exact, write_csv
from .widths import refit_widths

# Powers of two, from the fewest to the most, on each axis.
SAMPLES = [100 * 2**k for k in range(4)]
FEATURES = [400 * 2**k for k in range(6)]
SPARSITIES = [2**k for k in range(8)]
WIDTHS = [2**k for k in range(1, 8)]
ROWS = [1000 * 4**k for k in range(6)]

# Refitting is measured up to so many models on an axis.
MOST_REFITS = 16

N_FOLDS = 5

# Marker and line of each method: readable without colours.
STYLES = {
    "one dense fit": ("k", "x", "-"),
    "pruning_path": ("C0", "o", "-"),
    "PrunedRegressorCV": ("C1", "s", "-"),
    "width_path": ("C2", "^", "-"),
    "GridSearchCV(PrunedRegressor)": ("C1", "s", ":"),
    "LinearRegression at each width": ("C2", "^", ":"),
    "LinearRegression": ("k", "x", ":"),
    "OrthogonalMatchingPursuitCV": ("C3", "v", ":"),
    "LassoCV": ("C4", "d", ":"),
}


class Point(NamedTuple):
    """The time of one method at one size."""

    axis: str
    method: str
    size: int
    seconds: float


def run(effort):
    """Measure the methods along the axes."""
    n, p = effort(200), effort(2000)
    axes = {
        f"number of samples n (p={p})": (
            [effort(size) for size in SAMPLES],
            lambda size: whole_paths(size, p),
        ),
        f"number of features p (n={n})": (
            [effort(size) for size in FEATURES],
            lambda size: whole_paths(n, size),
        ),
        f"number of sparsities (n={n}, p={p})": (
            [size for size in SPARSITIES if size <= n],
            lambda size: by_sparsities(size, n, p),
        ),
        f"number of widths (n={n}, p={p})": (
            [size for size in WIDTHS if size <= n],
            lambda size: by_widths(size, n, p),
        ),
        f"number of samples n (p={effort(100)})": (
            [effort(size) for size in ROWS],
            lambda size: by_rows(size, effort(100)),
        ),
    }
    points = []
    for axis, (sizes, cases) in axes.items():
        say(f"Growth with the {axis}")
        for size in sizes:
            for method, function in cases(size):
                times = [stopwatch(function) for _ in range(min(3, effort.repeats))]
                points.append(Point(axis, method, size, median(times)))
    return points


def whole_paths(n, p):
    """Yield one dense fit and the three kinds of paths."""
    X, y = gaussian(n, p)
    widths = np.linspace(p / 10, p, 10).astype(int).tolist()
    yield "one dense fit", lambda: MinNormRegressor().fit(X, y)
    yield "pruning_path", lambda: pruning_path(X, y)
    yield "PrunedRegressorCV", lambda: PrunedRegressorCV(cv=N_FOLDS).fit(X, y)
    yield "width_path", lambda: width_path(X, y, widths=widths, sparsities=[widths[0] // 2 or 1])


def by_sparsities(k, n, p):
    """Yield what takes k sparsities."""
    X, y = gaussian(n, p)
    sparsities = np.linspace(0.75 * n, 1, k).astype(int).tolist()
    yield "pruning_path", lambda: pruning_path(X, y, sparsities=sparsities)
    model = PrunedRegressorCV(sparsities=sparsities, cv=N_FOLDS)
    yield "PrunedRegressorCV", lambda: model.fit(X, y)
    if k <= MOST_REFITS:
        search = GridSearchCV(PrunedRegressor(), {"sparsity": sparsities}, cv=N_FOLDS)
        yield "GridSearchCV(PrunedRegressor)", lambda: search.fit(X, y)


def by_widths(k, n, p):
    """Yield what takes k widths."""
    X, y = gaussian(n, p)
    widths = np.linspace(p, p / 10, k).astype(int).tolist()
    budget = p // 20
    yield "width_path", lambda: width_path(X, y, widths=widths, sparsities=[budget], cv=N_FOLDS)
    if k <= MOST_REFITS:
        yield "LinearRegression at each width", lambda: refit_widths(X, y, widths, [budget])


def by_rows(n, p):
    """Yield what has more rows than columns."""
    data = tall(n, p)
    models = {
        "one dense fit": MinNormRegressor(),
        "LinearRegression": LinearRegression(),
        "PrunedRegressorCV": PrunedRegressorCV(cv=N_FOLDS),
        "OrthogonalMatchingPursuitCV": OrthogonalMatchingPursuitCV(cv=N_FOLDS),
        "LassoCV": LassoCV(cv=N_FOLDS),
    }
    for name, model in models.items():
        yield name, partial(model.fit, data.X, data.y)


def write(points, out):
    """Write growth.csv, and growth.png."""
    write_csv(out / "growth.csv", Point._fields, (map(exact, point) for point in points))
    draw(points, out / "growth.png")


def draw(points, path):
    """Draw a panel for each axis."""
    figure = Figure(figsize=(9, 10.5), layout="constrained")
    axes = dict.fromkeys(point.axis for point in points)
    panels = figure.subplots(3, 2, sharey=True, squeeze=False).ravel()
    panels[-1].remove()
    for panel, axis in zip(panels, axes, strict=False):
        for method, (colour, marker, line) in STYLES.items():
            curve = [(p.size, p.seconds) for p in points if (p.axis, p.method) == (axis, method)]
            if curve:
                panel.loglog(*zip(*curve, strict=True), color=colour, marker=marker, linestyle=line)
        panel.set_xlabel(axis)
        sizes = sorted({p.size for p in points if p.axis == axis})
        panel.set_xticks(sizes, map(str, sizes))
        panel.minorticks_off()
        panel.grid(color="0.9")
    for panel in panels[::2]:
        panel.set_ylabel("seconds")
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle=line, label=method)
        for method, (colour, marker, line) in STYLES.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(path, dpi=120)
