"""How far a fit has come, for the callbacks of scikit-learn, such as its progress bar."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager


class Progress(NamedTuple):
    """A task of a fit, which its callbacks are told of.

    The protocol of callbacks is experimental in scikit-learn: nothing else knows of it.

    Attributes
    ----------
    estimator : estimator
    context : CallbackContext or None
        That of the task; None if nobody listens.
    data : dict
        What the estimator is fitted to, for those who score it on its way.
    """

    estimator: Any = None
    context: Any = None
    data: Any = None

    def task(self, name: str, n_steps: int | None = 0) -> AbstractContextManager[Progress]:
        """Return what begins a task within this one, and ends it.

        Parameters
        ----------
        name : str
        n_steps : int or None, default=0
            How many tasks there are within it; None if nobody knows.
        """
        return self.new(name, n_steps).running()

    def new(self, name: str, n_steps: int | None = 0) -> Progress:
        """Return a task within this one, which may be `running` in another process."""
        if self.context is None:
            return self
        context = self.context.subcontext(task_name=name, max_subtasks=n_steps)
        return self._replace(context=context)

    def running(self) -> AbstractContextManager[Progress]:
        """Return what begins this task, and ends it."""
        return nullcontext(self) if self.context is None else self._running()

    def each(self, name: str, items: Iterable[Any]) -> Iterable[Any]:
        """Return the same items, each of which is a task until the next one is asked for."""
        return items if self.context is None else self._each(name, items)

    def done(self, name: str, attributes: Callable[[], dict[str, Any]]) -> None:
        """Tell of a task within this one that is over.

        Parameters
        ----------
        name : str
        attributes : callable
            Returns the fitted attributes that an estimator would have that stopped here.
        """
        if self.context is not None:
            self.new(name)._begin()._end(reconstruction_attributes=attributes, **self.data)

    def _begin(self, **data: Any) -> Progress:
        self.context.call_on_fit_task_begin(estimator=self.estimator, **data)
        return self

    def _end(self, **data: Any) -> None:
        self.context.call_on_fit_task_end(estimator=self.estimator, **data)

    @contextmanager
    def _running(self) -> Iterator[Progress]:
        yield self._begin()
        self._end()

    def _each(self, name: str, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            with self.task(name):
                yield item


SILENT = Progress()


def fit_progress(
    estimator: Any, n_steps: int | None, X: Any = None, y: Any = None, sample_weight: Any = None
) -> AbstractContextManager[Progress]:
    """Return what begins the fit of an estimator for its callbacks, and ends it.

    Parameters
    ----------
    estimator : estimator
        A `CallbackSupportMixin` whose `fit` is decorated `with_callbacks`. At the end it is
        fitted.
    n_steps : int or None
        How many tasks there are within the fit; None if nobody knows.
    X, y, sample_weight : object
        What it is fitted to, unless that is read from elsewhere.
    """
    if hasattr(estimator, "_skl_callbacks") or hasattr(estimator, "_parent_callback_ctx"):
        weights = {"sample_weight": sample_weight} if np.ndim(sample_weight) else None
        return _fit_progress(estimator, n_steps, {"X": X, "y": y, "metadata": weights})
    return nullcontext(SILENT)


@contextmanager
def _fit_progress(estimator: Any, n_steps: int | None, data: dict[str, Any]) -> Iterator[Progress]:
    context = estimator._init_callback_context(max_subtasks=n_steps)
    progress = Progress(estimator, context, data)
    yield progress._begin(**data)
    progress._end(reconstruction_attributes={}, **data)
