"""House rules that no linter knows: opening lines, floats in money, prints, foreign addresses."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOMS, ROOT, modules, nodes, place, tracked_files, tree

LONG_FILE = 500


@pytest.mark.parametrize("path", modules(*ROOMS), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_one_line(path: Path) -> None:
    text = ast.get_docstring(tree(path))
    assert text, "say in one line what the module holds"
    assert re.search(r"[.:)]$", text.splitlines()[0]), "a whole sentence in the first line"


def _is_float(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    return isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)


def test_no_float_where_money_is_counted() -> None:
    counting = ("app/domain", "app/use_cases")
    found = [place(path, node) for path, node in nodes(*counting) if _is_float(node)]
    assert found == [], "no float(), no float literal, no true division: see app/domain/money.py"


def test_the_platform_of_practice_counts_without_floats_too() -> None:
    """``faults.py`` may: its numbers are seconds of delay."""
    found = [
        place(path, node)
        for path, node in nodes("sync/insurance/simulator")
        if isinstance(node, ast.Call) and _is_float(node) and path.name != "faults.py"
    ]
    assert found == []


def test_only_the_command_line_prints() -> None:
    talkers = re.compile(r"ui/(cli|__main__|commands/.*)\.py$")
    found = [
        place(path, node)
        for path, node in nodes(*ROOMS)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not talkers.search(path.as_posix())
    ]
    assert found == []


def _swallows(node: ast.AST) -> bool:
    """A bare ``except:``, or ``except Exception: pass``."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    everything = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
    return node.type is None or (everything and all(isinstance(one, ast.Pass) for one in node.body))


def test_nobody_swallows_every_error() -> None:
    assert [place(path, node) for path, node in nodes(*ROOMS) if _swallows(node)] == []


# Written in pieces, so that this file does not find itself.
FOREIGN = re.compile(
    "|".join(
        [
            r"py" + r"pi\.org",
            "python" + "hosted",
            r"registry\." + "npm" + "js",
            r"deb\." + r"debian\.org",
            r"(?<![\w.])/wor" + r"k/(main|steering|shared|[.]library)",
            r"(?<![\w.])/far" + "m/",
            r"(?<![\w.])/ro" + r"ot/",
            r"(?<![\w.])/ho" + r"me/[a-z]+/",
        ]
    )
)


def test_no_registry_host_and_no_path_of_a_machine_is_committed() -> None:
    found = []
    for path in tracked_files():
        if path.suffix in {".otf", ".png", ".jpg", ".wav", ".ico", ".qm"}:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in FOREIGN.finditer(text)]
    assert found == []


def test_long_files_are_reported(record_property: Callable[[str, object], None]) -> None:
    """No verdict: a long file is a place to look. ``-rP`` shows the list."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in modules(*ROOMS, "tests")
        if (count := len(path.read_text("utf-8").splitlines())) > LONG_FILE
    }
    for name, count in sorted(long.items(), key=lambda row: -row[1]):
        print(f"{count:5} {name}")
        record_property(name, count)
    assert all(count > LONG_FILE for count in long.values())
