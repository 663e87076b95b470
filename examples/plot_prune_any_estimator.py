"""
Prune Ridge, Lasso and ElasticNet
=================================

:class:`~sklearn_prune.PrunedRegressor` takes any linear regressor as the dense model, and
any as the refit. Here it is put around three of scikit-learn's, on the diabetes data with all
products of its ten columns: 65 features, of which we keep s.
"""

# %%
# Three dense models
# ------------------
#
# :class:`~sklearn.linear_model.Lasso` and :class:`~sklearn.linear_model.ElasticNet` set
# coefficients to zero by themselves, but how many depends on the penalty. Pruned, they keep
# as many as asked for. Where that is more than are not zero, the others are ties of
# score zero, and come in their order.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso, Ridge, RidgeCV
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from sklearn_prune import PrunedRegressor

X, y = load_diabetes(return_X_y=True, as_frame=True)
products = make_pipeline(
    StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler()
)
cv = KFold(5, shuffle=True, random_state=0)
estimators = {
    "Ridge": Ridge(alpha=100),
    "Lasso": Lasso(alpha=2),
    "ElasticNet": ElasticNet(alpha=0.5, l1_ratio=0.5),
}

# %%
# Pruned, and refitted
# --------------------
#
# A refit with :class:`~sklearn.linear_model.RidgeCV` takes back the shrinkage that a lasso does
# to what it keeps. ``retrain=True`` would refit with a clone of the estimator itself.

sizes = [1, 2, 4, 8, 16, 32]
refit = RidgeCV(np.logspace(-1, 4, 11))


def error(model):
    scores = cross_val_score(
        make_pipeline(products, model), X, y, cv=cv, scoring="neg_mean_squared_error"
    )
    return -scores.mean() / np.var(y)


errors = pd.DataFrame(
    {
        name: [
            error(PrunedRegressor("magnitude", s, refit, estimator=model))
            for s in sizes
        ]
        for name, model in estimators.items()
    },
    index=pd.Index(sizes, name="s"),
)
print(errors.round(3))
dense = {name: error(model) for name, model in estimators.items()}
print({name: round(value, 3) for name, value in dense.items()})

# %%
# Eight features are enough for these data. To find few of them, the lasso is the
# better dense model than the ridge, which spreads its weight over all that are
# correlated.

fig, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
for (name, column), style in zip(errors.items(), ["o-", "s--", "^-."], strict=True):
    (line,) = ax.plot(sizes, column, style, label=f"{name}, pruned")
    ax.axhline(
        dense[name],
        color=line.get_color(),
        linestyle=line.get_linestyle(),
        linewidth=0.8,
    )
ax.set(
    xscale="log",
    xlabel="Number of features kept, s",
    ylabel="Mean squared error / variance of y",
    title="thin lines: not pruned",
)
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ax.legend()
plt.show()

# %%
# What is kept
# ------------
#
# A pruned model is a feature selector, too, and knows the names.

model = make_pipeline(
    products, PrunedRegressor("magnitude", 8, refit, estimator=estimators["Lasso"])
).fit(X, y)
print(list(model.get_feature_names_out()))
