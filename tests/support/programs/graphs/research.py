"""Topics researched side by side, each by a graph of its own that asks: `python research.py DATABASE [ANSWER…]`."""

import operator
import sqlite3
import sys
from typing import Annotated

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt
from typing_extensions import TypedDict


class Topic(TypedDict, total=False):
    topic: str
    facts: Annotated[list, operator.add]


class State(TypedDict, total=False):
    topics: list
    facts: Annotated[list, operator.add]


def find(state: Topic) -> Topic:
    return {"facts": [f"found {state['topic']}"]}


def check(state: Topic) -> Topic:
    if state["topic"] == "sure":
        return {"facts": ["checked sure alone"]}
    first = interrupt({"question": f"Is {state['topic']} right?"})
    second = interrupt({"question": f"How sure is {state['topic']}?"})
    return {"facts": [f"checked {state['topic']}: {first}, {second}"]}


inner = StateGraph(Topic)
inner.add_node("find", find)
inner.add_node("check", check)
inner.add_edge(START, "find")
inner.add_edge("find", "check")
inner.add_edge("check", END)

builder = StateGraph(State)
builder.add_node("plan", lambda state: {"topics": state["topics"]})
builder.add_node("research", inner.compile())
builder.add_node("join", lambda state: {"facts": [f"joined {len(state['facts'])}"]})
builder.add_edge(START, "plan")
builder.add_conditional_edges(
    "plan", lambda state: [Send("research", {"topic": each, "facts": []}) for each in state["topics"]], ["research"]
)
builder.add_edge("research", "join")
builder.add_edge("join", END)
graph = builder.compile()


def main() -> None:
    connection = sqlite3.connect(sys.argv[1] if sys.argv[1:] else "orders.sqlite", check_same_thread=False)
    compiled = builder.compile(checkpointer=SqliteSaver(connection))
    config = {"configurable": {"thread_id": "tea"}}
    compiled.invoke({"topics": ["sure", "tea"], "facts": []}, config)
    for answer in sys.argv[2:]:
        compiled.invoke(Command(resume=answer), config)
    connection.close()


if __name__ == "__main__":
    main()
