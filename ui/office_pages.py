"""The pages of the office by name, each loaded and made when it is first wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.domain.staff import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.main_window import MainWindow
    from ui.screens.office.page import OfficePage

# One row a page, in the order of the rail: id, the right it takes (None = everybody), its maker.
# Imports stand inside the makers on purpose, as in ui/shelf.py.


def _golive(window: MainWindow) -> OfficePage:
    from ui.screens.golive.page import GoLivePage
    from ui.screens.golive.view_model import GoLiveModel
    from ui.table_export import export_table

    return GoLivePage(GoLiveModel(window.session, partial(export_table, window.folder.parent)))


PAGES: tuple[tuple[str, Right | None, Callable[[MainWindow], OfficePage]], ...] = (
    ("golive", Right.APPROVE_STOCK, _golive),
)


def pages_of(
    window: MainWindow,
) -> list[tuple[str, Right | None, Callable[[], OfficePage]]]:
    """The rows of the rail with the window bound."""
    return [(name, right, partial(make, window)) for name, right, make in PAGES]
