"""Elementwise functions of random features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import erf

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray

    Activation = Callable[[AnyArray], AnyArray]

# The slope of leaky_relu for negative pre-activations.
LEAKY_SLOPE = 0.01

# Each entry maps the pre-activations elementwise and overwrites them.
ACTIVATIONS: dict[str, Activation] = {
    "relu": lambda z: np.maximum(z, 0, out=z),
    "leaky_relu": lambda z: np.multiply(z, LEAKY_SLOPE, out=z, where=z < 0),
    "abs": lambda z: np.abs(z, out=z),
    "step": lambda z: np.heaviside(z, 0, out=z),
    "sign": lambda z: np.sign(z, out=z),
    "erf": lambda z: erf(z, out=z),
    "tanh": lambda z: np.tanh(z, out=z),
    "sin": lambda z: np.sin(z, out=z),
    "cos": lambda z: np.cos(z, out=z),
    "square": lambda z: np.square(z, out=z),
    "identity": lambda z: z,
}
PERIODIC = ("cos", "sin")


def check_activation(activation: Any) -> Activation:
    """Return the function that `activation` names, or is."""
    if callable(activation):
        return activation
    if isinstance(activation, str) and activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    raise ValueError(
        f"activation={activation!r} is unknown: pass a callable or one of {sorted(ACTIVATIONS)}."
    )


def activate(Z: AnyArray, activation: str | Activation) -> AnyArray:
    """Return phi(Z) in the dtype of Z; Z may be overwritten."""
    phi = np.asarray(check_activation(activation)(Z), dtype=Z.dtype)
    if phi.shape != Z.shape:
        raise ValueError(
            f"activation={activation!r} returned an array of shape {phi.shape} for "
            f"pre-activations of shape {Z.shape}: it must act elementwise."
        )
    return phi
