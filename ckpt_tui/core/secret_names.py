"""Names of keys, variables and parameters whose values are secrets: `api_key`, `COSMOS_KEY`, `X-Authorization`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise, starmap

from ckpt_tui.core import secret_foreign_names as foreign

RUN_KWARGS = frozenset({"_workflow_run_kwargs", "_resolved_workflow_run_kwargs", "_routed_workflow_run_kwargs"})
"""State keys under which every leaf is masked. Source: agent_framework/_workflows/_const.py."""

_WORDS = frozenset((
    "token", "password", "passwd", "passphrase", "passcode", "secret", "secrets", "passwords", "pwd",
    "pswd", "credential", "credentials", "creds", "authorization", "bearer", "cookie", "cookies", "apikey", "apikeys",
    "privatekey", "accesskey", "jwt", "sas", "otp", "totp", "cvv", "cvc", "passwds", "sessionid",
    "phpsessid", "jsessionid", "dockerconfigjson", "dockercfg",
    "mnemonic", "bindpw", "htpasswd", "psk",
))  # fmt: skip
"""Words that make a name one of a secret, unless the last word says otherwise."""

_PAIRS = frozenset((
    "api key", "api keys", "private key", "private keys", "access key", "access keys", "secret key", "secret keys",
    "session key", "signing key", "conn string", "conn str", "connection string", "connection strings",
    "connection str", "subscription key", "account key", "master key", "shared key", "storage key", "encryption key",
    "decryption key", "function key", "functions key", "admin key", "auth key", "service key", "client key",
    "ssh key", "instrumentation key", "shared signature", "access signature", "sas url", "sas uri", "deploy key",
    "webhook key", "hmac key", "aes key", "rsa key", "license key", "token key", "jwt key", "sas key", "host key",
    "query key", "search key", "cosmos key", "cosmosdb key", "openai key", "azure key", "anthropic key", "gemini key",
    "google key", "mistral key", "cohere key", "groq key", "huggingface key", "hf key", "deepseek key", "tavily key",
    "serpapi key", "bing key", "maps key", "speech key", "vision key", "translator key", "language key",
    "cognitive key", "foundry key", "ai key", "inference key", "endpoint key", "vault key", "redis key",
    "postgres key", "eventhub key", "hub key", "bus key", "servicebus key", "event key", "grid key", "aws key",
    "gcp key", "stripe key", "twilio key", "sendgrid key", "slack key", "github key", "gitlab key", "pinecone key",
    "qdrant key", "weaviate key", "langsmith key", "langfuse key", "wandb key", "datadog key", "insights key",
    "device key", "user pass", "db pass", "smtp pass", "mail pass", "admin pass", "root pass", "database pass",
    "mysql pass", "pg pass", "postgres pass", "redis pass", "mongo pass", "rabbitmq pass", "ftp pass", "proxy pass",
    "auth pass", "sudo pass", "keystore pass", "truststore pass", "store pass", "key pass", "cert pass", "pfx pass",
    "imap pass", "sql pass", "sa pass", "login pass", "service pass", "svc pass", "app pass", "wifi pass", "vpn pass",
    "ssh pass", "ldap pass", "account pass", "email pass",
    "github pat", "gitlab pat", "azure pat", "devops pat", "basic auth", "auth header",
    "auth string", "auth code", "authorization code", "pin code", "pin number", "card pin", "user pin",
    "security code", "recovery code", "backup codes", "mfa code", "sms code", "verification code", "access tokens",
    "refresh tokens", "auth tokens", "api tokens", "bearer tokens", "session tokens", "services key", "jobs storage",
    "servicebus connection", "pass phrase", "seed phrase", "recovery phrase", "connect sid", "ext pat", "gh pat",
    "bus connection", "eventhub connection", "hub connection", "tls key", "ssl key", "fernet key", "activation key",
    "cert key", "key pem", "pem key", "http auth", "client assertion", "code verifier", "recovery codes",
    "db pw", "user pw", "admin pw", "root pw", "bind pw", "smtp pw", "login pw", "sudo pw",
))  # fmt: skip
"""Two words one after the other that do."""

_ONE_WORD = (
    "apikey", "accesskey", "secretkey", "privatekey", "accountkey", "masterkey", "subscriptionkey",
    "instrumentationkey", "signingkey", "sessionkey", "encryptionkey", "sharedkey", "sharedaccesskey", "storagekey",
    "openaikey", "connectionstring", "connstring", "connstr", "accesstoken", "refreshtoken", "authtoken", "apitoken",
    "bearertoken", "sessiontoken", "sastoken", "idtoken", "csrftoken", "xsrftoken",
    "securitytoken", "middlewaretoken", "clientsecret", "appsecret",
    "sharedsecret", "apisecret", "userpassword", "dbpassword", "sharedaccesssignature", "authkey", "adminkey",
    "licensekey", "userpass", "dbpass", "authcookie", "sessioncookie", "pgpassword", "mysqlpassword", "rootpassword",
    "adminpassword", "userpwd", "dbpwd", "identitytoken", "registrytoken",
)  # fmt: skip
"""How a name ends that is written in one word."""

_ALONE = frozenset(
    ("pin", "pass", "passkey", "pw", "xsrf", "csrf", "auth token", "primary master key", "secondary master key")
)
"""Whole names, as words."""

_HARMLESS_ENDS = frozenset((
    "count", "type", "limit", "id", "usage", "name", "expiry", "budget", "counts", "length", "size", "ttl", "expires",
    "url", "uri", "endpoint", "policy", "format", "expiration", "types", "names", "used", "scheme", "version", "hint",
    "field", "required", "valid", "enabled", "strength", "rotation", "window", "rate", "cost", "price", "doc", "docs",
    "help", "description", "label", "set", "present", "status", "path", "file", "title", "expired", "at", "latency",
    "consent", "algorithm", "issuer", "audience", "found", "detected", "through", "reused", "changed", "created",
    "updated", "age", "index", "position", "offset", "ids", "logprobs", "logprob",
))  # fmt: skip
"""A last word after which it is a number, a kind or a place of the secret, not the secret."""

_YES_OR_NO = frozenset(("is", "has", "had", "needs", "requires", "uses"))
"""First words of what is true or not: `has_password`."""

_BEFORE_TOKEN = frozenset((
    "eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "start", "end", "image", "special", "next", "page",
    "last", "first", "previous", "prev", "continuation", "sync", "delta", "cursor", "skip",
))  # fmt: skip
"""Words before `token` that make it one of a model's text, or a place in a list of pages."""

