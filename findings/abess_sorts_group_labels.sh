#!/usr/bin/env bash
# abess 0.4.11: `group` is a label for each column, but the labels are sorted first, and the
# columns are not: with labels 0 1 2 3 0 1 2 3 0 1 2 3 the columns 0, 1, 2 are "group 0". With
# support_size=1 they are selected together, without a warning, although they have three
# different labels; columns 0, 4 and 8, of one label, are not. Where the columns of a group
# follow each other, as in the output of one encoder, the labels mean what they say.
# Remedy: order the columns by their labels, fit, and put the coefficients back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 abess==0.4.11
cd "$folder"
./venv/bin/python -W ignore - <<'PYTHON'
from importlib.metadata import version

import numpy as np
from abess import LinearRegression

print("abess", version("abess"))
rng = np.random.default_rng(0)
X = rng.standard_normal((300, 12))
groups = np.tile([0, 1, 2, 3], 3)
y = X[:, [0, 4, 8]].sum(axis=1) + 0.1 * rng.standard_normal(300)


def selected(columns):
    """Return what is selected if the columns come in some order."""
    model = LinearRegression(group=groups[columns], support_size=1).fit(X[:, columns], y)
    return np.sort(columns[np.flatnonzero(model.coef_)])


interleaved = selected(np.arange(12))
print("labels", groups, "selected columns", interleaved, "of labels", groups[interleaved])
by_label = selected(np.argsort(groups, kind="stable"))
print("columns in the order of their labels: selected", by_label, "of labels", groups[by_label])
assert by_label.tolist() == [0, 4, 8]
if len(set(groups[interleaved])) != 3:
    raise SystemExit("columns of one label are selected together now")
PYTHON
echo "As stated."
