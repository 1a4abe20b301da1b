"""How verbs write: data on stdout, narration on stderr, colour only on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from itertools import chain, islice
from types import ModuleType
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import combining, east_asian_width

import click

from ckpt_tui.cli.completed_words import complete_files, complete_ids
from ckpt_tui.core.documents.encodings import prefer
from ckpt_tui.core.documents.json_cost import allow
from ckpt_tui.core.json_text import dumps, pieces
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.caching import switch_off
from ckpt_tui.stores.registry import open_stores

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Store


def size_tables() -> ModuleType:
    """How sizes are measured and written."""
    from ckpt_tui.cli import size_tables as tables  # late: what shows no sizes starts 9 ms earlier

    return tables


def write_json(document: Any) -> None:
    """One JSON document on stdout, written piece by piece.

    Raises:
        TypeError: it holds something that JSON cannot express; what comes before it may be written already.
    """
    write_pieces(pieces(document))


def write_json_line(document: Any) -> None:
    """A small JSON document on one line of stdout.

    Raises:
        TypeError: it holds something that JSON cannot express.
    """
    write(dumps(document, indent=None))


def write(text: str) -> bool:
    """Text on stdout, in UTF-8 whatever the locale; characters it cannot hold are escaped.

    Returns whether stdout is still open.
    """
    return write_pieces((text,))


def write_lines(lines: Iterable[str]) -> None:
    """Lines on stdout, written as they come."""
    write_pieces(_batches(lines))


def _batches(lines: Iterable[str]) -> Iterator[str]:
    todo = iter(lines)
    before = ""
    while batch := list(islice(todo, 1_000)):
        yield before + "\n".join(batch)
        before = "\n"


def write_pieces(pieces: Iterable[str]) -> bool:
    """Write a text in pieces, with a line break after the last. Returns whether stdout is still open.

    Raises:
        UsageError: it cannot be written, as on a full disk. A reader that goes away, as `head` does, is not a failure.
    """
    stream = data_stream()
    stream.flush()
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        for piece in chain(pieces, ("\n",)):
            stream.write(piece.encode("utf-8", "backslashreplace").decode("utf-8"))
        return True
    for piece in chain(pieces, ("\n",)):
        data = piece.encode("utf-8", "backslashreplace")
        try:
            buffer.write(data)
        except OSError as error:
            _drop(error)
            return False
    try:
        buffer.flush()
    except OSError as error:
        _drop(error)
        return False
    return True


def _drop(error: OSError) -> None:
    """Discard what could not be written, so that Python does not report it as it ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, data_stream().fileno())
    os.close(null)
    if not isinstance(error, BrokenPipeError):
        raise UsageError(f"The output cannot be written: {error.strerror}.") from None


class _Diverted:
    """The stream for data while `sys.stdout` is diverted."""

    stream: TextIO | None = None


def data_stream() -> TextIO:
    """Standard output, for data alone."""
    return _Diverted.stream or sys.stdout


@contextmanager
def diverted_prints() -> Iterator[None]:
    """Send what the user's code prints to stderr, so that it cannot get into the JSON; `data_stream` stays stdout."""
    if _Diverted.stream is not None:
        yield
        return
    _Diverted.stream = sys.stdout
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _Diverted.stream = None


def has_screen() -> bool:
    """Whether the browser can be shown: stdout is a terminal, or a web page that `textual serve` drives."""
    return data_stream().isatty() or os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def colours() -> bool:
    """Whether stdout takes colour: a terminal, and no NO_COLOR."""
    return data_stream().isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, **style: Any) -> str:
    """The text styled as click.style does, or bare where colour is not wanted."""
    return click.style(text, **style) if colours() else text


def cells(text: str) -> int:
    """Columns that a terminal takes for a text without control characters."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 0 if combining(char) else 1 for char in text)


def pad(text: str, width: int) -> str:
    """The text with blanks up to `width` columns."""
    return text + " " * (width - cells(text))


def cut_notice(limit: float) -> None:
    """Report on stderr that something was left out, and how to get it."""
    click.echo(f"ckpt-tui: cut at its limits; --limit {limit * 8:g} allows eight times as much", err=True)


class Number(click.FloatRange):
    """A number in a range; NaN, which Python finds in every range, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if number != number:
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def _allow(ctx: click.Context, param: click.Parameter, value: float) -> float:
    allow(value)
    return value


reveal_option = click.option("--reveal", is_flag=True, help="Show secrets instead of masking them.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
limit_option = click.option(
    "--limit",
    type=Number(0, 1_000_000, min_open=True),
    default=1.0,
    metavar="N",
    callback=_allow,
    help="N times the work and memory that one checkpoint may take.",
)
tip_option = click.option(
    "--tip",
    metavar="ID",
    shell_complete=complete_ids,
    default="latest",
    help="Last checkpoint of the branch; the newest of the store.",
)
store_argument = click.argument("store", default=".", metavar="[STORE]", shell_complete=complete_files)
stores_argument = click.argument("stores", nargs=-1, metavar="[STORE]...", shell_complete=complete_files)


def _prefer(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    try:
        prefer(value or "")
    except LookupError:
        raise click.BadParameter(f"unknown encoding {value!r}; examples: gbk, cp932, cp1251.") from None


encoding_option = click.option(
    "--encoding", metavar="NAME", expose_value=False, callback=_prefer,
    help="Read files that are not UTF-8 in this encoding (gbk, cp932, cp1251) instead of the likeliest.",
)  # fmt: skip
"""The options of every verb that reads files."""


def _cache(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    switch_off(value)


cache_option = click.option(
    "--no-cache", is_flag=True, expose_value=False, callback=_cache,
    help="Neither use nor write the index of large directories.",
)  # fmt: skip


def storage_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that open a storage of the user's own code in the place of STORE."""
    name = click.option(
        "--workflow-name",
        "workflow_names",
        multiple=True,
        metavar="NAME",
        help="The workflow to show.",
    )
    storage = click.option(
        "--storage", metavar="MODULE:FACTORY",
        help="Run your code in this process: FACTORY makes the CheckpointStorage to read.",
    )  # fmt: skip
    return storage(name(command))


class StorageCommand(click.Command):
    """A verb whose first argument is a STORE, which `--storage` replaces."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = args[: args.index("--")] if "--" in args else args
        if any(arg == "--storage" or arg.startswith("--storage=") for arg in given):
            args = ["", *args]
        return super().parse_args(ctx, args)


def open_named(
    stores: Sequence[str], storage: str | None = None, workflow_names: Sequence[str] = (), must_exist: bool = True,
    poll: float | None = None,
) -> Store:  # fmt: skip
    """What the arguments of a verb name: one store, several as one list, or a storage that the user's code makes.

    Raises:
        CkptError: there is no such store, or the code fails.
    """
    if storage is None:
        if poll is not None:
            raise UsageError("--poll goes with --storage.", "Leave it out: changes to files are noticed at once.")
        if workflow_names:
            raise UsageError(
                "--workflow-name goes with --storage.",
                "Leave it out: the checkpoints in a directory name their workflow.",
            )
        return open_stores(stores or ["."], must_exist)
    if any(stores):
        raise UsageError("--storage replaces STORE.", "Leave one of them out.")
    from ckpt_tui.stores.protocol import open_factory  # late: asyncio, which only the user's code needs

    click.echo(f"ckpt-tui: running your code: {clean(storage)} is imported and called in this process", err=True)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.find_root().with_resource(diverted_prints())
    return open_factory(storage, workflow_names, poll)
