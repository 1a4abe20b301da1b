"""What a class or function that a pickle names could do when the pickle is loaded.

Names are judged as text and never looked up. What the framework loads by default follows the rules of
`_RestrictedUnpickler` in agent_framework/_workflows/_checkpoint_encoding.py (1.23.0).
"""

import re
from typing import Literal, NamedTuple

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.safety.framework_names import DATA, IMPORTED, IMPORTED_BY_OPENAI, LIVE
from ckpt_tui.core.safety.harmless_stdlib import (
    CONSTANT,
    DEFAULT,
    EXCEPTION,
    HARMLESS_CLASSES,
    HARMLESS_HELPERS,
    NO_EXCEPTIONS,
    OFTEN_OWN,
    STANDARD,
)
from ckpt_tui.core.safety.known_actions import BORROWED, reason_of

Kind = Literal["inert", "helper", "framework", "unlisted", "type", "function", "numpy", "getattr", "acts"]


class Judgement(NamedTuple):
    """The verdict on a name.

    Attributes:
        kind: inert (a data class of the standard library), helper (a function of it that only makes such data),
            framework (a data class that Agent Framework defines, or openai.types), unlisted (a name below the
            framework that is not known to be data), type (a class that somebody else defines), function (the same of
            functions: no release since 1.13 loads any), numpy (numpy's own functions that make its arrays), getattr
            (judged by what it reaches), acts (it opens, deletes, starts, connects, evaluates, imports or calls, or
            it is not known to be harmless: danger).
        reason: Its effect where it acts, its irregularity where it is unlisted, else "".
        by_default: The framework (1.23) loads it by default.
    """

    kind: Kind
    reason: str = ""
    by_default: bool = False

    @property
    def is_danger(self) -> bool:
        """Whether loading it could have effects, such as running code."""
        return self.kind == "acts"

    @property
    def is_class(self) -> bool:
        """Whether making an object of it makes an instance, and never a class, a function or a module."""
        return self.kind in ("inert", "framework", "unlisted", "type", "numpy")


UNKNOWN = "is not known to be inert data"
_ELSEWHERE = "is a name that this module only imports; genuine checkpoints do not contain it"
_NOT_DATA = "is a part of a running program, which the framework never writes"
_UNLISTED = "is not a class that a known release of the framework defines there"

_FRAMEWORK = ("agent_framework", "agent_framework_orchestrations")
_OPENAI = "openai.types."

_DEFINING = frozenset(module for module, _ in DATA | LIVE)

_FRAMEWORK_ACTS = {
    name: reason
    for reason, names in (
        ("makes a directory or writes files",
         ("FileCheckpointStorage FileHistoryProvider FileSessionStore FileSystemAgentFileStore MemoryFileStore"
         " TodoFileStore FileMemoryProvider FileAccessProvider")),
        ("starts programs", "MCPStdioTool FileSkillScript InlineSkillScript ClassSkill"),
        ("opens network connections",
         "_ClientMCPConnection _SessionMCPConnection _MCPHeaderScopedClient SecureMCPToolProxy"),
        ("loads another pickle; the framework blocks it by name",
         "_RestrictedUnpickler _base64_to_unpickle encode_checkpoint_value decode_checkpoint_value"),
        ("calls any function",
         ("FunctionTool FunctionExecutor StepWrapper _CallbackAggregator _ReleaseTrampoline FunctionalWorkflow"
         " FunctionalWorkflowDefinition _WorkflowTaskFactoryState")),
        ("reads files and starts exporters", "ObservabilitySettings"),
    )
    for name in names.split()
}  # fmt: skip
"""Classes and functions of the framework that act → what they do; tools of MCP, which are many, beside them."""

_LOWER_CASE_TYPES = frozenset((
    "numpy:ndarray", "numpy:dtype", "numpy:matrix", "numpy:datetime64", "numpy:timedelta64", "numpy:record",
    "numpy:recarray", "numpy.rec:record", "numpy.rec:recarray", "numpy:void", "numpy:bytes_", "numpy:str_",
    "numpy:bool", "numpy:bool_", "numpy:longdouble",
    *(f"numpy:{name}{bits}" for name in ("int", "uint", "float", "complex") for bits in (8, 16, 32, 64, 128, 256)),
))  # fmt: skip

_NUMPY_MAKERS = (
    r"numpy\.(_core|core)\.(multiarray:(_reconstruct|scalar)|numeric:_frombuffer|records:fromrecords)\Z"
    r"|numpy\.random\.bit_generator:__pyx_unpickle_SeedSequence\Z|numpy\.ma\.core:_mareconstruct\Z|numpy\.random\._pickle:__(randomstate|generator|bit_generator)_ctor\Z"
)

_CLASSES = r"(?:(?:_?[A-Z][^._]*|<locals>)\.)*+(?!__)[^.]*\Z"
"""A name within classes, none of which has underscores in it: such a one reaches nothing else."""

_TYPE_LIKE = LatePattern(r"_*[A-Z]")


def judge(module: str, qualname: str, made_with_new: bool = False) -> Judgement:
    """Judge a name in a pickle.

    Args:
        module: The module it names.
        qualname: The name in it, with dots for what is inside.
        made_with_new: The pickle makes an object of it without calling it, so that it can only be a class.
    """
    if module == "__builtin__":
        module = "builtins"
    name = f"{module}:{qualname}"
    if name == "builtins:getattr":
        return Judgement("getattr", "", True)
    reason = _reach(module, qualname)
    if reason:
        return Judgement("acts", reason, False)
    top = module.partition(".")[0]
    if top in _FRAMEWORK:
        return _of_framework(module, qualname)
    if module.startswith(_OPENAI):
        return _of_openai(qualname)
    if top in STANDARD:
        return _of_python(module, qualname, name)
    return _of_others(module, qualname, name, made_with_new)


