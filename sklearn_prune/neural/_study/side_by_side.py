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
    from collections.abc import Callable, Iterator

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

    def begin_epoch(self) -> None:
        """Begin a pass over the images."""
        with torch.cuda.stream(self.stream):
            self.shuffle()
        self.epoch += 1
        self.left = self.n_steps

    def queue_steps(self) -> None:
        """Queue some steps of the epoch if the device has worked off most."""
        if self.left and len(self.queued) < QUEUES:
            steps = min(STEPS_AT_ONCE, self.left)
            with torch.cuda.stream(self.stream):
                for _ in range(steps):
                    self.step()
                self.queued.append(self.stream.record_event())
            self.left -= steps

    def at_rest(self) -> bool:
        """Return whether all steps are done of the epochs so far."""
        while self.queued and self.queued[0].query():
            self.queued.popleft()
        return not (self.left or self.queued)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state, in the memory that the graph knows."""
        self.epoch = state["epoch"]
        moments = state["optimizer"]["state"]
        with torch.cuda.stream(self.stream), torch.no_grad():
            self.module.load_state_dict(state["module"])
            for index, parameter in enumerate(self.optimizer.param_groups[0]["params"]):
                for name, moment in self.optimizer.state[parameter].items():
                    moment.copy_(moments[index][name])

    def error_rates(self) -> tuple[float, float]:
        """Return the fractions of training and test images that are wrong."""
        with torch.cuda.stream(self.stream):
            return super().error_rates()


def train_side_by_side(
    nets: Iterator[tuple[Name, GraphTrainer]],
    n_nets: int,
    before_epoch: Callable[[Name, GraphTrainer], object] = lambda _name, _trainer: None,
) -> Iterator[tuple[Name, GraphTrainer]]:
    """Train nets, so many at a time, and yield each when it is done, in no order.

    Parameters
    ----------
    nets : iterator of (object, GraphTrainer)
        Names and trainers of the nets, taken when there is room for one more.
    n_nets : int
        Number of nets that train at once.
    before_epoch : callable
        Called with a name and a trainer between epochs, when its net is at rest.
    """
    running: list[tuple[Name, GraphTrainer]] = []
    while True:
        running += islice(nets, n_nets - len(running))
        if not running:
            return
        for net in running.copy():
            name, trainer = net
            if not trainer.at_rest():
                trainer.queue_steps()
            elif trainer.epoch < trainer.n_epochs:
                before_epoch(name, trainer)
                trainer.begin_epoch()
            else:
                running.remove(net)
                yield net
        time.sleep(PATIENCE)
