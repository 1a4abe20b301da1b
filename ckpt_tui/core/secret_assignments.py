"""Secrets that a text gives a name: `NAME=value`, `"name": "value"`, `Authorization: …`, `the password is: …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ckpt_tui.core.secret_foreign_names import LAST_WORDS, name_at_end
from ckpt_tui.core.secret_names import HINTS, PARAMETERS, any_of, is_compound, is_secret_key, is_secret_parameter
from ckpt_tui.core.secret_notations import is_last_word, is_login, name_said_before
from ckpt_tui.core.secret_patterns import MASK, MOST_SECRETS, NO_VALUE, LatePattern, withheld

SIGNS = ("=", ":", "：")
"""One of these is in a text that gives a secret a name."""

_NO_BEGINNING = "0123456789.-"
"""Characters with which no name begins."""

_LEFT = 84
"""Characters before a sign that may hold the name that is given a value."""

_QUOTE = LatePattern(r"\\*[\"']")
_QUOTES = "\\\"'"
"""With which of these what `_QUOTE` matches begins."""
_BARE = LatePattern(r"[^\s;,&\"'<>)}\]|]+")
_TO_SEMICOLON = LatePattern(r"[^;\r\n\"']{1,512}")
_PARAMETER = LatePattern(r"[^&\s#\"'<>]+")
_BRACED = LatePattern(r"\{([^{}\r\n]{1,200})\}")
_DIGEST = LatePattern(r"[^\r\n]+")
_HEADER = LatePattern(r"[^\r\n\"']+")
_FIRST_OF_NO_VALUE = frozenset("ntfuogpescNTFUOGPESC%[$<{(")
_LONG_HEADERS = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))


@cache
def _given(flags: int = 0) -> re.Pattern[str]:
    """A sign with a part of a secret's name before it, in lower case: of ten signs in a text, nine follow others."""
    hint = any_of((*HINTS, *PARAMETERS, *(word for word in LAST_WORDS if word.isascii())))
    said = r"(?:[\"']? (?:is|was|ist|should be|will be)(?: now)?)?"
    return re.compile(
        rf"(?:{hint}|[^\x00-\x7f])[\w.\-]{{0,{_LEFT}}}+{said}[\\\"' ]{{0,{_LEFT}}}+[=:：](?![=>:/])", flags
    )


def count_given(text: str) -> int:
    """How many signs of a text give a value to what may be the name of a secret: each of them is looked at closely."""
    return sum(1 for _ in _signs(text))


def _signs(text: str) -> Iterator[re.Match[str]]:
    low = text.lower()  # a pattern for both cases takes six times as long
    return _given().finditer(low) if len(low) == len(text) else _given(re.IGNORECASE).finditer(text)


def mask_named_values(text: str) -> str:
    """Mask the values that are given to names of secrets."""
    out: list[str] = []
    done = 0
    for match in _signs(text):
        at = match.end() - 1
        if at < done:
            continue
        if len(out) > 2 * MOST_SECRETS:
            return "".join((*out, withheld(len(text) - done)))
        left = text[max(at - _LEFT, 0) : at].rstrip("\\\"' ")
        said = name_said_before(left) if text[at] != "=" else None
        left = left if said is None else left[:said]
        name = name_at_end(left).lstrip(_NO_BEGINNING)
        if not name:
            continue
        span = _value_span(text, name, at, left[: -len(name)], said is not None)
        if span is not None:
            out += (text[done : span[0]], MASK)
            done = span[1]
    return "".join((*out, text[done:])) if out else text


def _value_span(text: str, name: str, at: int, left: str, in_sentence: bool = False) -> tuple[int, int] | None:
    """Where the secret is that a name is given by the sign at a position; None where there is none.

    Args:
        text: The whole text.
        name: The name.
        at: Where the sign is.
        left: The characters before the name.
        in_sentence: A sentence gives the value, such as "the password is: …".
    """
    sign = "=" if text[at] == "=" else ":"
    in_query = sign == "=" and left.endswith(("?", "&"))
    is_auth = name == "auth" and sign == ":"
    is_named = is_secret_key(name) or _is_named_in_words(name, left) or (in_query and is_secret_parameter(name))
    if not is_named and not is_auth:
        return None
    start = at + 1
    while text[start : start + 1] in (" ", "\t") and start < at + 4:
        start += 1
    first = text[start : start + 1]
    if first in _QUOTES and first and (quote := _QUOTE.known.match(text, start)) is not None:
        end = text.find(quote[0], quote.end())
        end = len(text) if end < 0 else end
        value = text[quote.end() : end]
        if not value or NO_VALUE.known.match(value) or (value.isalpha() and _is_word_of_model(text, name, at, left)):
            return None
        return (quote.end(), end) if is_named or is_login(value) else None
    if not is_named:
        return None
    braced = _BRACED.known.match(text, start) if first == "{" and sign == "=" else None
    if braced is not None and _looks_random(braced[1]) and _is_in_connection(text, left, start):
        return braced.span(1)  # ODBC: PWD={…}
    if (first in _FIRST_OF_NO_VALUE or first > "\x7f") and NO_VALUE.known.match(text, start):
        return None
    is_header = name.lower() in _LONG_HEADERS
    if in_query:
        found = _PARAMETER.known.match(text, start)
    elif is_header:
        found = (_DIGEST if text[start : start + 7].lower() == "digest " else _HEADER).known.match(text, start)
    elif sign == "=" and _is_in_connection(text, left, start):
        found = _TO_SEMICOLON.known.match(text, start)
    else:
        found = _BARE.known.match(text, start)
    value = found[0].rstrip(" .") if found is not None else ""
    if not value or value.endswith(("(", "()")):
        return None  # nothing, or a call in a program
    if in_sentence and is_last_word(text, start + len(value)):
        return start, start + len(value)
    if sign == ":" and not is_header and not _looks_random(value) and not is_compound(name):
        return None  # "Password: at least eight characters"
    return start, start + len(value)


def _is_word_of_model(text: str, name: str, at: int, left: str) -> bool:
    """Whether a sentence speaks of a token that a model writes: `reply with one token: 'YES'`."""
    is_bare = text[at] == ":" and text[at - 1] == name[-1]
    return is_bare and name.lower() == "token" and left.lower().endswith(_BEFORE_WORD_OF_MODEL)


_LAST_WORDS = frozenset(("key", "string", "signature", "token", *LAST_WORDS))


def _is_named_in_words(name: str, left: str) -> bool:
    """Whether the word before makes it the name of a secret: `Shared Access Key=…`."""
    if name.lower() not in _LAST_WORDS:
        return False
    words = left.replace("\n", ";").rpartition(";")[2]
    return words.endswith(" ") and is_secret_key(f"{words.strip().replace(' ', '_')}_{name}")


def _is_in_connection(text: str, left: str, value: int) -> bool:
    """Whether a pair is in a list of pairs with semicolons."""
    if left.rstrip(" ").endswith(";"):
        return True
    if text.find(";", value, value + 513) < 0:  # as far as the pattern reaches
        return False
    end = _TO_SEMICOLON.known.match(text, value)
    rest = text[end.end() : end.end() + 60] if end is not None else ""
    return rest == ";" or re.match(r";\s?[A-Za-z][\w .-]{0,50}=", rest) is not None


def _looks_random(value: str) -> bool:
    return len(value) >= 4 and any(not char.isalpha() for char in value) and not value.endswith(":")


_BEFORE_WORD_OF_MODEL = (" one ", " single ", " special ", " stop ", " next ", " first ", " last ", " end ")
"""What a sentence says before a token that a model writes."""
