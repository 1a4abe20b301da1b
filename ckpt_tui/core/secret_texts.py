"""Secrets inside texts, by their form: credentials of URLs and connection strings, private keys, tokens.

Only the secret itself is replaced, so that the text around it can still be read. A text is searched only where it holds
a sign of such a secret, which nearly all texts do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from ckpt_tui.core import secret_assignments
from ckpt_tui.core.secret_names import is_secret_key
from ckpt_tui.core.secret_notations import SIGNS, mask_kubernetes, mask_notations, mask_password_options
from ckpt_tui.core.secret_patterns import MASK, NO_VALUE, SecretPattern
from ckpt_tui.core.secret_shapes import SHAPES, SIGN_OF_SHAPE, ShapePattern, Signs

__all__ = ["MASK", "MASKERS", "Maskers", "masked_text"]

SHORT = 2_000
"""Characters of a text below which one expression finds a sign of a token faster than a search for each sign."""

_SHORTEST = 6
"""Characters of the shortest text with a secret in it: `pwd=ab`."""

_URL = "://"
_PRIVATE_KEY = SecretPattern(
    r"(-----? ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----?)(.*?)"
    r"(-----? ?END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----?|\Z)",
    re.DOTALL,
)
_LOGIN = SecretPattern(
    r":\\?/\\?/(?:(?P<user>[^\s/?#\"'<>:@\\]{0,256}):(?P<password>[^\s\"'<>]{1,256})@"
    r"|(?P<alone>[^\s/?#\"'<>:@\\]{16,256})@)"
)
"""The credentials of a URL: a user with a password, or one word alone."""

_WEB = SecretPattern(r"(?:https?|wss?|ftps?)\Z", re.IGNORECASE)
_HOOK = SecretPattern(
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d+/|/IncomingWebhook/"
    r"|api\.telegram\.org/bot)([^\s\"'<>?]+)"
)
_HOOKS = ("hooks.slack.com/", "/webhooks/", "/IncomingWebhook/", "api.telegram.org/bot")
"""One of these is in each text with a hook."""

_ORACLE_LOGIN = SecretPattern(r"(jdbc:oracle:\w{2,10}:[\w.#$-]{1,80}/)[^\s\"'@/]{1,200}(?=@)")
_NATS_TOKEN = SecretPattern(r"(nats://)[^\s:@/\"']{4,}(?=@)")
_GO_LOGIN = SecretPattern(r"(?<![^\s\"'])([\w.-]{1,80}):([^\s\"'@]{1,200})@(?=(?:tcp|unix)\()")
_SCHEME_WORD = SecretPattern(r"\b(bearer|basic|token|apikey)\s+([\w.~+/=-]{8,})", re.IGNORECASE)
_OPTION = SecretPattern(r"(--[A-Za-z][\w-]{1,60}) +(?![-=])(\S+)")
_USER_OPTION = SecretPattern(r"(\s(?:-u|--user|--proxy-user|-U)[= ]?[\"']?[^\s:\"'$]{1,80}:)(?!\$)[^\s\"']{1,200}")
"""The user and the password that curl is given."""
_CURL = SecretPattern(r"\bcurl\b")
_CURL_LEFT = 404
"""Characters before the option in which the command is named."""


def _token(match: re.Match[str]) -> str:
    return MASK


def _tokens(text: str, shape: SecretPattern) -> str:
    return shape.replaced(_token, text)


def _private_keys(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        body = match[2]
        if not body.strip("\\nr \r\n"):
            return match[0]
        edge = "\\n" if body.startswith("\\n") else "\n" if body.startswith(("\n", "\r\n")) else ""
        return f"{match[1]}{edge}{MASK}{edge if match[3] else ''}{match[3]}"

    return _PRIVATE_KEY.replaced(masked, text)


def _logins(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        whole, at = match[0], match.start()
        alone = match["alone"]
        if alone is not None:
            return whole.replace(alone, MASK) if any(map(str.isdigit, alone)) else whole
        password = match["password"]
        if _WEB.compiled.search(text[max(at - 8, 0) : at]):
            # A path may hold an @, so a password is only what comes before the first sign of one.
            own = re.match(r"[^/?#]*@", password + "@")
            if own is None:
                return whole
            password = own[0][:-1]
            if password.isdigit() and password != match["password"] and len(password) < 6:
                return whole  # a port
        head = match.start("password") - at
        return f"{whole[:head]}{MASK}{whole[head + len(password) :]}"

    if "@" in text:
        if "nats://" in text:
            text = _NATS_TOKEN.replaced(rf"\1{MASK}", text)
        if "jdbc:oracle:" in text:
            text = _ORACLE_LOGIN.replaced(rf"\1{MASK}", text)
        text = _LOGIN.replaced(masked, text)
    return _HOOK.replaced(rf"\1{MASK}", text) if any(map(text.__contains__, _HOOKS)) else text


def _go_logins(text: str) -> str:
    return _GO_LOGIN.replaced(rf"\1:{MASK}@", text)


def _scheme_words(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        value = match[2].rstrip(".,")
        looks = any(map(str.isdigit, value)) or len(value) > 30 or value.endswith("=")
        return match[0].replace(value, MASK) if looks else match[0]

    return _SCHEME_WORD.replaced(masked, text)


def _options(text: str) -> str:
    def without_password(match: re.Match[str]) -> str:
        # From the option back: from each word `curl` on, the same characters would be searched repeatedly.
        end = match.start()
        left = max(end - _CURL_LEFT, 0)
        begin = max(left, *(text.rfind(sign, left, end) + 1 for sign in "\n|;"))
        return f"{match[1]}{MASK}" if _CURL.compiled.search(text, begin, end) else match[0]

    given = _USER_OPTION.replaced(without_password, text)

    def masked(match: re.Match[str]) -> str:
        name, value = match[1].lstrip("-"), match[2]
        if not is_secret_key(name) or NO_VALUE.compiled.match(value):
            return match[0]
        return f"{match[0][: -len(value)]}{MASK}"

    return _OPTION.replaced(masked, given)


Maskers = tuple[tuple[Signs, Callable[[str], str]], ...]
"""Signs of a sort of secrets, one of which is in a text, and the function that masks those secrets."""

MASKERS: Maskers = (
    (("PRIVATE KEY",), _private_keys),
    ((_URL, ":\\/\\/", "hooks.slack.com", "/webhooks/", "jdbc:oracle:"), _logins),
    (("@tcp(", "@unix("), _go_logins),
    (secret_assignments.SIGNS, secret_assignments.mask_named_values),
    (("earer ", "asic ", "BEARER ", "BASIC ", "oken ", "ApiKey "), _scheme_words),
    (("--", "curl "), _options),
    (SIGNS, partial(mask_notations, mask=MASK)),
    (("Secret",), partial(mask_kubernetes, mask=MASK)),
    (("-p",), partial(mask_password_options, mask=MASK)),
    *((signs, partial(_tokens, shape=ShapePattern(shape))) for signs, shape in SHAPES),
)


_OTHERS = MASKERS[: -len(SHAPES)]
"""Those that are not for tokens of known form."""


def masked_text(text: str, maskers: Maskers = MASKERS) -> str:
    """The text with the secrets in it masked; the very same text where there is none.

    Args:
        text: Any text.
        maskers: The result of `core.secret_signs.maskers_for` for a longer text that it is a part of.
    """
    if len(text) < _SHORTEST:
        return text
    was = text
    if maskers is MASKERS and len(text) < SHORT and not SIGN_OF_SHAPE.is_in(text):
        maskers = _OTHERS
    for signs, mask in maskers:
        for sign in signs:
            if sign in text:
                text = mask(text)
                break
    return was if text == was else text
