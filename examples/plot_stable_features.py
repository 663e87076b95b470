"""
Features that another sample would keep, too
============================================

Of 2,000 features of 300 samples, fifteen matter. Which of those that a model keeps would it
keep on another sample? :func:`~sklearn_prune.stability_path` looks at a hundred halves of the
samples, and bounds how many of the features that most of them keep are there by mistake.
"""

# %%
# Data
# ----
#
# The signal is as large as the noise for the strongest feature, and lost in it for the weakest.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import make_regression

from sklearn_prune import PrunedRegressorCV, StabilityPathDisplay, stability_path

X, y, coef = make_regression(
    n_samples=300,
    n_features=2000,
    n_informative=15,
    noise=60,
    coef=True,
    random_state=0,
)
true = np.flatnonzero(coef)

# %%
# A hundred halves
# ----------------
#
# Each half has a dense fit, and an order of the features. All of them share one Gram matrix.

path = stability_path(X, y, random_state=0)
print(f"{len(path.entries)} halves of {path.n_features_in_} features")

# %%
# The display ends at the largest sparsity at which at most one feature is expected to be
# stable by mistake. Features that three quarters of the halves keep there are named; all
# others are grey.

display = StabilityPathDisplay.from_path(path)
plt.show()

# %%
# All that are named matter:

print("stable:", display.stable_)
print("in truth:", np.isin(display.stable_, true))

# %%
# What is promised, and what it costs
# -----------------------------------
#
# A lower threshold finds more, and promises less; of the same threshold, bolder assumptions
# promise more. Here are the bounds at s = 30, beside the right and the wrong ones among the
# stable features, which only those who made the data can know.

rows = []
for threshold in (0.55, 0.65, 0.75, 0.9, 1.0):
    stable = path.stable(30, threshold)
    bounds = [
        path.error_bound(30, threshold, a) for a in ("none", "unimodal", "r-concave")
    ]
    rows.append(
        [
            threshold,
            np.isin(stable, true).sum(),
            (~np.isin(stable, true)).sum(),
            *bounds,
        ]
    )
names = ["threshold", "right", "wrong", "none", "unimodal", "r-concave"]
print(pd.DataFrame(rows, columns=names).round(3).to_string(index=False))

# %%
# Folds are no halves
# -------------------
#
# Each fold of a search trains on four fifths of the samples, and two of them have three
# quarters of theirs in common. That they agree is no promise, but comes with the search.

search = PrunedRegressorCV("hessian", cv=5).fit(X, y)
common = np.flatnonzero(search.fold_supports_.all(axis=0))
agreement = search.cv_results_["stability"][search.best_index_]
print(f"chosen: s = {search.sparsity_}, stability {agreement:.2f}")
print(
    f"kept by all folds: {len(common)}, of which matter: {np.isin(common, true).sum()}"
)
StabilityPathDisplay.from_estimator(search, max_named=10)
plt.show()
