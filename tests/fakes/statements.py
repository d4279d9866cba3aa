"""Days of settlements to compare: a manager, sales, and a portal that nobody of the shop uses."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from app.domain.sale import Sale
from app.domain.settlement import Settlement
from app.use_cases.doors import Operator
from app.use_cases.sign_in import SecondPerson, sign_in
from tests.fakes.practice_till import INSTITUTION, PracticeTill
from ui.practice import hire, practice_staff

DAY = date(2026, 11, 22)
SECOND = SecondPerson("2001", "200200")
GROUND = "练习：经办机构电话确认"


def a_manager(till: PracticeTill) -> Operator:
    """The invented manager of the practice shop."""
    hire(till.doors, [one for one in practice_staff() if one.number == "3001"])
    return sign_in(till.doors, "3001", "300300")


def a_settled_sale(till: PracticeTill, packs: int = 1, key: str = "active_met") -> Sale:
    """Prescribed and settled; the cash is not taken yet, which no comparison minds."""
    patient = till.patient(key)
    sale = till.prescribe(till.basket((till.medicine("P0001"), packs)))
    till.quote(sale, patient)
    till.settle(sale, patient)
    return sale


def settlement_of(till: PracticeTill, sale: Sale) -> Settlement:
    """The one attempt of a sale."""
    with till.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
    return one


def setl_id(till: PracticeTill, sale: Sale) -> str:
    """The platform's id of it."""
    answer = settlement_of(till, sale).answer
    assert answer is not None
    return answer.setl_id


def portal(till: PracticeTill, path: str = "", **asked: Any) -> dict[str, Any]:
    """What somebody does in the bureau's portal."""
    body = json.dumps({"fixmedins_code": INSTITUTION, **asked}).encode()
    status, _headers, told = till.platform.handle("POST", f"/practice/settlements{path}", {}, body)
    assert status == 200, told
    answer: dict[str, Any] = json.loads(told)
    return answer


def keyed_past_the_till(till: PracticeTill, key: str = "active_met", count: int = 1) -> str:
    """A settlement that only the centre has; answers its message id."""
    drug = till.medicine("P0001")
    line = {"med_list_codg": drug.national_code, "pric": "12.80", "cnt": str(count)}
    return str(portal(till, psn_no=till.person(key)["psn_no"], lines=[line])["msgid"])
