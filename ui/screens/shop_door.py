"""What the screens ask of the shop; ``ui/bootstrap.py`` builds the one that answers.

Methods stand in groups. *Now*: memory only, asked on the screen's own thread, under a
millisecond. *Store*, *line*, *recovery*, *review*: plain functions that ``ui/operation.py`` runs
on the lane of that name. They raise :class:`app.errors.YaotaiError` and nothing else on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ui.screens.acceptance_door import AcceptanceDoor
from ui.screens.backup_door import BackupDoor
from ui.screens.board_door import BoardDoor
from ui.screens.codes_door import CodesDoor
from ui.screens.compliance_door import ComplianceDoor
from ui.screens.crash_door import CrashDoor
from ui.screens.custody_door import CustodyDoor
from ui.screens.delisting_door import DelistingDoor
from ui.screens.devices_door import DevicesDoor
from ui.screens.face_door import FaceDoor
from ui.screens.golive_door import GoLiveDoor
from ui.screens.inspection_door import InspectionDoor
from ui.screens.labels_door import LabelsDoor
from ui.screens.line_lots_door import LineLotsDoor
from ui.screens.outage_door import OutageDoor
from ui.screens.people_door import PeopleDoor
from ui.screens.person_door import PersonDoor
from ui.screens.portal_door import PortalDoor
from ui.screens.practice_door import PracticeDoor
from ui.screens.prices_door import PricesDoor
from ui.screens.proxy_door import ProxyDoor
from ui.screens.receiving_door import ReceivingDoor
from ui.screens.reconcile_door import ReconcileDoor
from ui.screens.reports_door import ReportsDoor
from ui.screens.retention_door import RetentionDoor
from ui.screens.review.door import DutyDoor, ReviewDoor
from ui.screens.rx_door import RxDoor
from ui.screens.shift_door import ShiftDoor
from ui.screens.signing_door import SigningDoor
from ui.screens.stock_door import StockDoor
from ui.screens.stocktake_door import StocktakeDoor
from ui.screens.terminal_door import PasswordDoor, TerminalDoor
from ui.screens.trace_door import TraceDoor
from ui.screens.uploads_door import UploadsDoor
from ui.screens.vault_door import VaultDoor
from ui.screens.video_door import VideoDoor
from ui.screens.watch_door import WatchDoor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from app.domain.catalogue import Medicine
    from app.domain.insurance import Credential, InsuranceRow
    from app.domain.line_stock import Stocks
    from app.domain.money import Money, Quantity, UnitPrice
    from app.domain.patient_password import SealedPassword
    from app.domain.prescription import Prescription
    from app.domain.purchase_still import StillDraft
    from app.domain.returns import ReturnReason
    from app.domain.sale import Sale, SoldItem, Tender
    from app.domain.scanned import Scanned
    from app.ports import CodeSold, Hit, SaleSummary
    from app.use_cases.change_environment import EnvironmentView, NewPlatform
    from app.use_cases.decide_dispute import Ruling
    from app.use_cases.doors import Operator, ShopFacts
    from app.use_cases.import_roster import RosterLine
    from app.use_cases.quota import QuotaView
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.spool import Spool
    from app.use_cases.views import (
        Note,
        Patient,
        PaymentView,
        Receipt,
        Recovery,
        ReturnLegView,
        ReturnView,
        Step,
    )


class EstimateView(Protocol):
    """The local estimate as the screen shows it; every figure is an estimate until 预结算."""

    @property
    def total(self) -> Money:
        """All lines."""
        ...

    @property
    def fund(self) -> Money:
        """统筹基金支付."""
        ...

    @property
    def account(self) -> Money:
        """个人账户, own part."""
        ...

    @property
    def mutual_aid(self) -> Money:
        """Family part of the account."""
        ...

    @property
    def cash_due(self) -> Money:
        """个人应付."""
        ...

    @property
    def deductible_used(self) -> Money:
        """Of the year, before this sale."""
        ...

    @property
    def deductible_amount(self) -> Money:
        """起付线; zero where there is none."""
        ...

    @property
    def quota(self) -> QuotaView | None:
        """Of the special disease that is chosen (HY-3.6a); None = there is none."""
        ...

    @property
    def fund_used(self) -> Money:
        """统筹 paid this year, before this sale."""
        ...

    @property
    def cap(self) -> Money | None:
        """Yearly limit of the fund; None = none known."""
        ...

    @property
    def steps(self) -> tuple[Note, ...]:
        """How the figures came about, line by line (F7)."""
        ...

    @property
    def rough(self) -> bool:
        """Whether something was missing, such as the accumulators."""
        ...

    @property
    def notes(self) -> tuple[Note, ...]:
        """Findings of the rules."""
        ...

    @property
    def pending(self) -> Money:
        """Waits for a pharmacist's review: in none of the other amounts."""
        ...


