"""Credentials that do nothing."""

from typing import Any


class AzureCliCredential:
    """Takes whatever it is made of; a context manager of both kinds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *args: object) -> None:
        pass


class DefaultAzureCredential(AzureCliCredential):
    """As the other."""


def get_bearer_token_provider(*args: Any, **kwargs: Any) -> Any:
    """Return a function that gives a token that opens nothing."""
    return lambda: "token"
