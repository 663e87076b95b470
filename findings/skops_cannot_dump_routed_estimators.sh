#!/usr/bin/env bash
# skops 0.16.0 cannot dump a scikit-learn estimator on which set_fit_request was called: the
# request object is followed without end, and dumps raises RecursionError. Without the call
# the same estimator is dumped. Remedy: dump a clone made before the call, or delete the
# attribute _metadata_request, since requests matter to fit alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.0 skops==0.16.0
cd "$folder"
./venv/bin/python - <<'PYTHON'
import numpy as np
import sklearn
import skops
import skops.io
from sklearn.linear_model import Ridge

print("skops", skops.__version__, "scikit-learn", sklearn.__version__)
sklearn.set_config(enable_metadata_routing=True)
X, y = np.eye(4), np.arange(4.0)
plain = Ridge().fit(X, y)
print("plain:", len(skops.io.dumps(plain)) > 0)
routed = Ridge().set_fit_request(sample_weight=True).fit(X, y)
try:
    skops.io.dumps(routed)
except RecursionError as error:
    print("after set_fit_request: RecursionError,", error)
else:
    raise SystemExit("it can be dumped now")
del routed._metadata_request
print("without _metadata_request:", len(skops.io.dumps(routed)) > 0)
PYTHON
echo "As stated."
