"""
Can the theory be trusted on real data?
=======================================

The theory of this package is one of Gaussian features with known moments. Images of
handwritten digits are not Gaussian, and their moments must be estimated. Here the predicted
risk is put beside two measurements, the cross-validated and the leave-one-out error: for
one feature map with which it agrees, and for another where it is wrong by orders of
magnitude. The leave-one-out error of a single training set tells the two apart.
"""

# %%
# Two maps of the same images
# ---------------------------
#
# Is the digit odd (+1) or even (-1)? A model is trained on n = 100 images, with random
# features of the pixels. The one map is tanh(Wx) with small weights, the other
# ReLU(Wx) with larger ones. The models have an intercept and are of least norm.
#
# :class:`~sklearn_prune.theory.SampleProblem` takes all 1797 images for the population and
# turns them, through a feature map, into the linear Gaussian problem with the same second
# moments.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import ShuffleSplit

from sklearn_prune import MinNormRegressor, RandomFeatures
from sklearn_prune.theory import LinearGaussianProblem, SampleProblem, predict_risk

images, digit = load_digits(return_X_y=True)
images = images / 8 - 1
y = np.where(digit % 2 == 1, 1.0, -1.0)
population = SampleProblem(images, y)

widths = [10, 20, 40, 60, 80, 125, 160, 220, 350]
maps = {
    "tanh": {"activation": "tanh", "scale": 0.25},
    "ReLU": {"activation": "relu", "scale": 1.0},
}


def feature_map(name, p):
    return RandomFeatures(p, **maps[name], random_state=0).fit(images).transform


# %%
# Leave-one-out in closed form
# ----------------------------
#
# There is no need for n more fits. With :math:`K` the matrix of inner products of the
# centred features, a small ridge :math:`\varepsilon`, and any :math:`\tau>0`,
#
# .. math::
#
#    M = \bigl(K + \tfrac{\tau}{n}11' + \varepsilon I\bigr)^{-1}
#        - \frac{11'}{n(\tau + \varepsilon)},
#
# the error at image i of the model that is fitted to the others is :math:`(My)_i/M_{ii}`.
# The limit of no ridge is least norm, or least squares if there are fewer features than
# images. We take a penalty so small that it makes no difference, and check it against a fit.


def leave_one_out(F, y):
    """Return the errors of the least-norm model with intercept at each row left out."""
    n = len(y)
    centred = F - F.mean(axis=0)
    K = centred @ centred.T
    tau = np.trace(K) / n
    ridge = 1e-9 * tau
    M = np.linalg.inv(K + tau / n + ridge * np.eye(n)) - 1 / (n * (tau + ridge))
    return M @ y / np.diag(M)


for p in [40, 220]:
    F = feature_map("tanh", p)(images[:100])
    model = MinNormRegressor().fit(F[1:], y[1:100])
    slow, fast = y[0] - model.predict(F[:1])[0], leave_one_out(F, y[:100])[0]
    print(f"p = {p:3}: error at the first image {slow:.5f}, in closed form {fast:.5f}")

# %%
# Three answers for each width
# ----------------------------
#
# The cross-validation draws 40 training sets of 100 images and tests on all the others.
# The leave-one-out error sees the 100 images alone.

n = 100


def cross_validate(F, n_train, estimator):
    """Return cross-validated and leave-one-out errors, one for each training set."""
    cv = ShuffleSplit(
        n_splits=40, train_size=n_train, test_size=len(y) - n_train, random_state=0
    )
    errors = []
    for train, test in cv.split(F):
        predicted = estimator.fit(F[train], y[train]).predict(F[test])
        left_out = np.mean(leave_one_out(F[train], y[train]) ** 2)
        errors.append([mean_squared_error(y[test], predicted), left_out])
    return np.transpose(errors)


rows = []
for name in maps:
    for p in widths:
        phi = feature_map(name, p)
        theory = predict_risk(population.equivalent(phi), n, fit_intercept=True)
        validated, left_out = cross_validate(phi(images), n, MinNormRegressor())
        rows.append([name, p, theory, validated, left_out])
results = pd.DataFrame(
    rows, columns=["map", "p", "theory", "cross-validated", "leave-one-out"]
)
results = results.set_index(["map", "p"])

# %%
# The figure
# ----------
#
# Both axes are logarithmic. Markers are medians of the 40 training sets, and the bars reach
# from the 10 % to the 90 % quantile.

fig, axes = plt.subplots(
    1, 2, figsize=(9, 4.8), sharex=True, sharey=True, layout="constrained"
)
styles = {
    "cross-validated": ("tab:red", "s", 0.97),
    "leave-one-out": ("black", "o", 1.03),
}
for ax, name in zip(axes, maps, strict=True):
    table = results.loc[name]
    below = table.index < n
    for part in [below, ~below]:
        ax.plot(
            table["theory"][part], color="navy", label="theory" if part[0] else None
        )
    for kind, (color, marker, shift) in styles.items():
        low, median, high = np.quantile(np.stack(table[kind]), [0.1, 0.5, 0.9], axis=1)
        ax.errorbar(
            table.index * shift,
            median,
            [median - low, high - median],
            fmt=marker,
            color=color,
            markerfacecolor="white" if kind == "cross-validated" else color,
            capsize=2,
            label=f"{kind}, quantiles",
        )
    ax.axvline(n, color="0.7", ls=":", zorder=0)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks([10, 20, 50, 100, 200, 350], [10, 20, 50, "p = n", 200, 350])
    ax.set_xticks([], minor=True)
    ax.set_title(f"{name} features")
    ax.set_xlabel("width p")
