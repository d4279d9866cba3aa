"""3508 to 3513: what the centre holds of uploaded goods, asked by our own serial (interface 2.16).

Answers are spelt in camelCase; whether their node ``output`` is the envelope's own or a member of
it is not established, so both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.insurance import AnswerFinding
from app.domain.money import Quantity, UnitPrice
from app.domain.stock_calls import AskHeld, AskHeldCodes
from app.domain.stock_held import HeldRow
from app.errors import BadValue
from sync.insurance.drafting import Draft
from sync.insurance.parsing import Row, day, text
from sync.insurance.profile import Terminal

Read = tuple[object, tuple[AnswerFinding, ...]]

_MOST: Final = 1_000
"""Rows of an answer about one serial; more is no answer about one."""

_COUNTS: Final = ("invCnt", "cnt", "purcRetnCnt", "selRetnCnt")
_PRICES: Final = ("pric", "finlTrnsPric")
_SERIALS: Final = ("medinsProdSelNo", "medinsProdPurcNo")
_DAYS: Final = ("invdate", "invChgTime", "purcRetnStoinTime", "selRetnTime")


def draft_held(call: AskHeld | AskHeldCodes, terminal: Terminal) -> Draft:
    """The question, not yet checked against its table; item and serial both (interface 7.5)."""
    data = {
        "fixmedins_code": terminal.institution.code,
        "medins_list_codg": call.row.item,
        "fixmedins_bchno": call.row.serial,
        "begndate": call.begins.isoformat(),
        "enddate": call.ends.isoformat(),
    }
    return Draft(call.infno, {"data": data})


def read_held(call: AskHeld | AskHeldCodes, output: object) -> Read:
    """The value of a success; None with a finding where it cannot be read as rows of ours."""
    try:
        found = [one for one in _rows(output) if text(one, "fixmedinsBchno") == call.row.serial]
        if isinstance(call, AskHeldCodes):
            return tuple(dict.fromkeys(_codes(found))), ()
        return tuple(_held(one) for one in found), ()
    except BadValue as error:
        fault = f"{error.params['what']} {error.params['why']}"
        return None, (AnswerFinding("table", fault),)


def _rows(output: object) -> list[Row]:
    """Rows in either place; nothing at all = none are held.

    :raises BadValue: for what is neither rows nor nothing.
    """
    inner = output.get("output") if isinstance(output, dict) and "output" in output else output
    if inner in (None, "", {}):
        return []
    listed = [inner] if isinstance(inner, dict) else inner
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise BadValue(what="output", why="no rows")
    if not all(isinstance(one, dict) and text(one, "fixmedinsBchno") for one in listed):
        raise BadValue(what="fixmedinsBchno", why="missing")
    return listed


def _codes(found: list[Row]) -> list[str]:
    told = [text(one, "drugTracCodg") for one in found if text(one, "valiFlag") != "0"]
    return [one for one in told if one]


def _held(one: Row) -> HeldRow:
    quantity, price = _number(one, _COUNTS), _number(one, _PRICES)
    split = text(one, "trdnFlag")
    return HeldRow(
        serial=text(one, "fixmedinsBchno"),
        item=text(one, "medinsListCodg"),
        national_code=text(one, "medListCodg"),
        quantity=None if quantity is None else Quantity.of(quantity),
        price=None if price is None else UnitPrice.of(price),
        batch=text(one, "manuLotnum"),
        made_on=_day(one, ("manuDate",)),
        expires_on=_day(one, ("expyEnd",)),
        change=text(one, "invChgType"),
        day=_day(one, _DAYS),
        split=None if not split else split == "1",
        settlement_id=text(one, "setlId"),
        number=next((text(one, name) for name in _SERIALS if text(one, name)), ""),
        valid=text(one, "valiFlag") != "0",
    )


def _number(source: Mapping[str, object], names: tuple[str, ...]) -> str | int | Decimal | None:
    for name in names:
        value = source.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise BadValue(what=name, why="not a number")
        return value
    return None


def _day(source: Row, names: tuple[str, ...]) -> date | None:
    said = next((text(source, name) for name in names if text(source, name)), "")
    return day(said) if said else None
