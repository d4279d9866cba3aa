"""The list that a proxy signs, made and signed after each quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.proxy import live_of
from app.domain.signature import PenPoint, PenTrace
from app.errors import YaotaiError
from app.use_cases.proxy_purchase import keep_list_signature, keep_still, list_for_signature

if TYPE_CHECKING:
    from ui.simulation.tills import Till

_PEN = PenTrace(
    600, 300, (tuple(PenPoint(10 + 20 * n, 40 + 5 * (n % 3), 500, 15 * n) for n in range(20)),)
)
_PICTURE = b"\xff\xd8 a picture of practice"


def sign_list(till: Till, sale_id: str) -> None:
    """After each quote: the list with its amounts, the proxy's name and a picture; if there is one.

    What cannot be kept now (a full disk) is missing at the settlement, which then stops.
    """
    with till.doors.uow() as uow:
        one = live_of(uow.proxies.of_sale(sale_id))
    if one is None:
        return
    try:
        listed = list_for_signature(till.doors, one.id, till.operator)
        keep_list_signature(till.doors, one.id, listed.list_digest, _PEN, till.operator)
        keep_still(till.doors, one.id, listed.list_digest, _PICTURE, till.operator)
    except YaotaiError as error:
        till.tell(f"the proxy's list is not signed: {error.message_id}", sale_id)
        return
    till.tell("the proxy's list is signed", sale_id)
