"""Which parts of texts are secrets by their look, and what is left of the text around them."""

import pytest

from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.redact import MASK, masked
from ckpt_tui.core.secret_names import AnyOf, is_secret_key
from ckpt_tui.core.secret_signs import maskers_for, maskers_for_all
from ckpt_tui.core.secret_texts import masked_text
from tests.support.work import calls

M = MASK

LOOKS = {
    "postgres://svc:hunter2@db/prod": f"postgres://svc:{M}@db/prod",
    "redis://:hunter2@cache.internal:6380/0": f"redis://:{M}@cache.internal:6380/0",
    "mongodb+srv://u:p@ss/w0rd@cl.mongodb.net/?x=1": f"mongodb+srv://u:{M}@cl.mongodb.net/?x=1",
    "https://user:pw@shop.example/x": f"https://user:{M}@shop.example/x",
    "https://token0123456789abcdef@github.com/a": f"https://{M}@github.com/a",
    "root:pw1@tcp(db:3306)/x": f"root:{M}@tcp(db:3306)/x",
    "timed out reading redis://svc:hunter2@cache:6380/0": f"timed out reading redis://svc:{M}@cache:6380/0",
    "Server=tcp:x;User ID=sa;Password=Pa55w0rd!;": f"Server=tcp:x;User ID=sa;Password={M};",
    "Server=x;Uid=sa;Pwd=my pass word;": f"Server=x;Uid=sa;Pwd={M};",
    "AccountName=a;AccountKey=AAAABBBB==;EndpointSuffix=core": f"AccountName=a;AccountKey={M};EndpointSuffix=core",
    "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=a+/=":
        f"Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey={M}",
    "<add key=\"ApiKey\" value=\"abc1\"/>": f"<add key=\"ApiKey\" value=\"{M}\"/>",
    "<Password>abc1</Password> <p>x</p>": f"<Password>{M}</Password> <p>x</p>",
    "<wsse:Password Type='t'>abc1</wsse:Password>": f"<wsse:Password Type='t'>{M}</wsse:Password>",
    "machine h login u password abc1": f"machine h login u password {M}",
    "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: 1":
        f"PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n{M}\nPrivate-MAC: 1",
    "redis-cli -h x -a abc1 ping": f"redis-cli -h x -a {M} ping",
    "sshpass -p 'abc1' ssh h": f"sshpass -p '{M}' ssh h",
    "mysql -u root -pabc1 db": f"mysql -u root -p{M} db",
    "mariadb-dump -uroot -pabc1 db": f"mariadb-dump -uroot -p{M} db",
    "docker exec db -uroot -h db -P 3306 -pabc1": f"docker exec db -uroot -h db -P 3306 -p{M}",
    "-pSECRET": f"-p{M}", "-phunter2": f"-p{M}", "-pS3cr3t!": f"-p{M}",
    "the password is: hunter2": f"the password is: {M}",
    "My password is now: swordfish.": f"My password is now: {M}.",
    "the API key is: 9f8a7b6c5d, keep it": f"the API key is: {M}, keep it",
    "Das Passwort ist: Sommer2024": f"Das Passwort ist: {M}",
    "the secret was: \"blue cat\"": f"the secret was: \"{M}\"",
    "Shared Access Key=abc;": f"Shared Access Key={M};",
    "https://a.blob/c/f?sv=2024-01-01&sig=AbCdEfGh%3D": f"https://a.blob/c/f?sv=2024-01-01&sig={M}",
    "https://x.example/api?code=abc&n=1": f"https://x.example/api?code={M}&n=1",
    "jdbc:postgresql://h/db?user=a&password=s1": f"jdbc:postgresql://h/db?user=a&password={M}",
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nend":
        f"-----BEGIN PRIVATE KEY-----\n{M}\n-----END PRIVATE KEY-----\nend",
    "-----BEGIN RSA PRIVATE KEY-----\\nMIIEcut off": f"-----BEGIN RSA PRIVATE KEY-----\\n{M}",
    "OPENAI_API_KEY=sk-proj-abcdefghijkl\nX=1": f"OPENAI_API_KEY={M}\nX=1",
    "export COSMOS_KEY='abc'": f"export COSMOS_KEY='{M}'",
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc": f"Bearer {M}",
    "Authorization: Basic dXNlcjpwdw==": f"Authorization: {M}",
    "x-functions-key: abc12": f"x-functions-key: {M}",
    "password: hunter2": f"password: {M}",
    '{"password": "x", "n": 1}': f'{{"password": "{M}", "n": 1}}',
    "{'api_key': 'abc', 'n': 1}": f"{{'api_key': '{M}', 'n': 1}}",
    '{\\"token\\": \\"abc\\"}': f'{{\\"token\\": \\"{M}\\"}}',
    "curl --password hunter2 -v": f"curl --password {M} -v",
    "use ghp_abcdefghijklmnopqrstuvwxyz0123456789 please": f"use {M} please",
    "sk-ant-api03-abcdefgh": M, "sk-abcdefghijklmnopqrstuvwx": M, "glpat-abcdefghijklmnopqrst": M,
    "github_pat_11ABCDEFG0123456789": M, "AKIAIOSFODNN7EXAMPLE": M, "xoxb-123456789012-abcdef": M,
    "AIzaSyA1234567890abcdefghijklmnopqrstuv": M, "hf_abcdefghijklmnopqrstuvwxyz": M, "sk_live_abcdefgh12345678": M,
    f"dapi{'0a' * 16}": M, f"AC{'0f' * 16}": M, f"shpat_{'1b' * 16}": M, "sq0csp-abcdefghijklmnopqrstuvwxyz": M,
    f"key-{'9c' * 16}": M, f"lin_api_{'aB3' * 12}": M, f"ntn_{'aB3' * 16}": M, f"pcsk_abcdef_{'aB3' * 12}": M,
    f"hvs.{'aB3' * 12}": M, f"dp.pt.{'aB3' * 12}": M, f"MT{'a1' * 11}.abcdef.{'aB3' * 10}": M,
    "curl -u admin:hunter2 https://x": f"curl -u admin:{M} https://x",
    "curl -s --user 'a:b c' https://x": f"curl -s --user 'a:{M} c' https://x",
    "https://hooks.slack.com/services/T000/B000/XXXX": f"https://hooks.slack.com/services/{M}",
    **dict.fromkeys(
        (
            f"sk_{'0a' * 24}", f"sess-{'aB3' * 14}", f"gldt-{'aB3' * 7}", f"glptt-{'0a' * 20}", f"figd_{'aB3' * 14}",
            f"PMAK-{'0a' * 12}-{'1b' * 17}", f"rdme_{'0a' * 35}", f"{'aB3' * 4}.atlasv1.{'aB3' * 20}",
            f"nfp_{'aB3' * 12}", f"sbp_{'0a' * 20}", f"sb_secret_{'aB3' * 8}", f"pul-{'0a' * 20}",
            f"sntrys_{'aB3' * 20}", "NRAK-A1B2C3D4E5F6G7H8I9J0K1L2M3N", f"glsa_{'aB3' * 11}_0a1b2c3d",
            f"{'0a' * 16}-us12",
            f"xkeysib-{'0a' * 32}-{'aB3' * 5}a", "re_a1B2c3D4_abcdefghij1234567890abcd", f"tskey-auth-kABC-{'aB3' * 8}",
            f"ATATT3xFfGF0{'aB3' * 20}", f"csk-{'a1b' * 16}", f"jina_{'a1b' * 20}", f"fc-{'0a' * 16}",
            f"ls__{'0a' * 16}",
            f"ABSK{'aB3' * 30}=", f"EAA{'aB3' * 30}", f"LTAI{'aB3' * 5}", f"pat{'a1' * 7}.{'0a' * 32}",
            "pat-na1-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", f"{'aB3' * 14}AzSeBaB3aB",
            f"{'aB3' * 25}a+ASt{'aB3' * 2}==",
            f"{'aB3' * 17}aJQQJ99{'aB3' * 9}", f"GR1348941{'aB3' * 7}", f"1//0g{'aB3' * 20}", f"dor_v1_{'0a' * 32}",
        ),
        M,
    ),
    "pw=hunter22": f"pw={M}", "PIN: 4821": f"PIN: {M}", "CVV: 123": f"CVV: {M}",
    "Driver={ODBC};UID=sa;PWD={a1;b}};c};": f"Driver={{ODBC}};UID=sa;PWD={{{M}}};",
    "Data Source=x;Password='it''s 1';User=a": f"Data Source=x;Password='{M}';User=a",
    "mssql:///?odbc_connect=UID%3Dsa%3BPWD%3Ds3cr3t%3B": f"mssql:///?odbc_connect=UID%3Dsa%3BPWD%3D{M}%3B",
    "nats://tok3n@h:4222": f"nats://{M}@h:4222",
    "db.local:5432:shop:ann:hunter2": f"db.local:5432:shop:ann:{M}", "*:*:*:ann:hunter2": f"*:*:*:ann:{M}",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56w\n---- END SSH2 ENCRYPTED PRIVATE KEY ----":
        f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{M}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    "docker login -u u -p s3cr3t r.io": f"docker login -u u -p {M} r.io",
    "az login --service-principal -u a -p s3cr3t --tenant t": f"az login --service-principal -u a -p {M} --tenant t",
    "sqlcmd -S h -U sa -P s3cr3t": f"sqlcmd -S h -U sa -P {M}", "mongosh -u u -p s3cr3t": f"mongosh -u u -p {M}",
    "ldapsearch -D cn=x -w s3cr3t": f"ldapsearch -D cn=x -w {M}",
    "smbclient -U u%s3cr3t //h": f"smbclient -U u%{M} //h",
    "os.environ['API_KEY'] = 'abc9'": f"os.environ['API_KEY'] = '{M}'", "'password' => 'x9'": f"'password' => '{M}'",
    'password := "x9"': f'password := "{M}"', 'AzureKeyCredential("abcdef99")': f'AzureKeyCredential("{M}")',
    '{"password": "a\\"b", "n": 1}': f'{{"password": "{M}", "n": 1}}',
    "api_key: >-\n  abc9\nx: 1": f"api_key: >-\n  {M}\nx: 1",
    "<apiKey><![CDATA[abc9]]></apiKey>": f"<apiKey><![CDATA[{M}]]></apiKey>", "auth: 'ann:pw9'": f"auth: '{M}'",
    "kind: Secret\ndata:\n  blob: Zm9v\ntype: Opaque": f"kind: Secret\ndata:\n  blob: {M}\ntype: Opaque",
    '{"kind":"Secret","data":{"blob":"Zm9v"}}': f'{{"kind":"Secret","data":{{"blob":"{M}"}}}}',
    "seed phrase: legal winner thank year wave sausage worth useful legal winner thank yellow": f"seed phrase: {M}",
    "κωδικός πρόσβασης: abc12345": f"κωδικός πρόσβασης: {M}", "رمز عبور: abc12345": f"رمز عبور: {M}",
}  # fmt: skip


