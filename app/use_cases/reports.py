"""Reports of a period as plain rows: shown, sorted and exported from the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

from app.domain.balance import Heading, Period
from app.domain.clock import shop_time
from app.domain.money import Money, Quantity
from app.domain.sale import TenderKind
from app.domain.staff import Right
from app.domain.stock_document import DocumentKind
from app.errors import BadValue
from app.use_cases.balance import BalanceTable, balance_table
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.shift_rules import rules_in

Value = str | int | Money | Quantity | date | datetime | None
"""What a cell of a report holds; texts that begin with ``~`` are message ids of coded values."""

INSURED: Final = (TenderKind.FUND, TenderKind.ACCOUNT, TenderKind.MUTUAL_AID,
                  TenderKind.INSTITUTION)  # fmt: skip

_UNNAMED: Final = ("", "", "", "")

BY_BUSINESS_DAY: Final = frozenset({
    "sales_by_drug", "sales_by_day", "sales_by_cashier", "fund_split"
})  # fmt: skip
"""Lists of what was sold: a sale after midnight belongs to the evening, as in the close of day.

The others are of goods and papers and go by the calendar, as the platform's uploads do.
"""

WATCH_PRICE, WATCH_PACKS = "watch.price", "watch.packs"
WATCH: Final = ("500", "300")
"""Yuan a pack and packs a period, until the shop says otherwise: no rule names a figure."""


@dataclass(frozen=True, slots=True)
class Report:
    """One list."""

    name: str
    period: Period
    columns: tuple[str, ...]
    """Message ids ``reports.column_<id>``."""
    rows: tuple[tuple[Value, ...], ...]
    subjects: tuple[str, ...] = ()
    """The drug of each row, where a row is one."""
    turns_at: time | None = None
    """When its business days turn; None = it counts days of the calendar."""


def report(doors: Doors, operator: Operator, name: str, period: Period) -> Report:
    """A report by its name (:data:`REPORTS`); call it where nobody waits.

    :raises NotAllowed: the operator does not see costs; :raises BadValue: no such report.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    make = REPORTS.get(name)
    if make is None:
        raise BadValue(what="report", why=name)
    made = make(doors, operator, period)
    if name not in BY_BUSINESS_DAY:
        return made
    with doors.uow() as uow:
        return replace(made, turns_at=rules_in(uow).turns_at)


def _sales_by_drug(doors: Doors, operator: Operator, period: Period) -> Report:
    del operator
    with doors.uow() as uow:
        found = uow.reports.lines(period, rules_in(uow).turns_at)
        drugs = uow.medicines.many([one.medicine_id for one in found])
    rows, subjects = [], []
    for one in found:
        drug = drugs.get(one.medicine_id)
        told = (
            (drug.shop_code, drug.display_name, drug.spec, drug.manufacturer) if drug else _UNNAMED
        )
        rows.append((
            *told, one.insured, one.insured_money, one.own, one.own_money, one.back,
            one.back_money, one.insured + one.own - one.back,
            one.insured_money + one.own_money - one.back_money,
        ))  # fmt: skip
        subjects.append(one.medicine_id)
    order = sorted(range(len(rows)), key=lambda at: (rows[at][1], rows[at][2], subjects[at]))
    columns = (
        "code", "drug", "spec", "maker", "insured_packs", "insured_money", "own_packs",
        "own_money", "back_packs", "back_money", "net_packs", "net_money",
    )  # fmt: skip
    return Report(
        "sales_by_drug", period, columns, tuple(rows[at] for at in order),
        tuple(subjects[at] for at in order),
    )  # fmt: skip


def _by(
    doors: Doors, period: Period, key: Callable[[date, str], tuple[Value, ...]]
) -> Iterator[tuple[Value, ...]]:
    with doors.uow() as uow:
        turn = rules_in(uow).turns_at
        takings, tenders = uow.reports.takings(period, turn), uow.reports.tenders(period, turn)
    sums: dict[tuple[Value, ...], list[int]] = {}
    kinds: dict[tuple[Value, ...], dict[str, int]] = {}
    for one in takings:
        row = sums.setdefault(key(one.day, one.cashier_id), [0, 0, 0, 0])
        figures = (one.receipts, one.total.fen, one.undone, one.undone_total.fen)
        for at, more in enumerate(figures):
            row[at] += more
    for tender in tenders:
        mine = kinds.setdefault(key(tender.day, tender.cashier_id), {})
        mine[tender.kind] = mine.get(tender.kind, 0) + tender.amount.fen
    for each, (receipts, total, undone, back) in sorted(
        sums.items(), key=lambda pair: f"{pair[0]}"
    ):
        split = kinds.get(each, {})
        money = tuple(Money(split.get(kind.value, 0)) for kind in TenderKind)
        yield (*each, receipts, Money(total), undone, Money(back), Money(total - back), *money)


_TAKEN: Final = ("receipts", "total", "undone", "undone_total", "net_money",
                 *(f"tender_{kind.value}" for kind in TenderKind))  # fmt: skip


