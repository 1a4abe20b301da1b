"""`python -m tests.benchmarks [NAME...]`: how fast it is, in ratios to peers measured in the same run."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tests.benchmarks.figures import Figure, table

GROUPS = {
    "listing": ("listing", "run"),
    "first-frame": ("screen", "first_frame"),
    "blocks": ("loop", "blocks"),
    "opening": ("loop", "opening"),
    "keys": ("loop", "keys"),
    "memory": ("screen", "memory"),
    "start-up": ("start_up", "run"),
    "huge": ("huge", "run"),
    "decoding": ("decoding", "run"),
    "history": ("asking", "history"),
    "find": ("asking", "find"),
    "latency": ("latency", "run"),
    "diffing": ("diffing", "run"),
    "replay": ("replay", "run"),
    "bombs": ("bombs", "run"),
    "resume": ("resume", "run"),
    "browser": ("scale", "browser"),
    "long-run": ("scale", "long_run"),
    "remote": ("scale", "remote"),
    "chat": ("chats", "chat"),
    "graph": ("chats", "graph"),
    "groups": ("groups", "run"),
    "groups-postgres": ("groups", "postgres"),
    "second-look": ("second_look", "run"),
}
"""Name → module and function."""


def main(names: list[str]) -> int:
    """Run the groups named, or all; prints a table. Returns 1 when a promise is not kept."""
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    # What is promised is promised of a first look, and of one without an index.
    os.environ["CKPT_TUI_CACHE"] = "0"
    figures: list[Figure] = []
    for name in names or GROUPS:
        module, function = GROUPS[name]
        print(f"{name} ...", file=sys.stderr)
        run: Callable[[Path], list[Figure]] = getattr(import_module(f"tests.benchmarks.{module}"), function)
        with tempfile.TemporaryDirectory(prefix="ckpt-tui-benchmark-") as directory:
            found = run(Path(directory))
        for figure in found:
            print("  " + " · ".join(part for part in figure[:5] if part), file=sys.stderr)
        figures += found
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}\n")
    print(table(figures))
    return 1 if any(figure.kept is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
