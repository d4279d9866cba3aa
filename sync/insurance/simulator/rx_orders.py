"""A prescription told in a few words (JSON) made into the message that a hospital sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from sync.insurance.simulator import jsontext, rx_book, rx_hospital, rx_seal
from sync.insurance.simulator.call import ZONE, Call, World, stamp
from sync.insurance.simulator.persons import Person
from sync.insurance.simulator.policy import full_years
from sync.insurance.simulator.rx_book import Rx
from sync.insurance.simulator.state import Books

MANNERS = (*rx_seal.MANNERS, "not_a_pdf")

KEYS: Mapping[str, str] = {
    "person": "key, psn_no or ID number of a practice person (required)",
    "lines": "the drugs (required), see below",
    "diagnoses": 'list of {"code", "name"}, the main one first',
    "disease": '{"code", "name"} of a chronic disease',
    "issued_at": '"yyyy-MM-dd HH:mm:ss" China time, default now',
    "valid_days": "default 3",
    "long": "long prescription, default false",
    "type": "rxTypeCode, default 1 (outpatient, western)",
    "attribute": "rxExraAttrCode: 01 dual channel, 02 outpatient pooling (default), 03 other",
    "med_type": "default 11, with a disease 14",
    "hospital": "institution code, default the practice hospital",
    "department": "text",
    "doctor": "name",
    "doctor_code": "text",
    "area": "division of the hospital's pooling area, default the platform's own",
    "allergies": "text",
    "weight": "kg",
    "height": "cm",
    "gestation_weeks": "number",
    "lactating": "default false",
    "newborn": "default false",
    "signature": "valid (default), or for practice: " + ", ".join(MANNERS[1:]),
    "checked": "false lets through what no hospital could send (count 0, 200 lines), default true",
}
"""Members of an order, in words."""

LINE_KEYS: Mapping[str, str] = {
    "code": "national code (required)",
    "quantity": "how much in unit (required), decimal text or number",
    "unit": "unit in which insurance settles, default the pack unit",
    "name": "generic name, default the platform's list",
    "form": "dosage form, default the platform's list",
    "spec": "default the platform's list",
    "maker": "fixes the maker; default open",
    "packs": "stock packs needed, default the quantity rounded up",
    "pack_unit": "default 盒",
    "days": "days of use, default 7",
    "dose": "single dose, default 1",
    "dose_unit": "default 片",
    "frequency": "text, default 每日三次",
    "frequency_code": "default 13",
    "route": "text, default 口服",
    "route_code": "default 1",
    "otc": "default false",
    "item_type": "11 western (default), 12 patent TCM, 13 herbs",
    "self_pay_reason": "text",
}
"""Members of a line of an order."""


class BadOrder(Exception):
    """An order that cannot be: the message names the member."""


def _table(value: object, keys: Mapping[str, str], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadOrder(f"{where}: an object is needed")
    unknown = sorted(set(map(str, value)) - set(keys))
    if unknown:
        raise BadOrder(f"{where}: unknown key {unknown[0]}")
    for name, told in keys.items():
        if "(required)" in told and value.get(name) in (None, "", []):
            raise BadOrder(f"{where}: {name} is missing")
    return value


def _whom(world: World, asked: object) -> Person:
    for person in world.register.persons:
        if asked in (person.key, person.psn_no, person.id_number):
            return person
    raise BadOrder("person: no such practice person")


def _number(value: object, where: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise BadOrder(f"{where} must be a number") from None
    if not number.is_finite():
        raise BadOrder(f"{where} must be a number")
    return number


def _line(world: World, asked: object, number: int, begins: datetime) -> dict[str, Any]:
    where = f"line {number}"
    row = _table(asked, LINE_KEYS, where)
    drug = world.drugs.get(str(row["code"]))
    if drug is None and not (row.get("name") and row.get("form") and row.get("spec")):
        raise BadOrder(f"{where}: name, form and spec are needed for a code not on the list")
    quantity = _number(row["quantity"], f"{where}: quantity")
    days = _number(row.get("days", 7), f"{where}: days")
    pack_unit = str(row.get("pack_unit", "盒"))
    packs = _number(row.get("packs", quantity.to_integral_value(ROUND_CEILING)), f"{where}: packs")
    ends = begins + timedelta(days=max(0, min(int(days), 3650)))
    return {
        "medListCodg": str(row["code"]),
        "rxItemTypeCode": str(row.get("item_type", "11")),
        "otcFlag": "1" if row.get("otc") else "0",
        "drugGenname": str(row.get("name") or (drug.name if drug else "")),
        "drugDosform": str(row.get("form") or (drug.dosage_form if drug else "")),
        "drugSpec": str(row.get("spec") or (drug.spec if drug else "")),
        "prdrName": str(row.get("maker", "")),
        "medcWayCodg": str(row.get("route_code", "1")),
        "medcWayDscr": str(row.get("route", "口服")),
        "medcBegntime": stamp(begins),
        "medcEndtime": stamp(ends),
        "medcDays": days,
        "drugCnt": quantity,
        "drugDosunt": str(row.get("unit") or pack_unit),
        "sinDoscnt": _number(row.get("dose", 1), f"{where}: dose"),
        "sinDosunt": str(row.get("dose_unit", "片")),
        "usedFrquCodg": str(row.get("frequency_code", "13")),
        "usedFrquName": str(row.get("frequency", "每日三次")),
        "drugTotlcnt": packs,
        "drugTotlcntEmp": pack_unit,
        "realDscr": str(row.get("self_pay_reason", "")),
    }


def _pair(value: object, where: str) -> tuple[str, str]:
    if not isinstance(value, dict) or not value.get("code") or not value.get("name"):
        raise BadOrder(f"{where}: code and name are needed")
    return str(value["code"]), str(value["name"])


def _visit(order: Mapping[str, Any], person: Person, now: datetime) -> dict[str, Any]:
    disease = order.get("disease")
    code, name = _pair(disease, "disease") if disease else ("", "")
    main, told = _diagnoses(order)[0]
    visit = {
        "psnNo": person.psn_no,
        "psnCertType": "01",
        "certno": person.id_number,
        "medType": str(order.get("med_type") or ("14" if disease else "11")),
        "otpIptFlag": "1",
        "patnName": person.name,
        "patnAge": full_years(person.birth, now.astimezone(ZONE).date()),
        "gend": person.sex,
        "nwbFlag": "1" if order.get("newborn") else "0",
        "suckPrdFlag": "1" if order.get("lactating") else "0",
        "algsHis": str(order.get("allergies", "")),
        "maindiagCode": main,
        "maindiagName": told,
        "diseCodg": code,
        "diseName": name,
    }
    for key, member in (
        ("weight", "patnWt"),
        ("height", "patnHgt"),
        ("gestation_weeks", "gesoVal"),
    ):
        if order.get(key) not in (None, ""):
            visit[member] = _number(order[key], key)
    return visit


def _diagnoses(order: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = order.get("diagnoses") or [{"code": "J06.900", "name": "急性上呼吸道感染"}]
    if not isinstance(rows, list):
        raise BadOrder("diagnoses: a list is needed")
    return [_pair(row, f"diagnosis {number}") for number, row in enumerate(rows, 1)]


def _written(order: Mapping[str, Any], now: datetime) -> datetime:
    text = order.get("issued_at")
    if not text:
        return now
    try:
        local = datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - zone follows
    except ValueError:
        raise BadOrder("issued_at must be yyyy-MM-dd HH:mm:ss") from None
    return local.replace(tzinfo=ZONE)


def message_of(order: Mapping[str, Any], world: World, now: datetime) -> dict[str, Any]:
    """The ``input`` of 7101 for an order; :raises BadOrder: naming what is wrong."""
    row = _table(order, KEYS, "order")
    person = _whom(world, row["person"])
    begins = _written(row, now)
    if not isinstance(row["lines"], list):
        raise BadOrder("lines: a list is needed")
    return {
        "data": {
            "rxTypeCode": str(row.get("type", "1")),
            "prscTime": stamp(begins),
            "valiDays": str(row.get("valid_days", 3)),
            "longRxFlag": "1" if row.get("long") else "0",
            "rxExraAttrCode": str(row.get("attribute", "02")),
            "bizTypeCode": "01",
            "mdtrtareaNo": str(row.get("area") or world.division),
            "prscDeptName": str(row.get("department", "全科")),
            "prscDrName": str(row.get("doctor", "练习·赵医师")),
            "drCode": str(row.get("doctor_code", "LXDR0001")),
        },
        "rxdrugdetail": [
            _line(world, one, number, begins) for number, one in enumerate(row["lines"], 1)
        ],
        "mdtrtinfo": _visit(row, person, now),
        "diseinfo": [
            {
                "diagType": "1",
                "maindiagFlag": "1" if number == 1 else "0",
                "diagSrtNo": number,
                "diagCode": code,
                "diagName": name,
            }
            for number, (code, name) in enumerate(_diagnoses(row), 1)
        ],
    }


def hospital_call(world: World, books: Books, now: datetime, code: str = "") -> Any:  # noqa: ANN401
    """Makes calls of a hospital inside the platform: ``of(infno, input)``."""
    hospitals = [one for one in world.institutions if one["kind"] == "1"]
    chosen = next((one for one in hospitals if code in ("", one["code"])), None)
    if chosen is None:
        raise BadOrder("hospital: no such practice hospital")

    def of(infno: str, data: dict[str, Any]) -> Call:
        envelope = {"fixmedins_code": chosen["code"], "msgid": "", "infno": infno}
        return Call(infno, envelope, {}, data, books, now, world)

    return of


def prescribe(order: object, world: World, books: Books, now: datetime) -> Rx:
    """Issue one: pre-check, signature and upload by the practice hospital.

    :raises BadOrder: for an order that cannot be; :raises Refusal: where the pre-check says no.
    """
    if not isinstance(order, dict):
        raise BadOrder("order: an object is needed")
    manner = str(order.get("signature", "valid"))
    if manner not in MANNERS:
        raise BadOrder(f"signature must be one of {', '.join(MANNERS)}")
    asked = message_of(order, world, now)
    make = hospital_call(world, books, now, str(order.get("hospital", "")))
    strict = order.get("checked", True) is not False
    # A hospital's program writes JSON: what comes of it is read back before it is looked at.
    wire = jsontext.read(jsontext.write(asked))
    return rx_hospital.issue(make, wire, strict=strict, manner=manner)


def shown(rx: Rx, person_key: str) -> dict[str, Any]:
    """One prescription as the practice door tells of it."""
    head = rx.sheet["head"]
    return {
        "hi_rxno": rx.number,
        "trace_code": rx.trace_code,
        "psn_no": rx.psn_no,
        "person": person_key,
        "hospital": rx.hospital,
        "qr": rx.qr,
        "online": f"LXOL{rx.number}",
        "state": rx.state,
        "rxStasCodg": rx.status,
        "rxUsedStasCodg": rx.used,
        "rxChkStasCodg": rx.check,
        "used": rx.used == rx_book.USED,
        "locked_by": rx.lock,
        "issued_at": head["prscTime"],
        "valid_until": head["valiEndTime"],
        "review": {
            name: rx.review.get(name, "")
            for name in ("institution", "verdict", "pharmacist", "opinion", "serial")
        },
        "lines": [
            {
                "code": line["medListCodg"],
                "name": line["drugGenname"],
                "needed": rx.needed(place),
                "taken": rx.taken(place),
                "reported": rx.reported(place),
            }
            for place, line in enumerate(rx.sheet["lines"])
        ],
        "reports": [
            {
                name: one[name]
                for name in ("serial", "institution", "state", "insured", "setl_id", "at")
            }
            for one in rx.reports
        ],
    }
