"""Modules that cannot be imported: where they are, or how they are installed."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from .places import shown_path

_DISTRIBUTIONS = {
    "OpenSSL": "pyOpenSSL", "PIL": "Pillow", "agent_framework": "agent-framework-core", "attr": "attrs",
    "azure.ai.agents": "azure-ai-agents", "azure.ai.projects": "azure-ai-projects", "azure.cosmos": "azure-cosmos",
    "azure.identity": "azure-identity", "azure.search": "azure-search-documents", "azure.storage": "azure-storage-blob",
    "bs4": "beautifulsoup4", "cv2": "opencv-python", "dateutil": "python-dateutil", "decouple": "python-decouple",
    "docx": "python-docx", "dotenv": "python-dotenv", "faiss": "faiss-cpu", "fitz": "PyMuPDF",
    "github": "PyGithub", "google.genai": "google-genai", "google.generativeai": "google-generativeai",
    "google.protobuf": "protobuf", "jose": "python-jose", "jwt": "PyJWT", "kafka": "kafka-python",
    "magic": "python-magic", "multipart": "python-multipart", "mysql": "mysql-connector-python", "nacl": "PyNaCl",
    "opentelemetry": "opentelemetry-sdk", "pptx": "python-pptx", "psycopg2": "psycopg2-binary", "ruamel": "ruamel.yaml",
    "serial": "pyserial", "skimage": "scikit-image", "sklearn": "scikit-learn", "slugify": "python-slugify",
    "telegram": "python-telegram-bot", "websocket": "websocket-client", "win32api": "pywin32", "yaml": "PyYAML",
    "zmq": "pyzmq",
}  # fmt: skip
"""Import name → distribution, where they differ by more than an underscore."""

_SINCE = {"tomllib": "3.11", "annotationlib": "3.14", "compression": "3.14", "concurrent.interpreters": "3.14"}
_UNTIL = {
    name: version
    for version, names in (
        ("3.12", "asynchat asyncore distutils imp smtpd"),
        ("3.13", "aifc audioop cgi cgitb chunk crypt imghdr mailcap nntplib pipes sndhdr telnetlib uu xdrlib"),
    )
    for name in names.split()
}
"""Modules of the standard library → the Python that brought, or dropped, them."""

_PIP = re.compile(r"pip install (?:-\S+ )*[`'\"]?([A-Za-z0-9][\w.\-]*(?:\[[\w,\-]+\])?)")
_LEVELS = 4


def install_line(*words: str) -> str:
    """The command that installs a distribution for this interpreter.

    Args:
        words: Options of pip, and the distribution.
    """
    line = shlex.join([sys.executable, "-m", "pip", "install", *words])
    if importlib.util.find_spec("pip") is not None:
        return line
    if shutil.which("uv"):  # which makes environments without pip
        return shlex.join(["uv", "pip", "install", "--python", sys.executable, *words])
    return f"{shlex.join([sys.executable, '-m', 'ensurepip'])} && {line}"


def distribution_of(module: str) -> str:
    """The distribution that most likely has a module."""
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        known = _DISTRIBUTIONS.get(".".join(parts[:count]))
        if known and (count > 1 or parts[0] != "agent_framework" or len(parts) == 1):
            return known
    if parts[0] in ("agent_framework", "azure", "google"):
        return "-".join(parts[: 3 if parts[0] == "google" else 2]).replace("_", "-")
    return parts[0].replace("_", "-")


def missing_module(error: ImportError, directories: list[str], place: str) -> tuple[str, str]:
    """The fault of an import that found no module, and the fix.

    Args:
        error: What was raised.
        directories: Where the program lies and where it was started.
        place: Where it is imported.
    """
    name = error.name or ""
    top, text = name.partition(".")[0], str(error)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    what = f"{place} imports {name or 'a module'}, which is not installed for {sys.executable}"
    advice = _PIP.search(text)
    if advice:
        return f"{place}: {text}", install_line(advice[1].rstrip("."))
    if not name:
        return f"{place}: {text}", "run it with the interpreter that the program runs in: --python"
    if name in _SINCE or top in _SINCE:
        since = _SINCE.get(name) or _SINCE[top]
        return f"{place} imports {name}, which Python has since {since}; this is {version}", _OTHER_PYTHON
    if top in _UNTIL:
        return (
            f"{place} imports {name}, which Python no longer has since {_UNTIL[top]}; this is {version}",
            _OTHER_PYTHON,
        )
    found = _own_module(top, directories)
    if found:
        what = f"{place} imports {name}, which is not found from here: {shown_path(found)} has a module {top}"
        return what, f"start ckpt-tui in {shown_path(found)}, or name the module as it is imported from there"
    if importlib.util.find_spec(top) is not None and top not in ("agent_framework", "azure", "google"):
        release = _version(top)
        what = f"{place} imports {name}, which {top}{release} does not have"
        return what, f"install the release that the program was written for: {install_line(distribution_of(top))}"
    return what, f"{install_line(distribution_of(name))}; or name the interpreter that has it with --python"


_OTHER_PYTHON = "name the interpreter that the program runs in with --python"


def missing_name(error: ImportError, place: str) -> tuple[str, str]:
    """The fault of an import of a name that its module does not have, and the fix."""
    text, module = str(error), (error.name or "").partition(".")[0]
    if "relative import" in text:
        return (
            f"{place}: {text}",
            "name the module within its package: --workflow PACKAGE.MODULE, from above the package",
        )
    if "circular import" in text or "partially initialized" in text or not module:
        return f"{place}: {text}", "fix the import, or start it as the program is started"
    version = _version(module)
    if not version:
        return f"{place}: {text}", "fix the import, or start it as the program is started"
    return f"{place}: {text.partition(' (')[0]}; this is {module}{version}", _other_release(module)


def missing_member(error: BaseException, place: str) -> tuple[str, str] | None:
    """The fault where an object or a function of the framework lacks what the program uses, and the fix.

    Args:
        error: The error of the program.
        place: The line of the program that raised it.
    """
    module = ""
    if isinstance(error, AttributeError):
        owner = error.obj
        # Not `__module__` of an object: one that wraps a function has the module of that.
        module = owner.__name__ if isinstance(owner, type(sys)) else _class_of(owner).__module__
    elif isinstance(error, TypeError) and "unexpected keyword argument" in str(error):
        name = str(error).partition("(")[0].partition(".")[0]
        module = next((each for each in _FRAMEWORKS if hasattr(sys.modules.get(each), name)), "")
    module = module.partition(".")[0]
    if module not in _FRAMEWORKS or not _version(module):
        return None
    return f"{place}: {error}; this is {module}{_version(module)}", _other_release(module)


def _class_of(value: Any) -> type:
    return value if isinstance(value, type) else type(value)


_FRAMEWORKS = ("agent_framework", "agent_framework_orchestrations", "langgraph")
"""Packages whose releases differ in what programs use of them."""


def _other_release(module: str) -> str:
    """The fix for a program that uses what the installed release of a package does not have."""
    return (
        f"the program was written for another release of {module}: name the interpreter that has it with --python, or "
        f"{install_line('-U', distribution_of(module))}"
    )


def _version(module: str) -> str:
    """` 1.2.3` of the installed distribution of a module, or ""."""
    release = version_of(distribution_of(module)) or (
        module == "agent_framework" and version_of("agent-framework-core")
    )
    return f" {release}" if release else ""


def version_of(distribution: str) -> str:
    """The version of an installed distribution, or ""."""
    from importlib.metadata import PackageNotFoundError, version  # late: 20 ms where the framework cannot be imported

    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _own_module(name: str, directories: list[str]) -> str:
    """The directory, at or above some, that has a module of the person's own; "" for none."""
    for start in directories:
        directory = start
        for _ in range(_LEVELS):
            for each in (directory, os.path.join(directory, "src")):
                path = os.path.join(each, name)
                if (os.path.isfile(f"{path}.py") or os.path.isfile(os.path.join(path, "__init__.py"))) and (
                    each not in map(os.path.abspath, sys.path)
                ):
                    return each
            directory = os.path.dirname(directory)
    return ""


def missing_framework(error: ImportError, directories: Sequence[str] = ()) -> tuple[str, str]:
    """The fix where agent_framework cannot be imported: an environment beside the program that has it, else pip.

    Args:
        error: What was raised.
        directories: Where the program lies; the current directory is searched as well.
    """
    what = f"{sys.executable} cannot import agent_framework: {error}"
    for directory in dict.fromkeys((*directories, os.getcwd())):
        found = environment_near(directory)
        if found:
            return what, f"{shown_path(found)} has it: --python {shlex.quote(found)}"
    fix = f"name the interpreter that the program runs in with --python, or {install_line('agent-framework-core')}"
    return what, fix


def environment_near(directory: str) -> str:
    """A virtual environment with agent_framework in a directory or above it; "" for none."""
    for _ in range(_LEVELS):
        for name in (".venv", "venv", "env", ".env"):
            home = os.path.join(directory, name)
            for library in ("lib", "Lib"):
                base = os.path.join(home, library)
                inside = sorted(os.listdir(base)) if os.path.isdir(base) else []
                for each in ("", *inside):
                    if os.path.isdir(os.path.join(base, each, "site-packages", "agent_framework")):
                        return home
        above = os.path.dirname(directory)
        if above == directory:
            break
        directory = above
    return ""
