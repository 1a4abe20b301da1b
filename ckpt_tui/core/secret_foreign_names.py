"""Names of secrets in other languages than English: `contraseña`, `mot de passe`, `пароль`, `密码`.

Latin letters are compared without their accents, as names in programs are often written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from unicodedata import combining, normalize

PASSWORDS = frozenset((
    "passwort", "passworter", "passwoerter", "kennwort", "losungswort", "zugangsdaten", "contrasena", "contrasenas",
    "contrasenya", "contrasinal", "senha", "senhas", "mdp", "motdepasse", "wachtwoord", "wachtwoorden", "heslo",
    "haslo", "geslo", "lozinka", "zaporka", "jelszo", "sifre", "sifresi", "parola", "parolasi", "parool", "salasana",
    "losenord", "passord", "adgangskode", "kodeord", "slaptazodis", "pasahitza", "mot passe", "palavra passe",
    "frase passe", "parola ordine", "kata sandi", "mat khau",
))  # fmt: skip
"""Words, or two words one after the other, that make a name one of a secret which may be a number."""

_KEYS = frozenset((
    "geheimnis", "geheim", "zugangstoken", "secreto", "segredo", "segreto", "jeton", "credenciales", "credenciais",
    "credenziali", "cle api", "cle secrete", "cle privee", "cle acces", "clave api", "clave secreta", "clave privada",
    "clave acceso", "api clave", "llave api", "llave secreta", "llave privada", "chave api", "api chave",
    "chave secreta", "chave privada", "chave acesso", "chiave api", "chiave segreta", "chiave privata",
    "chiave accesso", "api schlussel", "api schluessel", "geheimer schlussel", "geheimer schluessel",
    "privater schlussel", "privater schluessel", "api sleutel", "prive sleutel", "api nyckel", "api nokkel",
    "klucz api", "tajny klucz", "klucz prywatny", "api anahtari", "gizli anahtar",
))  # fmt: skip
"""The same of keys and tokens."""

_ENDS = (
    "passwort", "kennwort", "apischlussel", "apischluessel", "zugriffsschlussel", "zugriffsschluessel",
    "zugangsschlussel", "zugangsschluessel", "geheimschlussel", "geheimschluessel", "privatschlussel",
    "privatschluessel", "wachtwoord", "toegangssleutel", "losenord", "passord", "motdepasse", "contrasena",
    "adgangskode",
)  # fmt: skip
"""How a name ends that is written in one word."""

HINTS = (
    "wort", "geheim", "zugangs", "contras", "senha", "secre", "segre", "mdp", "motde", "jeton", "woord", "heslo",
    "haslo", "geslo", "lozink", "zapork", "jelszo", "sifre", "parol", "parool", "salasana", "losenord", "kode",
    "slaptazod", "pasahitz", "schlussel", "schluessel", "sleutel", "nyckel", "nokkel", "clave", "llave", "chave",
    "chiave", "klucz", "anahtar", "sandi", "khau", "cle_", "cle ", "cle-", "cleapi", "cleacc", "cledacc",
)  # fmt: skip
"""In lower case: each name in Latin letters that is a secret's by these words has one of them, or one of English."""

_SMALL = frozenset(("d", "de", "da", "di", "do", "del", "della", "dell", "la", "le"))
"""Words that a pair leaves out: `clé d'accès`, `chave de acesso`."""

_HARMLESS_WORDS = frozenset((
    "laenge", "lange", "longitud", "longueur", "tamanho", "lunghezza", "anzahl", "typ", "tipo", "caducidad",
))  # fmt: skip
"""A last word after which it is a number or a kind of the secret, not the secret."""

_OTHER_PASSWORDS = (
    "парол", "лозинк", "пин-?код", "κωδικο", "συνθηματικο", "密码(?!学)", "密碼(?!學)", "口令", "パスワード",
    "パスフレーズ", "暗証番号", "合言葉", "비밀번호", "패스워드", "암호(?!화)", "كلم[ةه][ _-]?(?:ال)?(?:مرور|سر)",
    "الرقم[ _-]?السري", "رمز[ _-]?(?:عبور|ورود)", "گذرواژه", "סיסמ", "पासवर्ड", "कूटशब्द", "รหัสผ่าน", "পাসওয়ার্ড",
    "கடவுச்சொல்", "პაროლი", "գաղտնաբառ",
)  # fmt: skip
"""The same words in scripts that put no blanks between words, or where words change their ends: patterns."""

_OTHER_KEYS = (
    "секрет(?!ар)", "токен(?!ы|ов)", r"(?:api|апи|секретн\w*|закрыт\w*|приватн\w*|личн\w*)[ _-]?ключ",
    "ключ[ _-]?(?:api|апи|доступа|шифрования)", "密钥", "密鑰", "秘钥", "秘鑰", "私钥", "私鑰", "令牌", "凭据", "憑據",
    "(?:访问|登录|登入)凭证", "(?:存取|登入)憑證", "秘密鍵", "アクセスキー", "api[ _-]?(?:キー|鍵)", "認証情報",
    "暗号鍵", "シークレット", "トークン", "비밀키", "개인키", "인증키", "api[ _-]?키", "액세스[ _-]?키", "토큰",
    "시크릿", "رمز[ _-]?الوصول",
)  # fmt: skip

