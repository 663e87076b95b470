"""Columns that are computed where somebody asks for them: what is pruned is never computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._typing import Indices

    from .graph import Graph


def no_texts(_: Indices) -> NoReturn:
    """Say that text has been asked for where numbers are."""
    raise ValueError("A transformer of text comes after one of numbers: ONNX has no such columns.")


class Columns(NamedTuple):
    """Columns of a step, which add to a graph what is needed for some of them.

    Attributes
    ----------
    graph : Graph
    n_columns : int
        How many there are.
    numbers : callable
        Returns the name of the tensor of the columns of given positions.
    texts : callable
        The same for columns of text.
    """

    graph: Graph
    n_columns: int
    numbers: Callable[[Indices], str]
    texts: Callable[[Indices], str] = no_texts

    def all(self) -> str:
        """Return the name of the tensor of all columns."""
        return self.numbers(np.arange(self.n_columns))

    def made(self, n_columns: int, numbers: Callable[[Indices], str]) -> Columns:
        """Return columns of numbers that are made of these."""
        return Columns(self.graph, n_columns, numbers)

    def some(self, positions: Indices) -> Columns:
        """Return some of the columns."""
        return self._replace(
            n_columns=len(positions),
            numbers=lambda kept: self.numbers(positions[kept]),
            texts=lambda kept: self.texts(positions[kept]),
        )


def matrix(graph: Graph, n_columns: int) -> Columns:
    """Return the columns of one input, X."""

    def take(kept: Indices, *, text: bool) -> str:
        X = graph.input("X", (n_columns,), text=text)
        everything = np.array_equal(kept, np.arange(n_columns))
        return X if everything else graph.add("Gather", X, kept, axis=1)

    return Columns(graph, n_columns, lambda k: take(k, text=False), lambda k: take(k, text=True))


def samples(graph: Graph, shape: tuple[int, ...]) -> Columns:
    """Return samples of more axes than one, such as images, which are one input, X."""
    return Columns(graph, shape[0], lambda _: graph.input("X", shape, text=False))


def table(graph: Graph, names: Sequence[str]) -> Columns:
    """Return columns of which each is an input of its name, if anything needs it."""

    def take(kept: Indices, *, text: bool) -> str:
        return joined(graph, [graph.input(names[j], (1,), text=text) for j in kept])

    n_columns = len(names)
    return Columns(graph, n_columns, lambda k: take(k, text=False), lambda k: take(k, text=True))


def side_by_side(graph: Graph, parts: Sequence[Columns]) -> Columns:
    """Return the columns of several steps."""
    counts = [part.n_columns for part in parts]
    stops = np.cumsum(counts)

    def take(kept: Indices, kind: str) -> str:
        ascending, order = np.unique(kept, return_inverse=True)
        shares = np.split(ascending, np.searchsorted(ascending, stops[:-1]))
        wanted = zip(parts, shares, stops - counts, strict=True)
        found = [getattr(part, kind)(share - start) for part, share, start in wanted if len(share)]
        tensor = joined(graph, found)
        is_ascending = np.array_equal(ascending, kept)
        return tensor if is_ascending else graph.add("Gather", tensor, order, axis=1)

    return Columns(graph, sum(counts), lambda k: take(k, "numbers"), lambda k: take(k, "texts"))


def joined(graph: Graph, tensors: Sequence[str]) -> str:
    """Return the name of several tensors side by side."""
    return tensors[0] if len(tensors) == 1 else graph.add("Concat", *tensors, axis=1)
