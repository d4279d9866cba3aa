"""What practice lends a beginner: invented staff, patients and trace codes, read from resources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.clock import micros
from app.resources import resource

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.sale import SaleLine


@dataclass(frozen=True, slots=True)
class PracticePerson:
    """An invented insured person; ``code`` is what a scanner would send."""

    name: str
    note: str
    code: str
    key: str = ""
    password: str = ""
    """What they type where a region wants the patient's password; invented too."""


@dataclass(frozen=True, slots=True)
class PracticeMember:
    """An invented member of staff; number and PIN stand on the sign-in screen."""

    number: str
    name: str
    role: str
    pin: str


def persons() -> tuple[PracticePerson, ...]:
    """Those of ``resources/practice/persons.toml``."""
    rows = _table("persons.toml").get("person", [])
    return tuple(
        PracticePerson(r["name"], r["note"], r["ec_code"], r["key"], r.get("password", ""))
        for r in rows
    )


def password_of(name: str) -> str:
    """What the invented person of that name types; empty = nobody's."""
    return next((one.password for one in persons() if one.name == name), "")


def members() -> tuple[PracticeMember, ...]:
    """Those of ``resources/practice/shop.toml``."""
    rows = _table("shop.toml").get("staff", [])
    return tuple(PracticeMember(r["number"], r["name"], r["role"], r["pin"]) for r in rows)


def _table(name: str) -> dict[str, list[dict[str, str]]]:
    file = resource("practice", name)
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def next_code(line: SaleLine, now: datetime) -> str:
    """A trace code that a box of this drug could bear; empty when the line needs none.

    The serial is the moment, so no two boxes of a practice shop ever bear the same.
    """
    item = line.item
    missing = line.quantity.packs() - len(line.trace_codes)
    if item.trace_exempt or missing <= 0 or len(item.trace_product_code) != 7:
        return ""
    serial = (micros(now) + len(line.trace_codes)) % 10**13
    return f"{item.trace_product_code}{serial:013d}"
