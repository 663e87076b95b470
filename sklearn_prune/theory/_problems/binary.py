"""Gaussian features and a label of two classes that depends on one projection of them."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import (
    as_floats,
    as_number,
    check_count,
    check_covariance,
    check_model,
    check_seed,
    shown,
)
from sklearn_prune.theory._moments.scalar_functions import check_function

from .classifier_metrics import check_metric, check_overlaps
from .label_link import LabelLink
from .linear_gaussian import LinearGaussianProblem, deferred_problem
from .normal_score import broken_rule, last_negative, mean_softplus
from .second_moments import SecondMoments, multiply, rescale
from .single_index import SingleIndexProblem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from sklearn_prune._typing import Array, Function

LINKS = ("logistic", "probit", "sign")
# So many errors are summed at once: each takes a million numbers.
BLOCK = 8


class BinaryProblem:
    r"""Gaussian features and a label of two classes.

    .. math::

        x \sim \mathcal{N}(0, \Sigma), \qquad
        P(y = 1 \mid x) = (1 - 2\varepsilon)\, \ell(\langle v, x\rangle + a_0) + \varepsilon,
        \qquad y \in \{-1, +1\}.

    Parameters
    ----------
    covariance : array-like of shape (n_features,) or (n_features, n_features)
        :math:`\Sigma`, or its diagonal if it is diagonal.

    direction : array-like of shape (n_features,)
        The direction v; its length says how sure the labels are.

    link : {"logistic", "probit", "sign"} or callable, default="logistic"
        The probability :math:`\ell(a)` of the class +1 at the score a: the logistic
        function; :math:`\Phi(a/\tau)`, the sign of a score with normal noise; the sign of
        a itself; or a function that acts elementwise on an array.

    noise : float, default=0.0
        The standard deviation :math:`\tau` of "probit", which is "sign" without any.

    flip : float, default=0.0
        Probability :math:`\varepsilon` that a label is turned around.

    offset : float, default=0.0
        :math:`a_0`. Unless it is 0 the classes are not equally frequent, and models
        want an intercept.

    Attributes
    ----------
    covariance : ndarray of shape (n_features,) or (n_features, n_features)
        :math:`\Sigma`.

    direction : ndarray of shape (n_features,)
        v. For random features, the best linear predictor of the score.

    link : str or callable
        The link.

    noise : float
        :math:`\tau`.

    flip : float
        :math:`\varepsilon`.

    offset : float
        :math:`a_0`.

    latent_variance : float
        The variance :math:`\rho^2` of the score. It is :math:`v'\Sigma v`, and more
        where the features do not tell all of the score, as random features.

    prevalence : float
        :math:`P(y=1)`.

    linear : LinearGaussianProblem
        The problem that least squares with the labels as targets sees.

    n_features : float
        The number of features, p.

    See Also
    --------
    GaussianMixtureProblem : Two classes of Gaussian features.
    predict_risk : Errors of dense, pruned and retrained classifiers.

    Notes
    -----
    Least squares on the labels learns a multiple of v: by Stein's identity
    :math:`\mathbb{E}[yx]=\Sigma v\,\mathbb{E}[\partial_a\mathbb{E}(y|a)]`. What else
    there is in y is noise that is no function of any other direction, so that in high
    dimension the fit is that of the linear problem with the same moments [1]_: `linear`.

    The error of a classifier by the sign of :math:`f=x'b+b_0` depends on the covariance
    of its score with the score of the label, :math:`b'\Sigma v`, on its variance
    :math:`b'\Sigma b`, and on :math:`b_0`, because both scores are jointly normal.

    References
    ----------
    .. [1] C. Thrampoulidis, E. Abbasi, B. Hassibi, "LASSO with Non-linear Measurements is
       Equivalent to One With Linear Measurements", NeurIPS 2015. arXiv:1506.02181

    Examples
    --------
    The best classifier of noisy labels, and one that knows half of the features:

    >>> import numpy as np
    >>> from sklearn_prune.theory import BinaryProblem
    >>> problem = BinaryProblem(np.ones(4), [1.0, 1.0, 1.0, 1.0], link="probit", noise=1.0)
    >>> problem.risk([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]]).round(3)
    array([0.148, 0.282])
    >>> X, y = problem.sample(5, random_state=0)
    >>> y
    array([ 1.,  1.,  1.,  1., -1.])
    """

    def __init__(
        self,
        covariance: Any,
        direction: Any,
        *,
        link: str | Function = "logistic",
        noise: float = 0.0,
        flip: float = 0.0,
        offset: float = 0.0,
    ) -> None:
        covariance = check_covariance(covariance)
        direction = as_floats(direction, "direction", covariance.shape[:1])
        self.link = link
        self.noise = _check_noise(noise, link)
        self.flip = _check_flip(flip)
        self.offset = as_number(offset, "offset")
        self.label_link = LabelLink(_check_link(link), self.noise, self.flip, self.offset)
        moments = SecondMoments(covariance, direction, 0.0, None)
        self._see(moments, np.zeros_like(direction))
        self.latent_variance = float(moments.signal @ moments.signal)
        law = self.label_link.smoothed(np.zeros(()), self.latent_variance)
        self.prevalence, self._gain = float(law[0]), float(law[1])
        self.target_mean = 2 * self.prevalence - 1
        # Of E(y|a), in the mean: least squares learns so many times v.
        self.slope = 2 * self._gain

    def _see(self, moments: SecondMoments, mean: Array) -> None:
        """Take note of the moments of the features, and of what they tell of the score."""
        self.second_moments, self._mean = moments, mean
        self.covariance, self.direction = moments.covariance, moments.coef
        self.n_features = moments.n_features
        beyond_rounding = np.abs(mean) > 1e-12 * np.sqrt(moments.variances)
        self.needs_intercept = bool(beyond_rounding.any())

    @cached_property
    def linear(self) -> LinearGaussianProblem:
        """The problem of the labels as targets of least squares.

        Returns
        -------
        LinearGaussianProblem
            Made when it is first asked for.
        """
        cross = self.slope * self.second_moments.cross_moment
        mean = np.zeros_like(self._mean)
        problem = deferred_problem(self.covariance, cross, 1.0, mean, self.target_mean)
        problem.eigenbasis = self.second_moments.eigenbasis
        return problem

    def sample(self, n_samples: int, random_state: Any = None) -> tuple[Array, Array]:
        """Draw features and labels.

        Parameters
        ----------
        n_samples : int
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            Seed.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Features; for random features, Gaussian ones with their moments.
        y : ndarray of shape (n_samples,)
            Labels, -1 or +1.
        """
        n_samples, rng = check_count(n_samples, "n_samples", 0), check_seed(random_state)
        basis, u = self.second_moments.eigenbasis, self.second_moments.signal
        coordinates = rng.standard_normal((n_samples, len(u)))
        unknown = np.sqrt(np.maximum(self.latent_variance - u @ u, 0))
        score = coordinates @ u + unknown * rng.standard_normal(n_samples)
        positive = rng.uniform(size=n_samples) < self.label_link.probability(score)
        X = basis.to_features(coordinates * np.sqrt(basis.eigenvalues)) + self._mean
        return X, np.where(positive, 1.0, -1.0)

    def risk(self, coef: Any, intercept: Any = 0.0, metric: str = "zero_one") -> Any:
        r"""Return the exact error of the score :math:`f=x'b+b_0`.

        Parameters
        ----------
        coef : array-like of shape (..., n_features)
            :math:`b`, one or several.
        intercept : float or array-like of shape (...), default=0.0
            :math:`b_0`.
        metric : {"zero_one", "squared_error", "log_loss"}, default="zero_one"
            How often the sign of f is not the label; :math:`\mathbb{E}(y-f)^2`; or
            :math:`\mathbb{E}\log(1+e^{-yf})`.

        Returns
        -------
        float or ndarray of shape (...)
            The error.
        """
        coef, b0 = check_model(coef, intercept, len(self.direction))
        signal = coef @ self.second_moments.cross_moment
        square = np.sum(coef * multiply(self.covariance, coef), axis=-1)
        return self.risk_of(signal, square, b0 + coef @ self._mean, metric)

    def risk_of(self, signal: Any, square: Any, intercept: Any, metric: str) -> Any:
        r"""Return the error of a score with given moments.

        Parameters
        ----------
        signal, square, intercept : float or ndarray
            Its covariance :math:`b'\Sigma v` with the score of the label, its variance
            and its mean; they broadcast.
        metric : {"zero_one", "squared_error", "log_loss"}
            The error.

        Returns
        -------
        float or ndarray
            Of the common shape.
        """
        check_metric(metric)
        signal, square, b0 = check_overlaps(signal, square, intercept)
        spread = np.sqrt(np.maximum(square, 0.0))
        if metric == "squared_error":
            risk = 1 - 2 * (self.slope * signal + b0 * self.target_mean) + square + b0**2
        elif metric == "log_loss":
            # The loss of a label of +1 is that of -1 less the score; of these, Stein's identity.
            gain = b0 * self.prevalence + self._gain * signal
            risk = mean_softplus(b0, spread) - gain
        else:
            rows = np.stack([signal, spread, b0]).reshape(3, -1)
            n_blocks = -(-rows.shape[1] // BLOCK)
            blocks = np.array_split(rows, max(n_blocks, 1), axis=1)
            risk = np.concatenate([self._wrong(*block) for block in blocks]).reshape(spread.shape)
        return risk if np.ndim(risk) else float(risk)

    def _wrong(self, signal: Array, spread: Array, b0: Array) -> Array:
        r"""Return how often signs are wrong, given vectors of moments of the score.

        The label is asked for at every value of the score, :math:`b_0+sz`.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(spread > 0, signal / spread, 0.0)
            steep = np.where(slope == 0, 0.0, -self.offset / slope)
        cut = last_negative(b0, spread)
        z, weights = broken_rule(cut, steep)
        slope, rest = slope[:, np.newaxis], self.latent_variance - slope[:, np.newaxis] ** 2
        positive = self.label_link.smoothed(slope * z, np.maximum(rest, 0.0))[0]
        wrong = np.where(z > cut[:, np.newaxis], 1 - positive, positive)
        return np.sum(weights * wrong, axis=1)

    def equivalent(
        self,
        weights: ArrayLike,
        activation: str | Function = "relu",
        offset: ArrayLike | None = None,
    ) -> BinaryProblem:
        r"""Return the problem that a model of random features sees.

        It has their means and covariance, and of the score what is linear in them; the
        rest of the score is noise of the label.

        Parameters
        ----------
        weights : array-like of shape (n_components, n_features)
            First layer, one row a feature: the transpose of `random_weights_` of a fitted
            `sklearn_prune.RandomFeatures`.
        activation : str or callable, default="relu"
            Any of `sklearn_prune.RandomFeatures`.
        offset : array-like of shape (n_components,), optional
            Phases added to the pre-activations: `random_offset_`.

        Returns
        -------
        BinaryProblem
            Of as many features as `weights` has rows.

        Raises
        ------
        ValueError
            If the inputs are not Gaussian, or not of mean zero.
        """
        if self._tells_a_part or self.needs_intercept:
            msg = (
                "Random features need Gaussian inputs of mean zero: no random features, and "
                "none that a scaler has shifted (with_mean=False)."
            )
            raise ValueError(msg)
        inputs = SingleIndexProblem(self.direction, "linear", covariance=self.covariance)
        score = inputs.equivalent(weights, activation, offset)
        return self._seen_through(score.centred(), np.asarray(score.mean))

    def scaled(self, scale: ArrayLike, shift: ArrayLike = 0.0) -> BinaryProblem:
        r"""Return the problem of the features :math:`s_ix_i+c_i`, which a scaler makes.

        Parameters
        ----------
        scale : array-like of shape (n_features,)
            Factors s, not zero.
        shift : float or array-like of shape (n_features,), default=0.0
            Shifts c.

        Returns
        -------
        BinaryProblem
            With the same labels.
        """
        scale = as_floats(scale, "scale", self.direction.shape)
        shift = as_floats(shift, "shift", (), self.direction.shape)
        if not scale.all():
            msg = "scale has a 0: a feature without variance tells nothing, leave it out."
            raise ValueError(msg)
        moments: SecondMoments
        covariance = rescale(self.covariance, scale)
        if self._tells_a_part:
            cross = self.second_moments.cross_moment * scale
            moments = LinearGaussianProblem.from_moments(covariance, cross, self.latent_variance)
        else:
            moments = SecondMoments(covariance, self.direction / scale, 0.0, None)
        return self._seen_through(moments, self._mean * scale + shift)

    def _seen_through(self, moments: SecondMoments, mean: Array) -> BinaryProblem:
        """Return the problem of the same labels and other features."""
        problem = copy(self)
        problem.__dict__.pop("linear", None)
        problem._see(moments, mean)
        return problem

    @property
    def _tells_a_part(self) -> bool:
        """Whether the features are such that the score is no function of them."""
        return isinstance(self.second_moments, LinearGaussianProblem)


