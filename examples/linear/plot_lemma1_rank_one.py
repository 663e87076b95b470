r"""
Where retraining is crucial: one direction (Lemma 1)
====================================================

With independent features, retraining a pruned model does harm, as
:ref:`Figure 7 <sphx_glr_auto_examples_linear_plot_fig7_retraining.py>` shows. In networks
it is crucial. What makes the difference is correlation. Lemma 1 of Chang, Li, Oymak and
Thrampoulidis (`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__) takes the most extreme
case, features that are all multiples of one another, :math:`\Sigma=ll'`.
"""

# %%
# What the lemma says
# -------------------
#
# A row of X is g times the vector l, with one random number g. Then only one number can be
# learned, :math:`l'\beta`. The shortest solution spreads it over all features, in
# proportion to l. Pruning keeps the s largest, and with them a share
#
# .. math:: \rho = \frac{\|\mathbb{T}_s(l)\|^2}{\|l\|^2}
#
# of the prediction. The others, which would have said the same, are missing: every
# prediction is too small by this factor. Retraining repairs that, since any one of
# the features can take over the part of all. With noise :math:`\sigma^2`, the risk above
# the noise is
#
# .. math::
#
#     \text{pruned:}\quad (1-\rho)^2(l'\beta)^2+\rho^2\frac{\sigma^2}{n-2},
#     \qquad \text{retrained:}\quad \frac{\sigma^2}{n-2}.
#
# This is no limit. It holds for any p and any n > 2.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.frozen import FrozenEstimator

from sklearn_prune import MinNormRegressor, PrunedRegressor, curve_style
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

p, n = 60, 20
directions = {
    "all features alike, $l_i=1$": np.ones(p),
    "few large ones, $l_i=1/i$": 1 / np.arange(1, p + 1),
}


def make_problem(direction, noise):
    """Return a problem in which the signal has variance 1."""
    coef = np.full(p, 1 / direction.sum())
    return LinearGaussianProblem(np.outer(direction, direction), coef, noise)


def lemma(direction, noise, s):
    """Return the excess risks of Lemma 1, pruned and retrained."""
    squares = np.sort(direction**2)[::-1]
    rho = squares[:s].sum() / squares.sum()
    retrained = noise / (n - 2)
    return (1 - rho) ** 2 + rho**2 * retrained, retrained


# %%
# Simulation
# ----------
#
# Two directions, and two levels of noise: 1, as large as the signal, and 40. The
# covariance of these features has rank one, and so has X, which is nothing special to
# :class:`~sklearn_prune.MinNormRegressor`. The features of the first direction are all
# equal, and so are their scores: of ties the first are kept.

kept = [1, 3, 8, 20, 40, 60]
n_datasets = 200
rng = np.random.RandomState(0)
rows = []
for name, direction in directions.items():
    for noise in [1.0, 40.0]:
        problem = make_problem(direction, noise)
        for _ in range(n_datasets):
            g = rng.standard_normal(n)
            X, y = np.outer(g, direction), g + np.sqrt(noise) * rng.standard_normal(n)
            dense = FrozenEstimator(MinNormRegressor(fit_intercept=False).fit(X, y))
            for s in kept:
                pruned = PrunedRegressor(
                    "magnitude", s, retrain=False, estimator=dense
                ).fit(X, y)
                coef = np.zeros(p)
                coef[pruned.support_] = (
                    MinNormRegressor(fit_intercept=False)
                    .fit(X[:, pruned.support_], y)
                    .coef_
                )
                rows.append(
                    (name, noise, s, "pruned", problem.risk(pruned.coef_) - noise)
                )
                rows.append((name, noise, s, "retrained", problem.risk(coef) - noise))
simulated = pd.DataFrame(rows, columns=["direction", "noise", "s", "model", "risk"])
simulated = simulated.groupby(["direction", "noise", "model", "s"])["risk"].agg(
    ["mean", "sem"]
)

# %%
# The figure
# ----------

grid = np.arange(1, p + 1)
loud = {"linewidth": 3, "alpha": 0.6}  # where the noise is
styles = {
    ("pruned", 1.0): curve_style("pruned"),
    ("retrained", 1.0): curve_style("retrained"),
    ("pruned", 40.0): curve_style("pruned") | loud,
    ("retrained", 40.0): curve_style("retrained") | loud,
}
fig, axes = plt.subplots(1, 2, figsize=(10, 4.8), sharey=True, layout="constrained")
for ax, (name, direction) in zip(axes, directions.items(), strict=True):
    for (model, noise), style in styles.items():
        curve = [lemma(direction, noise, s)[model == "retrained"] for s in grid]
        ax.plot(grid, curve, **style | {"marker": None})
        result = simulated.loc[name, noise, model]
        ax.errorbar(
            result.index,
            result["mean"],
            result["sem"],
            **style | {"linestyle": "none"},
            markersize=5.5,
            markeredgecolor="black",
            markeredgewidth=0.7,
            ecolor="black",
            capsize=2,
        )
    ax.set(
        title=name, xlabel=f"features kept, s, of p = {p}", yscale="log", ylim=(0.02, 4)
    )
axes[0].set_ylabel("risk above the noise / variance of the signal")
fig.legend(
    [
        Line2D([], [], **style | {"markeredgecolor": "black"})
        for style in styles.values()
    ],
    [rf"{model}, $\sigma^2={noise:g}$" for model, noise in styles],
    loc="outside lower center",
    ncols=4,
    handlelength=4,
    title=f"lines: Lemma 1;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# **Little noise: retraining is crucial.** What is left after pruning predicts too little.
# If the features are all alike, half of them predict half as much, and the risk is five
# times that of the retrained model, for which any one feature would do. On the right, a
# few features hold nearly all of :math:`\|l\|^2`, so there is less to repair.
#
# **Much noise: it is not.** With :math:`\sigma^2=40`, the estimate of :math:`l'\beta` is
# worse than none at all, and to shrink it does good. Pruning shrinks it, as a ridge
# penalty would. The least risk is that of a pruned model, at
# :math:`\rho=1/(1+\frac{\sigma^2}{n-2})`, a third here, and retraining undoes it.

# %%
# Theory and simulation in numbers
# --------------------------------
#
# :func:`~sklearn_prune.theory.predict_risk` knows nothing of the lemma, only the covariance
# matrix. With ``finite_n=True`` it agrees with the lemma for retraining on fresh samples.
# On the same samples it would be the same here, for the choice of features does not
# matter. For a pruned model with correlated features, it averages over draws of the
# coefficients. Here they scatter along one direction only, so 20,000 draws are in order;
# after retraining, a few will do. Differences of Lemma 1 are in standard errors.

rows = []
for (name, noise, model, s), row in simulated.iterrows():
    if s in {3, 20, 60}:
        direction = directions[name]
        predicted = predict_risk(
            make_problem(direction, noise),
            n,
            strategy="magnitude",
            sparsity=s,
            retrain="fresh" if model == "retrained" else None,
            finite_n=True,
            n_draws=10 if model == "retrained" else 20_000,
            random_state=0,
        )
        value = lemma(direction, noise, s)[model == "retrained"]
        rows.append(
            {
                "direction": name.split(",")[0],
                "noise": noise,
                "model": model,
                "s": s,
                "predict_risk": predicted - noise,
                "Lemma 1": value,
                **row,
                "difference": round((row["mean"] - value) / row["sem"], 1),
            }
        )
print(pd.DataFrame(rows).round(4).to_string(index=False))
