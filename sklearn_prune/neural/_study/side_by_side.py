"""Many small nets on one CUDA device, side by side.

A net of few filters keeps a large GPU busy for a few microseconds a kernel, less than
it takes to launch the kernel. So a whole training step, data and optimiser included, is
recorded once as a CUDA graph and replayed, and several nets replay theirs at once, each
on a stream of its own.
"""

from __future__ import annotations

import time
from collections import deque
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from .trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Iterator

# So many steps are queued at once, and so often: one queue runs while the next is filled.
STEPS_AT_ONCE = 16
QUEUES = 3
WARM_UP_STEPS = 3
# Seconds between looks at the queues.
PATIENCE = 1e-4

Name = TypeVar("Name")


class GraphTrainer(Trainer):
    """A trainer whose step is a CUDA graph, on a stream of its own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.stream = torch.cuda.Stream()
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            super().__init__(*args, **options)
            if self.n_epochs:
                self._record()
        self.left = 0
        self.queued: deque[torch.cuda.Event] = deque()

    def _record(self) -> None:
        """Record one step, and leave the net as it was."""
        state = deepcopy(self.module.state_dict())
        self.shuffle()
        for _ in range(min(WARM_UP_STEPS, self.n_steps)):
            super().step()
        self.optimizer.zero_grad(set_to_none=True)
        self.stream.synchronize()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=self.stream):
            super().step()
        self.module.load_state_dict(state)
        with torch.no_grad():
            for moments in self.optimizer.state.values():
                for moment in moments.values():
                    moment.zero_()

    def step(self) -> None:
        """Learn from one batch."""
        self.graph.replay()

    def advance(self) -> bool:
        """Queue some steps if the device has worked off most; return whether all are done."""
        while self.queued and self.queued[0].query():
            self.queued.popleft()
        if len(self.queued) < QUEUES and (self.left or self.epoch < self.n_epochs):
            with torch.cuda.stream(self.stream):
                if not self.left:
                    self.shuffle()
                    self.epoch += 1
                    self.left = self.n_steps
                steps = min(STEPS_AT_ONCE, self.left)
                for _ in range(steps):
                    self.step()
                self.left -= steps
                self.queued.append(self.stream.record_event())
        return not self.queued

    def error_rates(self) -> tuple[float, float]:
        """Return the fractions of training and test images that are wrong."""
        with torch.cuda.stream(self.stream):
            return super().error_rates()


def train_side_by_side(
    nets: Iterator[tuple[Name, GraphTrainer]], n_nets: int
) -> Iterator[tuple[Name, GraphTrainer]]:
    """Train nets, so many at a time, and yield each when it is done, in no order.

    Parameters
    ----------
    nets : iterator of (object, GraphTrainer)
        Names and trainers of the nets, taken when there is room for one more.
    n_nets : int
        Number of nets that train at once.
    """
    running: list[tuple[Name, GraphTrainer]] = []
    while True:
        running += islice(nets, n_nets - len(running))
        if not running:
            return
        done = [net for net in running if net[1].advance()]
        running = [net for net in running if net not in done]
        yield from done
        if not done:
            time.sleep(PATIENCE)
