"""Secrets assigned to names in texts: `NAME=value`, `"name": "value"`, `Authorization: …`, `the password is: …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ckpt_tui.core.secret_foreign_names import LAST_WORDS, name_at_end
from ckpt_tui.core.secret_names import (
    HINTS,
    PARAMETERS,
    AnyOf,
    any_of,
    is_compound,
    is_secret_key,
    is_secret_parameter,
    may_be_number,
)
from ckpt_tui.core.secret_notations import is_last_word, is_login, is_plain_login, name_said_before
from ckpt_tui.core.secret_patterns import MASK, MOST_SECRETS, NO_VALUE, SecretPattern, withheld

SIGNS = ("=", ":", "：")
"""Signs, one of which is in each text that assigns a secret to a name."""

_NO_BEGINNING = "0123456789.-"
"""Characters with which no name begins."""

_LEFT = 84
"""Characters before a sign that may hold the name that is given a value."""

_QUOTE = SecretPattern(r"\\*[\"']")
_QUOTES = "\\\"'"
"""With which of these what `_QUOTE` matches begins."""
_BARE = SecretPattern(r"[^\s;,&\"'<>)}\]|]+")
_TO_SEMICOLON = SecretPattern(r"[^;\r\n\"']{1,512}")
_PARAMETER = SecretPattern(r"[^&\s#\"'<>]+")
_BRACED = SecretPattern(r"\{((?:[^{}\r\n]|\}\}){1,200})\}(?!\})")
_BLOCK = SecretPattern(r"[|>][+-]?[ \t]*\r?\n[ \t]+(?P<block>\S[^\n]*(?:\n[ \t]+\S[^\n]*){0,200})")
"""The lines of a text in YAML."""
_DIGEST = SecretPattern(r"[^\r\n]+")
_HEADER = SecretPattern(r"[^\r\n\"']+")
_FIRST_OF_NO_VALUE = frozenset("ntfuogpescxyNTFUOGPESCXY%[$<{(*.")
_LONG_HEADERS = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))


_GIVEN = (*HINTS, *PARAMETERS, *(word for word in LAST_WORDS if word.isascii()))
_HINTED = AnyOf(_GIVEN)
"""In lower case: one of these is in the name of a secret that is given a value, or something that is not ASCII."""


@cache
def _given(flags: int = 0) -> re.Pattern[str]:
    """A sign with a part of a secret's name before it, in lower case: of ten signs in a text, nine follow others."""
    hint = any_of(_GIVEN)
    said = r"(?:[\"']? (?:is|was|ist|should be|will be)(?: now)?)?"
    signs = r"(?:=>|:=|[=:：](?![=>:/]))"
    return re.compile(
        rf"(?:{hint}|[^\x00-\x7f])[\w.\-]{{0,{_LEFT}}}+{said}(?:\\?[\"']\])?[\\\"' ]{{0,{_LEFT}}}+{signs}", flags
    )


def count_given(text: str) -> int:
    """How many signs of a text give a value to what may be the name of a secret: each of them is looked at closely."""
    return sum(1 for _ in _signs(text)) if _may_give(text) else 0


def gives_values(text: str) -> bool:
    """Whether a text, or one line of many, gives a value to what may be the name of a secret."""
    return _may_give(text) and next(_signs(text), None) is not None


def _may_give(text: str) -> bool:
    """Whether the name of a secret may be in a text; most long ones have none, which is found far sooner than signs."""
    return not text.isascii() or _HINTED.is_in(text.lower())


def _signs(text: str) -> Iterator[re.Match[str]]:
    low = text.lower()  # a pattern for both cases takes six times as long
    return _given().finditer(low) if len(low) == len(text) else _given(re.IGNORECASE).finditer(text)


def mask_named_values(text: str) -> str:
    """Mask the values that are assigned to names of secrets."""
    out: list[str] = []
    done = 0
    for match in _signs(text):
        at = match.end() - 1
        if at < done:
            continue
        if len(out) > 2 * MOST_SECRETS:
            return "".join((*out, withheld(len(text) - done)))
        is_arrow = text[at - 1 : at + 1] in ("=>", ":=")
        before = at - is_arrow
        left = text[max(before - _LEFT, 0) : before].rstrip("\\\"' ")
        left = left[:-1].rstrip("\\\"'") if left.endswith(("']", '"]')) else left
        said = name_said_before(left) if text[at] != "=" else None
        left = left if said is None else left[:said]
        name = name_at_end(left).lstrip(_NO_BEGINNING)
        if not name:
            continue
        left = left[: -len(name)]
        span = _quoted_span(text, name, at, left) if is_arrow else _value_span(text, name, at, left, said is not None)
        if span is not None:
            out += (text[done : span[0]], MASK)
            done = span[1]
    return "".join((*out, text[done:])) if out else text


