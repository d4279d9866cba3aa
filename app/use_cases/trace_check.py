"""What the books know of the boxes in a basket: asked at the scan, and again before any money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.check_context import CheckContext
from app.domain.clock import shop_time
from app.domain.compliance_trace import TRACE_PATTERNS, TRACE_RULES, trace_duplicate, trace_missing
from app.domain.received_states import ReceivedState
from app.domain.sale import Sale, SaleLine
from app.domain.trace import ReceivedCode
from app.domain.trace_facts import NO_TRACE_FACTS, TraceFacts, product_part
from app.errors import PackValueMissing
from app.ports import CodeSold, UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.notes import Note

_SELF_PAID = "self_paid"
_NOT_HERE = (trace_missing, trace_duplicate)
"""Further boxes still come; and a code sold before is told by its sale, with when and receipt."""


@dataclass(frozen=True, slots=True)
class CodeLook:
    """What the books say of one box at the moment it is scanned."""

    sold: CodeSold | None = None
    """The live sale that holds it."""
    notes: tuple[Note, ...] = ()
    """What the rules of trace codes say of it, in their order."""


def look_at_code(doors: Doors, sale: Sale, no: int, code: str) -> CodeLook:
    """One box that was just scanned onto a line; nothing is written.

    :raises NotFound: the line is gone.
    """
    from app.use_cases.checks import check_line, note_of

    line = sale.line(no)
    with doors.uow() as uow:
        sold = uow.codes.where((code,)).get(code)
        if sold is not None and sold.sale_id in (sale.id, sale.replaces):
            sold = None
        facts = _facts(uow, sale, {code: line}, whole=True)
    now = doors.clock.now()
    try:
        policy = doors.policy_on(_SELF_PAID, now)
    except PackValueMissing:
        return CodeLook(sold)
    context = CheckContext(
        settlement=_SELF_PAID,
        at=now,
        policy=policy,
        lines=(replace(check_line(line), trace_codes=(code,)),),
        trace=facts,
    )
    found = [rule(context) for rule in (*TRACE_RULES, *TRACE_PATTERNS) if rule not in _NOT_HERE]
    return CodeLook(sold, tuple(note_of(each) for each in found if each is not None))


def trace_facts(doors: Doors, uow: UnitOfWork, sale: Sale, *, warnings: bool = True) -> TraceFacts:
    """The facts of every box of a basket, inside the caller's unit of work.

    ``warnings``: whether what only warns is wanted too. The remainder of a return was judged when
    it was sold: its boxes are with the customer.
    """
    if sale.replaces:
        return NO_TRACE_FACTS
    holding = {code: line for line in sale.lines for code in line.trace_codes}
    strict = _strict(doors)
    facts = _facts(uow, sale, holding, whole=warnings or strict) if holding else NO_TRACE_FACTS
    first = {code: held for code, held in facts.elsewhere.items()
             if held.comes_before(sale.opened_at, sale.id)}  # fmt: skip
    facts = facts if len(first) == len(facts.elsewhere) else replace(facts, elsewhere=first)
    uncoded, listed = _bare(uow, sale)
    if not uncoded and not listed:
        return facts
    return replace(facts, uncoded=uncoded, listed=listed)


def _strict(doors: Doors) -> bool:
    """Whether a box that no receiving names stops today."""
    now = doors.clock.now()
    try:
        since = doors.policy_on(_SELF_PAID, now).trace.received_check_from
    except PackValueMissing:
        return False  # the rules themselves name what the pack lacks
    return since is not None and shop_time(now).date() >= since


def _facts(
    uow: UnitOfWork, sale: Sale, holding: Mapping[str, SaleLine], *, whole: bool
) -> TraceFacts:
    codes = list(holding)
    received = uow.received.of_codes(codes)
    missing = [code for code in codes if code not in received] if whole else []
    drugs = {holding[code].item.medicine_id for code in missing}
    whole_packs = [code for code in codes if holding[code].quantity.is_whole()]
    return TraceFacts(
        elsewhere=uow.baskets.holding(whole_packs, (sale.id,)),
        left={code: one.state for code, one in received.items() if _left(one)},
        other_drug=frozenset(
            code for code, line in holding.items() if _is_other(uow, line, code, received.get(code))
        ),
        suspect=frozenset(uow.quality.live_of(codes)),
        not_received=frozenset(missing),
        known_drugs=frozenset(uow.received.drugs_with_codes(sorted(drugs))) if drugs else _NONE,
        freed=frozenset(uow.baskets.freed(whole_packs)) if whole else _NONE,
    )


_NONE: frozenset[str] = frozenset()


def _left(one: ReceivedCode) -> bool:
    """A receiving that was put right says nothing of the box: it is as if never received."""
    return not one.on_hand and one.state is not ReceivedState.WITHDRAWN


def _is_other(uow: UnitOfWork, line: SaleLine, code: str, received: ReceivedCode | None) -> bool:
    """Whether the box is of another drug: by its receiving, by what was learned, by the catalogue.

    A product part that nobody knows says nothing.
    """
    drug = line.item.medicine_id
    if received is not None:
        return received.medicine_id != drug
    part = product_part(code)
    if not part or part == line.item.trace_product_code:
        return False
    learned = uow.pack_codes.get(part)
    if learned is not None:
        return learned.medicine_id != drug
    named = uow.medicines.by_trace_product(part)
    return bool(named) and all(each.id != drug for each in named)


def _bare(uow: UnitOfWork, sale: Sale) -> tuple[dict[int, str], frozenset[int]]:
    """Of the lines with fewer codes than packs: recorded reasons, and those on the no-code list."""
    bare = [line for line in sale.lines if is_bare(line)]
    if not bare:
        return {}, frozenset()
    said = {no: reason.value for no, reason in uow.uncoded.of_sale(sale.id).items()}
    wanted = {line.no: [(line.item.medicine_id, batch) for batch in batches_of(line)]
              for line in bare}  # fmt: skip
    listed = uow.uncoded.listed([pair for pairs in wanted.values() for pair in pairs])
    return said, frozenset(no for no, pairs in wanted.items() if listed.issuperset(pairs))


def is_bare(line: SaleLine) -> bool:
    """Whether packs of it still lack their code, and need one."""
    return line.item.bears_code and len(line.trace_codes) < line.quantity.packs()


def batches_of(line: SaleLine) -> Sequence[str]:
    """The batches its packs come from; one empty text where nobody knows."""
    picked = tuple(dict.fromkeys(pick.batch for pick in line.picks))
    return picked or (line.batch,)
