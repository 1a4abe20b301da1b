"""The list of checkpoints as rows of text: signs, words, gutter and times, for the screen and for `ls` alike."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, repeat
from typing import NamedTuple

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import INTERNAL, CheckpointRef, Facts, Problem, StoreMetadata, has_file_time
from ckpt_tui.core.runs.groups import Group
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.short_ids import own_id
from ckpt_tui.core.runs.time_texts import date_text, start_text, time_of_day
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import ago_text, clean, counted
from ckpt_tui.core.times import is_possible

MAX_LANES = 12
"""Columns of the gutter that are drawn; branches beyond share the last one."""

SIGNS = {
    "entry": "○", "superstep": "●", "waiting": "‖", "response": "↩", "final": "✓", "edited": "✎", "forked": "◇",
    "failed": "✗", None: "·",
}  # fmt: skip
"""One sign a role; `·` while the body is unread."""


class RunRow(NamedTuple):
    """The heading of a run."""

    run: Run


class FoldedRow(NamedTuple):
    """A run folded to one row, with the runs that are a part of it; `number` is 0 where it has an id of its own."""

    group: Group
    number: int
    newest: "NodeRow | None"


class NodeRow(NamedTuple):
    """A checkpoint; `before` is the time of its parent, 0.0 for a root."""

    node: Node
    before: float
    tip: bool


class StoreRow(NamedTuple):
    """The heading of a store, where several are shown as one list."""

    name: str
    runs: int
    checkpoints: int


class JoinRow(NamedTuple):
    """The line under a checkpoint where branches begin: the lane they leave, those that begin, those passing by."""

    lane: int
    opened: int
    lanes: int


class ProblemsRow(NamedTuple):
    """The heading of the problems."""

    number: int


class ProblemRow(NamedTuple):
    """A file that cannot be shown as a checkpoint."""

    problem: Problem


Row = StoreRow | RunRow | FoldedRow | NodeRow | JoinRow | ProblemsRow | ProblemRow


def rows(runs: Iterable[Run], problems: Iterable[Problem]) -> list[Row]:
    """All rows: each run with its checkpoints, then the problems; stores one after the other."""
    out: list[Row] = []
    store = ""
    runs = tuple(runs)
    for run in runs:
        if run.store != store:
            store = run.store
            own = [other for other in runs if other.store == store]
            out.append(StoreRow(store, len(own), sum(len(other.nodes) for other in own)))
        out += run_rows(run)
    out += problem_rows(problems)
    return out


def run_rows(run: Run) -> list[Row]:
    """The rows of one run: its heading, and its checkpoints."""
    nodes = run.nodes
    ids = [node.ref.id for node in nodes]
    parents = [node.parent for node in nodes]
    times: dict[str | None, float] = dict(zip(ids, [node.ref.when for node in nodes], strict=True))
    inner = set(parents)
    fields = zip(nodes, map(times.get, parents, repeat(0.0)), [name not in inner for name in ids], strict=True)
    # As `_make` does, without a call of Python for each.
    made = map(tuple.__new__, repeat(NodeRow), fields)
    out: list[Row] = [RunRow(run)]
    done = 0
    for at, node in enumerate(nodes, 1):
        if node.opened:
            out += islice(made, at - done)
            out.append(JoinRow(node.lane, node.opened, node.lanes))
            done = at
    out += made
    return out


def problem_rows(problems: Iterable[Problem]) -> list[Row]:
    """The rows of files that cannot be shown, with their heading; none where there are no such files."""
    broken = sorted(problems, key=lambda problem: problem.file)
    return [ProblemsRow(len(broken)), *map(ProblemRow, broken)] if broken else []


def node_gutter(node: Node) -> str:
    """The gutter of a checkpoint, its sign included: two characters a lane, the last blank left out."""
    sign = SIGNS[node.ref.role]
    return sign if node.lanes == 1 else _gutter(sign, node.lane, node.lanes)


@lru_cache(1024)
def _gutter(sign: str, lane: int, lanes: int) -> str:
    width = min(max(lanes.bit_length(), lane + 1), MAX_LANES)
    own = min(lane, width - 1)
    return " ".join(sign if column == own else "│" if lanes >> column & 1 else " " for column in range(width))


def join_gutter(row: JoinRow) -> str:
    """The gutter where branches begin: `├─╮`."""
    last = row.opened.bit_length() - 1
    out = []
    for lane in range(min(max(row.lanes.bit_length(), last + 1), MAX_LANES)):
        within = row.lane <= lane < last
        if lane == row.lane:
            sign = "├"
        elif row.opened >> lane & 1:
            sign = "╮" if lane == last else "┬"
        elif row.lanes >> lane & 1:
            sign = "┼" if within else "│"
        else:
            sign = "─" if within else " "
        out.append(sign + ("─" if within else " "))
    return "".join(out).rstrip()


_MADE_UP = LatePattern(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z")


def given_name(ref: CheckpointRef) -> str:
    """A file name that a person gave; "" for the random ids of the framework."""
    return "" if _MADE_UP.compiled.match(ref.id) or _MADE_UP.compiled.match(own_id(ref.id)) else shown_name(ref.id, 40)


class Happening(NamedTuple):
    """The step to a checkpoint, in the order of a row; all texts are safe for a terminal.

    Attributes:
        status: entry, waits, answered, done, open, fork, or "" for an ordinary step; never cut.
        who: The executors, after `→` those that receive something from outside; cut in its middle.
        gist: The question, the answer, the message in flight or the outcome; cut at its end.
    """

    status: str
    who: str
    gist: str

    @property
    def text(self) -> str:
        """All of it: `waits review: “Publish it?”`."""
        if self.who.startswith("→ ") and self.gist:
            return f"{self.status} {self.gist} {self.who}"
        head = f"{self.status} {self.who}".strip()
        return f"{head}{':' if self.who and self.gist else ''} {self.gist}".strip()


UNREAD = Happening("", "…", "")
"""Shown while the body is not read."""


def happening(row: NodeRow) -> Happening:
    """What happened at a checkpoint."""
    ref = row.node.ref
    facts = ref.facts
    if facts is None and (ref.store_metadata is None or not ref.store_metadata.label):
        name = given_name(ref)
        return UNREAD._replace(who=f"{name}: …") if name else UNREAD
    given = ref.store_metadata
    found = _from_store(row, given) if given is not None and given.label else _of_facts(row, facts)
    if not found.status and row.tip and ref.status == "open":
        found = found._replace(status="open")
    elif not found.status and row.node.fork:
        found = found._replace(status="fork")
    name = given_name(ref)
    return found._replace(who=f"{name} · {found.who.removeprefix('→ ')}" if found.who else name) if name else found


def _from_store(row: NodeRow, given: StoreMetadata) -> Happening:
    """The same where the store itself describes the step."""
    ref = row.node.ref
    facts = ref.facts
    gist = facts.gist if facts is not None else ""
    if facts is not None and facts.pending and ref.role == "waiting":
        return _waiting(facts)
    label = clean(given.label, 200)
    if ref.role == "final":
        return Happening("done", label.removesuffix("done").rstrip(" ·"), gist)
    if ref.role in ("edited", "forked", "failed"):
        return Happening(ref.role, label.removeprefix(ref.role).strip(), gist)
    if given.did:
        return Happening(clean(given.did, 20), f"→ {_names(given.ran or ())}", gist)
    return Happening("", label, gist)


def _of_facts(row: NodeRow, facts: Facts | None) -> Happening:
    if facts is None:
        return UNREAD
    role = row.node.ref.role
    if role == "waiting":
        return _waiting(facts)
    names = _names(facts.sources)
    if role == "entry":
        return Happening("entry", f"→ {names}", facts.gist)
    if role == "response":
        return Happening("answered", f"→ {names}", facts.gist)
    if role == "final":
        return Happening("done", "", facts.gist)
    return Happening("", names or ("joining" if facts.edges else "step"), facts.gist)


def _waiting(facts: Facts) -> Happening:
    """A checkpoint that waits: the executor, the question, and the number of answers where there are several."""
    number = f" {facts.pending}" if facts.pending > 1 else ""
    return Happening(f"waits{number}", ", ".join(shown_name(name, 40) for name in facts.askers[:2]), facts.gist)


def _names(sources: Sequence[str]) -> str:
    names = ", ".join(shown_name(source.removeprefix(INTERNAL), 40) for source in sources[:3])
    return names + (f" +{len(sources) - 3}" if len(sources) > 3 else "")


def summary(row: NodeRow) -> str:
    """What happened at a checkpoint on one line, with what is irregular about it."""
    found = happening(row)
    text = found.gist if found is UNREAD else found.text
    irregular = irregularities(row)
    return text + "".join(f" {sign}{words}" for sign, words in irregular) if irregular else text


def irregularities(row: NodeRow) -> list[tuple[str, str]]:
    """The irregularities of a checkpoint, the gravest first: a sign, and words about its place in the run."""
    node = row.node
    found = [("!", node.irregular)] if node.irregular else []
    if node.ref.note:
        found.append(("!", ""))
    if node.guessed:
        found.append(("~", "guessed parent"))
    return found


def when_text(row: NodeRow) -> str:
    """The time of a root, the time since the parent of any other; the day as it is where that cannot be true."""
    ref = row.node.ref
    if row.before and is_possible(row.before) and is_possible(ref.when):
        return ago_text(ref.when - row.before)
    return time_of_day(ref)


def run_name(run: Run) -> str:
    """A run's name, with its number where it has no id of its own."""
    number = own_number(run)
    return shown_name(run.workflow, 40) + (f" · run {number}" if number else "")


