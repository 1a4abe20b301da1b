"""The parts of the standard library that are known to be harmless, as an explicit list; no others count as harmless."""

from __future__ import annotations

import sys

_CLASSES = {
    "builtins": "object complex range slice int float str bytes bytearray bool set frozenset list dict tuple type"
    " enumerate reversed zip BaseException BaseExceptionGroup ExceptionGroup GeneratorExit StopIteration"
    " StopAsyncIteration SystemExit",
    "_collections": "deque defaultdict OrderedDict",
    "_decimal": "Decimal",
    "_io": "BytesIO StringIO",
    "argparse": "Namespace",
    "array": "array",
    "asyncio.queues": "QueueEmpty QueueFull QueueShutDown",
    "binascii": "Error Incomplete",
    "calendar": "Day Month",
    "collections": "OrderedDict defaultdict deque Counter ChainMap UserDict UserList UserString",
    "collections.abc": "AsyncGenerator AsyncIterable AsyncIterator Awaitable Buffer ByteString Callable Collection"
    " Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping"
    " MutableSequence MutableSet Reversible Sequence Set Sized ValuesView _CallableGenericAlias",
    "concurrent.futures._base": "BrokenExecutor",
    "concurrent.futures.process": "BrokenProcessPool",
    "concurrent.futures.thread": "BrokenThreadPool",
    "configparser": "Error",
    "csv": "Error",
    "_csv": "Error",
    "dataclasses": "_MISSING_TYPE _HAS_DEFAULT_FACTORY_CLASS KW_ONLY _KW_ONLY_TYPE",
    "datetime": "datetime date time timedelta timezone tzinfo",
    "decimal": "Decimal Context DecimalTuple Clamped DivisionByZero FloatOperation Inexact InvalidOperation Overflow"
    " Rounded Subnormal Underflow",
    "difflib": "Match",
    "email.charset": "Charset",
    "email.header": "Header",
    "email.message": "Message EmailMessage",
    "email.policy": "EmailPolicy",
    "email._policybase": "Compat32",
    "enum": "Enum IntEnum Flag IntFlag StrEnum auto KEEP STRICT CONFORM EJECT",
    "fractions": "Fraction",
    "functools": "_CacheInfo",
    "gzip": "BadGzipFile",
    "graphlib": "TopologicalSorter _NodeInfo",
    "http": "HTTPStatus HTTPMethod",
    "http.client": "BadStatusLine CannotSendHeader CannotSendRequest ImproperConnectionState IncompleteRead InvalidURL"
    " LineTooLong NotConnected RemoteDisconnected ResponseNotReady UnknownProtocol UnknownTransferEncoding",
    "http.cookies": "SimpleCookie Morsel BaseCookie",
    "http.cookiejar": "Cookie",
    "inspect": "Parameter Signature BoundArguments _ParameterKind _empty _void FullArgSpec ArgSpec Arguments Traceback"
    " FrameInfo Attribute",
    "io": "BytesIO StringIO UnsupportedOperation",
    "ipaddress": "IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface",
    "itertools": "chain combinations combinations_with_replacement compress count cycle islice permutations"
    " product repeat zip_longest",
    "json.encoder": "JSONEncoder",
    "locale": "Error",
    "logging": "LogRecord",
    "os": "stat_result terminal_size times_result uname_result sched_param statvfs_result",
    "nt": "stat_result terminal_size times_result",
    "pathlib": "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath UnsupportedOperation",
    "pathlib._local": "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath",
    "platform": "uname_result",
    "plistlib": "UID",
    "posix": "stat_result terminal_size times_result uname_result sched_param statvfs_result",
    "pstats": "FunctionProfile StatsProfile SortKey",
    "queue": "Empty Full ShutDown",
    "_queue": "Empty",
    "random": "Random",
    "_random": "Random",
    "re": "RegexFlag error",
    "sched": "Event",
    "shutil": "Error",
    "signal": "Signals Handlers Sigmasks",
    "smtplib": "SMTPRecipientsRefused SMTPSenderRefused SMTPServerDisconnected",
    "socket": "AddressFamily SocketKind MsgFlag AddressInfo gaierror herror",
    "sqlite3": "Error",
    "ssl": "TLSVersion AlertDescription Options Purpose SSLErrorNumber VerifyFlags VerifyMode _SSLMethod",
    "statistics": "NormalDist LinearRegression",
    "string": "Template",
    "string.templatelib": "Template Interpolation",
    "struct": "error",
    "subprocess": "CompletedProcess",
    "time": "struct_time",
    "tokenize": "TokenInfo",
    "traceback": "FrameSummary StackSummary",
    "types": "SimpleNamespace GenericAlias MappingProxyType NoneType EllipsisType NotImplementedType UnionType",
    "typing": "Any Generic Protocol",
    "urllib.parse": "ParseResult ParseResultBytes SplitResult SplitResultBytes DefragResult DefragResultBytes",
    "uuid": "UUID SafeUUID",
    "warnings": "WarningMessage",
    "xml.etree.ElementTree": "Element QName",
    "xmlrpc.client": "Binary DateTime Error Fault",
    "zipfile": "ZipInfo BadZipFile LargeZipFile",
    "zlib": "error",
    "zoneinfo": "ZoneInfo",
}
"""Classes of data by module: making an object of one, whatever its arguments, or setting its state, opens, starts,
imports, connects, evaluates and changes nothing. They may take memory, and an iterator may never end."""

