"""Doors that stay shut in all shipped code: no shell, no code from data, no unverified line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOMS, ROOT, tracked_files

_FILES = sorted(
    path
    for path in tracked_files()
    if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {*ROOMS, "installer"}
)

_MODULES = {
    *("pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"),
    *("yaml", "pty", "telnetlib", "ftplib"),
    *("xml.dom", "xml.etree", "xml.sax", "lxml", "xmlrpc"),
}
"""Modules that run or trust what they read, or read XML without a limit."""

_MAY = {
    "pty": {"devices/pty_port.py"},  # a pseudo-terminal of an emulated device, no shell behind it
}

_CALLS = {
    *("eval", "exec", "os.system", "os.popen", "os.execv", "os.execve", "os.spawnv"),
    *("subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"),
    *("tempfile.mktemp", "ssl._create_unverified_context", "ssl._create_stdlib_context"),
    *("numpy.load", "np.load", "pandas.read_pickle", "torch.load", "shutil.unpack_archive"),
}

_WORDS = re.compile(
    r"CERT_" + r"NONE|verify\s*=\s*Fal" + r"se|check_hostname\s*=\s*Fal" + r"se"
    r"|_create_" + r"unverified|disable_" + r"warnings|assert_hostname\s*=\s*Fal" + r"se"
    r"|InsecureRequest" + r"Warning|CURL_CA_BUNDLE|verify_mode\s*=\s*(?!ssl\.CERT_REQUIRED)"
    r"|allow_pickle\s*=\s*Tr" + r"ue|PYTHONHTTPS" + r"VERIFY"
)
"""However it is written: a line that is not verified, a switch that would turn it off."""


_SUSPECT = re.compile(
    r"\b(?:"
    + "|".join(
        {one.split(".")[0] + r"\b" for one in _MODULES}
        | {re.escape(one) + r"\b" for one in _CALLS if "." in one}
        | {r"eval\(", r"exec\(", r"shell\s*="}
    )
    + ")"
)
"""Only files with one of these words are parsed: the others hold nothing forbidden."""


def faults_of(path: Path, root: Path = ROOT) -> list[str]:
    """Every forbidden thing in one file, with its line."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    found = [f"{name}: {hit[0]}" for hit in _WORDS.finditer(text)]
    for node in ast.walk(ast.parse(text)) if _SUSPECT.search(text) else ():
        found += [
            f"{name}:{getattr(node, 'lineno', 1)} {what}"
            for what in _forbidden(node)
            if name not in _MAY.get(what, ())
        ]
    return found


def _forbidden(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [one.name for one in node.names]
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        names = [module, *(f"{module}.{one.name}" for one in node.names)]
    else:
        names = []
    for name in names:
        yield from (each for each in _MODULES if name == each or name.startswith(f"{each}."))
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called in _CALLS:
            yield called
        for key in node.keywords:
            never = key.arg == "shell" and not _is(key.value, False)
            if never or (
                key.arg in ("verify", "allow_pickle") and _is(key.value, key.arg != "verify")
            ):
                yield f"{called}({key.arg}=)"


def _is(node: ast.expr, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def test_no_shell_no_code_from_data_no_unverified_line() -> None:
    assert len(_FILES) > 300
    assert [told for path in _FILES for told in faults_of(path)] == []


@pytest.mark.parametrize(
    "text",
    [
        "import pickle", "from marshal import loads", "import xml.etree.ElementTree as E",
        "from xml import sax", "import yaml", "eval('1')", "exec(text)",
        "import os\nos.system('a')",
        "import subprocess\nsubprocess.run('a', shell=True)",
        "import subprocess\nsubprocess.run('a', shell=what)", "import tempfile\ntempfile.mktemp()",
        "requests.get(u, verify=Fal" "se)", "context.check_hostname = Fal" "se",
        "context.verify_mode = ssl.CERT_" "NONE", "ssl._create_" "unverified_context()",
        "np.load(f, allow_pickle=Tr" "ue)",
    ],
)  # fmt: skip
def test_each_of_them_is_seen(tmp_path: Path, text: str) -> None:
    path = tmp_path / "one.py"
    path.write_text(text + "\n", encoding="utf-8")
    assert faults_of(path, tmp_path)
