"""The pages of the office by name, each loaded and made when it is first wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.staff import Right
    from ui.main_window import MainWindow
    from ui.screens.office.page import OfficePage

# One row a page, in the order of the rail: id, the right it takes (None = everybody), its maker.
# Imports stand inside the makers on purpose, as in ui/shelf.py.

PAGES: tuple[tuple[str, Right | None, Callable[[MainWindow], OfficePage]], ...] = ()


def pages_of(
    window: MainWindow,
) -> list[tuple[str, Right | None, Callable[[], OfficePage]]]:
    """The rows of the rail with the window bound."""
    return [(name, right, partial(make, window)) for name, right, make in PAGES]
