"""Every door of the house on one page: who asks stands here, who answers stands elsewhere.

Books hang on a unit of work: leaving ``with uow:`` without ``commit()`` rolls everything back.
One thread, one unit of work, one database session; nobody waits for the network inside one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from app.domain.insurance import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from app.domain.anchor import Head
    from app.domain.catalogue import Medicine
    from app.domain.insurance import Answer, Call, Header, InsuredPerson, Message
    from app.domain.money import Money, Quantity, UnitPrice
    from app.domain.pack_code import PackCode
    from app.domain.patient_password import SealedPassword
    from app.domain.returns import Return
    from app.domain.rx_case import BoughtBefore
    from app.domain.sale import Sale
    from app.domain.settlement import Settlement
    from app.domain.staff import Staff
    from app.domain.store import StoreRecord, TillRecord
    from app.ports_alerts import AlertBook, SaleNoteBook
    from app.ports_balance import BalanceBook
    from app.ports_clearing import ClearingBook
    from app.ports_complaints import ComplaintBook
    from app.ports_custody import CustodyBook
    from app.ports_devices import PrintBook
    from app.ports_evidence import EvidenceBook, KeepingBook
    from app.ports_face import TemplateBook
    from app.ports_inspection import InspectionBook
    from app.ports_log import LogQuery, Mark, Walked
    from app.ports_moments import MomentBook
    from app.ports_outbox import OutboxBook
    from app.ports_papers import PaperBook
    from app.ports_person import CheckBook, ConsentBook
    from app.ports_portal import PortalBook
    from app.ports_price import PriceBook
    from app.ports_proxy import ProxyBook, StaffDocumentBook
    from app.ports_reconcile import ReconciliationBook
    from app.ports_reports import ReportBook
    from app.ports_retention import AgingBook
    from app.ports_rx import (
        DutyBook,
        ListBook,
        OwingBook,
        PharmacistBook,
        PrescriptionBook,
        RosterBook,
        UnmetBook,
    )
    from app.ports_samples import SampleBook
    from app.ports_shelf import ShelfBook
    from app.ports_shift import ShiftBook
    from app.ports_staff import LevelBook, LicenceBook
    from app.ports_stock import DocumentBook, HoldBook, LotBook
    from app.ports_stocktake import StocktakeBook
    from app.ports_supply import OrderBook, ReceivingBook, SupplierBook
    from app.ports_trace import BasketCodes, QualityBook, ReceivedBook, UncodedBook
    from app.ports_video import StillBook, VideoBook

# --- the world outside ---------------------------------------------------------------------------


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Ids(Protocol):
    """Mints identities; a test hands in a row of known ones."""

    def new(self) -> str:
        """A UUIDv7 as text."""
        ...


class InsurancePlatform(Protocol):
    """The national platform. Composing touches nothing; sending never raises for its answers."""

    def compose(self, call: Call, header: Header) -> Message:
        """The message for a call, complete and ready to be written down and then sent.

        :raises BadValue: when a field breaks its table: nothing may leave.
        """
        ...

    def send(self, message: Message) -> Answer:
        """One POST of exactly ``message.body``; the three outcomes, or not_sent."""
        ...


class PasswordSealer(Protocol):
    """Makes a patient's password readable to the platform alone."""

    def seal(self, password: bytearray) -> SealedPassword:
        """Encrypt at once; ``password`` is overwritten, whatever happens. :raises BadValue:."""
        ...


class Secrets(Protocol):
    """Envelope encryption and keyed look-up (design 10)."""

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        """Ciphertext with its key id; ``place`` (table/row/column) is authenticated with it."""
        ...

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """The plain bytes; :raises SecretError: wrong key, wrong place, altered."""
        ...

    def index(self, purpose: str, text: str) -> bytes:
        """HMAC for equality search, under a key of its own."""
        ...


class PinHasher(Protocol):
    """argon2id, somewhere below."""

    def hash(self, pin: str) -> str:
        """A salted hash for the books."""
        ...

    def verify(self, hashed: str, pin: str) -> bool:
        """Whether the PIN is the hashed one."""
        ...


