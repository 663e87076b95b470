"""Random features whose first columns never depend on how many are asked for."""

from __future__ import annotations

from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._checks.documentation_link import DocumentationLink
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_samples

from .layer import RandomLayer, random_features


class RandomFeatures(
    DocumentationLink,
    CallbackSupportMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    BaseEstimator,
):
    r"""Random nonlinear features of a two-layer network whose first layer is fixed.

    The features are

    .. math:: \Phi(X) = \varphi(X W^\top + b),

    with `W` of shape (n_components, n_features) drawn at random and `b` zero, or random
    phases. With the defaults they are the features ReLU(R a), R Gaussian, of the random
    feature regression of [1]_ (Section 4.2).

    The first k components are the same whatever `n_components`, at a given seed: models
    of all sizes share one nested sequence of features.

    Parameters
    ----------
    n_components : int, default=100
        Number of random features.

    activation : str or callable, default="relu"
        Elementwise function: "relu", "leaky_relu" (slope 0.01), "abs", "step" (1 where
        z > 0, else 0; hence 0 at 0), "sign", "erf", "tanh", "sin", "cos", "square" or
        "identity". A callable takes the array of pre-activations, of shape
        (n_samples, n_components), which it may overwrite, and returns an array of the
        same shape.

    scale : float, default=1.0
        Standard deviation of the weights. With `weights="unit"`, the length of each
        row.

    weights : {"gaussian", "unit", "orthogonal"}, default="gaussian"
        Law of the rows of `W`:

        - "gaussian": independent :math:`N(0, \mathrm{scale}^2 I)`;
        - "unit": independent and uniform on the sphere of radius `scale`;
        - "orthogonal": rows 0 to d - 1, d to 2d - 1, ..., where d = `n_features`, are
          orthogonal, with independent chi_d lengths, so that each row alone is
          :math:`N(0, \mathrm{scale}^2 I)` [2]_. Groups are drawn whole before `W` is
          cut to `n_components` rows, at a cost of d^3 operations and d^2 memory.

    bias : bool, default=False
        Whether to add to each pre-activation a phase uniform on :math:`[0, 2\pi)`. Only
        for the activations "cos" and "sin", whose period this is.

    random_state : int, RandomState instance or None, default=None
        Source of the seed, one integer drawn at each fit. Pass an int for reproducible
        fits.

    Attributes
    ----------
    random_weights_ : ndarray of shape (n_features, n_components)
        The transpose of `W`, float32 if fitted on float32, else float64. The draws
        are float64; float32 weights are those, rounded.

    random_offset_ : ndarray of shape (n_components,) or None
        The phases `b`, of the same dtype; None without bias.

    seed_ : int
        The seed: block j of the weights has a generator of its own, seeded by
        (`seed_`, j), and so has block j of the phases. A block is 256 components; for
        orthogonal weights, the least multiple of `n_features` that reaches 256.

    n_features_in_ : int
        Number of features seen during fit.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during fit, if X has names that are all strings.

    See Also
    --------
    sklearn.kernel_approximation.RBFSampler : Random Fourier features with the factor
        sqrt(2 / n_components) included.
    sklearn.kernel_approximation.Nystroem : Features that depend on the data.

    Notes
    -----
    Features are not rescaled, since a factor that depends on `n_components` would break
    the nesting. For Gaussian (or orthogonal) weights :math:`\Phi \Phi^\top / D`, with
    `D` = `n_components`, approximates a kernel, the mean of
    :math:`\varphi(w \cdot x + b) \varphi(w \cdot x' + b)`. Where :math:`\theta` is the
    angle between x and x', and s = `scale`, it is

    - "cos" or "sin", with bias: :math:`\tfrac12 \exp(-s^2 \|x - x'\|^2 / 2)` [3]_.
      Multiply the features by :math:`\sqrt{2 / D}` for the Gaussian kernel itself;
    - "relu": :math:`s^2 \|x\| \|x'\| (\sin\theta + (\pi - \theta) \cos\theta) / (2\pi)`
      and "step": :math:`(\pi - \theta) / (2\pi)`, half the arc-cosine kernels of
      order 1 and 0 [4]_.

    Rows of "unit" weights are Gaussian rows divided by an independent length of mean
    square d, so that the kernel of "relu" is divided by d, and that of "step" kept.

    References
    ----------
    .. [1] Chang, X., Li, Y., Oymak, S. and Thrampoulidis, C. (2021). Provable benefits
       of overparameterization in model compression: from double descent to pruning
       neural networks. AAAI. arXiv:2012.08749.
    .. [2] Yu, F. X., Suresh, A. T., Choromanski, K., Holtmann-Rice, D. and Kumar, S.
       (2016). Orthogonal random features. NeurIPS.
    .. [3] Rahimi, A. and Recht, B. (2007). Random features for large-scale kernel
       machines. NeurIPS.
    .. [4] Cho, Y. and Saul, L. (2009). Kernel methods for deep learning. NeurIPS.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_prune import RandomFeatures
    >>> X = np.array([[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0]])
    >>> large = RandomFeatures(n_components=1000, random_state=0).fit(X)
    >>> small = RandomFeatures(n_components=10, random_state=0).fit(X)
    >>> np.array_equal(large.random_weights_[:, :10], small.random_weights_)
    True
    >>> large.transform(X).shape
    (3, 1000)
    """

    def __init__(
        self,
        n_components=100,
        *,
        activation="relu",
        scale=1.0,
        weights="gaussian",
        bias=False,
        random_state=None,
    ):
        self.n_components = n_components
        self.activation = activation
        self.scale = scale
        self.weights = weights
        self.bias = bias
        self.random_state = random_state

    @with_callbacks
    def fit(self, X, y=None):
        """Draw the weights for the number of features, and the dtype, of X.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Its values do not matter.
        y : None
            Ignored.

        Returns
        -------
        RandomFeatures
            The fitted transformer.
        """
        with fit_progress(self, 0, X, y):
            layer = RandomLayer.of(self, check_samples(self, X, reset=True))
            self.random_weights_, self.random_offset_ = layer.draw_all()
            self.seed_ = layer.seed
            self._n_features_out = layer.n_components
        return self

    def transform(self, X):
        """Map X to its random features.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            Features, dense; float32 if both this X and the fitted one are, else float64.
        """
        check_is_fitted(self)
        X = check_samples(self, X)
        return random_features(X, self.random_weights_, self.random_offset_, self.activation)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
