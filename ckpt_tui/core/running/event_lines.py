"""Lines of a run as people read them: time, executor, step, and one line of what it is about."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from ckpt_tui.core.reading.framework_text import asks, in_words
from ckpt_tui.core.text import clean
from ckpt_tui.core.times import is_possible, parse_time

SIGNS = {
    "started": "▷", "superstep_started": "┌", "superstep_completed": "└", "executor_invoked": "→",
    "executor_completed": "✓", "executor_failed": "✗", "executor_bypassed": "↷", "output": "◆", "intermediate": "◇",
    "data": "◇", "request_info": "?", "failed": "✗", "warning": "!", "error": "✗", "status": "·", "checkpoint": "●",
    "checkpoint_failed": "✗", "log": " ", "end": "■", "hello": "▷", "graph": " ", "check": " ", "waiting": "‖",
    "paused": "‖", "edited": "±", "resumed": "▷",
    "answered": "↩", "protected": "⊘", "breakpoint": "‖", "breakpoint_end": "▷", "debugpy": "·",
}  # fmt: skip
"""One sign a kind of line, or of event."""

SUMMARY_CHARACTERS = 600
"""Characters of a line's text: the widest terminals, and what a filter finds."""


class Line(NamedTuple):
    """One line of a run, for people.

    Attributes:
        kind: The line's kind; for an event, its type.
        clock: Local time of day, `HH:MM:SS.mmm`.
        step: The superstep, or "".
        who: The executor or logger, or "".
        text: What it is about, on one line, safe for a terminal.
        tone: plain, dim, good, warn, error, key.
    """

    kind: str
    clock: str
    step: str
    who: str
    text: str
    tone: str

    @property
    def sign(self) -> str:
        """The sign of its kind."""
        return SIGNS.get(self.kind, "·")


def parse_line(raw: bytes) -> dict[str, Any]:
    """The document of a line; a line that is not a JSON object becomes a log line."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return {"kind": "log", "text": raw.decode("utf-8", "backslashreplace")}
    return found


def line_of(document: dict[str, Any]) -> Line:
    """The line of a document, for people."""
    kind = str(document.get("kind", ""))
    clock = clock_of(str(document.get("t", "")))
    step = document.get("iteration")
    steps = str(step) if isinstance(step, int) else ""
    if kind == "event":
        return _event(document, clock, steps)
    who, text, tone = _OTHERS.get(kind, _other)(document)
    return Line(kind, clock, steps, clean(who, 40), clean(text, SUMMARY_CHARACTERS), tone)


def clock_of(stamp: str) -> str:
    """Local time of day of a UTC stamp, with milliseconds; its day where that cannot be true; "" for no date."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return ""
    if not is_possible(parse_time(stamp)):
        return stamp[:10]
    return moment.astimezone().strftime("%H:%M:%S.%f")[:12]


_TONES = {
    "executor_failed": "error", "failed": "error", "error": "error", "warning": "warn", "request_info": "warn",
    "output": "good", "intermediate": "plain", "executor_invoked": "plain", "executor_completed": "plain",
}  # fmt: skip


def _event(document: dict[str, Any], clock: str, step: str) -> Line:
    kind = str(document.get("type", "?"))
    who = document.get("executor_id") or ""
    parts = []
    if document.get("state"):
        parts.append(str(document["state"]).lower().replace("_", " "))
    details = document.get("details")
    if isinstance(details, dict):
        parts.append(f"{details.get('error_type')}: {details.get('message')}{place_text(document)}")
    if kind == "request_info":
        parts.append(asks_in_words(document))
    elif document.get("data") is not None:
        parts.append(brief(document["data"]))
    spent = spent_text(document)
    if spent:
        parts.insert(0, spent)
    words = "" if kind == "request_info" else kind.replace("_", " ").removeprefix("executor ")
    text = " ".join(parts if kind == "status" or not words else [words, *parts])
    return Line(kind, clock, step, clean(str(who), 40), clean(text, SUMMARY_CHARACTERS), _TONES.get(kind, "dim"))


