"""
Small, or large and pruned? Linear problems (Figure 3 of the paper)
===================================================================

s features carry most of the signal, and s features are what we may keep. Somebody even
tells us which ones they are. Shall we train a model on these s features, and only on
them? Or train on more features, k of them, up to all p, and prune the result to s?

Chang, Li, Oymak and Thrampoulidis (`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__) ask
this in their Figure 3, for two linear problems with Gaussian features. The answer is not
the same for both.
"""

# %%
# Two problems
# ------------
#
# The features are independent, and there is no noise: what a model of k features does not
# see is its noise. A vector l has the value C = 25 for the first s features, and 1 for
# the others. It enters in one of two ways.
#
# - (a) All features have variance 1, and the coefficients are :math:`\sqrt{l}`.
# - (b) All coefficients are 1, and the variances of the features are l.
#
# So feature i contributes the same in both, :math:`l_i`, and a model of the first s
# features cannot tell the problems apart.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.frozen import FrozenEstimator

from sklearn_prune import MinNormRegressor, PrunedRegressor, curve_style
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

p, n, s = 1000, 300, 100
spike = np.repeat([25.0, 1.0], [s, p - s])
problems = {
    r"(a)  $\Sigma=I,\ \beta=\sqrt{l}$": LinearGaussianProblem(
        np.ones(p), np.sqrt(spike)
    ),
    r"(b)  $\Sigma=\mathrm{diag}(l),\ \beta=1$": LinearGaussianProblem(
        spike, np.ones(p)
    ),
}
unit = spike.sum()  # the mean of y^2, the risk of predicting 0
strategies = ["magnitude", "hessian", "oracle"]

# %%
# The risk by theory
# ------------------
#
# :meth:`~sklearn_prune.theory.LinearGaussianProblem.restrict` gives the problem that a
# model of the first k features has before it. :func:`~sklearn_prune.theory.predict_risk`
# gives the risk of its solution: least squares if k < n, and the shortest of all
# interpolating solutions if k > n. Then the model is pruned, and the coefficients that
# are kept stay as they are. Nothing is drawn for this. The curves depend on the ratios
# n/p and s/p alone, so they are those of any larger p, too.


def theory(problem, k, strategy):
    small = problem.restrict(np.arange(k))
    if strategy == "dense":
        return predict_risk(small, n) / unit
    return predict_risk(small, n, strategy=strategy, sparsity=min(s, k)) / unit


near_the_peak = np.round(np.geomspace(4, 60, 9)).astype(int)
grid = np.unique(np.r_[20:101:20, 120:p:40, n - near_the_peak, n, n + near_the_peak, p])
curves = {
    (panel, strategy): np.array([theory(problem, k, strategy) for k in grid])
    for panel, problem in problems.items()
    for strategy in ["dense", *strategies]
}

# %%
# The risk by simulation
# ----------------------
#
# In each of 10 data sets, models of ten widths are fitted, and every model is pruned in
# three ways. With a :class:`~sklearn.frozen.FrozenEstimator` the dense model is fitted
# only once. The risk of a fitted model needs no test set: the problem knows it.

widths = [50, 100, 150, 200, 260, 360, 440, 600, 800, 1000]
n_datasets = 10
rng = np.random.RandomState(0)
rows = []
for panel, problem in problems.items():
    for _ in range(n_datasets):
        X, y = problem.sample(n, random_state=rng)
        for k in widths:
            dense = MinNormRegressor(fit_intercept=False).fit(X[:, :k], y)
            coefs = {"dense": dense.coef_}
            for strategy in strategies:
                pruned = PrunedRegressor(
                    strategy,
                    sparsity=min(s, k),
                    retrain=False,
                    estimator=FrozenEstimator(dense),
                    saliency=spike[:k] if strategy == "oracle" else None,
                )
                coefs[strategy] = pruned.fit(X[:, :k], y).coef_
            for model, coef in coefs.items():
                risk = problem.risk(np.pad(coef, (0, p - k))) / unit
                rows.append((panel, model, k, risk))
