"""
Retraining helps the labels, and hurts the probabilities
========================================================

A logistic model is pruned, and the features that are kept are retrained on the same samples.
Where features are correlated that gives better labels. With a small ridge it also gives worse
probabilities: the model is too sure of itself. We see how much that is, by theory and by
simulation, where it comes from, and what helps.
"""

# %%
# Correlated features
# -------------------
#
# 300 samples of 300 features whose correlation falls off as :math:`0.8^{|i-j|}`, of which 60
# may stay. The log-odds of the label are a linear function of the features, and have standard
# deviation 3. The dense model is ``LogisticRegression(C=1)``.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from scipy.linalg import toeplitz
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from sklearn_prune import PrunedClassifier, curve_style
from sklearn_prune.theory import BinaryProblem, predict_risk

n, p, s = 300, 300, 60
rng = np.random.RandomState(0)
covariance = toeplitz(0.8 ** np.arange(p))
direction = rng.standard_normal(p)
direction *= 3 / np.sqrt(direction @ covariance @ direction)
problem = BinaryProblem(covariance, direction, link="logistic")

# %%
# Theory
# ------
#
# :func:`~sklearn_prune.theory.predict_risk` knows the error rate and the log-loss of the pruned
# model, and of its refits with any ridge: to the *same* samples, which is what happens in
# practice, or to *fresh* ones, which had no say in the choice of the features.

penalties = [0.1, 0.3, 1, 5, 20, 100]
metrics = {"error rate": "zero_one", "log-loss": "log_loss"}
pruning = {
    "strategy": "magnitude",
    "sparsity": s,
    "loss": "logistic",
    "alpha": 1.0,
    "n_draws": 20,
    "random_state": 0,
}


def risk(metric, **refit):
    return predict_risk(problem, n, metric=metrics[metric], **pruning, **refit)


theory = {
    (metric, retrain): [
        risk(metric, retrain=retrain, retrain_alpha=alpha) for alpha in penalties
    ]
    for metric in metrics
    for retrain in ["same", "fresh"]
}
not_retrained = {metric: risk(metric) for metric in metrics}

# %%
# Simulation
# ----------
#
# The errors of fitted models are exact. One more model is the refit to the same samples with all
# coefficients multiplied by the number that makes the log-loss least. This changes no label,
# and is what a calibration on many other samples would do.

n_datasets = 12
factors = np.geomspace(0.02, 2, 60)


def refit(alpha, X, y):
    return (
        LogisticRegression(C=1 / alpha, fit_intercept=False, max_iter=10_000)
        .fit(X, y)
        .coef_[0]
    )


rows = []
for _ in range(n_datasets):
    (X, y), (X_fresh, y_fresh) = (problem.sample(n, random_state=rng) for _ in range(2))
    dense = LogisticRegression(C=1, fit_intercept=False, max_iter=10_000).fit(X, y)
    model = PrunedClassifier(
        "magnitude", s, retrain=False, estimator=FrozenEstimator(dense)
    )
    kept = model.fit(X, y).support_
    fits = {("not", 1): model.coef_[0]}
    for alpha in penalties:
        for name, data in {"same": (X, y), "fresh": (X_fresh, y_fresh)}.items():
            fits[name, alpha] = np.zeros(p)
            fits[name, alpha][kept] = refit(alpha, data[0][:, kept], data[1])
        scaled = problem.risk(np.outer(factors, fits["same", alpha]), metric="log_loss")
        rows.append(("log-loss", "rescaled", alpha, scaled.min()))
    for metric, name in metrics.items():
        errors = problem.risk(list(fits.values()), metric=name)
        rows += [(metric, *key, error) for key, error in zip(fits, errors, strict=True)]
simulated = pd.DataFrame(rows, columns=["metric", "refit", "alpha", "error"])
simulated = simulated.groupby(["metric", "refit", "alpha"])["error"].agg(
    ["mean", "sem"]
)

# %%
# The figure
# ----------

styles = {
    "same": curve_style("retrained"),
    "fresh": curve_style("fresh"),
    "not": curve_style("pruned"),
    "rescaled": curve_style("pruned") | {"linestyle": "", "marker": "D"},
}
fig, axes = plt.subplots(1, 2, figsize=(9, 4.8), layout="constrained")
for ax, metric in zip(axes, metrics, strict=True):
    for name, style in styles.items():
        if name == "not":
            ax.axhline(not_retrained[metric], **style | {"marker": None}, lw=2)
        elif (metric, name) in theory:
            ax.plot(penalties, theory[metric, name], **style | {"marker": None}, lw=2)
        if (metric, name) not in simulated.index:  # rescaling changes no label
            continue
        result = simulated.loc[metric, name]
        ax.errorbar(
            result.index,
            result["mean"],
            result["sem"],
            **style | {"linestyle": "none"},
            markersize=5,
            ecolor="black",
            elinewidth=1.2,
            capsize=2,
        )
    ax.set(title=metric, xscale="log", xlabel="ridge penalty of the refit, 1/C")
axes[1].axhline(np.log(2), color="0.7", lw=1)
axes[1].text(100, np.log(2), "knowing nothing", color="0.35", ha="right", va="bottom")
fig.legend(
    [Line2D([], [], **style) for style in styles.values()],
    [
        "retrained on the same samples",
        "on fresh samples",
        "not retrained",
        "the same, rescaled",
    ],
    loc="outside lower center",
    ncols=4,
    title=f"lines: theory;  markers: {n_datasets} data sets, mean and standard error",
)
plt.show()

# %%
# In numbers:

print(simulated["mean"].unstack("alpha").round(3).to_string(na_rep=""))

# %%
# **The labels.** Retraining is worth half a per cent to three, and with any ridge: what a
# dense coefficient gets wrong its neighbours make up for, and after pruning they are gone. On
# the same samples it is as good as on fresh ones.
#
# **The probabilities.** With a ridge of 0.1 the log-loss of the refit to the same samples is
# about 1.7, that of fresh samples 0.7, and a model that knows nothing has 0.69. A feature was
# kept because it does well on *these* samples, where 60 of 300 can be chosen to tell the classes
# apart nearly without error. So the refit to them has large coefficients, and believes what it
# should not. The dense model, with more features than it needs, has the same fault.
#
# **What helps.** A larger ridge in the refit, of 10 to 100 here, which is ``retrain_alphas`` of
# :class:`~sklearn_prune.PrunedClassifierCV` with ``scoring="neg_log_loss"``. Or a calibration
# on rows that the fit has not seen, :class:`~sklearn.calibration.CalibratedClassifierCV`: with
# the right factor even the worst of these models has a log-loss of less than 0.6.
