"""Exports as files: Markdown, a page, JSON or a bundle, written whole and never into a store."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ckpt_tui.actions.exports import WAY, branch_of, in_order, make_bundle, make_report, show_documents
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.json_text import dumps, pieces
from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.sharing.hidden import summary_text
from ckpt_tui.core.sharing.markdown import markdown
from ckpt_tui.core.sharing.page import page
from ckpt_tui.core.text import counted
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.base import Store

FORMATS = ("md", "html", "json", "bundle")

_ENDINGS = {
    ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".json": "json", ".bundle": "bundle",
}  # fmt: skip


class Exported(NamedTuple):
    """What is written.

    Attributes:
        kind: The format.
        text: The file, in pieces.
        number: Checkpoints in it.
        unread: Files among the chosen ones that could not be read.
        hidden: What was masked, for programs.
    """

    kind: str
    text: Iterable[str]
    number: int
    unread: list[str]
    hidden: dict[str, Any]

    @property
    def summary(self) -> str:
        """What it is and what was masked, in one line for people."""
        what = f"{counted(self.number, 'checkpoint')} as {self.kind}"
        return f"{what}; {summary_text(self.hidden)}"


def format_of(path: str) -> str | None:
    """The format that the ending of a file name means; None where it means none."""
    return _ENDINGS.get(os.path.splitext(path)[1].lower())


def export(
    store: Store, runs: Sequence[Run], chosen: Sequence[Node], kind: str, rules: IgnoreRules,
    problems: Sequence[Problem] = (), reveal: Sequence[str] = (), version: str = "",
    progress: Callable[[int, int], None] | None = None, check: Callable[[], None] | None = None,
) -> Exported:  # fmt: skip
    """Checkpoints as one text, masked and without the names of this machine.

    Args:
        store: Where they are.
        runs: Its runs.
        chosen: The checkpoints.
        kind: One of `FORMATS`.
        rules: What differences leave out.
        problems: What in the store cannot be read, to be named in the copy.
        reveal: Paths (of the document of `show`) whose secrets are not masked.
        version: The version of the program.
        progress: Called with how many were read, and of how many.
        check: Called now and then; whatever it raises ends the work.

    Raises:
        CkptError: `reveal` holds what is not a path, or a checkpoint cannot be read.
    """
    if kind == "json":
        document = show_documents(store, runs, chosen, reveal)
        return Exported(kind, pieces(document), len(chosen), [], document["hidden"])
    wanted: Sequence[Node] = chosen
    if kind != "bundle":
        wanted = in_order(runs, [*chosen, *_before(runs, chosen)])
    besides = {node.ref.file for node in wanted} - {node.ref.file for node in chosen}
    bundle = make_bundle(store, runs, wanted, problems, reveal, version, progress, check, besides)
    named = {problem["file"] for problem in bundle.document["problems"]}
    unread = [node.ref.file for node in chosen if node.ref.file in named]
    count = len(chosen) - len(unread)
    if kind == "bundle":
        return Exported(kind, bundle_lines(bundle.document), count, unread, bundle.hidden)
    report = make_report(bundle, [node.ref.file for node in chosen], rules, check)
    text: Iterable[str] = [markdown(report).rstrip("\n")] if kind == "md" else page(report)
    return Exported(kind, text, count, unread, bundle.hidden)


def bundle_lines(document: dict[str, Any]) -> Iterator[str]:
    """A bundle as JSON with a line for each checkpoint, in pieces."""
    head = {name: value for name, value in document.items() if name not in ("checkpoints", "problems")}
    yield dumps(head, indent=None)[:-1] + ',\n"checkpoints": ['
    for number, one in enumerate(document["checkpoints"]):
        yield (",\n" if number else "\n") + dumps(one, indent=None)
    yield '\n],\n"problems": ' + dumps(document["problems"], indent=None) + "}"


def _before(runs: Sequence[Run], chosen: Sequence[Node]) -> list[Node]:
    """What a report needs besides: the checkpoints before the first chosen one of each branch."""
    homes = {node.ref.file: run for run in runs for node in run.nodes}
    found: dict[str, Node] = {}
    ids = {node.ref.id for node in chosen}
    for node in chosen:
        if node.parent in ids:
            continue
        for above in branch_of(homes[node.ref.file], node)[-WAY:]:
            found[above.ref.file] = above
    return list(found.values())


def refuse_inside(output: str, store: Store) -> None:
    """Refuse to write a file into a store.

    Raises:
        UsageError: the file would be in the store.
    """
    target = os.path.realpath(output)
    for one in (store, *store.members):
        place = os.path.realpath(one.path) if one.path else ""
        if place and os.path.exists(place) and (target == place or target.startswith(place + os.sep)):
            raise UsageError(f"A store is never written to, and {output} is in it.", "Name another directory.")


def write_file(output: str, text: Iterable[str]) -> None:
    """Write the file as a whole, or leave what was there; a device or a pipe takes the text as it comes.

    A link stays one, what is there keeps its permissions, and a new file has those that the umask gives.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        if _is_stream(output):
            _fill(os.open(output, os.O_WRONLY | os.O_APPEND), text)
            return
        target = os.path.realpath(output)
        temporary = os.path.join(os.path.dirname(target), f".ckpt-tui-{os.urandom(8).hex()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            _fill(handle, text)
            with suppress(FileNotFoundError):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.") from None


def _is_stream(output: str) -> bool:
    """Whether a file must not be replaced: /dev/null, a pipe of the shell, what /dev/stdout leads to."""
    if os.path.abspath(output).startswith(("/dev/fd/", "/dev/std", "/proc/")):
        return True
    return os.path.exists(output) and not os.path.isfile(output)


def _fill(handle: int, text: Iterable[str]) -> None:
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(text)
        file.write("\n")
