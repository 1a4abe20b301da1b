"""A headless verb starts at once: it imports nothing that only the browser, a watch or a query needs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE = ROOT / "tests" / "data" / "agent-framework" / "1.23.0" / "fork_hitl"
HEAVY = {"textual", "rich", "asyncio", "watchfiles", "jmespath", "agent_framework", "pydantic", "sqlite3", "tempfile"}


def modules_after(*args: str) -> set[str]:
    """Top-level names and modules of ours that a run of the command has imported."""
    code = (
        "import json, sys\n"
        "from ckpt_tui.cli.app import run\n"
        "run(sys.argv[1:])\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    return {name if name.startswith("ckpt_tui") else name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "args",
    [
        ["ls", str(STORE)],
        ["ls", str(STORE), "--json"],
        ["ls", str(STORE), "--fast"],
        ["show", str(STORE), "latest"],
        ["show", str(STORE), "latest", "--json"],
        [str(STORE)],
        ["--help"],
        ["--version"],
        ["ls", "--help"],
        ["resume", str(STORE), "latest", "--workflow", "nowhere:x", "--yes"],
    ],
    ids=" ".join,
)
def test_a_headless_verb_imports_nothing_heavy(args: list[str]) -> None:
    assert modules_after(*args) & HEAVY == set()


def test_only_a_query_imports_jmespath() -> None:
    assert "jmespath" in modules_after("show", str(STORE), "latest", "--query", "state")


def test_a_list_of_headers_imports_no_decoder_and_no_parser() -> None:
    modules = modules_after("ls", str(STORE), "--fast")
    # 30 ms, a third of what such a list takes with 1,000 checkpoints.
    assert modules & {"ckpt_tui.core.unpickle", "ckpt_tui.core.plain", "ckpt_tui.core.document"} == set()


def test_help_and_version_import_no_verb() -> None:
    for option in ("--help", "--version"):
        ours = {name for name in modules_after(option) if name.startswith(("ckpt_tui.stores", "ckpt_tui.core"))}
        assert ours == set()
