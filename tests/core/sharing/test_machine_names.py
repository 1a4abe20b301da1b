"""Names of the machine leave no trace in a copy."""

from base64 import b64encode

import pytest

from ckpt_tui.core.sharing.machine_names import Cleaner, Names

HERE = Names(("anna",), ("annas-mac",), (("/home/anna", "~"), ("/home/anna/proj/ckpts", "ckpts")))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/anna/proj/ckpts/x/y.json", "ckpts/…/y.json"),
        ("see /home/anna/proj/ckpts.", "see ckpts."),
        ("/home/bob", "~"),
        ("file:///home/bob/x.py", "…/x.py"),
        ("/Users/John Smith/proj/x.py ok", "…/x.py ok"),
        ('File "/usr/lib/python3.12/asyncio/base.py", line 3', 'File "…/base.py", line 3'),
        (r"C:\Users\Jane Doe\x\y.txt and", "…/y.txt and"),
        (r"{\"path\": \"D:\\data\\k.txt\"}", r"{\"path\": \"…/k.txt\"}"),
        (r"\\server\share\file.doc", "…/file.doc"),
        ("/weird/place/report.pdf", "…/report.pdf"),
        ("path:/srv/app/state.db,", "path:…/state.db,"),
        ("anna@annas-mac wrote", "USER@HOST wrote"),
        ("see file:///home/bob/x.csv now", "see …/x.csv now"),
        ("file:///proj/bob/x and", "file://…/x and"),
        ("file://localhost/home/bob/x", "file://localhost…/x"),
        ("open vscode://file/home/bob/p.py:3", "open vscode://file…/p.py:3"),
        ("sqlite:////home/bob/x.db", "sqlite:///…/x.db"),
        ("git+file:///home/bob/repo", "git+…/repo"),
        ("gcc -I/home/bob/include x.c", "gcc -I…/include x.c"),
        ("?file=%2Fhome%2Fbob%2Fx.py&a=1", "?file=…&a=1"),
    ],
)
def test_paths_keep_the_name_of_their_file_and_nothing_else(text: str, shown: str) -> None:
    assert Cleaner(HERE).text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/home/bob/x", "and/or", "/api/v1/users", "/help", "Joanna", "time 12:30", "a: b",
        "src/core/x.py", "http://localhost:8000/data/x", "s3://bucket/data/x", "~/x/y",
    ],
)  # fmt: skip
def test_what_is_not_a_path_of_a_disk_stays(text: str) -> None:
    assert Cleaner(HERE).text(text) == text


def test_common_names_are_words_and_stay() -> None:
    assert Cleaner(Names(("root", "me"), ("localhost",))).text("root me localhost") == "root me localhost"


def test_a_user_of_another_machine_is_known_by_a_path() -> None:
    cleaner = Cleaner(HERE)
    found = cleaner.document(["bobby logged in", "~bobby/notes", {"at": "/home/bobby/x"}, r"C:\Users\Eve\y", "Eve@ci"])
    assert found == [
        "USER logged in", "~USER/notes", {"at": "…/x"}, "…/y", "USER@ci",
    ]  # fmt: skip
    assert cleaner.document(["of bobby, in a later document"]) == ["of USER, in a later document"]


def test_the_name_of_a_member_is_a_word_though_a_user_has_it() -> None:
    found = Cleaner(HERE).document(
        {"writer": ["writer ran", "/home/writer/x.py", "https://example.com/home/page/x", "page"]}
    )
    assert found == {"writer": ["writer ran", "…/x.py", "https://example.com/home/page/x", "page"]}


def test_keys_and_bytes_are_cleaned_and_counted() -> None:
    secret, fine = (b64encode(text).decode() for text in (b"at /home/anna/x", b"fine"))
    cleaner = Cleaner(HERE)
    found = cleaner.document(
        {"/home/anna/a/x.py": 1, "/home/anna/b/x.py": [{"$type": "builtins:bytes", "$base64": secret, "$size": 15}],
         "kept": {"$base64": fine}}
    )  # fmt: skip
    assert found == {
        "~/…/x.py": 1,
        "~/…/x.py (2)": [{"$type": "builtins:bytes", "$base64": "", "$size": 15}],
        "kept": {"$base64": fine},
    }
    assert cleaner.paths == 3
