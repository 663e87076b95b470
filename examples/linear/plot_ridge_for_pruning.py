"""
The ridge that pruning wants
============================

A dense model that is about to be pruned need not be a good model. It needs to have good
coefficients where it is going to be cut. So the ridge penalty that suits the dense model
best, and that cross-validation of the dense model would find, may be the wrong one.

How wrong? We take a problem where the dense model wants no penalty whatever.
"""

# %%
# A problem without noise
# -----------------------
#
# It is problem (b) of :ref:`Figure 3
# <sphx_glr_auto_examples_linear_plot_fig3_linear_pruning.py>` at k = p: all of p = 1000
# coefficients are 1, the first 100 features have variance 25, the others 1, and n = 300
# rows determine y without noise. The model may keep s = 100 features. The penalties are
# written as multiples of n, as they would be if the loss were a mean over rows.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge

from sklearn_prune import MinNormRegressor, PrunedRegressor, curve_style
from sklearn_prune.theory import LinearGaussianProblem, optimal_alpha, predict_risk

p, n, s = 1000, 300, 100
variances = np.repeat([25.0, 1.0], [s, p - s])
problem = LinearGaussianProblem(variances, np.ones(p))
unit = variances.sum()  # the mean of y^2

# %%
# Four models
# -----------
#
# The dense one, the pruned one, and two that are retrained on the same samples, by least
# squares or once more with the penalty of the first fit.
# :func:`~sklearn_prune.theory.optimal_alpha` minimises the risk of each. With
# ``retrain_alpha=None`` it is one penalty for both fits that is sought.

models = {
    "dense": {},
    "pruned": {"retrain": None},
    "retrained, no penalty": {"retrain": "same", "retrain_alpha": 0.0},
    "retrained, same penalty": {"retrain": "same"},
}
strategies = ["magnitude", "hessian"]


def arguments(strategy, model):
    kept = {} if model == "dense" else {"strategy": strategy, "sparsity": s}
    return kept | models[model]


def theory(strategy, model, penalty):
    return (
        predict_risk(problem, n, alpha=penalty * n, **arguments(strategy, model)) / unit
    )


best = pd.DataFrame(
    [
        {
            "strategy": strategy,
            "model": model,
            "no penalty": theory(strategy, model, 0.0),
            "best penalty / n": optimal_alpha(problem, n, **arguments(strategy, model))
            / n,
        }
        for strategy in strategies
        for model in models
    ]
)
best["risk there"] = [
    theory(row.strategy, row.model, row[3]) for row in best.itertuples(index=False)
]
best["saved"] = [f"{x:.0%}" for x in 1 - best["risk there"] / best["no penalty"]]
best = best.set_index(["strategy", "model"])
print(best.round(3).to_string())

# %%
# For comparison, the small model: somebody tells it which s features to train on, and it
# has a ridge penalty of its own.

small = problem.restrict(np.arange(s))
small_alpha = optimal_alpha(small, n)
best_small = predict_risk(small, n, alpha=small_alpha) / unit
print(f"small model: {predict_risk(small, n) / unit:.3f} without penalty,", end=" ")
print(f"{best_small:.3f} at its best, {small_alpha / n:.1f} n")

# %%
# Simulation
# ----------

penalties = [0, 0.1, 0.3, 1, 2, 4, 8, 16, 64]
n_datasets = 16
rng = np.random.RandomState(0)


def estimator(penalty):
    if penalty == 0:
        return MinNormRegressor(fit_intercept=False)
    return Ridge(alpha=penalty * n, fit_intercept=False)


rows = []
for _ in range(n_datasets):
    X, y = problem.sample(n, random_state=rng)
    for penalty in penalties:
        dense = estimator(penalty).fit(X, y)
        refits = {
            "pruned": False,
            "retrained, no penalty": estimator(0),
            "retrained, same penalty": estimator(penalty),
        }
        for strategy in strategies:
            rows.append((strategy, "dense", penalty, problem.risk(dense.coef_) / unit))
            for model, retrain in refits.items():
                pruned = PrunedRegressor(
                    strategy,
                    sparsity=s,
                    retrain=retrain,
                    estimator=FrozenEstimator(dense),
                ).fit(X, y)
                rows.append(
                    (strategy, model, penalty, problem.risk(pruned.coef_) / unit)
                )
