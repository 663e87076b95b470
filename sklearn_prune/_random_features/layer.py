"""The weights of random features, any of them at any time: they depend on a seed alone."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from .activations import PERIODIC, activate, check_activation

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

WEIGHTS = ("gaussian", "unit", "orthogonal")

BLOCK_ROWS = 256
# SeedSequence pads its entropy with zeros, so that [seed, 0, 0] would be the stream
# of a plain default_rng(seed): streams count from one.
_WEIGHT_STREAM, _OFFSET_STREAM = 1, 2


@dataclass(frozen=True)
class RandomLayer:
    """The weights of a `RandomFeatures`, to be drawn where they are needed.

    Parameters
    ----------
    n_components, activation, scale, weights, bias
        Those of `RandomFeatures`.
    seed : int
        Its `seed_`.
    n_features : int
        Number of features of X.
    dtype : dtype
        That of X.
    """

    n_components: int
    activation: Any
    scale: float
    weights: str
    bias: bool
    seed: int
    n_features: int
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, model: Any, X: Any) -> RandomLayer:
        """Return the layer of a model with the parameters of `RandomFeatures`, if fitted to X.

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        _check_parameters(model)
        return cls(
            model.n_components,
            model.activation,
            model.scale,
            model.weights,
            model.bias,
            seed=int(check_random_state(model.random_state).randint(np.iinfo(np.int32).max)),
            n_features=X.shape[1],
            dtype=X.dtype,
        )

    @property
    def block_size(self) -> int:
        """Number of components of a block, but for the last one."""
        return block_rows(self.n_features, self.weights)

    @property
    def n_blocks(self) -> int:
        """Number of blocks, the last of which may be cut."""
        return -(-self.n_components // self.block_size)

    def draw(self, j: int) -> tuple[AnyArray, AnyArray | None]:
        """Return weights of shape (n_features, size), and phases if any, of block j."""
        kept = slice(self.n_components - j * self.block_size)
        W = weight_block(self.seed, j, self.n_features, scale=self.scale, weights=self.weights)
        weights = W[kept].T.astype(self.dtype, copy=False)
        if not self.bias:
            return weights, None
        offset = offset_block(self.seed, j, self.n_features, weights=self.weights)
        return weights, offset[kept].astype(self.dtype, copy=False)

    def draw_all(self) -> tuple[AnyArray, AnyArray | None]:
        """Return weights and phases of all components."""
        weights = np.empty((self.n_features, self.n_components), dtype=self.dtype)
        offset = np.empty(self.n_components, dtype=self.dtype) if self.bias else None
        for j in range(self.n_blocks):
            block = slice(j * self.block_size, (j + 1) * self.block_size)
            weights[:, block], phases = self.draw(j)
            if offset is not None:
                offset[block] = phases
        return weights, offset

    def draw_some(self, indices: Indices) -> tuple[AnyArray, AnyArray | None]:
        """Return weights and phases of the components of given indices, in ascending order."""
        block, inside = np.divmod(indices, self.block_size)
        some = np.empty((self.n_features, len(indices)), dtype=self.dtype)
        phases = np.empty(len(indices), dtype=self.dtype) if self.bias else None
        for j in np.unique(block):
            weights, offset = self.draw(j)
            some[:, block == j] = weights[:, inside[block == j]]
            if phases is not None and offset is not None:
                phases[block == j] = offset[inside[block == j]]
        return some, phases

    def features(self, X: Any, j: int) -> AnyArray:
        """Return the features of block j, of shape (n_samples, size)."""
        return random_features(X, *self.draw(j), self.activation)


def random_features(
    X: Any, weights: AnyArray, offset: AnyArray | None, activation: Any
) -> AnyArray:
    """Return ``activation(X @ weights + offset)``."""
    Z = X @ weights
    if offset is not None:
        Z += offset
    return activate(Z, activation)


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
) -> Array:
    """Draw the weights of block `j`, from nothing but the arguments.

    Returns
    -------
    W : ndarray of shape (block_rows(n_features, weights), n_features), float64
        Rows ``j * block_rows(...)`` onwards of the weights of every
        :class:`RandomFeatures` with this `seed`.
    """
    rng = np.random.default_rng([seed, _WEIGHT_STREAM, j])
    G: Array = rng.standard_normal((block_rows(n_features, weights), n_features))
    if weights == "unit":
        G /= np.linalg.norm(G, axis=1, keepdims=True)
    elif weights == "orthogonal":
        G = _orthogonalize(G)
    G *= float(scale)
    return G


def offset_block(seed: int, j: int, n_features: int, *, weights: str = "gaussian") -> Array:
    """Draw the phases of block `j`, uniform on [0, 2 pi), float64."""
    rng = np.random.default_rng([seed, _OFFSET_STREAM, j])
    return rng.uniform(0, 2 * np.pi, size=block_rows(n_features, weights))


def _orthogonalize(G: Array) -> Array:
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


def _check_parameters(model: Any) -> None:
    """Raise ValueError if a parameter of `RandomFeatures` is out of its range."""
    D, scale = model.n_components, model.scale
    if isinstance(D, bool) or not isinstance(D, Integral) or D < 1:
        raise ValueError(f"n_components={D!r} must be an integer of at least 1.")
    if not isinstance(scale, Real) or not 0 < float(scale) < np.inf:
        raise ValueError(f"scale={scale!r} must be a finite number above 0.")
    if not isinstance(model.weights, str) or model.weights not in WEIGHTS:
        raise ValueError(f"weights={model.weights!r} is unknown: pass one of {sorted(WEIGHTS)}.")
    if not isinstance(model.bias, (bool, np.bool_)):
        raise ValueError(f"bias={model.bias!r} must be True or False.")
    check_activation(model.activation)
    if model.bias and model.activation not in PERIODIC:
        raise ValueError(
            f"bias=True with activation={model.activation!r}: the bias is a phase "
            f"uniform on [0, 2 pi), which means something only for the activations "
            f"{PERIODIC}, of that period. Set bias=False or one of these."
        )
