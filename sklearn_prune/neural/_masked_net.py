"""A net whose pruned weights stay zero, whatever is done with it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ._excluded_weights import prunable_weights
from ._flushed_denormals import flushed_denormals
from ._masked_weights import MaskedWeights
from ._masks import apply_masks, masks_from_zeros, masks_of, n_weights, set_masks, weights_of
from ._seeded_net import SeededNet
from ._tensor_table import layer_table

if TYPE_CHECKING:
    from ._phases import Phase


class MaskedNet(SeededNet):
    """A skorch net with masks beside its weights, plain ones, that every step applies.

    Copies and pickles have the masks, and files of parameters imply them.
    """

    # Of the fit that is going on:
    phase_: Phase | None = None
    masked_weights_: MaskedWeights | None = None

    def train_step(self, batch, **fit_params):
        """Take a step of the optimiser that revives nothing.

        Parameters
        ----------
        batch : tuple of (Tensor, Tensor)
            Samples and targets.
        **fit_params : dict
            Passed to the module.

        Returns
        -------
        step : dict
            Loss and predictions before the step.
        """
        with flushed_denormals():
            step = super().train_step(batch, **fit_params)
        if self.masked_weights_ is None or self.masked_weights_.module is not self.module_:
            self.masked_weights_ = MaskedWeights(self.module_)
        self.masked_weights_.set_to_zero()
        return step

    @property
    def masks_(self):
        """Masks by the name of their weight, True where it is kept; none of a dense net."""
        return masks_of(self.module_)

    @property
    def n_weights_(self):
        """Number of trainable weights, kept and pruned."""
        return n_weights(self.module_)

    @property
    def n_kept_(self):
        """Number of weights kept, by the name of their tensor."""
        masks = self.masks_
        return {
            name: int(masks[name].sum()) if name in masks else weight.numel()
            for name, weight in weights_of(self.module_).items()
        }

    def load_params(self, f_params=None, *args, checkpoint=None, **kwargs):
        """Load parameters, and take those that are zero, and not excluded, for pruned.

        Parameters
        ----------
        f_params : file-like object or str, default=None
            File of the parameters of the net.
        *args : tuple
            Further files, as of skorch's ``NeuralNet.load_params``.
        checkpoint : skorch.callbacks.Checkpoint, default=None
            Callback that knows its files.
        **kwargs : dict
            Further files, as of skorch's ``NeuralNet.load_params``.
        """
        super().load_params(f_params, *args, checkpoint=checkpoint, **kwargs)
        if self.phase_ is not None:  # a callback takes the best epoch
            apply_masks(self.module_)
        elif f_params is not None or checkpoint is not None:
            masks, names = masks_from_zeros(self._plain_module), self._prunable_names()
            set_masks(self._plain_module, {name: masks[name] for name in names})

    def __getstate__(self):
        state = super().__getstate__()
        state.pop("masked_weights_", None)
        return state

    def _prunable_names(self):
        return list(prunable_weights(self._plain_module, self.exclude))

    @property
    def _plain_module(self):
        """The net, which a compiled one has inside."""
        return getattr(self.module_, "_orig_mod", self.module_)

    def _html_repr(self):
        """Return the diagram of scikit-learn, and below it what is left of the net."""
        html = super()._html_repr()
        if not self.initialized_ or not self.masks_:
            return html
        head, end, rest = html.rpartition("</body>")
        return f"{head}<p>{escape(self._what_is_left())}</p>{end}{rest}"

    def _what_is_left(self):
        """Return one line on the weights kept, in all and of layers."""
        n_kept, table = sum(self.n_kept_.values()), layer_table(self)
        line = f"{n_kept:,} of {self.n_weights_:,} weights kept"
        rows = zip(table["share_kept"], table["name"], table["shape"], strict=True)
        if shares := [(share, name) for share, name, shape in rows if len(shape) > 1]:
            (least, first), (most, last) = min(shares), max(shares)
            line += f"; {least:.1%} of {first} to {most:.1%} of {last}"
        n_dead = sum(table["dead_outputs"])
        return f"{line}; dead outputs: {n_dead:,}" if n_dead else line