_ENVIRONMENT_KEY = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_KEYS?[0-9]?\Z"
"""A variable such as `AZURE_SEARCH_KEY`."""

_OTHER_KEYS = frozenset((
    "public", "primary", "foreign", "partition", "sort", "cache", "routing", "row", "group", "hash", "range", "index",
    "object", "unique", "natural", "lookup", "dict", "map", "json", "config", "registry", "idempotency", "join",
    "order", "state", "message", "shard", "hot", "arrow", "enter", "home", "answer", "translation", "i18n", "s3",
    "dedup", "feature",
))  # fmt: skip
"""Words before `KEY` with which it gives no access."""

_CAMEL_KEY = r"(?:primary|secondary)(?:Readonly)?(?:Master|Access|Shared)?Key\Z"
"""The two keys of a service, as Azure writes them; `primary_key` is a column of a table."""

_KEY_OF_SERVICE = (
    r"\b(?:azure|cosmos|cosmosdb|storage|account|search|bus|servicebus|hub|eventhub|iot|grid|redis|maps|batch|signalr|"
    r"cognitive|openai|speech|device|workspace|analytics) (?:primary|secondary)(?: readonly)? keys?\Z"
)
"""One of the two keys of a service, in words: `cosmos_primary_key`."""

HINTS = (
    "token", "pass", "secret", "cred", "authorization", "bearer", "cookie", "key", "jwt", "str", "pw", "psw", "pin",
    "psk", "srf", "verifier", "assertion",
    "otp", "cvv", "cvc", "sas", "signature", "auth", "code", "pat", "connection", "storage", "sessionid", "sessid",
    "sid", "mnemonic", "phrase", "docker", *foreign.HINTS,
)  # fmt: skip
"""In lower case: each name of a secret that is all ASCII has one of them."""

