"""
Retrain a pruned model, or distil the large one into it?
========================================================

A dense model is pruned to s of its p features. Their coefficients can be left alone, or
retrained on the labels. A third way needs inputs without labels only: **distillation**
refits the kept features to the *predictions of the dense model*, on the training inputs
and on m others. Which of the three is best? For independent features retraining hurts,
for correlated ones it is crucial, and distillation is the better choice for both.
"""

# %%
# Three problems
# --------------
#
# All have 600 features, of which 100 may stay, and 200 labelled samples, without noise.
#
# - **Independent** Gaussian features, of which 60 have a variance of 25, as in Fig. 3(b) of
#   Chang et al. (AAAI 2021, arXiv:2012.08749), and all have the coefficient 1.
# - **Correlated** Gaussian features, :math:`\Sigma_{ij}=0.95^{|i-j|}`, with random
#   coefficients.
# - **Random features** ReLU(Ra) of 20 inputs, with the label :math:`(v\cdot a)^2`. They are
#   correlated, and not Gaussian. Theory takes the linear Gaussian problem of the same
#   moments for them.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.linalg import toeplitz

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures, curve_style
from sklearn_prune.theory import LinearGaussianProblem, SingleIndexProblem, predict_risk

p, n, s = 600, 200, 100
rng = np.random.RandomState(0)

independent = LinearGaussianProblem(np.repeat([25.0, 1.0], [60, p - 60]), np.ones(p))
correlated = LinearGaussianProblem(
    toeplitz(0.95 ** np.arange(p)), rng.standard_normal(p)
)
model = SingleIndexProblem(np.eye(20)[0], link="square")
R = (
    RandomFeatures(n_components=p, random_state=0)
    .fit(np.zeros((1, 20)))
    .random_weights_.T
)


def random_features(n_rows, rng):
    inputs, y = model.sample(n_rows, rng)
    return np.maximum(inputs @ R.T, 0), y


problems = {
    "independent": (independent, independent.sample),
    "correlated": (correlated, correlated.sample),
    "random features": (model.equivalent(R, activation="relu"), random_features),
}

# %%
# Theory
# ------
#
# :func:`~sklearn_prune.theory.predict_risk` has a formula for each way. For distillation
# it takes the number m of unlabelled rows, which may be infinite. With a diagonal
# covariance all is in closed form; otherwise it is averaged over draws of the dense model.
# Risks are divided by :math:`E y^2`, the risk of predicting 0.

pruning = {"strategy": "hessian", "sparsity": s, "n_draws": 100, "random_state": 0}
plans = {
    "dense": {},
    "pruned only": pruning,
    "retrained": pruning | {"retrain": "same"},
}
n_unlabeled = [10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000]


def distil(m):
    return pruning | {"retrain": "distill", "n_unlabeled": m}


units = {name: problem.risk(np.zeros(p)) for name, (problem, _) in problems.items()}
theory = pd.DataFrame(
    {
        name: {
            key: predict_risk(problem, n, **plan) / units[name]
            for key, plan in plans.items()
        }
        | {
            m: predict_risk(problem, n, **distil(m)) / units[name]
            for m in [*n_unlabeled, np.inf]
        }
        for name, (problem, _) in problems.items()
    }
)

# %%
# Simulation
# ----------
#
# In :class:`~sklearn_prune.PrunedRegressor` it is ``retrain="distill"``, and the unlabelled
# rows are given to ``fit``. Infinitely many of them need no rows at all:
# the refit is the projection :math:`\Sigma_{SS}^{-1}\Sigma_{S:}\hat\beta` of the dense model
# on the kept features. The risk of a fitted model is exact, as its moments are known.

simulated_m = [30, 100, 300, 1000]
n_data_sets = 40
least_norm = MinNormRegressor(fit_intercept=False)


def simulate(problem, draw):
    """Return the risks of dense, pruned, retrained and distilled, of one data set."""
    X, y = draw(n, rng)
    U, _ = draw(max(simulated_m), rng)
    pruned = PrunedRegressor("hessian", sparsity=s, estimator=least_norm).fit(X, y)
    kept, dense = pruned.support_, pruned.estimator_.coef_
    coefs = [dense, dense * kept, pruned.coef_]
    distilled = PrunedRegressor("hessian", s, "distill", estimator=least_norm)
    coefs += [distilled.fit(X, y, X_unlabeled=U[:m]).coef_ for m in simulated_m]
    limit = np.zeros(p)
    covariance = (
        np.diag(problem.covariance) if problem.is_diagonal else problem.covariance
    )
    limit[kept] = np.linalg.solve(
        covariance[np.ix_(kept, kept)], covariance[kept] @ dense
    )
    return problem.risk([*coefs, limit])