_HELPERS = {
    "builtins": "Ellipsis NotImplemented iter",
    "_codecs": "encode",
    "_operator": "or_ and_ xor getitem",
    "array": "_array_reconstructor",
    "collections": "_tuplegetter",
    "copyreg": "_reconstructor",
    "enum": "_or_",
    "logging": "getLogger",
    "operator": "or_ and_ xor getitem",
    "re": "_compile",
    "typing": "Annotated AnyStr Awaitable Callable ClassVar Collection Concatenate Container Coroutine Counter"
    " DefaultDict Deque Dict Final FrozenSet Hashable Iterable Iterator AsyncIterable AsyncIterator"
    " AsyncGenerator Generator List Literal LiteralString Mapping MutableMapping MutableSequence MutableSet"
    " Never NoReturn Optional OrderedDict Pattern Match Reversible Self Sequence Set Sized Text Tuple Type"
    " TypeAlias TypeGuard Union Unpack Required NotRequired AbstractSet ByteString ChainMap ContextManager"
    " AsyncContextManager ItemsView KeysView ValuesView MappingView SupportsAbs SupportsBytes SupportsComplex"
    " SupportsFloat SupportsIndex SupportsInt SupportsRound",
    "zoneinfo": "ZoneInfo._unpickle",
}
"""Functions and marks that pickles of such data name: each only makes a value of the values that it is given."""

DEFAULT = frozenset((
    *(f"builtins:{name}" for name in (
        "object", "complex", "range", "slice", "int", "float", "str", "bytes", "bytearray", "bool", "set", "frozenset",
        "list", "dict", "tuple", "type")),
    "copyreg:_reconstructor", "uuid:UUID", "decimal:Decimal",
    *(f"datetime:{name}" for name in ("datetime", "date", "time", "timedelta", "timezone")),
    *(f"collections:{name}" for name in ("OrderedDict", "defaultdict", "deque", "Counter")),
))  # fmt: skip
"""What the framework loads by default: `_BUILTIN_ALLOWED_TYPE_KEYS` but `builtins:getattr`, for which it
puts a function of its own."""

CONSTANT = r"(?a)(SIG|SIG_|AF_|SOCK_|MSG_|AI_|PROTOCOL_|OP_|CERT_|VERIFY_|ALERT_DESCRIPTION_)[A-Z0-9_]+\Z"
"""Numbers of the modules signal, socket and ssl that pickle by name."""

HARMLESS_CLASSES = frozenset((module, name) for module, names in _CLASSES.items() for name in names.split())
HARMLESS_HELPERS = frozenset((module, name) for module, names in _HELPERS.items() for name in names.split())

EXCEPTION = r"(?a)_*[A-Z]\w*(Error|Exception|Warning|Expired|Interrupt)\Z|Warning\Z|Exception\Z"
"""Names that only exceptions have in the standard library, but for one in `traceback` that reads files."""

NO_EXCEPTIONS = frozenset((
    "antigravity", "ensurepip", "idlelib", "lib2to3", "test", "this", "tkinter", "turtle", "turtledemo", "traceback",
    "_testcapi", "venv", "pip", "__main__",
))  # fmt: skip
"""Modules where that is not so, or whose import alone acts."""

_OF_OTHER_RELEASES = (
    "_aix_support _android_support _apple_support _ast_unparse _asyncio _bootlocale _bootsubprocess _codecs_cn"
    " _colorize _crypt _dummy_thread _dummy_threading _hmac _interpchannels _interpqueues _interpreters _ios_support"
    " _msi _opcode_metadata _osx_support _py_warnings _pydatetime _pylong _pyrepl _remote_debugging _sha1 _sha2"
    " _sha256 _sha512 _strptime _suggestions _sysconfig _testbuffer _testcapi _testimportmultiple _testinternalcapi"
    " _testmultiphase _tokenize _types _typing _wmi _xxinterpchannels _xxsubinterpreters _xxtestfuzz _zstd aifc"
    " annotationlib asynchat asyncore audioop binhex cgi cgitb chunk commands compression crypt distutils"
    " dummy_threading formatter httplib imghdr imp lib2to3 macpath macurl2path mailcap msilib nis nntplib"
    " ossaudiodev parser pipes popen2 smtpd sndhdr spwd sunau symbol telnetlib test tomllib urllib2 uu xdrlib xx"
    " xxlimited xxlimited_35 xxsubtype"
)
STANDARD = sys.stdlib_module_names | frozenset(_OF_OTHER_RELEASES.split()) - {"__main__"}
"""Top-level modules of the standard library, of Python 2 and of the releases of Python 3."""

OFTEN_OWN = {
    module: frozenset(names.split())
    for module, names in {
        "code": "CommandCompiler InteractiveConsole InteractiveInterpreter Quitter Compile",
        "profile": "Profile _Utils",
        "trace": "CoverageResults PRAGMA_NOCOVER Trace _Ignore Ignore",
        "site": "ENABLE_USER_SITE PREFIXES USER_BASE USER_SITE _Printer _Helper Quitter",
        "venv": "CORE_VENV_DEPS EnvBuilder",
        "cmd": "Cmd IDENTCHARS PROMPT",
        "queue": "Empty Full LifoQueue PriorityQueue Queue ShutDown SimpleQueue _PySimpleQueue",
        "secrets": "DEFAULT_ENTROPY SystemRandom",
        "imp": "NullImporter SourcelessFileLoader _HackedGetData _LoadCompiledCompatibility _LoadSourceCompatibility"
        " SourceFileLoader",
        "chunk": "Chunk",
        "graphlib": "CycleError GenericAlias TopologicalSorter _NodeInfo",
        "sched": "Event",
        "commands": "",
        "test": "",
        "parser": "ParserError STType",
        "symbol": "",
        "formatter": "AbstractFormatter AbstractWriter DumbWriter NullFormatter NullWriter",
        "platform": "AndroidVer IOSVersionInfo _Processor",
    }.items()
}
"""Modules whose names programs like to give to their own, and the classes of Python's: others are the program's."""
