"""Every stored value is what LangGraph's own serializer gives, where the types exist: with the real package."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.langgraph_releases import RELEASES, interpreter

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "langgraph"
DATABASES = [path for path in sorted(DATA.rglob("*.sqlite")) if not {"0.2.0", "js-1.7.3"} & set(path.parts)]
"""Those that the tested releases read: what the first one has written as JSON, they give as the JSON that it is; what
JavaScript has written names classes that Python does not have."""


@pytest.mark.parametrize("release", list(RELEASES))
def test_every_value_is_what_the_serializer_of_langgraph_gives(release: str) -> None:
    done = subprocess.run(
        [interpreter(release), "-W", "ignore", "tests/support/langgraph_values.py", *map(str, DATABASES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads(done.stdout)
    assert found["others"] == []
    assert found["closed"] == 31  # what is encrypted
    assert found["refused"] == ["pure path"]
    assert set(found["unknown"]) <= {"langgraph.checkpoint.serde.types:_DeltaSnapshot"}
    assert sum(found["same"].values()) > 400
    assert found["same"]["own.sqlite"] >= 8
