"""Decoding runs nothing: the whole hostile corpus and every payload of the tests, under an audit hook."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.oracle import DATA
from tests.support.patience import PATIENCE

ROOT = DATA.parent.parent

PROGRAM = r"""
import base64, json, os, pickle, re, sys
from pathlib import Path

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.reading.disassembly import line, operations
from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.documents.envelope import decode_further, open_envelope
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.doctor.findings import Pickles
from ckpt_tui.core.reading import foreign_objects  # the first array imports it
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.redact import masked
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.safety.examination import examine_document
from ckpt_tui.core.safety.inspection import inspect
from ckpt_tui.core.value import Envelope

OURS = {"builtins.id"}  # our own walks ask for it; it says nothing of the payload
armed = False
events = []


def hook(event, args):
    if armed and event not in OURS:
        events.append(f"{event} {args!r}"[:300])


def everything(value):
    text = dumps(masked(to_json(value, nodes=100_000)))
    summary(value)
    tree = Tree(value)
    tree.unfold_level(tree.root, 3, 2_000)
    for index in range(min(len(tree), 200)):
        row = tree.row(index)
        tree.path(row)
        summary(row.member.value)
    return text


def from_file(data):
    for found in examine_document(data, "gbk"):
        found.inspection.reasons, found.where
    try:
        document = parse(data)
    except DocumentFault as fault:
        return fault.reason
    todo = [document.value]
    while todo:
        value = todo.pop()
        if type(value) is Envelope:
            open_envelope(value)
        elif type(value) is dict:
            todo += value.values()
        elif type(value) is list:
            todo += value
    return everything(document.value)


def from_pickle(data):
    found = inspect(data)
    found.reasons, found.refusals
    for operation in operations(data, 500):
        line(operation)
    envelope = Envelope(base64.b64encode(data).decode(), "a:B")
    pickles = Pickles("a.json", {}, DocumentBudget(0.2))
    pickles.examine(envelope, ("state",))
    if envelope.is_cut:
        decode_further(envelope)
    return everything(envelope.value)


job = json.load(sys.stdin)
work = [(name, from_file, Path(name).read_bytes()) for name in job["files"]]
work += [(text[:60], from_pickle, bytes.fromhex(text)) for text in job["pickles"]]
# Imports of our own, codecs and caches come before anything is watched.
from_file(b'{"a": [1, NaN, {"__pickled__": "gASVBgAAAAAAAAB9lEsBSwJzLg==", "__type__": "x"}]}')
from_pickle(pickle.dumps([1, {2: b"x"}, {3}], 0))
from_pickle(pickle.dumps("a long one is known by its digest" * 200))
from_file("é".encode("cp1252")); from_file("{}".encode("utf-16")); from_file("{}".encode("utf-32"))
sys.addaudithook(hook)
done = 0
for name, run, data in work:
    armed = True
    run(data)
    armed = False
    done += 1
    if events:
        break
found = list(events)
if job["control"]:
    events.clear()
    armed = True
    pickle.loads(bytes.fromhex(job["control"]))
    armed = False
