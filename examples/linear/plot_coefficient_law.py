r"""
The law of the coefficients, and which of them survive
======================================================

All that the theory of pruning says starts with one theorem: it gives the distribution of
the coefficients of the dense model, one by one. Theorem 1 of Chang, Li, Oymak and
Thrampoulidis (`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__) says that coefficient i is
Gaussian, as if it were alone: shrunk to :math:`(1-\zeta_i)\beta_i`, with a noise of
variance :math:`\frac{\gamma}{n}\frac{(1-\zeta_i)^2}{\lambda_i}`. Here we check the
distribution itself, and then what pruning makes of it: the set of features that are kept.
"""

# %%
# Three problems
# --------------
#
# - (a) and (b) of :ref:`Figure 3
#   <sphx_glr_auto_examples_linear_plot_fig3_linear_pruning.py>`: the first s features have
#   larger coefficients (a) or a larger variance (b).
# - (c) Neighbouring features are correlated, :math:`\Sigma_{ij}=0.8^{|i-j|}`, the
#   coefficients differ, and there is noise. For correlated features, the theorem is proved
#   by Han and Xu (`JMLR 2026 <https://arxiv.org/abs/2307.02044>`__).
#
# :class:`~sklearn_prune.theory.DistributionalCharacterization` has the means and the
# variances.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.linalg import toeplitz
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import ks_1samp, norm

from sklearn_prune import MinNormRegressor, curve_style
from sklearn_prune.theory import DistributionalCharacterization, LinearGaussianProblem

p, n, s = 1000, 300, 100
spike = np.repeat([25.0, 1.0], [s, p - s])
problem_b = LinearGaussianProblem(spike, np.ones(p))
problems = {
    "(a) strong coefficients": LinearGaussianProblem(np.ones(p), np.sqrt(spike)),
    "(b) large variances": problem_b,
    "(c) correlated": LinearGaussianProblem(
        toeplitz(0.8 ** np.arange(p)), np.random.RandomState(1).laplace(size=p), 300.0
    ),
}

# %%
# The distribution
# ----------------
#
# Twenty data sets, twenty fits of all p features, each of them interpolating its data. A
# coefficient minus its mean, divided by its standard deviation, should be standard
# normal. The Kolmogorov distance is the largest difference between the distribution
# function of all coefficients of a fit and that of the theorem.

n_datasets = 20
rng = np.random.RandomState(0)
laws, fitted, rows = {}, {}, []
for name, problem in problems.items():
    laws[name] = law = DistributionalCharacterization(problem, n)
    fits = []
    for _ in range(n_datasets):
        X, y = problem.sample(n, random_state=rng)
        fits.append(MinNormRegressor(fit_intercept=False).fit(X, y).coef_)
    fitted[name] = np.array(fits)
    standard = (fitted[name] - law.mean_) / np.sqrt(law.variance_)
    distances = [ks_1samp(one, norm.cdf).statistic for one in standard]
    rows.append(
        {
            "problem": name,
            "Kolmogorov distance, mean": np.mean(distances),
            "sem": np.std(distances, ddof=1) / np.sqrt(n_datasets),
            "largest": np.max(distances),
            "of all together": ks_1samp(standard.ravel(), norm.cdf).statistic,
        }
    )
print(pd.DataFrame(rows).set_index("problem").round(4).to_string())
independent = [
    ks_1samp(rng.standard_normal(p), norm.cdf).statistic for _ in range(2000)
]
print(f"p independent normal numbers: {np.mean(independent):.4f} on average,", end=" ")
print(f"{np.quantile(independent, 0.95):.4f} in the worst case of twenty")

# %%
# On average, a fit is about as far from the theorem as independent normal numbers, as
# near as p numbers can come. The worst fits are further off than chance would allow if
# the coefficients of a fit were independent. They share their data set: if it is an
# unlucky one, all of them scatter a bit more.

# %%
# The picture of it
# -----------------
#
# The law of a coefficient drawn at random is a mixture of Gaussians. In (c), where no
# two coefficients have the same law, we compare quantiles.

