"""A name for all that the numbers of a report depend on."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sklearn_prune._report.table.streamed_table import StreamedTable

from .versions import versions

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target

    from .plan import Plan

# What computes the numbers.
PACKAGES = ("sklearn-prune", "scikit-learn", "scipy", "numpy")


def fingerprint(plan: Plan, X: Any, target: Target, X_unlabeled: Any) -> str:
    """Return a hash of the settings, the versions and the table.

    Parameters
    ----------
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns), or StreamedTable
        Of that the files are told by their names, sizes and footers, not by their rows.
    target : Target
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None

    Returns
    -------
    str
    """
    digest = blake2b(digest_size=8)
    digest.update(_json(asdict(plan)) + _json(versions(PACKAGES)))
    if isinstance(X, StreamedTable):
        digest.update(X.files.identity())
        X = X.sample
    for table in (X, X_unlabeled):
        if table is not None:
            digest.update(_json(list(table)) + _hash_rows(table))
    digest.update(_json(list(map(str, target.classes))) + target.values.tobytes())
    return digest.hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _hash_rows(table: Any) -> bytes:
    """Return a hash of each row of a data frame."""
    from pandas.util import hash_pandas_object  # noqa: PLC0415

    return hash_pandas_object(table, index=False).to_numpy().tobytes()
