"""
Which columns of a table? Selectors side by side
================================================

442 diabetics, ten measurements, and how far their illness went in a year: which of the
measurements, or of their squares and products, does a model need? Everything that
selects columns can be asked in one go, since all of it is scikit-learn.
"""

# %%
# The table
# ---------
#
# A pandas data frame in, and a pandas data frame out of every step, so that columns keep
# their names.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.feature_selection import RFECV, SelectFromModel
from sklearn.linear_model import LassoCV, Ridge, RidgeCV
from sklearn.model_selection import RepeatedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from sklearn_prune import PrunedRegressorCV, PruningPathDisplay

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X.head(3)

# %%
# The models
# ----------
#
# All see the same 65 columns, standardised inside of each fold. The ridge keeps all of
# them, and is what the others have to be compared with.

penalties = np.logspace(-1, 4, 11)
ridge, lasso = RidgeCV(penalties), LassoCV(eps=0.02, cv=5)
models = {
    "all columns, ridge": ridge,
    "pruned, obs": PrunedRegressorCV("obs", cv=5),
    "pruned, obs, ridge": PrunedRegressorCV("obs", alphas=penalties[::2], cv=5),
    "pruned, magnitude, ridge": PrunedRegressorCV(
        "magnitude", alphas=penalties[::2], cv=5
    ),
    "lasso": lasso,
    "lasso, then ridge": make_pipeline(SelectFromModel(lasso), ridge),
    "RFE, then ridge": make_pipeline(RFECV(Ridge(10.0), cv=5, step=3), ridge),
}


def prepared(model):
    """Return a pipeline from the table to the model."""
    products = PolynomialFeatures(2, include_bias=False)
    steps = make_pipeline(StandardScaler(), products, StandardScaler(), model)
    return steps.set_output(transform="pandas")


prepared(models["pruned, obs"]).fit(X, y)

# %%
# Side by side
# ------------
#
# Two times five outer folds, which no search has seen, the same for all.

folds = RepeatedKFold(n_splits=5, n_repeats=2, random_state=0)


def n_columns(pipeline):
    """Return how many columns a fitted model keeps."""
    model = pipeline[-1]
    if hasattr(model, "steps"):
        return int(np.sum(model[0].get_support()))
    return np.count_nonzero(model.coef_)


rows = []
for name, model in models.items():
    scores = cross_validate(prepared(model), X, y, cv=folds, return_estimator=True)
    kept = [n_columns(one) for one in scores["estimator"]]
    rows.append(
        [name, scores["test_score"].mean(), np.mean(kept), scores["fit_time"].mean()]
    )
    rows[-1].insert(2, scores["test_score"].std() / np.sqrt(5))

columns = ["model", "R2", "about +-", "columns", "seconds"]
table = pd.DataFrame(rows, columns=columns).set_index("model")
table.style.format(precision=2).highlight_max(subset="R2", props="font-weight: bold")

# %%
# The path of the pruned model
# ----------------------------
#
# ``cv_results_`` is a row for each size and penalty, and pandas reads it as it is.

search = prepared(models["pruned, obs, ridge"]).fit(X, y)[-1]
results = pd.DataFrame(search.cv_results_)
shown = ["sparsity", "alpha", "mean_test_score", "std_test_score", "stability"]
results.sort_values("rank_test_score")[shown].head()

# %%
# A Display draws the path of the search, with the size that it chose.

PruningPathDisplay.from_estimator(search)
plt.show()

# %%
# **What to read off.** About ten of the 65 columns explain what all of them do: the
# differences of R2 are well within their errors, for 442 rows are few. Of the models with
# few columns those of the lasso are the best by a hair and the largest, and pruning by
# "obs" is the smallest. Nothing here is better than a ridge on everything by more than
# luck: few columns are what one gets for it.
