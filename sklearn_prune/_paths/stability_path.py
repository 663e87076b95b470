"""How often half-samples select each feature, at every sparsity."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_random_state

from sklearn_prune._checks.arguments import check_n_keep
from sklearn_prune._checks.class_data import weigh_classes
from sklearn_prune._pruning.recipe import Recipe
from sklearn_prune._pruning.selection import Selection, SelectionRule
from sklearn_prune._pruning.unit_warning import warn_of_units

from .half_samples import draw_halves, select_in_halves
from .path_data import check_path_data, distillations
from .path_tables import MOST_COLUMNS, MOST_ROWS, feature_names, html_table, rest, shown, span
from .selection_error import ASSUMPTIONS, SelectionError
from .selections import Selections

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray


@dataclass(frozen=True, eq=False)
class StabilityPath:
    """What complementary halves of the samples select, as `stability_path` returns it.

    All of it is kept as one number a half and feature, from which the rest is computed when
    it is asked for.

    Attributes
    ----------
    sparsities : ndarray of shape (n_sparsities,)
        Numbers of features kept s, increasing.
    entries : ndarray of shape (2 * n_pairs, n_features), dtype int32
        The s from which on a half selects a feature; those of a pair follow each other. A
        total price, and float, with ``sparsity_unit="cost"``.
    threshold : float
        Share of the halves that makes a feature stable, where no other is given.
    feature_names_in_ : ndarray of shape (n_features,) or None
        Names of the features, if X had names that are all strings.

    See Also
    --------
    StabilityPathDisplay : Draws the frequencies.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from sklearn_prune import stability_path
    >>> X, y = make_regression(
    ...     n_samples=80, n_features=100, n_informative=3, noise=60, random_state=1
    ... )
    >>> path = stability_path(X, y, strategy="obs", random_state=0)
    >>> path.stable(5)
    array([36, 42, 62])
    >>> path.frequencies[4, [36, 42, 62]]
    array([0.91, 0.97, 0.97])
    >>> round(path.error_bound(5), 2)
    0.26
    """

    sparsities: AnyArray
    entries: AnyArray
    threshold: float = 0.75
    feature_names_in_: AnyArray | None = None
    _selection: Selection | None = field(default=None, repr=False)

    def __repr__(self):
        return f"StabilityPath({self._summary()})"

    def _repr_html_(self):
        n, sizes = self.n_features_in_, shown(len(self.sparsities), MOST_COLUMNS)
        shares = self.frequencies
        best = np.argsort(-shares.mean(axis=0), kind="stable")[:MOST_ROWS]
        names = (feature_names([j], self.feature_names_in_) for j in best)
        rows = (
            [name, *(f"{share:.0%}" for share in shares[sizes, j])]
            for name, j in zip(names, best, strict=True)
        )
        columns = ["feature", *(f"{self.sparsities[k]:g} kept" for k in sizes)]
        caption = f"Share of halves that select a feature: {self._summary()}{rest(n, 'features')}"
        return html_table(caption, columns, rows)

    def _summary(self):
        """Return what was selected how often from how many features."""
        sizes = span(self.sparsities, "sparsity", "sparsities")
        return f"{sizes}, of {self.n_features_in_} features, {self.n_pairs} pairs of halves"

    @property
    def n_features_in_(self):
        """Number of features of X."""
        return self.entries.shape[1]

    @property
    def n_pairs(self):
        """Number of pairs of halves.

        Returns
        -------
        int
            As many as were asked for.
        """
        return len(self.entries) // 2

    @property
    def frequencies(self):
        """Share of the halves that select each feature.

        Returns
        -------
        ndarray of shape (n_sparsities, n_features)
            From 0 to 1.
        """
        return Selections(self.entries).frequencies(self.sparsities)

    @property
    def simultaneous_frequencies(self):
        """Share of the pairs both of whose halves select each feature.

        Returns
        -------
        ndarray of shape (n_sparsities, n_features)
            From 0 to 1.
        """
        both = self.entries.reshape(self.n_pairs, 2, -1).max(axis=1)
        return Selections(both).frequencies(self.sparsities)

    @property
    def stability(self):
        """How much the halves agree, by the index of Nogueira, Sechidis and Brown (2018).

        Returns
        -------
        ndarray of shape (n_sparsities,)
            1 if all halves select the same, 0 by chance, NaN where they select everything.
        """
        return Selections(self.entries).stability(self.sparsities)

    def size(self, sparsity):
        """Return how much a sparsity keeps.

        Parameters
        ----------
        sparsity : int or float
            Number, or fraction, of features that each half selects; need not be one of
            `sparsities`.

        Returns
        -------
        int or float
            The number, or a total price.
        """
        if self._selection is None:
            return check_n_keep(sparsity, self.n_features_in_)
        return self._selection.n_keep(sparsity)

    def stable(self, sparsity, threshold=None):
        """Return the features that many halves select.

        Parameters
        ----------
        sparsity : int or float
            As in `size`.
        threshold : float, default=None
            The least share of the halves; that of the path if None.

        Returns
        -------
        ndarray of shape (n_stable,)
            Indices of features, increasing.
        """
        least = self._n_halves(threshold)
        supports = Selections(self.entries).supports(self.size(sparsity))
        return np.flatnonzero(np.count_nonzero(supports, axis=0) >= least)

    def error_bound(self, sparsity, threshold=None, assumption="unimodal"):
        """Return a bound on the expected number of stable features that are so by mistake.

        Parameters
        ----------
        sparsity, threshold : object
            As in `stable`.
        assumption : {"none", "unimodal", "r-concave"}, default="unimodal"
            What is assumed of the shares of halves, see `stability_path`.

        Returns
        -------
        float
            The bound.
        """
        share = self._n_halves(threshold) / len(self.entries)
        return self._error(self.size(sparsity)).error_bound(share, _checked(assumption))

    def threshold_for(self, sparsity, max_errors=1.0, assumption="unimodal"):
        """Return the least threshold of a wanted bound on errors.

        Parameters
        ----------
        sparsity : int or float
            As in `stable`.
        max_errors : float, default=1.0
            The largest expected number of features that are stable by mistake.
        assumption : {"none", "unimodal", "r-concave"}, default="unimodal"
            As in `error_bound`.

        Returns
        -------
        float
            A multiple of 1 / (2 * n_pairs).

        Raises
        ------
        ValueError
            If no threshold is high enough.
        """
        error = self._error(self.size(sparsity))
        _check_positive(max_errors)
        threshold = error.least_threshold(max_errors, _checked(assumption))
        if threshold > 1:
            least = error.error_bound(1.0, assumption)
            msg = (
                f"The expected errors at a sparsity of {sparsity} are bounded by {least:.3g} at "
                f"best: give max_errors of at least that, or fewer features."
            )
            raise ValueError(msg)
        return threshold

    def largest_sparsity(self, threshold=None, max_errors=1.0, assumption="unimodal"):
        """Return the largest of `sparsities` whose bound on errors is small enough.

        Parameters
        ----------
        threshold : float, default=None
            As in `stable`.
        max_errors, assumption : object
            As in `threshold_for`.

        Returns
        -------
        int or float
            One of `sparsities`.

        Raises
        ------
        ValueError
            If none is small enough.
        """
        share = self._n_halves(threshold) / len(self.entries)
        _check_positive(max_errors)
        sizes, assumption = self.sparsities.tolist(), _checked(assumption)
        place = bisect_right(
            sizes, max_errors, key=lambda size: self._error(size).error_bound(share, assumption)
        )
        if place == 0:
            least = self._error(sizes[0]).error_bound(share, assumption)
            msg = (
                f"The expected errors are bounded by {least:.3g} at best: give max_errors of at "
                "least that, a higher threshold, or a smaller sparsity in the path."
            )
            raise ValueError(msg)
        return sizes[place - 1]

    def _n_halves(self, threshold):
        """Return how many halves select a stable feature at least."""
        share = _check_threshold(self.threshold if threshold is None else threshold)
        return int(np.ceil(len(self.entries) * share * (1 - 1e-12)))

    def _error(self, size):
        """Return the bounds for a size: among what is free to go, how much is kept by a half?"""
        columns = np.arange(self.n_features_in_)
        if self._selection is not None:
            stays, groups = self._selection.stays, self._selection.groups
            columns = np.unique(groups, return_index=True)[1][~stays]
        supports = Selections(self.entries[:, columns]).supports(size)
        n_kept = int(np.count_nonzero(supports)) / len(supports)
        return SelectionError(len(columns), n_kept, self.n_pairs)


def stability_path(
    X,
    y,
    *,
    strategy="hessian",
    sparsities=None,
    estimator=None,
    saliency=None,
    n_pairs=50,
    threshold=0.75,
    sample_weight=None,
    random_state=None,
    classification=False,
    class_weight=None,
    n_jobs=None,
    feature_groups=None,
    always_keep=None,
    feature_costs=None,
    sparsity_unit="groups",
):
    r"""Select features in many halves of the samples, and count how often each is selected.

    The samples are halved at random `n_pairs` times. On each half the dense model is fitted
    and its features are scored once: their order tells what :class:`PrunedRegressor`, or
    :class:`PrunedClassifier` with ``classification=True``, selects at every sparsity. A
    feature is stable if many halves select it, and if few are selected in each, it can be
    bounded how many features are stable by mistake.

    Parameters
    ----------
    X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
        Training data.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Target values, or labels of shape (n_samples,) with ``classification=True``.
    strategy : str or callable, default="hessian"
        How features are scored, as in :class:`PrunedRegressor`. Those of "hessian", "obs"
        do not depend on the units of the features. "random" draws another order in each half.
    sparsities : sequence of int or float, default=None
        Numbers, or fractions, of features that each half selects. None stands for all numbers
        from 1 to one less than the samples in a half, or to n_features if there are fewer.
    estimator : estimator, default=None
        The dense model, as in :class:`PrunedRegressor` or :class:`PrunedClassifier`. A half
        does not select features to which it gives a coefficient of zero, as a Lasso does.
    saliency : array-like of shape (n_features,), default=None
        Scores of the strategy "oracle".
    n_pairs : int, default=50
        Number of times that the samples are halved, B.
    threshold : float, default=0.75
        Share of the halves that makes a feature stable, in (0, 1].
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weights of the samples in the fits. All of positive weight are drawn alike.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves.
    classification : bool, default=False
        Whether y is labels of classes, of which each half then has its share.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in :class:`PrunedClassifier`; "balanced" is by all samples.
    n_jobs : int, default=None
        Number of threads over the halves.
    feature_groups, always_keep, feature_costs, sparsity_unit : object
        What is kept or pruned together, what always stays, prices, and what `sparsities` count,
        as in :class:`PrunedRegressor`.

    Returns
    -------
    StabilityPath
        What the halves select.

    Raises
    ------
    ValueError
        As `PrunedRegressor.fit` or `PrunedClassifier.fit`; if there are fewer than four samples
        of positive weight, or one only of a class; or if a parameter is out of its range.

    See Also
    --------
    StabilityPathDisplay : Draws the frequencies.
    PrunedRegressorCV : Chooses a sparsity, and tells what each fold selected.

    Notes
    -----
    **Errors.** Let a half select q of p features, and a feature be stable if a share
    :math:`\tau` of the 2B halves select it. By mistake stable are those that one half selects
    with a probability of at most q/p, that of a choice at random. Shah and Samworth [1]_ bound
    their expected number, whatever the strategy does and whatever the data are, if the samples
    are drawn independently from one distribution:

    - "none": :math:`q^2 / (p (2\tau - 1))`, that of Meinshausen and Bühlmann [2]_, which needs
      no assumption with complementary halves, and a :math:`\tau` above 1/2.
    - "unimodal": :math:`C q^2 / p`, if for each of these features the share of pairs both of
      whose halves select it has a unimodal distribution, over draws of the samples and the
      halves. C is :math:`1 / (2 (2\tau - 1 - 1/(2B)))` for :math:`\tau \le 3/4`, and
      :math:`4 (1 - \tau + 1/(2B)) / (1 + 1/B)` above. It holds for q/p up to
      :math:`1/\sqrt 3`, and from :math:`\tau = 1/2 + 1/B` or a little more on; where it does
      not, that of "none" stands.
    - "r-concave": p times the largest tail that an r-concave distribution can have, with
      r = -1/2 for that share of pairs and r = -1/4 for that of the halves, which is often much
      less. This holds for :math:`\tau` below 1/2, too. It was found to hold in simulations, with
      B = 50 or fewer, and is the boldest of the three.

    No bound is larger than :math:`q / \tau`: so many features fill all places. What is always
    kept is none of the q, nor of the p; of groups each counts once. Where halves select
    different numbers, q is their mean. The bounds are for a sparsity and a threshold that are
    named before the result is seen.

    Several targets share their scores, and are one selection. The bounds are for one: for the
    features of each target, call this once a target, and add the bounds.

    What the bounds do not say: whether features of high probability matter, and which of two
    that stand for each other; halves select now one and now the other, and none may be stable.

    **Cost.** With more features than samples in a half, all halves share one Gram matrix, as
    folds do: :math:`n^2 p` operations, and :math:`n^3 / 24` for each of 2B factorisations; with
    fewer, each pair shares one pass over the rows, :math:`n p^2`. No model is refitted.
    Memory: an int32 a half and feature; `frequencies` are computed when they are asked for.

    References
    ----------
    .. [1] R. D. Shah, R. J. Samworth, "Variable selection with error control: another look at
       stability selection", Journal of the Royal Statistical Society B 75, 2013.
    .. [2] N. Meinshausen, P. Bühlmann, "Stability selection", Journal of the Royal Statistical
       Society B 72, 2010.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from sklearn_prune import stability_path
    >>> X, y = make_regression(
    ...     n_samples=80, n_features=100, n_informative=3, noise=60, random_state=1
    ... )
    >>> path = stability_path(X, y, strategy="obs", random_state=0)
    >>> path.largest_sparsity(threshold=0.9, max_errors=0.5)
    10
    >>> path.stable(10, 0.9)
    array([36, 42, 62])
    """
    if isinstance(estimator, FrozenEstimator):
        msg = "A FrozenEstimator cannot be fitted to halves: give the estimator that is inside."
        raise ValueError(msg)
    _check_n_pairs(n_pairs)
    rng = check_random_state(random_state)
    recipe = Recipe.of(
        strategy,
        True,
        estimator,
        saliency=saliency,
        random_state=rng,
        names=distillations(classification),
        rule=SelectionRule(feature_groups, always_keep, feature_costs, sparsity_unit),
    )
    given = X, y, sample_weight, None
    data = check_path_data(recipe, given, class_weight, classification=classification)
    fitted, recipe = weigh_classes(data, class_weight), recipe.for_data(data)
    warn_of_units(recipe, fitted)
    pairs = draw_halves(fitted, n_pairs, rng)
    sizes = _sizes(recipe, sparsities, len(pairs[0][0]), data.X.shape[1])
    threshold = _check_threshold(threshold)
    entries = select_in_halves(recipe, fitted, pairs, n_jobs).entries
    return StabilityPath(sizes, entries, threshold, data.names, recipe.selection)


def _sizes(recipe, sparsities, n_rows, n_features):
    """Return the sizes of a path, increasing."""
    if sparsities is None:
        return recipe.all_sizes(max(1, min(n_features, n_rows - 1)))
    return recipe.check_sizes(sparsities, n_features)


def _check_n_pairs(n_pairs):
    is_int = isinstance(n_pairs, int | np.integer) and not isinstance(n_pairs, bool)
    if not is_int or n_pairs < 1:
        msg = f"n_pairs is {n_pairs!r}: give the number of pairs of halves, an int >= 1."
        raise ValueError(msg)


def _check_threshold(threshold):
    if not _is_number(threshold) or not 0 < threshold <= 1:
        msg = f"threshold is {threshold!r}: give the share of halves, a float in (0, 1]."
        raise ValueError(msg)
    return float(threshold)


def _check_positive(max_errors):
    if not _is_number(max_errors) or not max_errors > 0:
        msg = f"max_errors is {max_errors!r}: give an expected number, above 0."
        raise ValueError(msg)


def _is_number(value):
    return not isinstance(value, bool) and isinstance(value, Real)


def _checked(assumption):
    if not isinstance(assumption, str) or assumption not in ASSUMPTIONS:
        known = ", ".join(map(repr, ASSUMPTIONS))
        msg = f"assumption is {assumption!r}: give one of {known}."
        raise ValueError(msg)
    return assumption
