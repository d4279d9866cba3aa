"""What leaves for the prescription centre, byte for byte, in both releases (interface 3).

The goldens were written from the printed tables of release B, and for release A from the names
that were seen, not by our code.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.money import Money
from app.domain.policy import CentreProfile
from app.domain.rx_calls import AskPrescriptions, DownloadRx, RxCall
from app.domain.rx_case import RxTokens
from app.errors import BadValue, PackValueMissing
from sync.insurance.field_tables import table_of
from tests.fakes.insurance import a_header, tables
from tests.fakes.rx_calls import (
    FILE,
    NUMBERS_A,
    NUMBERS_B,
    PERSON,
    RX_LINE,
    SECRETS,
    dispensing,
    report_line,
    reviewing,
    rx_calls,
    rx_client,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "requests_rx"
HEADER = a_header(insured_area="")
FILES = sorted(path.stem for path in GOLDEN.glob("*.json"))


def composed(call: RxCall, release: str = "B") -> dict[str, object]:
    body = rx_client(release=release).compose(call, HEADER).body
    document: dict[str, object] = json.loads(body)
    return document


def test_every_call_has_its_golden() -> None:
    assert {f"B_{name}" for name in rx_calls()} == {one for one in FILES if one[0] == "B"}
    acts = {one[2:].split("_")[0] for one in FILES if one[0] == "A"}
    assert acts == set(NUMBERS_A)


@pytest.mark.parametrize("name", FILES)
def test_each_call_leaves_as_printed(name: str) -> None:
    release, _, act = name.partition("_")
    message = rx_client(release=release).compose(rx_calls()[act], HEADER)
    assert message.body.decode() == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", ["7201", "7202", "7203", "7204", "7205", "7206"])
def test_the_same_number_means_another_act(number: str) -> None:
    """Interface 3.1: a message of one release never has the fields of the other's."""
    later, earlier = table_of(tables(), number, "B"), table_of(tables(), number, "A")
    assert later is not None
    assert earlier is not None
    assert {field.name for field in later.input[0].fields} != {
        field.name for field in earlier.input[0].fields
    }
    act_b = next(act for act, one in NUMBERS_B.items() if one == number)
    act_a = next(act for act, one in NUMBERS_A.items() if one == number)
    assert act_a != act_b
    for release, act in (("B", act_b), ("A", act_a)):
        message = rx_client(release=release).compose(rx_calls()[act], HEADER)
        assert message.infno == number
        table = table_of(tables(), number, release)
        assert table is not None
        sent = json.loads(message.body)["input"]["data"]
        assert set(sent) == {one.name for one in table.input[0].fields}


@pytest.mark.parametrize("number", ["7207", "7208", "7209", "7210", "7211"])
def test_a_number_of_the_later_release_has_no_table_in_the_earlier(number: str) -> None:
    assert table_of(tables(), number, "A") is None
    assert table_of(tables(), number, "B") is not None


@pytest.mark.parametrize("act", ["verify", "undo", "online", "receipt", "circulating"])
def test_an_act_that_the_release_lacks_is_told(act: str) -> None:
    with pytest.raises(PackValueMissing) as told:
        rx_client(release="A").compose(rx_calls()[act], HEADER)
    assert told.value.params["key"] == f"interface.eprescription_numbers.{act}"


def test_names_are_spelt_as_the_release_spells_them() -> None:
    later, earlier = (json.dumps(composed(dispensing(), one)) for one in ("B", "A"))
    for name in ("hiRxno", "drugTraceCodg", "rxSaleDrugDetl", "hiFeesetlFlag"):
        assert name in later
        assert name not in earlier
    for name in ("hi_rxno", "drug_trace_codg", "rx_sale_drug_detl", "payMode"):
        assert name in earlier
        assert name not in later


def test_release_a_says_who_pays() -> None:
    def mode(**changes: object) -> object:
        document = composed(dispensing(**changes), "A")
        return document["input"]["data"]["payMode"]  # type: ignore[index]

    assert mode() == "2"
    assert mode(insured=False, cash=Money.of("25.60")) == "1"
    assert mode(cash=Money.of("5.00")) == "3"


def test_exactly_one_of_token_and_registration() -> None:
    for ec_token, reg_sn in (("", ""), ("a", "b")):
        with pytest.raises(BadValue) as told:
            rx_client().compose(AskPrescriptions(PERSON, ec_token, reg_sn), HEADER)
        assert told.value.params["what"] == "ecToken/regSn"


def test_an_out_of_place_question_says_where_from() -> None:
    call = AskPrescriptions(PERSON, reg_sn="LXREG0001", elsewhere="120000")
    with pytest.raises(BadValue) as told:
        rx_client().compose(call, HEADER)
    assert told.value.params["what"] == "insuPlcNo"


def test_nothing_is_downloaded_without_a_token() -> None:
    with pytest.raises(BadValue):
        rx_client().compose(DownloadRx(RxTokens("", "")), HEADER)


def test_a_refusal_says_why_and_a_pass_need_not() -> None:
    with pytest.raises(BadValue) as told:
        rx_client().compose(reviewing(passed=False, opinion=""), HEADER)
    assert told.value.params["what"] == "rxChkOpnn"
    body = rx_client().compose(reviewing(opinion=""), HEADER).body.decode()
    assert '"rxChkOpnn":"审核通过"' in body


def test_a_trace_code_where_the_locality_wants_one() -> None:
    client = rx_client(centre=CentreProfile(trace_code_required=True))
    with pytest.raises(BadValue) as told:
        client.compose(dispensing(lines=(report_line(trace_code=""),)), HEADER)
    assert told.value.params["what"] == "drugTraceCodg"
    pieces = report_line(trace_code="", rx_line=replace(RX_LINE, item_type="13"))
    assert client.compose(dispensing(lines=(pieces,)), HEADER).infno == "7207"
    assert rx_client().compose(dispensing(lines=(report_line(trace_code=""),)), HEADER)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"quantity": "0.333"}, "drugTotlcnt"),
        ({"quantity": "two"}, "Quantity"),
        ({"quantity": "NaN"}, "Quantity"),
        ({"trace_code": "9" * 31}, "drugTraceCodg"),
        ({"spec": ""}, "drugSpec"),
    ],
)
def test_a_line_that_breaks_its_table_leaves_nothing(change: dict[str, str], what: str) -> None:
    with pytest.raises(BadValue) as told:
        rx_client().compose(dispensing(lines=(report_line(**change),)), HEADER)
    assert told.value.params["what"] == what


def test_nothing_handed_out_is_nothing_to_report() -> None:
    with pytest.raises(BadValue):
        rx_client().compose(dispensing(lines=()), HEADER)


@pytest.mark.parametrize("name", FILES)
def test_the_journal_keeps_no_token_and_no_file(name: str) -> None:
    release, _, act = name.partition("_")
    message = rx_client(release=release).compose(rx_calls()[act], HEADER)
    kept = message.evidence.decode()
    assert not [secret for secret in SECRETS if secret in kept]
    assert base64.b64encode(FILE).decode() not in kept
    assert json.loads(kept)["infno"] == message.infno
    assert not [secret for secret in SECRETS if secret in repr(message)]
    if act == "verify":
        assert f"sha256:{hashlib.sha256(FILE).hexdigest()}" in kept
