"""A draft that is written and reviewed: `python begins.py none|memory|sqlite|async invoke|stream|ainvoke|astream`."""

import asyncio
import operator
import sqlite3
import sys
from typing import Annotated

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    topic: str
    draft: str
    log: Annotated[list, operator.add]


def write(state: State) -> State:
    return {"draft": f"about {state['topic']}", "log": ["written"]}


def review(state: State) -> State:
    return {"log": [f"reviewed {state['draft']}"]}


builder = StateGraph(State)
builder.add_node("write", write)
builder.add_node("review", review)
builder.add_edge(START, "write")
builder.add_edge("write", "review")
builder.add_edge("review", END)

GIVEN = {"topic": "tea", "log": []}
CONFIG = {"configurable": {"thread_id": "draft/1"}}


async def awaited(graph, how: str) -> None:
    if how == "ainvoke":
        await graph.ainvoke(GIVEN, CONFIG)
    else:
        async for _ in graph.astream(GIVEN, CONFIG):
            pass


async def with_async_saver(how: str) -> None:
    async with AsyncSqliteSaver.from_conn_string("own.sqlite") as saver:
        await awaited(builder.compile(checkpointer=saver), how)


def main(saver: str, how: str) -> None:
    if saver == "async":
        asyncio.run(with_async_saver(how))
        return
    savers = {"memory": InMemorySaver, "none": lambda: None}
    own = savers[saver]() if saver in savers else SqliteSaver(sqlite3.connect("own.sqlite", check_same_thread=False))
    graph = builder.compile(checkpointer=own)
    if how.startswith("a"):
        asyncio.run(awaited(graph, how))
    elif how == "invoke":
        graph.invoke(GIVEN, CONFIG)
    else:
        list(graph.stream(GIVEN, CONFIG))
    print("the program went on")


if __name__ == "__main__":
    main(*sys.argv[1:3])
