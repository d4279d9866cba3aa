"""价签: shelf labels of the drugs whose price begins on a day, or of those that somebody chose.

The price displayed is the price asked (HY-1.2.2): a label is made of what counts on its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.domain.catalogue import Medicine
from app.domain.clock import SHOP_ZONE
from app.domain.money import UnitPrice
from app.domain.price import PriceChange, PriceSource
from app.domain.price_states import READY
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors


@dataclass(frozen=True, slots=True)
class ShelfTag:
    """What stands on one shelf label."""

    medicine_id: str
    code: str
    barcode: str
    name: str
    spec: str
    maker: str
    unit: str
    price: UnitPrice
    begins: date
    insurance_class: str
    sale_class: str
    shop: str
    mark: str
    """Of ShopFacts.mark; empty = a real paper."""


def tags_of_day(doors: Doors, day: date) -> tuple[ShelfTag, ...]:
    """Labels of every drug whose price begins on that day, those approved ahead too; by code.

    Of two changes on one day the last one stands on the label.
    """
    begins = datetime.combine(day, time(), SHOP_ZONE)
    ends = begins + timedelta(days=1)
    with doors.uow() as uow:
        found = [
            one
            for one in uow.prices.began_between(begins, ends)
            if one.source is not PriceSource.BASELINE
        ]
        found += [one for one in uow.prices.in_state(READY) if begins <= one.effective_at < ends]
        found.sort(key=lambda one: (one.effective_at, one.id))
        last = {one.medicine_id: one for one in found}
        tags = [tag for one in last.values() if (tag := _of_change(doors, uow, one, day))]
    return tuple(sorted(tags, key=lambda tag: (tag.code, tag.name)))


def tags_of(doors: Doors, medicine_ids: Sequence[str], day: date) -> tuple[ShelfTag, ...]:
    """Labels of these drugs as they are sold now; one without a price has none."""
    with doors.uow() as uow:
        drugs = [_drug(uow, one) for one in medicine_ids]
    return tuple(
        _tag(doors, drug, drug.price, day) for drug in drugs if drug is not None and drug.price
    )


def _of_change(doors: Doors, uow: UnitOfWork, one: PriceChange, day: date) -> ShelfTag | None:
    drug = _drug(uow, one.medicine_id)
    return _tag(doors, drug, one.price, day) if drug is not None else None


def _drug(uow: UnitOfWork, medicine_id: str) -> Medicine | None:
    try:
        return uow.medicines.get(medicine_id)
    except NotFound:
        return None


def _tag(doors: Doors, drug: Medicine, price: UnitPrice | None, day: date) -> ShelfTag:
    return ShelfTag(
        medicine_id=drug.id,
        code=drug.shop_code,
        barcode=drug.barcode,
        name=drug.display_name,
        spec=drug.spec,
        maker=drug.manufacturer,
        unit=drug.pack_unit,
        price=price or UnitPrice(0),
        begins=day,
        insurance_class=drug.insurance_class,
        sale_class=drug.sale_class,
        shop=doors.shop.shop_name,
        mark=doors.shop.mark,
    )
