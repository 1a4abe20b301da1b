"""Names that are known to act when they are called or merely imported, with their effects in plain words."""

from __future__ import annotations

_PROGRAMS = "starts programs"
_FILES = "starts programs or changes files"
_TEXT = "runs text as code"
_IMPORTS = "imports and runs any module"
_PICKLES = "loads another pickle or code object, unseen"
_NETWORK = "opens network connections"
_CALLS = "calls any function"
_REACHES = "reaches into any object"
_OPENS = "opens or truncates a file"
_READS = "reads or changes files"
_PROCESS = "reaches into the running program"
_MAKES = "makes functions, classes or code"
_THREADS = "starts threads or processes"
_LIBRARIES = "loads libraries into the program"
_BROWSER = "starts a browser"


def _table(texts: dict[str, str]) -> dict[str, str]:
    return {name: reason for reason, names in texts.items() for name in names.split()}


MODULES = _table({
    _FILES: """
        _bootsubprocess _posixsubprocess _winapi commands nt ntpath os popen2 posix posixpath pty subprocess
    """,
    _PROGRAMS: """
        _aix_support _android_support _ios_support _osx_support _pyrepl pipes
    """,
    _THREADS: """
        _interpchannels _interpqueues _interpreters _thread _xxsubinterpreters concurrent dummy_threading
        multiprocessing threading
    """,
    _IMPORTS: """
        _frozen_importlib _frozen_importlib_external _imp ensurepip imp importlib modulefinder pkgutil pydoc runpy
        site venv zipimport
    """,
    _TEXT: """
        _lsprof _sqlite3 _testcapi _testinternalcapi bdb cProfile code codeop compileall distutils doctest gettext
        idlelib lib2to3 pdb profile py_compile rlcompleter sqlite3 test this timeit trace turtledemo unittest
    """,
    _PICKLES: """
        _pickle cPickle marshal pickle shelve
    """,
    _PROCESS: """
        _contextvars _signal _sysconfig _weakref atexit contextvars faulthandler gc inspect resource signal sys
        sysconfig tracemalloc weakref
    """,
    _LIBRARIES: """
        _ctypes _msi _winreg ctypes msilib winreg
    """,
    _READS: """
        _io _pyio aifc anydbm bz2 codecs compression configparser dbhash dbm dumbdbm filecmp fileinput gdbm glob
        gzip io linecache logging lzma mailbox mailcap mmap netrc pathlib plistlib shutil sunau tarfile tempfile
        traceback wave whichdb xml zipfile
    """,
    _NETWORK: """
        SocketServer _asyncio _socket _ssl asynchat asyncio asyncore ftplib http httplib imaplib nntplib poplib
        select selectors smtpd smtplib socket socketserver ssl telnetlib urllib urllib2 wsgiref xmlrpc xmlrpclib
    """,
    _BROWSER: """
        antigravity webbrowser
    """,
    _REACHES: """
        _functools _operator functools operator
    """,
})  # fmt: skip
"""By module of the standard library, what its names do where they are not known to be harmless; the same holds for what
lies below a module."""

OTHERS = _table({
    _IMPORTS: """
        django.utils.module_loading lazy_loader pip pkg_resources pydantic.v1.utils six.moves werkzeug.utils
    """,
    _TEXT: """
        Cython IPython _pytest asteval execnet ipykernel jinja2 mako numba numexpr numpy.distutils numpy.f2py
        numpy.testing pandas.core.computation py._code pytest pyximport setuptools tensorflow.python torch._dynamo
        torch._export torch._inductor torch.fx torch.jit torch.onnx torch.testing
    """,
    _PICKLES: """
        Pyro4 cloudpickle dill diskcache hickle joblib jsonpickle keras.models keras.saving klepto
        numpy.lib._format_impl numpy.lib._npyio_impl numpy.lib.format numpy.lib.npyio pandas.io.pickle pickleshare
        rpyc sklearn.externals tensorflow.keras.models torch.distributed torch.hub torch.package torch.serialization
        torch.storage torch.utils zodbpickle
    """,
    _LIBRARIES: """
        cffi numpy.ctypeslib
    """,
    _PROGRAMS: """
        fabric invoke paramiko pexpect plumbum psutil ptyprocess sh
    """,
    _NETWORK: """
        aiohttp httpx._api httpx._client requests.api requests.sessions urllib3.poolmanager
    """,
})  # fmt: skip
"""The same for packages of others all of whose names act; classes of any other package are for a person to judge."""

