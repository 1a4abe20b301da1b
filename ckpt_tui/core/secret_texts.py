"""Secrets inside texts, by their look: credentials of URLs and connection strings, private keys, tokens of known shape.

Only the secret itself is replaced, so that the text around it can still be read. A text is looked through only where it
holds a sign of such a secret, which nearly all texts do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from ckpt_tui.core.secret_foreign_names import LAST_WORDS, name_at_end
from ckpt_tui.core.secret_names import is_compound, is_secret_key, is_secret_parameter
from ckpt_tui.core.secret_notations import (
    SIGNS,
    is_last_word,
    is_login,
    mask_notations,
    mask_password_options,
    name_said_before,
)

MASK = "••••••"
"""What people see in the place of a secret."""


class _Pattern:
    """A regular expression that is compiled when it is first used: most texts need none, and all take 10 ms."""

    __slots__ = ("_flags", "_known", "_text")

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags
        self._known: re.Pattern[str] | None = None

    @property
    def known(self) -> re.Pattern[str]:
        """The expression, compiled."""
        if self._known is None:
            self._known = re.compile(self._text, self._flags)
        return self._known


_SHORTEST = 6
"""Characters of the shortest text with a secret in it: `pwd=ab`."""

Signs = tuple[str, ...]

_ASSIGNED = ("=", ":", "：")
_URL = "://"
_SHAPES: tuple[tuple[Signs, str], ...] = (
    (("sk-",), r"sk-(?:proj|ant|svcacct|admin|or|lf)-[\w-]{8,}|sk-[A-Za-z0-9]{16,}"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[opurs]_[A-Za-z0-9]{16,}"),
    (("github_pat_",), r"github_pat_\w{16,}"),
    (("glpat-",), r"glpat-[\w-]{16,}"),
    (("dckr_pat_", "dckr_oat_"), r"dckr_[po]at_[\w-]{16,}"),
    (("xox",), r"xox[abeoprs]-[\w-]{8,}"),
    (("xapp-",), r"xapp-[\w-]{8,}"),
    (("AKIA", "ASIA"), r"A[KS]IA[A-Z0-9]{12,}"),
    (("AIza",), r"AIza[\w-]{20,}"),
    (("ya29.",), r"ya29\.[\w-]{16,}"),
    (("GOCSPX-",), r"GOCSPX-[\w-]{16,}"),
    (("hf_",), r"hf_[A-Za-z0-9]{16,}"),
    (("npm_",), r"npm_[A-Za-z0-9]{20,}"),
    (("gsk_",), r"gsk_[A-Za-z0-9]{20,}"),
    (("r8_",), r"r8_[A-Za-z0-9]{20,}"),
    (("k_live_", "k_test_"), r"[sr]k_(?:live|test)_[A-Za-z0-9]{8,}"),
    (("whsec_",), r"whsec_[A-Za-z0-9+/=]{16,}"),
    (("dop_v1_",), r"dop_v1_[0-9a-f]{32,}"),
    (("dapi",), r"dapi[0-9a-f]{32}"),
    (("SK", "AC"), r"(?:SK|AC)[0-9a-f]{32}"),
    (("shpat_", "shpss_", "shpca_", "shppa_"), r"shp(?:at|ss|ca|pa)_[0-9a-f]{32}"),
    (("sq0",), r"sq0[a-z]{3}-[\w-]{20,}"),
    (("key-",), r"key-[0-9a-f]{32}"),
    (("lin_api_",), r"lin_api_[A-Za-z0-9]{32,}"),
    (("ntn_", "secret_"), r"(?:ntn|secret)_[A-Za-z0-9]{40,}"),
    (("pcsk_",), r"pcsk_[A-Za-z0-9]{4,}_[A-Za-z0-9]{32,}"),
    (("hvs.", "hvb."), r"hv[sb]\.[\w-]{24,}"),
    (("dp.pt.", "dp.st.", "dp.ct."), r"dp\.[psc]t\.(?:[\w-]+\.)?[A-Za-z0-9]{32,}"),
    # A bot of Discord: its number in base64 comes first.
    (("MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"), r"[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,}"),
    (("nvapi-",), r"nvapi-[\w-]{16,}"),
    (("pplx-",), r"pplx-[A-Za-z0-9]{16,}"),
    (("xai-",), r"xai-[A-Za-z0-9]{20,}"),
    (("tvly-",), r"tvly-[\w-]{12,}"),
    (("lsv2_",), r"lsv2_(?:pt|sk)_\w{16,}"),
    (("pypi-",), r"pypi-[\w-]{32,}"),
    (("SG.",), r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    (("Q~",), r"[\w.~-]{3}[78]Q~[\w.~-]{30,}"),
    (("eyJ",), r"eyJ[\w-]{4,}(?:\.[\w-]+){1,4}"),
    ((":AA",), r"\d{8,10}:AA[\w-]{30,}"),
    (("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1[A-Z0-9]{30,}"),
)
"""Tokens that are reported by how they begin: the signs of each, one of which is in it, and its shape."""

_PRIVATE_KEY = _Pattern(
    r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----)(.*?)"
    r"(-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----|\Z)",
    re.DOTALL,
)
_LOGIN = _Pattern(
    r":\\?/\\?/(?:(?P<user>[^\s/?#\"'<>:@\\]{0,256}):(?P<password>[^\s\"'<>]{1,256})@"
    r"|(?P<alone>[^\s/?#\"'<>:@\\]{16,256})@)"
)
"""The credentials of a URL: a user with a password, or one word alone."""

_WEB = _Pattern(r"(?:https?|wss?|ftps?)\Z", re.IGNORECASE)
_HOOK = _Pattern(
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d+/|/IncomingWebhook/"
    r"|api\.telegram\.org/bot)([^\s\"'<>?]+)"
)
_ORACLE_LOGIN = _Pattern(r"(jdbc:oracle:\w{2,10}:[\w.#$-]{1,80}/)[^\s\"'@/]{1,200}(?=@)")
_GO_LOGIN = _Pattern(r"(?<![^\s\"'])([\w.-]{1,80}):([^\s\"'@]{1,200})@(?=(?:tcp|unix)\()")
_SCHEME_WORD = _Pattern(r"\b(bearer|basic|token|apikey)\s+([\w.~+/=-]{8,})", re.IGNORECASE)
_OPTION = _Pattern(r"(--[A-Za-z][\w-]{1,60}) +(?![-=])(\S+)")
_USER_OPTION = _Pattern(r"(\s(?:-u|--user|--proxy-user|-U)[= ]?[\"']?[^\s:\"'$]{1,80}:)(?!\$)[^\s\"']{1,200}")
"""The user and the password that curl is given."""
_CURL = _Pattern(r"\bcurl\b")
_CURL_LEFT = 404
"""Characters before the option in which the command is named."""
_GIVEN = _Pattern(r"[=:：](?![=>:/])")
_NO_BEGINNING = "0123456789.-"
"""Characters with which no name begins."""
_LEFT = 84
"""Characters before a sign that may hold the name that is given a value: `NAME=value`, `"name": "value"`."""

_QUOTE = _Pattern(r"\\*[\"']")
_BARE = _Pattern(r"[^\s;,&\"'<>)}\]|]+")
_TO_SEMICOLON = _Pattern(r"[^;\r\n\"']{1,512}")
_PARAMETER = _Pattern(r"[^&\s#\"'<>]+")
_BRACED = _Pattern(r"\{([^{}\r\n]{1,200})\}")
_DIGEST = _Pattern(r"[^\r\n]+")
_HEADER = _Pattern(r"[^\r\n\"']+")
_NO_VALUE = _Pattern(
    r"(?:none|null|true|false|nil|undefined|os\.|getenv|process\.env|env\.|self\.|settings\.|config\.|str\b|"
    r"%(?![0-9A-F]{2})|[$<{\[(•])",
    re.IGNORECASE,
)
"""How what only names a secret begins: a variable, a placeholder, an annotation, or a mask."""

_LONG_HEADERS = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))


def _token(match: re.Match[str]) -> str:
    return MASK


def _tokens(text: str, shape: _Pattern) -> str:
    return shape.known.sub(_token, text)


def _private_keys(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        body = match[2]
        if not body.strip("\\nr \r\n"):
            return match[0]
        edge = "\\n" if body.startswith("\\n") else "\n" if body.startswith(("\n", "\r\n")) else ""
        return f"{match[1]}{edge}{MASK}{edge if match[3] else ''}{match[3]}"

    return _PRIVATE_KEY.known.sub(masked, text)


def _logins(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        whole, at = match[0], match.start()
        alone = match["alone"]
        if alone is not None:
            return whole.replace(alone, MASK) if any(map(str.isdigit, alone)) else whole
        password = match["password"]
        if _WEB.known.search(text[max(at - 8, 0) : at]):
            # A path may hold an @, so a password is only what comes before the first sign of one.
            own = re.match(r"[^/?#]*@", password + "@")
            if own is None:
                return whole
            password = own[0][:-1]
            if password.isdigit() and password != match["password"] and len(password) < 6:
                return whole  # a port
        head = match.start("password") - at
        return f"{whole[:head]}{MASK}{whole[head + len(password) :]}"

    if "jdbc:oracle:" in text:
        text = _ORACLE_LOGIN.known.sub(rf"\1{MASK}", text)
    return _HOOK.known.sub(rf"\1{MASK}", _LOGIN.known.sub(masked, text))


def _go_logins(text: str) -> str:
    return _GO_LOGIN.known.sub(rf"\1:{MASK}@", text)


def _scheme_words(text: str) -> str:
    def masked(match: re.Match[str]) -> str:
        value = match[2].rstrip(".,")
        looks = any(map(str.isdigit, value)) or len(value) > 30 or value.endswith("=")
        return match[0].replace(value, MASK) if looks else match[0]

    return _SCHEME_WORD.known.sub(masked, text)


def _options(text: str) -> str:
    def without_password(match: re.Match[str]) -> str:
        # From the option back: from each word `curl` on, the same characters would be looked at again and again.
        end = match.start()
        left = max(end - _CURL_LEFT, 0)
        begin = max(left, *(text.rfind(sign, left, end) + 1 for sign in "\n|;"))
        return f"{match[1]}{MASK}" if _CURL.known.search(text, begin, end) else match[0]

    given = _USER_OPTION.known.sub(without_password, text)

    def masked(match: re.Match[str]) -> str:
        name, value = match[1].lstrip("-"), match[2]
        if not is_secret_key(name) or _NO_VALUE.known.match(value):
            return match[0]
        return f"{match[0][: -len(value)]}{MASK}"

    return _OPTION.known.sub(masked, given)


def _named_values(text: str) -> str:
    """Mask the values that are given to names of secrets."""
    out: list[str] = []
    done = 0
    for match in _GIVEN.known.finditer(text):
        at = match.start()
        if at < done:
            continue
        left = text[max(at - _LEFT, 0) : at].rstrip("\\\"' ")
        said = name_said_before(left) if text[at] != "=" else None
        left = left[:said]
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
    quote = _QUOTE.known.match(text, start)
    if quote is not None:
        end = text.find(quote[0], quote.end())
        end = len(text) if end < 0 else end
        value = text[quote.end() : end]
        if not value or _NO_VALUE.known.match(value) or (value.isalpha() and _is_word_of_model(text, name, at, left)):
            return None
        return (quote.end(), end) if is_named or is_login(value) else None
    if not is_named:
        return None
    braced = _BRACED.known.match(text, start) if sign == "=" else None
    if braced is not None and _looks_random(braced[1]) and _is_in_connection(text, left, start):
        return braced.span(1)  # ODBC: PWD={…}
    if _NO_VALUE.known.match(text, start):
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


def _is_named_in_words(name: str, left: str) -> bool:
    """Whether the word before makes it the name of a secret: `Shared Access Key=…`."""
    if name.lower() not in ("key", "string", "signature", "token", *LAST_WORDS):
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

Maskers = tuple[tuple[Signs, Callable[[str], str]], ...]
"""Signs of which one is in a text, and what masks the secrets of that sort in it."""

MASKERS: Maskers = (
    (("PRIVATE KEY",), _private_keys),
    ((_URL, ":\\/\\/", "hooks.slack.com", "/webhooks/", "jdbc:oracle:"), _logins),
    (("@tcp(", "@unix("), _go_logins),
    (_ASSIGNED, _named_values),
    (("earer ", "asic ", "BEARER ", "BASIC ", "oken ", "ApiKey "), _scheme_words),
    (("--", "curl "), _options),
    (SIGNS, partial(mask_notations, mask=MASK)),
    (("-p",), partial(mask_password_options, mask=MASK)),
    *((signs, partial(_tokens, shape=_Pattern(rf"(?<![A-Za-z0-9])(?:{shape})"))) for signs, shape in _SHAPES),
)


def masked_text(text: str, maskers: Maskers = MASKERS) -> str:
    """The text with the secrets in it masked; the very same text where there is none.

    Args:
        text: Any text.
        maskers: What `core.secret_signs.maskers_for` gave for a longer text that it is a part of.
    """
    if len(text) < _SHORTEST:
        return text
    was = text
    for signs, mask in maskers:
        for sign in signs:
            if sign in text:
                text = mask(text)
                break
    return was if text == was else text
