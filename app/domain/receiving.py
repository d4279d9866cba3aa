"""收货验收: goods as they were delivered, typed line by line, and what is wrong with a line.

A draft keeps what was typed, letter by letter: nothing is lost by a crash, and a wrong figure stays
where it can be seen and put right. Only a line without fault becomes goods.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.catalogue import Medicine, nfkc
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.receiving_states import RECEIVING, ReceivingEvent, ReceivingState
from app.domain.stock import check_lot_dates
from app.domain.typed_date import box_date
from app.errors import BadValue

MOST: Final = Quantity(100_000 * 10**4)
"""More packs than any one line of a pharmacy's delivery holds: a slip of the finger."""
MOST_COST: Final = UnitPrice(1_000_000 * 10**6)
LONGEST: Final = 60
"""Signs of a batch number or of a paper's number."""
NOTHING: Final = Quantity(0)


class ReceivingSource(StrEnum):
    """Who brought it."""

    SUPPLIER = "supplier"
    STORE = "store"
    """Another store of the chain, by 调拨单."""


class Tick(StrEnum):
    """What the acceptor looked at on the box, each by itself (policy 3.4)."""

    LOOK = "look"
    """外观."""
    BATCH = "batch"
    """批号."""
    EXPIRY = "expiry"
    """效期."""
    APPROVAL = "approval"
    """批准文号."""


class RejectReason(StrEnum):
    """Why packs were not accepted."""

    BROKEN = "broken"
    SHORT_DATED = "short_dated"
    WRONG_ITEM = "wrong_item"
    WRONG_BATCH = "wrong_batch"
    NO_PAPERS = "no_papers"
    NOT_ORDERED = "not_ordered"
    MISSING = "missing"
    """On the note, not in the carton."""
    OTHER = "other"


class Transport(StrEnum):
    """How cold-chain goods came."""

    TRUCK = "truck"
    """冷藏车."""
    BOX = "box"
    """冷藏箱 or 保温箱."""
    OTHER = "other"
    """Nothing that cools."""


class TotalsReason(StrEnum):
    """Why lines are posted that do not add up to the note's own totals."""

    NOTE_WRONG = "note_wrong"
    """The supplier's sum is wrong; they were told."""
    ROUNDING = "rounding"
    PART_DELIVERY = "part_delivery"
    """The rest of the note comes later."""
    FREIGHT = "freight"
    """The note's sum holds freight or a rebate."""


