"""Display of how much pruning has left of each layer of a net."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_prune._displays.drawing import require_matplotlib
from sklearn_prune._displays.styles import MEANINGS

from ._tensor_table import COLUMNS, layer_table

# In inches, a bar with its gap, and what is above and below all of them.
BAR, MARGINS = 0.2, 0.9
LEAST_BARS = 5  # that there is room for
# Points of the largest letters, and of others as a share of a bar with its gap.
LARGEST, LETTER = 9.0, 0.75
# What is added up over the tensors of a layer.
ADDED = ("name", "n_weights", "n_kept", "dead_outputs")


class LayerDisplay:
    """Share of the weights that is kept, a bar a layer, in the order of the net.

    Tensors of one layer, such as weights and biases, are one bar. What is left is written
    beside it, and how many of the outputs of the layer are dead: all their weights are zero.

    Parameters
    ----------
    table : dict of str to list
        What `layer_table` returns; data frames of it will do.
    share_name : str, default="Share of weights kept"
        Label of the axis.

    Attributes
    ----------
    layers_ : list of str
        Names of the layers, from top to bottom.
    bars_ : BarContainer
        Their bars.
    labels_ : list of Text
        The numbers beside the bars.
    ax_, figure_ : Axes, Figure
        What was drawn on.

    See Also
    --------
    layer_table : The numbers, of each tensor.

    Examples
    --------
    >>> import torch
    >>> from sklearn_prune.neural import LayerDisplay, prune_net
    >>> _ = torch.manual_seed(0)
    >>> net = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3)
    ... )
    >>> display = LayerDisplay.from_estimator(prune_net(net, sparsity=0.5))
    >>> [label.get_text() for label in display.labels_]
    ['77 of 144', '21 of 51']
    """

    def __init__(self, *, table, share_name="Share of weights kept"):
        self.table = table
        self.share_name = share_name

    @classmethod
    def from_estimator(cls, net, *, ax=None, **plot_kwargs):
        """Draw what is left of a net.

        Parameters
        ----------
        net : Module or fitted net of skorch
            A net, such as `prune_net` returns, or a fitted `PrunedNetClassifier`.
        ax : matplotlib Axes, default=None
            Axes to draw on; those of a new figure, as high as it takes, if None.
        **plot_kwargs : dict
            Arguments of `plot`.

        Returns
        -------
        display : LayerDisplay
            The display, drawn.
        """
        require_matplotlib(f"{cls.__name__}.from_estimator")
        return cls(table=layer_table(net)).plot(ax, **plot_kwargs)

    def plot(self, ax=None, *, xscale="linear", bar_kw=None):
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; those of a new figure, as high as it takes, if None.
        xscale : {"linear", "log"}, default="linear"
            Scale of the shares.
        bar_kw : dict, default=None
            Arguments of ``ax.barh``.

        Returns
        -------
        display : LayerDisplay
            The display itself.
        """
        mpl = require_matplotlib(f"{type(self).__name__}.plot")
        if xscale not in ("linear", "log"):
            raise ValueError(f"xscale is {xscale!r}: give 'linear' or 'log'.")
        self.layers_, (n_weights, n_kept, n_dead) = self._layers()
        if ax is None:
            size = (6.4, MARGINS + BAR * max(LEAST_BARS, len(self.layers_)))
            ax = mpl.pyplot.subplots(figsize=size, layout="constrained")[1]
        shares = n_kept / n_weights
        style = {"color": MEANINGS["retrained"].color, "height": 0.75} | (bar_kw or {})
        self.bars_ = ax.barh(np.arange(len(shares)), shares, **style)
        self._scale(ax, shares, xscale)
        self._write(ax, n_weights, n_kept, n_dead)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _scale(self, ax, shares, xscale):
        """Set the axes: the first layer on top, and shares from nothing to all of it."""
        ax.set(ylim=(len(shares) - 0.4, -0.6), xscale=xscale, xlabel=self.share_name)
        least = shares[shares > 0].min(initial=1)
        ax.set_xlim(least / 2 if xscale == "log" else 0, 1)
        ax.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
        ax.spines[["top", "right"]].set_visible(False)

    def _write(self, ax, n_weights, n_kept, n_dead):
        """Write the names of the layers, and numbers to the right, as large as fits."""
        figure = ax.figure.canvas.figure
        figure.draw_without_rendering()  # which makes the axes as high as they will be
        space = ax.bbox.height * 72 / figure.dpi / len(n_weights)
        size = min(LARGEST, LETTER * space)
        ax.set_yticks(np.arange(len(n_weights)), labels=self.layers_, fontsize=size)
        ax.tick_params(axis="y", length=0)
        emptied = MEANINGS["pruned"].color
        self.labels_ = [
            ax.annotate(
                f"{kept:,} of {total:,}" + (f", dead outputs: {dead:,}" if dead else ""),
                xy=(1, place),
                xycoords=ax.get_yaxis_transform(),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=size,
                annotation_clip=False,
                **({} if kept else {"color": emptied}),
            )
            for place, (total, kept, dead) in enumerate(
                zip(n_weights.tolist(), n_kept.tolist(), n_dead.tolist(), strict=True)
            )
        ]

    def _layers(self):
        """Return the names of layers, and how many weights and dead outputs they have.

        Raises
        ------
        ValueError
            If the table has not the columns of one, or no rows.
        """
        try:
            columns = {name: list(self.table[name]) for name in COLUMNS}
        except (LookupError, TypeError) as error:
            msg = f"table has not the columns {', '.join(COLUMNS)}: give what layer_table returned."
            raise ValueError(msg) from error
        sums: dict[str, Any] = {}
        for name, *counts in zip(*(columns[c] for c in ADDED), strict=True):
            layer = name.rpartition(".")[0] or name
            sums[layer] = np.add(sums.get(layer, 0), counts)
        if not sums:
            raise ValueError("table has no rows: give that of a net with parameters.")
        return list(sums), np.array(list(sums.values())).T
