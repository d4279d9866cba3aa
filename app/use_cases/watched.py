"""重点药品: what the shop watches, the note that a pharmacist owes at its sale, what sells most.

LN-5.2: drugs of a high price, volume or amount may be watched. Which they are is the shop's own
word; a watched drug is handed out once a pharmacist on duty has noted why, by number and PIN.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.balance import Period
from app.domain.check_context import Finding
from app.domain.clock import from_micros, micros
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.sale import Sale, SaleLine
from app.domain.sale_states import SaleState
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition
from app.ports import UnitOfWork
from app.ports_alerts import SaleNote
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.rx_common import pharmacist_by_pin
from app.use_cases.shift_rules import rules_in

_KEY: Final = "watch/drugs"
MOST_WATCHED: Final = 500
MAX_NOTE: Final = 200
KEPT: Final = timedelta(minutes=1)
"""How long a till goes by what it read: another one may have changed the list."""

ORDERS: Final = ("money", "packs", "price")
"""By what the biggest are looked for."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One drug on the shop's watch list."""

    medicine_id: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TopRow:
    """One drug of a period, by what it sold."""

    place: int
    medicine_id: str
    shop_code: str
    name: str
    spec: str
    maker: str
    price: UnitPrice | None
    packs: Quantity
    """Sold less what came back."""
    money: Money
    insured: Money
    """Of it: lines that insurance settled."""
    watched: Watched | None
    notes: int
    """Sales of the period with a pharmacist's note."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One note as the list shows it."""

    note: SaleNote
    receipt_no: str
    name: str
    quantity: Quantity
    by: str


# --- the list -------------------------------------------------------------------------------------


def watched_in(uow: UnitOfWork) -> dict[str, Watched]:
    """The watch list inside the caller's unit of work, by drug."""
    kept: Mapping[str, Mapping[str, str]] = json.loads(uow.settings.get(_KEY) or "{}")
    return {
        each: Watched(each, told["why"], told["by"], from_micros(int(told["at"])))
        for each, told in kept.items()
    }