@pytest.mark.parametrize("text", LOOKS)
def test_only_the_secret_in_a_text_is_masked(text: str) -> None:
    assert masked_text(text) == LOOKS[text]
    assert masked_text(LOOKS[text]) == LOOKS[text]
    assert masked({"note": text}) == {"note": LOOKS[text]}
    assert masked([["a", text]]) == [["a", LOOKS[text]]]


HONEST = [
    "ACCESS key-value NOTES MTA", "curl -u $USER:$PASSWORD https://x", "curl https://x -H a:b", "sq0 dapi hvs. SKU 12",
    "http://host:8080/a?mail=a@b.c", "ssh://git@github.com/a/b", "postgres://db:5432/x", "https://k:9200/x",
    "-p8080", "-p8080:80", "-p127.0.0.1:80:80/tcp", "-p22,80", "-p/tmp/X1", "-projectPath", "-pVersion=1", "-path",
    "nmap -u x -p 80", "ssh -p2222 x", "the password is: at least eight characters", "the count is: 4711",
    "the token type is: bearer1", "the password is:",
    "the token is abc", "Password: must be eight characters", "token: the smallest unit",
    "a basic understanding of bearer authentication", "token == x; password=None; api_key=os.environ['X']",
    "max_tokens=4096 tokens=5 token_count: 17", "sk-learn and task-force", "risk-averse desk-abcdefghijklmnopqrstuv",
    "def f(token: str, password=None):", "-----BEGIN CERTIFICATE-----\nMII",
    "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089", "10:15:30", "a=b;c=d",
    "state.total > `1`", "eyJhbGciOiJIUzI1NiJ9", "password=${DB_PASSWORD}", "see https://example.com/keys?page=2",
    "Authorization: required", "authorization: role based", "cookie: a small cake", "OTP: one-time password",
    "https://x.example/?code=200", "https://x.example/?key=name", "self.token = token", "password: ********",
    "api_key=YOUR_API_KEY", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
    "パスワード：8文字以上",
    "kind: ConfigMap\ndata:\n  blob: Zm9v", "token => token.id", "a:*:b", "monitor:5432:up", "pattern pat-na",
    "rnd_seed",
    "re_index_the_documents_quickly_please", "pa-ss-through", "fc-barcelona", "x.replace(key='a', value='b')",
    "<p>hello</p> <token/>", "<password>$(pw)</password>", "mysql -u root -p db", "please login as me, then a password",
]  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_other_texts_stay(text: str) -> None:
    assert masked_text(text) is text


