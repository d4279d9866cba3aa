"""What a difference is: our books and the platform's own questions (5203, 5204) decide.

The file of 3202 says that a row differs and not always how; both ids are known, so the platform is
asked. What it does not answer stays *unclear* and is asked again with the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from app.domain.insurance import (
    Answer,
    AskSettlement,
    Credential,
    CredentialKind,
    InsuranceRow,
    Insured,
    InsuredPerson,
    Outcome,
    SettlementFound,
)
from app.domain.money import ZERO, Money
from app.domain.portal import ConnectionMode
from app.domain.settlement import Settlement
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.domain.statement import (
    Cause,
    Difference,
    Figures,
    GroupResult,
    GroupTold,
    ItemDifference,
    OwnRow,
)
from app.domain.statement_calls import AskFeeLines, FeeLineTold
from app.domain.statement_compare import Matched, Paired, Told, is_twin
from app.use_cases.basket_calls import insured_again
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import first_sentence, leg_for, run_leg
from app.use_cases.reconcile_rows import figures_of


@dataclass(frozen=True, slots=True)
class Look:
    """What is left of a day to be looked at."""

    day: date
    matched: Matched
    groups: tuple[GroupTold, ...]
    own: tuple[OwnRow, ...]


def look_at(doors: Doors, operator: Operator, look: Look) -> list[Difference]:
    """Every difference of the day with its cause; asks the platform, keeps nothing."""
    found = [_of_pair(doors, operator, look.day, pair) for pair in look.matched.pairs]
    strangers = list(look.matched.strangers)
    for row in look.matched.suspects:
        one = _of_suspect(doors, operator, look.day, row)
        if one is not None:
            found.append(_with_twin(one, row, strangers))
            _drop_portal_line(doors, one, row, strangers)
    standing = {
        one.settlement_id for one in found
        if one.cause is Cause.STANDING_THERE and one.settlement_id
    }  # fmt: skip
    found = [one for one in found if not (one.negative and one.settlement_id in standing)]
    known = {one.twin_msgid for one in found if one.twin_msgid}
    for told in strangers:
        if told.row.msgid not in known:
            made = _of_stranger(doors, look, told)
            found += [made] if made is not None else []
    return found


def _with_twin(one: Difference, row: OwnRow, strangers: list[Told]) -> Difference:
    """A refund that the portal made: its negative row belongs to the same matter."""
    if one.cause is not Cause.CANCELLED_THERE:
        return one
    twin = next((told for told in strangers if is_twin(row, told.row)), None)
    return replace(one, twin_msgid=twin.row.msgid) if twin is not None else one


def _drop_portal_line(doors: Doors, one: Difference, row: OwnRow, strangers: list[Told]) -> None:
    """The centre's line of what was keyed in bears the portal's message, which nobody here knows:
    it is the same matter, and adopted it would count twice."""
    there = one.there
    if there is None or not row.settlement_id or not strangers:
        return
    with doors.uow() as uow:
        if uow.settlements.get(row.settlement_id).mode is not ConnectionMode.PORTAL:
            return
    for told in strangers:
        figures = told.row.figures
        if figures is not None and told.row.psn_no == row.psn_no and figures.same(there):
            strangers.remove(told)
            return


def _base(doors: Doors, day: date, row: OwnRow, cause: Cause) -> Difference:
    return Difference(
        id=doors.ids.new(),
        day=day,
        cause=cause,
        group=row.group,
        msgid=row.msgid,
        negative=row.negative,
        here=row.figures,
        settlement_id=row.settlement_id,
        sale_id=row.sale_id,
        setl_id=row.setl_id,
        mdtrt_id=row.mdtrt_id,
        psn_no=row.psn_no,
    )


def _of_pair(doors: Doors, operator: Operator, day: date, pair: Paired) -> Difference:
    told = pair.told.row
    one = _base(doors, day, pair.own, pair.cause)
    one = replace(one, there=told.figures, memo=told.memo, twin_msgid=pair.twin_msgid)
    if pair.cause is Cause.AMOUNTS:
        return replace(one, items=items_of(doors, operator, pair.own))
    return one


# --- lines of ours --------------------------------------------------------------------------------


def _of_suspect(doors: Doors, operator: Operator, day: date, row: OwnRow) -> Difference | None:
    """By 5203; None where the platform's books hold it just as ours do and the file said so too."""
    one = _base(doors, day, row, Cause.ONLY_HERE)
    if not row.can_be_filed:
        return one  # a row of the centre's own making: it would have been listed
    insured = insured_for(doors, row)
    call = AskSettlement(insured, row.setl_id, row.mdtrt_id)
    answer = run_leg(doors, leg_for(call, insured, row.settlement_id), operator)
    one = replace(one, memo=first_sentence(answer.text))
    if answer.outcome is Outcome.REFUSED:
        return one
    if answer.outcome is not Outcome.SUCCESS:
        return replace(one, cause=Cause.UNCLEAR)
    return _by_books(doors, operator, row, one, answer)