def _value_span(text: str, name: str, at: int, left: str, in_sentence: bool = False) -> tuple[int, int] | None:
    """The span of the secret that the sign at a position assigns to a name; None where there is none.

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
    start = _start_of_value(text, at)
    first = text[start : start + 1]
    if first in _QUOTES and first and _QUOTE.compiled.match(text, start) is not None:
        return _quoted_span(text, name, at, left, is_named)
    if not is_named:
        return None
    if first in "|>" and sign == ":" and (block := _BLOCK.compiled.match(text, start)) is not None:
        return block.start("block"), block.start("block") + len(block["block"].rstrip())
    braced = _BRACED.compiled.match(text, start) if first == "{" and sign == "=" else None
    if braced is not None and _looks_random(braced[1]) and _is_in_connection(text, left, start):
        return braced.span(1)  # ODBC: PWD={…}
    if (first in _FIRST_OF_NO_VALUE or first > "\x7f") and NO_VALUE.compiled.match(text, start):
        return None
    is_header = name.lower() in _LONG_HEADERS
    found = _pattern_of_value(text, start, is_header, in_query, sign == "=", left).compiled.match(text, start)
    value = found[0].rstrip(" .") if found is not None else ""
    if not value or value.endswith(("(", "()")) or value.lower() == name.rpartition(".")[2].lower():
        return None  # nothing, or a part of a program
    if in_sentence and is_last_word(text, start + len(value)):
        return start, start + len(value)
    if is_header:
        is_value = _is_header_value(name, value)
    elif in_query:
        is_value = name not in _PLAIN_PARAMETERS or _PLAIN_VALUE.compiled.fullmatch(value) is None
    else:
        is_value = sign == "=" or is_compound(name) or _is_given(name, value, left)
    return (start, start + len(value)) if is_value else None


def _start_of_value(text: str, at: int) -> int:
    """Where the value begins behind a sign and up to three blanks."""
    start = at + 1
    while text[start : start + 1] in (" ", "\t") and start < at + 4:
        start += 1
    return start


def _quoted_span(text: str, name: str, at: int, left: str, is_named: bool | None = None) -> tuple[int, int] | None:
    """The span of a secret in quotes that is assigned to a name; arguments as those of `_value_span`."""
    is_named = is_secret_key(name) if is_named is None else is_named
    quote = _QUOTE.compiled.match(text, _start_of_value(text, at))
    if quote is None:
        return None
    end = _end_of_quoted(text, quote[0], quote.end())
    value = text[quote.end() : end]
    if not value or NO_VALUE.compiled.match(value) or (value.isalpha() and _is_word_of_model(text, name, at, left)):
        return None
    return (quote.end(), end) if is_named or (name == "auth" and (is_login(value) or is_plain_login(value))) else None


def _pattern_of_value(
    text: str, start: int, is_header: bool, in_query: bool, is_pair: bool, left: str
) -> SecretPattern:
    """The pattern of a value without quotes, by its context."""
    if in_query:
        return _PARAMETER
    if is_header:
        return _DIGEST if text[start : start + 7].lower() == "digest " else _HEADER
    return _TO_SEMICOLON if is_pair and _is_in_connection(text, left, start) else _BARE


def _end_of_quoted(text: str, quote: str, start: int) -> int:
    """Where a text in quotes ends, which may hold the quote behind a backslash."""
    end = text.find(quote, start)
    while end > 0 and len(quote) == 1:
        if not _is_escaped(text, end) and text[end + 1 : end + 2] != quote:
            break
        end = text.find(quote, end + (1 if _is_escaped(text, end) else 2))  # two quotes stand for one in SQL
    return len(text) if end < 0 else end


def _is_escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes precedes a position; of very many, only the last ones are counted."""
    before = text[max(at - 40, 0) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


_PLAIN_PARAMETERS = frozenset(("code", "key", "sign"))
_PLAIN_VALUE = SecretPattern(r"[1-5]\d\d|name|value|id|title|date|key")
"""Values of such parameters that are a status or the name of a column."""

_SCHEMES = ("basic", "bearer", "digest", "token", "apikey", "negotiate", "ntlm", "hmac", "sharedkey", "oauth", "aws4")


def _is_header_value(name: str, value: str) -> bool:
    """Whether what follows the name of a header may be its value, and not a sentence on it."""
    if name.lower().endswith("cookie"):
        return "=" in value
    first, _, rest = value.partition(" ")
    return (bool(rest) and first.lower().startswith(_SCHEMES)) or _looks_random(first)


def _is_given(name: str, value: str, left: str) -> bool:
    """Whether what follows a name and a colon may be a secret: not a word of a sentence, nor a part of a path."""
    if may_be_number(name) and not is_compound(name):
        digits = any(map(str.isdigit, value))
        if name.lower() in ("otp", "totp", "pin", "cvv", "cvc"):
            return digits
        if value.isdigit() and len(value) > 2:
            return True
    if left.endswith(":") and "arn:" in left:
        return False
    return _looks_random(value) and not any("\u2e80" < char < "\ua4d0" or "\uac00" <= char < "\ud7a4" for char in value)


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
    end = _TO_SEMICOLON.compiled.match(text, value)
    rest = text[end.end() : end.end() + 60] if end is not None else ""
    return rest == ";" or re.match(r";\s?[A-Za-z][\w .-]{0,50}=", rest) is not None


def _looks_random(value: str) -> bool:
    return len(value) >= 4 and any(not char.isalpha() for char in value) and not value.endswith(":")


_BEFORE_WORD_OF_MODEL = (" one ", " single ", " special ", " stop ", " next ", " first ", " last ", " end ")
"""Words before a token that a model writes."""
