"""The interpreter of a program: the virtual environment beside or above it. Environments are inspected, never run."""

from __future__ import annotations

import os
import shutil
import sys
from fnmatch import fnmatch

from ckpt_tui.actions.resume.plan import FAILED, working_directory
from ckpt_tui.actions.resume.trust import is_inside, is_owned
from ckpt_tui.errors import NotFoundError

ENVIRONMENTS = (".venv", "venv", "env", ".conda", os.path.join(".pixi", "envs", "default"))
"""Directories that hold an environment, in the order in which they are preferred."""


def default_python(store: str = "") -> str:
    """The interpreter that most likely has the workflow: the active environment's, a .venv here, else our own.

    Args:
        store: The directory of checkpoints: a .venv that lies in it, or that is not the person's own, is not taken.
    """
    active = os.environ.get("VIRTUAL_ENV")
    if active and interpreter_in(active):
        return os.path.abspath(interpreter_in(active))
    here = interpreter_in(os.path.join(working_directory(), ".venv"))
    mine = bool(here) and is_owned(os.path.dirname(here)) and not is_inside(here, store)
    return here if mine else sys.executable


def interpreter_in(directory: str) -> str:
    """The interpreter of a virtual environment, or "" when the directory is not one."""
    for name in (os.path.join("bin", "python"), os.path.join("Scripts", "python.exe")):
        path = os.path.join(directory, name)
        if os.path.isfile(path):
            return path
    return ""


def interpreter(text: str, store: str = "") -> str:
    """The interpreter that a person named: a program, or the directory of a virtual environment.

    Args:
        text: What was typed; "" for the one that most likely has the workflow.
        store: The directory of checkpoints, whose own files are never taken without being named.

    Raises:
        NotFoundError: there is none.
    """
    if not text:
        return default_python(store)
    path = os.path.expanduser(text)
    found = interpreter_in(path) if os.path.isdir(path) else shutil.which(path)
    if not found:
        raise NotFoundError(f"There is no Python at {text}.", "Name the interpreter your workflow runs in.", FAILED)
    return os.path.abspath(found) if os.sep in found else found


def python_for(file: str, root: str, store: str, framework: str = "agent_framework") -> tuple[str, str]:
    """The interpreter that most likely has what a program needs, and a message about it.

    The first environment with the framework wins; where none has it, the one nearest to the program.

    Args:
        file: The program.
        root: The uppermost directory whose environments are the program's.
        store: The directory of checkpoints; an environment inside it is never proposed.
        framework: The package that the program needs.
    """
    found = [*environments(file, root, store), default_python(store)]
    chosen = next((python for python in found if has_framework(python, framework)), found[0])
    remark = "" if has_framework(chosen, framework) else f"there is no {framework} in {environment_of(chosen)}"
    return chosen, remark


def environments(file: str, root: str, store: str) -> list[str]:
    """The interpreters of the environments beside a program and above it, up to a directory; the nearest first."""
    out = []
    directory = os.path.dirname(os.path.abspath(file))
    while True:
        for name in ENVIRONMENTS:
            python = interpreter_in(os.path.join(directory, name))
            if python and not is_inside(os.path.dirname(python), store) and is_owned(os.path.dirname(python)):
                out.append(python)
        above = os.path.dirname(directory)
        if directory == root or above == directory:
            return out
        directory = above


def environment_of(python: str) -> str:
    """The directory of the environment that an interpreter belongs to."""
    return os.path.dirname(os.path.dirname(os.path.abspath(python)))


def has_framework(python: str, framework: str = "agent_framework") -> bool:
    """Whether the packages of an interpreter include a framework; True where that cannot be seen."""
    prefix = environment_of(python)
    try:
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8", errors="replace") as file:
            settings = file.read(10_000).replace(" ", "").lower()
    except OSError:
        settings = ""
        if not os.path.isdir(os.path.join(prefix, "conda-meta")):
            return True  # a Python of the system: its packages may be anywhere
    if "include-system-site-packages=true" in settings:
        return True
    return any(framework in _packages(directory) for directory in _site_packages(prefix))


def _site_packages(prefix: str) -> list[str]:
    places = [os.path.join(prefix, "Lib", "site-packages")] if sys.platform == "win32" else []
    for name in ("lib", "lib64"):
        library = os.path.join(prefix, name)
        try:
            inside = os.listdir(library)
        except OSError:
            continue
        places += [os.path.join(library, each, "site-packages") for each in inside if fnmatch(each, "python*")]
    return places


def _packages(directory: str) -> set[str]:
    """Names of packages that are installed in a directory, those that only a record or a link stands for included."""
    try:
        names = os.listdir(directory)
    except OSError:
        return set()
    plain = (name.partition("-")[0].removeprefix("__editable__.").lower() for name in names)
    return {"agent_framework" if name.startswith("agent_framework") else name for name in plain}
