"""`ckpt_tui.actions.trash`, on real files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.trash import GONE, RECORD, Moved, bring_back, delete, throw_away, trash_of
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "agent-framework" / "1.23.0"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = next(each for each in sorted(DATA.iterdir()) if each.is_dir() and len(list(each.glob("*.json"))) > 2)
    return Path(shutil.copytree(source, tmp_path / "store"))


def refs_of(store: Path) -> list[CheckpointRef]:
    return [each for each in collect(open_store(str(store)).scan()).values() if isinstance(each, CheckpointRef)]


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_what_is_thrown_away_comes_back_byte_for_byte(store: Path) -> None:
    before, refs = contents(store), refs_of(store)
    moved = throw_away(str(store), refs[:2])
    assert set(moved.files) == {ref.file for ref in refs[:2]} and not moved.left
    assert set(contents(store)) == set(before) - set(moved.files)
    assert set(bring_back(str(store)).files) == set(moved.files)
    assert contents(store) == before
    assert not os.path.exists(trash_of(str(store)))


def test_the_last_prune_comes_back_first(store: Path) -> None:
    refs = refs_of(store)
    throw_away(str(store), refs[:1])
    throw_away(str(store), refs[1:2])
    assert bring_back(str(store)).files == (refs[1].file,)
    assert bring_back(str(store)).files == (refs[0].file,)
    with pytest.raises(NotFoundError):
        bring_back(str(store))


def test_a_file_that_changed_meanwhile_stays(store: Path) -> None:
    ref = refs_of(store)[0]
    (store / ref.file).write_bytes(b"{}")
    for act in (throw_away, delete):
        assert act(str(store), [ref]).left == ((ref.file, "has changed since it was listed"),)
    assert (store / ref.file).read_bytes() == b"{}"


def test_a_link_and_a_name_outside_of_the_store_stay(store: Path, tmp_path: Path) -> None:
    ref = refs_of(store)[0]
    outside = tmp_path / "outside.json"
    outside.write_bytes((store / ref.file).read_bytes())
    (store / ref.file).unlink()
    (store / ref.file).symlink_to(outside)
    assert delete(str(store), [ref]).left == ((ref.file, "is not a plain file"),)
    assert delete(str(store), [ref._replace(file="../outside.json")]).left[0][1] == "does not name a file in the store"
    assert outside.exists() and (store / ref.file).is_symlink()


def test_what_is_there_again_is_not_replaced(store: Path) -> None:
    ref = refs_of(store)[0]
    throw_away(str(store), [ref])
    (store / ref.file).write_bytes(b"new")
    found = bring_back(str(store))
    assert found.left == ((ref.file, "a file of this name exists again"),) and not found.files
    assert (store / ref.file).read_bytes() == b"new"


def test_a_record_that_names_another_place_is_not_followed(store: Path, tmp_path: Path) -> None:
    throw_away(str(store), refs_of(store)[:1])
    directory = Path(trash_of(str(store))) / "1"
    (directory / RECORD).write_text('{"file": "../../elsewhere.json"}\n')
    (tmp_path / "elsewhere.json").write_text("mine")
    assert not bring_back(str(store)).files
    assert (tmp_path / "elsewhere.json").read_text() == "mine"


def test_a_trash_that_is_a_link_is_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    os.symlink(tmp_path / "away", trash_of(str(store)))
    with pytest.raises(CkptError, match="is a link"):
        throw_away(str(store), refs_of(store))
    assert not list((tmp_path / "away").iterdir())


def test_what_is_deleted_for_good_leaves_no_trash(store: Path) -> None:
    refs = refs_of(store)
    assert len(delete(str(store), refs).files) == len(refs)
    assert not os.path.exists(trash_of(str(store)))


def test_a_record_whose_last_line_was_cut_off_brings_back_the_rest(store: Path) -> None:
    before = contents(store)
    throw_away(str(store), refs_of(store)[:2])
    record = Path(trash_of(str(store))) / "1" / RECORD
    record.write_text(record.read_text() + '{"file": "half')
    assert len(bring_back(str(store)).files) == 2
    assert contents(store) == before


def test_a_record_is_kept_while_there_are_files_beside_it(store: Path) -> None:
    throw_away(str(store), refs_of(store)[:1])
    (Path(trash_of(str(store))) / "1" / "of-a-person.txt").write_text("mine")
    assert bring_back(str(store)).files
    assert (Path(trash_of(str(store))) / "1" / RECORD).exists()


def test_a_directory_that_is_not_of_the_store_is_left_alone(store: Path, tmp_path: Path) -> None:
    ref = refs_of(store)[0]
    other = Path(shutil.copytree(store, tmp_path / "other"))
    moved = throw_away(str(store), [ref], lambda file: (str(other), file))
    assert moved.left == ((ref.file, "is not in a directory of this store"),) and (other / ref.file).exists()


def test_prunes_that_begin_at_the_same_time_each_have_a_directory_of_their_own(store: Path) -> None:
    template = refs_of(store)[0]
    names = [f"copy{number}.json" for number in range(24)]
    for name in names:
        shutil.copyfile(store / template.file, store / name)
    before = contents(store)
    together = threading.Barrier(len(names))

    def prune(name: str) -> Moved:
        together.wait()
        return throw_away(str(store), [template._replace(file=name)])

    with ThreadPoolExecutor(len(names)) as threads:
        moved = list(threads.map(prune, names))
    assert [each.files for each in moved] == [(name,) for name in names]
    assert len({each.directory for each in moved}) == len(names)
    for _ in names:
        bring_back(str(store))
    assert contents(store) == before


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_what_went_by_a_link_comes_back_by_the_directory_itself(store: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link"
    link.symlink_to(store)
    before = contents(store)
    assert throw_away(str(link), refs_of(link)[:2]).directory == str(tmp_path / "store.trash" / "1")
    assert bring_back(str(store)).files and contents(store) == before


def test_what_another_prune_has_moved_is_gone_already(store: Path) -> None:
    ref = refs_of(store)[0]
    throw_away(str(store), [ref])
    for act in (throw_away, delete):
        assert act(str(store), [ref]).left == ((ref.file, GONE),)
    assert bring_back(str(store)).files == (ref.file,)


FULL_DISK = """
import json, resource, sys
from ckpt_tui.actions.trash import throw_away
from ckpt_tui.errors import CkptError
from tests.actions.test_trash import refs_of
from pathlib import Path
refs = refs_of(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    print(json.dumps(throw_away(sys.argv[1], refs)))
except CkptError as error:
    print(json.dumps([error.what, error.hint]))
"""


def thrown_away_with_room_for(size: int, store: Path) -> Any:
    words = [sys.executable, "-c", FULL_DISK, str(store), str(size)]
    return json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
def test_what_a_full_disk_cannot_record_stays_where_it_was(store: Path) -> None:
    before = contents(store)
    _, files, left = thrown_away_with_room_for(200, store)
    assert len(files) == 1 and {reason for _, reason in left} == {"No space left on device"}
    assert set(contents(store)) == {name for name, _ in left}
    assert bring_back(str(store)).files == tuple(files) and contents(store) == before


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
def test_where_there_is_no_room_for_a_trash_the_way_without_one_is_named(store: Path) -> None:
    before = contents(store)
    what, hint = thrown_away_with_room_for(20, store)
    assert "no room for the trash" in what and "--for-good" in hint
    assert contents(store) == before and not os.path.exists(trash_of(str(store)))
