"""
Retraining on the same data (Figure 7 of the paper)
===================================================

After pruning, the features that are kept are usually trained once more. In networks this
is crucial. In a linear model with independent features it does harm, Chang, Li, Oymak and
Thrampoulidis say (`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__, Figure 7), except
where the dense model is very bad. Here we see it do so.

We also see a gap in the theory of the paper, and close it. Its Definition 5 takes a model
that is retrained on *fresh* samples. In practice there are none: the samples that said
which features to keep are the samples to retrain on.
"""

# %%
# The problems of Figure 3
# ------------------------
#
# They are explained on :ref:`another page
# <sphx_glr_auto_examples_linear_plot_fig3_linear_pruning.py>`: independent features, the
# first s of which are important, either by their coefficients (a) or by their variances
# (b). A model of the first k features is trained, pruned to s by magnitude or Hessian
# scores, and retrained.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.frozen import FrozenEstimator

from sklearn_prune import MinNormRegressor, PrunedRegressor, curve_style
from sklearn_prune.theory import LinearGaussianProblem, predict_risk

p, n, s = 1000, 300, 100
spike = np.repeat([25.0, 1.0], [s, p - s])
problem_a = LinearGaussianProblem(np.ones(p), np.sqrt(spike))
problem_b = LinearGaussianProblem(spike, np.ones(p))
panels = {  # problem, strategy
    "(a)  magnitude = Hessian": (problem_a, "magnitude"),
    "(b)  magnitude": (problem_b, "magnitude"),
    "(b)  Hessian": (problem_b, "hessian"),
}
unit = spike.sum()  # the mean of y^2

# %%
# Two theories of the retrained model
# -----------------------------------
#
# ``retrain="fresh"`` is Definition 5 of the paper: to the second fit, what was kept is a
# small problem like any other. ``retrain="same"`` follows the errors of both fits
# together. They are correlated when both come from the same samples, and all the more so
# because a feature whose error is large has better chances to be kept.


def theory(panel, k, retrain):
    problem, strategy = panels[panel]
    small = problem.restrict(np.arange(k))
    return predict_risk(small, n, strategy=strategy, sparsity=s, retrain=retrain) / unit


near_the_peak = np.round(np.geomspace(1, 60, 14)).astype(int)
grid = np.unique(np.r_[s, 120:p:40, n - near_the_peak, n, n + near_the_peak, p])
curves = {
    (panel, retrain): np.array([theory(panel, k, retrain) for k in grid])
    for panel in panels
    for retrain in [None, "fresh", "same"]
}

# %%
# Retraining, simulated in both ways
# ----------------------------------
#
# On the same samples, and on others which took no part in the choice of the features.

widths = [100, 150, 200, 250, 280, 300, 320, 360, 440, 600, 800, 1000]
n_datasets = 10
rng = np.random.RandomState(0)
least_squares = MinNormRegressor(fit_intercept=False)
rows = []
for panel, (problem, strategy) in panels.items():
    for _ in range(n_datasets):
        X, y = problem.sample(n, random_state=rng)
        X_fresh, y_fresh = problem.sample(n, random_state=rng)
        for k in widths:
            dense = MinNormRegressor(fit_intercept=False).fit(X[:, :k], y)
            pruned = PrunedRegressor(
                strategy, sparsity=s, retrain=False, estimator=FrozenEstimator(dense)
            ).fit(X[:, :k], y)
            kept = pruned.get_support(indices=True)
            coefs = {
                "not": pruned.coef_[kept],
                "same": least_squares.fit(X[:, kept], y).coef_,
                "fresh": least_squares.fit(X_fresh[:, kept], y_fresh).coef_,
            }
            for retrain, values in coefs.items():
                coef = np.zeros(p)
                coef[kept] = values
                rows.append((panel, retrain, k, problem.risk(coef) / unit))
simulated = pd.DataFrame(rows, columns=["panel", "retrain", "k", "risk"])
simulated = simulated.groupby(["panel", "retrain", "k"])["risk"].agg(["mean", "sem"])

