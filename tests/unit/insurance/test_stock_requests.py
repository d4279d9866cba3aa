"""Rows of goods as they leave, byte for byte as printed, and as they are answered row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.insurance import Outcome
from app.domain.money import Quantity, UnitPrice
from app.domain.stock_calls import RowResult, UploadRows
from app.domain.stock_upload import (
    CORRECTABLE,
    DATA_KIND,
    DEMANDED,
    DrugMapping,
    PurchaseTold,
    SaleTold,
    StockUpload,
    UploadKind,
    gaps_of,
    item_code,
    serial_of,
    upload_of,
)
from app.errors import BadValue
from sync.insurance.stock_answers import read_results
from sync.insurance.stock_messages import NODES
from tests.fakes.insurance import NOW, a_client, a_header, tables

GOLDEN = Path(__file__).parents[2] / "golden" / "requests_stock"
CODES = ("89900010000000000001", "89900010000000000002")
SOLD = StockUpload(
    serial="LOT-0001",
    kind="3505",
    at=NOW,
    lot_id="lot-1",
    move_id="move-1",
    item="LX0001",
    name="练习胶囊",
    national_code="XA01ABD075A002010100483",
    rx=True,
    quantity=Quantity.of(2),
    batch="LX2611",
    made_on=date(2026, 6, 1),
    expires_on=date(2028, 5, 31),
    price=UnitPrice.of("12.80"),
    codes=CODES,
    barcode="2990000000019",
    operator="练习收银员",
    sale=SaleTold(
        receipt_no="01-20261005-0001",
        visit="MD0000000001",
        settlement_id="ST0000000001",
        fee_type="1",
        psn_no="LX99990000000001",
        person_name="练习甲",
        cert_type="01",
        cert_no="999900198003120116",
        rx_no="RX20261005001",
        circulated=True,
        prescriber="练习医师",
        prescriber_code="D999900000001",
        pharmacist="练习药师",
        pharmacist_licence="LXZY0002001",
        pharmacist_code="YS99990000002001",
    ),
)
OWN = replace(
    SOLD,
    serial="LOT-0002",
    national_code="",
    quantity=Quantity.of("0.25"),
    codes=(),
    barcode="",
    sale=SaleTold(
        receipt_no="01-20261005-0002",
        visit="01-20261005-0002",
        pharmacist="练习药师",
        pharmacist_licence="LXZY0002001",
    ),
)
COUNTED = replace(SOLD, kind="3501", quantity=Quantity.of("12.5"), sale=None)
BOUGHT = replace(
    SOLD,
    kind="3503",
    quantity=Quantity.of(10),
    price=UnitPrice.of("8.50"),
    codes=(),
    maker="示例制药有限公司",
    approval_no="国药准字H99990001",
    sale=None,
    purchase=PurchaseTold(
        supplier="练习医药有限公司",
        licence="AA9990001",
        delivery_note="SHTX-0001",
        invoice_no="F0001",
    ),
)
CHANGED = replace(
    BOUGHT, kind="3502", national_code="", change="105", quantity=Quantity.of("0.5"), note="broken"
)
BACK = replace(SOLD, serial="LOT-0003", kind="3506", platform_serial="LK26100500000001")
DELETE = replace(SOLD, serial="LOT-0004", kind="3507", deletes="LOT-0001", data_kind="4", sale=None)
MAPPED = DrugMapping(
    serial="M3301-1",
    kind="3301",
    at=NOW,
    medicine_id="drug-1",
    item="LX0001",
    name="练习胶囊",
    national_code="XA01ABD075A002010100483",
    begins=date(2026, 10, 5),
    approval_no="国药准字H99990001",
    dosage_form="胶囊剂",
    unit="盒",
    spec="0.25g*24粒",
    national_list="101",
)
CALLS = {
    "3501_counted": UploadRows("3501", (COUNTED,)),
    "3502_changed": UploadRows("3502", (CHANGED,)),
    "3503_bought": UploadRows("3503", (BOUGHT,)),
    "3505A_sold": UploadRows("3505A", (SOLD, OWN)),
    "3506_came_back": UploadRows("3506", (BACK,)),
    "3507A_deleted": UploadRows("3507A", (DELETE,)),
    "3301_mapped": UploadRows("3301", (MAPPED,)),
}


@pytest.mark.rule("LN-2.4a", "HY-1.2.3", "S-19")
@pytest.mark.parametrize("name", sorted(CALLS))
def test_each_form_leaves_as_printed(name: str) -> None:
    message = a_client().compose(CALLS[name], a_header())
    assert message.body.decode() == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


def test_members_go_by_the_regions_own_names() -> None:
    client = a_client(stock_trace_node="durgtracinfo", setl_type_key="MDTRT_SETL_TYPE")
    body = client.compose(UploadRows("3505", (SOLD,)), a_header()).body
    assert b'"durgtracinfo":[' in body and b'"MDTRT_SETL_TYPE":"1"' in body


@pytest.mark.parametrize(
    ("form", "row", "field"),
    [
        ("3501", replace(COUNTED, made_on=None), "manu_date"),
        ("3505", replace(SOLD, batch="B" * 31), "manu_lotnum"),
        ("3502", replace(CHANGED, price=None), "pric"),
        ("3503", replace(BOUGHT, purchase=None), "spler_name"),
        ("3503A", BOUGHT, "form"),
    ],
)
def test_what_breaks_its_table_does_not_leave(form: str, row: StockUpload, field: str) -> None:
    with pytest.raises(BadValue) as told:
        a_client().compose(UploadRows(form, (row,)), a_header())
    assert told.value.params["what"] == field


@pytest.mark.parametrize("kind", sorted(DEMANDED))
def test_what_is_demanded_is_found_when_the_row_is_written(kind: str) -> None:
    """A row without gaps leaves by every form; one that lacks a demanded field has a gap for it."""
    whole = {**dict.fromkeys(("3505", "3506"), SOLD), "3501": COUNTED, "3502": CHANGED,
             "3503": BOUGHT, "3504": BOUGHT, "3507": DELETE}[kind]  # fmt: skip
    row = replace(whole, kind=kind)
    assert gaps_of(row) == ()
    forms = [form for form in (kind, f"{kind}A") if form in NODES and form in tables()]
    for form in forms:
        a_client().compose(UploadRows(form, (row,)), a_header())
    for name in DEMANDED[kind]:
        assert name in CORRECTABLE
        assert name in gaps_of(without(row, name))


def without(row: StockUpload, name: str) -> StockUpload:
    if name in ("supplier", "invoice_no"):
        assert row.purchase is not None
        return replace(row, purchase=replace(row.purchase, **{name: ""}))
    if name.startswith("pharmacist"):
        assert row.sale is not None
        return replace(row, sale=replace(row.sale, **{name: ""}))
    empty: Any = None if name in ("made_on", "expires_on", "price") else ""
    return replace(row, **{name: empty})


def test_an_insured_sale_wants_its_national_code() -> None:
    assert gaps_of(replace(SOLD, national_code="")) == ("national_code",)
    assert gaps_of(OWN) == ()


@pytest.mark.parametrize("row", [SOLD, OWN, COUNTED, BOUGHT, BACK, DELETE, MAPPED])
def test_a_row_comes_back_from_the_outbox_as_it_went_in(row: StockUpload | DrugMapping) -> None:
    assert upload_of(row.kind, row.payload()) == row


def test_a_row_shows_nobody() -> None:
    assert "练习甲" not in repr(SOLD) and "999900198003120116" not in repr(SOLD)
    assert "练习药师" not in repr(SOLD) and "练习收银员" not in repr(SOLD)


def test_serials_fit_and_differ() -> None:
    made = {
        serial_of(lot, kind, move, attempt)
        for lot in ("a", "b")
        for kind in UploadKind
        for move in ("1", "2")
        for attempt in (0, 1)
    }
    assert len(made) == 2 * len(UploadKind) * 4 and all(len(one) <= 30 for one in made)
    assert item_code("LX0001", "drug") == "LX0001"
    long, other = item_code("L" * 31, "drug"), item_code("", "drug")
    assert len({long, other, item_code("", "drug2")}) == 3 and len(long) <= 30
    assert set(DATA_KIND) == set(DEMANDED) - {"3507"}


def said(serial: str, result: str, **more: str) -> dict[str, str]:
    return {"fixmedins_bchno": serial, "retRslt": result, **more}


YES, NO = RowResult("LOT-0001", True), RowResult("LOT-0002", False, "批号不符")


@pytest.mark.parametrize(
    ("form", "output", "results"),
    [
        ("3505A", {"selinfoDetail": [said("LOT-0002", "0", msgRslt="批号不符"),
                                     said("LOT-0001", "1", medins_prod_sel_no="LK1")]},
         (NO, replace(YES, platform_serial="LK1"))),
        # One of two is not spoken of: nobody knows what became of it.
        ("3502A", {"invinfoErrDetail": said("LOT-0002", "0", msgRslt="批号不符")}, (NO,)),
        # This form names failed rows only.
        ("3504A", {"purcinfoErrDetail": [said("LOT-0002", "0", msgRslt="批号不符")]}, (NO, YES)),
        ("3504A", None, (YES, RowResult("LOT-0002", True))),
        ("3505A", None, ()),
        ("3505A", {"selinfoDetail": [said("X", "1")]}, ()),
        ("3505A", {"selinfoDetail": "none"}, ()),
        # Some regions answer once for the whole call.
        ("3505A", {"result": {"retRslt": "1"}}, (YES, RowResult("LOT-0002", True))),
        ("3501A", None, (YES, RowResult("LOT-0002", True))),
        ("3301", None, (YES, RowResult("LOT-0002", True))),
    ],
)  # fmt: skip
def test_answers_are_read_row_by_row(
    form: str, output: object, results: tuple[RowResult, ...]
) -> None:
    found = read_results(UploadRows(form, (SOLD, OWN)), output)
    assert sorted(found, key=repr) == sorted(results, key=repr)


def test_a_deletion_is_answered_by_what_it_deletes() -> None:
    call = UploadRows("3507A", (DELETE,))
    output = {"goodErrDetail": [said("LOT-0001", "0", msgRslt="未上传")]}
    assert read_results(call, output) == (RowResult("LOT-0004", False, "未上传"),)


def test_the_client_hands_the_rows_on_and_believes_no_other_answer() -> None:
    from sync.insurance.transport import Reply

    body = b'{"infcode":0,"output":{"selinfo":null},"err_msg":null}'
    client = a_client(Reply(200, {}, body))
    message = client.compose(UploadRows("3505", (SOLD,)), a_header())
    answer = client.send(message)
    assert (answer.outcome, answer.value) == (Outcome.SUCCESS, (YES,))
