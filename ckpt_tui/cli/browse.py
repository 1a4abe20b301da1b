"""`ckpt-tui [STORE]`: the browser, or what `ls` prints where there is no terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import cast

import click

from ckpt_tui.actions.resume.fork_overlays import with_forks
from ckpt_tui.cli.completed_words import complete_ids
from ckpt_tui.cli.output import has_screen, open_named, storage_options, stores_argument, write_lines
from ckpt_tui.core.running.event_lines import line_of
from ckpt_tui.core.running.secret_lines import SHOWN, shown_line
from ckpt_tui.errors import UndecodableError, UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.caching import is_switched_off
from ckpt_tui.stores.event_streams import event_files, is_events_file, read_events
from ckpt_tui.stores.files import FileTrouble
from ckpt_tui.stores.postgres_address import is_postgres


class _Context(click.Context):
    """Leaves the name of the default verb out of usage texts."""

    @property
    def command_path(self) -> str:
        return self.parent.command_path if self.parent else "ckpt-tui"


class _Browse(click.Command):
    context_class = _Context


@click.command("browse", cls=_Browse, hidden=True)
@stores_argument
@storage_options
@click.option(
    "--poll",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="Seconds between two polls of a storage; by default polls grow rarer while nothing changes.",
)
@click.option("--at", metavar="ID", shell_complete=complete_ids, help="Open at this checkpoint.")
@click.option("--query", metavar="EXPR", help="Open at this place: a JMESPath such as state.draft.score.")
@click.option("--web", is_flag=True, help="Show it in a web browser, on this machine alone; needs ckpt-tui[web].")
@click.option("--port", type=click.IntRange(1, 65_535), metavar="N", help="The port of --web; the first free one.")
@click.pass_context
def command(
    ctx: click.Context, stores: tuple[str, ...], storage: str | None, workflow_names: tuple[str, ...],
    poll: float | None, at: str | None, query: str | None, web: bool, port: int | None,
) -> int:  # fmt: skip
    """Browse a store: a directory of checkpoints, one checkpoint file, or several stores as one list."""
    if web:
        return _serve(stores, storage, workflow_names, poll, at, query, port)
    path = stores[0] if len(stores) == 1 and storage is None and os.path.isfile(stores[0]) else ""
    if path and is_events_file(path):
        return _events(path)
    directory = stores[0] if len(stores) == 1 and storage is None and os.path.isdir(stores[0]) else ""
    streams = event_files(directory) if directory else []
    if streams and not any(batch.entries for batch in open_named(stores, None, (), must_exist=False).scan()):
        return _event_directory(directory, streams)
    if not has_screen():
        ls = cast("click.Group", ctx.find_root().command).get_command(ctx, "ls")
        assert ls is not None
        result: int = ctx.invoke(
            ls, stores=stores, storage=storage, workflow_names=workflow_names, fast=False, sizes=False, as_json=False
        )
        return result
    if len(stores) == 1 and storage is None and poll is None and is_postgres(stores[0]):
        opening = _Opening(stores)
        opening.start()
        _app()
        opened = with_forks(opening.opened())
    else:
        opened = with_forks(open_named(stores, storage, workflow_names, must_exist=False, poll=poll))
    beside = [os.path.join(directory, name) for name in streams]
    return int(_app().browse(opened, at=at, query=query, streams=beside))


class _Opening(threading.Thread):
    """Opens a database behind a URL and begins to read it while the screen is loaded: a server takes its time."""

    def __init__(self, stores: tuple[str, ...]) -> None:
        super().__init__(name="opening", daemon=True)
        self._stores = stores
        self._found: Store | BaseException | None = None
        self._is_open = threading.Event()

    def run(self) -> None:
        """Open the store, and begin to read it."""
        try:
            self._found = open_named(self._stores)
        except BaseException as error:  # raised again where the store is asked for
            self._found = error
        self._is_open.set()
        if isinstance(self._found, Store):
            self._found.look_ahead()

    def opened(self) -> Store:
        """The store, once it is open.

        Raises:
            CkptError: it cannot be opened.
        """
        self._is_open.wait()
        if isinstance(self._found, BaseException):
            raise self._found
        assert self._found is not None
        return self._found


def _serve(
    stores: tuple[str, ...], storage: str | None, workflow_names: tuple[str, ...], poll: float | None, at: str | None,
    query: str | None, port: int | None,
) -> int:  # fmt: skip
    """Serve the browser in a web page; returns the exit code."""
    try:
        from ckpt_tui.cli.web import serve  # late: an extra
    except ModuleNotFoundError:
        raise UsageError("textual-serve is not installed.", 'pip install "ckpt-tui[web]"') from None
    if storage is None and not any(map(is_events_file, filter(os.path.isfile, stores))):
        open_named(stores, must_exist=False)  # errors are reported here: the page of an app that ends stays empty
    options = {"--storage": storage, "--at": at, "--query": query, "--poll": poll}
    words = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    names = [word for name in workflow_names for word in ("--workflow-name", name)]
    words += ["--no-cache"] if is_switched_off() else []
    return serve([*(stores or (() if storage is not None else (".",))), *words, *names], port)


def _app() -> ModuleType:
    from ckpt_tui.tui import app  # late: Textual takes 240 ms, which a list for a pipe does not need

    return app


def _browse_events(path: str, names: Sequence[str] = ()) -> int:
    """Open a stream of events, or the list of those in a directory; returns the exit code."""
    return int(_app().browse_events(path, names))


def _event_directory(directory: str, names: list[str]) -> int:
    """The streams of events in a directory, to choose from; their paths where there is no terminal."""
    if has_screen():
        return _browse_events(directory, names)
    write_lines(os.path.join(directory, name) for name in names)
    return 0


def _events(path: str) -> int:
    """The log of a saved stream of events; its lines where there is no terminal."""
    if has_screen():
        return _browse_events(path)
    try:
        lines = (line_of(shown_line(raw, most=SHOWN)) for raw in read_events(path))
        write_lines(" ".join(filter(None, (line.clock, line.step, line.sign, line.who, line.text))) for line in lines)
    except FileTrouble as trouble:
        raise UndecodableError(trouble.reason) from None
    return 0
