"""A practice platform in memory on a fixed clock, and the shortest way to talk to it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sync.insurance.field_tables import Field, load_codes, load_tables
from sync.insurance.simulator.assemble import build_platform

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
SHOP = "P99990000001"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PATH = "/fsi/api/rsfComIfsService/callService"
STAMP = "2026-11-22 12:00:00"

AMOXICILLIN = "XLX99A00000000000000001"  # class A, 12.80
POLICY = [
    {
        "settlement": "any",
        "account": {"usable": True, "covers_self_funded": True},
        "mutual_aid": {"enabled": True, "covers_self_funded": False},
        "trace": {"required_from": "2025-07-01"},
    },
    {
        "settlement": "ordinary",
        "ratio": {"active": "0.60", "retired": "0.68", "resident": "0.50"},
        "deductible": {"type": "annual", "active": "500.00", "retired": "400.00"},
        "cap": {"active": "2300.00", "retired": "2500.00", "resident": "400.00"},
    },
    {
        "settlement": "special",
        "ratio": {"active": "0.70", "retired": "0.75", "resident": "0.60"},
        "inpatient_block": True,
        "quota": {"period": "quarter", "basis": "fund_paid", "disease": {"M03900": "360.00"}},
    },
    {"settlement": "two_disease", "ratio": {"active": "0.50", "resident": "0.50"}},
    {"settlement": "account"},
]


def region(**interface: Any) -> dict[str, Any]:
    """A small merged pack."""
    return {"code": "TEST", "division": "999900", "interface": interface, "policy": POLICY}


TABLES = load_tables(RESOURCES / "interface")
CODES = load_codes(RESOURCES / "interface")


def conforms(infno: str, output: Any) -> None:
    """An answer against its own printed table: required, length, places, codes."""
    for node in TABLES[infno.removesuffix("A") if infno == "2207A" else infno].output:
        if node.inside:
            continue
        found = output if not node.name else (output or {}).get(node.name)
        if found is None or (node.optional and not found):
            assert node.optional, f"{infno} {node.name}"
            continue
        if not node.name and isinstance(found, dict) and "data" in found:
            found = found["data"]
        assert isinstance(found, list) == node.many, f"{infno} {node.name}"
        for row in found if isinstance(found, list) else [found]:
            for field in node.fields:
                _field_conforms(f"{infno} {node.name}.{field.name}", field, row.get(field.name))


def _field_conforms(where: str, field: Field, value: Any) -> None:
    if value is None or value == "":
        assert not field.required, where
        return
    if field.kind == "node":
        return
    if field.kind in ("n", "int"):
        text = f"{float(value):.10f}".rstrip("0").partition(".")[2]
        assert len(text) <= (field.places or 0), where
        return
    if field.kind == "bool":
        assert isinstance(value, bool), where
        return
    assert isinstance(value, str), where
    assert field.length is None or len(value) <= field.length, where
    listed = CODES.get(field.code)
    assert not listed or listed.open or value in listed.values, where


class FarEnd:
    """The platform with a clock that only moves by hand."""

    def __init__(self, state_folder: Path | None = None, **interface: Any) -> None:
        self.now = NOON
        self.slept: list[float] = []
        self.numbers = count(1)
        self.signed: dict[str, str] = {}
        self.platform = build_platform(
            region(**interface),
            resources=RESOURCES,
            state_folder=state_folder,
            clock=lambda: self.now,
            sleep=self.slept.append,
        )
        people = self.get("/practice/persons")
        self.people = {one["key"]: one for one in people}

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def get(self, path: str) -> Any:
        _status, _headers, body = self.platform.handle("GET", path, {}, b"")
        return json.loads(body)

    def post(self, path: str, value: object) -> tuple[int, Any]:
        status, _headers, body = self.platform.handle("POST", path, {}, json.dumps(value).encode())
        return status, json.loads(body)

    def books(self, key: str) -> Any:
        return self.get(f"/practice/books?psn_no={self.people[key]['psn_no']}")

    def envelope(self, infno: str, data: object, **more: Any) -> dict[str, Any]:
        local = self.now + timedelta(hours=8)
        return {
            "infno": infno,
            "msgid": f"{SHOP}{local:%Y%m%d%H%M%S}{next(self.numbers):04d}",
            "mdtrtarea_admvs": "999900",
            "insuplc_admdvs": "999900",
            "recer_sys_code": "YBXT",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "LX01",
            "opter_name": "练习",
            "inf_time": f"{local:%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": SHOP,
            "fixmedins_name": "练习大药房（演示店）",
            "sign_no": "",
            "input": data,
            **more,
        }

    def send(self, envelope: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        """The parsed answer of one envelope."""
        body = json.dumps(envelope).encode()
        status, _headers, answer = self.platform.handle("POST", PATH, headers or {}, body)
        assert status == 200, answer
        return json.loads(answer)

    def call(self, infno: str, data: object, **more: Any) -> Any:
        """The ``output`` of a transaction that must succeed."""
        answer = self.send(self.envelope(infno, data, **more))
        assert answer["infcode"] == 0, answer["err_msg"]
        conforms(infno, answer["output"])
        return answer["output"]

    def refused(self, infno: str, data: object, **more: Any) -> str:
        """The words of a transaction that must be refused."""
        answer = self.send(self.envelope(infno, data, **more))
        assert answer["infcode"] == -1, answer
        assert answer["output"] is None
        return str(answer["err_msg"])

    def papers(self, key: str) -> dict[str, str]:
        one = self.people[key]
        return {
            "psn_no": one["psn_no"],
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": one["id_number"],
            "card_sn": "",
            "psn_cert_type": "01",
            "certno": one["id_number"],
            "psn_name": one["name"],
            "psn_type": one["insurances"][0]["psn_type"],
        }

    def sale(self, key: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Input of 2101 and 2102."""
        total = sum(round(float(one["det_item_fee_sumamt"]) * 100) for one in lines)
        info = {
            **self.papers(key),
            "begntime": STAMP,
            "medfee_sumamt": f"{total // 100}.{total % 100:02d}",
            "insutype": self.people[key]["insurances"][0]["insutype"],
            "acct_used_flag": "0",
            "med_type": "11",
        }
        return {"druginfo": {**info, **more}, "drugdetail": [dict(one) for one in lines]}


_codes = count(1)


def line(number: int = 1, cnt: str = "2", amount: str = "25.60", **more: Any) -> dict[str, Any]:
    """One line of amoxicillin with fresh trace codes."""
    packs = int(float(cnt))
    return {
        "feedetl_sn": str(number),
        "rxno": "LXCF01",
        "rx_circ_flag": "0",
        "fee_ocur_time": STAMP,
        "med_list_codg": AMOXICILLIN,
        "medins_list_codg": "P0001",
        "det_item_fee_sumamt": amount,
        "cnt": cnt,
        "pric": "12.80",
        "durg_trac_info": [
            {
                "feedetl_sn": str(number),
                "drug_trac_codg": f"8990001{next(_codes):013d}",
                "trdn_flag": "0",
            }
            for _ in range(packs)
        ],
        **more,
    }


def tif_headers(stamp: str, nonce: str, token: str, paasid: str) -> dict[str, str]:
    """Headers of gateway (a), straight from the reference's formula."""
    text = stamp + token + nonce + stamp
    return {
        "x-tif-paasid": paasid,
        "x-tif-timestamp": stamp,
        "x-tif-nonce": nonce,
        "x-tif-signature": hashlib.sha256(text.encode()).hexdigest(),
    }
