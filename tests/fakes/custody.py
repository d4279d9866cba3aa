"""Steps of a held card at a practice till, as tests walk them."""

from __future__ import annotations

import base64
from datetime import date, timedelta

from app.domain.clock import shop_time
from app.domain.custody import CustodyCause, HeldCard
from app.domain.custody_use import CardUse
from app.domain.insurance import Credential, CredentialKind
from app.domain.proxy import Reason, Relation
from app.domain.sale import Sale
from app.use_cases.custody import (
    Application,
    Paper,
    apply,
    file_with_centre,
    record_consent,
    take_into_custody,
)
from app.use_cases.custody_use import use_card
from app.use_cases.doors import Operator
from app.use_cases.identify_customer import choose_row, identify_customer
from app.use_cases.proxy_purchase import ProxyShown, name_relation, open_proxy, show_proxy
from app.use_cases.sign_in import sign_in
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill
from ui.practice import hire, practice_staff

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAZABkAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERX"
    "RTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI"
    "CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY"
    "GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj"
    "pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AOkr"
    "/9k="
)
"""One grey pixel: a sound picture, and no paper of anybody."""
PAPER = Paper(JPEG)
HOLDER = "chronic"
BEARER = ProxyShown(CredentialKind.ID_CARD, "练习代取乙", "999900199207080229")


def manager(till: PracticeTill) -> Operator:
    """The manager, hired when first wanted."""
    with till.doors.uow() as uow:
        known = uow.staff.by_number("3001")
    if known is None:
        hire(till.doors, [one for one in practice_staff() if one.number == "3001"])
    return sign_in(till.doors, "3001", "300300")


def today(till: PracticeTill) -> date:
    """Of the shop."""
    return shop_time(till.clock.now()).date()


def pass_days(till: PracticeTill, days: int) -> None:
    """So many days later at the same hour."""
    till.clock.set(till.clock.now() + timedelta(days=days))


def application(till: PracticeTill, who: str = HOLDER, /, **changes: object) -> Application:
    """What an invented person applies for."""
    person = till.person(who)
    told: dict[str, object] = {
        "name": person["name"],
        "cert_no": person["id_number"],
        "card_no": person["card_number"],
        "cause": CustodyCause.MOBILITY,
        "applied_on": today(till),
        **changes,
    }
    return Application(**told)  # type: ignore[arg-type]


def applied(till: PracticeTill, who: str = HOLDER) -> HeldCard:
    """The application is here."""
    return apply(till.doors, application(till, who), PAPER, manager(till))


def approved(till: PracticeTill, who: str = HOLDER) -> HeldCard:
    """Filed, and the centre consented."""
    keeper, card = manager(till), applied(till, who)
    file_with_centre(till.doors, card.id, "备-001", today(till), keeper)
    return record_consent(till.doors, card.id, "同-001", today(till), None, keeper)


def held(till: PracticeTill, who: str = HOLDER, days: int = 180) -> HeldCard:
    """The card lies in the shop."""
    card, back = approved(till, who), today(till) + timedelta(days=days)
    return take_into_custody(till.doors, card.id, "保险柜一层", "E-001", back, manager(till))


def by_card(till: PracticeTill, who: str = HOLDER) -> Patient:
    """The person's social security card lies in the reader; the disease on file is chosen."""
    from dataclasses import replace

    person = till.person(who)
    shown = Credential(
        CredentialKind.SOCIAL_CARD, str(person["card_number"]), str(person["card_sn"])
    )
    found = identify_customer(till.doors, shown, till.operator)
    if found.row is None:
        rows = [row for row in found.person.rows if row.is_active()]
        found = choose_row(till.doors, found, rows[0], till.operator)
    return replace(found, disease_code="M03900")


def special_basket(till: PracticeTill) -> Sale:
    """One box of a drug against high blood pressure, prescribed."""
    return till.prescribe(till.basket((till.medicine("P0011"), 1)))


def with_proxy(till: PracticeTill, sale: Sale, patient: Patient) -> str:
    """Somebody buys for the patient; answers the record's id."""
    one = open_proxy(till.doors, sale, patient, till.operator)
    one = show_proxy(till.doors, one.id, BEARER, till.operator)
    one = name_relation(
        till.doors, one.id, Relation.CHILD.value, Reason.BEDRIDDEN.value, "", till.operator
    )
    return one.id


def use(till: PracticeTill, sale: Sale, card: HeldCard, shipping_no: str = "SF999900") -> CardUse:
    """This sale rests on the card, by delivery unless told otherwise."""
    return use_card(till.doors, sale.id, card.id, shipping_no, till.operator)
