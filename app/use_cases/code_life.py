"""The life of one trace code: announced, received, sold, returned, doubted (LN-2.4a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.trace import CodeSale, NoticedCode, ReceivedCode
from app.domain.trace_facts import CodeHeld, product_part
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.quality import CaseView, case_view, drug_name


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One thing that happened to a box."""

    at: datetime
    what: str
    """noticed, received, returned, transferred, destroyed, withdrawn, sold, came_back, suspected,
    or a quality state; tail of a message id."""
    paper: str = ""
    """Number of the document or the receipt."""
    batch: str = ""
    carton: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CodeLife:
    """Everything the books know of one code."""

    code: str = field(repr=False)
    part: str
    """Its product part; empty where it is of another family."""
    drugs: tuple[str, ...]
    """What it is: one name, or several where the trade shares one part; empty = nobody knows."""
    state: str
    """sold, on_hand, in_basket, suspect, returned, transferred, destroyed, withdrawn, noticed,
    came_back or unknown; tail of a message id."""
    steps: tuple[LifeStep, ...]
    """Oldest first."""
    held: CodeHeld | None = None
    cases: tuple[CaseView, ...] = ()


def code_life(doors: Doors, code: str) -> CodeLife:
    """From its announcement to its last sale; a code that nobody knows has an empty life."""
    code = code.strip()
    with doors.uow() as uow:
        received = uow.received.life_of(code)
        sales = uow.baskets.sales_of(code)
        noticed = uow.received.noticed((code,)).get(code)
        held = uow.baskets.holding((code,), ()).get(code)
        cases = tuple(case_view(uow, case) for case in uow.quality.of_code(code))
        steps = [*_noticed(noticed), *(step for one in received for step in _received(uow, one)),
                 *(step for one in sales for step in _sold(one)), *_doubted(cases)]  # fmt: skip
        drugs = _drugs(uow, code, received, noticed)
    state = _state(received, sales, noticed, held, cases)
    steps.sort(key=lambda step: step.at)
    return CodeLife(code, product_part(code), drugs, state, tuple(steps), held, cases)


def _drugs(
    uow: UnitOfWork, code: str, received: list[ReceivedCode], noticed: NoticedCode | None
) -> tuple[str, ...]:
    known = [one.medicine_id for one in received[-1:]]
    part = product_part(code)
    if not known and noticed is not None and noticed.medicine_id:
        known = [noticed.medicine_id]
    if not known and part:
        learned = uow.pack_codes.get(part)
        known = [learned.medicine_id] if learned else []
        known = known or [each.id for each in uow.medicines.by_trace_product(part)]
    return tuple(name for name in (drug_name(uow, one) for one in known) if name)


def _noticed(one: NoticedCode | None) -> list[LifeStep]:
    if one is None:
        return []
    return [LifeStep(one.at, "noticed", batch=one.batch, carton=one.carton)]


def _received(uow: UnitOfWork, one: ReceivedCode) -> list[LifeStep]:
    batch = uow.lots.get(one.lot_id).batch
    steps = []
    if one.received_at is not None:
        paper = _number(uow, one.document_id)
        steps.append(LifeStep(one.received_at, "received", paper, batch, one.carton))
    if one.left_at is not None:
        steps.append(LifeStep(one.left_at, one.state.value, _number(uow, one.left_by), batch))
    return steps


def _number(uow: UnitOfWork, document_id: str) -> str:
    try:
        return uow.documents.get(document_id).number if document_id else ""
    except NotFound:
        return ""


def _sold(one: CodeSale) -> list[LifeStep]:
    what = "sold_piece" if one.split_pack else "sold"
    steps = [LifeStep(one.at, what, one.receipt_no)]
    if one.freed_at is not None:
        steps.append(LifeStep(one.freed_at, "came_back", one.receipt_no))
    return steps


def _doubted(cases: tuple[CaseView, ...]) -> list[LifeStep]:
    steps = [LifeStep(one.case.found_at, "suspected") for one in cases]
    return steps + [
        LifeStep(step.at, f"case_{step.event}") for one in cases for step, _by in one.steps
    ]


def _state(
    received: list[ReceivedCode],
    sales: list[CodeSale],
    noticed: NoticedCode | None,
    held: CodeHeld | None,
    cases: tuple[CaseView, ...],
) -> str:
    """Where the box stands now; what stops it is said before what it otherwise is."""
    if any(one.freed_at is None for one in sales):
        return "sold"
    if any(one.case.live for one in cases):
        return "suspect"
    if held is not None:
        return "in_basket"
    if received and not received[-1].on_hand:
        return received[-1].state.value
    if sales:
        return "came_back"
    if received:
        return "on_hand"
    return "noticed" if noticed is not None else "unknown"
