"""Every error on the errors page is raised by somebody, or stands here with a reason."""

from __future__ import annotations

import ast

from app import errors
from tests.architecture.sources import ROOMS, nodes
from tests.architecture.test_words import ERRORS

BASES = {"YaotaiError", "StoreError", "DeviceError", "PlatformError", "NotAllowed"}
"""Caught by callers; raising the bare one is allowed but not owed."""

COMING: dict[str, str] = {
    "BadSignature": "today judged as an unknown outcome and told as NoAnswer",
}
"""Error -> the work that will raise it. A name leaves the list when its work arrives."""


def _handled(node: ast.AST) -> list[ast.AST]:
    """Where an error is only recognised: ``except X``, ``isinstance(e, X)``."""
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        return list(ast.walk(node.type))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return list(ast.walk(node)) if node.func.id == "isinstance" else []
    return []


def _raised() -> set[str]:
    """Names used outside their page to raise, build or choose an error, not to catch one."""
    used: dict[int, str] = {}
    caught: set[int] = set()
    for path, node in nodes(*ROOMS):
        if str(path) == errors.__file__:
            continue
        caught |= {id(each) for each in _handled(node)}
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used[id(node)] = node.id
    return {name for key, name in used.items() if key not in caught}


def test_every_error_is_raised_somewhere() -> None:
    silent = {one.__name__ for one in ERRORS} - BASES - _raised()
    assert sorted(silent - set(COMING)) == []


def test_nothing_stays_on_the_waiting_list_after_it_came() -> None:
    assert sorted(set(COMING) & _raised()) == []


def test_the_page_draws_the_whole_tree() -> None:
    drawn = errors.__doc__ or ""
    assert [one.__name__ for one in ERRORS if one.__name__ not in drawn] == []
