"""The second target of the fuzz run: whole verbs and the rows of the browser over damaged stores.

`python -m tests.fuzz --target stores --inputs 100000` takes the sample stores of every format and changes them: times,
ids, numbers, names, texts, members, pickles and bytes. Each store is then listed, shown, searched, asked and judged by
the command itself, in this process and in changing time zones, and drawn as the browser draws it. What counts is an
exception that is not explained, a trace on stderr, a character that a terminal obeys, and a store that takes more than
`HANG_SECONDS`. An exit code other than 0 and 1 is an explanation.
"""

import base64
import io
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from ckpt_tui.cli.command_line import run
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.reading.conversation import conversation
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.text import unsafe
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.tab_texts import conversation_paragraphs, meta_value, raw_paragraphs
from ckpt_tui.tui.widgets.text_lines import wrap
from tests.support.views import make_view

HANG_SECONDS = 5.0
"""Processor time of one store: a dozen times what the slowest honest one takes."""

DATA = Path(__file__).parent / "data"

OLD = 1_790_000_000
"""When the files of a store were written, in seconds since 1970: so long ago that no writer is at them."""

ZONES = (
    "UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Etc/GMT+12", "Etc/GMT-14", "Asia/Kolkata", "Europe/Berlin",
    "Africa/Monrovia",
)  # fmt: skip

TIMES = (
    "0001-01-01T00:00:00", "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.9999999Z",
    "1969-12-31T23:59:59-12:00", "1970-01-01T00:00:00+00:00", "2026-02-30T00:00:00+00:00", "2026-11-20T10:00:00",
    "2026-11-20", "20261120T100000Z", "2026-W47-5", "", "yesterday", "2026-11-20T24:00:00", "-1", "1e400", "NaN",
    "2026-11-20T10:00:00+23:59:59.999999", "0000-00-00T00:00:00", "\u0662\u0660\u0662\u0666-11-20T10:00:00",
)  # fmt: skip
"""Times that a file may hold: the first and the last there are, in zones that push them over the edge, and no times."""

IDS = (
    "", " ", ".", "..", "../up", "a/b", "\x1b[31mred", "\u202eabc", "a\nb", "latest", "-", "--json", "é" * 300,
    "0", "NaN", "[bold]", "{0}", "%s", "a\0b", "\ud800",
)  # fmt: skip

SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**400, -(10**400), 1.5, -0.0, 1e308, float("inf"),
    float("-inf"), float("nan"), "", "a", "\x1b]0;x\x07", "\ud800", [], {}, [[]], {"": ""}, [None], {"$type": "x"},
    {"__pickled__": "gASVCAAAAAAAAABdlGgAYS4=", "__type__": "a:b"}, {"__pickled__": 1},
    {"__pickled__": "!", "__type__": ""},
)  # fmt: skip


class Finding(NamedTuple):
    """One store that did what none may do: what, in which verb, and the seed that makes it again."""

    kind: str
    detail: str
    number: int


# ---------------------------------------------------------------- stores


class Sample(NamedTuple):
    """A genuine or hostile store: the bytes of each file by its name below the store."""

    name: str
    files: dict[str, bytes]


def samples() -> list[Sample]:
    """Sample stores of all formats with few and small files, and each hostile file beside a genuine one."""
    found = []
    folders = {path.parent for path in DATA.rglob("*.json")}
    folders |= {DATA / "dotnet" / path.name for path in (DATA / "dotnet").iterdir() if path.is_dir()}
    for folder in sorted(folders):
        paths = sorted(path for path in folder.rglob("*") if path.is_file())[:4]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        if files and sum(map(len, files.values())) < 40_000 and folder.name != "hostile":
            found.append(Sample(folder.relative_to(DATA).as_posix(), files))
    beside = next(sample for sample in found if sample.name.endswith("1.23.0/linear"))
    found += [
        Sample(f"hostile/{path.name}", {**beside.files, path.name: path.read_bytes()})
        for path in sorted((DATA / "hostile").glob("*.json"))
    ]
    events = b"".join(json.dumps({**EVENT, "timestamp": stamp, "t": stamp}).encode() + b"\n" for stamp in TIMES[:6])
    found.append(Sample("events", {"run.ndjson": events}))
    return found


