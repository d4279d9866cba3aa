"""What the page of prices and the morning board show; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from app.domain.catalogue import Medicine
from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.price import PriceChange, PriceSource, PriceTerm, TermKind
from app.domain.price_states import OPEN, PriceState
from app.domain.price_verdict import Ceiling, ceiling_of, insured
from app.domain.stock import MoveKind
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.price_facts import bounds_on, rules_for

RECENT = timedelta(days=30)
"""How far back the filter of changed prices looks."""
FILTERS = ("all", "changed", "open", "over", "missing", "selected")
BOUGHT = frozenset({MoveKind.BOUGHT, MoveKind.TRANSFER_IN, MoveKind.SUPPLIER_RETURN})
SOLD = frozenset({MoveKind.SALE, MoveKind.SALE_UNDO, MoveKind.RETURN_OFF})


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One drug with its price and what bounds it today."""

    medicine_id: str
    code: str
    name: str
    spec: str
    maker: str
    unit: str
    price: UnitPrice | None
    ceiling: Ceiling | None
    listed: Money | None
    agreed: Money | None
    selected: Money | None
    insured: bool
    over: bool
    """Sold above its ceiling as things stand: the counter stops it."""
    missing: bool
    """A ceiling is reckoned from a listed price, and there is none."""
    open: tuple[PriceChange, ...] = ()
    since: datetime | None = None
    """When the price in force began; None = nobody knows: it is older than its history."""
    by_hq: bool = False


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One change with the names of who did it."""

    change: PriceChange
    proposed_by: str
    approved_by: str
    answered_by: str
    ended_by: str


@dataclass(frozen=True, slots=True)
class PriceFile:
    """Everything about one drug's price."""

    row: PriceRow
    history: tuple[HistoryRow, ...]
    """The newest first; what is open stands first."""
    terms: tuple[PriceTerm, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the agreed quantity of volume-based procurement is bought (LN-4.1a)."""

    term: PriceTerm
    name: str
    spec: str
    bought: Quantity
    sold: Quantity
    share: int
    """Bought of what was agreed, in percent, rounded down."""
    due: int
    """What the time that has passed would ask for, in percent."""

    @property
    def behind(self) -> bool:
        """Less bought than the time that has passed would ask for."""
        return self.share < self.due


@dataclass(frozen=True, slots=True)
class PricesToLookAt:
    """The morning list: what wants a person before a customer meets it (HY-1.2.2, LN-4.1a)."""

    over: tuple[PriceRow, ...] = ()
    missing: tuple[PriceRow, ...] = ()
    waiting: tuple[PriceChange, ...] = ()
    """For a second person, for the platform, or refused by it."""
    behind: tuple[Progress, ...] = ()

    @property
    def many(self) -> int:
        """Items in all."""
        return len(self.over) + len(self.missing) + len(self.waiting) + len(self.behind)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the books say of prices at one moment, read once for many drugs."""

    open: Mapping[str, tuple[PriceChange, ...]] = field(default_factory=dict)
    in_force: Mapping[str, PriceChange] = field(default_factory=dict)
    terms: Mapping[str, list[PriceTerm]] = field(default_factory=dict)


def standing_of(uow: UnitOfWork, medicine_ids: Sequence[str]) -> Standing:
    """Open changes, prices in force and lists of these drugs."""
    waiting: dict[str, list[PriceChange]] = {}
    for one in uow.prices.in_state(OPEN):
        waiting.setdefault(one.medicine_id, []).append(one)
    return Standing(
        {key: tuple(rows) for key, rows in waiting.items()},
        uow.prices.in_force(medicine_ids),
        uow.prices.terms_of(medicine_ids),
    )


def price_rows(doors: Doors, medicines: Sequence[Medicine]) -> tuple[PriceRow, ...]:
    """These drugs as the page lists them, by the books of this moment."""
    with doors.uow() as uow:
        ids = [one.id for one in medicines]
        standing = standing_of(uow, ids)
        fresh = [_now(uow, one) for one in medicines]
    return tuple(_row(doors, one, standing) for one in fresh)


def _now(uow: UnitOfWork, medicine: Medicine) -> Medicine:
    try:
        return uow.medicines.get(medicine.id)
    except NotFound:
        return medicine


def filtered_rows(doors: Doors, which: str) -> tuple[PriceRow, ...]:
    """The drugs of a filter that the books answer: ``changed``, ``open``, ``selected``."""
    now = doors.clock.now()
    with doors.uow() as uow:
        if which == "changed":
            found = uow.prices.began_between(now - RECENT, now + timedelta(microseconds=1))
            ids = [one.medicine_id for one in reversed(found) if one.before is not None]
        elif which == "selected":
            day = shop_time(now).date()
            ids = [one.medicine_id for one in uow.prices.with_term(TermKind.SELECTED, day)]
        else:
            ids = [one.medicine_id for one in uow.prices.in_state(OPEN)]
        medicines = [uow.medicines.get(one) for one in dict.fromkeys(ids)]
        standing = standing_of(uow, [one.id for one in medicines])
    return tuple(_row(doors, one, standing) for one in medicines)


def _row(doors: Doors, medicine: Medicine, standing: Standing) -> PriceRow:
    now = doors.clock.now()
    rules = rules_for(doors, medicine, now)
    terms = standing.terms.get(medicine.id, [])
    bounds, rows = bounds_on(medicine, terms, shop_time(now).date())
    ceiling = ceiling_of(rules, medicine, bounds)
    price, force = medicine.price, standing.in_force.get(medicine.id)
    capped = any(each.rule == "hard_cap" for each in rules)
    selected = rows.get(TermKind.SELECTED)
    return PriceRow(
        medicine_id=medicine.id,
        code=medicine.shop_code,
        name=medicine.display_name,
        spec=medicine.spec,
        maker=medicine.manufacturer,
        unit=medicine.pack_unit,
        price=price,
        ceiling=ceiling,
        listed=bounds.listed,
        agreed=bounds.agreed,
        selected=bounds.selected,
        insured=insured(medicine),
        over=price is not None and ceiling is not None and price > ceiling.price,
        missing=insured(medicine) and capped and bounds.listed is None,
        open=standing.open.get(medicine.id, ()),
        since=force.effective_at if force and force.source is not PriceSource.BASELINE else None,
        by_hq=selected is not None and selected.by_hq,
    )


def look_through(
    doors: Doors, medicines: Iterable[Medicine]
) -> tuple[tuple[PriceRow, ...], tuple[PriceRow, ...]]:
    """(above their ceiling, without the listed price they need), by name.

    ``medicines`` carry what the lists of today say of them, as the catalogue does; the books are
    not asked, so that no other step waits while a whole catalogue is looked through.
    """
    over: list[PriceRow] = []
    missing: list[PriceRow] = []
    nothing = Standing()
    for medicine in medicines:
        if medicine.price is None:
            continue
        # Neither in the catalogue of the insurance nor selected: nothing bounds it.
        if not insured(medicine) and medicine.selected_price is None:
            continue
        row = _row_of_today(doors, medicine, nothing)
        if row.over:
            over.append(row)
        elif row.missing:
            missing.append(row)
    key = _by_name
    return tuple(sorted(over, key=key)), tuple(sorted(missing, key=key))


def _by_name(row: PriceRow) -> tuple[str, str, str]:
    return row.name, row.spec, row.medicine_id


def _row_of_today(doors: Doors, medicine: Medicine, nothing: Standing) -> PriceRow:
    """With the lists' prices as the catalogue carries them."""
    day = shop_time(doors.clock.now()).date()
    prices = (
        (TermKind.LISTED, medicine.listed_price),
        (TermKind.AGREED, medicine.agreed_price),
        (TermKind.SELECTED, medicine.selected_price),
    )
    terms = [
        PriceTerm(id="", medicine_id=medicine.id, kind=kind, price=price, begins=day)
        for kind, price in prices
        if price is not None
    ]
    return _row(doors, medicine, Standing(nothing.open, nothing.in_force, {medicine.id: terms}))


def prices_to_look_at(doors: Doors, medicines: Iterable[Medicine]) -> PricesToLookAt:
    """The morning list; ``medicines``: the whole catalogue, e.g. as the index holds it."""
    over, missing = look_through(doors, medicines)
    now = doors.clock.now()
    wanted = (PriceState.PROPOSED, PriceState.SENT, PriceState.REFUSED)
    with doors.uow() as uow:
        waiting = uow.prices.in_state(wanted)
        behind = tuple(one for one in progress_in(uow, now) if one.behind)
    return PricesToLookAt(over, missing, tuple(waiting), behind)


def look_again(doors: Doors, found: PricesToLookAt) -> PricesToLookAt:
    """The same catalogue, with what waits and what is behind by now."""
    fresh = prices_to_look_at(doors, ())
    return replace(found, waiting=fresh.waiting, behind=fresh.behind)


def price_file(doors: Doors, medicine_id: str) -> PriceFile:
    """One drug's history and lists; :raises NotFound: no such drug."""
    with doors.uow() as uow:
        medicine = uow.medicines.get(medicine_id)
        standing = standing_of(uow, [medicine_id])
        changes = uow.prices.of_medicine(medicine_id)
        ids = {
            each
            for one in changes
            for each in (one.proposed_by, one.approved_by, one.answered_by, one.ended_by)
        }
        names = {each: _name(uow, each) for each in ids}
    changes.sort(key=lambda one: (one.state in OPEN, one.effective_at, one.id), reverse=True)
    history = tuple(
        HistoryRow(one, names[one.proposed_by], names[one.approved_by], names[one.answered_by],
                   names[one.ended_by])
        for one in changes
    )  # fmt: skip
    terms = sorted(
        standing.terms.get(medicine_id, ()), key=lambda one: (one.begins, one.id), reverse=True
    )
    return PriceFile(_row(doors, medicine, standing), history, tuple(terms))


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""


# --- volume-based procurement --------------------------------------------------------------------


def progress(doors: Doors) -> tuple[Progress, ...]:
    """Every drug on a volume-based list of today, those behind first."""
    with doors.uow() as uow:
        return progress_in(uow, doors.clock.now())


def progress_in(uow: UnitOfWork, now: datetime) -> tuple[Progress, ...]:
    """The same inside the caller's unit."""
    today = shop_time(now).date()
    found = [
        _progress(uow, one, now, today)
        for one in uow.prices.with_term(TermKind.SELECTED, today)
        if one.quantity is not None
    ]
    return tuple(sorted(found, key=lambda one: (not one.behind, one.share - one.due, one.name)))


def _progress(uow: UnitOfWork, term: PriceTerm, now: datetime, today: date) -> Progress:
    medicine, ids = uow.medicines.get(term.medicine_id), [term.medicine_id]
    begins = datetime.combine(term.begins, time(), SHOP_ZONE)
    until = now + timedelta(microseconds=1)
    bought = uow.prices.moved(ids, BOUGHT, begins, until)[term.medicine_id]
    sold = -uow.prices.moved(ids, SOLD, begins, until)[term.medicine_id]
    agreed = term.quantity.ten_thousandths if term.quantity else 1
    days = (term.ends - term.begins).days + 1 if term.ends else 0
    passed = (today - term.begins).days + 1
    return Progress(
        term,
        medicine.display_name,
        medicine.spec,
        bought,
        sold,
        max(bought.ten_thousandths, 0) * 100 // agreed,
        passed * 100 // days if days else 0,
    )
