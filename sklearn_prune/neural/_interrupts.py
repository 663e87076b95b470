"""Ctrl-C, told from callbacks that end the training."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def stoppable_by_callbacks() -> Iterator[None]:
    """Let KeyboardInterrupt end the block, unless it is the user's.

    Callbacks of skorch end the training with the exception of Ctrl-C. The latter is a
    signal, and signals reach the main thread alone: what arrives otherwise is a callback's.
    """
    handler: Any = signal.getsignal(signal.SIGINT)
    interrupted = False

    def note(signum: int, frame: Any) -> None:
        nonlocal interrupted
        try:
            handler(signum, frame)
        except KeyboardInterrupt:
            interrupted = True
            raise

    listens = callable(handler) and threading.current_thread() is threading.main_thread()
    if listens:
        signal.signal(signal.SIGINT, note)
    try:
        yield
    except KeyboardInterrupt:
        if interrupted:
            raise
    finally:
        if listens:
            signal.signal(signal.SIGINT, handler)
