"""The law of a fit by any loss, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .dense_law import dense_solution
from .existence import threshold
from .least_squares_law import least_squares_law
from .same_refit import same_refit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.spectrum import Spectrum

    from .classifier_support import Kept
    from .dense_law import DenseSystem
    from .fit_law import FitLaw
    from .label_law import LabelLaw
    from .solution import Solution


@dataclass(frozen=True)
class Fitting:
    """How a classifier is fitted.

    Attributes
    ----------
    labels : LabelLaw
        The law of the labels.
    loss : {"logistic", "squared", "max_margin"}
        What is minimised.
    penalty : float
        Ridge penalty.
    fit_intercept : bool
        Whether there is an intercept.
    of_alpha : str
        The name of the penalty, for messages.
    of_loss : str
        The name of the loss, for messages.
    """

    labels: LabelLaw
    loss: str
    penalty: float
    fit_intercept: bool
    of_alpha: str = "alpha"
    of_loss: str = "loss"

    def law(self, spectrum: Spectrum, n: float) -> FitLaw:
        """Return the law of the fit to n rows.

        Raises
        ------
        ValueError
            If there is no such fit in the limit.
        """
        if self.loss == "squared":
            return self._least_squares(spectrum, n)
        solution = self._solve(spectrum, n)
        return solution.system.law(solution.x)

    def fresh_draws(self, kept: Kept, n: float) -> Array:
        """Return m, q and b0 of a refit to n fresh rows, one a draw, of shape (n_draws, 3).

        Raises
        ------
        ValueError
            If there is no such fit in the limit.
        """
        if self.loss != "squared":
            return self._solve(kept.spectrum, n).draws(kept)
        law = self._least_squares(kept.spectrum, n)
        return np.array([[law.signal, law.square, law.intercept]])

    def _least_squares(self, spectrum: Spectrum, n: float) -> FitLaw:
        args = self.labels, spectrum, n - self.fit_intercept, self.penalty
        return least_squares_law(*args, fit_intercept=self.fit_intercept)

    def _solve(self, spectrum: Spectrum, n: float) -> Solution[DenseSystem]:
        self._check_existence(spectrum, n)
        args = self.labels, spectrum, n, self.penalty
        solution = dense_solution(*args, loss=self.loss, fit_intercept=self.fit_intercept)
        if solution is None:
            msg = f"Failed to converge to the law of a fit to {n:g} rows: change {self.of_alpha}."
            raise ValueError(msg)
        return solution

    def _check_existence(self, spectrum: Spectrum, n: float) -> None:
        """Raise a ValueError if a fit is at infinity, or a margin negative."""
        if self.loss == "max_margin" and self.penalty > 0:
            msg = f"{self.of_alpha} is {self.penalty:g}: the largest margin has no penalty, give 0."
            raise ValueError(msg)
        if self.penalty > 0:
            return
        energy = float(spectrum.energy.sum())
        limit = n * threshold(self.labels, energy, fit_intercept=self.fit_intercept)
        if self.loss == "logistic" and spectrum.rank >= limit:
            raise ValueError(self._separable(spectrum.rank, n))
        if self.loss == "max_margin" and spectrum.rank <= limit:
            msg = (
                f"{self.of_loss} is 'max_margin', but {spectrum.rank:g} features do not separate "
                f'{n:g} samples: give {self.of_loss}="logistic".'
            )
            raise ValueError(msg)

    def _separable(self, n_features: float, n: float) -> str:
        return (
            f"{self.of_alpha} is 0, but {n_features:.6g} features separate {n:g} samples, and no "
            f"logistic fit exists: give a positive {self.of_alpha}, or "
            f'{self.of_loss}="max_margin".'
        )

    def same_draws(self, first: FitLaw, kept: Kept, n: float) -> Array:
        """Return m, q and b0 of a refit to the rows of a first fit, of shape (n_draws, 3).

        Raises
        ------
        ValueError
            If there is no such fit in the limit.
        """
        if self.loss == "max_margin":
            msg = (
                f"{self.of_loss} is 'max_margin', whose law on the same samples is not known: give "
                f'retrain="fresh", or {self.of_loss}="logistic".'
            )
            raise ValueError(msg)
        args = self.labels, first, kept, n, self.penalty
        found = same_refit(*args, loss=self.loss, fit_intercept=self.fit_intercept)
        if found is None:
            msg = (
                f"{self.of_alpha} is {self.penalty:g}, and no refit of {kept.spectrum.rank:.6g} "
                f"features to the same {n:g} samples was found: give a larger {self.of_alpha}."
            )
            raise ValueError(msg)
        return found.draws(kept)