def _reach(module: str, qualname: str) -> str:
    """Why a name reaches further than to a class, or a member of one, of its own module; "" where it does not."""
    if module == "copyreg" and qualname.startswith("extension "):
        return "is an extension code, whose class or function only the program that loads it knows"
    if (module, qualname) in HARMLESS_HELPERS:
        return ""
    if "." in qualname and re.match(_CLASSES, qualname):
        return ""
    parts = qualname.split(".")
    for part in parts:
        if part.startswith("__") and part.endswith("__"):
            return f"reaches into the inside of a class or module ({part})"
    for part in parts[:-1]:
        if not _TYPE_LIKE.compiled.match(part) and part != "<locals>":
            return f"reaches through {part} for whatever the module has imported"
    return ""


def _of_framework(module: str, qualname: str) -> Judgement:
    by_default = "." in module and "." not in qualname
    first, _, inside = qualname.partition(".")
    reason = _FRAMEWORK_ACTS.get(first, "")
    if not reason and first.startswith("MCP") and re.match(r"MCP\w*Tool\Z", first):
        reason = "opens network connections"
    if reason:
        return Judgement("acts", reason, by_default)
    if (module, first) in DATA:
        if not inside:
            return Judgement("framework", "", by_default)
        return Judgement("type" if _is_type_like(inside) else "function")
    if first in BORROWED or (first in IMPORTED and (module, first) not in LIVE):
        return Judgement("acts", _ELSEWHERE, by_default)
    if not _is_type_like(first) or (inside and not _is_type_like(inside)):
        return Judgement("function")
    if module.count(".") == 1 and "._" not in module and module not in _DEFINING:
        return Judgement("acts", _ELSEWHERE, by_default)  # it looks its names up in other packages
    if "." not in module and any(first == name for _, name in DATA):
        return Judgement("type")  # as the package exports it; the framework does not load it by that name
    return Judgement("unlisted", _NOT_DATA if (module, first) in LIVE else _UNLISTED, by_default)


def _of_openai(qualname: str) -> Judgement:
    if qualname in IMPORTED_BY_OPENAI or qualname in BORROWED or qualname in IMPORTED:
        return Judgement("acts", _ELSEWHERE, True)
    if not _is_type_like(qualname):
        return Judgement("function")
    return Judgement("type") if "." in qualname else Judgement("framework", "", True)


def _of_python(module: str, qualname: str, name: str) -> Judgement:
    if (module, qualname) in HARMLESS_CLASSES:
        return Judgement("inert", "", name in DEFAULT)
    if (module, qualname) in HARMLESS_HELPERS:
        return Judgement("helper", "", name in DEFAULT)
    first, _, inside = qualname.partition(".")
    if module in ("signal", "socket", "ssl") and re.match(CONSTANT, qualname):
        return Judgement("helper")
    if inside.isupper() and (module, first) in HARMLESS_CLASSES:  # the member of an enumeration
        return Judgement("inert")
    top = module.partition(".")[0]
    if re.match(EXCEPTION, qualname) and top not in NO_EXCEPTIONS and "__main__" not in module:
        return Judgement("inert")
    own = OFTEN_OWN.get(module)
    if own is not None and _TYPE_LIKE.compiled.match(first) and first not in own and first not in BORROWED:
        return Judgement("type" if _is_type_like(qualname) else "function")
    return Judgement("acts", reason_of(module, qualname) or UNKNOWN)


def _of_others(module: str, qualname: str, name: str, made_with_new: bool) -> Judgement:
    last = qualname.rpartition(".")[2]
    reason = reason_of(module, qualname)
    if reason and not re.match(EXCEPTION, qualname):
        return Judgement("acts", reason)
    if last in BORROWED:
        return Judgement("acts", f"has the name of a class that {BORROWED[last]}")
    if made_with_new or _TYPE_LIKE.compiled.match(last) or name in _LOWER_CASE_TYPES:
        return Judgement("type")
    return Judgement("numpy" if re.match(_NUMPY_MAKERS, name) else "function")


def _is_type_like(qualname: str) -> bool:
    return bool(_TYPE_LIKE.compiled.match(qualname.rpartition(".")[2]))


def is_class_name(name: str) -> bool:
    """Whether `module:qualname` looks like a class: a name that acts can be allowed only if it is one."""
    return _is_type_like(name.rpartition(":")[2])


_HIDDEN = (
    rb"(?s)[ci](?P<old>[A-Za-z_][\w.]{0,60})\n(?P<oldname>[A-Za-z_][\w.]{0,60})\n"
    rb"|\x8c.(?P<new>[A-Za-z_][\w.]{0,60}?)(?:\x94|q.|r....)?\x8c.(?P<newname>[A-Za-z_][\w.]{0,60}?)(?:\x94|q.|r....)?\x93"
)


def names_in_bytes(data: bytes, limit: int = 10_000) -> list[tuple[str, str]]:
    """Module and name of each text that looks like a class or function in bytes that cannot be decoded."""
    found = []
    for match in re.finditer(_HIDDEN, data):
        module, name = match["old"] or match["new"], match["oldname"] or match["newname"]
        found.append((module.decode("ascii"), name.decode("ascii")))
        if len(found) >= limit:
            break
    return found
