"""Which framework a program runs is seen in its text, and nothing of it runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ckpt_tui.actions.resume.plan import Target
from ckpt_tui.actions.resume.used_framework import used_framework

GRAPH = "from langgraph.graph import StateGraph\n"
WORKFLOW = "from agent_framework import WorkflowBuilder\n"


def environment(place: Path, *packages: str) -> str:
    """The Python of an environment that has some packages."""
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    (place / "pyvenv.cfg").write_text("home = /usr/bin\n")
    for name in packages:
        (place / "lib" / "python3.11" / "site-packages" / name).mkdir(parents=True)
    return str(place / "bin" / "python")


@pytest.mark.parametrize(
    ("files", "framework"),
    [
        ({"app.py": GRAPH}, "langgraph"),
        ({"app.py": WORKFLOW}, "agent_framework"),
        ({"app.py": "from langchain.agents import create_agent\n"}, "langgraph"),
        ({"app.py": "from made import graph\n", "made.py": GRAPH}, "langgraph"),
        ({"app.py": "import inner.made\n", "inner/__init__.py": "", "inner/made.py": GRAPH}, "langgraph"),
        ({"app.py": f"from made import graph\n{WORKFLOW}", "made.py": GRAPH}, "agent_framework"),
        ({"app.py": "import app\n"}, "agent_framework"),
    ],
)
def test_the_nearest_file_that_imports_one_decides(files: dict[str, str], framework: str, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    python = environment(tmp_path / "both", "langgraph", "agent_framework")
    assert used_framework(Target(str(tmp_path / "app.py"), python)) == framework


def test_a_program_that_imports_neither_or_both_has_what_its_interpreter_has(tmp_path: Path) -> None:
    python = environment(tmp_path / "graphs", "langgraph")
    for text in ("import runpy\n", GRAPH + WORKFLOW):
        (tmp_path / "app.py").write_text(text)
        assert used_framework(Target(str(tmp_path / "app.py"), python)) == "langgraph"


def test_a_module_is_found_where_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__main__.py").write_text("from .made import graph\n")
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "made.py").write_text(GRAPH)
    monkeypatch.chdir(tmp_path)
    assert used_framework(Target("pkg")) == "langgraph"
