"""Rules about who may prescribe, be served and be bound here: as strict as the pack makes them."""

from __future__ import annotations

from datetime import date

from app.domain.basket_split import SELF_PAID
from app.domain.check_context import CheckContext, Finding, Severity, block, first, warn
from app.domain.clock import shop_time
from app.domain.delisting import Standing
from app.domain.pharmacist import too_few_in


def _as_strict(strictness: str | None) -> Severity | None:
    if strictness == "block":
        return "block"
    return "warn" if strictness == "warn" else None


def issuer_not_accepted(seen: CheckContext) -> Finding | None:
    """The institution must be listed, and of a type the pack accepts (SJZ-2.2c, EZ-5b)."""
    rx, types = seen.rx, seen.policy.rx.issuer_types
    if rx is None or not seen.pooled:
        return None
    wrong_type = rx.issuer_type and types is not None and rx.issuer_type not in types
    if rx.issuer_listed and not wrong_type:
        return None
    return block("ISSUER_NOT_ACCEPTED", "SJZ-2.2c", "EZ-5b")


def rx_other_person(seen: CheckContext) -> Finding | None:
    """One prescription is one person's: the fund pays for nobody else on it (EZ-2b)."""
    if seen.rx is None or not seen.pooled or not seen.rx.other_person:
        return None
    return block("RX_OTHER_PERSON", "EZ-2b", "SJZ-A.4")


def rx_without_picture(seen: CheckContext) -> Finding | None:
    """While paper is taken at all, the fund pays on a sheet that can be shown later (LN-4.2a)."""
    if seen.rx is None or not seen.pooled or seen.rx.form != "paper" or seen.rx.pictured:
        return None
    return block("RX_WITHOUT_PICTURE", "LN-4.2a")


def drug_not_circulating(seen: CheckContext) -> Finding | None:
    """A circulated prescription covers drugs of the circulation list only (SJZ-A.5)."""
    if seen.rx is None or not seen.rx.circulated or not seen.policy.rx.circulation_list:
        return None
    known = seen.circulation_list_known
    line = first(line for line in seen.insured_lines if not (known and line.in_circulation_list))
    if line is None:
        return None
    told: dict[str, object] = {"line": line.no, "name": line.name}
    variant = "" if known else "no_list"
    return Finding("DRUG_NOT_CIRCULATING", ("SJZ-A.5",), "block", told, variant)


def circulation_list_old(seen: CheckContext) -> Finding | None:
    """The imported circulation list is older than the pack allows (SJZ-A.5)."""
    most, age = seen.policy.rx.circulation_max_age_days, seen.circulation_list_days
    listed = seen.policy.rx.circulation_list and seen.rx is not None and seen.rx.circulated
    if not listed or most is None or age is None or age <= most:
        return None
    return warn("CIRCULATION_LIST_OLD", "SJZ-A.5", days=age, most=most)


def prescriber_not_listed(seen: CheckContext) -> Finding | None:
    """Special-disease prescribers are fixed and published; no list is no yes (HY-2.3)."""
    severity = _as_strict(seen.policy.rx.prescriber_list)
    if seen.rx is None or not seen.pooled or seen.rx.prescriber_listed or severity is None:
        return None
    variant = "no_list" if seen.rx.prescriber_listed is None else ""
    return Finding("PRESCRIBER_NOT_LISTED", ("HY-2.3",), severity, variant=variant)


def one_person_does_both(seen: CheckContext) -> Finding | None:
    """Reviewer and dispenser should be two people (HY-1.1.3)."""
    severity = _as_strict(seen.policy.staff.same_person)
    if seen.rx is None or not seen.rx.reviewer_dispenses or severity is None:
        return None
    return Finding("ONE_PERSON_DOES_BOTH", ("HY-1.1.3",), severity)


_DELISTED = ("HY-1.3", "HY-3.5", "LN-3.3", "EZ-1")


def delisted(seen: CheckContext) -> Finding | None:
    """From its delisting a store settles nothing by insurance; the gap as the pack says (K-11).

    LN-3.3 and EZ-1 name the day, HY-3.5 the two of them.
    """
    if seen.delisting is None or seen.settlement == SELF_PAID:
        return None
    if not seen.delisting.blocks(_day(seen), seen.policy.store.gap_policy):
        return None
    told: dict[str, object] = {"day": seen.delisting.transition_end, "who": seen.policy.who}
    return Finding("STORE_NOT_OPEN", _DELISTED, "block", told, "delisted")