def _sales_by_day(doors: Doors, operator: Operator, period: Period) -> Report:
    del operator
    rows = tuple(_by(doors, period, lambda day, _cashier: (day,)))
    columns = ("day", *_TAKEN)
    with doors.uow() as uow:
        portal = uow.portal.days(period)
    if portal:  # a store that never used it is shown no empty columns
        columns += ("portal_receipts", "portal_money")
        by_day = {f"{day}": figures for day, figures in portal.items()}
        rows = tuple((*row, *by_day.get(f"{row[0]}", (0, Money(0)))) for row in rows)
    return Report("sales_by_day", period, columns, rows)


def _portal(doors: Doors, operator: Operator, period: Period) -> Report:
    """Every settlement and cancel that was keyed in from the insurer's portal (SJZ-A.7)."""
    del operator
    names = _staff(doors)
    with doors.uow() as uow:
        found = uow.portal.between(period.begins, period.ends)
        slips = {one.sale_id: uow.sales.get(one.sale_id).receipt_no for one in found}
    rows = tuple(
        (
            one.told_at, slips[one.sale_id],
            "~reports.portal_cancel" if one.cancel else "~reports.portal_settled", one.setl_id,
            one.total, one.fund, one.account, one.cash, names.get(one.by, one.by), one.at,
        )
        for one in found
    )  # fmt: skip
    columns = (
        "at", "receipt", "keyed", "setl_id", "money", "tender_fund", "portal_account",
        "tender_cash", "keyed_by", "keyed_at",
    )  # fmt: skip
    return Report("portal", period, columns, rows)


def _sales_by_cashier(doors: Doors, operator: Operator, period: Period) -> Report:
    del operator
    names = _staff(doors)
    rows = tuple(_by(doors, period, lambda _day, one: (names.get(one, one),)))
    return Report("sales_by_cashier", period, ("cashier", *_TAKEN), rows)


def _fund_split(doors: Doors, operator: Operator, period: Period) -> Report:
    """What the funds and the accounts owe the shop, by day: the base of its claims."""
    del operator
    with doors.uow() as uow:
        tenders = uow.reports.tenders(period, rules_in(uow).turns_at)
    days: dict[date, dict[str, int]] = {}
    rows: list[tuple[Value, ...]] = []
    for one in tenders:
        mine = days.setdefault(one.day, {})
        mine[one.kind] = mine.get(one.kind, 0) + one.amount.fen
    for day in sorted(days):
        parts = [days[day].get(kind.value, 0) for kind in INSURED]
        if any(parts):
            rows.append((day, *map(Money, parts), Money(sum(parts))))
    columns = ("day", *(f"tender_{kind.value}" for kind in INSURED), "claimed")
    return Report("fund_split", period, columns, tuple(rows))


def _purchases(doors: Doors, operator: Operator, period: Period) -> Report:
    del operator
    with doors.uow() as uow:
        found = uow.reports.bought_from(period)
        named = {one.id: one.name for one in uow.suppliers.all()} if found else {}
    rows = tuple(
        (
            named.get(one.supplier_id, one.supplier_id) or "~reports.no_supplier",
            one.papers, one.drugs, one.quantity, one.amount, one.unknown,
        )
        for one in found
    )  # fmt: skip
    columns = ("supplier", "papers", "drugs", "packs", "money", "unknown")
    return Report("purchases", period, columns, rows)


def _slow_movers(doors: Doors, operator: Operator, period: Period) -> Report:
    """What lies there and was not sold once within the period."""
    table = balance_table(doors, operator, period)
    with doors.uow() as uow:
        last = uow.reports.last_sold()
    rows, subjects = [], []
    for line in table.lines:
        sold = line.balance.flow(Heading.SOLD_INSURED) + line.balance.flow(Heading.SOLD_SELF)
        if line.balance.closing <= Quantity(0) or sold.quantity:
            continue
        at = last.get(line.balance.medicine_id)
        day = shop_time(at).date() if at is not None else None
        rows.append((
            line.shop_code, line.name, line.spec, line.maker, line.balance.closing, day,
            (period.last - day).days if day is not None and day <= period.last else None,
        ))  # fmt: skip
        subjects.append(line.balance.medicine_id)
    columns = ("code", "drug", "spec", "maker", "on_hand", "last_sold", "days_still")
    return Report("slow_movers", period, columns, tuple(rows), tuple(subjects))


def _special_diseases(doors: Doors, operator: Operator, period: Period) -> Report:
    """Drugs listed for chronic or special diseases: on hand, and what was sold of them."""
    moved = _moved(balance_table(doors, operator, period))
    now = doors.clock.now()
    names = doors.policy_on("special", now).diseases if "special" in doors.settlement_types else {}
    with doors.uow() as uow:
        listed = [one for one in uow.medicines.all() if one.diseases]
        stock = uow.stock.on_hand([one.id for one in listed])
    rows = []
    for one in listed:
        codes = "、".join(names.get(code, code) for code in one.diseases)
        rows.append((
            one.shop_code, one.display_name, one.spec, one.manufacturer, codes,
            stock[one.id], moved.get(one.id, Quantity(0)),
        ))  # fmt: skip
    columns = ("code", "drug", "spec", "maker", "diseases", "on_hand", "net_packs")
    subjects = tuple(one.id for one in listed)
    return Report("special_diseases", period, columns, tuple(rows), subjects)


