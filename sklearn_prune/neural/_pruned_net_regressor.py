"""Train, prune, retrain a net for regression."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.callback import with_callbacks
from skorch import NeuralNetRegressor

from sklearn_prune._checks.text_targets import classifier_named

from ._architectures import TwoLayerNet
from ._checks import check_one_tensor
from ._decaying_adam import DecayingAdam
from ._guesses import guessed_targets
from ._pruned_net import PrunedNet
from ._tensor_batches import TensorBatches


class PrunedNetRegressor(PrunedNet, NeuralNetRegressor):
    r"""Train a neural net for regression, prune it to few weights, retrain these.

    A net of skorch whose `fit` trains the dense net, scores its weights, keeps the
    `sparsity` best, and trains those again, as [1]_ does with classifiers. Scale X and y
    to about unit variance first: `fit` warns of a net that is no better than the mean.
    Magnitudes compared in the whole net may leave nothing of a last layer of one output,
    of which `fit` warns, too: the default "hessian" knows what the output needs.

    Parameters
    ----------
    module : type, Module or fitted net of skorch, default=TwoLayerNet
        Class of the net, whose outputs are predictions of the targets. Arguments of the class
        have the prefix ``module__``, as in ``module__width=64``; `n_inputs`, `in_channels`
        and `n_classes`, the number of targets, come from the data where they are not given.
        An instance is refused, since `fit` draws the weights, unless it is `pretrained`.

    strategy : {"magnitude", "hessian", "random"} or callable, default="hessian"
        How weights are scored, the pruned ones apart.

        - "magnitude": :math:`|w_j|`.
        - "hessian": :math:`\sqrt{F_{jj}}\,|w_j|`, optimal brain damage [2]_ with the
          diagonal of the empirical Fisher information, the mean over the training samples
          of the squared gradient of the loss [3]_.
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

    criterion : type, default=torch.nn.MSELoss
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
        Further parameters of ``skorch.NeuralNetRegressor``, such as `callbacks`, ``device="cuda"``
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

    seed_ : int
        Seed of the fit, drawn from `random_state`.

    n_features_in_ : int
        Second dimension of X.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X has names that are all strings.

    See Also
    --------
    PrunedNetClassifier : The same for classification, with notes on masks and callbacks.
    TwoLayerNet : The default net.
    ResNet20 : A deep net for images.
    sklearn_prune.PrunedRegressor : The same for linear models.

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
    >>> from sklearn.compose import TransformedTargetRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_prune.neural import PrunedNetRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> net = PrunedNetRegressor(sparsity=60, module__width=16, random_state=0)
    >>> model = TransformedTargetRegressor(
    ...     make_pipeline(StandardScaler(), net), transformer=StandardScaler()
    ... ).fit(X, y)
    >>> model.score(X, y) > 0.5
    True
    >>> pruned = model.regressor_[-1]
    >>> sum(pruned.n_kept_.values()), pruned.n_weights_
    (60, 193)
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
        criterion=torch.nn.MSELoss,
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
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.

        Returns
        -------
        PrunedNetRegressor
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

    def partial_fit(self, X, y):
        """Train the net further, `max_epochs` epochs; what is pruned stays so.

        A net that is not fitted is initialised and trained without pruning.

        Parameters
        ----------
        X : array-like or Tensor of shape (n_samples, n_features) or (n_samples, ...)
            Training samples.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.

        Returns
        -------
        PrunedNetRegressor
            The net.
        """
        return self._partial_fit(X, y)

    def predict(self, X):
        """Return the predicted targets.

        Parameters
        ----------
        X : array-like or Tensor of shape (n_samples, n_features) or (n_samples, ...)
            Samples.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Predictions, of the shape of the targets in `fit`.
        """
        y = self.predict_proba(X)
        return y.ravel() if getattr(self, "target_ndim_", 2) == 1 else y

    def get_loss(self, y_pred, y_true, *args, **kwargs):
        """Return the loss of a batch.

        Parameters
        ----------
        y_pred : Tensor of shape (n_samples, n_targets) or (n_samples,)
            Outputs of the net.
        y_true : Tensor of shape (n_samples, n_targets)
            Targets.
        *args, **kwargs : tuple, dict
            As of skorch's ``NeuralNet.get_loss``.

        Returns
        -------
        loss : Tensor
            The loss.
        """
        check_one_tensor(y_pred)
        if y_pred.numel() != y_true.numel():
            msg = (
                f"The net returns outputs of shape {tuple(y_pred.shape)} for targets of shape "
                f"{tuple(y_true.shape)}: give it as many outputs as there are targets."
            )
            raise ValueError(msg)
        # Losses would broadcast (n_samples,) against (n_samples, 1) to all pairs.
        return super().get_loss(y_pred.view_as(y_true), y_true, *args, **kwargs)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output = True
        tags.target_tags.multi_output = True
        return tags

    def _check_training_data(self, X, y, first=True, classes=None):
        """Return samples, and targets of two dimensions, on the device."""
        with classifier_named(self, y):
            X, y = self._check_samples(X, y, first, multi_output=True, y_numeric=True)
            y = y.astype(np.float32)
        if first:
            self.target_ndim_ = y.ndim
            self._set_data_sizes(X, 1 if y.ndim == 1 else y.shape[1])
        y = torch.from_numpy(y.reshape(len(y), -1))
        return X.to(self.device), y.to(self.device)

    @torch.no_grad()
    def _guesses(self, X, y):
        """Return which targets the net tells no better than their mean, if any."""
        outputs = self.predict_proba(self.get_dataset(X, y))
        return guessed_targets(self.get_loss, torch.from_numpy(outputs).to(y).view_as(y), y)
