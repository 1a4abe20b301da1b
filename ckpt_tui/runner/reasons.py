"""Explains errors of the program's code, with a fix."""

from __future__ import annotations

import ast
import os
import re
import sys
from typing import Any

from .faults import said
from .missing import missing_member, missing_module, missing_name
from .places import Place, call_on, causes_of, frames_of, own_place, shown_path

COMMAND = "ckpt-tui resume …"
"""Stands for the given command line in a fix; a view may put that in its place."""

AS_USUAL = "it must load here as it does when you run it: same directory, environment and arguments"

_ASKS = frozenset(("input", "getpass", "ask", "prompt", "confirm", "Prompt", "Confirm"))
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_SETTING = re.compile(r"environ|\benv\b|\bset(ting)?s?\b|api.?key|credential", re.IGNORECASE)
_LIKE_A_SETTING = re.compile(
    r"\b[A-Z0-9_]+_(KEY|TOKEN|ENDPOINT|URL|URI|ID|SECRET|MODEL|HOST|PORT|VERSION|DEPLOYMENT|DEPLOYMENT_NAME|REGION)\b"
)


def reason_of(error: BaseException, place: str) -> tuple[str, str]:
    """The failure while a program was loaded, and the fix.

    Args:
        error: The error of its code.
        place: The program, as it was named.
    """
    error = _single(error)
    found = _where(error) or place
    for cause in causes_of(error):
        for explain in (_variable, _arguments, _input, _import, _syntax, _file, _release):
            reason = explain(cause, _where(cause) or found)
            if reason is not None:
                return reason
    named = _named_variables(error, found)
    if named is not None:
        return named
    if isinstance(error, SystemExit):
        return _exit(error, found)
    if isinstance(error, KeyboardInterrupt):
        return f"{found} was interrupted", AS_USUAL
    return f"{found} raised {said(error)}", AS_USUAL


def _where(error: BaseException) -> str:
    place = own_place(error)
    return str(place) if place is not None else ""


def _single(error: BaseException) -> BaseException:
    """The one exception in a group."""
    while True:
        inside: Any = getattr(error, "exceptions", ())
        if not (type(error).__name__.endswith("ExceptionGroup") and len(inside) == 1):
            return error
        error = inside[0]


# Environment variables


def _variable(error: BaseException, where: str) -> tuple[str, str] | None:
    """A variable that the program takes from `os.environ`, or from settings made of it."""
    frames = frames_of(error)
    code = frames[-1][0].f_code if frames else None
    if isinstance(error, KeyError) and code is not None and code.co_filename in (os.__file__, "<frozen os>"):
        return _wants(where, [str(name) for name in error.args])
    if type(error).__name__ == "ValidationError" and callable(getattr(error, "errors", None)):
        for frame, _ in frames:
            settings = frame.f_locals.get("__pydantic_self__")
            if "pydantic_settings" in frame.f_code.co_filename and settings is not None:
                return _settings(error, type(settings), where)
    return None


def _settings(error: Any, cls: Any, where: str) -> tuple[str, str] | None:
    """Fields of pydantic settings without a value."""
    prefix = str(getattr(cls, "model_config", {}).get("env_prefix") or "")
    missing = [each["loc"][0] for each in error.errors() if each.get("type") == "missing" and each.get("loc")]
    return _wants(where, [f"{prefix}{name}".upper() for name in missing]) if missing else None


def _named_variables(error: BaseException, where: str) -> tuple[str, str] | None:
    """Variables that the text of an error names and that are not set."""
    text = str(error.code) if isinstance(error, SystemExit) else str(error)
    names = [name for name in dict.fromkeys(_VARIABLE.findall(text)) if name not in os.environ]
    if not names or not (_SETTING.search(text) or _LIKE_A_SETTING.search(text)):
        return None
    message = text if isinstance(error, SystemExit) else said(error)
    return f"{where}: {message}", _set(names[:1])


def _wants(where: str, names: list[str]) -> tuple[str, str]:
    are = "variable {}, which is" if len(names) == 1 else "variables {}, which are"
    return f"{where} needs the environment {are.format(', '.join(names))} not set", _set(names)


def _set(names: list[str]) -> str:
    return f"set {'it' if len(names) == 1 else 'them'}: {' '.join(f'{name}=…' for name in names)} {COMMAND}"


# Arguments of the command line


