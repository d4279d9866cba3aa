"""Who buys drugs that are counted by person, also while the line is down (policy 3.3).

The person is found in the shop's own books by the document, or written there; nothing is asked
of the platform. It is a register and no proof of insurance: nothing is settled on it.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.clock import shop_time
from app.domain.insurance import InsuredPerson
from app.domain.sale import Sale
from app.domain.scanned import ScannedKind, classify
from app.errors import BadValue
from app.use_cases.basket import keep_basket
from app.use_cases.doors import Doors, Operator

LOCAL = "local/"
"""Begins the number of a person whom only the shop knows."""


def register_buyer(doors: Doors, sale: Sale, name: str, cert_no: str, operator: Operator) -> Sale:
    """The sale with its buyer, whose purchases here are counted from now on.

    A record with the same document is taken where there is one: bought before is bought before.
    :raises BadValue: no name, or a number whose check digit does not hold; :raises
    IllegalTransition: the sale is not open any more.
    """
    number = cert_no.strip().upper()
    now = doors.clock.now()
    if classify(number, shop_time(now).date()).kind is not ScannedKind.ID_NUMBER:
        raise BadValue(what="ID number", why="18 characters with a check digit that holds")
    if not name.strip() or len(name) > 50:
        raise BadValue(what="name", why="1 to 50 characters")
    with doors.uow() as uow:
        known = uow.persons.by_cert_no(number)
        fresh = InsuredPerson(LOCAL + number, name.strip(), "01", number)
        # Also who is known: his days count from now, whatever of him is old.
        person_id = uow.persons.keep(known[0].person if known else fresh, doors.ids.new(), now)
        entry = {"sale": sale.id, "person": person_id, "known": bool(known)}
        uow.log.append("buyer.registered", operator.staff.id, now, entry)
        uow.commit()
    changed = replace(sale, person_id=person_id)
    keep_basket(doors, changed)
    return changed
