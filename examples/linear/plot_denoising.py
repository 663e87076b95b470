r"""
Denoising: why a large model prunes well
========================================

Why should it help to train on features that are going to be thrown away? The simplest
case is an example of Section 3.4 of Chang, Li, Oymak and Thrampoulidis
(`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__): no noise, and as many samples as
features. Then the large model makes no error at all, and what is left after pruning is
the best that s features can do. The small model, trained on the s best features, sees all
others as noise. It has to average that out, with the samples it has.
"""

# %%
# The example
# -----------
#
# p = 200 independent features of variance 1 and no noise. The first s coefficients are 5,
# the others 1. Whatever model of s features we choose, its risk is not less than
#
# .. math:: \sigma_s^2=\sum_{i>s}\lambda_i\beta_i^2,
#
# the share of the features it does not have. Two ways to get there, or near:
#
# - **small**: least squares on the s best features, which are told. The risk is
#   :math:`\sigma_s^2\,\frac{n}{n-s}`: the features not seen are a noise of variance
#   :math:`\sigma_s^2`, and s coefficients are estimated in it. (For n samples exactly:
#   :math:`\sigma_s^2\,\frac{n-1}{n-s-1}`, which is what we draw.)
# - **large, pruned**: with n = p, all coefficients are found exactly. Pruning by
#   magnitude keeps the right ones at their right values. The risk is
#   :math:`\sigma_s^2`, and there is nothing random about it.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.frozen import FrozenEstimator

from sklearn_prune import MinNormRegressor, PrunedRegressor, curve_style
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

p = 200


def make_problem(s):
    return LinearGaussianProblem(np.ones(p), np.repeat([5.0, 1.0], [s, p - s]))


def theory(model, n, s):
    """Return the risk over the least possible one."""
    problem = make_problem(s)
    if model == "small":
        risk = predict_risk(problem.restrict(np.arange(s)), n, finite_n=True)
    else:
        retrain = "same" if model == "large, pruned, retrained" else None
        risk = predict_risk(
            problem, n, strategy="magnitude", sparsity=s, retrain=retrain, finite_n=True
        )
    return risk / (p - s)


def simulate(n, s, rng):
    """Return the same for one data set and all models."""
    problem = make_problem(s)
    X, y = problem.sample(n, random_state=rng)
    least_squares = MinNormRegressor(fit_intercept=False)
    small = np.zeros(p)
    small[:s] = least_squares.fit(X[:, :s], y).coef_
    dense = FrozenEstimator(MinNormRegressor(fit_intercept=False).fit(X, y))
    coefs = {"small": small}
    for model, retrain in {
        "large, pruned": False,
        "large, pruned, retrained": least_squares,
    }.items():
        pruned = PrunedRegressor("magnitude", s, retrain=retrain, estimator=dense).fit(
            X, y
        )
        coefs[model] = pruned.coef_
    return {model: problem.risk(coef) / (p - s) for model, coef in coefs.items()}


# %%
# Two cuts through it
# -------------------
#
# First n = p, and s grows. Then s = 40, and n grows, to see how much hangs on n = p.

n_datasets = 30
rng = np.random.RandomState(0)
cuts = {
    "n = p = 200": [(p, s) for s in [5, 20, 40, 80, 120, 160, 180]],
    "s = 40, p = 200": [
        (n, 40) for n in [60, 80, 110, 140, 160, 180, 190, 200, 240, 320, 400]
    ],
}
rows = [
    {"cut": cut, "n": n, "s": s, **simulate(n, s, rng)}
    for cut, points in cuts.items()
    for n, s in points
    for _ in range(n_datasets)
]
simulated = (
    pd.DataFrame(rows)
    .set_index(["cut", "n", "s"])
    .stack()
    .rename_axis(["cut", "n", "s", "model"])
)
simulated = simulated.groupby(level=["cut", "model", "n", "s"]).agg(["mean", "sem"])

# %%
# The figure
# ----------

styles = {
    "small": curve_style("small") | {"linewidth": 1.8},
    "large, pruned": curve_style("pruned") | {"linewidth": 1.8},
    "large, pruned, retrained": curve_style("retrained") | {"linewidth": 1.8},
}
s_grid, n_grid = np.arange(4, 189, 4), np.r_[52:196:6, 196:201, 206:401:12]
fig, axes = plt.subplots(1, 2, figsize=(10, 4.9), sharey=True, layout="constrained")
for model, style in styles.items():
    line = style | {"marker": None}
    axes[0].plot(s_grid, [theory(model, p, s) for s in s_grid], **line)
    axes[1].plot(n_grid / p, [theory(model, n, 40) for n in n_grid], **line)
    for ax, cut in zip(axes, cuts, strict=True):
        result = simulated.loc[cut, model]
        n_values, s_values = (
            result.index.get_level_values(level) for level in ["n", "s"]
        )
        ax.errorbar(
            s_values if ax is axes[0] else n_values / p,
            result["mean"],
            result["sem"],
            **style | {"linestyle": "none"},
            markersize=5.5,
            markeredgecolor="black",
            markeredgewidth=0.7,
            ecolor="black",
            capsize=2,
        )
axes[0].set(
    title="n = p = 200", xlabel="features kept, s", yscale="log", ylim=(0.9, 12)
)
axes[0].set_ylabel(r"risk / least risk of s features, $\sigma_s^2$")
axes[0].set_yticks([1, 2, 5, 10], [1, 2, 5, 10])
axes[1].set(title="s = 40, p = 200", xlabel="samples, n / p")
axes[1].axvline(1, color="0.6", ls="--", lw=1)
axes[1].text(1.02, 8, "n = p", color="0.35")
fig.legend(
    [
        Line2D([], [], **style | {"markeredgecolor": "black"})
        for style in styles.values()
    ],
    ["small: the s best features", *list(styles)[1:]],
    loc="outside lower center",
    ncols=3,
    handlelength=4,
    title=f"lines: theory;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# Theory and simulation in numbers
# --------------------------------
#
# In units of :math:`\sigma_s^2`. Differences are in standard errors. Those of exactly 1 have
# no scatter to compare with.

table = simulated.loc[
    (slice(None), list(styles), [110, 160, 180, 200, 400], [40, 80, 160]), :
]
table = table.copy()
table.insert(0, "theory", [theory(model, n, s) for _, model, n, s in table.index])
difference = (table["mean"] - table["theory"]) / table["sem"]
table["difference"] = difference.where(table["sem"] > 1e-9).round(1)
print(table.round(3).to_string(na_rep=""))

# %%
# **At n = p, the large model wins at every s**, and the more is kept, the more so. With
# s = 40 the small model loses a quarter. That it is told the best features does not
# help it: the large model finds the same ones.
#
# **Retraining makes the large model the small one.** The two have the same features and
# the same samples, and the knowledge of the other features is gone. The lines coincide,
# and not only on average: it is the same model.
#
# **With fewer samples** than about 0.9 p the tables turn. The large model interpolates
# with coefficients that are far from the truth, and the small one is better. With more
# samples than p, nothing changes for the large model, and the small one goes on averaging.
