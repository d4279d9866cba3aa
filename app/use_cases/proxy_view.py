"""Where the proxy purchase of a sale stands, for the panel: what is done, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.insurance import CredentialKind
from app.domain.masking import mask_id_number, mask_name
from app.domain.policy import PersonRules
from app.domain.proxy import ProxyPurchase, PurchaseList, list_of, live_of, patients_of
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.errors import NotFound, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.payment import LIVE
from app.use_cases.person_facts import released_typed
from app.use_cases.proxy_facts import bought_before
from app.use_cases.proxy_list import differs, purchase_list
from app.use_cases.split_sale import parts_of
from app.use_cases.views import Patient

STEPS = ("identity", "why", "list", "signature", "still")
"""The five steps, in the order in which people can follow them."""


@dataclass(frozen=True, slots=True)
class ProxyView:
    """A record as the counter sees it; names and numbers are masked already."""

    proxy_id: str
    sale_id: str
    state: str
    patient: str
    patient_kind: CredentialKind
    patient_shown: bool
    """A number typed by hand proves nobody, but in practice or where a manager released it."""
    same_patient: bool
    """Whoever is identified at the counter now is the patient of this record."""
    proxy: str = ""
    proxy_number: str = ""
    proxy_kind: str = ""
    proxy_typed: bool = False
    staff_filing: str = ""
    relation: str = ""
    reason: str = ""
    proof: str = ""
    cause_wanted: bool = False
    cause_holds: bool = True
    signature_wanted: bool = False
    still_wanted: bool = False
    listed: PurchaseList | None = None
    digest: str = ""
    listed_at: datetime | None = None
    signed_at: datetime | None = None
    pictured_at: datetime | None = None
    quoted: bool = False
    """There are amounts of the platform that fit the basket."""
    differs: bool = False
    """A list was made, and it is not what would be paid now."""
    settled: bool = False
    """Something is settled already: only the list may still be signed again."""
    patients: int = 0
    days: int = 0
    many: bool = False
    """One proxy for as many patients as the pack warns of (HY-1.5.6b)."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of :data:`STEPS` that are still to do, in their order."""
        return tuple(step for step in STEPS if not self.done(step) and self.wanted(step))

    def done(self, step: str) -> bool:
        """Whether a step stands for the amounts of now."""
        current = bool(self.digest) and not self.differs
        return {
            "identity": bool(self.proxy) and self.patient_shown and self.same_patient,
            "why": bool(self.relation and self.reason)
            and (self.cause_holds or not self.cause_wanted),
            "list": current,
            "signature": current and self.signed_at is not None,
            "still": current and self.pictured_at is not None,
        }[step]

    def wanted(self, step: str) -> bool:
        """Whether the area asks for it; both identities and the reason always (policy 3.6)."""
        asked = {"signature": self.signature_wanted, "still": self.still_wanted}
        asked["list"] = self.signature_wanted or self.still_wanted
        return asked.get(step, True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the packs of a sale's parts ask for."""

    rules: tuple[PersonRules, ...] = field(default=())
    special: bool = False


def proxy_of_sale(doors: Doors, sale_id: str, patient: Patient | None) -> ProxyView | None:
    """The record that carries a sale now; None = the patient buys.

    ``patient``: who is identified at the counter; None after a restart, until somebody is.
    """
    with doors.uow() as uow:
        one = live_of(uow.proxies.of_sale(sale_id))
        return _view(doors, uow, one, patient) if one is not None else None


def _view(doors: Doors, uow: UnitOfWork, one: ProxyPurchase, patient: Patient | None) -> ProxyView:
    attempts = uow.settlements.of_sale(one.sale_id)
    asked = _asked(doors, uow, one.sale_id, attempts, patient)
    disease = patient.disease_code if patient else ""
    causes = tuple(code for rule in asked.rules for code in rule.proxy_causes)
    count, days, many = _window(uow, one, asked, doors.clock.now())
    listable, changed = _amounts(uow, one, attempts)
    return replace(
        _people(doors, uow, one, patient),
        cause_wanted=asked.special,
        cause_holds=one.cause_holds(disease, causes),
        signature_wanted=any(rule.proxy_signature for rule in asked.rules),
        still_wanted=any(rule.proxy_photo for rule in asked.rules),
        listed=list_of(one.list_text) if one.list_text else None,
        digest=one.list_digest,
        listed_at=one.listed_at,
        signed_at=one.signed_at,
        pictured_at=one.pictured_at,
        quoted=listable,
        differs=bool(one.list_digest) and changed,
        settled=any(each.state is SettlementState.SETTLED for each in attempts),
        patients=count,
        days=days,
        many=many,
    )


def _people(
    doors: Doors, uow: UnitOfWork, one: ProxyPurchase, patient: Patient | None
) -> ProxyView:
    """Who buys for whom, by what documents, and why."""
    shown = uow.persons.get(one.proxy_id).person if one.proxy_id else None
    return ProxyView(
        proxy_id=one.id,
        sale_id=one.sale_id,
        state=one.state.value,
        patient=mask_name(uow.persons.get(one.patient_id).person.name),
        patient_kind=CredentialKind(one.patient_kind),
        patient_shown=doors.shop.practice
        or not one.patient_typed
        or released_typed(uow, one.sale_id, one.patient_id, doors.clock.now()),
        same_patient=patient is None or patient.person_id == one.patient_id,
        proxy=mask_name(shown.name) if shown else "",
        proxy_number=mask_id_number(shown.cert_no) if shown else "",
        proxy_kind=one.proxy_kind,
        proxy_typed=one.proxy_typed,
        staff_filing=one.staff_filing,
        relation=one.relation,
        reason=one.reason,
        proof=one.proof,
    )


def _window(
    uow: UnitOfWork, one: ProxyPurchase, asked: _Asked, now: datetime
) -> tuple[int, int, bool]:
    """(patients of this proxy, within how many days, whether the pack warns of so many)."""
    warns = [rule for rule in asked.rules if rule.proxy_warn_days is not None]
    if not warns:
        return 0, 0, False
    days, most = warns[0].proxy_warn_days or 0, warns[0].proxy_warn_patients
    count = patients_of(bought_before(uow, one, now), one.patient_id, now, days)
    return count, days, most is not None and count >= most


def _amounts(
    uow: UnitOfWork, one: ProxyPurchase, attempts: Sequence[Settlement]
) -> tuple[bool, bool]:
    """(whether there is something to list, whether it differs from what was listed)."""
    try:
        sale = uow.sales.get(one.sale_id)
    except NotFound:
        return False, bool(one.list_digest)
    listable = purchase_list(one, sale, attempts) is not None
    return listable, differs(one, sale, attempts)


def _asked(
    doors: Doors, uow: UnitOfWork, sale_id: str, attempts: Sequence[Settlement],
    patient: Patient | None,
) -> _Asked:  # fmt: skip
    """By the parts that were quoted, else by those that the basket would make."""
    kinds = {one.settlement_type for one in attempts if one.state in LIVE}
    if not kinds and patient is not None:
        try:
            parts = parts_of(doors, uow.sales.get(sale_id), patient, "0")
        except NotFound:
            parts = ()
        kinds = {part.settlement for part in parts}
    found = []
    for kind in sorted(kinds):
        try:
            found.append(doors.policy_on(kind, doors.clock.now()).person)
        except PackValueMissing:
            continue
    return _Asked(tuple(found), "special" in kinds)
