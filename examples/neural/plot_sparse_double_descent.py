r"""
Sparse double descent: pruning that first harms, then helps
===========================================================

A net that is large enough fits all of its training labels, wrong ones included. Pruned, it fits
them for a while, with less and less room to spare, and its test error *rises*. With still fewer
weights it can no longer fit what is wrong, and the error *falls*, before too little is left
to fit anything. He et al. (ICML 2022, arXiv:2206.08684) call this sparse double descent. This
page shows it for nets, and beside them for least squares, where theory says what to expect.
"""

# %%
# Nets
# ----
#
# Nets with one hidden layer learn the digits of scikit-learn (width 256, 19,210 weights,
# 1,437 images, 200 epochs) and 2,000 images of MNIST (width 128, 101,770 weights, 80 epochs). A
# fifth or two fifths of the training labels, or none, are replaced by a wrong digit; those of
# the test images are left as they are. Each net is pruned by magnitude to a share of its weights
# and retrained from its first ones, for as many epochs again. The commands were
#
# .. code-block:: console
#
#    $ python -m sklearn_prune.neural two-layer --data digits --widths 256 \
#          --sparsities 1 .5 .3 .2 .15 .1 .07 .05 .03 .02 .01 .005 .002 \
#          --label-noise 0 .2 .4 --seeds 0 1 2 --methods magnitude \
#          --epochs 200 --retrain-epochs 200 --learning-rate 0.01
#    $ python -m sklearn_prune.neural two-layer --n-train 2000 --widths 128 \
#          --sparsities 1 .5 .3 .2 .1 .07 .05 .03 .02 .01 .005 .002 .001 \
#          --label-noise 0 .2 .4 --seeds 0 1 2 --methods magnitude \
#          --epochs 80 --retrain-epochs 80 --learning-rate 0.005
#
# and take minutes of one core each. Their tables come with the package. Of the digits, with the
# errors on the labels that were learnt, wrong ones included, below:

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from sklearn.frozen import FrozenEstimator

from sklearn_prune import MinNormRegressor, PrunedRegressor, curve_style
from sklearn_prune.datasets import width_study
from sklearn_prune.neural import plot_study
from sklearn_prune.theory import (
    LinearGaussianProblem,
    SingleIndexProblem,
    predict_risk,
)

digits = width_study("digits_two_layer_sparsities")
figure = plot_study(digits)

# %%
# Theory
# ------
#
# The same can be computed for least squares of minimum norm, from n = 100 samples with
# p = 400 features. The dense model fits all labels. Its s largest coefficients are kept and
# fitted again to the same samples, which they can fit for s from n on. Label noise is a share
# of the variance of the labels here, and the error is the squared one against labels without
# noise, in units of their variance.
#
# - *Linear*: ten features matter, and their variance is nine times that of the others, which
#   are almost irrelevant. With independent features the theory is in closed form.
# - *Random features*: ReLU(Wx) of 40 inputs, and a label that is linear in x. The theory is
#   that of the linear Gaussian problem with the same moments, averaged over ten draws of
#   the dense model.

n, p, n_data_sets = 100, 400, 10
noises = [0.0, 0.2, 0.4]
plan = {"strategy": "magnitude", "retrain": "same", "finite_n": True}

matter = np.arange(p) < 10
variances = np.where(matter, 9.0, 1.0)
coef = np.where(matter, 1.0, 0.1)
coef /= np.sqrt(variances @ coef**2)
layer = np.random.default_rng(0).standard_normal((p, 40))


def noise_variance(share):
    """Return the variance of noise that is a share of the variance of the labels."""
    return share / (1 - share)


def linear(share):
    """Return the problem, and a function that draws from it."""
    problem = LinearGaussianProblem(variances, coef, noise_variance(share))
    return problem, lambda rng: problem.sample(n, random_state=rng)


def random_features(share):
    """Return the equivalent problem, and a function that draws features and labels."""
    inputs = SingleIndexProblem(np.eye(40)[0], "linear", noise_variance(share))

    def draw(rng):
        X, y = inputs.sample(n, random_state=rng)
        return np.maximum(X @ layer.T, 0), y

    return inputs.equivalent(layer, "relu"), draw


# %%
# At s = n the error is infinite, which curves leave out, and so do the simulations.

kept = [4, 8, 12, 20, 30, 45, 65, 80, 90, 95, n, 105, 110, 120, 140, 180, 250]
simulated_sizes = [4, 8, 20, 45, 80, 90, 110, 120, 180, 400]


def predict(problem, share):
    """Return the error of theory by the number of features kept."""
    dense = predict_risk(problem, n, finite_n=True)
    pruned = predict_risk(problem, n, sparsity=kept, n_draws=10, random_state=0, **plan)
    return pd.Series([*pruned, dense], [*kept, p]) - noise_variance(share)


def simulate(problem, draw, share):
    """Return mean and standard error of the same over data sets."""
    rng, least_norm = np.random.RandomState(0), MinNormRegressor(fit_intercept=False)
    risks = []
    for _ in range(n_data_sets):
        X, y = draw(rng)
        frozen = FrozenEstimator(least_norm.fit(X, y))
        models = [
            PrunedRegressor("magnitude", s, estimator=frozen, retrain=least_norm)
            for s in simulated_sizes
        ]
        risks.append(problem.risk([model.fit(X, y).coef_ for model in models]))
    risks = pd.DataFrame(risks, columns=simulated_sizes) - noise_variance(share)
    return risks.agg(["mean", "sem"])


theory, simulated = {}, {}
for name, make in {"linear": linear, "random features": random_features}.items():
    for share in noises:
        problem, draw = make(share)
        theory[name, share] = predict(problem, share)
        simulated[name, share] = simulate(problem, draw, share)