@pytest.mark.parametrize("text", LOOKS)
def test_a_raw_line_is_masked_as_the_document_is(text: str) -> None:
    import json

    for ascii_only in (True, False):
        line = json.dumps({"note": text}, ensure_ascii=ascii_only)
        (shown,) = masked_lines([line])
        assert json.loads(shown) == {"note": LOOKS[text]}


NAMES = (
    "AZURE_OPENAI_KEY", "COSMOS_KEY", "AZURE_SEARCH_ADMIN_KEY", "AZURE_STORAGE_CONNECTION_STRING", "connectionString",
    "pwd", "pin", "subscription_key", "Ocp-Apim-Subscription-Key", "AccountKey", "SharedAccessKey", "primaryKey",
    "secondaryKey", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_SECRET", "db_pass", "sas_token",
    "instrumentationKey", "accountkey", "x-functions-key", "aws_secret_access_key", "refresh_token", "azureOpenAIKey",
    "api_keys", "otp", "AzureWebJobsStorage", "PGPASSWORD", "SERVICEBUS_CONNECTION", "cognitiveServicesKey",
    "cosmos_primary_key", "storage-secondary-key", "pass_phrase", "client_assertion", "code_verifier", "fernet_key",
    "recovery_codes", "wifiPsk", "http_auth", "db_pw", "bindpw", "key_pem",
)  # fmt: skip
NO_NAMES = (
    "max_tokens", "token_count", "tokens_used", "secretary", "keyboard", "passport_no", "session_id", "author",
    "primary_key", "PARTITION_KEY", "token_url", "password_policy", "first_pass", "status_code",
    "graph_signature_hash", "pinned", "mapping", "AZURE_CLIENT_ID", "SharedAccessKeyName", "key_points", "AWS_REGION",
    "region", "PublicKeyToken", "strategy", "pattern", "connection_id", "storage", "storage_class", "connections",
    "table_primary_key", "row secondary key", "continuation_token", "nextPageToken", "eos_token", "password_expired",
    "is_secret", "time_to_first_token", "secrets_found", "jwt_algorithm", "first_token_at", "stop_token",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_names_of_clouds_are_secrets(name: str) -> None:
    assert is_secret_key(name)


@pytest.mark.parametrize("name", NO_NAMES)
def test_names_that_only_sound_like_them_are_not(name: str) -> None:
    assert not is_secret_key(name)


def test_numbers_are_masked_where_a_secret_is_one() -> None:
    assert masked({"pin": 1234, "tokens": 5, "token": 6}) == {
        "pin": {"$masked": "int", "$size": 4}, "tokens": 5, "token": 6,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("exactly one token: 'MATCHED' if guess == target", True), ('the stop token: "END"', True),
        ("exactly one token: 'sk4t8sj2'", False), ("the access token: 'qwertyuiop'", False),
        ("{'token': 'qwerty'}", False),
    ],
)  # fmt: skip
def test_a_word_that_a_model_is_to_write_is_no_secret(text: str, *, shown: bool) -> None:
    assert (masked_text(text) == text) == shown


