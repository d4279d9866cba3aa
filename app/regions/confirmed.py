"""What named persons confirmed of a draft region for one shop: ``region.toml`` beside its books."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.errors import BadFile, PackError, why_of_file
from app.regions.schema import INTERFACE, POLICY, check

if TYPE_CHECKING:
    from pathlib import Path

    from app.regions.loader import Confirmed

REGION_FILE = "region.toml"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirmed the draft values of a region for this shop, when, and what they added."""

    region: str
    by: str
    on: date
    values: Confirmed

    def write(self, folder: Path) -> None:
        """Store it in the shop's folder, readable by its owner only."""
        lines = ["# What was confirmed at setup, by whom; it lies over the region's draft pack.\n"]
        lines += [f"{k} = {_toml(v)}\n" for k, v in
                  (("region", self.region), ("by", self.by), ("on", self.on))]  # fmt: skip
        for kind, table in sorted(self.values.items()):
            lines.append(f"\n[confirmed.{kind}]\n")
            lines += [f"{_toml(key)} = {_toml(value)}\n" for key, value in sorted(table.items())]
        path = folder / REGION_FILE
        path.write_text("".join(lines), encoding="utf-8")
        path.chmod(0o600)


def read_confirmation(folder: Path) -> Confirmation | None:
    """The confirmation of a shop; None where its region needed none.

    :raises BadFile: damaged, or a value of the wrong kind.
    """
    path = folder / REGION_FILE
    if not path.exists():
        return None
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        values = held.get("confirmed", {})
        if not all(isinstance(table, dict) for table in values.values()):
            raise TypeError("a table of tables is needed")
        return Confirmation(str(held["region"]), str(held["by"]), held["on"], values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(file=path.name, why=why_of_file(error)) from None


def typed_value(kind: str, key: str, text: str) -> object:
    """What a person typed for a key, as a pack holds it: true, 3, ["310"], a date, or the text.

    The key's own check decides, so that transaction 2001 stays text and 3 days become a number;
    what fits neither way stays text and is refused by name when the region is read.
    """
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text
    schema = INTERFACE if kind == "interface" else POLICY
    try:
        check({key: value}, schema, kind, "")
    except PackError:
        return text
    return value


def _toml(value: object) -> str:
    """A value or key as TOML writes it; tables stand on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, int | date):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
