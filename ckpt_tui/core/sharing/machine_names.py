"""Removes names of the machine from documents: paths of its disk, the names of its user and host."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any, NamedTuple

from ckpt_tui.core.late_patterns import LatePattern

_ROOTS = (
    "home|Users|root|tmp|var|private|opt|srv|mnt|media|usr|etc|data|app|apps|workspaces?|work|Volumes|builds|github"
    "|runner|__w|nix|run|proc|sys|dev|Library|Applications|System|export|scratch|cygdrive|storage|layers|snap"
)
"""Directories at the root of a disk: they distinguish a path from the path of a URL."""

_PART = r"[^\s/\\\"'`<>|:*?,;()\[\]{}\x00-\x1f]+"
_USER = r"[^/\\\"'`<>|:*?,;\r\n]{1,64}"

_START = r"(?:(?<![\w./~…-])|(?<=[a-z]://)|(?<=[a-z]:///)|(?<=file://localhost)|(?<=://file)|(?<=-[A-Za-z])(?<![\w-]-[A-Za-z]))"
"""Where a path may begin: not within a word or another path, but behind `file://` and an option of one letter."""

_PATHS = LatePattern(
    rf"(?=[/f])(?:file:/{{0,2}})?{_START}/(?:(?:home|Users)/{_USER}(?=/)|(?:{_ROOTS})(?=/))(?:/{_PART})+/?"
    rf"|(?=[/f])(?:file:/{{0,2}})?{_START}/(?:home|Users)/{_PART}"
    rf"|(?<=file://)(?:/{_PART})+"
    rf"|(?:file:/{{0,3}})?(?<!\w)[A-Za-z]:[\\/]+(?:Users[\\/]+{_USER}(?=[\\/]))?(?:[\\/]*{_PART})+"
    rf"|(?<![\w\\])\\\\+[\w.$-]+(?:\\+{_PART})+"
)
"""A path from the root of a disk, of Windows or not, with the names of users, which may have blanks in them."""

_WHOLE = LatePattern(r"(?:file:/{0,2})?/(?:[^/\s\"'<>|]+/)+[^/\s\"'<>|]*\.\w{1,8}")
"""A text that is nothing but the path of a file, whatever its first directory is."""

_ENCODED = LatePattern(r"%2[fF](?:home|Users)(?:%2[fF][\w.~-]+)+")
"""A path within a URL, encoded."""

_SOMEBODY = LatePattern(
    r"(?:(?<![\w./~…-])|(?<=[a-z]://))/(?:home|Users)/([\w.-]{3,64})/[^\s/]|[A-Za-z]:[\\/]+Users[\\/]+([\w.-]{3,64})[\\/]+[^\s\\/]"
)
"""A directory of a user, whatever machine it is on, and the name of that user."""

_SPLIT = LatePattern(r"[\\/]+")

_HOMES = frozenset(("home", "Users"))

_COMMON = frozenset(
    (
        "root", "user", "users", "admin", "runner", "ubuntu", "debian", "vscode", "codespace", "app", "node", "default",
        "nobody", "guest", "test", "docker", "localhost", "agent", "home", "work", "dev", "build",
        "ec2-user", "azureuser", "jovyan", "system", "shared", "public", "linuxbrew",
    )
)  # fmt: skip
"""Names that many machines share; they do not identify this one, and are words of the language besides."""

_SHORTEST = 3
"""Characters of the shortest name that is searched everywhere."""

_MOST_OTHERS = 50
"""Names of users of other machines that are searched."""

_BYTES = 1_000_000
"""Characters of base64 that are decoded."""


class Names(NamedTuple):
    """The names of this machine.

    Attributes:
        users: Names of its user.
        hosts: Names of the machine.
        places: Directories and the text to write for each: the home directory, the store, the current directory.
    """

    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()


class Cleaner:
    """Takes the names of a machine out of documents, and counts how often it did.

    Args:
        names: The names of the machine.
    """

    def __init__(self, names: Names) -> None:
        self.paths = 0
        self.names = 0
        self._others: dict[str, re.Pattern[str]] = {}
        given = sorted({place for place in names.places if len(place[0]) > 1}, key=lambda place: -len(place[0]))
        self._places = [
            (re.compile(rf"(?<![\w.-]){re.escape(place)}(?P<below>[\\/][^\s\"'<>|:*?,;)\]}}]*)?(?![\w-])"), shown)
            for place, shown in given
        ]
        self._words = [
            (re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"), shown)
            for words, shown in ((names.users, "USER"), (names.hosts, "HOST"))
            for word in dict.fromkeys(words)
            if len(word) >= _SHORTEST and word.lower() not in _COMMON
        ]

    def text(self, text: str) -> str:
        """The text without them: a path keeps the name of its file."""
        text = self._without_own(text)
        for pattern in self._others.values():
            text, count = pattern.subn("USER", text)
            self.names += count
        return text

    def _without_own(self, text: str) -> str:
        """The text without paths and the names of this machine."""
        if "%2" in text:
            text = _ENCODED.compiled.sub(lambda match: self._short(match[0]), text)
        if "/" in text or "\\" in text:
            for pattern, shown in self._places:
                text = pattern.sub(lambda match, shown=shown: self._below(match, shown), text)  # type: ignore[misc]
            if _WHOLE.compiled.fullmatch(text):
                text = self._short(text)
            text = _PATHS.compiled.sub(lambda match: self._short(match[0]), text)
        for pattern, shown in self._words:
            text, count = pattern.subn(shown, text)
            self.names += count
        return text

    def document(self, document: Any) -> Any:
        """The same document with every text and every key cleaned, in place.

        Users of other machines are known by the paths of their directories, here or in a document before. A name that
        is a key of this document, too, is a word of the workflow, and stays where it is not in a path.
        """
        holder = [document]
        self._learn(document)
        todo: list[Any] = [holder]
        known: dict[str, str] = {}
        while todo:
            container = todo.pop()
            if type(container) is dict:
                self._keys(container)
            for key, value in container.items() if type(container) is dict else enumerate(container):
                kind = type(value)
                if kind is dict or kind is list:
                    todo.append(value)
                elif kind is str and key != "$type":
                    if key == "$base64":
                        container[key] = self._bytes(value)
                        continue
                    found = known.get(value)
                    if found is None:
                        found = self.text(value)
                        if len(known) < 20_000 and len(value) < 200:
                            known[value] = found
                    if found is not value:
                        container[key] = found
        return holder[0]

    def _learn(self, document: Any) -> None:
        """Note the names of users that paths in a document give away."""
        found: set[str] = set()
        keys: set[str] = set()
        todo: list[Any] = [document]
        while todo:
            value = todo.pop()
            if type(value) is dict:
                keys.update(value)
                todo += value.values()
            elif type(value) is list:
                todo += value
            elif type(value) is str and ("home" in value or "Users" in value):
                found.update(one or other for one, other in _SOMEBODY.compiled.findall(value))
        for name in sorted(found - keys):
            if name.lower() not in _COMMON and len(self._others) < _MOST_OTHERS:
                self._others.setdefault(name, re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])"))

    def _keys(self, container: dict[str, Any]) -> None:
        """Clean the keys, in their order; two that become the same are numbered."""
        changed = {key: clean for key in container if (clean := self._without_own(key)) != key}
        if not changed:
            return
        members = list(container.items())
        container.clear()
        for key, value in members:
            name = base = changed.get(key, key)
            number = 1
            while name in container:
                number += 1
                name = f"{base} ({number})"
            container[name] = value

    def _below(self, match: re.Match[str], shown: str) -> str:
        self.paths += 1
        below = match["below"] or ""
        last = _SPLIT.compiled.split(below.rstrip("/\\"))[-1]
        between = "/…/" if _SPLIT.compiled.search(below.strip("/\\")) else "/"
        return f"{shown}{between}{last}" if last else shown

    def _short(self, path: str) -> str:
        """The text for a path: only the name of its file."""
        self.paths += 1
        parts = [part for part in _SPLIT.compiled.split(path.removeprefix("file:")) if part]
        if parts[0][1:2] == ":":
            parts = parts[1:]
        if len(parts) <= 2 and parts[:1] and parts[0] in _HOMES:
            return "~"
        return f"…/{parts[-1]}" if len(parts) > 1 else "…"

    def _bytes(self, base64: str) -> str:
        """Bytes that hold text with a name of the machine in it are left out, since they cannot be shortened."""
        if not base64 or len(base64) > _BYTES:
            return base64
        try:
            text = b64decode(base64, validate=True).decode("utf-8", "ignore")
        except (Base64Error, ValueError):
            return base64
        return base64 if self.text(text) == text else ""
