"""Interpreters with a release of Agent Framework: the one of the tests, and older ones made on first use."""

from __future__ import annotations

import sys

from tests.support.environments import made_environment

OLDEST = "1.0.0"
NEWEST = "newest"
MIDDLE = "1.13.0"
RELEASES = (OLDEST, NEWEST)
DEBUGGED = (OLDEST, MIDDLE, NEWEST)
"""Releases that runs are debugged with: what is paused, numbered and timed lies within the framework."""

_PACKAGES = {
    OLDEST: ("agent-framework-core==1.0.0", "agent-framework-orchestrations==1.0.0b260402"),
    MIDDLE: ("agent-framework-core==1.13.0",),
}


def interpreter(release: str) -> str:
    """A Python that has this release."""
    if release == NEWEST:
        return sys.executable
    return made_environment(f"agent-framework-{release}", _PACKAGES[release])