def own_number(run: Run) -> int:
    """The number of a run among those of its workflow; 0 where it has an id of its own and needs none."""
    given = run.nodes[0].ref.store_metadata
    return 0 if given is not None and given.run else run.number


def is_named(title: str, number: int, text: str) -> bool:
    """Whether the name of a run contains a text; upper case in the text makes it strict about case.

    Args:
        title: Its name.
        number: Its number among those of its name; 0 where it has an id of its own.
        text: The text: a part of the name, or of `name · run 12` with a part of the number.
    """
    has_number = number and any(map(str.isdigit, text))  # "run" alone would find every run
    shown = f"{title} · run {number}" if has_number else title
    return text in shown if text != text.lower() else text in shown.lower()


def run_title(run: Run, short: bool = False) -> tuple[str, str]:
    """A run's name, and its counts and times; `short` for a narrow list."""
    count = len(run.nodes)
    forks = sum(1 for node in run.nodes if node.fork)
    first = run.nodes[0].ref
    when = start_text(first)
    when = f"files of {when}" if has_file_time(first) else when
    number = own_number(run)
    parts = [f"run {number}", when] if number else [when]
    name = "└ " * run.level + run.workflow
    if run.above and not run.level:
        name += f" of {id_start(run.above)}"
    if short:
        parts.append(f"{count:,}")
        return shown_name(name, 40), " · ".join(parts) + (" · forked" if forks else "")
    shown = f"{count:,} of {run.whole:,}" if run.whole else f"{count:,}"
    parts.append(f"{shown} checkpoint{'' if (run.whole or count) == 1 else 's'}")
    if forks:
        parts.append(counted(forks, "fork"))
    if run.above and not run.level:
        parts.append("that run has no checkpoints")
    return shown_name(name, 60), " · ".join(parts)


def folded_texts(row: FoldedRow, whole: bool) -> tuple[str, str, str]:
    """The name of a folded run, the number of its checkpoints, and the time of the newest; `whole` with the year."""
    group = row.group
    name = f"{group.title} · run {row.number}" if row.number else group.title
    when = date_text(group.last)
    return clean(name, 60), f"{group.checkpoints:,}", when if whole or not group.last else when[5:]


def id_start(name: str) -> str:
    """The beginning of a random id, or a name that a person gave."""
    return name[:8] if _MADE_UP.compiled.match(name) else shown_name(name, 40)


def store_title(row: StoreRow) -> tuple[str, str]:
    """A store's name, and its counts."""
    runs = counted(row.runs, "run")
    return shown_name(row.name, 60), f"{runs} · {counted(row.checkpoints, 'checkpoint')}"
