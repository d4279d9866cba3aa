"""Turns the flat tables of a merged pack into the typed values of ``app.domain.policy``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from app.domain.money import Money, Rate
from app.domain.policy import (
    CATEGORIES,
    AccountRules,
    AuditProfile,
    Cap,
    CentreProfile,
    Deductible,
    GoodsRules,
    InterfaceProfile,
    PersonRules,
    Policy,
    PriceRules,
    Quota,
    RxRules,
    Settlement,
    Span,
    StaffRules,
    StoreRules,
    SupervisionRules,
    TraceRules,
)
from app.errors import PackValueMissing
from app.regions import diseases
from app.regions.schema import UNKNOWN

if TYPE_CHECKING:
    from app.domain.cold_chain import ColdRange
    from app.regions.loader import Region

Flat = Mapping[str, Any]

INTERFACE_NEEDED = (
    "endpoint_shape", "path", "gateway", "message_signing", "encrypted_input", "input_form",
    "content_type", "recer_sys_code", "infver", "sign_in_required", "infcode_form",
    "password_in_cainfo", "trace_node", "trace_place", "stock_trace_node", "setl_type_key",
    "feedetl_sn", "reversal", "reversible", "settle_infno", "clearing", "stmt_level",
    "connect_seconds", "read_seconds", "unknown_wait_seconds", "insutypes",
)  # fmt: skip
"""Without one of these no message can be built or judged."""

_NEEDED_ALWAYS = (
    "account.usable", "account.covers_self_funded", "mutual_aid.enabled",
    "mutual_aid.covers_self_funded", "inpatient_block", "rx.required", "binding.required",
    "trace.required_from", "trace.exempt_classes", "price.rule", "staff.min_present",
    "ephedrine.max_packs",
)  # fmt: skip
_NEEDED_FUND = (
    "ratio", "deductible", "cap", "cap_basis", "rx.validity_days", "rx.count_issue_day",
    "rx.ordinary_max", "rx.long_max", "rx.paper_until", "rx.issuer_areas",
)  # fmt: skip


def needed_for(settlement: str) -> tuple[str, ...]:
    """Parameters that every pack must speak about (policy 2.6), by settlement type."""
    if settlement == "account":
        return _NEEDED_ALWAYS
    extra = ("quota", "staff.min_bound", "diseases") if settlement == "special" else ()
    return _NEEDED_ALWAYS + _NEEDED_FUND + extra


def idle(settlement: str, key: str) -> bool:
    """Whether a settlement type never asks for a key: an account purchase needs no prescription."""
    return settlement == "account" and key.startswith(("rx.", "price.")) and key != "rx.required"


def _known(flat: Flat) -> dict[str, Any]:
    return {key: value for key, value in flat.items() if value != UNKNOWN}


def _under(flat: Flat, prefix: str) -> dict[str, Any]:
    return {key[len(prefix) :]: value for key, value in flat.items() if key.startswith(prefix)}


def _tuple(value: list[Any] | None) -> tuple[Any, ...] | None:
    return None if value is None else tuple(value)


def nest(flat: Flat, *, without: str = "") -> dict[str, object]:
    """Dotted keys as nested tables again; dates as ISO text; a marked value left out."""
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        if value == without:
            continue
        *path, leaf = key.split(".")
        place = tree
        for name in path:
            place = place.setdefault(name, {})
        place[leaf] = value.isoformat() if isinstance(value, date) else value
    return tree


def profile(region: str, division: str, flat: Flat, who: str) -> InterfaceProfile:
    """The interface of an area; :raises PackValueMissing: for a key no message can do without."""
    known = _known(flat)
    for key in INTERFACE_NEEDED:
        if key not in known:
            raise PackValueMissing(key=f"interface.{key}", who=who)
    return InterfaceProfile(
        region=region,
        division=division,
        paths=_under(known, "paths."),
        eprescription_release=known.get("eprescription_release"),
        eprescription_numbers=_under(known, "eprescription_numbers."),
        inpatient_query=known.get("inpatient_query"),
        routes=_under(known, "routes."),
        med_types=_under(known, "med_type."),
        insutypes=tuple(known["insutypes"]),
        reversible=tuple(known["reversible"]),
        a_versions=tuple(known.get("a_versions", ())),
        stock_queries=tuple(known.get("stock_queries", ())),
        stmt_level=tuple(known["stmt_level"]),
        counters=_under(known, "counters."),
        clr_types=_under(known, "clr_type."),
        centre=_centre(_under(known, "centre.")),
        audit=_audit(_under(known, "audit.")),
        who=who,
        **{key: known[key] for key in _PLAIN_INTERFACE},
    )


def _centre(known: Flat) -> CentreProfile:
    """How the prescription centre is spoken to; what is not said is the national default."""
    plain = {key: value for key, value in known.items() if not key.startswith("paths.")}
    return CentreProfile(paths=_under(known, "paths."), **plain)


def _audit(known: Flat) -> AuditProfile:
    """How the supervision subsystem is asked; an area that says nothing of it does not ask."""
    return AuditProfile(
        calls=tuple(known.get("calls", ())),
        scenes={str(name): value for name, value in _under(known, "scenes.").items()},
        medins_type=known.get("medins_type", ""),
        medins_level=known.get("medins_level", ""),
        doctor_title=known.get("doctor_title", ""),
        seconds=known.get("seconds", 0),
        rules=_under(known, "rules."),
    )


_PLAIN_INTERFACE = tuple(
    key for key in INTERFACE_NEEDED if key not in ("insutypes", "reversible", "stmt_level")
)


def policy(region: Region, settlement: str, row: Flat) -> Policy:
    """The typed rules of one resolved row."""
    flat = _known(row)
    prefix = f"{settlement}."
    return Policy(
        region=region.code,
        settlement=cast(Settlement, settlement),
        valid_from=flat["valid_from"],
        valid_to=flat.get("valid_to"),
        status=region.status,
        who=region.who,
        ratios=_ratios(flat),
        deductibles=_deductibles(flat),
        caps={name: _cap(value) for name, value in _under(flat, "cap.").items()},
        cap_basis=flat.get("cap_basis"),
        deductible_counts_first_self_pay=flat.get("deductible_counts_first_self_pay", False),
        quota=_quota(flat),
        inpatient_block=flat.get("inpatient_block"),
        accounts=_accounts(flat),
        rx=_rx(flat),
        trace=_trace(flat),
        price=_price(flat),
        staff=_staff(flat),
        person=_person(flat),
        goods=_goods(flat),
        store=_store(flat),
        supervision=_supervision(flat),
        diseases=_under(flat, diseases.PREFIX),
        diseases_over=frozenset(flat.get(diseases.OVER, ())),
        excludes=tuple(flat.get("excludes", ())),
        practice_keys=frozenset(
            key[len(prefix) :] for key in region.practice_keys if key.startswith(prefix)
        ),
    )


def _level(flat: Flat) -> str | None:
    """Grade of institution whose benefit the pharmacy follows (LN-3.1b, policy 2.4, 2.5)."""
    if flat.get("benefit_source") == "same_as_primary":
        return "primary"
    return flat.get("pharmacy_level")


def _ratios(flat: Flat) -> dict[str, Rate]:
    level = _level(flat)
    told = {**_under(flat, f"ratio_tiers.{level}."), **_under(flat, "ratio.")}
    return {name: Rate.of(share) for name, share in told.items()}


def _deductibles(flat: Flat) -> dict[str, Deductible]:
    kind = flat.get("deductible.type")
    if kind is None:
        return {}
    if kind == "none":
        return {category: Deductible("none") for category in CATEGORIES}
    of_level = flat.get(f"deductible_tiers.{_level(flat)}")
    most = flat.get("deductible.annual_max")
    found: dict[str, Deductible] = {}
    for category in CATEGORIES:
        amount = flat.get(f"deductible.{category}")
        if amount is None and of_level is not None and category != "resident":
            amount = of_level  # the tiers of part 2 are those of employees
        if amount is None:
            continue
        found[category] = Deductible(
            kind,
            amount=Money.of(amount) if kind == "annual" else Money(0),
            per_visit=Money.of(amount) if kind == "per_visit" else Money(0),
            annual_max=Money.of(most) if most is not None else None,
        )
    return found


def _limit(value: str) -> Money | None:
    return None if value == "none" else Money.of(value)


def _cap(value: str | list[dict[str, Any]]) -> Cap:
    if isinstance(value, str):
        return Cap(((0, _limit(value)),))
    return Cap(tuple((band["from_age"], _limit(band["amount"])) for band in value))


def _quota(flat: Flat) -> Quota | None:
    if "quota.period" not in flat:
        return None
    default = flat.get("quota.default")
    return Quota(
        period=flat["quota.period"],
        basis=flat.get("quota.basis", "fund_paid"),
        default=None if default in (None, "none") else Money.of(default),
        by_disease={name: Money.of(v) for name, v in _under(flat, "quota.disease.").items()},
    )


def _accounts(flat: Flat) -> AccountRules:
    return AccountRules(
        own_usable=flat.get("account.usable"),
        own_covers_self_funded=flat.get("account.covers_self_funded"),
        mutual_aid_enabled=flat.get("mutual_aid.enabled"),
        mutual_aid_covers_self_funded=flat.get("mutual_aid.covers_self_funded"),
    )


def _span(value: dict[str, Any] | None) -> Span | None:
    return Span(value["unit"], value["n"]) if value else None


def _rx(flat: Flat) -> RxRules:
    paper = flat.get("rx.paper_until")
    return RxRules(
        required=flat.get("rx.required"),
        validity_days=flat.get("rx.validity_days"),
        count_issue_day=flat.get("rx.count_issue_day"),
        ordinary_max=_span(flat.get("rx.ordinary_max")),
        long_max=_span(flat.get("rx.long_max")),
        paper="open" if isinstance(paper, date) else paper,
        paper_until=paper if isinstance(paper, date) else None,
        issuer_areas=_tuple(flat.get("rx.issuer_areas")),
        issuer_types=_tuple(flat.get("rx.issuer_types")),
        hospital_review=flat.get("rx.hospital_review"),
        circulation_list=flat.get("rx.circulation_list"),
        circulation_max_age_days=flat.get("rx.circulation_max_age_days"),
        max_drugs=flat.get("rx.max_drugs"),
        prescriber_list=flat.get("rx.prescriber_list"),
        early_refill_grace_days=flat.get("rx.early_refill_grace_days"),
        wait_seconds=tuple(flat.get("rx.wait_seconds", ())),
    )


def _trace(flat: Flat) -> TraceRules:
    return TraceRules(
        required_from=flat.get("trace.required_from"),
        all_sales_from=flat.get("trace.all_sales_from"),
        exempt_classes=tuple(flat.get("trace.exempt_classes", ())),
        printed=flat.get("trace.printed"),
        received_check_from=flat.get("trace.received_check_from"),
        sequence_warn=flat.get("trace.sequence_warn"),
        late_hour=flat.get("trace.late_hour"),
        late_packs=flat.get("trace.late_packs"),
        sample_percent=flat.get("trace.sample_percent"),
        virtual_codes=flat.get("trace.virtual_codes"),
    )


def _price(flat: Flat) -> PriceRules:
    discount, rise = flat.get("price.discount"), flat.get("price.rise_share")
    return PriceRules(
        rule=flat.get("price.rule"),
        discount=None if discount is None else Rate.of(discount),
        discount_base=flat.get("price.discount_base"),
        rise_window_days=flat.get("price.rise_window_days"),
        promotion_excludes=tuple(flat.get("price.promotion_excludes", ())),
        rise_share=None if rise is None else Rate.of(rise),
        upload_before_sale=flat.get("price.upload_before_sale"),
    )


def _staff(flat: Flat) -> StaffRules:
    return StaffRules(
        min_present=flat.get("staff.min_present"),
        min_bound=flat.get("staff.min_bound"),
        same_person=flat.get("staff.same_person"),
        absence_warn_minutes=flat.get("staff.absence_warn_minutes"),
        health_certificate=flat.get("staff.health_certificate"),
        pharmacist_token=flat.get("staff.pharmacist_token"),
    )


def _person(flat: Flat) -> PersonRules:
    return PersonRules(
        roster_required=flat.get("roster.required"),
        roster_max_age_days=flat.get("roster.max_age_days"),
        roster_apply=flat.get("roster.apply") or "",
        binding_required=flat.get("binding.required"),
        id_methods=tuple(flat.get("identity.methods", ())),
        face=flat.get("identity.face"),
        purchase_image=flat.get("identity.purchase_image"),
        guardian_under=flat.get("identity.guardian_under"),
        faces_filing=flat.get("identity.faces_filing"),
        proxy_signature=flat.get("proxy.signature"),
        proxy_photo=flat.get("proxy.photo"),
        proxy_warn_patients=flat.get("proxy.warn_patients"),
        proxy_warn_days=flat.get("proxy.warn_days"),
        proxy_causes=tuple(flat.get("proxy.cause_diseases", ())),
        held_card=flat.get("proxy.held_card"),
        held_receipt_days=flat.get("proxy.held_receipt_days"),
        held_valid_days=flat.get("proxy.held_valid_days"),
    )


def _degrees(value: list[str] | None) -> ColdRange | None:
    from app.domain.cold_chain import Celsius, ColdRange  # a till starts without it

    return ColdRange(Celsius.of(value[0]), Celsius.of(value[1])) if value else None


def _goods(flat: Flat) -> GoodsRules:
    return GoodsRules(
        ephedrine_max_packs=flat.get("ephedrine.max_packs"),
        ephedrine_window_days=flat.get("ephedrine.window_days"),
        near_expiry_days=tuple(flat.get("expiry.near_days", ())),
        loss_second_from=Money.of(loss) if (loss := flat.get("loss.second_from")) else None,
        hold_minutes=flat.get("stock.hold_minutes"),
        cold_range=_degrees(flat.get("cold_chain.range")),
        zone_drugs_only=flat.get("zones.special_drugs_only"),
        delivery_own_account=flat.get("delivery.own_account"),
    )


def _supervision(flat: Flat) -> SupervisionRules:
    return SupervisionRules(
        on_finding=flat.get("supervision.on_finding"),
        no_answer=flat.get("supervision.no_answer"),
        answer_days=flat.get("supervision.answer_days"),
    )


def _store(flat: Flat) -> StoreRules:
    share, worth = flat.get("stocktake.recount_share"), flat.get("stocktake.recount_worth")
    return StoreRules(
        agreement_warn_days=tuple(flat.get("agreement.warn_days", ())),
        agreement_months=flat.get("agreement.default_months"),
        designation=_under(flat, "designation."),
        supplier_warn_days=tuple(flat.get("supplier.warn_days", ())),
        claim_working_days=flat.get("claims.working_days"),
        stocktake_period=flat.get("stocktake.period"),
        stocktake_warn_days=flat.get("stocktake.warn_days"),
        recount_packs=flat.get("stocktake.recount_packs"),
        recount_share=Rate.of(share) if share is not None else None,
        recount_worth=Money.of(worth) if worth is not None else None,
        retention_days=_under(flat, "retention."),
        disk_warn_days=flat.get("evidence.disk_warn_days"),
        gap_policy=flat.get("delisting.gap_policy"),
        month_report_day=flat.get("reports.month_due_day"),
        admission_asks=tuple(flat.get("admission.asks", ())),
        admission_months=flat.get("admission.months_traded"),
        admission_years=flat.get("admission.clean_years"),
        indicators={k: Rate.of(v) for k, v in _under(flat, "indicators.").items()},
    )
