"""Two nodes side by side, one of which fails while a file is missing: `python flaky.py DATABASE`."""

import operator
import os
import sqlite3
import sys
from typing import Annotated

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    log: Annotated[list, operator.add]


def steady(state: State) -> State:
    return {"log": ["steady"]}


def shaky(state: State) -> State:
    if not os.path.exists("mended"):
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
    compiled = builder.compile(checkpointer=SqliteSaver(sqlite3.connect(sys.argv[1], check_same_thread=False)))
    compiled.invoke({"log": []}, {"configurable": {"thread_id": "t"}})
