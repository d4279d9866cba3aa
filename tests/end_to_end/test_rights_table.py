"""The table of rights against the use cases: whoever lacks a right is refused below the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.device_plan import DeviceKind
from app.domain.dispute import Verdict
from app.domain.money import Money, Quantity
from app.domain.returns import ReturnReason
from app.domain.shift import MoveKind
from app.domain.staff import RIGHTS, Right, Role
from app.errors import NotAllowed
from app.use_cases import (
    basket,
    change_environment,
    custody,
    day_close,
    decide_dispute,
    exhibits,
    hold_evidence,
    inspection,
    people,
    place_device,
    purchase_still,
    rights,
    shift,
    stocktake_count,
)
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Doors, Operator
from app.use_cases.return_goods import quote_return, run_return
from tests.end_to_end.test_cashier_rights import ACTS, DAY
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from ui.office_pages import PAGES


@dataclass
class Ground:
    """A till, and a return that waits to be run."""

    till: PracticeTill
    return_id: str


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    for till in practice_till(tmp_path_factory.mktemp("rights")):
        sale = till.basket((till.find(sale_class="otc_b", cold_chain=False), 1))
        complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
        asked = quote_return(
            till.doors, sale.id, {1: Quantity.of(1)}, sale.lines[0].trace_codes,
            ReturnReason.QUALITY, till.operator, None,
        )  # fmt: skip
        yield Ground(till, asked.return_id)


Act = Callable[[Doors, Operator, Ground], Any]
NOWHERE: Any = SimpleNamespace(view=lambda: None)
NOTHING: Any = None
ONE: dict[Right, Act] = {
    Right.SELL: lambda d, o, g: basket.open_basket(d, o),
    Right.RETURN: lambda d, o, g: run_return(d, g.return_id, o, None, lambda _: None),
    Right.CHANGE_PRICE: lambda d, o, g: ACTS["price_list"](d, o),
    Right.OPEN_DRAWER: lambda d, o, g: shift.move_cash(d, o, MoveKind.IN, Money(100), "x"),
    Right.RESOLVE_UNKNOWN: lambda d, o, g: decide_dispute.decide_dispute(
        d, "none", decide_dispute.Ruling(Verdict.ASK_AGAIN, "x"), o
    ),
    Right.SETUP: lambda d, o, g: change_environment.change_environment(
        d, o, NOWHERE, "production", "1001", "100100"
    ),
    Right.SEE_PERSON: lambda d, o, g: exhibits.look_at(d, NOTHING, o),
    Right.MANAGE_STAFF: lambda d, o, g: people.join(
        d, o, people.Joiner("8888", "练习·新人", Role.CASHIER)
    ),
    Right.DEVICES: lambda d, o, g: place_device.place_device(
        d, o, DeviceKind.SCANNER, NOTHING, lambda: None
    ),
    Right.ANSWER_GAPS: lambda d, o, g: purchase_still.answer_gap(d, "none", NOTHING, o),
    Right.KEEP_CARDS: lambda d, o, g: custody.return_card(d, "none", NOTHING, o),
    Right.KEEP_EVIDENCE: lambda d, o, g: hold_evidence.require_keeper(d, o),
    Right.RECEIVE_GOODS: lambda d, o, g: ACTS["receive"](d, o),
    Right.COUNT_STOCK: lambda d, o, g: stocktake_count.undo_last(d, "none", o),
    Right.APPROVE_STOCK: lambda d, o, g: ACTS["stocktake_open"](d, o),
    Right.CLOSE_DAY: lambda d, o, g: day_close.close_day(d, o),
    Right.INSPECT: lambda d, o, g: inspection.find_sales(d, inspection.Wish(DAY, DAY), o),
}
"""An act for each right; SECOND_WORD is somebody else's word and stands below."""


def as_role(ground: Ground, role: Role) -> Operator:
    return Operator(replace(ground.till.operator.staff, role=role, level=None))


def refusals(ground: Ground) -> int:
    with ground.till.doors.uow() as uow:
        return sum(entry.act == "right.refused" for entry in uow.log.tail(1000))


@pytest.mark.rule("HY-1.1.3")
@pytest.mark.parametrize(
    ("role", "right"),
    [
        (role, right)
        for role in Role
        for right in Right
        if right not in RIGHTS[role] and right in ONE
    ],
)
def test_who_lacks_a_right_is_refused_and_it_is_written_down(
    ground: Ground, role: Role, right: Right
) -> None:
    before = refusals(ground)
    with pytest.raises(NotAllowed) as told:
        ONE[right](ground.till.doors, as_role(ground, role), ground)
    assert told.value.params["act"] == right.value
    assert refusals(ground) == before + 1


def test_every_right_of_the_table_has_an_act_that_asks_for_it() -> None:
    assert set(Right) - set(ONE) == {Right.SECOND_WORD}


def test_a_cashier_is_nobody_s_second_person(ground: Ground) -> None:
    with pytest.raises(NotAllowed):
        rights.approve(ground.till.doors, "1001", "100100", Right.SECOND_WORD)


@pytest.mark.parametrize("name", ACTS)
def test_an_inspector_is_refused_what_a_cashier_is(ground: Ground, name: str) -> None:
    with pytest.raises(NotAllowed):
        ACTS[name](ground.till.doors, as_role(ground, Role.INSPECTOR))


def test_pages_of_the_office_that_show_money_or_persons_take_a_right() -> None:
    open_to_all = {name for name, right, _make in PAGES if right is None}
    assert open_to_all <= {"trace", "uploads"}, "whoever adds one says who may see it"
    hidden = {name for name, right, _ in PAGES if right and right not in RIGHTS[Role.CASHIER]}
    assert {"board", "receiving", "prices", "papers", "reports", "reconcile", "backup"} <= hidden