fig, axes = plt.subplots(1, 3, figsize=(11, 4.4), layout="constrained")
for ax, name in zip(axes, list(problems)[:2], strict=False):
    coefs, law = fitted[name], laws[name]
    bins = np.linspace(*np.quantile(coefs, [0.0005, 0.9995]), 42)
    counts = np.array([np.histogram(one, bins)[0] for one in coefs]) / (
        p * np.diff(bins)
    )
    centres = (bins[1:] + bins[:-1]) / 2
    ax.stairs(
        counts.mean(axis=0),
        bins,
        fill=True,
        color="0.88",
        label="histogram of the fits",
    )
    ax.errorbar(
        centres,
        counts.mean(axis=0),
        counts.std(axis=0, ddof=1) / np.sqrt(n_datasets),
        fmt=".",
        color="0.35",
        markersize=4,
        elinewidth=1.2,
        label="its standard error",
    )
    x = np.linspace(bins[0], bins[-1], 300)
    parts = {
        "the first s": (slice(None, s), "#b0304a", "--"),
        "others": (slice(s, None), "k", ":"),
    }
    for part, (where, color, ls) in parts.items():
        weight = len(law.mean_[where]) / p
        density = norm.pdf(x, law.mean_[where][0], np.sqrt(law.variance_[where][0]))
        ax.plot(
            x, weight * density, color=color, ls=ls, lw=1.8, label=f"theory: {part}"
        )
    total = norm.pdf(x[:, np.newaxis], law.mean_, np.sqrt(law.variance_)).mean(axis=1)
    ax.plot(x, total, color="#1f4e8c", lw=1.8, label="theory: all", zorder=1.9)
    ax.set(title=name, xlabel="coefficient", ylabel="density", xlim=(bins[0], bins[-1]))

name = "(c) correlated"
standard = (fitted[name] - laws[name].mean_) / np.sqrt(laws[name].variance_)
levels = (np.arange(p) + 0.5) / p
shown = np.r_[2, 12 : p - 12 : 25, p - 3]
quantiles = np.sort(standard, axis=1)[:, shown]
low, high = np.quantile(quantiles, [0.05, 0.95], axis=0)
x = norm.ppf(levels[shown])
axes[2].plot([-3.2, 3.2], [-3.2, 3.2], color="#1f4e8c", lw=1.8)
axes[2].errorbar(
    x,
    quantiles.mean(axis=0),
    [quantiles.mean(axis=0) - low, high - quantiles.mean(axis=0)],
    fmt=".",
    color="0.35",
    markersize=4,
    elinewidth=1.2,
    label="quantiles of the fits:\nmean, and from 5 to 95 %",
)
axes[2].set(title=name, xlabel="normal quantile", ylabel="standardised coefficient")
axes[2].legend(loc="upper left", frameon=False)
axes[2].set_ylim(-4, 5)
fig.legend(
    *axes[0].get_legend_handles_labels(),
    loc="outside lower center",
    ncols=5,
    title=f"{n_datasets} fits of p = {p} features to n = {n} rows",
)
plt.show()

# %%
# **The middle panel shows why magnitude fails in (b).** All true coefficients are 1. The
# fit reduces those of the small features to 0.24, with a standard deviation of 0.42. But
# there are nine times as many of these, and their right tail reaches over the first s.
# A cut by absolute value keeps many of them.

# %%
# Which features are kept?
# ------------------------
#
# If a coefficient is Gaussian, its chance to survive is known. With the score
# :math:`w_i|\hat\beta_i|` a threshold t keeps it with probability
# :math:`P_i = P(w_i|\hat\beta_i|\ge t)`, and t is where these add up to s. Then the
# share of the s best features among those that are kept is
# :math:`\frac1s\sum_{i\le s}P_i`. And two independent data sets agree on a share of
# :math:`\frac1s\sum_iP_i^2` of their choice.
#
# We compute both in problem (b) for models of the first k features, and compare with
# pairs of independent data sets.


