"""All books under one transaction: :class:`app.ports.UnitOfWork` on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from sqlalchemy import Connection, Engine, func, select

from app.errors import StoreError
from app.ports import (
    ActLog,
    CodeBook,
    MedicineBook,
    NumberBook,
    PackCodeBook,
    PersonBook,
    RequestJournal,
    ReturnBook,
    SaleBook,
    Secrets,
    SettingBook,
    SettlementBook,
    StockBook,
    TillBook,
    UnitOfWorkFactory,
)
from app.ports import StaffBook as StaffPort
from app.ports_devices import PrintBook
from app.ports_evidence import EvidenceBook, KeepingBook
from app.ports_face import TemplateBook
from app.ports_outbox import OutboxBook
from app.ports_person import CheckBook, ConsentBook
from app.ports_proxy import ProxyBook, StaffDocumentBook
from app.ports_rx import (
    DutyBook,
    ListBook,
    OwingBook,
    PharmacistBook,
    PrescriptionBook,
    RosterBook,
    UnmetBook,
)
from app.storage.act_log import Log, chain_id
from app.storage.books_codes import PackCodes
from app.storage.books_evidence import Evidence
from app.storage.books_face import Templates
from app.storage.books_goods import Codes, Medicines, Stock
from app.storage.books_insurance import Persons, Requests, Settlements
from app.storage.books_keeping import Keeping
from app.storage.books_lists import Lists
from app.storage.books_outbox import Outbox
from app.storage.books_person import Checks, Consents
from app.storage.books_pharmacy import Duties, Owings, Pharmacists, UnmetRequests
from app.storage.books_print import Prints
from app.storage.books_proxy import ProxyPurchases, StaffDocuments
from app.storage.books_roster import Rosters
from app.storage.books_rx import Prescriptions
from app.storage.books_sale import Returns, Sales
from app.storage.books_shop import Numbers, Settings, StaffBook
from app.storage.books_tills import Tills
from app.storage.session import Session
from app.storage.tables_alerts import SUPERVISION_ALERT as SUPERVISION_ALERT
from app.storage.tables_clearing import REMITTANCE as REMITTANCE
from app.storage.tables_complaints import COMPLAINT as COMPLAINT
from app.storage.tables_custody import HELD_CARD as HELD_CARD  # its tables are known at once
from app.storage.tables_inspection import INSPECTION_PACK as INSPECTION_PACK
from app.storage.tables_moment import STOCKTAKE_MOMENT as STOCKTAKE_MOMENT
from app.storage.tables_papers import STORE_PAPER as STORE_PAPER
from app.storage.tables_portal import PORTAL_ENTRY as PORTAL_ENTRY
from app.storage.tables_price import PRICE_CHANGE as PRICE_CHANGE
from app.storage.tables_reconcile import STATEMENT as STATEMENT
from app.storage.tables_retention import RECORD_DELETION as RECORD_DELETION
from app.storage.tables_sample import STOCKTAKE_SAMPLE as STOCKTAKE_SAMPLE
from app.storage.tables_shelf import STOCK_RECALL as STOCK_RECALL
from app.storage.tables_shift import SHIFT as SHIFT
from app.storage.tables_staff import STAFF_LEVEL as STAFF_LEVEL
from app.storage.tables_stock import STOCK_LOT as STOCK_LOT
from app.storage.tables_stocktake import STOCKTAKE as STOCKTAKE
from app.storage.tables_supply import SUPPLIER as SUPPLIER
from app.storage.tables_trace import RECEIVED_CODE as RECEIVED_CODE
from app.storage.tables_video import VIDEO_MARK as VIDEO_MARK

if TYPE_CHECKING:
    from functools import cached_property

    from app.ports_alerts import AlertBook, SaleNoteBook
    from app.ports_balance import BalanceBook
    from app.ports_clearing import ClearingBook
    from app.ports_complaints import ComplaintBook
    from app.ports_custody import CustodyBook
    from app.ports_inspection import InspectionBook
    from app.ports_moments import MomentBook
    from app.ports_papers import PaperBook
    from app.ports_portal import PortalBook
    from app.ports_price import PriceBook
    from app.ports_reconcile import ReconciliationBook
    from app.ports_reports import ReportBook
    from app.ports_retention import AgingBook
    from app.ports_samples import SampleBook
    from app.ports_shelf import ShelfBook
    from app.ports_shift import ShiftBook
    from app.ports_staff import LevelBook, LicenceBook
    from app.ports_stock import DocumentBook, HoldBook, LotBook
    from app.ports_stocktake import StocktakeBook
    from app.ports_supply import OrderBook, ReceivingBook, SupplierBook
    from app.ports_trace import BasketCodes, QualityBook, ReceivedBook, UncodedBook
    from app.ports_video import StillBook, VideoBook
else:

    class cached_property:
        """The library's, without its lock: a unit of work belongs to one thread."""

        def __init__(self, make: Callable[[SqlUnitOfWork], object]) -> None:
            self._make = make

        def __set_name__(self, _owner: type, name: str) -> None:
            self._name = name

        def __get__(self, unit: SqlUnitOfWork, _owner: type) -> object:
            book = unit.__dict__[self._name] = self._make(unit)
            return book


