"""
Choose the sparsity, and the width, along whole paths
=====================================================

A grid search over the number of features to keep fits the same dense model again for
every number. :class:`~sklearn_prune.PrunedRegressorCV` fits it once a fold and has the
pruned models of all sparsities from there, so that it can afford to try every one. We
choose a sparsity for random features of handwritten digits, with and without a ridge, and
then the width by a loop around it.
"""

# %%
# Data
# ----
#
# Is the digit odd (+1) or even (-1)? The images go through one fixed layer of 1600 random
# features, four for each training image; the first 400 of them are those of a smaller
# network.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sklearn_prune import PrunedRegressorCV, PruningPathDisplay, RandomFeatures

images, digit = load_digits(return_X_y=True)
parity = np.where(digit % 2 == 1, 1.0, -1.0)
features = RandomFeatures(1600, scale=1 / 8, random_state=0).fit_transform(
    images / 8 - 1
)
X, X_test, y, y_test = train_test_split(
    features, parity, train_size=400, stratify=parity, random_state=0
)

# %%
# All sparsities, three strategies
# --------------------------------
#
# With five folds a model is trained on 320 images, and the refit interpolates from about
# 320 features on: the search ends just below. That makes 318 sparsities, three
# strategies, and five folds.

search = PrunedRegressorCV(["magnitude", "hessian", "random"], cv=5, random_state=0)
search.fit(X, y)
print(len(search.cv_results_["mean_test_score"]), "models,", search.n_splits_, "folds")
print(f"chosen: {search.strategy_}, s = {search.sparsity_}")

# %%
# The fitted search is drawn as it is. Close to s = 320 the refit is ruined by its own
# variance, whatever the strategy.

PruningPathDisplay.from_estimator(search)
plt.show()

# %%
# A ridge in both stages
# ----------------------
#
# `alphas` are penalties of the dense model, and `retrain_alphas` those of the refit. All
# pairs are tried. The penalty 0 is the solution of minimum norm.

penalties = [0, 0.1, 1, 10]
ridge = PrunedRegressorCV(
    "magnitude", cv=5, alphas=penalties, retrain_alphas=penalties
).fit(X, y)
table = pd.DataFrame(ridge.cv_results_)
best = table.loc[table.groupby(["alpha", "retrain_alpha"])["mean_test_score"].idxmax()]
best = best.assign(mse=-best["mean_test_score"])
print(
    best[["alpha", "retrain_alpha", "sparsity", "mse"]].round(3).to_string(index=False)
)

# %%
# Fewer features for the same error
# ---------------------------------
#
# The best sparsity is often on a plateau. ``one_standard_error=True`` walks along it to
# the fewest features whose error is within one standard error of the best. By default,
# ``cv=None``, the errors are those of leaving one image out: exact, and without 400 fits.

frugal = PrunedRegressorCV(
    alphas=[1], sparsities=range(1, 201), one_standard_error=True
)
frugal.fit(X, y)
for name, model in ("best of five folds", ridge), ("within one standard error", frugal):
    error = np.mean((y_test - model.predict(X_test)) ** 2)
    print(
        f"{name}: s = {model.sparsity_}, mean squared error on new images {error:.3f}"
    )

# %%
# The width
# ---------
#
# The first w columns are the network of width w. For each, we search over the sparsities
# up to 100 and over all pairs of penalties, and keep the best error at each sparsity.

widths = [100, 200, 320, 400, 800, 1600]
curves = {}
for width in widths:
    model = PrunedRegressorCV(
        cv=5, alphas=[0.1, 1, 10], retrain_alphas=[0.1, 1, 10], sparsities=range(1, 101)
    )
    model.fit(X[:, :width], y)
    scores = (
        pd.DataFrame(model.cv_results_).groupby("sparsity")["mean_test_score"].max()
    )
    curves[width] = -scores

fig, ax = plt.subplots(layout="constrained")
for (width, curve), style in zip(
    curves.items(), ["-", "--", "-.", ":", "-", "--"], strict=True
):
    shade = 0.75 - 0.75 * widths.index(width) / (len(widths) - 1)
    ax.plot(curve.index, curve, linestyle=style, color=str(shade), label=f"w = {width}")
ax.set(
    xscale="log",
    xlabel="Number of features kept s",
    ylabel="Mean squared error of five folds",
)
ax.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
ax.legend(title="Width of the network")
plt.show()

# %%
# The more features may be kept, the wider is the network from which to keep them. To keep
# thirty, 200 are enough: magnitude alone does not find the best thirty among 1600. To keep
# a hundred, 800 features are better than 200, and the hundred that are trained directly
# are the worst of all.

print(pd.DataFrame(curves).loc[[10, 30, 60, 100]].round(3).to_string())
