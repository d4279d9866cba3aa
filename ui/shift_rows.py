"""The report of a shift or a day as rows: one list for the slip, the A4 sheet, screen and table.

Imports no Qt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.anchor import printed
from app.domain.clock import shop_time
from app.domain.money import ZERO, Money
from app.domain.paper import Paper, PaperRow, RowKind
from app.domain.sale import TenderKind
from app.use_cases.day_open_items import REF_CODES
from app.use_cases.shift_report import ItemRow, MoveRow, PortalRow, Report, ShiftRow, sum_of

if TYPE_CHECKING:
    Say = Callable[..., str]

_RULE = PaperRow(kind=RowKind.RULE)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def report_paper(report: Report, say: Say) -> Paper:
    """The slip of a report; copies after the first say 补打."""
    return Paper(tuple(_paper(report, say)))


def _paper(report: Report, say: Say) -> Iterator[PaperRow]:
    yield PaperRow(report.shop_name, kind=RowKind.TITLE)
    if report.mark:
        yield PaperRow(say(f"receipt.mark_{report.mark}"), kind=RowKind.TITLE)
    yield PaperRow(title_of(report, say), kind=RowKind.TITLE)
    if report.reprint:
        yield PaperRow(say("receipt.reprint"), kind=RowKind.STRONG)
    yield from report_rows(report, say)
    yield _RULE
    yield PaperRow(say("shift.paper_sign"), kind=RowKind.SIGN)
    if report.mark:
        yield PaperRow(say(f"receipt.mark_{report.mark}"), kind=RowKind.TITLE)


def title_of(report: Report, say: Say) -> str:
    """班次报表 or 日结单."""
    return say(f"shift.paper_{report.kind}")


def report_rows(report: Report, say: Say) -> list[PaperRow]:
    """Everything below the title; a strong row without an amount begins a part."""
    rows = [*_head(report, say)]
    for shift in report.shifts:
        rows += [_RULE, *_shift(shift, say, titled=report.kind == "day")]
    rows += _paid(report, say)
    rows += _types(report, say)
    rows += _portal(report.portal, say)
    rows += _moves(report.moves, say)
    if report.kind == "day":
        rows += [_RULE, *_items(report.items, say)]
        rows += [_RULE, *_sum(report, say)]
    return rows


def _head(report: Report, say: Say) -> Iterator[PaperRow]:
    if report.kind == "shift":
        yield PaperRow(say("shift.number"), report.ref)
        yield PaperRow(say("shift.day"), f"{report.day}")
        return
    yield PaperRow(say("shift.day"), f"{report.day}")
    yield PaperRow(say("shift.close_no"), f"{report.no}")
    if report.closed_at is not None:
        yield PaperRow(say("shift.closed_at"), _at(report.closed_at))
    yield PaperRow(say("shift.closed_by"), report.closed_by)
    sold = Money.total(row.sold for row in report.types)
    back = Money.total(row.back for row in report.types)
    yield PaperRow(say("shift.sold"), str(sold))
    yield PaperRow(say("shift.back"), str(back))
    yield PaperRow(say("shift.net"), str(sold - back), RowKind.STRONG)


def _shift(one: ShiftRow, say: Say, *, titled: bool) -> Iterator[PaperRow]:
    if titled:
        yield PaperRow(say("shift.part_shift", number=one.number), kind=RowKind.STRONG)
    yield PaperRow(say("shift.holder"), one.holder)
    yield PaperRow(say("shift.opened"), _at(one.opened))
    if one.ended is not None:
        yield PaperRow(say("shift.ended"), _at(one.ended))
    yield PaperRow(say("shift.state"), say(f"shift.state_{one.state}"))
    yield PaperRow(say("shift.receipts"), f"{one.receipts}")
    if one.receipts:
        yield PaperRow(say("shift.first"), one.first)
        yield PaperRow(say("shift.last"), one.last)
    yield PaperRow(say("shift.returns"), f"{one.returns}")
    yield PaperRow(say("shift.no_sale"), f"{one.no_sale}")
    yield from _drawer(one, say)


def _drawer(one: ShiftRow, say: Say) -> Iterator[PaperRow]:
    yield PaperRow(say("shift.part_drawer"), kind=RowKind.STRONG)
    known = str(one.opening) if one.opening is not None else say("shift.float_unknown")
    yield PaperRow(say("shift.opening"), known)
    if one.expected is None:
        yield PaperRow(say("shift.came_in"), str(one.came_in))
        yield PaperRow(say("shift.went_out"), str(one.went_out))
        yield PaperRow(say("shift.blind"))
        return
    for name, amount in (
        ("cash_sales", one.cash_sales),
        ("cash_back", one.cash_back),
        ("came_in", one.came_in),
        ("went_out", one.went_out),
    ):
        yield PaperRow(say(f"shift.{name}"), str(amount))
    yield PaperRow(say("shift.expected"), str(one.expected), RowKind.STRONG)
    for number, counted in enumerate(one.counts, 1):
        name = say("shift.counted") if len(one.counts) == 1 else say("shift.count_no", no=number)
        yield PaperRow(name, str(counted), RowKind.STRONG)
    if one.difference is not None:
        yield PaperRow(say("shift.difference"), signed(one.difference), RowKind.STRONG)
    if one.releaser:
        yield PaperRow(say("shift.releaser"), one.releaser)


def _paid(report: Report, say: Say) -> Iterator[PaperRow]:
    """By way of paying, then by cashier where there is more than one."""
    if not report.paid:
        return
    yield _RULE
    yield PaperRow(say("shift.part_paid"), kind=RowKind.STRONG)
    for kind in TenderKind:
        sold, back = sum_of(report, kind.value)
        if sold or back:
            name = say(f"receipt.tender_{kind.value}")
            yield PaperRow(name, str(sold))
            if back:
                yield PaperRow(say("shift.back_of", what=name), str(-back))
    for cashier in sorted({row.cashier for row in report.paid}):
        rows = [row for row in report.paid if row.cashier == cashier]
        yield PaperRow(say("shift.part_cashier", name=cashier), kind=RowKind.STRONG)
        for row in rows:
            name = say(f"receipt.tender_{row.kind}")
            if row.sold:
                yield PaperRow(say("shift.paid_row", what=name, many=row.sales), str(row.sold))
            if row.back:
                told = say("shift.paid_back_row", what=name, many=row.backs)
                yield PaperRow(told, str(-row.back))


def _types(report: Report, say: Say) -> Iterator[PaperRow]:
    if not report.types:
        return
    yield _RULE
    yield PaperRow(say("shift.part_types"), kind=RowKind.STRONG)
    for row in report.types:
        name = say(f"payment.type_{row.settlement_type}")
        if row.sold:
            yield PaperRow(say("shift.paid_row", what=name, many=row.sales), str(row.sold))
        if row.back:
            yield PaperRow(say("shift.paid_back_row", what=name, many=row.backs), str(-row.back))


def _portal(one: PortalRow | None, say: Say) -> Iterator[PaperRow]:
    """How many and how much went by the insurer's portal (SJZ-A.7); of the money above."""
    if one is None:
        return
    yield _RULE
    yield PaperRow(say("shift.part_portal"), kind=RowKind.STRONG)
    if one.sales:
        yield PaperRow(say("shift.portal_sold", many=one.sales), str(one.sold))
        yield PaperRow(say("shift.portal_fund"), str(one.sold_fund))
    if one.backs:
        yield PaperRow(say("shift.portal_back", many=one.backs), str(-one.back))
        yield PaperRow(say("shift.portal_fund"), str(-one.back_fund))