def _moved(table: BalanceTable) -> Mapping[str, Quantity]:
    wanted = (Heading.SOLD_INSURED, Heading.SOLD_SELF, Heading.RETURNED)
    found = {}
    for line in table.lines:
        net = sum(line.balance.flow(each).quantity.ten_thousandths for each in wanted)
        found[line.balance.medicine_id] = Quantity(-net)
    return found


def _watch_list(doors: Doors, operator: Operator, period: Period) -> Report:
    """Dear and fast drugs: what an inspector looks at first; the shop says from where on."""
    dear, fast = watch_limits(doors)
    table = balance_table(doors, operator, period)
    sold = _moved(table)
    rows, subjects = [], []
    with doors.uow() as uow:
        drugs = {
            line.balance.medicine_id: uow.medicines.get(line.balance.medicine_id)
            for line in table.lines
            if line.name != line.balance.medicine_id
        }
    for line in table.lines:
        drug = drugs.get(line.balance.medicine_id)
        price = drug.price.times(Quantity.of(1)) if drug is not None and drug.price else None
        packs = sold.get(line.balance.medicine_id, Quantity(0))
        is_dear, is_fast = price is not None and price >= dear, packs >= fast
        if not (is_dear or is_fast):
            continue
        why = "both" if is_dear and is_fast else "dear" if is_dear else "fast"
        rows.append((
            f"~reports.watch_{why}", line.shop_code, line.name, line.spec, line.maker, price, packs,
            line.balance.closing, line.open_uploads,
        ))  # fmt: skip
        subjects.append(line.balance.medicine_id)
    columns = ("watch", "code", "drug", "spec", "maker", "price", "net_packs", "on_hand", "untaken")
    return Report("watch_list", period, columns, tuple(rows), tuple(subjects))


def watch_limits(doors: Doors) -> tuple[Money, Quantity]:
    """From which price, and from how many packs a period, a drug is watched."""
    with doors.uow() as uow:
        return (
            Money.of(uow.settings.get(WATCH_PRICE, WATCH[0])),
            Quantity.of(uow.settings.get(WATCH_PACKS, WATCH[1])),
        )


def set_watch_limits(doors: Doors, operator: Operator, dear: Money, fast: Quantity) -> None:
    """:raises NotAllowed: :raises BadValue: a limit that is not above zero."""
    require(doors, operator, Right.APPROVE_STOCK)
    if dear <= Money(0) or fast <= Quantity(0):
        raise BadValue(what="watch list", why="must be above zero")
    with doors.uow() as uow:
        uow.settings.put(WATCH_PRICE, f"{dear}")
        uow.settings.put(WATCH_PACKS, fast.plain())
        entry = {"fen": dear.fen, "packs": fast.plain()}
        uow.log.append("report.watch", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def _papers(doors: Doors, operator: Operator, period: Period) -> Report:
    """Register of every paper that moved goods in the period."""
    del operator
    names = _staff(doors)
    with doors.uow() as uow:
        found = uow.documents.of_kinds(tuple(DocumentKind), period.begins, period.ends)
        parties = {one.id: one.name for one in uow.suppliers.all()} if found else {}
    rows = tuple(
        (
            one.at, one.number, f"~reports.paper_{one.kind.value}",
            parties.get(one.party_id, one.party_id), names.get(one.staff_id, one.staff_id),
            names.get(one.second_id, one.second_id), one.note,
        )
        for one in found
    )  # fmt: skip
    columns = ("at", "number", "paper", "party", "staff", "second", "note")
    return Report("papers", period, columns, rows)


def _score(doors: Doors, operator: Operator, period: Period) -> Report:
    """What the agency's evaluation looks at first (LN-3.3)."""
    from app.use_cases.score import score

    del operator
    rows = tuple(
        (
            f"~reports.score_{one.name}", one.part, one.whole, one.share,
            f"~reports.score_how_{one.name}",
        )
        for one in score(doors, period)
    )  # fmt: skip
    columns = ("score", "score_part", "score_whole", "score_share", "score_how")
    return Report("score", period, columns, rows)


def _staff(doors: Doors) -> dict[str, str]:
    with doors.uow() as uow:
        return {one.id: one.name for one in uow.staff.all()}


REPORTS: Final[Mapping[str, Callable[[Doors, Operator, Period], Report]]] = {
    "sales_by_drug": _sales_by_drug,
    "sales_by_day": _sales_by_day,
    "sales_by_cashier": _sales_by_cashier,
    "fund_split": _fund_split,
    "purchases": _purchases,
    "slow_movers": _slow_movers,
    "special_diseases": _special_diseases,
    "watch_list": _watch_list,
    "papers": _papers,
    "portal": _portal,
    "score": _score,
}
"""By name, in the order in which they are offered."""
