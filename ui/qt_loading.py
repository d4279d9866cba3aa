"""Loads Qt for Python once, and gives Python's own ``import`` back."""

from __future__ import annotations

import builtins


def load_qt() -> None:
    """Called before the window's modules are loaded; a second call does nothing.

    Qt for Python replaces ``import`` and reads the source of every module that is imported after
    it, in search of switches of its own (``from __feature__ import ...``) that nobody here uses. A
    start, and every panel that is loaded later, would wait for that. What it replaced it keeps as
    ``builtins.__orig_import__``.
    """
    import PySide6.QtWidgets  # noqa: F401 - loading it is what this is for

    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain
