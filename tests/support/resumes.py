"""Stores of every scenario, resumes of them written by hand, and what is the same in two runs of one thing."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ckpt_tui.core.show_document import show_document
from ckpt_tui.stores.registry import open_store
from tests.support.frameworks import NEWEST, OLDEST, interpreter
from tests.support.lasting_directories import lasting_directory

SCENARIOS = Path(__file__).with_name("scenarios.py")
PLAIN = (
    "linear", "unnamed", "loop", "raises", "fan_out_fan_in", "switch_case", "sub_workflow", "types_zoo",
    "orch_sequential", "orch_concurrent", "orch_groupchat", "orch_magentic",
)  # fmt: skip
"""Scenarios that run to their end; they are resumed from a checkpoint in the middle."""
ASKING = ("hitl", "agent_tool_approval", "orch_handoff", "orch_magentic_plan_review")
"""Scenarios that wait for answers; they are resumed with them."""
NEWER = ("functional", "functional_hitl")
"""Scenarios of functional workflows, which 1.0.0 has not."""

CASES = [
    (release, name) for release in (OLDEST, NEWEST) for name in (*PLAIN, *ASKING, *(NEWER if release == NEWEST else ()))
]


class Made(NamedTuple):
    """A store that a release wrote, and one resume of it by hand."""

    python: str
    store: Path
    checkpoint: str
    answered: bool
    by_hand: Path


def checkpoints(directory: Path) -> list[dict[str, Any]]:
    """The documents of a directory, oldest first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in directory.glob("*.json")]
    return sorted(found, key=lambda document: str(document["timestamp"]))


@cache
def made(release: str) -> dict[str, Made]:
    """All scenarios of a release; made once in each process of the tests."""
    python = interpreter(release)
    root = lasting_directory("scenarios")
    names = [name for one, name in CASES if one == release]
    _run(python, [["write", name, str(root / name)] for name in names])
    out = {}
    resumes = []
    for name in names:
        found = checkpoints(root / name)
        waiting = [each["checkpoint_id"] for each in found if each["pending_request_info_events"]]
        asked = name in (*ASKING, "functional_hitl")
        identifier = waiting[-1] if asked else found[len(found) // 2 - 1]["checkpoint_id"]
        by_hand = root / f"{name}-by-hand"
        out[name] = Made(python, root / name, identifier, asked, by_hand)
        resumes.append(["resume", name, str(root / name), identifier, str(by_hand), "answered" if asked else ""])
    _run(python, resumes)
    return out


def _run(python: str, verbs: list[list[str]]) -> None:
    done = subprocess.run(
        [python, "-W", "ignore", str(SCENARIOS), "-"],
        input=json.dumps(verbs),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]


_IDS = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|call_[0-9a-f]{8,}")
_TIMES = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?")


def essence(directory: Path, without: str = "") -> list[Any]:
    """The checkpoints of a directory, decoded, without what differs from run to run: ids by order, no times."""
    store = open_store(directory)
    documents = []
    for found in checkpoints(directory):
        if found["checkpoint_id"] == without:
            continue
        loaded = store.load(f"{found['checkpoint_id']}.json", everything=True)
        assert not loaded.faults
        document = show_document(loaded, reveal=True)
        head = document["checkpoint"]
        document["checkpoint"] = {key: head[key] for key in ("id", "parent", "iteration", "role", "status")}
        documents.append(document)
    text = _TIMES.sub("TIME", json.dumps(documents))
    known: dict[str, str] = {without: "the one resumed"}
    text = _IDS.sub(lambda match: known.setdefault(match[0], f"id {len(known)}"), text)
    out: list[Any] = json.loads(text)
    return out


def answer(request: dict[str, Any]) -> Any:
    """An answer as a person would give it, by the request that `show` prints."""
    kind = request["response_type"].rpartition(":")[2]
    if kind == "Decision":
        return {"approved": True, "comment": "fine", "colour": "green"}
    if "HandoffAgentUserRequest" in request["request_type"]:
        return {"$call": "create_response", "$args": ["order 123"]}
    if kind == "MagenticPlanReviewResponse":
        return {"$call": "approve"}
    if kind == "Content":
        return {"$call": "to_function_approval_response", "$args": [True]}
    return "purple"
