"""`python -m tests.samples DIRECTORY`: the official samples resumed, each from up to four of its checkpoints.

DIRECTORY is `python/samples/03-workflows` of a checkout of microsoft/agent-framework. Its samples run as they are, in
a copy, with a chat client that needs no model. From each chosen checkpoint (early, middle, waiting, last) the
framework itself resumes, and `ckpt-tui resume STORE ID --workflow SAMPLE.py --yes --json`, with no other option but
the answers. Events, values, new checkpoints and outcome are compared; the store must be the same before and after.
The table is Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.samples.recordings import Recording, names, record
from tests.samples.resumes import ROOT, Resumed, by_ckpt_tui, by_framework, differences, digest

FAILS = "fails in both"
PLACES = ("early", "middle", "waiting", "last")


class Compared(NamedTuple):
    """One sample: how each resume compares.

    Attributes:
        recording: The sample.
        cells: By place, what the table shows.
        notes: What was not equal, in words.
        reason: Why the framework itself resumes it from none of its checkpoints; "" when it does.
    """

    recording: Recording
    cells: dict[str, str]
    notes: list[str]
    reason: str


def compare(recording: Recording, work: Path, package: Path) -> Compared:
    """Resume a sample from each chosen checkpoint, both ways."""
    cells: dict[str, str] = {}
    notes: list[str] = []
    reasons: list[str] = []
    for place, name in recording.chosen().items():
        answered = place == "waiting"
        home = work / "resumes" / recording.name.replace("/", "--") / place
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        answers = recording.answers(name) if answered else {}
        expected = by_framework(recording.program, recording.kept, name, answers, home / "framework")
        recording.put_in_place()
        before = digest(recording.store)
        (home / "ours").mkdir()
        found = by_ckpt_tui(recording.program, recording.store, name, answers, home / "ours", package=package)
        changed = digest(recording.store) != before
        faults = differences(expected, found, name)
        if faults:
            faults = _without_chance(recording, name, answers, home, faults, expected)
        if changed:
            faults.insert(0, "the store was changed")
        shutil.rmtree(f"{recording.store}.forks", ignore_errors=True)
        cells[place] = _cell(expected, faults)
        notes += [f"{place}: {fault}" for fault in faults]
        if expected.outcome in ("failed", "refused"):
            notes.append(f"{place}: fails in the framework itself: {expected.error}")
            reasons.append(expected.error)
    never = recording.reason or reasons[0] if len(reasons) == len(cells) else ""
    return Compared(recording, cells, notes, never)


def _without_chance(
    recording: Recording, name: str, answers: dict[str, object], home: Path, faults: list[str], expected: Resumed
) -> list[str]:
    """The differences, without those that two resumes by the framework itself have as well."""
    again = by_framework(recording.program, recording.kept, name, answers, home / "framework-again")
    chance = {fault.partition(":")[0] for fault in differences(expected, again, name)}
    return [fault for fault in faults if fault.partition(":")[0] not in chance]


def _cell(expected: Resumed, faults: list[str]) -> str:
    if faults:
        return "**differs**"
    return "equal" if expected.outcome in ("done", "waiting") else FAILS


def _brief(reason: str) -> str:
    """The first sentence of an error, without the directories that the samples were copied to."""
    return re.sub(r"/\S*/samples/", "", reason).partition(". ")[0]


def table(found: list[Compared]) -> str:
    """The table, and what it does not say, as Markdown."""
    ran = [each for each in found if not each.reason]
    rows = [
        f"| {each.recording.name} | {len(each.recording.ids)} | "
        + " | ".join(each.cells.get(place, "–") for place in PLACES) + " |"
        for each in ran
    ]  # fmt: skip
    cells = [cell for each in ran for cell in each.cells.values()]
    equal = sum(all(cell != "**differs**" for cell in each.cells.values()) for each in ran)
    out = ["| sample | checkpoints | early | middle | waiting | last |", "|---|---|---|---|---|---|", *rows, ""]
    out.append(
        f"{equal} of {len(ran)} samples equal; {sum('differs' not in cell for cell in cells)} of {len(cells)} resumes."
    )
    notes = [f"- {each.recording.name}, {note}" for each in ran for note in each.notes]
    out += ["", "Not equal, or failing in the framework itself:", "", *notes] if notes else []
    rest = [f"- {each.recording.name}: {_brief(each.reason)}" for each in found if each.reason]
    out += (
        ["", f"{len(rest)} samples do not run, or do not resume, in the framework itself:", "", *rest] if rest else []
    )
    return "\n".join(out)


def main() -> int:
    """Record and compare; returns 1 when something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.samples", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="python/samples/03-workflows of a checkout")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="samples whose name holds TEXT")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that has the framework")
    parser.add_argument("--older", default="", help="one with an older release, for samples that the newer cannot run")
    default = Path(tempfile.gettempdir()) / f"ckpt-tui-samples-{os.getuid()}"
    parser.add_argument("--work", type=Path, default=default, help="where recordings are kept")
    parser.add_argument("--package", type=Path, default=ROOT, help="the directory that holds ckpt_tui")
    parser.add_argument("--parallel", type=int, default=2)
    given = parser.parse_args()
    samples = given.work.resolve() / "samples"
    if not samples.is_dir():
        shutil.copytree(given.directory, samples)

    def one(name: str) -> Compared:
        recording = record(samples, name, given.work.resolve(), given.python)
        if given.older and not recording.ids:
            older = record(samples, name, given.work.resolve() / "older", given.older)
            recording = older if older.ids else recording
        found = compare(recording, given.work.resolve(), given.package.resolve())
        said = json.dumps(found.cells) if recording.ids else recording.reason
        print(
            f"{name}: {len(recording.ids)} checkpoints; {said}", *found.notes, sep="\n    ", file=sys.stderr, flush=True
        )
        return found

    wanted = [name for name in names(samples) if not given.only or any(text in name for text in given.only)]
    with ThreadPoolExecutor(given.parallel) as pool:
        found = list(pool.map(one, wanted))
    print(table(found))
    return int(any("**differs**" in each.cells.values() for each in found))


if __name__ == "__main__":
    sys.exit(main())
