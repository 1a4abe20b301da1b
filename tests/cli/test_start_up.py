"""A headless verb starts at once: it imports nothing that only the browser, a watch or a query needs."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE = ROOT / "tests" / "data" / "agent-framework" / "1.23.0" / "fork_hitl"
HEAVY = {"textual", "rich", "watchfiles", "jmespath", "regex", "agent_framework"}
"""What only the browser, a watch, a query, a regular expression or a workflow needs."""


def packages_after(*args: str) -> set[str]:
    """Top-level names that a run of the command has imported."""
    code = (
        "import json, sys\n"
        "from ckpt_tui.cli.command_line import run\n"
        "run(sys.argv[1:])\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "args",
    [
        ["ls", str(STORE)],
        ["ls", str(STORE), "--json"],
        ["ls", str(STORE), "--fast"],
        ["show", str(STORE), "latest"],
        ["show", str(STORE), "latest", "--json"],
        ["ls", str(STORE), "--sizes"],
        ["show", str(STORE), "latest", "--sizes"],
        ["diff", str(STORE), "latest"],
        ["history", str(STORE), "state.draft"],
        ["bisect", str(STORE), "state.draft"],
        ["find", str(STORE), "draft"],
        ["doctor", str(STORE)],
        ["notes", str(STORE)],
        [str(STORE)],
        ["--help"],
        ["--version"],
        ["ls", "--help"],
        ["resume", str(STORE), "latest", "--workflow", "nowhere:x", "--yes"],
    ],
    ids=" ".join,
)
def test_a_headless_verb_imports_nothing_heavy(args: list[str]) -> None:
    assert packages_after(*args) & HEAVY == set()


def test_only_a_query_imports_jmespath_and_only_a_regular_expression_the_engine_for_them() -> None:
    assert "jmespath" in packages_after("show", str(STORE), "latest", "--query", "state")
    assert "regex" in packages_after("find", str(STORE), "d.*t", "--regex")


def test_a_list_starts_within_four_times_the_start_of_click(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    calls = [["-c", "import click"], ["-m", "ckpt_tui", "ls", str(STORE), "--fast"]]
    # Work, not time: others may use the machine meanwhile. The first of each compiles.
    took = [[cpu_seconds(call, environment) for call in calls] for _ in range(6)][1:]
    click, ours = (min(times) for times in zip(*took, strict=True))
    assert ours < 4 * click


def cpu_seconds(call: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *call], cwd=ROOT, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_failure_to_write_the_last_of_it_is_no_success() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "ckpt_tui", "--version"], cwd=ROOT, stdout=full, stderr=full)
    assert done.returncode != 0
