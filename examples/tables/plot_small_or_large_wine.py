"""
Small, or large and pruned, on a table of wines
===============================================

178 wines of three growers, thirteen measurements. Random features are made of them, as
many as one likes, and a model may keep thirty. Is it better to draw thirty, or to draw
many and keep the best thirty? One search asks for everything at once.
"""

# %%
# The search
# ----------
#
# The number of features, the number that is kept, the refit: all are parameters of a
# pipeline, and :class:`~sklearn.model_selection.GridSearchCV` tries all of them.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    RepeatedStratifiedKFold,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import DoubleDescentDisplay, PrunedClassifier, RandomFeatures

X, y = load_wine(return_X_y=True, as_frame=True)
pipeline = make_pipeline(
    StandardScaler(),
    RandomFeatures(random_state=0),
    PrunedClassifier("magnitude", 30, estimator=Ridge(1.0)),
)
grid = {
    "randomfeatures__n_components": [30, 100, 300, 1000],
    "prunedclassifier__sparsity": [5, 10, 30],
    "prunedclassifier__retrain": [False, True],
}
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
search = GridSearchCV(pipeline, grid, cv=folds).fit(X, y)
search

# %%
# The table of all models
# -----------------------
#
# One call makes a map of ``cv_results_``. With thirty of thirty nothing is pruned: that is
# the small model of thirty.

results = pd.DataFrame(search.cv_results_).rename(
    columns=lambda name: name.split("__")[-1]
)
table = results.pivot(
    index=["retrain", "sparsity"], columns="n_components", values="mean_test_score"
)
table.style.format(precision=3).background_gradient(axis=None, cmap="Greys")

# %%
# Beside a model that knows nothing of this
# -----------------------------------------

plain = make_pipeline(StandardScaler(), LogisticRegression())
scores = cross_val_score(plain, X, y, cv=folds)
error = scores.std() / np.sqrt(5)
print(f"logistic regression on the 13 columns: {scores.mean():.3f} +- {error:.3f}")

# %%
# The peak
# --------
#
# Without a penalty the error of all features has its peak where there are as many as rows
# to train on.

curve = make_pipeline(
    StandardScaler(), RandomFeatures(random_state=0), PrunedClassifier(sparsity=1.0)
)
widths = [10, 30, 80, 141, 250, 1000]
DoubleDescentDisplay.from_estimator(curve, X, y, widths=widths, cv=folds)
plt.show()

# %%
# **What to read off.** Retrained, the best thirty or ten of many features are one or two
# percent better than those of the first column, and the best five no better: less than the
# error of either. Not retrained, they lose most of what the small model knows. And logistic
# regression on the thirteen columns is better than all of it: on a small table of good
# measurements nobody needs random features.
