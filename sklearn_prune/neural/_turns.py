"""Turns of threads at something that a process has once."""

from __future__ import annotations

from threading import Lock, get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Turns:
    """A lock that its thread may take again, and that goes to whoever waits longest.

    A thread which lets go of a common lock, and takes it again at once, mostly gets it:
    those who wait are slower. Here one of them waits at the door, and goes first.
    """

    def __init__(self) -> None:
        self._door, self._lock = Lock(), Lock()
        self._thread: int | None = None
        self._depth = 0

    def wanted(self) -> bool:
        """Return whether another thread waits for its turn."""
        return self._door.locked()

    def __enter__(self) -> None:
        """Wait for the turn, if it is not that of this thread."""
        if self._thread != get_ident():
            with self._door:
                self._lock.acquire()
            self._thread = get_ident()
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """End the turn, or the part of it that began last."""
        self._depth -= 1
        if not self._depth:
            self._thread = None
            self._lock.release()
