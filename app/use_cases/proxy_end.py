"""A proxy purchase ends with its sale, inside one transaction: used, or void."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.proxy import ProxyPurchase, live_of
from app.domain.proxy_states import PROXY, ProxyEvent

if TYPE_CHECKING:
    from app.ports import UnitOfWork


def gone(uow: UnitOfWork, sale_id: str, actor: str, at: datetime) -> None:
    """The basket was given up, or everything settled was undone: nobody bought anything."""
    one = live_of(uow.proxies.of_sale(sale_id))
    if one is not None:
        end(uow, one, ProxyEvent.VOIDED, actor, at)


def end(uow: UnitOfWork, one: ProxyPurchase, event: ProxyEvent, actor: str, at: datetime) -> None:
    """Used, or void where nobody was shown that could have bought."""
    if not PROXY.allows(one.state, event):
        event = ProxyEvent.VOIDED
    one.move(event)
    one.ended_at = at
    uow.proxies.save(one)
    entry = {"proxy": one.id, "sale": one.sale_id, "list": one.list_digest}
    uow.log.append(f"proxy.{one.state.value}", actor, at, entry)
