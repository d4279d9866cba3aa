"""The questions of the supervision subsystem: 3101 beforehand, 3102 in the event (2.13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.insurance import Insured, LateCall
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.supervision import Phase


@dataclass(frozen=True, slots=True)
class AuditOrder:
    """One line of the basket as ``fsi_order_dtos`` wants it."""

    key: str
    """``rx_id``: the line, unique within the question."""
    national_code: str
    name: str
    shop_code: str
    spec: str
    unit: str
    dosage_form: str
    level: str
    """Insurance class: A, B, or anything else for not in the catalogue."""
    rx: bool
    quantity: Quantity
    price: UnitPrice
    amount: Money
    own: Money
    """``ownpay_amt``: 自费."""
    self_pay: Money
    """``selfpay_amt``: 自付."""


@dataclass(frozen=True, slots=True)
class AuditRx:
    """Who prescribed, and for what; of what is sold without a prescription nobody did."""

    number: str
    at: datetime
    doctor_code: str
    doctor_name: str = field(repr=False)
    dept_code: str = ""
    dept_name: str = ""
    diagnosis_code: str = field(default="", repr=False)
    diagnosis_name: str = field(default="", repr=False)
    long: bool = False


@dataclass(frozen=True, slots=True)
class AskAudit(LateCall):
    """3101 or 3102 for one settlement; value: tuple of
    :class:`app.domain.supervision.AuditFinding`, empty = nothing was found.
    """

    phase: Phase
    insured: Insured
    visit: str
    """Our key of the purchase: the attempt; once it is settled the platform's own."""
    at: datetime
    med_type: str
    orders: tuple[AuditOrder, ...]
    total: Money
    own: Money
    self_pay: Money
    account: Money
    fund: Money
    settled_before: int
    """``setl_totlnum``: settlements of this sale that stand already."""
    rx: AuditRx | None = None
    disease_code: str = field(default="", repr=False)
    disease_name: str = field(default="", repr=False)
    seconds: int = 0
    """How long the counter waits for the answer."""
