"""What the completion of a sale asks of its proxy purchase, inside the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.proxy import ProxyPurchase, live_of
from app.domain.proxy_states import ProxyEvent
from app.domain.settlement_states import SettlementState
from app.errors import RuleBroken
from app.use_cases.notes import Note
from app.use_cases.proxy_end import end
from app.use_cases.proxy_list import differs

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from app.domain.settlement import Settlement
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors


def completed(
    doors: Doors, uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement], actor: str,
    at: datetime,
) -> None:  # fmt: skip
    """The sale is being completed: its record is used, and void where insurance paid nothing.

    :raises RuleBroken: the platform settled other amounts than the proxy signed: it is signed
        again, or the settlement is cancelled, before goods are handed out (HY-1.5.6b).
    """
    if not attempts and not sale.person_id:
        return
    one = live_of(uow.proxies.of_sale(sale.id))
    if one is None:
        return
    settled = [each for each in attempts if each.state is SettlementState.SETTLED]
    if not settled:
        end(uow, one, ProxyEvent.VOIDED, actor, at)
        return
    if not _stands(doors, one, settled, at, differs(one, sale, attempts)):
        note = Note(
            "finding.PROXY_INCOMPLETE_changed", {}, "block", "PROXY_INCOMPLETE", ("HY-1.5.6b",)
        )
        raise RuleBroken((note,), code="PROXY_INCOMPLETE")
    end(uow, one, ProxyEvent.USED, actor, at)


def _stands(
    doors: Doors, one: ProxyPurchase, settled: Sequence[Settlement], at: datetime, changed: bool
) -> bool:
    """Whether what the pack asks for stands for the amounts that were settled."""
    rules = [doors.policy_on(each.settlement_type, at).person for each in settled]
    signed = not any(each.proxy_signature for each in rules) or (one.signature_id and not changed)
    pictured = not any(each.proxy_photo for each in rules) or (one.still_id and not changed)
    return bool(signed and pictured)
