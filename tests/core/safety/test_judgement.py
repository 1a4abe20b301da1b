"""What names in pickles are judged to be; the framework's own list is asked where there is one."""

import importlib

import pytest

from ckpt_tui.core.safety.harmless_stdlib import HARMLESS_CLASSES, HARMLESS_HELPERS
from ckpt_tui.core.safety.judgement import judge, names_in_bytes
from tests.support.framework_inventory import collect


def kind(name: str) -> str:
    module, _, qualname = name.partition(":")
    return judge(module, qualname).kind


@pytest.mark.parametrize(
    "name",
    [
        "os:system", "posix:system", "nt:system", "os:popen", "os.path:join", "os:environ", "subprocess:Popen",
        "subprocess:check_output", "builtins:eval", "builtins:exec", "builtins:compile", "builtins:__import__",
        "builtins:setattr", "builtins:delattr", "builtins:open", "builtins:input", "builtins:breakpoint",
        "__builtin__:eval", "__builtin__:apply", "importlib:import_module", "importlib.util:spec_from_file_location",
        "runpy:run_path", "runpy:_run_code", "pty:spawn", "socket:socket", "socket:create_connection", "shutil:rmtree",
        "sys:modules", "sys:exit", "ctypes:CDLL", "ctypes.util:find_library", "code:interact",
        "code:InteractiveInterpreter", "codeop:compile_command", "pickle:loads", "_pickle:loads", "pickle:Unpickler",
        "marshal:loads", "operator:attrgetter", "_operator:methodcaller", "functools:partial", "functools:reduce",
        "types:FunctionType", "types:CodeType", "types:MethodType", "asyncio.subprocess:create_subprocess_shell",
        "asyncio:create_subprocess_exec", "asyncio.unix_events:_UnixSubprocessTransport", "webbrowser:open",
        "commands:getoutput", "bdb:Bdb.run", "bdb:Bdb", "pdb:Pdb", "pdb:runeval", "timeit:timeit", "timeit:Timer",
        "cProfile:run", "profile:Profile", "copyreg:extension 7", "copyreg:add_extension", "io:open", "io:FileIO",
        "pydoc:locate", "pkgutil:resolve_name", "urllib.request:urlopen", "http.client:HTTPSConnection",
        "logging.config:dictConfig", "tempfile:mktemp", "numpy:load", "numpy.testing._private.utils:runstring",
        "torch:load", "torch.serialization:load", "joblib:load", "multiprocessing.util:spawnv_passfds",
        "agent_framework._workflows._checkpoint:os.system", "agent_framework:sys.modules", "my_app:json.loads",
        "my_app:Thing.__init__", "my_app:Thing.__globals__", "my_app:Thing.__class__.mro", "datetime:sys.modules",
        "pathlib:Path.write_text", "pathlib:PosixPath.unlink", "builtins:str.format", "threading:Thread",
        "agent_framework._workflows._checkpoint_encoding:decode_checkpoint_value",
    ],
)  # fmt: skip
def test_what_could_run_code_is_dangerous(name: str) -> None:
    verdict = judge(*name.split(":", 1))  # type: ignore[arg-type]
    assert verdict.is_danger
    assert verdict.reason


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("zipfile:ZipFile", "opens or truncates a file"),
        ("logging:FileHandler", "opens or truncates a file"),
        ("tempfile:TemporaryDirectory", "makes a directory"),
        ("agent_framework._workflows._checkpoint:FileCheckpointStorage", "makes a directory or writes files"),
        ("agent_framework._mcp:MCPStdioTool", "starts programs"),
        ("builtins:eval", "runs text as code"),
        (
            "agent_framework._tools:TypeAdapter",
            "is a name that this module only imports; genuine checkpoints do not contain it",
        ),
        ("ast:literal_eval", "is not known to be inert data"),
        ("statistics:mean", "is not known to be inert data"),
        ("collections:OrderedDict.fromkeys", "is not known to be inert data"),
        ("builtins:print", "is not known to be inert data"),
        ("my_app:Popen", "has the name of a class that starts programs"),
        ("idlelib.__main__:SomeError", "runs text as code"),
        ("my_app:__builtins__", "reaches into the inside of a class or module (__builtins__)"),
    ],
)
def test_the_reason_says_in_plain_words_what_a_name_does(name: str, does: str) -> None:
    verdict = judge(*name.split(":", 1))  # type: ignore[arg-type]
    assert (verdict.kind, verdict.reason) == ("acts", does)


