#!/usr/bin/env bash
# dask 2026.8.0, dask.array.linalg.lstsq, which is documented after numpy.linalg.lstsq: the
# coefficients come from a triangular solve, whatever the rank. With a column that is there
# twice the rank is reported as one less than the columns, and the coefficients of the two
# are about 1e13 and its negative, where numpy.linalg.lstsq returns the shortest solution.
# The singular values are square roots of eigenvalues of R'R, and have half of the digits:
# one of 1e-9 comes out as 2.5e-9 or NaN, and a zero as NaN. Remedy: one block of columns,
# qr() from dask, and numpy.linalg.lstsq on R and Q'b.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 scipy==1.17.1 "dask[array]==2026.8.0"
cd "$folder"
./venv/bin/python -W ignore - <<'PYTHON'
import dask
import dask.array as da
import numpy as np

print("dask", dask.__version__, "numpy", np.__version__)
rng = np.random.default_rng(0)
n = 2000


def lstsq(X, y):
    columns = da.from_array(X, chunks=(500, X.shape[1])), da.from_array(y, chunks=500)
    return dask.compute(*da.linalg.lstsq(*columns))


X = rng.standard_normal((n, 4))
X = np.hstack([X, X[:, :1]])
y = X @ np.ones(5) + rng.standard_normal(n)
coef, _, rank, values = lstsq(X, y)
shortest, _, _, exact = np.linalg.lstsq(X, y)
print("a column twice: rank", rank, "coefficients", coef, "of numpy", shortest)
print("singular values", values, "of numpy", exact)
assert rank == 4
assert np.abs(coef).max() > 1e6
assert np.abs(shortest).max() < 2
assert np.isnan(values).any() or values.min() > 1e3 * exact.min()

U = np.linalg.qr(rng.standard_normal((n, 3)))[0]
V = np.linalg.qr(rng.standard_normal((3, 3)))[0]
for least in 1e-9, 1e-12:
    X = U * [1, 1e-4, least] @ V
    values = lstsq(X, X @ np.ones(3))[3]
    exact = np.linalg.svd(X, compute_uv=False)
    print("least singular value", values[-1], "of numpy", exact[-1])
    assert abs(exact[-1] / least - 1) < 1e-3
    assert not abs(values[-1] / least - 1) < 0.1
PYTHON
echo "As stated."
