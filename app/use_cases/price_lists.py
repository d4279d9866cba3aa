"""Lists that bound prices, from files: procurement platform, agreement, volume-based procurement.

Row by row with reasons, dated, each import kept as it came (S-12, S-13, EZ-3a, LN-4.1a). The
platform's list counts for the same maker and the same specification only (EZ-3a).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.bounded import digest_of_file
from app.domain.catalogue import Medicine, folded
from app.domain.clock import shop_time
from app.domain.money import Money, Quantity
from app.domain.price import PriceList, PriceTerm, TermKind
from app.domain.staff import Right
from app.errors import BadFile, BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.price_effects import bound_today
from app.use_cases.rights import require
from app.use_cases.table_file import TableRow, day_of, table_of

MOST_ROWS = 200_000
_TOP = Money.of("10000000")
"""A price above this is a code that slipped into the wrong column."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "national_code": (
        "国家医保编码", "医保编码", "国家编码", "国家药品编码", "医保药品编码", "national_code",
    ),
    "shop_code": ("货号", "商品编码", "商品编号", "shop_code"),
    "name": ("药品名称", "品名", "通用名", "通用名称", "名称", "name"),
    "spec": ("规格", "药品规格", "包装规格", "spec"),
    "maker": ("生产企业", "生产厂家", "厂家", "企业名称", "maker"),
    "price": (
        "价格", "挂网价", "挂网价格", "协议价", "协议价格", "中选价", "中选价格", "price",
    ),
    "begins": ("开始日期", "执行日期", "生效日期", "挂网日期", "begins"),
    "ends": ("结束日期", "截止日期", "到期日期", "ends"),
    "batch": ("采购批次", "批次", "集采批次", "batch"),
    "quantity": ("约定采购量", "约定量", "协议量", "quantity"),
    "by_hq": ("总部管理", "总部代采", "by_hq"),
}  # fmt: skip
_YES = frozenset({"1", "是", "y", "yes", "true", "√"})
_NO = frozenset({"", "0", "否", "n", "no", "false"})


@dataclass(frozen=True, slots=True)
class RowOut:
    """A row that was left out: its number in the file, a message id, what fills it."""

    row: int
    why: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ListTaken:
    """What an import did with each row."""

    told: PriceList
    read: int
    taken: int
    unchanged: int
    """Said the same of the drug as what is known already."""
    refused: tuple[RowOut, ...]
    changed: tuple[Medicine, ...]
    """Drugs that something else bounds from today on."""
    before: int
    """Version of the catalogue before it."""


class _Refused(Exception):
    def __init__(self, why: str, **params: object) -> None:
        super().__init__(why)
        self.why, self.params = why, params


def import_price_list(
    doors: Doors, kind: TermKind, path: Path, source: str, begins: date, operator: Operator
) -> ListTaken:
    """Take a list in; what counts today bounds prices from this step on.

    ``source``: how its owner calls it; ``begins``: for rows that name no day of their own.
    :raises NotAllowed: the right to change prices is lacking; :raises BadFile: the file as a
    whole cannot be used; :raises BadValue: no source; :raises BadFile: not one row fits.
    """
    require(doors, operator, Right.CHANGE_PRICE)
    name = " ".join(source.split())
    if not 1 <= len(name) <= 100:
        raise BadValue(what="source", why="1 - 100")
    needed = ("price", "batch", "quantity") if kind is TermKind.SELECTED else ("price",)
    rows = list(table_of(path, HEADINGS, needed, MOST_ROWS))
    if not rows:
        raise BadFile(file=path.name, why="import.file_empty")
    checksum = digest_of_file(path)
    now = doors.clock.now()
    told = PriceList(doors.ids.new(), kind, name, begins, 0, checksum, now, operator.staff.id)
    with doors.uow() as uow:
        before = uow.medicines.version()
        terms, refused = _terms(doors, uow, told, rows)
        fresh = _news(uow, terms)
        told = replace(told, rows=len(fresh))
        uow.prices.keep_list(told, fresh)
        touched = sorted({one.medicine_id for one in fresh})
        changed = bound_today(uow, touched, shop_time(now).date())
        entry = {"list": told.id, "kind": kind.value, "rows": len(fresh), "checksum": checksum}
        uow.log.append("price.list", operator.staff.id, now, entry)
        if fresh:
            uow.commit()
    unchanged = len(terms) - len(fresh)
    return ListTaken(told, len(rows), len(fresh), unchanged, tuple(refused), tuple(changed), before)


def _terms(
    doors: Doors, uow: UnitOfWork, told: PriceList, rows: Sequence[TableRow]
) -> tuple[list[PriceTerm], list[RowOut]]:
    known = _Known(uow, rows)
    terms: list[PriceTerm] = []
    refused: list[RowOut] = []
    seen: dict[tuple[str, date], int] = {}
    for row in rows:
        try:
            if row.why:
                raise _Refused(row.why)
            medicine = known.drug_of(row.cells, told.kind)
            term = _term(doors, told, medicine, row.cells)
            first = seen.setdefault((medicine.id, term.begins), row.number)
            if first != row.number:
                raise _Refused("prices.row_twice", first=first)
            terms.append(term)
        except _Refused as out:
            refused.append(RowOut(row.number, out.why, out.params))
    return terms, refused


