"""A prescription as the counter shows it: where it stands, who signed, what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.domain.money import Quantity
from app.domain.rx_case import Given, RxCase, RxOffer, RxSheet, UnmetRequest
from app.domain.rx_match import left_over
from app.domain.rx_states import LIVE, WAITING
from app.domain.sale import Sale
from app.errors import NotFound, PackValueMissing, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rx_by_hand import waits_for_person
from app.use_cases.rx_common import at_centre, refresh, refuse
from app.use_cases.rx_dispense import candidates, drop, needs_signatures
from app.use_cases.rx_fetch import offers, prescriber_missing, renew, take, tokens_of_code
from app.use_cases.rx_owings import last_day, owe
from app.use_cases.rx_settle import leave
from app.use_cases.rx_views import LineChoice
from app.use_cases.views import Patient


@dataclass(frozen=True, slots=True)
class StillOwed:
    """What of a line is not handed out with this basket."""

    name: str
    quantity: Quantity
    unit: str


@dataclass(frozen=True, slots=True)
class CounterRx:
    """The prescription of a basket with its sheet; what of it is shown, the screen decides."""

    case_id: str
    state: str
    live: bool
    electronic: bool
    circulated: bool
    """A circulation centre holds it: it hears what is handed out."""
    sheet: RxSheet = field(repr=False)
    given: tuple[Given, ...] = ()
    arrived_at: datetime | None = None
    waits: tuple[int, ...] = ()
    """Seconds after which its waiting is coloured (pack)."""
    waiting: bool = False
    token_dead: bool = False
    needs: str = ""
    """The act that is next at the counter: fill, review, pick, check; empty = it may be paid."""
    reviewer: str = ""
    reviewed_at: datetime | None = None
    reason: str = ""
    opinion: str = field(default="", repr=False)
    picker: str = ""
    checker: str = ""
    due: date | None = None
    owed: tuple[StillOwed, ...] = ()
    text: str = ""
    """What the centre last said."""
    prescriber_wanted: bool = False
    """A settlement here uploads the prescriber, and nobody has named one."""
    by_hand: bool = False
    """Only a person can say what stands at the centre; it is done at the review station."""

    @property
    def tail(self) -> str:
        """The end of its number, as it is spoken at the counter."""
        return self.sheet.number[-4:]


def rx_of_sale(doors: Doors, sale: Sale) -> tuple[Sale, CounterRx | None]:
    """The basket with today's snapshot of its prescription, and the prescription as shown."""
    with doors.uow() as uow:
        shown = replace(sale)
        case = refresh(uow, shown)
        return shown, None if case is None else _view(doors, uow, case)


def rx_of_case(doors: Doors, case_id: str) -> CounterRx:
    """The same by its case; :raises NotFound: there is none."""
    with doors.uow() as uow:
        return _view(doors, uow, uow.prescriptions.get(case_id))


def _view(doors: Doors, uow: UnitOfWork, case: RxCase) -> CounterRx:
    review, now = case.review, doors.clock.now()
    return CounterRx(
        case_id=case.id,
        state=case.state.value,
        live=case.state in LIVE,
        electronic=case.electronic,
        circulated=at_centre(case),
        sheet=case.sheet,
        given=case.given,
        arrived_at=case.arrived_at,
        waits=_waits(doors),
        waiting=case.state in WAITING,
        token_dead=case.tokens is not None and case.tokens.dead(now),
        needs=_needs(case),
        reviewer=_name(uow, review.pharmacist_id if review else ""),
        reviewed_at=review.at if review else None,
        reason=review.reason if review else "",
        opinion=review.opinion if review else "",
        picker=_name(uow, case.picked.staff_id if case.picked else ""),
        checker=_name(uow, case.checked.staff_id if case.checked else ""),
        due=_due(doors, case),
        owed=_owed(case),
        text=case.last_text,
        prescriber_wanted=case.state in LIVE and prescriber_missing(doors, case),
        by_hand=bool(case.asked) and waits_for_person(doors, case),
    )


def _needs(case: RxCase) -> str:
    if case.state in WAITING:
        return "review" if case.given or not at_centre(case) else "fill"
    if at_centre(case) and case.state in LIVE and not case.given:
        return "fill"
    if not needs_signatures(case):
        return ""
    return "check" if case.picked is not None else "pick"


def _owed(case: RxCase) -> tuple[StillOwed, ...]:
    if not case.given:
        return ()
    rest = left_over(case)
    return tuple(StillOwed(line.generic_name, quantity, line.unit) for line, quantity in rest)


