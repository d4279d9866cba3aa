"""``yaotai read-card``: one card through the real driver; needs no shop and writes nothing."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from app.domain.clock import shop_time
from app.domain.identity_card import IdentityCard, number_doubts
from app.errors import DeviceFailed, NotFound
from app.resources import resource
from app.system import SystemClock
from devices.card_reader import wire
from devices.card_reader.driver import SamVReader, open_reader
from devices.card_reader.emulator import SamV
from devices.card_reader.replay import KIND
from devices.connection import Connection, LoopbackPair, SerialConnection, SystemTimer
from devices.ring_log import RecordedConnection, RingLog
from ui.words import say

PRACTICE: Final = "practice"
LONG_TERM: Final = "long-term"


def run_idcard(
    port: str, wait: float, as_json: bool, lang: str = "zh_CN", record: Path | None = None
) -> int:
    """Read the card that is laid on the reader at ``port`` within ``wait`` seconds; print it.

    ``practice`` is an emulated reader with an invented card on it, ``practice:NAME`` with another.

    ``record`` keeps the conversation, masked, for ``yaotai devices replay``.

    :return: 0; 1 when the number of the card cannot be true.
    :raises DeviceError: no port, no answer, no card; in words for people.
    """
    reader = reader_at(port, record)
    try:
        card = reader.wait_for_card(wait)
    finally:
        reader.close()
    if card is None:
        raise DeviceFailed(device=wire.DEVICE, why=wire.why(wire.NO_CARD))
    doubts = number_doubts(card, shop_time(datetime.now(UTC)).date())
    return print_card(as_told(card, doubts, lang), doubts, as_json, lang)


def print_card(told: dict[str, object], doubts: tuple[str, ...], as_json: bool, lang: str) -> int:
    """A card's document, or its lines and what speaks against it; 1 when something does."""
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        known = [(name, value) for name, value in told.items() if value is not None]
        lines = [f"{name}: {value}" for name, value in known if name != "findings"]
        sys.stdout.write("\n".join([*lines, *(say(doubt, lang) for doubt in doubts)]) + "\n")
    return 1 if doubts else 0


def as_told(card: IdentityCard, doubts: tuple[str, ...], lang: str) -> dict[str, object]:
    """The document of design 3; absent is null."""
    until = LONG_TERM if card.long_term else iso(card.valid_until)
    return {
        "card_type": str(card.card_type),
        "name": card.name or None,
        "english_name": card.english_name or None,
        "sex": str(card.sex),
        "ethnicity": card.ethnicity or card.ethnicity_code or None,
        "birth_date": iso(card.birth_date),
        "address": card.address or None,
        "id_number": card.id_number or None,
        "authority": card.authority or None,
        "valid_from": iso(card.valid_from),
        "valid_until": until,
        "pass_number": card.pass_number or None,
        "photo_bytes": len(card.photo) or None,
        "country": card.country or None,
        "issue_count": card.issue_count or None,
        "findings": [{"rule": doubt, "text": say(doubt, lang)} for doubt in doubts],
    }


def iso(day: date | None) -> str | None:
    """A date as the documents of cards hold it."""
    return day.isoformat() if day else None


def reader_at(port: str, record: Path | None = None) -> SamVReader:
    """The reader at a serial port, or the emulated one; :raises DeviceError: it does not answer."""
    timer = SystemTimer()
    name, _, card = port.partition(":")
    far_end = practice_reader(card) if name == PRACTICE else None
    log = RingLog(record, KIND, wire.masked, timer, SystemClock()) if record else None

    def open_at(baud: int) -> Connection:
        line: Connection
        if far_end is not None:
            line = LoopbackPair(timer, wire.DEVICE, far_end).near
        else:
            line = SerialConnection(port, baud, device=wire.DEVICE)
        return RecordedConnection(line, log) if log is not None else line

    return open_reader(open_at, timer)


def practice_cards() -> dict[str, dict[str, str]]:
    """The invented cards by name."""
    source = resource("practice", "identity_cards.toml").read_text("utf-8")
    return tomllib.loads(source)


def practice_reader(card: str = "") -> SamV:
    """An emulated reader with an invented card on it; :raises NotFound: no card of that name."""
    cards = practice_cards()
    if card and card not in cards:
        raise NotFound(what=f"practice:{card} ({', '.join(cards)})")
    far_end = SamV()
    far_end.lay(cards[card or next(iter(cards))])
    return far_end