def _arguments(error: BaseException, where: str) -> tuple[str, str] | None:
    """Arguments that the program's parser misses: argparse, click and its derivatives, or `sys.argv` itself."""
    if isinstance(error, SystemExit):
        for frame, _ in frames_of(error):
            names = frame.f_locals
            if frame.f_code.co_name == "error" and os.path.basename(frame.f_code.co_filename) == "argparse.py":
                usage = _wanted(str(getattr(names.get("self"), "format_usage", str)()))
                return f"{where}: {names.get('message')}", _with_arguments(usage)
            shown = getattr(names.get("report"), "__self__", None)  # by newer releases of click, in its `main`
            if isinstance(shown, Exception):
                return _arguments(shown, where)
        if any(each.__name__ == "DocoptExit" for each in type(error).__mro__):
            return f"{where}: {str(error.code).strip()}", _with_arguments("")
        return None
    if hasattr(error, "format_message") and any(each.__name__ == "UsageError" for each in type(error).__mro__):
        parameter = getattr(error, "param", None)
        usage = ""
        if parameter is not None and getattr(parameter, "opts", None):
            kind, name = getattr(parameter, "param_type_name", ""), str(parameter.opts[0])
            usage = name.upper() if kind == "argument" else f"{name} {str(parameter.name).upper()}"
        return f"{where}: {error.format_message()}", _with_arguments(usage)
    place = own_place(error)
    if isinstance(error, (IndexError, ValueError)) and place is not None and "sys.argv" in place.text:
        return f"{place} takes arguments of the command line: {place.text}", _with_arguments("")
    return None


def _wanted(usage: str) -> str:
    """The required arguments of a usage of argparse: without the program's name, and without brackets."""
    text = " ".join(usage.split()).removeprefix("usage: ")
    while "[" in text:
        shorter = re.sub(r"\[[^\[\]]*\]", "", text)
        if shorter == text:
            break
        text = shorter
    return " ".join(text.split()[1:])


def _with_arguments(usage: str) -> str:
    return f"give the program its arguments, below “more” or as {COMMAND} -- {usage or 'ARGS'}"


def _exit(error: SystemExit, where: str) -> tuple[str, str]:
    code = error.code
    what = f"{where} ends the program: {f'exit code {code or 0}' if code is None or isinstance(code, int) else code}"
    fix = "give it what it needs: arguments after --, lines for input() with --input, environment variables"
    return what, fix if code not in (None, 0) else AS_USUAL


# Standard input


def _input(error: BaseException, where: str) -> tuple[str, str] | None:
    """A question that the program asks on its standard input."""
    place = own_place(error)
    if not isinstance(error, EOFError) or place is None:
        return None
    call = call_on(place, _ASKS)
    if call is None:
        return None
    asked = _prompt(call)
    name = ast.unparse(call.func)
    question = f" {asked!r}" if asked else ""
    return (
        f"{where} asks{question} with {name}(), and there is no line left for it",
        f"give a line for each question, in order: {COMMAND} --input 'LINE'",
    )


def _prompt(call: ast.Call) -> str:
    """The text that a call asks with, as the code has it."""
    for each in call.args[:1]:
        if isinstance(each, ast.Constant):
            return str(each.value).strip()
        if isinstance(each, ast.JoinedStr):
            parts = [
                str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                for part in each.values if isinstance(part, (ast.Constant, ast.FormattedValue))
            ]  # fmt: skip
            return "".join(parts).strip()
    return ""


# Imports, files and syntax

_IMPORTED = re.compile(r"(?:from|import)\s+([\w.]+)")


def _import(error: BaseException, where: str) -> tuple[str, str] | None:
    if isinstance(error, ModuleNotFoundError):
        place = own_place(error)
        directories = [os.path.dirname(place.file)] if place is not None else []
        written = _IMPORTED.match(place.text) if place is not None else None
        if written is not None and error.name and written[1].startswith(error.name + "."):
            error.name = written[1]  # of `azure.identity` the error names `azure` alone
        return missing_module(error, [*directories, os.getcwd()], where)
    return missing_name(error, where) if isinstance(error, ImportError) else None


def _syntax(error: BaseException, where: str) -> tuple[str, str] | None:
    if not isinstance(error, SyntaxError) or not error.filename or not os.path.isfile(error.filename):
        return None
    place = Place(os.path.abspath(error.filename), error.lineno or 1)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    what = f"{place} is not valid for Python {version}: {error.msg}: {place.text}"
    return what, "fix it, or name the interpreter that the program runs in with --python"


def _file(error: BaseException, where: str) -> tuple[str, str] | None:
    """A file that the program expects in the directory in which it is started."""
    place = own_place(error)
    if not isinstance(error, FileNotFoundError) or not isinstance(error.filename, (str, os.PathLike)) or place is None:
        return None
    path = os.fspath(error.filename)
    what = f"{where} looks for {path}, which is not in {os.getcwd()}"
    if os.path.isabs(path):
        return f"{where} looks for {path}, which is not there", AS_USUAL
    directory = os.path.dirname(place.file)
    for _ in range(3):
        if os.path.exists(os.path.join(directory, path)):
            return what, f"start ckpt-tui in {shown_path(directory)}, which has it"
        directory = os.path.dirname(directory)
    return what, "start ckpt-tui in the directory in which the program is started"


def _release(error: BaseException, where: str) -> tuple[str, str] | None:
    """A name of the framework that this release does not have; not where the framework itself raised."""
    place = own_place(error)
    codes = [frame.f_code for frame, _ in frames_of(error) if frame.f_code.co_name != "__getattr__"]
    if place is None or not codes or os.path.abspath(codes[-1].co_filename) != place.file:
        return None
    return missing_member(error, where)
