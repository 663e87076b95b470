"""A study at work: every run once, its row in the table at once."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._checks.user_warnings import warn_user
from sklearn_prune.neural._checkpoint_file import FitFile
from sklearn_prune.neural._flushed_denormals import flushed_denormals
from sklearn_prune.neural._masks import masks_of
from sklearn_prune.neural._whole_file import remove_partials

from .alignment import aligned, narrow, widen
from .images import load_images
from .runs import Run, build, plan, size_of
from .settings import PRECISIONS
from .side_by_side import GraphTrainer, train_side_by_side
from .trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from .images import Images
    from .results_table import ResultsTable
    from .settings import Settings

AnyTrainer = TypeVar("AnyTrainer", bound=Trainer)

# Training saves its state so often, if an epoch is no longer, that a kill costs no more.
SECONDS_BETWEEN_SAVES = 20
SECONDS_BETWEEN_LOOKS = 1


@dataclass(frozen=True)
class Workshop:
    """Where nets are trained, and where their weights lie.

    Attributes
    ----------
    settings : Settings
        The study.
    folder : Path
        Folder of the weights of the dense nets, and of nets in training.
    device : torch.device
        Where nets are trained.
    data_home : str or None
        Folder of CIFAR-10 and MNIST.
    """

    settings: Settings
    folder: Path
    device: torch.device
    data_home: str | None = None

    @property
    def precision(self) -> torch.dtype:
        """Precision of the forward pass, and of the images."""
        return PRECISIONS[self.settings.precision]

    @cached_property
    def images(self) -> Images:
        """What is learnt, on the device; every process reads it by itself."""
        return load_images(self.settings, self.data_home).to(self.device, self.precision)

    def state_file(self, run: Run) -> FitFile:
        """Return the file of the weights of a dense net after training."""
        return FitFile(self.folder, run.key)

    def progress_file(self, run: Run) -> FitFile:
        """Return the file of a net in training."""
        return FitFile(self.folder, f"{run.key}-training-{self.device.type}")

    def clean_up(self, finished: Iterable[Run]) -> None:
        """Remove what a kill left, as long as no process writes."""
        remove_partials(self.folder)
        for run in finished:
            self.forget_progress(run)

    def forget_progress(self, run: Run) -> None:
        """Remove the file of a net that is trained."""
        self.progress_file(run).path.unlink(missing_ok=True)

    def start(self, run: Run, kind: type[AnyTrainer]) -> AnyTrainer:
        """Return the trainer of a run's net, which goes on where an earlier one was."""
        if run.method == "dense":
            net = run.initial_net()
        else:
            trained = self.state_file(run.dense).read()
            if trained is None:
                path = self.state_file(run.dense).path
                raise FileNotFoundError(f"{path} is gone: the same command trains its net again.")
            net = run.pruned_net(trained)
        settings = self.settings
        if self.device.type == "cuda":
            net = widen(net, build(settings, aligned(run.width)))
        trainer = kind(
            net,
            run.images(self.images),
            n_epochs=run.n_epochs,
            seed=run.seed,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            precision=self.precision,
        )
        if state := self.progress_file(run).read():
            trainer.load_state_dict(state)
        return trainer

    def saver(self) -> Callable[[Run, Trainer], None]:
        """Return a function that saves the net of a run if it is time to."""
        saved: defaultdict[Run, float] = defaultdict(time.monotonic)

        def save(run: Run, trainer: Trainer) -> None:
            if time.monotonic() - saved[run] > SECONDS_BETWEEN_SAVES:
                self.progress_file(run).write(trainer.state_dict())
                saved[run] = time.monotonic()

        return save

    def finish(self, run: Run, trainer: Trainer) -> dict[str, Any]:
        """Return the row of a run, and keep the weights of a dense net."""
        train_error, test_error = trainer.error_rates()
        if not all(weight.isfinite().all() for weight in trainer.module.parameters()):
            warn_user(
                f"The {run.method} net of width {run.width} and seed {run.seed} has diverged: "
                "lower --learning-rate.",
                RuntimeWarning,
            )
        if run.method == "dense":
            net = narrow(trainer.module, run.initial_net())
            self.state_file(run).write(net.state_dict())
        masks = masks_of(trainer.module).values()
        size = size_of(self.settings, run.width)
        return run.parameters() | {
            "key": run.key,
            "sparsity": run.sparsity,
            "label_noise": run.label_noise,
            "n_weights": size,
            "n_kept": sum(int(mask.sum()) for mask in masks) if masks else size,
            "train_error": round(train_error, 6),
            "test_error": round(test_error, 6),
            "n_train": len(self.images.y_train),
            "device": _name(self.device),
        }


