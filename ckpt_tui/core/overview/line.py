"""An overview and its lines as they are shown, and what the lines share; `overview` beside it makes them."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from ckpt_tui.core.model import CheckpointRef, has_file_time
from ckpt_tui.core.paths import Path
from ckpt_tui.core.shown_names import masked_path, shown_name
from ckpt_tui.core.terms import terms_of
from ckpt_tui.core.text import size_text

Label = Literal["danger", "error", "asked", "path", "now", "step", "state", "talk", "outcome"]
"""The labels of lines, in their order; `outcome` replaces `now` where no work is left."""

LINES = {"now": 6, "step": 5, "state": 6, "talk": 2, "error": 3, "danger": 3, "asked": 2, "outcome": 3}
"""Lines of each sort at most."""

VALUE_CELLS = 160
"""Characters of a value in a line."""

BEFORE_CELLS = 60


class Line(NamedTuple):
    """One line of an overview.

    Attributes:
        label: What it is about.
        text: Its text, safe for a terminal.
        path: The place in the checkpoint that it is about; empty for none.
        tab: The tab that shows it, where it is not a place in a value: talk, diff, graph, meta; else "".
        sign: A sign before the text: `+`, `−`, `‖`, ...; "" for none.
    """

    label: Label
    text: str
    path: Path = ()
    tab: str = ""
    sign: str = ""


class Overview(NamedTuple):
    """The overview of one checkpoint.

    Attributes:
        title: Workflow, step and status.
        lines: The answers, those of a label together.
        complete: The whole path of the run was read.
    """

    title: str
    lines: tuple[Line, ...]
    complete: bool = True

    def about(self, *labels: Label) -> tuple[Line, ...]:
        """The lines of some labels."""
        return tuple(line for line in self.lines if line.label in labels)


def alarm_lines(alarms: Sequence[str]) -> tuple[Line, ...]:
    """What in a checkpoint could run code, then what in it cannot be read, as lines of its overview."""
    dangers = [alarm.removeprefix("danger ") for alarm in alarms if alarm.startswith("danger")]
    others = [alarm for alarm in alarms if not alarm.startswith("danger")]
    found = [Line("danger", shown_name(each), (), "meta", "✗") for each in dangers[: LINES["danger"]]]
    found += [Line("error", shown_name(each), (), "meta", "!") for each in others[: LINES["error"]]]
    return tuple(found)


def overview_document(found: Overview) -> list[dict[str, Any]]:
    """The overview in the JSON of `show`."""
    return [
        {
            "label": line.label,
            "text": f"{line.sign} {line.text}" if line.sign else line.text,
            "path": masked_path(line.path) if line.path else "",
        }
        for line in found.lines
    ]


UNWRITTEN = "nothing was written after this: the run failed, was stopped, or is still going"
"""The status line of a checkpoint that leaves work to do, as far as the store shows."""

_STATUS = {"waiting": "waits for an answer", "open": "work is left", "done": "has ended", "failed": "has failed"}


def of_large(ref: CheckpointRef, title: str = "") -> Overview:
    """The overview of a checkpoint too large to be read unasked."""
    text = f"this checkpoint is large, {size_text(ref.size)}: Enter reads it for an overview"
    return Overview(overview_title(ref, title), (Line("now", text, (), "overview"),), False)


def overview_title(ref: CheckpointRef, title: str, goes_on: bool = False) -> str:
    """Workflow, step and status of a checkpoint; `goes_on` says whether others follow it."""
    own = ref.store_metadata.title if ref.store_metadata is not None else ""
    name = shown_name(title or own or ref.workflow, 80)
    times = "times of files" if has_file_time(ref) else ""
    went_on = goes_on and ref.status == "open"
    status = f"the {terms_of(ref).run} went on" if went_on else _STATUS.get(ref.status or "", "")
    return " · ".join(part for part in (name, f"step {ref.step}", status, times) if part)


def at_pause(overview: Overview, where: str) -> Overview:
    """The overview of a checkpoint at which a run is paused that goes on from here; `where` says where that is."""
    return _with_now(overview, "paused", Line("now", where, (), "graph", "‖"))


def at_failure(overview: Overview, why: str) -> Overview:
    """The overview of the last checkpoint of a run from here that failed; `why` says why."""
    return _with_now(overview, _STATUS["failed"], Line("now", f"the run failed after this: {why}", (), "graph", "✗"))


def _with_now(overview: Overview, status: str, line: Line) -> Overview:
    title = overview.title.replace(f" · {_STATUS['open']}", f" · {status}")
    lines = [each for each in overview.lines if each.text != UNWRITTEN]
    at = next((index for index, each in enumerate(lines) if each.label == "now"), len(lines))
    return overview._replace(title=title, lines=(*lines[:at], line, *lines[at:]))
