"""Runs a workflow on from a checkpoint, in the interpreter of its owner, and tells what happens as lines of JSON.

Started by path with any Python from 3.10 that has agent_framework (1.0.0 or later); it needs nothing else and imports
nothing of ckpt_tui. The first line of standard input is the plan, later lines are commands; its end means that the
parent is gone. Lines on standard output: hello, graph, check, waiting, event, checkpoint, checkpoint_failed, log,
answered, error, end. Whatever the workflow prints goes to standard error. See docs/resume.md.
"""

from __future__ import annotations

import importlib.util
import os
import sys

PACKAGE = "ckpt_tui_runner"
"""What the modules beside this file are imported as: no name of the workflow's own, whatever it is called."""


def main() -> None:
    """Import the runner without its directory on the path, where it could hide modules of the workflow, and run it."""
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"the files of the runner are not in {here}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{PACKAGE}.process").main()


if __name__ == "__main__":
    main()
