"""The files of 3202 and the messages around them: bytes typed from the reference, then garbage."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.money import Money
from app.domain.statement import CentreRow, Figures, GroupKey, OwnRow
from app.domain.statement_calls import (
    ApplyClearing,
    AskDetails,
    AskTotals,
    FetchStatement,
    FileKept,
    SendStatement,
    TotalsSaid,
    WithdrawClearing,
)
from app.errors import BadValue
from app.resources import resource
from sync.insurance.field_tables import load_tables
from sync.insurance.messages import content_of, draft
from sync.insurance.profile import Institution, Terminal
from sync.insurance.statement_answers import read_file, read_statement
from sync.insurance.statement_files import MAX_TEXT, pack, unpack
from tests.fakes.insurance import a_header, a_profile

DAY = date(2026, 11, 21)
KEY = GroupKey("999900", "310", "11")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
MONEY = Figures(Money(12345), Money(7407), Money(1000), Money(3938))
ROWS = (
    OwnRow(KEY, MONEY, NOON, "m1", "LS1", "LM1", "LX1"),
    OwnRow(GroupKey("999900", "310", "11", True), -MONEY, NOON, "m2", "LS2", "LM1", "LX1"),
)
SENT = b"LS1\tLM1\tLX1\t123.45\t74.07\t10.00\t0\nLS2\tLM1\tLX1\t-123.45\t-74.07\t-10.00\t1\n"
"""Columns of 2.14: setl_id mdtrt_id psn_no medfee_sumamt fund_pay_sumamt acct_pay refd_setl_flag;
a refund is its positive and its negative line."""
TOLD = (
    "LX1\tLM1\tLS1\tP999\t0\t0\tnull\t123.45\t74.07\t10.00\n"
    "LX2\tnull\tnull\tP99990000001202611211200000101\t000103\t1\t中心有，机构无\t-5.00\t-3.00\t0.00\n"
)
"""psn_no mdtrt_id setl_id msgid stmt_rslt refd_setl_flag memo and three amounts."""


def zipped(*texts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, text in enumerate(texts):
            packed.writestr(f"{number}.txt", text)
    return target.getvalue()


def test_our_lines_are_the_bytes_of_the_reference_and_the_same_every_day() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(ROWS))) as packed:
        (name,) = packed.namelist()
        assert packed.read(name) == SENT
    assert pack(ROWS) == pack(ROWS)
    with pytest.raises(BadValue):
        pack([OwnRow(KEY, MONEY, NOON, "m1", "LS1", "", "LX1")])


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\t\n"])
def test_the_result_is_read_in_either_code_with_either_end(code: str, ends: str) -> None:
    level, stranger = unpack(zipped(TOLD.replace("\n", ends).encode(code)))
    figures = Figures(Money(12345), Money(7407), Money(1000), Money(3938))
    assert level == CentreRow("P999", "LS1", "LM1", "0", False, figures, "LX1", "")
    assert (stranger.setl_id, stranger.mdtrt_id, stranger.refunded) == ("", "", True)
    assert (stranger.memo, stranger.negative) == ("中心有，机构无", True)
    assert stranger.msgid == "P99990000001202611211200000101"
    names = "psn_no\tmdtrt_id\tsetl_id\tmsgid\tstmt_rslt\trefd_setl_flag\tmemo\ta\tb\tc\n"
    assert len(unpack(zipped((names + TOLD).encode()))) == 2
    assert unpack(zipped(b"")) == ()


BAD_ROWS = {
    "nine columns": "LX1\tLM1\tLS1\tP\t0\t0\tnull\t1\t1\n",
    "eleven columns": TOLD.splitlines()[0] + "\tmore\n",
    "no amount": TOLD.replace("123.45", "12,3"),
    "a part of a fen": TOLD.replace("123.45", "123.456"),
    "no result": "LX1\tLM1\tLS1\tP\tnull\t0\tnull\t1\t1\t1\n",
    "names nothing": "LX1\tLM1\tnull\tnull\t0\t0\tnull\t1\t1\t1\n",
    "an endless cell": TOLD.replace("中心有", "中" * 700),
    "an endless id": TOLD.replace("LS1", "L" * 31),
}


@pytest.mark.parametrize("text", BAD_ROWS.values(), ids=BAD_ROWS)
def test_one_row_that_cannot_be_read_spoils_the_file(text: str) -> None:
    with pytest.raises(BadValue):
        unpack(zipped(text.encode()))


def test_bombs_and_other_archives_are_no_files() -> None:
    # 33 MB of noughts are 33 kB packed; what the directory says of the length is not believed.
    for body in (
        zipped(b"0" * (MAX_TEXT + 1)),
        zipped(TOLD.encode(), b""),
        b"PK\x03\x04",
        b"",
        b"{}",
    ):
        with pytest.raises(BadValue):
            unpack(body)
    torn = zipped(TOLD.encode())
    with pytest.raises(BadValue):
        unpack(torn[:-30])
    value, findings = read_file(FetchStatement(FileKept("1", "x")), torn[:-30])
    assert value is None and findings[0].rule == "table"


@settings(max_examples=40)
@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_garbage_is_refused_and_never_breaks_the_reader(noise: bytes, at: int, byte: int) -> None:
    body = bytearray(zipped(TOLD.encode()))
    body[at % len(body)] = byte
    for content in (noise, zipped(noise), bytes(body)):
        try:
            rows = unpack(content)
        except BadValue:
            continue
        assert all(isinstance(row, CentreRow) for row in rows)


def terminal() -> Terminal:
    return Terminal(a_profile(), Institution("P99990000001", "练习药店"))


TABLES = load_tables(resource("interface"))
ASKED = {
    "3201": (
        AskTotals(KEY, DAY, DAY, MONEY, 3),
        '{"data": {"insutype": "310", "clr_type": "11", "setl_optins": "999900",'
        ' "stmt_begndate": "2026-11-21", "stmt_enddate": "2026-11-21", "medfee_sumamt": "123.45",'
        ' "fund_pay_sumamt": "74.07", "acct_pay": "10.00", "fixmedins_setl_cnt": "3",'
        ' "refd_setl_flag": "0", "fixmedins_refd_setl_flag": "0"}}',
    ),
    "3202": (
        AskDetails("999900", "11", True, "LF9", DAY, DAY, MONEY, 2),
        '{"data": {"setl_optins": "999900", "file_qury_no": "LF9", "stmt_begndate": "2026-11-21",'
        ' "stmt_enddate": "2026-11-21", "medfee_sumamt": "123.45", "fund_pay_sumamt": "74.07",'
        ' "cash_payamt": "39.38", "fixmedins_setl_cnt": "2", "clr_type": "11",'
        ' "refd_setl_flag": "1", "fixmedins_refd_setl_flag": "1"}}',
    ),
    "9102": (
        FetchStatement(FileKept("LF9", "r.zip")),
        '{"fsDownloadIn": {"file_qury_no": "LF9", "filename": "r.zip",'
        ' "fixmedins_code": "P99990000001"}}',
    ),
    "3203": (
        ApplyClearing("11", "202611", date(2026, 11, 1), date(2026, 11, 30), 7, MONEY, MONEY.total),
        '{"data": {"clr_type": "11", "clr_way": "1", "setlym": "202611", "psntime": "7",'
        ' "medfee_sumamt": "123.45", "med_sumfee": "123.45", "fund_appy_sum": "74.07",'
        ' "cash_payamt": "39.38", "acct_pay": "10.00", "begndate": "2026-11-01",'
        ' "enddate": "2026-11-30"}}',
    ),
    "3204": (WithdrawClearing("LQ1"), '{"data": {"clr_appy_evt_id": "LQ1"}}'),
}


@pytest.mark.parametrize("infno", ASKED)
def test_each_question_has_the_fields_of_its_table(infno: str) -> None:
    call, typed = ASKED[infno]
    made = draft(call, a_header(), terminal())
    assert made.infno == infno
    told = json.dumps(content_of(made, terminal(), TABLES), default=str, ensure_ascii=False)
    assert json.loads(told.replace('": 3,', '": "3",').replace('": 2,', '": "2",').replace(
        '": 7,', '": "7",')) == json.loads(typed)  # fmt: skip


def test_the_file_travels_in_base64() -> None:
    content = content_of(draft(SendStatement(ROWS, "s.zip"), a_header(), terminal()), terminal(),
                         TABLES)  # fmt: skip
    sent = content["fsUploadIn"]
    assert isinstance(sent, dict) and base64.b64decode(sent["in"], validate=True) == pack(ROWS)
    assert (sent["filename"], sent["fixmedins_code"]) == ("s.zip", "P99990000001")


def test_answers_are_read_under_either_name_and_a_hole_is_a_finding() -> None:
    call = AskTotals(KEY, DAY, DAY, MONEY, 3)
    said = {"stmtinfo": [{"stmt_rslt": 0, "stmt_rslt_dscr": None}]}
    assert read_statement(call, said) == (TotalsSaid("0", ""), ())
    value, findings = read_statement(call, {"stmtinfo": {}})
    assert value is None and findings
    kept = {"file_qury_no": "LF1", "filename": "s.zip", "dld_end_time": "2026-11-28 12:00:00"}
    value, _ = read_statement(SendStatement(()), kept)
    assert value == FileKept("LF1", "s.zip", datetime(2026, 11, 28, 4, tzinfo=UTC))