class Pinyin(Protocol):
    """Readings of Chinese characters."""

    def readings(self, text: str) -> list[tuple[str, ...]]:
        """Per character its toneless readings, commonest first; other signs stand as they are."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a search answer."""

    medicine: Medicine
    score: int


class CatalogueIndex(Protocol):
    """The search index over the shop's drugs, stored beside the books."""

    def rebuild(self, medicines: Iterable[Medicine], version: int) -> None:
        """Write the index anew, atomically."""
        ...

    def version(self) -> int:
        """Of the books that it stands for; -1 while there is none."""
        ...

    def every(self) -> Iterable[Medicine]:
        """Each drug once, without asking the books; a stream."""
        ...

    def put(self, medicines: Sequence[Medicine], version: int) -> bool:
        """Other prices of drugs that it holds; False = it must be built anew."""
        ...

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """Best first; an empty or senseless text finds nothing."""
        ...

    def note_sold(self, medicine_id: str, at: datetime) -> None:
        """Recency for the ranking."""
        ...

    def set_stock(self, medicine_id: str, on_hand: Quantity) -> None:
        """Stock for the ranking."""
        ...


# --- rows without a class of their own -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One leg on the wire: written before it is sent, completed when something came back."""

    msgid: str
    infno: str
    leg: str
    """Name of the call class, e.g. SettleBasket."""
    settlement_id: str
    request: bytes = field(repr=False)
    sent_at: datetime
    outcome: Outcome = Outcome.PENDING
    infcode: str = ""
    text: str = ""
    answer: bytes = field(default=b"", repr=False)
    answered_at: datetime | None = None
    millis: int = 0


@dataclass(frozen=True, slots=True)
class StockMove:
    """One movement of goods; stock is only ever the sum of these."""

    id: str
    medicine_id: str
    quantity: Quantity
    """Positive in, negative out."""
    kind: str
    """One of :class:`app.domain.stock.MoveKind`."""
    at: datetime
    batch: str = ""
    """The batch number as text, for papers; the lot is what counts."""
    sale_id: str = ""
    line_no: int = 0
    reverses: str = ""
    """Id of the movement that this one undoes; unique, so nothing is undone twice."""
    lot_id: str = ""
    """Whose figure changes; empty only in tests of the table itself."""
    document_id: str = ""
    """The receiving, transfer, stock-take ... that moved it; empty for a sale."""
    paid_by: str = ""
    """Sales: the settlement type of the line, ``self_paid`` included."""
    reason: str = ""
    """Code of the reason where a person gave one (loss, count, correction)."""
    amount: Money | None = None
    """What was paid for exactly these goods: sale money of a sale, cost of a purchase, positive
    with goods that come in; None = nobody knows."""


@dataclass(frozen=True, slots=True)
class CodeSold:
    """Where a trace code stands now."""

    code: str
    sale_id: str
    receipt_no: str
    at: datetime
    split_pack: bool = False
    """Sold by the piece: further pieces of the same pack may still be sold."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """What no customer waits for; the key is there from birth, the row is never deleted."""

    key: str
    aggregate: str
    kind: str
    payload: Mapping[str, object] = field(repr=False)
    at: datetime
    gaps: tuple[str, ...] = ()
    """Names of what the platform demands and nobody knows; such a row waits for a person."""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """An insured person in the books: a random id for the log, the rest sealed."""

    id: str
    person: InsuredPerson


@dataclass(frozen=True, slots=True)
class SaleSummary:
    """A line of the sales list; holds no personal data."""

    sale_id: str
    receipt_no: str
    at: datetime
    state: str
    total_fen: int
    lines: int
    first_line: str
    insured: bool
    portal: bool = False
    """Settled in the insurer's portal, and keyed in."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A row of ``act_log`` as written."""

    chain_id: str
    seq: int
    at: datetime
    actor: str
    act: str
    entry: str
    prev: str
    hash: str


# --- the books ------------------------------------------------------------------------------------


