"""What the till says to the insurance platform and hears from it, in the field's own words.

Calls go out, values come back; the JSON names live in ``sync/insurance/messages.py`` alone.
Values here hold personal data: they are never logged, and their ``repr`` shows none of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.list_calls import ListCall
from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice
from app.domain.patient_password import SealedPassword
from app.domain.rx_calls import RxCall
from app.domain.stock_calls import StockCall


class CredentialKind(StrEnum):
    """``mdtrt_cert_type`` (interface 5.1)."""

    E_CERTIFICATE = "01"
    ID_CARD = "02"
    SOCIAL_CARD = "03"


@dataclass(frozen=True, slots=True)
class Credential:
    """What the patient showed: kind, number or token, and the card's own serial for a card."""

    kind: CredentialKind
    number: str = field(repr=False)
    card_sn: str = field(default="", repr=False)
    typed: bool = False
    """Typed by hand: it may look up, and outside practice it cannot settle."""


@dataclass(frozen=True, slots=True)
class InsuranceRow:
    """One ``insuinfo`` row of 1101; the till must choose one (interface 2.2)."""

    insutype: str
    person_type: str
    status: str
    area: str
    balance: Money
    civil_servant: bool = False

    def is_active(self) -> bool:
        """Status 1, 正常 (interface 5.1)."""
        return self.status == "1"

    def category(self) -> str:
        """active, retired or resident by prefix of ``psn_type`` (interface 5.1).

        1112 is a retired disabled soldier although it begins with 11.
        """
        if self.person_type.startswith("1112") or self.person_type[:2] in ("12", "13"):
            return "retired"
        if self.insutype.startswith("39") or self.person_type[:2] in ("14", "15", "16", "17"):
            return "resident"
        return "active"


