"""What was bought by proxy goes to the patient by post: its shipping number (HY-3.6c)."""

from __future__ import annotations

import re
from typing import Final

from app.domain.proxy import ProxyPurchase
from app.domain.staff import Right
from app.errors import RuleBroken
from app.use_cases.doors import Doors, Operator
from app.use_cases.notes import Note
from app.use_cases.rights import require

_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{6,40}")


def post_goods(doors: Doors, operator: Operator, proxy_id: str, shipping_no: str) -> ProxyPurchase:
    """Write the number of the parcel down; written again the newer one counts.

    :raises NotAllowed: the role may not see persons; :raises NotFound: no such record;
    :raises RuleBroken: the purchase is not done, its reason is no cause, or that is no number.
    """
    require(doors, operator, Right.SEE_PERSON)
    number = shipping_no.strip().upper()
    if not _NUMBER.fullmatch(number):
        raise _refused("shipping_no")
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        if not one.may_be_posted:
            raise _refused("posting")
        again = bool(one.shipping_no)
        one.shipping_no = number
        uow.proxies.save(one)
        entry: dict[str, object] = {"proxy": one.id, "sale": one.sale_id, "again": again}
        uow.log.append("proxy.posted", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return one


def _refused(why: str) -> RuleBroken:
    note = Note(f"proxy.refused_{why}", {}, "block", "", ("HY-3.6c",))
    return RuleBroken((note,), code=f"PROXY_{why.upper()}")
