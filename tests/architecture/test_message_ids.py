"""Whatever the code says by message id has words; an id that is built is held by its prefix."""

from __future__ import annotations

import ast

from tests.architecture.sources import ROOMS, nodes, place
from ui.words import knows, texts

SPEAKERS = {"Note", "say", "Finding", "Said"}
"""Calls whose first argument, or ``message_id``, is a message id."""


def _spoken(node: ast.Call) -> ast.expr | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = next((word.value for word in node.keywords if word.arg == "message_id"), None)
    if named is not None:
        return named
    return node.args[0] if name in SPEAKERS and node.args else None


def _has_words(said: ast.expr) -> bool:
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        return knows(said.value) or "." not in said.value
    if isinstance(said, ast.JoinedStr) and isinstance(said.values[0], ast.Constant):
        prefix = str(said.values[0].value)
        return any(key.startswith(prefix) for key in texts("zh_CN"))
    return True


def test_every_message_id_in_the_code_has_words() -> None:
    silent = [
        f"{place(path, node)} {ast.unparse(said)}"
        for path, node in nodes(*ROOMS)
        if isinstance(node, ast.Call)
        and (said := _spoken(node)) is not None
        and not _has_words(said)
    ]
    assert silent == []
