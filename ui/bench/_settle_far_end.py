"""A far end that answers at once and always well: the same for us and for the bare round trips."""

from __future__ import annotations

import json
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

PERSON_NO = "LX99990000000001"
ID_NUMBER = "999900198003120116"
_PERSON = {
    "psn_no": PERSON_NO,
    "psn_cert_type": "01",
    "certno": ID_NUMBER,
    "psn_name": "练习甲",
    "gend": "1",
    "brdy": "1980-03-12",
    "age": 46,
}
_ROW = {
    "balc": "0.00",
    "insutype": "310",
    "psn_type": "11",
    "psn_insu_stas": "1",
    "cvlserv_flag": "0",
    "insuplc_admdvs": "999900",
}
_NOUGHTS = (
    "fulamt_ownpay_amt overlmt_selfpay preselfpay_amt act_pay_dedc hifp_pay pool_prop_selfpay "
    "cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay oth_pay hifdm_pay fund_pay_sumamt acct_pay "
    "balc acct_mulaid_pay hosp_part_amt"
)
_WITH_ID = ("2102",)


def _settled(envelope: dict[str, Any]) -> dict[str, Any]:
    """Everything in scope and paid in cash: every identity of interface 6.2 holds."""
    total = envelope["input"]["druginfo"]["medfee_sumamt"]
    info: dict[str, object] = dict.fromkeys(_NOUGHTS.split(), "0.00")
    info |= {
        **_PERSON,
        "mdtrt_id": "LM0000000001",
        "insutype": "310",
        "psn_type": "11",
        "cvlserv_flag": "0",
        "setl_time": envelope["inf_time"],
        "med_type": envelope["input"]["druginfo"]["med_type"],
        "medfee_sumamt": total,
        "inscp_scp_amt": total,
        "psn_part_amt": total,
        "psn_cash_pay": total,
        "medins_setl_id": envelope["msgid"],
        "clr_type": "11",
    }
    if envelope["infno"] in _WITH_ID:
        info["setl_id"] = "LS0000000001"
    return {"setlinfo": info, "setldetail": []}


def _output(envelope: dict[str, Any]) -> object:
    infno = envelope["infno"]
    if infno == "9001":
        return {"signinoutb": {"sign_time": envelope["inf_time"], "sign_no": "LX0001"}}
    if infno == "1101":
        return {"baseinfo": _PERSON, "insuinfo": [_ROW], "idetinfo": []}
    if infno in ("2101", "2102"):
        return _settled(envelope)
    return {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        envelope = json.loads(body, parse_float=lambda text: str(Decimal(text)))
        answer = {"infcode": 0, "err_msg": None, "output": _output(envelope)}
        content = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def serve(told: Connection) -> None:
    """Serve on a free port of loopback for ever; the URL is told through the pipe."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    told.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()
