"""All parts of a comparison, in parallel, each one kept as soon as it is finished.

The parts of an outer fold of a tall table are one task, the others a task each. Tasks are
processes; those of a streamed table, which take long, are threads that tell how far they are.
"""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._report.table.streamed_table import StreamedTable

from .drawn_features import BLOCK_ENTRIES
from .expected_models import are_records_of, expected_models
from .one_part import evaluate_part
from .one_thread import one_thread
from .required_memory import features_memory, streaming_memory
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
# Shares of parts add up to whole ones but for this.
ROUNDING = 1e-6


def run_parts(
    plan: Plan,
    X: Any,
    target: Target,
    X_unlabeled: Any,
    *,
    store: Store,
    n_jobs: int | None,
    progress: Callable[[float, int], None],
) -> Results:
    """Return the records of every part, by part.

    Parameters
    ----------
    plan : Plan
    X : DataFrame of shape (n_samples, n_columns), or StreamedTable
    target : Target
    X_unlabeled : DataFrame of shape (n_unlabeled, n_columns) or None
    store : Store
        Parts that it has are not repeated, if they are of this plan.
    n_jobs : int or None
        Number of processes. The results do not depend on it.
    progress : callable
        Called with the numbers of finished and of all parts; with fractions of parts that
        are streamed.
    """
    parts = plan.parts()
    results = load(parts, plan, store, distilled=X_unlabeled is not None)
    steps = _Steps(progress, len(results), len(parts))
    left = [part for part in parts if part not in results]
    task, memory = (plan, X, target, X_unlabeled), _memory(plan, X, target, X_unlabeled)
    run = _run_streamed if isinstance(X, StreamedTable) else _run_held
    for part, records in run(left, store, *task, n_jobs=_jobs(n_jobs, memory), steps=steps):
        results[part] = records
    return {part: results[part] for part in parts}


class _Steps:
    """Tells of steps, from whichever thread they are.

    Parameters
    ----------
    progress : callable
        Called with the numbers of finished and of all parts.
    done, total : int
    """

    def __init__(self, progress: Callable[[float, int], None], done: int, total: int) -> None:
        self.progress, self.done, self.total = progress, float(done), total
        self.lock = Lock()
        self(0)

    def __call__(self, n_parts: float) -> None:
        """Tell that so many more parts are done."""
        with self.lock:
            self.done += n_parts
            whole = round(self.done)
            done = whole if abs(self.done - whole) < ROUNDING else self.done
            self.progress(done, self.total)


def _memory(plan: Plan, X: Any, target: Target, X_unlabeled: Any) -> int:
    """Return about how many bytes a task takes."""
    n_targets = target.values.shape[1]
    if isinstance(X, StreamedTable):
        return streaming_memory(plan, BLOCK_ENTRIES, X.sample.size, n_targets)
    n_unlabeled = 0 if X_unlabeled is None else len(X_unlabeled)
    return features_memory(plan, len(X), n_unlabeled, X.shape[1], n_targets)


def _run_held(
    left: list[Part], store: Store, plan: Plan, X: Any, *task: Any, n_jobs: int, steps: _Steps
) -> Iterator[tuple[Part, list[Record]]]:
    """Yield the parts that are left, and their records, from processes."""
    groups, evaluate = [[part] for part in left], _evaluate_each
    if is_tall(plan, *task[0].values.shape):
        groups, evaluate = _by_fold(left), evaluate_parts
    jobs = (delayed(_run)(evaluate, store, group, plan, X, *task) for group in groups)
    for finished in Parallel(n_jobs=n_jobs, return_as="generator_unordered")(jobs):
        for part, records in finished:
            yield part, records
            steps(1)


def _run_streamed(
    left: list[Part], store: Store, *task: Any, n_jobs: int, steps: _Steps
) -> Iterator[tuple[Part, list[Record]]]:
    """Yield the same from threads."""
    evaluate = partial(evaluate_parts, advance=steps)
    jobs = (delayed(_run)(evaluate, store, group, *task) for group in _by_fold(left))
    with one_thread():  # or the first thread that is done would lift the limit for all
        for finished in Parallel(n_jobs, prefer="threads", return_as="generator_unordered")(jobs):
            yield from finished


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