NAMES = _table({
    _TEXT: """
        annotationlib:ForwardRef annotationlib:call_evaluate_function builtins:compile builtins:eval builtins:exec
        builtins:execfile collections.namedtuple:namedtuple collections:namedtuple dataclasses:make_dataclass
        gettext:c2py numpy.matrixlib.defmatrix:bmat numpy:bmat numpy:safe_eval numpy:vectorize
        pandas.core.frame:DataFrame.eval pandas.core.frame:DataFrame.query pandas:eval pydantic.main:create_model
        pydantic.type_adapter:TypeAdapter pydantic:ImportString pydantic:TypeAdapter pydantic:create_model
        sympy:sympify tensorflow:py_function torch:compile typing:ForwardRef typing:_eval_type typing:get_type_hints
        typing_extensions:get_type_hints yaml:unsafe_load_all
    """,
    _IMPORTS: """
        builtins:__build_class__ builtins:__import__ django.utils.module_loading:import_string pkgutil:resolve_name
        pydantic._internal._validators:import_string pydantic.types:ImportString
    """,
    _REACHES: """
        _operator:attrgetter _operator:delitem _operator:itemgetter _operator:methodcaller _operator:setitem
        builtins:delattr builtins:dir builtins:globals builtins:hasattr builtins:locals builtins:property
        builtins:setattr builtins:super builtins:vars operator:attrgetter operator:delitem operator:itemgetter
        operator:methodcaller operator:setitem types:CellType types:DynamicClassAttribute types:resolve_bases
    """,
    _OPENS: """
        PIL.Image:open _io:FileIO _io:open _io:open_code _pyio:FileIO _pyio:open builtins:file builtins:open
        bz2:BZ2File bz2:open codecs:open dbm:open dotenv.cli:set_key dotenv.main:set_key dotenv:set_key
        fsspec.core:open fsspec:open gzip:GzipFile gzip:open h5py:File io:FileIO io:FileIO.__init__ io:open
        io:open_code logging.handlers:BaseRotatingHandler logging.handlers:RotatingFileHandler
        logging.handlers:TimedRotatingFileHandler logging.handlers:WatchedFileHandler logging:FileHandler
        logging:basicConfig lzma:LZMAFile lzma:open mailbox:MH mailbox:Maildir mailbox:mbox
        matplotlib.cbook:get_sample_data numpy:fromfile numpy:genfromtxt numpy:loadtxt numpy:memmap numpy:save
        numpy:savetxt numpy:savez numpy:tofile pandas.io.pytables:HDFStore pandas:ExcelFile pandas:ExcelWriter
        pandas:HDFStore pandas:read_csv random:SystemRandom shelve:open tarfile:TarFile tarfile:open
        tempfile:NamedTemporaryFile tempfile:TemporaryFile tokenize:open wave:Wave_read wave:Wave_write wave:open
        xml.etree.ElementTree:ElementTree xml.etree.ElementTree:parse zipfile:PyZipFile zipfile:ZipFile
    """,
    "makes a directory": """
        os:makedirs os:mkdir tempfile:TemporaryDirectory tempfile:mkdtemp
    """,
    "stops the program or waits for input": """
        builtins:breakpoint builtins:exit builtins:help builtins:input builtins:quit builtins:raw_input
    """,
    _CALLS: """
        _functools:partial _functools:reduce _operator:call atexit:register builtins:apply
        builtins:callable_iterator builtins:filter builtins:map concurrent.futures:ProcessPoolExecutor
        concurrent.futures:ThreadPoolExecutor contextlib:AsyncExitStack contextlib:ExitStack
        contextlib:contextmanager contextvars:Context functools:cached_property functools:partial
        functools:partialmethod functools:reduce functools:singledispatch itertools:dropwhile itertools:filterfalse
        itertools:groupby itertools:starmap itertools:takewhile logging.config:dictConfig logging.config:fileConfig
        logging.config:listen operator:call sched:scheduler signal:signal toolz.functoolz:pipe toolz:pipe
        weakref:finalize
    """,
    _THREADS: """
        _thread:start_new_thread concurrent.futures.process:ProcessPoolExecutor
        concurrent.futures.thread:ThreadPoolExecutor threading:Thread threading:Timer
    """,
    _MAKES: """
        builtins:classmethod builtins:code builtins:function builtins:method builtins:module builtins:staticmethod
        cloudpickle.cloudpickle:_make_function types:BuiltinFunctionType types:BuiltinMethodType types:CodeType
        types:FunctionType types:LambdaType types:MethodType types:ModuleType types:new_class types:prepare_class
    """,
    "changes what later pickles do": """
        copyreg:add_extension copyreg:clear_extension_cache copyreg:constructor copyreg:pickle
        copyreg:remove_extension
    """,
    _PICKLES: """
        agent_framework._workflows._checkpoint_encoding:_RestrictedUnpickler numpy:load numpy:loads
        pandas:read_pickle pandas:to_pickle pydantic.main:BaseModel.parse_file pydantic.main:BaseModel.parse_raw
        pydantic:BaseModel.parse_file ruamel.yaml:YAML torch:load torch:save yaml.cyaml:CFullLoader
        yaml.cyaml:CLoader yaml.cyaml:CUnsafeLoader yaml.loader:FullLoader yaml.loader:Loader
        yaml.loader:UnsafeLoader yaml:CFullLoader yaml:CLoader yaml:CUnsafeLoader yaml:FullLoader yaml:Loader
        yaml:UnsafeLoader yaml:full_load yaml:full_load_all yaml:load yaml:load_all yaml:unsafe_load
    """,
    _FILES: """
        PIL.ImageShow:UnixViewer PIL.ImageShow:Viewer asyncio:create_subprocess_exec asyncio:create_subprocess_shell
        cgitb:lookup distutils.spawn:spawn getpass:getuser imaplib:IMAP4_stream platform:_syscmd_file
        platform:_syscmd_ver platform:popen torch.utils.collect_env:run torch.utils.collect_env:run_and_read_all
        uuid:_get_command_stdout uuid:_popen
    """,
    _NETWORK: """
        httpx:AsyncClient httpx:Client httpx:delete httpx:get httpx:post httpx:put httpx:request httpx:stream
        logging.handlers:DatagramHandler logging.handlers:HTTPHandler logging.handlers:SMTPHandler
        logging.handlers:SocketHandler logging.handlers:SysLogHandler nltk:download openai._client:AsyncOpenAI
        openai._client:OpenAI openai:AsyncOpenAI openai:OpenAI requests:Session requests:delete requests:get
        requests:head requests:patch requests:post requests:put requests:request urllib.request:URLopener
        urllib.request:urlopen
    """,
})  # fmt: skip
"""By `module:qualname`, for what is more exact than its module, or has a module that does not act as a whole."""

