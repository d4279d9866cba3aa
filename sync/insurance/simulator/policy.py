"""The practice platform's reading of a region's policy rows (plain data, policy reference 2.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sync.insurance.simulator.benefits import NOUGHT, Terms
from sync.insurance.simulator.jsontext import Json
from sync.insurance.simulator.refusal import Refusal

RETIRED_ELEVENS = ("1112",)
"""Codes that begin with 11 and yet are retired (interface 5.1)."""

SCHEMES = {"41": "account", "11": "ordinary", "14": "special", "9901": "two_disease"}
"""Medical treatment type to settlement type, unless the profile's ``med_type`` says otherwise."""


def category(insutype: str, psn_type: str) -> str:
    """active, retired or resident; tested by prefix (interface 5.1).

    :raises Refusal: for persons who have no outpatient pooling at a pharmacy.
    """
    if insutype.startswith("39"):
        return "resident"
    if insutype == "310" and (psn_type.startswith("12") or psn_type in RETIRED_ELEVENS):
        return "retired"
    if insutype == "310" and psn_type.startswith("11"):
        return "active"
    raise Refusal(f"FSI-FMI返回：险种[{insutype}]人员类别[{psn_type}]不享受药店门诊待遇")


def quarter(day: date) -> str:
    """2026Q4."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def full_years(birth: date, day: date) -> int:
    """Age in full years, the birthday counting."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if isinstance(value, str) and value else None


class Policy:
    """Policy rows of one region; later rows and rows of the very settlement type prevail."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows
        self._known: dict[tuple[str, date], list[Mapping[str, Any]]] = {}

    def _in_force(self, kind: str, day: date) -> list[Mapping[str, Any]]:
        known = self._known.get((kind, day))
        if known is not None:
            return known
        chosen = []
        for wanted in (kind, "any"):
            for row in reversed(self._rows):
                since, until = _day(row.get("valid_from")), _day(row.get("valid_to"))
                in_time = (since is None or since <= day) and (until is None or day <= until)
                if row.get("settlement", "any") == wanted and in_time:
                    chosen.append(row)
        self._known[(kind, day)] = chosen
        return chosen

    def value(self, kind: str, day: date, key: str) -> Json:
        """The value of a dotted key for a settlement type on a day, or None where none stands."""
        for row in self._in_force(kind, day):
            found: Any = row
            for part in key.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if found is not None and found != "unknown":
                return found
        return None

    def flag(self, kind: str, day: date, key: str, otherwise: bool) -> bool:
        """A yes or no."""
        found = self.value(kind, day, key)
        return otherwise if found is None else bool(found)

    def yuan(self, kind: str, day: date, key: str) -> Decimal | None:
        """An amount; None for no limit or where nothing stands."""
        found = self.value(kind, day, key)
        return None if found is None or found == "none" else Decimal(str(found))

    def terms(self, kind: str, day: date, *, group: str, birth: date | None, disease: str) -> Terms:
        """What holds for one settlement; :raises Refusal: where the pack has no ratio."""
        base = Terms(
            pooled=False,
            account_pays_outside=self.flag(kind, day, "account.covers_self_funded", True),
            family_allowed=self.flag(kind, day, "mutual_aid.enabled", True),
            family_pays_outside=self.flag(kind, day, "mutual_aid.covers_self_funded", False),
        )
        if kind == "account":
            return base
        ratio = self._ratio(kind, day, group)
        if ratio is None:
            raise Refusal(f"FSI-FMI返回：本统筹区未配置[{kind}]待遇参数[ratio.{group}]")
        limit, by_scope = self._limit(kind, day, group, birth, disease)
        return replace(
            base,
            pooled=True,
            ratio=ratio,
            deductible_kind=self.value(kind, day, "deductible.type") or "none",
            deductible=self._deductible(kind, day, group),
            deductible_year_max=self.yuan(kind, day, "deductible.annual_max"),
            first_share_counts=self.flag(kind, day, "deductible_counts_first_self_pay", False),
            limit=limit,
            by_scope=by_scope,
        )

    def _tier(self, kind: str, day: date) -> str:
        return str(self.value(kind, day, "pharmacy_level") or "primary")

    def _ratio(self, kind: str, day: date, group: str) -> Decimal | None:
        plain = self.value(kind, day, f"ratio.{group}")
        tiered = self.value(kind, day, f"ratio_tiers.{self._tier(kind, day)}.{group}")
        found = plain if plain is not None else tiered
        return None if found is None else Decimal(str(found))

    def _deductible(self, kind: str, day: date, group: str) -> Decimal:
        plain = self.yuan(kind, day, f"deductible.{group}")
        if plain is not None:
            return plain
        return self.yuan(kind, day, f"deductible_tiers.{self._tier(kind, day)}") or NOUGHT

    def _limit(
        self, kind: str, day: date, group: str, birth: date | None, disease: str
    ) -> tuple[Decimal | None, bool]:
        """Quota of the disease where the type has quotas, else the yearly cap of the group."""
        if self.value(kind, day, "quota.period") is not None:
            amount = self.yuan(kind, day, f"quota.disease.{disease}")
            if amount is None:
                amount = self.yuan(kind, day, "quota.default")
            return amount, self.value(kind, day, "quota.basis") == "in_scope"
        by_scope = self.value(kind, day, "cap_basis") == "in_scope"
        cap = self.value(kind, day, f"cap.{group}")
        if isinstance(cap, list):
            cap = _band(cap, 0 if birth is None else full_years(birth, day))
        return (None if cap in (None, "none") else Decimal(str(cap))), by_scope

    def period(self, kind: str, day: date) -> str:
        """The period whose counters a settlement uses: a month, a quarter or a year."""
        length = self.value(kind, day, "quota.period")
        if length == "quarter":
            return quarter(day)
        return f"{day:%Y-%m}" if length == "month" else str(day.year)


def _band(bands: Sequence[Mapping[str, Any]], age: int) -> Json:
    """The amount of the last band the person has reached."""
    reached = [band["amount"] for band in bands if age >= int(band["from_age"])]
    return reached[-1] if reached else None


def scheme_key(kind: str, disease: str) -> str:
    """Name of the counters: special disease keeps one set a disease (policy 4.1 step 10)."""
    return f"special:{disease}" if kind == "special" else kind
