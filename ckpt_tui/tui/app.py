"""The application: theme, keys, and the screen that opens first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from rich.console import RenderableType
from textual import on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.filter import ANSIToTruecolor, LineFilter, Monochrome, NoColor

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver

    from ckpt_tui.tui.app_dialogs import AppDialogs
    from ckpt_tui.tui.configuration_use import ConfigurationUse
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme

from ckpt_tui.actions.resume.fork_overlays import with_forks
from ckpt_tui.configuration import Config, load
from ckpt_tui.core.paths import parse
from ckpt_tui.errors import UsageError
from ckpt_tui.garbage import collect_rarely, leave_out_what_is_there
from ckpt_tui.stores.base import Store, complete
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.ascii import AsciiFilter, draws_ascii
from ckpt_tui.tui.changed_keys import accept_keys
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.ending import EndsJobs, TerminalFile, end_on_signals, end_with_input, run_to_end, until_gone
from ckpt_tui.tui.heaps import share_heaps
from ckpt_tui.tui.idle_reasons import why_not
from ckpt_tui.tui.paint import Painter
from ckpt_tui.tui.screens.browse import Browse
from ckpt_tui.tui.themes import DARK, LIGHT, WITHOUT_COLOURS, readable_variables, theme_for_sixteen, variables_for
from ckpt_tui.tui.typeahead import TypeAhead
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.shown_keys import key_event, keys_of, use_keys
from ckpt_tui.tui.widgets.status import BarLine


def _dialogs() -> type[AppDialogs]:
    from ckpt_tui.tui.app_dialogs import AppDialogs  # late: 15 ms that the first screen does not need

    return AppDialogs


def _commands() -> type[Provider]:
    return _dialogs().commands


def _configuration() -> type[ConfigurationUse]:
    from ckpt_tui.tui.configuration_use import ConfigurationUse  # late: names to guess from, 5 ms

    return ConfigurationUse


def _collect_rarely() -> None:
    collect_rarely(is_screen=True)
    leave_out_what_is_there()


@runtime_checkable
class Explains(Protocol):
    """A screen that shows why a key does nothing."""

    def explain(self, text: str) -> None:
        """Show the text until the next key."""


_REDRAW = by_id()["app.redraw"]

_ON_EACH_SCREEN = ("app.palette", "app.theme", "app.configure")
"""Commands that the app itself does, whichever screen is open."""

_BLANK = "\x1b[0m\x1b(B\x0f\x1b[r\x1b[?6l\x1b[?25l\x1b[2J"
"""Makes a terminal draw as it did when the app began, whatever else was written to it: no attributes, letters for
letters, the whole screen to scroll, no cursor; and clears it."""

_FEW_COLOURS = ("standard", "windows")
"""Kinds of terminals that have 16 colours."""


class CkptApp(EndsJobs, TypeAhead):
    """The browser of one store.

    Args:
        store: The store to browse.
        at: Id of the checkpoint to open at.
        steps: Labels of the place to open at.
        config: The configuration.
        events: The file of a stream of events to show in the place of a store, or "".
        streams: Names of the streams in it, where `events` is a directory; else paths of those beside the store.
    """

    TITLE = "ckpt-tui"
    CSS_PATH = "app.tcss"
    COMMANDS = {_commands}  # noqa: RUF012 Textual's own convention
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(_REDRAW.keys, _REDRAW.action, _REDRAW.title, show=False, priority=True, id=_REDRAW.id),
        *(Binding(c.keys, c.action, c.title, show=False, id=c.id) for c in map(by_id().__getitem__, _ON_EACH_SCREEN)),
    ]
    HORIZONTAL_BREAKPOINTS = Browse.HORIZONTAL_BREAKPOINTS
    _has_themes = False
    _theme_in_use: Theme | None = None

    def __init__(
        self, store: Store, at: str | None = None, steps: tuple[str, ...] = (), config: Config | None = None,
        events: str = "", streams: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__()
        self._painter = Painter()
        self._painted = Size(0, 0)
        """The size of the terminal that the painter knows."""
        self._ascii = AsciiFilter() if draws_ascii(os.environ) else None
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._has_themes = True
        self.store = complete(store)
        self.config = config or Config()
        # Set before the style sheet is read: another theme later means reading it again.
        wanted = self.config.theme or (
            theme_for_sixteen(os.environ) if self.no_color or self.console.color_system in _FEW_COLOURS else DARK.name
        )
        self.set_reactive(App.theme, wanted if wanted in self.available_themes else DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._events, self._streams = events, streams
        self.streams_beside = () if events else tuple(streams)
        """Paths of the streams of events in the directory of the store."""
        self._at = at
        self._steps = steps
        self.changed_keys: dict[str, str] = {}
        """Command id → keys, where the person changed them."""

    def get_default_screen(self) -> Screen[Any]:
        if self._events:
            from ckpt_tui.tui.screens.event_files import events_screen  # late: a store does without it

            return events_screen(self._events, self._streams)
        return Browse(self.store, self._at, self._steps)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        is_written = (
            self._running and not self._closed and not self._batch_count
            and not self.is_headless and self._driver is not None
        )  # fmt: skip
        if is_written and isinstance(renderable, ChopsUpdate | LayoutUpdate):
            if screen.size != self._painted:
                self._painter.forget()
                self._painted = screen.size
            update: Any = self._painter.changed(renderable, self.console._color_system)
            super()._display(screen, update)
            return
        if is_written and renderable is not None:
            self._painter.forget()
        super()._display(screen, renderable)

    @property
    def current_theme(self) -> Theme:
        """The theme in use, cached: Textual needs it for every line, and looks it up in a copy of all themes."""
        if self._theme_in_use is None or self._theme_in_use.name != self.theme:
            self._theme_in_use = super().current_theme
        return self._theme_in_use

    def get_line_filters(self) -> Sequence[LineFilter]:
        found = super().get_line_filters()
        if self.native_ansi_color:  # made of other colours and back, a terminal's yellow would be its red
            found = [each for each in found if not isinstance(each, ANSIToTruecolor | Monochrome)]
            found += [NoColor()] if self.no_color else []
        return [*found, self._ascii] if self._ascii is not None else found

    def get_css_variables(self) -> dict[str, str]:
        if not self._has_themes:  # called before the theme is chosen: those of another one would be computed in vain
            return {}
        variables = super().get_css_variables()
        if self.current_theme.ansi:
            variables |= variables_for(self.current_theme) | (WITHOUT_COLOURS if self.no_color else {})
        self.theme_variables = readable_variables(variables)
        return self.theme_variables

    def get_theme_variable_defaults(self) -> dict[str, str]:
        theme = self.current_theme
        return {} if theme.name in (DARK.name, LIGHT.name) else variables_for(theme)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        if priority:  # the first handler of a key: the text about the last one is removed
            self._cover_keys("")
        handled = await super()._check_bindings(key, priority)
        if not handled and not priority:
            self._explain(why_not(key, self.key_character, self.changed_keys))
        return handled

    @on(LineList.Idle)
    def _did_nothing(self, event: LineList.Idle) -> None:
        self._explain(event.text)

    def _explain(self, text: str) -> None:
        """Show why a key did nothing, in the line of keys of the screen."""
        screen = self.screen
        if isinstance(screen, Explains):
            screen.explain(text)
        else:
            self._cover_keys(text)

    def _cover_keys(self, text: str) -> None:
        """Show a text in the line of keys of a screen that does not show it itself; "" shows the keys again."""
        for bar in self.screen.query("#foot").results(BarLine):
            bar.cover(text)

    async def action_quit(self) -> None:
        """Quit; while a run that was started from here goes on, ask first."""
        browsers = [screen for screen in self.screen_stack if isinstance(screen, Browse)]
        runs = [text for screen in browsers for text in screen.resume_entry.live_texts]
        if not runs:
            self.exit()
        elif not isinstance(self.screen, _dialogs().yes_no):
            self.push_screen(_dialogs().quit_question(runs), self._quit_if)

    def action_pick_theme(self) -> None:
        """Choose a theme, seen at once."""
        self.push_screen(_dialogs().theme_picker(), self._theme_taken)

    def _theme_taken(self, name: str | None) -> None:
        if name is not None:
            text = f'theme = "{name}" in the configuration keeps it: {keys_of("app.configure")} opens it'
            self.notify(text, title="Theme", timeout=8, markup=False)

    def action_configure(self) -> None:
        """Edit the configuration, and apply the settings that can change while the app runs."""
        config = _configuration().edit(self)
        if config is None:
            return
        self.config = config
        if config.theme in self.available_themes:
            self.theme = config.theme
        self._use_keys()
        for screen in self.screen_stack:
            if isinstance(screen, Browse):
                screen.parent_diff.take_rules()
        if not _configuration().complain(self, config):
            text = "Applied: theme, keys, rules of a diff. Other settings apply from the next start on."
            self.notify(text, title="Configuration", timeout=8, markup=False)

    def _use_keys(self) -> None:
        self.changed_keys, _ = accept_keys(self.config.keys)
        self.set_keymap(self.changed_keys)
        use_keys(self.changed_keys)

    def _quit_if(self, is_wanted: bool | None) -> None:
        if is_wanted:
            self.exit()

    def on_resize(self, event: Resize) -> None:
        """Forget the painted content: a terminal of another size shows it elsewhere."""
        self._painter.forget()

    def _write_anew(self) -> None:
        """Write all of the screen to a terminal that was lent."""
        self._painter.forget()
        self.refresh()

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        end_on_signals(self)  # before the driver takes the terminal
        driver = super()._build_driver(headless, inline, mouse, size)
        if hasattr(driver, "_file"):
            driver._file = TerminalFile(driver._file)
        if driver.is_web:
            driver._write = until_gone(driver._write)  # type: ignore[attr-defined]
        return driver

    def action_press_key(self, key: str) -> None:
        """Press a key whose name in a footer was clicked."""
        self.post_message(key_event(key).set_sender(self))  # not from what was clicked: its child would keep it

    def action_redraw(self) -> None:
        """Draw the whole screen again."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(_BLANK)
        self._write_anew()

    def on_mount(self) -> None:
        """Set the keys."""
        share_heaps()  # before there are threads
        end_with_input(self)
        self.app_resume_signal.subscribe(self, lambda _: self._write_anew())
        self._use_keys()
        if self.config != Config():
            _configuration().complain(self, self.config)
        self.call_after_refresh(_collect_rarely)