def set_watched(doors: Doors, operator: Operator, medicine_id: str, why: str | None) -> None:
    """Watch a drug for a reason, or (None) no longer.

    :raises NotAllowed: not a manager; :raises NotFound: no such drug; :raises BadValue: no reason,
    or the list is full.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    now, said = doors.clock.now(), " ".join((why or "").split())
    if why is not None and not 0 < len(said) <= MAX_NOTE:
        raise BadValue(what="reason", why="1 to 200 characters")
    with doors.uow() as uow:
        drug = uow.medicines.get(medicine_id)
        found = watched_in(uow)
        found.pop(drug.id, None)
        if why is not None:
            found[drug.id] = Watched(drug.id, said, operator.staff.id, now)
        if len(found) > MOST_WATCHED:
            raise BadValue(what="watch list", why="full")
        told = {
            one.medicine_id: {"why": one.why, "by": one.by, "at": str(micros(one.at))}
            for one in found.values()
        }
        uow.settings.put(_KEY, json.dumps(told, ensure_ascii=False, sort_keys=True))
        entry: dict[str, object] = {"medicine": drug.id, "watched": why is not None}
        uow.log.append("watch.drug", operator.staff.id, now, entry)
        uow.commit()
    doors.counter.watched = (now, frozenset(found))


# --- at the sale ----------------------------------------------------------------------------------


def note_findings(doors: Doors, uow: UnitOfWork, sale: Sale, *, fresh: bool) -> list[Finding]:
    """A block for each watched drug of the basket that nobody has noted anything on.

    ``fresh``: by the books; else by what this till read within the last minute, so that hardly a
    completion asks the books. What is left of a return was noted when it was sold.
    """
    if sale.replaces:
        return []
    watched = _known(doors, uow, fresh=fresh)
    lines = [line for line in sale.lines if line.item.medicine_id in watched]
    noted = uow.sale_notes.of_sale(sale.id) if lines else {}
    return [
        Finding("WATCH_NOTE", ("LN-5.2",), "block", {"line": line.no, "name": line.item.name})
        for line in lines
        if not _stands(noted.get(line.no), line)
    ]


def _known(doors: Doors, uow: UnitOfWork, *, fresh: bool) -> frozenset[str]:
    now, kept = doors.clock.now(), doors.counter.watched
    if not fresh and kept is not None and timedelta(0) <= now - kept[0] < KEPT:
        return kept[1]
    read = frozenset(watched_in(uow))
    doors.counter.watched = (now, read)
    return read


def _stands(note: SaleNote | None, line: SaleLine) -> bool:
    return note is not None and note.medicine_id == line.item.medicine_id


def lines_to_note(doors: Doors, sale_id: str) -> tuple[tuple[SaleLine, SaleNote | None], ...]:
    """The watched lines of a basket, each with what was noted on it."""
    with doors.uow() as uow:
        sale, watched = uow.sales.get(sale_id), watched_in(uow)
        noted = uow.sale_notes.of_sale(sale_id)
    lines = [line for line in sale.lines if line.item.medicine_id in watched]
    return tuple(
        (line, note if _stands(note := noted.get(line.no), line) else None) for line in lines
    )


def note_line(
    doors: Doors, sale_id: str, line_no: int, words: str, number: str, pin: str
) -> SaleNote:
    """A pharmacist on duty notes why a watched drug is handed out; it stays with the line.

    :raises BadValue: no words, or more than 200 characters; :raises NotFound: no such line;
    :raises IllegalTransition: the sale is done, or the drug is not watched;
    :raises SignInRefused, LockedOut, NotAllowed, RuleBroken: as :func:`pharmacist_by_pin`.
    """
    said = " ".join(words.split())
    if not 0 < len(said) <= MAX_NOTE:
        raise BadValue(what="note", why="1 to 200 characters")
    who = pharmacist_by_pin(doors, number, pin)
    now = doors.clock.now()
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        line = sale.line(line_no)
        done = sale.state in (SaleState.DONE, SaleState.UNDONE, SaleState.UNDOING)
        if done or line.item.medicine_id not in watched_in(uow):
            raise IllegalTransition(machine="sale", state=sale.state, event="note a line")
        note = SaleNote(sale_id, line_no, line.item.medicine_id, who.id, now, said)
        uow.sale_notes.put(note)
        entry: dict[str, object] = {"sale": sale_id, "line": line_no}
        uow.log.append("watch.noted", who.id, now, entry)
        uow.commit()
    return note


# --- figures --------------------------------------------------------------------------------------


def top_drugs(
    doors: Doors, operator: Operator, period: Period, by: str, most: int = 50
) -> tuple[TopRow, ...]:
    """The drugs of a period with the highest price, volume or amount; watched ones always.

    :raises NotAllowed: not a manager; :raises BadValue: no such order.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    if by not in ORDERS:
        raise BadValue(what="order", why=by[:20])
    with doors.uow() as uow:
        lines = {one.medicine_id: one for one in uow.reports.lines(period, rules_in(uow).turns_at)}
        watched = watched_in(uow)
        drugs = uow.medicines.many({*lines, *watched})
        notes: dict[str, int] = {}
        for note in uow.sale_notes.between(period.begins, period.ends):
            notes[note.medicine_id] = notes.get(note.medicine_id, 0) + 1
    found = []
    for each, drug in drugs.items():
        one = lines.get(each)
        packs = one.insured + one.own - one.back if one else Quantity(0)
        money = one.insured_money + one.own_money - one.back_money if one else Money(0)
        found.append(TopRow(
            0, each, drug.shop_code, drug.display_name, drug.spec, drug.manufacturer, drug.price,
            packs, money, one.insured_money if one else Money(0), watched.get(each),
            notes.get(each, 0),
        ))  # fmt: skip
    found.sort(key=lambda row: (-_size(row, by), row.shop_code, row.medicine_id))
    placed = [_placed(row, place) for place, row in enumerate(found, 1)]
    return tuple(row for row in placed if row.place <= most or row.watched is not None)


def _size(row: TopRow, by: str) -> int:
    if by == "price":
        return row.price.micro if row.price is not None else 0
    return row.packs.ten_thousandths if by == "packs" else row.money.fen


def _placed(row: TopRow, place: int) -> TopRow:
    return TopRow(
        place, row.medicine_id, row.shop_code, row.name, row.spec, row.maker, row.price, row.packs,
        row.money, row.insured, row.watched, row.notes,
    )  # fmt: skip


def notes_of(doors: Doors, operator: Operator, period: Period) -> tuple[NoteRow, ...]:
    """Every note of a period with its slip, newest first.

    :raises NotAllowed: neither pharmacist nor manager: a note may name a patient.
    """
    require(doors, operator, Right.SEE_PERSON)
    with doors.uow() as uow:
        found = uow.sale_notes.between(period.begins, period.ends)
        names = {one.id: one.name for one in uow.staff.all()}
        sales = {each: uow.sales.get(each) for each in {one.sale_id for one in found}}
    rows = []
    for note in reversed(found):
        sale = sales[note.sale_id]
        line = next((one for one in sale.lines if one.no == note.line_no), None)
        if line is not None and sale.receipt_no:
            rows.append(NoteRow(note, sale.receipt_no, line.item.name, line.quantity,
                                names.get(note.staff_id, "")))  # fmt: skip
    return tuple(rows)
