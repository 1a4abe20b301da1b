"""Secrets that the text beside them names: after an option or a header in a list, the value beside a `name`."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.secret_names import KEYS_OF_SERVICES, RUN_KWARGS, is_secret_key
from ckpt_tui.core.secret_notations import is_login, is_plain_login
from ckpt_tui.core.value import Map

_MOST = 200
"""Items of the longest list that is taken for a command, for headers or for the lines of a key; members of the largest
mapping of a pickle that is looked at for a name and its value."""

_NAME = 60
"""Characters of the longest name."""

VALUES = ("value", "Value")
LOGINS = ("auth", "Auth", "AUTH", "netloc", "userinfo")
"""Members that may be a user and a password."""

_OF_JWK = ("d", "p", "q", "dp", "dq", "qi", "k")
"""Members of a JSON Web Key that are private, or the key itself."""

TELLING = frozenset((*KEYS_OF_SERVICES, *VALUES, *LOGINS, "kind", "kty"))
"""Names of members that may be a secret, or make others one, because of what is beside them."""

_NAMES = ("name", "Name", "key", "Key", "header", "field")
"""Members of a mapping that hold a value, and those that name it."""

_OPTIONS_OF = {
    "curl": ("-u", "-U", "--user", "--proxy-user"), "sshpass": ("-p",), "redis-cli": ("-a",), "http": ("-a",),
    "mosquitto_pub": ("-P",), "mosquitto_sub": ("-P",), "docker": ("-p",), "ldapsearch": ("-w",),
}  # fmt: skip
"""Commands, and their options that take a secret without a telling name."""

_OF_DOCKER = ("docker", "login")
"""Words before `-p` of docker where it is a password: elsewhere it is a port."""

NOTHING: dict[Any, str] = {}
_LISTS = (list, tuple)


def names_secret(text: str) -> bool:
    """Whether an item of a list is an option whose value is a secret: `--password`."""
    return text.startswith("--") and len(text) <= _NAME and is_secret_key(text[2:])


def names_value(key: str, text: str) -> bool:
    """Whether a member of a mapping names its value as a secret: `name`, with the text `API_KEY`."""
    return key in _NAMES and len(text) <= _NAME and is_secret_key(text)


def is_secret_type(name: object) -> bool:
    """Whether a type, `module:qualname`, holds a secret: those of pydantic, saved in clear text."""
    return type(name) is str and name.endswith(_SECRET_TYPES)


_SECRET_TYPES = (
    ":SecretStr", ":SecretBytes", ":SecretString", "KeyCredential", "SasCredential", ":AzureNamedKey", ":HTTPBasicAuth",
    ":HTTPDigestAuth",
)  # fmt: skip


def secrets_beside(container: Any) -> dict[Any, str]:
    """The members of a list, a tuple or a mapping that are secrets because of the text beside them.

    Returns position or name → the name of the secret, such as `api-key`; an empty mapping for nearly all.
    """
    if type(container) is dict:
        if "$type" in container and is_secret_type(container["$type"]):
            return dict.fromkeys((name for name in container if name != "$type"), "password")
        return _named_value(container)
    if type(container) is Map:
        kv = container.kv
        is_small = len(kv) <= 2 * _MOST and container.has_text_keys()
        return _named_value(dict(zip(kv[::2], kv[1::2], strict=True))) if is_small else NOTHING
    count = len(container) if type(container) in _LISTS else 0
    if not 2 <= count <= _MOST:
        return NOTHING
    if count == 2:
        first = container[0]
        if type(first) is str and (is_secret_key(first.lstrip("-")) or first in RUN_KWARGS):
            return {1: first.lstrip("-")}
    found: dict[Any, str] = {}
    for index, item in enumerate(container):
        if type(item) is not str or index + 1 >= count or len(item) > _NAME:
            continue
        if item.startswith("-"):
            if item.startswith("-----BEGIN") and item.rstrip().endswith("PRIVATE KEY-----"):
                found.update(_lines_of_key(container, index + 1))
            elif name := _secret_after(container, index, item):
                found[index + 1] = name
        elif "-" in item and index % 2 == 0 and is_secret_key(item) and _may_be_secret(container[index + 1]):
            found[index + 1] = item  # headers, names and values in turn
    return found


_OF_KUBERNETES = ("data", "stringData")


def _named_value(container: dict[str, Any]) -> dict[Any, str]:
    if TELLING.isdisjoint(container):
        return NOTHING
    if container.get("kind") == "Secret":
        return {name: "secret" for name in _OF_KUBERNETES if name in container}
    for key in LOGINS:
        if key in container and is_any_login(key, container[key]):
            return {key: "password"}
    if "kty" in container:
        return dict.fromkeys((name for name in _OF_JWK if name in container), "private_key")
    for key in VALUES:
        if key in container:
            for label in _NAMES:
                name = container.get(label)
                if type(name) is str and len(name) <= _NAME and is_secret_key(name):
                    return {key: name}
    return NOTHING


def is_any_login(key: str, value: Any) -> bool:
    """Whether a value is a user and a password: in base64, with a colon between them, or as a pair."""
    if key == "netloc":
        return type(value) is str and "@" in value and is_plain_login(value)
    if type(value) is dict and value.get("$type") == "builtins:tuple":
        value = value.get("$items")
    if type(value) in _LISTS:
        is_pair = len(value) == 2 and all(type(item) is str for item in value)
        return is_pair and not value[1].isalpha() and len(value[1]) > 2
    return is_login(value) or is_plain_login(value)


def _secret_after(container: Any, index: int, option: str) -> str:
    """The name of the secret that follows an option of a command; "" for none."""
    value, name = container[index + 1], option.lstrip("-")
    if type(value) is not str or value.startswith("-"):
        return ""
    if is_secret_key(name):
        return name
    first = container[0]
    command = first.rpartition("/")[2] if type(first) is str and len(first) <= _NAME else ""
    is_one = option in _OPTIONS_OF.get(command, ()) and (command != "docker" or tuple(container[:2]) == _OF_DOCKER)
    return "password" if is_one else ""


def _may_be_secret(value: Any) -> bool:
    """Whether a text is neither another name nor a word."""
    if type(value) is not str or is_secret_key(value):
        return False
    return len(value) >= 8 and not value.replace("-", "").isalpha()


def _lines_of_key(container: Any, start: int) -> dict[Any, str]:
    """The lines of a private key, each an item of a list."""
    found: dict[Any, str] = {}
    for index in range(start, len(container)):
        line = container[index]
        if type(line) is not str or line.startswith("-----END"):
            break
        found[index] = "private_key"
    return found
