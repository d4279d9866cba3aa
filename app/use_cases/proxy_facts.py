"""What the books know of the proxy purchase of a sale, for the rules (HY-1.5.6b, HY-3.6c)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.check_context import ProxyFacts
from app.domain.proxy import ProxyPurchase, live_of, patients_of
from app.use_cases.person_facts import released_typed
from app.use_cases.proxy_list import differs

if TYPE_CHECKING:
    from app.domain.policy import Policy
    from app.domain.sale import Sale
    from app.ports import UnitOfWork
    from app.use_cases.views import Patient

LOOK_BACK = timedelta(days=400)
"""How far back purchases of one proxy are read: beyond every window that a pack may set."""


@dataclass(frozen=True, slots=True)
class ProxySeen:
    """The record that carries a sale, and what else the rules want to know of it."""

    record: ProxyPurchase
    bought: tuple[tuple[str, datetime], ...] = ()
    """(patient, moment) of what this proxy bought here before."""
    differs: bool = True
    """The list that was made is not what would be paid now."""
    released: bool = False
    """A manager let the patient's typed number stand at this sale (S-15)."""


def proxy_in(uow: UnitOfWork, sale: Sale, now: datetime) -> ProxySeen | None:
    """The live record of a sale inside the caller's unit of work; None = nobody buys for another.

    The remainder of a return was bought with its first sale; it has no record of its own.
    """
    one = live_of(uow.proxies.of_sale(sale.id))
    if one is None:
        return None
    return ProxySeen(
        one,
        bought_before(uow, one, now),
        differs(one, sale, uow.settlements.of_sale(sale.id)),
        one.patient_typed and released_typed(uow, sale.id, one.patient_id, now),
    )


def bought_before(
    uow: UnitOfWork, one: ProxyPurchase, now: datetime
) -> tuple[tuple[str, datetime], ...]:
    """What this proxy bought here, under every record with the same document."""
    if not one.proxy_id:
        return ()
    same = uow.persons.same_document(one.proxy_id)
    return tuple(uow.proxies.bought_by(same, now - LOOK_BACK))


def facts_of(
    seen: ProxySeen | None, patient: Patient | None, policy: Policy, now: datetime,
    *, settling: bool, practice: bool,
) -> ProxyFacts | None:  # fmt: skip
    """The record as the rules see it.

    ``settling``: before the quote there are no amounts that anybody could sign; what is asked
    then is who buys and why. ``practice``: a number that was typed is proof in practice alone.
    """
    if seen is None:
        return None
    one = seen.record
    mine = patient is not None and patient.person_id == one.patient_id
    facts = ProxyFacts(
        both_ids=mine and bool(one.proxy_id) and (seen.released or _shown(patient, practice)),
        signed_list=True,
        photo=True,
        patients_in_window=_patients(seen, policy, now),
        named=one.named,
        cause=one.cause_holds(patient.disease_code if patient else "", policy.person.proxy_causes),
    )
    if not settling:
        return facts
    stands = not seen.differs
    return replace(
        facts,
        signed_list=bool(one.signature_id) and stands,
        photo=bool(one.still_id) and stands,
        list_differs=bool(one.list_digest) and seen.differs,
    )


def _shown(patient: Patient | None, practice: bool) -> bool:
    return patient is not None and (practice or not patient.credential.typed)


def _patients(seen: ProxySeen, policy: Policy, now: datetime) -> int:
    days = policy.person.proxy_warn_days
    if days is None:
        return 1
    return patients_of(seen.bought, seen.record.patient_id, now, days)
