"""Secrets of a JSON file that only the whole document shows, for views that go through it line by line."""

from __future__ import annotations

import json

from ckpt_tui.core.documents.json_cost import cost_of, excess
from ckpt_tui.core.redact import hidden_by_place
from ckpt_tui.core.secret_patterns import SecretPattern

LARGEST = 4_000_000
"""Bytes of the largest file that is read as a whole for secrets that only the whole document shows: 0.2 s."""


def hidden_texts(raw: bytes) -> frozenset[str]:
    """The texts of a JSON file that are secrets by their place in the document; none of one that is not JSON, or large.

    The data of a Secret of Kubernetes, a name and its value in a list of two, a value that stands before its name.
    """
    if len(raw) > LARGEST:
        return frozenset()
    text = raw.decode("utf-8", "surrogateescape")
    if not _STRUCTURED.compiled.search(text) or excess(cost_of(raw, text), len(raw)):
        return frozenset()
    try:
        document = json.loads(text, parse_int=str)  # of any length
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(text for text in hidden_by_place(document) if type(text) is str)


_STRUCTURED = SecretPattern(
    r'"kind"\s*:\s*"Secret"|"[vV]alue"\s*:|\[\s*"[^"\\]{1,60}"\s*,\s*"(?:[^"\\]|\\.)*+"\s*\]|"-----BEGIN'
    r'|"\$type"\s*:\s*"[^"]*(?:Secret(?:Str|Bytes|String)|Credential|NamedKey|Auth)"|"(?:[aA]uth|AUTH|netloc|userinfo|kty)"'
)
"""Signs of a file that may hold such secrets."""
