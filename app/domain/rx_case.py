"""A prescription as it came to this shop, and what the shop's people did with it.

The sheet is what was issued: frozen, never edited (policy 3.1). Around it stand the acts of this
shop: review, picking, checking, what was handed out, each signed by its person.
Everything here is personal data: stored sealed, never logged, and no ``repr`` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.money import Money, Quantity
from app.domain.prescription import PrescriptionForm
from app.domain.rx_states import RX, RxEvent, RxState


@dataclass(frozen=True, slots=True)
class RxLine:
    """One drug of the sheet, in the unit in which it was prescribed (interface 3.2, 7204).

    Insurance settles in ``unit``; ``packs`` of ``pack_unit`` is what the stock must hold at least.
    """

    no: int
    generic_name: str
    form: str
    spec: str
    quantity: Quantity
    unit: str
    national_code: str = ""
    product_name: str = ""
    maker: str = ""
    """Empty = the sheet fixes no maker: staff choose among the same generic, form and strength."""
    route: str = ""
    dose: str = ""
    """Single dose as a decimal text, in ``dose_unit``; empty where not said."""
    dose_unit: str = ""
    frequency_code: str = ""
    frequency: str = ""
    days: str = ""
    """Days of use as a decimal text (``medcDays``)."""
    begins: datetime | None = None
    ends: datetime | None = None
    packs: int = 0
    pack_unit: str = ""
    otc: bool = False
    item_type: str = ""
    """11 西药, 12 中成药, 13 饮片."""
    taken: bool = False
    """Handed out and settled already (``takeDrugFlag``)."""
    self_pay_reason: str = ""
    herb_note: str = ""


@dataclass(frozen=True, slots=True)
class RxPatient:
    """Whom it was written for; ``age`` in years as a decimal text."""

    name: str = field(repr=False)
    gender: str = "0"
    age: str = field(default="", repr=False)
    weight: str = field(default="", repr=False)
    allergies: str = field(default="", repr=False)
    gestation_weeks: int = 0
    lactating: bool = False
    newborn: bool = False
    cert_type: str = ""
    cert_no: str = field(default="", repr=False)

    @property
    def sex(self) -> str:
        """``1`` male, ``2`` female as the sheet says, else as the identity number does; ``0`` =
        neither tells."""
        number = self.cert_no
        if self.gender in ("1", "2"):
            return self.gender
        if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
            return "0"
        return "1" if int(number[16]) % 2 else "2"


@dataclass(frozen=True, slots=True)
class RxDiagnosis:
    """One diagnosis of the sheet; the main one first."""

    code: str = field(repr=False)
    name: str = field(repr=False)
    main: bool = False


@dataclass(frozen=True, slots=True)
class RxSheet:
    """The prescription as issued."""

    number: str = field(repr=False)
    """``hiRxno``; for paper the number printed on it."""
    form: PrescriptionForm
    issued_at: datetime
    expires_at: datetime | None
    issuer_code: str
    issuer_name: str
    issuer_area: str
    patient: RxPatient = field(repr=False)
    lines: tuple[RxLine, ...] = field(repr=False)
    diagnoses: tuple[RxDiagnosis, ...] = field(default=(), repr=False)
    trace_code: str = field(default="", repr=False)
    """``rxTraceCode``."""
    issuer_type: str = ""
    """As :class:`app.domain.prescription.IssuerType`; empty = not said."""
    dept_code: str = ""
    dept_name: str = ""
    doctor_code: str = ""
    doctor_name: str = ""
    hospital_reviewer: str = ""
    """The hospital's reviewing pharmacist; empty = no mark (SJZ-A.8)."""
    kind: str = ""
    """``rxTypeCode``: 1 门诊西药 ... (interface 3.5)."""
    attribute: str = ""
    """``rxExraAttrCode``: 01 双通道, 02 门诊统筹, 03 or 99 other."""
    med_type: str = ""
    disease_code: str = field(default="", repr=False)
    disease_name: str = field(default="", repr=False)
    long: bool = False
    source_reason: str = ""
    """Why it was written to be filled elsewhere (EZ-9d); empty = not said."""
    file_suffix: str = ""
    """pdf or ofd for what the centre sent; png, jpg or pdf for a scan of paper."""

    @property
    def drugs(self) -> int:
        """How many drugs stand on it (policy 3.1: at most five)."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class RxTokens:
    """What opens the prescription at the centre; kept sealed, and only while it is needed."""

    auth_rxno: str = field(repr=False)
    epc_token: str = field(repr=False)
    expires_at: datetime | None = None

    def dead(self, now: datetime) -> bool:
        """Whether the centre will not take it any more: the code is asked for again."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class RxOpening:
    """A download that was sent while no case lies here yet: the centre may hold its lock for us.

    Written before 7204 and gone with the case, or once the lock is given back.
    """

    id: str
    """The id that its case will have."""
    till_id: str
    at: datetime
    """When something was last sent for it."""
    tokens: RxTokens = field(repr=False)
    number: str = field(default="", repr=False)
    """``hiRxno``, as soon as an answer named it."""


