"""What the command line says of its options, in the words of Python."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# In this order: options in their phrases before those that stand alone.
WORDS = {
    r" with --drop\b": " of X",
    r"\ba smaller --width\b": "smaller widths",
    r"--(groups|time|repeats|width)\b": r"\1",
    r"--(classification|impute)\b": r"\1=True",
}


def in_python(message: str) -> str:
    """Return a message that names arguments of `report` in place of options."""
    for option, argument in WORDS.items():
        message = re.sub(option, argument, message)
    return message


@contextmanager
def told_in_python() -> Iterator[None]:
    """Raise errors that name arguments of `report` in place of options."""
    try:
        yield
    except ValueError as error:
        message = in_python(str(error))
        if message == str(error):
            raise
        raise ValueError(message) from error
