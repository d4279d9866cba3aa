"""A paper with a table, as the page asks for it; ``ui/stock_print.py`` draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.widgets.figures import Value


@dataclass(frozen=True)
class Table:
    """One table of a paper."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    widths: tuple[int, ...]
    """Shares of the width."""


@dataclass(frozen=True)
class Sheet:
    """A whole paper."""

    name: str
    """Of the file."""
    title: str
    facts: tuple[str, ...]
    """Lines under the title."""
    tables: tuple[Table, ...]
    signatures: tuple[str, ...] = ()
    """Names of the boxes at the end."""
