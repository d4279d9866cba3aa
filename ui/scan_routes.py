"""Which one consumer gets a code: a table of what it is and what is open. No Qt, no state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.domain.scanned import Scanned


class What(StrEnum):
    """What a code is, as far as it matters for whose it is."""

    DRUG = "drug"
    """A trace code, an item code, a GS1 string: of a box."""
    CUSTOMER = "customer"
    """A code of the e-certificate."""
    PERSON = "person"
    """A citizen number."""
    PAY = "pay"
    """A pay code."""
    EITHER = "either"
    """Eighteen digits that are a pay code and a citizen number at once."""
    PRESCRIPTION = "prescription"
    """What the prescription counter wants to look up."""
    TEST = "test"
    """The test code of the scanner test."""
    OTHER = "other"
    """A shop code, a slip's number, a card number, or nothing that is known."""


class Goes(StrEnum):
    """To whom a code goes."""

    BASKET = "basket"
    CUSTOMER = "customer"
    """The till asks who that is."""
    PRESCRIPTION = "prescription"
    TENDER = "tender"
    PANEL = "panel"
    """The open panel itself."""
    TEST = "test"
    """The scanner test."""


class No(StrEnum):
    """Why nobody takes it: the tail of a message id of section ``scan_no``."""

    LOCKED = "locked"
    STATION = "station"
    BUSY = "busy"
    PAY_LATER = "pay_later"
    EITHER = "either"
    NOT_A_PAY_CODE = "not_a_pay_code"
    CUSTOMER_FIXED = "customer_fixed"
    NOT_HERE = "not_here"
    NO_PERSON = "no_person"
    SALE_FIRST = "sale_first"
    FORM_FIRST = "form_first"
    PAGE_FIRST = "page_first"


Row = Mapping[What, Goes | No]


def _row(
    drug: Goes | No,
    customer: Goes | No,
    person: Goes | No,
    pay: Goes | No,
    either: Goes | No,
    prescription: Goes | No,
    test: Goes | No,
    other: Goes | No,
) -> Row:
    places = (drug, customer, person, pay, either, prescription, test, other)
    return dict(zip(What, places, strict=True))


def _nobody(why: No) -> Row:
    return dict.fromkeys(What, why)


LOCKED, STATION, BUSY, SELLING, TENDER = "locked", "station", "busy", "selling", "tender"
"""Places that are no panel: nobody signed in; typed into another window; a settlement under way;
the basket; the tenders."""

# fmt: off
_SELLING = _row(
    # drug, customer, person, pay, either, prescription, test, other
    Goes.BASKET, Goes.CUSTOMER, Goes.CUSTOMER, No.PAY_LATER, No.EITHER,
    Goes.PRESCRIPTION, Goes.TEST, Goes.BASKET,
)

