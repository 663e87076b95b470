"""Gaussian inputs with a label that is a function of one projection of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import (
    as_number,
    check_count,
    check_covariance,
    check_noise_variance,
    check_seed,
    eigh_psd,
)
from sklearn_prune.theory._moments.feature_moments import (
    check_direction,
    check_weights,
    cross_moment,
    mean,
    second_moment,
)
from sklearn_prune.theory._moments.gaussian_quadrature import gaussian_mean, gaussian_mean_square
from sklearn_prune.theory._moments.scalar_functions import LINKS, check_function
from sklearn_prune.theory._moments.sphere_moments import radii, sphere_moments

from .linear_gaussian import LinearGaussianProblem, deferred_problem
from .mixed_rows import MixedRowsProblem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from sklearn_prune._typing import Array, Function


class SingleIndexProblem:
    r"""A single-index model of Gaussian inputs.

    Labels are a function, the link, of one projection of the inputs,

    .. math:: y = \ell(v \cdot x) + \sigma z, \qquad x \sim N(0, S), \quad z \sim N(0, 1).

    Features of a random first layer turn it into an equivalent linear Gaussian problem,
    that of the same first and second moments (Def. 2 of [1]_), whose risks are those
    of random feature regression in high dimension.

    Parameters
    ----------
    direction : array-like of shape (n_features,)
        The projection v.

    link : str or callable, default="square"
        The function l: "linear", "square", "relu", "sign", "erf", "tanh", or a callable
        that acts elementwise on an array, is smooth but perhaps at 0, and grows no
        faster than a polynomial.

    noise_variance : float, default=0.0
        Variance of the label noise, :math:`\sigma^2`.

    covariance : array-like of shape (n_features,) or (n_features, n_features), optional
        Covariance S of the inputs, or its diagonal; the identity if None.

    See Also
    --------
    sklearn_prune.theory.LinearGaussianProblem : What `equivalent` returns.
    sklearn_prune.theory.MixedRowsProblem : What `equivalent_by_norm` returns.
    sklearn_prune.theory.SampleProblem : Real data in place of a model.

    Notes
    -----
    The moments are exact. That they determine the risk of a fit to random features is
    so in the limit of many inputs only: of 200 rows with 40 inputs it is some percent
    off, with 10 inputs 5 to 15 for "relu" and the label "square", and half for the odd
    activation "erf" and the label "tanh" with more features than rows (weights of
    variance one over the number of inputs). `equivalent_by_norm` is there within 2, and
    at the worst 5.

    References
    ----------
    .. [1] Chang, X., Li, Y., Oymak, S. and Thrampoulidis, C. (2021). Provable benefits
       of overparameterization in model compression: from double descent to pruning
       neural networks. AAAI. arXiv:2012.08749.

    Examples
    --------
    The label of the paper's random feature regression is the square of a projection:

    >>> import numpy as np
    >>> from sklearn_prune.theory import SingleIndexProblem
    >>> problem = SingleIndexProblem([0.6, 0.8, 0.0], link="square", noise_variance=0.1)
    >>> X, y = problem.sample(500, random_state=0)
    >>> X.shape, y.shape
    ((500, 3), (500,))
    >>> R = np.random.default_rng(0).standard_normal((8, 3))
    >>> equivalent = problem.equivalent(R, activation="relu")
    >>> equivalent.covariance.shape
    (8, 8)
    """

    def __init__(
        self,
        direction: ArrayLike,
        link: str | Function = "square",
        noise_variance: float = 0.0,
        covariance: ArrayLike | None = None,
    ) -> None:
        self.direction = check_direction(direction)
        self.link = link
        self.noise_variance = check_noise_variance(noise_variance)
        self.covariance = None if covariance is None else check_covariance(covariance)
        self._root = _square_root(self.covariance, len(self.direction))
        self._function = check_function(link, LINKS, "link")
        self._spread = np.array([np.linalg.norm(self._whiten(self.direction))])
        self._link_square = float(gaussian_mean_square(self._function, self._spread)[0])

    def sample(self, n_samples: int, random_state: Any = None) -> tuple[Array, Array]:
        """Draw inputs and labels.

        Parameters
        ----------
        n_samples : int
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            Seed.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Inputs.
        y : ndarray of shape (n_samples,)
            Labels.
        """
        n_samples, rng = check_count(n_samples, "n_samples", 0), check_seed(random_state)
        X = self._whiten(rng.standard_normal((n_samples, len(self.direction))))
        noise = rng.standard_normal(n_samples)
        return X, self._function(X @ self.direction) + np.sqrt(self.noise_variance) * noise

    def equivalent(
        self,
        weights: ArrayLike,
        activation: str | Function = "relu",
        offset: ArrayLike | None = None,
    ) -> LinearGaussianProblem:
        """Return the linear Gaussian problem of the same moments as the random features.

        Parameters
        ----------
        weights : array-like of shape (n_components, n_features)
            First layer, one row a feature: the transpose of `random_weights_` of a fitted
            `sklearn_prune.RandomFeatures`.
        activation : str or callable, default="relu"
            Any of `sklearn_prune.RandomFeatures`. A callable must be smooth but perhaps
            at 0, and grow no faster than a polynomial.
        offset : array-like of shape (n_components,), optional
            Phases added to the pre-activations: `random_offset_`. For smooth activations
            only.

        Returns
        -------
        LinearGaussianProblem
            Its moments are E[phi phi'], E[y phi] and E[y^2], uncentred, and the means
            of phi and y, for models with an intercept.
        """
        W, offset = self._whitened(weights, offset)
        v = self._whiten(self.direction)
        return deferred_problem(
            check_covariance(second_moment(W, activation, offset)),
            cross_moment(W, v, self.link, activation, offset),
            as_number(self._link_square + self.noise_variance, "The second moment of the label"),
            mean(W, activation, offset),
            float(gaussian_mean(self._function, self._spread)[0]),
        )

    def equivalent_by_norm(
        self,
        weights: ArrayLike,
        activation: str | Function = "relu",
        offset: ArrayLike | None = None,
    ) -> MixedRowsProblem:
        r"""Return the problem whose rows have the moments that the length of the input gives.

        Few inputs, say 5 to 40, are of different lengths :math:`|S^{-1/2}x|`, and their
        rows of features have different leverages. Here they are of six kinds or more, the nodes
        of a quadrature over the length, on each of which the input is uniform on a sphere.
        It takes as many matrices in the place of one, and several times as long.

        Parameters
        ----------
        weights : array-like of shape (n_components, n_features)
            First layer, one row a feature.
        activation : str or callable, default="relu"
            As in `equivalent`.
        offset : array-like of shape (n_components,), optional
            As in `equivalent`.

        Returns
        -------
        MixedRowsProblem
            For dense fits, pruned ones, and refits to fresh samples.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_prune.theory import SingleIndexProblem, predict_risk
        >>> problem = SingleIndexProblem(np.eye(10)[0], noise_variance=0.3)
        >>> W = np.random.default_rng(0).standard_normal((100, 10)) / np.sqrt(10)
        >>> print(f"{predict_risk(problem.equivalent(W), 200):.2f}")
        1.33
        >>> print(f"{predict_risk(problem.equivalent_by_norm(W), 200):.2f}")
        1.40
        """
        W, offset = self._whitened(weights, offset)
        v = self._whiten(self.direction)
        lengths, shares = radii(len(v))
        moments = sphere_moments(W, v, lengths, self.link, activation, offset)
        return MixedRowsProblem(
            shares,
            moments.second,
            moments.cross,
            moments.target_second + self.noise_variance,
            means=moments.mean,
            target_means=moments.target_mean,
        )

    def _whitened(self, weights: ArrayLike, offset: ArrayLike | None) -> tuple[Array, Array | None]:
        """Validate the first layer, and return it as that of inputs of covariance one."""
        W, offset = check_weights(weights, offset)
        if W.shape[1] != len(self.direction):
            raise ValueError(
                f"weights must have shape (n_components, {len(self.direction)}), one row a "
                f"feature: got {W.shape}. Transpose random_weights_ of RandomFeatures."
            )
        return self._whiten(W), offset

    def _whiten(self, rows: Array) -> Array:
        """Multiply vectors, or rows of a matrix, by the square root of S."""
        if self._root is None:
            return rows
        return rows * self._root if self._root.ndim == 1 else rows @ self._root


def _square_root(covariance: Array | None, n_features: int) -> Array | None:
    """Return the symmetric square root of a covariance, or of its diagonal."""
    if covariance is None:
        return None
    if len(covariance) != n_features:
        raise ValueError(
            f"covariance has shape {covariance.shape}: give one row for each of the {n_features} "
            f"entries of direction."
        )
    if covariance.ndim == 1:
        return np.sqrt(covariance)
    values, vectors = eigh_psd(covariance)
    return (vectors * np.sqrt(values)) @ vectors.T
