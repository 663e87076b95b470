"""The file from which a fit that was killed goes on."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import Any

import torch
from joblib.hashing import NumpyHasher

from ._whole_file import write_whole

N_DIGEST = hashlib.sha256().digest_size


def fit_key(*what: Any) -> str:
    """Return the name of a fit: a digest of everything that decides how it ends.

    Raises
    ------
    ValueError
        If something cannot be pickled, hence not be recognised in another process.
    """
    try:
        return _Hasher("sha1").hash((torch.__version__, *what))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = (
            "A checkpoint needs parameters that another process would recognise, classes and "
            f"functions at the top level of a module: {error}."
        )
        raise ValueError(msg) from error


class _Hasher(NumpyHasher):
    """The hash of joblib, where tensors are what they hold.

    Their pickles have addresses and times in them.
    """

    def save(self, obj: Any) -> None:
        if isinstance(obj, torch.Tensor):
            content = obj.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()
            obj = (torch.Tensor, str(obj.dtype), tuple(obj.shape), content)
        super().save(obj)


class FitFile:
    """The last state of one fit, or of a run of a study, in a file that says whose it is.

    Parameters
    ----------
    folder : str or path
        Where the file is; made if need be.
    key : str
        Name of the fit. Other fits have other files.
    """

    def __init__(self, folder: Any, key: str) -> None:
        self.key = key
        self.path = Path(folder) / f"{key}.fit"
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, state: dict[str, Any]) -> None:
        """Put a state, of tensors, numbers and strings, in place of the last one."""
        buffer = io.BytesIO()
        torch.save({"key": self.key, **state}, buffer)
        content = buffer.getvalue()
        write_whole(self.path, hashlib.sha256(content).digest() + content)

    def read(self) -> dict[str, Any] | None:
        """Return the last state, on the CPU, None if there is none yet.

        Raises
        ------
        ValueError
            If the file is damaged, or that of another fit.
        """
        if not self.path.exists():
            return None
        state = self._load()
        if state.pop("key", None) != self.key:
            msg = f"{self.path} was renamed, it is of another fit: delete it to fit from the start."
            raise ValueError(msg)
        return state

    def _load(self) -> dict[str, Any]:
        """Return all that the file holds, if it is what was written."""
        content = self.path.read_bytes()
        digest, content = content[:N_DIGEST], content[N_DIGEST:]
        if hashlib.sha256(content).digest() != digest:
            msg = f"{self.path} is damaged: delete it, and its net will be trained from the start."
            raise ValueError(msg)
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
