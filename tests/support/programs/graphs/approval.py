"""An order that a person approves: `python approval.py DATABASE [ANSWER]`."""

import operator
import sqlite3
import sys
from dataclasses import dataclass
from typing import Annotated, Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


@dataclass
class Order:
    number: int
    amount: float


class State(TypedDict, total=False):
    order: Any
    approved: bool
    log: Annotated[list, operator.add]


def take(state: State) -> State:
    return {"order": Order(7, 12.5), "log": ["taken"]}


def approve(state: State) -> State:
    answer = interrupt({"question": "Approve the order?", "options": ["yes", "no"]})
    return {"approved": answer == "yes", "log": [f"answered {answer}"]}


def ship(state: State, config: RunnableConfig) -> State:
    user = config["configurable"].get("user_id")
    done = "shipped" if state["approved"] else "refused"
    return {"log": [f"{done} {state['order'].amount} for {user}"]}


builder = StateGraph(State)
for node in (take, approve, ship):
    builder.add_node(node.__name__, node)
builder.add_edge(START, "take")
builder.add_edge("take", "approve")
builder.add_edge("approve", "ship")
builder.add_edge("ship", END)
graph = builder.compile()


def make_builder():
    return builder


async def make_graph(config):
    return builder.compile()


def main() -> None:
    connection = sqlite3.connect(sys.argv[1] if sys.argv[1:] else "orders.sqlite", check_same_thread=False)
    compiled = builder.compile(checkpointer=SqliteSaver(connection))
    config = {"configurable": {"thread_id": "order/1", "user_id": "ada"}}
    compiled.invoke({"log": []}, config)
    for answer in sys.argv[2:]:
        compiled.invoke(Command(resume=answer), config)
    connection.close()
    print("the program went on")


if __name__ == "__main__":
    main()