class SaleBook(Protocol):
    """Baskets and sales."""

    def add(self, sale: Sale) -> None:
        """A new one; its id must be new."""
        ...

    def save(self, sale: Sale) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind."""
        ...

    def get(self, sale_id: str) -> Sale:
        """:raises NotFound:."""
        ...

    def by_receipt(self, receipt_no: str) -> Sale | None:
        """The sale behind a slip."""
        ...

    def held(self, till_id: str) -> list[Sale]:
        """Baskets put aside, oldest first."""
        ...

    def unfinished(self, till_id: str) -> list[Sale]:
        """Every sale of the till in no final state and not held."""
        ...

    def last_done(self, till_id: str) -> Sale | None:
        """For "last receipt again"."""
        ...

    def bought_by(self, person_id: str, since: datetime) -> list[BoughtBefore]:
        """Lines of this person's done sales here, newest first; undone and returned ones not."""
        ...

    def with_ephedrine(self, begins: datetime, ends: datetime) -> list[Sale]:
        """The store's sales done in ``[begins, ends)`` with such a line, oldest first.

        Also those that came back since: what was handed out stays registered.
        """
        ...

    def recent(
        self, till_id: str, text: str, limit: int, *, portal: bool = False
    ) -> list[SaleSummary]:
        """Newest first; text narrows by receipt number or drug, ``portal`` to what was keyed in
        from the insurer's portal."""
        ...


class SettlementBook(Protocol):
    """Attempts at insurance settlement, each with its visit."""

    def add(self, settlement: Settlement) -> None:
        """A new attempt."""
        ...

    def save(self, settlement: Settlement) -> None:
        """Write a changed one; :raises StoreStale: when behind."""
        ...

    def get(self, settlement_id: str) -> Settlement:
        """:raises NotFound:."""
        ...

    def of_sale(self, sale_id: str) -> list[Settlement]:
        """Every attempt of the sale, oldest first."""
        ...

    def undecided(self) -> list[Settlement]:
        """SUBMITTED, UNKNOWN, REVERSING, CANCELLING, oldest first."""
        ...

    def knows(self, setl_id: str) -> bool:
        """Whether the store has this id of the platform: of an attempt, or of a cancel of one."""
        ...

    def visits_of(self, person_id: str) -> set[str]:
        """The platform's visit ids that the store's attempts with a person know, of every till."""
        ...

    def with_open_visit(self) -> list[Settlement]:
        """Not settled and not unresolved, yet something may stand open on the platform."""
        ...


class PersonBook(Protocol):
    """Insured persons: sealed, found again by keyed hash."""

    def keep(self, person: InsuredPerson, new_id: str, at: datetime) -> str:
        """Store or refresh, met at ``at``; answers the random id under which the log knows him."""
        ...

    def get(self, person_id: str) -> PersonRecord:
        """:raises NotFound:."""
        ...

    def by_cert_no(self, cert_no: str) -> list[PersonRecord]:
        """Every record with that document number, found by keyed hash."""
        ...

    def same_document(self, person_id: str) -> list[str]:
        """Ids of the records with this one's document, itself among them, in id order."""
        ...


class RequestJournal(Protocol):
    """``platform_request``: every leg of either route, one row each."""

    def write(self, row: RequestRow) -> None:
        """Before sending; the msgid must be new for ever."""
        ...

    def answer(self, msgid: str, answer: Answer, at: datetime) -> None:
        """After; a row is answered once, later answers are kept in the log only."""
        ...

    def get(self, msgid: str) -> RequestRow | None:
        """The row of a msgid."""
        ...

    def of_settlement(self, settlement_id: str) -> list[RequestRow]:
        """In the order of sending."""
        ...

    def pending(self) -> list[RequestRow]:
        """Written and never answered: after a restart each is unknown."""
        ...


