"""Secrets in clear text in the files of a store: where, never what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import parsed, resolve
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.pickles.kept import facts_of
from ckpt_tui.core.reading.path_links import PathLink, path_of
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import MASK, PLAIN, RUN_KWARGS, is_mask, masked, secrecy
from ckpt_tui.core.secret_foreign_names import words_in_bytes
from ckpt_tui.core.value import Envelope, Value

_PATHS = 200
"""Different paths of secrets that are reported."""

_NAMES = (
    rb"token|passw|passphrase|passcode|pswd|pwd|secret|cred|authorization|bearer|cookie|jwt"
    rb"|[a-z0-9][ _.-]{0,3}keys?(?![a-z])"
    rb"|(?<![a-z])(?:pin|pass|passkey|otp|totp|cv[vc]|sas|conn)(?![a-z])|conn.{0,8}str|pin.{0,3}(?:code|number)"
    rb"|sessionid|sessid|connect.{0,3}sid|mnemonic|(?:seed|recovery).{0,3}phrase|docker|_auth|\"auth\"|\x04auth|tls.?key|ssl.?key|kind.{2,9}secret"
    rb"|(?:git|azure|devops|ext|gh).{0,5}pat(?![a-z])|sas.{0,3}ur[il]|(?:user|card).{0,3}pin|_pass(?![a-z])"
    rb"|[a-z] pass(?![a-z])|pass\x94"
    rb"|(?:basic|auth).{0,4}auth|auth.{0,4}(?:header|string|code)|(?:access|shared).{0,4}signature"
    rb"|jobs.{0,3}storage|(?:bus|hub).{0,3}connection"
    rb"|(?:security|recovery|mfa|sms|verification|authorization).{0,4}code|backup.{0,4}codes|[a-z]pass(?![a-z])"
)
"""Parts of names of secrets, in lower case."""

_LOOKS = (
    rb":\\?/\\?/[^\s\"'/<>]{0,200}@|:\\?/\\?/[^\s\"'<>]{0,200}:[^\s\"'<>]{1,200}@|[?&](?:sig|key|code)=|@(?:tcp|unix)\("
    rb"|sk-[a-z0-9]|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|xapp-|a[ks]ia[0-9a-z]{12}|aiza|ya29\.|gocspx-|hf_[a-z0-9]{16}"
    rb"|npm_[a-z0-9]{16}|gsk_|r8_[a-z0-9]{16}|k_(?:live|test)_|whsec_|dop_v1_|nvapi-|pplx-|xai-|tvly-|lsv2_|pypi-|sg\.[a-z0-9]"
    rb"|dapi[0-9a-f]{32}|(?:sk|ac)[0-9a-f]{32}|dckr_|jdbc:oracle|shp(?:at|ss|ca|pa)_|sq0[a-z]|key-[0-9a-f]{32}|lin_api_|ntn_[a-z0-9]{40}"
    rb"|secret_[a-z0-9]{40}|pcsk_|hv[sb]\.|dp\.[psc]t\.|[mno][a-z0-9]{23,25}\.|curl[^\n]{0,400}-u"
    rb"|[78]q~|eyj[a-z0-9_-]{4,}\.|:aa[a-z0-9_-]{30}|age-secret|basic [a-z0-9+/]{8}|private key|/webhooks/|hooks\.slack"
)
"""Beginnings of what is a secret by its look, in lower case."""

_HINT = re.compile(b"|".join((_NAMES, _LOOKS, words_in_bytes())), re.DOTALL)
_PICKLED = re.compile(rb'"__pickled__"\s*:\s*"')
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def may_hold_secrets(data: bytes) -> bool:
    """Whether bytes hold a sign without which `ckpt_tui.core.redact` masks nothing; a quick test."""
    return _HINT.search(data.lower()) is not None


def json_may_hold_secrets(raw: bytes) -> bool:
    """The same for the bytes of a file, its pickles aside."""
    if b"\0" in raw or b"\\u00" in raw:  # UTF-16, or letters written as escapes
        return True
    return may_hold_secrets(b"".join(_beside_base64(raw)))


def _beside_base64(raw: bytes) -> Iterator[bytes]:
    """The bytes of a file without the texts of its pickles."""
    done = 0
    for found in _PICKLED.finditer(raw):
        end = raw.find(b'"', found.end())
        if end >= 0 and not raw[found.end() : end].translate(None, _BASE64):
            yield raw[done : found.start()]
            done = end + 1
    yield raw[done:]


class ClearText:
    """Takes checkpoints one by one and finds secrets in them, each path once.

    Run kwargs are masked wherever they are shown, but only those that are secrets by their name or look are reported.
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, int]] = {}

    def take(self, parts: dict[str, Any], file: str) -> None:
        """Look through the parts of a checkpoint."""
        for path in _secrets(parts):
            where = expression(path)
            if where in self._found or len(self._found) < _PATHS:
                first, count = self._found.get(where, (file, 0))
                self._found[where] = (first, count + 1)

    def findings(self) -> Iterator[Finding]:
        """What was found in everything taken so far."""
        for where, (file, count) in self._found.items():
            more = f", in {count:,} files" if count > 1 else ""
            fix = "Share exports, which mask it; keep secrets out of run arguments and state."
            yield Finding("secret", "info", file, where, f"a secret in clear text{more}", fix)


