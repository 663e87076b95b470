"""Words that stand for missing values, and words that are categories."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .wording import listed
from .written_numbers import column_writing, different_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    Frame = Any
    Column = Any

# pandas takes all of these for missing. The first ones may be meant among other words.
MEANT = ("None", "NA", "N/A", "n/a", "null", "NULL")
NEVER_MEANT = ("NaN", "nan", "-nan", "-NaN", "#N/A", "#NA", "<NA>", "1.#IND", "1.#QNAN", "#N/A N/A")
PANDAS_WORDS = re.compile("|".join(map(re.escape, [*MEANT, *NEVER_MEANT])))
# Among numbers these are missing values, too.
AMONG_NUMBERS = frozenset(
    ["?", "-", "--", ".", "..", "*", "n.a.", "N.A.", "na", "none", "NONE", "missing", "unknown"]
)


def missing_options(
    text: str, frame: Frame, raw: Callable[[list[Any]], Frame], named: tuple[str, ...]
) -> tuple[dict[str, Any], list[str]]:
    """Return the options for pandas that say what is missing, and what to tell of it.

    Among numbers, every word that usually says so is a missing value. Among words, the empty
    field is one and what nobody would call a category; None, NA, N/A and null are kept.

    Parameters
    ----------
    text : str
    frame : DataFrame
        The table as pandas reads it.
    raw : callable
        Returns columns as they are written.
    named : tuple of str
        Words that the user calls missing.
    """
    marks = {name: _marks_among_numbers(frame[name]) for name in _texts(frame)}
    marks = {name: words for name, words in marks.items() if words}
    gaps = frame.columns[frame.isna().any()] if PANDAS_WORDS.search(text) else frame.columns[:0]
    words = _words(frame, raw(list(gaps))) if len(gaps) else {}
    kept = {
        name: meant
        for name in words
        if (meant := words[name].intersection(MEANT).difference(named)) and _is_text(frame[name])
    }
    missing = {
        name: (words.get(name, set()) | marks.get(name, set())) - kept.get(name, set())
        for name in words | marks
    }
    notes = _told("Taken for missing values", "", missing)
    notes += _told("Kept as categories", ": --missing takes them for missing values", kept)
    if not kept and not marks:
        return {}, notes
    others = frame.columns[frame.isna().any()].difference(list(missing), sort=False)
    missing |= {name: {"", *named} for name in others}
    values = {name: sorted({"", *found}) for name, found in missing.items()}
    return {"keep_default_na": False, "na_values": values}, notes


def _texts(frame: Frame) -> list[Any]:
    return list(frame.select_dtypes(exclude=["number", "bool"]))


def _words(frame: Frame, written: Frame) -> dict[Any, set[str]]:
    """Return what is written where values are missing."""
    return {name: set(written[name][frame[name].isna()].dropna()) for name in written}


def _marks_among_numbers(column: Column) -> set[str]:
    """Return the words of a column that are missing values, for all else is numbers."""
    if column_writing(column, AMONG_NUMBERS) is None:
        return set()
    return set(different_texts(column.dropna())) & AMONG_NUMBERS


def _is_text(column: Column) -> bool:
    """Return whether a column has words, and not numbers alone."""
    texts = different_texts(column.dropna())  # none where all is True or False
    return bool(texts) and column_writing(column, AMONG_NUMBERS) is None


def _told(what: str, remedy: str, words: dict[Any, set[str]]) -> list[str]:
    """Return one sentence on all words, with the columns that have them."""
    columns = defaultdict(list)
    for name, found in words.items():
        for word in sorted(found - {""}):
            columns[word].append(name)
    places = [f"{word!r} in {listed(names)}" for word, names in columns.items()]
    return [f"{what}: {', '.join(places)}{remedy}."] if places else []
