"""What the parameter `retrain` asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator

# What it may be called, of numbers and of classes.
DISTILLATIONS = ("distill",)
CLASS_DISTILLATIONS = ("distill", "distill-labels")


def is_distillation(retrain: Any) -> bool:
    """Return whether the parameter `retrain` asks for distillation."""
    return isinstance(retrain, str) and retrain in CLASS_DISTILLATIONS


def resolve_refit(retrain: Any, dense: Any, names: tuple[str, ...]) -> Any:
    """Return the estimator that a parameter `retrain` stands for, None if False."""
    if isinstance(retrain, bool | np.bool_):
        return dense if retrain else None
    if hasattr(retrain, "fit") and not isinstance(retrain, type):
        return retrain
    known = ", ".join(f'"{name}"' for name in names)
    model = "regressor" if names == DISTILLATIONS else "linear model"
    msg = f"retrain is {retrain!r}: give True, False, {known}, or a {model} to refit with."
    raise ValueError(msg)


def check_not_frozen(refit: Any, dense: Any, n_rounds: int) -> None:
    """Raise ValueError if a frozen model would have to be fitted to the kept features."""
    if isinstance(refit, FrozenEstimator) or (isinstance(dense, FrozenEstimator) and n_rounds != 1):
        msg = (
            "A FrozenEstimator cannot be refitted to the kept features: give n_rounds=1, and "
            "retrain=False or another estimator such as retrain=RidgeCV()."
        )
        raise ValueError(msg)
