"""A run with keyword arguments, which the tool of an agent uses."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from agent_framework import (
    Agent,
    AgentExecutor,
    BaseChatClient,
    ChatResponse,
    ChatResponseUpdate,
    Content,
    FileCheckpointStorage,
    FunctionInvocationContext,
    Message,
    WorkflowBuilder,
    tool,
)
from agent_framework._tools import FunctionInvocationLayer


class Client(FunctionInvocationLayer, BaseChatClient):
    """Calls its tool once, then says what the tool gave."""

    def _inner_get_response(self, *, messages: Any, stream: bool, options: Any, **kwargs: Any) -> Any:
        results = [each for message in messages for each in message.contents if each.type == "function_result"]
        if results:
            content = Content.from_text(f"it is for {results[-1].result}")
        else:
            content = Content.from_function_call(call_id="call-1", name="whose", arguments="{}")

        async def updates() -> AsyncIterator[ChatResponseUpdate]:
            yield ChatResponseUpdate(role="assistant", contents=[content])

        async def response() -> ChatResponse:
            return ChatResponse(messages=[Message(role="assistant", contents=[content])])

        return self._build_response_stream(updates()) if stream else response()


@tool(approval_mode="never_require")
def whose(ctx: FunctionInvocationContext) -> str:
    """Whose account it is."""
    print("executor tool")
    return str(ctx.kwargs.get("user"))


async def main() -> None:
    first = AgentExecutor(Agent(client=Client(), name="first", tools=[whose]))
    second = AgentExecutor(Agent(client=Client(), name="second", tools=[whose]))
    workflow = (
        WorkflowBuilder(name="accounts", start_executor=first, output_from=[second]).add_edge(first, second).build()
    )
    result = await workflow.run(
        "whose is it?",
        checkpoint_storage=FileCheckpointStorage("checkpoints"),
        function_invocation_kwargs={"user": "bo"},
    )
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
