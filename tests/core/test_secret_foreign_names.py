"""Names of secrets in other languages: which are, which are not, and that every view masks what they name."""

from __future__ import annotations

import json

import pytest

from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.redact import EVERYTHING, PLAIN, SECRET, masked, secrecy
from ckpt_tui.core.secret_foreign_names import without_accents
from ckpt_tui.core.secret_names import is_secret_key
from ckpt_tui.core.secret_texts import MASK, masked_text

SECRETS = [
    "contraseña", "CONTRASEÑA", "contrasena_bd", "contraseñaUsuario", "mot de passe", "mot_de_passe", "motDePasse",
    "MDP", "Passwort", "Datenbankpasswort", "db_passwort", "Kennwort", "API-Schlüssel", "apiSchluessel", "senha",
    "Senha do usuário", "chave de acesso", "clave_api", "clé API", "clé d'accès", "hasło", "heslo", "şifre", "Şifre",
    "lösenord", "salasana", "jelszó", "mật khẩu", "kata sandi", "wachtwoord", "parola d'ordine", "пароль", "ПАРОЛЬ",
    "пароль_бд", "секретный ключ", "ключ доступа", "токен", "密码", "用户密码", "db密码", "密碼", "口令", "密钥",
    "api密钥", "令牌", "パスワード", "APIキー", "비밀번호", "암호", "كلمة المرور", "רמז_סיסמה", "κωδικός πρόσβασης",
    "रूट_पासवर्ड", "รหัสผ่าน",
]  # fmt: skip

ORDINARY = [
    "article", "cycle_time", "clave", "palabra clave", "passe", "mot", "密码学", "密码长度", "令牌数", "トークン数",
    "секретарь", "токенов", "Schlüssel", "Schlüsselwort", "Antwort", "passwort_länge", "имя", "名字", "café", "naïve",
    "parole", "암호화", "contraseña_longitud",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_name_of_a_secret_is_known_in_other_languages(name: str) -> None:
    assert is_secret_key(name)
    assert "hunter2" not in json.dumps(masked({name: "hunter2"}))


@pytest.mark.parametrize("name", ORDINARY)
def test_a_name_that_only_sounds_like_one_is_ordinary(name: str) -> None:
    assert not is_secret_key(name)


@pytest.mark.parametrize("name", ["contraseña", "пароль", "密码", "mot de passe"])
def test_a_password_may_be_a_number_and_a_token_is_a_count(name: str) -> None:
    assert (secrecy(name), secrecy("令牌"), secrecy("名字")) == (EVERYTHING, SECRET, PLAIN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("contraseña=hunter2 y más", f"contraseña={MASK} y más"),
        ("mot de passe : hunter2!", f"mot de passe : {MASK}"),
        ("Пароль: hunter2.", f"Пароль: {MASK}."),
        ("数据库密码：hunter2", f"数据库密码：{MASK}"),
        ('{"密码": "hunter2", "名字": "a"}', f'{{"密码": "{MASK}", "名字": "a"}}'),
        ("パスワード:hunter2", f"パスワード:{MASK}"),
        ("Bitte das Passwort: mindestens acht Zeichen", "Bitte das Passwort: mindestens acht Zeichen"),
        ("名字：hunter2", "名字：hunter2"),
    ],
)
def test_what_a_text_gives_such_a_name_is_masked(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize("name", ["contraseña", "密码", "пароль", "şifre"])
@pytest.mark.parametrize("ensure_ascii", [False, True])
def test_the_lines_of_a_file_do_not_show_it(name: str, ensure_ascii: bool) -> None:
    lines = json.dumps({"a": 1, name: "hunter2", "next": "shown"}, indent=1, ensure_ascii=ensure_ascii).splitlines()
    text = "\n".join(masked_lines(lines))
    assert "hunter2" not in text and "shown" in text


def test_letters_lose_what_is_above_and_below_them() -> None:
    assert (without_accents("plain"), without_accents("Contraseña"), without_accents("hasło")) == (
        "plain", "Contrasena", "haslo",
    )  # fmt: skip
