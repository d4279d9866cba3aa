"""Which numbers the centre answers to: release B, release A, the hospital's, by the region pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.insurance.simulator import rx_counter, rx_dispense, rx_hospital, rx_more
from sync.insurance.simulator.call import Call, Handler, Profile
from sync.insurance.simulator.refusal import Refusal

ACTS: Mapping[str, Handler] = {
    "authorise": rx_counter.authorise,
    "online": rx_counter.online,
    "decode": rx_counter.decode,
    "download": rx_counter.download,
    "verify": rx_dispense.verify,
    "review": rx_dispense.review,
    "dispense": rx_dispense.report,
    "undo": rx_dispense.undo,
    "delivery": rx_more.deliver,
    "receipt": rx_more.receive,
    "circulating": rx_more.circulating,
}
"""Acts of the pharmacy, named as in a pack's ``[interface.eprescription_numbers]``."""

RELEASE_B = {
    "authorise": "7201",
    "online": "7202",
    "decode": "7203",
    "download": "7204",
    "verify": "7205",
    "review": "7206",
    "dispense": "7207",
    "undo": "7208",
    "delivery": "7209",
    "receipt": "7210",
    "circulating": "7211",
}
RELEASE_A = {
    "decode": "7201",
    "authorise": "7202",
    "download": "7203",
    "review": "7204",
    "delivery": "7205",
    "dispense": "7206",
}
"""The same digits, other acts (interface 3.1); no check of signatures and no way to undo."""

NOT_OFFERED = ("", "none", "unknown")
"""What a pack says of an act that its area does not have."""

SELF, INSURANCE, BOTH = "1", "2", "3"
"""``payMode`` of release A's 7206."""


@dataclass(frozen=True, slots=True)
class Service:
    """One number: who answers it and which field table its request and answer follow."""

    act: str
    table: str
    serve: Handler


def services(profile: Profile) -> dict[str, Service]:
    """The prescription numbers of a region; none where its release is not known."""
    if profile.eprescription_release in ("B", "C"):
        own, usual, make = RELEASE_B, "", _plain
    elif profile.eprescription_release == "A":
        own, usual, make = RELEASE_A, "A", _old
    else:
        return {}
    numbers = {act: profile.eprescription_numbers.get(act, number) for act, number in own.items()}
    pharmacy = {
        number: Service(act, usual + own[act], make(act))
        for act, number in numbers.items()
        if number not in NOT_OFFERED
    }
    hospital = {
        number: Service("", "", serve)
        for number, serve in rx_hospital.HANDLERS.items()
        if usual == "" or number in ("7104",) or not number.startswith("7")
    }
    return {**hospital, **pharmacy}


def _plain(act: str) -> Handler:
    return ACTS[act]


def camel(name: str) -> str:
    """``hi_rxno`` as ``hiRxno``."""
    return re.sub(r"_([a-z])", lambda found: found.group(1).upper(), name)


def snake(name: str) -> str:
    """``hiRxno`` as ``hi_rxno``."""
    return re.sub(r"([A-Z])", lambda found: "_" + found.group(1).lower(), name)


def _respelled(value: Any, spell: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {spell(name): _respelled(one, spell) for name, one in value.items()}
    return [_respelled(one, spell) for one in value] if isinstance(value, list) else value


def _old(act: str) -> Handler:
    """An act under release A's spelling: in through camel, out through snake."""

    def serve(call: Call) -> Any:  # noqa: ANN401 - the output of a transaction
        inner = replace(call, input=_respelled(dict(call.input), camel))
        return _respelled(_serve_old(act, inner), snake)

    return serve


def _serve_old(act: str, call: Call) -> Any:  # noqa: ANN401 - the output of a transaction
    if act == "review":
        return rx_dispense.review(call, signature_checked=False)
    if act == "dispense":
        data = call.input["data"]
        if data["payMode"] not in (SELF, INSURANCE, BOTH):
            raise Refusal("EPC-支付方式[payMode]应为1、2或3")
        data["hiFeesetlFlag"] = "0" if data["payMode"] == SELF else "1"
        return rx_dispense.report(call, review_named=False)
    return ACTS[act](call)
