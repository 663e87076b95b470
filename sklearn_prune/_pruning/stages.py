"""The stages of a pruned fit, and the model that each of them leaves."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import Mask

    from .linear_fit import LinearFit


class Stages(NamedTuple):
    """Tells callbacks how far a pruned model has come: train, prune round by round, retrain.

    Attributes
    ----------
    progress : Progress
    """

    progress: Progress = SILENT

    @contextmanager
    def rounds(self) -> Iterator[Stages]:
        """Begin to prune, and end it."""
        with self.progress.task("prune", None) as progress:
            yield Stages(progress)

    def tell(
        self,
        name: str,
        dense: LinearFit,
        fit: Callable[[], LinearFit],
        support: Mask,
        data: TrainingData,
    ) -> None:
        """Tell of a stage that is over, and of the fit that it leaves, if somebody listens."""
        self.progress.done(name, lambda: fitted_attributes(dense, fit(), support, data))


UNTOLD = Stages()


def fitted_attributes(
    dense: LinearFit, fit: LinearFit, support: Mask, data: TrainingData
) -> dict[str, Any]:
    """Return the fitted attributes of a pruned model that predictions need.

    Parameters
    ----------
    dense, fit : LinearFit
        The dense fit, and what has become of it.
    support : ndarray of shape (n_features,) or (n_targets, n_features), dtype bool
        What is kept.
    data : TrainingData
    """
    intercept = np.asarray(fit.intercept, dtype=data.X.dtype)[()]
    attributes = {
        "estimator_": dense.model,
        "retrained_estimator_": None if fit is dense else fit.model,
        "support_": support,
        "coef_": fit.coef,
        "intercept_": intercept,
    }
    if data.classes is None:
        return attributes
    codes = {"coef_": np.atleast_2d(fit.coef), "intercept_": np.atleast_1d(intercept)}
    return attributes | codes | {"classes_": data.classes}
