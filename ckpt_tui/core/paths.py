"""Where a value stands: a tuple of steps, and its JMESPath over the JSON of `show`."""

from __future__ import annotations

import json
import re

Step = int | str
Path = tuple[Step, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)


def expression(path: Path) -> str:
    """The JMESPath of a place, `@` for the document itself.

    >>> expression(("state", "draft", "$items", 3, "no. 1"))
    'state.draft."$items"[3]."no. 1"'
    """
    text = ""
    for step in path:
        if type(step) is int:
            text += f"[{step}]"
        else:
            name = str(step)
            quoted = name if _PLAIN.match(name) else json.dumps(name)
            text += f".{quoted}" if text else quoted
    return text or "@"