class Verdict(StrEnum):
    """What a pharmacist may say of a prescription."""

    PASS = "pass"  # noqa: S105 - a verdict
    RETURN = "return"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose hand it was: a CA key by its driver, or the shop's own key (内部电子签名, no CA)."""

    kind: str
    """``internal`` or ``ca``."""
    key_id: str
    value: bytes = field(repr=False)
    """Over the canonical text of the act; checked when it is shown or printed."""
    algorithm: str = ""
    """Of a CA key: ``SM2-SM3``; empty = the internal one's own."""
    certificate: bytes = field(default=b"", repr=False)
    """Of a CA key: DER; names holder, issuer, serial and validity, and checks the value."""


@dataclass(frozen=True, slots=True)
class Review:
    """审方: the verdict with its ten answers (四查十对), signed."""

    verdict: Verdict
    pharmacist_id: str
    at: datetime
    answers: tuple[tuple[str, bool], ...] = ()
    """Item of the ten to whether it is in order; all ten are answered before a pass."""
    reason: str = ""
    """Coded reason of a return or refusal: id under ``[rx_reason]`` of the words."""
    opinion: str = field(default="", repr=False)
    """Free text; goes to the centre as ``rxChkOpnn``."""
    remote: bool = False
    """Reviewed from elsewhere: never counts as present."""
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """调配 or 核对: who, when, signed."""

    staff_id: str
    at: datetime
    note: str = field(default="", repr=False)
    """用药指导 that was given, for the check."""
    signature: Signature | None = None
    answers: tuple[tuple[str, bool], ...] = ()
    """For the check, what of the boxes was compared; empty for picking, and in acts of before."""


@dataclass(frozen=True, slots=True)
class HandDecision:
    """What a person heard from the centre where no transaction can ask or undo it."""

    stands: bool
    """Whether the report of what is handed out stands there."""
    staff_id: str
    at: datetime
    ground: str = field(default="", repr=False)
    """Who at the centre said so; kept sealed with the acts."""


@dataclass(frozen=True, slots=True)
class Given:
    """What of a line is handed out: which article, how much of the line's unit, which packs."""

    line_no: int
    medicine_id: str
    quantity: Quantity
    """In the prescription's unit; may be less than prescribed, never more."""
    sale_line_no: int = 0


@dataclass(frozen=True, slots=True)
class RxOffer:
    """A row of 7201: a prescription that this person may take here."""

    tokens: RxTokens = field(repr=False)
    issuer_code: str
    issuer_name: str
    issued_at: datetime
    dept_name: str
    valid_until: datetime
    disease_name: str = field(default="", repr=False)
    attribute: str = ""
    attribute_name: str = ""


