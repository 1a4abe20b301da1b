"""A store that comes by entry point: found by its path or its name, and opened in the browser and by every verb."""

import sys
from pathlib import Path

import pytest

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import CheckpointRef, Problem, StoreMetadata, Told
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import extensions, open_store
from tests.cli.commands import Output, called
from tests.thirdparty.acme_ckpt import AcmeStore, write
from tests.tui.support import open_app


def install(directory: Path, monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """What pip leaves of a package with these entry points."""
    info = directory / "acme_ckpt-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-ckpt\nVersion: 1.0\n")
    lines = "\n".join(f"{name} = {value}" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[ckpt_tui.stores]\n{lines}\n")
    monkeypatch.syspath_prepend(str(directory))


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path / "site", monkeypatch, acme="tests.thirdparty.acme_ckpt:open_acme")
    write(tmp_path / "orders.acme", 3)
    return tmp_path / "orders.acme"


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def test_it_is_found_by_its_path_and_by_its_name(orders: Path) -> None:
    assert "acme" in extensions()
    assert isinstance(open_store(orders), AcmeStore)
    assert isinstance(open_store(f"acme:{orders}"), AcmeStore)
    with pytest.raises(NotFoundError, match="finds no store"):
        open_store("acme:somewhere-else")


async def test_it_opens_in_the_browser_live(orders: Path) -> None:
    async with open_app(orders) as driver:
        await driver.shows("acme", "order A-17", "packed 2 boxes", "boxes", "Ada")
        write(orders, 1)
        await driver.shows("packed 3 boxes")


def test_every_verb_reads_it(orders: Path, output: Output) -> None:
    listed = called(output, "ls", orders, "--json").document
    assert listed["store"] == {"kind": "acme", "path": str(orders)}
    assert [one["status"] for one in listed["checkpoints"]] == ["done", "done", "waiting"]
    shown = called(output, "show", orders, "A-17-2", "--json").document
    assert shown["state"]["customer"] == {"name": "Ada"}
    assert shown["requests"][0]["executor"] == "clerk"
    assert called(output, "doctor", orders, "--json").code == 0


def test_nothing_of_others_is_imported_for_a_known_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "acme_trap.py").write_text("raise SystemExit('imported')\n")
    install(tmp_path / "site", monkeypatch, trap="acme_trap:opener")
    data = Path(__file__).parent.parent / "data"
    for name in ("dotnet/hpd_hosted", "dotnet/af_dotnet", "agent-framework/1.23.0/loop"):
        assert list(open_store(data / name).scan())
    assert "acme_trap" not in sys.modules


def test_a_store_that_derives_from_nothing_has_the_abilities_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "acme_bare.py").write_text(
        "from tests.thirdparty.acme_ckpt import AcmeStore\n"
        "class Bare:\n"
        "    kind = 'bare'\n"
        "    def __init__(self, path):\n"
        "        self.path, self._store = path, AcmeStore(path)\n"
        "        self.scan, self.load, self.watch = self._store.scan, self._store.load, self._store.watch\n"
    )
    install(tmp_path / "site", monkeypatch, bare="acme_bare:Bare")
    write(tmp_path / "orders.acme", 2)
    store = open_store(f"bare:{tmp_path / 'orders.acme'}")
    assert len(collect(store.scan())) == 2
    budget = DocumentBudget()
    assert store.load_within("A-17-0", budget).state == store.load("A-17-0").state
    assert (store.home("A-17-0"), store.reader(), store.names()) == ((store, "A-17-0"), None, [])
    assert store.capabilities().resume == "ckpt-tui cannot run checkpoints of bare"


def test_a_reader_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, broken="no_such_module_at_all:opener")
    (tmp_path / "thing.bin").write_bytes(b"?")
    with pytest.raises(CkptError, match=r"The reader broken .* failed: ModuleNotFoundError"):
        open_store(tmp_path / "thing.bin")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x80\x05N.", "pickle"), (b"PK\x03\x04", "ZIP"), (b"\x1f\x8b\x08", "gzip")],
)
def test_what_no_reader_knows_is_named_if_it_is_recognised(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "thing").write_bytes(data)
    with pytest.raises(NotFoundError, match=words):
        open_store(tmp_path / "thing")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"stepNumber": 1, "runnerData": {}}', "Agent Framework for .NET"),
        ('{"checkpointId": "a", "executionId": "b", "completedNodes": []}', "HPD-Agent"),
        ('{"v": 1, "channel_values": {}, "channel_versions": {}}', "LangGraph"),
    ],
)
def test_a_file_of_another_format_among_checkpoints_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.json").write_text(text)
    [problem] = collect(open_store(tmp_path).scan()).values()
    assert isinstance(problem, Problem)
    assert words in problem.reason


def test_a_reader_that_uses_the_former_names_still_works() -> None:
    former = CheckpointRef("a", "b", "c", "d", None, "", 0.0, 1, 2, told=Told(run="A-17"))  # type: ignore[call-arg]
    assert former == CheckpointRef("a", "b", "c", "d", None, "", 0.0, 1, 2, store_metadata=StoreMetadata(run="A-17"))
    assert former.told == former.store_metadata