_OTHER_HARMLESS = (
    "数", "数量", "數", "數量", "长度", "長度", "类型", "類型", "强度", "強度", "有效期", "期限", "長さ", "種類", "수",
    "길이", "유형", "длина", "тип", "срок",
)  # fmt: skip
"""How a name ends that is a number or a kind of the secret."""

LAST_WORDS = (
    "passe", "sandi", "khau", "khẩu", "ordine", "acces", "accès", "acceso", "acesso", "secreta", "privada", "segreta",
    "доступа", "ключ", "السر", "المرور", "πρόσβασης", "πρόσβασησ", "عبور", "ورود",
)  # fmt: skip
"""Last words of names of several words, as they stand in a text."""

_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_NO_NAME = "　\xa0，。；：、（）「」『』【】《》“”‘’„«»…—–！？•·"
"""Signs that are not letters and no part of a name."""

_OTHER_LETTERS = str.maketrans("łŁøØđĐıßæÆœŒ", "lLoOdDisaAoO")


_ACCENTED = (
    "contraseñ", "hasło", "jelszó", "lösenord", "şifre", "mật", "khẩu", "passwörter", "schlüssel", "clé", "slaptažod",
    "parolă", "secrète", "nøkkel",
)  # fmt: skip
"""Words in Latin letters as they are written."""


def words_in_bytes() -> bytes:
    """A pattern for bytes in lower case that hold one of the words in ASCII."""
    words = (re.escape(word).replace("\\ ", ".{0,6}") for word in sorted((*PASSWORDS, *_KEYS, *_ENDS)))
    return "|".join(words).encode() + rb'|\\u[0-9a-f]{4}[^"\n]{0,80}"\s*:'


def foreign_words_in_bytes() -> bytes:
    """The same of words in other letters, and for a short text in others that may be a name."""
    spelled = dict.fromkeys(
        form.encode().lower()
        for pattern in (*_OTHER_PASSWORDS, *_OTHER_KEYS, *_ACCENTED)
        for word in re.findall(r"[^\x00-\x7f][^\x00-\x7f ]+|[a-z]+[^\x00-\x7f][^\x00-\x7f]*", pattern)
        for form in (word, word.capitalize(), word.upper())
    )
    in_json = rb'[\x80-\xff][^"\n]{0,80}"\s*:'
    in_pickles = rb"(?s:\x8c[\x00-\x50]|x[\x00-\x50]\x00\x00\x00)[ -~]{0,80}[\x80-\xff]"
    return b"|".join((_any_of_bytes(spelled), in_json, in_pickles))


def _any_of_bytes(words: Iterable[bytes]) -> bytes:
    """A pattern that finds one of many words; their first bytes are compared once for all that share them."""
    endings: dict[bytes, set[bytes]] = {}
    for word in words:
        endings.setdefault(word[:1], set()).add(word[1:])
    parts = []
    for first, rest in endings.items():
        below = b"" if b"" in rest else _any_of_bytes(rest)
        parts.append(re.escape(first) + (b"(?:" + below + b")" if len(rest) > 1 and below else below))
    return b"|".join(parts)


def without_accents(name: str) -> str:
    """A name without its accents."""
    if name.isascii():
        return name
    return "".join(char for char in normalize("NFKD", name).translate(_OTHER_LETTERS) if not combining(char))


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(without_accents("|".join(words)), re.IGNORECASE)


@cache
def _other_harmless() -> tuple[str, ...]:
    return tuple(map(without_accents, _OTHER_HARMLESS))


def is_foreign_secret(words: Iterable[str], name: str, may_be_number: bool = False) -> bool:
    """Whether a name is one of a secret in another language than English.

    Args:
        words: Its words, in lower case and without accents.
        name: The name without accents.
        may_be_number: Only those whose secret may be a number, as a password may.
    """
    if not name.isascii() and not name.lower().endswith(_other_harmless()):
        other = _OTHER_PASSWORDS if may_be_number else (*_OTHER_PASSWORDS, *_OTHER_KEYS)
        if _pattern(other).search(name):
            return True
    kept = [word for word in words if word not in _SMALL]
    if not kept or kept[-1] in _HARMLESS_WORDS:
        return False
    known = PASSWORDS if may_be_number else PASSWORDS | _KEYS
    return not known.isdisjoint(kept) or any(f"{a} {b}" in known for a, b in pairwise(kept)) or kept[-1].endswith(_ENDS)


def name_at_end(text: str) -> str:
    """The name with which a text ends: letters of any language, digits, dots and dashes."""
    at = len(text.rstrip(_NAME))
    while at and text[at - 1] > "\x7f" and text[at - 1] not in _NO_NAME:
        at = len(text[: at - 1].rstrip(_NAME))
    return text[at:]
