"""Samples, run for real with every checkpoint kept."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ckpt_tui.core.show_document import show_document
from ckpt_tui.stores.registry import open_store
from tests.samples.answers import default_answer
from tests.samples.resumes import Program, environment, last_line, run
from tests.support.resumes import checkpoints

STUBS = Path(__file__).with_name("stubs")
VARIABLES = {
    "FOUNDRY_PROJECT_ENDPOINT": "https://nowhere.invalid", "FOUNDRY_MODEL": "stub",
    "AZURE_OPENAI_ENDPOINT": "https://nowhere.invalid", "AZURE_OPENAI_API_KEY": "stub", "OPENAI_API_KEY": "stub",
    "AZURE_AI_PROJECT_ENDPOINT": "https://nowhere.invalid", "AZURE_AI_MODEL_DEPLOYMENT_NAME": "stub",
}  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """One sample and what its run wrote.

    Attributes:
        name: Its path in the samples, without `.py`.
        program: How it is started.
        kept: Its checkpoints.
        store: Where they are resumed from: the directory that the sample itself names, if it names one.
        ids: Of the checkpoints, oldest first.
        waiting: The last one that waits for an answer; "" when none does.
        reason: Why there are none, in the framework's own words.
    """

    name: str
    program: Program
    kept: Path
    store: Path
    ids: tuple[str, ...] = ()
    waiting: str = ""
    reason: str = ""

    def chosen(self) -> dict[str, str]:
        """The checkpoints to resume from: early, middle, waiting, last; none twice, but the one that waits."""
        if not self.ids:
            return {}
        middle = self.ids[len(self.ids) // 2]
        wanted = {
            "early": self.ids[0],
            "middle": middle if middle not in (self.ids[0], self.ids[-1]) else "",
            "waiting": self.waiting,
            "last": self.ids[-1] if len(self.ids) > 1 else "",
        }
        return {place: name for place, name in wanted.items() if name}

    def put_in_place(self) -> None:
        """Put the recorded checkpoints where they are resumed from; a run of the sample may have removed them."""
        if self.store != self.kept:
            shutil.rmtree(self.store, ignore_errors=True)
            shutil.copytree(self.kept, self.store)

    def answers(self, name: str) -> dict[str, Any]:
        """A default answer to each request of a checkpoint."""
        document = show_document(open_store(self.kept).load(f"{name}.json", everything=True), reveal=True)
        return {key: default_answer(each) for key, each in document["pending"].items()}


def names(samples: Path) -> list[str]:
    """The samples: every program of the directory that a person starts."""
    found = (path for path in samples.rglob("*.py") if "__main__" in path.read_text(encoding="utf-8"))
    return sorted(str(path.relative_to(samples).with_suffix("")) for path in found)


def record(samples: Path, name: str, work: Path, python: str) -> Recording:
    """Run a sample for real, unless its recording is there from an earlier time."""
    path = samples / f"{name}.py"
    program = Program((path.name,), path.parent, python, (STUBS,), environment=VARIABLES)
    home = work / "recordings" / name.replace("/", "--")
    store, done, own = home / "store", home / "done.json", home / "own.txt"
    inputs: list[str] = []
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        store.mkdir(parents=True)
        variables = environment(program, home, RESUME_HOOK="record", RESUME_STORE=str(store), RESUME_OWN=str(own))
        code, out, err = run((python, *program.words), program.directory, variables)
        if "EOFError" in err and not any(store.iterdir()):  # it asks before it runs
            inputs = ["hello"]
            code, out, err = run((python, *program.words), program.directory, variables, "hello\n")
        (home / "output.txt").write_text(out + "\n--- errors\n" + err)
        reason = "it takes too long" if code == -9 else last_line(err) if code else "it runs no workflow"
        done.write_text(json.dumps({"code": code, "reason": reason, "inputs": inputs}))
    program = replace(program, inputs=tuple(json.loads(done.read_text()).get("inputs", ())))
    found = checkpoints(store)
    if not found:
        return Recording(name, program, store, store, reason=json.loads(done.read_text())["reason"])
    waiting = [each["checkpoint_id"] for each in found if each["pending_request_info_events"]]
    return Recording(
        name, program, store, _own_place(store, own, samples), tuple(each["checkpoint_id"] for each in found),
        waiting[-1] if waiting else "",
    )  # fmt: skip


def _own_place(store: Path, own: Path, samples: Path) -> Path:
    """Where the sample itself keeps checkpoints, if that is below the samples; else where they were recorded."""
    named = own.read_text().splitlines() if own.exists() else []
    return next((place for place in map(Path, named) if samples in place.parents), store)
