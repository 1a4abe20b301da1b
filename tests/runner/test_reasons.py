"""Why a program could not be loaded: the true reason, its place, and something that can be done about it."""

from __future__ import annotations

import io
import os
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.runner.missing import distribution_of, install_line, missing_module
from ckpt_tui.runner.reasons import reason_of
from tests.cli.commands import here
from tests.runner.stores import store
from tests.support.frameworks import NEWEST, OLDEST, interpreter

PIP = shlex.join([sys.executable, "-m", "pip", "install"])


def reason(source: str, directory: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> tuple[str, str]:
    """What is said of a program that raises while it is run."""
    path = directory / "app.py"
    path.write_text(source)
    for name, text in files.items():
        other = directory / f"{name}.py"
        other.write_text(text)
    monkeypatch.chdir(directory)
    monkeypatch.syspath_prepend(str(directory))
    monkeypatch.setattr(sys, "argv", ["app.py"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    for name in files:
        monkeypatch.delitem(sys.modules, name, raising=False)
    try:
        runpy.run_path(str(path), run_name="__main__")
    except BaseException as error:
        return reason_of(error, "app.py")
    raise AssertionError("it raised nothing")


SETTINGS = """from typing import TypedDict
from agent_framework._settings import load_settings

class Wanted(TypedDict, total=False):
    api_key: str | None

load_settings(Wanted, env_prefix="NOPE_", required_fields=["api_key"])
"""
VARIABLES: list[tuple[str, str, str]] = [
    (
        'import os\nkey = os.environ["NOPE_KEY"]\n',
        "app.py:2 needs the environment variable NOPE_KEY, which is not set",
        "NOPE_KEY=… ckpt-tui resume …",
    ),
    ('import os\nos.environ.pop("NOPE_KEY")\n', "app.py:2 needs the environment variable NOPE_KEY", "NOPE_KEY=…"),
    (
        'import os\ntry:\n    os.environ["NOPE_KEY"]\nexcept KeyError as e:\n    raise RuntimeError("no key") from e\n',
        "app.py:3 needs the environment variable NOPE_KEY",
        "NOPE_KEY=…",
    ),
    (
        'import os\nif not os.getenv("NOPE_KEY"):\n    raise ValueError("Set NOPE_KEY first")\n',
        "app.py:3: ValueError: Set NOPE_KEY first",
        "NOPE_KEY=… ckpt-tui resume …",
    ),
    (
        'import sys\nsys.exit("NOPE_ENDPOINT is required")\n',
        "app.py:2: NOPE_ENDPOINT is required",
        "NOPE_ENDPOINT=… ckpt-tui resume …",
    ),
    (SETTINGS, "'NOPE_API_KEY' environment variable", "set it: NOPE_API_KEY=…"),
]


@pytest.mark.parametrize(("source", "what", "fix"), VARIABLES)
def test_a_variable_that_is_not_set_is_named(
    source: str, what: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason(source, tmp_path, monkeypatch)
    assert what in said and fix in done, (said, done)


ARGPARSE = """import argparse
parser = argparse.ArgumentParser()
parser.add_argument("topic")
parser.add_argument("--rounds", type=int, required=True)
parser.add_argument("--quiet", action="store_true")
parser.parse_args()
"""
CLICK = """import click

@click.command()
@click.option("--topic", required=True)
def main(topic): ...

main()
"""


@pytest.mark.parametrize(
    ("source", "what", "fix"),
    [
        (
            ARGPARSE,
            "app.py:6: the following arguments are required: topic, --rounds",
            "give the program its arguments, below “more” or as ckpt-tui resume … -- --rounds ROUNDS topic",
        ),
        (CLICK, "app.py:7: Missing option '--topic'", "ckpt-tui resume … -- --topic TOPIC"),
        (CLICK.replace("option", "argument").replace("--", ""), "Missing argument 'TOPIC'", "resume … -- TOPIC"),
        (
            "import sys\ntopic = sys.argv[1]\n",
            "app.py:2 takes arguments of the command line: topic =",
            "resume … -- ARGS",
        ),
        ("import sys\n_, one, two = sys.argv\n", "app.py:2 takes arguments of the command line", "resume … -- ARGS"),
    ],
)
def test_an_argument_that_is_missing_is_said_as_the_program_says_it(
    source: str, what: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason(source, tmp_path, monkeypatch)
    assert what in said and done.endswith(fix), (said, done)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('name = input("who? ")\n', "app.py:1 asks 'who?' with input()"),
        ('n = 3\nname = input(\n    f"which of {n}? "\n)\n', "app.py:2 asks 'which of {n}?' with input()"),
        ("def ask():\n    return input()\n\nask()\n", "app.py:2 asks with input()"),
    ],
)
def test_a_question_that_nobody_answers_is_repeated(
    source: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason(source, tmp_path, monkeypatch)
    assert said == f"{what}, and there is no line left for it"
    assert done.endswith("ckpt-tui resume … --input 'LINE'")


@pytest.mark.parametrize(
    ("source", "what", "fix"),
    [
        ("\nimport no_such_thing\n", "app.py:2 imports no_such_thing, which is not installed", f"{PIP} no-such-thing"),
        ("import helpers\n", "helpers.py:1 imports cv2, which is not installed", f"{PIP} opencv-python"),
        ("from sklearn.tree import x\n", "imports sklearn.tree, which", f"{PIP} scikit-learn"),
        ("from azure.nowhere import x\n", "imports azure.nowhere, which", f"{PIP} azure-nowhere"),
        ("from agent_framework.redis import RedisStore\n", "is not installed", f"{PIP} agent-framework-redis"),
        ("from agent_framework import Nothing\n",
         "app.py:1: cannot import name 'Nothing' from 'agent_framework'; this is agent_framework 1",
         f"{PIP} -U agent-framework-core"),
        ("from . import helpers\n", "app.py:1: attempted relative import", "--workflow PACKAGE.MODULE"),
        ("try:\n    import no_such_thing\nexcept ImportError:\n    raise RuntimeError('needs a thing')\n",
         "app.py:2 imports no_such_thing", f"{PIP} no-such-thing"),
    ],
)  # fmt: skip
def test_a_module_that_is_missing_comes_with_the_line_that_installs_it(
    source: str, what: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason(source, tmp_path, monkeypatch, helpers="import cv2\n")
    assert what in said and fix in done, (said, done)


def test_a_module_of_the_program_that_lies_above_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prompts.py").write_text("")
    (tmp_path / "inside").mkdir()
    said, done = reason("import prompts\n", tmp_path / "inside", monkeypatch)
    assert said == f"app.py:1 imports prompts, which is not found from here: {tmp_path} has a module prompts"
    assert done == f"start ckpt-tui in {tmp_path}, or name the module as it is imported from there"


@pytest.mark.parametrize(
    ("source", "what", "fix"),
    [
        ("x = 1\n\nif x\n    pass\n", "app.py:3 is not valid for Python 3.", "fix it, or name the interpreter"),
        ("import helpers\n", "helpers.py:2 is not valid for Python 3.", "fix it"),
        (
            "def f():\n    return 1 / 0\n\nf()\n",
            "app.py:2 raised ZeroDivisionError: division by zero",
            "as it does when",
        ),
        ("import json\njson.loads('{')\n", "app.py:2 raised JSONDecodeError", "as it does when you run it"),
        ("import sys\nsys.exit(3)\n", "app.py:2 ends the program: exit code 3", "arguments after --"),
        ("import sys\nsys.exit('no model')\n", "app.py:2 ends the program: no model", "environment variables"),
        ("raise SystemExit\n", "app.py:1 ends the program: exit code 0", "as it does when you run it"),
        ("raise KeyError('topic')\n", "app.py:1 raised KeyError: 'topic'", "as it does when you run it"),
        ("open('prompts.txt')\n", "app.py:1 looks for prompts.txt, which is not in", "in which the program is started"),
    ],
)
def test_anything_else_is_said_with_the_line_of_the_program(
    source: str, what: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason(source, tmp_path, monkeypatch, helpers="x = 1\ndef f(:\n")
    assert what in said and fix in done, (said, done)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (
            "from agent_framework import InMemoryCheckpointStorage as Store\ns = Store()\ns.__module__ = 1\ns.build()",
            "app.py:4: 'InMemoryCheckpointStorage' object has no attribute 'build'; this is agent_framework ",
        ),
        ("import agent_framework\nagent_framework.Nope\n", "'agent_framework' has no attribute 'Nope'; this is"),
        ("from agent_framework import WorkflowBuilder as W\nW(nope=1)\n", "argument 'nope'; this is agent_framework "),
    ],
)
def test_what_another_release_of_the_framework_has_is_said_with_this_release(
    source: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason(source, tmp_path, monkeypatch)
    assert what in said and "written for another release of agent_framework" in done, (said, done)


def test_a_member_that_an_object_of_the_program_lacks_is_not_a_matter_of_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, done = reason("class Own: pass\nOwn().name\n", tmp_path, monkeypatch)
    assert "app.py:2 raised AttributeError" in said and "release" not in done


def test_a_file_beside_the_program_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prompts.txt").write_text("")
    program = tmp_path / "app.py"
    program.write_text("open('prompts.txt')\n")
    monkeypatch.chdir(tmp_path.parent)
    with pytest.raises(FileNotFoundError) as raised:
        runpy.run_path(str(program))
    said, done = reason_of(raised.value, "app.py")
    assert said == f"{tmp_path.name}/app.py:1 looks for prompts.txt, which is not in {os.getcwd()}"
    assert done == f"start ckpt-tui in {tmp_path.name}, which has it"


def test_distributions_are_named_as_pip_knows_them() -> None:
    known = {
        "dotenv": "python-dotenv", "yaml": "PyYAML", "agent_framework": "agent-framework-core",
        "agent_framework.openai": "agent-framework-openai", "agent_framework_azure_ai": "agent-framework-azure-ai",
        "azure.identity": "azure-identity", "google.cloud.storage": "google-cloud-storage", "rich.text": "rich",
    }  # fmt: skip
    assert {name: distribution_of(name) for name in known} == known
    assert install_line("ruamel.yaml", "x[y]") == f"{PIP} ruamel.yaml 'x[y]'"


def test_a_module_that_this_python_does_not_have_is_no_package_to_install() -> None:
    said, done = missing_module(ModuleNotFoundError("no", name="annotationlib"), [], "app.py:1")
    assert said.startswith("app.py:1 imports annotationlib, which Python has since 3.14; this is 3.")
    assert "--python" in done and "pip" not in done
    said, _ = missing_module(ModuleNotFoundError("no", name="telnetlib"), [], "app.py:1")
    assert "telnetlib, which Python no longer has since 3.13" in said


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    ("body", "what", "fix"),
    [
        ("os.environ['NOPE_KEY']", "needs the environment variable NOPE_KEY", "set it: NOPE_KEY=… ckpt-tui resume "),
        ("input('who? ')", "asks 'who?' with input()", "--input 'LINE'"),
        ("import no_such_thing", "imports no_such_thing", "no-such-thing; or name"),
        ("sys.exit(3)", "ends the program: exit code 3", "arguments after --"),
    ],
)
def test_a_factory_that_raises_in_another_interpreter_is_explained(
    release: str, body: str, what: str, fix: str, tmp_path: Path
) -> None:
    directory, ids = store("loop")
    program = tmp_path / "app.py"
    program.write_text(f"import os, sys\n\ndef build():\n    {body}\n")
    done = here(
        "resume", directory, ids[3], "--workflow", f"{program}:build", "--python", interpreter(release), "--check"
    )
    assert done.code == 5
    assert f"✗ {program}:4 {what}" in done.err and fix in done.err, done.err


def test_settings_of_pydantic_are_named_as_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "pydantic_settings"
    package.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(package.parent))
    (package / "__init__.py").write_text(
        "from pydantic import BaseModel\n\nclass BaseSettings(BaseModel):\n"
        "    def __init__(__pydantic_self__, **values):\n        super().__init__(**values)\n"
    )
    source = (
        "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n"
        '    model_config = {"env_prefix": "NOPE_"}\n    api_key: str\n    rounds: int = 3\n\nSettings()\n'
    )
    said: Any = reason(source, tmp_path, monkeypatch)
    assert said[0] == "app.py:8 needs the environment variable NOPE_API_KEY, which is not set"


def test_without_the_framework_an_environment_beside_the_program_is_named_else_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    directory, ids = store("loop")
    words = ("resume", directory, ids[3], "--workflow", "app.py:build", "--python", str(bare), "--check")
    monkeypatch.chdir(tmp_path)
    done = here(*words)
    assert done.code == 5
    assert f"✗ {bare}/bin/python cannot import agent_framework: No module named" in done.err
    assert (
        f"or {bare}/bin/python -m ensurepip && {bare}/bin/python -m pip install agent-framework-core" in done.err
        or (f"or uv pip install --python {bare}/bin/python agent-framework-core" in done.err)
    )
    (tmp_path / "venv" / "lib" / "python3.12" / "site-packages" / "agent_framework").mkdir(parents=True)
    done = here(*words)
    assert "→ venv has it: --python" in done.err and f"--python {tmp_path / 'venv'}" in done.err