def overlap_theory(k, score):
    law = DistributionalCharacterization(problem_b.restrict(np.arange(k)), n)
    weight = np.sqrt(spike[:k]) if score == "hessian" else np.ones(k)
    mean, sd = weight * law.mean_, weight * np.sqrt(law.variance_)

    def survival(t):
        return ndtr((-t - mean) / sd) + ndtr((-t + mean) / sd)

    t = brentq(lambda t: survival(t).sum() - s, 0, np.abs(mean).max() + 40 * sd.max())
    P = survival(t)
    return P[:s].sum() / s, (P**2).sum() / s


def kept(X, y, k, score):
    coef = MinNormRegressor(fit_intercept=False).fit(X[:, :k], y).coef_
    weight = np.sqrt(np.mean(X[:, :k] ** 2, axis=0)) if score == "hessian" else 1
    return set(np.argsort(-weight * np.abs(coef))[:s])


widths = [110, 150, 200, 260, 340, 400, 500, 600, 800, 1000]
first_s = set(range(s))
rows = []
for _ in range(n_datasets // 2):
    pair = [problem_b.sample(n, random_state=rng) for _ in range(2)]
    for k in widths:
        for score in ["magnitude", "hessian"]:
            one, two = (kept(X, y, k, score) for X, y in pair)
            right = (len(one & first_s) + len(two & first_s)) / (2 * s)
            rows.append((score, k, right, len(one & two) / s))
overlaps = pd.DataFrame(rows, columns=["score", "k", "right", "agreed"])
overlaps = overlaps.groupby(["score", "k"]).agg(["mean", "sem"])

grid = np.r_[102, 110 : n - 8 : 10, n - 4, n - 1, n + 1, n + 4, n + 12 : p : 16, p]
fig, axes = plt.subplots(1, 2, figsize=(9, 4.6), sharey=True, layout="constrained")
styles = {
    "magnitude": curve_style("magnitude"),
    "hessian": curve_style("hessian"),
}
titles = [
    "kept features that are among the s best",
    "kept features that another data set keeps",
]
for score, style in styles.items():
    curves = np.transpose([overlap_theory(k, score) for k in grid])
    for ax, share, curve, title in zip(
        axes, ["right", "agreed"], curves, titles, strict=True
    ):
        ax.plot(
            grid / p,
            curve,
            **style | {"marker": None},
            lw=1.8,
            label=f"{score}: theory",
        )
        ax.errorbar(
            overlaps.loc[score].index / p,
            overlaps.loc[score][share, "mean"],
            overlaps.loc[score][share, "sem"],
            **style | {"linestyle": "none"},
            markersize=5,
            markeredgecolor="black",
            markeredgewidth=0.7,
            ecolor="black",
            capsize=2,
            label="mean and standard error",
        )
        ax.set(title=title, xlabel="features trained on, k / p", ylim=(0, 1.02))
axes[0].set_ylabel("share of s")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

table = overlaps.loc[:, [110, 200, 260, 340, 500, 1000], :].copy()
predicted = np.transpose([overlap_theory(k, score) for score, k in table.index])
for share, values in zip(["right", "agreed"], predicted, strict=True):
    table[share, "theory"] = values
    difference = (table[share, "mean"] - values) / table[share, "sem"]
    table[share, "difference"] = difference.round(1)
order = [
    (a, b) for a in ["right", "agreed"] for b in ["theory", "mean", "sem", "difference"]
]
print(table[order].round(3).to_string())

# %%
# **Hessian scores** know hardly more than a guess at the peak, k = n: a guess would find
# s/k of the best features, one third. Beyond the peak they find them again, nearly all of
# them at k = p, where pruning works best.
#
# **Magnitude is much worse than a guess** around the peak. There all coefficients are
# noise, that of feature i is of the order :math:`1/\sqrt{\lambda_i}`, and so the
# features of large variance have the smallest coefficients and are the first to go. Two
# data sets still agree on what to keep, better than two rankings by Hessian scores do:
# agreement is no sign of being right.
