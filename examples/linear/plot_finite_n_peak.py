"""
Near the peak, with few samples
===============================

A law of large dimensions is used where dimensions are finite. For most models that does
no harm at n = 100 already. Near the peak of double descent, at as many features as
samples, it does: there the risk hangs on the smallest singular values of X, and how many
of them are small is a question of :math:`|p-n|`, not of p/n.

``finite_n=True`` corrects for it. Here is what it is worth, for dense models and for
pruned ones that are retrained.
"""

# %%
# A hundred samples
# -----------------
#
# The variances of the features fall off slowly, every feature has the same coefficient,
# and there is noise.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

n, noise = 100, 0.25


def make_problem(p):
    variances = 1 / np.sqrt(np.arange(1, p + 1))
    return LinearGaussianProblem(
        p * variances / variances.sum(), np.full(p, p**-0.5), noise
    )


# %%
# Dense models
# ------------
#
# With p < n Gaussian features, least squares has the risk
# :math:`\sigma^2\frac{n-1}{n-p-1}`, a classical result, where Definition 4 of the paper
# (`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__) has the limit,
# :math:`\sigma^2\frac{n}{n-p}`. The correction makes use of the first. For p > n there is
# no such formula, and it corrects the part of the risk that is due to noise, in the same
# spirit. Within one feature of p = n the mean is infinite.
#
# We simulate 200 draws of X for each p. To waste no luck on the noise, the model is fitted
# to 20 targets at once, which differ in noise alone, and its risk is averaged over them.

rng = np.random.RandomState(0)
n_datasets = 200
widths = np.array([80, 88, 92, 95, 97, 98, 99, 100, 101, 102, 103, 105, 108, 112, 120])
risks = {}
for p in widths:
    problem = make_problem(p)
    risks[p] = []
    for _ in range(n_datasets):
        X = rng.standard_normal((n, p)) * np.sqrt(problem.variances)
        noisy = rng.standard_normal((n, 20)) * np.sqrt(noise)
        Y = (X @ problem.coef)[:, np.newaxis] + noisy
        model = MinNormRegressor(fit_intercept=False).fit(X, Y)
        risks[p].append(problem.risk(model.coef_).mean())
dense = pd.DataFrame(risks).rename_axis("data set").rename_axis("p", axis=1)
dense = dense.describe().T.rename(columns={"50%": "median"})
dense["sem"] = dense["std"] / np.sqrt(n_datasets)
for name, finite_n in [("Def. 4", False), ("finite n", True)]:
    dense[name] = [predict_risk(make_problem(p), n, finite_n=finite_n) for p in widths]

# %%
# Theory and simulation in numbers
# --------------------------------
#
# A mean over simulations is worth something only where the variance is finite, which
# means more than three features away from n. At 97 to 103 features we print and draw
# medians and quartiles instead. They are always there, but they are no means: so skewed a
# distribution has its median well below its mean.

close = np.abs(widths - n) <= 3
table = dense[["Def. 4", "finite n", "mean", "sem", "25%", "median", "75%"]].copy()
table["error: Def. 4"] = [f"{x:.0%}" for x in table["Def. 4"] / table["mean"] - 1]
table["finite n's"] = [f"{x:.1%}" for x in table["finite n"] / table["mean"] - 1]
table.loc[close, ["mean", "sem"]] = np.nan
table.loc[close, ["error: Def. 4", "finite n's"]] = ""
table.loc[~close, ["25%", "median", "75%"]] = np.nan
print(table.round(3).to_string(na_rep=""))

# %%
# Pruned and retrained models
# ---------------------------
#
# There is a second peak: where as many features are *kept* as there are samples, it is
# the refit that has it. We train on p = 400 features, keep the s largest coefficients, and
# refit them on the same samples.

large = make_problem(400)
kept = np.array([50, 70, 80, 85, 90, 94])
risks = np.empty((n_datasets, len(kept)))
for i in range(n_datasets):
    X, y = large.sample(n, random_state=rng)
    trained = MinNormRegressor(fit_intercept=False).fit(X, y)
    model = PrunedRegressor(
        estimator=FrozenEstimator(trained),
        retrain=MinNormRegressor(fit_intercept=False),
    )
    for j, s in enumerate(kept):
        risks[i, j] = large.risk(model.set_params(sparsity=int(s)).fit(X, y).coef_)
refit = pd.DataFrame({"mean": risks.mean(axis=0)}, index=pd.Index(kept, name="s"))
refit["sem"] = risks.std(axis=0, ddof=1) / np.sqrt(n_datasets)

