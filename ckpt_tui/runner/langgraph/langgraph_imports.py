"""The names of the installed langgraph that are used; imported by `release.Release` alone.

`SqliteSaver` is None where its package, which is one of its own, is missing or broken, and `no_sqlite` says why.
"""

from __future__ import annotations

from langgraph.pregel import Pregel as Pregel
from langgraph.types import Command as Command

# isort: split
# After the graph: a warning that some releases give while it is imported then names a file of theirs, not this one.
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer as JsonPlusSerializer

try:
    from langgraph.checkpoint.memory import InMemorySaver as InMemorySaver
except ImportError:
    from langgraph.checkpoint.memory import MemorySaver as InMemorySaver  # noqa: F401
try:
    from langgraph.checkpoint.sqlite import SqliteSaver as SqliteSaver
except ImportError as error:
    SqliteSaver = None  # type: ignore[assignment,misc]
    no_sqlite = str(error)
else:
    no_sqlite = ""
