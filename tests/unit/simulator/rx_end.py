"""A practice platform with a prescription centre, and a pharmacy that talks to it."""

from __future__ import annotations

from typing import Any

from tests.unit.simulator.far_end import SHOP, STAMP, FarEnd, line

OTHER = "P99990000002"
HOSPITAL = "H99990000001"
AMLODIPINE = "XLX99A00000000000000011"
AMOXICILLIN = "XLX99A00000000000000001"


def order(**more: Any) -> dict[str, Any]:
    """Two packs of amoxicillin and one of amlodipine for the first practice person."""
    lines = [{"code": AMOXICILLIN, "quantity": "2"}, {"code": AMLODIPINE, "quantity": "1"}]
    return {"person": "active_met", "lines": lines, **more}


class RxEnd(FarEnd):
    """Release B; ``shop`` says who calls."""

    def __init__(self, **interface: Any) -> None:
        super().__init__(**{"eprescription_release": "B", **interface})
        self.shop = SHOP

    def envelope(self, infno: str, data: object, **more: Any) -> dict[str, Any]:
        made = super().envelope(infno, data, **more)
        return {**made, "fixmedins_code": self.shop, "msgid": self.shop + made["msgid"][12:]}

    def issue(self, **more: Any) -> Any:
        status, shown = self.post("/practice/prescriptions", order(**more))
        assert status == 200, shown
        return shown

    def seen(self, number: str) -> Any:
        return next(o for o in self.get("/practice/prescriptions") if o["hi_rxno"] == number)

    def who(self) -> dict[str, str]:
        return {
            "fixmedinsCode": self.shop,
            "ipInfo": "127.0.0.1",
            "devInfo": "till",
            "opter": "LX01",
            "opterName": "练习",
            "optinsNo": self.shop,
        }

    def asks(self, key: str = "active_met", **more: str) -> dict[str, Any]:
        one = self.people[key]
        row = {
            "psnName": one["name"],
            "psnCertType": "01",
            "certno": one["id_number"],
            "ecToken": one["ec_token"],
            "regSn": "",
        }
        return {"data": {**self.who(), **row, **more}}

    def offers(self, key: str = "active_met", **more: str) -> Any:
        return self.call("7201", self.asks(key, **more))["data"]

    def fetch(self, offer: dict[str, Any]) -> dict[str, Any]:
        return {
            "data": {
                **self.who(),
                "epcToken": offer["epcToken"],
                "authRxno": offer["authRxno"],
            }
        }

    def taken(self, offer: dict[str, Any]) -> Any:
        return self.call("7204", self.fetch(offer))

    def verify_of(self, offer: dict[str, Any], sheet: dict[str, Any]) -> dict[str, Any]:
        head = sheet["data"]
        names = ("hiRxno", "rxTraceCode", "rxFile")
        row = {name: head[name] for name in names}
        return {"data": {**row, "fixmedinsCode": self.shop, "epcToken": offer["epcToken"]}}

    def review_of(
        self, offer: dict[str, Any], number: str, serial: str, verdict: str = "1", **more: str
    ) -> dict[str, Any]:
        row = {
            "hiRxno": number,
            "epcToken": offer["epcToken"],
            "fixmedinsCode": self.shop,
            "fixmedinsName": "练习大药房（演示店）",
            "pharCertType": "01",
            "pharCertno": "999900198501012003",
            "pharName": "练习·王药师",
            "pharCode": "YS99990000002001",
            "rxChkOpnn": "审核通过",
            "rxChkStasCodg": verdict,
            "rxChkTime": STAMP,
            "rxSignVerifySn": serial,
        }
        return {"data": {**row, **more}}

    def passed(self, number: str, key: str = "active_met") -> tuple[dict[str, Any], str]:
        """Authorised, downloaded, verified, passed: the offer and the review serial."""
        offer = self.offers(key)[-1]
        sheet = self.taken(offer)
        assert sheet["data"]["hiRxno"] == number
        verified = self.call("7205", self.verify_of(offer, sheet))["data"]
        assert verified["flag"] is True
        told = self.call("7206", self.review_of(offer, number, verified["rxSignVerifySn"]))
        return offer, told["data"]["rxChkBizSn"]

    def report_of(
        self, number: str, review: str, *packs: tuple[str, str], **more: Any
    ) -> dict[str, Any]:
        rows = [
            {
                "rtalDocno": "R1",
                "stooutTime": STAMP,
                "medListCodg": code,
                "medinsListCodg": "P",
                "drugGenname": "药",
                "drugSpec": "1",
                "drugTotlcnt": count,
                "drugTotlcntEmp": "盒",
            }
            for code, count in packs or ((AMOXICILLIN, "2"), (AMLODIPINE, "1"))
        ]
        head = {
            "hiRxno": number,
            "fixmedinsCode": self.shop,
            "fixmedinsName": "练习大药房（演示店）",
            "rxChkBizSn": review,
        }
        return {"data": {**head, **more}, "rxSaleDrugDetl": rows}

    def undo_of(self, number: str, **more: str) -> dict[str, Any]:
        return {"data": {"hiRxno": number, "fixmedinsCode": self.shop, **more}}

    def rx_sale(self, number: str, *codes: str) -> dict[str, Any]:
        """Input of 2101 and 2102 on a circulated prescription."""
        lines = [
            line(n, cnt="1", amount="12.80", rxno=number, rx_circ_flag="1", med_list_codg=code)
            for n, code in enumerate(codes or (AMOXICILLIN, AMLODIPINE), 1)
        ]
        return self.sale("active_met", *lines)

    def cancel_of(self, told: dict[str, Any]) -> dict[str, Any]:
        info = told["setlinfo"]
        names = ("psn_no", "mdtrt_id", "setl_id")
        return {"data": {name: info[name] for name in names}}
