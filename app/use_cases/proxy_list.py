"""The list with its amounts that a proxy signs, made from the sale and the platform's figures."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.insurance import FundSplit
from app.domain.masking import mask_name
from app.domain.print_job import PrintJob
from app.domain.proxy import ListedLine, ListedPart, ProxyPurchase, PurchaseList, list_of
from app.domain.sale import Sale, SaleLine, digest_of
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.payment import LIVE, payment_view
from app.use_cases.views import ProxySlip


def purchase_list(
    one: ProxyPurchase, sale: Sale, attempts: Sequence[Settlement]
) -> PurchaseList | None:
    """What would be paid now, by the answers where there are some, else by the quotes.

    None where no platform has said anything that still fits the basket.
    """
    live = [each for each in attempts if each.state in LIVE]
    if not live or any(each.split is None or not _fits(sale, each) for each in live):
        return None
    paid = payment_view(sale, live)
    return PurchaseList(
        sale_id=sale.id,
        patient_id=one.patient_id,
        proxy_id=one.proxy_id,
        relation=one.relation,
        reason=one.reason,
        proof=one.proof,
        lines=tuple(_line(line) for line in sale.lines),
        parts=tuple(_part(each.settlement_type, each.split) for each in live if each.split),
        total=sale.total,
        cash_due=paid.cash_due,
    )


def differs(one: ProxyPurchase, sale: Sale, attempts: Sequence[Settlement]) -> bool:
    """Whether the list that was made is not what would be paid now."""
    now = purchase_list(one, sale, attempts)
    return now is None or now.digest() != one.list_digest


def paper_name(one: ProxyPurchase, again: str = "") -> str:
    """The id of the paper with the list that stands now; ``again``: of one more copy."""
    return f"{one.id}/{one.list_digest[:16]}{f'/{again}' if again else ''}"


def proxy_slip(uow: UnitOfWork, job: PrintJob) -> ProxySlip:
    """What the paper of a job says; :raises NotFound: another list stands now, or none."""
    one = uow.proxies.get(job.id.partition("/")[0])
    if not one.list_digest or not job.id.startswith(paper_name(one)):
        raise NotFound(what="list of a proxy purchase")
    return ProxySlip(
        proxy=mask_name(uow.persons.get(one.proxy_id).person.name),
        relation=one.relation,
        reason=one.reason,
        listed=list_of(one.list_text),
        digest=one.list_digest,
    )


def _fits(sale: Sale, one: Settlement) -> bool:
    """A quote of other lines than those that lie here now is none; what was settled stays."""
    if one.state is not SettlementState.QUOTED:
        return True
    lines = [line for line in sale.lines if line.no in one.line_nos]
    return len(lines) == len(one.line_nos) and digest_of(lines, one.account_use) == one.digest


def _line(line: SaleLine) -> ListedLine:
    item = line.item
    return ListedLine(
        line.no, item.name, item.spec, item.maker, line.quantity, item.unit, line.price, line.amount
    )


def _part(settlement_type: str, split: FundSplit) -> ListedPart:
    return ListedPart(
        settlement_type=settlement_type,
        total=split.total,
        fund=split.fund + split.institution,
        account=split.account - split.mutual_aid,
        mutual_aid=split.mutual_aid,
        cash=split.cash,
    )
