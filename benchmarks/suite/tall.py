"""Many rows: the dense fit, its memory, and the sparsity by cross-validation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sklearn.linear_model import LassoCV, LinearRegression, OrthogonalMatchingPursuitCV, Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressorCV

from .data import tall
from .harness import Method, Task, measure, say, table_rows
from .kernels import relative_distance
from .peers import N_FOLDS, fit, selection_quality

SHAPES = [(4_000, 500), (20_000, 200), (100_000, 100), (1_000_000, 30)]
SEARCHED, WEIGHED = SHAPES[:3], SHAPES[::3]
FITS = {
    "MinNormRegressor": MinNormRegressor(),
    "LinearRegression": LinearRegression(),
    "Ridge(alpha=1e-8)": Ridge(1e-8),
}


def run(effort):
    """Yield the rows of one task after the other."""
    for n, p in SHAPES:
        yield measure(dense_task(effort(n), max(8, effort(p))), effort)
    for n, p in WEIGHED:
        yield memory(effort(n), max(8, effort(p)))
    for n, p in SEARCHED:
        yield measure(search_task(effort(n), max(20, effort(p))), effort)


def dense_task(n, p):
    """Return the solvers of a tall least-squares problem."""
    data = tall(n, p)
    expected = LinearRegression(tol=1e-15).fit(data.X, data.y).coef_

    def error(model, _data):
        return {"error": relative_distance(model.coef_, expected)}

    methods = [Method(name, fit(model), error) for name, model in FITS.items()]
    return Task("Dense fit to many rows", f"n={n}, p={p}", methods, lambda _k: data)


def search_task(n, p):
    """Return what chooses the number of features, of which ten matter."""
    data, five = tall(n, p), {"cv": N_FOLDS}
    models = {
        "PrunedRegressorCV('magnitude')": PrunedRegressorCV("magnitude", **five),
        "PrunedRegressorCV('obs')": PrunedRegressorCV("obs", **five),
        "OrthogonalMatchingPursuitCV": OrthogonalMatchingPursuitCV(**five),
        "OrthogonalMatchingPursuitCV(max_iter=p)": OrthogonalMatchingPursuitCV(max_iter=p, **five),
        "LassoCV": LassoCV(**five),
    }
    methods = [Method(name, fit(model), selection_quality) for name, model in models.items()]
    sizes = f"n={n}, p={p}, {len(data.truth)} true features, every s"
    return Task("Sparsity by cross-validation, many rows", sizes, methods, lambda _k: data)


def memory(n, p):
    """Return the rows of the peak memory of fits, each in a process of its own."""
    sizes = f"n={n}, p={p}, {8 * n * p / 2**20:.0f} MiB of X"
    task = Task("Memory beside X, many rows", sizes, [])
    say(f"{task.name}, {task.sizes}")
    return table_rows(task, [in_child(name, n, p) for name in FITS])


def in_child(name, n, p):
    """Return the row of a fit in a process of its own."""
    child = subprocess.run(
        [sys.executable, "-m", "suite.tall_child", json.dumps([name, n, p])],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        check=True,
    )
    row = {"method": name, "runs": 1} | json.loads(child.stdout)
    say(f"  {name}: {row['peak MiB']:.0f} MiB")
    return row
