"""The file from which a fit that was killed goes on."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from pathlib import Path
from typing import Any

import joblib
import torch

MAGIC = b"sklearn_prune fit 1\n"
ADVICE = "Delete the file, and the fit starts from the beginning."


def fit_key(*what: Any) -> str:
    """Return the name of a fit: a digest of everything that decides how it ends.

    Raises
    ------
    ValueError
        If something cannot be pickled, hence not be recognised in another process.
    """
    try:
        return joblib.hash((torch.__version__, *what), hash_name="sha1")
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = (
            "A checkpoint needs parameters that another process would recognise, classes and "
            f"functions at the top level of a module: {error}."
        )
        raise ValueError(msg) from error


class FitFile:
    """One state of one fit, replaced as a whole or not at all.

    Parameters
    ----------
    folder : str or path
        Where the file is; made if need be.
    key : str
        Name of the fit. Other fits have other files, and a file knows whose it is.
    """

    def __init__(self, folder: Any, key: str) -> None:
        self.key = key
        self.path = Path(folder) / f"{key}.fit"
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, state: dict[str, Any]) -> None:
        """Put a state in place of the last one."""
        buffer = io.BytesIO()
        torch.save({"key": self.key, **state}, buffer)
        content = buffer.getvalue()
        draft = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            with draft.open("wb") as file:
                file.write(MAGIC + hashlib.sha256(content).digest() + content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def read(self) -> dict[str, Any] | None:
        """Return the last state, None if there is none yet.

        Raises
        ------
        ValueError
            If the file is not whole, or belongs to another fit.
        """
        if not self.path.exists():
            return None
        data = self.path.read_bytes()
        digest, content = data[len(MAGIC) :][:32], data[len(MAGIC) + 32 :]
        if not data.startswith(MAGIC) or hashlib.sha256(content).digest() != digest:
            msg = f"The checkpoint {self.path} is truncated or altered. {ADVICE}"
            raise ValueError(msg)
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        if state.pop("key") != self.key:
            msg = f"The checkpoint {self.path} was renamed: it is that of another fit. {ADVICE}"
            raise ValueError(msg)
        return state
