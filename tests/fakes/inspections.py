"""A day of a practice shop that an inspection finds something in, and a pack made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.domain.clock import shop_time
from app.domain.inspection import Scope
from app.domain.purchase_still import StillDraft, StillGap
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.staff import Role
from app.use_cases.basket import keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.inspection import Wish, scope_of
from app.use_cases.inspection_pack import PackTally, PackWish, make_pack
from app.use_cases.payment import payment
from app.use_cases.post_receiving import post_receiving
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from app.vault.pack_folder import Packs
from tests.fakes.practice_till import PracticeTill, cash
from tests.fakes.supply import a_line, a_receiving, a_supplier, manager
from ui.inspection_print import PackPdf
from ui.words import say

SAY: Callable[..., str] = partial(say)
PURPOSE = "练习检查：医保局飞行检查"


def keeper(till: PracticeTill) -> Operator:
    """A manager who signed in, as the books know them."""
    with till.doors.uow() as uow:
        known = uow.staff.by_number("3001")
    if known is None:
        add_staff(till.doors, "3001", "练习·陈店长", Role.MANAGER, "300300", by="practice")
        add_staff(till.doors, "3002", "练习·林店长", Role.MANAGER, "300301", by="practice")
    return sign_in(till.doors, "3001", "300300")


SECOND = SecondPerson("3002", "300301")


def a_day(till: PracticeTill) -> dict[str, Sale]:
    """Four sales: insured by special disease, insured with goods received here, cash, returned."""
    keeper(till)
    return {
        "received": _received(till),
        "special": _special(till),
        "cash": _cash(till),
        "returned": _returned(till),
    }


def _pay(till: PracticeTill, sale: Sale, still: StillDraft | None = None) -> None:
    due = payment(till.doors, sale.id).cash_due
    till.clock.advance(30)
    complete_sale(till.doors, sale.id, cash(due), due, till.operator, still)


def _received(till: PracticeTill) -> Sale:
    """Goods of a supplier, received with a code that is sold; the first drug of the sale."""
    drug = till.find(insurance_class="A", sale_class="rx")
    code = f"{drug.trace_product_code}0000000000999"
    supplier = a_supplier(till, drug)
    kept = a_receiving(till, supplier, a_line(drug, "5", (code,)))
    post_receiving(till.doors, kept.id, manager(till))
    sale = till.basket((drug, 1), traced=False)
    line = sale.lines[0]
    sale.replace_line(replace(line, trace_codes=(code,)))
    keep_basket(till.doors, sale)
    sale = till.prescribe(sale)
    patient = till.patient("active_met")
    till.quote(sale, patient)
    till.settle(sale, patient)
    _pay(till, sale)
    return sale


def _special(till: PracticeTill) -> Sale:
    sale = till.prescribe(till.basket((till.medicine("P0011"), 1)))
    patient = replace(till.patient("chronic"), disease_code="M03900")
    till.quote(sale, patient)
    till.settle(sale, patient)
    _pay(till, sale, StillDraft(gap=StillGap.CAMERA_GONE))
    return sale


def _cash(till: PracticeTill) -> Sale:
    sale = till.basket((till.find(sale_class="otc_a"), 2))
    till.clock.advance(20)
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    return sale


def _returned(till: PracticeTill) -> Sale:
    sale = _cash(till)
    everything = {line.no: line.quantity for line in sale.lines}
    codes = tuple(code for line in sale.lines for code in line.trace_codes)
    boss = manager(till)
    view = quote_return(till.doors, sale.id, everything, codes, ReturnReason.QUALITY, boss, None)
    run_return(till.doors, view.return_id, boss, None, lambda _: None)
    return sale


def whole_day(till: PracticeTill, **narrowed: str) -> Scope:
    """Everything of the clock's day, up to this moment."""
    till.clock.advance(1)
    day = shop_time(till.clock.now()).date()
    return scope_of(till.doors, Wish(day, day, **narrowed))


def a_pack(till: PracticeTill, out: Path, *, whole: bool = False, **narrowed: str) -> PackTally:
    """A pack of the whole day in the folder ``out``; what its maker said last."""
    wish = PackWish(whole_day(till, **narrowed), PURPOSE, str(out), named=True, whole=whole)
    paper = PackPdf("练习药店", "practice", SAY)
    second = SECOND if whole else None
    maker = Packs(out.parent)
    *_, last = make_pack(till.doors, wish, keeper(till), second, maker, paper, SAY)
    return last
