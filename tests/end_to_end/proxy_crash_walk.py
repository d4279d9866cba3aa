"""The walk of a proxy purchase: shown, named, listed, signed, pictured, settled; see killing.py."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

from app.domain.evidence import digest_of
from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Quantity
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.domain.signature import PenPoint, PenTrace
from app.use_cases.doors import Operator
from app.use_cases.proxy_purchase import ProxyShown
from app.use_cases.proxy_view import ProxyView
from app.use_cases.views import Patient
from tests.end_to_end.killing import (
    AheadClock,
    Books,
    Plan,
    Stage,
    Story,
    books,
    main,
    recover,
    sales_of,
)
from ui.bench.makers import prescription
from ui.bootstrap import OpenShop
from ui.shop import Shop

PATIENT = "999900196008150913"
"""The invented person chronic of resources/practice/persons.toml."""
PROXY = ProxyShown(CredentialKind.ID_CARD, "练习㐂𬭊䶮", "999900199512120020")
TRACE = PenTrace(
    600, 300, (tuple(PenPoint(10 + 20 * n, 40 + 5 * (n % 3), 500, 15 * n) for n in range(20)),)
)
JPEG = b"\xff\xd8 proxy and list"


def buy(open_shop: OpenShop, act: str, plan: Plan, stage: Stage) -> None:
    """A basket, its record, and every step to the completion."""
    shop = open_shop.shop
    operator = shop.sign_in("1001", "100100")
    sale = basket(shop, operator)
    stage("proxy")
    go_on(shop, operator, sale)


def basket(shop: Shop, operator: Operator) -> Sale:
    """One box of a disease's range, prescribed."""
    drug = next(hit.medicine for hit in shop.search("依那普利", 5) if hit.medicine.price)
    sale = shop.open_basket(operator)
    serial = f"{os.getpid() % 10**6:06d}{datetime.now(UTC).microsecond:06d}0"
    code = drug.trace_product_code + serial
    sale.add(shop.item_of(drug), shop.price_of(drug), Quantity.of(1), code)
    shop.keep_basket(sale)
    return shop.attach_prescription(sale, prescription(sale.id[-12:]), "2001", "200200")


def go_on(shop: Shop, operator: Operator, sale: Sale) -> None:
    """Whatever is missing, as the panel would lead to it; then settle and complete."""
    found = shop.identify(Credential(CredentialKind.ID_CARD, PATIENT), operator)
    patient = replace(found, disease_code="M03900")
    view = shop.open_proxy(sale, patient, operator)
    assert view is not None
    view = who_and_why(shop, operator, patient, view)
    quoted = shop.quote(shop.sale(sale.id), patient, "0", operator)
    assert quoted.settlements, quoted.notes
    view = shop.proxy_of_sale(sale.id, patient)
    assert view is not None
    evidence(shop, operator, patient, view)
    paid = shop.settle_next(sale.id, patient, operator, lambda _step: None)
    assert paid.sale_state == "completing", paid
    pay(shop, operator, sale.id)


def who_and_why(shop: Shop, operator: Operator, patient: Patient, view: ProxyView) -> ProxyView:
    """The first two steps, where they are not done."""
    found: ProxyView | None = view
    if found is not None and not found.done("identity"):
        found = shop.proxy_shown(found, patient, PROXY, operator, None)
    if found is not None and not found.done("why"):
        found = shop.proxy_named(found, patient, ("child", "bedridden", ""), operator)
    assert found is not None
    return found


def evidence(shop: Shop, operator: Operator, patient: Patient, view: ProxyView) -> None:
    """List, signature and still, where they do not stand for the amounts of now."""
    found: ProxyView | None = view
    if found is not None and not found.done("list"):
        found = shop.proxy_listed(found, patient, operator)
    if found is not None and not found.done("signature"):
        found = shop.proxy_signed(found, patient, TRACE, operator)
    if found is not None and not found.done("still"):
        found = shop.proxy_pictured(found, patient, JPEG, operator)
    assert found is not None and not found.missing, found


def pay(shop: Shop, operator: Operator, sale_id: str) -> None:
    """What is due, in cash."""
    due = shop.payment(sale_id).cash_due
    shop.complete_sale(sale_id, (Tender(TenderKind.CASH, due),), due, operator)


def next_morning(open_shop: OpenShop, plan: Plan, clock: AheadClock) -> Books:
    """Recovery, then the same people go on where they were."""
    recover(open_shop, clock)
    # The next till of the walk asks about the same person: no visit may lie in its future.
    clock.set_right()
    shop, doors = open_shop.shop, open_shop.shop.doors
    operator = shop.sign_in("3001", "300300")
    before = records(open_shop)
    for sale in shop.unfinished_sales():
        if sale.state is SaleState.COMPLETING:
            pay(shop, operator, sale.id)
        elif sale.state is SaleState.OPEN:
            go_on(shop, operator, sale)
    told = books(doors, open_shop.engine)
    after = records(open_shop)
    return {
        **told,
        "kept": [one[0] for one in before] == [one[0] for one in after][: len(before)],
        "records": [one[1] for one in after],
        "broken": [one[2] for one in after if one[2]],
    }


def records(open_shop: OpenShop) -> list[tuple[str, str, str]]:
    """(id, state, what is wrong with its evidence) of every record."""
    doors = open_shop.shop.doors
    told = []
    for sale in sales_of(doors, open_shop.engine):
        with doors.uow() as uow:
            found = uow.proxies.of_sale(sale.id)
            named = {each.id: each for each in uow.evidence.of_sale(sale.id)}
        for one in found:
            wanted = [each for each in (one.signature_id, one.still_id) if each]
            lost = [each for each in wanted if each not in named]
            altered = [
                each
                for each in named.values()
                if digest_of(doors.evidence.get(each)) != each.digest
            ]
            told.append((one.id, one.state.value, "lost" if lost else "altered" if altered else ""))
    return told


if __name__ == "__main__":
    main(Story(buy, next_morning))
