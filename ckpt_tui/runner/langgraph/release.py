"""The parts of the installed LangGraph that the runner needs."""

from __future__ import annotations

from typing import Any

from ..faults import Fault
from ..missing import version_of

_INSTALL = "name the environment of your graph with --python, or install {} in it"


class Release:
    """The LangGraph of this process.

    Attributes:
        version: Of langgraph.
        numbers: Its major and minor number.
        graph_class: The class of compiled graphs.
        saver_class: The class that saves into SQLite.
        memory_class: The class that saves in memory.
        serializer_class: The default class that serializes values.
        command_class: The class of commands that carry answers.
    """

    name = "langgraph"

    def __init__(self) -> None:
        try:
            from . import langgraph_imports as found  # late: where it cannot be imported, that is reported
        except ImportError as error:
            what = f"LangGraph cannot be imported: {error}"
            raise Fault("framework", what, _INSTALL.format("langgraph (0.2.76 or later)")) from None
        if found.no_sqlite:
            what = f"its SqliteSaver cannot be imported: {found.no_sqlite}"
            raise Fault("framework", what, _INSTALL.format("langgraph-checkpoint-sqlite"))
        self.version = version_of("langgraph") or "?"
        self.numbers = tuple(int(each) for each in self.version.split(".")[:2] if each.isdigit())
        self.graph_class: Any = found.Pregel
        self.command_class: Any = found.Command
        self.saver_class: Any = found.SqliteSaver
        self.memory_class: Any = found.InMemorySaver
        self.serializer_class: Any = found.JsonPlusSerializer

    @property
    def has_ids(self) -> bool:
        """Whether several interrupts that wait at once can be answered each by its id (from 0.4 on)."""
        return self.numbers >= (0, 4)

    def is_graph(self, value: Any) -> bool:
        """Whether a value is a compiled graph."""
        return isinstance(value, self.graph_class)