def _due(doors: Doors, case: RxCase) -> date | None:
    try:
        return last_day(doors, case)
    except PackValueMissing:
        return None


def _waits(doors: Doors) -> tuple[int, ...]:
    for kind in doors.settlement_types:
        try:
            return doors.policy_on(kind, doors.clock.now()).rx.wait_seconds
        except PackValueMissing:
            continue
    return ()


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return "—"


# --- what the counter does in one go -----------------------------------------------------------


def take_offer(
    doors: Doors, offer: RxOffer, patient: Patient, operator: Operator
) -> tuple[CounterRx, tuple[LineChoice, ...]]:
    """Take an offered prescription: it is locked here, and its lines come with their articles.

    :raises RuleBroken, Refused, NotSent, NoAnswer, Maintenance: as :func:`rx_fetch.take`.
    """
    case = take(doors, offer.tokens, patient, operator)
    return rx_of_case(doors, case.id), candidates(doors, case)


def take_code(
    doors: Doors, code: str, patient: Patient, operator: Operator
) -> tuple[CounterRx, tuple[LineChoice, ...]]:
    """The same by the prescription's own QR text (7203).

    :raises RuleBroken: RX_CODE_WRONG, or as :func:`rx_fetch.take`; platform errors as there.
    """
    case = take(doors, tokens_of_code(doors, code, operator), patient, operator)
    return rx_of_case(doors, case.id), candidates(doors, case)


def choices_of(doors: Doors, case_id: str) -> tuple[LineChoice, ...]:
    """The lines of a prescription with the articles for them; :raises NotFound:."""
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
    return candidates(doors, case)


def renew_by_customer(
    doors: Doors, case_id: str, patient: Patient, operator: Operator
) -> CounterRx:
    """Fresh tokens by the e-certificate that was shown: 7201 again, then the same sheet again.

    :raises RuleBroken: none of the offers is the sheet that lies here (RX_OTHER_SHEET);
    :raises Refused, NotSent, NoAnswer, Maintenance: in the platform's words.
    """
    with doors.uow() as uow:
        sheet = uow.prescriptions.get(case_id).sheet
    found = offers(doors, patient, operator)
    alike = [
        one
        for one in found
        if (one.issuer_code, one.issued_at) == (sheet.issuer_code, sheet.issued_at)
    ]
    last: RuleBroken | None = None
    for offer in alike or found:
        try:
            renew(doors, case_id, offer.tokens, operator)
        except RuleBroken as error:
            last = error
            continue
        return rx_of_case(doors, case_id)
    if last is not None:
        raise last
    raise refuse("rx_other_sheet")


def renew_by_code(doors: Doors, case_id: str, code: str, operator: Operator) -> CounterRx:
    """Fresh tokens by the code, shown again; errors as :func:`rx_fetch.renew`."""
    renew(doors, case_id, code, operator)
    return rx_of_case(doors, case_id)


def owe_the_rest(doors: Doors, sale_id: str, operator: Operator) -> CounterRx | None:
    """What a completed sale left of its prescription is owed from now on (欠药).

    Answers the prescription where something is owed; said again it changes nothing.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale_id)
    if case is None or case.picked is None or not _owed(case):
        return None
    try:
        owe(doors, case.id, operator)
    except PackValueMissing:
        return None
    return rx_of_case(doors, case.id)


def leave_for_good(doors: Doors, sale: Sale, operator: Operator) -> Sale:
    """The basket goes on without its prescription, which is given back to the centre.

    :raises IllegalTransition: it is reported or used already.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale.id)
    without = drop(doors, sale, operator)
    if case is not None:
        give_back(doors, case.id, operator)
    return without


def give_back(doors: Doors, case_id: str, operator: Operator) -> CounterRx:
    """Taken, but nobody wants it: lines and lock go back to the centre; until answered, again."""
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
    leave(doors, case, operator)
    return rx_of_case(doors, case_id)


# --- 缺药登记 -------------------------------------------------------------------------------------


def unmet(doors: Doors) -> list[UnmetRequest]:
    """What was wanted and not there, newest first."""
    with doors.uow() as uow:
        return uow.unmet.open()


def unmet_done(doors: Doors, request_id: str, operator: Operator) -> None:
    """Somebody saw to it; :raises NotFound: it is not open."""
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.unmet.done(request_id, now)
        uow.log.append("rx.unmet_done", operator.staff.id, now, {"request": request_id})
        uow.commit()
