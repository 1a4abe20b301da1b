"""The facts of a checkpoint's body, counted by the layout of the framework's files without parsing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from ckpt_tui.core.model import MAX_NAMES, Facts

_LINE = 4096
"""Bytes of the beginning of a line that are kept together; a source's name is shorter."""

_SOURCE = rb'\n    ("(?:[^"\\]|\\.)*"): (..)'
_SECTIONS = (
    ("messages", rb'\n  "(messages)": '),
    ("state", rb'(?s)\n(?:  "(state)": |    ("(?:[^"\\]|\\.)*"): (..)| {6}[^ }\]])'),
    ("pending", rb'\n(?:  "(pending_request_info_events)": |    "_edge_state": (\{)\n)'),
    ("end", rb'(?s)\n(?:  "(iteration_count)": |' + _SOURCE[2:] + rb")"),
)
"""The parts of a file in their order: the patterns of each, first the key that begins the next part."""


def count_facts(blocks: Iterable[bytes]) -> Facts | None:
    """The facts counted in the framework's own layout, without parsing, of a file that comes in blocks.

    A raw line break cannot occur inside a JSON text, so a line that begins with so many spaces and a quote is a key.

    Returns:
        None when the layout is another.
    """
    part = count = waiting = 0
    edges = False
    sources: list[bytes] = []
    for data, end in _whole_lines(blocks):
        at = 0
        while part < len(_SECTIONS):
            found = re.compile(_SECTIONS[part][1]).search(data, at, end)
            if found is None:
                break
            at = found.end() - 1 if found[0].endswith(b"\n") else found.end()
            if found[1]:
                part += 1
            elif part == 1 and found[2] is None:
                count += 1
            elif part == 1:
                if found[3] != b"[]" and len(sources) < MAX_NAMES:
                    sources.append(found[2])
            elif part == 2:
                edges = True
            else:
                waiting += 1
    if part < len(_SECTIONS):
        return None
    try:
        names = tuple(json.loads(source) for source in sources)
    except ValueError:  # an escape or a byte that no text may hold
        return None
    return Facts(count, waiting, names, (), edges)


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """The blocks, cut so that the beginning of no line is torn: bytes, and where the last complete line ends."""
    rest = b""
    for block in blocks:
        data = rest + block
        cut = data.rfind(b"\n", len(data) - _LINE if len(data) > _LINE else 0)
        if cut < 0:
            cut = len(data)
        yield data, min(cut + 1, len(data))
        rest = data[cut:]
    yield rest, len(rest)
