"""What is said of the certificate behind a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.clock import shop_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.use_cases.rx_page import SignedAct


def certificate_words(act: SignedAct, say: Callable[..., str]) -> str:
    """Holder, serial, issuer, algorithm and last day; empty for the shop's own keys."""
    one = act.certificate
    if one is None:
        return ""
    return say(
        "review.ca_told",
        holder=one.shown_holder,
        serial=one.serial,
        issuer=one.issuer,
        algorithm=act.algorithm,
        until=f"{shop_time(one.valid_to):%Y-%m-%d}",
    )


def certificate_rows(act: SignedAct, say: Callable[..., str]) -> list[str]:
    """The same, short, for the boxes of a printed prescription."""
    one = act.certificate
    if one is None:
        return []
    return [
        say("review.ca_print", serial=one.serial),
        say("review.ca_print_issuer", issuer=one.issuer, algorithm=act.algorithm),
    ]