@pytest.mark.parametrize(
    "name",
    [
        "builtins:ValueError", "fractions:Fraction", "pathlib:PosixPath", "types:GenericAlias", "types:SimpleNamespace",
        "zoneinfo:ZoneInfo", "array:array", "subprocess:CalledProcessError", "subprocess:TimeoutExpired", "typing:Any",
        "asyncio.exceptions:CancelledError", "asyncio.exceptions:TimeoutError", "os:stat_result", "http:HTTPStatus",
        "ipaddress:IPv4Network", "_io:BytesIO", "builtins:Warning", "http:HTTPStatus.OK", "random:Random",
    ],
)  # fmt: skip
def test_data_of_the_standard_library_is_inert_and_must_be_allowed(name: str) -> None:
    verdict = judge(*name.split(":", 1))  # type: ignore[arg-type]
    assert verdict == ("inert", "", False)


@pytest.mark.parametrize(
    "name",
    [
        "my_app:Order", "my_app.models:Order.Line", "my_app:_Private", "numpy:ndarray", "numpy:dtype", "code:Snippet",
        "profile:UserProfile", "test:Order", "agent_framework:Message", "agent_framework._types:Content.Inner",
        "openai:OpenAIError", "pydantic_core._pydantic_core:TzInfo", "__main__:Draft",
    ],
)  # fmt: skip
def test_a_class_of_somebody_elses_is_a_type_that_must_be_allowed(name: str) -> None:
    verdict = judge(*name.split(":", 1))  # type: ignore[arg-type]
    assert verdict == ("type", "", False)


@pytest.mark.parametrize(
    "name",
    ["my_app:make", "my_app:Order.make", "agent_framework._workflows._events:make_event", "my_app:getattr"],
)
def test_what_is_no_class_is_a_function(name: str) -> None:
    assert kind(name) == "function"


@pytest.mark.parametrize(
    "name",
    [
        "zoneinfo:ZoneInfo._unpickle", "re:_compile", "_codecs:encode", "operator:getitem", "_operator:or_",
        "typing:Optional", "typing:List", "builtins:Ellipsis", "logging:getLogger",
    ],
)  # fmt: skip
def test_a_function_of_the_standard_library_that_only_makes_data_is_a_helper(name: str) -> None:
    assert kind(name) == "helper"


def test_a_name_without_a_capital_is_a_class_when_the_pickle_makes_an_object_of_it() -> None:
    assert judge("my_app", "point").kind == "function"
    assert judge("my_app", "point", made_with_new=True).kind == "type"


def test_functions_of_numpy_are_distinguished() -> None:
    assert kind("numpy._core.multiarray:scalar") == kind("numpy.core.multiarray:_reconstruct") == "numpy"


def test_getattr_is_judged_by_what_it_is_called_with() -> None:
    assert kind("builtins:getattr") == kind("__builtin__:getattr") == "getattr"


# -- against the framework --------------------------------------------------------------------------------------------


def by_default(name: str) -> bool:
    module, _, qualname = name.partition(":")
    return judge(module, qualname).by_default


def test_the_framework_allows_by_default_what_is_said_to_be_allowed() -> None:
    encoding = importlib.import_module("agent_framework._workflows._checkpoint_encoding")
    listed = set(encoding._BUILTIN_ALLOWED_TYPE_KEYS)
    assert {name for name in listed if not by_default(name)} == set()
    assert {name for name in listed if kind(name) not in ("inert", "helper")} == {"builtins:getattr"}
    assert {":".join(names) for names in HARMLESS_CLASSES | HARMLESS_HELPERS if by_default(":".join(names))} < listed


