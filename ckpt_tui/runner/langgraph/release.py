"""What the runner needs of the LangGraph that is installed here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..faults import Fault

_INSTALL = "name the environment of your graph with --python, or install {} in it"


class Release:
    """The LangGraph of this process.

    Attributes:
        version: Of langgraph.
        numbers: Its major and minor number.
        graph_class: The class of compiled graphs.
        saver_class: The class that saves into SQLite.
        command_class: What carries an answer.
    """

    name = "langgraph"

    def __init__(self) -> None:
        try:
            from langgraph.pregel import Pregel  # late: the framework of the program
            from langgraph.types import Command
        except ImportError as error:
            what = f"LangGraph cannot be imported: {error}"
            raise Fault("framework", what, _INSTALL.format("langgraph (0.2.76 or later)")) from None
        try:
            from langgraph.checkpoint.sqlite import SqliteSaver
        except ImportError as error:
            what = f"its SqliteSaver cannot be imported: {error}"
            raise Fault("framework", what, _INSTALL.format("langgraph-checkpoint-sqlite")) from None
        try:
            self.version = version("langgraph")
        except PackageNotFoundError:
            self.version = "?"
        self.numbers = tuple(int(each) for each in self.version.split(".")[:2] if each.isdigit())
        self.graph_class: Any = Pregel
        self.command_class: Any = Command
        self.saver_class: Any = SqliteSaver

    @property
    def has_ids(self) -> bool:
        """Whether several interrupts that wait at once can be answered each by its id (from 0.4 on)."""
        return self.numbers >= (0, 4)

    def is_graph(self, value: Any) -> bool:
        """Whether a value is a compiled graph."""
        return isinstance(value, self.graph_class)