def test_names_of_classes_are_no_secrets() -> None:
    document = {"$type": "app.password:Token1", "of": {"$type": "type", "$value": "app.password:Secret1"}}
    assert masked({"x": document}) == {"x": document}


@pytest.mark.parametrize(
    "text",
    [
        "a=" * 12_500, "://" * 12_500, "://a:" * 6_250, "-----BEGIN PRIVATE KEY-----" * 312, "token=" * 6_250,
        "password: " * 3_125, "--token " * 3_125, "eyJ" * 6_250, "eyJabcd." * 3_125, "sk-" * 6_250,
        "a" * 62_500 + "=", "<a>" * 3_125 + "</", "mysql " * 1_250, "login " * 3_125,
        'key="' * 6_250, "key=;" * 6_250, "bearer " * 3_125, "@tcp(" + "a:" * 6_250, "xoxb-" * 6_250,
        "kind: Secret\n" + "data:\n " * 3_125, "kind: Secret " + "'data': {" * 3_125, "seed phrase " * 3_125,
        "mnemonic: " + "abcd " * 6_250, "Credential('" * 3_125, "PWD%3D" * 6_250, "a:*:" * 6_250, "AzSe" * 6_250,
        "password=> " * 3_125, "password: |\n " * 3_125, "password='\\'" * 3_125, "password=" + "''" * 6_250,
        "docker login " * 3_125, "mongo ldapx bcp " * 1_562, "pat-na1-" * 3_125, "re_a1b2c3d4_" * 3_125,
        "re_abcdefgh_" * 3_125, "fw_abcdefgh" * 3_125, "pa-abcdefgh" * 3_125,
        "-u a " * 3_125 + "-pb", "password is: " * 1_875, "password" + " is" * 6_250 + ": x",
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_the_work_on_a_text_grows_with_its_length(text: str) -> None:
    # What an expression does by itself is not counted; one that went over the text again and again would not end.
    half = text[: len(text) // 2]
    for each in (half, text):  # expressions are compiled when they are first used
        masked_text(each)
    assert calls(lambda: masked_text(text)) < 2.5 * calls(lambda: masked_text(half)) + 100


def test_many_texts_have_the_maskers_of_each_long_ones_too_and_again() -> None:
    plain, secret = "nothing to hide. " * 40, "see https://me:hunter2@example.org now. " + "and so on. " * 50
    for _ in range(2):
        assert maskers_for_all([plain, "short"]) == maskers_for(plain)
        assert maskers_for_all([plain, secret]) == maskers_for(secret)
        assert maskers_for_all(["https://me:hunter2@x"]) == maskers_for(secret)


@pytest.mark.parametrize(
    "text",
    [
        "curl -u ann:hunter2 x", "see curlew; curl --user ann:hunter2", "curl x " + "y" * 380 + " -U ann:hunter2",
        "curl a/curlew -u ann:hunter2",
    ],
)  # fmt: skip
def test_the_password_that_curl_is_given_is_masked_wherever_the_option_stands(text: str) -> None:
    assert masked_text(text) == text.replace("hunter2", MASK)


@pytest.mark.parametrize(
    "text", ["curlew -u ann:hunter2", "curl x; id -u ann:hunter2", "curl " + "y" * 410 + " -u a:b"]
)
def test_an_option_of_another_command_is_shown(text: str) -> None:
    assert masked_text(text) == text


def test_one_of_many_words_is_found_whether_they_are_one_expression_yet_or_not() -> None:
    words = AnyOf(["ab", "abc", "b.d"])
    found = [tuple(map(words.is_in, ("xaby", "b.d", "bxd", "a b", ""))) for _ in range(500)]
    assert set(found) == {(True, True, False, False, False)}
