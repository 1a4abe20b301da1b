"""Finds the program that most likely wrote a checkpoint. Files are read as text; nothing is imported or run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

from ckpt_tui.actions.resume.evidence import Clues, Evidence, Import, Item, clues_of, evidence, imports
from ckpt_tui.actions.resume.fork_overlays import root_of
from ckpt_tui.actions.resume.interpreters import python_for
from ckpt_tui.actions.resume.plan import Source, Target, working_directory
from ckpt_tui.actions.resume.project_files import SearchedDirectories, places, read_files
from ckpt_tui.actions.resume.trust import doubt, is_inside

MOST = 9
"""Candidates that are shown: one for each digit."""

ROUNDS = 3
"""Imports in a row that are followed, from a program to what it imports."""

_FADE = 0.9
"""How much something in an imported file counts, compared with the same in the file itself."""

_WEIGHTS = {"main": 100.0, "class": 60.0, "executor": 40.0, "workflow": 25.0, "builder": 20.0, "store": 10.0}
"""What each kind of thing counts, when all of that kind are there."""

_LEAST = 8.0
"""The least score of a candidate; below it, a name occurs by chance."""

_SHARE = 0.35
"""The least score of a candidate, as a share of the best one's."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that may have written a checkpoint.

    Attributes:
        target: The program, its interpreter and the directory it is started in.
        file: Its path.
        reason: Why it is a candidate, as text.
        doubt: Why it is started only after a question of its own, as the end of a sentence; mostly "".
        remark: A remark on its interpreter; mostly "".
        score: How well it fits; only to be compared with others.
    """

    target: Target
    file: str
    reason: str
    doubt: str = ""
    remark: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Discovered:
    """What was found.

    Attributes:
        candidates: The programs, the best first.
        files: Python files that were read.
        directories: Directories that were looked at.
        is_cut: Whether a bound was reached before everything was seen.
        seconds: How long it took.
    """

    candidates: tuple[Candidate, ...]
    files: int
    directories: int
    is_cut: bool
    seconds: float


def find(source: Source, current: str = "", check: Callable[[], None] = lambda: None) -> Discovered:
    """Find programs that may have written a checkpoint, at and above its store and the current directory.

    Args:
        source: The checkpoint.
        current: The current directory, when it is another than this process's.
        check: Called now and then; whatever it raises ends the work.
    """
    began = perf_counter()
    current = current or working_directory()
    where = places(source.store, current)
    read = read_files(where, check)
    clues = clues_of(source, os.path.basename(root_of(source.store)))
    search = _Search(clues, read.contents, where)
    search.look(check)
    scored = [(score, path, maker) for path in search.own for score, maker in search.scores(path) if score >= _LEAST]
    scored.sort(key=lambda each: (-each[0], _distance(each[1], where), each[1]))
    best = scored[0][0] if scored else 0.0
    chosen = [each for each in scored if each[0] >= best * _SHARE][:MOST]
    candidates = tuple(_candidate(search, path, maker, score, current) for score, path, maker in chosen)
    return Discovered(candidates, len(read.contents), read.directories, read.is_cut, perf_counter() - began)


class _Search:
    """The files of a project, and what each has in common with a checkpoint by itself and by what it imports."""

    def __init__(self, clues: Clues, contents: Mapping[str, bytes], where: SearchedDirectories) -> None:
        self.clues = clues
        self.where = where
        self.own: dict[str, Evidence] = {}
        """Path → the evidence in a file itself."""
        self.reached: dict[str, dict[Item, tuple[int, str]]] = {}
        """Path → the files with evidence that it imports, and how many imports away they are."""
        self.imports: dict[str, list[Import]] = {}
        self._contents = contents
        self._classes = 0

    def contents_of(self, path: str) -> bytes:
        """The bytes of a file."""
        return self._contents[path]

    def look(self, check: Callable[[], None]) -> None:
        """Read the evidence in each file, then pass it on to the files that import it."""
        needles = self.clues.texts
        for path, data in self._contents.items():
            check()
            if not any(needle in data for needle in needles):
                continue
            seen = evidence(_text(data), self._modules(path), self.clues)
            if seen.framework or any(item.kind in ("main", "class") for item in seen.items):
                self.own[path] = seen
        self._classes = len({item for seen in self.own.values() for item in seen.items if item.kind == "class"})
        newest = {path for path, seen in self.own.items() if seen.items}
        for depth in range(1, ROUNDS + 1):
            newest = self._follow(newest, depth, check)

    def _modules(self, path: str) -> list[str]:
        """The modules that a file may be, of those whose classes are looked for."""
        name = path.removesuffix(".py").removesuffix(f"{os.sep}__init__")
        return [each for each in self.clues.classes if f"{os.sep}{name}".endswith(os.sep + each.replace(".", os.sep))]

    def _follow(self, newest: set[str], depth: int, check: Callable[[], None]) -> set[str]:
        """Pass on the evidence of some files to those that import them; returns the files that got some."""
        if not newest:
            return set()
        stems = [_stem(path).encode("utf-8", "replace") for path in newest]
        got = set()
        for path, data in self._contents.items():
            check()
            if not any(stem in data for stem in stems):
                continue
            if path not in self.imports:
                self.imports[path] = imports(_text(data))
            for used in self._resolved(path, newest):
                if self._take(path, used, depth):
                    got.add(path)
        return got

    def _take(self, path: str, used: str, depth: int) -> bool:
        known = self.reached.setdefault(path, {})
        before = len(known)
        seen = self.own.get(used)
        for item in seen.items if seen is not None else ():
            if item.kind != "main":  # what is defined by a program is not defined by what it imports
                known.setdefault(item, (depth, used))
        for item, (_, origin) in self.reached.get(used, {}).items():
            if origin != path:
                known.setdefault(item, (depth, origin))
        if len(known) > before and path not in self.own:
            text = _text(self._contents[path])
            self.own[path] = evidence(text, self._modules(path), self.clues)
        return len(known) > before

    def _resolved(self, path: str, wanted: set[str]) -> Iterable[str]:
        """The files among some that a file imports."""
        out = {}
        stems = {_stem(each) for each in wanted}
        above = [os.path.dirname(path)]
        while above[-1] != os.path.dirname(above[-1]) and len(above) < 12:
            above.append(os.path.dirname(above[-1]))
        for found in self.imports[path]:
            if found.level:
                bases = above[found.level - 1 : found.level]
            else:
                bases = [each for base in above for each in (base, os.path.join(base, "src"))]
            named = [found.module, *(f"{found.module}.{name}".strip(".") for name in found.names)]
            names = [name for name in named if not name or name.rpartition(".")[2] in stems]
            for base in bases:
                for name in names:
                    place = os.path.join(base, *name.split(".")) if name else base
                    for file in (f"{place}.py", os.path.join(place, "__init__.py")):
                        if file in wanted and file != path:
                            out[file] = True
        return out

    # -- how well a file fits ----------------------------------------------------------------------------------------

    def scores(self, path: str) -> list[tuple[float, str]]:
        """How well a file fits as a program, or what makes a workflow in it: (score, the name in it or "")."""
        seen, reached = self.own[path], self.reached.get(path, {})
        uses = seen.framework or bool(reached)
        runs = seen.runs or any(self.own[used].runs for _, used in reached.values() if used in self.own)
        if not uses:
            return []
        score = self._score(path)
        if _is_test(path):
            score *= 0.5
        if seen.starts and runs:
            return [(score + (6.0 if seen.runs else 4.0), "")]
        # Not a program: something in it may be named all the same.
        return [(score * 0.6, seen.makers[0])] if seen.makers and score else []

    def _score(self, path: str) -> float:
        seen, reached = self.own[path], self.reached.get(path, {})
        starts = seen.starts
        weights = {item: 1.0 for item in seen.items if not (starts and item.kind == "class")}
        for item, (depth, _) in reached.items():
            weights.setdefault(item, _FADE**depth)
        clues = self.clues
        wanted = {
            "main": len(clues.main), "class": self._classes, "executor": len(clues.executors),
        }  # fmt: skip
        score = sum(_WEIGHTS[item.kind] * weight / wanted.get(item.kind, 1) for item, weight in weights.items())
        if clues.main and not any(item.kind == "main" for item in seen.items):
            score *= 0.2  # the checkpoint names classes of the program itself, and this is not it
        elif starts and any(item.kind == "class" for item in seen.items):
            score *= 0.5  # it would have been named as the program itself
        return score


def _candidate(search: _Search, path: str, maker: str, score: float, current: str) -> Candidate:
    where = search.where
    store = where.store
    root = where.root_of(path)
    directory = _directory(path, root, where, current)
    python, remark = python_for(path, root, store, search.clues.framework)
    workflow = _workflow(search, path, directory)
    target = Target(f"{workflow}:{maker}" if maker else workflow, python, directory=directory)
    return Candidate(target, path, _reason(search, path, maker), doubt(path, store), remark, score)


def _directory(path: str, root: str, where: SearchedDirectories, current: str) -> str:
    """Where a program is started: here, else where the store lies, when that is in its project; else where it lies."""
    beside = os.path.dirname(where.store)
    for each in (current, beside):
        real = os.path.realpath(each)
        if (real == root or real.startswith(root.rstrip(os.sep) + os.sep)) and not is_inside(real, where.store):
            return each
    return os.path.dirname(path)


def _workflow(search: _Search, path: str, directory: str) -> str:
    """How a program is named: as a module where it needs its package and is started from above it, else by its path."""
    package = os.path.dirname(path)
    while os.path.isfile(os.path.join(package, "__init__.py")):
        package = os.path.dirname(package)
    if package != os.path.realpath(directory) or package == os.path.dirname(path):
        return path
    module = os.path.relpath(path, package).removesuffix(".py").replace(os.sep, ".")
    own = module.partition(".")[0]
    if path not in search.imports:
        search.imports[path] = imports(_text(search.contents_of(path)))
    inside = any(found.level or found.module.partition(".")[0] == own for found in search.imports[path])
    return module if inside and all(each.isidentifier() for each in module.split(".")) else path


def _reason(search: _Search, path: str, maker: str) -> str:
    """Why a file is proposed, as text."""
    seen, reached = search.own[path], search.reached.get(path, {})
    parts = []
    defined = [item.name.rpartition(":")[2] for item in seen.items if item.kind in ("main", "class")]
    if defined:
        parts.append(f"defines {_listed(defined)}")
    named = [f"“{item.name}”" for item in seen.items if item.kind == "workflow"]
    named += [item.name for item in seen.items if item.kind == "executor"]
    if named:
        parts.append(f"names {_listed(named)}")
    parts += [f"uses {item.name}" for item in seen.items if item.kind == "builder"]
    files: dict[str, list[str]] = {}
    for item, (_, used) in reached.items():
        if item not in seen.items and item.kind != "store":
            files.setdefault(used, []).append(item.name.rpartition(":")[2])
    for used in list(files)[:2]:
        parts.append(f"imports {os.path.basename(used)} with {_listed(files[used])}")
    if any(item.kind == "store" for item in seen.items):
        parts.append("names the store")
    word = "graph" if search.clues.framework == "langgraph" else "workflow"
    parts.append(f"{maker} may make its {word}" if maker else f"runs a {word}")
    return "; ".join(parts)


def _listed(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _stem(path: str) -> str:
    """The last part of a module's name."""
    name = os.path.basename(path).removesuffix(".py")
    return os.path.basename(os.path.dirname(path)) if name == "__init__" else name


def _is_test(path: str) -> bool:
    name = os.path.basename(path)
    return name.startswith("test_") or name.endswith("_test.py") or f"{os.sep}tests{os.sep}" in path


def _distance(path: str, where: SearchedDirectories) -> int:
    """How far a file is from the nearest place, in directories."""
    directory = os.path.dirname(path)
    steps = [os.path.relpath(directory, start).count(os.sep) + (directory != start) for start in where.starts]
    return min(steps, default=0)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
