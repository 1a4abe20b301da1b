"""The `ckpt-tui` command."""

from __future__ import annotations

import os
import sys

from ckpt_tui.garbage import collect_rarely, leave_out_what_is_there


def main() -> None:
    """Run the command line; ends the process with the exit codes of docs/cli.md."""
    collect_rarely()
    from ckpt_tui.cli import command_line, hidden_passwords  # late: after the collector has been made to run rarely

    _open_closed_streams()
    code = command_line.run(hidden_passwords.hide_passwords(sys.argv[1:]))
    leave_out_what_is_there()  # else Python collects all objects once more as it ends
    sys.exit(code)


def _open_closed_streams() -> None:
    """Give a process that was started without a standard stream an empty one, before a file takes its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


if __name__ == "__main__":
    main()
