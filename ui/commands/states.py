"""Draws every state table of the domain as Markdown: ``python -m ui.commands.states --write``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import app.domain
from app.domain.machine import StateTable

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"

_HEAD = """\
# State tables

Drawn from the tables in `app/domain` by `python -m ui.commands.states --write`; a test compares.
A step that is not drawn here does not exist: asking for it raises `IllegalTransition`.
"""

Table = StateTable[StrEnum, StrEnum]


def tables() -> list[tuple[str, Table]]:
    """Every table that a module of the domain holds, with the module's name, by table name."""
    found: dict[str, tuple[str, Table]] = {}
    for info in pkgutil.iter_modules(app.domain.__path__):
        module = importlib.import_module(f"app.domain.{info.name}")
        for value in vars(module).values():
            if isinstance(value, StateTable):
                # Tables travel by import: the shortest such module name with "_states" owns it.
                owner = found.get(value.name)
                if owner is None or (not owner[0].endswith("_states")):
                    found[value.name] = (info.name, value)
    return [found[name] for name in sorted(found)]


def _diagram(table: Table) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    first = next(iter(table.steps))
    yield f"    [*] --> {first}"
    for state, event, after in table.arrows():
        yield f"    {state} --> {after}: {event}"
    for state in table.steps:
        if table.is_final(state):
            yield f"    {state} --> [*]"
    yield "```"


def render() -> str:
    """The whole page."""
    lines = [_HEAD]
    for module, table in tables():
        lines += [f"## {table.name}", "", f"`app/domain/{module}.py`", "", *_diagram(table), ""]
    return "\n".join(lines)


def main() -> int:
    """Write the page with ``--write``, else print it."""
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(render(), encoding="utf-8")
    else:
        print(render())
    return 0


if __name__ == "__main__":
    sys.exit(main())
