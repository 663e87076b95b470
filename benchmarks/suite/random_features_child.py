"""Fit a model of random features in this process; print its time, and its peak memory.

Run by `random_features`, which starts one process a model: peaks do not fall again.
"""

from __future__ import annotations

import json
import sys
from statistics import median

from sklearn.pipeline import make_pipeline

from sklearn_prune import PrunedRandomFeatures, PrunedRegressor, RandomFeatures

from .data import smooth
from .harness import stopwatch
from .kernels import MatrixProduct
from .machine import peak_memory


def measure(model, n, p, d, s, dtype, product_size, repeats, patience):
    """Return the median time, the peak memory and the rate of fits.

    The rate is that of the floating-point operations of a Gram matrix, `n^2 p`, and of making
    the features twice, `4 n d p`, as a fraction of that of a matrix product.
    """
    data = smooth(n, d)
    X, y = data.X.astype(dtype), data.y.astype(dtype)
    scale = d**-0.5
    if model == "PrunedRandomFeatures":
        estimator = PrunedRandomFeatures(p, s, strategy="magnitude", scale=scale, random_state=0)
    else:
        features = RandomFeatures(p, scale=scale, random_state=0)
        estimator = make_pipeline(features, PrunedRegressor("magnitude", s))

    fits, products = [stopwatch(lambda: estimator.fit(X, y))], []
    peak = peak_memory()
    product = MatrixProduct(product_size, dtype)
    stopwatch(product)
    runs = min(repeats, int(patience / fits[0]))
    if runs:
        fits = []  # that was a warm-up
    for k in range(max(1, runs)):
        if k < runs:
            fits.append(stopwatch(lambda: estimator.fit(X, y)))
        products.extend(stopwatch(product) for _ in range(5))
    share = product.share(n**2 * p + 4 * n * d * p)
    return {
        "seconds": median(fits),
        "runs": len(fits),
        "rate": median(products) / share / median(fits),
        "peak MiB": peak,
    }


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
