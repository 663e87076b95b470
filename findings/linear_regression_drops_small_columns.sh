#!/usr/bin/env bash
# scikit-learn 1.9.1, LinearRegression on dense data: since 1.9 its tol, 1e-6 by default, is
# the relative cut-off of singular values, and those depend on units. An income (standard
# deviation 50,000) beside a rate (0.01): the rate, which explains nine tenths of y, gets a
# coefficient of nearly zero instead of 100, R2 falls from 0.9 to 0, without a warning. The
# same lines with 1.8.0 find it. Remedy: tol=1e-15, or StandardScaler before it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 1.8.0 1.9.1; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet numpy==2.4.6 scipy==1.17.1 "scikit-learn==$version"
done
cd "$folder"
cat > fit.py <<'PYTHON'
import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
income, rate = 50_000 * rng.standard_normal(1000), 0.01 * rng.standard_normal(1000)
X, y = np.column_stack([income, rate]), 100 * rate + 0.3 * rng.standard_normal(1000)
plain = LinearRegression().fit(X, y)
r2 = plain.score(X, y)
scaled = make_pipeline(StandardScaler(), LinearRegression()).fit(X, y).score(X, y)
print("scikit-learn", sklearn.__version__, "coefficient of the rate:", plain.coef_[1])
print("R2:", r2, "of standardised columns:", scaled)
assert scaled > 0.9
if sklearn.__version__ == "1.8.0":
    assert abs(plain.coef_[1] - 100) < 5
    assert abs(r2 - scaled) < 1e-6
else:
    assert abs(plain.coef_[1]) < 1e-3
    assert r2 < 0.05
    assert abs(LinearRegression(tol=1e-15).fit(X, y).score(X, y) - scaled) < 1e-6
PYTHON
./1.8.0/bin/python fit.py
./1.9.1/bin/python fit.py
echo "As stated."
