"""What the books know of each condition of admission: a verdict, its figure, the pack's figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from app.domain.admission import FIGURES, Verdict, judged
from app.domain.indicators import Mark
from app.domain.papers import PaperKind, PaperState

if TYPE_CHECKING:
    from app.domain.pharmacist import Pharmacist
    from app.use_cases.admission import Seen

Told = tuple[Verdict, str, str]
"""Verdict, the figure, the pack's threshold; the last is empty where the pack names none."""

IN_FORCE: Final = (PaperState.GOOD, PaperState.ENDS)
_CONTROLLED: Final = frozenset({Mark.SPECIAL_CONTROL, Mark.DUAL_CHANNEL})


def _yes(good: bool, figure: object) -> Told:
    return Verdict.MET if good else Verdict.LACKING, f"{figure}", ""


def _counted(have: int, need: int | None) -> Told:
    return judged(have, need), f"{have}", "" if need is None else f"{need}"


def _papers(kind: PaperKind, seen: Seen) -> Told:
    """At least one in force; of licences none that ran out and was not renewed."""
    mine = [one for one in seen.lines if one.paper.kind is kind]
    good = sum(one.state in IN_FORCE for one in mine)
    over = sum(one.state is PaperState.OVER for one in mine)
    lapsed = kind is PaperKind.LICENCE and over > 0
    return _yes(good > 0 and not lapsed, good)


def _months(seen: Seen) -> Told:
    found, need = seen.eligibility, seen.policy.store.admission_months
    if found.opened is None:
        return Verdict.OPEN, "", "" if need is None else f"{need}"
    return _counted(found.months, need)


def _clean(of_store: bool, seen: Seen) -> Told:
    found, years = seen.eligibility, seen.policy.store.admission_years
    count = len(found.store if of_store else found.staff)
    if years is None:
        return Verdict.TOLD, f"{count}", ""
    return (Verdict.LACKING if count else Verdict.MET), f"{count}", f"{years}"


def _bound(seen: Seen) -> list[Pharmacist]:
    with seen.doors.uow() as uow:
        return [one for one in uow.pharmacists.all() if one.unbound_at is None]


def _present(seen: Seen) -> Told:
    """Who may be on duty here: a reviewer from elsewhere is never present (LN-2.1)."""
    here = [one for one in _bound(seen) if one.bound_on(seen.day) and not one.remote]
    return _counted(len(here), seen.policy.staff.min_present)


def _enough(seen: Seen) -> Told:
    able = [one for one in _bound(seen) if one.bound_on(seen.day)]
    return _counted(len(able), seen.policy.staff.min_bound)


def _coded(seen: Seen) -> Told:
    bound = _bound(seen)
    good = [one for one in bound if one.professional.code]
    return _yes(bool(bound) and len(good) == len(bound), f"{len(good)}/{len(bound)}")


def _filed(seen: Seen) -> Told:
    bound = _bound(seen)
    good = [one for one in bound if one.filing_no]
    return _yes(bool(bound) and len(good) == len(bound), f"{len(good)}/{len(bound)}")


def _drugs(seen: Seen) -> Told:
    """Drugs of the insurance's list in stock that have no national code (LN-2.2b)."""
    from app.domain.indicators import in_catalogue
    from app.use_cases.fractions import goods_in_stock

    here = [one for one in goods_in_stock(seen.doors) if in_catalogue(one)]
    bare = sum(not one.national_code for one in here)
    return _yes(bare == 0, f"{len(here) - bare}/{len(here)}")


def _share(name: str, seen: Seen) -> Told:
    """One of the three fractions, against the pack's target."""
    from app.domain.indicators import Standing
    from app.use_cases.fractions import fractions_view, percent

    view = fractions_view(seen.doors, seen.operator)
    key = FIGURES[name].removeprefix("indicators.")
    one = next(each for each in view.fractions.all() if each.name == key)
    target = seen.policy.store.indicators.get(key)
    figure = f"{percent(one.ppm)}% ({one.part}/{one.whole})"
    if target is None:
        return Verdict.TOLD, figure, ""
    need = f"{percent(target.ppm)}%"
    if one.whole == 0:
        return Verdict.LACKING, figure, need
    below = replace(one, target=target).standing(view.margin) is Standing.BELOW
    return (Verdict.LACKING if below else Verdict.MET), figure, need


def _suppliers(seen: Seen) -> Told:
    from app.use_cases.suppliers import supplier_list

    known = supplier_list(seen.doors)
    good = sum(not one.faults for one in known)
    return _yes(good > 0, f"{good}/{len(known)}")


def _special(seen: Seen) -> Told:
    """Only who sells such drugs needs the qualification (SJZ-2.1)."""
    with seen.doors.uow() as uow:
        marked = sum(bool(_CONTROLLED.intersection(said)) for said in uow.papers.marks().values())
    have = any(
        one.paper.kind is PaperKind.QUALIFICATION and one.state in IN_FORCE for one in seen.lines
    )
    return _yes(have or not marked, marked)


def _connected(seen: Seen) -> Told:
    """Either way of connecting is admitted (SJZ-A.7)."""
    from app.use_cases.connection_mode import mode_in

    with seen.doors.uow() as uow:
        return _yes(True, mode_in(uow).value)


def _supervised(seen: Seen) -> Told:
    calls = seen.doors.profile.audit.calls
    return (Verdict.MET if calls else Verdict.TOLD), "、".join(calls), ""


def _quality(seen: Seen) -> Told:
    """Records of the quality system that are present and current, of those that are judged."""
    judged_ones = [one for one in seen.records if one.verdict is not Verdict.TOLD]
    good = sum(one.verdict is Verdict.MET for one in judged_ones)
    return _yes(good == len(judged_ones), f"{good}/{len(judged_ones)}")


def _stock_list(seen: Seen) -> Told:
    from app.use_cases.fractions import goods_in_stock

    here = len(goods_in_stock(seen.doors))
    return _yes(here > 0, here)


FIGURE_OF: Final[Mapping[str, Callable[[Seen], Told]]] = {
    "licences": partial(_papers, PaperKind.LICENCE),
    "agreement": partial(_papers, PaperKind.AGREEMENT),
    "lease": partial(_papers, PaperKind.LEASE),
    "undertakings": partial(_papers, PaperKind.UNDERTAKING),
    "contracts": partial(_papers, PaperKind.CONTRACT),
    "payroll": partial(_papers, PaperKind.PAYROLL),
    "bank_flow": partial(_papers, PaperKind.BANK_FLOW),
    "months_traded": _months,
    "clean_store": partial(_clean, True),
    "clean_staff": partial(_clean, False),
    "pharmacists_present": _present,
    "pharmacists_bound": _enough,
    "pharmacists_coded": _coded,
    "pharmacists_filed": _filed,
    "drugs_coded": _drugs,
    "catalogue_share": partial(_share, "catalogue_share"),
    "disease_range_in_stock": partial(_share, "disease_range_in_stock"),
    "therapeutic_share": partial(_share, "therapeutic_share"),
    "suppliers": _suppliers,
    "special_drugs": _special,
    "connected": _connected,
    "supervised": _supervised,
    "stock_list": _stock_list,
    "quality_system": _quality,
}
"""Every condition that the books answer."""
