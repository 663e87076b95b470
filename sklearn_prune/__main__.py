"""The command line: small, or large and pruned? Answered on a table."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from sklearn_prune._checks.ctrl_c import raise_on_interrupt
from sklearn_prune._report.command_line_options import make_parser
from sklearn_prune._report.from_python import EXTRA

if TYPE_CHECKING:
    import argparse


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        args = make_parser().parse_args(arguments)
    except ValueError as error:
        return _tell(error)
    try:
        _run(args, shlex.join(["python", "-m", "sklearn_prune", *arguments]))
    except ValueError as error:
        return _tell(error)
    except ImportError as error:
        return _tell(f"{EXTRA} ({error})".replace("\n", " "))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return _tell(f"cannot write to {args.out}: {reason}")
    except KeyboardInterrupt:
        again = shlex.join([*arguments, *([] if args.resume else ["--resume"])])
        _tell(
            f"stopped; what is finished is in {args.out}, and "
            f"python -m sklearn_prune {again} goes on from there"
        )
        return 130
    return 0


def _run(args: argparse.Namespace, command: str) -> None:
    """Import what a run needs, which nobody waits for who asks for help; and run."""
    from sklearn_prune._report.run_command import run  # noqa: PLC0415

    raise_on_interrupt()
    run(args, command)


def _tell(message: object) -> int:
    """Print one line on standard error, and return the status of a failure."""
    print(f"sklearn_prune: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
