"""验收清单, the goods: stock that comes, goes and is counted, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.domain.clock import micros, shop_time
from app.domain.money import Money, Quantity
from app.domain.recall import LossReason
from app.domain.receiving import Tick, TypedLine
from app.domain.returns import ReturnReason
from app.domain.sale import Tender, TenderKind
from app.domain.stock_document import DocumentKind
from app.domain.stocktake import Reason
from app.domain.stocktake_states import StocktakeState
from app.domain.supplier import Licence, LicenceType, SupplierKind
from app.domain.upload_states import UploadState
from app.use_cases.acceptance import StepWrong
from app.use_cases.basket import item_of, keep_basket, open_basket, price_of
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.legs import signed_in
from app.use_cases.losses import LossLine, post_loss
from app.use_cases.post_receiving import post_receiving
from app.use_cases.receiving import begin, keep_head, keep_lines
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.send_goods import SendForm, SendLine, SendReason, send_goods
from app.use_cases.sign_in import SecondPerson, sign_in
from app.use_cases.stocktake import begin as freeze
from app.use_cases.stocktake import end_counting, give_reason, open_extra
from app.use_cases.stocktake_count import CountDraft, record
from app.use_cases.stocktake_post import post
from app.use_cases.stocktake_view import review as differences
from app.use_cases.suppliers import (
    SupplierForm,
    approve_products,
    approve_supplier,
    keep_supplier,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.catalogue import Medicine
    from app.domain.insurance import Credential
    from app.domain.sale import Sale
    from app.ports_outbox import OutboxEntry
    from app.use_cases.acceptance import Bench, Signs
    from app.use_cases.doors import Operator
    from app.use_cases.notes import Note

Came = dict[str, str]
_BOUGHT: Final = 10
"""Boxes of the delivery that the test invents."""
_ONE = Quantity.of(1)
_SERIAL: Final = 10**13
"""One past the longest serial of a trace code."""


class GoodsWalk:
    """One run's first and last test; each step finds here what the steps before it made."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.doors = bench, bench.doors
        self._serial = micros(self.doors.clock.now()) % _SERIAL
        self._operators: dict[str, Operator] = {}
        self._supplier = ""
        self._goods: Medicine | None = None
        self._before = Quantity(0)
        self._cash_sale: Sale | None = None
        self._tag = str(self._serial)
        self._notes = 0

    # --- whoever acts ----------------------------------------------------------------------------

    def who(self, one: Signs) -> Operator:
        """Signed in at the till, once."""
        if one.number not in self._operators:
            self._operators[one.number] = sign_in(self.doors, one.number, one.pin)
        return self._operators[one.number]

    @property
    def cashier(self) -> Operator:
        """Who sells."""
        return self.who(self.bench.team.cashier)

    @property
    def manager(self) -> Operator:
        """Who answers for the goods."""
        return self.who(self.bench.team.manager)

    @property
    def second(self) -> SecondPerson:
        """Who stands beside the manager."""
        other = self.bench.team.second
        return SecondPerson(other.number, other.pin)

    # --- stock -----------------------------------------------------------------------------------

    def signs_on(self) -> Came:
        """9001: the platform knows this institution and this till."""
        operator = signed_in(self.doors, self.cashier)
        if not operator.sign_no:
            raise StepWrong("sign_in")
        return {}

    def receives(self) -> Came:
        """A delivery is posted and told (3503)."""
        drug = self.drug()
        self._before = self._on_hand(drug)
        self._deliver(drug, _BOUGHT)
        self._told("3503")
        return {"drug": drug.display_name, "packs": str(_BOUGHT)}

    def sends_back(self) -> Came:
        """A box goes back to the supplier (3504)."""
        drug = self.drug()
        line = SendLine(self._newest_lot(drug), _ONE)
        form = SendForm(
            DocumentKind.SUPPLIER_RETURN, self._supplier, (line,), reason=SendReason.QUALITY.value
        )
        send_goods(self.doors, form, self.manager, self.second)
        self._told("3504")
        return {"drug": drug.display_name}

    def loses(self) -> Came:
        """A broken box is written off (3502)."""
        drug = self.drug()
        line = LossLine(self._newest_lot(drug), _ONE, LossReason.BROKEN)
        post_loss(self.doors, self.manager, [line], "验收测试", self.second)
        self._told("3502")
        return {"drug": drug.display_name}

    def adds_up(self) -> Came:
        """The shelf holds what papers say: before, and ten, less two."""
        drug = self.drug()
        wanted, found = self._before + Quantity.of(_BOUGHT - 2), self._on_hand(drug)
        if wanted != found:
            raise StepWrong("stock", found=found.plain(), wanted=wanted.plain())
        return {"packs": found.plain()}

    # --- upload ----------------------------------------------------------------------------------

    def counts(self) -> Came:
        """A stock-take of one lot is posted and told (3501)."""
        drug = self.drug()
        take_ = open_extra(self.doors, [], self.manager)
        take_ = freeze(self.doors, take_.id, self.manager)[0]
        with self.doors.uow() as uow:
            lot = next(iter(uow.lots.stock_of([drug.id])[drug.id]))
            lines = [one for one in uow.stocktakes.lines(take_.id) if one.lot_id == lot.lot.id]
        place = (lines[0].zone, lines[0].position) if lines else ()
        record(self.doors, take_.id, CountDraft(drug.id, lot.lot.id, lot.on_hand, *place),
               self.cashier)  # fmt: skip
        self._post_count(take_.id)
        self._told("3501")
        return {"drug": drug.display_name, "packs": lot.on_hand.plain()}

    def sells(self) -> Came:
        """A box for cash is sold and told (3505)."""
        drug = self.drug()
        if self._on_hand(drug) < Quantity.of(2):
            self._deliver(drug, _BOUGHT)
        sale = open_basket(self.doors, self.cashier)
        sale.add(item_of(drug), price_of(drug), _ONE)
        self._scan(sale)
        complete_sale(self.doors, sale.id, cash(sale.total), sale.total, self.cashier)
        with self.doors.uow() as uow:
            sold = self._cash_sale = uow.sales.get(sale.id)
        self._told("3505")
        return {"receipt": sold.receipt_no, "total": str(sold.total)}

    def comes_back(self) -> Came:
        """It comes back and is told (3506)."""
        sold = self._cash_sale
        if sold is None:
            raise StepWrong("nothing")
        self._return(sold, None)
        self._told("3506")
        return {"total": str(sold.total)}

    def nothing_waits(self) -> Came:
        """Whatever was to be told is confirmed: no row waits, none stands aside."""
        drain_outbox(self.doors, self.manager)
        with self.doors.uow() as uow:
            states = uow.outbox.counts()
        left = {state: many for state, many in states.items() if state is not UploadState.CONFIRMED}
        if left:
            shown = "，".join(
                f"{self.bench.say(f'uploads.state_{state.value}')} {many}"
                for state, many in sorted(left.items())
            )
            raise StepWrong("waits", rows=shown)
        return {"rows": str(states.get(UploadState.CONFIRMED, 0))}

    # --- helpers ---------------------------------------------------------------------------------

    def drug(self) -> Medicine:
        """An OTC drug with a price, kept dry and warm: the same one for every step."""
        if self._goods is None:
            with self.doors.uow() as uow:
                known = sorted(uow.medicines.all(), key=lambda each: each.shop_code)
            fits = [one for one in known if one.sale_class in ("otc_a", "otc_b") and one.price
                    and not one.cold_chain]  # fmt: skip
            if not fits:
                raise StepWrong("no_drug")
            self._goods = next((one for one in fits if one.national_code), fits[0])
        return self._goods

    def _on_hand(self, drug: Medicine) -> Quantity:
        with self.doors.uow() as uow:
            return uow.stock.on_hand([drug.id])[drug.id]

    def _newest_lot(self, drug: Medicine) -> str:
        with self.doors.uow() as uow:
            lots = uow.lots.stock_of([drug.id])[drug.id]
        bought = [one.lot for one in lots if not one.lot.opening]
        if not bought:
            raise StepWrong("nothing")
        return bought[-1].id

    def _deliver(self, drug: Medicine, packs: int) -> None:
        """An invented note of an invented supplier, posted."""
        boss, day = self.manager, shop_time(self.doors.clock.now()).date()
        supplier = self._supplier or self._found_supplier(drug)
        approve_products(self.doors, supplier, [drug.id], boss)
        head = begin(self.doors, boss, supplier)
        self._notes += 1
        note = f"YS{self._tag}-{self._notes}"
        keep_head(self.doors, replace(head, note_no=note, invoice_no=note), boss)
        line = TypedLine(
            no=0, medicine_id=drug.id, name=drug.display_name, batch=f"YS{day:%y%m%d}",
            made=f"{day - timedelta(days=90)}", expires=f"{day + timedelta(days=700)}",
            delivered=str(packs), cost="1.00", ticks=tuple(each.value for each in Tick),
        )  # fmt: skip
        keep_lines(self.doors, head.id, [line], boss)
        post_receiving(self.doors, head.id, boss)
        self._supplier = supplier

    def _found_supplier(self, drug: Medicine) -> str:
        day = shop_time(self.doors.clock.now()).date()
        begun, ends = day - timedelta(days=365), day + timedelta(days=365)
        papers = (
            Licence(LicenceType.DRUG_TRADE, "验收测试", begun, ends, "验收测试", cold_chain=True),
            Licence(LicenceType.BUSINESS, "验收测试"),
        )
        form = SupplierForm("验收测试供应商（虚构）", SupplierKind.WHOLESALER, "YS", papers)
        kept = keep_supplier(self.doors, form, self.manager)
        return approve_supplier(self.doors, kept.id, self.manager, self.second).id

    def _scan(self, sale: Sale) -> None:
        """Each box has a code of its own that nobody ever printed."""
        for row in sale.lines:
            item = row.item
            if not item.trace_product_code and item.trace_exempt:
                continue
            for _box in range(row.quantity.packs()):
                self._serial = (self._serial + 1) % _SERIAL
                product = item.trace_product_code or "8999999"
                sale.put_code(item.medicine_id, f"{product}{self._serial:013d}")
        keep_basket(self.doors, sale)

    def _told(self, kind: str) -> None:
        """What waits is sent; every row of this kind must be confirmed."""
        drain_outbox(self.doors, self.manager)
        with self.doors.uow() as uow:
            rows = [one for one in uow.outbox.newest(list(UploadState), 200)
                    if one.row.kind == kind]  # fmt: skip
        if not rows:
            raise StepWrong("no_row", kind=kind)
        odd = next((one for one in rows if one.state is not UploadState.CONFIRMED), None)
        if odd is not None:
            raise StepWrong("row", kind=kind, state=self._named("uploads", odd.state.value),
                            text=_text(odd))  # fmt: skip

    def _post_count(self, take_id: str) -> None:
        for _turn in range(2):
            with self.doors.uow() as uow:
                state = uow.stocktakes.get(take_id).state
            if state is not StocktakeState.REVIEW:
                end_counting(self.doors, take_id, self.manager, with_gaps=True)
        found = differences(self.doors, take_id, self.manager).rows
        if goods := [row.goods for row in found if row.variance]:
            give_reason(self.doors, take_id, goods, Reason.LOST, self.manager)
        post(self.doors, take_id, self.manager, self.second)

    def _return(self, sale: Sale, credential: Credential | None) -> None:
        back = {line.no: line.quantity for line in sale.lines}
        codes = tuple(code for line in sale.lines for code in line.trace_codes)
        asked = quote_return(
            self.doors, sale.id, back, codes, ReturnReason.WRONG_DISPENSING, self.manager,
            credential,
        )  # fmt: skip
        done = run_return(
            self.doors, asked.return_id, self.manager, credential, lambda _leg: None, self.second
        )
        if done.state != "done":
            state = self._named("return", done.state)
            raise StepWrong("state", state=state, text=self._notes_of(done.notes))

    def _named(self, section: str, state: str) -> str:
        return self.bench.say(f"{section}.state_{state}")

    def _notes_of(self, notes: Sequence[Note]) -> str:
        return " ".join(self.bench.say(one.message_id, **one.params) for one in notes)


def cash(amount: Money) -> tuple[Tender, ...]:
    """What is paid in notes; nothing of nothing."""
    return (Tender(TenderKind.CASH, amount),) if amount else ()


def _text(entry: OutboxEntry) -> str:
    return str(entry.answer.get("text", ""))
