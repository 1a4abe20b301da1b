"""Two nodes side by side, one of which fails while a file is missing: `python flaky.py DATABASE`.

It fails after the other is done and what that has written is saved: LangGraph does not wait for nodes beside one that
has failed.
"""

import operator
import os
import sqlite3
import sys
import threading
from typing import Annotated, Any

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    log: Annotated[list, operator.add]


class Saver(SqliteSaver):
    """One that shows when what the steady node has written is saved."""

    has_steady = threading.Event()

    def put_writes(self, config: Any, writes: Any, *args: Any, **kwargs: Any) -> None:
        super().put_writes(config, writes, *args, **kwargs)
        if ("log", ["steady"]) in list(writes):
            self.has_steady.set()


def steady(state: State) -> State:
    return {"log": ["steady"]}


def shaky(state: State) -> State:
    if not os.path.exists("mended"):
        if __name__ == "__main__":
            Saver.has_steady.wait(60)
        raise ValueError("there is no file mended")
    return {"log": ["shaky"]}


builder = StateGraph(State)
builder.add_node("steady", steady)
builder.add_node("shaky", shaky)
builder.add_node("join", lambda state: {"log": [f"joined {len(state['log'])}"]})
builder.add_edge(START, "steady")
builder.add_edge(START, "shaky")
builder.add_edge(["steady", "shaky"], "join")
builder.add_edge("join", END)
graph = builder.compile()

if __name__ == "__main__":
    compiled = builder.compile(checkpointer=Saver(sqlite3.connect(sys.argv[1], check_same_thread=False)))
    compiled.invoke({"log": []}, {"configurable": {"thread_id": "t"}})
