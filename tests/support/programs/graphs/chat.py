"""A chat that remembers, in a loop of its own: `python chat.py DATABASE TEXT…`."""

import asyncio
import sys

from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph


async def reply(state: MessagesState) -> dict:
    said = [each.content for each in state["messages"] if isinstance(each, HumanMessage)]
    return {"messages": [AIMessage(content=f"You said {' and '.join(said)}.")]}


builder = StateGraph(MessagesState)
builder.add_node("reply", reply)
builder.add_edge(START, "reply")
graph = builder.compile()


async def main() -> None:
    async with AsyncSqliteSaver.from_conn_string(sys.argv[1]) as saver:
        compiled = builder.compile(checkpointer=saver)
        for text in sys.argv[2:]:
            given = {"messages": [HumanMessage(content=text)]}
            async for _ in compiled.astream(given, {"configurable": {"thread_id": "ada"}}):
                pass


if __name__ == "__main__":
    asyncio.run(main())
