"""How many features the rounds of a pruning leave, and which sizes leave a fit to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn_prune._checks.arguments import falling_sizes
from sklearn_prune._checks.user_warnings import warn_user

if TYPE_CHECKING:
    from collections.abc import Iterable

# A size so close to the number of samples leaves a fit without penalty to chance.
TOO_CLOSE = 3


def round_sizes(n_features: float, n_keep: int, n_rounds: int) -> list[int]:
    """Return how many features each round leaves, as ``PrunedRegressor(n_rounds=...)`` does."""
    return [max(n_keep, round(size)) for size in falling_sizes(n_features, n_keep, n_rounds)]


def warn_of_sizes(fits: Iterable[tuple[int, float]]) -> None:
    """Warn of fits without penalty to about as many features as samples.

    Parameters
    ----------
    fits : iterable of tuple
        The size, and the degrees of freedom of the rows, of every fit without penalty.
    """
    close = [(size, n) for size, n in fits if abs(size - n) <= TOO_CLOSE]
    if close:
        size, n = close[0]
        msg = (
            f"A round leaves {size} features, within {TOO_CLOSE} of the {n:g} degrees of freedom "
            "of the samples: a fit to them without penalty hardly has a variance, and the risk of "
            "what follows is not reliable. Give a penalty, or other sizes."
        )
        warn_user(msg)
