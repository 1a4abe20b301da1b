"""The lines of a file of JSON with secrets masked, whatever its layout and however it is damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

from ckpt_tui.core.redact import EVERYTHING, PLAIN, SECRET, secrecy
from ckpt_tui.core.secret_items import LOGINS, VALUES, is_any_login, names_secret, names_value
from ckpt_tui.core.secret_names import HINTS, KEYS_OF_SERVICES, any_of, begins_service, is_service
from ckpt_tui.core.secret_signs import maskers_for
from ckpt_tui.core.secret_texts import MASK, masked_text

_RAW_PART = (
    r'(?P<key>"(?:[^"\\]|\\.)*+")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*+(?:"|\Z))|(?P<open>[\[{])|(?P<close>[\]}])'
    r"|(?P<other>[^\s,:\[\]{}\"]+)"
)
"""A key; a text, which may be cut off; brackets; a number or a word."""

_RAW_MASK = f'"{MASK}"'
_WORDS_OF_JSON = frozenset(("true", "false", "null"))
_PICKLED = '"__pickled__"'

_SERVICE = -1
"""The secrecy of members of a service: only the one named `key` is a secret."""

_SHORTEST = 6
"""Characters of the shortest text with a secret in it."""


def masked_lines(lines: Iterable[str], hidden: frozenset[str] = frozenset()) -> Iterator[str]:
    """The lines of a JSON file with secrets masked, for people, whatever its layout; no longer JSON of the same values.

    What is masked is what `masked` masks, save what only the whole document shows: that two texts in a list are a name
    and its value, that the data of a Secret of Kubernetes are before its kind. `documents.structured_secrets` finds
    that.

    Args:
        lines: The lines.
        hidden: Texts that are masked wherever they are values.
    """
    mask = _RawMask(hidden)
    for line in lines:
        looked_at = mask.is_open or _raw_hint().search(line) or begins_service(line) or maskers_for(line)
        yield mask.line(line) if hidden or looked_at else line


@cache
def _raw_hint() -> re.Pattern[str]:
    """The pattern of lines that need to be parsed: a part of a name, or a name of other letters, escaped or not."""
    return re.compile(rf'(?i){any_of((*HINTS, "run_kwargs"))}|\\u|[^\x00-\x7f][^"\n]{{0,200}}"\s*:')


class _RawMask:
    """Masks the lines of a JSON file one by one, and keeps track of whether they are within a secret."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self._hidden = hidden
        self._open: list[int] = []  # how far each bracket that is open below a secret or a service holds one
        self._name = ""  # the last key
        self._due: int | None = None  # how far the value of the last key is a secret; None when no value is due
        self._is_pickle = False  # the value that is due is base64
        self._is_next = False  # the item before is an option, and this one its secret
        self._is_named = False  # a member before says that `value` is a secret

    @property
    def is_open(self) -> bool:
        """Whether the next line has to be parsed whatever it holds."""
        return bool(self._open or self._due or self._is_next or self._is_named)

    def line(self, text: str) -> str:
        """The next line, masked."""
        return re.sub(_RAW_PART, self._token, text)

    def _token(self, match: re.Match[str]) -> str:
        token, kind = match[0], match.lastgroup
        here = self._open[-1] if self._open else PLAIN
        is_next, self._is_next = self._is_next and kind == "text", False
        if kind in ("open", "close"):
            self._is_named = False
        if kind == "key":
            self._name = _name_of(token)
            is_key = here == _SERVICE and self._name in KEYS_OF_SERVICES
            self._due = (
                SECRET if is_key or (self._is_named and self._name in VALUES) else max(here, secrecy(self._name))
            )
            self._is_pickle = token == _PICKLED
            return token if len(token) < _SHORTEST else _masked_token(token)
        if kind == "close":
            self._open[-1:] = []
            self._due = None
            return token
        has_name = self._due is not None
        rank, self._due = max(here if self._due is None else self._due, PLAIN), None
        if kind == "open":
            if not rank and has_name and token[0] == "{" and is_service(self._name):
                rank = _SERVICE
            if rank or self._open:
                self._open.append(rank)
            return token
        if kind == "text":
            if self._hidden and not self._is_pickle and _text_of(token) in self._hidden:
                return _RAW_MASK
            is_auth = has_name and self._name in LOGINS and is_any_login(self._name, token[1:-1])
            if rank or is_auth or (is_next and not token.startswith('"-')):
                return _RAW_MASK if len(token) > 2 else token
            if has_name:
                self._is_named = self._is_named or names_value(self._name, token[1:-1])
            else:
                self._is_next = names_secret(token[1:-1])
            return token if self._is_pickle or len(token) < _SHORTEST else _masked_token(token)
        return _RAW_MASK if rank == EVERYTHING and token not in _WORDS_OF_JSON else token


def _text_of(token: str) -> str:
    """The text that a token of JSON spells."""
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token))
    except ValueError:  # cut off
        return token[1:]


def _masked_token(token: str) -> str:
    """A text of JSON, with its quotes, with the secrets in it masked."""
    if "\\" not in token:
        return masked_text(token)
    try:
        text = json.loads(token)
    except ValueError:  # cut off
        return masked_text(token)
    shown = masked_text(text)
    return token if shown == text else json.dumps(shown, ensure_ascii=False)


def _name_of(key: str) -> str:
    """The name that a key of JSON spells."""
    if "\\" not in key:
        return key[1:-1]
    try:
        return str(json.loads(key))
    except ValueError:
        return key[1:-1]
