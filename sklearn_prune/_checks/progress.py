"""How far a fit has come, for the callbacks of scikit-learn, such as its progress bar."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager


class Progress(NamedTuple):
    """A task of a fit, which its callbacks are told of.

    The protocol of callbacks is experimental in scikit-learn: nothing else knows of it.

    Attributes
    ----------
    estimator : estimator
    context : CallbackContext or None
        That of the task; None if nobody listens.
    """

    estimator: Any = None
    context: Any = None

    def task(self, name: str, n_steps: int | None = 0) -> AbstractContextManager[Progress]:
        """Return what begins a task within this one, and ends it.

        Parameters
        ----------
        name : str
        n_steps : int or None, default=0
            How many tasks there are within it; None if nobody knows.
        """
        return nullcontext(self) if self.context is None else self._task(name, n_steps)

    def each(self, name: str, items: Iterable[Any]) -> Iterable[Any]:
        """Return the same items, each of which is a task until the next one is asked for."""
        return items if self.context is None else self._each(name, items)

    @contextmanager
    def _task(self, name: str, n_steps: int | None) -> Iterator[Progress]:
        context = self.context.subcontext(task_name=name, max_subtasks=n_steps)
        context.call_on_fit_task_begin(estimator=self.estimator)
        yield self._replace(context=context)
        context.call_on_fit_task_end(estimator=self.estimator)

    def _each(self, name: str, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            with self._task(name, 0):
                yield item


SILENT = Progress()


def fit_progress(
    estimator: Any, n_steps: int | None, **data: Any
) -> AbstractContextManager[Progress]:
    """Return what begins the fit of an estimator for its callbacks, and ends it.

    Parameters
    ----------
    estimator : estimator
        A `CallbackSupportMixin` whose `fit` is decorated `with_callbacks`.
    n_steps : int or None
        How many tasks there are within the fit; None if nobody knows.
    **data : object
        X and y.
    """
    if hasattr(estimator, "_skl_callbacks") or hasattr(estimator, "_parent_callback_ctx"):
        return _fit_progress(estimator, n_steps, data)
    return nullcontext(SILENT)


@contextmanager
def _fit_progress(estimator: Any, n_steps: int | None, data: dict[str, Any]) -> Iterator[Progress]:
    context = estimator._init_callback_context(max_subtasks=n_steps)
    context.call_on_fit_task_begin(estimator=estimator, **data)
    yield Progress(estimator, context)
    context.call_on_fit_task_end(estimator=estimator, **data)
