"""Files of tensors that are whole or not there, and told apart from damaged ones."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from pathlib import Path

N_DIGEST = hashlib.sha256().digest_size


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write tensors, numbers and strings; replace an older file in one step.

    Another process that writes the same file at the same time does no harm.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    content = buffer.getvalue()
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load_state(path: Path) -> dict[str, Any]:
    """Read what `save_state` wrote, on the CPU.

    Raises
    ------
    ValueError
        If the file is damaged.
    """
    content = path.read_bytes()
    digest, content = content[:N_DIGEST], content[N_DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        msg = f"{path} is damaged: delete it, and its net will be trained from the start."
        raise ValueError(msg)
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
