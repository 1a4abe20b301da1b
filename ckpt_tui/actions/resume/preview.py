"""What a person sees before a workflow runs; the same on the screen and on the command line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ckpt_tui.actions.resume.command_lines import again, completed, unique_beginning
from ckpt_tui.actions.resume.plan import Plan
from ckpt_tui.core.langgraph_layout import START
from ckpt_tui.core.running.secret_lines import masked_copy, path_secrecy
from ckpt_tui.core.running.short_values import asks_in_words, brief, short_name
from ckpt_tui.core.terms import Terms, framework_terms
from ckpt_tui.core.text import clean, counted
from ckpt_tui.stores.place_trust import trust_lines

QUESTION = 300
"""Characters of a question."""

VALUE = 60
"""Characters of a value beside another."""


class PreviewLine(NamedTuple):
    """One line: a sign, what it says, what to do, and its tone (plain, dim, good, warn, error, key)."""

    sign: str
    text: str
    fix: str = ""
    tone: str = "plain"


def preview_lines(
    plan: Plan, lines: dict[str, dict[str, Any]], asked: bool = False, reveal: bool = False, to_paste: bool = False
) -> Iterator[PreviewLine]:
    """What a check found.

    Args:
        plan: What was checked.
        lines: The latest line of each kind that the runner wrote: hello, graph, check, error.
        asked: Whether requests are asked for in a form, so that how to answer them needs no words.
        reveal: Show the secrets of the checkpoint: those that are to be changed, and those of requests.
        to_paste: Give whole command lines as what to do.
    """
    words = _PreviewWords(plan, lines.get("check", {}), reveal, to_paste)
    hello, check = lines.get("hello", {}), lines.get("check", {})
    fault = lines.get("error")
    started = []
    if hello:
        where = f"{hello.get('executable')} · Python {hello.get('python')} · {_framework(hello)}"
        started.append(PreviewLine("▷", clean(where), tone="dim"))
    if fault is not None and not check:
        yield PreviewLine("✗", clean(str(fault.get("what"))), words.fix(fault), "error")
        yield from started
        return
    if not check:
        yield from started
        return
    if plan.source.store:
        for line in trust_lines(*_place(plan)):
            yield PreviewLine("!", line, "Resume it only when you know who wrote it.", "warn")
    # What matters most comes first: what hinders the run or is asked, what it does again, where it writes.
    wrong = [*_wrong(check, words, asked)]
    into = PreviewLine("●", f"new checkpoints go to {clean(plan.into)}", tone="plain")
    is_new = not plan.source.id
    is_graph = plan.source.thread is not None
    terms = framework_terms(plan.source.framework)
    again = [_beginning(lines.get("graph", {}), terms)] if is_new else _again(check, graph=is_graph)
    course = [*again, into, *_edits(check, reveal)]
    # A form shows what is asked: then it hinders nothing that has to be read first.
    is_answered_here = asked and all(each.get("about") == "pending" for each in _problems(check))
    is_hindered = not check.get("ok") and not is_answered_here
    yield from (*wrong, *course) if is_hindered else (*course, *wrong)
    yield from _while_resuming(check, terms.workflow)
    main = ", as the script it was" if check.get("main") and not is_new else ""
    yield PreviewLine("✓", clean(f"{check.get('target')} loads{main}: {check.get('file')}"), tone="good")
    if not is_new:
        about = {str(each.get("about")) for each in _problems(check)}
        yield from _good(lines.get("graph", {}), check, terms.executor, about)
    yield from started


def _framework(hello: dict[str, Any]) -> str:
    return f"{hello.get('name') or 'agent_framework'} {hello.get('framework')}"


def _place(plan: Plan) -> tuple[str, str]:
    """The directory and the file that the checkpoint is read from."""
    store = plan.source.store
    return (store, f"{plan.source.id}.json") if plan.source.thread is None else os.path.split(store)


def _problems(check: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in check.get("problems") or () if isinstance(each, dict)]


def _wrong(check: dict[str, Any], words: _PreviewWords, asked: bool) -> Iterator[PreviewLine]:
    """What hinders the run or may, and what is asked."""
    problems = _problems(check)
    together = blocked_types(check)
    fix = words.to_allow(together)
    for about, sign, tone in _TYPES:
        names = _to_allow(check, about)
        if names:
            yield PreviewLine(sign, clean(_blocked(problems, about, names)), fix, tone)
            fix = ""  # one option for each, said once
    rest = [each for each in problems if each.get("name") not in together]
    for number, each in enumerate(rest):
        following = rest[number + 1] if number + 1 < len(rest) else {}
        sign, tone = ("✗", "error") if each.get("level") == "error" else ("!", "warn")
        fix = "" if asked and each.get("about") == "pending" else words.fix(each)
        # A fix that several problems share is written once, after the last of them.
        fix = "" if following and fix == words.fix(following) else fix
        hint = "" if asked else words.hint(each)
        yield PreviewLine(sign, words.what(each), "" if hint else fix, tone)
        if hint:
            yield PreviewLine(" ", hint, fix, "dim")


def _edits(check: dict[str, Any], reveal: bool) -> Iterator[PreviewLine]:
    """What is changed before the run."""
    for edit in check.get("edits") or ():
        was = edit.get("before")
        was = was if reveal else masked_copy(was, path_secrecy(str(edit.get("path"))))
        if edit.get("dropped"):
            yield PreviewLine("±", clean(f"{edit.get('path')} is dropped: {brief(was, VALUE)}"), tone="key")
            continue
        before = "absent" if edit.get("absent") else brief(was, VALUE)
        yield PreviewLine("±", clean(f"{edit.get('path')}: {before} → {brief(edit.get('after'), VALUE)}"), tone="key")


class _PreviewWords:
    """What is wrong and what to do, for people: the question instead of its id, whole command lines.

    Args:
        plan: What was checked.
        check: What the check found.
        reveal: Show the secrets of requests.
        to_paste: Give whole command lines.
    """

    def __init__(self, plan: Plan, check: dict[str, Any], reveal: bool, to_paste: bool) -> None:
        self._plan, self._reveal, self._to_paste = plan, reveal, to_paste
        found = [each for each in check.get("requests") or () if isinstance(each, dict)]
        self._requests = {str(each.get("request_id")): each for each in found}
        self._open = [self._requests[name] for name in unanswered(check) if name in self._requests]

    def what(self, problem: dict[str, Any]) -> str:
        """What is wrong."""
        request = self._requests.get(str(problem.get("name"))) if problem.get("about") == "pending" else None
        if request is None:
            return clean(str(problem.get("what")))
        data = request.get("data")
        shown = {**request, "data": data if self._reveal else masked_copy(data)}
        return clean(f"{request.get('executor')} {asks_in_words(shown, QUESTION)}")

    def fix(self, problem: dict[str, Any]) -> str:
        """What to do about it."""
        fix = str(problem.get("fix") or "")
        if problem.get("about") == "pending":
            return clean(self._to_answer(fix))
        return clean(completed(self._plan, fix) if self._to_paste else fix)

    def _to_answer(self, fix: str) -> str:
        if not self._to_paste or not all("example" in each for each in self._open):
            return fix
        names = list(self._requests)
        open_names = {str(each["request_id"]) for each in self._open}
        # An answer to a request that does not wait would be refused again.
        kept = {
            given: answer
            for given, answer in self._plan.responses.items()
            if any(name.startswith(given) for name in names if name not in open_names)
        }
        return again(
            replace(self._plan, responses=kept),
            responses={unique_beginning(str(each["request_id"]), names): each["example"] for each in self._open},
        )

    def hint(self, problem: dict[str, Any]) -> str:
        """What the answer to a request looks like; "" for any other problem."""
        pending = problem.get("about") == "pending"
        return clean(str(self._requests.get(str(problem.get("name")), {}).get("hint") or "")) if pending else ""

    def to_allow(self, names: list[str]) -> str:
        """How types are allowed."""
        if self._to_paste and names:
            return clean(again(self._plan, names))
        return clean(" ".join(f"--allow {name}" for name in names))


def _while_resuming(check: dict[str, Any], word: str) -> Iterator[PreviewLine]:
    """What happened before the program came to its workflow; `word` is what the framework calls it."""
    passed = Counter(
        f"{each.get('workflow')} ({os.path.basename(str(each.get('file')))}:{each.get('line')})"
        for each in check.get("passed") or ()
    )
    for name, calls in passed.items():
        times = f", called {calls} times" if calls > 1 else ""
        what = f"{name} is another {word}{times}: it was not run; a stand-in is used as its result"
        yield PreviewLine("!", clean(what), tone="warn")
    count = check.get("protected")
    if isinstance(count, int) and count:
        times = f"{count} times " if count > 1 else ""
        yield PreviewLine("⊘", f"the program tried {times}to change the original store: prevented", tone="warn")


def _beginning(graph: dict[str, Any], terms: Terms) -> PreviewLine:
    """How a run begins that is not resumed."""
    count = len(graph.get("executors") or ())
    executors = f", {counted(count, terms.executor)}" if count else ""
    name, start = (
        clean(str(graph.get("name") or f"the {terms.workflow}"), 60),
        clean(str(graph.get("start") or "?"), 40),
    )
    return PreviewLine("→", f"{name}{executors}, begins at {start}", tone="plain")


def _good(graph: dict[str, Any], check: dict[str, Any], word: str, about: set[str]) -> Iterator[PreviewLine]:
    if "graph" not in about:
        count = len(graph.get("executors") or ())
        names = f": {counted(count, word)}" if count else ""
        yield PreviewLine("✓", f"the graph is the checkpoint's{names}", tone="good")
    types = check.get("types") or ()
    if "type" not in about and types:
        yield PreviewLine("✓", f"{counted(len(types), 'type')} can be imported and loaded", tone="good")


def _again(check: dict[str, Any], graph: bool) -> Iterator[PreviewLine]:
    """What runs first; `graph` says that it is one of LangGraph, whose executors are nodes."""
    word = "node" if graph else "executor"
    found = [each for each in check.get("again") or () if isinstance(each, dict)]
    if not found and check.get("ok"):
        what = f"no {word} runs until a request is answered" if unanswered(check) else f"no {word} runs"
        more = "" if graph else ", and one more empty checkpoint is written"
        text = what if graph and unanswered(check) else f"nothing is in flight: {what}{more}"
        yield PreviewLine("!", text, tone="warn")
        return
    for each in found:
        to = ", ".join(str(name) for name in each.get("to") or ()) or "?"
        origin = str(each.get("from")).removeprefix("internal:")
        kind = short_name(str(each.get("type")))
        answered = origin.removeprefix("answer ") if graph else origin
        more = f"from {origin}" if answered == origin else f"and the answer to {unique_beginning(answered, [])}"
        does = "the graph begins" if to == START else f"{to} runs"
        yield PreviewLine("→", clean(f"{does} with {kind} {more}"), tone="plain")
    if found:
        yield PreviewLine(" ", f"{word}s that run again repeat their effects, such as tool calls", tone="dim")


_TYPES = (("type", "✗", "error"), ("save", "!", "warn"))
"""Types that are not allowed: what they are about (the checkpoint, those to come), the sign, the tone."""


def _blocked(problems: list[dict[str, Any]], about: str, names: list[str]) -> str:
    """What is reported of types that are not allowed, of several at once."""
    what = str(next(each.get("what") for each in problems if each.get("about") == about and each["name"] == names[0]))
    if len(names) == 1:
        return what
    return f"{len(names)} types are{what.removeprefix(f'{names[0]} is')}: {', '.join(names)}"


def blocked_types(check: dict[str, Any]) -> list[str]:
    """Types that a check found and that a person may allow: those it holds, and those that are to come."""
    return [name for about, _, _ in _TYPES for name in _to_allow(check, about)]


def _to_allow(check: dict[str, Any], about: str) -> list[str]:
    problems = (each for each in check.get("problems") or () if each.get("about") == about)
    return [str(each.get("name")) for each in problems if str(each.get("fix", "")).startswith("--allow ")]


def unanswered(check: dict[str, Any]) -> list[str]:
    """Ids of requests for which no answer is given."""
    return [str(each.get("name")) for each in check.get("problems") or () if each.get("about") == "pending"]
