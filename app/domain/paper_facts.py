"""What the store's own papers say of a sale: its zone, its qualification, its agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A default is taken as in order."""

    zone: str = ""
    """``special``: this till stands in the special-disease zone (HY-1.2.1)."""
    marks: Mapping[str, Collection[str]] = field(default_factory=dict)
    """What the shop says of the basket's drugs, by id (:class:`app.domain.indicators.Mark`)."""
    special_drugs: bool = True
    """Whether the store is qualified for specially controlled and dual-channel drugs (SJZ-2.1)."""
    agreement_days: int | None = None
    """Days until the last agreement ends (SJZ-A.2); None = none on file, or without end."""
    agreement_over: bool = False
    """Agreements are on file and none is in force: nothing is settled (SJZ-A.2, EZ-1)."""
    suspended: str = ""
    """The reason, while the agency suspends the insured service (HY-1.5.8); empty = it does not."""
    suspended_until: date | None = None
    """The last day of it; None = without a named end."""


NO_PAPER_FACTS = PaperFacts()
"""Nobody asked."""