@dataclass(frozen=True, slots=True)
class CartonCodes:
    """Trace codes of boxes that came in one carton; empty carton = scanned one by one."""

    codes: tuple[str, ...] = field(repr=False)
    carton: str = field(default="", repr=False)
    source: str = "scan"
    """A value of :class:`app.domain.trace.CodeSource`."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as typed or read from a file: texts, none of them judged yet."""

    no: int
    medicine_id: str = ""
    """Empty: the note's article is not known here yet."""
    name: str = ""
    """As the note names it, for people."""
    batch: str = ""
    made: str = ""
    expires: str = ""
    delivered: str = ""
    accepted: str = ""
    """Empty = all of what was delivered."""
    reject: str = ""
    """A :class:`RejectReason`, where not all is accepted."""
    cost: str = ""
    gift: bool = False
    """赠品: it cost nothing and is goods all the same."""
    ticks: tuple[str, ...] = ()
    acceptor: str = ""
    """Random id of who looked at the goods."""
    codes: tuple[CartonCodes, ...] = ()

    @property
    def boxes(self) -> tuple[str, ...]:
        """Every trace code of the line."""
        return tuple(code for each in self.codes for code in each.codes)


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """A line without fault."""

    no: int
    medicine_id: str
    batch: str
    made_on: date | None
    expires_on: date | None
    """None only where nothing of it is accepted."""
    delivered: Quantity
    accepted: Quantity
    cost: UnitPrice
    gift: bool
    reject: str
    acceptor: str
    codes: tuple[CartonCodes, ...]

    @property
    def amount(self) -> Money:
        """What the accepted packs cost."""
        return self.cost.times(self.accepted)


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong: beside which field of which line (0 = the note itself), and why."""

    no: int
    field: str
    why: str
    """Message id without its section ``receiving_fault``."""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """The head of a receiving, from its first line to its posting."""

    id: str
    """Becomes the document's id when it is posted."""
    at: datetime
    """When it was begun; once posted, when it was posted."""
    by: str
    source: ReceivingSource = ReceivingSource.SUPPLIER
    supplier_id: str = ""
    order_id: str = ""
    note_no: str = ""
    """随货同行单号, or the other store's 调拨单号."""
    invoice_code: str = ""
    invoice_no: str = ""
    note_total: str = ""
    """What the note says that it comes to, in yuan; empty = it says nothing."""
    note_packs: str = ""
    """How many packs the note says that there are."""
    totals_reason: str = ""
    """A :class:`TotalsReason`, where the lines do not fit these."""
    transport: str = ""
    departed: str = ""
    """起运时间 as on the transport record."""
    temperature: str = ""
    """On arrival, in degrees Celsius."""
    record_no: str = ""
    """Number of the transport's temperature record."""
    note: str = ""
    state: ReceivingState = ReceivingState.DRAFT
    number: str = ""
    """The document's number, once posted."""
    version: int = 1

    def step(self, event: ReceivingEvent) -> Receiving:
        """After an event; :raises IllegalTransition:."""
        return replace(self, state=RECEIVING.step(self.state, event))

    @property
    def note_key(self) -> str:
        """One spelling of the note's number."""
        return "".join(nfkc(self.note_no).casefold().split())


class _Faults:
    """What is found wrong with one line, in the order of its fields."""

    def __init__(self, no: int) -> None:
        self.no = no
        self.found: list[LineFault] = []

    def add(self, where: str, why: str, **params: str) -> None:
        self.found.append(LineFault(self.no, where, why, tuple(params.items())))


def judge_line(
    typed: TypedLine, medicine: Medicine | None, day: date
) -> tuple[GoodsLine | None, tuple[LineFault, ...]]:
    """The goods of a line, or everything that is wrong with it; ``day`` = of the delivery.

    What the supplier may deliver, first products and codes in the books are judged elsewhere.
    """
    faults = _Faults(typed.no)
    if medicine is None:
        faults.add("name", "unknown_drug")
    delivered = _count(typed.delivered, "delivered", faults)
    accepted = _accepted(typed, delivered, faults)
    batch = _batch(typed, accepted, faults)
    made, expires = _dates(typed, accepted, day, faults)
    cost = _cost(typed, faults)
    _looked(typed, accepted, faults)
    _boxes(typed, accepted, faults)
    if faults.found or medicine is None:
        return None, tuple(faults.found)
    goods = GoodsLine(
        typed.no, medicine.id, batch, made, expires, delivered, accepted, cost, typed.gift,
        typed.reject if accepted < delivered else "", typed.acceptor, typed.codes,
    )  # fmt: skip
    return goods, ()


def _batch(typed: TypedLine, accepted: Quantity, faults: _Faults) -> str:
    batch = nfkc(typed.batch)
    if len(batch) > LONGEST:
        faults.add("batch", "batch_long")
    elif not batch and (accepted or not nfkc(typed.accepted)):
        faults.add("batch", "batch_missing")
    return batch


def _dates(
    typed: TypedLine, accepted: Quantity, day: date, faults: _Faults
) -> tuple[date | None, date | None]:
    """What is not accepted may be expired: that is why it is not."""
    made = _date(typed.made, "made", faults)
    expires = _date(typed.expires, "expires", faults)
    if not accepted and nfkc(typed.accepted):
        return made, expires
    if made is not None and made > day:
        faults.add("made", "made_later", day=made.isoformat())
    if not nfkc(typed.expires):
        faults.add("expires", "expiry_missing")
    elif expires is not None:
        try:
            check_lot_dates(made, expires)
        except BadValue:
            faults.add("expires", "expiry_before_made")
        if expires < day:
            faults.add("expires", "expired", day=expires.isoformat())
    return made, expires


