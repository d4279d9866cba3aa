"""``yaotai rules``: each requirement with the code, tests and stories that carry it."""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import BadFile
from app.resources import resource
from app.use_cases.explain_finding import Requirement, rule_book

HELP = """List the requirements of the rule book with what carries each.

carried = at least one test or story proves it; part = proven but for what is missing, which is
told; open = nothing proves it yet; not_till = no matter for a till, with the reason.
Exit 0; 1 where a test or story names a requirement that is not there.
"""

STATES = ("carried", "part", "open", "not_till")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Carried:
    """A requirement and who proves it."""

    requirement: Requirement
    tests: tuple[str, ...]
    stories: tuple[str, ...]

    @property
    def state(self) -> str:
        """``carried``, ``part``, ``open`` or ``not_till``."""
        if self.requirement.not_till:
            return "not_till"
        if not (self.tests or self.stories):
            return "open"
        return "part" if self.requirement.lacks else "carried"


def marked_tests(folder: Path) -> dict[str, list[str]]:
    """Requirement id to the tests marked with it, by reading the source of the tests.

    A mark stands on a test, or in a table at the top of its file that the test is parametrized
    with. Test names are ``file::function``. Empty where there is no such folder.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "rule(" not in text:
            continue
        tree = ast.parse(text)
        name = path.relative_to(folder.parent).as_posix()
        for rule, function in _marks(tree):
            tests = found.setdefault(rule, [])
            if f"{name}::{function}" not in tests:
                tests.append(f"{name}::{function}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    tables = _tables(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test"):
            continue
        for decorator in node.decorator_list:
            for rule in _literal_marks(decorator):
                yield rule, node.name
            for inner in ast.walk(decorator):
                if isinstance(inner, ast.Name):
                    for rule in tables.get(inner.id, ()):
                        yield rule, node.name


def _tables(tree: ast.Module) -> dict[str, list[str]]:
    """Marks inside values assigned at the top of a file, by the name assigned to."""
    tables: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            rules = list(_literal_marks(node.value))
            tables |= {t.id: rules for t in targets if isinstance(t, ast.Name) and rules}
    return tables


def _literal_marks(node: ast.AST) -> Iterator[str]:
    """The ids in ``pytest.mark.rule("ID", ...)`` or ``rule("ID", ...)`` below a node."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        called = call.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "rule":
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def story_rules(folder: Path) -> dict[str, list[str]]:
    """Requirement id to the stories that play it (``rules = [...]`` in the story's file).

    :raises BadFile: a story that cannot be read.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            rules = tomllib.loads(path.read_text(encoding="utf-8")).get("rules", [])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
            raise BadFile(file=path.name, why=str(cause)) from None
        for rule in rules if isinstance(rules, list) else []:
            found.setdefault(str(rule), []).append(path.stem)
    return found


def gather(tests: Path | None = None, stories: Path | None = None) -> tuple[Carried, ...]:
    """Every requirement with its tests and stories, in the order of the book."""
    marks = marked_tests(tests or _ROOT / "tests")
    plays = story_rules(stories or resource("stories"))
    return tuple(
        Carried(one, tuple(marks.get(key, ())), tuple(plays.get(key, ())))
        for key, one in rule_book().items()
    )


def strangers(tests: Path | None = None, stories: Path | None = None) -> tuple[str, ...]:
    """Ids that tests or stories name and the book does not hold."""
    named = {*marked_tests(tests or _ROOT / "tests"), *story_rules(stories or resource("stories"))}
    return tuple(sorted(named - set(rule_book())))


def as_document(carried: tuple[Carried, ...]) -> list[dict[str, object]]:
    """The rows that ``--json`` prints."""
    return [
        {
            "id": one.requirement.id,
            "title": one.requirement.title,
            "title_en": one.requirement.title_en,
            "source": one.requirement.source,
            "users": list(one.requirement.users),
            "code": list(one.requirement.code),
            "tests": list(one.tests),
            "stories": list(one.stories),
            "state": one.state,
            "why": one.requirement.not_till,
            "lacks": one.requirement.lacks,
        }
        for one in carried
    ]


def as_lines(carried: tuple[Carried, ...]) -> Iterator[str]:
    """The same for people, a requirement and its witnesses at a time."""
    for one in carried:
        rule = one.requirement
        yield f"{rule.id:<10} {one.state:<8} {rule.title}（{rule.source}）"
        if rule.not_till:
            yield f"{'':<20}{rule.not_till}"
        if rule.lacks:
            yield f"{'':<20}还没有：{rule.lacks}"
        for witness in (*rule.code, *one.tests, *one.stories):
            yield f"{'':<20}{witness}"
    states = [one.state for one in carried]
    told = "，".join(f"{name} {states.count(name)}" for name in STATES)
    yield told


def run(as_json: bool) -> int:
    """Print the rule book; 1 where a test or story names an id that is not in it."""
    try:
        carried, unknown = gather(), strangers()
    except (BadFile, SyntaxError) as cause:
        sys.stderr.write(f"yaotai rules: {cause}\n")
        return 1
    if not (_ROOT / "tests").is_dir():
        sys.stderr.write("yaotai rules: no tests in this installation; their columns are empty\n")
    if as_json:
        sys.stdout.write(json.dumps(as_document(carried), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(as_lines(carried)) + "\n")
    if unknown:
        sys.stderr.write(f"yaotai rules: not in the book: {', '.join(unknown)}\n")
    return 1 if unknown else 0
