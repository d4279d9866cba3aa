"""Pharmacists on duty, their register and their attendance. No widgets here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.staff import Right
from app.errors import BadFile, BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.ca_key import Certificate
    from app.domain.pharmacist import Pharmacist
    from app.errors import YaotaiError
    from app.use_cases.duty_view import DutyView, RegisterRow
    from app.use_cases.ephedrine_register import EphedrineRow
    from app.use_cases.pharmacists import Confirmed
    from ui.screens.session import Session

Period = tuple[date, date]
"""First and last day, both whole."""
COLUMNS = ("day", "number", "name", "filing_no", "intervals", "hours", "within", "open", "remote",
           "yes", "no")  # fmt: skip
ACTS = ("on", "off", "back")


def day_of(text: str) -> date | None:
    """A day as typed; None where nothing was; :raises BadValue: where it is none."""
    plain = text.strip()
    if not plain:
        return None
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise BadValue(what="date", why="like 2026-11-22") from None


class DutyViewModel(QObject):
    """One panel: who is here; for the manager also who may be."""

    changed = Signal()
    registered = Signal()
    """The rows of the register."""
    presence_changed = Signal()
    """Somebody came or went: bar and strip look at the board again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.view: DutyView | None = None
        self.rows: tuple[RegisterRow, ...] = ()
        self.chosen: RegisterRow | None = None
        self.busy = False
        self.note: Note | None = None
        self.offered_key: Certificate | None = None
        """A key that is plugged in and may be bound to the chosen one."""
        self.ca_demanded = False

    @property
    def manages(self) -> bool:
        """Whether the operator keeps the register."""
        return self.session.may(Right.MANAGE_STAFF)

    def open(self) -> None:
        """Ask afresh."""
        self.note, self.chosen = None, None
        self._read(self.shop.duty_view, self._seen)
        if self.manages:
            who = self.session.who()
            self._read(lambda: self.shop.pharmacist_register(who), self._listed)
            self._read(self.shop.ca_demanded, self._demand_known)

    def _read(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        """No act: what is pressed while the lane answers a review counts all the same."""
        self.session.run(Lane.REVIEW, lambda _: work(), done, self._unread)

    def _run(self, work: Callable[[], object], done: Callable[..., None], told: str = "") -> None:
        def succeeded(answer: object) -> None:
            self.busy = False
            if told:
                self.note = Note(told, {}, "good")
            done(answer)

        self.busy = True
        self.changed.emit()
        self.session.run(Lane.REVIEW, lambda _: work(), succeeded, self._failed)

    def _seen(self, view: DutyView) -> None:
        self.view = view
        self.changed.emit()
        self.presence_changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._unread(error)

    def _unread(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()

    def say(self, message_id: str, severity: str = "warn", **params: object) -> None:
        """A sentence on the panel."""
        self.note = Note(message_id, params, severity)
        self.changed.emit()

    # --- duty ------------------------------------------------------------------------------------

    def sign(self, act: str, number: str, pin: str, token: str = "", remote: bool = False) -> None:
        """``on``, ``off`` or ``back``, by number and PIN."""
        number = number.strip()
        if self.busy:
            return
        if not number or not pin:
            self.say("duty.both")
            return
        work: dict[str, Callable[[], object]] = {
            "on": lambda: self.shop.duty_on(number, pin, token.strip(), remote),
            "off": lambda: self.shop.duty_off(number, pin),
            "back": lambda: self.shop.duty_back(number, pin),
        }
        self._run(work[act], self._seen, f"duty.done_{act}")

    def note_away(self, staff_id: str) -> None:
        """The chosen one went away; the pack's minutes run."""
        if not staff_id:
            self.say("duty.choose_first")
            return
        who = self.session.who()
        self._run(lambda: self.shop.duty_away(staff_id, who), self._seen, "duty.done_away")

    # --- register --------------------------------------------------------------------------------

    def _listed(self, rows: tuple[RegisterRow, ...]) -> None:
        self.rows = rows
        chosen = self.chosen.staff_id if self.chosen else ""
        self.chosen = next((row for row in rows if row.staff_id == chosen), None)
        self.registered.emit()
        self.changed.emit()
        self.presence_changed.emit()

    def choose(self, place: int) -> None:
        """A row of the register."""
        self.chosen = self.rows[place] if 0 <= place < len(self.rows) else None
        self.offered_key = None
        self.registered.emit()

    def _change(self, work: Callable[[RegisterRow], object], told: str) -> None:
        row = self.chosen
        if self.busy:
            return
        if row is None:
            self.say("duty.pick_someone")
            return
        self._run(lambda: work(row), self._listed, told)

    def bind(self, typed: dict[str, str], remote: bool) -> None:
        """Bind the chosen one with what was typed, or correct the binding."""
        try:
            days = {name: day_of(typed.get(name, "")) for name in
                    ("filed_on", "valid_from", "valid_to")}  # fmt: skip
        except BadValue:
            self.say("duty.date_wrong")
            return
        who = self.session.who()

        def made(row: RegisterRow) -> Pharmacist:
            # Here and not above: the panel is shown long before anybody is bound.
            from app.domain.pharmacist import Pharmacist, Professional

            person = Professional(
                typed.get("name", "").strip(),
                row.binding.professional.cert_type if row.binding else "01",
                typed.get("cert_no", "").strip(),
                typed.get("code", "").strip(),
            )
            return Pharmacist(
                row.staff_id,
                person,
                licence_no=typed.get("licence_no", "").strip(),
                filing_no=typed.get("filing_no", "").strip(),
                filed_on=days["filed_on"],
                valid_from=days["valid_from"],
                valid_to=days["valid_to"],
                remote=remote,
            )

        self._change(lambda row: self.shop.bind_pharmacist(made(row), who), "duty.bound")

    def unbind(self) -> None:
        """The chosen one leaves the store."""
        who = self.session.who()
        self._change(lambda row: self.shop.unbind_pharmacist(row.staff_id, who), "duty.unbound")

    def sanction(self, begins: str, ends: str, reason: str) -> None:
        """The insurance does not accept the chosen one for a while."""
        from app.domain.pharmacist import Sanction

        try:
            first, last = day_of(begins), day_of(ends)
        except BadValue:
            self.say("duty.date_wrong")
            return
        if first is None:
            self.say("duty.date_wrong")
            return
        one, who = Sanction(first, last, reason.strip()), self.session.who()
        self._change(
            lambda row: self.shop.sanction_pharmacist(row.staff_id, one, who), "duty.sanctioned"
        )

    def end_sanctions(self, last: date) -> None:
        """What runs against the chosen one ends with that day."""
        who = self.session.who()
        self._change(
            lambda row: self.shop.end_sanctions(row.staff_id, last, who), "duty.sanctions_ended"
        )

    # --- the key that signs ----------------------------------------------------------------------

    def read_ca_key(self) -> None:
        """Which certificate is plugged in; it is bound with the next press."""
        row, who = self.chosen, self.session.who()
        if self.busy or row is None or row.binding is None:
            self.say("duty.pick_someone")
            return
        name, now = row.binding.professional.name, self.shop.now()
        self.offered_key = None

        def found(keys: tuple[Certificate, ...]) -> None:
            theirs = [one for one in keys if one.names(name)] or list(keys)
            theirs = [one for one in theirs if one.valid_at(now)] or theirs
            if len({one.holder for one in theirs}) == 1:
                # A renewed key may hold both: the newer certificate is meant.
                self.offered_key = max(theirs, key=lambda one: one.valid_from)
                self.changed.emit()
            else:
                self.say("duty.ca_many" if theirs else "duty.ca_nothing")

        self._run(lambda: self.shop.offered_ca_keys(who), found)

    def bind_ca_key(self) -> None:
        """The chosen one signs with the key that was read."""
        key, who = self.offered_key, self.session.who()
        if key is None:
            return
        self.offered_key = None
        self._change(
            lambda row: self.shop.bind_ca_key(row.staff_id, key.key_id, who), "duty.ca_bound"
        )

    def end_ca_key(self) -> None:
        """The chosen one signs with the shop's internal key again."""
        who = self.session.who()
        self._change(lambda row: self.shop.end_ca_key(row.staff_id, who), "duty.ca_ended")

    def demand_ca(self, demanded: bool) -> None:
        """Pharmacists of this shop sign by certificate only, or not."""
        who = self.session.who()
        told = "duty.ca_only_on" if demanded else "duty.ca_only_off"
        self._run(lambda: self.shop.demand_ca(demanded, who), self._demand_known, told)

    def _demand_known(self, demanded: bool) -> None:
        self.ca_demanded = demanded
        self.changed.emit()

    def confirm(self) -> None:
        """5102: does the platform know them?"""
        if self.busy:
            return
        who = self.session.who()
        self._run(lambda: self.shop.confirm_pharmacists(who), self._confirmed)
        self.say("duty.confirming", "told")

    def _confirmed(self, found: tuple[Confirmed, ...]) -> None:
        names = {row.staff_id: row.name for row in self.rows}
        missing = [names.get(one.staff_id, "—") for one in found if not one.found]
        if missing:
            self.note = Note(
                "duty.confirm_missing",
                {"names": self.session.say("list.comma").join(missing)},
                "warn",
            )
        else:
            told: dict[str, object] = {"found": len(found), "asked": len(found)}
            self.note = Note("duty.confirm_done", told, "good")
        who = self.session.who()
        self._read(lambda: self.shop.pharmacist_register(who), self._listed)

    # --- attendance ------------------------------------------------------------------------------

    def export(self, first: str, last: str, write: Callable[[bytes], str]) -> None:
        """CSV of a period, both days whole; ``write`` keeps it and answers its path."""
        try:
            begins, ends = day_of(first), day_of(last)
        except BadValue:
            begins = ends = None
        if begins is None or ends is None or ends < begins:
            self.say("duty.date_wrong")
            return
        who = self.session.who()
        words = {name: self.session.say(f"attendance.{name}") for name in COLUMNS}

        def work() -> tuple[str, int]:
            content, rows = self.shop.attendance_file(begins, ends, words, who)
            return write(content), rows

        def done(answer: tuple[str, int]) -> None:
            self.say("duty.exported", "good", name=answer[0], rows=answer[1])

        self._run(work, done)

    def print_ephedrine(
        self, first: str, last: str, write: Callable[[tuple[EphedrineRow, ...], Period], str]
    ) -> None:
        """The register of drugs with ephedrine; ``write`` draws it and answers its path."""
        try:
            begins, ends = day_of(first), day_of(last)
        except BadValue:
            begins = ends = None
        if begins is None or ends is None or ends < begins:
            self.say("duty.date_wrong")
            return
        who, period = self.session.who(), (begins, ends)

        def found(rows: tuple[EphedrineRow, ...]) -> None:
            if not rows:
                self.say("ephedrine.empty", "told", first=f"{period[0]}", last=f"{period[1]}")
                return
            try:
                name = write(rows, period)
            except BadFile:
                self.say("receipt.not_saved", "block")
                return
            self.say("ephedrine.saved", "good", name=name, rows=len(rows))

        self._run(lambda: self.shop.ephedrine_register(*period, who), found)

    def keep_history(self, text: str) -> None:
        """How many days of purchases stand beside a prescription that is reviewed."""
        plain, who = text.strip(), self.session.who()
        if not plain.isdecimal():
            self.say("duty.history_wrong")
            return
        days = int(plain[:6])
        self._run(lambda: self.shop.set_history_days(days, who), self._seen, "duty.history_kept")

    def keep_hours(self, text: str) -> None:
        """The daily business hours, for the comparison of the export."""
        who = self.session.who()
        self._run(
            lambda: self.shop.set_business_hours(text.strip(), who),
            lambda _: self.changed.emit(),
            "duty.hours_kept",
        )
