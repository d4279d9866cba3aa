"""Practice only: the practice hospital writes a prescription for the person at the counter."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.bounded import SETTINGS_LIMIT
from app.errors import BadValue, NotSent

if TYPE_CHECKING:
    from app.use_cases.views import Patient

_SECONDS = 10
_PATH = "/practice/prescriptions"
LINES = (
    {"code": "XLX99A00000000000000001", "quantity": "1", "days": "4", "dose": "0.5",
     "dose_unit": "g", "frequency": "每日三次"},
    {"code": "XLX99A00000000000000051", "quantity": "2", "days": "4", "dose": "1",
     "dose_unit": "g", "otc": True},
)  # fmt: skip
"""Drugs of the practice catalogue for four days: nothing that a rule would stop."""


def issue_for(url: str, patient: Patient) -> str:
    """One prescription of two drugs for this person; answers the end of its number.

    :raises BadValue: the practice hospital refused it; :raises NotSent: nobody answers there.
    """
    order = {
        "person": patient.person.psn_no,
        "lines": list(LINES),
        "department": "全科",
        "diagnoses": [{"code": "J06.900", "name": "急性上呼吸道感染(练习)"}],
    }
    status, told = _post(url, order)
    if status != 200:
        raise BadValue(what="prescription", why=str(told.get("error", status)))
    return str(told["hi_rxno"])[-4:]


def _post(url: str, order: object) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(url)
    try:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            connection.request("POST", _PATH, json.dumps(order).encode())
            answer = connection.getresponse()
            told = json.loads(answer.read(SETTINGS_LIMIT))
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        raise NotSent(infno="practice") from None
    return answer.status, told if isinstance(told, dict) else {}
