"""Categories that are text in one table, and numbers in another."""

from __future__ import annotations

from typing import Any

Frame = Any
Column = Any

WORDS = {"true": 1, "false": 0}


def as_texts(column: Column, known: Column) -> Column:
    """Return a column with its numbers as the texts that stand for them in another.

    Raises
    ------
    ValueError
        If several texts are the same number.
    """
    if column.dtype == object:
        return column
    return column.map(texts_of_numbers(column, known)).astype(object)


def texts_of_numbers(numbers: Column, known: Column) -> dict[float, str]:
    """Return the text for each number of a column, as another writes it if it has it.

    Raises
    ------
    ValueError
        If several texts are the same number.
    """
    written: dict[Any, list[str]] = {}
    for text in known.dropna().unique():
        written.setdefault(_number(text), []).append(text)
    found = {}
    for number in numbers.dropna().unique().tolist():
        texts = written.get(number, [_written(number)])
        if len(texts) > 1:
            raise ValueError(_either(number, texts, numbers.name))
        found[number] = texts[0]
    return found


def unknown_categories(X: Frame, unlabeled: Frame) -> list[str]:
    """Tell of texts that no row with a target has."""
    notes = []
    for name in X.select_dtypes(object):
        values = unlabeled[name].dropna()
        unknown = values[~values.isin(X[name])]
        if len(unknown):
            notes.append(
                f"Warning: {len(unknown)} of {len(unlabeled)} unlabelled rows have a value of "
                f"{name!r} that no row with a target has, such as {unknown.iloc[0]!r}."
            )
    return notes


def is_number(text: str) -> bool:
    """Return whether a text is a plain number."""
    return text.lower() not in WORDS and _number(text) is not None


def _number(text: str) -> float | None:
    """Return the number, or truth value, that pandas reads from a text, or None."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    for kind in int, float:
        try:
            return kind(text) if "_" not in text else None
        except ValueError:
            continue
    return None


def _written(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _either(number: float, texts: list[str], name: str) -> str:
    return (
        f"the unlabelled rows have the number {number:g} in {name}, which may be "
        f"{' or '.join(map(repr, texts))} of the other rows: write both alike"
    )