index = [*plans, *simulated_m, np.inf]
simulated, std_error = pd.DataFrame(index=index), pd.DataFrame(index=index)
for name, (problem, draw) in problems.items():
    risks = (
        np.array([simulate(problem, draw) for _ in range(n_data_sets)]) / units[name]
    )
    simulated[name] = risks.mean(axis=0)
    std_error[name] = risks.std(axis=0, ddof=1) / np.sqrt(n_data_sets)

# %%
# The figure
# ----------

left, right = 4, 25_000  # where the axis has m = 0 and m = inf
styles = {
    "pruned only": curve_style("pruned"),
    "retrained": curve_style("retrained"),
    "dense": curve_style("dense"),
}
distilled = curve_style("distilled")["color"]
fig, axes = plt.subplots(1, 3, figsize=(10, 4.6), layout="constrained")
for ax, name in zip(axes, problems, strict=True):
    for kind, style in styles.items():
        line = style | {"marker": "", "label": f"{kind}: theory"}
        ax.plot([left, right], [theory[name][kind]] * 2, **line)
        ax.errorbar(
            left,
            simulated[name][kind],
            std_error[name][kind],
            **style | {"linestyle": "none"},
            markerfacecolor="white",
            capsize=2,
            label=f"{kind}: simulation",
        )
    label = "distilled: theory"
    ax.plot(n_unlabeled, theory[name][n_unlabeled], "-", color=distilled, label=label)
    ax.plot(
        right,
        theory[name][np.inf],
        "_",
        color=distilled,
        markersize=16,
        markeredgewidth=1.5,
    )
    ax.errorbar(
        [*simulated_m, right],
        simulated[name][[*simulated_m, np.inf]],
        std_error[name][[*simulated_m, np.inf]],
        fmt="o",
        color=distilled,
        capsize=2,
        label="distilled: simulation",
    )
    ax.set_title(name)
    ax.set_xscale("log")
    ticks = [left, 10, 100, 1000, 10_000, right]
    ax.set_xticks(ticks, ["0", "10", "100", "1000", "", r"$\infty$"])
    ax.set_xticks([], minor=True)
    ax.set_ylim(0, 1.15 * max(theory[name].max(), simulated[name].max()))
    ax.set_xlabel("unlabelled rows, m")
axes[0].set_ylabel(r"risk / E y$^2$")
fig.legend(
    *axes[0].get_legend_handles_labels(),
    loc="outside upper center",
    ncols=4,
    title=f"bars: one standard error of {n_data_sets} data sets",
)
plt.show()

# %%
# What to see
# -----------
#
# **Independent features.** Retraining hurts. Each coefficient of the dense model estimates
# its own feature, with the error of a fit to all 600. Pruning leaves the estimates of the
# kept ones as they are. Retraining throws them away for those of a fit of 100 features to
# 200 labels, in which all that the other 500 contribute to y is noise.
#
# **Correlated features.** Retraining is crucial. Coefficients of correlated features are
# good as a whole only: what one gets wrong, its neighbours make up for. Without the
# neighbours the kept ones must be adjusted, and even 200 labels do that better than nobody.
#
# **Distillation** adjusts the kept features to the predictions of the dense model, of which
# there can be any number. So the noise of a refit to few rows goes away with m. It starts
# from retraining: on the training rows alone a dense model that interpolates predicts the
# labels. It ends in the projection of the dense model on the kept features. If features are
# independent that *is* pruning without retraining, as the first panel shows: there is
# nothing to adjust. If they are correlated it is much better than either. And some five
# unlabelled rows for each labelled one, here 1000, are nearly as good as infinitely many.
#
# The random features show the same as the correlated Gaussian ones. Theory is low there by
# up to 5 %, as functions of 20 inputs are not quite Gaussian. Elsewhere it is within 3 %.

table = pd.concat(
    {
        name: pd.DataFrame(
            {
                "theory": theory[name].reindex(index),
                "mean": simulated[name],
                "+-": std_error[name],
            }
        )
        for name in problems
    },
    axis=1,
)
short = {"pruned only": "pruned", "random features": "random"}
print(table.dropna().round(3).rename(index=short, columns=short).to_string())

# %%
# One caution: a pupil is taught what its teacher knows. These labels have no noise, and all
# features count. Where few features count, as in the following variant of the correlated
# problem, the pruned model that is retrained on labels can be better than the dense one,
# and distillation gives that advantage away.

few = LinearGaussianProblem(
    correlated.covariance, correlated.coef * (np.arange(p) < 60)
)
for key, plan in (plans | {"distilled, m = inf": distil(np.inf)}).items():
    print(f"{key:20} {predict_risk(few, n, **plan) / few.risk(np.zeros(p)):.3f}")
