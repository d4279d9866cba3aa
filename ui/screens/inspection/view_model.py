"""检查: sales looked for, a sheet opened, a pack made, inspectors' accounts. No widgets here."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.staff import Right
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.inspection.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from app.domain.inspection import SaleKey
    from app.domain.inspection_sheet import Sheet
    from app.errors import YaotaiError
    from app.use_cases.doors import Operator
    from app.use_cases.inspection import Found, InspectionView, PassLine, Wish
    from app.use_cases.inspection_pack import PackTally
    from app.use_cases.item_ledger import Ledger
    from ui.screens.session import Session
    from ui.widgets.figures import Value

    Export = Callable[..., Path]

SLICE_SECONDS: Final = 0.1
"""Of a pack before the recovery lane is somebody else's again."""
DAYS: Final = 30
"""The period that is offered first."""


class InspectionModel(QObject):
    """One page, for who is at the till, or for an inspector while the till is locked."""

    changed = Signal()
    found_came = Signal()
    sheet_came = Signal()
    ledger_came = Signal()
    viewed = Signal()

    def __init__(self, session: Session, export: Export, inspector: Operator | None = None) -> None:
        """``export``: ``ui.table_export.export_table`` with its folder bound."""
        super().__init__()
        self.session, self.shop, self._export = session, session.shop, export
        self.inspector = inspector
        """In whose name it looks; None = in the name of who is signed in."""
        self.found: Found | None = None
        self.sheet: Sheet | None = None
        self.ledger: Ledger | None = None
        self.view: InspectionView | None = None
        self.note: Note | None = None
        self.busy = False
        self.tally: PackTally | None = None
        """Of a pack that is being made."""
        self.running = self._stop = False
        self._visit = 0
        """Which visit to the page; an answer to a question of one before is nobody's."""
        self.place = ""
        """Where the last pack of this page lies."""

    def _who(self) -> Operator:
        return self.inspector or self.session.who()

    @property
    def manages(self) -> bool:
        """Whether accounts, looks and packs are shown."""
        return self._who().staff.may(Right.MANAGE_STAFF)

    @property
    def sees_persons(self) -> bool:
        """Whether a pack may be made whole."""
        return self._who().staff.may(Right.SEE_PERSON)

    def ready_days(self) -> tuple[date, date]:
        """What stands in the fields before anybody typed."""
        today = shop_time(self.shop.now()).date()
        return today - timedelta(days=DAYS), today

    def forget(self) -> None:
        """Nothing that was looked at stays, and nothing that is still asked for comes."""
        self._visit += 1
        self.busy = False
        self.found = self.sheet = self.ledger = self.view = self.note = None
        for each in (self.found_came, self.sheet_came, self.ledger_came, self.changed):
            each.emit()

    # --- looking ---------------------------------------------------------------------------------

    def _wish(self, typed: Mapping[str, str]) -> Wish | None:
        from app.use_cases.inspection import Wish

        try:
            first, last = (date.fromisoformat(typed[name].strip()) for name in ("first", "last"))
        except ValueError:
            self.say("inspection.command_days", "warn")
            return None
        texts = {name: typed.get(name, "").strip() for name in ("receipt_no", "drug", "words")}
        return Wish(first, last, **texts)

    def search(self, typed: Mapping[str, str]) -> bool:
        """``typed``: first, last, receipt_no, drug, words, person. Whether it was asked for."""
        wish = self._wish(typed)
        if wish is None or self.busy:
            return False
        shop, who, number = self.shop, self._who(), typed.get("person", "").strip()

        def work() -> Found:
            if number:
                return shop.inspect_person(number, wish, who)
            return shop.inspect_sales(wish, who)

        def done(found: Found) -> None:
            self.found, self.note = found, None
            self.found_came.emit()

        def failed(error: YaotaiError) -> None:
            self.found = None
            self.note = refusal(error)
            self.found_came.emit()

        self._store(work, done, failed)
        return True

    def open(self, key: SaleKey | None) -> None:
        """One sale on one sheet; that somebody looked is in the log before it is shown."""
        if key is None or self.busy:
            return
        shop, who, say, wanted = self.shop, self._who(), self.session.say, key

        def done(sheet: Sheet) -> None:
            self.sheet, self.note = sheet, None
            self.sheet_came.emit()

        self._store(lambda: shop.inspect_sheet(wanted, who, say), done)

    def close_sheet(self) -> None:
        """Back to the list."""
        self.sheet = None
        self.sheet_came.emit()

    def ask_ledger(self, typed: Mapping[str, str]) -> bool:
        """``typed``: drug, first, last; days may be empty. Whether it was asked for."""
        try:
            first, last = (
                date.fromisoformat(typed[name].strip()) if typed[name].strip() else None
                for name in ("first", "last")
            )
        except ValueError:
            self.say("inspection.command_days", "warn")
            return False
        drug = typed["drug"].strip()
        if self.busy:
            return False
        shop, who = self.shop, self._who()

        def done(ledger: Ledger) -> None:
            self.ledger, self.note = ledger, None
            self.ledger_came.emit()

        def failed(error: YaotaiError) -> None:
            self.ledger, self.note = None, refusal(error)
            self.ledger_came.emit()

        self._store(lambda: shop.inspect_ledger(drug, first, last, who), done, failed)
        return True

    def take_ledger(
        self, title: str, headings: Sequence[str], rows: Sequence[Sequence[Value]], form: str
    ) -> None:
        """What the list shows, in its order, as one file; the log knows of it first."""
        ledger, shop, who = self.ledger, self.shop, self._who()
        if ledger is None or self.busy:
            return

        def work() -> Path:
            shop.let_ledger_leave(ledger, len(rows), who)
            return self._export("ledger", title, headings, rows, form, shop.now())

        def done(path: Path) -> None:
            self.note = Note("figures.written", {"file": f"{path}"}, "good")

        self._store(work, done)

    # --- accounts --------------------------------------------------------------------------------

    def ask(self) -> None:
        """Accounts, looks and packs as they are now."""
        if self.session.locked or not self.manages:
            return
        shop, who, visit = self.shop, self._who(), self._visit

        def done(view: InspectionView) -> None:
            if visit == self._visit:
                self.view = view
                self.viewed.emit()

        self.session.run(Lane.STORE, lambda _: shop.inspection_view(who), done, self._failed)

    def open_account(self, staff_id: str, typed: Mapping[str, str]) -> None:
        """``typed``: first, last, authority, order_no."""
        from app.use_cases.inspection import PassWish

        try:
            first, last = (date.fromisoformat(typed[name].strip()) for name in ("first", "last"))
        except ValueError:
            self.say("inspection.command_days", "warn")
            return
        if not staff_id:
            self.say("inspection.no_inspectors", "warn")
            return
        wish = PassWish(staff_id, first, last, typed["authority"], typed["order_no"])
        shop, who = self.shop, self._who()

        def done(_one: object) -> None:
            self.note = Note("inspection.account_opened", {"last": last}, "good")
            self.ask()

        self._store(lambda: shop.open_inspector(wish, who), done)

    def end_account(self, line: PassLine | None) -> None:
        """Before its time."""
        if line is None:
            self.say("inspection.choose_account", "warn")
            return
        shop, who, wanted = self.shop, self._who(), line.one.staff_id

        def done(_one: object) -> None:
            self.note = Note("inspection.account_ended", {"name": line.name}, "good")
            self.ask()

        self._store(lambda: shop.end_inspector(wanted, who), done)

    # --- packs -----------------------------------------------------------------------------------

    def make(self, typed: Mapping[str, str], *, whole: bool) -> None:
        """Of what was found last. ``typed``: purpose, folder, number, pin."""
        from app.use_cases.inspection_pack import PackWish
        from app.use_cases.sign_in import SecondPerson

        if self.running or self.busy:
            return
        if self.found is None or not self.found.count.sales:
            self.say("inspection.search_first", "warn")
            return
        place = typed["folder"].strip()
        folder = str(Path(place).expanduser()) if place else ""
        wish = PackWish(self.found.scope, typed["purpose"], folder, whole=whole)
        second = None
        if whole:
            if not typed["number"].strip() or not typed["pin"]:
                self.say("inspection.bad_second", "warn")
                return
            second = SecondPerson(typed["number"].strip(), typed["pin"])
        shop, who, say = self.shop, self._who(), self.session.say
        self.running, self._stop, self.note, self.tally = True, False, None, None
        self.changed.emit()
        self.session.run(
            Lane.RECOVERY, lambda _: shop.make_pack(wish, who, second, say), self._step, self._broke
        )

    def stop(self) -> None:
        """Give up the pack; said once it has stopped."""
        self._stop = self.running

    def _step(self, steps: Iterator[PackTally]) -> None:
        """A slice on the lane, and again, until it is through or somebody stops it."""
        stop = self._stop

        def work() -> tuple[PackTally | None, str]:
            if stop:
                steps.close()  # type: ignore[attr-defined]
                return None, "stopped"
            return _slice(steps)

        def done(told: tuple[PackTally | None, str]) -> None:
            tally, state = told
            self.tally = tally or self.tally
            if state == "more":
                self.changed.emit()
                self._step(steps)
                return
            self._ended(stopped=state == "stopped")

        self.session.run(Lane.RECOVERY, lambda _: work(), done, self._broke)

    def _ended(self, *, stopped: bool) -> None:
        last = self.tally
        self.running, self._stop, self.tally = False, False, None
        if stopped or last is None:
            self.note = Note("inspection.pack_stopped", {}, "warn")
        else:
            self.place = last.place
            told: dict[str, Any] = {
                "place": last.place, "sheets": last.sheets, "gaps": last.gaps,
                "digest": last.digest,
            }  # fmt: skip
            self.note = Note("inspection.pack_made", told, "good")
        self.changed.emit()
        self.ask()

    def _broke(self, error: YaotaiError) -> None:
        self.running, self._stop, self.tally = False, False, None
        self._failed(error)

    # --- common ----------------------------------------------------------------------------------

    def say(self, message_id: str, severity: str = "told", **params: object) -> None:
        """A sentence on the page."""
        self.note = Note(message_id, params, severity)
        self.changed.emit()

    def _store(
        self,
        work: Callable[[], object],
        done: Callable[..., None],
        failed: Callable[[YaotaiError], None] | None = None,
    ) -> None:
        visit = self._visit

        def came(answer: object) -> None:
            if visit == self._visit:
                self.busy = False
                done(answer)
                self.changed.emit()

        def broke(error: YaotaiError) -> None:
            if visit == self._visit:
                self.busy = False
                (failed or self._failed)(error)
                self.changed.emit()

        self.busy = True
        self.changed.emit()
        self.session.run(Lane.STORE, lambda _: work(), came, broke)

    def _failed(self, error: YaotaiError) -> None:
        self.note = refusal(error)
        self.changed.emit()


def _slice(steps: Iterator[PackTally]) -> tuple[PackTally | None, str]:
    """(the newest tally, ``more`` or ``over``)."""
    ends, tally = time.monotonic() + SLICE_SECONDS, None
    for tally in steps:
        if time.monotonic() >= ends:
            return tally, "more"
    return tally, "over"
