"""Executes the user's program as Python does: as `__main__`, with its own arguments.

`python app.py` for a path, `python -m pkg.app` for a dotted name. A file of a package that uses relative imports could
only ever run as a module of it, so a path to one stands for that module.
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import sys
import threading
import types
from typing import Any

from .faults import Fault

keep: list[Any] = []
"""Keeps the module of the runner's own file alive once another one is `__main__`."""


class Program:
    """A program as it is.

    Args:
        place: `path/app.py`, or `pkg.app` as in `python -m pkg.app`.
        arguments: Its command-line arguments.
    """

    def __init__(self, place: str, arguments: list[str]) -> None:
        self.place = place
        self.arguments = arguments
        self.file = ""
        self.module: Any = None

    def execute(self) -> None:
        """Run the program to its end, or to where it is taken over; whatever it raises is raised."""
        code, spec = self._code()
        self.module = module = types.ModuleType("__main__")
        module.__file__ = self.file
        if spec is not None:
            module.__spec__, module.__loader__ = spec, spec.loader
            module.__package__ = spec.parent
            vars(module)["__cached__"] = spec.cached
        else:
            module.__loader__ = importlib.machinery.SourceFileLoader("__main__", self.file)
            module.__package__ = None
        sys.argv = [self.file if spec is not None else self.place, *self.arguments]
        keep.append(sys.modules["__main__"])
        sys.modules["__main__"] = module
        exec(code, module.__dict__)  # noqa: S102 the person named this program to be run

    def wait_for_threads(self) -> None:
        """Wait for the threads that the program left running, as Python does at its end."""
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()

    def _code(self) -> tuple[Any, Any]:
        place = self.place
        if is_path(place):
            path = os.path.abspath(place)
            if not os.path.isfile(path):
                raise Fault("load", f"there is no file {path}", "check the path of --workflow")
            package = package_of(path)
            if package and imports_relatively(path):
                name, root = package
                first_on_path(root)
                return self._module_code(name)
            self.file = path
            first_on_path(os.path.dirname(path))
            with open(path, "rb") as file:
                source = file.read()
            return compile(source, path, "exec", dont_inherit=True), None
        first_on_path(os.getcwd())
        return self._module_code(place)

    def _module_code(self, name: str) -> tuple[Any, Any]:
        spec = self._spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            name = f"{name}.__main__"
            spec = self._spec(name)
        loader: Any = spec.loader if spec is not None else None
        code = loader.get_code(name) if hasattr(loader, "get_code") else None
        if spec is None or code is None:
            fix = "name it as python -m finds it from this directory, or by the path of its file"
            raise Fault("load", f"there is no module {name} that can be run", fix)
        self.file = spec.origin or ""
        return code, spec

    def _spec(self, name: str) -> Any:
        try:
            return importlib.util.find_spec(name)
        except ModuleNotFoundError as error:
            if error.name and (name == error.name or name.startswith(error.name + ".")):
                return None
            raise
        except ValueError:
            return None


def is_path(place: str) -> bool:
    """Whether a text names a file, not a module."""
    return place.endswith((".py", ".pyw")) or os.sep in place or (os.altsep or os.sep) in place


def package_of(path: str) -> tuple[str, str] | None:
    """The dotted name of a file within its package, and the directory above the package; None outside of one."""
    directory, name = os.path.split(os.path.abspath(path))
    if not os.path.isfile(os.path.join(directory, "__init__.py")):
        return None
    stem = os.path.splitext(name)[0]
    parts = [] if stem == "__main__" else [stem]
    while os.path.isfile(os.path.join(directory, "__init__.py")):
        directory, name = os.path.split(directory)
        parts.insert(0, name)
    return ".".join(parts), directory


def names_of(path: str) -> list[str]:
    """The names under which a source file may have been loaded: as a script, by its own name, within its package."""
    package = package_of(path)
    return ["__main__", os.path.splitext(os.path.basename(path))[0], *([package[0]] if package else [])]


def imports_relatively(path: str) -> bool:
    """Whether a source file has a relative import, which works only within a package."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return False
    return any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))


def first_on_path(directory: str) -> None:
    """Put a directory where Python looks first for modules."""
    if directory in sys.path:
        sys.path.remove(directory)
    sys.path.insert(0, directory)


def give_input(lines: list[str]) -> None:
    """Make these lines the standard input, then its end."""
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    reading, writing = os.pipe()
    threading.Thread(target=_write_all, args=(writing, data), daemon=True).start()
    os.dup2(reading, 0)
    os.close(reading)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115 lives to the end


def _write_all(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
