"""A sale with a held card: who takes the drugs along, and the receipt that must follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.domain.custody_use import CardUse, UseWay, new_use
from app.domain.evidence import EvidenceKind
from app.domain.held_facts import Obstacle
from app.domain.masking import mask_name
from app.domain.policy import needed
from app.domain.proxy import live_of
from app.domain.sale_states import SaleState
from app.errors import BadValue, NotFound
from app.use_cases.custody import Paper, require_on, seal_paper, shop_day
from app.use_cases.custody_facts import bearer_of, require_usable, shown_card, stop_of
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import name_exhibit
from app.use_cases.views import Patient

RECEIPT_DAYS = "proxy.held_receipt_days"


@dataclass(frozen=True, slots=True)
class UseOffer:
    """What may be said of the card that was shown for a sale."""

    held_id: str
    name: str = field(repr=False)
    """Masked."""
    stop: Obstacle | None
    bearer: str = field(repr=False)
    """The proxy of the sale, masked; empty = none is on record."""
    way: UseWay | None
    """As it stands on record; None = nobody said yet."""
    due: date | None = None


def use_offer(doors: Doors, sale_id: str, patient: Patient) -> UseOffer | None:
    """The card of the customer before the counter; None = no card of theirs is in custody here."""
    with doors.uow() as uow:
        use, card = uow.custody.use_of_sale(sale_id), shown_card(uow, patient)
        if use is not None:
            card = uow.custody.get(use.held_id)
        if card is None:
            return None
        today = shop_day(doors)
        proxy = live_of(uow.proxies.of_sale(sale_id))
        named = uow.persons.get(proxy.proxy_id).person.name if proxy and proxy.proxy_id else ""
        stop = stop_of(uow, card, today)
    return UseOffer(
        held_id=card.id,
        name=mask_name(card.holder.name),
        stop=stop,
        bearer=mask_name(named),
        way=use.way if use else None,
        due=use.due if use else None,
    )


def use_card(
    doors: Doors, sale_id: str, held_id: str, shipping_no: str, operator: Operator
) -> CardUse:
    """Have a sale rest on a held card: the drugs go to the proxy of this sale, or by delivery.

    Starts the clock of the hand-over receipt, which stands in for the face. May be said again
    while the sale is open. ``shipping_no``: empty = the proxy takes them along.
    :raises RuleBroken: no live consent, another card unexplained, a receipt overdue;
    :raises PackValueMissing: the pack does not say when the receipt is due;
    :raises BadValue: the sale is past its basket, or nobody named takes the goods.
    """
    policy = require_on(doors)
    days = needed(policy.person.held_receipt_days, RECEIPT_DAYS, policy.who)
    now, today = doors.clock.now(), shop_day(doors)
    with doors.uow() as uow:
        card, sale = uow.custody.get(held_id), uow.sales.get(sale_id)
        if sale.state is not SaleState.OPEN:
            raise BadValue(what="sale", why="not_open")
        require_usable(uow, card, today)
        before = uow.custody.use_of_sale(sale_id)
        bearer, cert_no = ("", "") if shipping_no.strip() else bearer_of(uow, sale_id)
        use = new_use(
            before.id if before else doors.ids.new(), card, sale_id, now, today,
            operator.staff.id, days, bearer=bearer, bearer_cert=cert_no, shipping_no=shipping_no,
        )  # fmt: skip
        if before is not None and before.held_id != held_id:
            raise BadValue(what="use", why="other_card")
        (uow.custody.save_use if before else uow.custody.add_use)(use)
        entry = {"held": held_id, "use": use.id, "sale": sale_id, "way": use.way.value,
                 "due": use.due.isoformat()}  # fmt: skip
        uow.log.append("custody.used", operator.staff.id, now, entry)
        uow.commit()
    return use


def drop_use(doors: Doors, sale_id: str, operator: Operator) -> None:
    """The sale rests on no held card after all: another customer, or the patient came in person.

    :raises NotFound: it never did; :raises BadValue: the sale is past its basket.
    """
    with doors.uow() as uow:
        use = uow.custody.use_of_sale(sale_id)
        if use is None:
            raise NotFound(what="use of a held card")
        if uow.sales.get(sale_id).state is not SaleState.OPEN:
            raise BadValue(what="sale", why="not_open")
        uow.custody.drop_use(use.id)
        entry = {"held": use.held_id, "use": use.id, "sale": sale_id}
        uow.log.append("custody.unused", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def confirm_receipt(doors: Doors, use_id: str, paper: Paper, operator: Operator) -> CardUse:
    """The patient signed for what was bought: the receipt is kept, the clock stops.

    :raises NotFound: no such use of a completed sale; :raises BadValue: twice, or no paper.
    """
    exhibit = seal_paper(doors, EvidenceKind.CUSTODY_RECEIPT, paper, use_id, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        waiting = [seen.use for seen in uow.custody.awaiting() if seen.use.id == use_id]
        if not waiting:
            raise NotFound(what="use of a held card")
        use = waiting[0].confirmed(now, operator.staff.id, exhibit.id)
        uow.custody.save_use(use)
        name_exhibit(uow, exhibit, "custody.paper")
        entry = {"held": use.held_id, "use": use.id, "sale": use.sale_id}
        uow.log.append("custody.received", operator.staff.id, now, entry)
        uow.commit()
    return use
