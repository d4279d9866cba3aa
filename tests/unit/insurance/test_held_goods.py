"""3508 to 3513: the question as printed, and answers in either place, or of no use at all."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.domain.money import Quantity, UnitPrice
from app.domain.stock_calls import AskHeld, AskHeldCodes
from app.domain.stock_held import HeldRow, sides, valid_of
from app.domain.stock_upload import StockUpload
from sync.insurance.held_goods import read_held
from tests.fakes.insurance import NOW, a_client, a_header

ROW = StockUpload(serial="LOT-0001", kind="3505", at=NOW, lot_id="lot-1", item="LX0001",
                  name="练习胶囊", quantity=Quantity.of("0.3333"))  # fmt: skip
DAYS = (date(2026, 10, 4), date(2026, 10, 6))
ASK = AskHeld("3511", ROW, *DAYS)
CODES = AskHeldCodes("3513", ROW, *DAYS)
TOLD = {
    "fixmedinsBchno": "LOT-0001", "medinsListCodg": "LX0001", "selRetnCnt": "0.33",
    "finlTrnsPric": "12.800000", "manuLotnum": "LX2611", "manuDate": "2026-06-01",
    "selRetnTime": "2026-10-05 08:00:00", "trdnFlag": "1", "medinsProdSelNo": "LK1",
}  # fmt: skip


def held_of(*rows: object) -> list[HeldRow]:
    value, findings = read_held(ASK, list(rows))
    assert isinstance(value, tuple) and not findings
    return list(value)


@pytest.mark.parametrize("infno", ["3508", "3509", "3510", "3511", "3512", "3513"])
def test_the_question_names_item_and_serial_and_the_days(infno: str) -> None:
    call = (AskHeldCodes if infno in ("3512", "3513") else AskHeld)(infno, ROW, *DAYS)
    message = a_client().compose(call, a_header())
    data = json.loads(message.body)["input"]["data"]
    asked = {name: value for name, value in data.items() if value}
    assert message.infno == infno and asked == {
        "fixmedins_code": "P99990000001", "medins_list_codg": "LX0001",
        "fixmedins_bchno": "LOT-0001", "begndate": "2026-10-04", "enddate": "2026-10-06",
    }  # fmt: skip


def test_rows_are_read_in_either_place_and_others_are_left_out() -> None:
    row = HeldRow(
        serial="LOT-0001", item="LX0001", quantity=Quantity.of("0.33"),
        price=UnitPrice.of("12.80"), batch="LX2611", made_on=date(2026, 6, 1),
        day=date(2026, 10, 5), split=True, number="LK1",
    )  # fmt: skip
    stranger = {**TOLD, "fixmedinsBchno": "LOT-0002"}
    for output in (TOLD, [TOLD, stranger], {"output": TOLD}, {"output": [stranger, TOLD]}):
        assert read_held(ASK, output) == ((row,), ())
    nothings: tuple[object, ...] = (None, "", {}, [], {"output": []}, {"output": None}, [stranger])
    for nothing in nothings:
        assert read_held(ASK, nothing) == ((), ())
    codes = [{**TOLD, "drugTracCodg": code} for code in ("8", "9", "9")]
    void = {**TOLD, "drugTracCodg": "7", "valiFlag": "0"}
    assert read_held(CODES, {"output": [*codes, void]}) == (("8", "9"), ())


@pytest.mark.parametrize(
    "output",
    [7, "x", [7], {"x": 1}, {"output": {"x": 1}}, [{**TOLD, "selRetnCnt": "1.23456"}],
     [{**TOLD, "selRetnCnt": True}], [{**TOLD, "finlTrnsPric": "-1"}], [TOLD] * 1001,
     {"output": {"output": [TOLD]}}],
)  # fmt: skip
def test_what_cannot_be_read_is_no_answer(output: object) -> None:
    value, findings = read_held(ASK, output)
    assert value is None and findings


def test_fewer_places_are_no_difference_and_a_row_twice_is_one() -> None:
    (held,) = held_of(TOLD)
    assert all(one.same for one in sides(ROW, [held]))
    assert [one.name for one in sides(ROW, [held, held]) if not one.same] == ["rows"]
    untold = held_of({"fixmedinsBchno": "LOT-0001"})
    assert [(one.name, one.same) for one in sides(ROW, untold)] == [("quantity", False)]
    void = held_of({**TOLD, "valiFlag": "0"})
    assert valid_of(void, "LOT-0001") == []
