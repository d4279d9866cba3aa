"""Somebody buys for a patient who cannot come (代购): documents, why, list, name, picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.insurance import CredentialKind
from app.errors import PlatformError
from app.use_cases.proxy_purchase import (
    ProxyShown,
    name_relation,
    open_proxy,
    show_proxy,
)
from ui.simulation import counter
from ui.simulation.acts_sale import pay_insured

if TYPE_CHECKING:
    from ui.simulation.tills import Program, Till

_PATIENT, _DISEASE = "chronic", "M03900"
_CARD = ProxyShown(CredentialKind.ID_CARD, "练习甲·在职", "999900198003120116")
"""The identity card of an invented person."""


def proxy(till: Till) -> Program:
    """From both identities to the payment; each step finds in the books where things stand."""
    customer = counter.fill(till, [(till.store.special, 1)], _PATIENT)
    yield
    sale = customer.sale = counter.prescribe(till, customer.sale)
    yield
    try:
        patient = counter.identify(till, _PATIENT, sale)
    except PlatformError as error:
        till.tell(f"not identified ({error.message_id}): the proxy leaves", sale.id)
        till.store.to_payment(till)
        counter.give_up(till, sale.id)
        return
    patient = replace(patient, disease_code=_DISEASE)
    one = open_proxy(till.doors, sale, patient, till.operator)
    show_proxy(till.doors, one.id, _CARD, till.operator)
    yield
    name_relation(till.doors, one.id, "child", "bedridden", "", till.operator)
    till.tell("a proxy buys: documents and reason", sale.id)
    yield
    till.store.to_payment(till)
    yield from pay_insured(till, sale.id, patient)