class MedicineBook(Protocol):
    """The shop's drugs."""

    def by_keys(self, keys: Sequence[str]) -> dict[str, Medicine]:
        """Those that exist, by :func:`app.domain.catalogue.key_of`."""
        ...

    def save_many(self, medicines: Sequence[Medicine]) -> None:
        """Insert or replace by id, and raise :meth:`version`."""
        ...

    def get(self, medicine_id: str) -> Medicine:
        """:raises NotFound:."""
        ...

    def many(self, medicine_ids: Iterable[str]) -> dict[str, Medicine]:
        """Those that exist, by id."""
        ...

    def prices(self, medicine_ids: Iterable[str]) -> dict[str, UnitPrice]:
        """The sale price of each, by id; a drug without one is not there."""
        ...

    def all(self) -> Iterable[Medicine]:
        """Every drug, in id order; a stream."""
        ...

    def by_barcode(self, barcode: str) -> list[Medicine]:
        """Exact; several where the trade shares one code."""
        ...

    def alike(self, generic_names: Sequence[str], national_codes: Sequence[str]) -> list[Medicine]:
        """Those of one of the generic names (:func:`app.domain.catalogue.folded`) or of one of the
        national codes (exact), each once, in id order; an empty name or code finds nothing."""
        ...

    def by_trace_product(self, product_code: str) -> list[Medicine]:
        """By the seven digits of a trace code."""
        ...

    def by_shop_code(self, code: str) -> Medicine | None:
        """Exact."""
        ...

    def version(self) -> int:
        """Raised by every change; tells whether a stored index is stale."""
        ...


class StaffBook(Protocol):
    """Staff and their PIN hashes."""

    def add(self, staff: Staff, pin_hash: str) -> None:
        """A new member; the number must be new."""
        ...

    def save(self, staff: Staff) -> None:
        """Write a changed one."""
        ...

    def set_pin(self, staff_id: str, pin_hash: str) -> None:
        """Replace the PIN hash; :raises NotFound:."""
        ...

    def set_badge(self, staff_id: str, code: str) -> None:
        """Keep the badge's keyed hash; "" withdraws it. :raises BadValue: it is somebody's."""
        ...

    def by_number(self, number: str) -> tuple[Staff, str] | None:
        """The member and the PIN hash."""
        ...

    def by_badge(self, code: str) -> tuple[Staff, str] | None:
        """The member and the PIN hash."""
        ...

    def lock(self) -> None:
        """One till at a time changes who may what, until its unit ends."""
        ...

    def get(self, staff_id: str) -> Staff:
        """:raises NotFound:."""
        ...

    def all(self) -> list[Staff]:
        """By number."""
        ...


class StockBook(Protocol):
    """Movements of goods."""

    def move(self, moves: Sequence[StockMove]) -> None:
        """Write movements; a second undoing of one movement is refused by the table itself."""
        ...

    def on_hand(self, medicine_ids: Sequence[str]) -> dict[str, Quantity]:
        """Saleable stock, the sum of movements."""
        ...

    def of_sale(self, sale_id: str) -> list[StockMove]:
        """What a sale moved."""
        ...


class CodeBook(Protocol):
    """Trace codes, unique by (code, live sale); packs sold by the piece are exempt."""

    def where(self, codes: Sequence[str]) -> dict[str, CodeSold]:
        """For those sold and not freed; a whole pack's sale before one of its pieces."""
        ...

    def take(
        self, sale_id: str, codes: Sequence[str], at: datetime, split_pack: bool = False
    ) -> None:
        """Mark as sold; :raises RuleBroken: TRACE_DUPLICATE when another live sale holds one.

        ``split_pack``: sold by the piece, may share a code with other pieces.
        """
        ...

    def free(self, sale_id: str, codes: Sequence[str], at: datetime) -> None:
        """Only a completed reversal frees codes (policy 3.5)."""
        ...


class PackCodeBook(Protocol):
    """What the shop has learned of product parts of trace codes."""

    def put(self, code: PackCode) -> None:
        """Learn one, or correct it."""
        ...

    def get(self, product_code: str) -> PackCode | None:
        """What is known of a product part."""
        ...

    def all(self) -> list[PackCode]:
        """By product part."""
        ...

    def drop(self, product_code: str) -> None:
        """Forget one; :raises NotFound:."""
        ...