# %%
# Nets and theory
# ---------------
#
# A ring is around the smallest net that still fits its training labels, up to one in a hundred,
# and the dotted line is where least squares stops to fit its labels, s = n.

styles = dict(
    zip(noises, map(curve_style, ["magnitude", "hessian", "obs"]), strict=True)
)
nets = {
    "nets, digits": digits,
    "nets, 2,000 images of MNIST": width_study("mnist_two_layer_sparsities"),
}


def scale(ax, shares, errors):
    """Make both axes logarithmic, labelled here, with the most kept on the left."""
    ax.set(xscale="log", yscale="log", xlabel="share kept")
    ax.set_xticks(shares, shares)
    ax.set_yticks(errors, errors)
    ax.set_ylim(errors[0], errors[-1])
    ax.minorticks_off()
    ax.xaxis.set_inverted(True)


ring = {"marker": "o", "markersize": 13, "markerfacecolor": "none"}
summary = {}
fig, axes = plt.subplots(2, 2, figsize=(9, 7.5), layout="constrained")
for ax, (name, path) in zip(axes[:, 0], nets.items(), strict=True):
    table = pd.read_csv(path)
    table["share"] = table["n_kept"] / table["n_weights"]
    for share, rows in table.groupby("label_noise"):
        seeds, color = rows.groupby("share"), styles[share]["color"]
        errors = summary[name, share] = seeds["test_error"].mean()
        ax.plot(errors, **styles[share])
        spread = seeds["test_error"].agg(["min", "max"])
        ax.fill_between(
            errors.index, spread["min"], spread["max"], color=color, alpha=0.2, lw=0
        )
        fits = errors.index[seeds["train_error"].mean() < 0.01].min()
        ax.plot(fits, errors[fits], color=color, **ring)
    ax.set(title=name, ylabel="error rate on test images")
    scale(ax, [1, 0.1, 0.01, 0.001], [0.05, 0.1, 0.2, 0.5, 1])
for ax, name in zip(axes[:, 1], ["linear", "random features"], strict=True):
    for share, style in styles.items():
        curve = theory[name, share]
        summary[name, share] = curve.set_axis(curve.index / p)
        ax.plot(summary[name, share], **style | {"marker": ""})
        mean, sem = simulated[name, share].to_numpy()
        marks = style | {"linestyle": "", "capsize": 2, "markersize": 5}
        ax.errorbar(np.array(simulated_sizes) / p, mean, sem, **marks)
    ax.axvline(n / p, color="0.5", ls=":", lw=1, zorder=0)
    title = f"least squares, {name}"
    ax.set(title=title, ylabel="squared error, labels without noise")
    scale(ax, [1, 0.3, 0.1, 0.03, 0.01], [0.05, 0.1, 0.2, 0.5, 1, 2, 5])
fig.legend(
    [Line2D([], [], **style) for style in styles.values()],
    [f"{share:.0%} label noise" if share else "no label noise" for share in noises],
    loc="outside lower center",
    ncols=3,
    handlelength=4,
    title="left: means and ranges of 3 seeds;  "
    f"right: theory, and markers of {n_data_sets} data sets with standard errors",
)
plt.show()

# %%
# In numbers, of the noisy labels: the error of the dense model; the peak, which is the error
# that falls most with fewer weights; and the least error beyond it.


def turns(errors):
    """Return what a curve goes through as weights are taken away."""
    peak = (errors - errors.cummin()).idxmax()
    beyond = errors[errors.index < peak]
    return {
        "dense": errors[1.0],
        "peak": errors[peak],
        "peak at": peak,
        "beyond": beyond.min(),
        "beyond at": beyond.idxmin(),
    }


table = pd.DataFrame({key: turns(summary[key]) for key in summary if key[1]})
print(table.T.round(3).to_string())

# %%
# By how many percent the simulation is above the theory, by the number of features kept:

off = {key: 100 * (simulated[key].loc["mean"] / theory[key] - 1) for key in theory}
print(pd.DataFrame(off).T[simulated_sizes].round().astype(int).to_string())

# %%
# What to see
# -----------
#
# **Nets.** With wrong labels the error rises as weights are taken away, for as long as what is
# left can fit the labels, and falls once it cannot. The peak is at the edge. With 20 % noise it
# is at 1,921 weights for the 1,437 digits and at 2,035 for the 2,000 images of MNIST: 1.3
# and 1.0 weights an image; with 40 % it is at 1.3 and 1.5. Beyond it the nets leave some of
# the wrong labels unlearnt, and are the better for it: with 40 % noise the best pruned
# nets, of 3 % of the weights (digits) and half a percent (MNIST), make 26 and 34 % errors, the
# dense ones 38 and 41 %. With 20 % noise they are as good as the dense ones on the digits, and
# worse on MNIST. With right labels alone there is no peak: the error rises slowly at first, and
# then fast.
#
# **Theory.** Least squares has its peak at s = n, one weight a sample, where its error is
# infinite. On both sides of it theory knows the error, and which side is best depends on the
# problem. If few features matter and the noise is moderate, magnitudes find them, and the
# best model is a pruned one: 0.15 at 20 % noise, where the dense model has 0.22. With 40 % the
# coefficients are too noisy to tell which to keep, 0.54 against 0.38. Of random features none
# matters more than others, and the dense model is best at every noise. Here the peak needs no
# label noise: the features that are pruned leave some of the label unexplained, and act as noise.
#
# Means of ten data sets have standard errors of about 5 %, and of 10 to 40 % next to the peak.
# The linear theory is off by hardly more than these. That of random features is so, too, away
# from the peak; near it, where there is noise, it is too low, by up to two fifths.
