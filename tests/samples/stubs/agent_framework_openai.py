"""The names of this package that samples import."""

from agent_framework import ChatOptions
from agent_framework_foundry import StubChatClient

OpenAIChatClient = StubChatClient
OpenAIChatCompletionClient = StubChatClient
OpenAIChatOptions = ChatOptions
