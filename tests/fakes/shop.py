"""A small shop in memory for the screens' tests: invented drugs, a scripted platform."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from app.domain.catalogue import Medicine
from app.domain.delisting import Delisting
from app.domain.dispute import OF_SETTLING, Verdict
from app.domain.insurance import Credential, FundSplit, InsuranceRow, InsuredPerson
from app.domain.line import Line
from app.domain.line_stock import Stocks
from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice
from app.domain.patient_password import SealedPassword
from app.domain.prescription import Prescription
from app.domain.purchase_still import StillDraft
from app.domain.returns import ReturnReason
from app.domain.sale import Sale, SoldItem, Tender, TenderKind, change_due
from app.domain.sale_states import SaleState
from app.domain.scanned import Scanned, classify
from app.domain.staff import Right, Role, Staff
from app.domain.stock_document import DocumentKind, StockDocument
from app.errors import (
    BadValue,
    NotAllowed,
    NotFound,
    NotSent,
    RuleBroken,
    SecondPersonNeeded,
    SignInRefused,
    YaotaiError,
)
from app.ports import CodeSold, Hit, SaleSummary
from app.use_cases import basket
from app.use_cases.change_environment import ENVIRONMENTS, EnvironmentView, NewPlatform
from app.use_cases.decide_dispute import Ruling
from app.use_cases.delisting import DelistingView
from app.use_cases.doors import Operator, ShopFacts
from app.use_cases.import_roster import RosterLine
from app.use_cases.labels import LabelSheet, LabelView, Wanted
from app.use_cases.line_lots import Found, LotRow
from app.use_cases.outage import Outage
from app.use_cases.quota import QuotaView
from app.use_cases.sign_in import SecondPerson
from app.use_cases.spool import Spool
from app.use_cases.views import (
    Note,
    Patient,
    PaymentView,
    Receipt,
    ReceiptLine,
    Recovery,
    ReturnLegView,
    ReturnView,
    SettlementView,
    Step,
)
from tests.fakes.acceptance import FakeAcceptance
from tests.fakes.backups import FakeBackups
from tests.fakes.codes import FakeCodes
from tests.fakes.compliance import FakeCompliance
from tests.fakes.crashes import FakeCrashes
from tests.fakes.devices import FakeDevices
from tests.fakes.faces import FakeFaces
from tests.fakes.held_cards import FakeHeldCards
from tests.fakes.people import FakePeople
from tests.fakes.persons import FakePersons
from tests.fakes.portal import FakePortal
from tests.fakes.prices import FakePrices
from tests.fakes.proxies import FakeProxies
from tests.fakes.retention import FakeRetention
from tests.fakes.review import FakePharmacists
from tests.fakes.rx_shop import FakeRx
from tests.fakes.shifts import FakeShifts
from tests.fakes.statement_page import FakeStatements
from tests.fakes.terminal import FakeTerminal
from tests.fakes.traces import FakeTraces
from tests.fakes.uploads import FakeUploads
from tests.fakes.video import FakeVideo
from tests.fakes.watch import FakeWatch

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def medicine(number: int, name: str, spec: str, price: str, **more: object) -> Medicine:
    """An invented drug; its trace codes begin 899000n."""
    return Medicine(
        id=f"m{number}",
        display_name=name,
        spec=spec,
        manufacturer="示例制药有限公司",
        pack_unit="盒",
        barcode=f"29900000000{number}9",
        price=UnitPrice.of(price),
        trace_product_code=f"899000{number}",
        **{"insurance_class": "A", "sale_class": "otc_a", **more},  # type: ignore[arg-type]
    )


DRUGS = (
    medicine(1, "练习阿莫西林胶囊", "0.25g*24粒", "12.80", sale_class="rx"),
    medicine(2, "练习缬沙坦片", "80mg*7片", "46.37", insurance_class="B",
             first_self_pay=Rate.of("0.10"), pay_limit=Money.of("44.00")),
    medicine(3, "练习感冒灵颗粒", "10g*9袋", "9.90"),
    medicine(4, "练习维生素C片", "0.1g*100片", "3.50", insurance_class="C", sale_class="otc_b"),
    medicine(5, "练习创可贴", "20片", "8.00", insurance_class="", sale_class="none",
             trace_exempt=True),
)  # fmt: skip
INITIALS = {"m1": "lxamxljn", "m2": "lxxstp", "m3": "lxgmlkl", "m4": "lxwsscp", "m5": "lxckt"}
CODE_424 = "424" + "0" * 23 + "01"


def trace(drug: int, serial: int) -> str:
    return f"899000{drug}{serial:013d}"


def person(rows: int = 1) -> InsuredPerson:
    kinds = (("310", "11"), ("390", "14"))[:rows]
    return InsuredPerson(
        psn_no="LX99990000000099",
        name="练习张小兰",
        gender="2",
        birth_date=date(1964, 5, 1),
        rows=tuple(
            InsuranceRow(insutype, kind, "1", "999900", Money.of("60.00"))
            for insutype, kind in kinds
        ),
    )


USED, DEDUCTIBLE, CAP = Money(37125), Money(40000), Money(250000)
FACTS = ShopFacts("s1", "t1", 2, "练习惠民大药房", "P99990000001", "999900", "practice")


WAYS = tuple(verdict.value for verdict in OF_SETTLING)


@dataclass(frozen=True)
class FakeEstimate:
    total: Money
    fund: Money = ZERO
    account: Money = ZERO
    mutual_aid: Money = ZERO
    cash_due: Money = ZERO
    deductible_used: Money = USED
    deductible_amount: Money = DEDUCTIBLE
    fund_used: Money = ZERO
    cap: Money | None = CAP
    quota: QuotaView | None = None
    steps: tuple[Note, ...] = ()
    rough: bool = False
    notes: tuple[Note, ...] = ()
    pending: Money = ZERO


@dataclass
class FakeShop(
    FakePharmacists,
    FakeRx,
    FakeDevices,
    FakeCrashes,
    FakeCodes,
    FakeTerminal,
    FakeTraces,
    FakeVideo,
    FakePersons,
    FakeFaces,
    FakeHeldCards,
    FakeProxies,
    FakePrices,
    FakeStatements,
    FakeShifts,
    FakeUploads,
    FakeBackups,
    FakePortal,
    FakeWatch,
    FakeRetention,
    FakeCompliance,
    FakeAcceptance,
    FakePeople,
):
    """Half of what is insured is paid by the fund; outcomes of settling are scripted."""

    outcomes: list[str] = field(default_factory=list)
    """settled (default), declined, unknown; one for each settle_next."""
    parts: int = 1
    insurances: int = 1
    rule_notes: tuple[Note, ...] = ()
    sold: dict[str, CodeSold] = field(default_factory=dict)
    kept: list[Sale] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    """What each settling carried; empty = none."""
    stopped: list[ReturnView] = field(default_factory=list)
    return_stops: list[ReturnView] = field(default_factory=list)
    """What the next runs of a return answer, before it goes through."""
    shown_at_return: Credential | None = None
    wrong_rx_code: str = ""
    """Returns that a crash left between two legs."""
    decided: str = ""
    """What recover() makes of unknown settlements."""
    facts: ShopFacts = FACTS
    by_hand: bool = False
    reversal: str = "reversed"
    """What a reversal by hand makes of the settlement."""
    silent: bool = False
    """Whether the platform does not tell amounts."""
    rulings: list[Ruling] = field(default_factory=list)
    spools: list[Spool] | None = None
    """What the printer's passes find, in order; None: this till has no printer."""
    label_spools: list[Spool] | None = None
    """The same of the label printer."""
    labels: tuple[LabelView, ...] | YaotaiError = ()
    labels_wanted: tuple[Wanted, ...] = ()
    in_doubt: int = 0
    drawer_error: YaotaiError | None = None
    environments: tuple[str, ...] = ("test",)
    rosters: tuple[RosterLine, ...] = ()
    delisting: Delisting | None = None
    """Those that have a shop in this home."""
    lot_rows: tuple[LotRow, ...] = ()
    locked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Held baskets by id, with the drugs whose lot was locked meanwhile."""
    unmet: list[tuple[str, str, str, str]] = field(default_factory=list)
    """What was asked for and not there: name, spec, packs, who noted it."""
    found: list[tuple[Found, SecondPerson | None]] = field(default_factory=list)
    found_error: YaotaiError | None = None
    line: Line = field(default_factory=lambda: Line(asked_at=NOON, good_at=NOON, millis=86))
    probes: int = 0
    signed: list[str] = field(default_factory=list)
    """Who was signed on and off at the platform."""
    stocks: Callable[[Sale], Stocks] | None = None
    """What the shelf says of a basket; None: nobody asks it."""

    def _kept(self, sale: Sale) -> Sale:
        self.keep_basket(sale)
        return sale

    def _drugs(self) -> tuple[Medicine, ...]:
        return DRUGS

    def __post_init__(self) -> None:
        self.begin_codes()
        self.begin_persons()
        self.begin_faces()
        self.begin_traces()
        self.sales: dict[str, Sale] = {}
        self.views: dict[str, PaymentView] = {}
        self.receipts: dict[str, Receipt] = {}
        self.returned: list[str] = []
        self._next = 0

    # now
    def now(self) -> datetime:
        return NOON

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        found = [d for d in DRUGS if text in INITIALS[d.id] or text in d.display_name]
        return [Hit(d, 1) for d in found][:limit]

    def classify(self, text: str) -> Scanned:
        return classify(text, NOON.date())

    def medicines_of(self, scanned: Scanned) -> list[Medicine]:
        return [
            d for d in DRUGS if d.trace_product_code == scanned.product_code or d.id == scanned.code
        ]

    def open_basket(self, operator: Operator) -> Sale:
        self._next += 1
        return Sale(f"sale-{self._next}", "s1", "t1", NOON, operator.staff.id, practice=True)

    def item_of(self, one: Medicine) -> SoldItem:
        return basket.item_of(one)

    def price_of(self, one: Medicine) -> UnitPrice:
        return basket.price_of(one)

    def estimate(self, sale: Sale, patient: Patient | None, account_use: str) -> FakeEstimate:
        fund = self._fund(sale) if patient else ZERO
        own = Money.of("60.00") if patient and account_use == "1" else ZERO
        rest = sale.total - fund
        own = min(own, rest)
        return FakeEstimate(
            sale.total, fund, own, ZERO, rest - own, notes=self.rule_notes,
            steps=(Note("payment.done_number", {"number": "1", "total": "2"}),),
            pending=sale.total if sale.prescription and sale.prescription.waiting else ZERO,
        )  # fmt: skip

    def _fund(self, sale: Sale) -> Money:
        insured = [li for li in sale.lines if li.item.insurance_class in ("A", "B")]
        return Money.total(line.amount for line in insured).at(Rate.of("0.5"))

    def shelf_said(self, sale_id: str) -> Stocks:
        return {}

    # the shelf
    def line_lots(self, sale_id: str, medicine_id: str) -> tuple[LotRow, ...]:
        return self.lot_rows

    def book_found(
        self, operator: Operator, found: Found, second: SecondPerson | None
    ) -> StockDocument:
        if isinstance(self.found_error, YaotaiError):
            raise self.found_error
        self.found.append((found, second))
        return StockDocument(
            id="paper-1", kind=DocumentKind.CORRECTION, number="GZ20261122-0001", at=NOON,
            staff_id=operator.staff.id,
        )  # fmt: skip

    # store
    def sign_in(self, number: str, pin: str, fresh: str | None = None) -> Operator:
        del fresh
        role = {
            "1001": Role.CASHIER, "3001": Role.MANAGER, "2001": Role.PHARMACIST,
            "9001": Role.ADMINISTRATOR,
        }.get(number)  # fmt: skip
        if role is None or pin != "123456":
            raise SignInRefused(act="sign in")
        return Operator(Staff(f"id-{number}", number, "练习李晓", role))

    def keep_basket(self, sale: Sale) -> Stocks:
        self.kept.append(sale)
        self.sales[sale.id] = replace(sale)
        return self.stocks(sale) if self.stocks else {}

    def hold_basket(self, sale: Sale, operator: Operator) -> None:
        self.sales[sale.id] = replace(sale, held_at=NOON)

    def held_baskets(self) -> list[Sale]:
        return [s for s in self.sales.values() if s.held_at and s.state is SaleState.OPEN]

    def stopped_in(self, sales: Sequence[Sale]) -> Mapping[str, tuple[str, ...]]:
        return {one.id: self.locked[one.id] for one in sales if one.id in self.locked}

    def note_wanted(self, name: str, spec: str, quantity: Quantity, operator: Operator) -> None:
        self.unmet.append((name, spec, quantity.plain(), operator.staff.number))

    def recall_basket(self, sale_id: str, operator: Operator) -> tuple[Sale, tuple[Note, ...]]:
        sale = self.sales[sale_id]
        sale.held_at = None
        return replace(sale), ()

    def abandon_basket(self, sale: Sale, operator: Operator) -> None:
        self.calls.append("abandon_basket")
        self.sales[sale.id] = replace(sale, state=SaleState.ABANDONED)

    def unfinished_sales(self) -> list[Sale]:
        open_ = (SaleState.SETTLING, SaleState.PART_SETTLED, SaleState.COMPLETING)
        return [s for s in self.sales.values() if s.state in open_]

    def sale(self, sale_id: str) -> Sale:
        if sale_id not in self.sales:
            raise NotFound(what="sale")
        return replace(self.sales[sale_id])

    def codes_sold(self, codes: tuple[str, ...]) -> Mapping[str, CodeSold]:
        return {code: self.sold[code] for code in codes if code in self.sold}

    def attach_prescription(
        self, sale: Sale, prescription: Prescription, number: str, pin: str, key_pin: str = ""
    ) -> Sale:
        if self.sign_in(number, pin).staff.role is not Role.PHARMACIST:
            raise SignInRefused(act="review")
        return replace(
            sale, prescription=replace(prescription, reviewer_id="id-2001", reviewed_at=NOON)
        )

    def register_buyer(self, sale: Sale, name: str, cert_no: str, operator: Operator) -> Sale:
        self.calls.append("register_buyer")
        if len(cert_no) != 18:
            raise BadValue(what="ID number", why="18")
        return replace(sale, person_id="buyer-1")

    def complete_sale(
        self,
        sale_id: str,
        tenders: tuple[Tender, ...],
        given: Money,
        operator: Operator,
        still: StillDraft | None = None,
    ) -> Receipt:
        self.calls.append("complete_sale")
        self.stills_given = (*self.stills_given, still)
        sale, view = self.sales[sale_id], self.views.get(sale_id)
        if sale.state is SaleState.DONE:
            raise YaotaiError(kind="completed twice")
        cash = Money.total(t.amount for t in tenders if t.kind is TenderKind.CASH)
        due = view.cash_due if view else sale.total
        assert Money.total(t.amount for t in tenders) == due
        sale.state, sale.receipt_no = SaleState.DONE, f"02-20261122-{len(self.receipts) + 1:04d}"
        sale.done_at = NOON
        made = Receipt(
            self.facts.shop_name, self.facts.institution_code, "02", sale.receipt_no, NOON,
            operator.staff.name, _receipt_lines(sale), tenders, sale.total, mark=self.facts.mark,
            given=given, change=change_due(cash, given) if given else ZERO,
            settlements=tuple(one for one in (view.settlements if view else ()) if one.split),
        )  # fmt: skip
        self.receipts[sale_id] = made
        return made

    def has_printer(self) -> bool:
        return self.spools is not None

    def print_waiting(self, kick: bool) -> Spool:
        if self.spools is None:
            return Spool()
        self.calls.append(f"print:{kick}")
        return self.spools.pop(0) if self.spools else Spool()

    def has_label_printer(self) -> bool:
        return self.label_spools is not None

    def label_sheet(self, sale_id: str, receipt_no: str = "") -> LabelSheet:
        self.calls.append(f"label_sheet:{sale_id}:{receipt_no}")
        if isinstance(self.labels, YaotaiError):
            raise self.labels
        return LabelSheet(sale_id or "s-1", receipt_no, self.labels)

    def queue_labels(self, sale_id: str, wanted: Sequence[Wanted], operator: Operator) -> int:
        self.calls.append(f"labels:{sale_id}")
        self.labels_wanted = tuple(wanted)
        return sum(one.copies for one in wanted)

    def print_labels(self) -> Spool:
        if self.label_spools is None:
            return Spool()
        self.calls.append("print_labels")
        return self.label_spools.pop(0) if self.label_spools else Spool()

    def decide_labels(self, again: bool, operator: Operator) -> int:
        self.calls.append(f"decide_labels:{again}")
        return 1

    def reprint(self, receipt_no: str, operator: Operator) -> None:
        self.calls.append(f"reprint:{receipt_no}")

    def decide_prints(self, again: bool, operator: Operator) -> int:
        self.calls.append(f"decide_prints:{again}")
        return self.in_doubt

    def open_drawer(self, operator: Operator, reason: str) -> None:
        if not operator.staff.may(Right.OPEN_DRAWER):
            raise NotAllowed(act="open_drawer")
        self.calls.append(f"drawer:{reason}")
        if self.drawer_error is not None:
            raise self.drawer_error

    def resolve_refused_part(self, sale_id: str, choice: str, operator: Operator) -> PaymentView:
        self.calls.append(f"resolve:{choice}")
        sale, view = self.sales[sale_id], self.views[sale_id]
        refused = {no for s in view.settlements if s.state == "declined" for no in s.line_nos}
        if choice == "take_out":
            sale.lines = tuple(li for li in sale.lines if li.no not in refused)
        else:
            sale.lines = tuple(
                replace(li, settlement_type="self_paid") if li.no in refused else li
                for li in sale.lines
            )
        left = tuple(s for s in view.settlements if s.state != "declined")
        self._show(sale, left, "completing" if left else "open")
        return self.views[sale_id]

    def last_receipt(self) -> Receipt | None:
        return list(self.receipts.values())[-1] if self.receipts else None

    def find_sales(self, text: str, limit: int, *, portal: bool = False) -> list[SaleSummary]:
        done = [s for s in self.sales.values() if s.state is SaleState.DONE]
        rows = [
            SaleSummary(s.id, s.receipt_no, NOON, "done", s.total.fen, len(s.lines),
                        s.lines[0].item.name, s.id in self.views)
            for s in reversed(done)
        ]  # fmt: skip
        return [r for r in rows if text in r.receipt_no or text in r.first_line][:limit]

    def receipt(self, sale_id: str, reprint: bool = True) -> Receipt:
        return replace(self.receipts[sale_id], reprint=reprint)

    def payment(self, sale_id: str) -> PaymentView:
        return self.views.get(sale_id) or PaymentView(sale_id, self.sales[sale_id].state.value)

    def open_returns(self) -> list[ReturnView]:
        return list(self.stopped)

    def drop_return(self, return_id: str, operator: Operator) -> None:
        self.calls.append(f"drop_return:{return_id}")

    def outbox_ages(self) -> tuple[int, int]:
        return 10, 120

    def outbox_waiting(self) -> tuple[int, datetime | None]:
        return 3, NOON - timedelta(minutes=12)

    def roster_lines(self, operator: Operator) -> tuple[RosterLine, ...]:
        return self.rosters

    def delisting_view(self, operator: Operator) -> DelistingView:
        record = self.delisting
        standing = record.standing(NOON.date()) if record else None
        return DelistingView(
            record, standing, "练习店长" if record else "", NOON if record else None
        )

    def set_delisting(self, record: Delisting | None, operator: Operator) -> DelistingView:
        self.delisting = record
        return self.delisting_view(operator)

    def environment_view(self) -> EnvironmentView:
        real = not self.facts.practice
        here = self.facts.environment
        return EnvironmentView(
            here, "file", "https://platform.invalid", "练习市",
            tuple(e for e in ENVIRONMENTS if e != here) if real else (), self.environments,
        )  # fmt: skip

    def change_environment(
        self, operator: Operator, wanted: str, number: str, pin: str, new: NewPlatform | None
    ) -> str:
        if self.sign_in(number, pin).staff.id == operator.staff.id:
            raise SecondPersonNeeded(act="change_environment")
        self.calls.append(f"change_environment {wanted} {new.url if new else ''}".strip())
        return "" if new is None else "0000-0000-0000-0000-0000-0000-0000-0000"

    # line
    def identify(self, credential: Credential, operator: Operator) -> Patient:
        if credential.number.endswith("99"):
            raise NotSent(infno="1101")
        found = person(self.insurances)
        row = found.rows[0] if self.insurances == 1 else None
        return Patient("p1", found, credential, row=row, counters_known=True,
                       deductible_used=Money(37125))  # fmt: skip

    def choose_row(self, patient: Patient, row: InsuranceRow, operator: Operator) -> Patient:
        return replace(patient, row=row)

    def quote(
        self, sale: Sale, patient: Patient, account_use: str, operator: Operator
    ) -> PaymentView:
        self.calls.append("quote")
        self.keep_basket(sale)
        stored = self.sales[sale.id]
        insured = [li.no for li in sale.lines if li.item.insurance_class in ("A", "B")]
        cut = len(insured) if self.parts == 1 else 1
        groups = [g for g in (insured[:cut], insured[cut:]) if g]
        kinds = ("ordinary",) if self.parts == 1 else ("special", "ordinary")
        stored.lines = tuple(
            replace(li, settlement_type="ordinary" if li.no in insured else "self_paid")
            for li in stored.lines
        )
        made = tuple(
            self._part(stored, i, kind, tuple(group), account_use)
            for i, (kind, group) in enumerate(zip(kinds, groups, strict=False))
        )
        self._show(stored, made, "open")
        return self.views[sale.id]

    def _part(
        self, sale: Sale, number: int, kind: str, nos: tuple[int, ...], use: str
    ) -> SettlementView:
        total = Money.total(sale.line(no).amount for no in nos)
        fund = total.at(Rate.of("0.5"))
        own = min(Money.of("60.00"), total - fund) if use == "1" and number == 0 else ZERO
        split = FundSplit(total, fund, total - fund, own, total - fund - own)
        return SettlementView(f"{sale.id}/{number}", kind, "quoted", total, split, line_nos=nos)

    def _show(self, sale: Sale, parts: tuple[SettlementView, ...], state: str) -> None:
        sale.state = SaleState(state)
        live = [p for p in parts if p.split and p.state in ("quoted", "settled", "unknown")]
        covered = Money.total(p.split.total for p in live if p.split)
        self.views[sale.id] = PaymentView(
            sale.id, state, parts, (), sale.total,
            fund=Money.total(p.split.fund for p in live if p.split),
            account=Money.total(p.split.account for p in live if p.split),
            cash_due=sale.total - covered + Money.total(p.split.cash for p in live if p.split),
            is_quote=all(p.state == "quoted" for p in live),
        )  # fmt: skip

    def abandon_quote(self, sale_id: str, operator: Operator) -> PaymentView | None:
        self.calls.append("abandon_quote")
        return self.views.pop(sale_id, None)

    def settle_next(
        self,
        sale_id: str,
        patient: Patient,
        operator: Operator,
        tell: Callable[[Step], None],
        password: SealedPassword | None = None,
    ) -> PaymentView:
        self.calls.append("settle_next")
        self.passwords.append(password.take() if password is not None else "")
        outcome = self.outcomes.pop(0) if self.outcomes else "settled"
        for step in Step if outcome != "unknown" else (Step.RECORDED, Step.SENT):
            tell(step)
        sale, parts = self.sales[sale_id], list(self.views[sale_id].settlements)
        place = next(i for i, p in enumerate(parts) if p.state == "quoted")
        parts[place] = replace(
            parts[place], state=outcome, asked=int(outcome == "unknown"),
            msgid="P99990000001202611221200000201", sent_at=NOON,
        )  # fmt: skip
        self._show(sale, tuple(parts), _state_of(parts))
        notes = (Note("payment.refused_title", {}, "block"),) if outcome == "declined" else ()
        return replace(self.views[sale_id], notes=notes)

    def cancel_settlements(self, sale_id: str, operator: Operator) -> PaymentView:
        self.calls.append("cancel_settlements")
        sale = self.sales[sale_id]
        parts = tuple(replace(p, state="cancelled") for p in self.views[sale_id].settlements)
        self._show(sale, parts, "undone")
        return self.views[sale_id]

    def quote_return(
        self, sale_id: str, quantities: Mapping[int, Quantity], codes: tuple[str, ...],
        reason: ReturnReason, operator: Operator, credential: Credential | None,
    ) -> ReturnView:  # fmt: skip
        self.calls.append(f"quote_return:{reason.value}")
        sale = self.sales[sale_id]
        back = Money.total(sale.line(no).price.times(many) for no, many in quantities.items())
        legs = tuple(ReturnLegView(leg, "todo") for leg in ("pay_back", "stock", "codes"))
        return ReturnView(f"r/{sale_id}", sale_id, "asked", legs, net_cash=back)

    def run_return(
        self, return_id: str, operator: Operator, credential: Credential | None,
        tell: Callable[[ReturnLegView], None], second: object = None,
    ) -> ReturnView:  # fmt: skip
        del second
        self.calls.append("run_return")
        self.shown_at_return = credential
        if self.return_stops:
            return self.return_stops.pop(0)
        legs = tuple(ReturnLegView(leg, "done") for leg in ("pay_back", "stock", "codes"))
        for leg in legs:
            tell(leg)
        self.returned.append(return_id)
        return ReturnView(return_id, return_id[2:], "done", legs)

    def renew_return(self, return_id: str, code: str, operator: Operator) -> None:
        self.calls.append(f"renew_return:{return_id}:{code}")
        if code == self.wrong_rx_code:
            raise RuleBroken((Note("rx_walk.rx_other_sheet", {}, "block"),), code="RX_OTHER_SHEET")

    # recovery
    def reverses_by_hand(self) -> bool:
        return self.by_hand

    def reverse_by_hand(
        self, settlement_id: str, operator: Operator, second: SecondPerson | None
    ) -> PaymentView:
        self._answering(operator, second)
        self.calls.append(f"reverse_by_hand:{settlement_id}")
        return self._becomes(settlement_id, self.reversal)

    def decide_dispute(
        self, settlement_id: str, ruling: Ruling, operator: Operator, second: SecondPerson | None
    ) -> PaymentView:
        self._answering(operator, second)
        if ruling.verdict is Verdict.SETTLED and ruling.amounts is None and self.silent:
            raise NotSent(infno="5203")
        self.rulings.append(ruling)
        states = {Verdict.ASK_AGAIN: "unknown", Verdict.NOT_IN_BOOKS: "void"}
        return self._becomes(settlement_id, states.get(ruling.verdict, ruling.verdict.value))

    def _answering(self, operator: Operator, second: SecondPerson | None) -> None:
        staff = operator.staff if second is None else self.sign_in(second.number, second.pin).staff
        if not staff.may(Right.RESOLVE_UNKNOWN):
            raise NotAllowed(act="resolve_unknown")

    def _becomes(self, settlement_id: str, state: str) -> PaymentView:
        sale_id = next(
            key
            for key, view in self.views.items()
            if any(part.settlement_id == settlement_id for part in view.settlements)
        )
        parts = [
            replace(part, state=state, verdicts=()) if part.settlement_id == settlement_id else part
            for part in self.views[sale_id].settlements
        ]
        self._show(self.sales[sale_id], tuple(parts), _state_of(parts))
        return self.views[sale_id]

    def recover(self) -> Recovery:
        if not self.decided:
            return Recovery()
        for sale_id, view in list(self.views.items()):
            parts = tuple(
                replace(
                    p,
                    state=self.decided,
                    asked=p.asked + 1,
                    verdicts=WAYS if self.decided == "disputed" else (),
                )
                if p.state == "unknown"
                else p
                for p in view.settlements
            )
            if parts != view.settlements:
                self._show(self.sales[sale_id], parts, _state_of(list(parts)))
        return Recovery(decided=1)

    def line_state(self) -> Line:
        return self.line

    def outage(self) -> Outage:
        return Outage(held=2, undecided=1, waiting=3, oldest=NOON - timedelta(minutes=12))

    def probe_line(self) -> Line:
        self.probes += 1
        return self.line

    def sign_on(self, operator: Operator) -> None:
        self.signed.append(f"on {operator.staff.number}")

    def sign_off(self, operator: Operator) -> None:
        self.signed.append(f"off {operator.staff.number}")


def _state_of(parts: list[SettlementView]) -> str:
    states = [p.state for p in parts]
    if {"unknown", "disputed"} & set(states):
        return "settling"
    if "settled" not in states:
        return "open"
    return "completing" if all(s == "settled" for s in states) else "part_settled"


def _receipt_lines(sale: Sale) -> tuple[ReceiptLine, ...]:
    made = []
    for li in sale.lines:
        item = li.item
        made.append(
            ReceiptLine(
                item.name, item.spec, item.maker, li.quantity, item.unit, li.price,
                li.amount, li.trace_codes, li.batch, li.expiry,
            )
        )  # fmt: skip
    return tuple(made)