class NowDoor(Protocol):
    """Answered from memory on the screen's thread."""

    facts: ShopFacts

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """Best first; initials, pinyin, characters, spec and maker mixed."""
        ...

    def classify(self, text: str) -> Scanned:
        """What a scanned or typed string is."""
        ...

    def medicines_of(self, scanned: Scanned) -> list[Medicine]:
        """The drugs behind a scanned bar code, GS1 string or trace code; several or none."""
        ...

    def open_basket(self, operator: Operator) -> Sale:
        """A new basket with its id minted; the view model owns and changes it."""
        ...

    def item_of(self, medicine: Medicine) -> SoldItem:
        """The drug as it will stand on the line."""
        ...

    def price_of(self, medicine: Medicine) -> UnitPrice:
        """:raises BadValue: for a drug without a price: it cannot be sold."""
        ...

    def estimate(self, sale: Sale, patient: Patient | None, account_use: str) -> EstimateView:
        """The local estimate with the findings of the rules."""
        ...

    def shelf_said(self, sale_id: str) -> Stocks:
        """What the shelf said of each line of a basket when it was kept; empty = not asked."""
        ...

    def reverses_by_hand(self) -> bool:
        """Whether an unknown outcome waits until a person starts its reversal (pack)."""
        ...


class StoreDoor(Protocol):
    """Runs units of work; the *store* lane."""

    def register_buyer(self, sale: Sale, name: str, cert_no: str, operator: Operator) -> Sale:
        """The sale with its buyer in the shop's own register.

        :raises BadValue: no name, or a number that cannot be true.
        """
        ...

    def roster_lines(self, operator: Operator) -> tuple[RosterLine, ...]:
        """Batches of the rosters of special-disease and two-disease persons, with their age."""
        ...

    def environment_view(self) -> EnvironmentView:
        """How this shop stands: environment, keys, address."""
        ...

    def change_environment(
        self, operator: Operator, wanted: str, number: str, pin: str, new: NewPlatform | None
    ) -> str:
        """The till opens another environment from its next start on; answers a recovery code or "".

        :raises NotAllowed: :raises SignInRefused: :raises LockedOut: the second person;
        :raises WorkOpen: something is not at its end; :raises BadValue: address, credentials.
        """
        ...

    def sign_in(self, number: str, pin: str, fresh: str | None = None) -> Operator:
        """By number or badge; :raises SignInRefused, LockedOut, PinToChange, PinWeak:."""
        ...

    def keep_basket(self, sale: Sale) -> Stocks:
        """Write the open basket down as it stands; answers what the shelf says of each line."""
        ...

    def hold_basket(self, sale: Sale, operator: Operator) -> None:
        """挂单."""
        ...

    def held_baskets(self) -> list[Sale]:
        """Oldest first."""
        ...

    def stopped_in(self, sales: Sequence[Sale]) -> Mapping[str, tuple[str, ...]]:
        """By id of the sale: drugs of it whose lot was recalled, held back or has expired."""
        ...

    def recall_basket(self, sale_id: str, operator: Operator) -> tuple[Sale, tuple[Note, ...]]:
        """取单, with what changed meanwhile."""
        ...

    def abandon_basket(self, sale: Sale, operator: Operator) -> None:
        """Give it up."""
        ...

    def unfinished_sales(self) -> list[Sale]:
        """What a crash or an unknown outcome left on this till."""
        ...

    def sale(self, sale_id: str) -> Sale:
        """The sale as the books hold it; :raises NotFound:."""
        ...

    def codes_sold(self, codes: tuple[str, ...]) -> Mapping[str, CodeSold]:
        """Those of the trace codes that another live sale holds: who and when."""
        ...

    def attach_prescription(
        self, sale: Sale, prescription: Prescription, number: str, pin: str, key_pin: str = ""
    ) -> Sale:
        """A pharmacist passes it with number and PIN; the sale with its prescription comes back.

        ``key_pin``: of the pharmacist's CA key, where one signs.

        :raises SignInRefused: :raises NotAllowed: when the member is no pharmacist.
        """
        ...

    def complete_sale(
        self,
        sale_id: str,
        tenders: tuple[Tender, ...],
        given: Money,
        operator: Operator,
        still: StillDraft | None = None,
    ) -> Receipt:
        """The durable step. ``tenders``: the customer's own part (cash, scan-pay) only."""
        ...

    def resolve_refused_part(self, sale_id: str, choice: str, operator: Operator) -> PaymentView:
        """``choice``: self_paid or take_out, for the part that the platform refused."""
        ...

    def last_receipt(self) -> Receipt | None:
        """Of this till."""
        ...

    def find_sales(self, text: str, limit: int, *, portal: bool = False) -> list[SaleSummary]:
        """Newest first; by receipt number or drug."""
        ...

    def receipt(self, sale_id: str, reprint: bool = True) -> Receipt:
        """The slip again."""
        ...

    def payment(self, sale_id: str) -> PaymentView:
        """Where the payment stands, from the books."""
        ...

    def open_returns(self) -> list[ReturnView]:
        """Returns that stopped between two legs."""
        ...

    def drop_return(self, return_id: str, operator: Operator) -> None:
        """The customer keeps everything after all; :raises IllegalTransition: a leg has run."""
        ...

    def outbox_waiting(self) -> tuple[int, datetime | None]:
        """Rows waiting and since when the oldest does."""
        ...


