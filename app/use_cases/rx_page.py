"""One page about one prescription: what a pharmacist must see before saying anything of it.

Everything is read in one unit of work, and that somebody looked is logged in the same one: by
ids, never by name, number or diagnosis (design 2, law 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domain.ca_key import Certificate
from app.domain.catalogue import Medicine
from app.domain.check_context import CheckContext, Finding
from app.domain.clinical import ClinicalRules, clinical_findings
from app.domain.clock import shop_time
from app.domain.compliance import check
from app.domain.masking import mask_id_number, mask_name
from app.domain.money import Quantity
from app.domain.policy import Policy
from app.domain.rx_acts import signed_texts
from app.domain.rx_case import BoughtBefore, Given, RxCase, RxSheet, Signature
from app.domain.rx_review import ItemProof, ten_items
from app.domain.rx_states import WAITING
from app.domain.sale import Sale
from app.domain.staff import Right
from app.errors import BadValue, NotFound, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.book_facts import BookFacts, facts_in, rx_facts
from app.use_cases.checks import note_of
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.rx_by_hand import waits_for_person
from app.use_cases.rx_common import snapshot, till_numbers
from app.use_cases.rx_views import RxWaiting
from app.use_cases.views import Note

HISTORY = "review/history_days"
"""Setting: how many days of earlier purchases stand beside the sheet; empty = :data:`DAYS`."""
DAYS = 90

_ABOUT_THE_SHEET = frozenset(
    {
        "RX_FORM_NOT_ACCEPTED",
        "RX_EXPIRED",
        "RX_OUT_OF_AREA",
        "RX_OVER_MAX_SUPPLY",
        "ISSUER_NOT_ACCEPTED",
        "PRESCRIBER_NOT_LISTED",
        "HOSPITAL_REVIEW_MISSING",
        "BOUGHT_TOO_EARLY",
    }
)
"""Rules that need the sheet only; those of the basket speak at the counter."""


@dataclass(frozen=True, slots=True)
class SignedAct:
    """One of the three acts with the person behind it."""

    act: str
    """review, pick or check."""
    name: str = field(repr=False)
    number: str = ""
    at: datetime | None = None
    kind: str = ""
    """``internal`` = the shop's own key (内部电子签名, no CA certificate), ``ca``; empty = none."""
    holds: bool = False
    """Whether the signature was made over exactly this act by the key that it names."""
    certificate: Certificate | None = field(default=None, repr=False)
    """Of a CA key: who holds it, who issued it, its serial and days."""
    algorithm: str = ""
    remote: bool = False
    note: str = field(default="", repr=False)
    answers: tuple[tuple[str, bool], ...] = ()
    """For the check, what of the boxes was compared (``CHECK_QUESTIONS``)."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person heard from the centre, and who that was."""

    stands: bool
    name: str = field(repr=False)
    at: datetime
    ground: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What lies ready for a line of the sheet."""

    line_no: int
    name: str
    spec: str
    maker: str
    quantity: Quantity
    unit: str


@dataclass(frozen=True, slots=True)
class RxPage:
    """Everything that a pharmacist's page shows; nothing of it is decided on the screen."""

    case_id: str
    state: str
    arrived_at: datetime
    waited_seconds: int
    level: int
    """How many of the pack's waits have passed; 0 once it was reviewed."""
    sheet: RxSheet = field(repr=False)
    cert_no: str = field(repr=False)
    """Masked."""
    items: tuple[ItemProof, ...]
    """The ten items with what the program can prove (policy 3.1)."""
    findings: tuple[Note, ...]
    history: tuple[BoughtBefore, ...] = field(repr=False)
    history_days: int
    buyer_known: bool
    """Whether anybody was identified; else nothing can be said of earlier purchases."""
    acts: tuple[SignedAct, ...]
    handed: tuple[HandedOut, ...]
    mark: str
    """Of ShopFacts.mark; empty = a real paper."""
    shop_name: str
    verdict: str = ""
    reason: str = ""
    opinion: str = field(default="", repr=False)
    answers: tuple[tuple[str, bool], ...] = ()
    reviewer_number: str = ""
    """Staff number of who gave the verdict; also while its outcome is not known yet."""
    stamp_seen: bool = False
    sale_id: str = ""
    has_file: bool = False
    token_wanted: bool = False
    """The pack asks for the pharmacist's own e-certificate at each review (7206 ``ecToken``)."""
    asked: int = 0
    last_text: str = field(default="", repr=False)
    """The centre's last words, where it refused or did not answer."""
    by_hand: bool = False
    """Nobody but a person can say whether its report stands at the centre (rx_by_hand)."""
    decided: tuple[Decided, ...] = ()

    def act(self, name: str) -> SignedAct | None:
        """The signature of an act, where it was done."""
        return next((one for one in self.acts if one.act == name), None)


