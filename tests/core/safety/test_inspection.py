"""What one pickle would do: every way to name and to call something, and every way to hide it again."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import ipaddress
import logging
import pathlib
import pickle
import random
import re
import types
import typing
import uuid
import zoneinfo
from typing import Any

import pytest

from ckpt_tui.core.safety.inspection import NAMES, Inspection, inspect

GADGETS = [
    "os:system", "posix:system", "nt:system", "pty:spawn", "subprocess:Popen", "bdb:Bdb.run", "timeit:timeit",
    "cProfile:runctx", "profile:run", "trace:Trace.run", "pdb:run", "code:InteractiveInterpreter.runcode",
    "doctest:debug_script", "pydoc:locate", "pydoc:pipepager", "ctypes:CDLL", "distutils.file_util:write_file",
    "idlelib.pyshell:ModifiedInterpreter.runcode", "lib2to3.pgen2.grammar:Grammar.loads", "pip:main",
    "ensurepip:_run_pip", "numpy.f2py.crackfortran:getlincoef", "numpy.testing._private.utils:runstring",
    "torch.jit.unsupported_tensor_ops:execWrapper", "torch.serialization:load",
    "torch._inductor.codecache:compile_file",
    "_pyrepl.pager:pipe_pager", "_osx_support:_read_output", "_aix_support:_read_cmd_output",
    "uuid:_get_command_stdout", "gettext:c2py", "rlcompleter:Completer.attr_matches", "typing:ForwardRef._evaluate",
    "logging:FileHandler", "logging.config:dictConfig", "smtplib:SMTP", "ssl:get_server_certificate",
    "urllib.request:urlopen", "webbrowser:open", "asyncio.unix_events:_UnixSubprocessTransport._start",
    "imaplib:IMAP4_stream",
    "venv:create", "runpy:_run_code", "socket:create_connection", "shutil:rmtree", "sys:exit", "pickle:loads",
    "builtins:eval", "builtins:exec", "builtins:compile", "builtins:open", "builtins:map", "operator:methodcaller",
    "functools:partial", "_io:FileIO", "zipfile:ZipFile", "tempfile:NamedTemporaryFile", "sqlite3:connect",
    "agent_framework._tools:TypeAdapter", "agent_framework._workflows._functional:CodeType", "pydantic:TypeAdapter",
    "agent_framework._workflows._checkpoint:FileCheckpointStorage", "antigravity:SomeError", "my_app:Popen",
    "cloudpickle.cloudpickle:_make_function", "joblib:load", "yaml:unsafe_load", "test.support.script_helper:run",
    "a_module_of_python:os.system", "statistics:mean.__globals__", "my_app:__builtins__", "ast:literal_eval",
]  # fmt: skip


def text(value: str) -> bytes:
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def by_global(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def on_stack(module: str, name: str) -> bytes:
    return text(module) + text(name) + b"\x93"


def through_memo(module: str, name: str) -> bytes:
    """Both texts stored, overwritten, thrown away and fetched again."""
    return b"Nq\x050" + text(module) + b"q\x050" + text(name) + b"\x94q\x070h\x05h\x07\x93"


NAMING = {"GLOBAL": by_global, "STACK_GLOBAL": on_stack, "memo": through_memo}

CALLING = {
    "named": b"%s.",
    "named and thrown away": b"%s0N.",
    "left below the result": b"%sN.",
    "REDUCE": b"%s)R.",
    "REDUCE, thrown away": b"%s)R0N.",
    "REDUCE, thrown away with its mark": b"N(%s)R1.",
    "REDUCE, stored, and the memo written over": b"%s)Rq\x000Nq\x00.",
    "OBJ": b"(%so.",
    "NEWOBJ": b"%s)\x81.",
    "NEWOBJ_EX": b"%s)}\x92.",
    "twice": b"%s2)R.",
    "BUILD": b"%s}b.",
    "BUILD of an object": b"%s)\x81}b.",
    "an argument": b"cbuiltins\nlist\n%s\x85R.",
    "a factory": b"ccollections\ndefaultdict\n%s\x85R.",
    "a key": b"}%sNs.",
    "in a set": b"\x8f(%s\x90.",
    "a state": b"cmy_app\nThing\n)\x81}X\x01\x00\x00\x00a%ssb.",
    "a state of slots": b"cmy_app\nThing\n)\x81N}X\x01\x00\x00\x00a%ss\x86b.",
    "the base of a reconstruction": b"ccopyreg\n_reconstructor\n(cmy_app\nThing\n%sNtR.",
    "reached by getattr": b"cbuiltins\ngetattr\n%sX\x01\x00\x00\x00A\x86R.",
    "called through what it returns": b"%s)R)R.",
    "in a persistent id": b"%sQ.",
}


@pytest.mark.parametrize("naming", NAMING)
@pytest.mark.parametrize("calling", CALLING)
def test_a_name_that_acts_is_danger_however_it_is_named_and_whatever_is_done_with_it(naming: str, calling: str) -> None:
    for gadget in GADGETS:
        module, _, name = gadget.partition(":")
        found = inspect(b"\x80\x04" + CALLING[calling].replace(b"%s", NAMING[naming](module, name)))
        assert any(use.name == gadget and use.judgement.is_danger for use in found.uses), gadget
        assert any(gadget in reason for reason in found.reasons), gadget
        assert any(gadget in reason for reason in found.refusals()), gadget


@pytest.mark.parametrize("gadget", GADGETS)
def test_a_name_that_acts_is_danger_in_an_instance_of_protocol_0(gadget: str) -> None:
    module, _, name = gadget.partition(":")
    assert inspect(f"(S'x'\ni{module}\n{name}\n.".encode()).is_danger


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x80\x02c__builtin__\neval\n)R.", "builtins:eval"),
        (b"c__builtin__\nfile\n)R.", "builtins:file"),
        (b"\x80\x05c__builtin__\neval\n)R.", "__builtin__:eval"),
        (b"\x80\x02ccommands\ngetoutput\n)R.", "subprocess:getoutput"),
        (b"\x80\x02curllib2\nurlopen\n)R.", "urllib.request:urlopen"),
        (b"\x80\x02ccPickle\nloads\n)R.", "pickle:loads"),
        (b"\x80\x02cStringIO\nopen\n)R.", "io:open"),
        (b"\x80\x02" + text("__builtin__") + text("execfile") + b"\x93)R.", "builtins:execfile"),
        (text("urllib2") + text("urlopen") + b"\x93)R.", "urllib.request:urlopen"),
        (b"\x80\x04" + text("urllib2") + text("urlopen") + b"\x930\x80\x02" + text("urllib2") + text("urlopen")
         + b"\x93)R.", "urllib.request:urlopen"),
    ],
)  # fmt: skip
def test_names_of_python_2_are_judged_by_what_they_are_now(data: bytes, name: str) -> None:
    found = inspect(data)
    assert name in {use.name for use in found.uses if use.judgement.is_danger}


def test_harmless_names_of_python_2_are_harmless_and_reported_as_they_are_written() -> None:
    found = inspect(b"\x80\x02ccopy_reg\n_reconstructor\n(cmy_app\nThing\nc__builtin__\nobject\nNtR.")
    assert not found.is_danger
    assert {use.name: use.written for use in found.uses} == {
        "copyreg:_reconstructor": "copy_reg:_reconstructor", "my_app:Thing": "",
        "builtins:object": "__builtin__:object",
    }  # fmt: skip
    assert not inspect(b"cexceptions\nValueError\n)R.").is_danger


# -- what is dangerous beyond its name --------------------------------------------------------------------------------

STATE = b"N}X\x07\x00\x00\x00to_dictcmy_app\nThing\ns\x86"
CHECKPOINT = b"cagent_framework._workflows._checkpoint\nWorkflowCheckpoint\n"
INNER = b"cbuiltins\ngetattr\ncmy_app\nOuter\nX\x05\x00\x00\x00Inner\x86R"


@pytest.mark.parametrize(
    "target",
    [
        CHECKPOINT, b"cbuiltins\ndict\n", b"cmy_app\nThing\n", b"cmy_app\nmake\n", INNER,
        b"cbuiltins\ntype\ncmy_app\nThing\n)\x81\x85R",
        b"coperator\ngetitem\n](cmy_app\nThing\neK\x00\x86R",
        b"coperator\ngetitem\ncmy_app\nGeneric\ncbuiltins\nint\n\x86R",
        b"cbuiltins\niter\ncmy_app\nThing\n\x85R",
        b"cmy_app\nmake\n)R)R",
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", [b".", b"0N.", b"q\x000Nq\x00.", b"\x85."])
def test_a_state_for_a_class_a_function_or_what_a_call_returned_is_danger(target: bytes, after: bytes) -> None:
    found = inspect(b"\x80\x04" + target + STATE + b"b" + after)
    assert found.is_danger and not found.fault
    assert any("attributes" in reason or "returned" in reason or "type" in reason for reason in found.reasons)


@pytest.mark.parametrize("first", [b"", STATE + b"b"])
def test_what_came_before_from_the_same_function_does_not_vouch_for_what_comes_next(first: bytes) -> None:
    returned = b"coperator\ngetitem\n](cmy_app\nThing\neK\x00\x86R"
    made = b"cmy_app\nThing\n)\x81" + first
    for before, after in ((returned, returned + STATE + b"b"), (made + made, returned + STATE + b"b")):
        found = inspect(b"\x80\x04](" + before * 3 + after + before + b"e.")
        assert any("sets attributes" in reason for reason in found.dangers)
    assert not inspect(b"\x80\x04](" + made * 4 + b"e.").is_danger


def test_a_state_for_a_class_says_which_and_is_decoded_further() -> None:
    found = inspect(b"\x80\x04" + CHECKPOINT + STATE + b"bcos\nsystem\n\x86.")
    name = "agent_framework._workflows._checkpoint:WorkflowCheckpoint"
    assert found.dangers == (f"sets attributes of the class or function {name} itself",)
    assert "os:system" in {use.name for use in found.uses}


@pytest.mark.parametrize(
    "data",
    [
        b"cbuiltins\ntype\n(X\x01\x00\x00\x00A)}tR.", b"cbuiltins\ntype\nK\x01\x85R.",
        b"cbuiltins\ntype\n(X\x01\x00\x00\x00A)}t\x81.", b"ccopyreg\n__newobj__\n(cbuiltins\ntype\n)tR.",
        b"cbuiltins\ngetattr\n.", b"cbuiltins\ngetattr\n0N.",
        b"c__builtin__\ngetattr\n]X\x01\x00\x00\x00A\x86R.",
        b"\x80\x04c__builtin__\ngetattr\n]X\x01\x00\x00\x00A\x86R.",
        b"cbuiltins\ngetattr\ncmy_app\nThing\nX\x01\x00\x00\x00AN\x87R.", b"cbuiltins\ngetattr\ncmy_app\nThing\n\x85R.",
        b"cbuiltins\ngetattr\n(cmy_app\nThing\nX\x01\x00\x00\x00At\x81.",
        b"cbuiltins\ngetattr\ncmy_app\nThing\nX\x0b\x00\x00\x00__globals__\x86R.",
        b"cbuiltins\ngetattr\ncmy_app\nthing\nX\x06\x00\x00\x00system\x86R.",
        b"cbuiltins\ngetattr\ncdatetime\ndatetime\nX\x03\x00\x00\x00now\x86R.",
        b"cbuiltins\nmap\ncbuiltins\ngetattr\n]\x86R.", b"cfunctools\nreduce\ncmy_app\nadd\n)\x86R.",
        b"cfunctools\nreduce\n.", b"\x82\x07.", b"\x83\x07\x00)R0N.", b"\x84\x07\x00\x00\x00.", b"Pabc\n.", b"NQ0N.",
        b"\x80\x04" + text("a" * 600) + text("b" * 600) + b"\x93)R.",
        b"\x80\x04cbuiltins\nstr\n" + text("os") + b"\x85R" + text("system") + b"\x93.",
        b"\x80\x04N.cos\nsystem\n)R.", b"\x80\x04]}bcos\nsystem\n)R.", b"\x80\x04" + b"(" * 3 + b"\xffcos\nsystem\n.",
    ],
)  # fmt: skip
def test_what_reaches_further_than_its_names_is_danger(data: bytes) -> None:
    found = inspect(data)
    assert found.is_danger
    assert found.reasons and len(found.reasons) == len(found.refusals())


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "ends too early"), (b"\x80\x04]", "ends too early"), (b"\x80\x09N.", "protocol 9"),
        (b"\x80\x05\x97.", "outside the pickle"),
        (b"\xff.", "not a pickle operation"),
        (b"\x80\x04" + b"N0" * 1_000_000 + b"N.", "more than"),
    ],
)  # fmt: skip
def test_what_was_not_read_to_its_end_has_a_fault(data: bytes, fault: str) -> None:
    assert fault in inspect(data).fault


def test_the_reasons_of_a_hostile_pickle_are_bounded() -> None:
    data = b"\x80\x04" + b"".join(b"cmy_app\nT%d\nNb0" % number for number in range(5_000)) + b"N."
    found = inspect(data)
    assert found.is_danger and len(found.dangers) <= 101


def test_each_use_is_reported_once_with_how_it_is_used() -> None:
    data = b"\x80\x04(cmy_app\nThing\n)\x81cmy_app\nThing\n)\x81cmy_app\nThing\n)Rcmy_app\nThing\n" + INNER + b"l."
    assert [(use.says, use.judgement.kind) for use in inspect(data).uses if use.module == "my_app"] == [
        ("names my_app:Thing", "type"), ("calls my_app:Thing", "type"), ("makes my_app:Thing", "type"),
        ("names my_app:Outer", "type"), ("calls getattr for my_app:Outer.Inner", "type"),
    ]  # fmt: skip


# -- what is genuine --------------------------------------------------------------------------------------------------


class Colour(enum.Enum):
    RED = 1


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class ByName(enum.Enum):
    __reduce_ex__ = enum.pickle_by_enum_name  # type: ignore[assignment]
    NEW = 1


class Point(typing.NamedTuple):
    x: int


@dataclasses.dataclass
class Order:
    parts: Any = None


class Outer:
    class Inner:
        pass


GENUINE: list[Any] = [
    datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"), fold=1), zoneinfo.ZoneInfo("UTC"),
    datetime.datetime.now(datetime.UTC), datetime.timezone(datetime.timedelta(hours=2)), datetime.date.today(),
    pathlib.Path("/a/b"), pathlib.PureWindowsPath("c:/a"), fractions.Fraction(1, 3), decimal.Decimal("1.5"),
    uuid.uuid4(),
    Colour.RED, Rights.READ | Rights.WRITE, ByName.NEW, Point(1), Order({1: {2}}), Outer.Inner(), Outer.Inner,
    ValueError("x"), ExceptionGroup("x", [KeyError("a")]), FileNotFoundError(2, "x"), collections.deque([1], 3),
    collections.Counter("ab"), collections.OrderedDict(a=1), collections.defaultdict(list, a=[1]),
    collections.defaultdict(Order), collections.ChainMap({"a": 1}), types.SimpleNamespace(a=1),
    ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8"), re.compile("a+", re.IGNORECASE), slice(1, 2), 1j,
    array.array("d", [1.0]), range(3), bytearray(b"x"), b"x", frozenset({1}), {1, 2}, random.Random(1),
    logging.getLogger("x"), list[int], dict[str, list[Order]], int | str | None, typing.Any,
    typing.Literal["a"], type(None), ..., NotImplemented, iter([1, 2]), iter("ab"), collections.abc.Callable[[int],
    str],
    __import__("http").HTTPStatus.OK, __import__("signal").SIGINT, __import__("socket").AF_INET, 2**2_000,
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", GENUINE, ids=lambda value: type(value).__name__)
def test_genuine_values_raise_no_alarm(value: Any, protocol: int) -> None:
    found = inspect(pickle.dumps(value, protocol))
    assert found.reasons == () and found.fault == ""
    assert {use.judgement.kind for use in found.uses} <= {"inert", "helper", "type", "getattr"}


def test_values_of_numpy_raise_no_alarm() -> None:
    import numpy as np

    values: list[Any] = [
        np.arange(3), np.float64(1), np.int64(2), np.bool_(True), np.array([Order()], dtype=object), np.array(["a"]),
        np.datetime64("2020-01-01"), np.ma.array([1], mask=[False]), np.dtype("f8"),
        np.random.default_rng(1), np.float32,
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), np.asfortranarray(np.ones((2, 2))),
    ]  # fmt: skip
    for value in values:
        for protocol in range(6):
            found = inspect(pickle.dumps(value, protocol))
            assert found.reasons == () and found.fault == "", (value, protocol)
            assert "function" not in {use.judgement.kind for use in found.uses}, (value, protocol)


def test_values_of_pydantic_raise_no_alarm() -> None:
    from pydantic import BaseModel, SecretStr

    class Model(BaseModel):
        when: datetime.datetime
        secret: SecretStr

    Model.__qualname__ = "Model"
    globals()["Model"] = Model
    model = Model(when="2020-01-01T00:00:00Z", secret="x")  # type: ignore[arg-type]
    assert inspect(pickle.dumps(model)).reasons == ()


def test_nothing_is_hidden_from_a_loader_that_only_notes_the_names_it_is_asked_for() -> None:
    from tests.fuzz_mutations import mutated
    from tests.fuzz_pickles import INSERTIONS, genuine, stream

    rng = random.Random(7)
    seeds = [data for data in genuine() if len(data) < 2_000]
    asked = 0
    for number in range(1_000):
        data = stream(rng) if number % 2 else mutated(rng, rng.choice(seeds), seeds, INSERTIONS)
        found = inspect(data)
        if found.fault:
            continue
        names = asked_for(data)
        asked += len(names)
        assert names <= known_names(found), data
    assert asked > 60


def asked_for(data: bytes) -> set[str]:
    """The names that Python's own unpickler asks for, each answered with a class that does nothing."""
    names: set[str] = set()

    # Not the one in C, which makes room for every number below that of a memo.
    class Noting(pickle._Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            names.add(f"{module}:{name}")
            return Nothing

        def persistent_load(self, pid: Any) -> Any:
            return Nothing()

    try:
        Noting(io.BytesIO(data)).load()
    except Exception:
        return names
    return names


class Nothing:
    """Takes whatever a pickle does with it, and does nothing."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return object.__new__(Nothing)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Nothing()

    def __setstate__(self, state: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def append(self, value: Any) -> None:
        pass

    def extend(self, values: Any) -> None:
        pass

    def add(self, value: Any) -> None:
        pass


def known_names(found: Inspection) -> set[str]:
    return {name for use in found.uses for name in (use.name, use.written)}


def test_bytes_after_the_end_are_no_fault_and_dangerous_names_in_them_are_danger() -> None:
    assert inspect(b"N.N.") == inspect(b"N.")
    found = inspect(b"N.cos\nsystem\n(S'id'\ntR.")
    assert found.is_danger
    assert "in a part that is not decoded" in found.dangers[0]


def test_more_names_than_are_examined_are_danger() -> None:
    data = b"\x80\x04(" + b"".join(b"capp\nC%d\n" % number for number in range(NAMES + 5)) + b"l."
    found = inspect(data)
    assert found.is_danger
    assert found.dangers == (f"names {NAMES + 5:,} classes and functions, of which {NAMES:,} are examined",)
    assert len(found.uses) == NAMES
