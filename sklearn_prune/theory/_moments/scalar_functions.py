"""Activations and links: what acts elementwise on a Gaussian projection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import erf

from sklearn_prune.theory._checks import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sklearn_prune._typing import Array, Function

LEAKY_SLOPE = 0.01

# What is not smooth, is not so at 0.
FUNCTIONS: dict[str, Function] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "leaky_relu": lambda z: np.where(z < 0, LEAKY_SLOPE * z, z),
    "abs": np.abs,
    "step": lambda z: np.heaviside(z, 0.0),
    "sign": np.sign,
    "erf": erf,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "square": np.square,
    "identity": lambda z: z,
    "linear": lambda z: z,
}
ACTIVATIONS = tuple(name for name in FUNCTIONS if name != "linear")
KINKED = ("relu", "leaky_relu", "abs", "step", "sign")
LINKS = ("linear", "square", "relu", "sign", "erf", "tanh")


def check_function(value: Any, names: Iterable[str], label: str) -> Function:
    """Return the elementwise function that `value` names, or is.

    A callable is wrapped: it works on a copy, since it may overwrite its argument, and
    must return finite real numbers of the same shape.
    """
    if isinstance(value, str) and value in names:
        return FUNCTIONS[value]
    if not callable(value):
        raise ValueError(
            f"{label}={shown(value)} is unknown: pass a callable or one of {list(names)}."
        )

    def function(Z: Array) -> Array:
        values = np.asarray(value(np.array(Z, dtype=np.float64)))
        if values.shape != Z.shape:
            raise ValueError(
                f"{label}={value!r} returned an array of shape {values.shape} for an argument "
                f"of shape {Z.shape}: it must act elementwise."
            )
        if np.iscomplexobj(values):
            raise ValueError(f"{label}={value!r} returned complex numbers: it must be real.")
        values = values.astype(np.float64)
        if not np.all(np.isfinite(values)):
            raise ValueError(
                f"{label}={value!r} returned NaN or infinity for finite arguments: it must be "
                f"finite on the whole line."
            )
        return values

    return function
