"""What the text of a program has in common with a checkpoint: classes, executors, workflow. Nothing of it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ckpt_tui.actions.resume.plan import Source
from ckpt_tui.core.late_patterns import LatePattern

_MAINS = ("__main__", "__mp_main__")

_IMPORTS = LatePattern(
    r"^[ \t]*(?:from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]+(\([^)]{0,10000}\)|[^\n#;]*)|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
_GUARD = LatePattern(
    r"^if[ \t(]+(?:__name__[ \t]*==[ \t]*['\"]__main__|['\"]__main__['\"][ \t]*==[ \t]*__name__)", re.MULTILINE
)
_STARTS = LatePattern(
    r"^(?:\w+[ \t]*=[ \t]*)?(?:(?:asyncio|anyio|trio|uvloop)\.run|main|run\w*|cli|app)\(", re.MULTILINE
)
_RUNS = {
    "agent_framework": re.compile(r"\.run(?:_stream|_async|_streaming)?\(|\brun_until_complete\("),
    "langgraph": re.compile(r"\.a?(?:invoke|stream)(?:_events)?\(|\brun_until_complete\("),
}
_FRAMEWORK = {
    "agent_framework": re.compile(r"^[ \t]*(?:from|import)[ \t]+agent_framework", re.MULTILINE),
    "langgraph": re.compile(r"^[ \t]*(?:from|import)[ \t]+(?:langgraph|langchain)", re.MULTILINE),
}
_GRAPH_MAKERS = LatePattern(
    r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\([^)]{0,1000}\)[ \t]*->[^:\n]{0,100}\b"
    r"(?:CompiledStateGraph|StateGraph|Pregel)\b"
    r"|^(?:async[ \t]+)?def[ \t]+((?:build|create|make|get)_?\w*graph\w*)[ \t]*\("
    r"|^(\w+)[ \t]*(?::[^=\n]{0,100})?=[ \t\n(]*(?:[\w.]+\.compile|(?:\w+\.)?create_(?:react_)?agent)\("
    r"|^(\w+)[ \t]*(?::[^=\n]{0,100})?=[ \t\n(]*(?:\w+\.)?(?:State|Message)Graph\(",
    re.MULTILINE,
)
_MAKERS = LatePattern(
    r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\([^)]{0,1000}\)[ \t]*->[^:\n]{0,100}\bWorkflow(?:Builder|Agent)?\b"
    r"|^(?:async[ \t]+)?def[ \t]+((?:build|create|make|get)_?\w*workflow\w*)[ \t]*\("
    r"|^(\w+)[ \t]*(?::[^=\n]{0,100})?=[ \t\n(]*(?:\w+\.)?"
    r"(?:Workflow|Sequential|Concurrent|Handoff|GroupChat|Magentic)Builder\("
    r"|^@workflow\b[^\n]*\n(?:async[ \t]+)?def[ \t]+(\w+)",
    re.MULTILINE,
)

_BUILDERS = {
    "Sequential": "SequentialBuilder", "Concurrent": "ConcurrentBuilder", "GroupChat": "GroupChatBuilder",
    "Magentic": "MagenticBuilder", "handoff": "HandoffBuilder",
}  # fmt: skip
"""What builds a workflow whose name was not given: name → builder."""

_OWN_IDS = {"input-conversation", "dispatcher", "aggregator", "end", "magentic_orchestrator", "group_chat_orchestrator"}
"""Executors that those builders add by themselves."""

_GENERATED = LatePattern(r"\w*Workflow\w*-[0-9a-f]{8}-[0-9a-f-]{27}\Z")
"""A workflow's name that the framework made up."""


class Clues(NamedTuple):
    """What a checkpoint says about the program that wrote it.

    Attributes:
        main: Classes that the program itself defines.
        classes: Classes of modules: module → names.
        executors: Ids of its executors.
        workflow: The name of its workflow; "" when the framework made it up.
        builder: The class that builds workflows of this name when none is given, or "".
        store: The name of the directory of checkpoints.
    """

    main: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    executors: tuple[str, ...]
    workflow: str
    builder: str
    store: str
    framework: str = "agent_framework"

    @property
    def texts(self) -> tuple[bytes, ...]:
        """Texts of which a relevant file holds at least one: the framework's name, or that of a class."""
        classes = [name for names in self.classes.values() for name in names]
        names = dict.fromkeys(name.rpartition(".")[2] for name in (*self.main, *classes))
        return (self.framework.encode(), *(b"class " + each.encode("utf-8", "replace") for each in names))


