"""The spool: slips become jobs in the books, and jobs become paper, each of them once.

A job is written with the act that owes it (:mod:`app.use_cases.slip_jobs`) and is built from the
books when it is printed. That it goes to the printer is committed before the first byte leaves:
what a crash or a pulled cable interrupts is in doubt then, and never printed again unless a person
asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.money import ZERO
from app.domain.paper import Paper
from app.domain.print_job import REPORTS, SLIPS, Document, PrintJob
from app.domain.print_states import PrintEvent, PrintState
from app.domain.sale_states import SaleState
from app.domain.staff import Right
from app.errors import BadValue
from app.ports import UnitOfWork
from app.ports_devices import ReceiptPrinter
from app.use_cases.doors import Doors, Operator
from app.use_cases.proxy_list import proxy_slip
from app.use_cases.receipt import receipt_in
from app.use_cases.rights import require
from app.use_cases.run_spool import decide, run_spool
from app.use_cases.run_spool import trouble_of as trouble_of
from app.use_cases.slip_jobs import jobs, papers_of_return, papers_of_sale
from app.use_cases.spool import Spool
from app.use_cases.views import Receipt

if TYPE_CHECKING:
    from app.use_cases.shift_report import Report

Compose = Callable[[Receipt, Document, int], Paper]
"""(slip, document, copy) -> the rows in the words of the shop."""

ComposeReport = Callable[["Report"], Paper]
"""The rows of a shift's or a day's report in the words of the shop."""

DRAWER_REASONS = ("change", "count", "mistake", "other")
"""Why a drawer is opened without a sale; codes only, for the log holds no free text."""


def queue_reprint(doors: Doors, sale_id: str, operator: Operator) -> None:
    """The papers of a sale, or of its return, once more and marked 补打; in the log, since a slip
    is worth money.

    :raises NotFound: no such sale; :raises BadValue: it is not done.
    """
    with doors.uow() as uow:
        sale, attempts = uow.sales.get(sale_id), uow.settlements.of_sale(sale_id)
        if sale.done_at is None:
            raise BadValue(what="sale", why="not done")
        undone = sale.state is SaleState.UNDONE
        papers = papers_of_return(attempts) if undone else papers_of_sale(attempts)
        uow.prints.add(jobs(doors, sale_id, papers, ZERO, doors.ids.new()))
        uow.log.append("slip.reprinted", operator.staff.id, doors.clock.now(), {"sale": sale_id})
        uow.commit()


def queue_report(doors: Doors, document: Document, subject: str, operator: Operator) -> None:
    """The paper of a shift or of a closed day once more, marked 补打; in the log.

    :raises NotFound: no such shift or close; :raises BadValue: the shift is still to be counted.
    """
    with doors.uow() as uow:
        if _report(doors, uow, document, subject).blind:
            raise BadValue(what="shift", why="not counted")
        uow.prints.add(jobs(doors, subject, [(document, 1)], ZERO, doors.ids.new()))
        entry = {"document": document.value, "subject": subject}
        uow.log.append("slip.reprinted", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def _report(doors: Doors, uow: UnitOfWork, document: Document, subject: str) -> Report:
    # Loaded by the first report that goes to paper: slips of sales need none of it.
    from app.use_cases.shift_report import day_report_in, shift_report_in

    if document is Document.DAY:
        return day_report_in(doors, uow, subject)
    return shift_report_in(doors, uow, subject)


def take_up_prints(doors: Doors) -> int:
    """At the start: what was at the printer when the till went is in doubt. Answers how many."""
    with doors.uow() as uow:
        broken = uow.prints.in_state(PrintState.PRINTING)
        for job in broken:
            uow.prints.save(job.moved(PrintEvent.BROKE_OFF))
        uow.commit()
    return len(broken)


def print_waiting(
    doors: Doors,
    printer: ReceiptPrinter,
    compose: Compose,
    compose_report: ComposeReport | None = None,
) -> Spool:
    """Print the slips that wait; see :func:`app.use_cases.run_spool.run_spool`."""

    def build(uow: UnitOfWork, job: PrintJob) -> Paper:
        if job.document in REPORTS and compose_report is not None:
            report = _report(doors, uow, job.document, job.sale_id)
            return compose_report(replace(report, reprint=job.reprint))
        sale, attempts = uow.sales.get(job.sale_id), uow.settlements.of_sale(job.sale_id)
        slip = receipt_in(
            doors, uow, sale, attempts, given=job.given, reprint=job.reprint,
            returned=job.document in (Document.RETURN, Document.REFUND),
        )  # fmt: skip
        if job.document is Document.PROXY_LIST:
            slip = replace(slip, proxy=proxy_slip(uow, job))
        return compose(slip, job.document, job.copy)

    return run_spool(doors, SLIPS, build, printer.print)


def print_again(doors: Doors, operator: Operator) -> int:
    """A person saw that papers in doubt did not come out: they wait again, marked 补打."""
    return decide(doors, SLIPS, operator, PrintEvent.ASKED_AGAIN, "slip.printed_again")


def let_be(doors: Doors, operator: Operator) -> int:
    """A person saw that papers in doubt came out, or nobody wants them any more."""
    return decide(doors, SLIPS, operator, PrintEvent.CAME_OUT, "slip.let_be")


def open_drawer(doors: Doors, printer: ReceiptPrinter, operator: Operator, reason: str) -> None:
    """Open the drawer without a sale; on record before it opens.

    :raises NotAllowed: the role may not; :raises BadValue: no reason of the list;
    :raises DeviceError: the drawer cannot be reached (what is on record then is the wish).
    """
    require(doors, operator, Right.OPEN_DRAWER)
    if reason not in DRAWER_REASONS:
        raise BadValue(what="reason", why="not in the list")
    with doors.uow() as uow:
        from app.use_cases.shift import note_opening

        now = doors.clock.now()
        note_opening(doors, uow, operator.staff.id, reason, now)
        uow.log.append("drawer.opened", operator.staff.id, now, {"reason": reason})
        uow.commit()
    printer.kick_drawer()
