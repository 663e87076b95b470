"""What every net of the package does otherwise than skorch does."""

from __future__ import annotations

from copy import deepcopy
from math import prod

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils.validation import validate_data
from skorch import NeuralNet
from skorch.dataset import Dataset
from skorch.utils import is_dataset

from sklearn_prune._checks.arguments import check_bool
from sklearn_prune._checks.documentation_link import DocumentationLink

from ._checks import check_batch_size, check_device, check_one_array, whole_numbers
from ._evaluation_mode import evaluation_mode
from ._given_net import module_of
from ._part_checks import (
    arguments_of,
    check_arguments,
    check_callbacks,
    check_criterion,
    check_iterator,
    check_learning_rate,
    check_module,
    check_one_argument,
    check_optimizer,
    check_shapes,
    check_train_split,
)
from ._random_streams import draw_seed, random_stream, untouched_random_state
from ._trained_module import check_trained_module, labels_of

# Streams of random numbers, by the seed and one of these.
WEIGHTS, PHASES, FURTHER_EPOCHS, CRITERION = range(4)
# Parameters that decide what is made at the next fit, and those of their parts.
MADE_BY_FIT = ("module", "criterion", "optimizer", "iterator_train", "iterator_valid")


class SeededNet(DocumentationLink, NeuralNet):
    """A skorch net with a `random_state`, whose data are arrays.

    Weights depend on `random_state` alone, and the random numbers of the caller on
    nothing that is done here. Samples of any real type are cast to single precision, or to
    integers for modules that take nothing else, and the module takes its sizes from the data.
    """

    data_sizes_: dict[str, int] = {}  # noqa: RUF012 (replaced, never changed)
    takes_integers_ = False
    pretrained = False

    def initialize(self):
        """Make the net, of weights that `random_state` decides, or of those of a trained one.

        Returns
        -------
        self : object
            This net.

        Raises
        ------
        TypeError
            If the module is an instance and not `pretrained`, or a part is no class.
        ValueError
            If the device is not there, or parameters do not belong to anything.
        """
        self._check_settings()
        return super().initialize()

    def _check_settings(self):
        check_bool(self.pretrained, "pretrained")
        if self.pretrained:
            check_trained_module(self.module, self.get_params_for("module"))
        else:
            check_module(self.module)
        check_device(self.device)
        check_batch_size(self.batch_size)
        check_train_split(self.train_split)
        check_callbacks(self.callbacks)
        self._check_criterion()
        self._check_optimizer()
        self._check_iterators()

    def _check_criterion(self):
        check_criterion(self.criterion)
        if not isinstance(self.criterion, torch.nn.Module):
            check_arguments("criterion", self.criterion, **self.get_params_for("criterion"))

    def _check_optimizer(self):
        check_optimizer(self.optimizer)
        check_learning_rate("lr", self.lr)
        arguments, options = self.get_params_for_optimizer("optimizer", [])
        check_learning_rate("optimizer__lr", options["lr"])
        check_arguments("optimizer", self.optimizer, *arguments, **options)

    def _check_iterators(self):
        check_iterator("iterator_train", self.iterator_train)
        check_iterator("iterator_valid", self.iterator_valid)
        if self.get_params_for("iterator_valid").get("drop_last"):
            msg = (
                "iterator_valid__drop_last is True, but predictions are of all samples: give "
                "iterator_train__drop_last."
            )
            raise ValueError(msg)

    def initialize_module(self):
        """Draw the weights, or copy those of a trained net.

        Returns
        -------
        self : object
            This net.
        """
        self.seed_ = draw_seed(self.random_state)
        with random_stream(self.device, self.seed_, WEIGHTS):
            self.module_ = self._new_module()
        return self

    def initialize_criterion(self):
        """Make the criterion, whose weights, if it has any, `random_state` decides too.

        Returns
        -------
        self : object
            This net.
        """
        with random_stream(self.device, self.seed_, CRITERION):
            return super().initialize_criterion()

    def initialize_optimizer(self, *args):
        """Make the optimiser.

        Parameters
        ----------
        *args : tuple
            As of skorch's ``NeuralNet.initialize_optimizer``.

        Returns
        -------
        self : object
            This net.

        Raises
        ------
        TypeError
            If an argument of the optimiser is of a wrong type.
        """
        try:
            return super().initialize_optimizer(*args)
        except TypeError as error:
            _, options = self.get_params_for_optimizer("optimizer", [])
            msg = f"optimizer cannot be made with {options}: {error}."
            raise TypeError(msg) from error

    def _new_module(self, **changes):
        if self.pretrained:
            return deepcopy(module_of(self.module))
        names = arguments_of(self.module)
        inferred = {name: n for name, n in self.data_sizes_.items() if name in names}
        arguments = inferred | self.get_params_for("module") | changes
        check_arguments("module", self.module, **arguments)
        module = self.module(**arguments)
        if not isinstance(module, torch.nn.Module):
            raise TypeError(f"module made {module!r}: give a class of torch.nn.Module.")
        check_shapes(module)
        return module

    def _set_training(self, training=True):
        """Set the mode of the layers, of which skorch sets each again for every batch."""
        for name in (*self._modules, *self._criteria):
            part = getattr(self, f"{name}_")
            layers = part.modules() if isinstance(part, torch.nn.Module) else ()
            if any(layer.training is not training for layer in layers):
                part.train(training)

    def infer(self, x, **fit_params):
        """Return the outputs of the module for a batch.

        Parameters
        ----------
        x : Tensor of shape (n_samples, ...)
            Samples.
        **fit_params : dict
            Passed to the module.

        Returns
        -------
        outputs : Tensor
            Outputs.

        Raises
        ------
        ValueError
            If the sizes of the module are not those of the data, or batch normalisation
            gets one sample.
        """
        try:
            return super().infer(x, **fit_params)
        except (RuntimeError, ValueError) as error:
            if reason := self._reason_for(error):
                raise ValueError(reason) from error
            raise

    def _reason_for(self, error):
        """Return what the user can change about an error of torch, if anything is known."""
        if "more than 1 value per channel" in str(error):
            return (
                f"batch_size is {self.batch_size!r}, which leaves a batch of one sample, too few "
                "for batch normalisation: give another batch_size, or "
                "iterator_train__drop_last=True."
            )
        given = self.get_params_for("module")
        sizes = {name: n for name, n in self.data_sizes_.items() if name != "n_classes"}
        wrong = [name for name, n in sizes.items() if given.get(name, n) != n]
        if isinstance(error, RuntimeError) and wrong:
            found = ", ".join(f"module__{name} is {given[name]!r}" for name in wrong)
            wanted = ", ".join(str(sizes[name]) for name in wrong)
            return f"{found}, but the data have {wanted}: leave it out, and it comes from them."
        return None

    def __sklearn_clone__(self):
        """Return an unfitted copy, which has the trained net itself if one was given."""
        if not isinstance(self.module, NeuralNet):
            return super().__sklearn_clone__()
        # A clone of a fitted net would not be fitted.
        given = {"module": module_of(self.module)}
        if getattr(self, "classes", False) is None:
            given["classes"] = labels_of(self.module)
        plain = type(self).__new__(type(self))
        plain.__dict__.update(vars(self) | given)
        return clone(plain)

    def get_params(self, deep=True):
        """Get parameters.

        Parameters
        ----------
        deep : bool, default=True
            Whether to add those of callbacks.

        Returns
        -------
        params : dict
            Parameters by name.
        """
        params = super().get_params(deep=deep)
        # skorch takes every attribute for a parameter, also private ones of scikit-learn.
        return {name: value for name, value in params.items() if not name.startswith("_")}

    def set_params(self, **params):
        """Set parameters, on a fitted net for the next fit.

        It leaves the present weights alone, and what it predicts. What is said of the
        optimiser as ``optimizer__...`` holds for `partial_fit`, too.

        Parameters
        ----------
        **params : dict
            Parameters by name, those of parts as ``module__width``.

        Returns
        -------
        self : object
            This net.
        """
        # skorch would make a fitted net anew at once.
        for_fit = {name: v for name, v in params.items() if name.split("__")[0] in MADE_BY_FIT}
        self.__dict__.update(for_fit)
        self._params_to_validate |= for_fit.keys()
        at_once = {
            name: value
            for name, value in params.items()
            if name not in for_fit or name.startswith("optimizer__")
        }
        super().set_params(**at_once)
        return self

    def _check_samples(self, X, y="no_validation", first=False, **check_params):
        """Return samples as a tensor of the type of the net, and targets, if any, as an array."""
        check_one_array(X)
        X, y = (a.numpy(force=True) if isinstance(a, torch.Tensor) else a for a in (X, y))
        dtype = "numeric" if self.takes_integers_ else np.float32
        checked = validate_data(self, X, y, reset=first, dtype=dtype, allow_nd=True, **check_params)
        X, y = (checked, None) if isinstance(y, str) else checked
        X = whole_numbers(X) if self.takes_integers_ else X
        if first:
            self.sample_shape_ = X.shape[1:]
        elif X.shape[1:] != getattr(self, "sample_shape_", X.shape[1:]):
            msg = (
                f"X has samples of shape {X.shape[1:]}, but {type(self).__name__} was fitted "
                f"to samples of shape {self.sample_shape_}."
            )
            raise ValueError(msg)
        X = torch.from_numpy(np.require(X, requirements=["C", "W"]))
        if X.ndim == 4:  # channels_last is for nets that ask for it: see _Block of ResNet20
            module = self.module if first else getattr(self, "module_", self.module)
            if first and self.pretrained:
                module = module_of(module)
            image_format = getattr(module, "image_format", torch.contiguous_format)
            X = X.contiguous(memory_format=image_format)
        return X if y is None else (X, y)

    def _initialize_for(self, X, y, classes=None, anew=True):
        """Make the net, if it is to be made, and return the data as it takes them."""
        self.takes_integers_ = False
        samples, targets = self._check_training_data(X, y, classes=classes)
        if anew or not self.initialized_:
            self.initialize()
        check_one_argument(self.module_)
        self.takes_integers_ = self._wants_integers(samples[:1])
        if self.takes_integers_:
            return self._check_training_data(X, y, classes=classes)
        return samples, targets

    def _wants_integers(self, sample):
        """Return whether the module fails on a sample of whole numbers, unless they are integers.

        So do embeddings.
        """
        if (sample != sample.round()).any():
            return False
        with untouched_random_state(self.device):
            return not self._takes(sample) and self._takes(sample.long())

    @torch.no_grad()
    def _takes(self, sample):
        try:
            with evaluation_mode(self.module_):
                self.module_(sample)
        except (IndexError, RuntimeError, TypeError):
            return False
        return True

    def _set_data_sizes(self, X, n_outputs):
        """Note what the constructor of a module may take from the data."""
        self.data_sizes_ = {"n_inputs": prod(X.shape[1:]), "n_classes": n_outputs}
        if X.ndim > 2:
            self.data_sizes_["in_channels"] = X.shape[1]

    def check_data(self, X, y=None):
        """Leave data alone, which `fit` has checked.

        Parameters
        ----------
        X : Tensor
            Samples.
        y : Tensor
            Targets.
        """

    def get_dataset(self, X, y=None):
        """Return samples, cast to the type of the net, as a data set.

        A :class:`skorch.dataset.Dataset` of arrays is taken for its samples.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Samples.
        y : Tensor, default=None
            Targets.

        Returns
        -------
        dataset : Dataset
            Samples and targets.
        """
        if type(X) is Dataset and not isinstance(X.X, torch.Tensor):
            X = X.X
        if y is None and not is_dataset(X):
            X = self._check_samples(X)
        return super().get_dataset(X, y)

    def get_split_datasets(self, X, y=None, **fit_params):
        """Split data for training and validation.

        Parameters
        ----------
        X : Tensor
            Samples.
        y : Tensor, default=None
            Targets.
        **fit_params : dict
            Passed to `train_split`.

        Returns
        -------
        train, valid : Dataset, Dataset or None
            Data to train on, and to validate with. A predefined
            :class:`skorch.dataset.Dataset` of arrays has samples and targets as in `fit`.
        """
        train, valid = super().get_split_datasets(X, y, **fit_params)
        if type(valid) is Dataset and not isinstance(valid.X, torch.Tensor):
            valid = Dataset(*self._check_training_data(valid.X, valid.y, first=False))
        return train, valid

    def predict_proba(self, X):
        """Return the outputs of the net, probabilities if the criterion is cross-entropy.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Samples.

        Returns
        -------
        outputs : ndarray of shape (n_samples, n_outputs)
            Outputs.
        """
        self.check_is_fitted()
        with untouched_random_state(self.device):
            return super().predict_proba(X)
