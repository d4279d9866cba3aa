"""Prescriptions through the practice-only door: list, issue, revoke, let run out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sync.insurance.simulator import rx_book, rx_hospital, rx_orders
from sync.insurance.simulator.call import stamp
from sync.insurance.simulator.jsontext import Json
from sync.insurance.simulator.rx_book import Rx
from sync.insurance.simulator.rx_orders import BadOrder

if TYPE_CHECKING:
    from sync.insurance.simulator.platform import Platform


def _shown(platform: Platform, rx: Rx) -> dict[str, Any]:
    person = platform.world.register.by_number(rx.psn_no)
    return rx_orders.shown(rx, person.key if person else "")


def listed(platform: Platform, psn_no: str) -> list[dict[str, Any]]:
    """Every prescription of one person or of all."""
    with platform.state.transaction() as books:
        found = rx_book.listed(books, platform.clock(), psn_no)
        return [_shown(platform, rx) for rx in found]


def issue(platform: Platform, order: Json) -> dict[str, Any]:
    """One from the words of an order; :raises BadOrder, Refusal: with the reason."""
    with platform.state.transaction() as books:
        return _shown(platform, rx_orders.prescribe(order, platform.world, books, platform.clock()))


def act(platform: Platform, number: str, what: str, asked: Json) -> dict[str, Any]:
    """revoke, expire, or ``tokens``: every authorisation runs out now.

    :raises BadOrder: an unknown number; :raises Refusal: where the centre says no.
    """
    now = platform.clock()
    with platform.state.transaction() as books:
        rx = rx_book.find(books, number, now)
        if rx is None:
            raise BadOrder("no such prescription")
        if what == "revoke":
            reason = str(asked.get("reason", "")) if isinstance(asked, dict) else ""
            data = {"hiRxno": number, "undoRea": reason or "练习撤销", "undoDrName": "练习·赵医师"}
            call_of = rx_orders.hospital_call(platform.world, books, now, rx.hospital)
            rx_hospital.revoke(call_of("7104", {"data": data}))
        elif what == "expire":
            rx.sheet["head"]["valiEndTime"] = stamp(now - timedelta(seconds=1))
            rx_book.save(books, rx)
        else:
            rx_book.kill_tokens(books, number, now)
        found = rx_book.find(books, number, now)
        return _shown(platform, found or rx)