class ReturnBook(Protocol):
    """Returns and their legs."""

    def add(self, one: Return) -> None:
        """A new return."""
        ...

    def save(self, one: Return) -> None:
        """Write a changed one."""
        ...

    def get(self, return_id: str) -> Return:
        """:raises NotFound:."""
        ...

    def of_sale(self, sale_id: str) -> list[Return]:
        """Oldest first."""
        ...

    def open_items(self) -> list[Return]:
        """Those in no final state."""
        ...


class NumberBook(Protocol):
    """Numbers that are given out once."""

    def next_msgid(self, institution: str, till_no: int, now: datetime) -> str:
        """12 + 14 + 4 characters: time part = max(clock, last allotted); never the same again.

        The first two of the four digits are the till, the last two count within the second.
        """
        ...

    def next_receipt(self, till_id: str, day: str) -> str:
        """The number for people: till, day, running number."""
        ...

    def leave_out(self, till_id: str, day: str, count: int) -> None:
        """So many receipt numbers of a day (20261122) are never given out: after a restore."""
        ...

    def at_least(self, given: Mapping[str, int]) -> None:
        """After a restore: nothing that the books before gave out, last number by counter."""
        ...

    def start_beyond(self, institution: str, till_no: int, newest: datetime) -> None:
        """After a restore: the next msgid is later than ``newest``, the platform's last of ours."""
        ...

    def leave_out_serials(self, days: Sequence[str], count: int) -> None:
        """After a restore: so many numbers of every serial are never given out, and of those that
        begin anew on one of the days (20261122) even where the backup knows none yet."""
        ...

    def next_serial(self, name: str) -> int:
        """1, 2, 3 ... under a name (charge batches); one that counts by day ends in 20261122."""
        ...


class SettingBook(Protocol):
    """Small facts of the shop."""

    def get(self, key: str, default: str = "") -> str:
        """The stored text."""
        ...

    def put(self, key: str, value: str) -> None:
        """Store a text."""
        ...


class TillBook(Protocol):
    """The store's own entry and its tills, where several share their books."""

    def found(self, store: StoreRecord, ring: str) -> None:
        """The store's entry with its wrapped keys; :raises StoreTaken: there is one."""
        ...

    def store(self) -> StoreRecord:
        """:raises NotFound: a store of one till has no entry."""
        ...

    def made(self, at: datetime) -> None:
        """``setup`` has finished: tills may open and join."""
        ...

    def register(self, till: TillRecord) -> None:
        """A till more; :raises TillTaken: the number is another's."""
        ...

    def take_over(self, no: int, seat: str, at: datetime) -> TillRecord:
        """The till of that number is another home's from now on; :raises NotFound:."""
        ...

    def all(self) -> list[TillRecord]:
        """By number."""
        ...


class ActLog(Protocol):
    """The hash-chained log; written in the act's own transaction."""

    def append(self, act: str, actor: str, at: datetime, entry: Mapping[str, object]) -> None:
        """``entry`` holds ids and figures, never personal data."""
        ...

    def tail(self, limit: int) -> list[LogEntry]:
        """The newest entries, newest first."""
        ...

    def verify(self) -> tuple[int, str]:
        """(entries that hold, "" or the first broken link in words)."""
        ...

    def heads(self) -> list[Head]:
        """The last entry of every chain of the store, what this unit wrote included."""
        ...

    def page(self, wanted: LogQuery) -> list[LogEntry]:
        """Entries of any chain, newest first."""
        ...

    def lately(self, marks: Sequence[Mark]) -> Walked:
        """The last entries of every chain, and each mark by itself: a few moments."""
        ...