def test_the_framework_loads_classes_of_its_modules_and_nothing_else_of_them() -> None:
    from agent_framework._workflows._checkpoint_encoding import _RestrictedUnpickler

    unpickler = _RestrictedUnpickler(b"", frozenset())
    for name in ("agent_framework._types:Message", "agent_framework._workflows._events:WorkflowEvent"):
        assert by_default(name)
        assert isinstance(unpickler.find_class(*name.split(":")), type)
    for name in ("agent_framework:Message", "agent_framework._types:detect_media_type_from_base64"):
        assert not by_default(name)
        with pytest.raises(Exception, match="blocked"):
            unpickler.find_class(*name.split(":"))


def test_every_class_of_the_installed_framework_is_judged_by_where_it_is_defined() -> None:
    verdicts = {"data": {"framework"}, "live": {"unlisted", "acts"}, "foreign": {"acts"}, "again": {"unlisted", "acts"}}
    found = collect()
    assert len(found) > 1_000
    assert {name: what for name, what in found.items() if kind(name) not in verdicts[what]} == {}


def test_no_class_that_the_framework_only_imports_is_called_harmless_whatever_module_it_is_named_through() -> None:
    foreign = {name.partition(":")[2] for name, what in collect().items() if what == "foreign"}
    assert len(foreign) > 70
    assert {name for name in foreign if kind(f"agent_framework._workflows._new:{name}") != "acts"} == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai.types.chat.chat_completion:ChatCompletion", "framework"),
        ("openai.types.responses.response:Response", "framework"),
        ("openai.types.responses.response:BaseModel", "acts"),
        ("openai.types.responses.response:Path", "acts"),
        ("openai.types.chat.chat_completion:ChatCompletion.Inner", "type"),
        ("openai.types.chat.chat_completion:os.system", "acts"),
        ("openai.types.chat.chat_completion:construct", "function"),
        ("agent_framework._types:NewInALaterRelease", "unlisted"),
        ("agent_framework.openai:OpenAIChatClient", "acts"),
        ("agent_framework.azure:AzureAIClient", "acts"),
        ("agent_framework.exceptions:AgentFrameworkException", "framework"),
        ("agent_framework.exceptions:NewError", "unlisted"),
        ("agent_framework._workflows._workflow:Workflow", "unlisted"),
        ("agent_framework._workflows._runner:Message", "unlisted"),
    ],
)
def test_names_below_the_prefixes_that_the_framework_trusts(name: str, expected: str) -> None:
    assert kind(name) == expected


@pytest.mark.parametrize("name", ["typing:Optional", "builtins:Ellipsis", "_operator:or_", "re:_compile"])
def test_the_framework_loads_no_function_even_when_asked_to(name: str) -> None:
    from agent_framework._workflows._checkpoint_encoding import _RestrictedUnpickler

    with pytest.raises(Exception, match="non-type global"):
        _RestrictedUnpickler(b"", frozenset({name})).find_class(*name.split(":"))


@pytest.mark.parametrize("name", ["typing:Any", "types:GenericAlias", "array:array", "builtins:ValueError"])
def test_the_framework_loads_a_type_when_asked_to(name: str) -> None:
    from agent_framework._workflows._checkpoint_encoding import _RestrictedUnpickler

    with pytest.raises(Exception, match="blocked"):
        _RestrictedUnpickler(b"", frozenset()).find_class(*name.split(":"))
    assert isinstance(_RestrictedUnpickler(b"", frozenset({name})).find_class(*name.split(":")), type)


# -- bytes that cannot be decoded -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff cos\nsystem\n(S'id'\ntR.",
        b"(S'id'\nios\nsystem\n.", b"\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94.",
        b"\x8c\x02osq\x00\x8c\x06systemq\x01\x93.", b"\x8c\x02os\x8c\x06system\x93",
    ],
)  # fmt: skip
def test_names_are_found_in_bytes_that_cannot_be_decoded(data: bytes) -> None:
    assert ("os", "system") in names_in_bytes(data)


def test_texts_that_name_no_global_are_not_taken_for_names() -> None:
    assert names_in_bytes(b"\x8c\x02os\x94\x8c\x06system\x94\x86.") == []
    assert names_in_bytes(bytes(range(256)) * 1_000) == []


def test_only_so_many_names_are_looked_for() -> None:
    assert len(names_in_bytes(b"cos\nsystem\n" * 50, limit=7)) == 7