@dataclass
class RxCase:
    """One prescription at this shop. It belongs to one sale at a time, by ``sale_id``."""

    id: str
    till_id: str
    sheet: RxSheet = field(repr=False)
    arrived_at: datetime
    person_id: str = ""
    """The random id of the insured person; empty for a paper prescription of nobody known."""
    sale_id: str = ""
    state: RxState = RxState.ARRIVED
    tokens: RxTokens | None = field(default=None, repr=False)
    sign_check: str = ""
    """``rxSignVerifySn`` of 7205."""
    stamp_seen: bool = False
    """Paper: the pharmacist ticked that the stamp is there (LN-4.2a)."""
    review: Review | None = None
    review_sn: str = ""
    """``rxChkBizSn`` of 7206."""
    picked: Act | None = None
    checked: Act | None = None
    given: tuple[Given, ...] = ()
    report_sn: str = ""
    """``selStooutSn`` of 7207."""
    insured_report: bool = True
    """``hiFeesetlFlag`` of the last 7207: True = insurance settlement follows."""
    doctor_code: str = ""
    """The prescriber as staff read off the original, where the centre's answer does not name one:
    the registered-visit route uploads it (2203A). The sheet itself stays as issued."""
    doctor_name: str = ""
    dept_code: str = ""
    leaving: bool = False
    """While UNDOING: it is given back for good and not only taken back for a new try."""
    last_msgid: str = ""
    """The message whose outcome the state waits for."""
    asked: int = 0
    next_ask_at: datetime | None = None
    last_text: str = field(default="", repr=False)
    used_at: datetime | None = None
    decided: tuple[HandDecision, ...] = ()
    version: int = 0

    def move(self, event: RxEvent) -> None:
        """Step along the table; :raises IllegalTransition: for any other step."""
        self.state = RX.step(self.state, event)

    def line(self, no: int) -> RxLine | None:
        """The line of that number."""
        return next((line for line in self.sheet.lines if line.no == no), None)

    @property
    def electronic(self) -> bool:
        """Whether a centre holds it."""
        return self.sheet.form is PrescriptionForm.ELECTRONIC


class OwingState(StrEnum):
    """Where an owing stands."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Owing:
    """What was prescribed and not handed out (欠药), with the day by which it can be fetched."""

    id: str
    case_id: str
    line_no: int
    name: str
    quantity: Quantity
    unit: str
    made_at: datetime
    due: date
    state: OwingState = OwingState.OPEN
    settled_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnmetRequest:
    """A drug that was wanted and not there (EZ-6, SJZ-2.1: 缺药登记); no personal data."""

    id: str
    at: datetime
    name: str
    spec: str
    form: str
    national_code: str
    quantity: Quantity
    unit: str
    why: str
    """unstocked or short."""
    case_id: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CirculationEntry:
    """A drug on the list of prescription circulation (7211, SJZ-A.5)."""

    national_code: str
    name: str
    spec: str = ""
    maker: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CirculationList:
    """One imported version of the circulation list."""

    version: str
    effective: date
    imported_at: datetime
    importer_id: str
    source: str
    """``file`` or ``7211``."""
    checksum: str
    entries: int


@dataclass(frozen=True, slots=True)
class ListedIssuer:
    """A prescribing institution, or a prescriber for a disease, with the days it is listed for.

    ``kind``: issuer (SJZ-2.2c) or prescriber (HY-2.3); ``disease`` only for prescribers.
    """

    kind: str
    code: str
    name: str
    begins: date
    ends: date | None = None
    disease: str = ""

    def covers(self, day: date) -> bool:
        """Whether it is in force on that day; both days count, a missing end is open."""
        return self.begins <= day and (self.ends is None or self.ends >= day)


@dataclass(frozen=True, slots=True)
class BoughtBefore:
    """One line this person bought here before: for refills, duplicates, ephedrine."""

    sale_id: str
    at: datetime
    medicine_id: str
    name: str
    generic_name: str
    national_code: str
    quantity: Quantity
    unit: str
    amount: Money
    supply_days: int = 0
    """Days that the prescription behind it gave; 0 = not known."""
    ephedrine: bool = False
