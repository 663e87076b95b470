"""The columns that encoders make of one variable, as a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import OneToOneFeatureMixin
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectorMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    OneHotEncoder,
    SplineTransformer,
    TargetEncoder,
)
from sklearn.utils.validation import check_is_fitted


def one_hot_groups(encoded):
    """Return groups of the columns that are made of the same variable, as `feature_groups`.

    Parameters
    ----------
    encoded : fitted transformer, or sequence of str
        A :class:`~sklearn.preprocessing.OneHotEncoder`, a
        :class:`~sklearn.compose.ColumnTransformer` or a :class:`~sklearn.pipeline.Pipeline`;
        or the names of the variables that are going to be encoded.

    Returns
    -------
    list of str, or callable
        A label for each column of the output: the name of the one input column that it is made
        of, such as a level, a bin or a spline of it; or its own name, if it is made of several.
        Of names of variables, a function from the name of a column to its label: the longest of
        these names that is all of it, or is followed by ``_``, after prefixes such as ``cat__``;
        or the name itself, if there is none. It can be pickled and cloned.

    Raises
    ------
    ValueError
        If a transformer is not fitted, or does not name its output; if names are no strings; and,
        from the function, if two names that are equally long fit a column.

    See Also
    --------
    PrunedRegressor : Keeps or prunes groups of columns as a whole.

    Notes
    -----
    A function of names is for a pipeline, whose folds may see different levels. The model has to
    see names: ``set_output(transform="pandas")`` of the pipeline sees to it. A number
    ``city_size`` looks like a level of the variable ``city``: name both.

    Examples
    --------
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from sklearn_prune import one_hot_groups
    >>> encoder = OneHotEncoder().fit([["Rome", "a"], ["Oslo", "b"], ["Bern", "a"]])
    >>> one_hot_groups(encoder)
    ['x0', 'x0', 'x0', 'x1', 'x1']
    >>> group_of = one_hot_groups(["city", "district"])
    >>> [group_of(name) for name in ("cat__city_Rome", "district_a", "rooms")]
    ['city', 'district', 'rooms']
    """
    if hasattr(encoded, "transform"):
        check_is_fitted(encoded)
        labels = _labels(encoded, _input_names(encoded))
        own = _output_names(encoded) if None in labels else labels
        return [own[k] if label is None else label for k, label in enumerate(labels)]
    if isinstance(encoded, str) or not np.iterable(encoded):
        msg = f"encoded is {encoded!r}: give a fitted transformer, or a list of names of variables."
        raise ValueError(msg)
    names = list(encoded)
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"encoded is {encoded!r}: give names of variables that are strings.")
    return VariableOfName(tuple(map(str, names)))


@dataclass(frozen=True)
class VariableOfName:
    """Says of which variable a column is, by its name (see `one_hot_groups`).

    Attributes
    ----------
    variables : tuple of str
    """

    variables: tuple[str, ...]

    def __call__(self, name: str) -> str:
        """Return the variable, or the name of the column if it is of none.

        Raises
        ------
        ValueError
            If it may be of two.
        """
        found = {variable for variable in self.variables if _may_be_of(variable, name)}
        longest = [v for v in found if len(v) == max(map(len, found))]
        if len(longest) > 1:
            first, second = sorted(longest)[:2]
            msg = (
                f"Column {name!r} may be of {first!r} or of {second!r}: give feature_groups as "
                "labels, or rename a variable or a step."
            )
            raise ValueError(msg)
        return longest[0] if longest else name


def _may_be_of(variable: str, name: str) -> bool:
    """Return whether a name is that of a variable or of a level, maybe after prefixes."""
    parts = name.split("__")
    rests = ("__".join(parts[k:]) for k in range(len(parts)))
    return any(rest == variable or rest.startswith(f"{variable}_") for rest in rests)


def _labels(transformer: Any, names: list[Any]) -> list[Any]:
    """Return labels of the output of a transformer of columns that have some labels.

    A label is None where a column is made of several.
    """
    if isinstance(transformer, Pipeline):
        for step in _steps(transformer):
            names = _labels(step, names)
        return names
    if isinstance(transformer, ColumnTransformer):
        return _labels_of_parts(transformer, names)
    widths = _widths(transformer)
    if widths is not None:
        return [name for name, width in zip(names, widths, strict=True) for _ in range(width)]
    # What reads texts names no input, and its output is its own.
    known = dict(zip(_input_names(transformer), names, strict=False))
    return [known.get(name) for name in _output_names(transformer)]


def _labels_of_parts(transformer: ColumnTransformer, names: list[Any]) -> list[Any]:
    """Return labels of the output of transformers of some columns each."""
    parts, places = transformer.transformers_, transformer.output_indices_
    labels: list[Any] = [None] * max(place.stop for place in places.values())
    for part, step, columns in parts:
        place = places[part]
        if place.stop > place.start:
            chosen = [names[k] for k in _positions(columns, _input_names(transformer))]
            labels[place] = chosen if step == "passthrough" else _labels(step, chosen)
    return labels


def _positions(columns: Any, names: list[Any]) -> list[int]:
    """Return the positions of columns that a ColumnTransformer was told to take."""
    if isinstance(columns, slice):
        start, stop = columns.start, columns.stop
        start = names.index(start) if isinstance(start, str) else start
        stop = names.index(stop) + 1 if isinstance(stop, str) else stop
        return list(range(len(names))[start : stop : columns.step])
    given = np.atleast_1d(np.asarray(columns))
    if given.dtype.kind in "UOT":
        return [names.index(column) for column in given.tolist()]
    return np.arange(len(names))[given].tolist()


def _widths(transformer: Any) -> Any:
    """Return how many columns are made of each one, if each is made of one, in their order."""
    if isinstance(transformer, OneHotEncoder):
        return _one_hot_widths(transformer)
    n_features = getattr(transformer, "n_features_in_", 0)
    if isinstance(transformer, KBinsDiscretizer) and transformer.encode != "ordinal":
        return transformer.n_bins_.tolist()
    if isinstance(transformer, SplineTransformer):
        return [transformer.n_features_out_ // n_features] * n_features
    if isinstance(transformer, TargetEncoder) and transformer.target_type_ == "multiclass":
        return [len(transformer.classes_)] * n_features
    if isinstance(transformer, SelectorMixin):
        return transformer.get_support().astype(int).tolist()
    return [1] * n_features if isinstance(transformer, OneToOneFeatureMixin) else None


def _one_hot_widths(encoder: OneHotEncoder) -> list[int]:
    """Return the numbers of levels, of which rare ones are one and one may be dropped."""
    widths = np.array(list(map(len, encoder.categories_)))
    rare = getattr(encoder, "infrequent_categories_", [None] * len(widths))
    widths -= [0 if levels is None else len(levels) - 1 for levels in rare]
    if encoder.drop_idx_ is not None:
        widths -= [index is not None for index in encoder.drop_idx_]
    return widths.tolist()


def _input_names(transformer: Any) -> list[Any]:
    """Return the names of the columns that a transformer takes."""
    if isinstance(transformer, Pipeline) and (steps := _steps(transformer)):
        return _input_names(steps[0])
    default = [f"x{k}" for k in range(getattr(transformer, "n_features_in_", 0))]
    return list(getattr(transformer, "feature_names_in_", default))


def _steps(pipeline: Pipeline) -> list[Any]:
    """Return the steps that change something."""
    steps = (step for _, step in pipeline.steps)
    return [step for step in steps if step is not None and step != "passthrough"]


def _output_names(transformer: Any) -> list[Any]:
    """Return the names of the columns that a transformer makes.

    Raises
    ------
    ValueError
        If it does not tell.
    """
    if not hasattr(transformer, "get_feature_names_out"):
        msg = (
            f"{type(transformer).__name__} does not name its output (get_feature_names_out): give "
            "feature_groups as labels."
        )
        raise ValueError(msg)
    return list(transformer.get_feature_names_out())
