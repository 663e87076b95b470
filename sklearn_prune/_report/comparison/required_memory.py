"""Whether a comparison fits into the memory of this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .drawn_features import BLOCK_ENTRIES
from .expected_models import expected_models
from .row_cuts import INNER_FOLDS
from .tall_tables import is_tall, widest

if TYPE_CHECKING:
    from .plan import Plan

GIB = 2**30
# The features are there twice while they are fitted, at least; a column has two inputs.
COPIES, INPUTS_OF_A_COLUMN = 2, 2
# Of a tall table there are copies of a block of features, matrices of their sums and factors of
# these, and copies of the columns while they are prepared.
BLOCKS, MATRICES, TABLES = 3, 15, 3
# A record, with all that is made of it, and what it says of each class.
RECORD_BYTES, CLASS_BYTES = 500, 100
# What a container may use, in version 2 and in version 1.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def check_memory(
    plan: Plan, n_rows: int, n_unlabeled: int, n_columns: int, n_targets: int = 1
) -> None:
    """Raise ValueError if the features, or the records, are larger than the memory.

    Parameters
    ----------
    plan : Plan
    n_rows, n_unlabeled, n_columns, n_targets : int
        Sizes of the table, and the number of rows without a target.
    """
    there = memory_size()
    needed = features_memory(plan, n_rows, n_unlabeled, n_columns, n_targets)
    if needed > there:
        what = f"width {plan.widths[-1]}: {n_rows} rows of so many features take"
        raise ValueError(_too_large(what, needed, there, "--width"))
    n_records = plan.repeats * plan.cv * len(expected_models(plan, None, distilled=True))
    needed = (RECORD_BYTES + CLASS_BYTES * n_targets) * n_records
    if needed > there:
        what = f"repeats {plan.repeats}: the errors of so many models take"
        raise ValueError(_too_large(what, needed, there, "--repeats"))


def features_memory(
    plan: Plan, n_rows: int, n_unlabeled: int, n_columns: int, n_targets: int
) -> int:
    """Return about how many bytes a process needs for its features (see `check_memory`)."""
    width = plan.widths[-1]
    if is_tall(plan, n_rows, n_targets):
        fold = max(plan.train_sizes(n_rows)[1] // INNER_FOLDS, n_unlabeled)
        block = min(BLOCK_ENTRIES, fold * width)
        return streaming_memory(plan, block, max(n_rows, n_unlabeled) * n_columns, n_targets)
    lines = n_rows + 2 * n_unlabeled + INPUTS_OF_A_COLUMN * n_columns + plan.budgets[-1]
    return COPIES * 8 * width * lines


def streaming_memory(plan: Plan, block: int, n_entries: int, n_targets: int) -> int:
    """Return about how many bytes a task takes that keeps sums of its rows only.

    Parameters
    ----------
    plan : Plan
    block : int
        Entries of a block of features.
    n_entries : int
        Entries of the columns, or of the sample that is held of them.
    n_targets : int
    """
    matrix = (max(plan.widths[-1], plan.n_columns) + n_targets) ** 2
    return 8 * (BLOCKS * block + TABLES * n_entries + MATRICES * matrix)


def check_streaming(plan: Plan, n_rows: int, n_entries: int, n_targets: int) -> None:
    """Raise ValueError if a table cannot be streamed (see `streaming_memory`)."""
    there, width = memory_size(), plan.widths[-1]
    most = widest(plan, n_rows, n_targets)
    if width > most:
        msg = (
            f"width {width}: {n_rows} rows, which are streamed for they take too much memory, are "
            f"enough for {max(most, 0)} features: give a smaller --width, or fewer rows"
        )
        raise ValueError(msg)
    needed = streaming_memory(plan, BLOCK_ENTRIES, n_entries, n_targets)
    if needed > there:
        what = f"width {width}: sums of products of so many features take"
        raise ValueError(_too_large(what, needed, there, "--width"))


def memory_size() -> float:
    """Return how many bytes there are, infinitely many if the system does not tell."""
    limits = (Path(file).read_text().strip() for file in LIMITS if Path(file).exists())
    return min([_physical(), *(float(limit) for limit in limits if limit.isdigit())])


def _physical() -> float:
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):  # Windows has no such function
        return float("inf")


def _too_large(what: str, needed: float, there: float, option: str) -> str:
    return (
        f"{what} about {needed / GIB:,.0f} GiB of memory, and there are {there / GIB:,.0f}: "
        f"give a smaller {option}"
    )
