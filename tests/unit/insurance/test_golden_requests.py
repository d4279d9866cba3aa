"""What leaves, byte for byte: the goldens were written from the printed tables, not by our code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.insurance import AskPerson, Credential, CredentialKind
from app.errors import BadValue, PackValueMissing
from tests.fakes.insurance import (
    INSURED,
    PLAIN,
    TOKEN,
    a_basket,
    a_client,
    a_header,
    every_call,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "requests"


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


@pytest.mark.rule("S-04")
@pytest.mark.parametrize("name", sorted(every_call()))
def test_each_call_leaves_as_printed(name: str) -> None:
    message = a_client().compose(every_call()[name], a_header())
    assert message.body.decode() == golden(name).decode()
    assert message.infno == name.split("_")[0]
    assert message.msgid == a_header().msgid


@pytest.mark.rule("S-19")
def test_the_trace_node_stands_where_and_is_spelt_as_the_region_says() -> None:
    client = a_client(trace_place="beside", trace_node="durg_trac_info")
    message = client.compose(every_call()["2102_settle"], a_header())
    assert message.body.decode() == golden("2102_settle_beside").decode()


def test_a_settled_visit_carries_trace_codes_beside_its_data_only() -> None:
    client = a_client(trace_place="beside", trace_node="drug_trac_info")
    body = json.loads(client.compose(every_call()["2207_settle_visit"], a_header()).body)
    assert [one["feedetl_sn"] for one in body["input"]["drug_trac_info"]] == ["1", "1", "2"]


def test_input_as_text_where_the_region_wants_text() -> None:
    message = a_client(input_form="string").compose(every_call()["2103_cancel"], a_header())
    assert message.body.decode() == golden("2103_cancel_as_string").decode()


@pytest.mark.parametrize("form", ["object", "string"])
@pytest.mark.parametrize("name", sorted(every_call()))
def test_the_evidence_is_the_body_without_the_credential(name: str, form: str) -> None:
    message = a_client(input_form=form).compose(every_call()[name], a_header())
    assert TOKEN.encode() not in message.evidence
    assert b"D15600000500" not in message.evidence
    kept, sent = json.loads(message.evidence), json.loads(message.body)
    assert {k: v for k, v in kept.items() if k != "input"} == {
        k: v for k, v in sent.items() if k != "input"
    }
    assert TOKEN not in repr(message)


def test_the_later_settling_step_is_the_regions() -> None:
    message = a_client(settle_infno="2207A").compose(every_call()["2207_settle_visit"], a_header())
    assert message.infno == "2207A"
    assert json.loads(message.body)["infno"] == "2207A"


def test_a_person_without_an_area_does_not_leave() -> None:
    homeless = replace(INSURED, row=replace(INSURED.row, area=""))
    call = replace(every_call()["5301_filings"], insured=homeless)
    with pytest.raises(BadValue) as told:
        a_client().compose(call, a_header(insured_area=""))
    assert told.value.params["what"] == "insuplc_admdvs"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"serial": "0"}, "feedetl_sn"),
        ({"serial": "1a"}, "feedetl_sn"),
        ({"serial": "1" * 16}, "feedetl_sn"),
        ({"national_code": ""}, "med_list_codg"),
        ({"national_code": "X" * 51}, "med_list_codg"),
        ({"rx_no": "R" * 31}, "rxno"),
    ],
)
def test_a_field_that_breaks_its_table_leaves_nothing(change: dict[str, str], field: str) -> None:
    basket = a_basket(lines=(replace(PLAIN, **change),))
    call = replace(every_call()["2102_settle"], basket=basket)
    with pytest.raises(BadValue) as told:
        a_client().compose(call, a_header())
    assert told.value.params["what"] == field


def test_letters_in_the_line_number_where_the_region_takes_them() -> None:
    basket = a_basket(lines=(replace(PLAIN, serial="V1-0001"),))
    call = replace(every_call()["2101_quote"], basket=basket)
    body = a_client(feedetl_sn="letters").compose(call, a_header()).body
    assert b'"feedetl_sn":"V1-0001"' in body


def test_an_empty_basket_does_not_leave() -> None:
    call = replace(every_call()["2102_settle"], basket=a_basket(lines=()))
    with pytest.raises(BadValue):
        a_client().compose(call, a_header())


def test_codes_the_platform_itself_gave_go_back_uncut() -> None:
    """Live categories have up to six digits where the table prints three (interface 5.1)."""
    insured = replace(INSURED, row=replace(INSURED.row, person_type="116032"))
    call = replace(every_call()["2102_settle"], basket=a_basket(insured=insured))
    assert b'"psn_type":"116032"' in a_client().compose(call, a_header()).body


def test_without_a_path_nothing_is_composed() -> None:
    client = a_client(endpoint_shape="per_transaction", paths={"9001": "sign/signIn"})
    client.compose(every_call()["9001_sign_in"], a_header())
    with pytest.raises(PackValueMissing):
        client.compose(every_call()["2102_settle"], a_header())


def test_in_patients_are_asked_only_where_the_profile_says_how() -> None:
    with pytest.raises(BadValue):
        a_client(inpatient_query="none").compose(every_call()["5303_inpatient"], a_header())


def test_a_typed_card_is_sent_as_a_card() -> None:
    card = Credential(CredentialKind.SOCIAL_CARD, "LX0000001", typed=True)
    body = json.loads(a_client().compose(AskPerson(card), a_header()).body)
    assert body["input"]["data"]["mdtrt_cert_type"] == "03"
    assert body["input"]["data"]["certno"] == ""
