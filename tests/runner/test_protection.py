"""The original store, kept from whatever a program does with Python's own functions."""

from __future__ import annotations

import builtins
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.runner.lines import Lines
from ckpt_tui.runner.protection import Protection
from tests.cli.commands import ROOT

CHILD = """
import asyncio, builtins, glob, io, os, pathlib, shutil, sqlite3, subprocess, sys, tempfile, threading
from pathlib import Path
from ckpt_tui.runner.lines import Lines
from ckpt_tui.runner.protection import Protection, saving
real_unlink, real_open = os.unlink, open
store, into, program = sys.argv[1:]
statement = open(program).read()
protection = Protection([store, store + ".forks"], into, Lines(os.dup(1)))
protection.install()
os.chdir(store)
exec(compile(statement, program, "exec"))
protection.report_counts()
print("went on", flush=True)
"""

SKIPPED = {
    "os.remove": "os.remove(f'{store}/a.json')",
    "os.unlink of a relative path": "os.unlink('a.json')",
    "os.unlink of bytes": "os.unlink(os.fsencode(store) + b'/a.json')",
    "os.unlink in a directory descriptor": "os.unlink('a.json', dir_fd=os.open(store, os.O_RDONLY))",
    "os.rename away": "os.rename('a.json', into + '.json')",
    "os.rename within": "os.rename('a.json', 'c.json')",
    "os.replace over": "real_open(into + '.json', 'w').close(); os.replace(into + '.json', 'a.json')",
    "os.renames": "os.renames('a.json', 'sub2/c.json')",
    "os.rmdir": "os.rmdir('empty')",
    "os.removedirs": "os.removedirs('empty')",
    "os.mkdir": "os.mkdir('new')",
    "os.makedirs": "os.makedirs('new/deep', exist_ok=True)",
    "os.truncate": "os.truncate('a.json', 0)",
    "os.chmod": "os.chmod('a.json', 0)",
    "os.utime": "os.utime('a.json', (1, 1))",
    "os.symlink": "os.symlink('a.json', 'c.json')",
    "os.link": "os.link('a.json', 'c.json')",
    "os.open for writing": "os.close(os.open('a.json', os.O_WRONLY | os.O_TRUNC))",
    "os.open to create": "os.close(os.open('c.json', os.O_RDWR | os.O_CREAT))",
    "open for writing": "open('a.json', 'w').write('x')",
    "open to append": "open('a.json', 'ab').write(b'x')",
    "open to update": "f = open('a.json', 'r+'); assert f.read() == '{}'; f.write('x'); f.close()",
    "open to create": "open('c.json', 'x').write('x')",
    "io.open": "io.open('a.json', 'w').write('x')",
    "Path.unlink": "Path(store, 'a.json').unlink()",
    "Path.write_text": "Path(store, 'a.json').write_text('x')",
    "Path.write_bytes": "Path(store, 'c.json').write_bytes(b'x')",
    "Path.rename": "Path(store, 'a.json').rename(into + '.json')",
    "Path.replace": "Path(store, 'a.json').replace('b.json')",
    "Path.mkdir": "Path(store, 'new').mkdir()",
    "Path.rmdir": "Path(store, 'empty').rmdir()",
    "Path.touch of a new file": "Path(store, 'c.json').touch()",
    "Path.chmod": "Path(store, 'a.json').chmod(0)",
    "Path.symlink_to": "Path(store, 'c.json').symlink_to('a.json')",
    "shutil.rmtree": "shutil.rmtree(store)",
    "shutil.rmtree of the directory above": "shutil.rmtree(os.path.dirname(store))",
    "shutil.rmtree of a fork": "shutil.rmtree(store + '.forks/f-1')",
    "shutil.move away": "shutil.move('a.json', into)",
    "shutil.move into": "real_open(into + '.txt', 'w').close(); shutil.move(into + '.txt', store)",
    "shutil.copy over": "shutil.copy('b.json', 'a.json')",
    "a rename of the store": "os.rename(store, into)",
    "a rename of the directory above": "os.rename(os.path.dirname(store), into)",
    "a link to the store": "os.symlink(store, into + '.link'); os.unlink(into + '.link/a.json')",
    "a path with dots": "os.unlink(f'{store}/../{os.path.basename(store)}/a.json')",
    "a thread": "t = threading.Thread(target=os.unlink, args=('a.json',)); t.start(); t.join()",
    "asyncio.to_thread": "asyncio.run(asyncio.to_thread(os.unlink, 'a.json'))",
    "a glob": "for each in glob.glob(store + '/*.json'): os.remove(each)",
    "a pathlib glob": "for each in Path(store).glob('**/*.json'): each.unlink()",
    "a directory made anew after it was deleted": "shutil.rmtree(store); os.makedirs(store); os.mkdir('empty')",
    "a directory made anew after it was moved": "shutil.move(store, into); os.makedirs(store)",
    "a file written beside and put in place": "open('t.tmp', 'w').write('x'); os.replace('t.tmp', 'a.json')",
    "a temporary file": "f = tempfile.NamedTemporaryFile(dir=store); f.write(b'x'); f.close()",
    "a temporary directory": "d = tempfile.TemporaryDirectory(dir=store); d.cleanup()",
    "a file made and deleted": "open('c.json', 'w').write('x'); os.unlink('c.json')",
    "the original while we save": "with saving(): os.unlink('a.json')",
    "a replacement while we save": "real_open(into, 'w').close()\nwith saving(): os.replace(into, 'a.json')",
}
REFUSED = {
    "a function that was imported before": "real_unlink('a.json')",
    "an open that was imported before": "real_open('a.json', 'w')",
    "an open of the C library": "io.FileIO('a.json', 'w')",
    "a command": "subprocess.run(['rm', '-rf', store])",
    "a command with a relative path": "os.chdir('..'); subprocess.run(['rm', '-rf', 'store'])",
    "a command on the directory above": "os.chdir('../..'); subprocess.run(['rm', '-rf', 'home'])",
    "a command in the store": "subprocess.run('rm *.json', shell=True)",
    "a command with a directory of its own": "os.chdir('/'); subprocess.run(['rm', 'a.json'], cwd=store)",
    "a shell": "os.chdir('..'); os.system('true && rm -rf ./store')",
    "a shell with quotes": "os.chdir('/'); os.system(f'rm -rf \"{store}\"')",
    "an option": "os.chdir('/'); subprocess.run(['rsync', '--delete', f'--target={store}'])",
    "os.posix_spawn": "os.chdir('/'); os.posix_spawn('/bin/rm', ['rm', '-rf', store], os.environ)",
    "a database": "sqlite3.connect(store + '/new.sqlite')",
}