def _date(text: str, where: str, faults: _Faults) -> date | None:
    try:
        return box_date(text, last_day=where == "expires")
    except BadValue:
        faults.add(where, "no_date")
        return None


def _count(text: str, where: str, faults: _Faults) -> Quantity:
    try:
        found = Quantity.of(nfkc(text))
    except BadValue:
        faults.add(where, "no_number" if nfkc(text) else "count_missing")
        return NOTHING
    if found < NOTHING or (where == "delivered" and not found):
        faults.add(where, "count_not_positive")
        return NOTHING
    if found > MOST:
        faults.add(where, "count_too_large", most=MOST.plain())
    return found


def _accepted(typed: TypedLine, delivered: Quantity, faults: _Faults) -> Quantity:
    if not nfkc(typed.accepted):
        return delivered
    before = len(faults.found)
    accepted = _count(typed.accepted, "accepted", faults)
    if len(faults.found) > before:
        return NOTHING
    if accepted > delivered:
        faults.add("accepted", "accepted_more")
    elif accepted < delivered and typed.reject not in set(RejectReason):
        faults.add("reject", "reject_reason")
    return accepted


def _cost(typed: TypedLine, faults: _Faults) -> UnitPrice:
    text = nfkc(typed.cost)
    try:
        cost = UnitPrice.of(text) if text else UnitPrice(0)
    except BadValue:
        faults.add("cost", "no_amount")
        return UnitPrice(0)
    if cost > MOST_COST:
        faults.add("cost", "no_amount")
    elif typed.gift and cost.micro:
        faults.add("cost", "gift_costs")
    elif not typed.gift and not cost.micro:
        faults.add("cost", "cost_missing")
    return cost


def _looked(typed: TypedLine, accepted: Quantity, faults: _Faults) -> None:
    """Nothing is accepted that nobody looked at (policy 3.4)."""
    if not accepted:
        return
    if set(typed.ticks) != set(Tick):
        faults.add("ticks", "ticks_missing")
    elif not typed.acceptor:
        faults.add("ticks", "acceptor_missing")


def _boxes(typed: TypedLine, accepted: Quantity, faults: _Faults) -> None:
    boxes = typed.boxes
    if len(set(boxes)) != len(boxes):
        faults.add("codes", "code_twice")
    if len(boxes) > accepted.packs():
        faults.add("codes", "codes_too_many", codes=str(len(boxes)))


def totals_of(lines: list[TypedLine]) -> tuple[Money, Quantity]:
    """What the delivered packs of all readable lines come to; unreadable figures count nothing."""
    amount, packs = Money(0), NOTHING
    for one in lines:
        try:
            delivered = Quantity.of(nfkc(one.delivered))
            cost = UnitPrice.of(nfkc(one.cost)) if nfkc(one.cost) else UnitPrice(0)
            line_amount = cost.times(delivered)
        except BadValue:
            continue
        amount, packs = amount + line_amount, packs + delivered
    return amount, packs


def judge_totals(head: Receiving, lines: list[TypedLine]) -> tuple[LineFault, ...]:
    """The note's own totals against its lines; a reason that was given covers a difference."""
    faults = _Faults(0)
    amount, packs = totals_of(lines)
    for where, text, have in (
        ("note_total", head.note_total, amount),
        ("note_packs", head.note_packs, packs),
    ):
        if not nfkc(text):
            continue
        try:
            said = type(have).of(nfkc(text))
        except BadValue:
            faults.add(where, "no_amount")
            continue
        if said != have and head.totals_reason not in set(TotalsReason):
            shown = str(have) if isinstance(have, Money) else have.plain()
            faults.add(where, "totals_differ", lines=shown)
    return tuple(faults.found)
