"""Puts a practice platform together from the shipped data files and a merged region pack."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.insurance.field_tables import load_codes, load_paths, load_tables
from sync.insurance.simulator.gateway import Credentials
from sync.insurance.simulator.persons import HOME, load_drugs, load_persons
from sync.insurance.simulator.platform import Platform
from sync.insurance.simulator.state import State

STATE_FILE = "platform.sqlite3"


def practice_credentials(practice_folder: Path, region: str) -> dict[str, str]:
    """The invented credentials of a practice region: paasid, token, access_key, secret,
    and where the region signs its envelope sm2_private and sm2_public.
    """
    table = tomllib.loads((practice_folder / "platform.toml").read_text(encoding="utf-8"))
    known = table["credentials"]
    return {**known["default"], **known.get(region, {})}


def _credentials(known: Mapping[str, str]) -> Credentials:
    """The platform's side of them: it knows public keys only."""
    names = Credentials.__dataclass_fields__
    return Credentials(**{name: value for name, value in known.items() if name in names})


def build_platform(
    region: Mapping[str, Any],
    *,
    resources: Path,
    state_folder: Path | None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> Platform:
    """A platform for ``region`` (plain merged pack: code, division, interface, policy).

    ``resources`` is the folder that holds ``interface/`` and ``practice/``; ``state_folder`` is
    made when missing, None keeps the books in memory.
    :raises OSError, sqlite3.Error: when the books cannot be opened.
    """
    practice, interface = resources / "practice", resources / "interface"
    if state_folder is not None:
        state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = tomllib.loads((practice / "platform.toml").read_text(encoding="utf-8"))
    return Platform(
        region,
        state=State(None if state_folder is None else state_folder / STATE_FILE),
        tables=load_tables(interface),
        codes=load_codes(interface),
        paths=load_paths(interface),
        persons=load_persons(practice / "persons.toml", str(region.get("division", HOME))),
        drugs=load_drugs(practice / "drugs.csv"),
        credentials=_credentials(practice_credentials(practice, str(region.get("code", "")))),
        settings=settings,
        clock=clock,
        sleep=sleep,
    )
