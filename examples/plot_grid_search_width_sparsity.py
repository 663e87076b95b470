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
# 400 images. The others are put aside until the end.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle
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
print(f"{len(X)} images for the search, n = {n} in each training fold")
print(f"{len(X_test)} images put aside")

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
# (``retrain=True``), of minimum norm if s > n, or by a ridge regression. The penalties
# that :class:`~sklearn.linear_model.RidgeCV` tries by default end at 10. For features as
# large as these the list had better go on.

pipeline = Pipeline(
    [
        ("scale", MinMaxScaler((-1, 1))),
        ("features", RandomFeatures(random_state=0)),
        ("prune", PrunedRegressor("magnitude")),
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
search = GridSearchCV(
    pipeline,
    param_grid,
    scoring="neg_mean_squared_error",
    cv=cv,
    n_jobs=2,
)
search.fit(X, y)
print(len(search.cv_results_["params"]), "candidates, 5 fits of each")

# %%
# The results as a table
# ----------------------
#
# ``cv_results_`` turns into a :class:`pandas.DataFrame` as it is. We keep the columns of
# interest, under short names, and look at the best five candidates. They keep many
# features, of course: small and large models must be compared *at one budget*.

cv_results = pd.DataFrame(search.cv_results_)
is_ridge = [params["prune__retrain"] is not True for params in cv_results["params"]]
results = pd.DataFrame(
    {
        "retrain": np.where(is_ridge, "ridge", "least squares"),
        "s": cv_results["param_prune__sparsity"].astype(int),
        "p": cv_results["param_features__n_components"].astype(int),
        "mse": -cv_results["mean_test_score"],
        "std_of_folds": cv_results["std_test_score"],
    }
)
five = results.nsmallest(5, "mse")
print(five.round(3).to_string(index=False))

# %%
# The results as a map
# --------------------
#
# One :meth:`~pandas.DataFrame.pivot` makes a map of the table. Each row is a budget. Its
# first cell, s = p, is the small model, of which nothing is pruned. To the right, larger
# and larger models are pruned to the same budget.

errors = results.pivot(index=["retrain", "s"], columns="p", values="mse")
best = results.loc[search.best_index_]

fig, axes = plt.subplots(2, 1, figsize=(7, 8.4), sharex=True, layout="constrained")
norm = LogNorm(vmin=0.15, vmax=1)
for ax, retrain in zip(axes, ["least squares", "ridge"], strict=True):
    error = errors.loc[retrain].to_numpy()
    mesh = ax.pcolormesh(
        error, norm=norm, cmap="cividis_r", edgecolors="white", linewidth=1
    )
    for i, j in np.argwhere(np.isfinite(error)):
        ink = "white" if norm(error[i, j]) > 0.5 else "black"
        text = f"{error[i, j]:.2f}" if error[i, j] < 1 else f"{error[i, j]:.3g}"
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=ink)
        if error[i, j] == np.nanmin(error[i]):
            ax.add_patch(
                Rectangle((j + 0.06, i + 0.06), 0.88, 0.88, fill=False, ec=ink, lw=1.8)
            )
        if [retrain, budgets[i], widths[j]] == [best["retrain"], best["s"], best["p"]]:
            ax.plot(j + 0.82, i + 0.8, "*", color=ink, markersize=9)
    ax.set_title(f"retrained by {retrain}")
    ax.set_ylabel("budget: features kept, s")
    ax.set_xticks(
        np.arange(len(widths)) + 0.5, [f"{p}\n= n" if p == n else p for p in widths]
    )
    ax.set_yticks(
        np.arange(len(budgets)) + 0.5, [f"n = {s}" if s == n else s for s in budgets]
    )
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
axes[1].set_xlabel("width: features trained on, p")
key = [
    "blank: impossible, s > p",
    "first of a row: small, s = p",
    "frame: best of its row",
    "star: best of all",
]
axes[0].text(0.1, len(budgets) - 0.1, "\n".join(key), va="top", linespacing=1.5)
ticks = [0.15, 0.2, 0.3, 0.5, 1]
bar = fig.colorbar(
    mesh, ax=axes, extend="max", ticks=ticks, format="%g", shrink=0.6, aspect=30
)
bar.ax.minorticks_off()
bar.set_label("mean squared error, mean of 5 folds\n(unit: variance of y)")
plt.show()

# %%
# Go along a row
# --------------
#
# Does the error fall when the model that is pruned gets wider? Not steadily: about p = n
# there is a hump, and there the small model is as good or better. Beyond the hump, that is
# from p = 4n on, the error is below that of the small model in every row but s = n of the
# upper map. The table has both ends of each row, and in how many of the five folds
# the right end is the better one after a ridge refit.

largest = widths[-1]
folds = -cv_results.filter(regex=r"split\d+_test_score")
folds.index = pd.MultiIndex.from_frame(results[["retrain", "s", "p"]])

ends = pd.DataFrame(
    {
        (retrain, name): [errors.at[(retrain, s), p or s] for s in budgets]
        for retrain in ["least squares", "ridge"]
        for name, p in [("small", None), ("pruned", largest)]
    },
    index=pd.Index(budgets, name="s"),
)
ends["ridge", "folds won"] = [
    (folds.loc[("ridge", s, largest)] < folds.loc[("ridge", s, s)]).sum()
    for s in budgets
]
print(ends.round(3).to_string())

# %%
# The two places where n matters
# ------------------------------
#
# With as many features as training samples, a linear model can just fit every sample,
# and pays with huge coefficients. This happens in two places of the map.
#
# - **The column p = n.** Here it is the model *before* pruning that suffers. Its
#   coefficients fit the noise, and so does their ranking. Below, their norm peaks at
#   p = n, and so does the error at a small budget, even after a ridge refit: it cannot
#   bring back the features that are gone. A model about as large as its training set is
#   the wrong one to prune.
# - **The row s = n.** Here it is the model *after* pruning. Least squares on n kept
#   features interpolates at any price, however well they were chosen. The ridge refit
#   repairs this row, and lowers the error of small models too, above all where s is near
#   n. A small model deserves its ridge penalty before it is compared with a pruned one.

fold = next(cv.split(X))[0]
norms = {}
for p in widths:
    model = clone(pipeline).set_params(features__n_components=p).fit(X[fold], y[fold])
    norms[p] = np.linalg.norm(model["prune"].estimator_.coef_)
columns = {("dense model", "norm"): pd.Series(norms)}
for s in [40, n]:
    for retrain in ["least squares", "ridge"]:
        columns[f"error, s = {s}", retrain] = errors.loc[(retrain, s)]
print(pd.DataFrame(columns).rename_axis("p").round(2).to_string(na_rep=""))

# %%
# The best model on images that the search never saw
# --------------------------------------------------
#
# ``search.best_estimator_`` is the best pipeline, fitted once more, to all 400 images. It
# takes raw images. With a regression for a classification, the sign is the class.

model = search.best_estimator_
predicted = model.predict(X_test)
print(f"features: {model['prune'].n_nonzero_} kept of {model['prune'].n_features_in_}")
print(f"mean squared error: {mean_squared_error(y_test, predicted):.3f}")
print(
    f"wrong parity: {np.mean(np.sign(predicted) != y_test):.1%} of {len(y_test)} images"
)

# %%
# If there is a budget, the best of its row is wanted and not the best of all. The rows of
# ``cv_results_`` have the parameters ready to be set.

budget = 80
chosen = results.loc[results["s"] == budget, "mse"].idxmin()
model = clone(pipeline).set_params(**search.cv_results_["params"][chosen]).fit(X, y)
print(
    f"best at s = {budget}: p = {results.at[chosen, 'p']},",
    results.at[chosen, "retrain"],
)
print(f"mean squared error: {mean_squared_error(y_test, model.predict(X_test)):.3f}")

# %%
# Small, or large and pruned?
# ---------------------------
#
# One search is one draw of random features. So the last word is left to five other
# draws, and to the images put aside: the small model against the model pruned from the
# largest, both refitted by ridge. Another grid does it, with ``random_state`` as a
# parameter and, instead of folds, one split, into the images of the search and the
# others. Nothing is selected here: ``refit=False``. For comparison, the last column has
# the small model of twice the size.

draws = [1, 2, 3, 4, 5]
final = GridSearchCV(
    pipeline,
    [
        {
            "prune__sparsity": [s],
            "features__n_components": [s, largest],
            "features__random_state": draws,
            "prune__retrain": [ridge],
        }
        for s in budgets
    ],
    scoring="neg_mean_squared_error",
    cv=[(np.arange(len(X)), len(X) + np.arange(len(X_test)))],
    refit=False,
    n_jobs=2,
)
final.fit(np.vstack([X, X_test]), np.hstack([y, y_test]))

final_results = pd.DataFrame(final.cv_results_).set_index(
    [
        "param_prune__sparsity",
        "param_features__n_components",
        "param_features__random_state",
    ]
)
mse = -final_results["mean_test_score"]
verdict = []
for s in budgets:
    small, pruned = mse.loc[s, s], mse.loc[s, largest]
    verdict.append(
        {
            "s": s,
            "small": small.mean(),
            "pruned": pruned.mean(),
            "saved": f"{1 - pruned.mean() / small.mean():.0%}",
            "draws won": f"{(pruned < small).sum()} of {len(draws)}",
        }
    )
verdict = pd.DataFrame(verdict)
verdict["small of size 2s"] = verdict["small"].shift(-1)
print(verdict.round(3).to_string(index=False, na_rep=""))

# %%
# **For these data: train large, and prune.** It pays at every budget, and from a budget
# of 80 on the pruned model even beats a small one of twice its size. But *large* means
# several times n: a model of about n features is not worth pruning. And both kinds of
# model should be refitted by ridge.
