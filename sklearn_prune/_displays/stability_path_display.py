"""Display of how often features are selected, against the number that is kept."""

from __future__ import annotations

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._paths.pruned_search import PrunedSearch
from sklearn_prune._paths.selections import Selections
from sklearn_prune._paths.stability_path import stability_path
from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier

from .drawing import label_log_axis, require_matplotlib
from .margin_labels import label_in_margin

# Colours that colour-blind readers tell apart, on white and on black.
COLORS = ("#4477AA", "#EE6677", "#228833", "#CC8822", "#AA3377", "#22AACC")
DASHES = ("-", "--", "-.", ":")


class StabilityPathDisplay:
    """Share of halves, or folds, that select each feature, against the number kept.

    Features that are stable at the last sparsity are coloured and named, in the order in which
    they end; all others are grey.

    Parameters
    ----------
    sparsities : array-like of shape (n_sparsities,)
        Numbers of features kept s, in increasing order.
    frequencies : array-like of shape (n_sparsities, n_features)
        Share of the fits that select each feature.
    threshold : float, default=0.75
        The least share of a stable feature: a horizontal line marks it.
    feature_names : sequence of str, default=None
        Names of the features; "x0", "x1", ... if None.
    title : str, default=None
        What stands above the axes.
    sparsity_name, frequency_name : str
        Labels of the axes.

    Attributes
    ----------
    stable_ : ndarray of shape (n_stable,)
        Indices of the stable features, those first that are selected most often.
    lines_ : list of Line2D
        Their frequencies.
    others_ : LineCollection
        Those of the other features, as far as they are selected at all.
    labels_ : list of Annotation
        The names of stable features.
    threshold_line_ : Line2D
        The threshold.
    ax_, figure_ : Axes, Figure
        What was drawn on.

    See Also
    --------
    stability_path : What it draws.
    PruningPathDisplay : Errors against the number of features kept.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn_prune import StabilityPathDisplay, stability_path
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> path = stability_path(X, y, random_state=0)
    >>> display = StabilityPathDisplay.from_path(path, sparsity=4)
    >>> [label.get_text() for label in display.labels_]
    ['s5', 'bmi', 's1']
    """

    def __init__(
        self,
        *,
        sparsities,
        frequencies,
        threshold=0.75,
        feature_names=None,
        title=None,
        sparsity_name="Number of features kept s",
        frequency_name="Share of fits that select a feature",
    ):
        self.sparsities = sparsities
        self.frequencies = frequencies
        self.threshold = threshold
        self.feature_names = feature_names
        self.title = title
        self.sparsity_name = sparsity_name
        self.frequency_name = frequency_name

    @classmethod
    def from_path(
        cls, path, *, sparsity=None, threshold=None, assumption="unimodal", ax=None, **plot_kwargs
    ):
        """Draw what `stability_path` returned.

        Parameters
        ----------
        path : StabilityPath
            What halves select.
        sparsity : int or float, default=None
            Where the axis ends, and features are judged. None stands for the largest one of the
            path whose bound on errors is at most 1, or its first if there is none.
        threshold : float, default=None
            The least share of a stable feature; that of the path if None.
        assumption : {"none", "unimodal", "r-concave"}, default="unimodal"
            That of the bound, which stands above the axes.
        ax : matplotlib Axes, default=None
            Axes to draw on.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : StabilityPathDisplay
            The display, drawn.
        """
        require_matplotlib(f"{cls.__name__}.from_path")
        threshold = path.threshold if threshold is None else threshold
        if sparsity is None:
            sparsity = _largest(path, threshold, assumption)
        bound, size = path.error_bound(sparsity, threshold, assumption), path.size(sparsity)
        shown = np.append(path.sparsities[path.sparsities < size], size)
        display = cls(
            sparsities=shown,
            frequencies=Selections(path.entries).frequencies(shown),
            threshold=threshold,
            feature_names=path.feature_names_in_,
            title=f"s = {size:g}: at most {bound:.3g} stable by mistake ({assumption})",
            frequency_name="Share of halves that select a feature",
        )
        return display.plot(ax, **plot_kwargs)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        y=None,
        *,
        sparsities=None,
        n_pairs=50,
        sample_weight=None,
        random_state=None,
        n_jobs=None,
        threshold=0.75,
        ax=None,
        **plot_kwargs,
    ):
        """Draw what a pruned model selects in halves of the data, or a search in its folds.

        Parameters
        ----------
        estimator : estimator
            A `PrunedRegressor` or `PrunedClassifier`, whose parameters, and `sparsity`, are those
            of the halves. Or a fitted `PrunedRegressorCV` or `PrunedClassifierCV` with folds:
            what these select on the path of the chosen model, up to the chosen s. It takes no
            further arguments but `threshold`, `ax` and those of `plot`.
        X, y : array-like
            Data.
        sparsities, n_pairs, sample_weight, random_state, n_jobs, threshold : object
            As in `stability_path`.
        ax : matplotlib Axes, default=None
            Axes to draw on.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : StabilityPathDisplay
            The display, drawn.
        """
        require_matplotlib(f"{cls.__name__}.from_estimator")
        if isinstance(estimator, PrunedSearch):
            return cls._from_search(estimator, threshold).plot(ax, **plot_kwargs)
        if not isinstance(estimator, PrunedRegressor | PrunedClassifier):
            msg = f"estimator is {estimator!r}: give a pruned model, or a search that is fitted."
            raise ValueError(msg)
        names = "strategy", "estimator", "saliency", *RULE
        path = stability_path(
            X,
            y,
            sparsities=sparsities,
            n_pairs=n_pairs,
            sample_weight=sample_weight,
            random_state=random_state,
            n_jobs=n_jobs,
            threshold=threshold,
            classification=is_classifier(estimator),
            class_weight=getattr(estimator, "class_weight", None),
            **{name: getattr(estimator, name) for name in names},
        )
        return cls.from_path(path, sparsity=estimator.sparsity, ax=ax, **plot_kwargs)

    @classmethod
    def _from_search(cls, model, threshold):
        """Return the display of a fitted search."""
        check_is_fitted(model)
        table = model.cv_results_
        if "selection_frequency" not in table:
            msg = "The search has no folds of which the supports are kept: give a number as cv."
            raise ValueError(msg)
        chosen = table["selection_frequency"][model.best_index_]
        sizes = np.unique(table["sparsity"])
        sizes = sizes[sizes <= model.sparsity_]
        return cls(
            sparsities=sizes,
            frequencies=chosen.selections.frequencies(sizes),
            threshold=threshold,
            feature_names=getattr(model, "feature_names_in_", None),
            title=f"chosen: s = {model.sparsity_:g}",
            frequency_name=f"Share of {model.n_splits_} folds that select a feature",
        )

    def plot(self, ax=None, *, xscale="log", max_named=20, line_kw=None):
        """Draw the frequencies.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; those of a new figure if None.
        xscale : str, default="log"
            Scale of the x axis.
        max_named : int, default=20
            How many stable features are named and have a colour at most: those that are
            selected most often.
        line_kw : dict, default=None
            Arguments of ``ax.plot`` for all stable features.

        Returns
        -------
        display : StabilityPathDisplay
            The display itself.
        """
        mpl = require_matplotlib(f"{type(self).__name__}.plot")
        sizes, frequencies = self._check()
        if ax is None:
            ax = mpl.pyplot.subplots(layout="constrained")[1]
        self.stable_ = _most_stable(frequencies, self.threshold)
        named = self.stable_[:max_named]
        ax.set(xscale=xscale, xlabel=self.sparsity_name, ylabel=self.frequency_name)
        ax.set(xlim=_limits(sizes), ylim=(-0.02, 1.02))
        others = np.delete(frequencies, named, axis=1)
        self.others_ = _draw_others(mpl, ax, sizes, others)
        self.lines_ = [
            ax.plot(sizes, frequencies[:, j], **_style(k) | (line_kw or {}))[0]
            for k, j in reversed(list(enumerate(named)))
        ][::-1]
        self.threshold_line_ = ax.axhline(
            self.threshold, color=mpl.rcParams["text.color"], linewidth=0.8, linestyle=(0, (1, 2))
        )
        label_log_axis(ax.xaxis)
        if self.title is not None:
            ax.set_title(self.title, fontsize="medium", loc="left")
        self.labels_ = self._label(ax, frequencies[-1, named], named)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _name(self, j):
        return f"x{j}" if self.feature_names is None else str(self.feature_names[j])

    def _label(self, ax, ends, named):
        """Write the names of lines next to their ends, and how many have none."""
        names, colors = [self._name(j) for j in named], [line.get_color() for line in self.lines_]
        if n_more := len(self.stable_) - len(named):
            names, colors = [*names, f"and {n_more} more"], [*colors, "none"]
            ends = np.append(ends, self.threshold)
        return label_in_margin(ax, ends, names, colors)

    def _check(self):
        """Return sparsities and frequencies that fit together."""
        sizes, frequencies = np.asarray(self.sparsities), np.asarray(self.frequencies, dtype=float)
        if sizes.ndim != 1 or len(sizes) == 0 or not (np.diff(sizes, prepend=0) > 0).all():
            msg = f"sparsities must be positive and increase, but are {self.sparsities!r}."
            raise ValueError(msg)
        if frequencies.ndim != 2 or len(frequencies) != len(sizes):
            msg = f"frequencies has shape {frequencies.shape}: give a row for each of {len(sizes)}."
            raise ValueError(msg)
        names = self.feature_names
        if names is not None and len(names) != frequencies.shape[1]:
            msg = f"There are {len(names)} feature_names for {frequencies.shape[1]} features."
            raise ValueError(msg)
        return sizes, frequencies


