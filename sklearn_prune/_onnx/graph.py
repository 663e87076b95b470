"""The computation of a model, operator by operator."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._typing import AnyArray

if TYPE_CHECKING:
    from collections.abc import Iterable

# The name of a tensor, or what becomes a constant.
Operand = str | float | AnyArray


class Node(NamedTuple):
    """An operator of ONNX, and the names of what it takes and makes; '' is nothing."""

    operator: str
    operands: tuple[str, ...]
    results: tuple[str, ...]
    attributes: dict[str, Any]


class Input(NamedTuple):
    """A tensor to be given, one row a sample."""

    shape: tuple[int, ...]
    text: bool


class Output(NamedTuple):
    """A tensor to be returned.

    Attributes
    ----------
    tensor : str
    shape : tuple of int
        Without the axis of the samples.
    labels : ndarray or None
        Of which type it is; that of the graph if None.
    """

    tensor: str
    shape: tuple[int, ...] = ()
    labels: AnyArray | None = None


class Graph:
    """Inputs, constants and nodes; what is added again is what was there.

    Parameters
    ----------
    dtype : dtype
        Float32 or float64, in which everything is computed.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.inputs: dict[str, Input] = {}
        self.constants: dict[str, AnyArray] = {}
        self.nodes: list[Node] = []
        self._names: dict[Any, str] = {}

    def input(self, name: str, shape: tuple[int, ...], *, text: bool) -> str:
        """Return the name of an input, which is numbers or text.

        Raises
        ------
        ValueError
            If it is already the other one.
        """
        known = self.inputs.setdefault(name, Input(shape, text))
        if known.text != text:
            msg = f"{name} is read both as numbers and as text: give it to one transformer alone."
            raise ValueError(msg)
        return name

    def constant(self, value: float | AnyArray) -> str:
        """Return the name of a constant, in the precision of the graph if it is of fractions."""
        array = as_tensor(value, self.dtype)
        content = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
        key = array.dtype, array.shape, sha256(content).digest()
        if key not in self._names:
            self._names[key] = f"/constant/{len(self.constants)}"
            self.constants[self._names[key]] = array
        return self._names[key]

    def add(self, operator: str, *operands: Operand, **attributes: int) -> str:
        """Return the name of what an operator makes."""
        names = tuple(x if isinstance(x, str) else self.constant(x) for x in operands)
        key = operator, names, tuple(attributes.items())
        if key not in self._names:
            self._names[key] = f"/{operator}/{len(self.nodes)}"
            self.nodes.append(Node(operator, names, (self._names[key],), attributes))
        return self._names[key]

    def insert(self, nodes: Iterable[Node], constants: dict[str, AnyArray]) -> None:
        """Add nodes and constants from elsewhere, which have names of their own."""
        self.nodes += nodes
        self.constants |= constants

    def needed(self, outputs: Iterable[Output]) -> tuple[list[Node], dict[str, AnyArray]]:
        """Return the nodes and constants that outputs need."""
        nodes: list[Node] = []
        names = {output.tensor for output in outputs}
        for node in reversed(self.nodes):
            if names.intersection(node.results):
                names.update(node.operands)
                nodes.insert(0, node)
        return nodes, {name: self.constants[name] for name in self.constants if name in names}


def as_tensor(value: float | AnyArray, dtype: np.dtype[Any]) -> AnyArray:
    """Return an array of a type that ONNX has.

    Raises
    ------
    ValueError
        If a finite number is none in `dtype`.
    """
    array = np.asarray(value)
    if array.dtype.kind in "OU":
        return array.astype(str).astype(object)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    if array.dtype.kind == "b":
        return array
    with np.errstate(over="ignore"):
        rounded = array.astype(dtype)
    if not np.array_equal(np.isfinite(rounded), np.isfinite(array)):
        msg = f"The model has numbers that are too large for {dtype}: give dtype='float64'."
        raise ValueError(msg)
    return rounded
