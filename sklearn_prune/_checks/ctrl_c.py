"""What Ctrl-C does: while a command line starts there is nothing to save, nor to tell."""

import signal
import sys


def is_starting() -> bool:
    """Return whether Python is on its way to a module that `python -m` names."""
    return sys.argv[:1] == ["-m"]


def end_on_interrupt() -> None:
    """Let Ctrl-C end Python at once and without a traceback, if it would raise one."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def raise_on_interrupt() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, after `end_on_interrupt`."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