# %%
# The figure
# ----------
#
# Retraining on the same samples is the thick line. The thin line of fresh samples is a
# good approximation on the right and far too low around k = n.

styles = {
    "same": curve_style("retrained") | {"linewidth": 2.4},
    "fresh": curve_style("fresh") | {"linewidth": 1.6},
    "not": curve_style("pruned") | {"linewidth": 1.6},
}
best_small = spike[s:].sum() / unit * n / (n - s)
note = {"color": "0.35", "ha": "center"}
fig, axes = plt.subplots(1, 3, figsize=(11, 5), sharey=True, layout="constrained")
for ax, panel in zip(axes, panels, strict=True):
    ax.axvline(s / p, color="0.6", ls="--", lw=1)
    ax.axhline(best_small, color="0.6", ls="--", lw=1)
    for name, style in styles.items():
        curve = curves[panel, None if name == "not" else name]
        ax.plot(grid / p, np.minimum(curve, 1e9), **style | {"marker": None})
        result = simulated.loc[panel, name]
        if name == "not":  # at the peak its mean is infinite
            result = result.drop(index=n)
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
        title=panel, xlabel="features trained on, k / p", yscale="log", ylim=(0.3, 2.5)
    )
    ax.set_yticks([0.3, 0.4, 0.5, 0.7, 1, 1.5, 2], [0.3, 0.4, 0.5, 0.7, 1, 1.5, 2])
    ax.minorticks_off()
axes[0].set_ylabel(r"risk / $\mathrm{E}\,y^2$")
axes[0].text(
    0.66, 0.96 * best_small, "trained on the s right features", **note, va="top"
)
fig.legend(
    [
        Line2D([], [], **style | {"markeredgecolor": "black"})
        for style in styles.values()
    ],
    [
        "retrained on the same samples, our theory",
        "retrained on fresh samples, the paper's theory",
        "not retrained",
    ],
    loc="outside lower center",
    ncols=3,
    handlelength=3.5,
    title=f"lines: theory;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# **Retraining hurts**, but for the neighbourhood of k = n. The model that is pruned only is
# below the others at k = p in every panel. Why? The dense coefficients of the features that are
# kept owe something to the features that are not: those explained part of y, and so took
# part of the noise away. Retraining throws that out. In the right panel, it costs the
# large model its advantage: the thick line stays above the horizontal one, which belongs
# to the small model.
#
# **Near the peak it helps**, for there the dense coefficients are huge and worth nothing.
# Only their order matters then.
#
# **Same or fresh?** Around k = n, retraining on the same samples is worse, by nearly one
# half. The features were kept *because* they fitted the noise of these very samples. At
# large k, in the first two panels, the same samples are the better ones: a feature was
# kept because in these samples it goes along with y, more than it does elsewhere.
#
# **The notch at k = n** is no error of the drawing. Exactly there the dense fit is
# nothing but one enormous direction of noise, which knows little of the samples
# otherwise: theory says that the choice is as good as random, and the two lines meet. At
# n = 300 the notch is nearly filled up, since it is only some per cent of n wide. This
# is where the theory is at its worst.

# %%
# Theory and simulation in numbers
# --------------------------------
#
# Differences are in standard errors of the simulation. The last column holds the formula
# of the paper against the simulation with the same samples, for which it was not meant.

simulated = simulated.unstack("retrain").swaplevel(axis=1)
table = simulated.loc[
    (slice(None), [150, 200, 250, 300, 360, 600, 1000]), ["same", "fresh"]
]
table = table.copy()
for column, line, markers in [
    ("difference", "same", "same"),
    ("difference", "fresh", "fresh"),
    ("paper's", "fresh", "same"),
]:
    values = np.array([theory(panel, k, line) for panel, k in table.index])
    table[line, "theory"] = values
    difference = (table[markers, "mean"] - values) / table[markers, "sem"]
    table[markers, column] = difference.round(1)
order = ["theory", "mean", "sem", "difference", "paper's"]
table = table.reindex(
    [(name, column) for name in ["fresh", "same"] for column in order], axis=1
)
table = table.dropna(axis=1).rename(index=lambda name: name[:3], level="panel")
print(table.round(3).to_string())
