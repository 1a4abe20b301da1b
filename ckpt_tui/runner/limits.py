"""Limits of the runner: sizes of lines, and waiting times."""

from __future__ import annotations

PROTOCOL = 1
"""Raised when a line changes its meaning."""

NODES = 4_000
"""Values of one event that are written; a screen shows fewer, and a thousand take 2 ms."""

TEXT = 20_000
"""Characters of one text that are written."""

TEXTS = 300_000
"""Characters of all texts of one event that are written."""

DEPTH = 24
"""Levels of a value that are written."""

GATHER_SECONDS = 0.03
"""How long lines of a burst wait for others: below what an eye notices, and each write costs what four lines do."""

GATHERED = 48_000
"""Characters that are written together at most, less than a pipe takes at once."""

BURSTS = frozenset(("event", "checkpoint", "log"))
"""Kinds of lines that come in bursts; any other is written at once."""

LEAVE_SECONDS = 3.0
"""Time for exit handlers of the workflow's libraries, and for a run to end once the parent is gone."""

EXIT_CODES = {"done": 0, "checked": 0, "waiting": 6, "stopped": 130}
"""Outcome → exit code; 5 for any other."""