def _check_link(link: Any) -> str | Function:
    """Return the name of a link, or a function that is checked wherever it is called."""
    if isinstance(link, str) and link in LINKS:
        return link
    if not callable(link):
        names = ", ".join(map(repr, LINKS))
        msg = f"link is {shown(link)}: give one of {names} or a function of an array."
        raise ValueError(msg)
    function = check_function(link, (), "link")

    def probability(score: Array) -> Array:
        values: Array = function(score)
        if (values < 0).any() or (values > 1).any():
            bad = values[(values < 0) | (values > 1)].flat[0]
            msg = f"link returned {bad:.6g}: it must return probabilities of the class +1."
            raise ValueError(msg)
        return values

    return probability


def _check_noise(noise: Any, link: Any) -> float:
    noise = as_number(noise, "noise")
    if noise < 0:
        msg = f"noise is {noise:.6g}: give a standard deviation, not negative."
        raise ValueError(msg)
    if noise and link != "probit":
        msg = f'noise is {noise:.6g}: only link="probit" has noise; flip turns labels of any link.'
        raise ValueError(msg)
    return noise


def _check_flip(flip: Any) -> float:
    flip = as_number(flip, "flip")
    if not 0 <= flip <= 1:
        msg = f"flip is {flip:.6g}: give a probability, from 0 to 1."
        raise ValueError(msg)
    return flip
