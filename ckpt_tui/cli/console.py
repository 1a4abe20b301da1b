"""Commands of a run that pauses, read from standard input: lines of JSON from programs, words from people."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import Any

import click

from ckpt_tui.actions.debugging.debugger import Debugger
from ckpt_tui.actions.debugging.session_commands import PAUSED
from ckpt_tui.actions.resume.document_edits import drop_of, parse_edit
from ckpt_tui.cli.typed_lines import TypedLines
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, UsageError

_HELP = "s step · c continue · r NAME run to it · set PATH=JSON · drop PATH · answer ID=JSON · back ID · q stop"


class Console:
    """Reads commands while a run goes on.

    Args:
        debugger: What carries them out.
        as_json: Whether the lines are JSON.
    """

    def __init__(self, debugger: Debugger, as_json: bool) -> None:
        self._debugger = debugger
        self._json = as_json
        self._begun = False
        self._asked: list[str] = []
        """Ids of the requests that wait."""
        self.typed = TypedLines()

    def take(self, line: dict[str, Any]) -> None:
        """Take in a line of the run; commands are read once it was checked."""
        kind = line.get("kind")
        if kind == "check" and not self._begun:
            self._begun = True
            threading.Thread(target=self._read, daemon=True).start()
        elif kind == "event" and line.get("type") == "request_info":
            self._asked.append(str(line.get("request_id")))
        elif kind == "waiting":
            requests = [each for each in line.get("requests") or () if isinstance(each, dict)]
            self._asked = [str(each.get("request_id")) for each in requests]
            if not self._json:
                for each in requests:
                    self._say(how_to_answer(each, len(requests) == 1))
        if kind == "paused" and not self._json:
            self._say(_HELP)

    def _read(self) -> None:
        for text in self.typed:
            try:
                command = _json_command(text) if self._json else self._named(word_command(text))
            except CkptError as error:
                click.echo(f"ckpt-tui: {clean(error.what)} {clean(error.hint)}", err=True)
                continue
            if command:
                if command.get("do") in PAUSED:
                    self._debugger.wait_for_pause()
                self._debugger.send(command)
        self._debugger.release()

    def _named(self, command: dict[str, Any] | None) -> dict[str, Any] | None:
        """A command whose answer has the id of its request: that of the only one which waits, where none was typed."""
        if command is None or command.get("do") != "answer" or "request_id" in command:
            return command
        if len(self._asked) != 1:
            many = f"{len(self._asked)} requests wait: name one." if self._asked else "No request waits."
            raise UsageError(many, "answer ID=JSON")
        return {**command, "request_id": self._asked[0]}

    def _say(self, text: str) -> None:
        click.echo(text, err=True)


def how_to_answer(request: dict[str, Any], is_only: bool) -> str:
    """What to type for a request that waits: of the line `waiting`.

    Args:
        request: The request.
        is_only: Whether no other waits, so that its id may be left out.
    """
    value = json.dumps(request["example"]) if "example" in request else "JSON"
    name = "" if is_only else f"{request.get('request_id')}="
    hint = request.get("hint")
    return clean(f"answer {name}{value}" + (f" · {hint}" if hint else "") + " · q stop", 400)


def _json_command(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"{text.strip()[:80]} is not a command.", 'Commands are JSON: {"do": "step"}')
    return found


def word_command(text: str) -> dict[str, Any] | None:
    """The command that a line of words means; None for an empty one.

    Raises:
        UsageError: it is not one.
    """
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if not word:
        return None
    if word in ("s", "step", "c", "continue", "p", "pause", "q", "stop"):
        return {"do": {"s": "step", "c": "continue", "p": "pause", "q": "stop"}.get(word, word)}
    if word in ("r", "run") and rest:
        return _run_to(rest)
    if word in ("back", "goto") and rest:
        return {"do": "goto", "id": rest}
    if word == "set" and rest:
        edit = parse_edit(rest)
        return {"do": "edit", "path": edit.text, "value": edit.value}
    if word == "drop" and rest:
        return {"do": "drop", "path": drop_of(rest).text}
    if word == "answer" and rest:
        with suppress(ValueError):
            return {"do": "answer", "value": json.loads(rest)}
    if word == "answer" and "=" in rest:
        name, _, value = rest.partition("=")
        try:
            return {"do": "answer", "request_id": name.strip(), "value": json.loads(value)}
        except ValueError:
            raise UsageError(f"{value} is not JSON.", 'Write text in quotes: answer 3f2a="yes"') from None
    raise UsageError(f"{text.strip()[:80]} is not a command.", _HELP)


def _run_to(rest: str) -> dict[str, Any]:
    if rest in ("request", "error", "end"):
        return {"do": "run_to", rest: True}
    return {"do": "run_to", "step": int(rest)} if rest.isdigit() else {"do": "run_to", "executor": rest}
