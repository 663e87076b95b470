"""Numbers as people write them: with marks for thousands, units, signs and brackets."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    Column = Any

CODES = "EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|BRL|MXN|KRW|SGD"
CURRENCY = rf"(?:[$€£¥₹₽]|(?:{CODES})\b|Rs\b\.?)"
# So many values are looked at before all are.
FIRST_VALUES = 100
MINUS = "\u2212\u2013-"
BLANKS = " \u00a0\u2009\u202f"
THOUSANDS = {",": ",", ".": r"\.", " ": f"[{BLANKS}]", "'": "['\u2019]"}
WRITTEN = re.compile(
    rf"(?P<open>\()?[+{MINUS}]?\s*(?P<before>{CURRENCY})?\s*[+{MINUS}]?\s*"
    rf"(?P<digits>\d(?:[\d.,'\u2019{BLANKS}]*\d)?[.,]?|[.,]\d+)(?:[eE][+-]?\d+)?"
    r"(?:\s*(?P<after>(?:[^\W\d_]|[%‰°$€£¥₹₽])(?:[^\d.,;:()]*?(?:(?<=[^\W\d_])[23])?)))?"
    rf"\s*(?P<minus>[{MINUS}])?(?(open)\))"
)


class Marks(NamedTuple):
    """What stands before the decimals, and between thousands: a character each, or none."""

    decimal: str
    thousands: str

    def pattern(self) -> re.Pattern[str]:
        """Return what the digits of a number look like."""
        whole = r"\d*"
        if self.thousands:
            mark = THOUSANDS[self.thousands]
            whole = rf"(?:\d{{0,4}}|[1-9]\d{{0,2}}(?:{mark}\d{{3}})+)"
        return re.compile(rf"{whole}(?:{re.escape(self.decimal)}\d*)?")

    def among(self, digits: list[str]) -> Marks:
        """Return those of the marks that occur."""
        every = "".join(digits)
        thousands = self.thousands and re.search(THOUSANDS[self.thousands], every)
        return Marks(
            self.decimal if self.decimal in every else "", self.thousands if thousands else ""
        )

    def implied_decimal(self) -> str:
        """Return the decimal mark, if only because the other one is for thousands."""
        return self.decimal or {",": ".", ".": ","}.get(self.thousands, "")


class Writing(NamedTuple):
    """How the numbers of a column are written.

    Attributes
    ----------
    readings : set of Marks
        What their marks may mean: several for 1.234, none if they make no numbers.
    unit : str
        What stands before or after all of them.
    signs : str
        Unusual signs of negative numbers: brackets, a minus at the end, a long minus.
    example : str
    """

    readings: set[Marks]
    unit: str
    signs: str
    example: str


POSSIBLE_MARKS = [
    Marks(decimal, thousands)
    for decimal in ".,"
    for thousands in ("", *THOUSANDS)
    if decimal != thousands
]


def column_writing(column: Column, others: Collection[str] = ()) -> Writing | None:
    """Return how the texts of a column are written, None if one is no number.

    Parameters
    ----------
    column : Series
    others : collection of str
        Words that need not be numbers.
    """
    known = column.dropna()
    for values in known.head(FIRST_VALUES), known:
        writing = find_writing([text for text in different_texts(values) if text not in others])
        if writing is None:
            return None
    return writing


def different_texts(column: Column) -> list[str]:
    """Return the different texts of a column without missing values."""
    values = np.asarray(column.unique(), dtype=object)
    return [value for value in values if isinstance(value, str)]


def find_writing(values: list[str]) -> Writing | None:
    """Return how different texts are written, None if one is no number, or units differ."""
    found = [WRITTEN.fullmatch(value.strip()) for value in values]
    numbers = [number for number in found if number is not None]
    units = {number["before"] or number["after"] or "" for number in numbers}
    if not numbers or len(numbers) < len(found) or len(units) > 1:
        return None
    digits = [number["digits"] for number in numbers]
    example = max(values, key=lambda value: len(re.findall(r"[^\w]", value)))
    return Writing(_readings(digits), units.pop().strip(), _signs(numbers), example)


def _readings(digits: list[str]) -> set[Marks]:
    return {
        marks.among(digits)
        for marks in POSSIBLE_MARKS
        if all(map(marks.pattern().fullmatch, digits))
    }


def _signs(numbers: Iterable[re.Match[str]]) -> str:
    """Return the unusual signs: those of brackets, of a minus at the end, and long ones."""
    signs = set()
    for number in numbers:
        signs |= {"("} if number["open"] else set()
        signs |= {"-"} if number["minus"] else set()
        signs |= set(MINUS[:2]) & set(number[0])
    return "".join(sorted(signs))


def substitutions(writing: Writing, marks: Marks) -> dict[str, str]:
    """Return the regular expressions, with what replaces them, that make plain numbers."""
    steps = {}
    if set(MINUS[:2]) & set(writing.signs):
        steps[f"[{MINUS[:2]}]"] = "-"
    if "(" in writing.signs:
        steps[r"^\s*\((.*)\)\s*$"] = r"-\1"
    if "-" in writing.signs:
        steps[rf"^(.*)[{MINUS}]\s*$"] = r"-\1"
    if writing.unit:
        steps[re.escape(writing.unit)] = ""
    if marks.thousands:
        steps[THOUSANDS[marks.thousands]] = ""
    if marks.decimal == ",":
        steps[","] = "."
    return steps | ({r"\s+": ""} if re.search(r"\s", writing.example) else {})


def share_of_numbers(values: Iterable[str]) -> tuple[float, str]:
    """Return the share of texts that are written numbers, and an example that is not plain.

    With many different units they are texts with a number in front, such as addresses.
    """
    texts = [value.strip() for value in values]
    found = [WRITTEN.fullmatch(text) for text in texts]
    units = Counter(number["before"] or number["after"] or "" for number in found if number)
    if len(units) > max(3, len(texts) // 20):
        return 0.0, ""
    others = [text for text, number in zip(texts, found, strict=True) if not number]
    odd = [text for text in texts if not _is_plain(text)]
    return 1 - len(others) / max(len(texts), 1), [*others, *odd, *texts, ""][0]


def _is_plain(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
