"""Conditions of admission to insured service: what they are, who knows, and how each stands.

The conditions and every figure of an area stand in its region pack (LN-2.1 to 2.4, SY-2, HY-1.1,
HY-1.4, EZ-1, SJZ-2.1). Nothing here adds a threshold: where the pack names no figure, what the
books know is told and judged by nobody (SY-2: no added thresholds).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Source(StrEnum):
    """Who knows how a condition stands."""

    BOOKS = "books"
    ASKED = "asked"
    """The manager, once."""


class Verdict(StrEnum):
    """How a condition stands."""

    MET = "met"
    LACKING = "lacking"
    OPEN = "open"
    """Nobody has answered yet."""
    TOLD = "told"
    """A figure without a threshold: the pack names none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; its words stand under ``[admission]``."""

    source: Source
    rules: tuple[str, ...]
    """Policy ids that it rests on."""
    page: str = ""
    """The page of the office where it is put right."""


def _books(page: str, *rules: str) -> Condition:
    return Condition(Source.BOOKS, rules, page)


def _asked(*rules: str) -> Condition:
    return Condition(Source.ASKED, rules)


CONDITIONS: Final[Mapping[str, Condition]] = {
    "licences": _books("compliance", "LN-2.1", "HY-1.4"),
    "agreement": _books("compliance", "SJZ-A.2", "EZ-1", "HY-1.5.7"),
    "months_traded": _books("compliance", "HY-1.1.1"),
    "clean_store": _books("compliance", "LN-2.4b", "HY-1.1.1", "EZ-1"),
    "clean_staff": _books("compliance", "LN-2.4b"),
    "pharmacists_present": _books("", "LN-2.1"),
    "pharmacists_bound": _books("", "HY-1.1.3"),
    "pharmacists_coded": _books("", "LN-2.2b", "SJZ-A.3"),
    "pharmacists_filed": _books("", "HY-1.5.1"),
    "drugs_coded": _books("stock", "LN-2.2b"),
    "catalogue_share": _books("papers", "LN-2.3a"),
    "disease_range_in_stock": _books("papers", "HY-1.1.5"),
    "therapeutic_share": _books("papers", "HY-1.5.3"),
    "suppliers": _books("receiving", "LN-2.3b"),
    "special_drugs": _books("compliance", "SJZ-2.1"),
    "connected": _books("", "LN-2.2a", "SJZ-A.7"),
    "supervised": _books("watch", "LN-2.2a"),
    "lease": _books("compliance", "HY-1.4"),
    "undertakings": _books("compliance", "HY-1.4"),
    "contracts": _books("compliance", "HY-1.4"),
    "payroll": _books("compliance", "HY-1.4"),
    "bank_flow": _books("compliance", "HY-1.4"),
    "stock_list": _books("stock", "HY-1.4"),
    "quality_system": _books("compliance", "HY-1.1.2"),
    "roles": _asked("HY-1.1.3"),
    "managed": _asked("LN-2.1"),
    "receipts": _asked("LN-2.2c"),
    "cold_chain": _asked("LN-2.3b"),
    "records_kept": _asked("LN-2.4a"),
    "line": _asked("HY-1.1.4a"),
    "cameras": _asked("HY-1.1.4b", "HY-1.5.4"),
    "areas": _asked("HY-1.1.5"),
    "acceptance_run": _asked("SJZ-A.11"),
    "e_certificate": _asked("EZ-9b"),
}
"""Every condition that a pack may name."""

FIGURES: Final[Mapping[str, str]] = {
    "months_traded": "admission.months_traded",
    "clean_store": "admission.clean_years",
    "clean_staff": "admission.clean_years",
    "pharmacists_present": "staff.min_present",
    "pharmacists_bound": "staff.min_bound",
    "catalogue_share": "indicators.catalogue_share",
    "disease_range_in_stock": "indicators.disease_range_in_stock",
    "therapeutic_share": "indicators.therapeutic_share",
}
"""Conditions that are held against a figure, and the key of the pack that names it."""


def judged(have: int, need: int | None) -> Verdict:
    """A count against the pack's figure; without one it is told and not judged (SY-2)."""
    if need is None:
        return Verdict.TOLD
    return Verdict.MET if have >= need else Verdict.LACKING


def months_between(begins: date, day: date) -> int:
    """Whole months from ``begins`` to ``day``; 0 before it. The 31st counts as a month's last."""
    if day < begins:
        return 0
    months = (day.year - begins.year) * 12 + day.month - begins.month
    return months if day >= after_months(begins, months) else months - 1


def after_months(begins: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    place = begins.year * 12 + begins.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(begins.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the compliance file that speaks against the store or one of its staff."""

    begins: date
    ends: date | None
    """Of a suspension that ended or will end; None = a single day, or without end."""
    title: str
    holder: str = ""
    """Random id of the member of staff; empty = the store."""


def clear_on(entry: Entry, years: int) -> date:
    """The first day on which an entry no longer counts: so many years after its day."""
    return after_months(entry.begins, 12 * years)


def counting(entries: Iterable[Entry], years: int, day: date) -> list[Entry]:
    """Those whose window is open on a day, oldest first (LN-2.4b, HY-1.1.1)."""
    found = [one for one in entries if one.begins <= day < clear_on(one, years)]
    return sorted(found, key=lambda one: one.begins)
