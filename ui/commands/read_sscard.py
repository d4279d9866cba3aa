"""``yaotai read-card sscard`` and ``yaotai devices pcsc``: the social security card's reader."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.domain.clock import shop_time
from app.domain.social_card import SocialCard, card_doubts
from app.errors import NotConnected, NotFound, NotOffered
from app.ports_devices import SocialCardReader, Timer
from app.resources import resource
from app.system import SystemClock
from devices.connection import SystemTimer
from devices.ring_log import RingLog
from devices.social_card import wire
from devices.social_card.channel import CardSlot, no_card
from devices.social_card.driver import SsseReader
from devices.social_card.emulator import VirtualCard, VirtualReader
from devices.social_card.recorded import KIND, RecordedSlot
from ui.commands.read_card import PRACTICE, iso, print_card
from ui.words import say

_LIBRARY: Final = re.compile(r"library:|.*(\.so(\.\d+)*|\.dll|\.dylib)$", re.IGNORECASE)


def run_sscard(
    reader: str, wait: float, as_json: bool, lang: str = "zh_CN", record: Path | None = None
) -> int:
    """Read the card that is put into ``reader`` within ``wait`` seconds; print it.

    ``reader`` is a reader's name as PC/SC shows it or its beginning, the file of a region's
    driver, or ``practice[:NAME]`` for an emulated one with an invented card in it. ``record``
    keeps the conversation with the card, masked, for ``yaotai devices replay``.

    :return: 0; 1 when something speaks against using the card: it wants authentication, has
        expired, or its number cannot be true.
    :raises DeviceError: no reader, no service, no card; in words for people.
    """
    driver = reader_at(reader, record)
    try:
        card = driver.wait_for_card(wait)
    finally:
        driver.close()
    if card is None:
        raise no_card()
    doubts = card_doubts(card, shop_time(datetime.now(UTC)).date())
    return print_card(as_told(card, doubts, lang), doubts, as_json, lang)


def as_told(card: SocialCard, doubts: tuple[str, ...], lang: str) -> dict[str, object]:
    """The document of design 3; absent is null."""
    return {
        "card_number": card.card_number or None,
        "id_number": card.id_number or None,
        "name": card.name or None,
        "sex": str(card.sex) if card.sex else None,
        "issuer": card.issuer or None,
        "version": card.version or None,
        "issued": iso(card.issued),
        "expires": iso(card.expires),
        "needs_authentication": card.needs_authentication,
        "card_sn": card.id_code or None,
        "area": card.area or None,
        "findings": [{"rule": doubt, "text": say(doubt, lang)} for doubt in doubts],
    }


def reader_at(place: str, record: Path | None = None) -> SocialCardReader:
    """The reader of that name, driver file or practice.

    :raises DeviceError: it is not there. :raises NotOffered: what a region's driver says to a card
        is not known here and cannot be recorded.
    """
    timer = SystemTimer()
    name, _, rest = place.partition(":")
    if name == PRACTICE:
        return SsseReader(_recorded(practice_reader(rest), record, timer), timer)
    if _LIBRARY.match(place):
        if record is not None:
            raise NotOffered(device=wire.DEVICE)
        from devices.library.process import LibraryPlace
        from devices.social_card.library import open_library
        from ui.library_host import host_command

        file = LibraryPlace(place.removeprefix("library:"), host_command())
        return open_library(file, timer)
    return SsseReader(_recorded(_slot(place.removeprefix("pcsc:")), record, timer), timer)


def _slot(wanted: str) -> CardSlot:
    """A reader by PC/SC; :raises NotFound: there are some, and none is called so."""
    from devices.social_card.pcsc import PcscSlot, found_readers

    try:
        return PcscSlot(wanted)
    except NotConnected:
        names = ", ".join(sorted(found_readers()))
        if names:
            raise NotFound(what=f"{wanted} ({names})") from None
        raise


def _recorded(slot: CardSlot, file: Path | None, timer: Timer) -> CardSlot:
    if file is None:
        return slot
    return RecordedSlot(slot, RingLog(file, KIND, wire.masked, timer, SystemClock()))


def practice_cards() -> dict[str, dict[str, str]]:
    """The invented cards by name."""
    return tomllib.loads(resource("practice", "social_cards.toml").read_text("utf-8"))


def practice_card(name: str = "") -> VirtualCard:
    """An invented card, the first without a name; :raises NotFound: none is called so."""
    cards = practice_cards()
    if name and name not in cards:
        raise NotFound(what=f"practice:{name} ({', '.join(cards)})")
    card = cards[name or next(iter(cards))]
    return VirtualCard(card, refuses=card.get("guarded") == "refuses")


def practice_reader(name: str = "") -> VirtualReader:
    """An emulated reader with an invented card in it; :raises NotFound: none is called so."""
    card, reader = practice_card(name), VirtualReader()
    reader.lay(card)
    return reader


def run_pcsc(as_json: bool, lang: str = "zh_CN") -> int:
    """Print the card readers that PC/SC shows; what is missing was installed by ``./yaotai``.

    :return: 0; 1 where there is no reader. :raises DeviceError: no pyscard, no service.
    """
    from devices.social_card.pcsc import found_readers

    readers = sorted(found_readers())
    if as_json:
        sys.stdout.write(json.dumps({"readers": readers}, ensure_ascii=False) + "\n")
    else:
        head = say("device_sscard.readers_found" if readers else "device_sscard.readers_none", lang)
        sys.stdout.write("\n".join([head, *(f"  {name}" for name in readers)]) + "\n")
    return 0 if readers else 1
