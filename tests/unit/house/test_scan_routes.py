"""Whose a code is: the table is whole, and every cell of it is as a counter needs it."""

from __future__ import annotations

import pytest

from app.domain.scanned import ScannedKind, classify
from tests.fakes.clock import START
from ui import scan_routes
from ui.scan_routes import NOT_NAMED, ROUTES, Goes, No, What, goes, what_of
from ui.shelf import MAKERS
from ui.words import LANGUAGES, knows, say

NO = list(No)
TODAY = START.date()


def test_every_place_answers_for_every_kind_of_code() -> None:
    for place, row in ROUTES.items():
        assert set(row) == set(What), place
        assert all(isinstance(each, Goes | No) for each in row.values())


def test_only_a_panel_hands_codes_to_itself() -> None:
    places = {"locked", "station", "busy", "selling", "tender"}
    for place in places:
        assert Goes.PANEL not in ROUTES[place].values()


@pytest.mark.parametrize("place", ["locked", "station", "busy", "shop", "drawer", "nobody.knows"])
@pytest.mark.parametrize("what", What)
def test_where_nothing_is_wanted_nothing_is_taken(place: str, what: What) -> None:
    assert isinstance(goes(place, what), No)


@pytest.mark.parametrize("place", sorted(ROUTES))
def test_a_box_never_becomes_a_customer_a_payment_or_a_prescription(place: str) -> None:
    assert goes(place, What.DRUG) not in (Goes.CUSTOMER, Goes.TENDER, Goes.PRESCRIPTION)


@pytest.mark.parametrize("place", sorted(ROUTES))
def test_money_is_taken_at_the_tenders_alone(place: str) -> None:
    if place != "tender":
        assert Goes.TENDER not in ROUTES[place].values()
    assert goes(place, What.CUSTOMER) is not Goes.TENDER, "an insurance code is no money"


@pytest.mark.parametrize("place", sorted(ROUTES))
def test_a_pay_code_never_names_a_person(place: str) -> None:
    assert goes(place, What.PAY) not in (Goes.CUSTOMER, Goes.BASKET)
    if place in ("patient", "return.sale", "return.legs"):
        assert goes(place, What.PAY) is No.NO_PERSON


@pytest.mark.parametrize("place", sorted(ROUTES))
def test_a_code_that_may_be_two_things_is_guessed_nowhere(place: str) -> None:
    """Taken only where one meaning alone is possible: by the tenders, by who asks for a person, by
    the fields that take the portal's ids or a badge."""
    taken = goes(place, What.EITHER)
    assert isinstance(taken, No) or place in (
        "tender", "patient", "return.sale", "return.legs", "open_items.decide", "scanner",
        "proxy.archive", "portal", "office.badge",
    )  # fmt: skip


def test_every_refusal_is_used_and_has_words() -> None:
    used = {each for row in (*ROUTES.values(), NOT_NAMED) for each in row.values()}
    for why in NO:
        assert why in used
        assert knows(f"scan_no.{why}")
        for lang in LANGUAGES:
            assert len(say(f"scan_no.{why}", lang)) > 15


def test_a_part_of_a_panel_without_a_row_is_as_the_panel() -> None:
    assert goes("help.keys", What.DRUG) is Goes.BASKET


KINDS = {
    "4240000000000000000000000099": What.CUSTOMER,
    "83857930000879766660": What.DRUG,
    "6901234567892": What.DRUG,
    "010690123456789217261231": What.DRUG,
    "https://example.invalid/?code=83857930000879766660": What.DRUG,
    "https://example.invalid/": What.OTHER,
    "134567890123456789": What.PAY,
    "110105199001010010": What.EITHER,
    "999900199001010014": What.PERSON,
    "1001": What.OTHER,
    "": What.OTHER,
}


@pytest.mark.parametrize(("text", "what"), KINDS.items())
def test_each_string_is_of_one_kind(text: str, what: What) -> None:
    scanned = classify(text, TODAY)
    assert what_of(scanned, is_test=False, is_prescription=False) is what
    assert what_of(scanned, is_test=True, is_prescription=True) is What.TEST


def test_only_what_nothing_else_knows_may_be_a_prescription() -> None:
    for text, what in KINDS.items():
        told = what_of(classify(text, TODAY), is_test=False, is_prescription=True)
        assert told is (What.PRESCRIPTION if what is What.OTHER else what)


def test_every_kind_of_string_has_a_place_in_it() -> None:
    kinds = {classify(text, TODAY).kind for text in KINDS}
    assert kinds >= {
        ScannedKind.INSURANCE_CODE, ScannedKind.TRACE_CODE, ScannedKind.GS1,
        ScannedKind.PAY_CODE, ScannedKind.EAN13, ScannedKind.URL, ScannedKind.ID_NUMBER,
        ScannedKind.UNKNOWN,
    }  # fmt: skip


def test_every_panel_has_a_row_and_every_row_its_panel() -> None:
    """Who adds a panel says whose the codes are that are scanned while it is open."""
    panels = {place.partition(".")[0] for place in ROUTES} - {
        scan_routes.LOCKED, scan_routes.STATION, scan_routes.BUSY, scan_routes.SELLING,
        scan_routes.TENDER,
    }  # fmt: skip
    assert panels == set(MAKERS)