def remaining(workshop: Workshop, table: ResultsTable) -> tuple[list[Run], list[Run]]:
    """Return the runs that are to be made: dense ones, and those that prune their nets.

    A dense net whose weights were lost is to be trained again, if it is to be pruned.
    """
    dense, pruned = plan(workshop.settings)
    waiting = [run for run in pruned if run.key not in table.rows]
    parents = {run.dense for run in waiting}
    untrained = [
        run
        for run in dense
        if run.key not in table.rows
        or (run in parents and not workshop.state_file(run).path.exists())
    ]
    return untrained, waiting


def carry_out(
    workshop: Workshop,
    table: ResultsTable,
    *,
    n_jobs: int,
    advance: Callable[[int], object],
) -> None:
    """Make all runs of a study that the table lacks.

    Parameters
    ----------
    workshop : Workshop
        The study, and where to train.
    table : ResultsTable
        What is finished, and gets the rows of the others.
    n_jobs : int
        Number of processes on a CPU, of nets side by side on a CUDA device.
    advance : callable
        Told the cost of every run that is finished.
    """
    stages = remaining(workshop, table)
    planned = [run for part in plan(workshop.settings) for run in part]
    table.clean_up()
    workshop.clean_up(run for run in planned if run.key in table.rows)
    if any(stages):  # once, before several processes read or even download them
        load_images(workshop.settings, workshop.data_home)
    train = _on_cuda if workshop.device.type == "cuda" else _on_cpu
    for runs in stages:
        longest_first = sorted(runs, key=lambda run: -run.cost)
        for run, row in train(longest_first, workshop, n_jobs):
            table.append(row)
            advance(run.cost)
            workshop.forget_progress(run)
    table.sort([run.key for run in planned])


def _on_cuda(
    runs: Sequence[Run], workshop: Workshop, n_nets: int
) -> Iterator[tuple[Run, dict[str, Any]]]:
    """Train nets side by side on one device."""

    def start(run: Run) -> tuple[Run, GraphTrainer]:
        return run, workshop.start(run, GraphTrainer)

    # By default the context of cuDNN turns it off.
    cudnn = torch.backends.cudnn.flags(enabled=True, benchmark=True)
    with torch.cuda.device(workshop.device), cudnn:
        for run, trainer in train_side_by_side(map(start, runs), n_nets, workshop.saver()):
            yield run, workshop.finish(run, trainer)


def _on_cpu(
    runs: Sequence[Run], workshop: Workshop, n_jobs: int
) -> Iterator[tuple[Run, dict[str, Any]]]:
    """Train nets in processes of one thread each."""
    tasks = (delayed(_train_alone)(run, workshop, os.getpid()) for run in runs)
    yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered")(tasks)


def _train_alone(run: Run, workshop: Workshop, study: int) -> tuple[Run, dict[str, Any]]:
    """Train one net."""
    _end_with(study)
    torch.set_num_threads(1)
    trainer, save = workshop.start(run, Trainer), workshop.saver()
    while trainer.epoch < trainer.n_epochs:
        save(run, trainer)
        with flushed_denormals():
            trainer.train_epoch()
    return run, workshop.finish(run, trainer)


@cache
def _end_with(study: int) -> None:
    """See to it that this process ends with that of the study, even if this is killed."""

    def watch() -> None:
        while os.getppid() == study:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os._exit(1)

    if os.getpid() != study:
        Thread(target=watch, daemon=True).start()


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
