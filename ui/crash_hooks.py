"""Hooks the crash reports in; where they lie is worked out when something broke."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ui.crash import INHERITED, tell

if TYPE_CHECKING:
    from types import TracebackType


def install() -> None:
    """From now on every unforeseen error of this process is written down: main thread, other
    threads, slots of Qt and what is collected as garbage; one line on stderr says so.
    """
    sys.excepthook = _on_error
    threading.excepthook = _on_thread
    sys.unraisablehook = _on_unraisable


def _on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("\n")
        return
    tell(error, folder_here(), trace)


def _on_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        name = told.thread.name if told.thread else ""
        tell(told.exc_value, folder_here(), told.exc_traceback, name)


def _on_unraisable(told: sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        tell(told.exc_value, folder_here(), told.exc_traceback)


def folder_here() -> Path | None:
    """The shop's folder of this process, as its arguments and environment say; None = none."""
    if inherited := os.environ.get(INHERITED):
        return Path(inherited)
    try:
        from ui.homes import home_at, works_on_practice

        arguments = sys.argv[1:]
        named = [
            Path(each.partition("=")[2] or follows)
            for each, follows in zip(arguments, [*arguments[1:], ""], strict=False)
            if each == "--home" or each.startswith("--home=")
        ]
        home = home_at(named[-1] if named else None)
        asked = "--practice" in arguments or arguments[:1] == ["practice"]
        return home.practice if works_on_practice(home, asked) else home.store
    except Exception:
        return None  # a home so broken that nobody can say which: the line on stderr is all
