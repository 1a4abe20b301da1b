"""Secrets in notations of their own: XML, `.netrc`, keys of PuTTY, options of one letter, sentences."""

from __future__ import annotations

import re
from binascii import a2b_base64
from functools import cache
from typing import Any

from ckpt_tui.core.secret_names import is_secret_key
from ckpt_tui.core.secret_patterns import SecretPattern

SIGNS = (
    "</", "/>", "PuTTY-User-Key-File", " login ", "redis-cli ", "sshpass ", "mysql", "mariadb", "sqlcmd", "bcp ",
    "ldap", "mongo", "smbclient", ":5432:", ":5433:", ":6432:", ":*:", "%3D", "%3d", "Credential(", "hrase", "nemonic",
)  # fmt: skip
"""Signs, one of which is in each text with such a secret."""

_ELEMENT = (
    r"<(?P<name>[A-Za-z][\w:.-]{0,60})(?:\s[^<>]{0,200})?>(?:<!\[CDATA\[)?(?P<value>[^<>]{1,2000}?)(?:\]\]>)?"
    r"</(?P=name)>"
)
_ATTRIBUTES = (
    r"\b(?:key|name)\s?=\s?(?P<quote>[\"'])(?P<name2>[\w:.-]{1,80})(?P=quote)\s{1,4}value\s?=\s?(?P=quote)"
    r"(?P<value2>[^\"'<>]{1,2000})(?P=quote)"
)
_NETRC = r"\blogin\s{1,4}\S{1,200}\s{1,4}(?:password|passwd)\s{1,4}(?P<netrc>[^\s\"'<>]{1,200})"
_PUTTY = r"Private-Lines: \d{1,4}\r?\n(?P<putty>(?:[A-Za-z0-9+/=]+(?:\r?\n|\Z)){1,200})"
_OPTIONS = (
    r"\b(?:redis-cli\b[^\n|;]{0,200}?\s-a\s?|sshpass\s-p\s?"
    r"|(?:mysql|mariadb)(?:-?dump|-?admin|sh|import)?\b[^\n|;]{0,200}?\s-p"
    r"|(?:docker|podman|nerdctl|az|cf|oc|helm|skopeo|crane)\b[^\n|;]{0,100}?\slogin\b[^\n|;]{0,200}?\s-p\s"
    r"|(?:sqlcmd|bcp|isql|tsql)\b[^\n|;]{0,200}?\s-P\s?|ldap[a-z]{3,10}\b[^\n|;]{0,200}?\s-w\s"
    r"|mongo(?:sh|dump|restore|export|import)?\b[^\n|;]{0,200}?\s-p\s|smbclient\b[^\n|;]{0,200}?\s-U\s?[^%\s]{1,80}%)"
    r"[\"']?(?P<option>[^\s\"'$-][^\s\"']{0,200})"
)


_PGPASS = (
    r"(?:(?m:^)|(?<=[\"']))[\w.*-]{1,80}:(?:\d{4,5}|\*):[^:\s\"']{1,80}:[^:\s\"']{1,80}:(?P<pgpass>[^\s\"'\\]{3,200})"
    r"(?=[ \t]*(?:\\{0,3}[\"']|(?m:$)))"
)
"""A line of the file in which `psql` finds passwords."""
_ENCODED = r"(?:%3[Bb]|\b)(?P<name3>[A-Za-z][\w.-]{0,60})%3[Dd](?P<value3>(?:(?!%3[Bb]|%26)[^&\s\"'<>])+)"
"""A pair within the parameter of a URL: `odbc_connect=…PWD%3D…%3B`."""
_CREDENTIAL = (
    r"Credential\((?:[^()\n\"']{0,60}[\"'][^()\n\"']{1,200}[\"']\s*,)?\s*(?:\w{1,30}\s?=\s?)?"
    r"(?P<quote2>[\"'])(?P<credential>[^\"'\n]{8,400})(?P=quote2)"
)
"""An argument of a call: `AzureKeyCredential("…")`."""
_PHRASE = (
    r"(?i:(?:seed|recovery|backup|secret|wallet)[ _-]?phrase|mnemonic)\b[\"']?(?: is)?\s?[:=]?\s?[\"']?"
    r"(?P<phrase>(?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})"
)


_ALL = SecretPattern(
    "|".join((_ELEMENT, _ATTRIBUTES, _NETRC, _PUTTY, _OPTIONS, _PGPASS, _ENCODED, _CREDENTIAL, _PHRASE))
)


def mask_notations(text: str, mask: str) -> str:
    """The text with the secrets in such notations replaced by a mask."""

    def masked(match: re.Match[str]) -> str:
        kind = next(group for group in _SECRETS if match[group] is not None)
        named = match["name"] or match["name2"] or match["name3"]
        if named is not None and not is_secret_key(named.rpartition(":")[2]):
            return match[0]
        value, begin = match[kind], match.start(kind) - match.start()
        if not value.strip() or value.startswith(("$", "{", "%", "#", "...", "***", mask)):
            return match[0]
        end = begin + len(value.rstrip("\r\n"))
        return f"{match[0][:begin]}{mask}{match[0][end:]}"

    return _ALL.replaced(masked, text)


