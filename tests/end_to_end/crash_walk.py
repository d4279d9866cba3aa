"""The walk of a settlement: quoted, settled, completed, cancelled, brought back; see killing.py."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Quantity
from app.domain.returns import ReturnReason
from app.domain.sale import Tender, TenderKind
from app.domain.sale_states import SaleState
from tests.end_to_end.killing import AheadClock, Books, Plan, Stage, Story, books, main, recover
from ui.bench.makers import prescription
from ui.bootstrap import OpenShop


def sell(open_shop: OpenShop, act: str, plan: Plan, stage: Stage) -> None:
    """Quote, settle, then as ``act`` says: complete, cancel, refund or return one box."""
    shop = open_shop.shop
    stage("quote")
    operator = shop.sign_in("1001", "100100")
    credential = Credential(CredentialKind.ID_CARD, plan["person"])
    drug = next(hit.medicine for hit in shop.search("阿莫西林", 5) if hit.medicine.price)
    sale = shop.open_basket(operator)
    for box in range(2):
        serial = f"{os.getpid() % 10**6:06d}{datetime.now(UTC).microsecond:06d}{box}"
        sale.add(
            shop.item_of(drug),
            shop.price_of(drug),
            Quantity.of(1),
            drug.trace_product_code + serial,
        )
    shop.keep_basket(sale)
    sale = shop.attach_prescription(sale, prescription(sale.id[-12:]), "2001", "200200")
    patient = shop.identify(credential, operator)
    quoted = shop.quote(sale, patient, "0", operator)
    assert quoted.settlements, quoted.notes
    stage("settle")
    paid = shop.settle_next(sale.id, patient, operator, lambda _step: None)
    if act == "cancel":
        shop.cancel_settlements(sale.id, operator)
        return
    own = (Tender(TenderKind.CASH, paid.cash_due),)
    shop.complete_sale(sale.id, own, paid.cash_due, operator)
    if act in ("refund", "return_one"):
        back = 2 if act == "refund" else 1
        one = shop.quote_return(
            sale.id, {1: Quantity.of(back)}, (), ReturnReason.QUALITY, operator, credential
        )
        shop.run_return(one.return_id, operator, credential, lambda _leg: None)


def next_morning(open_shop: OpenShop, plan: Plan, clock: AheadClock) -> Books:
    """Recovery at start and later, then a person finishes what stands open."""
    recover(open_shop, clock)
    finish(open_shop, plan)
    return books(open_shop.shop.doors, open_shop.engine)


def finish(open_shop: OpenShop, plan: Plan) -> None:
    """Returns that stopped between two legs, and sales that only wait for their cash."""
    shop = open_shop.shop
    operator = shop.sign_in("3001", "300300")
    credential = Credential(CredentialKind.ID_CARD, plan["person"])
    for one in shop.open_returns():
        shop.run_return(one.return_id, operator, credential, lambda _leg: None)
    for sale in shop.unfinished_sales():
        if sale.state is SaleState.COMPLETING and not sale.replaces:
            due = shop.payment(sale.id).cash_due
            shop.complete_sale(sale.id, (Tender(TenderKind.CASH, due),), due, operator)


if __name__ == "__main__":
    main(Story(sell, next_morning))
