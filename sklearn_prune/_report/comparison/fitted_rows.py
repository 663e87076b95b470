"""What least squares is fitted to: centred rows, or a few that stand for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class FittedRows(NamedTuple):
    """Centred features and targets of the rows to fit, or of their triangular factor.

    Attributes
    ----------
    F : ndarray of shape (n_kept, n_features)
    y : ndarray of shape (n_kept, n_targets)
    n_rows : int
        How many rows there are: more than are kept where those are a factor.
    """

    F: Array
    y: Array
    n_rows: int

    @property
    def are_factor(self) -> bool:
        """Whether what is kept is a triangular factor."""
        return self.n_rows > len(self.F)


class Union(NamedTuple):
    """Rows with and without labels, to be fitted to the predictions of a dense model.

    Attributes
    ----------
    rows : FittedRows
        Without targets.
    mean : ndarray of shape (n_features,)
        Their means, which were subtracted, seen from those of the rows with labels.
    """

    rows: FittedRows
    mean: Array
