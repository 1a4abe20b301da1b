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
    assert modules_after(*args) & HEAVY == set()


def test_only_a_query_imports_jmespath_and_only_a_regular_expression_the_engine_for_them() -> None:
    assert "jmespath" in modules_after("show", str(STORE), "latest", "--query", "state")
    assert "regex" not in modules_after("find", str(STORE), "d.*t")
    assert "regex" in modules_after("find", str(STORE), "d.*t", "--regex")


def test_a_list_of_headers_imports_no_decoder_and_no_parser() -> None:
    modules = modules_after("ls", str(STORE), "--fast")
    # 30 ms, a third of what such a list takes with 1,000 checkpoints.
    heavy = {"ckpt_tui.core.pickles.unpickle", "ckpt_tui.core.reading.plain", "ckpt_tui.core.documents.document"}
    assert modules & heavy == set()


@pytest.mark.parametrize(
    "wanted",
    [
        "import atexit; atexit.register(print, 'the end')",
        "Thread(target=lambda: (main_thread().join(), print('the end'))).start()",
    ],
    ids=["atexit", "thread"],
)
def test_what_waits_for_the_end_of_the_process_gets_it(wanted: str) -> None:
    code = f"from threading import Thread, main_thread; from ckpt_tui.__main__ import main; {wanted}; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "ls", str(STORE)], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("hitl · run 1")
    assert done.stdout.endswith("the end\n")


def test_a_failure_to_write_the_last_of_it_is_no_success() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "ckpt_tui", "--version"], cwd=ROOT, stdout=full, stderr=full)
    assert done.returncode != 0


def test_help_and_version_import_no_verb() -> None:
    for option in ("--help", "--version"):
        ours = {name for name in modules_after(option) if name.startswith(("ckpt_tui.stores", "ckpt_tui.core"))}
        assert ours == set()