def service_suspended(seen: CheckContext) -> Finding | None:
    """While the agency suspends the service nothing is settled by insurance (HY-1.5.8, EZ-1).

    What the customer pays alone goes on.
    """
    if not seen.suspended or seen.settlement == SELF_PAID:
        return None
    told: dict[str, object] = {"reason": seen.suspended, "who": seen.policy.who}
    if seen.suspended_until is None:
        return Finding("STORE_NOT_OPEN", ("HY-1.5.8", "EZ-1"), "block", told, "suspended")
    told["day"] = seen.suspended_until
    return Finding("STORE_NOT_OPEN", ("HY-1.5.8", "EZ-1"), "block", told, "suspended_until")


def _day(seen: CheckContext) -> date:
    return shop_time(seen.at).date()


def store_leaves(seen: CheckContext) -> Finding | None:
    """While it still settles, whoever buys is told to choose another store in time (HY-3.5)."""
    record = seen.delisting
    if record is None or not seen.pooled or record.standing(_day(seen)) is not Standing.LEAVING:
        return None
    return warn("STORE_LEAVES", "HY-3.5", day=record.transition_end)


def bound_elsewhere(seen: CheckContext) -> Finding | None:
    """Where binding is required, only the person's own institution settles (HY-3.5, K-16).

    Who moved away from a store that stops settles at the new one, whatever the binding. Where it
    is required, no institution named and no answer are not this store either.
    """
    if not seen.pooled or not (seen.bound_elsewhere or seen.bound_unread):
        return None
    if not seen.bound_elsewhere:
        required = seen.policy.person.binding_required is True
        told = Finding("BOUND_ELSEWHERE", ("HY-3.5",), "block", {}, seen.bound_unread)
        return told if required else None
    if seen.delisting is not None:
        return Finding("BOUND_ELSEWHERE", ("HY-3.5",), "block", {}, "moved")
    if seen.policy.bound(seen.policy.person.binding_required, "binding.required"):
        return block("BOUND_ELSEWHERE", "HY-3.5")
    return None


def benefit_excluded(seen: CheckContext) -> Finding | None:
    """A benefit closed to who holds another one for the same disease (EZ-8, K-17)."""
    if any(other in seen.policy.excludes for other in seen.rosters):
        return block("BENEFIT_EXCLUDED", "EZ-8")
    return None


def bought_too_early(seen: CheckContext) -> Finding | None:
    """The earlier supply has not run out, grace days taken off (HY-1.5.2a, LN-4.3b)."""
    grace = seen.policy.rx.early_refill_grace_days or 0
    if not seen.pooled or seen.days_left_of_last <= grace:
        return None
    return warn("BOUGHT_TOO_EARLY", "HY-1.5.2a", "LN-4.3b", days=seen.days_left_of_last)


def agreement_ends(seen: CheckContext) -> Finding | None:
    """The agreement ends within the days the pack warns of (SJZ-A.2, HY-1.5.7)."""
    left, since = seen.agreement_days_left, max(seen.policy.store.agreement_warn_days, default=0)
    if not seen.pooled or left is None or left > since:
        return None
    return warn("AGREEMENT_ENDS", "SJZ-A.2", "HY-1.5.7", days=left)


def pharmacist_licence_ends(seen: CheckContext) -> Finding | None:
    """At the least number of bound pharmacists, and one of their licences ends soon (HY-1.1.3)."""
    need, bound = seen.policy.staff.min_bound or 0, seen.pharmacists_bound
    if not seen.pooled or bound is None:
        return None
    day, warn_days = shop_time(seen.at).date(), seen.policy.store.agreement_warn_days
    left = too_few_in(bound, need, seen.pharmacists_until, day, warn_days)
    if left is None:
        return None
    return warn("PHARMACIST_LICENCE_ENDS", "HY-1.1.3", needed=need, days=left)


GATES = (
    rx_other_person,
    rx_without_picture,
    issuer_not_accepted,
    drug_not_circulating,
    prescriber_not_listed,
    bound_elsewhere,
    benefit_excluded,
    delisted,
    service_suspended,
)
"""Rules that can block."""
NOTICES = (
    one_person_does_both,
    circulation_list_old,
    bought_too_early,
    agreement_ends,
    pharmacist_licence_ends,
    store_leaves,
)
"""Rules that mostly warn."""