EVENT: dict[str, Any] = {"kind": "event", "version": "1.0", "type": "WORKFLOW_STARTED", "seq": 1, "state": "x"}


def changed(rng: random.Random, sample: Sample, others: list[Sample]) -> dict[str, bytes]:
    """The files of a store with some changes."""
    files = dict(sample.files)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        name = rng.choice(sorted(files))
        kind = rng.random()
        if kind < 0.75:
            files[name] = _changed_json(rng, files[name])
        elif kind < 0.9:
            files[name] = _changed_bytes(rng, files[name])
        elif kind < 0.94:
            other = rng.choice(others)
            files[rng.choice(sorted(other.files)).rpartition("/")[2]] = rng.choice(sorted(other.files.values()))
        elif kind < 0.97:
            files[f"{rng.choice(('copy', 'x', '.hidden', 'index'))}{rng.randrange(9)}.json"] = files[name]
        elif len(files) > 1:
            del files[name]
    return files


def _changed_bytes(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    at = rng.randrange(len(out) + 1)
    match rng.randrange(5):
        case 0:
            del out[at:]
        case 1:
            del out[at : at + rng.randrange(1, 30)]
        case 2:
            out[at:at] = rng.choice((b"\0", b"\xff", b"\xed\xa0\x80", b'"', b"{", b"]", b",", b"\n", b"\xef\xbb\xbf"))
        case 3 if at < len(out):
            out[at] = rng.randrange(256)
        case _:
            out[at:at] = out[at : at + rng.randrange(1, 60)]
    return bytes(out)


def _changed_json(rng: random.Random, data: bytes) -> bytes:
    """The document, or the lines of documents, with one place changed; bytes where it is none."""
    lines = data.split(b"\n") if not data.lstrip().startswith(b"{\n") and data.count(b"\n{") else [data]
    number = rng.randrange(len(lines))
    try:
        document = json.loads(lines[number])
    except (ValueError, RecursionError):
        return _changed_bytes(rng, data)
    places = [*_places(document)]
    if not places:
        return _changed_bytes(rng, data)
    holder, key = _chosen(rng, places)
    value = holder[key]
    name = str(key).lower()
    draw = rng.random()
    if "time" in name or name in ("t", "when", "created"):
        holder[key] = rng.choice(TIMES) if draw < 0.9 else rng.choice(SCALARS)
    elif "id" in name and isinstance(value, str) and draw < 0.7:
        ids = [str(inner[step]) for inner, step in places if "id" in str(step).lower()]
        holder[key] = rng.choice((*IDS, *ids))
    elif name == "__pickled__" and isinstance(value, str) and draw < 0.8:
        try:
            raw = base64.b64decode(value) or b"."
        except ValueError:  # changed before
            raw = b"."
        holder[key] = base64.b64encode(_changed_bytes(rng, raw)).decode()
    elif draw < 0.6:
        holder[key] = rng.choice((*SCALARS, *TIMES[:6]))
    elif draw < 0.75 and isinstance(holder, dict):
        del holder[key]
    elif draw < 0.9 and isinstance(holder, dict):
        holder[rng.choice((*IDS, "token", "$type", "__pickled__", "k"))] = value
    else:
        other, step = rng.choice(places)
        holder[key] = deepcopy(other[step]) if not isinstance(other[step], list) else []
    try:
        text = json.dumps(document, indent=rng.choice((2, 2, None)), ensure_ascii=rng.random() < 0.5)
    except RecursionError:
        return _changed_bytes(rng, data)
    lines[number] = text.encode("utf-8", "surrogatepass")
    return b"\n".join(lines)


def _chosen(rng: random.Random, places: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """One place; times and ids half of the time, as they are few among many."""
    if rng.random() < 0.5:
        special = [(holder, key) for holder, key in places if _is_special(str(key).lower())]
        if special:
            return rng.choice(special)
    return rng.choice(places)


def _is_special(name: str) -> bool:
    return any(part in name for part in ("time", "id", "created", "previous", "iteration", "step"))


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: the container and the key."""
    todo = [document]
    while todo:
        container = todo.pop()
        if isinstance(container, dict | list):
            for key, value in container.items() if isinstance(container, dict) else enumerate(container):
                yield container, key
                if isinstance(value, dict | list):
                    todo.append(value)


# ---------------------------------------------------------------- what is done with a store


def calls(rng: random.Random, store: str) -> list[list[str]]:
    """A command line for a store, of any verb that only reads."""
    latest = rng.choice(("latest", "", "c1"))
    shown = ["show", store, *([latest] if latest else []), *rng.choice(([], ["--json"], ["--reveal"]))]
    asked = rng.choice((
        ["history", store, "state"], ["history", store, rng.choice(("iteration_count", "timestamp"))],
        ["bisect", store, rng.choice(("state.a > `1`", "pending", "length(keys(state)) > `2`"))],
        ["diff", store, "latest"], ["diff", store, "latest", "--json"],
    ))  # fmt: skip
    text = rng.choice(("a", "2026", "0001", "[0-9]+", "$type"))
    found = ["find", store, text, *rng.choice(([], ["--json"], ["--keys"]))]
    return rng.sample([["ls", store], ["ls", store, "--json"], shown, asked, found, ["doctor", store]], 1)


def command(args: list[str]) -> tuple[int, str, str]:
    """Run the command line in this process; returns its exit code, stdout and stderr."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogateescape") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run(args)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8", "surrogateescape"))
    return code, texts[0], texts[1]


def draw(path: str) -> bool:
    """Draw a store as the browser does: its rows, and those of the tabs of one checkpoint; whether one was decoded."""
    store = open_store(path)
    entries = collect(store.scan())
    refs = [entry.file for entry in entries.values() if isinstance(entry, CheckpointRef)]
    for batch in store.fill(refs):
        entries.update({entry.file: entry for entry in batch.entries})
    view: View = make_view(list(entries.values()))
    rows = Checkpoints()
    rows.view = view
    drawn = [rows.draw(index, 60) for index in range(len(view.rows))]
    decoded = False
    for file in refs[-1:]:
        try:
            checkpoint = store.load(file)
        except CkptError:
            continue
        for value in (checkpoint.state, checkpoint.messages, checkpoint.pending, meta_value(checkpoint)):
            tree = RowTree()
            tree.value_tree = Tree(value)
            drawn += [tree.draw(index, 80) for index in range(min(len(tree.value_tree), 25))]
        talk = conversation_paragraphs(conversation(checkpoint))
        lines = (*talk, *raw_paragraphs(checkpoint.raw[:4_000], False))
        drawn += [line for paragraph in lines for line in wrap(paragraph, 80, False)]
        decoded = True
    for parts in drawn:
        text = "".join(part for part, _ in parts)
        assert not unsafe().search(text), f"a row that a terminal would obey: {text!r:.80}"
    return decoded


class Bad(Exception):
    """What a verb did that none may do."""


def digest(rng: random.Random, path: str, stores: list[str], trail: list[str]) -> bool:
    """Everything that is done with one store; returns whether a checkpoint of it was decoded."""
    trail[:] = ["draw"]
    target = stores[0] if stores else path
    decoded = stores != [] or draw(target)
    lines = calls(rng, target) if not target.endswith(".ndjson") else [[target]]
    for args in lines:
        trail[:] = args
        code, out, err = command(args)
        if code not in (0, 1, 2, 3, 4):
            raise Bad(f"exit code {code}")
        if "Traceback" in err:
            raise Bad(f"a trace on stderr: {err[-200:]}")
        if unsafe().search((out + err).replace("\n", "")):
            raise Bad("a character that a terminal obeys")
        if "--json" in args and code in (0, 1) and out.strip():
            for line in out.strip().split("\n") if args[0] != "show" else [out]:
                try:
                    json.loads(line)
                except ValueError:
                    json.loads(out)
                    break
    return decoded


def run_stores(job: tuple[int, int]) -> tuple[Counter[str], list[Finding], float]:
    """Run the stores of one seed; returns counts, findings and the longest processor time of one store."""
    seed, count = job
    rng = random.Random(seed)
    seeds = samples()
    tally: Counter[str] = Counter()
    findings: list[Finding] = []
    slowest = 0.0
    home = tempfile.mkdtemp(prefix="fuzz")
    os.environ.update(HOME=home, XDG_CONFIG_HOME=home, XDG_STATE_HOME=home, NO_COLOR="1")
    try:
        for number in range(count):
            own = random.Random(rng.random())
            if number % 50 == 0:
                os.environ["TZ"] = own.choice(ZONES)
                time.tzset()
            sample = own.choice(seeds)
            folder = os.path.join(home, "store")
            for name, data in changed(own, sample, seeds).items():
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                Path(path).write_bytes(data)
                os.utime(path, (OLD, OLD))  # else a torn file is waited for
            trail: list[str] = []
            streams = [os.path.join(folder, "run.ndjson")] if sample.name == "events" else []
            begun = time.process_time()
            outcome: str | bool
            try:
                outcome = digest(own, folder, streams, trail)
            except CkptError:
                outcome = False
            except BaseException as error:  # any other exception is what this run looks for
                place = traceback.extract_tb(error.__traceback__)[-1]
                outcome = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}: {str(error)[:160]}"
                if isinstance(error, KeyboardInterrupt):
                    raise
            took = time.process_time() - begun
            slowest = max(slowest, took)
            tally["inputs"] += 1
            tally["decoded" if outcome is True else "explained" if outcome is False else "crashes"] += 1
            if isinstance(outcome, str):
                shutil.copytree(folder, _kept(seed, number), dirs_exist_ok=True)
                where = f"{sample.name} TZ={os.environ['TZ']}: {' '.join(trail)[:100]} ({_kept(seed, number)})"
                findings.append(Finding("crash", f"{outcome}\n  {where}", number))
            if took > HANG_SECONDS:
                tally["hangs"] += 1
                shutil.copytree(folder, _kept(seed, number), dirs_exist_ok=True)
                findings.append(Finding("hang", f"{took:.1f} s\n  {sample.name}: {_kept(seed, number)}", number))
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return tally, findings, slowest


def _kept(seed: int, number: int) -> str:
    return os.path.join(tempfile.gettempdir(), "fuzz-found", f"{seed}-{number}")


def main(inputs: int, seed: int) -> int:
    """Run so many stores, in this process; prints the findings and the figures, returns the exit code."""
    begun = time.monotonic()
    total: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    slowest = 0.0
    chunk = 500
    for number in range((inputs + chunk - 1) // chunk):
        tally, findings, longest = run_stores((seed * 1_000_000 + number, min(chunk, inputs - number * chunk)))
        total += tally
        slowest = max(slowest, longest)
        for finding in findings:
            key = f"{finding.kind}: {finding.detail}".partition("\n")[0]
            seen[key] += 1
            if seen[key] == 1:
                print(f"{finding.kind}: {finding.detail}", flush=True)
        print(f"\r{total['inputs']:,} of {inputs:,}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(
        f"stores, seed {seed}: {total['inputs']:,} in {time.monotonic() - begun:,.0f} s, {total['decoded']:,} decoded, "
        f"{total['explained']:,} explained; {total['crashes']} ended badly, {total['hangs']} hangs; "
        f"slowest {slowest * 1000:.0f} ms",
        flush=True,
    )
    return 1 if seen else 0
