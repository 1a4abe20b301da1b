"""Records the tokens of agents that the person's own executors call, from their responses."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def watch_agents(agent_class: Any, note: Callable[[Any], None]) -> None:
    """Have `note` take each response of an agent that is run without streaming.

    Streams are not watched: a hook would change how the framework passes on their updates.

    Args:
        agent_class: The framework's class whose `run` asks a model, or None where it has none.
        note: Takes a response.
    """
    run = getattr(agent_class, "run", None)
    if run is None:
        return

    @functools.wraps(run)
    def watched(agent: Any, *args: Any, **kwargs: Any) -> Any:
        given = run(agent, *args, **kwargs)
        return given if kwargs.get("stream") or not hasattr(given, "__await__") else _noted(given, note)

    agent_class.run = watched


async def _noted(given: Any, note: Callable[[Any], None]) -> Any:
    response = await given
    note(response)
    return response