def _moves(moves: Sequence[MoveRow], say: Say) -> Iterator[PaperRow]:
    if not moves:
        return
    yield _RULE
    yield PaperRow(say("shift.part_moves"), kind=RowKind.STRONG)
    for move in moves:
        yield PaperRow(move_words(move, say), _move_amount(move))


def move_words(move: MoveRow, say: Say) -> str:
    """When, what, why, who: 14:05 取出 存银行 练习收银员."""
    group = "printing.drawer" if move.kind == "no_sale" else f"shift.reason_{move.kind}"
    reason = say(f"{group}_{move.reason}").lstrip("1234 ")
    told = f"{shop_time(move.at):%H:%M} {say(f'shift.move_{move.kind}')} {reason} {move.by}"
    return f"{told} / {move.second}" if move.second else told


def _move_amount(move: MoveRow) -> str:
    if move.kind == "no_sale":
        return "—"
    return str(-move.amount if move.kind == "out" else move.amount)


def _items(items: Sequence[ItemRow], say: Say) -> Iterator[PaperRow]:
    told = say("shift.part_items", many=sum(row.item.many for row in items))
    yield PaperRow(told if items else say("shift.no_items"), kind=RowKind.STRONG)
    for row in items:
        yield PaperRow(item_words(row, say), f"{row.item.amount}" if row.item.amount else "")
        since = _at(row.item.since) if row.item.since is not None else ""
        yield PaperRow(f"    {since}", row.owner)


def item_words(row: ItemRow, say: Say) -> str:
    """Which thing stayed open, and how many of it."""
    item = row.item
    many = say("shift.item_many", many=item.many) if item.many > 1 else ""
    return f"{say(f'shift.item_{item.kind.value}')} {ref_words(item.ref, say)}{many}".rstrip()


def ref_words(ref: str, say: Say) -> str:
    """Which thing, as people know it: a number that is on a paper or at the platform.

    An id of the books alone says nothing to anybody: what has no other is told by amount and time.
    """
    if ref in REF_CODES:
        return say(f"shift.ref_{ref}")
    return "" if _ID.fullmatch(ref) else ref[-18:]


def _sum(report: Report, say: Say) -> Iterator[PaperRow]:
    """The checksum in groups of eight, so that two papers can be held against each other."""
    yield PaperRow(say("shift.checksum"), kind=RowKind.STRONG)
    parts = [report.hash[at : at + 8] for at in range(0, len(report.hash), 8)]
    yield PaperRow(" ".join(parts[:4]))
    yield PaperRow(" ".join(parts[4:]))
    if report.anchor:
        yield PaperRow(say("shift.anchor"), kind=RowKind.STRONG)
        yield PaperRow(printed(report.anchor))


def _at(moment: datetime) -> str:
    return f"{shop_time(moment):%Y-%m-%d %H:%M}"


def signed(amount: Money) -> str:
    """A difference with its sign, also where it is more."""
    return f"+{amount}" if amount > ZERO else str(amount)