RULE = ("feature_groups", "always_keep", "feature_costs", "sparsity_unit")


def _largest(path, threshold, assumption):
    """Return the largest sparsity of at most one expected error, or the smallest one there is."""
    try:
        return path.largest_sparsity(threshold, 1.0, assumption)
    except ValueError:
        return path.sparsities[0].item()


def _most_stable(frequencies, threshold):
    """Return the features that are stable at the end: first those of most, then of earliest."""
    stable = np.flatnonzero(frequencies[-1] >= threshold * (1 - 1e-12))
    keys = -frequencies[:, stable].mean(axis=0), -frequencies[-1, stable]
    return stable[np.lexsort(keys)]


def _limits(sizes):
    """Return the limits of the x axis: the sizes themselves, or some room about one."""
    return (sizes[0], sizes[-1]) if len(sizes) > 1 else (sizes[0] / 2, sizes[0])


def _style(k):
    """Return how the k-th stable feature is drawn: all colours, then all dashes."""
    dash = DASHES[k // len(COLORS) % len(DASHES)]
    return {"color": COLORS[k % len(COLORS)], "linestyle": dash, "linewidth": 1.8, "marker": ""}


def _draw_others(mpl, ax, sizes, frequencies):
    """Draw the lines of features that are selected somewhere, in grey."""
    selected = frequencies[:, frequencies.any(axis=0)]
    lines = [np.column_stack([sizes, line]) for line in selected.T]
    alpha = min(0.6, max(0.15, 20 / max(1, len(lines))))
    return ax.add_collection(
        mpl.collections.LineCollection(
            lines, colors="0.5", linewidths=0.7, alpha=alpha, zorder=1, rasterized=len(lines) > 100
        ),
        autolim=False,
    )
