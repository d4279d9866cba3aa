"""What each fault makes of an answer on its way out."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sync.insurance.simulator.faults import Rule
from sync.insurance.simulator.refusal import NoReply

Reply = tuple[int, dict[str, str], bytes]
Answer = dict[str, Any]
HUGE_BYTES = 40_000_000
_PAGE = "<html><head><title>{0}</title></head><body>{0}</body></html>"
_HTML = {"Content-Type": "text/html;charset=utf-8"}


def _page(status: int, title: str) -> Reply:
    return status, dict(_HTML), _PAGE.format(title).encode()


def _message(status: int, text: str) -> Reply:
    body = json.dumps({"code": status, "message": text}, ensure_ascii=False)
    return status, {"Content-Type": "application/json"}, body.encode()


def _other_msgid(answer: Answer) -> None:
    info = (answer.get("output") or {}).get("setlinfo")
    if isinstance(info, dict) and info.get("medins_setl_id"):
        shown = str(info["medins_setl_id"])
        info["medins_setl_id"] = shown[:-1] + ("0" if shown[-1] != "0" else "1")


def _wrong_amounts(answer: Answer) -> None:
    info = (answer.get("output") or {}).get("setlinfo")
    if isinstance(info, dict) and "psn_cash_pay" in info:
        info["psn_cash_pay"] = info["psn_cash_pay"] + Decimal("1.00")


def _other_rx(answer: Answer) -> None:
    output = answer.get("output") or {}
    head = output.get("data")
    for name in ("hiRxno", "hi_rxno"):
        if isinstance(head, dict) and head.get(name):
            shown = str(head[name])
            head[name] = shown[:-1] + ("0" if shown[-1] != "0" else "1")
    for node, name in (("rxOtpinfo", "patnName"), ("rx_otpinfo", "patn_name")):
        if isinstance(output.get(node), dict):
            output[node][name] = "练习·他人"


_TWISTS: dict[str, Callable[[Answer], None]] = {
    "other_msgid": _other_msgid,
    "wrong_amounts": _wrong_amounts,
    "other_rx": _other_rx,
}

_FIXED: dict[str, Callable[[], Reply]] = {
    "bad_signature": lambda: _message(401, "签名不一致!"),
    "http_500": lambda: (500, {}, b""),
    "http_502": lambda: _page(502, "502 Bad Gateway"),
    "html": lambda: _page(200, "系统登录"),
    "empty": lambda: (200, {"Content-Type": "application/json"}, b""),
    "redirect": lambda: (302, {"Location": "/login"}, b""),
    "huge": lambda: (200, {"Content-Type": "application/json"}, b'"' + b"x" * HUGE_BYTES + b'"'),
    "maintenance": lambda: _message(503, "系统维护中"),
}


def distort(rule: Rule, answer: Answer | None, encode: Callable[[Answer], Reply]) -> Reply:
    """The reply that the fault lets out; ``answer`` is None where the act was not carried out.

    A torn answer claims its whole length in ``Content-Length`` and holds half of it.
    :raises NoReply: where the connection ends without one.
    """
    if rule.kind in _FIXED:
        return _FIXED[rule.kind]()
    if rule.kind in ("not_arrived", "lost_answer") or answer is None:
        raise NoReply(done=answer is not None)
    changed = copy.deepcopy(answer)
    if rule.kind in _TWISTS:
        _TWISTS[rule.kind](changed)
    status, headers, body = encode(changed)
    if rule.kind == "torn":
        return status, {**headers, "Content-Length": str(len(body))}, body[: len(body) // 2]
    if rule.kind == "twice":
        body = body + body
    return status, headers, body
