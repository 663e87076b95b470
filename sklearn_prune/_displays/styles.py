"""How curves look: one colour, marker and line for one meaning, in every picture."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Style(NamedTuple):
    """The look of a curve."""

    color: str
    marker: str
    line: Any

    @property
    def keywords(self) -> dict[str, Any]:
        """The arguments of ``Axes.plot``.

        Returns
        -------
        dict
            Its `color`, `marker` and `linestyle`.
        """
        return {"color": self.color, "marker": self.marker, "linestyle": self.line}


# All colours are light enough for a black background and dark enough for a white one. They
# stay apart for colour-blind eyes; markers and lines differ, too, and do without any colour.
OTHERS = (
    Style("#6644ff", "o", "-"),
    Style("#bb8800", "s", "--"),
    Style("#117766", "^", "-."),
    Style("#ff44bb", "D", ":"),
    Style("#2299aa", "v", (0, (6, 1, 1, 1, 1, 1))),
    Style("#995533", "P", (0, (8, 2))),
)
MEANINGS = {
    "retrained": Style("#0f8fe6", "o", "-"),
    "pruned": Style("#cc4400", "s", "--"),
    "small": Style("#9944aa", "^", "-."),
    "dense": Style("#808080", "D", ":"),
    "distilled": Style("#d97a00", "v", (0, (6, 1, 1, 1, 1, 1))),
    "random": Style("#e0559a", "X", (0, (8, 2))),
    "pursued": Style("#14916b", "P", (0, (1, 2))),
    "columns": Style("#4d7a1f", ">", (0, (4, 1, 1, 1))),
    "all columns": Style("#4d7a1f", "", (0, (5, 5))),
    "logistic": Style("#4d7a1f", "", (0, (12, 3, 1, 3, 1, 3))),
    "boosting": Style("#6a5acd", "", (0, (2, 1))),
    "fresh": OTHERS[4],
    "magnitude": OTHERS[0],
    "hessian": OTHERS[1],
    "obs": OTHERS[2],
    "oracle": OTHERS[3],
}
ALIASES = {"not retrained": "pruned", "dense model": "dense"}


def curve_style(meaning):
    """Return how all pictures of this package draw a curve of one meaning.

    Colours are seen on white and on black, and by colour-blind eyes; markers and lines tell
    the curves apart without them.

    Parameters
    ----------
    meaning : str
        What the curve shows: "retrained", "pruned" (and not retrained), "small", "dense",
        "distilled", "random" (pruned at random), "pursued" (by matching pursuit), "fresh"
        (retrained on fresh samples), "columns" (pruned, without random features), a reference
        that is not pruned: "all columns", "logistic", "boosting", or the score of a strategy:
        "magnitude", "hessian", "obs", "oracle".

    Returns
    -------
    dict
        The arguments `color`, `marker` and `linestyle` of ``Axes.plot``.

    Raises
    ------
    ValueError
        If there is no such meaning.

    See Also
    --------
    PruningPathDisplay : Draws labels of these names in these styles.

    Examples
    --------
    >>> from sklearn_prune import curve_style
    >>> curve_style("retrained")
    {'color': '#0f8fe6', 'marker': 'o', 'linestyle': '-'}
    """
    if not isinstance(meaning, str) or meaning not in MEANINGS:
        msg = f"meaning is {meaning!r}: give one of {', '.join(map(repr, MEANINGS))}."
        raise ValueError(msg)
    return MEANINGS[meaning].keywords


def styles_of(labels: Iterable[str], earlier: Iterable[str] = ()) -> list[Style]:
    """Return the styles of curves: by their meaning, and else in turn.

    Parameters
    ----------
    labels : iterable of str
        Names of the curves.
    earlier : iterable of str
        Names of curves that are drawn already, whose styles are not used again while there
        are others.
    """
    earlier, labels = list(earlier), list(labels)
    known = [_meant(label) for label in [*earlier, *labels]]
    free = [style for style in OTHERS if style not in known] or OTHERS
    turns = cycle(free)
    styles = [style or next(turns) for style in known]
    return styles[len(earlier) :]


def _meant(label: str) -> Style | None:
    return MEANINGS.get(ALIASES.get(label, label))
