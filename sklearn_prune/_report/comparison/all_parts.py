"""All parts of a comparison, in parallel, each one kept as soon as it is finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from .expected_models import are_records_of, expected_models
from .one_part import evaluate_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._report.table.targets import Target

    from .plan import Plan
    from .records import Part, Record, Results
    from .store import Store

# Parts run at the same time only as long as their features fit into this memory: 4 GiB.
MEMORY = 2**32


def run_parts(
    plan: Plan,
    X: Any,
    target: Target,
    X_unlabeled: Any,
    *,
    store: Store,
    n_jobs: int | None,
    progress: Callable[[int, int], None],
) -> Results:
    """Return the records of every part, by part.

    Parameters
    ----------
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns)
    target : Target
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None
    store : Store
        Parts that it has are not repeated, if they are of this plan.
    n_jobs : int or None
        Number of processes. The results do not depend on it.
    progress : callable
        Called with the numbers of finished and of all parts.
    """
    parts = plan.parts()
    results = load(parts, plan, store, distilled=X_unlabeled is not None)
    progress(len(results), len(parts))
    n_rows = len(X) + (0 if X_unlabeled is None else 2 * len(X_unlabeled))
    tasks = (
        delayed(_run)(part, plan, X, target, X_unlabeled) for part in parts if part not in results
    )
    for part, records in Parallel(
        n_jobs=_jobs(n_jobs, n_rows * plan.widths[-1]), return_as="generator_unordered"
    )(tasks):
        store.save(part, records)
        results[part] = records
        progress(len(results), len(parts))
    return {part: results[part] for part in parts}


def load(parts: list[Part], plan: Plan, store: Store, *, distilled: bool) -> Results:
    """Return the records that an earlier run has left."""
    found = {}
    for part in parts:
        records = store.load(part)
        models = expected_models(plan, part.inner, distilled=distilled)
        if records is not None and are_records_of(records, models, classes=plan.classification):
            found[part] = records
    return found


def _run(part: Part, *task: Any) -> tuple[Part, list[Record]]:
    return part, evaluate_part(part, *task)


def _jobs(n_jobs: int | None, n_entries: int) -> int:
    """Return how many jobs fit into memory, with features of so many entries each."""
    return max(1, min(effective_n_jobs(n_jobs), MEMORY // (8 * n_entries)))
