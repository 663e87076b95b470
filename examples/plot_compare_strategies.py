"""
Which features to keep? The strategies compared
===============================================

A strategy scores the features of a dense model, and :class:`~sklearn_prune.PrunedRegressor`
keeps those of the highest scores. We compare them on random features of handwritten digits:
how good are s of 800 features that each of them picks, if the refit is the same?
"""

# %%
# One dense model, four orders
# ----------------------------
#
# Is the digit odd (+1) or even (-1)? 300 images train and the others judge. The dense model
# is a ridge regression, and so is the refit, both of a penalty that leave-one-out chooses.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import train_test_split

from sklearn_prune import PrunedRegressor, RandomFeatures, curve_style

images, digit = load_digits(return_X_y=True)
parity = np.where(digit % 2 == 1, 1.0, -1.0)
layer = RandomFeatures(800, weights="unit", random_state=0)
features = layer.fit_transform(images / 8 - 1)
X, X_test, y, y_test = train_test_split(
    features, parity, train_size=300, stratify=parity, random_state=0
)
ridge = RidgeCV(np.logspace(-3, 3, 7))

# %%
# "magnitude" looks at the coefficients alone. "hessian" multiplies them by the standard
# deviations of their features. "obs" removes features one at a time and lets the others
# make up for each: it looks at the data most, and takes longest. "random" is the baseline:
# s random features of 800 are s random features, a small model.

sizes = [10, 20, 40, 80, 150]
names = ["magnitude", "hessian", "obs", "random"]
errors = pd.DataFrame(index=pd.Index(sizes, name="s"), columns=names, dtype=float)
for name in names:
    for s in sizes:
        model = PrunedRegressor(name, s, estimator=ridge, random_state=0).fit(X, y)
        errors.loc[s, name] = np.mean((model.predict(X_test) - y_test) ** 2)
dense = np.mean((ridge.fit(X, y).predict(X_test) - y_test) ** 2)
print(errors.round(3))
print(f"all 800 features: {dense:.3f}")

# %%
# The figure
# ----------
#
# The error is the mean square, and 1 is what the mean of y achieves.

fig, ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
for name in names:
    ax.plot(sizes, errors[name], **curve_style(name), label=name)
ax.axhline(dense, **curve_style("dense") | {"marker": ""}, label="all 800 features")
ax.set(xscale="log", xlabel="Number of features kept, s", ylabel="Mean squared error")
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
fig.legend(loc="outside right center", frameon=False)
plt.show()

# %%
# Do they agree?
# --------------
#
# The share of features that two strategies have in common, of 40. By chance it would be 5 %.

supports = {
    name: PrunedRegressor(name, 40, estimator=ridge, random_state=0)
    .fit(X, y)
    .get_support()
    for name in names
}
common = pd.DataFrame(
    {a: {b: np.mean(supports[a][supports[b]]) for b in names} for a in names},
)
print(common.round(2))

# %%
# Any order that looks at the coefficients is far better than a random one, at small s
# above all. Which of them is best depends on s: that is what a cross-validation is for, as in
# :class:`~sklearn_prune.PrunedRegressorCV`.
