"""``yaotai`` and ``yaotai practice``: opens the till."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.errors import YaotaiError
from ui.collector import hold_collector
from ui.homes import Home, forget_practice
from ui.words import say, say_error


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(
    home: Home,
    *,
    practice: bool,
    region: str = "",
    fresh: bool = False,
    virtual_screen: bool = False,
    pictures: Path | None = None,
) -> int:
    """Open the till of a home and stay until it is closed.

    ``pictures``: with a virtual screen nobody can press a key, so the first screen is painted
    into this folder and the till ends. :returns: 0; 1 without a display or when the shop cannot
    be opened, with one clear line on stderr.
    """
    if virtual_screen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if not has_display():
        sys.stderr.write(say("window.no_display") + "\n")
        return 1
    if practice and fresh:
        forget_practice(home)
    hold_collector()
    from ui.qt_loading import load_qt

    load_qt()
    from ui.window import open_window

    try:
        return open_window(home, practice=practice, region=region, pictures=pictures)
    except YaotaiError as error:
        sys.stderr.write(say_error(error).replace("\n", " ") + "\n")
        return 1