def _secrets(parts: dict[str, Value]) -> Iterator[Path]:
    """The paths of the secrets in the parts of a checkpoint; those of a pickle are worked out once for all places."""
    budget = DocumentBudget()
    rest, pickles = _apart(parts)
    yield from _masked_paths(rest, PLAIN, budget)
    for path, above, envelope in pickles:
        facts, name = facts_of(envelope), f"secrets {above}"
        found = facts.get(name)
        if found is None:
            found = tuple(_masked_paths(envelope, above, budget))
            if not budget.is_cut:
                facts[name] = found
        for below in found:
            yield (*path, *below)


def _masked_paths(value: Value, above: int, budget: DocumentBudget) -> Iterator[Path]:
    """Where masking the JSON of a value hides something; `above` is how far it is a secret by its place."""
    found = list(_masks(masked(to_json(value, budget=budget), above, all_run_kwargs=False)))
    # Masks of a copy that was masked when it was made are not news.
    there = set(_masks(to_json(value, budget=budget))) if found else set()
    return (path for path in found if path not in there)


def _apart(parts: dict[str, Value]) -> tuple[Value, list[tuple[Path, int, Envelope]]]:
    """The values of JSON without the pickles in them, and the pickles, each with how far it is a secret there."""
    pickles: list[tuple[Path, int, Envelope]] = []
    rest: dict[str, Value] = dict(parts)
    todo: list[tuple[PathLink | None, Any, int]] = [(None, rest, PLAIN)]
    while todo:
        way, container, above = todo.pop()
        is_list = type(container) is list
        for key, value in enumerate(container) if is_list else container.items():
            value = parsed(value)
            kind = type(value)
            if kind is not Envelope and kind is not dict and kind is not list:
                continue
            rank = max(above, _rank(container, key))
            if kind is not Envelope:
                container[key] = value = value.copy()
                todo.append(((way, (key,)), value, rank))
            elif type(resolve(value)) in _SCALARS:
                container[key] = resolve(value)
            else:
                container[key] = None
                pickles.append((path_of((way, (key,))), rank, value))
    return rest, pickles


_SCALARS = frozenset((str, int, float, bool, type(None)))


def _rank(container: Any, key: Any) -> int:
    """How far a member of a container is a secret by its name, or by the name beside it in a list of two."""
    if type(container) is list:
        key = container[0] if key == 1 and len(container) == 2 else None
    return secrecy(key) if type(key) is str and key not in RUN_KWARGS else PLAIN


def _masks(document: Any) -> Iterator[Path]:
    """Where a document holds a mask."""
    todo: list[tuple[Path, Any]] = [((), document)]
    while todo:
        path, item = todo.pop()
        if is_mask(item) or type(item) is str:
            yield path
            continue
        if isinstance(item, dict):
            yield from ((*path, key) for key in item if MASK in key)
        pairs = item.items() if isinstance(item, dict) else enumerate(item)
        todo += [
            ((*path, step), below)
            for step, below in pairs
            if isinstance(below, dict | list) or (type(below) is str and MASK in below)
        ]
