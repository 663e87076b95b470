r"""
Gradient descent finds the solution of least norm
=================================================

With more features than samples, infinitely many coefficient vectors fit the data. The
theory is about one of them, the shortest. Why this one? Because it is where gradient
descent ends if it starts from zero, as Section 2 of Chang, Li, Oymak and Thrampoulidis
(`AAAI 2021 <https://arxiv.org/abs/2012.08749>`__) recalls. So it is the one that
training finds. Here we watch it, predict how fast it gets there, and start it
elsewhere.
"""

# %%
# Gradient descent, in three lines
# --------------------------------
#
# A gradient of :math:`\frac{1}{2n}\|y-Xb\|^2` is a combination of the rows of X, so is
# every step, and so is every iterate, if the first one was zero. Among all solutions,
# there is only one in the span of the rows: the shortest, which
# :class:`~sklearn_prune.MinNormRegressor` computes.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from sklearn_prune import MinNormRegressor
from sklearn_prune.theory import LinearGaussianProblem

n, p = 100, 400
problem = LinearGaussianProblem(np.ones(p), np.full(p, p**-0.5), noise_variance=0.25)
n_steps = 140


def gradient_descent(X, y, start, step):
    path = [start]
    for _ in range(n_steps):
        path.append(path[-1] + step / n * X.T @ (y - X @ path[-1]))
    return np.array(path)


# %%
# How fast?
# ---------
#
# In the direction of an eigenvector of :math:`X'X/n` with eigenvalue :math:`\mu`, a step
# of size :math:`\eta` multiplies the distance to the end by :math:`1-\eta\mu`. The smallest
# positive eigenvalue decides. For many independent features of variance 1, Marchenko and
# Pastur's law has all positive eigenvalues between
# :math:`\mu_\pm=(\sqrt{p/n}\pm1)^2`. With :math:`\eta=1/\mu_+`, which needs no look at the
# data, the distance falls in the end by
#
# .. math:: 1-\frac{\mu_-}{\mu_+}
#
# in each step: 1 - 1/9 for p = 4n, and ever closer to 1 as p gets closer to n.
#
# The law gives more than its edges. In the direction of an eigenvector, the end is at a
# squared distance of :math:`\frac{\|\beta\|^2}{p}+\frac{\sigma^2}{n\mu}` from zero on
# average, signal and noise. To sum that over all directions, we integrate over the law.

edges = (np.sqrt(p / n) + np.array([-1, 1])) ** 2
step = 1 / edges[1]
rate = 1 - edges[0] / edges[1]
steps = np.arange(n_steps + 1)

angle = (np.arange(2000) + 0.5) * np.pi / 2000
mu = edges.mean() + np.diff(edges) / 2 * np.cos(angle)
density = np.sin(angle) ** 2 / mu  # dmu is a sine, and the density has the other one
share = density / density.sum()


def theory(length):
    """Return the distances from the shortest solution, after a start of this length."""
    squares = (problem.coef @ problem.coef + length**2) / p + problem.noise_variance / (
        n * mu
    )
    moving = n * ((1 - step * mu) ** (2 * steps[:, np.newaxis]) * squares) @ share
    return np.sqrt(moving + length**2 * (1 - n / p))


# %%
# And from elsewhere?
# -------------------
#
# Nothing ever moves the part of the start that is orthogonal to all rows of X. The end is
# the shortest solution *plus* this part. A random direction has a share of 1 - n/p of its
# squared length there.

n_datasets = 20
rng = np.random.RandomState(0)
starts = {"from zero": 0.0, "from a random vector of length 1": 1.0}
distances = {name: [] for name in starts}
other_ends, rates = [], []
for _ in range(n_datasets):
    X, y = problem.sample(n, random_state=rng)
    shortest = MinNormRegressor(fit_intercept=False).fit(X, y).coef_
    direction = rng.standard_normal(p)
    direction /= np.linalg.norm(direction)
    for name, length in starts.items():
        path = gradient_descent(X, y, length * direction, step)
        distances[name].append(np.linalg.norm(path - shortest, axis=1))
        if length:  # the shortest solution, and what of the start no row of X can see
            seen = MinNormRegressor(fit_intercept=False).fit(X, X @ path[0]).coef_
            other_ends.append(np.linalg.norm(path[-1] - (shortest + path[0] - seen)))
    values = np.linalg.eigvalsh(X @ X.T / n)
    rates.append(1 - step * values[0])

# %%
# The figure
# ----------

styles = {
    "from zero": {"color": "#1f4e8c", "ls": "-", "marker": "o"},
    "from a random vector of length 1": {"color": "#d98a1f", "ls": "--", "marker": "s"},
}
fig, ax = plt.subplots(figsize=(7.5, 5), layout="constrained")
for name, style in styles.items():
    ax.plot(steps, theory(starts[name]), **style | {"marker": None}, lw=1.8)
    low, middle, high = np.quantile(distances[name], [0.05, 0.5, 0.95], axis=0)[:, ::7]
    ax.errorbar(
        steps[::7],
        middle,
        [middle - low, high - middle],
        **style | {"ls": "none"},
        markersize=5,
        markeredgecolor="black",
        markeredgewidth=0.7,
        ecolor="black",
        elinewidth=1.2,
        capsize=2,
    )
ax.set(xlabel="steps of gradient descent", ylabel="distance to MinNormRegressor")
ax.set(yscale="log", ylim=(1e-10, 10), xlim=(-2, n_steps + 2))
fig.legend(
    [
        Line2D([], [], **style | {"markeredgecolor": "black"})
        for style in styles.values()
    ],
    styles,
    loc="outside lower center",
    ncols=2,
    handlelength=4,
    title=f"lines: theory;  markers: median of {n_datasets} data sets, bars: 5 to 95 %",
)
plt.show()

# %%
# From zero, the distance falls for ever, first faster and then at the predicted rate, to
# where only rounding is left. From elsewhere, it gets stuck at once, and at the same
# distance whatever the data: :math:`\sqrt{1-n/p}` of the length of the start.
#
# In the end the median and its theory part a little. At a hundred samples, the smallest
# eigenvalue is not quite at the edge, and in some data sets it is further away than in
# others. The bars show what has come of it after 140 steps.

# %%
# Theory and simulation in numbers
# --------------------------------
#
# The rate is that of the last step. In finite dimensions the smallest eigenvalue lies a
# little inside of the edge, so that the rate is a little better than predicted. The last
# row is the distance to where the iteration should end when it starts elsewhere.

from_zero, elsewhere = (np.array(distances[name]) for name in starts)
quantities = {
    "rate, from zero": (from_zero[:, -1] / from_zero[:, -2], rate),
    "rate, from the eigenvalues of X": (rates, rate),
    "distance at the end, from zero": (from_zero[:, -1], 0),
    "distance at the end, from elsewhere": (elsewhere[:, -1], np.sqrt(1 - n / p)),
    "distance after 14 steps, from zero": (from_zero[:, 14], theory(0.0)[14]),
    "distance to the other end": (other_ends, 0),
}
table = pd.DataFrame(
    {
        name: {
            "theory": value,
            "mean": np.mean(sample),
            "sem": np.std(sample, ddof=1) / np.sqrt(n_datasets),
        }
        for name, (sample, value) in quantities.items()
    }
).T
print(table.to_string(float_format="{:.4g}".format))
