"""A setup file of an invented shop in a draft region, as tables."""

from __future__ import annotations

import tomllib
from typing import Any

from app.ports import PinHasher
from app.resources import resource
from app.use_cases.setup_shop import CREDENTIALS, ShopPlan
from ui.bootstrap import Settings, build
from ui.homes import Home

REGION = "CN-130100"
OWN_PINS = {
    "9001": "581907", "1001": "316402", "2001": "724913", "2002": "850276", "3001": "497135",
}  # fmt: skip
"""What everybody chose; the setup file has the administrator's own and first ones of others."""


def choose_pins(home: Home, plan: ShopPlan, pins: PinHasher) -> None:
    """The first sign-in of everybody after the administrator, on the first morning."""
    opened = build(Settings(home, practice=False, pins=pins))
    try:
        for one in plan.staff[1:]:
            opened.shop.sign_in(one.number, one.pin, OWN_PINS[one.number])
    finally:
        opened.close()


def setup_tables(url: str) -> dict[str, Any]:
    """What the area left open is "confirmed" with the invented values of its practice overlay."""
    overlay = tomllib.loads(resource("practice", f"{REGION}.toml").read_text(encoding="utf-8"))
    confirmed = {"interface": overlay["interface"]}
    for row in overlay["policy"]:
        kept = {k: v for k, v in row.items() if k not in ("settlement", "valid_from")}
        confirmed[row["settlement"]] = kept
    known = tomllib.loads(resource("practice", "platform.toml").read_text(encoding="utf-8"))
    return {
        "shop": {
            "name": "练习大药房（演示店）",
            "institution_code": "P99990000001",
            "till": 1,
            "environment": "医保测试",
        },
        "platform": {"url": url},
        "credentials": {
            k: v for k, v in known["credentials"]["default"].items() if k in CREDENTIALS
        },
        "administrator": {"number": "9001", "name": "练习·管理员", "pin": OWN_PINS["9001"]},
        "staff": [
            {"number": "1001", "name": "练习·李收银", "role": "cashier", "pin": "100100"},
            {"number": "2001", "name": "练习·王药师", "role": "pharmacist", "pin": "200200"},
        ],
        "region": {"code": REGION, "confirmed_by": "练习·经办人", "confirmed": confirmed},
        "catalogue": {"file": "drugs.csv", "mapping": "drugs_mapping.toml"},
    }
