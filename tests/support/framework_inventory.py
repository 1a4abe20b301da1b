"""The classes that releases of Agent Framework define, and the names that their modules merely import.

Run with each interpreter that has a release, then once more with all that they wrote:

    PYTHON tests/support/framework_inventory.py collect > RELEASE.json
    python -m tests.support.framework_inventory write RELEASE.json...   # writes core/safety/framework_names.py
"""

import dataclasses
import enum
import importlib
import json
import pkgutil
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

PACKAGES = ("agent_framework", "agent_framework_orchestrations")

OPENAI = "openai.types"

_LIVE_MODULES = frozenset(("agent_framework._agent_hooks",))
_LIVE = frozenset((
    "Agent", "BaseAgent", "RawAgent", "BaseChatClient", "BaseEmbeddingClient", "FunctionTool", "WorkflowAgent",
    "FunctionalWorkflowAgent", "_RuntimeState", "_WriteTicket", "_DestinationQueue",
))  # fmt: skip
"""Classes of a kind that is data otherwise, whose objects are parts of a running program."""

_DATA = frozenset((
    "Content", "Embedding", "GeneratedEmbeddings", "SecretString", "WorkflowEvent", "WorkflowRunResult", "AgentSession",
    "EvalItem", "EvalResults", "MemoryIndexEntry", "MemoryTopicRecord", "SkillFrontmatter", "DictConvertible",
    "SerializationMixin", "VariableReferenceContent", "_SkipParsingSentinel", "_DeleteSentinelType",
    "MagenticResetSignal", "SearchResults", "_SessionSnapshot", "_SessionStatePayload", "MCPTaskOptions",
))  # fmt: skip
"""Classes of no telling kind whose source was read: they hold what they are given, and nothing else."""


def kind_of(cls: type) -> str:
    """What the bases of a class say of it: "data", or "live" for whatever else it is."""
    bases = {base.__name__ for base in cls.__mro__[1:]}
    is_data = (
        issubclass(cls, (enum.Enum, BaseException, tuple, dict))
        or dataclasses.is_dataclass(cls)
        or bool(bases & {"BaseModel", "SerializationMixin"})
        or getattr(cls, "_is_protocol", False)
    )
    name = cls.__name__
    is_live = cls.__module__ in _LIVE_MODULES or name in _LIVE
    return "data" if (is_data and not is_live) or name in _DATA else "live"


def collect(packages: tuple[str, ...] = PACKAGES) -> dict[str, str]:
    """Each class that can be named through the modules of the packages here → data, live, again or foreign."""
    warnings.simplefilter("ignore")
    for top in packages:
        try:
            package = importlib.import_module(top)
        except ImportError:
            continue
        for module in pkgutil.walk_packages(package.__path__, f"{top}.", onerror=lambda _: None):
            try:
                importlib.import_module(module.name)
            except Exception as error:  # an extra that is not installed
                print(f"{module.name}: {error}", file=sys.stderr)
    found: dict[str, str] = {}
    for name in sorted(sys.modules):
        if not name.startswith(tuple(f"{top}." for top in packages)):
            continue
        for attribute, cls in vars(sys.modules[name]).items():
            if isinstance(cls, type):
                if cls.__module__ == name and cls.__qualname__ == attribute:
                    found[f"{name}:{attribute}"] = kind_of(cls)
                elif cls.__module__.startswith(tuple(f"{top}." for top in packages)):
                    found[f"{name}:{attribute}"] = "again"
                else:
                    found[f"{name}:{attribute}"] = "foreign"
    return found


HEAD = '''"""Classes of Agent Framework by the module that defines them; made by `tests/support/framework_inventory.py`.

Of agent-framework-core 1.0.0, 1.12.1, 1.13.0 and 1.23.0, agent-framework-orchestrations 1.4.0, and openai's types.
"""

from __future__ import annotations
'''


def write(files: list[str]) -> str:
    """The module of names, of all releases that were collected."""
    kinds: dict[str, set[str]] = {"data": set(), "live": set(), "foreign": set()}
    openai: set[str] = set()
    for file in files:
        for name, kind in json.loads(Path(file).read_text(encoding="utf-8")).items():
            if name.startswith(OPENAI):
                if kind == "foreign":
                    openai.add(name.partition(":")[2])
            elif kind in kinds:
                kinds[kind].add(name)
    kinds["live"] -= kinds["data"]
    lines = [HEAD]
    for title, kind, says in (
        (
            "_DATA",
            "data",
            "They hold what they are given: enumerations, exceptions, models, messages, events, requests.",
        ),
        ("_LIVE", "live", "Parts of a running program, which no release writes into a checkpoint."),
    ):
        modules: dict[str, list[str]] = {}
        for name in sorted(kinds[kind]):
            modules.setdefault(name.partition(":")[0], []).append(name.partition(":")[2])
        lines += [
            f"{title} = {{",
            *(_member(module, names) for module, names in modules.items()),
            "}",
            f'"""{says}"""\n',
        ]
    lines += [
        *_names("_IMPORTED", {name.partition(":")[2] for name in kinds["foreign"]}),
        '"""Names of classes that modules of the framework have imported from elsewhere."""\n',
        *_names("_IMPORTED_BY_OPENAI", openai),
        '"""The same of the modules below openai.types."""\n',
        "DATA = frozenset((module, name) for module, names in _DATA.items() for name in names.split())",
        "LIVE = frozenset((module, name) for module, names in _LIVE.items() for name in names.split())",
        "IMPORTED = frozenset(_IMPORTED.split())",
        "IMPORTED_BY_OPENAI = frozenset(_IMPORTED_BY_OPENAI.split())",
    ]
    return "\n".join(lines) + "\n"


def _member(module: str, names: list[str]) -> str:
    one = f'    "{module}": "{" ".join(names)}",'
    if len(one) <= 120:
        return one
    parts = textwrap.wrap(" ".join(names), 104)
    rest = [f'    " {part}"' for part in parts[1:]]
    return (
        "\n".join(
            [
                f'    "{module}": "{parts[0]}"'
                if len(module) + len(parts[0]) < 108
                else f'    "{module}": ""\n    "{parts[0]}"',
                *rest,
            ]
        )
        + ","
    )


def _names(title: str, names: set[str]) -> list[str]:
    parts = textwrap.wrap(" ".join(sorted(names)), 112)
    return [f"{title} = (", *(f'    "{" " if index else ""}{part}"' for index, part in enumerate(parts)), ")"]


def main(arguments: list[str]) -> None:
    """Collect here, or write the module of names."""
    if arguments[0] == "collect":
        print(json.dumps(collect((*PACKAGES, OPENAI)), indent=0))
        return
    root: Any = Path(__file__).parents[2]
    (root / "ckpt_tui/core/safety/framework_names.py").write_text(write(arguments[1:]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
