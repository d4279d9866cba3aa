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


TYPED = {"reason", "why", "note", "words", "text", "ground", "evidence", "purpose", "opinion",
         "said", "remark", "file_no", "totals_reason", "title", "description"}  # fmt: skip
"""How a text that somebody typed is called in this house."""
CODED = {
    "admission.py": {"said"},  # yes or no
    "attendance.py": {"text"},  # hours that were read as hours
    "check_person.py": {"check.reason"},
    "lots.py": {"lot.why"},
    "print_slips.py": {"reason"},
    "quality.py": {"case.why"},
    "rx_fetch.py": {"why"},
    "rx_report.py": {"why"},
    "rx_review.py": {"made.reason"},
    "shift.py": {"reason"},
}
"""What is called so and is a code of a list, held against the list before it comes there."""


def _is_typed(value: ast.expr) -> bool:
    """Whether a text that somebody typed goes on in a value of an entry."""
    if isinstance(value, ast.Compare):
        return False
    if isinstance(value, ast.Name | ast.Attribute):
        return (value.id if isinstance(value, ast.Name) else value.attr) in TYPED
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Name) and value.func.id in ("bool", "len"):
            return False
        of = [value.func.value] if isinstance(value.func, ast.Attribute) else []
        return any(map(_is_typed, (*of, *value.args)))
    return any(_is_typed(one) for one in ast.iter_child_nodes(value) if isinstance(one, ast.expr))


def _entries(function: ast.FunctionDef, tree: ast.Module) -> list[ast.expr]:
    """Every value of the entries that a function writes into the log."""
    found: list[ast.expr] = []
    sources: list[ast.expr] = []
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name.endswith("log.append"):
            sources += node.args[3:]
        elif name in ("log", "_log", "keep_look", "_written"):
            found += [one.value for one in node.keywords if one.arg]
            sources += [one.value for one in node.keywords if not one.arg]
            sources += [one for one in node.args if isinstance(one, ast.Dict)]
    names = {one.id for one in sources if isinstance(one, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Subscript) and ast.unparse(target.value) in names:
                    found.append(node.value)
                elif names & {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}:
                    sources.append(node.value)
    made = {ast.unparse(one.func) for one in sources if isinstance(one, ast.Call)}
    helpers = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name in made]
    for place in (*sources, *helpers):
        for node in ast.walk(place):
            if isinstance(node, ast.Dict):
                found += node.values
    return found


def _typed_in(tree: ast.Module) -> set[str]:
    return {
        ast.unparse(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for value in _entries(node, tree)
        if _is_typed(value)
    }


def test_nothing_that_somebody_typed_goes_into_the_log_which_forgets_nothing() -> None:
    found = {
        path.name: typed
        for path in modules("app")
        if (typed := _typed_in(ast.parse(path.read_text("utf-8"))))
    }
    assert found == CODED


def test_the_check_knows_what_it_looks_for() -> None:
    for entry in (
        '{"why": reason.strip()}', "{'a': one.note}", "{'a': f'{words}'}", "{'a': text or '-'}"
    ):  # fmt: skip
        for code in (
            f"uow.log.append('a', 'b', now, {entry})",
            f"told = {entry}\n uow.log.append('a', 'b', now, told)",
            f"told = {{}}\n told |= {entry}\n uow.log.append('a', 'b', now, told)",
            f"_log(uow, **{entry})",
        ):
            assert _typed_in(ast.parse(f"def act():\n {code}")), code
    assert not _typed_in(ast.parse("def act():\n uow.log.append('a', 'b', c, {'d': bool(why)})"))
    for code in ("delete(ACT_LOG)", "update(ACT_LOG).values(a=1)", "ACT_LOG.delete()"):
        assert _writes(ast.parse(code)), code
    assert BY_NAME.search("UPDATE act_log SET actor = ''")
