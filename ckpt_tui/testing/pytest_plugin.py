"""The pytest plugin: a fixture that keeps the checkpoints of the workflow under test, and assertions on them.

It is loaded by every pytest of its environment, so that nothing is imported before a test asks for the fixture.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ckpt_tui.testing.workflow_checkpoints import Checkpoints


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes recordings."""
    group = parser.getgroup("ckpt-tui", "checkpoints of agent workflows")
    group.addoption(
        "--record-checkpoints", action="store_true",
        help="write the recordings that unchanged() compares with, from runs that are taken as correct",
    )  # fmt: skip


@pytest.fixture
def checkpoints(request: pytest.FixtureRequest, tmp_path: Path) -> Checkpoints:
    """Keep the checkpoints of a workflow in a directory of this test; `checkpoints.storage` is for the workflow."""
    from ckpt_tui.testing.workflow_checkpoints import Checkpoints

    directory = tmp_path / "checkpoints"
    return Checkpoints(directory, request.path.parent, bool(request.config.getoption("--record-checkpoints")))
