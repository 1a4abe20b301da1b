"""Secrets in notations of their own: elements and attributes of XML, `.netrc`, keys of PuTTY, options of one letter."""

from __future__ import annotations

import re
from functools import cache

from ckpt_tui.core.secret_names import is_secret_key

SIGNS = ("</", "/>", "PuTTY-User-Key-File", " login ", "redis-cli ", "sshpass ", "mysql")
"""One of these is in a text that holds such a secret."""

_ELEMENT = r"<(?P<name>[A-Za-z][\w:.-]{0,60})(?:\s[^<>]{0,200})?>(?P<value>[^<>]{1,2000})</(?P=name)>"
_ATTRIBUTES = (
    r"\b(?:key|name)\s?=\s?(?P<quote>[\"'])(?P<name2>[\w:.-]{1,80})(?P=quote)\s{1,4}value\s?=\s?(?P=quote)"
    r"(?P<value2>[^\"'<>]{1,2000})(?P=quote)"
)
_NETRC = r"\blogin\s{1,4}\S{1,200}\s{1,4}(?:password|passwd)\s{1,4}(?P<netrc>[^\s\"'<>]{1,200})"
_PUTTY = r"Private-Lines: \d{1,4}\r?\n(?P<putty>(?:[A-Za-z0-9+/=]+(?:\r?\n|\Z)){1,200})"
_OPTIONS = (
    r"\b(?:redis-cli\b[^\n|;]{0,200}?\s-a\s?|sshpass\s-p\s?|mysql(?:dump|admin)?\b[^\n|;]{0,200}?\s-p)[\"']?"
    r"(?P<option>[^\s\"'$-][^\s\"']{0,200})"
)


@cache
def _all() -> re.Pattern[str]:
    return re.compile("|".join((_ELEMENT, _ATTRIBUTES, _NETRC, _PUTTY, _OPTIONS)))


def mask_notations(text: str, mask: str) -> str:
    """The text with the secrets in such notations replaced by a mask."""

    def masked(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        named = match["name"] or match["name2"]
        if named is not None:
            kind = "value" if match["name"] is not None else "value2"
            if not is_secret_key(named.rpartition(":")[2]):
                return match[0]
        value, begin = match[kind], match.start(kind) - match.start()
        if not value.strip() or value.startswith(("$", "{", "%", "#", mask)):
            return match[0]
        end = begin + len(value.rstrip("\r\n"))
        return f"{match[0][:begin]}{mask}{match[0][end:]}"

    return _all().sub(masked, text)
