"""Imports are at the head of a file; the few within functions are at one of three borders, each of them listed."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from click import Context

import ckpt_tui
from ckpt_tui.cli.command_line import cli

PACKAGE = Path(ckpt_tui.__file__).parent
MOST = 39

BY_NAME = [
    "__main__: ckpt_tui.cli.command_line",
    "cli.command_line: ckpt_tui.cli.output",
    "cli.command_line: ckpt_tui.cli.standard_input.with_input",
    "cli.command_line: ckpt_tui.debug_log.DebugLog",
    "cli.ls: ckpt_tui.cli.selected.Selection",
    "cli.output: ckpt_tui.cli.size_tables",
    "cli.output: ckpt_tui.stores.protocol.open_factory",
    "core.reading.pickled_objects: ckpt_tui.core.reading.foreign_objects",  # numpy and pandas
    "runner.process: .langgraph.graph_running.Runner",
    "stores.directory: ckpt_tui.stores.large_directory",  # SQLite
    "stores.fork_directories: ckpt_tui.stores.database_forks",
    "testing.pytest_plugin: ckpt_tui.testing.workflow_checkpoints.Checkpoints",
    "tui.app: ckpt_tui.tui.app_dialogs.AppDialogs",
    "tui.app: ckpt_tui.tui.configuration_use.ConfigurationUse",
    "tui.app: ckpt_tui.tui.screens.event_files.events_screen",
    "tui.screens.browse_keys: ckpt_tui.tui.helpers.run_graphs.RunGraphs",
    "tui.screens.browse_port: ckpt_tui.tui.screens.browse_opener.BrowseOpener",
    "tui.workers: ckpt_tui.tui.engines.Engines",
]
"""What only a verb, an option, a screen, a job or a format needs, imported when somebody asks for it."""

TEXTUAL = [
    "cli.browse: ckpt_tui.tui.app",
    "cli.config: ckpt_tui.tui.configuration_check.complaints",
    "cli.demo: ckpt_tui.tui.app.browse",
]
"""Textual, from verbs that may do without it."""

PACKAGES = [
    "actions.expressions: ckpt_tui.actions.evaluation",  # jmespath
    "actions.text_search: regex",
    "cli.browse: ckpt_tui.cli.web.serve",  # textual-serve
    "cli.mcp: ckpt_tui.cli.mcp_server.server",
    "configuration: tomllib",
    "core.near_names: difflib.get_close_matches",
    "core.byte_digests: hashlib.sha256",  # OpenSSL
    "runner.attaching: debugpy",
    "runner.framework: .framework_imports",
    "runner.framework: agent_framework.FileCheckpointStorage",
    "runner.framework: agent_framework._workflows._checkpoint_encoding",
    "runner.langgraph.release: .langgraph_imports",
    "runner.missing: importlib.metadata.PackageNotFoundError",
    "runner.terminal: pdb",
    "stores.extension_readers: importlib.metadata.entry_points",
    "stores.hpd_graph: yaml",
    "stores.postgres: ckpt_tui.stores.postgres_driver",  # psycopg
    "stores.watch: watchfiles._rust_notify.RustNotify",
]
"""Packages that are optional or slow, the framework of the program among them."""


def late_imports() -> Iterator[str]:
    """`module: the first name it imports` for each import statement within a function."""
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        # A set: what is in a function within a function is found twice.
        for node in {node for function in functions for node in ast.walk(function)}:
            if isinstance(node, ast.Import):
                yield f"{module}: {node.names[0].name}"
            elif isinstance(node, ast.ImportFrom):
                yield f"{module}: {'.' * node.level}{node.module or ''}{'.' if node.module else ''}{node.names[0].name}"


def test_few_imports_are_within_functions_each_at_one_of_three_borders() -> None:
    allowed = [*BY_NAME, *TEXTUAL, *PACKAGES]
    assert Counter(late_imports()) == Counter(allowed), "put it at the head of the file, or in the list of its border"
    assert len(allowed) <= MOST


def test_no_module_name_occurs_twice_but_for_verbs_and_their_screens() -> None:
    verbs = {*cli.list_commands(Context(cli)), "browse"}
    places: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        if path.stem not in ("__init__", "__main__"):
            places.setdefault(path.stem, set()).add(path.relative_to(PACKAGE).with_suffix("").as_posix())
    repeated = {name: where for name, where in places.items() if len(where) > 1}
    pairs = {name: {f"cli/{name}", f"tui/screens/{name}"} for name in repeated if name in verbs}
    assert repeated == pairs


LATER = {"ValuePosition.above", "Checkpoint.topology", "FoldedRow.newest"}
"""Fields of named tuples that name a class which is made later."""


def test_a_start_compiles_the_types_of_no_named_tuple() -> None:
    # Of annotations that are texts, NamedTuple compiles each: a module that `show` or `ls` imports has none.
    program = (
        "import sys; from typing import ForwardRef; import ckpt_tui.cli.show, ckpt_tui.cli.ls\n"
        "for name, module in sorted(sys.modules.items()):\n"
        "    for made in vars(module).values() if name.startswith('ckpt_tui') else ():\n"
        "        if isinstance(made, type) and hasattr(made, '_fields'):\n"
        "            for field, kind in made.__annotations__.items():\n"
        "                if isinstance(kind, ForwardRef): print(f'{made.__name__}.{field}')\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(found.stdout.split()) == LATER