def browse(store: str | Store, at: str | None = None, query: str | None = None, streams: Sequence[str] = ()) -> int:
    """Open the browser on a store; returns the exit code.

    Args:
        store: A store, or the path of one: a directory, which may not exist yet, or a checkpoint file.
        at: Id of the checkpoint to open at.
        query: A path such as `state.draft.score` to open at.
        streams: Paths of the streams of events beside the store.

    Raises:
        CkptError: the path is neither a directory nor a checkpoint file; the configuration is wrong.
    """
    config = load()
    opened = with_forks(open_store(store, must_exist=False)) if isinstance(store, str) else store
    app = CkptApp(opened, at, steps_of(query) if query else (), config, streams=streams)
    return run_to_end(app, config.mouse)


def browse_events(path: str, streams: Sequence[str] = ()) -> int:
    """Open the log of a saved stream of events, or the list of those in a directory; returns the exit code.

    Args:
        path: The file, or the directory.
        streams: Names of the streams in the directory.

    Raises:
        CkptError: the configuration is wrong.
    """
    config = load()
    app = CkptApp(
        open_store(os.path.dirname(path) or os.curdir, must_exist=False), config=config, events=path, streams=streams
    )
    return run_to_end(app, config.mouse)


def steps_of(query: str) -> tuple[str, ...]:
    """The labels of a path expression; `$items` and its like are not rows of their own.

    Raises:
        UsageError: it is more than a path.
    """
    steps = parse(query)
    if steps is None:
        hint = "A path such as state.draft.score opens a place; for an expression use `ckpt-tui show --query`."
        raise UsageError(f"--query {query} is not a path.", hint)
    return tuple(str(step) for step in steps if step not in ("$items", "$args", "$partial"))


if os.environ.get("CKPT_TUI_ANIMATION", "none") == "none":
    # Nothing moves that the person did not move.
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
