"""The `ckpt-tui` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; ends the process with the exit codes of docs/cli.md."""
    _open_closed_streams()
    from ckpt_tui.cli.app import run

    _end(run(sys.argv[1:]))


def _end(code: int) -> None:
    """End the process, at once where nothing waits for its end: taking the interpreter down takes 5 to 10 ms.

    What registered with `atexit` (the code of a user's storage may), threads and profilers get the usual way.
    """
    import atexit
    import threading

    waiting = getattr(atexit, "_ncallbacks", None)  # CPython's own; without it, the usual way
    if waiting and not waiting() and threading.active_count() == 1 and sys.getprofile() is None:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError):
            pass  # closed, or full: told by the usual way
        else:
            os._exit(code)
    sys.exit(code)


def _open_closed_streams() -> None:
    """Give a process that was started without a standard stream an empty one, before a file takes its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


if __name__ == "__main__":
    main()
