"""The papers of a sale and of a return, as rows for the receipt printer.

销售小票 and 医保购药结算单; 退货单 and 医保退费单, both in two copies.

What the books do not know is left out, never invented. Imports no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.insurance import InsuranceRow
from app.domain.money import ZERO
from app.domain.paper import Paper, PaperRow, RowKind
from app.domain.print_job import Document
from app.domain.settlement_states import SettlementState

if TYPE_CHECKING:
    from app.domain.proxy import PurchaseList
    from app.use_cases.views import Receipt, ReceiptLine, Returned, SettlementView

Say = Callable[..., str]
_RULE = PaperRow(kind=RowKind.RULE)
SHOPS_COPY = 2


def paper(receipt: Receipt, document: Document, copy: int, *, say: Say, near_days: int) -> Paper:
    """One paper of a sale; ``near_days``: packs that expire within so many days say so (3.4)."""
    rows: Iterator[PaperRow]
    if document is Document.SETTLEMENT:
        rows = _settlement(receipt, copy, say, near_days)
    elif document is Document.RETURN:
        rows = _return(receipt, copy, say)
    elif document is Document.REFUND:
        rows = _refund(receipt, copy, say)
    elif document is Document.PROXY_LIST:
        rows = _proxy_list(receipt, say)
    else:
        rows = _sale(receipt, say, near_days)
    return Paper(tuple(rows))


def composer(say: Say, near_days: int) -> Callable[[Receipt, Document, int], Paper]:
    """:data:`app.use_cases.print_slips.Compose` in the words of ``say``."""
    return partial(paper, say=say, near_days=near_days)


def _head(receipt: Receipt, say: Say) -> Iterator[PaperRow]:
    yield PaperRow(receipt.shop_name, kind=RowKind.TITLE)
    if receipt.mark:
        yield PaperRow(say(f"receipt.mark_{receipt.mark}"), kind=RowKind.TITLE)
    if receipt.reprint:
        yield PaperRow(say("receipt.reprint"), kind=RowKind.STRONG)
    if receipt.state != "done" and receipt.returned is None:
        yield PaperRow(say(f"receipt.state_{receipt.state}"), kind=RowKind.STRONG)


def _foot(receipt: Receipt, say: Say) -> Iterator[PaperRow]:
    if receipt.mark:
        yield PaperRow(say(f"receipt.mark_{receipt.mark}"), kind=RowKind.TITLE)


def _known(say: Say, **texts: str) -> Iterator[PaperRow]:
    """Fields of the slip by the tails of their ids; what is empty has no row."""
    for name, text in texts.items():
        if text:
            yield PaperRow(say(f"slip.{name}"), text)


def _whose(receipt: Receipt, say: Say) -> Iterator[PaperRow]:
    """Which shop, slip, time and people: on every paper."""
    yield PaperRow(say("receipt.institution"), receipt.institution_code)
    yield PaperRow(say("receipt.number"), receipt.receipt_no)
    yield PaperRow(say("receipt.at"), f"{shop_time(receipt.at):%Y-%m-%d %H:%M:%S}")
    yield PaperRow(say("receipt.till", till=receipt.till), receipt.cashier)
    if receipt.patient:
        yield PaperRow(say("receipt.patient"), receipt.patient)
    yield from _known(
        say, rx=receipt.rx_no, reviewer=receipt.reviewer,
        picker=receipt.picker, checker=receipt.checker,
    )  # fmt: skip


def _sale(receipt: Receipt, say: Say, near_days: int) -> Iterator[PaperRow]:
    yield from _head(receipt, say)
    yield from _whose(receipt, say)
    yield _RULE
    for line in receipt.lines:
        yield from _line(line, say)
        if _expires_soon(line, receipt, near_days):
            yield PaperRow(say("slip.near_expiry"), kind=RowKind.STRONG)
    yield _RULE
    yield PaperRow(say("payment.total"), str(receipt.total), RowKind.STRONG)
    for tender in receipt.tenders:
        yield PaperRow(say(f"receipt.tender_{tender.kind.value}"), str(tender.amount))
    if receipt.given:
        yield PaperRow(say("payment.given"), str(receipt.given))
        yield PaperRow(say("payment.change"), str(receipt.change), RowKind.STRONG)
    yield _RULE
    yield PaperRow(say("receipt.thanks"))
    yield PaperRow(receipt.receipt_no, kind=RowKind.QR)
    yield from _foot(receipt, say)


def _expires_soon(line: ReceiptLine, receipt: Receipt, near_days: int) -> bool:
    last_day = shop_time(receipt.at).date() + timedelta(days=near_days)
    return bool(near_days) and line.expiry is not None and line.expiry <= last_day


def _line(line: ReceiptLine, say: Say) -> Iterator[PaperRow]:
    yield PaperRow(f"{line.name} {line.spec}", kind=RowKind.STRONG)
    if line.generic_name and line.generic_name not in line.name:
        yield PaperRow(say("slip.generic"), line.generic_name)
    counted = f"{line.price.plain()} × {line.quantity.plain()} {line.unit}"
    yield PaperRow(counted, str(line.amount))
    if line.maker:
        yield PaperRow(line.maker)
    if line.batch:
        expiry = f"{line.expiry:%Y-%m-%d}" if line.expiry else "—"
        yield PaperRow(say("receipt.batch", batch=line.batch, expiry=expiry))
    for code in line.trace_codes:
        yield PaperRow(say("receipt.code", code=code))


def _settlement(receipt: Receipt, copy: int, say: Say, near_days: int) -> Iterator[PaperRow]:
    yield from _head(receipt, say)
    yield PaperRow(say("slip.settlement_title"), kind=RowKind.TITLE)
    yield PaperRow(say(f"slip.copy_{copy}"), kind=RowKind.STRONG)
    yield from _whose(receipt, say)
    for one in receipt.settlements:
        yield _RULE
        yield from _one_settlement(one, say)
    yield _RULE
    for line in receipt.lines:
        if _expires_soon(line, receipt, near_days):
            yield PaperRow(f"{line.name} {say('slip.near_expiry')}", f"{line.expiry:%Y-%m-%d}")
    yield from _signed(copy, say)
    yield from _foot(receipt, say)


def _signed(copy: int, say: Say) -> Iterator[PaperRow]:
    """The shop's copy has the line for the customer's hand."""
    if copy == SHOPS_COPY:
        yield PaperRow(say("slip.signature"), kind=RowKind.SIGN)


def _return(receipt: Receipt, copy: int, say: Say) -> Iterator[PaperRow]:
    yield from _head(receipt, say)
    yield PaperRow(say("slip.return_title"), kind=RowKind.TITLE)
    yield PaperRow(say(f"slip.copy_{copy}"), kind=RowKind.STRONG)
    yield from _whose(receipt, say)
    one = receipt.returned
    if one is not None:
        yield from _came_back(one, say)
    yield from _signed(copy, say)
    yield from _foot(receipt, say)


def _came_back(one: Returned, say: Say) -> Iterator[PaperRow]:
    yield _RULE
    yield PaperRow(say("slip.returned_at"), f"{shop_time(one.at):%Y-%m-%d %H:%M:%S}")
    yield PaperRow(say("slip.returned_by"), one.cashier)
    yield PaperRow(say("slip.reason"), say(f"return.reason_{one.reason}"))
    yield _RULE
    for line in one.lines:
        yield from _line(line, say)
    yield _RULE
    yield PaperRow(say("slip.returned_total"), str(one.total), RowKind.STRONG)
    for kind, amount in one.back:
        words, told = ("slip.back", amount) if amount > ZERO else ("slip.paid_more", -amount)
        yield PaperRow(say(words, kind=say(f"receipt.tender_{kind}")), str(told))
    if one.remainder_no:
        yield PaperRow(say("slip.remainder"), one.remainder_no)


def _refund(receipt: Receipt, copy: int, say: Say) -> Iterator[PaperRow]:
    yield from _head(receipt, say)
    yield PaperRow(say("slip.refund_title"), kind=RowKind.TITLE)
    yield PaperRow(say(f"slip.copy_{copy}"), kind=RowKind.STRONG)
    yield from _whose(receipt, say)
    for one in receipt.settlements:
        if one.state == SettlementState.CANCELLED:
            yield _RULE
            yield from _known(say, cancel_id=one.cancel_id)
            yield from _one_settlement(one, say, "refund")
    yield _RULE
    if receipt.returned is not None and receipt.returned.remainder_no:
        yield PaperRow(say("slip.remainder"), receipt.returned.remainder_no)
    yield from _signed(copy, say)
    yield from _foot(receipt, say)


def _proxy_list(receipt: Receipt, say: Say) -> Iterator[PaperRow]:
    """购药清单 before the settlement: what the proxy signs, with the amounts of the quote."""
    yield PaperRow(receipt.shop_name, kind=RowKind.TITLE)
    if receipt.mark:
        yield PaperRow(say(f"receipt.mark_{receipt.mark}"), kind=RowKind.TITLE)
    yield PaperRow(say("proxy.paper_title"), kind=RowKind.TITLE)
    if receipt.reprint:
        yield PaperRow(say("receipt.reprint"), kind=RowKind.STRONG)
    one = receipt.proxy
    if one is None:
        return
    yield PaperRow(say("receipt.institution"), receipt.institution_code)
    yield PaperRow(say("receipt.till", till=receipt.till), receipt.cashier)
    yield PaperRow(say("receipt.patient"), receipt.patient)
    yield PaperRow(say("proxy.paper_proxy"), one.proxy)
    yield PaperRow(say("proxy.page_relation"), say(f"proxy.relation_{one.relation}"))
    yield PaperRow(say("proxy.page_reason"), say(f"proxy.reason_{one.reason}"))
    yield _RULE
    for line in one.listed.lines:
        yield PaperRow(f"{line.name} {line.spec}", kind=RowKind.STRONG)
        counted = f"{line.price.plain()} × {line.quantity.plain()} {line.unit}"
        yield PaperRow(counted, str(line.amount))
    yield _RULE
    yield from _proxy_parts(one.listed, say)
    yield _RULE
    yield PaperRow(say("proxy.paper_words"))
    yield PaperRow(f"{one.digest[:16]}")
    yield PaperRow(say("proxy.paper_sign"), kind=RowKind.SIGN)
    yield from _foot(receipt, say)


def _proxy_parts(listed: PurchaseList, say: Say) -> Iterator[PaperRow]:
    """Who pays what, a settlement each, and what is left for the proxy to pay."""
    for part in listed.parts:
        kind = say(f"payment.type_{part.settlement_type}")
        yield PaperRow(kind, str(part.total), RowKind.STRONG)
        paid = {"fund": part.fund, "account": part.account, "aid": part.mutual_aid}
        for name, amount in paid.items():
            if amount or name == "fund":
                yield PaperRow(say(f"proxy.pays_{name}"), str(amount))
        yield PaperRow(say("proxy.pays_cash"), str(part.cash))
    yield PaperRow(say("proxy.total"), str(listed.total))
    yield PaperRow(say("proxy.cash_due"), str(listed.cash_due), RowKind.STRONG)


def _one_settlement(one: SettlementView, say: Say, group: str = "slip") -> Iterator[PaperRow]:
    """``group``: of the words for the amounts; what was paid, or what went back."""
    yield from _known(
        say,
        setl_id=one.setl_id,
        scheme=_scheme(one, say),
        person_class=_person_class(one, say),
        kind=say(f"payment.type_{one.settlement_type}"),
    )
    if one.mode == "portal_assisted":
        yield PaperRow(say("portal.slip"), kind=RowKind.STRONG)
    if one.infver:
        yield PaperRow(say("slip.interface"), one.infver)
    if one.catalogue:
        yield PaperRow(say("slip.catalogue"), one.catalogue)
    split = one.split
    if split is None:
        return
    yield PaperRow(say(f"{group}.total"), str(split.total), RowKind.STRONG)
    yield PaperRow(say(f"{group}.pool"), str(split.fund))
    if split.institution:
        yield PaperRow(say(f"{group}.institution"), str(split.institution))
    yield PaperRow(say(f"{group}.account"), str(split.account))
    if split.mutual_aid:
        yield PaperRow(say(f"{group}.family"), str(split.mutual_aid))
    yield PaperRow(say(f"{group}.cash"), str(split.cash), RowKind.STRONG)
    # What the account holds after a refund is not in the answer to the settling.
    if split.balance_after is not None and group == "slip":
        yield PaperRow(say("slip.balance"), str(split.balance_after))


def _scheme(one: SettlementView, say: Say) -> str:
    if not one.insutype:
        return ""
    named = f"patient.insutype_{one.insutype}"
    words = say(named)
    return one.insutype if words == named else words  # a code that we do not know is told as it is


def _person_class(one: SettlementView, say: Say) -> str:
    if not one.person_type:
        return ""
    row = InsuranceRow(one.insutype, one.person_type, "", "", ZERO)
    return say(f"patient.category_{row.category()}")
