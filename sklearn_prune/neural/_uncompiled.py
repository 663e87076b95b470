"""Compiled nets, run as they were written."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


def uncompiled() -> AbstractContextManager[None]:
    """Run compiled modules as plain ones: gradients of single samples cannot be compiled."""
    if hasattr(torch.compiler, "set_stance"):  # since torch 2.6
        return torch.compiler.set_stance("force_eager")
    return nullcontext()
