#!/usr/bin/env bash
# abess 0.4.11: LogisticRegression fits labels, has classes_ and predict_proba, and its score
# is the accuracy, but to scikit-learn 1.9.1 it is no classifier: is_classifier(...) is False
# and get_tags(...).estimator_type None. So an int as cv stands
# for plain folds, not for stratified ones. With 30 rows of either class, sorted, and cv=2,
# each model is then fitted to one class and its score is 0 on the other; with
# StratifiedKFold(2) it is 1, as that of scikit-learn's LogisticRegression is with cv=2.
# Remedy: give a StratifiedKFold, or derive a class with ClassifierMixin as its first base.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 abess==0.4.11
cd "$folder"
./venv/bin/python -W ignore - <<'PYTHON'
from importlib.metadata import version

import numpy as np
from abess import LogisticRegression
from sklearn.base import ClassifierMixin, is_classifier
from sklearn.linear_model import LogisticRegression as Logistic
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.utils import get_tags


class Repaired(ClassifierMixin, LogisticRegression):
    pass


print("abess", version("abess"), "scikit-learn", version("scikit-learn"))
rng = np.random.default_rng(0)
y = np.repeat([0, 1], 30)
X = rng.standard_normal((60, 3))
X[:, 0] += 8 * y
model = LogisticRegression(support_size=2).fit(X, y)
print("classes_", model.classes_, "predict_proba", model.predict_proba(X).shape)
assert model.classes_.tolist() == [0, 1]
assert model.predict_proba(X).shape == (60, 2)
assert model.score(X, y) == np.mean(model.predict(X) == y) > 0.9
print("is_classifier", is_classifier(model), "estimator_type", get_tags(model).estimator_type)
if is_classifier(model) or get_tags(model).estimator_type is not None:
    raise SystemExit("it is a classifier now")

sparse = LogisticRegression(support_size=2)
for name, estimator, cv in [
    ("abess, cv=2", sparse, 2),
    ("abess, StratifiedKFold(2)", sparse, StratifiedKFold(2)),
    ("with ClassifierMixin, cv=2", Repaired(support_size=2), 2),
    ("scikit-learn, cv=2", Logistic(), 2),
]:
    scores = cross_val_score(estimator, X, y, cv=cv)
    print(f"{name:26}", scores)
    assert (scores.max() < 0.1) if name == "abess, cv=2" else (scores.min() > 0.9)
PYTHON
echo "As stated."
