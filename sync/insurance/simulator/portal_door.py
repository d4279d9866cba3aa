"""What staff and the bureau do in the bureau's own portal, past every till; practice only.

``settle``   ``{"psn_no", "fixmedins_code", "lines": [{"med_list_codg", "cnt", "pric"}]}`` and,
             where wanted, ``med_type`` (11), ``acct_used_flag`` (0), ``at``
``cancel``   ``{}`` or ``{"at"}``: the negative twin, as 2103 makes it
``amounts``  ``{"fund_pay_sumamt"}`` and, where wanted, ``acct_pay``: the rest follows
``lose``     the row is gone, with all that hung on it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sync.insurance.simulator import benefits, jsontext, ledger, pharmacy, sale
from sync.insurance.simulator.benefits import NOUGHT
from sync.insurance.simulator.call import ZONE, Call
from sync.insurance.simulator.jsontext import Json
from sync.insurance.simulator.persons import Person
from sync.insurance.simulator.refusal import Refusal

if TYPE_CHECKING:
    from sync.insurance.simulator.platform import Platform

_INSTITUTION = re.compile(r"[A-Z0-9]{12}")
_GREATEST = Decimal(10**8)


class BadPortal(ValueError):
    """A request that no portal would offer."""


def settle(platform: Platform, asked: Json) -> dict[str, Any]:
    """A settlement that no till knows of; answers its ids and message."""
    data = _object(asked)
    person = platform.world.register.by_number(str(data.get("psn_no", "")))
    if person is None:
        raise BadPortal("no such person")
    lines = _lines(data)
    institution = str(data.get("fixmedins_code", ""))
    with _call(platform, institution, data) as call:
        call.envelope = {**call.envelope, "insuplc_admdvs": person.insurances[0].division}
        told = _told(person, data, lines)
        insurance = sale.insurance_of(call, person, told["insutype"])
        priced = sale.price(call, person, insurance, told, lines)
        info = pharmacy.stored(call, priced, told, lines)["setlinfo"]
        return {"setl_id": info["setl_id"], "mdtrt_id": info["mdtrt_id"], "msgid": call.msgid}


def _told(person: Person, data: Mapping[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    now = str(data.get("at") or "2000-01-01 00:00:00")
    return {
        "psn_no": person.psn_no,
        "mdtrt_cert_type": "02",
        "insutype": str(data.get("insutype") or person.insurances[0].insutype),
        "med_type": str(data.get("med_type", "11")),
        "acct_used_flag": str(data.get("acct_used_flag", "0")),
        "dise_codg": str(data.get("dise_codg", "")),
        "medfee_sumamt": sum((one["det_item_fee_sumamt"] for one in lines), NOUGHT),
        "begntime": now,
    }


def _lines(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = data.get("lines")
    if not isinstance(rows, list) or not rows:
        raise BadPortal("lines are needed")
    return [_line(number, _object(one)) for number, one in enumerate(rows, 1)]


def _line(number: int, one: Mapping[str, Any]) -> dict[str, Any]:
    price, count = _decimal(one.get("pric")), _decimal(one.get("cnt", "1"))
    return {
        "feedetl_sn": str(number),
        "med_list_codg": str(one.get("med_list_codg", "")),
        "medins_list_codg": str(one.get("med_list_codg", "")),
        "fee_ocur_time": "",
        "pric": price,
        "cnt": count,
        "det_item_fee_sumamt": benefits.fen(price * count),
    }


def act(platform: Platform, setl_id: str, what: str, asked: Json) -> dict[str, Any]:
    """Cancel it, change its money, or lose it; answers what was done."""
    data = _object(asked)
    with platform.state.transaction() as books:
        row = books.one("SELECT * FROM settlement WHERE setl_id = ?", setl_id)
    if row is None:
        raise BadPortal("no such settlement")
    with _call(platform, row["fixmedins_code"], data) as call:
        if what == "cancel":
            ids = {"setl_id": setl_id, "mdtrt_id": row["mdtrt_id"], "psn_no": row["psn_no"]}
            twin = ledger.cancel(call, ids, row["infno"].rstrip("A"))["setlinfo"]
            return {"setl_id": twin["setl_id"], "msgid": call.msgid}
        if what == "amounts":
            kept = ledger.doc(row)
            kept["setlinfo"] = _other_money(kept["setlinfo"], data)
            text = jsontext.write(kept)
            call.books.run("UPDATE settlement SET doc = ? WHERE setl_id = ?", text, setl_id)
            return {"setl_id": setl_id}
        call.books.run("DELETE FROM settlement WHERE setl_id = ?", setl_id)
        ledger.free_codes(call, setl_id)
        return {"setl_id": setl_id}


def _other_money(info: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Fund and account as told; the person's part follows, so that every identity still holds."""
    fund = _decimal(data.get("fund_pay_sumamt", info["fund_pay_sumamt"]))
    account = _decimal(data.get("acct_pay", info["acct_pay"]))
    personal = info["medfee_sumamt"] - fund
    others = info["fund_pay_sumamt"] - info["hifp_pay"]
    return {
        **info,
        "fund_pay_sumamt": fund,
        "hifp_pay": fund - others,
        "psn_part_amt": personal,
        "acct_pay": account,
        "psn_cash_pay": personal - account,
    }


@contextmanager
def _call(platform: Platform, institution: str, data: Mapping[str, Any]) -> Iterator[Call]:
    """An act of the portal: its own message id, its own moment where one is told."""
    if not _INSTITUTION.fullmatch(institution):
        raise BadPortal("fixmedins_code is needed")
    now = _moment(data["at"]) if data.get("at") else platform.clock()
    with platform.state.transaction() as books:
        stamp = now.astimezone(ZONE).strftime("%Y%m%d%H%M%S")
        msgid = f"{institution}{stamp}{9000 + books.number('portal') % 1000:04d}"
        envelope = {
            "infno": "2102",
            "msgid": msgid,
            "fixmedins_code": institution,
            "fixmedins_name": "练习门户（虚构）",
            "opter": "PORTAL",
            "opter_name": "练习门户经办（虚构）",
        }
        try:
            yield Call("2102", envelope, {}, {}, books, now, platform.world)
        except InvalidOperation:
            raise Refusal("FSI-金额不正确") from None


def _moment(text: object) -> datetime:
    try:
        found = datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - set below
    except ValueError:
        raise BadPortal("at must be yyyy-MM-dd HH:mm:ss") from None
    return found.replace(tzinfo=ZONE)


def _object(value: Json) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadPortal("an object is needed")
    return value


def _decimal(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise BadPortal("an amount is needed") from None
    if not number.is_finite() or abs(number) > _GREATEST:
        raise BadPortal("an amount is needed")
    return number