def review_page(doors: Doors, case_id: str, viewer: Operator) -> RxPage:
    """The page of a prescription; that ``viewer`` looked at it is logged.

    :raises NotAllowed: the role may not see persons; :raises NotFound: no such prescription.
    """
    require(doors, viewer, Right.SEE_PERSON)
    now = doors.clock.now()
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        page = _page(doors, uow, case, now)
        entry = {"case": case.id, "state": case.state.value}
        uow.log.append("rx.looked_at", viewer.staff.id, now, entry)
        uow.commit()
    return page


def ready(doors: Doors) -> tuple[RxWaiting, ...]:
    """Reviewed and not yet handed out, oldest first: what lies at 调配 and 核对."""
    with doors.uow() as uow:
        wire = uow.prescriptions.on_the_wire()
        by_hand = [case for case in wire if case.asked and waits_for_person(doors, case)]
        cases = [*uow.prescriptions.ready(), *by_hand]
        tills = till_numbers(doors, uow)
    return tuple(_row(case, doors.clock.now(), tills) for case in cases)


def done_on(doors: Doors, moment: datetime) -> tuple[RxWaiting, ...]:
    """Those that arrived on the shop's day of the moment and were decided, newest first."""
    first = shop_time(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    with doors.uow() as uow:
        cases = uow.prescriptions.between(first, first + timedelta(days=1))
        tills = till_numbers(doors, uow)
    now = doors.clock.now()
    return tuple(_row(case, now, tills) for case in cases if case.state not in WAITING)


def _row(case: RxCase, now: datetime, tills: Mapping[str, int]) -> RxWaiting:
    """As a row of the queue, but it waits for nobody: nothing of it is coloured."""
    sheet = case.sheet
    return RxWaiting(
        case_id=case.id,
        state=case.state.value,
        arrived_at=case.arrived_at,
        waited_seconds=_waited(case, now),
        level=0,
        form=sheet.form.value,
        drugs=sheet.drugs,
        patient=mask_name(sheet.patient.name),
        issuer_name=sheet.issuer_name,
        long=sheet.long,
        sale_id=case.sale_id,
        till_id=case.till_id,
        expires_at=sheet.expires_at,
        till_no=tills.get(case.till_id, 0),
    )


def set_history_days(doors: Doors, days: int, operator: Operator) -> None:
    """How far back a pharmacist's page looks at purchases.

    :raises BadValue: not 1 to 366; :raises NotAllowed: the right to manage staff is lacking.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    if not 1 <= days <= 366:
        raise BadValue(what="days", why="1 to 366")
    with doors.uow() as uow:
        uow.settings.put(HISTORY, str(days))
        now = doors.clock.now()
        uow.log.append("review.history_days", operator.staff.id, now, {"days": days})
        uow.commit()


def original(doors: Doors, case_id: str, viewer: Operator) -> tuple[str, bytes]:
    """(suffix, content) of the sheet as it came; that ``viewer`` opened it is logged.

    :raises NotAllowed: the role may not see persons; :raises NotFound: no such prescription.
    """
    require(doors, viewer, Right.SEE_PERSON)
    with doors.uow() as uow:
        suffix = uow.prescriptions.get(case_id).sheet.file_suffix
        content = uow.prescriptions.file(case_id)
        entry = {"case": case_id}
        uow.log.append("rx.original_opened", viewer.staff.id, doors.clock.now(), entry)
        uow.commit()
    return suffix.lower().lstrip("."), content


def _page(doors: Doors, uow: UnitOfWork, case: RxCase, now: datetime) -> RxPage:
    sale = _sale_of(doors, uow, case, now)
    facts = _without_own_sale(case, facts_in(doors, uow, sale, case.person_id))
    person = uow.persons.get(case.person_id).person if case.person_id else None
    days = int(uow.settings.get(HISTORY) or DAYS)
    policy = _policy(doors, now)
    medicines = _chosen(uow, case)
    findings = [*_clinical(doors, case, facts, medicines, policy, now)]
    notes = [*_of_the_rules(doors, sale, facts, policy, now), *findings]
    waits = policy.rx.wait_seconds if policy else ()
    waited = _waited(case, now)
    open_ = case.state in WAITING
    return RxPage(
        case_id=case.id,
        state=case.state.value,
        arrived_at=case.arrived_at,
        waited_seconds=waited,
        level=sum(waited >= limit for limit in waits) if open_ else 0,
        sheet=case.sheet,
        cert_no=mask_id_number(case.sheet.patient.cert_no or (person.cert_no if person else "")),
        items=ten_items(case.sheet, person, medicines, findings, doors.clinical()),
        findings=tuple(note_of(finding) for finding in notes),
        history=tuple(one for one in facts.bought if one.at >= now - timedelta(days=days)),
        history_days=days,
        buyer_known=bool(case.person_id),
        acts=signed_acts(doors, uow, case),
        handed=_handed(case, medicines, uow),
        mark=doors.shop.mark,
        shop_name=doors.shop.shop_name,
        verdict=case.review.verdict.value if case.review else "",
        reason=case.review.reason if case.review else "",
        opinion=case.review.opinion if case.review else "",
        answers=case.review.answers if case.review else (),
        reviewer_number=_staff(uow, case.review.pharmacist_id)[1] if case.review else "",
        stamp_seen=case.stamp_seen,
        sale_id=case.sale_id,
        has_file=bool(case.sheet.file_suffix),
        token_wanted=policy is not None and policy.staff.pharmacist_token == "review",  # noqa: S105
        asked=case.asked,
        last_text=case.last_text,
        by_hand=bool(case.asked) and waits_for_person(doors, case),
        decided=tuple(
            Decided(one.stands, _staff(uow, one.staff_id)[0], one.at, one.ground)
            for one in case.decided
        ),
    )


def _waited(case: RxCase, now: datetime) -> int:
    """Until the verdict, or until now; a verdict without an answer waits on."""
    until = case.review.at if case.review and case.state not in WAITING else now
    return max(0, int((until - case.arrived_at).total_seconds()))


def _sale_of(doors: Doors, uow: UnitOfWork, case: RxCase, now: datetime) -> Sale:
    """The sale that it covers, with today's snapshot on it; a hollow one where there is none."""
    hollow = Sale(case.id, doors.shop.store_id, case.till_id, now, "", person_id=case.person_id)
    try:
        sale = uow.sales.get(case.sale_id) if case.sale_id else hollow
    except NotFound:
        sale = hollow
    return replace(sale, prescription=snapshot(case), person_id=case.person_id)


def _without_own_sale(case: RxCase, facts: BookFacts) -> BookFacts:
    """What this very sale sold is not what the patient had before it."""
    if not case.sale_id:
        return facts
    before = tuple(one for one in facts.bought if one.sale_id != case.sale_id)
    return replace(facts, bought=before)


def _policy(doors: Doors, now: datetime) -> Policy | None:
    """Of the first settlement type that the pack fills; None where it is silent."""
    for kind in doors.settlement_types:
        try:
            return doors.policy_on(kind, now)
        except PackValueMissing:
            continue
    return None


def _chosen(uow: UnitOfWork, case: RxCase) -> dict[int, Medicine]:
    """Line of the sheet to the article that was chosen for it; one that is gone is left out."""
    found: dict[int, Medicine] = {}
    for one in case.given:
        try:
            found.setdefault(one.line_no, uow.medicines.get(one.medicine_id))
        except NotFound:
            continue
    return found


def _rules(doors: Doors, policy: Policy | None) -> ClinicalRules:
    rules = doors.clinical()
    return replace(rules, max_drugs=policy.rx.max_drugs) if policy else rules


def _clinical(
    doors: Doors,
    case: RxCase,
    facts: BookFacts,
    medicines: Mapping[int, Medicine],
    policy: Policy | None,
    now: datetime,
) -> tuple[Finding, ...]:
    return clinical_findings(case.sheet, facts.bought, medicines, _rules(doors, policy), now)


def _of_the_rules(
    doors: Doors, sale: Sale, facts: BookFacts, policy: Policy | None, now: datetime
) -> list[Finding]:
    """What the rules of the trade say of the sheet itself, whatever lies in the basket."""
    if policy is None:
        return []
    often = doors.clinical().frequencies
    rx = rx_facts(sale.prescription, len(sale.lines), facts, often)
    names = {line.generic_name for line in facts.case.sheet.lines} if facts.case else set()
    seen = CheckContext(
        settlement=policy.settlement,
        at=now,
        policy=policy,
        lines=(),
        rx=replace(rx, reviewed=True) if rx else None,
        days_left_of_last=facts.days_left(names, now),
    )
    return [one for one in check(seen) if one.code in _ABOUT_THE_SHEET]


def _handed(
    case: RxCase, medicines: Mapping[int, Medicine], uow: UnitOfWork
) -> tuple[HandedOut, ...]:
    def one(given: Given) -> HandedOut:
        medicine = medicines.get(given.line_no)
        if medicine is None or medicine.id != given.medicine_id:
            try:
                medicine = uow.medicines.get(given.medicine_id)
            except NotFound:
                medicine = None
        line = case.line(given.line_no)
        return HandedOut(
            given.line_no,
            medicine.display_name if medicine else "",
            medicine.spec if medicine else "",
            medicine.manufacturer if medicine else "",
            given.quantity,
            line.unit if line else "",
        )

    return tuple(one(given) for given in case.given)


def _staff(uow: UnitOfWork, staff_id: str) -> tuple[str, str]:
    """(name, number) of a member of staff; dashes for one that these books do not know."""
    try:
        member = uow.staff.get(staff_id)
    except NotFound:
        return "—", ""
    return member.name, member.number


def signed_acts(doors: Doors, uow: UnitOfWork, case: RxCase) -> tuple[SignedAct, ...]:
    """审方, 调配, 核对 as far as they were done, each with whether its signature holds now."""
    texts = {name: (signature, text) for name, signature, text in signed_texts(case)}
    made = []
    review = case.review
    if review is not None:
        made.append(_signed(doors, uow, "review", review.pharmacist_id, review.at, texts))
        made[0] = replace(made[0], remote=review.remote, note=review.opinion)
    for name, act in (("pick", case.picked), ("check", case.checked)):
        if act is not None:
            one = _signed(doors, uow, name, act.staff_id, act.at, texts)
            made.append(replace(one, note=act.note, answers=act.answers))
    return tuple(made)


def _signed(
    doors: Doors,
    uow: UnitOfWork,
    act: str,
    staff_id: str,
    at: datetime,
    texts: Mapping[str, tuple[Signature, bytes]],
) -> SignedAct:
    name, number = _staff(uow, staff_id)
    signature, text = texts.get(act, (None, b""))
    return SignedAct(
        act=act,
        name=name,
        number=number,
        at=at,
        kind=signature.kind if signature else "",
        # A good signature by somebody else's key is no signature of this person.
        holds=signature is not None
        and doors.signer.holds(signature, text)
        and doors.signer.made_by(signature, staff_id, uow.pharmacists.get(staff_id)),
        certificate=doors.signer.certificate_of(signature) if signature else None,
        algorithm=signature.algorithm if signature else "",
    )
