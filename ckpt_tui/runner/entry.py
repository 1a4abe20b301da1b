"""Resumes a workflow from a checkpoint, in the interpreter of its owner, and reports its progress as lines of JSON.

Started by path with any Python from 3.10 that has agent_framework (1.0.0 or later); besides the standard library it
uses `ckpt_tui.core.safety` alone, from the files beside it. The first line of standard input is the plan, later lines
are commands; its end means that the parent is gone. Lines on standard output: hello, graph, check, waiting, event,
checkpoint, checkpoint_failed, protected, log, answered, error, end. Whatever the program prints goes to standard error.
See docs/resume.md.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import types

PACKAGE = "ckpt_tui_runner"
"""The name under which the modules beside this file are imported: it cannot be one of the workflow's own."""


def main() -> None:
    """Import the runner without its directory on the path, where it could hide modules of the workflow, and run it."""
    here = os.path.dirname(os.path.abspath(__file__))
    package = _package(PACKAGE, here)
    sys.modules[PACKAGE] = package
    with importlib.import_module(f"{PACKAGE}.borrowing").borrowed():
        process = importlib.import_module(f"{PACKAGE}.process")
    process.main()


def _package(name: str, directory: str) -> types.ModuleType:
    package = types.ModuleType(name)
    package.__path__ = [directory]
    return package


if __name__ == "__main__":
    main()
