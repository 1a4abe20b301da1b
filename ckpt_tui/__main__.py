"""The `ckpt-tui` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; ends the process with the exit codes of docs/cli.md."""
    from ckpt_tui.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
