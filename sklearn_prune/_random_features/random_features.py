"""Random features whose first columns never depend on how many are asked for."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import erf
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray

    Activation = Callable[[AnyArray], AnyArray]

# The slope of leaky_relu for negative pre-activations.
LEAKY_SLOPE = 0.01

# Each entry maps the pre-activations elementwise and overwrites them.
ACTIVATIONS: dict[str, Activation] = {
    "relu": lambda z: np.maximum(z, 0, out=z),
    "leaky_relu": lambda z: np.multiply(z, LEAKY_SLOPE, out=z, where=z < 0),
    "abs": lambda z: np.abs(z, out=z),
    "step": lambda z: np.heaviside(z, 0, out=z),
    "sign": lambda z: np.sign(z, out=z),
    "erf": lambda z: erf(z, out=z),
    "tanh": lambda z: np.tanh(z, out=z),
    "sin": lambda z: np.sin(z, out=z),
    "cos": lambda z: np.cos(z, out=z),
    "square": lambda z: np.square(z, out=z),
    "identity": lambda z: z,
}
PERIODIC = ("cos", "sin")
WEIGHTS = ("gaussian", "unit", "orthogonal")

BLOCK_ROWS = 256
# SeedSequence pads its entropy with zeros, so that [seed, 0, 0] would be the stream
# of a plain default_rng(seed): streams count from one.
_WEIGHT_STREAM, _OFFSET_STREAM = 1, 2


def block_rows(n_features: int, weights: str = "gaussian") -> int:
    """Return how many components one block holds.

    256; for orthogonal weights the least multiple of `n_features` that reaches 256,
    so that a block holds whole groups of orthogonal rows.
    """
    if weights == "orthogonal":
        return n_features * -(-BLOCK_ROWS // n_features)
    return BLOCK_ROWS


def weight_block(
    seed: int,
    j: int,
    n_features: int,
    *,
    scale: float = 1.0,
    weights: str = "gaussian",
) -> AnyArray:
    """Draw the weights of block `j`, from nothing but the arguments.

    Returns
    -------
    W : ndarray of shape (block_rows(n_features, weights), n_features), float64
        Rows ``j * block_rows(...)`` onwards of the weights of every
        :class:`RandomFeatures` with this `seed`.
    """
    rng = np.random.default_rng([seed, _WEIGHT_STREAM, j])
    G: AnyArray = rng.standard_normal((block_rows(n_features, weights), n_features))
    if weights == "unit":
        G /= np.linalg.norm(G, axis=1, keepdims=True)
    elif weights == "orthogonal":
        G = _orthogonalize(G)
    G *= float(scale)
    return G


def offset_block(seed: int, j: int, n_features: int, *, weights: str = "gaussian") -> AnyArray:
    """Draw the phases of block `j`, uniform on [0, 2 pi), float64."""
    rng = np.random.default_rng([seed, _OFFSET_STREAM, j])
    return rng.uniform(0, 2 * np.pi, size=block_rows(n_features, weights))


def _orthogonalize(G: AnyArray) -> AnyArray:
    """Turn each d rows of a Gaussian G (m * d, d) into orthogonal rows.

    Positive diagonals in R make Q Haar distributed and independent of R. The lengths
    of the rows of G are column norms of R, so they serve as the chi_d lengths, one per
    row and independent of Q, of Yu et al. (2016).
    """
    d = G.shape[1]
    Q, R = np.linalg.qr(G.reshape(-1, d, d).swapaxes(1, 2))
    Q *= np.sign(np.diagonal(R, axis1=1, axis2=2))[:, np.newaxis, :]
    directions = Q.swapaxes(1, 2).reshape(-1, d)
    return directions * np.linalg.norm(G, axis=1, keepdims=True)


def check_activation(activation: Any) -> Activation:
    """Return the function that `activation` names, or is."""
    if callable(activation):
        return activation
    if isinstance(activation, str) and activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    raise ValueError(
        f"activation={activation!r} is unknown: pass a callable or one of {sorted(ACTIVATIONS)}."
    )


def activate(Z: AnyArray, activation: str | Activation) -> AnyArray:
    """Return phi(Z) in the dtype of Z; Z may be overwritten."""
    phi = np.asarray(check_activation(activation)(Z), dtype=Z.dtype)
    if phi.shape != Z.shape:
        raise ValueError(
            f"activation={activation!r} returned an array of shape {phi.shape} for "
            f"pre-activations of shape {Z.shape}: it must act elementwise."
        )
    return phi


class RandomFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
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
        self._check_parameters()
        X = self._validate(X, reset=True)
        d, D = X.shape[1], self.n_components
        rows = block_rows(d, self.weights)

        self.seed_ = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        weights, offset = np.empty((d, D), dtype=X.dtype), np.empty(D, dtype=X.dtype)
        for j, start in enumerate(range(0, D, rows)):
            block, kept = slice(start, start + rows), slice(D - start)
            W = weight_block(self.seed_, j, d, scale=self.scale, weights=self.weights)
            weights[:, block] = W[kept].T
            if self.bias:
                b = offset_block(self.seed_, j, d, weights=self.weights)
                offset[block] = b[kept]
        self.random_weights_ = weights
        self.random_offset_ = offset if self.bias else None
        self._n_features_out = D
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
        X = self._validate(X, reset=False)
        Z = X @ self.random_weights_
        if self.random_offset_ is not None:
            Z += self.random_offset_
        return activate(Z, self.activation)

    def _validate(self, X, *, reset):
        return validate_data(
            self,
            X,
            reset=reset,
            accept_sparse=("csr", "csc"),
            dtype=(np.float64, np.float32),
        )

    def _check_parameters(self):
        D, scale = self.n_components, self.scale
        if isinstance(D, bool) or not isinstance(D, Integral) or D < 1:
            raise ValueError(f"n_components={D!r} must be an integer of at least 1.")
        if not isinstance(scale, Real) or not 0 < float(scale) < np.inf:
            raise ValueError(f"scale={scale!r} must be a finite number above 0.")
        if not isinstance(self.weights, str) or self.weights not in WEIGHTS:
            raise ValueError(f"weights={self.weights!r} is unknown: pass one of {sorted(WEIGHTS)}.")
        if not isinstance(self.bias, (bool, np.bool_)):
            raise ValueError(f"bias={self.bias!r} must be True or False.")
        check_activation(self.activation)
        if self.bias and self.activation not in PERIODIC:
            raise ValueError(
                f"bias=True with activation={self.activation!r}: the bias is a phase "
                f"uniform on [0, 2 pi), which means something only for the activations "
                f"{PERIODIC}, of that period. Set bias=False or one of these."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