class UnitOfWork(Protocol):
    """All books under one transaction."""

    sales: SaleBook
    settlements: SettlementBook
    persons: PersonBook
    requests: RequestJournal
    medicines: MedicineBook
    staff: StaffBook
    stock: StockBook
    codes: CodeBook
    pack_codes: PackCodeBook
    returns: ReturnBook
    outbox: OutboxBook
    numbers: NumberBook
    settings: SettingBook
    log: ActLog
    prescriptions: PrescriptionBook
    pharmacists: PharmacistBook
    duties: DutyBook
    owings: OwingBook
    unmet: UnmetBook
    lists: ListBook
    rosters: RosterBook
    prints: PrintBook
    evidence: EvidenceBook
    keeping: KeepingBook
    checks: CheckBook
    consents: ConsentBook
    templates: TemplateBook
    proxies: ProxyBook
    staff_documents: StaffDocumentBook
    tills: TillBook

    @property
    def custody(self) -> CustodyBook:
        """Held cards; loaded when first asked for, as the two below."""
        ...

    @property
    def lots(self) -> LotBook:
        """Lots and their figures."""
        ...

    @property
    def holds(self) -> HoldBook:
        """What baskets hold of lots."""
        ...

    @property
    def documents(self) -> DocumentBook:
        """Papers that move goods."""
        ...

    @property
    def baskets(self) -> BasketCodes:
        """Codes in unfinished baskets of every till."""
        ...

    @property
    def quality(self) -> QualityBook:
        """Suspect boxes."""
        ...

    @property
    def uncoded(self) -> UncodedBook:
        """Boxes without a code."""
        ...

    @property
    def received(self) -> ReceivedBook:
        """Trace codes of boxes that came in."""
        ...

    @property
    def suppliers(self) -> SupplierBook:
        """Suppliers' files and approved first products."""
        ...

    @property
    def prices(self) -> PriceBook:
        """Prices, their history, and lists that bound them."""
        ...

    @property
    def balances(self) -> BalanceBook:
        """Sums of movements: the balance table."""
        ...

    @property
    def shelf(self) -> ShelfBook:
        """Figures of all lots, ledgers, recalls, minimum stock."""
        ...

    @property
    def orders(self) -> OrderBook:
        """Purchase orders."""
        ...

    @property
    def receivings(self) -> ReceivingBook:
        """Receivings, from their first line on."""
        ...

    @property
    def stocktakes(self) -> StocktakeBook:
        """Stock-takes, their counts, and where drugs lie."""
        ...

    @property
    def moments(self) -> MomentBook:
        """What the books said at each typed count."""
        ...

    @property
    def samples(self) -> SampleBook:
        """Boxes that stock-takes ask for."""
        ...

    @property
    def shifts(self) -> ShiftBook:
        """Shifts, their drawers, closed days."""
        ...

    @property
    def papers(self) -> PaperBook:
        """The store's own papers, claims, marks of drugs."""
        ...

    @property
    def reconciliations(self) -> ReconciliationBook:
        """Comparisons with the platform, what differed, and corrections."""
        ...

    @property
    def portal(self) -> PortalBook:
        """What was keyed in from the insurer's portal."""
        ...

    @property
    def alerts(self) -> AlertBook:
        """What the supervision subsystem said, and who answered it."""
        ...

    @property
    def complaints(self) -> ComplaintBook:
        """The register of complaints."""
        ...

    @property
    def sale_notes(self) -> SaleNoteBook:
        """Pharmacists' notes on lines of watched drugs."""
        ...

    @property
    def clearings(self) -> ClearingBook:
        """Claims of months, remittances, refused fees."""
        ...

    @property
    def levels(self) -> LevelBook:
        """The store's own levels of staff."""
        ...

    @property
    def aging(self) -> AgingBook:
        """Records that grow old, and the proofs of those that went."""
        ...

    @property
    def licences(self) -> LicenceBook:
        """Licences of staff."""
        ...

    @property
    def inspections(self) -> InspectionBook:
        """Sales of a scope, the log's chains, inspectors' accounts, looks and packs."""
        ...

    @property
    def reports(self) -> ReportBook:
        """Figures of whole periods."""
        ...

    @property
    def stills(self) -> StillBook:
        """Pictures of purchases and what is missing of them."""
        ...

    @property
    def videos(self) -> VideoBook:
        """Marks for the recorder, and its days."""
        ...

    def __enter__(self) -> Self:
        """Begin; on SQLite this takes the writer's place at once."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed."""
        ...

    def commit(self) -> None:
        """Durable when it returns; :raises StoreError: in its kinds."""
        ...


UnitOfWorkFactory = Callable[[], UnitOfWork]