def _by_books(
    doors: Doors, operator: Operator, row: OwnRow, one: Difference, answer: Answer
) -> Difference:
    found = cast("SettlementFound", answer.value)
    there = figures_of(found.settled.split) if found.settled is not None else None
    one = replace(one, there=there, memo="")
    if found.refunded != row.group.refunded:
        here = row.group.refunded
        return replace(one, cause=Cause.STANDING_THERE if here else Cause.CANCELLED_THERE)
    if there is not None and not there.same(row.figures):
        return replace(one, cause=Cause.AMOUNTS, items=items_of(doors, operator, row))
    return replace(one, cause=Cause.UNCLEAR)


def insured_for(doors: Doors, row: OwnRow) -> Insured:
    """The person of a line, as far as a question by ids needs them."""
    if row.settlement_id:
        with doors.uow() as uow:
            one = uow.settlements.get(row.settlement_id)
            return insured_again(uow.persons.get(one.person_id), one)
    return insured_by_number(row.psn_no, row.group.insutype, doors.profile.division)


def insured_by_number(psn_no: str, insutype: str, area: str) -> Insured:
    """Somebody of whom only the centre's file tells; insured here, for all that is known."""
    return Insured(
        InsuredPerson(psn_no, ""),
        InsuranceRow(insutype, "", "1", area, ZERO),
        Credential(CredentialKind.ID_CARD, ""),
    )


# --- the third level: items -----------------------------------------------------------------------


def items_of(doors: Doors, operator: Operator, row: OwnRow) -> tuple[ItemDifference, ...]:
    """Fee lines that differ, by 5204; empty where it does not answer, or all of them agree."""
    if not row.settlement_id or not row.can_be_filed or row.negative:
        return ()
    insured = insured_for(doors, row)
    call = AskFeeLines(insured, row.setl_id, row.mdtrt_id)
    answer = run_leg(doors, leg_for(call, insured, row.settlement_id), operator)
    if answer.outcome is not Outcome.SUCCESS or not isinstance(answer.value, tuple):
        return ()
    with doors.uow() as uow:
        one = uow.settlements.get(row.settlement_id)
        sale = uow.sales.get(one.sale_id)
    lines = [sale.line(no) for no in one.line_nos]
    here = {f"{line.no}": (line.item.name, line.amount) for line in lines}
    return tuple(_item_differences(here, cast("tuple[FeeLineTold, ...]", answer.value)))


def _item_differences(
    here: dict[str, tuple[str, Money]], told: tuple[FeeLineTold, ...]
) -> Iterator[ItemDifference]:
    there = {one.serial: one for one in told}
    for serial, (name, amount) in here.items():
        other = there.pop(serial, None)
        if other is None or other.amount != amount:
            yield ItemDifference(serial, name, amount, other.amount if other else None)
    for serial, other in there.items():
        yield ItemDifference(serial, other.name, None, other.amount)


# --- rows of the centre's -------------------------------------------------------------------------


def _of_stranger(doors: Doors, look: Look, told: Told) -> Difference | None:
    row = told.row
    with doors.uow() as uow:
        known = uow.reconciliations.of_message(row.msgid)
        corrected = uow.reconciliations.corrections_of([row.msgid])
    if any(one.negative == row.negative for one in corrected):
        return None  # adopted for another day, or the cancel of a line treated as cancelled
    cause = Cause.ONLY_THERE if known is None else _cause(known, row.msgid, row.figures)
    if cause is None:
        return None
    return Difference(
        id=doors.ids.new(),
        day=look.day,
        cause=cause,
        group=told.group(_insutype(look, told, known)),
        msgid=row.msgid,
        negative=row.negative,
        there=row.figures,
        settlement_id=known.id if known is not None else "",
        sale_id=known.sale_id if known is not None else "",
        psn_no=row.psn_no,
        memo=row.memo,
    )


def _cause(known: Settlement, msgid: str, there: Figures | None) -> Cause | None:
    """The message is ours, yet it is no line of ours: why."""
    if known.state in UNRESOLVED:
        return Cause.UNDECIDED_HERE
    cancel = msgid == known.cancel_msgid and msgid != known.settle_msgid
    if cancel:
        # Refused here, carried out there; where it counts here too, it is but another day's line.
        return None if known.state is SettlementState.CANCELLED else Cause.ONLY_THERE
    if known.state in (SettlementState.SETTLED, SettlementState.CANCELLED):
        here = figures_of(known.answer.split) if known.answer is not None else None
        alike = here is None or there is None or there.same(here)
        return None if alike else Cause.UNCLEAR
    return Cause.ENDED_HERE


def _insutype(look: Look, told: Told, known: Settlement | None) -> str:
    """The file names none: ours, else a person's of the day, else the group that is not level."""
    if known is not None:
        return known.insurance_row.partition("|")[0]
    for row in look.own:
        if row.psn_no == told.row.psn_no:
            return row.group.insutype
    unlevel = [
        one.key.insutype
        for one in look.groups
        if one.result is GroupResult.DIFFERS
        and (one.key.agency, one.key.clr_type) == (told.agency, told.clr_type)
        and one.key.refunded == told.row.refunded
    ]
    return unlevel[0] if unlevel else next(iter(look.groups)).key.insutype
