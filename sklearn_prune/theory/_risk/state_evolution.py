r"""The joint law of a dense fit and a refit that shares its samples.

Both minimisers are fixed points of approximate message passing. In whitened
coordinates :math:`\Sigma^{1/2}b` they are functions of two Gaussian vectors
:math:`\theta_a=u+G_a` whose covariance, K, follows from both fits together
("state evolution with memory"); the refit depends on :math:`\theta_1` in three
ways: through the support, through targets that the first fit predicted, and
through the memory term of the iteration.

Let the refit see the n rows of the first fit, of which the targets are y or (with
a ridge in the first fit it makes a difference) the first fit's predictions, and
m more rows with predicted targets; N = n + m, a = n/N. With its operator
:math:`P=A(A'A+1/\xi_2)^{-1}A'`, A the whitened columns of the support and
:math:`N=\mathrm{tr}P+\mu_2\xi_2`, and with the first fit h, the refit is

.. math:: \hat u_2 = P\bigl(a\theta_2+(1-a)(h+G_3)-c(\theta_1-h)\bigr),

where :math:`G_3` is the independent fluctuation of the m rows. A refit that is pulled to the
pruned first fit q, by :math:`\mu_2|b-\hat b_S|^2` in place of :math:`\mu_2|b|^2`, has
:math:`(1-P)q` beside that. Write
:math:`G_2=rG_1+\text{noise}`, :math:`r=K_{12}/K_{11}`. The covariance of the
residuals and Stein's identity for :math:`\langle G_1,\hat u_2\rangle` are two linear
equations for r and c, and then the two variances are two more. The derivative of
the support is never needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._problems.spectrum import spectral_sums

from .dense import ratio
from .finite_size import excess
from .outcome import Outcome, left_out
from .support import ERROR, MISSED, NOISE, TRUTH, Grams

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.spectrum import Spectrum

    from .first_fit import FirstFit
    from .support import Selection

# A variance of the first fit beside the signal by which nothing can be divided.
SMALLEST = 1e-250


def shared_refit(
    first: FirstFit,
    selection: Selection,
    alpha: float,
    n_unlabeled: float = 0.0,
    *,
    pulled: bool = False,
    finite_n: bool,
) -> Outcome:
    r"""Return what comes of a refit that shares the samples.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    selection : Selection
        The support.
    alpha : float
        Penalty of the refit, :math:`\mu_2`.
    n_unlabeled : float
        m. If it is positive the refit is a distillation: all its targets are
        predictions of the first fit.
    pulled : bool
        Whether the penalty is on the distance from the pruned first fit.
    finite_n : bool
        Whether to correct for the size of n. Simulation says that the factor on the
        variance of a dense fit is here on what the first fit does not explain of it.

    Returns
    -------
    Outcome
        By the mean equations of all draws, and without each of them.
    """
    n_rows = first.n + n_unlabeled
    grams = selection.grams(n_rows, alpha, pulled=pulled)
    factor, more = 1.0, 0.0
    if finite_n:
        spectra = [spectrum for spectrum, _ in selection.restricted(n_rows, alpha)]
        parts = [_beyond_the_limit(spectrum, n_rows, alpha) for spectrum in spectra]
        factor, more = np.mean(parts, axis=0)
    missed = MISSED if pulled else TRUTH
    outcome = _solve(first, Grams(*map(left_out, grams)), n_unlabeled, missed, factor)
    return outcome._replace(risk=outcome.risk + more)


def refit_law(first: FirstFit, selection: Selection, alpha: float) -> tuple[float, float, float]:
    """Return r, c and the variance of the noise of a refit to the same samples.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    selection : Selection
        The support.
    alpha : float
        Penalty of the refit.
    """
    grams = Grams(*map(left_out, selection.grams(first.n, alpha)))
    r, c = (float(part[0, 0]) for part in _overlap(first, grams, 0.0, TRUTH))
    variance = float(_solve(first, grams, 0.0, TRUTH, 1.0).risk[0]) / first.n
    shared = r**2 * first.variance if r else 0.0
    return r, c, max(variance - shared, 0.0)


def leave_one_out_error(first: FirstFit, selection: Selection, alpha: float) -> float:
    r"""Return the mean square of the leave-one-out residuals of a refit to the same samples.

    The support is not chosen again: :math:`n((r-c)^2K_{11}+\operatorname{Var}e)`.

    Parameters
    ----------
    first : FirstFit
        The dense fit.
    selection : Selection
        The support.
    alpha : float
        Penalty of the refit.
    """
    r, c, noise = refit_law(first, selection, alpha)
    shared = (r - c) ** 2 * first.variance if r != c else 0.0
    return first.n * (shared + noise)


def _beyond_the_limit(spectrum: Spectrum, n: float, alpha: float) -> tuple[float, float]:
    """Return by what factor the variance of a fit exceeds its limit, and by how much its bias."""
    size, penalty = np.array(n), np.array(alpha)
    sums = spectral_sums(spectrum, size, penalty)
    factors = excess(spectrum, sums, size, penalty)
    bias = (factors.bias - 1) * ratio(size * sums.bias, sums.slack)
    return float(factors.variance), float(bias)


def _solve(first: FirstFit, grams: Grams, m: float, missed: Array, factor: float) -> Outcome:
    """Solve for the refit, of risk n K22, for each of several sets of inner products.

    Outside of P it misses a given combination of the vectors of the truth.
    """
    n, noise = first.n, first.problem.noise_variance
    K, a = first.variance, n / (n + m)
    r, c = _overlap(first, grams, m, missed)
    # The refit is P(u + v) + Q(u - missed) and noise, whose variance passes through P.
    v = (1 - a) * ERROR + r * a * NOISE - c * (NOISE - ERROR)
    bias, bias_m = noise + grams.distance(v, missed), grams.distance(v - ERROR, missed + ERROR)
    shared, unlabeled = a**2 * grams.trace_squared, (1 - a) ** 2 * grams.trace_squared
    memory = 0.0 if np.isinf(K) else shared * r[:, 0] ** 2 * K
    # n K22 = bias + s and m K33 = bias_m + s, with s = shared K22 + unlabeled K33 - memory.
    source, left = shared * bias / n - memory, 1 - shared / n
    if m > 0:
        source, left = source + unlabeled * bias_m / m, left - unlabeled / m
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(left > 1e-10, factor * source / left, np.inf)
    # Where nothing is left to chance, what rounding makes of 0 is no variance.
    risk = bias + np.where(source > 1e-14 * bias, variance, 0.0)
    return Outcome(risk, grams.overlap(v, missed))


def _overlap(first: FirstFit, grams: Grams, m: float, missed: Array) -> tuple[Array, Array]:
    """Return r = K12/K11 and the memory coefficient c, of shape (n_draws, 1) each.

    At the peak, K11 = inf, the two fits have nothing in common; where the first
    fit has no error, K11 = 0, there is nothing to share.
    """
    K, n, a = first.variance, first.n, first.n / (first.n + m)
    signal = (grams.once + grams.outside)[0, 0, 0]
    if np.isinf(K) or max(signal, 1.0) * SMALLEST >= K:
        return (np.zeros((len(grams.trace), 1)),) * 2
    start, memory = TRUTH + (1 - a) * ERROR, ERROR - NOISE
    # All equations are over K, which leaves numbers of order one.
    once, outside = grams.once / K, grams.outside / K
    # Residuals: n K12 = sigma^2 + E<error, refit - u>.
    row = [n - a * (ERROR @ once @ NOISE), -(ERROR @ once @ memory)]
    noise = first.problem.noise_variance / K
    target = noise + (1 - a) * (ERROR @ once @ ERROR) - ERROR @ outside @ missed
    # Stein: E<G1, refit> = K11 (n b21) + K12 (n b22). Targets that a ridge fit predicted
    # add its penalty to the memory term n b21.
    left = (n + m) - grams.trace
    stein = [
        a * (NOISE @ once @ NOISE - grams.trace),
        NOISE @ once @ memory - left,
    ]
    penalty = first.penalty if m > 0 else 0.0
    stein_target = -(NOISE @ once @ start) - NOISE @ outside @ (TRUTH - missed) - penalty
    determinant = row[0] * stein[1] - row[1] * stein[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        r = (target * stein[1] - row[1] * stein_target) / determinant
        c = (row[0] * stein_target - stein[0] * target) / determinant
    return r[:, np.newaxis], c[:, np.newaxis]
