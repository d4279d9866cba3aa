"""用药标签: which lines of a sale can have one, what it says, and how it gets to the printer.

The prescription's directions are never changed at the counter; what is typed stands beside them,
and alone only where there is no prescription.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.masking import mask_name
from app.domain.paper import Paper
from app.domain.print_job import LABELS, Document, PrintJob
from app.domain.print_states import PrintEvent
from app.errors import BadValue, NotFound
from app.use_cases.run_spool import decide, run_spool

if TYPE_CHECKING:
    from app.domain.rx_case import RxCase, RxLine
    from app.domain.sale import Sale, SaleLine
    from app.ports import UnitOfWork
    from app.ports_devices import LabelPrinter
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.spool import Spool

MOST_COPIES = 9
LONGEST_USAGE = 60


@dataclass(frozen=True, slots=True)
class Directions:
    """How a drug is taken, as the prescription says; what it does not say is empty."""

    route: str = ""
    dose: str = ""
    """With its unit."""
    frequency: str = ""
    days: str = ""

    @property
    def known(self) -> bool:
        """Whether anything is said."""
        return bool(self.route or self.dose or self.frequency)


@dataclass(frozen=True, slots=True)
class LabelView:
    """One label, complete as printed; the name is masked already."""

    line_no: int
    name: str
    generic_name: str
    spec: str
    directions: Directions
    typed: str
    patient: str
    on: date
    shop: str
    mark: str
    """Of ShopFacts.mark; empty = a real paper."""
    expiry: date | None = None
    batch: str = ""
    opened: date | None = None
    """When the pack that the pieces are from was opened; None = whole packs (policy 3.4)."""
    again: bool = False


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """The lines of a sale that a label can be made for."""

    sale_id: str
    receipt_no: str
    """Empty while it is not sold yet."""
    lines: tuple[LabelView, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label that somebody asks for."""

    line_no: int
    usage: str = ""
    copies: int = 1


Compose = Callable[[LabelView], Paper]
"""The rows of a label in the words of the shop."""


def label_sheet(doors: Doors, sale_id: str) -> LabelSheet:
    """What can be printed for a sale, or for a basket whose prescription has been picked.

    :raises NotFound: no such sale; :raises BadValue: it is neither.
    """
    with doors.uow() as uow:
        sale, case = _sale(uow, sale_id)
        lines = tuple(_view(doors, uow, sale, case, line, "") for line in sale.lines)
    return LabelSheet(sale.id, sale.receipt_no, lines)


def queue_labels(doors: Doors, sale_id: str, wanted: Sequence[Wanted], operator: Operator) -> int:
    """One job a label; each request is new labels. Answers how many.

    :raises BadValue: nothing to say on one, too long, or too many copies; :raises NotFound:.
    """
    with doors.uow() as uow:
        sale, case = _sale(uow, sale_id)
        for one in wanted:
            _check(sale, case, one)
        again, now = doors.ids.new(), doors.clock.now()
        jobs = [
            PrintJob(
                f"{again}/label/{one.line_no}/{copy}", sale.id, Document.LABEL, copy, now,
                line_no=one.line_no, usage=_tidy(one.usage),
            )
            for one in wanted
            for copy in range(1, one.copies + 1)
        ]  # fmt: skip
        uow.prints.add_new(jobs)
        if jobs:
            entry = {"sale": sale.id, "lines": [one.line_no for one in wanted if one.copies]}
            uow.log.append("label.asked", operator.staff.id, now, entry)
        uow.commit()
    return len(jobs)


def print_labels(doors: Doors, printer: LabelPrinter, compose: Compose) -> Spool:
    """Print the labels that wait; see :func:`app.use_cases.run_spool.run_spool`."""

    def build(uow: UnitOfWork, job: PrintJob) -> Paper:
        sale = uow.sales.get(job.sale_id)
        case = uow.prescriptions.of_sale(sale.id) if sale.prescription else None
        line = sale.line(job.line_no)
        return compose(_view(doors, uow, sale, case, line, job.usage, job.reprint))

    return run_spool(doors, LABELS, build, printer.print)


def decide_labels(doors: Doors, again: bool, operator: Operator) -> int:
    """A person saw whether labels in doubt came out."""
    event, act = PrintEvent.CAME_OUT, "label.let_be"
    if again:
        event, act = PrintEvent.ASKED_AGAIN, "label.printed_again"
    return decide(doors, LABELS, operator, event, act)


def _sale(uow: UnitOfWork, sale_id: str) -> tuple[Sale, RxCase | None]:
    sale = uow.sales.get(sale_id)
    case = uow.prescriptions.of_sale(sale.id) if sale.prescription else None
    # A label on what nobody has picked yet would be stuck on whatever lies at hand.
    if sale.done_at is None and (case is None or case.picked is None):
        raise BadValue(what="sale", why="neither sold nor picked")
    return sale, case


def _check(sale: Sale, case: RxCase | None, one: Wanted) -> None:
    line = sale.line(one.line_no)
    if not 0 <= one.copies <= MOST_COPIES:
        raise BadValue(what="copies", why=f"0 - {MOST_COPIES}")
    if len(one.usage) > LONGEST_USAGE:
        raise BadValue(what="usage", why=str(LONGEST_USAGE))
    if one.copies and not _tidy(one.usage) and not directions_of(case, line).known:
        raise BadValue(what="usage", why="-")


def _tidy(usage: str) -> str:
    return " ".join(usage.split())


def directions_of(case: RxCase | None, line: SaleLine) -> Directions:
    """Of the prescription's line that this one hands out; empty where there is none."""
    found = _rx_line(case, line)
    if found is None:
        return Directions()
    dose = f"{found.dose}{found.dose_unit}" if found.dose else ""
    return Directions(found.route, dose, found.frequency, found.days.removesuffix(".0"))


def _rx_line(case: RxCase | None, line: SaleLine) -> RxLine | None:
    for given in case.given if case is not None else ():
        if given.sale_line_no == line.no and case is not None:
            return case.line(given.line_no)
    return None


def _view(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    case: RxCase | None,
    line: SaleLine,
    typed: str,
    again: bool = False,
) -> LabelView:
    on = shop_time(sale.done_at or doors.clock.now()).date()
    return LabelView(
        line_no=line.no,
        name=line.item.name,
        generic_name=line.item.generic_name,
        spec=line.item.spec,
        directions=directions_of(case, line),
        typed=typed,
        patient=_patient(uow, sale, case),
        on=on,
        shop=doors.shop.shop_name,
        mark=doors.shop.mark,
        expiry=line.expires_on,
        batch=line.batches,
        opened=_opened(doors, uow, sale, line),
        again=again,
    )


def _opened(doors: Doors, uow: UnitOfWork, sale: Sale, line: SaleLine) -> date | None:
    if line.quantity.is_whole():
        return None
    from app.use_cases.split_register import opened_day

    return opened_day(uow, sale, line, doors.clock.now())


def _patient(uow: UnitOfWork, sale: Sale, case: RxCase | None) -> str:
    """Masked, as policy 3.6 wants it on everything printed; whose prescription it is goes first."""
    if case is not None and case.sheet.patient.name:
        return mask_name(case.sheet.patient.name)
    if not sale.person_id:
        return ""
    try:
        return mask_name(uow.persons.get(sale.person_id).person.name)
    except NotFound:
        return ""
