"""Searches checkpoints for a text, one after the other, and yields matches as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ckpt_tui.actions.branch_checkpoints import Check, StoreQueries, stamps, unopened_parts
from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.find.finder import Finder
from ckpt_tui.core.find.question import Hit, Match, Matcher, Question, Spot, text_matcher
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.unread_files import Unread
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.value import Value
from ckpt_tui.errors import CkptError, UsageError

LIMIT = 10_000
"""Matches of one search; a longer list would not be read."""

REGEX_SECONDS = 0.5
"""Seconds that a regular expression may take for one text; nested repeats can take for ever."""

REGEX_PATIENCE = 10
"""Texts that took it too long before it is given up."""

_PARTS = ("messages", "state", "pending", "metadata")


class FindResult(NamedTuple):
    """The matches in one checkpoint, and the progress so far.

    Attributes:
        matches: Its matches.
        done: Checkpoints searched so far, this one included.
        total: Checkpoints to search.
        truncated: Not everything was searched, or not every match is reported.
        unread: The checkpoint could not be searched, and why.
        note: What to know about the search, as text for people, or "".
    """

    matches: tuple[Match, ...]
    done: int
    total: int
    truncated: bool = False
    unread: Unread | None = None
    note: str = ""


class TextSearches(StoreQueries):
    """Searches in one store; a repeated search reuses the matches of checkpoints whose content is the same."""

    def find(
        self, nodes: Sequence[Node], question: Question, limit: int = LIMIT, check: Check = None
    ) -> Iterator[FindResult]:
        """Search checkpoints in this order.

        Args:
            nodes: The checkpoints.
            question: What to find.
            limit: Matches reported altogether.
            check: Called now and then; whatever it raises is passed on.

        Raises:
            UsageError: the regular expression is not valid.
        """
        slow = _Slow()
        finder = Finder(question, _matcher(question, slow))
        left = limit
        total = len(nodes)
        for done, node in enumerate(nodes, 1):
            if check is not None:
                check()
            key = ("find", question, stamps(self._reader, [node])[0])
            known: tuple[Hit, ...] | None = self._answers.get(key)
            try:
                if known is None:
                    finder.cut = False
                    known = _take(finder.hits(self._parts(node, check), check), left + 1)
                    if not finder.cut and not slow.texts and len(known) <= left:
                        self._answers.put(key, known, 1 + len(known))
            except CkptError as error:
                yield FindResult((), done, total, unread=Unread(masked_name(node.ref.file), masked_name(error.what)))
                continue
            more = len(known) > left
            left -= len(known)
            matches = tuple(Match(node.ref, hit) for hit in known[: left + len(known) if more else None])
            yield FindResult(matches, done, total, more or finder.cut or bool(slow.texts), note=slow.note)
            if more or slow.texts >= REGEX_PATIENCE:
                return

    def _parts(self, node: Node, check: Check) -> dict[str, Value]:
        """The values of a checkpoint; nothing in them is decoded before it is searched."""
        if self._reader is not None and not node.ref.chain and node.ref.size <= LAZY_BYTES:
            parts = unopened_parts(self._reader.read(node.ref.file))
            if parts is not None:
                return parts
        checkpoint = self._store.load(node.ref.file, check)
        return {name: getattr(checkpoint, name) for name in _PARTS}


def _take(hits: Iterator[Hit], most: int) -> tuple[Hit, ...]:
    found = []
    for hit in hits:
        found.append(hit)
        if len(found) >= most:
            break
    return tuple(found)


class _Slow:
    """Texts that a regular expression took too long for."""

    def __init__(self) -> None:
        self.texts = 0

    @property
    def note(self) -> str:
        if not self.texts:
            return ""
        given_up = ", and was given up" if self.texts >= REGEX_PATIENCE else ""
        texts = "one text" if self.texts == 1 else f"{self.texts} texts"
        return f"the expression took more than {REGEX_SECONDS:g} s for {texts}{given_up}"


def _matcher(question: Question, slow: _Slow) -> Matcher:
    if not question.regex:
        return text_matcher(question.text)
    # The `re` module can be neither timed nor stopped, and lets no other thread run meanwhile.
    import regex

    try:
        flags = 0 if _has_upper(question.text) else regex.IGNORECASE
        search = regex.compile(question.text, flags).search
    except regex.error as error:
        raise UsageError(f"Not a regular expression: {error}.", "Leave --regex out to find the text itself.") from None

    def match(text: str) -> Spot | None:
        if slow.texts >= REGEX_PATIENCE:
            return None
        try:
            found = search(text, timeout=REGEX_SECONDS, concurrent=True)
        except TimeoutError:
            slow.texts += 1
            return None
        return None if found is None else found.span()

    return match


def _has_upper(pattern: str) -> bool:
    """Whether a pattern has an upper case letter that stands for itself and follows no backslash."""
    escaped = False
    for letter in pattern:
        if letter.isupper() and not escaped:
            return True
        escaped = letter == "\\" and not escaped
    return False
