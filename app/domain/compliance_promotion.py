"""Where a lower price is an inducement, not a price: member and campaign prices (LN-5.2)."""

from __future__ import annotations

from app.domain.check_context import CheckContext, Finding, block, first

INDUCING = ("member", "campaign")
"""Reasons that advertise. Goods near their expiry and a shelf's own label lower a price for
everybody, the fund as well, and draw nobody in."""


def promotion_excluded(seen: CheckContext) -> Finding | None:
    """Prescription drugs, or what insurance pays for, where the pack keeps promotions off them."""
    excludes = seen.policy.price.promotion_excludes
    line = first(
        line
        for line in seen.lines
        if line.promotion in INDUCING
        and (
            ("rx" in excludes and (line.sale_class == "rx" or line.unclassed))
            or ("insured" in excludes and line in seen.insured_lines)
        )
    )
    if line is None:
        return None
    return block("PROMOTION_EXCLUDED", "LN-5.2", line=line.no, name=line.name)