s_grid = np.arange(45, 99)
lines = {
    (retrain, finite_n): predict_risk(
        large,
        n,
        strategy="magnitude",
        sparsity=s_grid,
        retrain=retrain,
        finite_n=finite_n,
    )
    for retrain, finite_n in [("fresh", False), ("same", False), ("same", True)]
}
at_kept = np.searchsorted(s_grid, kept)
refit["same, finite n"] = lines["same", True][at_kept]
refit["same"] = lines["same", False][at_kept]
refit["fresh (Def. 5)"] = lines["fresh", False][at_kept]
print(refit.round(3).to_string())

# %%
# The figure
# ----------
#
# In the middle, everything in the left panel is divided by Definition 4. At p = n itself
# there is nothing to draw but the peak.

limit = {"color": "#d98a1f", "ls": "--", "lw": 1.8}
finite = {"color": "#1f4e8c", "ls": "-", "lw": 1.8}
fresh = {"color": "0.45", "ls": ":", "lw": 1.8}
marks = {
    "ls": "none",
    "color": "black",
    "capsize": 2,
    "elinewidth": 1.2,
    "markersize": 5,
}
means = {"marker": "o", **marks}
medians = {"marker": "D", "markerfacecolor": "white", **marks}

p_grid = np.arange(80, 121)
limit_curve, finite_curve = (
    np.array([predict_risk(make_problem(p), n, finite_n=finite_n) for p in p_grid])
    for finite_n in [False, True]
)
fig, axes = plt.subplots(1, 3, figsize=(11, 4.8), layout="constrained")
far, near = dense[~close], dense[close & (widths != n)]
scales = [(axes[0], 1, 1, 1), (axes[1], far["Def. 4"], near["Def. 4"], limit_curve)]
for ax, far_unit, near_unit, unit in scales:
    with np.errstate(invalid="ignore"):  # inf / inf at p = n
        ax.plot(p_grid, np.minimum(limit_curve / unit, 1e9), **limit)
        ax.plot(p_grid, np.minimum(finite_curve / unit, 1e9), **finite)
    middle = near["median"] / near_unit
    quartiles = np.abs(
        near[["25%", "75%"]].div(near_unit, axis=0).sub(middle, axis=0)
    ).T
    ax.errorbar(near.index, middle, quartiles, **medians)
    ax.errorbar(far.index, far["mean"] / far_unit, far["sem"] / far_unit, **means)
    ax.set_xlabel("features, p")
axes[0].set(title="dense", ylabel="risk", yscale="log", ylim=(0.8, 300))
axes[1].set(
    title="dense, over Definition 4", ylabel="risk / risk of Def. 4", ylim=(0.5, 2.2)
)
axes[2].set(title="pruned to s of 400, retrained", yscale="log", ylim=(1, 30))
axes[2].set(xlabel="features kept, s", ylabel="risk")
lines_drawn = [
    axes[2].plot(s_grid, lines["same", True], **finite)[0],
    axes[2].plot(s_grid, lines["same", False], **limit)[0],
    axes[2].plot(s_grid, lines["fresh", False], **fresh)[0],
]
bars = axes[2].errorbar(kept, refit["mean"], refit["sem"], **means)
hollow = axes[1].errorbar([], [], [], **medians)
fig.legend(
    [*lines_drawn, bars, hollow],
    [
        "theory, finite n",
        "theory of large dimensions",
        "theory, refitted to fresh samples (Def. 5)",
        f"mean of {n_datasets}, bars: standard error",
        f"median of {n_datasets}, bars: quartiles",
    ],
    loc="outside lower center",
    ncols=3,
    handlelength=3.5,
)
plt.show()

# %%
# **Definition 4 is low by what the table says**: about 4 % at 20 features from the peak,
# 6 to 8 % at 12, 10 to 13 % at 8 and 20 % at 5, on both sides. With the correction, theory and
# simulation differ by no more than the noise of the simulation. The error depends on
# :math:`|p-n|` and hardly on n: with n = 400 the same 20 % are found at p = 395 and 405.
#
# **For the refit, the correction is small beside another one.** The choice of the
# features was made on the same samples, and the kept ones fit them so well that the
# second peak nearly disappears. Definition 5 of the paper expects fresh samples and
# predicts a multiple of the risk that is seen. The correction for finite n is a matter of
# the last few features before s = n, and there the simulation is as noisy as it is large.
