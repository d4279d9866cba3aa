"""Which keys a region pack may hold and what each must be: one literal table, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from app.domain.money import Money, Rate
from app.errors import BadValue, PackError
from app.regions import diseases

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "unknown"
"""What a pack writes where no reliable figure exists (policy, source marks)."""

Check = Callable[[object], str | None]
"""Says what is wrong with a value, or nothing."""


def _text(value: object) -> str | None:
    return None if isinstance(value, str) else "text expected"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "true or false expected"


def _count(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000
    return None if good else "whole number from 0 expected"


def _day_of_month(value: object) -> str | None:
    good = _count(value) is None and isinstance(value, int) and 1 <= value <= 28
    return None if good else "day of a month from 1 to 28 expected"


def _percent(value: object) -> str | None:
    good = _count(value) is None and isinstance(value, int) and value <= 100
    return None if good else "whole number from 0 to 100 expected"


def _hour(value: object) -> str | None:
    good = _count(value) is None and isinstance(value, int) and value <= 23
    return None if good else "hour of the day from 0 to 23 expected"


def _day(value: object) -> str | None:
    return None if type(value) is date else "date expected (2026-01-31, no quotes)"


def _money(value: object) -> str | None:
    if not isinstance(value, str):
        return 'amount as text expected, "12.00"'
    try:
        return "negative" if Money.of(value).fen < 0 else None
    except BadValue:
        return 'amount with at most two places expected, "12.00"'


def _limit(value: object) -> str | None:
    return None if value == "none" else _money(value)


def _rate(value: object) -> str | None:
    if not isinstance(value, str):
        return 'share as text expected, "0.60"'
    try:
        Rate.of(value)
    except BadValue:
        return 'share between "0" and "1" expected'
    return None


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if good else "list of texts expected"


def _counts(value: object) -> str | None:
    good = isinstance(value, list) and not any(_count(item) for item in value)
    return None if good else "list of whole numbers expected"


def _ascending(value: object) -> str | None:
    told = "list of two ascending whole numbers expected"
    if _counts(value) or not isinstance(value, list) or len(value) != 2:
        return told
    return None if value[0] < value[1] else told


def _degrees(value: object) -> str | None:
    from app.domain.cold_chain import Celsius  # a till starts without it

    told = 'two ascending temperatures as text expected, ["2.0", "8.0"]'
    if _texts(value) or not isinstance(value, list) or len(value) != 2:
        return told
    try:
        return None if Celsius.of(value[0]) < Celsius.of(value[1]) else told
    except BadValue:
        return told


def _span(value: object) -> str | None:
    good = (
        isinstance(value, dict)
        and set(value) == {"unit", "n"}
        and value["unit"] in ("days", "weeks", "months")
        and _count(value["n"]) is None
    )
    return None if good else '{ unit = "days|weeks|months", n = 1 } expected'


def _cap(value: object) -> str | None:
    if isinstance(value, str):
        return _limit(value)
    if not isinstance(value, list) or not value:
        return "amount or list of age bands expected"
    ages = []
    for band in value:
        if not isinstance(band, dict) or set(band) != {"from_age", "amount"}:
            return "age band { from_age, amount } expected"
        why = _count(band["from_age"]) or _limit(band["amount"])
        if why:
            return why
        ages.append(band["from_age"])
    return None if ages == sorted(set(ages)) and ages[0] == 0 else "bands ascend from age 0"


def _paper(value: object) -> str | None:
    good = (isinstance(value, str) and value in ("open", "never")) or type(value) is date
    return None if good else 'a date, "open" or "never" expected'


def _one_of(*allowed: str) -> Check:
    def check(value: object) -> str | None:
        good = isinstance(value, str) and value in allowed
        return None if good else f"one of {', '.join(allowed) or UNKNOWN} expected"

    return check


def _pattern(pattern: str, told: str) -> Check:
    def check(value: object) -> str | None:
        good = isinstance(value, str) and re.fullmatch(pattern, value)
        return None if good else f"{told} expected"

    return check


def _never(value: object) -> str | None:
    return None if value is False else "false: nothing rolls over (HY-3.6a)"


_infno = _pattern(r"[0-9]{4}[A-Z]?", "transaction number")
_code = _pattern(r"CN(-[0-9]{6})?", "area code CN or CN-123456")


def _infnos(value: object) -> str | None:
    if not isinstance(value, list):
        return "list of transaction numbers expected"
    return next((why for item in value if (why := _infno(item))), None)


_strictness = _one_of("off", "warn", "block")
_SETTLEMENTS = ("special", "two_disease", "ordinary", "account")
_CATEGORIES = ("active", "retired", "resident")
LEVELS = ("primary", "grade_two", "grade_three", "special_grade_three")

HEAD: Mapping[str, Check] = {
    "code": _code,
    "parent": _code,
    "name": _text,
    "name_en": _text,
    "status": _one_of("draft", "confirmed", "invented"),
    "source": _text,
    "who": _text,
    "division": _pattern(r"[0-9]{6}", "six digits"),
    "practice": _flag,
    "overridable": _texts,
    "prevailing": _texts,
}
"""Keys at the top of a pack."""

INTERFACE: Mapping[str, Check] = {
    "endpoint_shape": _one_of("one_url", "per_transaction"),
    "path": _pattern(r"/[!-~]*", "path beginning with /"),
    "paths.*": _pattern(r"[A-Za-z0-9/_.-]+", "path without a leading /"),
    "gateway": _one_of("none", "tif", "api", "ca", "oauth"),
    "message_signing": _one_of("none", "sm2_envelope", "sm2_input"),
    "encrypted_input": _flag,
    "input_form": _one_of("object", "string"),
    "content_type": _one_of("application/json", "text/plain"),
    "recer_sys_code": _pattern(r"[A-Za-z0-9_]{1,10}", "receiver code of at most 10"),
    "infver": _pattern(r"[A-Za-z0-9.]{1,6}", "version of at most 6"),
    "sign_in_required": _flag,
    "infcode_form": _one_of("number", "string"),
    "password_in_cainfo": _flag,
    "eprescription_release": _one_of("none", "A", "B", "C"),
    "eprescription_numbers.*": _pattern(r"none|[0-9]{4}[A-Z]?", "transaction number or none"),
    "centre.transport": _one_of("platform", "centre"),
    "centre.paths.*": _pattern(r"[A-Za-z0-9/_.-]+", "path without a leading /"),
    "centre.version": _pattern(r"[0-9.]{1,10}", "version"),
    "centre.user_id": _one_of("default", "app_secret"),
    "centre.signs": _one_of("plain", "encrypted"),
    "centre.trace_code_required": _flag,
    "trace_node": _pattern(r"[A-Za-z_]+", "node name"),
    "trace_place": _one_of("line", "beside"),
    "stock_trace_node": _pattern(r"[A-Za-z_]+", "node name"),
    "setl_type_key": _pattern(r"[A-Za-z_]+", "member name"),
    "feedetl_sn": _one_of("digits", "letters"),
    "reversal": _one_of("automatic", "by_hand"),
    "reversible": _infnos,
    "inpatient_query": _pattern(r"none|[0-9]{4}[A-Z]?", "transaction number or none"),
    **{f"routes.{kind}": _one_of("pharmacy", "visit") for kind in _SETTLEMENTS},
    **{
        f"med_type.{kind}": _pattern(r"[0-9]{2,6}", "code of 2 to 6 digits")
        for kind in _SETTLEMENTS
    },
    **{
        f"clr_type.{kind}": _pattern(r"[0-9]{2,6}", "code of 2 to 6 digits")
        for kind in _SETTLEMENTS
    },
    "insutypes": _texts,
    "settle_infno": _one_of("2207", "2207A"),
    "a_versions": _infnos,
    "stock_queries": _infnos,
    "clearing": _one_of("interface", "portal"),
    "audit.calls": _infnos,
    "audit.scenes.*": _pattern(r"[0-9A-Za-z]{1,3}", "scene of at most 3"),
    "audit.medins_type": _pattern(r"[0-9A-Za-z]{1,3}", "code of at most 3"),
    "audit.medins_level": _pattern(r"[0-9A-Za-z]{1,3}", "code of at most 3"),
    "audit.doctor_title": _pattern(r"[0-9A-Za-z]{1,3}", "code of at most 3"),
    "audit.seconds": _count,
    "audit.rules.*": _pattern(r"[a-z_]{1,40}", "rule of the mirror"),
    "stmt_level": _texts,
    "counters.*": _text,
    "connect_seconds": _count,
    "read_seconds": _count,
    "unknown_wait_seconds": _count,
}
"""Keys under ``[interface]``; ``*`` stands for any name."""

POLICY: Mapping[str, Check] = {
    "settlement": _one_of(*_SETTLEMENTS, "any"),
    "valid_from": _day,
    "valid_to": _day,
    "source": _text,
    "note": _text,
    "benefit_source": _one_of("own", "same_as_primary"),
    "pharmacy_level": _one_of(*LEVELS),
    **{f"ratio.{category}": _rate for category in _CATEGORIES},
    **{f"ratio_tiers.{level}.{category}": _rate for level in LEVELS for category in _CATEGORIES},
    "deductible.type": _one_of("none", "annual", "per_visit"),
    **{f"deductible.{category}": _money for category in _CATEGORIES},
    "deductible.annual_max": _money,
    **{f"deductible_tiers.{level}": _money for level in LEVELS},
    **{f"cap.{category}": _cap for category in _CATEGORIES},
    "cap_basis": _one_of("fund_paid", "in_scope"),
    "deductible_counts_first_self_pay": _flag,
    "class_b_default_first_self_pay": _one_of("per_drug"),
    "pay_limit_price_source": _one_of("catalogue", "platform_list", "agreement"),
    "account.usable": _flag,
    "account.covers_self_funded": _flag,
    "mutual_aid.enabled": _flag,
    "mutual_aid.covers_self_funded": _flag,
    "quota.period": _one_of("month", "quarter", "year"),
    "quota.basis": _one_of("fund_paid", "in_scope"),
    "quota.roll_over": _never,
    "quota.default": _limit,
    "quota.disease.*": _money,
    "diseases": _one_of(),
    "diseases.*": diseases.wrong,
    "inpatient_block": _flag,
    "rx.required": _flag,
    "rx.validity_days": _count,
    "rx.count_issue_day": _flag,
    "rx.ordinary_max": _span,
    "rx.long_max": _span,
    "rx.paper_until": _paper,
    "rx.issuer_areas": _texts,
    "rx.issuer_types": _texts,
    "rx.hospital_review": _strictness,
    "rx.circulation_list": _flag,
    "rx.circulation_max_age_days": _count,
    "rx.max_drugs": _count,
    "rx.prescriber_list": _strictness,
    "rx.early_refill_grace_days": _count,
    "rx.wait_seconds": _ascending,
    "binding.required": _flag,
    "trace.required_from": _day,
    "trace.all_sales_from": _day,
    "trace.exempt_classes": _texts,
    "trace.printed": _one_of("full", "last_digits"),
    "trace.received_check_from": _day,
    "trace.sequence_warn": _count,
    "trace.late_hour": _hour,
    "trace.late_packs": _count,
    "trace.sample_percent": _percent,
    "trace.virtual_codes": _flag,
    "retention.*": _count,
    "evidence.disk_warn_days": _count,
    "price.rule": _one_of("reference", "agreed", "hard_cap"),
    "price.discount": _rate,
    # K-05 knows another base, which nobody reckons from yet: refused, never passed over.
    "price.discount_base": _one_of("listed_price"),
    "price.rise_window_days": _count,
    "price.rise_share": _rate,
    "price.promotion_excludes": _texts,
    "price.upload_before_sale": _flag,
    "rounding": _one_of("half_up"),
    "staff.min_present": _count,
    "staff.min_bound": _count,
    "staff.same_person": _strictness,
    "staff.absence_warn_minutes": _count,
    "staff.health_certificate": _one_of("warn", "block"),
    "staff.pharmacist_token": _one_of("off", "duty", "review"),
    "roster.required": _flag,
    "roster.max_age_days": _count,
    "roster.apply": _text,
    "identity.methods": _texts,
    "identity.face": _one_of("off", "required_if_consented"),
    "identity.purchase_image": _flag,
    "identity.guardian_under": _count,
    "identity.faces_filing": _count,
    "proxy.signature": _flag,
    "proxy.photo": _flag,
    "proxy.warn_patients": _count,
    "proxy.warn_days": _count,
    "proxy.cause_diseases": _texts,
    "proxy.held_card": _flag,
    "proxy.held_receipt_days": _count,
    "proxy.held_valid_days": _count,
    "ephedrine.max_packs": _count,
    "ephedrine.window_days": _count,
    "expiry.near_days": _counts,
    "loss.second_from": _money,
    "zones.special_drugs_only": _flag,
    "delivery.own_account": _flag,
    "agreement.warn_days": _counts,
    "agreement.default_months": _count,
    "designation.evaluation_months": _count,
    "designation.notice_days": _count,
    "designation.result_days": _count,
    "designation.reapply_months": _count,
    "supplier.warn_days": _counts,
    "cold_chain.range": _degrees,
    "claims.working_days": _count,
    "stock.hold_minutes": _count,
    "stocktake.period": _one_of("month", "quarter", "year"),
    "stocktake.warn_days": _count,
    "stocktake.recount_packs": _count,
    "stocktake.recount_share": _rate,
    "stocktake.recount_worth": _money,
    "reports.month_due_day": _day_of_month,
    "supervision.on_finding": _one_of("warn", "block"),
    "supervision.no_answer": _one_of("warn", "block"),
    "supervision.answer_days": _count,
    "admission.asks": _texts,
    "admission.months_traded": _count,
    "admission.clean_years": _count,
    "indicators.catalogue_share": _rate,
    "indicators.disease_range_in_stock": _rate,
    "indicators.therapeutic_share": _rate,
    "delisting.transition_end": _day,
    "delisting.delist_date": _day,
    "delisting.gap_policy": _one_of("until_delist_date", "until_transition_end"),
    "excludes": _texts,
    "history.*": _text,
}
"""Keys of one ``[[policy]]`` row (policy 2.6); a row holds any part of them."""

_OPAQUE = ("rx.ordinary_max", "rx.long_max")
"""Tables that are one value."""


def flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Nested tables as dotted keys; spans and diseases stay whole: their parts never mix."""
    flat: dict[str, object] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        whole = key in _OPAQUE or key.startswith(diseases.PREFIX)
        if isinstance(value, dict) and not whole:
            flat.update(flatten(value, f"{key}."))
        else:
            flat[key] = value
    return flat


def check(flat: Mapping[str, object], schema: Mapping[str, Check], file: str, prefix: str) -> None:
    """Hold a flat table against its schema; :raises PackError: file, key, reason of the first."""
    for key, value in flat.items():
        wildcard = f"{key.rpartition('.')[0]}.*"
        checker = schema.get(key) or schema.get(wildcard)
        if checker is None:
            raise PackError(file=file, key=f"{prefix}{key}", why="unknown key")
        if value == UNKNOWN and key not in ("settlement", "valid_from", "code", "parent"):
            continue
        why = checker(value)
        if why:
            raise PackError(file=file, key=f"{prefix}{key}", why=why)
