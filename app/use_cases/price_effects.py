"""A price takes effect: the old one ends, the catalogue row and the search index follow.

Exactly at its moment: the counter knows approved prices ahead (:class:`PriceBoard`), and the books
write each with the moment it was meant for, however late the step that does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.money import UnitPrice
from app.domain.price import PriceChange, PriceSource
from app.domain.price_states import READY, PriceEvent, PriceState
from app.ports import CatalogueIndex, Ids, UnitOfWork, UnitOfWorkFactory
from app.use_cases.doors import Doors
from app.use_cases.import_catalogue import refresh_index
from app.use_cases.price_facts import baseline, bounds_on

_TURNED = "prices/lists_turned"
"""Day up to which the beginnings and ends of lists are in the catalogue."""


def apply_due(doors: Doors, uow: UnitOfWork, now: datetime) -> list[Medicine]:
    """Every ready price whose moment has come takes effect, inside the caller's unit.

    Answers the drugs as they are now in the catalogue. Idempotent: nothing due, nothing done.
    """
    due = uow.prices.due(now)
    if not due:
        return []
    drugs: dict[str, Medicine] = {}
    for one in due:
        medicine = drugs.get(one.medicine_id) or uow.medicines.get(one.medicine_id)
        drugs[one.medicine_id] = replace(medicine, price=one.price, version=medicine.version + 1)
    uow.medicines.save_many(list(drugs.values()))
    version = uow.medicines.version()
    for one in due:
        _take_effect(uow, one, version)
        entry = {"price": one.id, "medicine": one.medicine_id, "micro": one.price.micro}
        uow.log.append("price.in_force", one.approved_by, now, entry)
    return list(drugs.values())


def _take_effect(uow: UnitOfWork, one: PriceChange, version: int) -> None:
    old = uow.prices.in_force([one.medicine_id]).get(one.medicine_id)
    if old is not None:
        ended = replace(old.step(PriceEvent.REPLACED), ended_at=one.effective_at)
        uow.prices.save(ended, old.state)
    taken = replace(one.step(PriceEvent.TOOK_EFFECT), catalogue_version=version)
    uow.prices.save(taken, one.state)


def note_catalogue_prices(
    ids: Ids,
    uow: UnitOfWork,
    changed: Sequence[tuple[Medicine, Medicine]],
    now: datetime,
    actor: str,
) -> None:
    """Prices that a later import of the catalogue brought: a history has no gap (EZ-3b).

    ``changed``: each drug before and after; those with the same price are passed over.
    """
    moved = [(old, new) for old, new in changed if new.price and old.price != new.price]
    known = uow.prices.in_force([new.id for _old, new in moved])
    rows: list[PriceChange] = []
    for old, new in moved:
        last = known.get(new.id) or baseline(ids, old, now)
        if new.price is None or last is None:
            continue
        ended = replace(last.step(PriceEvent.REPLACED), ended_at=max(now, last.effective_at))
        if new.id in known:
            uow.prices.save(ended, last.state)
        else:
            rows.append(ended)
        rows.append(
            PriceChange(
                id=ids.new(),
                medicine_id=new.id,
                price=new.price,
                before=old.price,
                effective_at=max(now, last.effective_at),
                reason=new.source[:100] or "-",
                state=PriceState.IN_FORCE,
                source=PriceSource.CATALOGUE,
                proposed_by=actor,
                proposed_at=now,
            )
        )
    uow.prices.add(rows)


def turn_lists(doors: Doors, uow: UnitOfWork, now: datetime) -> list[Medicine]:
    """Lists that begin or end with the day: the catalogue says what bounds a drug today.

    Answers the drugs that changed. The first call only remembers the day.
    """
    today = shop_time(now).date()
    known = uow.settings.get(_TURNED)
    if known == today.isoformat():
        return []
    uow.settings.put(_TURNED, today.isoformat())
    if not known:
        return []
    turning = uow.prices.terms_turning(date.fromisoformat(known), today)
    return bound_today(uow, sorted(turning), today)


def bound_today(uow: UnitOfWork, medicine_ids: Iterable[str], today: date) -> list[Medicine]:
    """Write into the catalogue what the lists say of these drugs today; answers who changed."""
    wanted = list(medicine_ids)
    terms = uow.prices.terms_of(wanted)
    changed: list[Medicine] = []
    for medicine_id in wanted:
        old = uow.medicines.get(medicine_id)
        bounds, _rows = bounds_on(old, terms.get(medicine_id, ()), today)
        new = replace(
            old,
            listed_price=bounds.listed,
            agreed_price=bounds.agreed,
            selected_price=bounds.selected,
        )
        if new != old:
            changed.append(replace(new, version=old.version + 1))
    uow.medicines.save_many(changed)
    return changed


# --- the counter and the index -------------------------------------------------------------------


@dataclass
class PriceBoard:
    """Approved prices ahead and those that took effect here, for the screen's thread.

    Replaced as a whole by whoever reads the books, so that no lock is needed.
    """

    ahead: dict[str, tuple[tuple[datetime, UnitPrice], ...]] = field(default_factory=dict)
    """Drug to (moment, price), the earliest first."""

    def price_at(self, medicine_id: str, moment: datetime) -> UnitPrice | None:
        """A price whose moment has come and that the catalogue in memory does not know yet."""
        came = [price for at, price in self.ahead.get(medicine_id, ()) if at <= moment]
        return came[-1] if came else None


def read_board(uow: UnitOfWork) -> PriceBoard:
    """What is approved and not in force yet."""
    ahead: dict[str, list[tuple[datetime, UnitPrice]]] = {}
    for one in uow.prices.in_state(READY):
        ahead.setdefault(one.medicine_id, []).append((one.effective_at, one.price))
    return PriceBoard({key: tuple(rows) for key, rows in ahead.items()})


def tend_prices(doors: Doors, index: CatalogueIndex) -> PriceBoard:
    """One look of the recovery: what is due takes effect, here or at another till of the store.

    Answers the board for the counter. :raises StoreError: the books or the index.
    """
    from app.use_cases.insured_lists import apply_due_lists, due_lists  # no start needs them

    now, lists = doors.clock.now(), due_lists(doors)
    with doors.uow() as uow:
        before = uow.medicines.version()
        changed = {one.id: one for one in turn_lists(doors, uow, now)}
        changed |= {one.id: one for one in apply_due(doors, uow, now)}
        changed |= {one.id: one for one in apply_due_lists(uow, now, lists)}
        board, after = read_board(uow), uow.medicines.version()
        uow.commit()
    if index.version() != after:
        follow(doors.uow, index, list(changed.values()), before)
    return board


def follow(
    uow_factory: UnitOfWorkFactory,
    index: CatalogueIndex,
    changed: Sequence[Medicine],
    before: int,
) -> None:
    """Bring the index to where the books are, by the changed rows where those are all.

    ``before``: the books' version at which the caller's own changes began.
    """
    with uow_factory() as uow:
        after, at = uow.medicines.version(), index.version()
        others = uow.prices.taken_after(at) if at != before else []
        told = {one.catalogue_version for one in others}
        # What another till did is only known of prices; anything else is read anew as a whole.
        whole = at != before and not set(range(at + 1, before + 1)) <= told
        ids = {one.medicine_id for one in others} | {one.id for one in changed}
        rows = [] if whole else [uow.medicines.get(one) for one in sorted(ids)]
    if whole or not index.put(rows, after):
        refresh_index(uow_factory, index)