simulated = pd.DataFrame(rows, columns=["strategy", "model", "penalty", "risk"])
simulated = simulated.groupby(["strategy", "model", "penalty"])["risk"].agg(
    ["mean", "sem"]
)

# %%
# The figure
# ----------
#
# No penalty is on the left margin. A star is the optimum of its curve.

grid = np.r_[0, np.geomspace(0.03, 80, 40)]
styles = {
    "dense": curve_style("dense") | {"linewidth": 1.6},
    "pruned": curve_style("pruned") | {"linewidth": 1.6},
    "retrained, no penalty": curve_style("retrained")
    | {"linewidth": 4, "alpha": 0.5, "marker": "D"},
    "retrained, same penalty": curve_style("retrained") | {"linewidth": 1.6},
}
fig, axes = plt.subplots(1, 2, figsize=(10, 5.2), sharey=True, layout="constrained")
for ax, strategy in zip(axes, strategies, strict=True):
    ax.axhline(best_small, color="0.6", ls="--", lw=1)
    for name, style in styles.items():
        curve = [theory(strategy, name, penalty) for penalty in grid]
        ax.plot(grid, curve, **style | {"marker": None})
        result = simulated.loc[strategy, name]
        ax.errorbar(
            result.index,
            result["mean"],
            result["sem"],
            **style | {"linestyle": "none"},
            markersize=5,
            markeredgecolor="black",
            markeredgewidth=0.7,
            ecolor="black",
            elinewidth=1.2,
            capsize=2,
        )
        optimum = best.loc[(strategy, name)]
        ax.plot(
            optimum["best penalty / n"],
            optimum["risk there"],
            marker="*",
            markersize=17,
            color=style["color"],
            markeredgecolor="black",
            zorder=5,
            clip_on=False,
        )
    ax.set_xscale("symlog", linthresh=0.1, linscale=0.5)
    ax.set_xticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    ax.set(
        title=f"{strategy} scores",
        xlabel=r"ridge penalty $\mu\ /\ n$",
        xlim=(0, 100),
        ylim=(0.25, 0.9),
    )
axes[0].set_ylabel(r"risk / $\mathrm{E}\,y^2$")
axes[0].text(0.03, best_small + 0.006, "small model, best ridge", color="0.35")
star = Line2D(
    [], [], marker="*", ls="none", color="white", markersize=13, markeredgecolor="black"
)
fig.legend(
    [
        *[
            Line2D([], [], **style | {"markeredgecolor": "black"})
            for style in styles.values()
        ],
        star,
    ],
    [*models, "optimum"],
    loc="outside lower center",
    ncols=5,
    handlelength=3.5,
    title=f"lines: theory;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# **Magnitude pruning wants a large penalty, where the dense model wants none.** At 5.9 n
# the risk of the pruned model is a third lower than without penalty, although the dense
# model itself is a quarter worse there. A penalty shrinks the coefficients of weak
# features, :math:`\lambda_i=1`, much more than those of strong ones,
# :math:`\lambda_i=25`. So it puts the features in the right order, and this is what a
# ranking by magnitude lacks.
#
# **Hessian scores do that by themselves.** Penalties up to n are neither of use nor of
# harm to the model that is only pruned. It is the best of all models of s features here,
# the small one with its own ridge included.
#
# **Retraining wants the penalty, too.** A refit by least squares is worse than no refit
# wherever the penalty is reasonable. With one penalty in both fits, the retrained model
# comes close to the one that is not retrained, each at its optimum. It does not beat it
# by more than a hair.

# %%
# Theory and simulation in numbers
# --------------------------------
#
# Differences are in standard errors. All rows come from the same data sets, so neighbours
# tend to be off to the same side.

table = simulated.loc[(slice(None), slice(None), [0, 1, 4, 16]), :].copy()
table.insert(0, "theory", [theory(*index) for index in table.index])
table["diff"] = ((table["mean"] - table["theory"]) / table["sem"]).round(1)
table = table.unstack("strategy").swaplevel(axis=1)
table = table.reindex(strategies, axis=1, level=0)
print(
    table.reindex(["theory", "mean", "sem", "diff"], axis=1, level=1)
    .round(3)
    .to_string()
)
