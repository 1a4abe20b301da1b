"""Interpreters with a release of LangGraph: the one of the tests, else environments made on first use."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from tests.support.environments import made_environment

NEWEST = "1.2"
RELEASES = {"0.6": "langgraph==0.6.11", "1.0": "langgraph==1.0.10", NEWEST: "langgraph>=1.2,<1.3"}
"""Release → what pip installs for it, beside the saver."""


def interpreter(release: str) -> str:
    """A Python that has this release."""
    if release == NEWEST and find_spec("langgraph") is not None and find_spec("aiosqlite") is not None:
        return sys.executable
    return made_environment(f"langgraph-{release}", (RELEASES[release], "langgraph-checkpoint-sqlite"))