class _Known:
    """The shop's drugs that the rows may mean, looked up together."""

    def __init__(self, uow: UnitOfWork, rows: Sequence[TableRow]) -> None:
        national = sorted({row.cells.get("national_code", "") for row in rows} - {""})
        own = sorted({row.cells.get("shop_code", "") for row in rows} - {""})
        self._own = {
            one.shop_code: one for one in uow.medicines.by_keys([f"code:{c}" for c in own]).values()
        }
        self._national: dict[str, list[Medicine]] = {}
        for one in uow.medicines.alike([], national):
            self._national.setdefault(one.national_code, []).append(one)

    def drug_of(self, cells: Mapping[str, str], kind: TermKind) -> Medicine:
        own, national = cells.get("shop_code", ""), cells.get("national_code", "")
        if own:
            if own not in self._own:
                raise _Refused("prices.row_no_drug", code=own[:40])
            found = [self._own[own]]
        elif national:
            found = self._national.get(national, [])
        else:
            raise _Refused("prices.row_no_code")
        if national and any(one.national_code != national for one in found):
            raise _Refused("prices.row_other_code", code=national[:40])
        if not found:
            raise _Refused("prices.row_no_drug", code=national[:40])
        same = [one for one in found if _alike(cells, one)]
        if not same:
            other = found[0]
            raise _Refused("prices.row_other_pack", name=other.display_name, spec=other.spec,
                           maker=other.manufacturer)  # fmt: skip
        if len(same) > 1:
            raise _Refused("prices.row_several", code=national[:40])
        if kind is TermKind.LISTED and not (cells.get("spec") and cells.get("maker")):
            raise _Refused("prices.row_no_pack")
        return same[0]


def _alike(cells: Mapping[str, str], one: Medicine) -> bool:
    """Same maker and same specification, as far as the row says (EZ-3a)."""
    pairs = (("spec", one.spec), ("maker", one.manufacturer))
    return all(not cells.get(key) or folded(cells[key]) == folded(value) for key, value in pairs)


def _term(doors: Doors, told: PriceList, medicine: Medicine, cells: Mapping[str, str]) -> PriceTerm:
    begins = _day(cells, "begins") or told.begins
    ends = _day(cells, "ends")
    if ends is not None and ends < begins:
        raise _Refused("prices.row_days")
    return PriceTerm(
        id=doors.ids.new(),
        medicine_id=medicine.id,
        kind=told.kind,
        price=_price(cells["price"]),
        begins=begins,
        ends=ends,
        source=told.source,
        list_id=told.id,
        batch=cells.get("batch", "")[:60],
        quantity=_quantity(cells) if told.kind is TermKind.SELECTED else None,
        by_hq=_flag(cells),
    )


def _price(text: str) -> Money:
    try:
        price = Money.of(text.replace(",", "").removesuffix("元"))
    except BadValue:
        raise _Refused("prices.row_price", text=text[:20]) from None
    if not Money(0) < price <= _TOP:
        raise _Refused("prices.row_price", text=text[:20])
    return price


def _quantity(cells: Mapping[str, str]) -> Quantity:
    text = cells.get("quantity", "")
    try:
        packs = Quantity.of(text)
    except BadValue:
        raise _Refused("prices.row_quantity", text=text[:20]) from None
    if not Quantity(0) < packs <= Quantity.of(10_000_000) or not packs.is_whole():
        raise _Refused("prices.row_quantity", text=text[:20])
    return packs


def _day(cells: Mapping[str, str], name: str) -> date | None:
    text = cells.get(name, "")
    if not text:
        return None
    day = day_of(text, last=name == "ends")
    if day is None:
        raise _Refused("prices.row_day", text=text[:20])
    return day


def _flag(cells: Mapping[str, str]) -> bool:
    text = cells.get("by_hq", "").casefold()
    if text not in _YES | _NO:
        raise _Refused("prices.row_flag", text=text[:20])
    return text in _YES


def _news(uow: UnitOfWork, terms: Sequence[PriceTerm]) -> list[PriceTerm]:
    """Rows that say something that is not known yet: the same file twice brings nothing."""
    known = uow.prices.terms_of([one.medicine_id for one in terms])
    return [one for one in terms if not any(_same(one, old) for old in _latest(known, one))]


def _latest(known: Mapping[str, list[PriceTerm]], one: PriceTerm) -> Iterator[PriceTerm]:
    """What an earlier list said of the drug from the same day on, the last word of it."""
    said = [
        old
        for old in known.get(one.medicine_id, ())
        if old.kind is one.kind and old.begins == one.begins
    ]
    yield from sorted(said, key=lambda old: old.id)[-1:]


def _same(one: PriceTerm, old: PriceTerm) -> bool:
    return replace(one, id="", list_id="", source="") == replace(old, id="", list_id="", source="")