ROUTES: Final[Mapping[str, Row]] = {
    LOCKED: _nobody(No.LOCKED),
    STATION: _nobody(No.STATION),
    BUSY: _nobody(No.BUSY),
    SELLING: _SELLING,
    # One more box at a cash sale goes back to the basket; of an insured one the basket says no.
    TENDER: _row(
        # A payment's own number is no known kind of code, so anything else is taken for one.
        Goes.BASKET, No.CUSTOMER_FIXED, No.CUSTOMER_FIXED, Goes.TENDER, Goes.TENDER,
        Goes.TENDER, No.NOT_A_PAY_CODE, Goes.TENDER,
    ),
    # Panels that only show something: a code closes them and goes where it always goes.
    "help": _SELLING,
    "details": _SELLING,
    "held": _SELLING,
    "receipt": _SELLING,
    "labels": _SELLING,
    # A box goes into the basket: its own lot is the better answer than a choice by hand.
    "lots": _SELLING,
    "open_items": _SELLING,
    "open_items.decide": _row(
        No.NOT_HERE, No.NOT_HERE, No.NOT_HERE, Goes.PANEL, Goes.PANEL,
        Goes.PANEL, No.NOT_HERE, Goes.PANEL,
    ),
    "patient": _row(
        Goes.BASKET, Goes.PANEL, Goes.PANEL, No.NO_PERSON, Goes.PANEL,
        Goes.PRESCRIPTION, Goes.TEST, Goes.PANEL,
    ),
    # Another credential names another person, or the same one better: the till asks who that is.
    "person": _row(
        Goes.BASKET, Goes.CUSTOMER, Goes.CUSTOMER, No.PAY_LATER, No.EITHER,
        Goes.PRESCRIPTION, Goes.TEST, No.NOT_HERE,
    ),
    "person.form": _nobody(No.PAGE_FIRST),
    # While it waits for the proxy a code of the e-certificate is the proxy's.
    "proxy": _row(
        No.FORM_FIRST, Goes.PANEL, No.NO_PERSON, No.PAY_LATER, No.NO_PERSON,
        No.FORM_FIRST, No.NOT_HERE, No.NOT_HERE,
    ),
    "proxy.typed": _nobody(No.FORM_FIRST),
    "proxy.steps": _nobody(No.FORM_FIRST),
    "proxy.archive": _row(
        No.NOT_HERE, No.NOT_HERE, Goes.PANEL, No.NOT_HERE, Goes.PANEL,
        No.NOT_HERE, No.NOT_HERE, Goes.PANEL,
    ),
    "prescription": _row(
        Goes.BASKET, Goes.CUSTOMER, Goes.CUSTOMER, No.PAY_LATER, No.EITHER,
        Goes.PANEL, Goes.TEST, Goes.PANEL,
    ),
    "prescription.fill": _row(
        Goes.PANEL, No.FORM_FIRST, No.FORM_FIRST, No.PAY_LATER, No.FORM_FIRST,
        Goes.PANEL, No.FORM_FIRST, Goes.PANEL,
    ),
    "prescription.form": _row(
        No.FORM_FIRST, No.FORM_FIRST, No.FORM_FIRST, No.PAY_LATER, No.FORM_FIRST,
        Goes.PANEL, No.FORM_FIRST, Goes.PANEL,
    ),
    "prescription.lists": _row(
        Goes.PANEL, No.NOT_HERE, No.NOT_HERE, No.PAY_LATER, No.NOT_HERE,
        Goes.PANEL, No.NOT_HERE, Goes.PANEL,
    ),
    # The sale that a box came from is found by its trace code, a slip by its number.
    "return": _row(
        Goes.PANEL, No.SALE_FIRST, No.SALE_FIRST, No.NOT_HERE, No.SALE_FIRST,
        Goes.PANEL, No.NOT_HERE, Goes.PANEL,
    ),
    # Each box that comes back is scanned, and the customer's credential.
    "return.sale": _row(
        Goes.PANEL, Goes.PANEL, Goes.PANEL, No.NO_PERSON, Goes.PANEL,
        Goes.PANEL, No.NOT_HERE, Goes.PANEL,
    ),
    # A return that stopped half-way asks for the patient again, or for the prescription's code.
    "return.legs": _row(
        No.NOT_HERE, Goes.PANEL, Goes.PANEL, No.NO_PERSON, Goes.PANEL,
        Goes.PANEL, No.NOT_HERE, Goes.PANEL,
    ),
    # The pharmacist's own e-certificate signs him on.
    "duty": {**_nobody(No.NOT_HERE), What.CUSTOMER: Goes.PANEL},
    # A parcel's number, a card's number: neither is any known kind of code.
    # The number of a slip is looked for.
    "vault": {**_nobody(No.NOT_HERE), What.OTHER: Goes.PANEL},
    "custody": _nobody(No.NOT_HERE),
    "shift": _nobody(No.NOT_HERE),
    "custody.use": {**_nobody(No.NOT_HERE), What.OTHER: Goes.PANEL},
    "custody.apply": {**_nobody(No.NOT_HERE), What.OTHER: Goes.PANEL},
    "codes": {**_nobody(No.NOT_HERE), What.DRUG: Goes.PANEL, What.OTHER: Goes.PANEL},
    "scanner": dict.fromkeys(What, Goes.PANEL),
    # The page of the devices tries a scanner over its own wire; its other codes are the test's.
    "devices": {**_nobody(No.NOT_HERE), What.TEST: Goes.TEST},
    "drawer": _nobody(No.NOT_HERE),
    "video": _nobody(No.NOT_HERE),
    "line": _nobody(No.NOT_HERE),
    "watch_note": _nobody(No.NOT_HERE),
    # Ids from the portal's paper: digits and letters that may look like anything but a credential.
    "portal": _row(
        Goes.PANEL, No.NOT_HERE, No.NOT_HERE, Goes.PANEL, Goes.PANEL,
        Goes.PANEL, No.NOT_HERE, Goes.PANEL,
    ),
    "shop": _nobody(No.NOT_HERE),
    # A page that takes codes takes boxes, cartons and the numbers of papers.
    "office": _nobody(No.NOT_HERE),
    # A badge is read into the form of the one who gets it, whatever kind its code looks like.
    "office.badge": dict.fromkeys(What, Goes.PANEL),
    "office.codes": {**_nobody(No.NOT_HERE), What.DRUG: Goes.PANEL, What.OTHER: Goes.PANEL},
}
# fmt: on
"""Place -> what -> who. A panel that is not here takes no codes at all."""

NOT_NAMED: Final[Row] = _nobody(No.NOT_HERE)


def goes(place: str, what: What) -> Goes | No:
    """The one consumer of a code at a place, or why there is none."""
    row = ROUTES.get(place) or ROUTES.get(place.partition(".")[0]) or NOT_NAMED
    return row[what]


def what_of(scanned: Scanned, *, is_test: bool, is_prescription: bool) -> What:
    """What a classified code is; the two questions are answered by whoever knows."""
    from app.domain.scanned import ScannedKind, is_citizen_number

    kind = scanned.kind
    if is_test:
        return What.TEST
    if kind is ScannedKind.INSURANCE_CODE:
        return What.CUSTOMER
    if kind is ScannedKind.ID_NUMBER:
        return What.PERSON
    if kind is ScannedKind.PAY_CODE:
        return What.EITHER if is_citizen_number(scanned.code) else What.PAY
    if kind is ScannedKind.UNKNOWN:
        return What.PRESCRIPTION if is_prescription else What.OTHER
    return What.DRUG
