"""An agent whose client refuses to stream; the program does not ask it to."""

import asyncio
from typing import Any

from agent_framework import Agent, BaseChatClient, ChatResponse, Message, WorkflowBuilder


class Client(BaseChatClient):
    def _inner_get_response(self, *, stream: bool = False, **kwargs: Any) -> Any:
        if stream:
            raise RuntimeError("this client cannot stream")
        return self._answer()

    async def _answer(self) -> ChatResponse:
        return ChatResponse(messages=[Message(role="assistant", contents=["a poem"])])


async def main() -> None:
    await WorkflowBuilder(start_executor=Agent(Client(), name="poet")).build().run("tea")


asyncio.run(main())