class Item(NamedTuple):
    """One thing that a file and the checkpoint have in common.

    Attributes:
        kind: "main" or "class" (a class that is defined); "executor", "workflow", "builder" or "store" (a name that
            is used there).
        name: Its name; for a class of a module `module:name`.
    """

    kind: str
    name: str


class Evidence(NamedTuple):
    """The evidence in the text of one file.

    Attributes:
        items: What it has in common with the checkpoint.
        framework: Whether it imports the framework.
        starts: Whether it does something when it is started as a program.
        runs: Whether it calls what may run a workflow.
        makers: Names at its top that may give a workflow, without running it.
    """

    items: tuple[Item, ...]
    framework: bool
    starts: bool
    runs: bool
    makers: tuple[str, ...]


class Import(NamedTuple):
    """One import: the dots before the name, the name, and what is taken from it."""

    level: int
    module: str
    names: tuple[str, ...]


def clues_of(source: Source, store: str) -> Clues:
    """What a checkpoint says about its program.

    Args:
        source: The checkpoint.
        store: The name of the directory of checkpoints.
    """
    main: list[str] = []
    classes: dict[str, tuple[str, ...]] = {}
    for full in dict.fromkeys((*source.types, *source.later)):
        module, _, name = full.partition(":")
        if module in _MAINS:
            main.append(name)
        elif not module.startswith(("agent_framework", "langgraph", "langchain")):
            classes[module] = (*classes.get(module, ()), name)
    is_named = source.thread is None and not _GENERATED.compiled.match(source.workflow)
    workflow = source.workflow if is_named else ""
    builder = _BUILDERS.get(workflow, "")
    executors = tuple(each for each in source.executors if not (builder and each in _OWN_IDS))
    return Clues(tuple(main), classes, executors, workflow, builder, store, source.framework)


def evidence(text: str, modules: Iterable[str], clues: Clues) -> Evidence:
    """The evidence in the text of a file.

    Args:
        text: The text of a file.
        modules: The modules of `clues.classes` that the file may be, by its path.
        clues: What is looked for.
    """
    items = [Item("main", name) for name in clues.main if _defines(text, name)]
    for module in modules:
        items += [Item("class", f"{module}:{name}") for name in clues.classes[module] if _defines(text, name)]
    items += [Item("executor", name) for name in clues.executors if _names(text, name)]
    if clues.workflow and _names(text, clues.workflow):
        items.append(Item("workflow", clues.workflow))
    elif clues.builder and clues.builder in text:
        items.append(Item("builder", clues.builder))
    if clues.store and re.search(rf"['\"/\\]{re.escape(clues.store)}/?['\"]", text):
        items.append(Item("store", clues.store))
    framework = clues.framework
    makers_of = _MAKERS if framework == "agent_framework" else _GRAPH_MAKERS
    makers = [next(filter(None, found)) for found in makers_of.compiled.findall(text)]
    starts = bool(_GUARD.compiled.search(text) or _STARTS.compiled.search(text))
    return Evidence(
        tuple(items), bool(_FRAMEWORK[framework].search(text)), starts, bool(_RUNS[framework].search(text)),
        tuple(dict.fromkeys(makers)),
    )  # fmt: skip


def imports(text: str) -> list[Import]:
    """The imports of a text, wherever they are in it."""
    out = []
    for dots, module, names, plain in _IMPORTS.compiled.findall(text):
        if plain:
            out += [Import(0, _name(each), ()) for each in plain.split(",")]
        else:
            taken = re.sub(r"#[^\n]*", "", names).strip("() \t\n").split(",")
            out.append(Import(len(dots), module, tuple(_name(each) for each in taken if each.strip())))
    return out


def _name(text: str) -> str:
    """`pkg.module` of `pkg.module as name`."""
    return (text.split() or [""])[0]


def _defines(text: str, name: str) -> bool:
    """Whether a text defines a class of this name."""
    last = re.escape(name.rpartition(".")[2])
    return re.search(rf"^[ \t]*class[ \t]+{last}\b|^{last}[ \t]*=[ \t]*\w+", text, re.MULTILINE) is not None


def _names(text: str, name: str) -> bool:
    """Whether a text contains a name as a string, or as a function or class whose name is the id."""
    if f'"{name}"' in text or f"'{name}'" in text:
        return True
    return (
        name.isidentifier()
        and re.search(rf"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+{name}\b", text, re.MULTILINE) is not None
    )


def frameworks_in(text: str) -> set[str]:
    """The frameworks that a text imports."""
    return {name for name, pattern in _FRAMEWORK.items() if pattern.search(text)}