print(json.dumps({"done": done, "of": len(work), "events": found, "control": events if job["control"] else []}))
"""

FILES = sorted(str(path) for path in (DATA / "hostile").iterdir() if path.is_file())


def watched(folder: Path, files: list[str], pickles: list[bytes], control: bytes = b"") -> dict[str, object]:
    job = {"files": files, "pickles": [data.hex() for data in pickles], "control": control.hex()}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", PROGRAM],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, object] = json.loads(done.stdout)
    return result


def no_canary(folder: Path) -> bool:
    return not any(folder.iterdir()) and not Path("/tmp/ckpt_tui_canary").exists()


def test_the_corpus_is_there() -> None:
    assert len(FILES) >= 65


def test_no_hostile_file_executes_imports_or_opens_anything(tmp_path: Path) -> None:
    result = watched(tmp_path, FILES, [])
    assert result["events"] == []
    assert result["done"] == result["of"] == len(FILES)
    assert no_canary(tmp_path)


def test_no_payload_of_the_tests_executes_anything(tmp_path: Path) -> None:
    from tests.core.bombs import BOMBS
    from tests.core.pickles.test_fuzz import FOUND
    from tests.core.pickles.test_opcodes import BROKEN, WELL_FORMED
    from tests.core.pickles.test_unpickle import VALUES
    from tests.fuzz_pickles import BOMBS as SMALL_BOMBS
    from tests.fuzz_pickles import genuine

    pickles = [case[1] for case in (*WELL_FORMED, *BROKEN)]
    pickles += [*SMALL_BOMBS, *PAYLOADS.values(), *FOUND.values(), *genuine()]
    pickles += [data for make in BOMBS.values() if len(data := make()) < 300_000]
    assert len(pickles) > 1_000 and len(VALUES) > 90  # each of these in every protocol is among the genuine ones
    result = watched(tmp_path, [], pickles)
    assert result["events"] == []
    assert result["done"] == len(pickles)
    assert no_canary(tmp_path)


def test_the_same_hook_hears_a_real_unpickling(tmp_path: Path) -> None:
    result = watched(tmp_path, [], [], control=b"cos\ngetpid\n)R.")
    assert any("pickle.find_class" in str(event) for event in result["control"])  # type: ignore[attr-defined]


TOUCH = b"S'touch ckpt_tui_canary'\n"
PAYLOADS = {
    "os.system by GLOBAL and REDUCE": b"cos\nsystem\n(" + TOUCH + b"tR.",
    "os.system by STACK_GLOBAL": b"\x8c\x02os\x8c\x06system\x93" + TOUCH + b"\x85R.",
    "os.system by INST": b"(" + TOUCH + b"ios\nsystem\n.",
    "os.system by OBJ": b"(cos\nsystem\n" + TOUCH + b"o.",
    "Popen by NEWOBJ": b"csubprocess\nPopen\n(" + TOUCH + b"t\x81.",
    "Popen by NEWOBJ_EX": b"csubprocess\nPopen\n)}\x8c\x04args" + TOUCH + b"s\x92.",
    "eval": b'cbuiltins\neval\n(S\'__import__("os").system("touch ckpt_tui_canary")\'\ntR.',
    "exec of a later statement": b"cbuiltins\nexec\n(S'import os; os.mkdir(\"ckpt_tui_canary\")'\ntR.",
    "a chain of getattr": b"cbuiltins\ngetattr\n(cbuiltins\n__import__\n(S'os'\ntRS'system'\ntR(" + TOUCH + b"tR.",
    "getattr with a class": b"cbuiltins\ngetattr\n(cos\n_wrap_close\nS'__init__'\ntR.",
    "a dotted name": b"\x80\x04\x8c\x08builtins\x8c\x0eint.__subclasses__\x93)R.",
    "an import alone": b"cantigravity\nx\n.",
    "pickle.loads inside": b"cpickle\nloads\n(C\x02N.tR.",
    "a setstate that calls": b"ca\nB\n)\x81}\x8c\x0c__setstate__cos\nsystem\nsb" + TOUCH + b"b.",
    "a reduce in a state": b"ca\nB\n)\x81}\x8c\x0a__reduce__cos\nsystem\nsb.",
    "attributes of our own": b"ca\nB\n)\x81}(\x8c\x03cls\x8c\x01x\x8c\x09__class__cos\nsystem\nub.",
    "a dunder in slots": b"ca\nB\n)\x81N}\x8c\x08__dict__}s\x86b.",
    "an extension code": b"\x82\x01)R.",
    "a persistent id": b"Pos.system\n.",
    "a key that calls": b"}cos\nsystem\n(" + TOUCH + b"tRNs.",
    "open": b"cio\nopen\n(S'ckpt_tui_canary'\nS'w'\ntR.",
    "ctypes": b"cctypes\nCDLL\n(NtR.",
    "socket": b"csocket\ncreate_connection\n(S'127.0.0.1'\nI9\n\x86tR.",
    "a codec that is no codec": b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x06\x00\x00\x00idnaxxtR.",
    "a huge decimal": b"cdecimal\nDecimal\n(S'1E+999999999999'\ntR.",
    "a huge range": b"cbuiltins\nrange\n(I0\nL1000000000000000L\nI1\ntR.",
    "a huge bytearray": b"cbuiltins\nbytearray\n(I2147483647\ntR.",
    "a zone": b"czoneinfo\nZoneInfo._unpickle\n(S'../../etc/passwd'\nI01\ntR.",
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_is_shown_by_its_names(name: str) -> None:
    from ckpt_tui.core.pickles.unpickle import decode
    from ckpt_tui.core.reading.to_json import to_json

    decoded = decode(PAYLOADS[name])
    assert decoded.fault == "" or "byte" in decoded.fault
    text = json.dumps(to_json(decoded.value))
    assert any(word in text for word in ("$type", "$error"))
