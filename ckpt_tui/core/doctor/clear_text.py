"""Secrets in clear text in the files of a store: their places, never their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import parsed, resolve
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.pickles.kept import facts_of
from ckpt_tui.core.reading.path_links import PathLink, path_of
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import MASK, PLAIN, RUN_KWARGS, is_mask, masked, secrecy
from ckpt_tui.core.secret_foreign_names import foreign_words_in_bytes, words_in_bytes
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
    rb"|pw(?![a-z])|htpasswd|psk|[cx]srf|http.{0,3}auth|client.{0,3}assertion|code.{0,3}verifier|(?:key|cert).{0,3}(?:pem|key)|key.{0,3}data"
    rb"|recovery.{0,3}codes|(?:\"|\x04|\x06|\x08)(?:auth|netloc|userinfo|kty)|credential|namedkey"
    rb"|(?:security|recovery|mfa|sms|verification|authorization).{0,4}code|backup.{0,4}codes|[a-z]pass(?![a-z])"
)
"""Parts of names of secrets, in lower case."""

_LOOKS = (
    rb":\\?/\\?/[^\s\"'<>]{0,520}@|[?&][^=&\s]{0,30}(?:sig|key|code|signature|sign|auth|hmac)=|@(?:tcp|unix)\("
    rb"|sk-[a-z0-9]|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|xapp-|a[ks]ia[0-9a-z]{12}|aiza|ya29\.|gocspx-|hf_[a-z0-9]{16}"
    rb"|npm_[a-z0-9]{16}|gsk_|r8_[a-z0-9]{16}|k_(?:live|test)_|whsec_|dop_v1_|nvapi-|pplx-|xai-|tvly-|lsv2_|pypi-|sg\.[a-z0-9]"
    rb"|dapi[0-9a-f]{32}|(?:sk|ac)[0-9a-f]{32}|dckr_|jdbc:oracle|shp(?:at|ss|ca|pa)_|sq0[a-z]|key-[0-9a-f]{32}|lin_api_|ntn_[a-z0-9]{40}"
    rb"|secret_[a-z0-9]{40}|pcsk_|hv[sb]\.|dp\.[psc]t\.|[mno][a-z0-9]{23,25}\.|curl[^\n]{0,400}-u"
    rb"|[78]q~|eyj[a-z0-9_-]{4,}\.|:aa[a-z0-9_-]{30}|age-secret|basic [a-z0-9+/]{8}|private key|/webhooks/|hooks\.slack"
    rb"|/incomingwebhook/|redis-cli|sshpass|(?:mysql|mariadb)[^\n]{0,200}-p|\slogin\s|[\x00-\x20\"']-p[a-z0-9]|--service-principal"
)
"""Beginnings of texts that are secrets by their form, in lower case."""

_SHAPES = (
    rb"sk_[0-9a-f]{40}", rb"sess-[a-z0-9]{32}", rb"gl[a-z]{2,5}-[a-z0-9_.-]{16}", rb"gr1348941", rb"api_org_",
    rb"1//0[a-z0-9_-]{40}", rb"do[or]_v1_", rb"figd_", rb"pmak-", rb"rdme_", rb"\.atlasv1\.", rb"vercel_",
    rb"vc[pk]_", rb"nfp_", rb"sbp_", rb"sb_secret_", rb"rnd_[a-z0-9]{24}", rb"fm1[ar]_", rb"fm2_", rb"fo1_", rb"pul-",
    rb"cfpat-", rb"phx_", rb"sntry[su]_", rb"nr(?:ak|ii|iq|js)-", rb"glsa_", rb"glc_", rb"-us[0-9]{1,2}[^a-z0-9]",
    rb"-us[0-9]{1,2}\Z", rb"xkeysib-", rb"xsmtpsib-", rb"re_[a-z0-9]{8}_", rb"tskey-", rb"ops_eyj",
    rb"a3-[a-z0-9]{6}-", rb"at[ac]tt3", rb"atbb", rb"fw_[a-z0-9]{22}", rb"csk-", rb"pa-[a-z0-9_-]{43}", rb"jina_",
    rb"e2b_", rb"fc-[0-9a-f]{32}", rb"ls__", rb"tgp_v1_", rb"esecret_", rb"apify_api_", rb"absk[a-z0-9+/]{60}",
    rb"bedrock-api-key-", rb"eaa[a-z0-9]{75}", rb"ltai[a-z0-9]{12}", rb"akid[a-z0-9]{32}", rb"altak",
    rb"00d[a-z0-9]{12,15}!", rb"pat[a-z0-9]{14}\.", rb"pat-(?:na|eu|ap)[0-9]", rb"hrku-", rb"pscale_", rb"rubygems_",
    rb"clojars_", rb"oy2[a-z0-9]{43}", rb"akcp", rb"mfa\.[a-z0-9_-]{80}", rb"sl\.[a-z0-9_-]{120}",
    rb"oauth:[a-z0-9]{30}", rb"access-(?:sandbox|development|production)-",
    rb"az(?:se|fu|ca)[a-z0-9+/]{4,32}={0,2}(?![a-z0-9+/=])", rb"acdb[a-z0-9+/]{4,32}={0,2}(?![a-z0-9+/=])",
    rb"\+a(?:st|ba|cr|sb|eh|rm)[a-z0-9+/]{4,32}={0,2}(?![a-z0-9+/=])", rb"jqqj9[a-z0-9+/]{4,32}={0,2}(?![a-z0-9+/=])",
    rb"azdo[a-z0-9+/]{4,32}={0,2}(?![a-z0-9+/=])", rb":(?:5432|5433|6432|\*):", rb"%3d", rb"sqlcmd[^a-z]",
    rb"bcp[^a-z]", rb"ldap[a-z]{3,10}[^a-z]", rb"mongo[a-z]{0,8}[^a-z]", rb"smbclient[^a-z]",
)  # fmt: skip
"""The same of tokens that begin with a letter or a sign of their own."""


def _grouped(patterns: Iterable[bytes]) -> bytes:
    """A pattern for any of many words, grouped by their first character, which is compared once for each group."""
    groups: dict[bytes, list[bytes]] = {}
    for pattern in patterns:
        length = 2 if pattern[:1] == b"\\" else 1
        groups.setdefault(pattern[:length], []).append(pattern[length:])
    return b"|".join(first + b"(?:" + b"|".join(rest) + b")" for first, rest in groups.items())


_HINT = LatePattern(b"|".join((_NAMES, _LOOKS, _grouped(_SHAPES), words_in_bytes())), re.DOTALL)
_FOREIGN = LatePattern(foreign_words_in_bytes(), re.DOTALL)
_PICKLED = LatePattern(rb'"__pickled__"\s*:\s*"')
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def may_hold_secrets(data: bytes) -> bool:
    """Whether bytes hold any sign of a secret; `ckpt_tui.core.redact` masks nothing without one. A quick test."""
    low = data.lower()
    return _HINT.compiled.search(low) is not None or (not low.isascii() and _FOREIGN.compiled.search(low) is not None)


def json_may_hold_secrets(raw: bytes) -> bool:
    """The same for the bytes of a file, its pickles aside."""
    if b"\0" in raw or b"\\u" in raw:  # UTF-16, or letters written as escapes
        return True
    return may_hold_secrets(b"".join(_beside_base64(raw)))


def _beside_base64(raw: bytes) -> Iterator[bytes]:
    """The bytes of a file without the texts of its pickles."""
    done = 0
    for found in _PICKLED.compiled.finditer(raw):
        end = raw.find(b'"', found.end())
        if end >= 0 and not raw[found.end() : end].translate(None, _BASE64):
            yield raw[done : found.start()]
            done = end + 1
    yield raw[done:]


class ClearText:
    """Takes checkpoints one by one and finds secrets in them, each path once.

    Run kwargs are masked wherever they are shown, but only those that are secrets by their name or form are reported.
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
    # Masks in an exported copy are not reported.
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