_KEY_OR_KEYS = ("key", "keys")

_SPLIT = r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"

PARAMETERS = frozenset(("sig", "key", "code", "signature", "pw", "pass", "auth", "sign", "hmac", "credential"))
"""Parameters of a URL that open what it leads to: those of Azure's shared access, signed requests and functions."""


def any_of(words: Iterable[str]) -> str:
    """A pattern that finds one of many words; their first letters are compared once for all that share them."""
    endings: dict[str, set[str]] = {}
    for word in words:
        endings.setdefault(word[:1], set()).add(word[1:])
    parts = []
    for first, rest in endings.items():
        below = "" if "" in rest else any_of(rest)  # a word that begins with another one adds nothing
        parts.append(re.escape(first) + (f"(?:{below})" if len(rest) > 1 and below else below))
    return "|".join(parts)


def letters_in(text: str, letters: Iterable[str]) -> set[str]:
    """Those of some letters that are in a long text: looking for each is quicker than looking at all of the text."""
    return {letter for letter in letters if letter in text}


class AnyOf:
    """Tests whether one of many words is in a text.

    Compiling an expression for all takes as long as searching some hundred short texts word by word, so it is made
    after those.

    Args:
        words: The words.
    """

    __slots__ = ("_expression", "_left", "_letters", "_words")

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)
        self._letters = frozenset("".join(self._words))
        self._left = _BY_THEMSELVES
        self._expression: re.Pattern[str] | None = None

    def is_in(self, text: str) -> bool:
        """Whether one of them is in a text."""
        if len(text) > _LONG:
            has = letters_in(text, self._letters).issuperset  # texts of machines lack a letter of most words
            return any(has(word) and word in text for word in self._words)
        if self._expression is None:
            self._left -= 1
            if self._left > 0:
                return any(map(text.__contains__, self._words))
            self._expression = re.compile(any_of(self._words))
        return self._expression.search(text) is not None


_LONG = 2_000
"""Characters of a text in which each word is found sooner than the expression finds that there is none."""

_BY_THEMSELVES = 400
"""Texts in which each word is searched by itself."""

_HINT = AnyOf(HINTS)
"""A part of every such name in lower case: most names have none, and need no splitting."""


def may_name_secret(name: str) -> bool:
    """Whether a name, or one of many in a text, may be a secret's; false only where none is."""
    return not name.isascii() or _HINT.is_in(name.lower())


