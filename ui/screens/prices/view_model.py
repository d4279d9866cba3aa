"""Prices: which drugs are looked at, what is typed and not kept yet, what was said. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.clock import SHOP_ZONE
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import note_of_finding, notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.check_context import Finding
    from app.domain.money import UnitPrice
    from app.domain.price import PriceChange
    from app.errors import YaotaiError
    from app.use_cases.price_page import PriceFile, PriceRow, PricesToLookAt
    from app.use_cases.prices import Proposed
    from app.use_cases.sign_in import SecondPerson
    from ui.screens.session import Session

FILTERS = ("all", "changed", "open", "over", "missing", "selected")
MOST_HITS = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A new price that was typed and is not kept yet."""

    row: PriceRow
    price: UnitPrice


class PricesModel(QObject):
    """The page's state; every question goes to a lane, the last answer of each kind counts."""

    changed = Signal()
    listed = Signal()
    """Other rows stand in the list."""
    turned_down = Signal(str)
    """The chosen drug's new price was not saved; as it was typed, to be put right."""

    def __init__(self, session: Session, export: Callable[..., Path]) -> None:
        """``export``: :func:`ui.table_export.export_table` with the folder bound."""
        super().__init__()
        self.session, self._shop, self._export = session, session.shop, export
        self.which = "open"
        self.text = ""
        self.rows: tuple[PriceRow, ...] = ()
        self.chosen: PriceRow | None = None
        self.file: PriceFile | None = None
        self.drafts: dict[str, Draft] = {}
        self.notes: tuple[Note, ...] = ()
        self.busy = False
        self._asked = 0

    # --- what is looked at -----------------------------------------------------------------------

    def enter(self) -> None:
        """Afresh: others may have acted."""
        self.ask()

    def turn(self, which: str) -> None:
        """Another filter."""
        self.which, self.notes = which, ()
        self.ask()

    def search(self, text: str) -> None:
        """Drugs by pinyin, name or code, as at the counter."""
        self.text, self.which = text.strip(), "all"
        self.ask()

    def ask(self) -> None:
        """The rows of the filter; an answer to an older question is dropped."""
        self._asked += 1
        number = self._asked
        which, shop = self.which, self._shop

        def shown(rows: tuple[PriceRow, ...]) -> None:
            if number == self._asked:
                self._listed(rows)

        if which == "all":
            found = [h.medicine for h in shop.search(self.text, MOST_HITS)] if self.text else []
            self.session.run(Lane.STORE, lambda _: shop.price_rows(found), shown)
        elif which in ("over", "missing"):

            def told(list_: PricesToLookAt) -> None:
                shown(list_.over if which == "over" else list_.missing)

            self.session.run(Lane.RECOVERY, lambda _: shop.prices_to_look_at(), told)
        else:
            self.session.run(Lane.STORE, lambda _: shop.filtered_prices(which), shown)

    def _listed(self, rows: tuple[PriceRow, ...]) -> None:
        self.rows = rows
        known = self.chosen.medicine_id if self.chosen else ""
        again = next((one for one in rows if one.medicine_id == known), None)
        self.listed.emit()
        self.choose(again or (rows[0] if rows else None))

    def choose(self, row: PriceRow | None) -> None:
        """Look at one drug; its history is asked for."""
        self.chosen = row
        if row is None:
            self.file = None
            self.changed.emit()
            return
        shop, wanted = self._shop, row.medicine_id
        if self.file is not None and self.file.row.medicine_id != wanted:
            self.file = None
        self.changed.emit()
        self.session.run(Lane.STORE, lambda _: shop.price_file(wanted), self._filed)

    def _filed(self, file: PriceFile) -> None:
        if self.chosen is not None and self.chosen.medicine_id == file.row.medicine_id:
            self.file = file
            self.changed.emit()

    @property
    def open_changes(self) -> tuple[PriceChange, ...]:
        """Of the chosen drug: what is not in force yet."""
        return self.file.row.open if self.file is not None else ()

    # --- new prices ------------------------------------------------------------------------------

    def draft(self, text: str) -> bool:
        """A new price of the chosen drug, noted; answers whether it is one."""
        from app.domain.price import retail_price

        row = self.chosen
        if row is None:
            self._say("prices.nothing_drafted", "warn")
            return False
        try:
            price = retail_price(text.strip())
        except BadValue:
            self._say("prices.no_price", "warn")
            return False
        self.drafts[row.medicine_id] = Draft(row, price)
        self._say("prices.drafted", "told", name=row.name, price=price.plain())
        self.listed.emit()
        return True

    def drop_draft(self) -> None:
        """The chosen drug's new price is not wanted after all."""
        if self.chosen is not None and self.chosen.medicine_id in self.drafts:
            del self.drafts[self.chosen.medicine_id]
            self.notes = ()
            self.listed.emit()
            self.changed.emit()

    def submit(self, reason: str, moment: str, decision: str) -> None:
        """Propose every new price that was noted."""
        from app.use_cases.prices import PriceDraft

        if self.busy:
            return
        if not self.drafts:
            self._say("prices.nothing_drafted", "warn")
            return
        try:
            at = moment_of(moment)
        except BadValue:
            self._say("prices.bad_moment", "warn")
            return
        drafts = [
            PriceDraft(one.row.medicine_id, one.price, reason, at, decision)
            for one in self.drafts.values()
        ]
        shop, who = self._shop, self.session.who()
        self._run(lambda: shop.propose_prices(drafts, who), self._proposed)

    def _proposed(self, done: Proposed) -> None:
        for one in done.saved:
            self.drafts.pop(one.medicine_id, None)
        notes = []
        if done.saved:
            notes.append(Note("prices.proposed", {"many": len(done.saved)}, "good"))
        if done.refused:
            notes.append(Note("prices.some_refused", {"many": len(done.refused)}, "block"))
        stops = [next((f for f in one.findings if f.blocks), None) for one in done.refused]
        notes += self._said([one for one in stops if one is not None])
        notes += self._said(done.warnings)
        known = self.chosen.medicine_id if self.chosen else ""
        typed = self.drafts.pop(known, None)
        self._done(notes)
        if typed is not None and known in {one.medicine_id for one in done.refused}:
            self.turned_down.emit(typed.price.plain())

    @staticmethod
    def _said(findings: Sequence[Finding]) -> list[Note]:
        return [note for note in map(note_of_finding, findings) if note is not None][:6]

    # --- what a second person does ---------------------------------------------------------------

    def to_approve(self) -> tuple[str, ...]:
        """Changes of the list that wait for approval."""
        return tuple(
            one.id for row in self.rows for one in row.open if one.state.value == "proposed"
        )

    def chosen_to_approve(self) -> tuple[str, ...]:
        """Those of the chosen drug."""
        return tuple(one.id for one in self.open_changes if one.state.value == "proposed")

    def approve(self, ids: Sequence[str], number: str, pin: str) -> None:
        """By number and PIN, or by the operator where somebody else proposed."""
        if self.busy or not ids:
            return
        shop, who, second = self._shop, self.session.who(), second_of(number, pin)
        self._run(lambda: shop.approve_prices(ids, who, second), self._approved)

    def _approved(self, done: tuple[PriceChange, ...]) -> None:
        now = sum(one.state.value == "in_force" for one in done)
        self._done([Note("prices.approved", {"many": len(done), "now": now}, "good")])
        self.session.prices_changed.emit()

    def withdraw(self) -> None:
        """What of the chosen drug is not under way to the platform."""
        ids = [one.id for one in self.open_changes if one.state.value != "sent"]
        if self.busy or not ids:
            return
        shop, who = self._shop, self.session.who()
        self._run(
            lambda: shop.withdraw_prices(ids, who),
            lambda _: self._done([Note("prices.withdrawn", {}, "good")]),
        )

    def waiting(self, state: str) -> PriceChange | None:
        """The chosen drug's change in that state."""
        return next((one for one in self.open_changes if one.state.value == state), None)

    def answer(self, accepted: bool, told: str, number: str, pin: str) -> None:
        """What the agency's portal said, by two people."""
        one = self.waiting("sent")
        if self.busy or one is None:
            return
        shop, who, second = self._shop, self.session.who(), second_of(number, pin)

        def answered(_: PriceChange) -> None:
            self._done([Note("prices.portal_done" if accepted else "prices.portal_not", {},
                             "good" if accepted else "warn")])  # fmt: skip
            self.session.prices_changed.emit()

        self._run(lambda: shop.answer_price(one.id, accepted, told, who, second), answered)

    def resend(self) -> None:
        """The refused one once more."""
        one = self.waiting("refused")
        if self.busy or one is None:
            return
        shop, who = self._shop, self.session.who()
        self._run(
            lambda: shop.resend_price(one.id, who),
            lambda _: self._done([Note("prices.sent_again", {}, "good")]),
        )

    # --- underneath ------------------------------------------------------------------------------

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self.busy, self.notes = True, ()
        self.changed.emit()
        self.session.run(Lane.STORE, lambda _: work(), done, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.notes = False, notes_of(error)
        self.changed.emit()

    def _done(self, notes: Sequence[Note]) -> None:
        self.busy, self.notes = False, tuple(notes)
        self.changed.emit()
        self.ask()

    def export(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """What is listed, as xlsx."""
        if self.busy or not rows:
            return
        title, now = self.session.say(f"prices.filter_{self.which}"), self._shop.now()
        self.busy = True
        self.session.run(
            Lane.RECOVERY,
            lambda _: self._export("prices", title, headings, rows, "xlsx", now),
            self._exported,
            self._failed,
        )

    def _exported(self, path: Path) -> None:
        self.busy = False
        self.tell(Note("figures.written", {"file": str(path)}, "good"))

    def tell(self, note: Note) -> None:
        """Something that was done beside the list."""
        self.notes = (note,)
        self.changed.emit()

    def unsay(self) -> None:
        """What was said has been read."""
        self.notes = ()
        self.changed.emit()

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.notes = (Note(message_id, dict(params), severity),)
        self.changed.emit()


def second_of(number: str, pin: str) -> SecondPerson | None:
    """Who came to the desk; None where nobody typed a number."""
    from app.use_cases.sign_in import SecondPerson

    return SecondPerson(number.strip(), pin) if number.strip() else None


def moment_of(text: str) -> datetime | None:
    """A day (from its first minute) or a minute of the shop's clock; empty = None.

    :raises BadValue: anything else.
    """
    from app.use_cases.table_file import day_of

    tidy = " ".join(text.split())
    if not tidy:
        return None
    said, _, clock = tidy.partition(" ")
    day = day_of(said)
    try:
        at = time.fromisoformat(clock) if clock else time()
    except ValueError:
        at = None
    if day is None or at is None or at.tzinfo is not None:
        raise BadValue(what="moment", why=tidy[:30])
    return datetime.combine(day, at, SHOP_ZONE)


def path_of(text: str) -> Path | None:
    """A typed path; None for nothing."""
    return Path(text.strip()).expanduser() if text.strip() else None
