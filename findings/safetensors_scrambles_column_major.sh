#!/usr/bin/env bash
# safetensors.numpy 0.8.0 writes the memory of a column-major array under the shape of a
# row-major one: what is loaded has the same numbers in other places, without a warning.
# Coefficients of several targets, such as those of scikit-learn's Ridge, come that way when
# they were transposed. Remedy: np.ascontiguousarray before save_file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.1 safetensors==0.8.0
cd "$folder"
./venv/bin/python - <<'PYTHON'
import numpy as np
import safetensors
from safetensors.numpy import load, save

print("safetensors", safetensors.__version__, "numpy", np.__version__)
rows = np.arange(6.0).reshape(2, 3)
columns = np.asfortranarray(rows)
assert np.array_equal(rows, columns)
loaded = load(save({"rows": rows, "columns": columns}))
print("row-major comes back as\n", loaded["rows"])
print("column-major comes back as\n", loaded["columns"])
assert np.array_equal(loaded["rows"], rows)
assert loaded["columns"].shape == rows.shape
assert not np.array_equal(loaded["columns"], rows)
assert np.array_equal(loaded["columns"], rows.T.reshape(2, 3))
PYTHON
echo "As stated."