def spent_text(document: dict[str, Any]) -> str:
    """What a call took, of the event that ends it: `0.71 s · 466 + 82 tokens ·`; "" where the event does not say."""
    seconds, tokens = document.get("seconds"), document.get("tokens")
    if not isinstance(seconds, (int, float)):
        return ""
    parts = [f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"]
    if isinstance(tokens, dict):
        counts = [f"{tokens[name]:,}" for name in ("input", "output") if isinstance(tokens.get(name), int)]
        total = tokens.get("total")
        parts.append(f"{' + '.join(counts) if counts else f'{total:,}' if isinstance(total, int) else '?'} tokens")
    return f"{' · '.join(parts)} ·"


def place_text(document: dict[str, Any]) -> str:
    """Where in the person's code it failed, ` at app.py:12`; "" where the line does not say."""
    file, line = document.get("file"), document.get("line")
    if not isinstance(file, str) or not isinstance(line, int):
        return ""
    return f" at {clean(file.replace(chr(92), '/').rpartition('/')[2], 40)}:{line}"


def _hello(document: dict[str, Any]) -> tuple[str, str, str]:
    text = f"Python {document.get('python')}, agent_framework {document.get('framework')}, {document.get('executable')}"
    return "", text, "dim"


def _graph(document: dict[str, Any]) -> tuple[str, str, str]:
    names = list(document.get("executors") or ())
    return "", f"{document.get('name')}: {len(names)} executors: {', '.join(names[:12])}", "dim"


def _check(document: dict[str, Any]) -> tuple[str, str, str]:
    problems = document.get("problems") or []
    errors = sum(1 for each in problems if each.get("level") == "error")
    if errors:
        return "", f"cannot be resumed: {errors} problem{'' if errors == 1 else 's'}", "error"
    remarks = f", {len(problems)} remark{'' if len(problems) == 1 else 's'}" if problems else ""
    return "", f"ready{remarks}", "good"


def _checkpoint(document: dict[str, Any]) -> tuple[str, str, str]:
    parent = str(document.get("parent") or "none")
    waiting = f", {document['pending']} waiting" if document.get("pending") else ""
    return "", f"checkpoint {str(document.get('id'))[:8]} after {parent[:8]}{waiting}", "key"


def _checkpoint_failed(document: dict[str, Any]) -> tuple[str, str, str]:
    fix = f" → {document['fix']}" if document.get("fix") else ""
    return "", f"CHECKPOINT NOT SAVED: {document.get('reason')}{fix}", "error"


def _log(document: dict[str, Any]) -> tuple[str, str, str]:
    level = document.get("level")
    tone = {"WARNING": "warn", "ERROR": "error", "CRITICAL": "error"}.get(str(level), "plain")
    prefix = f"{str(level).lower()}: " if level else ""
    who = document.get("executor_id") or document.get("logger") or "print"
    return str(who), prefix + str(document.get("text", "")), tone


def _error(document: dict[str, Any]) -> tuple[str, str, str]:
    fix = f" → {document['fix']}" if document.get("fix") else ""
    return "", f"{document.get('what')}{place_text(document)}{fix}", "error"


_ACTIONS = {
    **dict.fromkeys(("remove", "unlink", "os.remove"), "delete"), **dict.fromkeys(("rmdir", "os.rmdir"), "delete"),
    **dict.fromkeys(("rmtree", "shutil.rmtree"), "delete"),
    **dict.fromkeys(("rename", "replace", "move", "os.rename", "shutil.move"), "rename or replace"),
    **dict.fromkeys(("mkdir", "mkfifo", "mknod", "link", "symlink", "os.mkdir", "os.link", "os.symlink"), "create"),
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"), "start a program on"),
    **dict.fromkeys(("write", "open", "truncate", "os.truncate", "sqlite3.connect"), "write to"),
}  # fmt: skip
"""What a function or an audit event would do to the original store, in a word; any other would change it."""


def _protected(document: dict[str, Any]) -> tuple[str, str, str]:
    what = _ACTIONS.get(str(document.get("action")), "change")
    count = document.get("count")
    path = f"{count} files of the store" if isinstance(count, int) and count > 1 else str(document.get("path"))
    where = f", at {document['file']}:{document.get('line')}" if document.get("file") else ""
    return "", f"not done: the program would {what} {path}{where}", "warn"


def _answered(document: dict[str, Any]) -> tuple[str, str, str]:
    count = len(document.get("request_ids") or ())
    return "", f"goes on with {count} answer{'' if count == 1 else 's'}", "good"


def _waiting(document: dict[str, Any]) -> tuple[str, str, str]:
    found = [each for each in document.get("requests") or () if isinstance(each, dict)]
    asked = "; ".join(f"{each.get('executor')} {asks_in_words(each)}" for each in found)
    return "", f"waits for {len(found)} answer{'' if len(found) == 1 else 's'}: {asked}", "warn"


def pause_text(paused: dict[str, Any]) -> str:
    """Where a run is paused and why, in words: of a line `paused`."""
    spec = paused.get("breakpoint")
    why = f" · {clean(str(spec), 40)}" if spec else ""
    if paused.get("executor"):
        return f"paused before {clean(str(paused['executor']), 30)}{why}"
    if paused.get("reason") == "error":
        return f"paused after an error: {clean(str(paused.get('what') or ''), 60)}"
    names = [clean(str(each), 20) for each in paused.get("next") or ()]
    then = f" · next {', '.join(names[:4])}{' …' if len(names) > 4 else ''}" if names else ""
    return f"paused after step {paused.get('iteration')}{then}{why}"


def _paused(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", pause_text(document), "key"


def _breakpoint(document: dict[str, Any]) -> tuple[str, str, str]:
    return str(document.get("executor_id") or ""), f"breakpoint(){place_text(document)}", "key"


def _breakpoint_end(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", f"goes on{place_text(document)}", "dim"


def _debugpy(document: dict[str, Any]) -> tuple[str, str, str]:
    where = f"{document.get('host')}:{document.get('port')}"
    if document.get("attached"):
        return "", f"an editor is attached at {where}", "good"
    return "", f"debugpy listens at {where}: the workflow begins once an editor is attached", "key"


def _edited(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", f"{document.get('path')} = {brief(document.get('value'))} when the run goes on", "key"


def _resumed(document: dict[str, Any]) -> tuple[str, str, str]:
    count = len(document.get("edits") or ())
    changed = f" with {count} change{'' if count == 1 else 's'}" if count else ""
    return "", f"resumed from {str(document.get('checkpoint'))[:8]}{changed}", "key"


OUTCOMES = {
    "done": "done", "checked": "checked", "waiting": "stopped: it waits for answers", "refused": "not run",
    "failed": "failed", "stopped": "stopped", "died": "died",
}  # fmt: skip
"""How a run ended, in words."""


def _end(document: dict[str, Any]) -> tuple[str, str, str]:
    outcome = str(document.get("outcome"))
    count, unsaved = document.get("checkpoints"), document.get("unsaved")
    written = f", {count} checkpoint{'' if count == 1 else 's'} written" if count is not None else ""
    lost = f", {unsaved} NOT SAVED" if unsaved else ""
    text = OUTCOMES.get(outcome, outcome) + written + lost
    if unsaved:
        return "", text, "warn" if count else "error"
    return "", text, {"done": "good", "checked": "good", "waiting": "warn", "stopped": "warn"}.get(outcome, "error")


def _other(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", brief(document), "dim"


_OTHERS = {
    "hello": _hello, "graph": _graph, "check": _check, "checkpoint": _checkpoint, "log": _log, "error": _error,
    "checkpoint_failed": _checkpoint_failed, "waiting": _waiting, "answered": _answered, "end": _end,
    "protected": _protected, "breakpoint": _breakpoint, "breakpoint_end": _breakpoint_end, "debugpy": _debugpy,
    "paused": _paused, "edited": _edited, "resumed": _resumed,
}  # fmt: skip


def asked_for(request: dict[str, Any]) -> str:
    """What a request asks: `for Verdict`, `to call refund`."""
    return asks(request) or f"for {short_name(str(request.get('response_type', '?')))}"


def asks_in_words(request: dict[str, Any], limit: int = SUMMARY_CHARACTERS) -> str:
    """What a request asks and the question itself: `asks for Verdict: publish? · draft=Draft(title="Tea")`."""
    found = question(request.get("data"), limit)
    return f"asks {asked_for(request)}: {found}" if found else f"asks {asked_for(request)}"


_QUESTIONS = (
    "question", "prompt", "message", "ask", "query", "text", "title", "instruction", "instructions", "description",
)  # fmt: skip
"""Members of a request whose text is the question, the likeliest first."""


def question(data: Any, limit: int = SUMMARY_CHARACTERS) -> str:
    """The question of what a request holds, on one line: its text first, then what else it holds."""
    if data is None:
        return ""
    if isinstance(data, dict) and not in_words(data):
        for name in _QUESTIONS:
            text = data.get(name)
            if isinstance(text, str) and text.strip():
                rest = {key: item for key, item in data.items() if key not in (name, "$type") and item is not None}
                others = brief(rest, max(limit - len(text), 20))[1:-1] if rest else ""
                return f"{text} · {others}" if others else text
    return brief(data, limit)


def short_name(name: str) -> str:
    """A type's name without its modules: `list[Message]` of `list[agent_framework._types:Message]`."""
    out, word = [], ""
    for char in name + "\0":
        if char.isalnum() or char in "._:":
            word += char
            continue
        out.append(word.rpartition(":")[2].rpartition(".")[2])
        out.append(char)
        word = ""
    return "".join(out)[:-1]


def brief(document: Any, limit: int = SUMMARY_CHARACTERS) -> str:
    """A value on one line, of its JSON: `Draft(title="Hello", score=0.8)`."""
    out: list[str] = []
    _brief(document, out, [limit], 0)
    text = "".join(out)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _brief(document: Any, out: list[str], left: list[int], depth: int) -> None:
    if left[0] <= 0:
        return
    if isinstance(document, str):
        # At the top a text speaks for itself; within something its end must be seen.
        piece = document[: left[0] + 1] if depth == 0 else json.dumps(document[: left[0] + 1], ensure_ascii=False)
    elif isinstance(document, list):
        _members("[", "]", [("", item) for item in document[:200]], out, left, depth)
        return
    elif isinstance(document, dict):
        _object(document, out, left, depth)
        return
    else:
        piece = json.dumps(document)
    out.append(piece)
    left[0] -= len(piece)


def _object(document: dict[str, Any], out: list[str], left: list[int], depth: int) -> None:
    kind = document.get("$type")
    words = in_words(document)
    if words:
        out.append(words[: left[0] + 1])
        left[0] -= len(out[-1])
    elif "$error" in document:
        out.append(f"<{document['$error']}>")
        left[0] -= 20
    elif not isinstance(kind, str):
        _members("{", "}", [(f"{key}: ", item) for key, item in document.items()], out, left, depth)
    elif "$value" in document:
        value = document["$value"]
        out.append(short_name(str(value)) if kind == "type" else f"{short_name(kind)}({value})")
        left[0] -= len(out[-1])
    else:
        shown = [(f"{key}=", item) for key, item in document.items() if not key.startswith("$") and item is not None]
        for key in ("$items", "$entries", "$args"):
            found = document.get(key)
            shown += [("", item) for item in found] if isinstance(found, list) else []
        name = "" if kind == "builtins:tuple" else short_name(kind)
        left[0] -= len(name)
        _members(f"{name}(", ")", shown, out, left, depth)


def _members(begin: str, end: str, pairs: list[tuple[str, Any]], out: list[str], left: list[int], depth: int) -> None:
    out.append(begin)
    for index, (label, item) in enumerate(pairs):
        if left[0] <= 0 or depth > 20:
            out.append("…")
            break
        out.append(", " + label if index else label)
        left[0] -= len(label) + 2
        _brief(item, out, left, depth + 1)
    out.append(end)
