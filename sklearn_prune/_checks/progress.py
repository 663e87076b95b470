"""How far a fit has come, for the callbacks of scikit-learn, such as its progress bar."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    @contextmanager
    def task(self, name: str, n_steps: int | None = 0) -> Iterator[Progress]:
        """Begin a task within this one, and end it.

        Parameters
        ----------
        name : str
        n_steps : int or None, default=0
            How many tasks there are within it; None if nobody knows.
        """
        if self.context is None:
            yield self
            return
        context = self.context.subcontext(task_name=name, max_subtasks=n_steps)
        context.call_on_fit_task_begin(estimator=self.estimator)
        yield self._replace(context=context)
        context.call_on_fit_task_end(estimator=self.estimator)


SILENT = Progress()


@contextmanager
def fit_progress(estimator: Any, n_steps: int | None, **data: Any) -> Iterator[Progress]:
    """Begin the fit of an estimator with callbacks, and end it.

    Parameters
    ----------
    estimator : estimator
        A `CallbackSupportMixin` whose `fit` is decorated `with_callbacks`.
    n_steps : int or None
        How many tasks there are within the fit; None if nobody knows.
    **data : object
        X and y.
    """
    if not (hasattr(estimator, "_skl_callbacks") or hasattr(estimator, "_parent_callback_ctx")):
        yield SILENT
        return
    context = estimator._init_callback_context(max_subtasks=n_steps)
    context.call_on_fit_task_begin(estimator=estimator, **data)
    yield Progress(estimator, context)
    context.call_on_fit_task_end(estimator=estimator, **data)
