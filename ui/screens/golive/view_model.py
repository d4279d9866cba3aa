"""上线: which file is meant, what it holds, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.staff import Right
from app.use_cases.notes import Note
from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import YaotaiError
    from app.use_cases.go_live import OpeningReport
    from app.use_cases.go_live_people import NewPin, PeopleReport, StaffReport
    from app.use_cases.import_catalogue import ImportReport, Refusal
    from ui.operation import Tell
    from ui.screens.session import Session

KINDS = ("items", "suppliers", "staff", "opening")
"""In the order in which an old system is taken over: a batch needs its drug and its supplier."""


class GoLiveModel(QObject):
    """One file at a time; what it said stays in sight until the next one."""

    changed = Signal()

    def __init__(self, session: Session, export: Callable[..., Path]) -> None:
        """``export``: :func:`ui.table_export.export_table` with the folder bound."""
        super().__init__()
        self.session, self._export = session, export
        self.kind = KINDS[0]
        self.running = False
        self.rows_read = 0
        self.note: Note | None = None
        self.refused: tuple[Refusal, ...] = ()
        self.pins: tuple[NewPin, ...] = ()

    def choose(self, kind: str) -> None:
        """Another kind of file; what the last one said goes."""
        if kind != self.kind and not self.running:
            self.kind = kind
            self.clear()

    def clear(self) -> None:
        """Nothing said, no PIN in sight."""
        self.note, self.refused, self.pins, self.rows_read = None, (), (), 0
        self.changed.emit()

    @property
    def looks_first(self) -> bool:
        """Whether a file of this kind can be looked through without taking it in."""
        return self.kind == "opening"

    @property
    def asks_codes(self) -> bool:
        """Whether this person may say that drugs get another national code."""
        return self.kind == "items" and self.session.may(Right.APPROVE_STOCK)

    def take(self, text: str, *, keep: bool = True, codes: bool = False) -> None:
        """Take a file in, or look it through; ``codes``: other national codes are meant so."""
        path = text.strip().strip("'\"")
        if self.running:
            return
        self.clear()
        if not path:
            self._say("golive.no_file", "warn")
            return
        file, operator, shop = Path(path).expanduser(), self.session.who(), self.session.shop
        works: dict[str, Callable[[Tell], object]] = {
            "items": lambda _: shop.golive_items(file, operator, codes=codes),
            "suppliers": lambda _: shop.golive_suppliers(file, operator),
            "staff": lambda _: shop.golive_staff(file, operator),
            "opening": lambda tell: shop.golive_opening(file, operator, tell, keep=keep),
        }
        self.running = True
        self.changed.emit()
        kind = self.kind
        operation = self.session.run(
            Lane.STORE, works[kind], lambda told: self._done(kind, told, keep), self._failed
        )
        operation.told.connect(self._told)

    def _told(self, rows: object) -> None:
        self.rows_read = int(str(rows))
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.running = False
        self._say(error.message_id, "block", **dict(error.params))

    def _done(self, kind: str, told: object, keep: bool) -> None:
        self.running = False
        ends: dict[str, Callable[[], None]] = {
            "items": lambda: self._items(told),  # type: ignore[arg-type]
            "suppliers": lambda: self._people(told, "suppliers"),  # type: ignore[arg-type]
            "staff": lambda: self._staff(told),  # type: ignore[arg-type]
            "opening": lambda: self._opening(told, keep),  # type: ignore[arg-type]
        }
        ends[kind]()

    def _items(self, told: ImportReport) -> None:
        self.refused = tuple(sorted(told.refused + told.remarks, key=lambda one: one.row))
        self._say(
            "golive.items_done",
            "warn" if self.refused else "good",
            read=told.read,
            added=told.added,
            changed=told.changed,
            refused=len(told.refused),
        )

    def _people(self, told: PeopleReport, kind: str) -> None:
        self.refused = told.refused
        self._say(
            f"golive.{kind}_done",
            "warn" if told.refused else "good",
            read=told.read,
            added=told.added,
            unchanged=told.unchanged,
            refused=len(told.refused),
        )

    def _staff(self, told: StaffReport) -> None:
        self.pins = told.pins
        self._people(told.rows, "staff")

    def _opening(self, told: OpeningReport, keep: bool) -> None:
        self.refused = told.refused
        self._say(
            "golive.opening_done" if keep else "golive.opening_seen",
            "warn" if told.refused else "good",
            read=told.read,
            taken=told.taken,
            packs=told.packs.plain(),
            worth=str(told.worth),
            without=told.without_cost,
            expired=told.expired,
            unknown=told.supplier_unknown,
            refused=len(told.refused),
            document=told.document,
        )

    def reason(self, one: Refusal) -> str:
        """Why a row was left out, in words."""
        return self.session.say(one.reason, **dict(one.params))

    def export(self, form: str) -> None:
        """The rows that did not fit, as a list to put right in the old system."""
        if not self.refused or self.running:
            return
        say = self.session.say
        heads = (say("golive.column_row"), say("golive.column_why"))
        rows = [(one.row, self.reason(one)) for one in self.refused]
        now, title = self.session.shop.now(), say(f"golive.kind_{self.kind}")
        self.session.run(
            Lane.STORE,
            lambda _: self._export(f"unfit-{self.kind}", title, heads, rows, form, now),
            lambda path: self._say("golive.exported", "good", path=str(path)),
            self._failed,
        )

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.note = Note(message_id, params, severity)
        self.changed.emit()
