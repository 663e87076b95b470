"""
Where a logistic regression exists
==================================

Without a penalty, a logistic regression of p features has finite coefficients only if no
plane through the origin separates the classes. With Gaussian features and many samples that
is settled by two numbers, the features per sample p/n and the strength of the signal: below a
curve a fit exists with probability close to one, above it there is none.
"""

# %%
# The curve
# ---------
#
# E. Candès and P. Sur (`Annals of Statistics 48, 2020 <https://arxiv.org/abs/1804.09753>`__)
# found it, and :func:`~sklearn_prune.theory.mle_exists` says on which side of it a problem is.
# The strength :math:`\rho` is the standard deviation of the log-odds: at 0 labels are flips of
# a coin, of which a plane separates up to twice as many as there are features (Cover, 1965).

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import linprog

from sklearn_prune.theory import BinaryProblem, mle_exists

p = 40
strengths = np.linspace(0.0, 10, 21)


def problem_of_strength(rho):
    direction = np.zeros(p)
    direction[0] = rho
    return BinaryProblem(np.ones(p), direction)


def fewest_samples(rho):
    n = np.arange(p, 40 * p)
    return n[mle_exists(problem_of_strength(rho), n)].min()


threshold = np.array([p / fewest_samples(rho) for rho in strengths])

# %%
# Simulation
# ----------
#
# Whether a plane separates the classes is a linear program: is there a b with
# :math:`y_i x_i'b \ge 1` for all i?


def is_separable(X, y):
    result = linprog(
        np.zeros(p),
        A_ub=-y[:, np.newaxis] * X,
        b_ub=-np.ones(len(y)),
        bounds=(None, None),
    )
    return result.success


ratios = np.linspace(0.04, 0.6, 13)
rhos = np.linspace(0.5, 9.5, 10)
rng = np.random.RandomState(0)
n_datasets = 6
exists = np.array(
    [
        [
            np.mean(
                [
                    not is_separable(
                        *problem_of_strength(rho).sample(round(p / ratio), rng)
                    )
                    for _ in range(n_datasets)
                ]
            )
            for rho in rhos
        ]
        for ratio in ratios
    ]
)

# %%
# The figure
# ----------

fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
image = ax.pcolormesh(
    rhos, ratios, exists, cmap="Blues", vmin=0, vmax=1.3, shading="nearest"
)
ax.plot(strengths, threshold, color="black", lw=2)
ax.text(1.2, 0.12, "a fit exists", color="white", weight="bold")
ax.text(6.2, 0.42, "none: the classes are separable")
ax.set(
    xlabel=r"strength of the signal $\rho$",
    ylabel="features per sample p/n",
    ylim=(ratios[0], ratios[-1]),
    xlim=(rhos[0], rhos[-1]),
    title=f"Line: theory;  shades: share of {n_datasets} data sets with a fit",
)
plt.show()

# %%
# **The stronger the signal, the more samples a fit takes.** Where there is none, a penalty
# makes one: as it vanishes, the direction of the coefficients tends to the largest margin,
# ``loss="max_margin"`` of :func:`~sklearn_prune.theory.predict_risk`. Near the curve the
# coefficients exist but are far too large, and so are the probabilities too sure: pruned
# models refitted without a penalty should stay well below it with their own number of features
# in the place of p.

for rho in 1, 2, 4, 8:
    print(f"strength {rho}: at least {fewest_samples(rho) / p:.1f} samples a feature")
