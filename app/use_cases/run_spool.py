"""One pass of a spool: what waits for one printer goes to it, each paper once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.domain.paper import Paper, PrintEnd, PrintResult
from app.domain.print_states import PrintEvent, PrintState
from app.errors import DeviceError, DeviceFailed, NotFound
from app.use_cases.spool import Spool

if TYPE_CHECKING:
    from app.domain.print_job import Document, PrintJob
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

Build = Callable[["UnitOfWork", "PrintJob"], Paper]
"""The paper of a job from the books as they are now."""
Send = Callable[[Paper], PrintResult]
""":raises DeviceError: nothing of it has left."""


def run_spool(doors: Doors, documents: frozenset[Document], build: Build, send: Send) -> Spool:
    """Print what waits, in order, until nothing does or the printer cannot.

    Never raises for the device: its trouble is part of the answer. One thread at a time.
    """
    printed, near_end, trouble = 0, False, ""
    while (found := _next(doors, documents, build)) is not None:
        # Built before it is started: books that cannot be read leave the job where it was.
        job = _move(doors, found[0], PrintEvent.STARTED)
        try:
            result = send(found[1])
        except DeviceError as error:
            _move(doors, job, PrintEvent.HELD_BACK)
            trouble = trouble_of(error)
            break
        near_end, unsure = result.near_end, result.end is PrintEnd.UNSURE
        _move(doors, job, PrintEvent.BROKE_OFF if unsure else PrintEvent.CAME_OUT)
        printed += not unsure
        if unsure:
            trouble = result.trouble
            break
    waiting, unsure_jobs = _counts(doors, documents)
    return Spool(printed, waiting, unsure_jobs, trouble, near_end)


def decide(
    doors: Doors, documents: frozenset[Document], operator: Operator, event: PrintEvent, act: str
) -> int:
    """What a person saw of the papers in doubt; logged as ``act``. How many there were."""
    with doors.uow() as uow:
        jobs = [one for one in uow.prints.in_state(PrintState.UNSURE) if one.document in documents]
        for job in jobs:
            uow.prints.save(job.moved(event))
        if jobs:
            entry = {"jobs": [job.id for job in jobs]}
            uow.log.append(act, operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return len(jobs)


def trouble_of(error: DeviceError) -> str:
    """The message id that says why a device cannot."""
    return str(error.params["why"]) if isinstance(error, DeviceFailed) else error.message_id


def _next(
    doors: Doors, documents: frozenset[Document], build: Build
) -> tuple[PrintJob, Paper] | None:
    """The first that waits, built; what it was about may be gone, and then it is dropped."""
    found, gone = None, 0
    with doors.uow() as uow:
        for job in uow.prints.in_state(PrintState.WAITING):
            if job.document not in documents:
                continue
            try:
                found = (job, build(uow, job))
                break
            except NotFound:
                # The line of a label was taken out of its basket: nobody can print it any more,
                # and it may hold up none of those behind it.
                uow.prints.save(job.moved(PrintEvent.DROPPED))
                uow.log.append("print.dropped", "system", doors.clock.now(), {"job": job.id})
                gone += 1
        if gone:
            uow.commit()
    return found


def _move(doors: Doors, job: PrintJob, event: PrintEvent) -> PrintJob:
    moved = job.moved(event)
    with doors.uow() as uow:
        uow.prints.save(moved)
        uow.commit()
    return moved


def _counts(doors: Doors, documents: frozenset[Document]) -> tuple[int, int]:
    with doors.uow() as uow:
        found = uow.prints.in_state(PrintState.WAITING, PrintState.UNSURE)
    jobs = [one for one in found if one.document in documents]
    unsure = sum(job.state is PrintState.UNSURE for job in jobs)
    return len(jobs) - unsure, unsure