def digest(directory: Path) -> dict[str, Any]:
    """All files and directories below a directory, with what they hold, their modes and times."""
    found = {}
    for path in sorted(directory.rglob("*")):
        stat = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else os.fspath(path)
        found[str(path.relative_to(directory))] = (content, stat.st_mode, stat.st_mtime_ns)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    for directory in ("store", "store/empty", "store.forks/f-1"):
        (home / directory).mkdir(parents=True)
    for name in ("store/a.json", "store/b.json", "store.forks/f-1/a.json"):
        (home / name).write_text("{}")
    return home / "store"


def run(store: Path, statement: str) -> tuple[int, list[dict[str, Any]], str, str]:
    """The exit code, the reported lines, the rest of the output and the errors of a program of one statement."""
    into = store.parent.parent / "into"
    program = store.parent.parent / "program.py"
    program.write_text(statement)
    words = [sys.executable, "-c", CHILD, str(store), str(into), str(program)]
    temporary = store.parent.parent / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert not list(temporary.iterdir())  # no copy of what the program opened
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    rest = [line for line in done.stdout.splitlines() if not line.startswith("{")]
    return done.returncode, lines, "\n".join(rest), done.stderr


@pytest.mark.parametrize("statement", SKIPPED.values(), ids=SKIPPED)
def test_a_change_is_skipped_and_reported_with_its_place_and_the_program_goes_on(statement: str, store: Path) -> None:
    before = digest(store.parent)
    code, lines, out, err = run(store, statement)
    assert digest(store.parent) == before
    assert (code, out) == (0, "went on"), err
    assert {line["kind"] for line in lines} == {"protected"}
    if "thread" not in statement:
        assert all(line["file"] == str(store.parent.parent / "program.py") and line["line"] >= 1 for line in lines)


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_what_gets_past_the_functions_is_refused(statement: str, store: Path) -> None:
    before = digest(store.parent)
    code, lines, _, err = run(store, statement)
    assert digest(store.parent) == before
    assert code == 1 and "PermissionError" in err and lines


@pytest.mark.parametrize(
    "statement",
    [
        "assert open('a.json').read() == '{}'",
        "assert sorted(os.listdir(store)) == ['a.json', 'b.json', 'empty']",
        "Path(store).mkdir(exist_ok=True); os.makedirs(store, exist_ok=True)",
        "os.mkdir(into); Path(into, 'x').write_text('x'); shutil.rmtree(into)",
        "Path(store + '.forks.txt').write_text('x'); os.unlink(store + '.forks.txt')",
        "sqlite3.connect(f'file:{store}/a.json?mode=ro', uri=True)",
        "os.chdir('..'); assert subprocess.run(['echo', 'stores'], capture_output=True).stdout == b'stores\\n'",
        "d = tempfile.TemporaryDirectory(); Path(d.name, 'x').touch(); d.cleanup()",
        "with saving(): Path(store, '.tmp').write_text('x'); os.replace('.tmp', 'c.json')",
    ],
)
def test_reading_and_other_places_are_as_ever(statement: str, store: Path) -> None:
    code, lines, out, err = run(store, statement)
    assert (code, out, lines) == (0, "went on", []), err


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("os.unlink('nothing.json')", "FileNotFoundError"),
        ("os.mkdir('empty')", "FileExistsError"),
        ("open('a.json', 'x')", "FileExistsError"),
        ("os.rmdir('nothing')", "FileNotFoundError"),
        ("os.open('a.json', os.O_CREAT | os.O_EXCL | os.O_WRONLY)", "FileExistsError"),
    ],
)
def test_what_fails_by_itself_fails_as_ever(statement: str, error: str, store: Path) -> None:
    code, lines, _, err = run(store, statement)
    assert code == 1 and error in err and not lines


def test_many_changes_at_one_place_are_reported_once_and_counted(store: Path) -> None:
    for number in range(30):
        (store / f"{number}.json").write_text("{}")
    _, lines, _, _ = run(store, "for each in Path(store).glob('*.json'): each.unlink()")
    assert [line["count"] for line in lines] == [1, 32]


def test_where_no_store_is_to_be_protected_python_stays_as_it_is(tmp_path: Path) -> None:
    before = os.remove, os.open, os.replace, shutil.rmtree, builtins.open, io.open
    Protection([], str(tmp_path / "new"), Lines(os.open(os.devnull, os.O_WRONLY))).install()
    assert (os.remove, os.open, os.replace, shutil.rmtree, builtins.open, io.open) == before
