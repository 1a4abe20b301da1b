"""Work that may be done for one document, shared by all stages that touch it: decoding, judging, writing, comparing.

Each stage has a bound of its own, but bounds add up. A budget is made once for a document and handed from stage to
stage; each takes from it what it uses, so that the whole stays below `DOCUMENT_WORK`, or below a limit in proportion to
the size of its file: a bomb is a small file that takes much work. The bytes of a pickle that is a flood of operations
do not raise the limit. A stage that leaves something out records it here, so that a view can say that the document is
incomplete, and how to get more.
"""

from __future__ import annotations

from ckpt_tui.core.budgets import (
    BYTE_WORK,
    DEFAULT_PICKLE,
    DENSE_PICKLE,
    DOCUMENT_WORK,
    ENVELOPE_WORK,
    LARGE_FILE,
    MESSAGE_WORK,
    MOST_WORK,
    NODE_WORK,
    OBJECT_WORK,
    OPCODE_WORK,
    PLACE_WORK,
    PickleBudget,
)

_DECODING = 0.5
"""The part of all work that decoding leaves to later stages: a value that cannot be shown was decoded in vain."""

_PLACES = 0.15
"""The part of all work that locating names in one pickle may take: places only make findings more exact."""

_WRITING = 0.35
"""The part of all work that locating names leaves to later stages."""

_MESSAGES = 0.08
"""The least part of all work for the search for messages: people read the conversation first."""

_OPCODES = 0.6
"""The part of what one pickle may take that its operations may take; the rest is for the objects they make."""

_TEXT_UNIT = 128
"""Characters of base64 read for one unit."""

_DENSE = 50_000
"""Operations of a pickle below which it does not matter how dense it is; an object counts for `OBJECT_WORK`."""

_LEAST = 100
"""Units without which no pickle is begun."""


class DocumentBudget:
    """Work left for one document.

    Args:
        factor: How many times the usual work is allowed (`show --limit`).
        pickle_factor: How many times the usual limits one pickle may take; the same unless given.

    Attributes:
        left: Units left; 0.1 to 0.3 µs each.
        is_cut: A stage left something out because of it.
        repeats: How many times the usual may be written again because it is shared.
    """

    __slots__ = (
        "_budget", "_budget_left", "_earned", "_reserve", "factor", "is_cut", "left", "pickle_factor", "repeats",
        "total",
    )  # fmt: skip

    def __init__(self, factor: float = 1, pickle_factor: float | None = None) -> None:
        self.factor = factor
        self.pickle_factor = factor if pickle_factor is None else pickle_factor
        self.total = self.left = int(DOCUMENT_WORK * factor)
        self._reserve = int(self.total * _DECODING)
        self._earned = 0.0
        self._budget: PickleBudget | None = None
        self._budget_left = 0
        self.is_cut = False
        self.repeats = max(factor, 1)

    def read(self, size: int) -> None:
        """Note that the document is in a file of so many bytes: a large one may take work in proportion."""
        self._earned = min(size * BYTE_WORK, MOST_WORK) * self.pickle_factor
        self._measure()
        self.repeats = max(self.factor, 1) * max(size / LARGE_FILE, 1)

    def _measure(self) -> None:
        total = max(int(self._earned), int(DOCUMENT_WORK * self.factor))
        self.left += total - self.total
        self.total = total
        self._reserve = int(total * _DECODING)
        self._budget = None

    def spend(self, units: int) -> None:
        """Note that so much work was done."""
        self.left -= units

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more is to be decoded."""
        return self.left - self._reserve < _LEAST

    # -- decoding ----------------------------------------------------------------------------------------------------

    def pickle(self) -> PickleBudget | None:
        """What the next pickle of the document may cost; None when nothing more is to be decoded."""
        if self.is_used_up:
            self.is_cut = True
            return None
        if self._budget is not None and self._budget_left - self.left < self.total >> 7:
            return self._budget  # near enough, and many pickles take less time than this
        self._budget_left = self.left
        units = self.left - self._reserve
        usual, factor = DEFAULT_PICKLE, self.pickle_factor
        size = usual.bytes if factor <= 1 else int(usual.bytes * factor)
        most_opcodes, most_objects = int(units * _OPCODES / OPCODE_WORK), int(units / (OBJECT_WORK + OPCODE_WORK))
        opcodes = min(int(usual.opcodes * factor), most_opcodes)
        objects = min(int(usual.objects * factor), most_objects)
        gap = usual.memo_gap if factor <= 1 else int(usual.memo_gap * factor)
        self._budget = PickleBudget(size, opcodes, objects, gap, most_opcodes=most_opcodes, most_objects=most_objects)
        return self._budget

    def spend_pickle(self, characters: int, opcodes: int = 0, objects: int = 0, end: int = 0) -> None:
        """Note that a pickle in so many characters of base64 was decoded, as far as byte `end`."""
        self.left -= ENVELOPE_WORK + characters // _TEXT_UNIT + int(opcodes * OPCODE_WORK) + objects * OBJECT_WORK
        if opcodes + objects * OBJECT_WORK > max(end * DENSE_PICKLE, _DENSE) and self._earned:
            self._earned -= characters * BYTE_WORK * self.pickle_factor
            self._measure()

    # -- later stages ------------------------------------------------------------------------------------------------

    def places(self) -> int:
        """Values of one pickle that may be looked at for the place of something."""
        return max(int(min(self.left - self.total * _WRITING, self.total * _PLACES)) // PLACE_WORK, 0)

    def messages(self) -> int:
        """Values that may be looked at for messages, in the measure of `core.reading.message_sources`."""
        return int(max(self.left, self.total * _MESSAGES)) // MESSAGE_WORK

    def nodes(self, part: float = 1) -> int:
        """Values that may be written, in the measure of `core.reading.to_json.to_json`: a share of what is left."""
        return max(int(self.left * part) // NODE_WORK, 0)

    def spend_nodes(self, count: int) -> None:
        """Note that so many values were written."""
        self.left -= count * NODE_WORK
