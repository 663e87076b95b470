"""What a net in training consists of, as tensors and plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from skorch.history import History
from torch import Tensor, as_tensor

from ._dense_norms import dense_norms_of, set_dense_norms
from ._masks import masks_of, set_masks
from ._random_streams import get_random_state, set_random_state

if TYPE_CHECKING:
    from skorch import NeuralNet
    from skorch.callbacks import Callback

State = dict[str, Any]
PARTS = ("module_", "criterion_", "optimizer_")


def capture_state(net: NeuralNet) -> State:
    """Return all that the rest of a training depends on, tensors not copied."""
    return {
        **{part: getattr(net, part).state_dict() for part in PARTS},
        "masks": masks_of(net.module_),
        "norms": dense_norms_of(net.module_),
        "callbacks": {name: _callback_state(callback) for name, callback in net.callbacks_},
        "history": plain(list(net.history)),
        "random": get_random_state(net.device),
    }


def restore_state(net: NeuralNet, state: State) -> None:
    """Put a net whose training has just begun where another one stood."""
    for part in PARTS:
        getattr(net, part).load_state_dict(state[part])
    set_masks(net.module_, state["masks"])
    set_dense_norms(net.module_, state["norms"])
    for name, callback in net.callbacks_:
        _restore_callback(callback, state["callbacks"][name])
    net.history = History(state["history"])
    set_random_state(state["random"], net.device)


def plain(value: Any) -> Any:
    """Return a value with Python's own numbers, and tensors, in place of NumPy's.

    Raises
    ------
    TypeError
        If it holds something else than tensors, numbers, strings and containers of these.
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return as_tensor(value)
    if value is None or isinstance(value, bool | int | float | str | Tensor):
        return value
    if isinstance(value, dict):
        copy = type(value)()
        copy.update({key: plain(item) for key, item in value.items()})
        return copy
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    msg = f"A checkpoint cannot hold a {type(value).__name__}: {value!r}."
    raise TypeError(msg)


def _callback_state(callback: Callback) -> State:
    """Return the attributes that a callback has acquired, but for functions and the like.

    What has a state of its own, as schedulers of the learning rate have, gives that.
    """
    state = {}
    for name, value in _acquired(callback).items():
        if hasattr(value, "state_dict") and not isinstance(value, type):
            try:
                state[name] = plain(value.state_dict())
            except TypeError as error:
                msg = f"{type(callback).__name__}.{name}: {error} Leave out one of the two."
                raise TypeError(msg) from error
        elif _is_plain(value):
            state[name] = plain(value)
    return state


def _restore_callback(callback: Callback, state: State) -> None:
    for name, value in state.items():
        part: Any = getattr(callback, name, None)
        if hasattr(part, "load_state_dict"):
            present = part.state_dict()
            part.load_state_dict({key: _like(present.get(key), v) for key, v in value.items()})
        else:
            setattr(callback, name, _like(part, value))


def _like(present: Any, value: Any) -> Any:
    """Return a saved value, an array where the present one is an array."""
    return value.numpy() if isinstance(present, np.ndarray) else value


def _acquired(callback: Callback) -> State:
    return {name: value for name, value in vars(callback).items() if name.endswith("_")}


def _is_plain(value: Any) -> bool:
    try:
        plain(value)
    except TypeError:
        return False
    return True
