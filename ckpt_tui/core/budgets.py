"""Every limit of the decoder and of the walks over its values, in one place, each with its unit and reason."""

from typing import NamedTuple


class PickleBudget(NamedTuple):
    """What decoding one pickle may cost. A pickle past a limit is shown as far as it was read."""

    bytes: int = 64 * 1024 * 1024
    """Bytes of one pickle. The largest pickle seen from a real run is under 8 MB."""
    opcodes: int = 2_000_000
    """Operations run: about half a second, and far more than any real checkpoint holds in one pickle."""
    objects: int = 300_000
    """Containers, objects, classes and marks made: up to 200 bytes and 3 µs each, for one byte of input."""
    memo_gap: int = 100_000
    """Memo entries stored out of sequence. A real pickler numbers its memo without gaps."""
    text_integer: int = 2_500
    """Digits of an integer written as text. int() is quadratic and refuses more than 4300 digits."""
    binary_integer: int = 1_024
    """Bytes of a LONG4 integer: its decimal form has about 2500 digits."""
    class_name: int = 1_000
    """Characters of a class's module and name: they are in every object of the class, whatever its own size."""
    most_opcodes: int = 0
    most_objects: int = 0
    """As `opcodes` and `objects`, where that is more and the pickle is not a flood: it has at most `BYTE_OPCODES`
    and `BYTE_OBJECTS` for each byte read so far. A bomb is small, or one object a byte; an honest list may be long."""


DEFAULT_PICKLE = PickleBudget()

BYTE_OPCODES = 0.6
BYTE_OBJECTS = 0.1
"""Operations and objects for each byte of a pickle that is not a flood: a conversation has 0.2 and 0.02, short records
0.4 and 0.09."""

FURTHER = 8
"""The factor by which reading further raises the limits: few steps reach any size, and each takes a second or less."""

DOCUMENT_WORK = 2_000_000
"""Units of work for one document, all stages together (`ckpt_tui.core.document_budget`). A unit is 0.1 to 0.3 µs of
processor time, so all of it is at most about 0.7 s: several stages of half a second each would make a bomb
cost seconds."""

BYTE_WORK = 0.75
"""Units for each byte of a larger file, where that is more: a bomb is small and asks for much, while an honest large
file takes work in proportion. Conversations and rows of records take 0.3 to 0.6, dense pickles of records 1.4."""

DENSE_PICKLE = 0.9
"""Operations of a pickle for each of its bytes, an object counting for `OBJECT_WORK`, from which on it is a flood, and
its bytes allow nothing: a conversation has 0.25, records 0.75, one list, class or operation after the other 1 to 5."""

MOST_WORK = 150_000_000
"""Units for any file at all, about 20 s, and enough for an honest one of 200 MB: this, too, has to end."""

LARGE_FILE = 8 * 1024 * 1024
"""Bytes of a file from which on what is shared in it may be written more often in proportion."""

OPCODE_WORK = 0.6
OBJECT_WORK = 4
"""Units of an operation of a pickle, and of each object it makes besides."""

EXAMINED_WORK = 80
"""Units of a pickle whose names have to be judged, besides what is looked at in it."""

JUDGED_WORK = 1
"""Units of an object or container in it that is looked at for what it would do when it is loaded."""

PLACE_WORK = 16
"""Units of a value that is looked at for the place of a dangerous name."""

NODE_WORK = 4
"""Units of a value that is written as JSON: made into a document, masked, and made into text."""

MESSAGE_WORK = 20
"""Units of a value that is looked at for chat messages, or of one that is read as a part of them."""

JSON_NODES = 600_000
"""Values of one JSON document; containers count 3 to 8 more, long texts one for each `TEXT_NODE` characters. At most
a second, masking and writing it included; a budget for the whole document gives less."""

TEXT_NODE = 128
"""Characters of a long text that take as long to be written as one more value."""

INTEGER_NODE = 50_000
"""Digits squared of a long integer that take as long to be written as one more value: its text takes quadratic time."""

JSON_REPEATS = 100_000
"""Values written more than once because they are shared: a small pickle of shared references can ask for any number."""

JSON_DEPTH = 10_000
"""Levels of one JSON document made from a value; deeper levels are cut with a sign."""

SHOWN_DEPTH = 905
"""Levels of each part of a document of `show`: readers of JSON fail at 1,000, less what calls them. The deepest file
that the framework can read has about 900."""

INLINE_PICKLE = 256 * 1024
"""Characters of base64 that are decoded while drawing (about 10 ms); longer ones wait until they are unfolded."""

SUMMARY_CELLS = 240
"""Characters of a one-line summary; more would never be on the screen."""

GIST_CHARACTERS = 100
"""Characters of what a row of the list says about a value: more than a row has room for, kept for each checkpoint."""

GIST_SPAN = 16 * 1024
"""Characters of one value, with all that is in it, pickled or not, that are read for its row: half a millisecond.

It bounds a row by itself, so that the list needs no budget: a dozen values at most are read for one, and a pickle
of 12 KB holds no more operations than bytes. The densest twelve take 0.07 s; what is longer is not read.
"""

DIFF_NODES = 1_700_000
"""Scalars looked at by one diff; a container counts for ten to forty. At most about a second."""

DIFF_REPEATS = 40_000
"""The part of it for values that are shared and have been compared before."""

DIFF_CHANGES = 20_000
"""Changes that one diff lists."""

DIFF_LEVELS = 1_000
"""Levels that a diff goes down; what differs below is reported as one change."""

DIFF_BYTES = 4 * 1024 * 1024
"""Bytes of two files for which these limits hold; larger files may cost as many times more."""

SEARCH_NODES = 5_000_000
"""Nodes visited by one search in a value."""

JSON_MEMORY = 100_000_000
"""Bytes of memory that the values of one JSON document may take, estimated from its commas, names and brackets before
parsing (`core.documents.json_cost`): half a second at most."""

JSON_BYTE_MEMORY = 24
"""The same for each byte of a larger file: rows of small records take 13 to 21, a list of nothing but zeros 24, empty
objects 43. So whatever honest data a file holds is read, and a flood of brackets is not."""

MOST_JSON_MEMORY = 1_000_000_000
"""The same for any file at all. A larger one in the framework's own layout is read part by part, where it is looked
at; of any other, `--limit` allows as many times more."""

JSON_SPANS = 2_000_000
"""Members of one container that is read part by part."""

ENVELOPE_WORK = 120
"""Units of a pickle in a file, besides what is in it: its base64, a machine to run it, and what it is judged by."""

LAZY_BYTES = 8 * 1024 * 1024
"""Bytes of the largest file that is parsed as a whole: one call, during which no other thread runs, of about 80 ms."""

INLINE_SPAN = 32 * 1024
"""Bytes of JSON in a larger file that are parsed while drawing (about 0.5 ms, and 3 ms with the pickles in it)."""

READ_AT_ONCE = 1024 * 1024
"""Characters of a file that unfolding many values at once parses and decodes: about a tenth of a second."""


class MessageBudget(NamedTuple):
    """What decoding one MessagePack value may cost. One past a limit is shown as far as it was read."""

    bytes: int = 64 * 1024 * 1024
    """Bytes of one value: as many as of one pickle."""
    values: int = 2_000_000
    """Values of any kind: about a second."""
    objects: int = 300_000
    """Containers and extensions: up to 200 bytes each, for one byte of input."""
    depth: int = 1_024
    """Levels; LangGraph's own reader goes no deeper."""
    class_name: int = 1_000
    """Characters of a class's module and name: they are in every object of the class, whatever its own size."""


DEFAULT_MESSAGE = MessageBudget()
