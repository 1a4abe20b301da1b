"""An agent whose client says how many tokens it used."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agent_framework import (
    Agent,
    BaseChatClient,
    ChatResponse,
    ChatResponseUpdate,
    Content,
    UsageDetails,
    WorkflowBuilder,
)
from agent_framework import ResponseStream as Stream


class Client(BaseChatClient):
    def _inner_get_response(self, *, stream: bool, **kwargs: Any) -> Any:
        used: UsageDetails = {"input_token_count": 12, "output_token_count": 34, "total_token_count": 46}

        async def updates() -> AsyncIterator[ChatResponseUpdate]:
            yield ChatResponseUpdate(role="assistant", contents=[Content.from_text("a poem")])
            yield ChatResponseUpdate(role="assistant", contents=[Content.from_usage(used)])

        return Stream(updates(), finalizer=ChatResponse.from_updates)


async def main() -> None:
    poet = Agent(Client(), name="poet")
    async for _ in WorkflowBuilder(start_executor=poet).build().run("tea", stream=True):
        pass


asyncio.run(main())
