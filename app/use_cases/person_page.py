"""The page of the person at the counter: what was found, what was consented to, what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.basket_split import SELF_PAID
from app.domain.consent import Consent, ConsentPurpose
from app.domain.credential_proof import ShownAs, in_order, shown_as
from app.domain.held_facts import Obstacle
from app.domain.person_check import CheckVerdict, PersonCheck, counting
from app.domain.policy import Policy
from app.domain.proxy import live_of
from app.domain.sale import Sale
from app.errors import NotFound, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.consents import asks_guardian, live_consent
from app.use_cases.custody_facts import held_facts
from app.use_cases.doors import Doors
from app.use_cases.person_facts import differed_in
from app.use_cases.split_sale import parts_of
from app.use_cases.views import Patient

SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything the panel shows; names of staff only, none of the customer's."""

    shown: ShownAs
    """As what the credential came."""
    methods: tuple[ShownAs, ...]
    """What the area takes, in its order."""
    needed: bool
    """Whether a part of this sale waits for a look."""
    face_asked: bool
    """Whether the area asks for the face anywhere; else none is asked here."""
    still_asked: bool
    """Whether the area asks for a picture of the purchase."""
    guardian: bool
    """Whether a guardian has to sign for this person."""
    check: PersonCheck | None = None
    """The one that counts."""
    checked_by: str = ""
    second: str = ""
    face: Consent | None = None
    still: Consent | None = None
    differed: PersonCheck | None = None
    """The mismatch today at another sale that nobody released: two look, one a manager."""
    instead: str = ""
    """What stands in the place of a look at the patient: ``proxy``, ``held``; empty = nothing."""

    @property
    def differs(self) -> bool:
        """Whether the check that counts says that it is somebody else."""
        return self.check is not None and self.check.verdict is CheckVerdict.MISMATCH

    @property
    def open(self) -> bool:
        """Whether somebody still has to look before this sale can settle."""
        looked = self.check is not None and not self.differs
        return self.needed and not looked and not self.instead


def person_page(doors: Doors, sale: Sale | None, patient: Patient, account_use: str) -> PersonPage:
    """Read everything in one unit of work; ``sale``: the basket as it stands, None = none yet."""
    policies = _policies(doors)
    asking = {policy.settlement for policy in policies if policy.person.face != "off"}
    methods = next((one.person.id_methods for one in policies if one.person.id_methods), ())
    who = patient.person_id
    with doors.uow() as uow:
        check = counting(uow.checks.of_sale(sale.id), who, doors.clock.now()) if sale else None
        differed = differed_in(uow, sale.id, who, doors.clock.now()) if sale else None
        kinds = _kinds(doors, sale, patient, account_use) if sale else set()
        return PersonPage(
            shown=shown_as(patient.credential),
            methods=in_order(methods),
            needed=bool(kinds if differed is not None else asking & kinds),
            face_asked=bool(asking),
            still_asked=any(policy.person.purchase_image for policy in policies),
            guardian=asks_guardian(doors, patient),
            check=check,
            checked_by=_name(uow, check.by) if check else "",
            second=_name(uow, check.second_id) if check else "",
            face=live_consent(uow, who, ConsentPurpose.FACE),
            still=live_consent(uow, who, ConsentPurpose.PURCHASE_STILL),
            differed=differed,
            instead=_instead(doors, uow, sale, patient) if sale is not None else "",
        )


def _instead(doors: Doors, uow: UnitOfWork, sale: Sale, patient: Patient) -> str:
    """A proxy shows both documents; of a held card in order the patient signs the receipt."""
    if live_of(uow.proxies.of_sale(sale.id)) is not None:
        return "proxy"
    held = held_facts(doors, uow, sale, patient)
    return "held" if held is not None and held.stop is not Obstacle.PENDING else ""


def _policies(doors: Doors) -> tuple[Policy, ...]:
    """Of every type that the pack settles today; one with a gap has no say here."""
    found = []
    for kind in doors.settlement_types:
        try:
            found.append(doors.policy_on(kind, doors.clock.now()))
        except PackValueMissing:
            continue
    return tuple(found)


def _kinds(doors: Doors, sale: Sale, patient: Patient, account_use: str) -> set[str]:
    """The types of this sale's parts; a special drug counts before its prescription is passed."""
    kinds = {part.settlement for part in parts_of(doors, sale, patient, account_use)}
    disease = patient.disease_code
    if disease and any(disease in line.item.diseases for line in sale.lines):
        kinds.add(SPECIAL)
    return kinds - {SELF_PAID}


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""
