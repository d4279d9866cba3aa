"""Acts behind the counter: receiving, losses, and sending what the outbox holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.recall import LossReason
from app.domain.receiving import Tick, TypedLine
from app.domain.receiving_states import ReceivingState
from app.domain.refusals import REMEDIES, RefusalCause, Remedy, cause_of
from app.domain.stock_held import Found
from app.domain.upload_states import UploadState
from app.errors import IllegalTransition, PlatformError
from app.use_cases.drain_outbox import drain_slice
from app.use_cases.losses import LossLine, losses, post_loss
from app.use_cases.post_receiving import post_receiving
from app.use_cases.receiving import begin, keep_head, keep_lines
from app.use_cases.sign_in import SecondPerson
from app.use_cases.upload_common import may_look
from app.use_cases.upload_look import look_after
from app.use_cases.upload_remedies import remedy, say_again

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.simulation.tills import Program, Till

_TICKS = tuple(each.value for each in Tick)


def receive(till: Till) -> Program:
    """A delivery of one drug, typed line by line and posted whole."""
    drug = till.dice.choice(till.store.sold_here)
    packs = till.dice.randint(5, 40)
    day = shop_time(till.clock.now()).date()
    head = begin(till.doors, till.boss(), till.store.template.supplier_id)
    till.store.notes += 1
    keep_head(
        till.doors,
        replace(head, note_no=f"N{till.store.notes}", invoice_no=f"F{till.store.notes}"),
        till.boss(),
    )
    yield
    line = TypedLine(
        no=0, medicine_id=drug.id, name=drug.display_name, batch=f"LX{till.store.notes}",
        made=f"{day - timedelta(days=90)}", expires=f"{day + timedelta(days=700)}",
        delivered=str(packs), cost="8.50", ticks=_TICKS,
    )  # fmt: skip
    keep_lines(till.doors, head.id, [line], till.boss())
    yield
    ledger = till.store.ledger
    till.store.await_done(
        head.id, till,
        lambda looking: _posted(looking, head.id),
        lambda: ledger.stocked(drug.id, Quantity.of(packs)),
    )  # fmt: skip
    post_receiving(till.doors, head.id, till.boss())
    till.store.happened(head.id)
    till.tell(f"{packs} boxes received")


def _posted(till: Till, head_id: str) -> bool:
    with till.doors.uow() as uow:
        return uow.receivings.get(head_id).state is ReceivingState.POSTED


def lose(till: Till) -> Program:
    """Something broke: one box less, on paper and on the shelf."""
    drug = till.dice.choice(till.store.sold_here)
    with till.doors.uow() as uow:
        lots = uow.lots.stock_of([drug.id])[drug.id]
    free = [one for one in lots if one.on_hand - one.reserved >= Quantity.of(1)]
    if not free:
        return
    yield
    one = till.dice.choice(free)
    line = LossLine(one.lot.id, Quantity.of(1), LossReason.BROKEN)
    till.store.notes += 1
    note, ledger = f"L{till.store.notes}", till.store.ledger
    till.store.await_done(
        note, till,
        lambda looking: _written_off(looking, note),
        lambda: ledger.stocked(drug.id, -Quantity.of(1)),
    )  # fmt: skip
    post_loss(till.doors, till.manager, [line], note, SecondPerson("2001", "200200"))
    till.store.happened(note)
    till.tell("a broken box written off")


def _written_off(till: Till, note: str) -> bool:
    """Whether the list of losses shows the paper."""
    day = timedelta(days=40)
    now = till.clock.now()
    papers = losses(till.doors, now - day, now + day)
    return any(document.note == note for document, _lines in papers)


def drain(till: Till) -> Program:
    """What waits is sent, a load or two."""
    for _load in range(till.dice.randint(1, 3)):
        done = drain_slice(till.lane, till.manager)
        till.store.defect.drained(till)
        till.tell(f"outbox: {done.confirmed} confirmed, {done.refused} refused")
        if done.idle:
            return
        yield


def _asked_after(till: Till, key: str) -> str:
    try:
        return look_after(till.lane, key, till.manager).found.value
    except (PlatformError, IllegalTransition):  # no line, or another till was faster
        return Found.SILENT.value


def _differs_by_day(answer: Mapping[str, object]) -> bool:
    """Whether somebody looked, and both sides agree in everything that moves goods or money."""
    looked = answer.get("looked")
    if cause_of(answer) is not RefusalCause.DIFFERS or not isinstance(looked, dict):
        return False
    return {name for name, _here, _there, same in looked["sides"] if not same} == {"day"}


def say_refused_again(till: Till) -> Program:
    """Rows that stand aside are looked at by a person and sent once more; of what the centre says
    that it has already, it is asked what that is.
    """
    with till.doors.uow() as uow:
        aside = uow.outbox.newest([UploadState.REJECTED], 20)
    for one in aside:
        if cause_of(one.answer) is RefusalCause.KNOWN and may_look(till.doors, one):
            found = _asked_after(till, one.row.key)
            till.tell(f"row {one.row.kind} was asked after: {found}")
            if found != Found.MISSING:
                yield
                continue
        if _differs_by_day(one.answer):
            remedy(till.doors, one.row.key, Remedy.TAKE, till.manager)
            till.tell(f"row {one.row.kind} differs by its day alone: taken as told")
            yield
            continue
        if Remedy.AGAIN not in REMEDIES[cause_of(one.answer)]:
            continue
        say_again(till.doors, one.row.key, till.manager)
        till.tell(f"row {one.row.kind} is said again")
        yield
