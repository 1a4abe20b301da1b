"""What the first screen answers of runs that one did not write, in a terminal of 120 by 36, without a key pressed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.terminal import ROOT, run

DATA = ROOT / "tests" / "data"
NEW = DATA / "agent-framework" / "1.23.0"

GROUP_CHAT = " → group_chat_orchestrator → ".join(("", "alice ∥ bob", "bob", "alice", "bob", "")).strip(" →")
# What was asked, which executors ran in which order, what waits, what came out: "" for what a run has not.
RUNS = [
    (NEW / "orch_groupchat", '"A or B?"', GROUP_CHAT, "", "reached the maximum number"),
    (NEW / "orch_handoff", '"I want a refund"', "triage → (refund → triage → you)×2 → refund", "",
     '"Refund done for that order."'),
    (NEW / "orch_concurrent", '"Launch a kettle?"', "dispatcher → legal ∥ marketing ∥ finance → aggregator", "",
     'marketing: "Marketing: wow"'),
    (NEW / "hitl_pending", '"kettles"', "drafter → review", "review asks you for Decision", ""),
    (NEW / "agent_tool_approval", '"please delete /tmp/x"', "operator → you → operator → summariser", "",
     '"Summary: all good'),
    (DATA / "langgraph" / "1.2.24" / "messages.sqlite", '"Oslo"', "(model → tools → model)×2", "", '"It is sunny."'),
    (DATA / "dotnet" / "af_dotnet", 'topic: "checkpoints"', "Intake → Researcher ∥ FactChecker → Writer → Approval", "",
     "published: true"),
    (DATA / "dotnet" / "hpd_hosted", 'topic: "checkpoints"', "facts ∥ plan ∥ research",
     '"Approve publishing this draft?"', ""),
]  # fmt: skip


def flowing(lines: list[str]) -> str:
    """The right half of a screen as one text, its lines joined as they were wrapped."""
    rows = [line.rpartition("││")[2].rstrip("│ ") for line in lines if "││" in line]
    return " ".join(" ".join(rows).split())


@pytest.mark.parametrize(
    ("store", "asked", "way", "waits", "outcome"), RUNS, ids=lambda value: getattr(value, "name", "")
)
def test_the_first_screen_says_what_was_asked_what_ran_what_waits_and_what_came_out(
    store: Path, asked: str, way: str, waits: str, outcome: str
) -> None:
    with run(str(store), columns=120, rows=36) as terminal:
        for text in (asked, way, waits, outcome):
            terminal.until(lambda text=text: text in flowing(terminal.text.split("\n")), text)  # type: ignore[misc]
        seen = flowing(terminal.text.split("\n"))
        at = 0
        for label in ("asked", "path", "now" if waits else "outcome", "step"):  # in this order
            at = seen.index(f" {label} ", at)
        terminal.press("q")
        assert terminal.exit_code() == 0
