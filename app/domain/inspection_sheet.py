"""One sale on one sheet: what hangs together from the receiving to the return.

Fields are texts, whole numbers (fen) and truths only, so that sheet, JSON and screen tell the same.
Moments are ISO texts in the shop's zone, days ISO; empty = there is none. People of the insurance
come masked or whole as the sheet was asked for; what is masked on principle is an empty text.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

FORM: Final = "yaotai-inspection-1"
"""Name and version of the form of ``pack.json``."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a sheet should show and does not; ``text`` says it in words."""

    code: str
    """Words ``inspection.gap_<code>``."""
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence: that it is there, its digest, and its file in the pack."""

    exhibit: str
    kind: str
    at: str
    sha256: str
    media: str
    state: str
    """``kept``, ``deleted`` (its time was over), ``put_in``, ``missing``, ``altered``,
    ``elsewhere``."""
    file: str = ""
    """Name within the pack, where it was put in."""


@dataclass(frozen=True, slots=True)
class Received:
    """How a lot came in."""

    document: str
    """Number of the paper; empty = before papers were kept."""
    kind: str
    at: str
    supplier: str
    licence: str
    """The supplier's licence that held on that day: type, number, last day."""
    note_no: str
    invoice_no: str
    receiver: str
    """Who looked at the goods."""
    papers: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class LotUsed:
    """So much of a line came from this lot."""

    batch: str
    made_on: str
    expires_on: str
    quantity: str
    by: str
    """How it is known: code, gs1, chosen, fefo."""
    opening: bool
    received: Received | None


@dataclass(frozen=True, slots=True)
class BoxCode:
    """A trace code that was scanned for a line."""

    code: str
    state: str
    """How it stands in the receiving records; empty = it is in none."""
    batch: str
    returned: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One drug of the sale."""

    no: int
    name: str
    generic: str
    spec: str
    maker: str
    national_code: str
    quantity: str
    unit: str
    price: str
    amount_fen: int
    paid_by: str
    """Settlement type; ``self_paid`` or empty = not insured."""
    sale_class: str
    codes: tuple[BoxCode, ...]
    uncoded: str
    """Why boxes have no code, where somebody said."""
    lots: tuple[LotUsed, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a pharmacist did and signed."""

    who: str
    licence_no: str
    filing_no: str
    at: str
    verdict: str
    signature: str
    """``internal``, ``ca``, or empty; with ``holds`` whether it fits what it signs."""
    holds: bool


@dataclass(frozen=True, slots=True)
class Rx:
    """The prescription behind the sale."""

    number: str
    form: str
    issued_at: str
    expires_at: str
    issuer: str
    department: str
    doctor: str
    diagnosis: str
    """Only on a whole sheet."""
    state: str
    report_no: str
    """``selStooutSn``: what the centre answered when it was told."""
    original: bool
    review: Reviewed | None
    picked: Reviewed | None
    checked: Reviewed | None


@dataclass(frozen=True, slots=True)
class Who:
    """A person, and what was shown for them."""

    name: str
    cert_no: str
    psn_no: str
    shown: str
    """Credential kind."""
    typed: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A look at person and credential."""

    at: str
    way: str
    verdict: str
    credential: str
    who: str
    second: str
    reason: str
    model: str
    distance: str
    threshold: str


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who bought for the patient."""

    who: Who
    state: str
    relation: str
    reason: str
    proof: str
    vouched: str
    list_sha256: str
    signed_at: str
    pictured_at: str


@dataclass(frozen=True, slots=True)
class Still:
    """The picture of the purchase, or why there is none."""

    state: str
    reason: str
    answer: str
    answered_by: str
    exhibit: str


@dataclass(frozen=True, slots=True)
class Video:
    """Where the clip is found at the recorder."""

    cameras: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class Paid:
    """One attempt at insurance payment that went over the wire."""

    kind: str
    state: str
    route: str
    mode: str
    setl_id: str
    mdtrt_id: str
    msgid: str
    cancel_msgid: str
    at: str
    total_fen: int
    fund_fen: int
    institution_fen: int
    account_fen: int
    """Of the personal account, ``mutual_aid_fen`` included."""
    mutual_aid_fen: int
    cash_fen: int
    stands: bool
    """It was settled and not taken back."""


@dataclass(frozen=True, slots=True)
class Tender:
    """A way in which a part was paid; negative = paid back."""

    kind: str
    amount_fen: int
    setl_id: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """A return of the sale."""

    at: str
    state: str
    reason: str
    who: str
    approved: str
    lines: tuple[str, ...]
    codes: tuple[str, ...]
    replaced_by: str
    """Receipt of the sale that sold the rest again."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A documented correction after a comparison with the platform."""

    kind: str
    day: str
    made_at: str
    who: str
    second: str
    total_fen: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything of one sale."""

    no: int
    sale: str
    receipt_no: str
    state: str
    till: str
    opened_at: str
    done_at: str
    cashier: str
    practice: bool
    replaces: str
    total_fen: int
    lines: tuple[Line, ...]
    patient: Who | None
    checks: tuple[Checked, ...]
    proxy: Proxy | None
    prescription: Rx | None
    still: Still | None
    video: Video | None
    settlements: tuple[Paid, ...]
    tenders: tuple[Tender, ...]
    returns: tuple[CameBack, ...]
    corrections: tuple[Corrected, ...]
    evidence: tuple[Piece, ...]
    gaps: tuple[Gap, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON tells it."""
        return asdict(self)


class Totals:
    """Figures of a pack, summed sheet by sheet; what a stranger sums again."""

    def __init__(self) -> None:
        self.sheets = 0
        self.lines = 0
        self.gaps = 0
        self.returned = 0
        self.total_fen = 0
        self.paid_fen: dict[str, int] = {}
        self.paid_back_fen: dict[str, int] = {}
        self.settled: dict[str, int] = dict.fromkeys(
            ("count", "total_fen", "fund_fen", "institution_fen", "account_fen", "cash_fen"), 0
        )
        self.gap_counts: dict[str, int] = {}

    def add(self, sheet: Sheet) -> None:
        """One sheet more."""
        self.sheets += 1
        self.lines += len(sheet.lines)
        self.total_fen += sheet.total_fen
        self.returned += any(one.state == "done" for one in sheet.returns)
        self.gaps += len(sheet.gaps)
        for gap in sheet.gaps:
            self.gap_counts[gap.code] = self.gap_counts.get(gap.code, 0) + 1
        for tender in sheet.tenders:
            side = self.paid_fen if tender.amount_fen >= 0 else self.paid_back_fen
            side[tender.kind] = side.get(tender.kind, 0) + tender.amount_fen
        for paid in sheet.settlements:
            if paid.stands:
                self.settled["count"] += 1
                for name in ("total", "fund", "institution", "account", "cash"):
                    self.settled[f"{name}_fen"] += getattr(paid, f"{name}_fen")

    def plain(self) -> dict[str, Any]:
        """As JSON tells it, keys sorted."""
        return {
            "sheets": self.sheets,
            "lines": self.lines,
            "gaps": self.gaps,
            "gap_counts": dict(sorted(self.gap_counts.items())),
            "returned": self.returned,
            "total_fen": self.total_fen,
            "paid_fen": dict(sorted(self.paid_fen.items())),
            "paid_back_fen": dict(sorted(self.paid_back_fen.items())),
            "settled": self.settled,
        }
