"""Only one module writes the log, and it can only add: no screen or command edits history."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import ROOT, modules

WRITER = "app/storage/act_log.py"
BY_NAME = re.compile(
    r"(?i)\b(insert\s+into|update|delete\s+from|replace\s+into|truncate)\s+\"?act_log"
)
PLANTED = {"ui/simulation/defects.py"}
"""Plants a change that the simulation must find; works on books that it made itself."""
ROOMS = ("app", "devices", "sync", "ui")


def _writes(tree: ast.AST) -> set[str]:
    """Statements of SQLAlchemy that would write the table, by the name of what makes them."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = any(isinstance(one, ast.Name) and one.id == "ACT_LOG" for one in node.args)
        if isinstance(node.func, ast.Name) and named and node.func.id in _VERBS:
            found.add(node.func.id)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _VERBS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "ACT_LOG":
                found.add(node.func.attr)
    return found


_VERBS = {"insert", "update", "delete", "upsert"}


def test_nobody_but_the_log_itself_writes_the_log() -> None:
    found = {}
    for path in modules(*ROOMS):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text("utf-8")
        if "act_log" not in text.lower():
            continue
        verbs = _writes(ast.parse(text))
        if BY_NAME.search(text) and name not in PLANTED:
            verbs.add("sql")
        if verbs:
            found[name] = verbs
    assert found == {WRITER: {"insert"}}


def test_the_check_knows_what_it_looks_for() -> None:
    for code in ("delete(ACT_LOG)", "update(ACT_LOG).values(a=1)", "ACT_LOG.delete()"):
        assert _writes(ast.parse(code)), code
    assert BY_NAME.search("UPDATE act_log SET actor = ''")