class LineDoor(Protocol):
    """Waits for the platform; the *line* lane."""

    def identify(self, credential: Credential, operator: Operator) -> Patient:
        """Who this credential belongs to."""
        ...

    def choose_row(self, patient: Patient, row: InsuranceRow, operator: Operator) -> Patient:
        """Take one of several insurance rows."""
        ...

    def quote(
        self, sale: Sale, patient: Patient, account_use: str, operator: Operator
    ) -> PaymentView:
        """预结算. ``account_use``: 0 不用, 1 本人, 2 共济."""
        ...

    def abandon_quote(self, sale_id: str, operator: Operator) -> PaymentView | None:
        """The basket changed or the customer walked away before settling."""
        ...

    def settle_next(
        self,
        sale_id: str,
        patient: Patient,
        operator: Operator,
        tell: Callable[[Step], None],
        password: SealedPassword | None = None,
    ) -> PaymentView:
        """结算 of the next quoted settlement; ticks are told as they become true.

        ``password``: the patient's, where this part needs it; it is spent either way.
        """
        ...

    def cancel_settlements(self, sale_id: str, operator: Operator) -> PaymentView:
        """The customer cannot pay: undo what is settled (撤销)."""
        ...

    def reverse_by_hand(
        self, settlement_id: str, operator: Operator, second: SecondPerson | None
    ) -> PaymentView:
        """冲正, started by a person; :raises NotAllowed: :raises SignInRefused: the second one."""
        ...

    def decide_dispute(
        self, settlement_id: str, ruling: Ruling, operator: Operator, second: SecondPerson | None
    ) -> PaymentView:
        """What the platform's books show; see :mod:`app.use_cases.decide_dispute` for errors."""
        ...

    def quote_return(
        self,
        sale_id: str,
        quantities: Mapping[int, Quantity],
        codes: tuple[str, ...],
        reason: ReturnReason,
        operator: Operator,
        credential: Credential | None,
    ) -> ReturnView:
        """What a return would move, before anything does."""
        ...

    def run_return(
        self,
        return_id: str,
        operator: Operator,
        credential: Credential | None,
        tell: Callable[[ReturnLegView], None],
        second: SecondPerson | None = None,
    ) -> ReturnView:
        """Run the legs that are still to do; stops and goes on after any of them."""
        ...

    def renew_return(self, return_id: str, code: str, operator: Operator) -> None:
        """The prescription's code, shown again for a return that waits for it."""
        ...


class RecoveryDoor(Protocol):
    """Background work; the *recovery* lane."""

    def recover(self) -> Recovery:
        """Take every undecided intent up again."""
        ...


class PrintingDoor(Protocol):
    """The receipt printer and the drawer at it."""

    def has_printer(self) -> bool:
        """Whether slips go to paper here; from any lane."""
        ...

    def print_waiting(self, kick: bool) -> Spool:
        """*printer* lane: open the drawer if wanted, then print what waits; never raises for it."""
        ...

    def reprint(self, receipt_no: str, operator: Operator) -> None:
        """*store* lane: the papers of a sale once more, marked 补打; :raises NotFound:."""
        ...

    def reprint_report(self, kind: str, subject: str, operator: Operator) -> None:
        """The paper of a shift or a closed day again, marked 补打."""
        ...

    def decide_prints(self, again: bool, operator: Operator) -> int:
        """*store* lane: papers in doubt are printed again, or count as printed. How many."""
        ...

    def open_drawer(self, operator: Operator, reason: str) -> None:
        """*printer* lane, without a sale; :raises NotAllowed, NotOffered, DeviceError:."""
        ...


class ShopDoor(
    NowDoor, StoreDoor, LineDoor, RecoveryDoor, ReviewDoor, DutyDoor, RxDoor, PrintingDoor,
    LabelsDoor, DevicesDoor, VideoDoor, CodesDoor, TraceDoor, SigningDoor, TerminalDoor,
    UploadsDoor, ReconcileDoor, PasswordDoor, BackupDoor, CrashDoor,
    PersonDoor, FaceDoor, PracticeDoor, CustodyDoor, VaultDoor, ProxyDoor, DelistingDoor,
    LineLotsDoor, PricesDoor, GoLiveDoor, ReceivingDoor, ReportsDoor, BoardDoor, StockDoor,
    StocktakeDoor, OutageDoor, ShiftDoor, PortalDoor, WatchDoor, ComplianceDoor, PeopleDoor,
    RetentionDoor,
    AcceptanceDoor,
    InspectionDoor,
    Protocol,
):  # fmt: skip
    """Everything the screens may ask."""