@dataclass(frozen=True, slots=True)
class InsuredPerson:
    """``baseinfo`` and ``insuinfo`` of 1101."""

    psn_no: str = field(repr=False)
    name: str = field(repr=False)
    cert_type: str = "01"
    cert_no: str = field(default="", repr=False)
    gender: str = "0"
    birth_date: date | None = field(default=None, repr=False)
    rows: tuple[InsuranceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Filing:
    """A chronic or special disease on file (5301)."""

    disease_code: str
    disease_name: str
    begins: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class ChosenStore:
    """An institution that a person has chosen as their own (5302, 就医定点)."""

    institution: str
    insutype: str
    """Empty = for every insurance."""
    begins: date
    ends: date | None = None

    def holds(self, insutype: str, day: date) -> bool:
        """Whether it is the person's own on that day for that insurance; both days count."""
        fits = self.insutype in ("", insutype)
        return fits and self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Counter:
    """One cumulative value of 5206: deductible used, fund used."""

    insutype: str
    year: str
    month: str
    kind: str
    value: Money


@dataclass(frozen=True, slots=True)
class FundSplit:
    """Who pays what, as the platform says it (``setlinfo``, interface 6.1)."""

    total: Money
    fund: Money
    personal: Money
    account: Money
    """Personal account, the family part included (``acct_pay``)."""
    cash: Money
    mutual_aid: Money = ZERO
    institution: Money = ZERO
    self_funded: Money = ZERO
    over_limit: Money = ZERO
    first_self_pay: Money = ZERO
    in_scope: Money = ZERO
    deductible: Money = ZERO
    funds: tuple[tuple[str, Money], ...] = ()
    """The parts of ``fund`` by the interface's names (hifp_pay ...)."""
    balance_after: Money | None = None

    def broken_identities(self) -> tuple[str, ...]:
        """Names of the identities of interface 6.2 (1 to 4) that do not hold."""
        checks = {
            "6.2-1": self.total == self.fund + self.personal + self.institution,
            "6.2-2": self.personal == self.account + self.cash,
            "6.2-3": not self.funds or self.fund == Money.total(part for _, part in self.funds),
            "6.2-4": self.total
            == self.in_scope + self.self_funded + self.over_limit + self.first_self_pay,
        }
        return tuple(name for name, holds in checks.items() if not holds)

    def is_negation_of(self, other: FundSplit) -> bool:
        """Whether this answers a cancel of ``other``: every amount negated (interface 6.2)."""
        mine = (self.total, self.fund, self.account, self.cash)
        theirs = (-other.total, -other.fund, -other.account, -other.cash)
        return mine == theirs


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer of a quote or a settlement: the split and the platform's ids."""

    split: FundSplit
    setl_id: str = ""
    mdtrt_id: str = ""
    medins_setl_id: str = ""
    """The msgid of the settling request, echoed; binds the answer to our question."""
    setl_time: datetime | None = None
    clr_type: str = ""
    clr_optins: str = ""


@dataclass(frozen=True, slots=True)
class VisitFound:
    """One row of 5201: a visit of the person at this institution."""

    mdtrt_id: str
    visit_no: str
    begins: datetime | None


@dataclass(frozen=True, slots=True)
class SettlementFound:
    """5203: what the platform's books hold under two ids."""

    refunded: bool
    settled: Settled | None = None
    """The money; None where a sum is missing. 5203 has no ``hosp_part_amt``: it reads as zero."""


# --- calls -------------------------------------------------------------------------------------


class LateCall:
    """A call of the office, whose class is loaded when somebody wants it: no start waits for it
    (:mod:`app.domain.statement_calls`)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee line as the platform wants it; ``serial`` is digits only, unique in the visit."""

    serial: str
    national_code: str
    shop_code: str
    amount: Money
    quantity: Quantity
    price: UnitPrice
    trace_codes: tuple[str, ...] = ()
    split_pack: bool = False
    rx_no: str = ""
    circulated: bool = False


@dataclass(frozen=True, slots=True)
class Insured:
    """The person of a call together with the chosen insurance row and credential."""

    person: InsuredPerson
    row: InsuranceRow
    credential: Credential


@dataclass(frozen=True, slots=True)
class Basket:
    """What is quoted or settled: one settlement's lines with its kind."""

    insured: Insured
    med_type: str
    account_use: str
    """``acct_used_flag``: 0 不用, 1 本人, 2 共济."""
    total: Money
    lines: tuple[FeeLine, ...]
    begun_at: datetime
    disease_code: str = ""
    disease_name: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """9001 签到; value: the sign-in number."""

    operator: str
    mac: str
    ip: str


@dataclass(frozen=True, slots=True)
class SignOut:
    """9002 签退; no value."""

    operator: str
    sign_no: str


@dataclass(frozen=True, slots=True)
class AskPerson:
    """1101; value: :class:`InsuredPerson`."""

    credential: Credential


@dataclass(frozen=True, slots=True)
class AskInstitution:
    """1201; value: the institution's name."""

    code: str


@dataclass(frozen=True, slots=True)
class AskEntitlement:
    """2001 for one ``med_type``; value: the refusals in words, empty = entitled."""

    insured: Insured
    med_type: str
    at: datetime
    disease_code: str = ""
    disease_name: str = ""


@dataclass(frozen=True, slots=True)
class AskFilings:
    """5301; value: tuple of :class:`Filing`."""

    insured: Insured


@dataclass(frozen=True, slots=True)
class AskChosen:
    """5302; value: tuple of :class:`ChosenStore`, empty where the person has chosen none."""

    insured: Insured


@dataclass(frozen=True, slots=True)
class AskCounters:
    """5206; value: tuple of :class:`Counter`."""

    insured: Insured
    month: str = ""


@dataclass(frozen=True, slots=True)
class AskInpatient:
    """5303, where the profile says it answers for others; value: True when in hospital."""

    insured: Insured
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class QuoteBasket:
    """2101 药店预结算; nothing is stored; value: :class:`Settled` without ``setl_id``."""

    basket: Basket


@dataclass(frozen=True, slots=True)
class SettleBasket:
    """2102 药店结算; value: :class:`Settled`."""

    basket: Basket
    invoice_no: str = ""
    password: SealedPassword | None = field(default=None, repr=False, compare=False)
    """The patient's, where the region wants it (interface 1.5); composing spends it."""


@dataclass(frozen=True, slots=True)
class CancelSettlement:
    """2103 (route pharmacy) or 2208 (route visit); value: :class:`Settled`, negated."""

    insured: Insured
    setl_id: str
    mdtrt_id: str
    visit_route: bool = False


@dataclass(frozen=True, slots=True)
class RegisterVisit:
    """2201 门诊挂号; value: ``mdtrt_id``."""

    insured: Insured
    visit_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis and who made it, carried by the prescription."""

    code: str
    name: str
    doctor_code: str
    doctor_name: str
    dept: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DescribeVisit:
    """2203A 就诊信息上传: diagnosis, prescribing institution, picture of the prescription."""

    insured: Insured
    mdtrt_id: str
    med_type: str
    at: datetime
    diagnosis: Diagnosis
    rx_institution_code: str
    rx_institution_name: str
    rx_picture: bytes = field(repr=False)
    rx_filename: str = "prescription.png"
    disease_code: str = ""
    disease_name: str = ""


@dataclass(frozen=True, slots=True)
class SendLines:
    """2204 明细上传 of one charge batch."""

    basket: Basket
    mdtrt_id: str
    batch: str
    dept_code: str
    dept_name: str
    doctor_code: str
    doctor_name: str


@dataclass(frozen=True, slots=True)
class ClearLines:
    """2205 明细撤销; batch 0000 = all unsettled lines."""

    insured: Insured
    mdtrt_id: str
    batch: str = "0000"


@dataclass(frozen=True, slots=True)
class QuoteVisit:
    """2206 门诊预结算; value: :class:`Settled` without ``setl_id``."""

    basket: Basket
    mdtrt_id: str
    batch: str


@dataclass(frozen=True, slots=True)
class SettleVisit:
    """2207 门诊结算, with the four scope amounts copied from the quote; value: Settled."""

    basket: Basket
    mdtrt_id: str
    batch: str
    quoted: FundSplit
    invoice_no: str = ""
    password: SealedPassword | None = field(default=None, repr=False, compare=False)
    """As in :class:`SettleBasket`."""


@dataclass(frozen=True, slots=True)
class CloseVisit:
    """2202 门诊挂号撤销."""

    insured: Insured
    mdtrt_id: str
    visit_no: str


@dataclass(frozen=True, slots=True)
class Reverse:
    """2601 冲正 of a message whose outcome is unknown."""

    insured: Insured
    old_msgid: str
    old_infno: str


@dataclass(frozen=True, slots=True)
class AskVisits:
    """5201: visits of the person here in a period; value: tuple of :class:`VisitFound`."""

    insured: Insured
    begins: datetime
    ends: datetime
    med_type: str


@dataclass(frozen=True, slots=True)
class AskSettlement:
    """5203 by ids; value: :class:`SettlementFound`."""

    insured: Insured
    setl_id: str
    mdtrt_id: str


Call = (
    SignIn
    | SignOut
    | AskPerson
    | AskInstitution
    | AskEntitlement
    | AskFilings
    | AskChosen
    | AskCounters
    | AskInpatient
    | QuoteBasket
    | SettleBasket
    | CancelSettlement
    | RegisterVisit
    | DescribeVisit
    | SendLines
    | ClearLines
    | QuoteVisit
    | SettleVisit
    | CloseVisit
    | Reverse
    | AskVisits
    | AskSettlement
    | RxCall
    | StockCall
    | ListCall
    | LateCall
)


class Outcome(StrEnum):
    """The three outcomes of a sent message, and the one of a message that never left."""

    PENDING = "pending"
    """Written before sending; still so after a crash = unknown."""
    SUCCESS = "success"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class AnswerFinding:
    """Something in an answer that does not fit its table or the identities."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Header:
    """The envelope's facts that change from call to call (interface 1.3)."""

    msgid: str
    at: datetime
    operator: str
    operator_name: str
    sign_no: str = ""
    insured_area: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A composed request: what will leave, byte for byte."""

    infno: str
    msgid: str
    body: bytes = field(repr=False)
    evidence: bytes = field(repr=False)
    """The body with the credential blanked: what the journal keeps (a token is never stored)."""
    call: Call | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, judged by the three-outcome rule (design 3, interface 1.4, 7.1)."""

    outcome: Outcome
    infcode: str | None = None
    text: str = ""
    """``err_msg`` whole, or why the outcome is unknown; for people."""
    value: object = field(default=None, repr=False)
    output: object = field(default=None, repr=False)
    raw: bytes = field(default=b"", repr=False)
    findings: tuple[AnswerFinding, ...] = ()
    millis: int = 0
    far_time: datetime | None = None
    """What the far end's clock showed, where the answer tells."""


@dataclass(frozen=True, slots=True)
class LineShare:
    """How the platform split one fee line (``detlcutinfo``), for the explanation."""

    serial: str
    self_funded: Money
    over_limit: Money
    first_self_pay: Money
    in_scope: Money
    share: Rate | None = None