class SqlUnitOfWork:
    """One transaction of one thread; leaving it without :meth:`commit` rolls everything back.

    On SQLite entering takes the writer's place; on PostgreSQL it takes the till's own place, so
    that two threads of one till act one after the other and its log stays one chain.
    """

    sales: SaleBook
    settlements: SettlementBook
    persons: PersonBook
    requests: RequestJournal
    medicines: MedicineBook
    staff: StaffPort
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

    def __init__(self, engine: Engine, secrets: Secrets, store_id: str, till_id: str) -> None:
        self._engine = engine
        self._secrets = secrets
        self._store_id = store_id
        self._till_id = till_id
        self._connection: Connection | None = None
        self._session: Session | None = None

    def __enter__(self) -> Self:
        """Begin; :raises StoreBusy: when another writer does not leave in time."""
        if self._connection is not None:
            raise StoreError(why="this unit of work is already open")
        connection = self._engine.connect()
        try:
            connection.begin()
            self._take_place(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._open_books(Session(connection, self._secrets, self._store_id, self._till_id))
        return self

    def _take_place(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            name = chain_id(self._store_id, self._till_id)
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    def _open_books(self, session: Session) -> None:
        if self._session is not None:  # it was open before: its books were of that time
            for name in (*_BOOKS, *_LATE):
                self.__dict__.pop(name, None)
        self._session = session

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - each is annotated above
        """A book is made when it is first asked for: most acts need few of them."""
        make = _BOOKS.get(name)
        if make is None:
            raise AttributeError(name)
        book = self.__dict__[name] = make(self._open(), self)
        return book

    # Books that few acts ask for are loaded when one does: a start waits for none of them.

    @cached_property
    def custody(self) -> CustodyBook:
        """Held cards."""
        from app.storage.books_custody import Custody

        return Custody(self._open())

    @cached_property
    def lots(self) -> LotBook:
        """Lots and their figures."""
        from app.storage.books_stock import Lots

        return Lots(self._open())

    @cached_property
    def holds(self) -> HoldBook:
        """What baskets hold of lots."""
        from app.storage.books_holds import Holds

        return Holds(self._open())

    @cached_property
    def documents(self) -> DocumentBook:
        """Papers that move goods."""
        from app.storage.books_documents import Documents

        return Documents(self._open())

    @cached_property
    def baskets(self) -> BasketCodes:
        """Codes in unfinished baskets of every till."""
        from app.storage.books_quality import Baskets

        return Baskets(self._open())

    @cached_property
    def quality(self) -> QualityBook:
        """Suspect boxes."""
        from app.storage.books_quality import Quality

        return Quality(self._open())

    @cached_property
    def uncoded(self) -> UncodedBook:
        """Boxes without a code."""
        from app.storage.books_quality import Uncoded

        return Uncoded(self._open())

    @cached_property
    def received(self) -> ReceivedBook:
        """Trace codes of boxes that came in."""
        from app.storage.books_trace import Received

        return Received(self._open())

    @cached_property
    def suppliers(self) -> SupplierBook:
        """Suppliers' files and approved first products."""
        from app.storage.books_supply import Suppliers

        return Suppliers(self._open())

    @cached_property
    def prices(self) -> PriceBook:
        """Prices, their history, and lists that bound them."""
        from app.storage.books_price import Prices

        return Prices(self._open())

    @cached_property
    def balances(self) -> BalanceBook:
        """Sums of movements: the balance table."""
        from app.storage.books_balance import Balances

        return Balances(self._open())

    @cached_property
    def shelf(self) -> ShelfBook:
        """Figures of all lots, ledgers, recalls, minimum stock."""
        from app.storage.books_shelf import Shelf

        return Shelf(self._open())

    @cached_property
    def orders(self) -> OrderBook:
        """Purchase orders."""
        from app.storage.books_receiving import Orders

        return Orders(self._open())

    @cached_property
    def receivings(self) -> ReceivingBook:
        """Receivings, from their first line on."""
        from app.storage.books_receiving import Receivings

        return Receivings(self._open())

    @cached_property
    def stocktakes(self) -> StocktakeBook:
        """Stock-takes, their counts, and where drugs lie."""
        from app.storage.books_stocktake import Stocktakes

        return Stocktakes(self._open())

    @cached_property
    def moments(self) -> MomentBook:
        """What the books said at each typed count."""
        from app.storage.books_moments import Moments

        return Moments(self._open())

    @cached_property
    def samples(self) -> SampleBook:
        """Boxes that stock-takes ask for."""
        from app.storage.books_samples import Samples

        return Samples(self._open())

    @cached_property
    def shifts(self) -> ShiftBook:
        """Shifts, their drawers, closed days."""
        from app.storage.books_shift import Shifts

        return Shifts(self._open())

    @cached_property
    def papers(self) -> PaperBook:
        """The store's own papers, claims, marks of drugs."""
        from app.storage.books_papers import Papers

        return Papers(self._open())

    @cached_property
    def reconciliations(self) -> ReconciliationBook:
        """Comparisons with the platform, what differed, and corrections."""
        from app.storage.books_reconcile import Reconciliations

        return Reconciliations(self._open())

    @cached_property
    def portal(self) -> PortalBook:
        """What was keyed in from the insurer's portal."""
        from app.storage.books_portal import Portal

        return Portal(self._open())

    @cached_property
    def alerts(self) -> AlertBook:
        """What the supervision subsystem said, and who answered it."""
        from app.storage.books_alerts import Alerts

        return Alerts(self._open())

    @cached_property
    def sale_notes(self) -> SaleNoteBook:
        """Pharmacists' notes on lines of watched drugs."""
        from app.storage.books_alerts import SaleNotes

        return SaleNotes(self._open())

    @cached_property
    def complaints(self) -> ComplaintBook:
        """The register of complaints."""
        from app.storage.books_complaints import Complaints

        return Complaints(self._open())

    @cached_property
    def clearings(self) -> ClearingBook:
        """Claims of months, remittances, refused fees."""
        from app.storage.books_clearing import Clearings

        return Clearings(self._open())

    @cached_property
    def levels(self) -> LevelBook:
        """The store's own levels of staff."""
        from app.storage.books_staff import Levels

        return Levels(self._open())

    @cached_property
    def licences(self) -> LicenceBook:
        """Licences of staff."""
        from app.storage.books_staff import Licences

        return Licences(self._open())

    @cached_property
    def inspections(self) -> InspectionBook:
        """Sales of a scope, inspectors' accounts, looks and packs."""
        from app.storage.books_inspection import Inspections

        return Inspections(self._open())

    @cached_property
    def reports(self) -> ReportBook:
        """Figures of whole periods."""
        from app.storage.books_reports import Reports

        return Reports(self._open())

    @cached_property
    def aging(self) -> AgingBook:
        """Records that grow old, and the proofs of those that went."""
        from app.storage.books_aging import Aging

        return Aging(self._open())

    @cached_property
    def stills(self) -> StillBook:
        """Pictures of purchases and what is missing of them."""
        from app.storage.books_video import Stills

        return Stills(self._open())

    @cached_property
    def videos(self) -> VideoBook:
        """Marks for the recorder, and its days."""
        from app.storage.books_video import Videos

        return Videos(self._open())

    def _open(self) -> Session:
        if self._session is None:
            raise StoreError(why="this unit of work is not open")
        return self._session

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed and give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def commit(self) -> None:
        """Durable when it returns: one flush; :raises StoreError: in its kinds.

        Ends the unit: its books answer nothing afterwards, the next act opens a new one.
        """
        if self._connection is None:
            raise StoreError(why="no open unit of work")
        self._connection.commit()
        self._connection.close()
        self._connection = None


_LATE = tuple(name for name, made in vars(SqlUnitOfWork).items() if type(made) is cached_property)
"""The books that are loaded when first asked for."""

_BOOKS: Mapping[str, Callable[[Session, SqlUnitOfWork], object]] = {
    "checks": lambda session, _: Checks(session),
    "codes": lambda session, _: Codes(session),
    "consents": lambda session, _: Consents(session),
    "duties": lambda session, _: Duties(session),
    "evidence": lambda session, _: Evidence(session),
    "keeping": lambda session, _: Keeping(session),
    "lists": lambda session, _: Lists(session),
    "log": lambda session, _: Log(session),
    "medicines": lambda session, unit: Medicines(session, cast(Numbers, unit.numbers)),
    "numbers": lambda session, _: Numbers(session),
    "outbox": lambda session, _: Outbox(session),
    "owings": lambda session, _: Owings(session),
    "pack_codes": lambda session, _: PackCodes(session),
    "persons": lambda session, _: Persons(session),
    "pharmacists": lambda session, _: Pharmacists(session),
    "prescriptions": lambda session, _: Prescriptions(session),
    "prints": lambda session, _: Prints(session),
    "proxies": lambda session, _: ProxyPurchases(session),
    "requests": lambda session, unit: Requests(session, cast(Log, unit.log)),
    "returns": lambda session, _: Returns(session),
    "rosters": lambda session, _: Rosters(session),
    "sales": lambda session, _: Sales(session),
    "settings": lambda session, _: Settings(session),
    "settlements": lambda session, _: Settlements(session),
    "staff": lambda session, _: StaffBook(session),
    "staff_documents": lambda session, _: StaffDocuments(session),
    "stock": lambda session, _: Stock(session),
    "templates": lambda session, _: Templates(session),
    "tills": lambda session, _: Tills(session),
    "unmet": lambda session, _: UnmetRequests(session),
}
"""Books whose rooms are loaded at the start."""


def make_factory(
    engine: Engine, secrets: Secrets, store_id: str, till_id: str
) -> UnitOfWorkFactory:
    """The units of work of one till; callable from any thread."""

    def unit() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, secrets, store_id, till_id)

    return unit
