"""What use cases hand up to the screens: frozen, complete, and free of stored objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.money import ZERO
from app.use_cases.notes import Note as Note

if TYPE_CHECKING:
    from datetime import date, datetime

    from app.domain.insurance import (
        ChosenStore,
        Credential,
        Filing,
        FundSplit,
        InsuranceRow,
        InsuredPerson,
    )
    from app.domain.money import Money, Quantity, UnitPrice
    from app.domain.proxy import PurchaseList
    from app.domain.roster import RosterSeen
    from app.domain.sale import Tender


@dataclass(frozen=True, slots=True)
class Patient:
    """The insured person before the counter, with what the platform said about them."""

    person_id: str
    person: InsuredPerson = field(repr=False)
    credential: Credential = field(repr=False)
    row: InsuranceRow | None = None
    """The chosen ``insuinfo`` row; None while the cashier must still choose."""
    filings: tuple[Filing, ...] = ()
    deductible_used: Money = ZERO
    fund_used: Money = ZERO
    quota_used: dict[str, Money] = field(default_factory=dict)
    counted_at: datetime | None = None
    """When the platform told them."""
    counters_known: bool = False
    """Whether 5206 answered; without it the estimate is shown as rough."""
    disease_code: str = ""
    """The chosen filing for special-disease lines."""
    filings_known: bool = False
    """Whether 5301 answered: then it prevails over the roster of special diseases (EZ-9a)."""
    chosen: tuple[ChosenStore, ...] | None = field(default=None, repr=False)
    """Institutions that the person has chosen (5302); None = not asked, or no answer."""
    roster: RosterSeen | None = None
    """What the shop's rosters said when the person was shown; None = not looked up."""
    held_card: bool = False
    """Whether the card that was shown lies in this shop's custody."""


class Step(StrEnum):
    """Ticks of the progress panel while settling, each told when it is true."""

    TOLD = "told"
    """The prescription centre holds what is handed out (7207); only where one hears of it."""
    RECORDED = "recorded"
    SENT = "sent"
    ANSWERED = "answered"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True)
class SettlementView:
    """One settlement as the screen shows it."""

    settlement_id: str
    settlement_type: str
    state: str
    total: Money
    split: FundSplit | None = None
    setl_id: str = ""
    text: str = ""
    """The platform's own words, first sentence, when it refused."""
    asked: int = 0
    line_nos: tuple[int, ...] = ()
    visit_state: str = ""
    msgid: str = ""
    """Under which the platform was asked to settle: what an office looks it up by."""
    sent_at: datetime | None = None
    mdtrt_id: str = ""
    """The platform's visit, where we know it."""
    verdicts: tuple[str, ...] = ()
    """What a person may decide now (:class:`app.domain.dispute.Verdict`)."""
    insutype: str = ""
    """险种 of the row that was chosen."""
    person_type: str = ""
    """``psn_type`` of that row."""
    cancel_id: str = ""
    """The platform's id of the cancel, where there is one."""
    mode: str = "direct"
    """How the shop was connected (:class:`app.domain.portal.ConnectionMode`)."""
    infver: str = ""
    """Version of the interface document (SJZ-A.7)."""
    catalogue: str = ""
    """Version of the insurance's drug list that it went by, on papers (LN-5.2b); empty = none."""


@dataclass(frozen=True, slots=True)
class KeyedView:
    """What somebody keyed in from the insurer's portal (SJZ-A.7)."""

    setl_id: str
    cancel: bool
    by: str
    """Name of who did; empty where nobody knows any more."""
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Where a sale stands between 预结算 and done."""

    sale_id: str
    sale_state: str
    settlements: tuple[SettlementView, ...] = ()
    notes: tuple[Note, ...] = ()
    total: Money = ZERO
    fund: Money = ZERO
    account: Money = ZERO
    mutual_aid: Money = ZERO
    cash_due: Money = ZERO
    """Self-paid lines plus ``psn_cash_pay`` of the settlements' *answers*; of the quotes before."""
    is_quote: bool = True
    difference: Money = ZERO
    """Platform's fund minus local estimate; shown when not zero."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A line of the slip (GSP: name, spec, maker, batch, quantity, price; trace codes)."""

    name: str
    spec: str
    maker: str
    quantity: Quantity
    unit: str
    price: UnitPrice
    amount: Money
    trace_codes: tuple[str, ...] = ()
    batch: str = ""
    expiry: date | None = None
    generic_name: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of a sale, for the papers of the return."""

    at: datetime
    cashier: str
    reason: str
    """Value of :class:`app.domain.returns.ReturnReason`."""
    lines: tuple[ReceiptLine, ...]
    """With the quantity that came back and its amount."""
    back: tuple[tuple[str, Money], ...]
    """Kind of tender and how much went back its way, after the remainder was sold again."""
    total: Money
    remainder_no: str = ""
    """Slip of what the customer keeps; empty = everything came back."""


@dataclass(frozen=True, slots=True)
class ProxySlip:
    """What stands on the list that a proxy signs, beside what every slip says; names masked."""

    proxy: str
    relation: str
    """Value of :class:`app.domain.proxy.Relation`."""
    reason: str
    """Value of :class:`app.domain.proxy.Reason`."""
    listed: PurchaseList
    digest: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A slip, complete as printed; names and numbers in it are masked already."""

    shop_name: str
    institution_code: str
    till: str
    receipt_no: str
    at: datetime
    cashier: str
    lines: tuple[ReceiptLine, ...]
    tenders: tuple[Tender, ...]
    total: Money
    mark: str
    """Of ShopFacts.mark; empty = a real paper."""
    given: Money = ZERO
    change: Money = ZERO
    patient: str = ""
    settlements: tuple[SettlementView, ...] = ()
    state: str = "done"
    reprint: bool = False
    rx_no: str = ""
    reviewer: str = ""
    picker: str = ""
    """Who dispensed (调配); empty where no prescription was taken through the steps here."""
    checker: str = ""
    """Who checked what is handed out (核对)."""
    returned: Returned | None = None
    """On the papers of a return."""
    proxy: ProxySlip | None = None
    """On the list that a proxy signs."""
    keyed: tuple[KeyedView, ...] = ()
    """What of it was keyed in from the insurer's portal, cancels too."""


@dataclass(frozen=True, slots=True)
class ReturnLegView:
    """One leg of a return with its tick."""

    leg: str
    """cancel, resettle, pay_back, stock, codes."""
    state: str
    """todo, doing, done, failed."""
    text: str = ""
    amount: Money = ZERO


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return as the screen shows it."""

    return_id: str
    sale_id: str
    state: str
    legs: tuple[ReturnLegView, ...]
    net_cash: Money = ZERO
    """What the customer gets back in cash (positive) or has to pay (negative)."""
    net_fund: Money = ZERO
    net_account: Money = ZERO
    notes: tuple[Note, ...] = ()
    receipt_no: str = ""
    """Of the sale that goes back: what stands on the customer's slip."""
    worth: Money = ZERO
    """Of the goods that come back, whoever paid them: what a level's limit is held against."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What one pass of the recovery did."""

    taken_up: int = 0
    decided: int = 0
    still_open: int = 0
    visits_closed: int = 0
    line_down: bool = False
    """Nobody could be asked; the next pass begins again."""