BORROWED = _table({
    _PROGRAMS: """
        Popen
    """,
    _OPENS: """
        FileIO NamedTemporaryFile RotatingFileHandler TarFile TimedRotatingFileHandler ZipFile
    """,
    _TEXT: """
        ForwardRef InteractiveConsole InteractiveInterpreter TypeAdapter
    """,
    _MAKES: """
        BuiltinFunctionType CodeType FunctionType LambdaType MethodType ModuleType
    """,
    _CALLS: """
        attrgetter methodcaller partial partialmethod
    """,
    _LIBRARIES: """
        CDLL PyDLL WinDLL
    """,
    _PICKLES: """
        Unpickler _Unpickler
    """,
    "makes a directory": """
        TemporaryDirectory
    """,
    _THREADS: """
        ProcessPoolExecutor ThreadPoolExecutor
    """,
})  # fmt: skip
"""Names of classes that any module may have imported. A pickle names a class by the module that defines it: one of them
in another module is either a class of one's own with that very name, or an attempt to evade the judgement of names."""


_PARTS = 1 + max(name.count(".") for table in (NAMES, MODULES, OTHERS) for name in table)
"""Parts of a name, or of a module, that is known."""


def reason_of(module: str, qualname: str) -> str:
    """The effect of a name, by itself, by its class or by its module; "" where it is not known."""
    # No name that is known has more parts: a hostile one may have hundreds, all of which would be tried.
    reason, at = "", ".".join(qualname.split(".", _PARTS)[:_PARTS])
    while at and not reason:
        reason = NAMES.get(f"{module}:{at}", "")
        at = at.rpartition(".")[0]
    at = ".".join(module.split(".", _PARTS)[:_PARTS])
    while at and not reason:
        reason = MODULES.get(at, "") or OTHERS.get(at, "")
        at = at.rpartition(".")[0]
    return reason
