"""
Ten words, fifty, two hundred
=============================

A text is a row of thousands of words, nearly all of them zero, and a classifier of texts has a
coefficient for each. How few words are enough to tell what a text is about, and which selection
finds them? No corpus has to be downloaded: who runs this has the documentation of SciPy. The
first paragraphs about a function shall tell which subpackage it is from.
"""

# %%
# The texts
# ---------
#
# What stands before the parameters in a docstring. The names of the subpackages are taken out.

import importlib

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_prune import MinNormRegressor, PrunedClassifier

subpackages = ["linalg", "ndimage", "optimize", "signal", "sparse", "special", "stats"]
about = {}
for name in subpackages:
    module = importlib.import_module(f"scipy.{name}")
    for function in filter(callable, vars(module).values()):
        text = (function.__doc__ or "").split("Parameters\n")[0]
        if len(text) > 40:
            about.setdefault(text, name)
texts, y = np.array(list(about)), np.array(list(about.values()))
print(pd.Series(y).value_counts().to_string())

# %%
# The models
# ----------
#
# All of them end in the same logistic regression, on the words that they keep. Only the L1 penalty
# is selection and fit in one; of its path we take the largest model with no more words. A word
# is kept for all classes together.

logistic = LogisticRegression(C=10)


def lasso(C):
    return LogisticRegression(C=C, l1_ratio=1, solver="saga", tol=1e-2, random_state=0)


def pruned(s, dense):
    return PrunedClassifier("magnitude", s, retrain=logistic, estimator=dense)


models = {
    "pruned, least norm": lambda s: pruned(s, MinNormRegressor()),
    "pruned, ridge": lambda s: pruned(s, Ridge()),
    "pruned, logistic": lambda s: pruned(s, logistic),
    "RFE": lambda s: make_pipeline(
        RFE(logistic, n_features_to_select=s, step=0.2), logistic
    ),
    "SelectFromModel, L1": lambda s: make_pipeline(
        SelectFromModel(lasso(10), max_features=s, threshold=-np.inf), logistic
    ),
    "SelectKBest, chi2": lambda s: make_pipeline(SelectKBest(chi2, k=s), logistic),
}
sizes = [10, 50, 200]


def fitted_models(X, y):
    """Yield the name, the number of words and the fit of every model."""
    yield "all words", X.shape[1], LogisticRegression(C=10).fit(X, y)
    for s in sizes:
        for name, model in models.items():
            yield name, s, model(s).fit(X, y)
    path = [lasso(C).fit(X, y) for C in [0.15, 0.2, 0.5, 0.6, 0.7, 1, 1.5, 2, 2.5]]
    n_words = np.array([np.count_nonzero(model.coef_.any(axis=0)) for model in path])
    for s in sizes:
        yield "L1", s, path[np.flatnonzero(n_words <= s)[-1]]


# %%
# Training on three quarters of the texts, in three ways:

rows = []
words = TfidfVectorizer(
    token_pattern="[a-z]{3,}",
    stop_words=[*ENGLISH_STOP_WORDS, *subpackages],
    min_df=2,
    sublinear_tf=True,
)
for train, test in StratifiedShuffleSplit(3, test_size=0.25, random_state=0).split(
    texts, y
):
    X, X_test = words.fit_transform(texts[train]), words.transform(texts[test])
    for name, s, model in fitted_models(X, y[train]):
        loss = log_loss(y[test], model.predict_proba(X_test), labels=model.classes_)
        rows.append((name, s, 1 - model.score(X_test, y[test]), loss))
results = pd.DataFrame(rows, columns=["model", "words", "error rate", "log-loss"])
print(f"{X.shape[0]} texts to train on, {X.shape[1]} words")
all_words = results[results["model"] == "all words"].mean(numeric_only=True)
few = results[results["model"] != "all words"]
table = few.groupby(["model", "words"]).mean().unstack("words")
print(table.sort_values(("error rate", 50)).round(3).to_string())
print(f"\nall words: {all_words['error rate']:.3f}, {all_words['log-loss']:.3f}")

# %%
# The figure
# ----------

fig, axes = plt.subplots(1, 2, figsize=(10, 4.8), layout="constrained")
colors = dict(zip(table.index, plt.get_cmap("tab10").colors, strict=False))
for ax, metric in zip(axes, ["error rate", "log-loss"], strict=True):
    for name, row in table[metric].iterrows():
        ls = "-" if name.startswith("pruned") else "--"
        ax.plot(row.index, row, ls, marker="o", color=colors[name], label=name)
    ax.axhline(all_words[metric], color="0.5", lw=1)
    ax.set(xlabel="words kept", ylabel=metric, xscale="log", ylim=(0, None))
    ax.set_xticks(sizes, sizes)
    ax.minorticks_off()
axes[0].text(
    200, all_words["error rate"], "all words", color="0.35", ha="right", va="top"
)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %%
# **Prune a fit that has a penalty.** With more words than texts, least squares of minimum norm
# fits the labels exactly, and its coefficients say little about single words. A ridge, or a
# logistic fit, which has one, does much better; nothing else in the model has changed.
#
# **The rest is a draw.** A pruned logistic model, recursive elimination and the selection by an
# L1 fit are within their noise of each other: of about 800 texts to be judged, a difference of
# 1.5 % is one standard error. An L1 model that is not refitted is worse, since its penalty
# has shrunk the words that it keeps; and the test of each word on its own, chi2, is worse still.
# At so few words nothing reaches the model of all of them.
#
# The words
# ---------
#
# The twenty words that the pruned logistic model keeps, with the subpackage they speak for:

model = pruned(20, logistic).fit(words.fit_transform(texts), y)
names = words.get_feature_names_out()[model.support_]
speaks_for = model.classes_[model.coef_[:, model.support_].argmax(axis=0)]
for name in subpackages:
    print(f"{name:9}", ", ".join(names[speaks_for == name]))
