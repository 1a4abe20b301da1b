"""A name in a module of the user: found, loaded, and called until it gives a workflow or a graph."""

from __future__ import annotations

import abc
import ast
import contextlib
import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import types
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from .arguments import is_required, made_argument, parameters_of, takes_storage, unmakeable
from .faults import Fault, trace_of
from .program import first_on_path, imports_relatively, is_path, keep, package_of
from .reasons import reason_of
from .shown import type_name


class Step(NamedTuple):
    """One step from a value towards the wanted one.

    Attributes:
        value: The next value, which may have to be awaited.
        took_arguments: Whether it took the arguments that were given.
    """

    value: Any
    took_arguments: bool = False


class Target(abc.ABC):
    """A name in a module: a workflow or graph, or a callable that makes it.

    Args:
        place: `module` or `path/file.py`.
        attribute: The name in it, with dots for what is inside.
        as_main: Load the file as `__main__`, as it was when it ran as a script.
        known: Modules that the checkpoint names.
    """

    noun = "workflow"
    """The word for the wanted value, in sentences."""

    expected = ""
    """Values that may be named, as text."""

    def __init__(self, place: str, attribute: str, as_main: bool = False, known: Collection[str] = ()) -> None:
        self.text = f"{place}:{attribute}"
        self.place = place
        self.attribute = attribute
        self.as_main = as_main
        self._known = known

    def module(self) -> Any:
        """The module, imported; whatever its code raises is raised.

        Raises:
            Fault: there is no such file.
        """
        if self.as_main:
            return self._as_main()
        if is_path(self.place):
            return self._from_file()
        first_on_path(os.getcwd())
        return importlib.import_module(self.place)

    def source(self) -> str:
        """The path of the file, which need not exist for a name of a module that cannot be found."""
        if is_path(self.place):
            return os.path.abspath(self.place)
        with contextlib.suppress(ImportError, ValueError):
            first_on_path(os.getcwd())
            spec = importlib.util.find_spec(self.place)
            return (spec.origin if spec else None) or ""
        return ""

    def _existing(self) -> str:
        path = self.source()
        if not os.path.isfile(path):
            raise Fault("load", f"there is no file {path or self.place}", "check the path of --workflow")
        return path

    def _from_file(self) -> Any:
        path = self._existing()
        package = package_of(path)
        name = os.path.splitext(os.path.basename(path))[0]
        if package and (package[0] in self._known or (name not in self._known and imports_relatively(path))):
            first_on_path(package[1])
            return importlib.import_module(package[0])
        first_on_path(os.path.dirname(path))
        known = sys.modules.get(name)
        if known is not None and os.path.abspath(getattr(known, "__file__", None) or "") == path:
            return known
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise Fault("load", f"{path} is not a Python file", "check the path of --workflow")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def _as_main(self) -> Any:
        path = self._existing()
        first_on_path(os.path.dirname(path))
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
        tree.body = [each for each in tree.body if not _is_guard(each)]
        module = types.ModuleType("__main__")
        module.__file__ = path
        if not is_path(self.place):
            module.__spec__ = importlib.util.find_spec(self.place)
            module.__package__ = self.place.rpartition(".")[0]
        keep.append(sys.modules["__main__"])
        sys.modules["__main__"] = module
        # Not the flags of this file: annotations of the script stay what they are.
        exec(compile(tree, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 named by the person
        return module

    def build(
        self, module: Any, given: dict[str, Any], storage: Callable[[], Any], finish: Callable[[Any], Any]
    ) -> Any:
        """The workflow or graph.

        Args:
            module: The module it is in.
            given: Arguments for a factory.
            storage: Makes what is handed to a factory that demands a storage.
            finish: Awaits the result of an asynchronous factory.

        Raises:
            Fault: there is none.
        """
        found = self.attribute_of(module)
        used = not given
        for _ in range(6):
            if self.is_wanted(found):
                if not used:
                    raise Fault("load", f"{self.text} takes no arguments", "leave out --arg")
                return found
            step = self.next_step(found, given, storage)
            if step is None:
                break
            found = step.value
            used = used or step.took_arguments
            if inspect.isawaitable(found):
                found = self._awaited(found, finish)
        gives = f"is the class {type_name(found)}" if isinstance(found, type) else f"gives {type_name(type(found))}"
        what, names = f"{self.text} {gives}, which is not a {self.noun}", self.suggestions(module)
        raise Fault("load", what, f"{self.expected}; {names}" if names else self.expected)

    @abc.abstractmethod
    def is_wanted(self, value: Any) -> bool:
        """Whether a value is the wanted one."""

    @abc.abstractmethod
    def next_step(self, found: Any, given: dict[str, Any], storage: Callable[[], Any]) -> Step | None:
        """The next step from any other value; None where there is none.

        Args:
            found: The value.
            given: Arguments for a factory.
            storage: Makes what is handed to a factory that demands a storage.
        """

    @abc.abstractmethod
    def candidates(self, names: dict[str, Any], module: Any) -> list[str]:
        """The public names of a module that are wanted values, else those that may make one."""

    def attribute_of(self, module: Any) -> Any:
        """The value of the name in a module.

        Raises:
            Fault: the module has no such name, or it is a method of a class.
        """
        found, owner = module, None
        for part in self.attribute.split("."):
            if not hasattr(found, part):
                raise Fault("load", f"{self.place} has no {self.attribute}", self._suggestion(module))
            owner, found = found, getattr(found, part)
        if isinstance(owner, type) and isinstance(inspect.getattr_static(owner, part), types.FunctionType):
            raise self._unbound(owner, part, module)
        return found

    def _unbound(self, cls: type, method: str, module: Any) -> Fault:
        """The fault of a name that is a method of a class; an instance is not made here, because making one may act."""
        what = f"{self.text} is a method of an instance, and {cls.__name__} is a class"
        made = [name for name, value in vars(module).items() if isinstance(value, cls)]
        if made:
            return Fault("load", what, f"name the method of an instance: --workflow {self.place}:{made[0]}.{method}")
        name = cls.__name__.lower() + "_to_resume"
        fix = (
            f"name the program as it is: --workflow {self.place}; or keep an instance in the module, "
            f"{name} = {cls.__name__}(…), and name {self.place}:{name}.{method}"
        )
        return Fault("load", what, fix)

    def _suggestion(self, module: Any) -> str:
        return self.suggestions(module) or f"name what builds the {self.noun}: module:attribute"

    def suggestions(self, module: Any) -> str:
        """Other names that may be meant, as text, the most similar first; "" for none."""
        known = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        names = self.candidates(known, module)
        close = difflib.get_close_matches(self.attribute, names, len(names) or 1, 0.6)
        names = [*close, *(name for name in names if name not in close)]
        return "it could be " + ", ".join(f"{self.place}:{name}" for name in names[:4]) if names else ""

    def call(self, function: Any, given: dict[str, Any], storage: Callable[[], Any]) -> Any:
        """Call a function with the given arguments and a storage where it demands one; returns its result.

        Raises:
            Fault: an argument is missing or does not fit, or it raised.
        """
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
        except BaseException as error:  # a factory may call sys.exit, because a key is missing
            raise self._raised(error) from None

    def _wanting(self, name: str, parameter: inspect.Parameter) -> Fault:
        """The fault of an argument that is missing."""
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


def split_target(text: str) -> tuple[str, str]:
    """The place and the name in it; the name is "" for a program as it is."""
    place, _, name = text.rpartition(":")
    if not place or not all(part.isidentifier() for part in name.split(".")):
        return text.rstrip(":"), ""
    return place, name


def _is_guard(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    test = node.test if isinstance(node, ast.If) else None
    parts = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
    names = [each.id for each in parts if isinstance(each, ast.Name)]
    return "__name__" in names and any(isinstance(each, ast.Constant) and each.value == "__main__" for each in parts)
