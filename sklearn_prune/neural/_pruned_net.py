"""Train, prune, retrain: what the nets for classification and regression share."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import torch
from sklearn.callback import CallbackSupportMixin
from skorch.dataset import unpack_data
from skorch.history import History
from skorch.utils import to_device

from sklearn_prune._checks.progress import SILENT, Progress, fit_progress

from ._checkpoint_file import FitFile, fit_key
from ._checks import check_choice, check_folder, check_sizes
from ._fit_progress import FitProgress
from ._given_net import module_of
from ._guesses import warn_of_guesses
from ._interrupts import stoppable_by_callbacks
from ._masked_net import MaskedNet
from ._masks import apply_masks, n_weights, weights_of
from ._net_pruning import SCOPES, check_finite, n_left, n_to_keep, prune, warn_if_emptied
from ._part_checks import arguments_of
from ._phases import Phase, check_rewind_epoch, plan_phases
from ._random_streams import random_stream, untouched_random_state
from ._saliency import mean_square_gradients
from ._schedules import scheduled_sizes
from ._seeded_net import FURTHER_EPOCHS, PHASES
from ._training_state import restore_state
from ._uncompiled import uncompiled
from ._weight_scores import asks_loss, check_strategy, scores_by

if TYPE_CHECKING:
    from skorch.callbacks import Callback

    from ._random_streams import RandomStream

DEFAULT_SPARSITY = 0.1
# Parameters that do not change the outcome of a fit, or stand in its key by other means.
NOT_IN_KEY = {"callbacks", "checkpoint", "random_state", "verbose"}


class PrunedNet(CallbackSupportMixin, MaskedNet):
    """A skorch net whose `fit` trains, prunes and retrains.

    What targets are is up to `_check_training_data` of the classifier and the regressor.
    """

    callbacks_: list[tuple[str, Callback]]
    # Of the fit that is going on:
    stream_: RandomStream | None = None
    progress_: Progress = SILENT

    def _fit(self, X, y):
        """Train, prune, retrain."""
        self._check_settings()
        given = X, y
        X, y = self._initialize_for(X, y)
        phases = self._plan_phases()
        check_rewind_epoch(self.rewind_epoch, self.retrain, phases[0].epochs)
        with fit_progress(self, len(phases), *given) as told:
            self._go_through(phases, X, y, told)
        warn_if_emptied(self.n_kept_, self.module_)
        return self

    def _go_through(self, phases, X, y, told):
        """Go through the phases that a file has not behind it."""
        initial = deepcopy(self.module_.state_dict()) if self.retrain == "rewind" else None
        progress = FitProgress(initial, self._fit_file(X, y), self.rewind_epoch)
        state = progress.resume(self)
        for phase in phases[progress.index :]:
            with (
                told.task(phase.name, phase.epochs) as epochs,
                random_stream(self.device, self.seed_, PHASES, progress.index) as stream,
            ):
                if progress.index and state is None:
                    self._prune(phase, X, y, progress.initial)
                self._train(phase, stream, X, y, epochs, progress, state)
            progress.end_phase(self)
            state = None
            if phase is phases[0] and not phase.sizes:
                self._warn_of_guesses(phase, phase, X, y)
        self.history = History(progress.past)
        self._warn_of_guesses(phases[-1], phases[0], X, y)

    def _warn_of_guesses(self, phase, dense, X, y):
        """Warn if the net that a phase leaves, trained in it or before it, is but a guess."""
        trained = dense.epochs or self.pretrained
        if phase.epochs or (trained and phase.n_keep < dense.n_keep):
            stage = "dense" if phase is dense else "retrained" if phase.epochs else "pruned"
            warn_of_guesses(stage, self._guesses(X, y))

    def _partial_fit(self, X, y, classes=None):
        """Train further, and leave out what is pruned."""
        self._check_settings()
        if self.initialized_ and hasattr(self, "sample_shape_"):
            X, y = self._check_training_data(X, y, first=False, classes=classes)
        else:
            X, y = self._initialize_for(X, y, classes, anew=False)
        past = self.history
        phase = Phase("partial_fit", sum(self.n_kept_.values()), "finetune", self.max_epochs)
        with random_stream(self.device, self.seed_, FURTHER_EPOCHS, len(past)) as stream:
            self._train(phase, stream, X, y)
        self.history = History([*past, *self.history])
        return self

    def _train(self, phase, stream, X, y, told=SILENT, progress=None, state=None):
        """Train for the epochs of a phase, or for what a saved state has left of them."""
        self.history = History()
        if not phase.epochs:
            return
        self.callbacks_ = []
        if self.callbacks != "disable":
            self.initialize_callbacks()
        callbacks = self.callbacks_
        if progress:
            self.initialize_optimizer()
            self.callbacks_ = [*callbacks, ("fit_progress", progress)]
        self.phase_, self.stream_, self.progress_ = phase, stream, told
        trained = set(weights_of(self.module_))
        try:
            self.notify("on_train_begin", X=X, y=y)
            if state:
                restore_state(self, state)
            with stoppable_by_callbacks():
                self.fit_loop(X, y, epochs=phase.epochs - len(self.history))
            self.notify("on_train_end", X=X, y=y)
        finally:
            self.phase_, self.stream_, self.progress_ = None, None, SILENT
            self.callbacks_, self.masked_weights_ = callbacks, None
        apply_masks(self.module_)
        check_finite(self.module_)
        if changed := trained ^ set(weights_of(self.module_)):
            msg = (
                f"Callbacks have frozen or freed {', '.join(sorted(changed))}, but what can be "
                "pruned must stay the same: set requires_grad in the module."
            )
            raise ValueError(msg)

    # Pruning

    def _plan_phases(self):
        net, names = self._plain_module, self._prunable_names()
        left, prunable = n_left(net, weights_of(net)), n_left(net, names)
        n_keep = self._n_to_keep(left - prunable)
        sizes = scheduled_sizes(prunable, n_keep, self.n_rounds, self.schedule)
        return plan_phases(
            left,
            [size + left - prunable for size in sizes],
            self.retrain,
            self.max_epochs,
            self.retrain_epochs,
            self.prune_every,
            self.pretrained,
        )

    def _n_to_keep(self, n_excluded):
        """Return how many weights to keep beside those that are excluded."""
        if self.base_width is None:
            return n_to_keep(self._plain_module, self._prunable_names(), self.sparsity)
        n_keep = self._n_weights_of_base(n_weights(self.module_)) - n_excluded
        if n_keep < 1:
            msg = (
                f"base_width is {self.base_width!r}, a net of {n_keep + n_excluded} weights, but "
                f"exclude keeps {n_excluded}: exclude less, or give a larger base_width."
            )
            raise ValueError(msg)
        return n_keep

    def _n_weights_of_base(self, total):
        if self.sparsity != DEFAULT_SPARSITY:
            msg = (
                f"base_width is {self.base_width!r} and sparsity is {self.sparsity!r}: both say "
                "how many weights to keep, give one of them."
            )
            raise ValueError(msg)
        if self.pretrained:
            msg = (
                f"base_width is {self.base_width!r}, but a pretrained module is made already, and "
                "not of a width: give the sparsity."
            )
            raise ValueError(msg)
        if "width" not in arguments_of(self.module):
            msg = f"base_width needs a module with an argument width, {self.module!r} has none."
            raise ValueError(msg)
        check_sizes(base_width=self.base_width)
        with untouched_random_state(self.device):
            n_keep = n_weights(self._new_module(width=self.base_width))
        if n_keep > total:
            msg = (
                f"base_width is {self.base_width!r}, a net of {n_keep} weights, but the one to "
                f"prune has {total}: give a base_width of at most its module__width."
            )
            raise ValueError(msg)
        return n_keep

    def _prune(self, phase, X, y, initial):
        """Mask what the phase leaves out, and set the weights from which it trains."""
        self._mask(phase.n_keep, self.get_split_datasets(X, y)[0])
        if phase.epochs and phase.weights != "finetune":
            if phase.weights == "rewind":
                self.module_.load_state_dict(initial)
            else:
                self._plain_module.load_state_dict(self._new_module().state_dict())
            apply_masks(self.module_)

    def _mask(self, n_keep, data):
        """Mask all but so many weights of the net, those that are excluded among them."""
        net, names = self._plain_module, self._prunable_names()
        fisher = self._statistics(data) if asks_loss(self.strategy) else None
        scores = scores_by(self.strategy, net, names, fisher, torch.default_generator)
        n_excluded = n_left(net, weights_of(net)) - n_left(net, names)
        prune(net, scores, n_keep - n_excluded, self.scope)

    def _statistics(self, data):
        """Return the mean square gradients of training data."""
        batches = map(unpack_data, self.get_iterator(data, training=False))
        on_device = (to_device(batch, self.device) for batch in batches)
        with uncompiled():
            return mean_square_gradients(self._plain_module, self.get_loss, on_device)

    def _check_settings(self):
        super()._check_settings()
        check_strategy(self.strategy)
        if self.pretrained and self.retrain == "reinit":
            msg = "retrain is 'reinit', but the weights of a pretrained net cannot be drawn anew."
            raise ValueError(msg)
        check_choice("scope", self.scope, SCOPES)
        if self.warm_start:
            msg = f"warm_start is {self.warm_start!r}: fit starts anew, partial_fit trains further."
            raise ValueError(msg)
        if self.checkpoint is not None:
            check_folder("checkpoint", self.checkpoint)

    def _fit_file(self, X, y):
        if self.checkpoint is None:
            return None
        if self.random_state is None:
            msg = "checkpoint needs a random_state: give an int, by which a fit is recognised."
            raise ValueError(msg)
        params = self.get_params(deep=False)
        params = {name: value for name, value in params.items() if name not in NOT_IN_KEY}
        if self.pretrained:  # of a fitted net, the history is not the same in two fits
            params["module"] = module_of(self.module)
        callbacks = [(name, type(c), c.get_params(deep=False)) for name, c in self.callbacks_]
        key = fit_key(
            type(self), params, callbacks, self.seed_, X.numpy(force=True), y.numpy(force=True)
        )
        return FitFile(self.checkpoint, key)

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Begin a row of the history, with the phase and the number of weights kept.

        In rounds inside of the training, this is where they prune.

        Parameters
        ----------
        net : object
            This net.
        dataset_train : Dataset
            Training data.
        dataset_valid : Dataset or None
            Validation data.
        **kwargs : dict
            Ignored.
        """
        super().on_epoch_begin(net, dataset_train, dataset_valid, **kwargs)
        if self.phase_:
            epoch = len(self.history)
            if n_keep := self.phase_.pruning_before(epoch):
                self._mask(n_keep, dataset_train)
            self.history.record("phase", self.phase_.name)
            self.history.record("n_kept", self.phase_.n_kept(epoch))

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Tell the callbacks of scikit-learn.

        Parameters
        ----------
        net : object
            This net.
        dataset_train : Dataset
            Training data.
        dataset_valid : Dataset or None
            Validation data.
        **kwargs : dict
            Ignored.
        """
        super().on_epoch_end(net, dataset_train, dataset_valid, **kwargs)
        self.progress_.done("epoch", dict)

    def on_batch_end(self, net, batch=None, training=False, **kwargs):
        """Let other threads train or predict, which draw from the same generators.

        Parameters
        ----------
        net : object
            This net.
        batch : tuple of (Tensor, Tensor)
            Samples and targets.
        training : bool
            Whether the net learnt from them.
        **kwargs : dict
            Ignored.
        """
        super().on_batch_end(net, batch, training, **kwargs)
        if self.stream_:
            self.stream_.give_way()

    def __setstate__(self, state):
        super().__setstate__(state)
        self.phase_, self.stream_, self.progress_ = (
            None,
            None,
            SILENT,
        )  # those of a net that was pickled while it was trained
