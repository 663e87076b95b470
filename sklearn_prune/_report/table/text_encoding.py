"""Text from bytes: which encoding?"""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# From the longest, since that of UTF-32 begins with that of UTF-16.
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
HEAD = 2**16
# Lines that tell encodings apart, and the confidence below which they do not.
LINES_OF_OTHER_BYTES, MOST_LINES = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?"), 1_000
LEAST_CONFIDENCE = 0.01
WESTERN = "Windows-1252"


def decode(file: Path, content: bytes, encoding: str | None) -> tuple[str, str, list[str]]:
    """Return the text, its encoding, given or guessed, and what was guessed.

    Raises
    ------
    ValueError
        If the bytes are no text, or none of this encoding.
    """
    notes: list[str] = []
    if encoding is None:
        encoding, notes = _guess(file, content)
    try:
        return content.decode(encoding), codecs.lookup(encoding).name, notes
    except LookupError as error:
        msg = f"--encoding {encoding} is unknown: give one of Python's, such as cp1251 or gbk"
        raise ValueError(msg) from error
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x} at {error.start} is none"
        msg = f"cannot read {file} as {encoding}, {found}: give another --encoding"
        raise ValueError(msg) from error


def _guess(file: Path, content: bytes) -> tuple[str, list[str]]:
    """Return the encoding, by its mark, or UTF-8 if it can be, or what the letters look like."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding, []
    start = _start_of_other_bytes(content)
    if b"\x00" not in content[:HEAD] and start is None:
        return "utf-8", []
    encoding = _detect(file, content)
    where = "" if start is None else f" (byte 0x{content[start]:02x} at {start})"
    note = f"The file is not UTF-8{where} but read as {encoding}: --encoding names another."
    return encoding, [note]


def _start_of_other_bytes(content: bytes) -> int | None:
    """Return where bytes stop being UTF-8, None if they do not."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _detect(file: Path, content: bytes) -> str:
    """Return what chardet finds in the lines that are not ASCII; few letters are Western."""
    from chardet import EncodingEra, detect  # noqa: PLC0415

    lines = islice(LINES_OF_OTHER_BYTES.finditer(content), MOST_LINES)
    eras = EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO
    whole = detect(content[:HEAD], encoding_era=eras)
    if whole["encoding"] is None:
        msg = f"{file} is binary, and neither parquet nor gzip: give a CSV or parquet file"
        raise ValueError(msg)
    if b"\x00" in content[:HEAD]:
        return str(whole["encoding"])
    found = detect(b"".join(line[0] for line in lines), encoding_era=eras)
    return str(found["encoding"] if found["confidence"] > LEAST_CONFIDENCE else WESTERN)
