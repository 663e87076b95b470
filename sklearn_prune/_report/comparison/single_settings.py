"""Checks of single settings."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np


def check_switch(value: Any, name: str) -> None:
    """Raise ValueError if something is neither True nor False."""
    if not isinstance(value, bool | np.bool_):
        msg = f"{name} is {value!r}: give True or False"
        raise ValueError(msg)


def is_whole(value: Any) -> bool:
    """Return whether something is an int, and no truth value."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def check_jobs(n_jobs: Any) -> None:
    """Raise ValueError if something is no number of processes."""
    if n_jobs is not None and (not is_whole(n_jobs) or n_jobs == 0):
        msg = f"n_jobs is {n_jobs!r}: give the number of processes, or -1 for all cores"
        raise ValueError(msg)
