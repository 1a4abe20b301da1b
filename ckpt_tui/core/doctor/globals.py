"""What the classes and functions that a pickle names could do, and which of them Agent Framework loads by default.

Names are judged as text; nothing is ever looked up by them. The framework's rules are those of `_RestrictedUnpickler`
in agent_framework/_workflows/_checkpoint_encoding.py (1.23.0).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["allowed", "type", "function", "numpy", "getattr", "danger"]


class Judgement(NamedTuple):
    """What a name means.

    Attributes:
        kind: allowed (the framework loads it by default), type (it loads it when told to), function (it never does),
            numpy (a function of numpy's that it never loads), getattr (harmless for a class within a class, else not),
            danger (it could run code, or reach whatever does).
        reason: Why it is dangerous, or "".
    """

    kind: Kind
    reason: str = ""


# -- what could run code ----------------------------------------------------------------------------------------------

_DANGEROUS_MODULES = {
    **dict.fromkeys(
        ("os", "posix", "nt", "subprocess", "_posixsubprocess", "_winapi", "pty", "commands", "popen2",
         "multiprocessing"),
        "starts programs or changes files",
    ),
    **dict.fromkeys(
        ("importlib", "_frozen_importlib", "_frozen_importlib_external", "imp", "_imp", "runpy", "pkgutil", "zipimport",
         "modulefinder", "pydoc", "pip", "ensurepip", "venv", "site"),
        "imports and runs any module",
    ),
    **dict.fromkeys(
        ("code", "codeop", "bdb", "pdb", "timeit", "cProfile", "profile", "trace", "doctest", "_testcapi", "idlelib",
         "numpy.testing", "numpy.f2py", "numpy.distutils", "distutils", "setuptools", "lib2to3"),
        "runs code given as text",
    ),
    **dict.fromkeys(
        ("pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal", "torch.serialization",
         "torch.hub", "torch.jit", "torch.utils", "pandas.io.pickle", "jsonpickle"),
        "loads another pickle or code object, unseen",
    ),
    **dict.fromkeys(("sys", "ctypes", "_ctypes", "cffi", "gc"), "reaches into the running program"),
    **dict.fromkeys(
        ("shutil", "tempfile", "fileinput", "glob", "linecache", "dbm", "sqlite3"), "reads or changes files"
    ),
    **dict.fromkeys(
        ("socket", "_socket", "asyncio", "socketserver", "http.server", "urllib.request", "http.client", "ftplib",
         "smtplib", "telnetlib", "poplib", "imaplib", "nntplib", "xmlrpc", "requests.api"),
        "opens network connections or starts programs",
    ),
    "webbrowser": "starts a browser",
    "antigravity": "starts a browser",
}  # fmt: skip

_DANGEROUS_NAMES = {
    **dict.fromkeys(
        ("builtins:eval", "builtins:exec", "builtins:compile", "builtins:execfile", "code:InteractiveInterpreter",
         "code:InteractiveConsole", "profile:Profile", "trace:Trace"),
        "runs code given as text",
    ),
    **dict.fromkeys(("builtins:__import__", "builtins:__build_class__"), "imports any module or makes any class"),
    **dict.fromkeys(
        ("builtins:setattr", "builtins:delattr", "builtins:vars", "builtins:globals", "builtins:locals"),
        "reaches into any object",
    ),
    **dict.fromkeys(("builtins:open", "io:open", "_io:open", "io:open_code", "io:FileIO", "_io:FileIO", "codecs:open",
                     "builtins:file"), "opens files"),
    **dict.fromkeys(
        ("builtins:input", "builtins:raw_input", "builtins:breakpoint", "builtins:help", "builtins:exit",
         "builtins:quit"),
        "stops the program or waits for input",
    ),
    "builtins:apply": "calls any function",
    **dict.fromkeys(
        (f"{module}:{name}" for module in ("operator", "_operator")
         for name in ("attrgetter", "methodcaller", "call", "setitem", "delitem")),
        "reaches into any object",
    ),
    **dict.fromkeys(
        (f"{module}:{name}" for module in ("functools", "_functools")
         for name in ("partial", "partialmethod", "reduce")),
        "calls any function",
    ),
    **dict.fromkeys(
        (f"types:{name}" for name in ("FunctionType", "LambdaType", "CodeType", "MethodType", "BuiltinMethodType",
                                      "new_class")),
        "makes a function out of any code, or reaches into any object",
    ),
    **dict.fromkeys(
        ("copyreg:add_extension", "copyreg:pickle", "copyreg:constructor", "copyreg:remove_extension"),
        "changes what later pickles do",
    ),
    **dict.fromkeys(
        ("logging.config:dictConfig", "logging.config:fileConfig", "logging.config:listen", "weakref:finalize",
         "atexit:register", "signal:signal", "threading:Thread", "threading:Timer", "_thread:start_new_thread",
         "concurrent.futures.process:ProcessPoolExecutor", "numpy:load", "numpy:loads", "numpy:fromfile",
         "numpy:memmap", "pandas:read_pickle", "torch:load", "yaml:load", "yaml:unsafe_load", "yaml:full_load"),
        "calls any function, or reads what could",
    ),
    **dict.fromkeys(
        (f"agent_framework._workflows._checkpoint_encoding:{name}" for name in (
            "_RestrictedUnpickler", "_base64_to_unpickle", "decode_checkpoint_value", "encode_checkpoint_value")),
        "loads another pickle; the framework blocks it by name",
    ),
}  # fmt: skip

_METHODS_THAT_ACT = frozenset(("pathlib", "pathlib._local", "io", "_io", "tarfile", "zipfile", "logging", "threading"))
"""Modules whose classes have methods that change files or call functions; a method is named `Class.method`."""

_INERT_NAME = re.compile(r"[A-Za-z0-9_]*(Error|Exception|Expired|Warning|CompletedProcess)\Z")
_INERT = frozenset((
    "os:stat_result", "posix:stat_result", "nt:stat_result", "os:terminal_size", "posix:terminal_size",
))  # fmt: skip
"""Values of dangerous modules that do nothing; so do their exceptions."""

_OFTEN_OWN = frozenset(("code", "commands", "imp", "profile", "site", "trace", "venv"))
"""Modules whose names programs like to give to their own; classes that Python's have not are then the program's."""

# -- what is a type ---------------------------------------------------------------------------------------------------

_ALLOWED = frozenset((
    *(f"builtins:{name}" for name in (
        "object", "complex", "range", "slice", "int", "float", "str", "bytes", "bytearray", "bool", "set", "frozenset",
        "list", "dict", "tuple", "type")),
    "copyreg:_reconstructor", "uuid:UUID", "decimal:Decimal",
    *(f"datetime:{name}" for name in ("datetime", "date", "time", "timedelta", "timezone")),
    *(f"collections:{name}" for name in ("OrderedDict", "defaultdict", "deque", "Counter")),
))  # fmt: skip
"""_BUILTIN_ALLOWED_TYPE_KEYS without `builtins:getattr`, for which the framework puts a function of its own."""

_ALLOWED_PREFIXES = ("agent_framework.", "agent_framework_orchestrations.", "openai.types.")

_LOWER_CASE_TYPES = frozenset((
    *(f"builtins:{name}" for name in ("enumerate", "filter", "map", "reversed", "zip", "memoryview")),
    *(f"itertools:{name}" for name in ("chain", "count", "cycle", "repeat", "islice", "product", "starmap")),
    "array:array", "time:struct_time", "operator:itemgetter", "_struct:Struct", "numpy:ndarray", "numpy:dtype",
    "re:Pattern", "numpy:matrix", "numpy:datetime64", "numpy:timedelta64", "numpy:record", "numpy:recarray",
    *(f"numpy:{name}{bits}" for name in ("int", "uint") for bits in (8, 16, 32, 64)),
    *(f"numpy:float{bits}" for bits in (16, 32, 64, 128)), "numpy:bool_", "numpy:complex64", "numpy:complex128",
))  # fmt: skip

_NO_TYPES = re.compile(r"typing:(?!Any\Z|NamedTuple\Z|Generic\Z)|builtins:(Ellipsis|NotImplemented)\Z")
"""Names that look like types to a reader, and are other objects to Python."""

_TYPE_LIKE = re.compile(r"_*[A-Z]")


def judge(module: str, qualname: str, made_with_new: bool = False) -> Judgement:
    """What a name in a pickle means.

    Args:
        module: The module it names.
        qualname: The name in it, with dots for what is inside.
        made_with_new: The pickle makes an object of it without calling it, so that it can only be a class.
    """
    if module == "__builtin__":
        module = "builtins"
    name = f"{module}:{qualname}"
    if name == "builtins:getattr":
        return Judgement("getattr")
    danger = _danger(module, qualname, name)
    if danger:
        return Judgement("danger", danger)
    if name in _ALLOWED:
        return Judgement("allowed")
    last = qualname.rpartition(".")[2]
    is_type = made_with_new or bool(_TYPE_LIKE.match(last)) or name in _LOWER_CASE_TYPES or name in _INERT
    if is_type and not _NO_TYPES.match(name):
        by_default = module.startswith(_ALLOWED_PREFIXES) and "." not in qualname
        return Judgement("allowed" if by_default else "type")
    return Judgement("numpy" if module.partition(".")[0] == "numpy" else "function")


def _danger(module: str, qualname: str, name: str) -> str:
    if module == "copyreg" and qualname.startswith("extension "):
        return "an extension code stands for a class or function that only the program that loads it knows"
    parts = qualname.split(".")
    for part in parts:
        if part.startswith("__") and part.endswith("__") and len(parts) > 1:
            return f"reaches into the inside of a class or module ({part})"
    for part in parts[:-1]:
        if not _TYPE_LIKE.match(part) and part != "<locals>":
            return f"reaches through {part} for whatever the module has imported"
    reason = _DANGEROUS_NAMES.get(name, "")
    if reason:
        return reason
    at = module
    while at:
        reason = _DANGEROUS_MODULES.get(at, "")
        if reason:
            own = module in _OFTEN_OWN and _TYPE_LIKE.match(qualname)
            inert = own or name in _INERT or _INERT_NAME.match(qualname)
            return "" if inert and len(parts) == 1 else reason
        at = at.rpartition(".")[0]
    if module in _METHODS_THAT_ACT and len(parts) > 1 and not _TYPE_LIKE.match(parts[-1]):
        return "a method that changes files or calls functions"
    return ""


_HIDDEN = re.compile(
    rb"[ci](?P<old>[A-Za-z_][\w.]{0,60})\n(?P<oldname>[A-Za-z_][\w.]{0,60})\n"
    rb"|\x8c.(?P<new>[A-Za-z_][\w.]{0,60}?)(?:\x94|q.|r....)?\x8c.(?P<newname>[A-Za-z_][\w.]{0,60}?)(?:\x94|q.|r....)?\x93",
    re.DOTALL,
)


def names_in_bytes(data: bytes, limit: int = 10_000) -> list[tuple[str, str]]:
    """Module and name of what looks like a class or function in bytes that cannot be decoded."""
    found = []
    for match in _HIDDEN.finditer(data):
        module, name = match["old"] or match["new"], match["oldname"] or match["newname"]
        found.append((module.decode("ascii"), name.decode("ascii")))
        if len(found) >= limit:
            break
    return found
