"""A call on its way to the wire, and how times and amounts are written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.clock import shop_time
from app.domain.insurance import Insured
from app.domain.money import Money


@dataclass(frozen=True, slots=True)
class Draft:
    """A call on its way to the wire: number, ``input`` nodes by name, whom it concerns."""

    infno: str
    nodes: Mapping[str, Any] = field(repr=False)
    insured: Insured | None = field(default=None, repr=False)
    beside: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Nodes that stand in ``input`` without a table row of their own."""
    area: str = ""
    """``insuplc_admdvs`` where no one person is meant."""
    deep: bool = False
    """Rows stand within rows, each with a table of its own that is filled and checked."""
    spelling: Mapping[str, str] = field(default_factory=dict)
    """Printed member name to the region's own, put in its place once the row is checked."""


def wire_time(moment: datetime) -> str:
    """``yyyy-MM-dd HH:mm:ss`` on the shop's clock (interface 1.3)."""
    return shop_time(moment).strftime("%Y-%m-%d %H:%M:%S")


def yuan(amount: Money) -> Decimal:
    """An amount as the wire has it, with its two places."""
    return Decimal(str(amount))
