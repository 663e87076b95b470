"""Random features of widths that do not fit in memory: rate, memory, and what they predict."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_prune import MinNormRegressor, PrunedRandomFeatures, PrunedRegressor, RandomFeatures

from .data import smooth
from .harness import Method, Task, measure, say, table_rows
from .peers import fit

PIPELINE = "Pipeline(RandomFeatures, PrunedRegressor)"
N_INPUTS = 50
KEPT = 100
ALPHAS = np.geomspace(1e-6, 1e3, 10)


def run(effort):
    """Yield the rows of one task after the other."""
    n = effort(1000)
    yield wide(n, [effort(p) for p in (10_000, 100_000, 1_000_000)], effort)
    yield measure(peers(n, effort(10_000), effort), effort)


def wide(n, widths, effort):
    """Return the rows of fits of every width and precision, and of one that holds its features."""
    task = Task("Wide random features", f"n={n}, {N_INPUTS} inputs", [])
    say(f"{task.name}, {task.sizes}")
    rows = [
        in_child("PrunedRandomFeatures", n, p, dtype, effort)
        for dtype in ("float64", "float32")
        for p in widths
    ]
    return table_rows(task, [*rows, in_child(PIPELINE, n, widths[1], "float64", effort)])


def in_child(model, n, p, dtype, effort):
    """Return the row of a fit in a process of its own."""
    arguments = {
        "model": model,
        "n": n,
        "p": p,
        "d": N_INPUTS,
        "s": effort(KEPT),
        "dtype": dtype,
        "product_size": effort(2000),
        "repeats": effort.repeats,
        "patience": effort.patience,
    }
    child = subprocess.run(
        [sys.executable, "-m", "suite.random_features_child", json.dumps(arguments)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        check=True,
    )
    row = {"method": f"{model}, p={p}, {dtype}"} | json.loads(child.stdout)
    say(f"  {row['method']}: {row['seconds']:.3g} s, {row['peak MiB']:.0f} MiB")
    return row


def peers(n, p, effort):
    """Return this package's random features beside those of scikit-learn."""
    data = smooth(n, N_INPUTS)
    kept, scale = effort(KEPT), N_INPUTS**-0.5
    features = RandomFeatures(p, scale=scale, random_state=0)
    gamma = scale**2 / 2
    sampler = RBFSampler(gamma=gamma, n_components=p, random_state=0)
    landmarks = Nystroem(gamma=gamma, n_components=min(n, p), random_state=0)

    def pruned(retrain):
        return PrunedRandomFeatures(
            p, kept, strategy="magnitude", retrain=retrain, scale=scale, random_state=0
        )

    models = {
        "PrunedRandomFeatures": pruned(True),
        "PrunedRandomFeatures(retrain=RidgeCV)": pruned(RidgeCV(ALPHAS)),
        PIPELINE: make_pipeline(features, PrunedRegressor("magnitude", kept)),
        "Pipeline(RandomFeatures, MinNormRegressor)": make_pipeline(features, MinNormRegressor()),
        "Pipeline(RBFSampler, Ridge(0.1))": make_pipeline(sampler, Ridge(0.1)),
        f"Pipeline(Nystroem({min(n, p)}), Ridge(0.1))": make_pipeline(landmarks, Ridge(0.1)),
    }

    def quality(model, data):
        last = model[-1] if isinstance(model, Pipeline) else model
        return {"test R2": data.test_r2(model), "chosen s": np.count_nonzero(last.coef_)}

    methods = [Method(name, fit(model), quality) for name, model in models.items()]
    sizes = f"n={n}, p={p}, s={kept}, smooth target"
    return Task("Random features and what they predict", sizes, methods, lambda _k: data)