_SECRETS = ("value", "value2", "value3", "netrc", "putty", "option", "pgpass", "credential", "phrase")
"""Groups of the pattern that are a secret."""

_LONGEST_LOGIN = 4_000
"""Characters of the longest user and password in base64: of a registry in the cloud it is a token."""


def is_login(value: Any) -> bool:
    """Whether a value is a user and a password in base64, as Docker keeps them: `dXNlcjpwYXNz`."""
    if type(value) is not str or not 8 <= len(value) <= _LONGEST_LOGIN or len(value) % 4:
        return False
    try:
        user, colon, password = a2b_base64(value, strict_mode=True).decode().partition(":")
    except ValueError:
        return False
    return bool(user and colon and password) and (user + password).isprintable()


_PLAIN_LOGIN = SecretPattern(r"(?![$<{])[^\s:/@]{1,80}:(?!//|[$<{])[^\s@]{3,200}(?:@\S{1,200})?")


def is_plain_login(value: Any) -> bool:
    """Whether a value is a user and a password with a colon between them: `ann:hunter2`."""
    return type(value) is str and _PLAIN_LOGIN.compiled.fullmatch(value) is not None


_KIND = SecretPattern(r"\bkind[\"']?\s{0,4}:\s{0,4}[\"']?Secret\b")
_DATA = SecretPattern(
    r"(?m:^)(?P<indent>[ \t]{0,40})(?:data|stringData):[ \t]*\r?\n"
    r"(?P<lines>(?:(?P=indent)[ \t]+[^\n]*(?:\n|\Z)){1,200})"
    r"|[\"'](?:data|stringData)\\?[\"']\s{0,4}:\s{0,4}\{(?P<members>[^{}]{1,100000})\}"
)
_LINE = SecretPattern(r"(?m:^)(\s*[\w.\"'-]{1,100}:[ \t]+)(?![|>][+-]?\s*$)(\S[^\n]*)|(?m:^)([ \t]+)([^\s:]+)(?=\s*$)")
_MEMBER = SecretPattern(r"(\\?[\"']\s{0,4}:\s{0,4}\\?[\"'])((?:[^\"'\\]|\\[^\"'])+)")


def mask_kubernetes(text: str, mask: str) -> str:
    """The text with the data of a Secret of Kubernetes replaced by masks, be it YAML or JSON."""
    if _KIND.compiled.search(text) is None:
        return text

    def of_line(match: re.Match[str]) -> str:
        return f"{match[1] or match[3]}{mask}"

    def masked(match: re.Match[str]) -> str:
        if match["lines"] is not None:
            kind, inner = "lines", _LINE.replaced(of_line, match["lines"])
        else:
            kind, inner = "members", _MEMBER.replaced(rf"\1{mask}", match["members"])
        begin, end = match.start(kind) - match.start(), match.end(kind) - match.start()
        return f"{match[0][:begin]}{inner}{match[0][end:]}"

    return _DATA.replaced(masked, text)


_AFTER_USER = r"(?:^|\s)-u ?[\w.@%-]{1,80}(?: -[hP] ?[\w.:-]{1,120}){0,3} -p[\"']?(?P<after>[^\s\"'$-][^\s\"']{2,200})"
_ALONE = (
    r"(?:\A|(?<=[\"']))-p(?=[^a-z]|[^\d]*\d)(?![\d./:,x-]+(?:/[a-z]{3})?[\"']?(?:\W|\Z))"
    r"(?P<alone>[^\s\"'$/=:.~-][^\s\"'=/]{4,200})(?=\Z|[\"'])"
)
"""`-pSECRET` as one word of a command: no port, no path and no long option such as `-projectPath`."""


_PASSWORD_OPTIONS = SecretPattern(f"{_AFTER_USER}|{_ALONE}")


def mask_password_options(text: str, mask: str) -> str:
    """The text with the value of `-p` masked where it is a password: after a user, or as one word."""

    def masked(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        return f"{match[0][: match.start(kind) - match.start()]}{mask}{match[0][match.end(kind) - match.start() :]}"

    return _PASSWORD_OPTIONS.replaced(masked, text)


_ENDS_OF_SAID = frozenset("stewSTEW")
"""The last letters of what `_said` finds."""


@cache
def _said() -> re.Pattern[str]:
    return re.compile(r"(?<=\w)[\"']? (?:is|was|ist|should be|will be)(?: now)?\Z", re.IGNORECASE)


def name_said_before(left: str) -> int | None:
    """The end of the name in a sentence that assigns a value: after "password" in "the password is"; else None.

    Args:
        left: The text before the colon.
    """
    found = _said().search(left) if left[-1:] in _ENDS_OF_SAID else None
    return found.start() if found is not None else None


def is_last_word(text: str, end: int) -> bool:
    """Whether nothing follows a word on its line but the end of a sentence.

    Args:
        text: The whole text.
        end: Where the word ends.
    """
    return not text[end : end + 200].partition("\n")[0].strip(" .!\r\"')")
