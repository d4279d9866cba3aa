"""Loads Qt for Python once, and frees ``import`` of what it hooks in there and nobody needs."""

from __future__ import annotations

import builtins


def load_qt() -> None:
    """Called before the window's modules are loaded; a second call does nothing.

    Qt for Python hooks into ``import`` and reads the source of every module that is imported after
    it, in search of switches of its own (``from __feature__ import ...``) that nobody here uses. A
    start, and every panel that is loaded later, would wait for that. What stood there before it
    keeps as ``builtins.__orig_import__``.
    """
    import PySide6.QtWidgets  # noqa: F401 - loading it is what this is for

    before = getattr(builtins, "__orig_import__", None)
    if before is not None:
        builtins.__import__ = before
