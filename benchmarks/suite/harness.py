"""Time the methods of a task side by side, and put what they reach beside it."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, replace
from statistics import fmean, median
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A shorter run is repeated within one measurement until it has taken so many seconds.
SHORTEST = 0.02

Row = dict[str, Any]


@dataclass(frozen=True)
class Effort:
    """How large the problems are, and how often each method runs.

    Parameters
    ----------
    shrink : int
        What the numbers of samples and features are divided by.
    repeats : int
        Runs of each method.
    patience : float
        Seconds for the runs of one method. A slow one runs less often, at least once.
    draws : int
        Runs of methods on data that are drawn anew for each, with ten times the patience.
    """

    shrink: int = 1
    repeats: int = 7
    patience: float = 60.0
    draws: int = 10

    def __call__(self, size):
        return max(1, size // self.shrink)

    def with_draws(self):
        """Return the effort for a comparison over draws."""
        return replace(self, repeats=self.draws, patience=10 * self.patience)


@dataclass(frozen=True)
class Method:
    """One way to do a task.

    Parameters
    ----------
    name : str
    run : callable
        What is timed, a function of the data.
    quality : callable, optional
        Function of the result of `run` and of the data. It returns what goes into the
        columns of the table that are not about time.
    share : float, default=1
        The part of the work that is timed; its time stands for all of it in proportion.
    note : str, optional
        Goes into the table.
    """

    name: str
    run: Callable[[Any], Any]
    quality: Callable[[Any, Any], Row] = lambda _result, _data: {}
    share: float = 1.0
    note: str = ""


@dataclass(frozen=True)
class Task:
    """Something to do, in several ways.

    Parameters
    ----------
    name, sizes : str
    methods : sequence of Method
        The first one is the reference of the ratios.
    draw : callable, optional
        Returns the data of the k-th run, the same for all methods.
    """

    name: str
    sizes: str
    methods: Sequence[Method]
    draw: Callable[[int], Any] = lambda _k: None


class Timer:
    """The runs of one method: their times, and what they reached."""

    def __init__(self, method):
        self.method = method

    def warm_up(self, data, effort):
        """Run once, and decide how often to run. A slow method is left with this one run."""
        self.seconds, self.quality, self.number = [], [], 1
        self.run(data)
        first = max(self.seconds[0] * self.method.share, 1e-6)
        self.runs = min(effort.repeats, int(effort.patience / first))
        self.number = max(1, round(SHORTEST / first))
        say(f"  {self.method.name}: {self.seconds[0]:.3g} s")
        if self.runs:
            self.seconds, self.quality = [], []

    def run(self, data):
        """Run the method, several times within one measurement if it is short."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # peers warn of convergence, and of each other
            start = process_time()
            for _ in range(self.number):
                result = self.method.run(data)
            seconds = (process_time() - start) / self.number
        self.seconds.append(seconds / self.method.share)
        self.quality.append(self.method.quality(result, data))

    def row(self):
        """Return the median time and the mean quality."""
        quality = {name: fmean(q[name] for q in self.quality) for name in self.quality[0]}
        row = {"method": self.method.name, "seconds": median(self.seconds)}
        return row | {"runs": len(self.seconds), **quality, "note": self.method.note}


def measure(task, effort):
    """Time the methods of a task in turn, round after round.

    Returns
    -------
    list of dict
        A row of the table for each method.
    """
    say(f"{task.name}, {task.sizes}")
    timers = [Timer(method) for method in task.methods]
    data = task.draw(0)
    for timer in timers:
        timer.warm_up(data, effort)
    for k in range(effort.repeats):
        data = task.draw(k)
        for timer in timers:
            if k < timer.runs:
                timer.run(data)
    return table_rows(task, [timer.row() for timer in timers])


def stopwatch(function):
    """Return the processor time of a function, in seconds."""
    start = process_time()
    function()
    return process_time() - start


def table_rows(task, rows):
    """Add the task, and the ratio to the first of its rows."""
    reference = rows[0]["seconds"]
    return [
        {"task": task.name, "sizes": task.sizes}
        | row
        | {"reference": rows[0]["method"], "ratio": row["seconds"] / reference}
        for row in rows
    ]


def say(text):
    """Report progress."""
    print(text, file=sys.stderr, flush=True)
