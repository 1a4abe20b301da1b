"""The workflow of the user: found, loaded and built."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import enum
import importlib
import importlib.util
import inspect
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from .arguments import is_required, made_argument, parameters_of, takes_storage, unmakeable
from .faults import Fault, said, trace_of
from .reasons import reason_of
from .shown import type_name


class Target:
    """Finds and builds the workflow that a text names: `module:attribute` or `path/file.py:attribute`.

    Args:
        text: The text.
        as_main: Load the file as `__main__`, as it was when it ran as a script.
    """

    def __init__(self, text: str, as_main: bool = False) -> None:
        place, _, self.attribute = text.rpartition(":")
        if not place or not self.attribute or place.endswith(os.sep):
            place, self.attribute = text.rstrip(":"), ""
        self.text = text
        self.place = place
        self.as_main = as_main
        self.file = place if place.endswith(".py") else ""

    def module(self) -> Any:
        """The module, imported.

        Raises:
            Fault: it cannot be.
        """
        try:
            if self.as_main:
                return self._as_main()
            if self.file:
                return self._from_file()
            return importlib.import_module(self.place)
        except Fault:
            raise
        except ModuleNotFoundError as error:
            name = error.name or ""
            if name and (self.place == name or self.place.startswith(name + ".")):
                fix = "name it as your program imports it, from the directory it is started in, or as path/file.py:name"
                raise Fault("load", f"there is no module {name}", fix) from None
            fix = f"install it for {sys.executable}, or name the interpreter your workflow runs in with --python"
            raise Fault("load", f"{self.place} cannot be imported: {error}", fix, trace_of(error)) from None
        except BaseException as error:  # sys.exit and KeyboardInterrupt are raised by scripts, too
            what = f"{self.place} cannot be imported: {said(error)}"
            fix = "a module that is resumed from must be importable without running; guard its run by __name__"
            raise Fault("load", what, fix, trace_of(error)) from None

    def _source(self) -> str:
        if self.file:
            path = os.path.abspath(self.file)
        else:
            spec = importlib.util.find_spec(self.place)
            path = (spec.origin if spec else None) or ""
        if not os.path.isfile(path):
            raise Fault("load", f"there is no file {path or self.place}", "check the path of --workflow")
        return path

    def _from_file(self) -> Any:
        path = self._source()
        name = os.path.splitext(os.path.basename(path))[0]
        _first_on_path(os.path.dirname(path))
        known = sys.modules.get(name)
        if known is not None and os.path.abspath(getattr(known, "__file__", None) or "") == path:
            return known
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise Fault("load", f"{path} is no Python file", "check the path of --workflow")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def _as_main(self) -> Any:
        path = self._source()
        _first_on_path(os.path.dirname(path))
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
        tree.body = [each for each in tree.body if not _is_guard(each)]
        module = types.ModuleType("__main__")
        module.__file__ = path
        keep.append(sys.modules["__main__"])
        sys.modules["__main__"] = module
        exec(compile(tree, path, "exec"), module.__dict__)  # noqa: S102 the person named this file to be run
        return module

    def build(
        self, module: Any, given: dict[str, Any], storage: Callable[[], Any], finish: Callable[[Any], Any]
    ) -> Any:
        """The workflow.

        Args:
            module: The module it is in.
            given: Arguments for a factory.
            storage: Makes what is handed to a factory that demands a storage.
            finish: Awaits what an asynchronous factory gives.

        Raises:
            Fault: there is none.
        """
        found = self._attribute(module)
        used = not given
        for _ in range(6):
            if is_workflow(found):
                if not used:
                    raise Fault("load", f"{self.text} takes no arguments", "leave out --arg")
                return found
            inner = getattr(found, "workflow", None)
            if inner is not None and not isinstance(found, type) and is_workflow(inner):
                found = inner
            elif not isinstance(found, type) and callable(getattr(found, "build", None)):
                found = self._call(found.build, {}, storage)
            elif callable(found) and not _makes_none(found, given):
                found = self._call(found, given, storage)
                used = True
            else:
                break
            if inspect.isawaitable(found):
                found = self._awaited(found, finish)
        gives = f"is the class {type_name(found)}" if isinstance(found, type) else f"gives {type_name(type(found))}"
        fix = "name a Workflow, a builder, a function that returns one, or an agent made of one"
        names = self._suggestions(module)
        raise Fault("load", f"{self.text} {gives}, which is no workflow", f"{fix}; {names}" if names else fix)

    def _attribute(self, module: Any) -> Any:
        if not self.attribute:
            raise Fault("load", f"{self.text} names no attribute", self._suggestion(module))
        found, owner = module, None
        for part in self.attribute.split("."):
            if not hasattr(found, part):
                raise Fault("load", f"{self.place} has no {self.attribute}", self._suggestion(module))
            owner, found = found, getattr(found, part)
        if isinstance(owner, type) and isinstance(inspect.getattr_static(owner, part), types.FunctionType):
            raise self._unbound(owner, part, module)
        return found

    def _unbound(self, cls: type, method: str, module: Any) -> Fault:
        """That a method was named of a class; an instance is not made here, because making one may act."""
        what = f"{self.text} is a method of an instance, and {cls.__name__} is a class"
        made = [name for name, value in vars(module).items() if isinstance(value, cls)]
        if made:
            return Fault("load", what, f"name it of an instance: --workflow {self.place}:{made[0]}.{method}")
        name = cls.__name__.lower() + "_to_resume"
        fix = (
            f"name the program as it is: --workflow {self.place}; or keep an instance in the module, "
            f"{name} = {cls.__name__}(…), and name {self.place}:{name}.{method}"
        )
        return Fault("load", what, fix)

    def _suggestion(self, module: Any) -> str:
        return self._suggestions(module) or "name what builds the workflow: module:attribute"

    def _suggestions(self, module: Any) -> str:
        """What else it could be: what is a workflow, else what may make one, the names most like it first."""
        known = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        names = [name for name, value in known.items() if _looks(value, module)]
        if not names:
            names = [name for name, value in known.items() if _may_make(value, module)]
        close = difflib.get_close_matches(self.attribute, names, len(names) or 1, 0.6)
        names = [*close, *(name for name in names if name not in close)]
        return "it could be " + ", ".join(f"{self.place}:{name}" for name in names[:4]) if names else ""

    def _call(self, function: Any, given: dict[str, Any], storage: Callable[[], Any]) -> Any:
        parameters = parameters_of(function)
        anything = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        arguments = {}
        for name, document in given.items():
            if name not in parameters and not anything:
                known = ", ".join(parameters) or "none"
                raise Fault("load", f"{self.text} has no argument {name}", f"its arguments: {known}")
            try:
                arguments[name] = made_argument(document, parameters[name]) if name in parameters else document
            except ValueError as error:
                what = f"the argument {name} of {self.text} does not fit: {error}"
                raise Fault("load", what, f"give it with --arg {name}=JSON") from None
        for name, each in parameters.items():
            if name in arguments or not is_required(each):
                continue
            if not takes_storage(each):
                raise self._wanting(name, each)
            arguments[name] = storage()
        first = [arguments.pop(name) for name, each in parameters.items() if each.kind is each.POSITIONAL_ONLY]
        try:
            return function(*first, **arguments)
        except Fault:
            raise
        except BaseException as error:  # a factory may call sys.exit, for want of a key
            raise self._raised(error) from None

    def _wanting(self, name: str, parameter: inspect.Parameter) -> Fault:
        """That an argument must be given, and how."""
        cls = unmakeable(parameter)
        if not cls:
            return Fault("load", f"{self.text} needs the argument {name}", f"give it with --arg {name}=JSON")
        what = f"{self.text} needs the argument {name}, {cls}, which no JSON can be"
        fix = f"name the program as it is, --workflow {self.place}, or a function of it that makes {name} itself"
        return Fault("load", what, fix)

    def _awaited(self, found: Any, finish: Callable[[Any], Any]) -> Any:
        try:
            return finish(found)
        except BaseException as error:
            raise self._raised(error) from None

    def _raised(self, error: BaseException) -> Fault:
        what, fix = reason_of(error, self.text)
        return Fault("load", what, fix, trace_of(error))


keep: list[Any] = []
"""The module of this file, once another one is `__main__`: its names must live on."""


def is_workflow(value: Any) -> bool:
    """Whether a value can be run from a checkpoint."""
    return (
        not isinstance(value, type) and hasattr(value, "graph_signature_hash") and callable(getattr(value, "run", None))
    )


def _looks(value: Any, module: Any) -> bool:
    if is_workflow(value):
        return True
    if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
        return "Workflow" in str(value.__annotations__.get("return", "")) or "workflow" in value.__name__
    cls = type(value)
    return cls.__module__.startswith("agent_framework") and callable(getattr(value, "build", None))


def _may_make(value: Any, module: Any) -> bool:
    """Whether a value is a function of the module that can be called as it is."""
    if not isinstance(value, types.FunctionType) or value.__module__ != module.__name__:
        return False
    if inspect.iscoroutinefunction(value) and value.__name__ == "main":
        return False
    return all(takes_storage(each) or not is_required(each) for each in parameters_of(value).values())


def _makes_none(value: Any, given: dict[str, Any]) -> bool:
    """Whether a value is a class, of data or of executors, that makes no workflow when it is called."""
    if not isinstance(value, type) or hasattr(value, "build"):
        return False
    data = dataclasses.is_dataclass(value) or hasattr(value, "model_fields") or issubclass(value, enum.Enum)
    return data or (not given and callable(getattr(value, "on_checkpoint_save", None)))


def _is_guard(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    test = node.test if isinstance(node, ast.If) else None
    parts = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
    names = [each.id for each in parts if isinstance(each, ast.Name)]
    return "__name__" in names and any(isinstance(each, ast.Constant) and each.value == "__main__" for each in parts)


def _first_on_path(directory: str) -> None:
    if directory in sys.path:
        sys.path.remove(directory)
    sys.path.insert(0, directory)
