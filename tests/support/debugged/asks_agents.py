"""Executors that run an agent: one keeps only the texts of its responses, one gives its response out."""

import asyncio
from typing import Any

from agent_framework import (
    Agent,
    AgentResponse,
    BaseChatClient,
    ChatResponse,
    Executor,
    Message,
    UsageDetails,
    WorkflowBuilder,
    WorkflowContext,
    handler,
)


class Client(BaseChatClient):
    def _inner_get_response(self, **kwargs: Any) -> Any:
        async def answer() -> ChatResponse:
            used: UsageDetails = {"input_token_count": 12, "output_token_count": 34, "total_token_count": 46}
            return ChatResponse(messages=[Message("assistant", ["a poem"])], usage_details=used)

        return answer()


class Asking(Executor):
    def __init__(self, id: str, agent: Agent) -> None:
        super().__init__(id=id)
        self.agent = agent


class Editor(Asking):
    @handler
    async def ask(self, topic: str, ctx: WorkflowContext[str]) -> None:
        first, second = await asyncio.gather(self.agent.run(topic), self.agent.run(topic))
        await ctx.send_message(first.text + second.text)


class Poet(Asking):
    @handler
    async def ask(self, topic: str, ctx: WorkflowContext[None, AgentResponse]) -> None:
        await ctx.yield_output(await self.agent.run(topic))


async def main() -> None:
    agent = Agent(Client(), name="helper")
    editor, poet = Editor("editor", agent), Poet("poet", agent)
    await WorkflowBuilder(start_executor=editor).add_edge(editor, poet).build().run("tea")


asyncio.run(main())
