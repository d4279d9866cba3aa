"""Whom a shop's line to the platform trusts, as ``shop.toml`` says."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from app.errors import BadFile
from sync.insurance.pinning import read_pins
from ui.homes import SHOP_FILE, ShopFile


class LineTrust(TypedDict):
    """As the client takes it."""

    ca_file: str
    pins: frozenset[bytes]


def line_trust(file: ShopFile) -> LineTrust:
    """The authorities and pinned keys of its line.

    :raises BadFile: a till whose pins cannot be read opens no line at all, instead of one that
        trusts more than was written down.
    """
    try:
        pins = read_pins(file.tls_pins)
    except ValueError as error:
        raise BadFile(file=SHOP_FILE, why=f"tls_pins: {error}") from None
    if file.tls_authority and not Path(file.tls_authority).is_file():
        raise BadFile(file=SHOP_FILE, why="tls_authority: no such file")
    return {"ca_file": file.tls_authority, "pins": pins}
