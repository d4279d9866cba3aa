"""Pharmacists in a setup file: bound when the shop is made, and there when it opens."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.pharmacist import Presence
from app.errors import BadFile
from app.use_cases import duty
from app.use_cases.setup_shop import read_plan
from app.vault.pins import Argon2Pins
from tests.makers.setup_files import setup_tables
from ui.bootstrap import Settings, build
from ui.commands.setup import Means, make_shop
from ui.homes import Home

URL = "http://127.0.0.1:9/practice"
BOUND = {
    "code": "YS99990000002001", "cert_no": "999900198501012003", "licence_no": "LXZY0002001",
    "filing_no": "LXBA-0001", "filed_on": date(2026, 1, 5), "valid_from": date(2024, 1, 1),
    "valid_to": date(2099, 12, 31),
}  # fmt: skip


def tables(**changes: Any) -> dict[str, Any]:
    made = deepcopy(setup_tables(URL))
    del made["catalogue"]
    made["staff"][1]["pharmacist"] = {**BOUND, **changes}
    return made


@pytest.mark.rule("SJZ-A.3", "HY-1.5.1")
@pytest.mark.parametrize(("there", "present"), [(True, 1), (False, 0)])
def test_a_shop_is_made_with_its_pharmacists(tmp_path: Path, there: bool, present: int) -> None:
    home = Home(tmp_path / "home")
    pins = Argon2Pins.cheap()
    make_shop(home, read_plan(tables(on_duty=there), "x.toml", tmp_path), Means(pins=pins))
    opened = build(Settings(home, practice=False, pins=pins))
    try:
        seen = duty.refresh_counter(opened.shop.doors).presence
        assert (seen.present, seen.bound) == (present, 1)
    finally:
        opened.close()


@pytest.mark.rule("SJZ-A.3")
def test_a_real_shop_begins_with_no_pharmacist(tmp_path: Path) -> None:
    made = tables()
    del made["staff"][1]["pharmacist"]
    home, pins = Home(tmp_path / "home"), Argon2Pins.cheap()
    make_shop(home, read_plan(made, "x.toml", tmp_path), Means(pins=pins))
    opened = build(Settings(home, practice=False, pins=pins))
    try:
        seen = opened.shop.doors.counter.seen
        assert seen is not None
        assert seen.presence == Presence(0, 0)
    finally:
        opened.close()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"code": ""}, "staff[2].pharmacist.code"),
        ({"licence_no": None}, "staff[2].pharmacist.licence_no"),
        ({"valid_to": "2099"}, "staff[2].pharmacist.valid_to"),
        ({"colour": "red"}, "staff[2].pharmacist.colour"),
    ],
)
def test_what_is_wrong_with_a_binding_is_named(
    tmp_path: Path, changes: dict[str, Any], key: str
) -> None:
    with pytest.raises(BadFile) as refused:
        read_plan(tables(**changes), "x.toml", tmp_path)
    assert str(refused.value.params["why"]).startswith(key)


def test_only_pharmacists_are_bound(tmp_path: Path) -> None:
    made = tables()
    made["staff"][0]["pharmacist"] = made["staff"][1]["pharmacist"]
    with pytest.raises(BadFile) as refused:
        read_plan(made, "x.toml", tmp_path)
    assert str(refused.value.params["why"]).startswith("staff[1].pharmacist")
