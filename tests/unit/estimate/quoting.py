"""How the tests put a case: the vocabulary of policy 4.2 in, the printed document out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ui.commands.case_reader import parse
from ui.commands.quote import as_document, quote_case
from ui.commands.quote_case import read_case

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
AT = "2026-11-22T10:00"
NAMES = (
    "total", "self_funded", "over_limit", "first_self_pay", "in_scope", "deductible", "co_pay",
    "over_cap", "fund", "personal", "own_account", "mutual_aid", "cash",
)  # fmt: skip

EZ = {"code": "CN-420700", "settlement_type": "ordinary", "ratio": "0.60", "cap": "2300.00"}
EZ_RETIRED = {**EZ, "ratio": "0.68", "cap": "2500.00"}
HY = {
    "code": "CN-430421", "settlement_type": "special", "ratio": "0.70", "quota_quarter": "360.00",
    "quota_basis": "fund_paid",
}  # fmt: skip


def drug(price: str, qty: int | str = 1, **more: Any) -> dict[str, Any]:
    """A line of class A."""
    return {"class": "A", "price": price, "qty": qty, **more}


def b10(price: str, qty: int = 1, share: str = "0.10") -> dict[str, Any]:
    """A line of class B with its first self-pay share."""
    return {"class": "B", "price": price, "qty": qty, "first_self_pay": share}


def case(pack: dict[str, Any], *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A case on the day of the examples."""
    return {"pack": pack, "at": AT, "lines": list(lines), **more}


def answer(document: dict[str, Any]) -> dict[str, Any]:
    """What ``yaotai quote --json`` prints for a case."""
    text = json.dumps(document).encode()
    return as_document(quote_case(read_case(parse(text), NOON)))


def amounts(**told: str) -> dict[str, str]:
    """The thirteen amounts, zero where not told."""
    assert set(told) <= set(NAMES)
    return {name: told.get(name, "0.00") for name in NAMES}