axes[0].set_ylabel("squared error (variance of y: 1)")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
plt.show()

# %%
# **tanh**: theory, cross-validation and leave-one-out agree to about a tenth, but for the
# neighbourhood of the peak, where all of them vary most and theory is low by a fifth.
#
# **ReLU**: with fewer features than images the theory is wrong. At p = 60 one training set
# in ten has an error that is more than twenty times the prediction, and the mean error is
# that of a few bad training sets. The leave-one-out error shows it: it spreads as wide.
# With more features than images the theory is right again.
#
# The same in numbers. These are means over the training sets, with one standard error:
# means are what the theory predicts.


def mean_and_error(errors):
    return (
        f"{np.mean(errors):.3f} +- {np.std(errors, ddof=1) / np.sqrt(len(errors)):.3f}"
    )


table = results.copy()
for kind in styles:
    table[kind] = table[kind].map(mean_and_error)
print(table.round(3).to_string())

# %%
# Why: some images have all the leverage
# --------------------------------------
#
# The leverage of an image is how strongly a fit to all 1797 is drawn to it. The mean is
# the number of coefficients over that of images. Rows of Gaussian features of the same
# covariance are all much alike. Those of tanh features are less so, but no image has more
# than a few times its share. For ReLU features some images have twenty times theirs.
#
# This is because some features are active on few images. A training set has one or two of
# these, if any, and then a coefficient is determined by them alone.

p = 60
features = {name: feature_map(name, p)(images) for name in maps}
covariance = np.cov(features["tanh"], rowvar=False)
features["Gaussian"] = np.random.RandomState(0).multivariate_normal(
    np.zeros(p), covariance, size=len(images)
)
lines = {"Gaussian": ("0.5", ":"), "tanh": ("navy", "-"), "ReLU": ("tab:red", "--")}

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for name, (color, line) in lines.items():
    F = np.column_stack([np.ones(len(images)), features[name]])
    leverage = np.sort(np.sum(F * np.linalg.pinv(F).T, axis=1))
    share = 1 - np.arange(len(leverage)) / len(leverage)
    ax.plot(leverage / leverage.mean(), share, line, color=color, label=name)
ax.set_xscale("log")
ax.set_yscale("log")
ax.set_xticks([0.2, 0.5, 1, 2, 5, 10, 20], ["0.2", "0.5", "1", "2", "5", "10", "20"])
ax.set_xticks([], minor=True)
ax.set_xlabel("leverage / mean leverage")
ax.set_ylabel("share of images with at least as much")
ax.set_title(f"p = {p} features")
ax.legend(loc="lower left")
plt.show()

active = np.sum(features["ReLU"] > 0, axis=0)
rare = np.sum((active > 0) & (active < len(images) / 50))
print(
    f"ReLU: {rare} of {p} features are active on fewer than 1 image in 50, but on some"
)

# %%
# A ridge penalty makes it right
# ------------------------------
#
# A coefficient that few images determine is the first to be shrunk. With a moderate
# penalty the model is better, and the theory applies to it, for both maps.

alpha = 10.0
rows = []
for name in maps:
    for p in [20, 60, 125]:
        phi = feature_map(name, p)
        plain, ridge = (
            predict_risk(
                population.equivalent(phi), n, alpha=penalty, fit_intercept=True
            )
            for penalty in [0.0, alpha]
        )
        measured, _ = cross_validate(phi(images), n, Ridge(alpha))
        rows.append([name, p, plain, ridge, mean_and_error(measured)])
columns = ["map", "p", "theory, no ridge", "theory, ridge", "cross-validated, ridge"]
print(pd.DataFrame(rows, columns=columns).round(3).to_string(index=False))

# %%
# Too few rows for the rank
# -------------------------
#
# There is another way to be wrong. For 600 features, 1797 images are not many: least squares
# on *all* of them fits a third of any noise. Moments of such a sample look better than
# those of the population. So fewer than five rows for each independent feature are refused.

p, n = 600, 400
phi = feature_map("tanh", p)
try:
    population.equivalent(phi)
except ValueError as error:
    print(error)

# %%
# What if one insists, and puts in the moments of the sample as they are? The prediction is
# too good. The leave-one-out error of one training set needs no population, and it is
# right up to its own noise.

F = phi(images)
naive = LinearGaussianProblem.from_moments(
    F.T @ F / len(F),
    F.T @ y / len(F),
    np.mean(y**2),
    mean=F.mean(axis=0),
    target_mean=y.mean(),
)
validated, left_out = cross_validate(F, n, MinNormRegressor())
print(f"theory of naive moments: {predict_risk(naive, n, fit_intercept=True):.3f}")
print(f"cross-validated:         {mean_and_error(validated)}")
print(f"leave-one-out:           {mean_and_error(left_out)}")
