"""The recipe of random features, and any of them at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .random_features import RandomFeatures, activate, block_rows, offset_block, weight_block

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray


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
        """Return the layer of a model with the parameters of `RandomFeatures`, if fitted to X."""
        params = {name: getattr(model, name) for name in RandomFeatures().get_params()}
        RandomFeatures(**params)._check_parameters()
        seed = RandomFeatures(**params | {"n_components": 1}).fit(X).seed_
        del params["random_state"]
        return cls(**params, seed=seed, n_features=X.shape[1], dtype=X.dtype)

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

    def draw_some(self, indices: AnyArray) -> tuple[AnyArray, AnyArray | None]:
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
