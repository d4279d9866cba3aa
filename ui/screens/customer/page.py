"""What the customer may see, as one value: never more of a person than a masked name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.display import DARK, Figure, Meaning
from app.domain.masking import mask_name
from app.domain.money import ZERO
from ui.screens.payment.view_model import BUSY, Stage

if TYPE_CHECKING:
    from app.domain.money import Money
    from app.domain.sale import Sale, SaleLine
    from app.use_cases.views import PaymentView, Receipt
    from ui.screens.payment.view_model import PaymentViewModel
    from ui.screens.till.view_model import TillViewModel


class Shows(StrEnum):
    """Which page stands on the customer's side."""

    GREETING = "greeting"
    BASKET = "basket"
    PAY = "pay"
    """What insurance pays and what is left to pay, quoted or settled."""
    DONE = "done"
    FACE = "face"
    """A live check: where to look and turn."""


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One line of the basket."""

    no: int
    name: str
    spec: str
    quantity: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FaceCue:
    """What a customer is asked to do before the camera; nothing of a picture."""

    message_id: str
    arrow: str = ""
    """As it points on a screen that faces them: their left is its left."""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything of one moment."""

    shows: Shows = Shows.GREETING
    name: str = ""
    """Masked; empty = nobody known."""
    lines: tuple[CustomerLine, ...] = ()
    total: Money = ZERO
    insured: bool = False
    """Whether the four parts below are told: by the platform, never by our own estimate."""
    fund: Money = ZERO
    account: Money = ZERO
    mutual_aid: Money = ZERO
    due: Money = ZERO
    """What the customer pays."""
    given: Money = ZERO
    change: Money = ZERO
    wait: bool = False
    """Something is being asked: the customer waits a moment."""
    chosen: CustomerLine | None = None
    price: str = ""
    """Unit price of the line that was scanned last."""
    cue: FaceCue | None = None


EMPTY = CustomerPage()


def customer_page(till: TillViewModel, payment: PaymentViewModel, locked: bool) -> CustomerPage:
    """The page of this moment; ``locked``: nobody is at the till."""
    if payment.stage is Stage.DONE and payment.receipt is not None:
        return _done(payment.receipt)
    if locked or till.sale is None or not till.lines:
        return EMPTY
    shown = _basket(till, till.sale)
    view, draft = payment.view, payment.draft
    paying = payment.stage in (Stage.TENDER, Stage.COMPLETING) and draft is not None
    wait = payment.stage in BUSY
    if view is not None and payment.stage is not Stage.SELLING:
        return _split(shown, view, wait)
    if paying and draft is not None:
        return _with(shown, Shows.PAY, due=draft.due, wait=wait)
    return _with(shown, Shows.BASKET, due=till.sale.total, wait=wait)


def figure_of(page: CustomerPage) -> Figure:
    """What a display of eight digits shows of a page, once it has stood for a moment."""
    if page.shows is Shows.GREETING:
        return DARK
    if page.shows is Shows.DONE:
        if page.given:
            return Figure(Meaning.CHANGE, _plain(page.change))
        return Figure(Meaning.TOTAL, _plain(page.due))
    return Figure(Meaning.TOTAL, _plain(page.due))


def first_figure(before: CustomerPage, page: CustomerPage) -> Figure | None:
    """What it shows for a moment first: the price just scanned, the cash just taken."""
    if page.shows is Shows.BASKET and page.chosen is not None and page.lines != before.lines:
        return Figure(Meaning.PRICE, page.price)
    if page.shows is Shows.DONE and before.shows is not Shows.DONE and page.given:
        return Figure(Meaning.RECEIVED, _plain(page.given))
    return None


def _plain(amount: Money) -> str:
    return str(amount).replace(",", "")


def _basket(till: TillViewModel, sale: Sale) -> CustomerPage:
    lines = tuple(_line(each) for each in till.lines)
    chosen = till.selected_line()
    patient = till.patient
    return CustomerPage(
        name=mask_name(patient.person.name) if patient is not None else "",
        lines=lines,
        total=sale.total,
        chosen=_line(chosen) if chosen else None,
        price=chosen.price.plain() if chosen else "",
    )


def _line(line: SaleLine) -> CustomerLine:
    counted = f"{line.quantity.plain()} {line.item.unit}".strip()
    return CustomerLine(line.no, line.item.name, line.item.spec, counted, line.amount)


def _split(page: CustomerPage, view: PaymentView, wait: bool) -> CustomerPage:
    return CustomerPage(
        Shows.PAY, page.name, page.lines, view.total,
        insured=True, fund=view.fund, account=view.account, mutual_aid=view.mutual_aid,
        due=view.cash_due, wait=wait, chosen=page.chosen, price=page.price,
    )  # fmt: skip


def _with(page: CustomerPage, shows: Shows, *, due: Money, wait: bool) -> CustomerPage:
    return CustomerPage(
        shows, page.name, page.lines, page.total, due=due, wait=wait,
        chosen=page.chosen, price=page.price,
    )  # fmt: skip


def _done(receipt: Receipt) -> CustomerPage:
    from app.domain.money import Money
    from app.domain.sale import TenderKind

    own = (TenderKind.CASH, TenderKind.SCAN_PAY)
    due = Money.total(one.amount for one in receipt.tenders if one.kind in own)
    return CustomerPage(
        Shows.DONE, receipt.patient, total=receipt.total, due=due, given=receipt.given,
        change=receipt.change,
    )  # fmt: skip