simulated = pd.DataFrame(rows, columns=["panel", "model", "k", "risk"])
simulated = simulated.groupby(["panel", "model", "k"])["risk"].agg(["mean", "sem"])

# %%
# The figure
# ----------
#
# The vertical line is where the small model lives, k = s. The horizontal line is its
# risk, :math:`\sigma_s^2\,n/(n-s)`, where :math:`\sigma_s^2` is what the best model of s
# features leaves: the features that it does not see act as noise, and n rows are not
# enough to average that out.

best_small = spike[s:].sum() / unit * n / (n - s)
styles = {
    "dense": curve_style("dense") | {"linewidth": 1.6},
    "magnitude": curve_style("magnitude") | {"linewidth": 4.5, "alpha": 0.5},
    "hessian": curve_style("hessian") | {"linewidth": 1.6},
    "oracle": curve_style("oracle") | {"linewidth": 1.6},
}
note = {"color": "0.35", "ha": "center"}
fig, axes = plt.subplots(1, 2, figsize=(10, 5.2), sharey=True, layout="constrained")
for ax, panel in zip(axes, problems, strict=True):
    ax.axvline(s / p, color="0.6", ls="--", lw=1)
    ax.axhline(best_small, color="0.6", ls="--", lw=1)
    for name, style in styles.items():
        curve = np.where(grid == n, np.nan, curves[panel, name])
        ax.plot(grid / p, curve, **style | {"marker": None})
        result = simulated.loc[panel, name]
        ax.errorbar(
            result.index / p,
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
    ax.set(
        title=panel, xlabel="features trained on, k / p", yscale="log", ylim=(0.25, 4)
    )
    ax.set_yticks(
        [0.25, 0.3, 0.4, 0.5, 0.7, 1, 2, 3, 4], [0.25, 0.3, 0.4, 0.5, 0.7, 1, 2, 3, 4]
    )
    ax.minorticks_off()
    ax.text(s / p + 0.04, 3.6, "k = s", **note)
    ax.text(n / p + 0.08, 3.6, "k = n", **note)
axes[0].set_ylabel(r"risk / $\mathrm{E}\,y^2$")
axes[0].text(
    0.7, 0.96 * best_small, "trained on the s right features", **note, va="top"
)
fig.legend(
    [
        Line2D([], [], **style | {"markeredgecolor": "black"})
        for style in styles.values()
    ],
    ["dense: not pruned", *[f"{strategy}, pruned to s" for strategy in strategies]],
    loc="outside lower center",
    ncols=4,
    handlelength=4,
    title=f"lines: theory;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# **In (a) the small model wins.** Pruning the larger one is worse everywhere, even when
# an oracle says what to keep. Magnitude and Hessian scores are the same thing if all
# features have variance 1, so the two curves are one.
#
# **In (b) the largest model wins, and pruning keeps what it has won.** Beyond the peak at
# k = n, all curves come down again, the second descent, and at k = p those of Hessian and
# oracle pruning are at their lowest, below the horizontal line. The s features are known,
# there are three times as many rows as that, and still the way to their best
# coefficients is through a model of all p features. The large model has somewhere to put
# what the s features do not explain.
#
# **Magnitude fails in (b).** It looks at coefficients, and all true coefficients are 1.
# Only with the variance of a feature beside its coefficient does the score see its
# contribution.

# %%
# Theory and simulation in numbers
# --------------------------------
#
# The differences are in units of the standard error of the simulation: one in three may
# well exceed 1. They come in groups, since all models of a panel are fitted to the same
# data sets.

table = simulated.loc[:, :, [100, 200, 260, 360, 600, 1000]].reset_index()
table.insert(
    3,
    "theory",
    [theory(problems[row.panel], row.k, row.model) for row in table.itertuples()],
)
table["difference"] = (table["mean"] - table["theory"]) / table["sem"]
table["panel"] = table["panel"].str[:3]
table = table.set_index(["panel", "model", "k"]).unstack("panel").swaplevel(axis=1)
table = table.sort_index(axis=1, level=0, sort_remaining=False)
print(
    table.round(
        {column: 1 if "diff" in column[1] else 3 for column in table}
    ).to_string()
)
