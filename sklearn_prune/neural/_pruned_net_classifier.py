"""Train, prune, retrain a net that classifies."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.callback import with_callbacks
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d
from skorch import NeuralNetClassifier

from ._architectures import TwoLayerNet
from ._checks import check_one_tensor
from ._decaying_adam import DecayingAdam
from ._guesses import guessed_classes
from ._pruned_net import PrunedNet
from ._tensor_batches import TensorBatches
from ._trained_module import labels_of

# Losses that number the outputs by the classes.
NEED_ALL_CLASSES = (torch.nn.CrossEntropyLoss, torch.nn.NLLLoss)


class PrunedNetClassifier(PrunedNet, NeuralNetClassifier):
    r"""Train a neural net, prune it to few weights, retrain these.

    A net of skorch whose `fit` trains the dense net, scores its weights, keeps the
    `sparsity` best, and trains those again (Figures 1, 5 and 6 of [1]_).

    Parameters
    ----------
    module : type, Module or fitted net of skorch, default=TwoLayerNet
        Class of the net, whose outputs are logits of the classes. Arguments of the class
        have the prefix ``module__``, as in ``module__width=64``; `n_inputs`, `in_channels`
        and `n_classes`, the number of classes, come from the data where they are not given.
        An instance is refused, since `fit` draws the weights, unless it is `pretrained`.

    strategy : {"magnitude", "hessian", "random"} or callable, default="hessian"
        How weights are scored, the pruned ones apart.

        - "magnitude": :math:`|w_j|`.
        - "hessian": :math:`\sqrt{F_{jj}}\,|w_j|`, optimal brain damage [2]_ with the
          diagonal of the empirical Fisher information, the mean over the training samples
          of the squared gradient of the loss of each alone [3]_. (Class weights of the
          criterion do not count, since a mean over one sample divides by its weight.)
        - "random": a random order, the baseline.
        - a callable ``(name, parameter, statistics) -> scores``, which is asked for each
          tensor and returns a score a weight, the larger the better. `statistics` are the
          :math:`F_{jj}` of the tensor.

    sparsity : int or float, default=0.1
        What is KEPT (other libraries mean what is removed). An int is the number of
        weights, and so many are kept exactly: every trainable parameter counts, biases and
        those of batch normalisation too, whether it is zero or not. A float in (0, 1] is
        the fraction. Of equal scores the first are kept.

    base_width : int, default=None
        Keep as many weights as the same net has with ``module__width=base_width``, in
        place of `sparsity`, those that are excluded among them.

    scope : {"global", "layer", "matched"}, default="global"
        Which weights are compared: all of the net; or those of each tensor, of which the
        same fraction is kept; or those of each tensor, of which as many are kept as
        magnitudes compared in the whole net would keep. The last makes "random" a
        baseline of the same layout.

    exclude : str, type, or collection of these, default=()
        What is not pruned: "biases", "norms" (scales and shifts of normalisation), "first"
        or "last" (all parameters of the first or the last layer with a matrix, in the order
        in which the module has them, whatever their names); patterns such as
        ``"blocks.*"`` for the names of parameters or layers; classes of layers such as
        :class:`torch.nn.BatchNorm2d`. It does not count in `sparsity`, and is kept beside.

    retrain : {"rewind", "finetune", "reinit", None}, default="rewind"
        From where the weights kept are trained again: from those that the net began with,
        as in [1]_; from those that they have; or from newly drawn ones. None keeps them as
        they are. The optimiser, schedules and other callbacks begin anew.

    retrain_epochs : int, default=None
        Number of epochs of each retraining, `max_epochs` if None.

    rewind_epoch : int, default=0
        Rewind to the weights after so many epochs of the first training in place of those
        at its start [4]_. If that ends earlier, to the last ones before.

    n_rounds : int, default=1
        Number of prunings, each but the last followed by a retraining. With
        ``retrain=None`` all rounds but the last are finetuned.

    schedule : {"geometric", "linear", "cubic"}, default="geometric"
        How the number of weights falls over the rounds: by a constant factor; by as many a
        round; or by most in the first rounds, :math:`s + (p - s)(1 - t)^3` being left of p
        after the share t of the rounds [5]_.

    prune_every : int, default=None
        Prune inside of the training, after every so many epochs until all rounds are done,
        with the optimiser going on [5]_. None retrains between the rounds. What `retrain`
        says comes after `max_epochs` epochs: with None, nothing.

    pretrained : bool, default=False
        Whether `module` is a trained net, a module or a fitted net of skorch. `fit` begins
        with a copy of it: it prunes at once, and rewinds to the weights given. Only with
        `prune_every` is there a first training, from these weights.

    random_state : int, RandomState instance or None, default=None
        Decides the weights at the start, the order of samples and the strategy "random".
        The generators of torch are left as they were; threads take turns at them, batch
        by batch.

    checkpoint : str or path, default=None
        Folder where the state of the fit is written after every epoch. The same fit of the
        same data, started again after a crash, goes on from there and ends with the same
        weights, bit by bit; one that had ended is read at once. Needs a `random_state`.

    criterion : type, default=torch.nn.CrossEntropyLoss
        Class of the loss.

    optimizer : type, default=DecayingAdam
        Class of the optimiser. The default is :class:`torch.optim.AdamW` with
        ``optimizer__weight_decay=0.3``, which shrinks the weights that nothing holds up.
        ``optimizer=torch.optim.Adam`` has no decay, as in the experiments of [1]_.

    lr : float, default=0.01
        Learning rate.

    max_epochs : int, default=50
        Number of epochs of the training before the pruning.

    batch_size : int, default=128
        Number of samples of a batch, -1 for all.

    iterator_train : type, default=TensorBatches
        Class that makes batches of the training data, which are tensors on the device.
        That of torch, :class:`~torch.utils.data.DataLoader`, works too, more slowly.

    iterator_train__shuffle : bool, default=True
        Whether each epoch takes the samples in another order.

    iterator_valid : type, default=TensorBatches
        Class that makes batches to predict and to validate.

    train_split : callable or None, default=None
        Holds out samples for validation, as ``skorch.dataset.ValidSplit(5)`` does. By
        default the net is trained with all.

    verbose : int, default=0
        With 1, every epoch prints a line.

    **kwargs : dict
        Further parameters of ``skorch.NeuralNetClassifier``, such as `callbacks`, ``device="cuda"``
        and those of parts: ``optimizer__weight_decay=1e-4``.

    Attributes
    ----------
    module_ : Module
        The net, of plain parameters that are zero where they are pruned.

    masks_ : dict of str to Tensor
        Masks by the name of their weight, True where it is kept.

    n_kept_ : dict of str to int
        Number of weights kept, by the name of their tensor.

    n_weights_ : int
        Number of weights, kept or not.

    history : History
        A row an epoch, with the columns `phase` ("train" or "retrain") and `n_kept`.
        Epochs count from 1 in each phase.

    classes_ : ndarray of shape (n_classes,)
        Class labels.

    seed_ : int
        Seed of the fit, drawn from `random_state`.

    n_features_in_ : int
        Second dimension of X.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X has names that are all strings.

    See Also
    --------
    PrunedNetRegressor : The same for regression.
    TwoLayerNet : The default net.
    ResNet20 : A deep net for images.
    sklearn_prune.PrunedRegressor : The same for linear models.

    Notes
    -----
    Masks are buffers beside the weights that are no part of the state dict: the files of
    ``save_params`` are those of a dense net, and `load_params` takes the weights that are
    zero for pruned. Pickles and copies have the masks themselves.

    Callbacks are those of skorch. They begin anew with each phase, and see its history
    alone: early stopping ends a phase, and a :class:`skorch.callbacks.Checkpoint` with
    ``load_best=True`` takes the best epoch of each. While the net is trained, callbacks see
    classes as the numbers 0, 1, ... in the order of `classes_`.

    A net that is right on no more training samples than the most frequent class alone is
    told of by a :class:`~sklearn.exceptions.ConvergenceWarning`, the dense one and the
    retrained one (and by a `UserWarning` one that is pruned and not retrained). Samples
    count as the class weights of the criterion say.

    Ctrl-C ends `fit` with `KeyboardInterrupt`.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749
    .. [2] Y. LeCun, J. Denker, S. Solla, "Optimal Brain Damage", NIPS 1989.
    .. [3] S. P. Singh, D. Alistarh, "WoodFisher: Efficient Second-Order Approximation for
       Neural Network Compression", NeurIPS 2020. arXiv:2004.14340
    .. [4] J. Frankle, G. K. Dziugaite, D. Roy, M. Carbin, "Linear Mode Connectivity and the
       Lottery Ticket Hypothesis", ICML 2020. arXiv:1912.05671
    .. [5] M. Zhu, S. Gupta, "To prune, or not to prune: exploring the efficacy of pruning
       for model compression", 2017. arXiv:1710.01878

    Examples
    --------
    A small net, and a large one that is pruned to as many weights:

    >>> from sklearn.datasets import load_digits
    >>> from sklearn_prune.neural import PrunedNetClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X, y, X_test, y_test = X[:1000] / 16, y[:1000], X[1000:] / 16, y[1000:]
    >>> small = PrunedNetClassifier(
    ...     module__width=4, sparsity=1.0, retrain=None, max_epochs=40, lr=0.01, random_state=0
    ... ).fit(X, y)
    >>> large = PrunedNetClassifier(
    ...     module__width=32, base_width=4, max_epochs=20, lr=0.01, random_state=0
    ... ).fit(X, y)
    >>> small.n_weights_, large.n_weights_, sum(large.n_kept_.values())
    (310, 2410, 310)
    >>> small.score(X_test, y_test) < 0.8 < large.score(X_test, y_test)
    True
    """

    def __init__(
        self,
        module=TwoLayerNet,
        *,
        strategy="hessian",
        sparsity=0.1,
        base_width=None,
        scope="global",
        exclude=(),
        retrain="rewind",
        retrain_epochs=None,
        rewind_epoch=0,
        n_rounds=1,
        schedule="geometric",
        prune_every=None,
        pretrained=False,
        random_state=None,
        checkpoint=None,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=DecayingAdam,
        lr=0.01,
        max_epochs=50,
        batch_size=128,
        iterator_train=TensorBatches,
        iterator_train__shuffle=True,
        iterator_valid=TensorBatches,
        train_split=None,
        verbose=0,
        **kwargs,
    ):
        super().__init__(
            module,
            criterion=criterion,
            optimizer=optimizer,
            lr=lr,
            max_epochs=max_epochs,
            batch_size=batch_size,
            iterator_train=iterator_train,
            iterator_train__shuffle=iterator_train__shuffle,
            iterator_valid=iterator_valid,
            train_split=train_split,
            verbose=verbose,
            **kwargs,
        )
        self.strategy = strategy
        self.sparsity = sparsity
        self.base_width = base_width
        self.scope = scope
        self.exclude = exclude
        self.retrain = retrain
        self.retrain_epochs = retrain_epochs
        self.rewind_epoch = rewind_epoch
        self.n_rounds = n_rounds
        self.schedule = schedule
        self.prune_every = prune_every
        self.pretrained = pretrained
        self.random_state = random_state
        self.checkpoint = checkpoint

    @with_callbacks
    def fit(self, X, y):
        """Train, prune, retrain.

        Parameters
        ----------
        X : array-like or Tensor of shape (n_samples, n_features) or (n_samples, ...)
            Training samples: a table, images.
        y : array-like of shape (n_samples,)
            Class labels.

        Returns
        -------
        PrunedNetClassifier
            The fitted net.

        Raises
        ------
        TypeError
            If the module is an instance and not `pretrained`, or a part of another type than it
            should be.
        ValueError
            If a parameter is out of its range, the data are not finite or do not fit
            together, the training diverges, or a checkpoint is not whole.
        """
        return self._fit(X, y)

    def partial_fit(self, X, y, classes=None):
        """Train the net further, `max_epochs` epochs; what is pruned stays so.

        A net that is not fitted is initialised and trained without pruning.

        Parameters
        ----------
        X : array-like or Tensor of shape (n_samples, n_features) or (n_samples, ...)
            Training samples.
        y : array-like of shape (n_samples,)
            Class labels.
        classes : array-like of shape (n_classes,), default=None
            All labels, for the first call.

        Returns
        -------
        PrunedNetClassifier
            The net.
        """
        return self._partial_fit(X, y, classes)

    @property
    def classes_(self):
        """Class labels, in training their numbers."""
        labels = getattr(self, "labels_", self.classes)
        if labels is None:
            msg = "The classes are not known: fit the net, or give them as the parameter classes."
            raise AttributeError(msg)
        labels = np.asarray(labels)
        return labels if self.phase_ is None else np.arange(len(labels))

    def predict(self, X):
        """Return the most probable classes.

        Parameters
        ----------
        X : array-like or Tensor of shape (n_samples, n_features) or (n_samples, ...)
            Samples.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def get_loss(self, y_pred, y_true, *args, **kwargs):
        """Return the loss of a batch.

        Parameters
        ----------
        y_pred : Tensor of shape (n_samples, n_classes)
            Outputs of the net.
        y_true : Tensor of shape (n_samples,)
            Numbers of the classes.
        *args, **kwargs : tuple, dict
            As of skorch's ``NeuralNetClassifier.get_loss``.

        Returns
        -------
        loss : Tensor
            The loss.
        """
        check_one_tensor(y_pred)
        n_classes = len(self.classes_)
        if isinstance(self.criterion_, NEED_ALL_CLASSES) and y_pred.shape[1:] < (n_classes,):
            msg = (
                f"The net returns outputs of shape {tuple(y_pred.shape)} for {n_classes} classes: "
                "give it as many outputs as there are classes."
            )
            raise ValueError(msg)
        if self.pretrained and isinstance(self.criterion_, NEED_ALL_CLASSES):
            self._check_outputs(y_pred)
        return super().get_loss(y_pred, y_true, *args, **kwargs)

    def _check_outputs(self, y_pred):
        """Raise a ValueError if it is not known which output of a trained net is which class."""
        n_classes = len(self.classes_)
        if y_pred.shape[1:] != (n_classes,):
            msg = (
                f"The pretrained net returns outputs of shape {tuple(y_pred.shape)} for "
                f"{n_classes} classes: give the labels of all its outputs, in their order, as the "
                "parameter classes."
            )
            raise ValueError(msg)

    def _check_training_data(self, X, y, first=True, classes=None):
        """Return samples, and the numbers of their classes, on the device."""
        X, y = self._check_samples(X, y, first)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if first:
            given = self.classes if classes is None else classes
            given = labels_of(self.module) if given is None and self.pretrained else given
            self.labels_ = np.unique(y) if given is None else _check_labels(given)
            self._set_data_sizes(X, len(self.labels_))
        return X.to(self.device), torch.from_numpy(self._encode(y)).to(self.device)

    def _guesses(self, X, y):
        """Return how the net compares with the most frequent class, unless it is better."""
        predicted = self.predict_proba(self.get_dataset(X, y)).argmax(axis=1)
        weights = np.ones(len(self.classes_))
        if isinstance(self.criterion_, NEED_ALL_CLASSES) and self.criterion_.weight is not None:
            weights = self.criterion_.weight.numpy(force=True)
        return guessed_classes(predicted, y.numpy(force=True), weights)

    def _encode(self, y):
        unknown = np.setdiff1d(y, self.labels_)
        if len(unknown):
            msg = (
                f"y has the labels {unknown.tolist()}, but the classes are {self.labels_.tolist()}."
            )
            raise ValueError(msg)
        order = np.argsort(self.labels_)
        return order[np.searchsorted(self.labels_, y, sorter=order)]


def _check_labels(labels):
    """Return labels as an array."""
    array = np.asarray(labels)
    if array.ndim != 1 or len(np.unique(array)) < max(1, len(array)):
        raise ValueError(f"classes is {labels!r}: give a list of all labels, each once.")
    return array
