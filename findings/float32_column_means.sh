#!/usr/bin/env bash
# scikit-learn 1.9.1, Ridge and LinearRegression on float32 data in C order: the column means
# are summed in float32, row after row. With a million temperatures in kelvin (mean 293,
# standard deviation 1) they are off by two standard deviations, and so is the centred
# matrix: coefficients of 1 come out near 0.06, without a warning. StandardScaler on the same
# array is right, since it sums in float64. Remedy: pass float64, or centre in float64 first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$folder"
./venv/bin/python - <<'PYTHON'
import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler

print("scikit-learn", sklearn.__version__, "numpy", np.__version__)
rng = np.random.default_rng(0)
X = (293 + rng.standard_normal((1_000_000, 3))).astype(np.float32)
y = X.astype(np.float64).sum(axis=1) + rng.standard_normal(len(X))
truth = X.mean(axis=0, dtype=np.float64)
print("means in float32:", X.mean(axis=0), "in float64:", truth)
print("StandardScaler:  ", StandardScaler().fit(X).mean_)
assert np.abs(X.mean(axis=0) - truth).max() > 1
assert np.abs(StandardScaler().fit(X).mean_ - truth).max() < 1e-3
for model in Ridge(1e-3), LinearRegression():
    single = model.fit(X, y.astype(np.float32)).coef_.copy()
    double = model.fit(X.astype(np.float64), y).coef_
    print(type(model).__name__, "float32:", single, "float64:", double)
    assert np.abs(double - 1).max() < 0.01
    assert single.max() < 0.2
PYTHON
echo "As stated."
