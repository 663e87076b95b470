"""
Few measurements of a tumour, in polars
=======================================

569 tumours, thirty measurements of their cells, benign or malignant. The measurements
are radii, areas and perimeters of the same cells, and few of them tell what all tell. The
table is one of polars, from the first step to the last.
"""

# %%
# The table
# ---------

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import PrunedClassifier, PrunedClassifierCV, StabilityPathDisplay

data = load_breast_cancer()
X = pl.DataFrame(data.data, schema=data.feature_names.tolist())
y = data.target_names[data.target]
X.select(pl.first(), pl.nth(13), pl.last()).describe()

# %%
# A search over what to keep, and how
# -----------------------------------
#
# In a pipeline, so that each fold has a scaler of its own.

pipeline = make_pipeline(
    StandardScaler(), PrunedClassifier(estimator=LogisticRegression())
).set_output(transform="polars")
grid = {
    "prunedclassifier__strategy": ["magnitude", "hessian", "obs"],
    "prunedclassifier__sparsity": [1, 2, 3, 5, 10, 30],
}
search = GridSearchCV(pipeline, grid, cv=5, scoring="accuracy").fit(X, y)
search

# %%
# ``cv_results_`` is a dictionary of columns, which polars takes, but for its lists of
# parameters:

results = pl.DataFrame(
    {
        "strategy": search.cv_results_["param_prunedclassifier__strategy"].tolist(),
        "kept": search.cv_results_["param_prunedclassifier__sparsity"].tolist(),
        "accuracy": search.cv_results_["mean_test_score"],
    }
)
accuracies = results.pivot("kept", index="strategy", values="accuracy")
accuracies.with_columns(pl.selectors.float().round(3))

# %%
# Which ones?
# -----------
#
# The output of the pruned model names its columns, in polars as in pandas.

three = pipeline.set_params(
    prunedclassifier__strategy="obs", prunedclassifier__sparsity=3
).fit(X, y)
three.transform(X).head(3)

# %%
# Would another sample select the same? How often folds do:

search = PrunedClassifierCV("obs", [1, 2, 3, 5, 8, 12, 20], cv=10)
scaled = StandardScaler().set_output(transform="polars").fit_transform(X)
StabilityPathDisplay.from_estimator(search.fit(scaled, y))
plt.show()

# %%
# The errors
# ----------
#
# Three measurements beside all thirty, on rows that were held out:

dense = make_pipeline(StandardScaler(), LogisticRegression())
counts = {}
for name, model in {"three": three, "thirty": dense}.items():
    wrong = cross_val_predict(model, X, y, cv=5) != y
    counts[name] = [np.sum(wrong & (y == label)) for label in data.target_names]
pl.DataFrame({"class": data.target_names.tolist(), **counts})

# %%
# **What to read off.** Three of thirty measurements find nearly what all of them find, if
# "obs" chooses them. The coefficients of the dense model alone are misled: measurements of
# size share theirs, so that all of them look small. Which they are, beside the worst
# radius, is a matter of the rows.
