"""
The report, on three tables
===========================

:func:`~sklearn_prune.report` answers for a table: train a small model, or train a large one
and prune it? It is what ``python -m sklearn_prune`` runs. Three tables that ship
with scikit-learn have different answers.
"""

# %%
# A number to predict
# -------------------
#
# The progression of diabetes in 442 patients. We ask for two budgets, and give
# three widths to choose among: the defaults, three budgets and eight widths, take longer.

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from sklearn_prune import report

X, y = load_diabetes(return_X_y=True, as_frame=True)
settings = {"budgets": [15, 60], "widths": [60, 300, 1200], "cv": 5, "random_state": 0}
diabetes = report(X, y, name="diabetes", **settings)
diabetes

# %%
# The sentences come with the numbers behind them: the errors of every method, with its
# width, strategy and penalties chosen inside each training fold.

diabetes.summary()[15].round(3)

# %%
# And with their pictures.

diabetes.plot()
plt.show()

# %%
# Two classes
# -----------
#
# Is a tumour benign? With ``classification=True`` errors are counted, too.

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
cancer = report(X, y, classification=True, name="breast cancer", **settings)
print(*cancer.sentences, sep="\n")
cancer.summary("error_rate")[15].round(3)

# %%
# Three classes
# -------------
#
# From which of three cultivars is a wine? Each class has a column of 0 and 1.

X, y = load_wine(return_X_y=True, as_frame=True)
wine = report(X, y, classification=True, name="wine", **settings)
print(*wine.sentences, sep="\n")

# %%
# The table of everything
# -----------------------
#
# ``to_frame`` has one row for each model and fold, to be asked anything. What widths did
# the folds choose for the large model?

frames = {"diabetes": diabetes, "cancer": cancer, "wine": wine}
table = pd.concat(
    {name: result.to_frame() for name, result in frames.items()}, names=["data"]
)
answers = table.query("answer and setting == 'ridge'")
answers.groupby(["data", "budget"])["width"].agg(list)

# %%
# A model to use
# --------------
#
# What is recommended is a pipeline from the columns to the predictions, as code or ready
# to be fitted.

print(cancer.code())
