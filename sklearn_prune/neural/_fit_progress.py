"""How far a fit has come, through its phases and inside of them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from skorch.callbacks import Callback
from skorch.history import History

from ._dense_norms import set_dense_norms
from ._masks import set_masks
from ._training_state import capture_state, plain

if TYPE_CHECKING:
    from skorch import NeuralNet
    from torch import Tensor

    from ._checkpoint_file import FitFile
    from ._training_state import State


class FitProgress(Callback):
    """Keep count of the phases, and save the net after each of their epochs.

    It must be the last of the callbacks: what it saves is the net that these leave, and
    if one of them ends the training, the epoch is not saved and will be repeated.

    Parameters
    ----------
    initial : dict of str to Tensor or None
        State dict of the net before the training, if it will be needed.
    file : FitFile or None
        Where to save, if at all.
    rewind_epoch : int
        Epoch of the first phase whose weights take the place of the initial ones.

    Attributes
    ----------
    index : int
        Number of phases behind.

    past : list of dict
        Their history.
    """

    def __init__(
        self,
        initial: dict[str, Tensor] | None,
        file: FitFile | None = None,
        rewind_epoch: int = 0,
    ) -> None:
        self.initial = initial
        self.file = file
        self.rewind_epoch = rewind_epoch
        self.index = 0
        self.past: list[dict[str, Any]] = []

    def resume(self, net: NeuralNet) -> State | None:
        """Take the weights from the file; return the state inside of a phase, if any."""
        state = self.file.read() if self.file else None
        if state is None:
            return None
        self.index, self.past, self.initial = state["index"], state["past"], state["initial"]
        net.module_.load_state_dict(state["module_"])
        set_masks(net.module_, state["masks"])
        set_dense_norms(net.module_, state["norms"])
        return state if state["history"] else None

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Save the net."""
        if self.index == 0 and self.initial is not None and len(net.history) <= self.rewind_epoch:
            self.initial = deepcopy(net.module_.state_dict())
        self.save(net)

    def end_phase(self, net: NeuralNet) -> None:
        """Go on to the next phase, of an empty history."""
        self.past += net.history.to_list()
        net.history = History()
        self.index += 1
        self.save(net)

    def save(self, net: NeuralNet) -> None:
        """Save the net and the progress, if there is a file."""
        if self.file:
            progress = {"index": self.index, "past": plain(self.past), "initial": self.initial}
            self.file.write(progress | capture_state(net))
