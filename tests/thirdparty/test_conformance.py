"""The conformance suite on a third-party store, and on every store of the package."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest
from agent_framework import InMemoryCheckpointStorage

from ckpt_tui.stores import directory
from ckpt_tui.stores.agent_framework_dotnet import DotnetStore
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.conformance import Conformance
from ckpt_tui.stores.exported_documents import DocumentsStore
from ckpt_tui.stores.protocol import ProtocolStore
from ckpt_tui.stores.registry import open_store, open_stores
from ckpt_tui.stores.storage_calls import own_loop
from tests.stores.saving import save
from tests.support.small_stores import document
from tests.support.workflows import build_linear, linear
from tests.thirdparty.acme_ckpt import AcmeStore, execute, write

DOTNET = Path(__file__).parent.parent / "data" / "dotnet"


class TestAcme(Conformance):
    def open(self, place: Path) -> Store:
        write(place / "orders.acme", 3)
        return AcmeStore(str(place / "orders.acme"))

    def add(self, place: Path) -> None:
        write(place / "orders.acme", 1)

    def remove(self, place: Path) -> None:
        execute(place / "orders.acme", "DELETE FROM checkpoints WHERE step = 2")

    def spoil(self, place: Path) -> None:
        execute(place / "orders.acme", "UPDATE checkpoints SET body = '{' WHERE step = 2")

    def missing(self, place: Path) -> Store:
        return AcmeStore(str(place / "never.acme"))


class TestAcmeWithALog(TestAcme):
    """The same with a write-ahead log, as programs that are read while they write have it."""

    def open(self, place: Path) -> Store:
        execute(place / "orders.acme", "PRAGMA journal_mode = WAL")
        return super().open(place)


class TestAgentFramework(Conformance):
    def open(self, place: Path) -> Store:
        asyncio.run(linear(place))
        return open_store(place)

    def open_many(self, place: Path) -> Store:
        parent = None
        for number in range(300):
            parent = None if number % 100 == 0 else parent
            when = f"2026-01-01T00:{number // 60:02}:{number % 60:02}+00:00"
            save(place, f"{number:03}", previous_checkpoint_id=parent, timestamp=when, iteration_count=number % 100)
            parent = f"{number:03}"
        return open_store(place)

    def add(self, place: Path) -> None:
        asyncio.run(linear(place))

    def remove(self, place: Path) -> None:
        max(place.glob("*.json"), key=lambda path: path.stat().st_mtime_ns).unlink()

    def spoil(self, place: Path) -> None:
        path = max(place.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        path.write_bytes(path.read_bytes()[:200])

    def missing(self, place: Path) -> Store:
        return open_store(place / "never", must_exist=False)


class TestLargeAgentFramework(TestAgentFramework):
    """The same where the browser lists the runs of the directory first."""

    @pytest.fixture(autouse=True)
    def is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(directory, "LISTED", 1)


class TestAgentFrameworkForDotnet(Conformance):
    def open(self, place: Path) -> Store:
        copy(DOTNET / "af_dotnet", place)
        return open_store(place)

    def add(self, place: Path) -> None:
        line = json.loads((place / "index.jsonl").read_text(encoding="utf-8").splitlines()[-1])
        old, parent = line["fileName"], line["checkpointInfo"]["checkpointId"]
        line["checkpointInfo"]["checkpointId"] = "f" * 32
        line["parentCheckpointId"] = parent
        line["fileName"] = old.replace(parent, "f" * 32)
        shutil.copyfile(place / old, place / line["fileName"])
        with (place / "index.jsonl").open("a", encoding="utf-8") as index:
            index.write(json.dumps(line) + "\n")

    def remove(self, place: Path) -> None:
        last = json.loads((place / "index.jsonl").read_text(encoding="utf-8").splitlines()[-1])["fileName"]
        (place / last).unlink()

    def spoil(self, place: Path) -> None:
        path = min(place.glob("b5*"))
        path.write_bytes(path.read_bytes()[:300])

    def missing(self, place: Path) -> Store:
        return DotnetStore(str(place / "never"))


class TestDotnetWithoutAnIndex(Conformance):
    def open(self, place: Path) -> Store:
        copy(DOTNET / "af_dotnet", place)
        (place / "index.jsonl").unlink()
        return open_store(place)

    def add(self, place: Path) -> None:
        path = self._newest(place)
        shutil.copyfile(path, path.with_name(path.name.replace(path.name.rpartition("_")[2], "f" * 32 + "%2Ejson")))

    def remove(self, place: Path) -> None:
        self._newest(place).unlink()

    def spoil(self, place: Path) -> None:
        path = self._newest(place)
        path.write_bytes(path.read_bytes()[:300])

    def missing(self, place: Path) -> Store:
        return DotnetStore(str(place / "never"))

    def _newest(self, place: Path) -> Path:
        return min(place.glob("b5*_1ed298d2*"))


class TestExportedDocuments(Conformance):
    def open(self, place: Path) -> Store:
        self._write(place, "abc")
        return open_store(place / "export.json")

    def add(self, place: Path) -> None:
        self._write(place, "abcd")

    def remove(self, place: Path) -> None:
        self._write(place, "ab")

    def spoil(self, place: Path) -> None:
        found = [document(name) for name in "ab"]
        (place / "export.json").write_text(json.dumps([*found, {"id": "broken"}]), encoding="utf-8")

    def missing(self, place: Path) -> Store:
        return DocumentsStore(str(place / "never.json"))

    def _write(self, place: Path, names: str) -> None:
        place.mkdir(exist_ok=True)
        found = [
            document(name, previous_checkpoint_id=before) for before, name in zip((None, *names), names, strict=False)
        ]
        (place / "export.json").write_text(json.dumps(found), encoding="utf-8")


class TestHpd(Conformance):
    def open(self, place: Path) -> Store:
        copy(DOTNET / "hpd_full_history", place)
        return open_store(place)

    def add(self, place: Path) -> None:
        path = self._files(place)[-1]
        top = json.loads(path.read_text(encoding="utf-8"))
        top["checkpointId"] = "f" * 32
        (path.parent / f"00700000000000000000-{'f' * 32}.checkpoint.json").write_text(json.dumps(top), encoding="utf-8")

    def remove(self, place: Path) -> None:
        self._files(place)[-1].unlink()

    def spoil(self, place: Path) -> None:
        path = self._files(place)[-1]
        path.write_bytes(path.read_bytes()[:100])

    def missing(self, place: Path) -> Store:
        from ckpt_tui.stores.hpd import HpdStore

        return HpdStore(str(place / "never"))

    def _files(self, place: Path) -> list[Path]:
        return sorted(place.glob("checkpoints/*/*.checkpoint.json"))


class TestInMemory(Conformance):
    def open(self, place: Path) -> Store:
        self._call = own_loop()
        self._storage = InMemoryCheckpointStorage()
        self._call(self._run())
        return ProtocolStore(self._storage, ("test_linear",), self._call)

    def add(self, place: Path) -> None:
        self._call(self._run())

    def remove(self, place: Path) -> None:
        async def remove() -> None:
            await self._storage.delete((await self._storage.list_checkpoint_ids(workflow_name="test_linear"))[-1])

        self._call(remove())

    async def _run(self) -> None:
        await build_linear().run("hello", checkpoint_storage=self._storage)


class TestSeveral(Conformance):
    def open(self, place: Path) -> Store:
        copy(DOTNET / "hpd_hosted", place / "hosted")
        (place / "python").mkdir()
        asyncio.run(linear(place / "python"))
        return open_stores([place / "hosted", place / "python"])

    def add(self, place: Path) -> None:
        asyncio.run(linear(place / "python"))

    def remove(self, place: Path) -> None:
        max((place / "python").glob("*.json"), key=lambda path: path.stat().st_mtime_ns).unlink()

    def spoil(self, place: Path) -> None:
        path = max((place / "python").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        path.write_bytes(path.read_bytes()[:200])

    def missing(self, place: Path) -> Store:
        return open_stores([place / "one", place / "two"], must_exist=False)


def copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True)
    for place, _, names in os.walk(target):
        for name in names:
            os.utime(Path(place, name))
