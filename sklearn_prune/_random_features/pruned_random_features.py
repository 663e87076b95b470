"""Random features, pruned, at widths that do not fit in memory."""

from __future__ import annotations

from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks

from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._pruning.refit import DISTILLATIONS

from .pruned_layer import PrunedLayer


class PrunedRandomFeatures(CallbackSupportMixin, MultiOutputMixin, RegressorMixin, PrunedLayer):
    r"""Random features, pruned, at widths that do not fit in memory.

    The model is that of ::

        make_pipeline(
            RandomFeatures(n_components, ...), PrunedRegressor(strategy, sparsity, retrain)
        )

    for the same parameters and `random_state`, up to rounding. But the features are made
    block by block, used and dropped, so that memory depends on `n_samples` and not on
    `n_components`: a million features of a thousand samples take 40 MB, not 8 GB. The
    result is a regressor, and a transformer to the features that are kept.

    The coefficients of the dense model are a combination of the rows of its (centred)
    features F,

    .. math:: \hat\beta = F^\top (F F^\top)^{+} y,

    like those of every model that is penalised by its norm [1]_. A first pass over the
    blocks adds up the Gram matrix :math:`F F^\top`, and a second one makes the coefficients
    and keeps the features of the best scores. Those are retrained.

    Parameters
    ----------
    n_components : int, default=10_000
        Number of random features, p.

    sparsity : int or float, default=0.01
        What is KEPT, as in :class:`PrunedRegressor`. An int is the number of features, s.
        A float in (0, 1] is the fraction s/p, that is
        ``s = max(1, round(sparsity * n_components))``.

    strategy : {"magnitude", "hessian", "random"}, default="hessian"
        How features are scored, as in :class:`PrunedRegressor`, whose other strategies
        need all features in memory.

    retrain : bool or estimator, default=True
        What happens to the kept features.

        - False: they keep their dense coefficients. Only the intercept is adjusted to
          the means.
        - True: they are refitted with :class:`MinNormRegressor`.
        - estimator, such as ``RidgeCV()``: they are refitted with a clone of it.

    activation : str or callable, default="relu"
        Elementwise function, as in :class:`RandomFeatures`.

    scale : float, default=1.0
        Standard deviation of the weights. With `weights="unit"`, the length of each row.

    weights : {"gaussian", "unit", "orthogonal"}, default="gaussian"
        Law of the weights, as in :class:`RandomFeatures`.

    bias : bool, default=False
        Whether to add random phases, for the activations "cos" and "sin".

    fit_intercept : bool, default=True
        Whether the dense model has an intercept, and the refit of ``retrain=True``.

    n_jobs : int, default=None
        Number of jobs, over ranges of blocks. None means 1 unless in a context of
        ``joblib.parallel_config``, by which jobs may also run on other machines, say those
        of a dask cluster. The result does not depend on it.

    random_state : int, RandomState instance or None, default=None
        Source of the seed, one integer drawn at each fit, and of the strategy "random".
        Pass an int for reproducible fits.

    Attributes
    ----------
    coef_ : ndarray of shape (s,) or (n_targets, s)
        Coefficients of the kept features, in the dtype of X.

    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, 0.0 if the model fits none.

    component_indices_ : ndarray of shape (s,)
        Which of the `n_components` features are kept, in ascending order.

    random_weights_ : ndarray of shape (n_features, s)
        Weights of the kept features.

    random_offset_ : ndarray of shape (s,) or None
        Their phases; None without bias.

    retrained_estimator_ : estimator or None
        The model fitted to the kept features; None if ``retrain=False``.

    seed_ : int
        The seed of the weights, as in :class:`RandomFeatures`.

    n_samples_fit_ : int
        Number of samples of positive weight.

    n_features_in_ : int
        Number of features of X seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    RandomFeatures : All of the features.
    PrunedRandomFeaturesClassifier : The same for classes.
    PrunedRegressor : More strategies, rounds and distillation, for any features.
    sklearn.kernel_ridge.KernelRidge : The dense model, with a penalty, at infinite width.

    Notes
    -----
    **Costs.** For n samples of d features, the Gram matrix takes :math:`n^2 p` floating
    point operations and each of two to four passes over the features :math:`2 n d p`, nearly
    all in matrix products; the factorisation takes :math:`n^3 / 3`. Memory holds some five
    matrices of n x n, three more for every job, and a block of 256 features for every job
    (or of d, if the weights are orthogonal and d is more).

    **Accuracy.** The pass that scores the features measures the error of the dense
    coefficients, which is corrected, and unless it is below 1e-9 of their norm (1e-7 for a
    float32 X), the pass is repeated. So the Gram matrix can be made in single precision, from
    512 samples on, and is made again in double precision only if it is ill-conditioned. Where
    it is too ill-conditioned for that too, as for smooth activations of a small `scale`, a QR
    factorisation of the features takes its place, block by block as well, with the cut-off
    of :class:`MinNormRegressor`. It takes about five times longer, and for every job a few
    matrices of 64 MB (or n x n).

    **No more features than samples** are fitted in memory.

    References
    ----------
    .. [1] B. Schölkopf, R. Herbrich, A. Smola, "A Generalized Representer Theorem",
       COLT 2001.

    Examples
    --------
    Twenty of ten thousand features, without and with all of them in memory:

    >>> import numpy as np
    >>> from sklearn.datasets import make_friedman1
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_prune import PrunedRandomFeatures, PrunedRegressor, RandomFeatures
    >>> X, y = make_friedman1(n_samples=100, random_state=0)
    >>> model = PrunedRandomFeatures(10_000, sparsity=20, random_state=0).fit(X, y)
    >>> pipeline = make_pipeline(
    ...     RandomFeatures(10_000, random_state=0), PrunedRegressor(sparsity=20)
    ... ).fit(X, y)
    >>> np.array_equal(model.component_indices_, pipeline[-1].get_support(indices=True))
    True
    >>> np.allclose(model.predict(X), pipeline.predict(X))
    True
    >>> model.random_weights_.shape, pipeline[0].random_weights_.shape
    ((10, 20), (10, 10000))
    """

    _twin = "PrunedRegressor(...)"

    def __init__(
        self,
        n_components=10_000,
        sparsity=0.01,
        strategy="hessian",
        retrain=True,
        *,
        activation="relu",
        scale=1.0,
        weights="gaussian",
        bias=False,
        fit_intercept=True,
        n_jobs=None,
        random_state=None,
    ):
        self.n_components = n_components
        self.sparsity = sparsity
        self.strategy = strategy
        self.retrain = retrain
        self.activation = activation
        self.scale = scale
        self.weights = weights
        self.bias = bias
        self.fit_intercept = fit_intercept
        self.n_jobs = n_jobs
        self.random_state = random_state

    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Fit the dense model, prune it, retrain what is kept.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples, used in all fits.

        Returns
        -------
        PrunedRandomFeatures
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, the data are not finite or do not fit
            together, or the squares of the features overflow.
        """
        recipe = self._recipe(DISTILLATIONS)
        with fit_progress(self, None, X, y, sample_weight) as progress:
            data = check_training_data(self, X, y, sample_weight)
            self._fit_layer(recipe, data, progress)
        return self

    def predict(self, X):
        """Predict with the kept features.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            Predictions ``transform(X) @ coef_.T + intercept_``.
        """
        return self._features(X) @ self.coef_.T + self.intercept_
