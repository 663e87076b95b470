"""
Double descent of a classifier
==============================

A classifier of least norm fits labels of -1 and +1 as a regression does, and with as many
features as samples its error rate has the peak that squared errors have. Does a logistic fit
have it, too? And what is left of the peak when a model is pruned? We compare least squares,
logistic regression and the largest margin, and all lines are computed, not fitted.
"""

# %%
# A problem of two classes
# ------------------------
#
# That of Figure 3(b) of Chang et al. (`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__), with
# labels: independent features, of which the first 40 of 1000 have a variance of 25, and the
# others of 1. The label is the sign of the sum of all features and some noise. A model knows
# the first p features only; to it the others are noise in the label, too, which is what
# :class:`~sklearn_prune.theory.BinaryProblem` calls a probit link.

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.linear_model import LogisticRegression

from sklearn_prune import MinNormRegressor, PrunedClassifier
from sklearn_prune.theory import BinaryProblem, mle_exists, predict_risk

n, s, p_max = 200, 40, 1000
variances = np.repeat([25.0, 1.0], [s, p_max - s])
noise = 0.01 * variances.sum()


def problem_of_width(p):
    unknown = noise + variances[p:].sum()
    return BinaryProblem(
        variances[:p], np.ones(p), link="probit", noise=np.sqrt(unknown)
    )


# %%
# Theory
# ------
#
# :func:`~sklearn_prune.theory.predict_risk` returns the error rate of a classifier. The
# logistic fits have a small ridge, without which they go to infinity where a plane separates
# the classes, and towards the largest margin. That is possible from so many features on:

separable = next(p for p in range(s, n) if not mle_exists(problem_of_width(p), n))
print(f"{n} samples can be separated by {separable} features")

# %%
# The error rates of models that are dense, pruned to 40 features by their Hessian scores,
# and pruned and retrained on the same samples:

plans = {
    "dense": {},
    "pruned": {"strategy": "hessian", "sparsity": s},
    "pruned, retrained": {"strategy": "hessian", "sparsity": s, "retrain": "same"},
}
losses = {
    "least squares": {"loss": "squared"},
    "logistic": {"loss": "logistic", "alpha": 0.1},
    "largest margin": {"loss": "max_margin"},
}
widths = [40, 60, 80, 100, 140, 200, 300, 500, 1000]
near_the_peak = [180, 190, 195, 199, 201, 205, 210, 220]
grids = {
    "least squares": sorted([*widths, *near_the_peak, 50, 250, 400, 700]),
    "logistic": sorted([*widths, 50, 90]),
    "largest margin": widths[2:],
}


@cache
def error_rate(loss, plan, p):
    return predict_risk(problem_of_width(p), n, **losses[loss], **plans[plan])


curves = {
    (loss, plan): [error_rate(loss, plan, p) for p in grids[loss]]
    for loss in losses
    for plan in plans
    if (loss, plan)
    != ("largest margin", "pruned, retrained")  # nothing left to separate
}

# %%
# Simulation
# ----------
#
# The same models, fitted. Their error rates are exact: they depend on the angle between the
# coefficients and the true ones.

n_datasets = 12
estimators = {
    "least squares": MinNormRegressor(fit_intercept=False),
    "logistic": LogisticRegression(C=10, fit_intercept=False, max_iter=10_000),
}
rng = np.random.RandomState(0)
rows = []
for _ in range(n_datasets):
    X, y = problem_of_width(p_max).sample(n, random_state=rng)
    for p in widths:
        problem = problem_of_width(p)
        for loss, estimator in estimators.items():
            model = PrunedClassifier("hessian", s, estimator=estimator).fit(X[:, :p], y)
            dense = model.estimator_.coef_.ravel()
            coefs = dense, np.where(model.support_, dense, 0), model.coef_[0]
            errors = problem.risk(coefs)
            rows += [
                (loss, plan, p, error)
                for plan, error in zip(plans, errors, strict=True)
            ]
simulated = pd.DataFrame(rows, columns=["loss", "model", "p", "error"])
simulated = simulated.groupby(["loss", "model", "p"])["error"].agg(["mean", "sem"])

# %%
# The figure
# ----------

styles = {
    "least squares": {"color": "#1f4e8c", "ls": "-", "marker": "o"},
    "logistic": {"color": "#d98a1f", "ls": "--", "marker": "s"},
    "largest margin": {"color": "0.45", "ls": ":", "marker": ""},
}
fig, axes = plt.subplots(1, 3, figsize=(11, 4.8), sharey=True, layout="constrained")
for ax, plan in zip(axes, plans, strict=True):
    ax.axhline(curves["least squares", "dense"][0], color="0.7", lw=1)
    for p in separable, n:
        ax.axvline(p, color="0.7", lw=1)
    for loss, style in styles.items():
        if (loss, plan) in curves:
            ax.plot(grids[loss], curves[loss, plan], **style | {"marker": None}, lw=2)
        if loss in estimators:
            result = simulated.loc[loss, plan]
            ax.errorbar(
                result.index,
                result["mean"],
                result["sem"],
                **style | {"ls": "none"},
                markersize=5,
                markeredgecolor="black",
                markeredgewidth=0.7,
                ecolor="black",
                elinewidth=1.2,
                capsize=2,
            )
    ax.set(title=plan, xlabel="features trained on, p", xscale="log")
    ax.set_xticks([40, 100, 200, 400, 1000], [40, 100, 200, 400, 1000])
    ax.minorticks_off()
axes[0].set_ylabel("error rate")
note = {"color": "0.35", "rotation": 90, "ha": "right", "va": "top"}
axes[2].text(n, 0.51, "p = n", **note)
axes[0].text(separable, 0.51, "separable", **note)
axes[2].text(
    1000, 0.301, "40 features, the right ones", color="0.35", ha="right", va="top"
)
fig.legend(
    [
        Line2D([], [], **style | {"markeredgecolor": "black"})
        for style in styles.values()
    ],
    [*styles],
    loc="outside lower center",
    ncols=3,
    handlelength=3.5,
    title=f"lines: theory;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# Theory and simulation in numbers
# --------------------------------

table = simulated.copy()
table["theory"] = [error_rate(*key) for key in simulated.index]
table["off by"] = (table["theory"] - table["mean"]) / table["sem"]
print(table.round(3).unstack("loss").swaplevel(axis=1).sort_index(axis=1).to_string())

# %%
# **Least squares has its peak at p = n**, where its error rate is one half: that of a coin. An
# error rate is bounded, so its mean exists even there, and theory needs no correction for n.
#
# **Logistic regression peaks where the classes become separable**, at 73 features, and mildly.
# Without the ridge its coefficients, and its log-loss, would be infinite from there on. Its
# error rate is close to that of the largest margin then, the dotted line, which is a little
# worse. The more features there are, the less it matters which loss was minimised.
#
# **Large and pruned is no worse than small.** At p = 1000 the pruned models, least squares or
# logistic, do as well as the models that were told the 40 right features, the grey line; the
# dense ones do better.
#
# **Retraining on the same samples hurts**, but for least squares near p = n, as it does with
# squared errors (:ref:`Figure 7 <sphx_glr_auto_examples_linear_plot_fig7_retraining.py>`). The
# features here are independent: see :ref:`the next page
# <sphx_glr_auto_examples_classification_plot_retraining_error_and_log_loss.py>` for correlated
# ones.