@lru_cache(maxsize=16)  # the same name comes two or three times in a row
def _words(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return [word.lower() for word in _split().split(name) if word]


@cache
def _split() -> re.Pattern[str]:
    return re.compile(_SPLIT)


@lru_cache(maxsize=4096)  # the same few names come again and again: a hundred times faster than splitting each
def is_secret_key(name: str) -> bool:
    """Whether a key's name makes its value a secret: `api_key`, `authToken`, `X-Authorization`.

    Plural `tokens` mostly counts words of a text and does not count as a secret.
    """
    if len(name) > 200:
        return False
    is_plain = name.isascii()
    name = foreign.without_accents(name)
    if is_plain and not _HINT.is_in(name.lower()):
        return False
    words = _words(name)
    if "public" in words and "key" in words:
        return False  # the PublicKeyToken of a .NET assembly
    if not words:
        return foreign.is_foreign_secret(words, name)
    if words[-1] in _HARMLESS_ENDS and len(words) > 1 and f"{words[-2]} {words[-1]}" not in _PAIRS:
        return any(f"{a} {b}" in _PAIRS for a, b in pairwise(words)) and words[-1] == "id"
    if words[-1] == "token" and len(words) > 1 and words[-2] in _BEFORE_TOKEN and _WORDS.isdisjoint(words[:-1]):
        return False
    if words[0] in _YES_OR_NO and len(words) > 1:
        return False
    if not _WORDS.isdisjoint(words) or " ".join(words) in _ALONE or name == "_auth":
        return True
    if any(f"{a} {b}" in _PAIRS for a, b in pairwise(words)):
        return True
    if words[-1].endswith(_ONE_WORD) or "".join(words[-3:]).endswith(_ONE_WORD):
        return True
    if name.endswith("Key") and re.search(_CAMEL_KEY, name):
        return True
    if words[-1] in _KEY_OR_KEYS and re.search(_KEY_OF_SERVICE, " ".join(words)):
        return True
    if "_KEY" in name and re.match(_ENVIRONMENT_KEY, name) and words[-2] not in _OTHER_KEYS:
        return True
    return foreign.is_foreign_secret(words, name)


_SERVICES = frozenset((
    "anthropic", "apim", "aws", "azure", "bing", "cerebras", "cohere", "cosmos", "cosmosdb", "datadog", "deepgram",
    "deepseek", "elevenlabs", "fireworks", "gcp", "gemini", "github", "gitlab", "google", "groq", "hf", "huggingface",
    "jina", "langfuse", "langsmith", "mistral", "nvidia", "ollama", "openai", "openrouter", "perplexity", "pinecone",
    "qdrant", "replicate", "sendgrid", "serpapi", "sonar", "stripe", "supabase", "tavily", "together", "twilio",
    "voyage", "wandb", "weaviate", "xai",
))  # fmt: skip
"""Services that are called with a key: a member `key` below the name of one is its key."""


KEYS_OF_SERVICES = frozenset(("key", "Key", "KEY"))
"""Names of a secret below the name of a service, and nowhere else."""


def is_key_of_service(above: object, name: object) -> bool:
    """Whether a name is a secret's because of the name above it: `key` in `openai`."""
    return name in KEYS_OF_SERVICES and isinstance(above, str) and is_service(above)


def begins_service(line: str) -> bool:
    """Whether a line of JSON ends with the beginning of the object of a service: `"openai": {`."""
    found = re.search(r'"([^"\\]{2,200})"\s*:\s*\{\s*\Z', line)
    return found is not None and is_service(found[1])


def leads_to_key_of_service(names: Iterable[object]) -> bool:
    """Whether names, each below the one before, lead to the key of a service."""
    return any(starmap(is_key_of_service, pairwise(names)))


@lru_cache(maxsize=4096)
def is_service(name: str) -> bool:
    """Whether a name is one of a service that is called with a key: `openai`, `AzureOpenAI`, `azure-openai-eu`."""
    words = [word.lower() for word in re.split(_SPLIT, name[:200]) if word]
    return not _SERVICES.isdisjoint((*words, *("".join(pair) for pair in pairwise(words))))


def is_secret_parameter(name: str) -> bool:
    """Whether a parameter of a URL is a secret by its name: `sig`, `X-Amz-Signature`, `access_token`."""
    words = [word.lower() for word in re.split(_SPLIT, name) if word]
    return is_secret_key(name) or (bool(words) and words[-1] in PARAMETERS)


def is_compound(name: str) -> bool:
    """Whether a name is one of a program: `api_key`, `x-api-key`, `apiKey`."""
    return (
        "_" in name or "-" in name or (name != name.lower() and name != name.upper() and name[1:] != name[1:].lower())
    )


_NUMBERS = frozenset(("pin", "otp", "totp", "cvv", "cvc", "passcode", "password", "passwd", "pwd"))


_NUMBER_HINT = AnyOf((*_NUMBERS, "passe", *foreign.HINTS))


@lru_cache(maxsize=1024)
def may_be_number(name: str) -> bool:
    """Whether a secret of this name may be a number, as a PIN is."""
    if name.isascii() and not _NUMBER_HINT.is_in(name.lower()):
        return False
    if not is_secret_key(name):
        return False
    name = foreign.without_accents(name)
    words = _words(name)
    return not _NUMBERS.isdisjoint(words) or foreign.is_foreign_secret(words, name, may_be_number=True)
