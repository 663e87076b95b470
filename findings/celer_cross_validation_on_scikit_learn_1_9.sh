#!/usr/bin/env bash
# celer 0.7.4: pip installs it beside scikit-learn 1.9.1 without a word, the Lasso and the group
# Lasso fit, but none of its four estimators with cross-validation can even be constructed:
# LassoCV(), ElasticNetCV(), GroupLassoCV() and MultiTaskLassoCV() raise TypeError, for they pass
# n_alphas to a base class of scikit-learn that has it no longer (it was deprecated for `alphas`
# in 1.7). The paths, celer_path(...), work, and cross-validation is then a loop over folds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 celer==0.7.4
cd "$folder"
./venv/bin/python -W ignore - <<'PYTHON'
from importlib.metadata import version

import celer
import numpy as np

print("celer", version("celer"), "scikit-learn", version("scikit-learn"))
rng = np.random.default_rng(0)
X = np.asfortranarray(rng.standard_normal((100, 12)))
y = X[:, :3].sum(axis=1) + 0.1 * rng.standard_normal(100)
for model in celer.Lasso(0.1), celer.GroupLasso(3, alpha=0.1):
    chosen = np.flatnonzero(model.fit(X, y).coef_)
    print(type(model).__name__, chosen)
    assert chosen.tolist() == [0, 1, 2]
alphas = np.array([0.5, 0.1])
coefs = celer.celer_path(X, y, "lasso", alphas=alphas)[1]
assert coefs.shape == (12, 2)
for name in "LassoCV", "ElasticNetCV", "GroupLassoCV", "MultiTaskLassoCV":
    try:
        getattr(celer, name)()
    except TypeError as error:
        print(name, error)
        assert "n_alphas" in str(error)
    else:
        raise SystemExit(f"{name} can be constructed now")
PYTHON
echo "As stated."
