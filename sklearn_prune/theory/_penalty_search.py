"""The ridge penalty at which a risk is least."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

from ._problems.spectrum import spectral_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import Array

    from ._problems.spectrum import Spectrum


@dataclass(frozen=True)
class PenaltyLine:
    r"""Ridge penalties in the order of what they leave: those of :math:`c=1/\xi`.

    .. math:: \mu = c\,\Bigl(n-\sum_i\frac{\lambda_i}{\lambda_i+c}\Bigr)

    Parameters
    ----------
    spectrum : Spectrum
    n : float
        Degrees of freedom of the rows.
    """

    spectrum: Spectrum
    n: float

    def penalty(self, log_c: float) -> float:
        r"""Return :math:`\mu` at :math:`\log c`."""
        degrees = self.spectrum.counts @ expit(np.log(self.spectrum.eigenvalues) - log_c)
        return float(max(np.exp(log_c) * (self.n - degrees), 0.0))

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The ends of the line: no penalty, and one by which a thousandth is left of a fit."""
        values = self.spectrum.eigenvalues
        free = float(spectral_sums(self.spectrum, np.array(self.n), np.array(0.0)).xi)
        low = -np.log(free) if np.isfinite(free) else np.log(1e-3 * values.min())
        return float(low), float(np.log(1e3 * values.max()))

    def least(
        self, risk: Callable[[float], float], n_grid: int, tolerance: float
    ) -> tuple[float, float]:
        r"""Return the penalty of the least risk, and this, by a grid and then Brent's method.

        Parameters
        ----------
        risk : callable
            Of a penalty.
        n_grid : int
            Number of penalties from which the search starts, 0 being one of them.
        tolerance : float
            Of :math:`\log c`.
        """
        if self.spectrum.rank == 0:
            return 0.0, risk(0.0)
        grid = np.linspace(*self.ends, n_grid)
        penalties = [0.0, *map(self.penalty, grid[1:])]
        risks = [risk(penalty) for penalty in penalties]
        best = int(np.argmin(risks))
        refined = minimize_scalar(
            lambda log_c: risk(self.penalty(log_c)),
            bounds=_neighbours(grid, best),
            method="bounded",
            options={"xatol": tolerance},
        )
        if refined.fun < risks[best]:
            return self.penalty(refined.x), float(refined.fun)
        return penalties[best], risks[best]


def _neighbours(grid: Array, index: int) -> tuple[float, float]:
    return grid[max(index - 1, 0)], grid[min(index + 1, len(grid) - 1)]
