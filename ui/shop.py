"""The open shop as the screens see it: use cases with their doors bound, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.insurance import Credential, InsuranceRow
from app.domain.line_stock import Stocks
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.patient_password import SealedPassword
from app.domain.prescription import Prescription
from app.domain.returns import ReturnReason
from app.domain.sale import Sale, SoldItem, Tender
from app.domain.scanned import Scanned, classify
from app.ports import CatalogueIndex, CodeSold, Hit, SaleSummary
from app.regions.loader import Region
from app.use_cases import basket, payment, receipt, return_goods, return_view
from app.use_cases.allocation import release_stale_holds
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.change_environment import (
    EnvironmentBooks,
    EnvironmentView,
    NewPlatform,
    change_environment,
)
from app.use_cases.close_visits import abandon_quotes, close_open_visits
from app.use_cases.complete_sale import complete_sale
from app.use_cases.decide_dispute import Ruling, decide_dispute
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import watch_duties
from app.use_cases.estimate_basket import EstimateView, estimate_basket
from app.use_cases.identify_customer import choose_row, identify_customer
from app.use_cases.import_catalogue import load_stock
from app.use_cases.quote_sale import quote_sale
from app.use_cases.recover_settlements import recover_settlements, reverse_by_hand
from app.use_cases.resolve_part import resolve_refused_part
from app.use_cases.settle_sale import settle_next
from app.use_cases.sign_in import SecondPerson, sign_in
from app.use_cases.signing import with_key
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
from sync.line_watch import LineState
from ui.free_memory import give_back
from ui.shop_acceptance import ShopAcceptance
from ui.shop_backup import ShopBackup
from ui.shop_board import ShopBoard
from ui.shop_codes import ShopCodes
from ui.shop_compliance import ShopCompliance
from ui.shop_crash import ShopCrash
from ui.shop_custody import ShopCustody
from ui.shop_delisting import ShopDelisting
from ui.shop_devices import ShopDevices
from ui.shop_face import ShopFace
from ui.shop_golive import ShopGoLive
from ui.shop_inspection import ShopInspection
from ui.shop_labels import Labelling, ShopLabels
from ui.shop_line import ShopLine
from ui.shop_line_lots import ShopLineLots
from ui.shop_people import ShopPeople
from ui.shop_person import ShopPerson
from ui.shop_portal import ShopPortal
from ui.shop_practice import ShopPractice
from ui.shop_prices import ShopPrices
from ui.shop_printing import Printing, ShopPrinting
from ui.shop_proxy import ShopProxy
from ui.shop_receiving import ShopReceiving
from ui.shop_reconcile import ShopReconcile
from ui.shop_reports import ShopReports
from ui.shop_retention import ShopRetention
from ui.shop_review import PharmacistShop
from ui.shop_rx import ShopRx
from ui.shop_shift import ShopShift
from ui.shop_signing import ShopSigning
from ui.shop_stock import ShopStock
from ui.shop_stocktake import ShopStocktake
from ui.shop_terminal import ShopTerminal
from ui.shop_trace import ShopTrace
from ui.shop_uploads import ShopUploads
from ui.shop_vault import ShopVault
from ui.shop_video import ShopVideo
from ui.shop_watch import ShopWatch

if TYPE_CHECKING:
    from app.domain.purchase_still import StillDraft
    from app.ports_backup import BackupRoom
    from app.use_cases.import_roster import RosterLine
    from ui.device_room import DeviceRoom


class Shop(
    PharmacistShop,
    ShopRx,
    ShopDelisting,
    ShopPrinting,
    ShopLabels,
    ShopDevices,
    ShopCodes,
    ShopSigning,
    ShopStock,
    ShopTerminal,
    ShopTrace,
    ShopVideo,
    ShopPerson,
    ShopFace,
    ShopPortal,
    ShopPractice,
    ShopCustody,
    ShopVault,
    ShopProxy,
    ShopLine,
    ShopLineLots,
    ShopReports,
    ShopBackup,
    ShopCrash,
    ShopBoard,
    ShopGoLive,
    ShopReceiving,
    ShopPrices,
    ShopStocktake,
    ShopShift,
    ShopReconcile,
    ShopUploads,
    ShopWatch,
    ShopRetention,
    ShopCompliance,
    ShopPeople,
    ShopInspection,
    ShopAcceptance,
):
    """``ui.screens.shop_door.ShopDoor``. Each lane has doors of its own: one thread, one client."""

    def __init__(
        self,
        doors: Doors,
        recovery_doors: Doors,
        index: CatalogueIndex,
        line: LineState,
        system: Operator,
        *,
        url: str,
        region: Region,
        rest: Callable[[], None],
        environments: EnvironmentBooks,
        review: Doors,
        sending: Doors,
        devices: DeviceRoom,
        folder: Path,
        printing: Printing | None = None,
        labelling: Labelling | None = None,
        backup_room: Callable[[Path | None], BackupRoom],
    ) -> None:
        """``rest`` folds the write-ahead log in; called where no customer waits."""
        super().__init__(review)
        self.printing, self.labelling = printing, labelling
        self.devices, self.devices_folder = devices, folder
        self.doors, self._recovery, self._sending = doors, recovery_doors, sending
        self._index, self._line, self._system = index, line, system
        self.facts = doors.shop
        self.url, self.region = url, region
        self._rest, self._environments = rest, environments
        self.backup_room = backup_room
        self._left_before: datetime | None = doors.clock.now()
        self._stock_known = False
        self.begin_codes()

    # --- now: memory only ---------------------------------------------------------------------

    def now(self) -> datetime:
        """Aware, UTC."""
        return self.doors.clock.now()

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """Best first."""
        return self._index.search(text, limit)

    def classify(self, text: str) -> Scanned:
        """What a scanned or typed string is (devices 4.3)."""
        return classify(text, shop_time(self.now()).date())

    def medicines_of(self, scanned: Scanned) -> list[Medicine]:
        """The drugs behind a bar code, GS1 string or trace code; several or none.

        GTIN-14 becomes EAN-13 by dropping the leading zero (devices 4.5).
        """
        gtin = scanned.gtin or ""
        codes = [scanned.product_code, gtin, gtin[1:] if gtin.startswith("0") else "", scanned.code]
        for code in codes:
            found = [hit.medicine for hit in self._index.search(code, 5)] if code else []
            exact = [m for m in found if code in (m.barcode, m.trace_product_code, m.shop_code)]
            if exact:
                return exact
        return []

    def open_basket(self, operator: Operator) -> Sale:
        """A new basket in memory."""
        return basket.open_basket(self.doors, operator)

    def item_of(self, medicine: Medicine) -> SoldItem:
        """The drug as it will stand on the line."""
        return basket.item_of(medicine)

    def price_of(self, medicine: Medicine) -> UnitPrice:
        """What counts at this moment; :raises BadValue: for a drug without a price."""
        return self.price_now(medicine.id) or basket.price_of(medicine)

    def estimate(self, sale: Sale, patient: Patient | None, account_use: str = "0") -> EstimateView:
        """The live local estimate with the findings of the rules."""
        return estimate_basket(self.doors, sale, patient, account_use)

    def shelf_said(self, sale_id: str) -> Stocks:
        """Of each line of the basket that was kept last; empty for another."""
        return self.doors.counter.stock_of(sale_id)

    def reverses_by_hand(self) -> bool:
        """Whether an unknown outcome waits until a person starts its reversal."""
        return self.doors.profile.reversal == "by_hand"

    # --- store --------------------------------------------------------------------------------

    def sign_in(self, number: str, pin: str, fresh: str | None = None) -> Operator:
        """A new cashier's shift begins: what the one before put aside lets go of its codes.

        :raises SignInRefused, LockedOut, PinToChange, PinWeak:.
        """
        from app.use_cases.free_codes import free_held_codes

        operator = sign_in(self.doors, number, pin, fresh)
        free_held_codes(self.doors, operator)
        return operator

    def keep_basket(self, sale: Sale) -> Stocks:
        """Write the open basket down; answers what the shelf says of each line."""
        return basket.keep_basket(self.doors, sale)

    def hold_basket(self, sale: Sale, operator: Operator) -> None:
        """挂单."""
        basket.hold_basket(self.doors, sale, operator)

    def held_baskets(self) -> list[Sale]:
        """Oldest first."""
        return basket.held_baskets(self.doors)

    def stopped_in(self, sales: Sequence[Sale]) -> Mapping[str, tuple[str, ...]]:
        """Drugs of held baskets whose lot was locked meanwhile."""
        return basket.stopped_in(self.doors, sales)

    def recall_basket(self, sale_id: str, operator: Operator) -> tuple[Sale, tuple[Note, ...]]:
        """取单."""
        return basket.recall_basket(self.doors, sale_id, operator)

    def abandon_basket(self, sale: Sale, operator: Operator) -> None:
        """Give it up."""
        basket.abandon_basket(self.doors, sale, operator)

    def unfinished_sales(self) -> list[Sale]:
        """What a crash or an unknown outcome left on this till."""
        return basket.unfinished_sales(self.doors)

    def sale(self, sale_id: str) -> Sale:
        """The sale as the books hold it."""
        with self.doors.uow() as uow:
            return uow.sales.get(sale_id)

    def codes_sold(self, codes: tuple[str, ...]) -> Mapping[str, CodeSold]:
        """Trace codes that another live sale holds."""
        with self.doors.uow() as uow:
            return uow.codes.where(codes)

    def attach_prescription(
        self, sale: Sale, prescription: Prescription, number: str, pin: str, key_pin: str = ""
    ) -> Sale:
        """A pharmacist passes it."""
        with with_key(self.doors, number, key_pin):
            return attach_prescription(self.doors, sale, prescription, number, pin)

    def register_buyer(self, sale: Sale, name: str, cert_no: str, operator: Operator) -> Sale:
        """For drugs that are counted by person."""
        from app.use_cases.buyer import register_buyer

        return register_buyer(self.doors, sale, name, cert_no, operator)

    def complete_sale(
        self,
        sale_id: str,
        tenders: tuple[Tender, ...],
        given: Money,
        operator: Operator,
        still: StillDraft | None = None,
    ) -> Receipt:
        """The durable step; the ranking learns what was sold."""
        done = complete_sale(self.doors, sale_id, tenders, given, operator, still)
        with self.doors.uow() as uow:
            sold = [line.item.medicine_id for line in uow.sales.get(sale_id).lines]
            on_hand = uow.stock.on_hand(sold)
        self.rx_owe(sale_id, operator)
        for medicine_id in sold:
            self._index.note_sold(medicine_id, done.at)
            self._index.set_stock(medicine_id, on_hand[medicine_id])
        return done

    def resolve_refused_part(self, sale_id: str, choice: str, operator: Operator) -> PaymentView:
        """``choice``: self_paid or take_out, after a refusal."""
        resolve_refused_part(self.doors, sale_id, choice, operator)
        return payment.payment(self.doors, sale_id)

    def last_receipt(self) -> Receipt | None:
        """Of this till."""
        return receipt.last_receipt(self.doors)

    def find_sales(self, text: str, limit: int, *, portal: bool = False) -> list[SaleSummary]:
        """Newest first."""
        return receipt.find_sales(self.doors, text, limit, portal=portal)

    def receipt(self, sale_id: str, reprint: bool = True) -> Receipt:
        """The slip again."""
        return receipt.receipt(self.doors, sale_id, reprint=reprint)

    def payment(self, sale_id: str) -> PaymentView:
        """Where the payment stands."""
        return payment.payment(self.doors, sale_id)

    def open_returns(self) -> list[ReturnView]:
        """Returns that stopped between two legs."""
        return return_view.open_returns(self.doors)

    def drop_return(self, return_id: str, operator: Operator) -> None:
        """The customer keeps everything after all."""
        return_goods.drop_return(self.doors, return_id, operator)

    def outbox_waiting(self) -> tuple[int, datetime | None]:
        """Rows waiting and since when the oldest does."""
        with self.doors.uow() as uow:
            return uow.outbox.waiting()

    def roster_lines(self, operator: Operator) -> tuple[RosterLine, ...]:
        """Batches of the rosters with their age."""
        from app.use_cases.import_roster import roster_lines

        return roster_lines(self.doors, operator)

    def environment_view(self) -> EnvironmentView:
        """How this shop stands: environment, keys, address."""
        return self._environments.view()

    def change_environment(
        self, operator: Operator, wanted: str, number: str, pin: str, new: NewPlatform | None
    ) -> str:
        """An administrator and a second person; takes effect when the till is opened again."""
        homes = self._environments
        return change_environment(self.doors, operator, homes, wanted, number, pin, new)

    # --- line ---------------------------------------------------------------------------------

    def identify(self, credential: Credential, operator: Operator) -> Patient:
        """Who this credential belongs to."""
        return identify_customer(self.doors, credential, operator)

    def choose_row(self, patient: Patient, row: InsuranceRow, operator: Operator) -> Patient:
        """Take one of several insurance rows."""
        return choose_row(self.doors, patient, row, operator)

    def quote(
        self, sale: Sale, patient: Patient, account_use: str, operator: Operator
    ) -> PaymentView:
        """预结算 of the basket as it stands."""
        basket.keep_basket(self.doors, sale)
        return quote_sale(self.doors, sale.id, patient, account_use, operator)

    def abandon_quote(self, sale_id: str, operator: Operator) -> PaymentView | None:
        """The basket changed or the customer walked away: no quote counts any more."""
        abandon_quotes(self.doors, sale_id, operator)
        close_open_visits(self.doors, operator)
        return payment.payment(self.doors, sale_id)

    def settle_next(
        self,
        sale_id: str,
        patient: Patient,
        operator: Operator,
        tell: Callable[[Step], None],
        password: SealedPassword | None = None,
    ) -> PaymentView:
        """结算 of the next quoted part."""
        return settle_next(self.doors, sale_id, patient, operator, tell, password)

    def cancel_settlements(self, sale_id: str, operator: Operator) -> PaymentView:
        """The customer cannot pay."""
        return cancel_settlements(self.doors, sale_id, operator)

    def reverse_by_hand(
        self, settlement_id: str, operator: Operator, second: SecondPerson | None
    ) -> PaymentView:
        """冲正, started by a person."""
        reverse_by_hand(self.doors, settlement_id, operator, second)
        return payment.payment_of(self.doors, settlement_id)

    def decide_dispute(
        self, settlement_id: str, ruling: Ruling, operator: Operator, second: SecondPerson | None
    ) -> PaymentView:
        """A person with the platform's books in hand decides."""
        return decide_dispute(self.doors, settlement_id, ruling, operator, second)

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
        return return_goods.quote_return(
            self.doors, sale_id, quantities, codes, reason, operator, credential
        )

    def run_return(
        self,
        return_id: str,
        operator: Operator,
        credential: Credential | None,
        tell: Callable[[ReturnLegView], None],
        second: SecondPerson | None = None,
    ) -> ReturnView:
        """Run the legs that are still to do."""
        return return_goods.run_return(self.doors, return_id, operator, credential, tell, second)

    def renew_return(self, return_id: str, code: str, operator: Operator) -> None:
        """The prescription's code, shown again for a return that waits for it."""
        from app.use_cases.rx_settle import renew_remainder

        renew_remainder(self.doors, return_id, code, operator)

    # --- recovery -----------------------------------------------------------------------------

    def recover(self) -> Recovery:
        """Take every undecided intent up again; the first time also what a crash left."""
        if self._left_before is not None and not self._stock_known:
            load_stock(self._recovery.uow, self._index)
            self._stock_known = True
        watch_duties(self._recovery)
        release_stale_holds(self._recovery)
        before = self._left_before
        done = recover_settlements(self._recovery, self._system, left_before=before)
        if not done.line_down:
            # What the last run left behind is in hand; from now on only our own open items.
            self._left_before = None
        self.tend_line()
        self.catch_up()
        self._rest()
        give_back()
        self.tend_vault(self._system.staff.id)
        self.tend_prices()
        self.tend_anchor()
        return done
