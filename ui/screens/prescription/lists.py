"""欠药 and 缺药登记: what is owed, what was wanted and not there. No widgets here."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.domain.rx_case import Owing, UnmetRequest
    from app.errors import YaotaiError
    from ui.screens.session import Session

OWED, UNMET = "owed", "unmet"
COLUMNS = {
    OWED: ("due", "name", "quantity", "unit", "made"),
    UNMET: ("made", "name", "spec", "form", "quantity", "unit", "why", "code"),
}


class RxListsViewModel(QObject):
    """One of the two lists, narrowed by what is typed."""

    changed = Signal()

    def __init__(self, session: Session, folder: Path) -> None:
        """``folder``: where a list goes that somebody exports."""
        super().__init__()
        self.session, self.shop, self._folder = session, session.shop, folder
        self.kind = OWED
        self.sought = ""
        self.note: Note | None = None
        self._owings: list[Owing] = []
        self._unmet: list[UnmetRequest] = []

    def show_list(self, kind: str) -> None:
        """The other list; read anew."""
        self.kind, self.note = kind, None
        self.ask()

    def ask(self) -> None:
        """Read both lists."""
        shop = self.shop

        def got(answer: tuple[list[Owing], list[UnmetRequest]]) -> None:
            self._owings, self._unmet = answer
            self.changed.emit()

        self.session.run(
            Lane.STORE, lambda _: (shop.rx_owings(), shop.rx_unmet()), got, self._failed
        )

    def seek(self, text: str) -> None:
        """Narrow it."""
        self.sought = text.strip().casefold()
        self.changed.emit()

    def rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """(id, cells) of what is shown, in the order of :data:`COLUMNS`."""
        made = [self._owed(one) for one in self._owings]
        if self.kind == UNMET:
            made = [self._wanted(one) for one in self._unmet]
        return [row for row in made if self.sought in " ".join(row[1]).casefold()]

    def late(self, row_id: str) -> bool:
        """Whether an owing is past its day."""
        today = shop_time(self.shop.now()).date()
        return any(one.id == row_id and one.due < today for one in self._owings)

    def _owed(self, one: Owing) -> tuple[str, tuple[str, ...]]:
        at = f"{shop_time(one.made_at):%Y-%m-%d %H:%M}"
        return one.id, (f"{one.due:%Y-%m-%d}", one.name, one.quantity.plain(), one.unit, at)

    def _wanted(self, one: UnmetRequest) -> tuple[str, tuple[str, ...]]:
        at = f"{shop_time(one.at):%Y-%m-%d %H:%M}"
        why = self.session.say(f"rx_lists.{one.why}")
        cells = (at, one.name, one.spec, one.form, one.quantity.plain(), one.unit, why)
        return one.id, (*cells, one.national_code)

    def heads(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.session.say(f"rx_lists.{name}") for name in COLUMNS[self.kind])

    # --- acts ------------------------------------------------------------------------------------

    def done(self, row_id: str, note: str) -> None:
        """The customer fetched it, or the drug was got."""
        shop, operator = self.shop, self.session.who()
        if self.kind == OWED:
            self._act(lambda: shop.rx_fulfil(row_id, operator, note))
        else:
            self._act(lambda: shop.rx_unmet_done(row_id, operator))

    def drop(self, row_id: str, note: str) -> None:
        """Nobody comes for it any more; somebody says why."""
        shop, operator = self.shop, self.session.who()
        if self.kind != OWED:
            return
        if not note.strip():
            self.note = Note("rx_lists.why_first", {}, "warn")
            self.changed.emit()
            return
        self._act(lambda: shop.rx_drop_owing(row_id, operator, note.strip()))

    def _act(self, work: Callable[[], None]) -> None:
        self.note = None
        self.session.run(Lane.STORE, lambda _: work(), lambda _: self.ask(), self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()

    def export(self) -> None:
        """What is shown, as CSV that a spreadsheet opens; no personal data is in it."""
        at = f"{shop_time(self.shop.now()):%Y%m%d-%H%M%S}"
        path = self._folder / f"{self.kind}-{at}.csv"
        rows = [cells for _, cells in self.rows()]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(self.heads())
                writer.writerows([_plain(cell) for cell in cells] for cells in rows)
        except OSError:
            self.note = Note("rx_lists.not_written", {"path": path}, "block")
        else:
            self.note = Note("rx_lists.written", {"path": path, "count": len(rows)}, "good")
        self.changed.emit()


def _plain(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is kept as text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
