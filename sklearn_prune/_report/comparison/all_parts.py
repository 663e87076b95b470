"""All parts of a comparison, in parallel, each one kept as soon as it is finished.

The parts of an outer fold of a tall table are one task, the others a task each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from .expected_models import are_records_of, expected_models
from .one_part import evaluate_part
from .required_memory import features_memory
from .shared_parts import evaluate_parts
from .tall_tables import is_tall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sklearn_prune._report.table.targets import Target

    from .plan import Plan
    from .records import Part, Record, Results
    from .store import Store

# Tasks run at the same time only as long as their features fit into this memory: 4 GiB.
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
    n_unlabeled = 0 if X_unlabeled is None else len(X_unlabeled)
    memory = features_memory(plan, len(X), n_unlabeled, X.shape[1], target.values.shape[1])
    left = [part for part in parts if part not in results]
    groups, evaluate = [[part] for part in left], _evaluate_each
    if is_tall(plan, *target.values.shape):
        groups, evaluate = _by_fold(left), evaluate_parts
    tasks = (
        delayed(_run)(evaluate, store, group, plan, X, target, X_unlabeled) for group in groups
    )
    for finished in Parallel(n_jobs=_jobs(n_jobs, memory), return_as="generator_unordered")(tasks):
        for part, records in finished:
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


def _by_fold(parts: list[Part]) -> list[list[Part]]:
    """Put together the parts of each outer fold."""
    folds = dict.fromkeys(part[:2] for part in parts)
    return [[part for part in parts if part[:2] == fold] for fold in folds]


def _evaluate_each(parts: list[Part], *task: Any) -> Iterator[tuple[Part, list[Record]]]:
    """Yield parts that share nothing, and their records."""
    for part in parts:
        yield part, evaluate_part(part, *task)


def _run(evaluate: Any, store: Store, *task: Any) -> list[tuple[Part, list[Record]]]:
    """Return the parts of a task, each kept as soon as it is finished, and their records."""
    finished = []
    for part, records in evaluate(*task):
        store.save(part, records)
        finished.append((part, records))
    return finished


def _jobs(n_jobs: int | None, memory: int) -> int:
    """Return how many jobs run at a time, each of which takes so many bytes."""
    return max(1, min(effective_n_jobs(n_jobs), MEMORY // memory))
