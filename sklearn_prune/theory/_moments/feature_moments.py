r"""Moments of random features of Gaussian inputs, in closed form where there is one.

For inputs x ~ N(0, I_d), first-layer weights W of shape (p, d) with rows w, and an
activation phi, the moments that make up the equivalent linear Gaussian problem
(Def. 2 of Chang et al., 2021, arXiv:2012.08749): E phi, E[phi phi'] and E[y phi] for a
label y = link(v'x). Inputs of covariance S have the moments of the weights
:math:`S^{1/2} w` and the direction :math:`S^{1/2} v`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import as_floats

from .closed_forms import CLOSED_FORMS, PERIODIC, angles, closed_form, periodic_second_moment
from .gaussian_quadrature import gaussian_mean
from .hermite_series import series_cross_moment, series_second_moment
from .scalar_functions import ACTIVATIONS, KINKED, LINKS, check_function

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from sklearn_prune._typing import Array, Function


def mean(
    W: ArrayLike, activation: str | Function = "relu", offset: ArrayLike | None = None
) -> Array:
    """Return the mean of each feature.

    For instance :math:`|w| / sqrt(2 pi)` for "relu", and :math:`exp(-|w|^2/2) cos b`
    for "cos"; by quadrature in one dimension, which breaks at the kinks and is exact to
    rounding, where no such form is used.

    Parameters
    ----------
    W : array-like of shape (p, d)
        First-layer weights, one row a feature.
    activation : str or callable, default="relu"
        As in `sklearn_prune.RandomFeatures`.
    offset : array-like of shape (p,), optional
        Added to the pre-activations. Not for activations with a kink or a jump.

    Returns
    -------
    ndarray of shape (p,)
        :math:`E phi(w'x + b)`.
    """
    W, b = check_weights(W, offset)
    phi = check_activation(activation, b)
    scale = np.linalg.norm(W, axis=1)
    if activation in PERIODIC:
        return np.exp(-(scale**2) / 2) * phi(np.zeros_like(scale) if b is None else b)
    return gaussian_mean(phi, scale, b)


def second_moment(
    W: ArrayLike, activation: str | Function = "relu", offset: ArrayLike | None = None
) -> Array:
    r"""Return the uncentred second moments of the features.

    With t the angle between w and w', without offset:

    - "relu": :math:`|w||w'| (\sin t + (\pi - t) \cos t) / (2\pi)` and "step":
      :math:`(\pi - t) / (2\pi)` (Cho and Saul, 2009, NeurIPS); "abs", "leaky_relu" and
      "sign" are combinations of these and of w'w;
    - "erf": :math:`\tfrac{2}{\pi} \arcsin(2 w'w / \sqrt{(1 + 2|w|^2)(1 + 2|w'|^2)})`
      (Williams, 1997, NeurIPS);
    - "cos", with offsets: :math:`\tfrac12 [e^{-|w-w'|^2/2} \cos(b-b') +
      e^{-|w+w'|^2/2} \cos(b+b')]`, and "sin" likewise;
    - "square": :math:`|w|^2|w'|^2 + 2 (w'w)^2`; "identity": w'w;
    - else, the Hermite series of `series_second_moment`.

    Parameters
    ----------
    W, activation, offset
        As in `mean`.

    Returns
    -------
    ndarray of shape (p, p)
        :math:`E[phi(Wx + b) phi(Wx + b)']`, symmetric.
    """
    W, b = check_weights(W, offset)
    phi = check_activation(activation, b)
    if activation in PERIODIC:
        return periodic_second_moment(W, b, 1.0 if activation == "cos" else -1.0)
    if b is None and isinstance(activation, str) and activation in CLOSED_FORMS:
        return closed_form(activation, W)
    angle = angles(W, W)
    return series_second_moment(phi, np.linalg.norm(W, axis=1), b, (angle + angle.T) / 2)


def cross_moment(
    W: ArrayLike,
    direction: ArrayLike,
    link: str | Function = "square",
    activation: str | Function = "relu",
    offset: ArrayLike | None = None,
) -> Array:
    r"""Return the mean product of each feature with the label.

    A polynomial link has a finite Hermite series: "square" with "relu" comes to
    :math:`|v|^2 |w| (1 + \rho^2) / \sqrt{2\pi}`, where rho is the correlation of v'x
    and w'x, and "linear" to :math:`v'w E \varphi'(w'x)` (Stein). "cos" and "sin" are
    averaged given v'x, :math:`e^{-|w|^2 (1 - \rho^2) / 2} E[\ell(|v| g) \cos(|w| \rho
    g + b)]`, the rest by `series_cross_moment`.

    Parameters
    ----------
    W : array-like of shape (p, d)
        First-layer weights, one row a feature.
    direction : array-like of shape (d,)
        v.
    link : str or callable, default="square"
        "linear", "square", "relu", "sign", "erf", "tanh", or an elementwise function.
    activation, offset
        As in `mean`.

    Returns
    -------
    ndarray of shape (p,)
        :math:`E[link(v'x) phi(w'x + b)]`.
    """
    W, b = check_weights(W, offset)
    v = check_direction(direction, W.shape[1])
    ell, phi = check_function(link, LINKS, "link"), check_activation(activation, b)
    scale, nu = np.linalg.norm(W, axis=1), float(np.linalg.norm(v))
    angle = angles(v[np.newaxis], W)[0]
    if activation not in PERIODIC:
        return series_cross_moment(ell, nu, phi, scale, b, angle)
    # Given v'x = nu g, the pre-activation has mean frequency * g and variance
    # (scale * sin)^2, over which cosines and sines shrink alike.
    frequency = scale * np.cos(angle)
    cosine = gaussian_mean(np.cos, np.abs(frequency), factor=lambda g: ell(nu * g))
    sine = gaussian_mean(np.sin, np.abs(frequency), factor=lambda g: ell(nu * g))
    sine *= np.sign(frequency)
    phase = np.zeros_like(scale) if b is None else b
    if activation == "sin":
        phase = phase - np.pi / 2
    shrinkage = np.exp(-((scale * np.sin(angle)) ** 2) / 2)
    return shrinkage * (np.cos(phase) * cosine - np.sin(phase) * sine)


def check_weights(W: ArrayLike, offset: ArrayLike | None) -> tuple[Array, Array | None]:
    """Validate first-layer weights, and offsets; offsets that are all zero become None."""
    W = as_floats(W, "weights")
    if W.ndim != 2 or 0 in W.shape:
        raise ValueError(
            f"weights must have shape (n_components, n_features), one row a feature, with at "
            f"least one of each: got {W.shape}."
        )
    if offset is None:
        return W, None
    b = as_floats(offset, "offset", (len(W),))
    return W, (b if np.any(b) else None)


def check_direction(direction: ArrayLike, n_features: int | None = None) -> Array:
    """Validate the direction of a label."""
    v = as_floats(direction, "direction")
    if v.ndim != 1 or v.size == 0:
        raise ValueError(f"direction must have shape (n_features,): got {v.shape}.")
    if n_features is not None and len(v) != n_features:
        raise ValueError(
            f"weights have {n_features} columns and direction {len(v)} entries: both must be the "
            f"number of inputs (weights has one row a feature; transpose random_weights_)."
        )
    return v


def check_activation(activation: Any, b: Array | None) -> Function:
    """Return an activation, which must be smooth with offsets."""
    phi = check_function(activation, ACTIVATIONS, "activation")
    if b is not None and isinstance(activation, str) and activation in KINKED:
        raise ValueError(
            f"activation={activation!r} with an offset: no accurate moments are known here, since "
            f"the kinks of the features then have no point in common. Pass offset=None, or a "
            f"smooth activation."
        )
    return phi
