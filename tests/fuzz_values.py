"""What is done with every decoded value of the fuzz run."""

import json

from ckpt_tui.core.json_text import pieces
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import masked
from ckpt_tui.core.text import unsafe
from ckpt_tui.core.value import Value

NODES = 5_000


def check_shown(value: Value) -> None:
    """Write a value as JSON, mask it and preview it; fails where a terminal would obey something."""
    document = masked(to_json(value, nodes=NODES, depth=200, repeats=NODES // 5))
    json.dumps(document, allow_nan=False)
    written = "".join(pieces(document))
    assert not unsafe().search(written.replace("\n", "")), "JSON that a terminal would obey"
    assert not unsafe().search(summary(value)), "a preview that a terminal would obey"
