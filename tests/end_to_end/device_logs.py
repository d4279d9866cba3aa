"""Searches the raw logs of devices for everybody who could be named in them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from app.resources import resource

_OF_PERSONS = ("name", "id_number", "psn_no", "ec_code", "ec_token", "card_number", "card_sn",
               "password")  # fmt: skip
_OF_CARDS = ("name", "english_name", "number", "address", "birth", "pass_number")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


@cache
def _identifiers() -> frozenset[str]:
    persons = tomllib.loads(resource("practice", "persons.toml").read_text("utf-8"))["person"]
    cards = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
    told = {str(one.get(field, "")) for one in persons for field in _OF_PERSONS}
    told |= {card.get(field, "") for card in cards.values() for field in _OF_CARDS}
    return frozenset(text for text in told if len(text) > 2)


def named_in(folder: Path) -> list[str]:
    """``file: identifier`` for each that stands in a file, as text, as hexadecimal bytes of a
    line, or spread over several lines of one direction.
    """
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        raw = path.read_bytes()
        whole = raw.lower() + b"\n" + b"\n".join(_directions(raw))
        for text in sorted(_identifiers()):
            forms = {text.encode(encoding) for encoding in _ENCODINGS}
            if any(form.lower() in whole or form.hex().encode() in whole for form in forms):
                found.append(f"{path.name}: {text}")
    return found


def _directions(raw: bytes) -> list[bytes]:
    """What was sent and what came, each put together again."""
    sides: dict[bytes, bytes] = {}
    for line in raw.splitlines():
        parts = line.split()
        if len(parts) == 3 and not line.startswith(b"#"):
            sides[parts[1]] = sides.get(parts[1], b"") + bytes.fromhex(parts[2].decode())
    return [side.lower() for side in sides.values()]
