"""
Grid search over width and sparsity
===================================

Two numbers decide a pruned model: the **width** p, how many features the dense model is
trained on, and the **budget** s, how many of them are kept. Both are parameters like any
others, so :class:`~sklearn.model_selection.GridSearchCV` can tune them. We do so on
images of handwritten digits and read the answer to the question off a heat map: for a
budget of s features, train a small model on s features, or train a large one and prune it
to s?
"""

# %%
# Data that the search sees, and data that it does not
# ----------------------------------------------------
#
# Is the digit odd (+1) or even (-1)? We treat this as a regression. The mean squared
# error then has a natural unit: predicting the mean of y costs about 1. The search sees
# 400 images. The others are put aside until the last section.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.patches import Patch, Rectangle
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeCV
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV, KFold, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from sklearn_prune import PrunedRegressor, RandomFeatures

images, digit = load_digits(return_X_y=True)
parity = np.where(digit % 2 == 1, 1.0, -1.0)
X, X_test, y, y_test = train_test_split(
    images, parity, train_size=400, stratify=parity, random_state=0
)
cv = KFold(n_splits=5, shuffle=True, random_state=0)
n = len(next(cv.split(X))[0])
print(f"{len(X)} images for the search, {n} in each training fold; {len(X_test)} put aside")

# %%
# The pipeline and its grid
# -------------------------
#
# :class:`~sklearn_prune.RandomFeatures` is the first layer of a network, random and not
# trained, and :class:`~sklearn_prune.PrunedRegressor` trains, prunes and retrains the
# second. With one ``random_state``, the features of a narrow model are the first
# features of every wider one.
#
# Nobody can keep more features than there are: s <= p. A full grid of both parameters
# would contain candidates that fail. But ``param_grid`` may be a list of grids, and with
# one for each budget the constraint takes a single line.
#
# A third parameter is how the kept features are retrained: by least squares
# (``retrain=True``) or by a ridge regression. The penalties that
# :class:`~sklearn.linear_model.RidgeCV` tries by default end at 10, which is little for
# features as large as these, hence the longer list.

pipeline = Pipeline(
    [
        ("scale", MinMaxScaler((-1, 1))),
        ("features", RandomFeatures(random_state=0)),
        ("prune", PrunedRegressor()),
    ]
)
widths = [20, 40, 80, 160, 320, 640, 1280, 2560]
budgets = [20, 40, 80, 160, 320, 640]
ridge = RidgeCV(alphas=np.logspace(-1, 4, 6))

param_grid = [
    {
        "prune__sparsity": [s],
        "features__n_components": [p for p in widths if p >= s],
        "prune__retrain": [True, ridge],
    }
    for s in budgets
]
search = GridSearchCV(pipeline, param_grid, scoring="neg_mean_squared_error", cv=cv, n_jobs=2)
search.fit(X, y)
print(f"{len(search.cv_results_['params'])} candidates, {cv.get_n_splits()} fits of each")

# %%
# The results as a table
# ----------------------
#
# ``cv_results_`` becomes a :class:`pandas.DataFrame` as it is. We name its columns as we
# speak of them and look at the best five candidates. They all keep many features, of
# course: errors should be compared *at one budget*.

results = pd.DataFrame(search.cv_results_)
results = pd.DataFrame(
    {
        "retrain": np.where(results["param_prune__retrain"] == True, "least squares", "ridge"),  # noqa: E712
        "s": results["param_prune__sparsity"].astype(int),
        "p": results["param_features__n_components"].astype(int),
        "mse": -results["mean_test_score"],
        "std_of_folds": results["std_test_score"],
        "fit_seconds": results["mean_fit_time"],
    }
)
print(results.sort_values("mse").head().round(3).to_string(index=False))

# %%
# The heat maps
# -------------
#
# One :meth:`~pandas.DataFrame.pivot` turns the table into a map. On the diagonal, s = p,
# are the small models: all of their features are kept. To the right, ever larger models
# are pruned to the same budget. Go along a row.

errors = results.pivot(index=["retrain", "s"], columns="p", values="mse")

fig, axes = plt.subplots(1, 2, figsize=(11, 4.9), sharey=True, layout="constrained")
norm = LogNorm(vmin=0.15, vmax=1)
for ax, retrain in zip(axes, ["least squares", "ridge"], strict=True):
    error = errors.loc[retrain].to_numpy()
    mesh = ax.pcolormesh(error, norm=norm, cmap="cividis_r", edgecolors="white", linewidth=1)
    for i, j in np.argwhere(np.isfinite(error)):
        value = error[i, j]
        text = f"{value:.2f}" if value < 9.95 else f"{value:.0f}"
        color = "white" if norm(value) > 0.5 else "black"
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=color, fontsize=9)
    for i, j in enumerate(np.nanargmin(error, axis=1)):
        ax.add_patch(Rectangle((j + 0.06, i + 0.06), 0.88, 0.88, fill=False, ec="black", lw=1.8))
    i, j = np.unravel_index(np.nanargmin(error), error.shape)
    ax.plot(j + 0.86, i + 0.82, "*", color="black", markersize=7)
    ax.text(0.15, len(budgets) - 0.2, "s > p: impossible", va="top", style="italic")
    ax.set_xticks(
        np.arange(len(widths)) + 0.5, [f"{p}\n= n" if p == n else str(p) for p in widths]
    )
    ax.set_yticks(
        np.arange(len(budgets)) + 0.5, [f"n = {s}" if s == n else str(s) for s in budgets]
    )
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"retrained by {retrain}")
    ax.set_xlabel("width: features trained on, p")
axes[0].set_ylabel("budget: features kept, s")
colorbar = fig.colorbar(mesh, ax=axes, extend="max", ticks=[0.15, 0.2, 0.3, 0.5, 1])
colorbar.ax.set_yticklabels(["0.15", "0.2", "0.3", "0.5", "1"])
colorbar.ax.minorticks_off()
colorbar.set_label("mean squared error, 5 folds\n(1 = variance of y)")
plt.show()
