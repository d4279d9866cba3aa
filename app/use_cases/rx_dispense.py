"""From the sheet to the basket, and the two signatures on what lies in it: 调配 and 核对.

The sheet is never touched; what staff decide stands beside it. Insurance settles in the
prescription's own unit, the shop counts packs: :mod:`app.domain.rx_match` leads from one to the
other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.catalogue import Medicine
from app.domain.money import Quantity
from app.domain.rx_acts import CHECK_QUESTIONS, act_text
from app.domain.rx_case import Act, Given, RxCase, RxLine, UnmetRequest
from app.domain.rx_match import Mismatch, match_basket, packs_for, same_drug
from app.domain.rx_states import LIVE, RxEvent, RxState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.staff import Right, Staff
from app.errors import BadValue, IllegalTransition, NotAllowed
from app.ports import UnitOfWork
from app.use_cases.basket import item_of, keep_in, price_of
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import refused
from app.use_cases.rx_common import at_centre, log, pharmacist_by_pin, refresh, refuse, snapshot
from app.use_cases.rx_views import Article, Choice, LineChoice
from app.use_cases.sign_in import sign_in

Answers = tuple[tuple[str, bool], ...]
"""Item of :data:`app.domain.rx_acts.CHECK_QUESTIONS` to whether it is in order."""

_FILLABLE = frozenset({RxState.ARRIVED, RxState.PASSING, RxState.PASSED})


def candidates(doors: Doors, case: RxCase) -> tuple[LineChoice, ...]:
    """Per line not yet handed out: the articles of the same generic, form and strength.

    Where the sheet fixes a maker only that maker's. What is in stock comes first, then the very
    product that the sheet names, then the cheaper one.
    """
    lines = [line for line in case.sheet.lines if not line.taken]
    with doors.uow() as uow:
        found = _articles(uow, lines)
        wanted = {article.id for articles in found.values() for article in articles}
        on_hand = uow.stock.on_hand(sorted(wanted))
    return tuple(LineChoice(line, _ranked(line, found[line.no], on_hand)) for line in lines)


def _articles(uow: UnitOfWork, lines: Sequence[RxLine]) -> dict[int, list[Medicine]]:
    """One question to the catalogue for all lines of the sheet."""
    names = [line.generic_name for line in lines]
    alike = uow.medicines.alike(names, [line.national_code for line in lines])
    priced = [medicine for medicine in alike if medicine.price is not None]
    return {line.no: [one for one in priced if same_drug(line, one)] for line in lines}


def _ranked(
    line: RxLine, medicines: Iterable[Medicine], on_hand: dict[str, Quantity]
) -> tuple[Article, ...]:
    articles = [
        Article(medicine, on_hand.get(medicine.id, Quantity(0)), packs, exact)
        for medicine in medicines
        if (packs := packs_for(line, line.quantity, medicine)) is not None
        for exact in [bool(line.national_code) and line.national_code == medicine.national_code]
    ]
    return tuple(sorted(articles, key=_rank))


def _rank(article: Article) -> tuple[bool, bool, int, str]:
    price = article.medicine.price
    return not article.enough, not article.exact, price.micro if price else 0, article.medicine.id


def fill_basket(
    doors: Doors, sale: Sale, case_id: str, choices: Sequence[Choice], operator: Operator
) -> Sale:
    """The basket with what was chosen for each line, and the prescription on it; kept at once.

    A choice without a quantity hands out all of its line. A line that nothing was chosen for, or
    whose article is short, goes to the list of unmet requests (EZ-6).
    :raises BadValue: a choice is not of this sheet, another drug, or more than was prescribed;
    :raises RuleBroken: RX_ONE_A_SALE: the basket has another prescription, or the prescription
        another basket; :raises IllegalTransition: it is no longer to be filled.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        if case.state not in _FILLABLE:
            raise IllegalTransition(machine="prescription", state=case.state, event="fill")
        _require_free(uow, case, sale.id)
        filled = replace(sale)
        _empty(case, filled)
        unmet: list[UnmetRequest] = []
        given = tuple(_fill_one(doors, uow, case, filled, one, unmet) for one in choices)
        _require_within(case, given)
        chosen = {one.line_no for one in choices}
        for line in case.sheet.lines:
            if not line.taken and line.no not in chosen:
                unmet.append(_unmet(doors, case, line, line.quantity, "unstocked"))
        case.given = given
        _assign(doors, uow, case, filled)
        uow.unmet.add(unmet)
        log(doors, uow, case, "filled", operator.staff.id, lines=len(given), unmet=len(unmet))
        uow.commit()
    return filled


def _empty(case: RxCase, sale: Sale) -> None:
    """Filled once already: those lines go out first, the choice is made anew."""
    for no in {one.sale_line_no for one in case.given if case.sale_id == sale.id}:
        if any(row.no == no for row in sale.lines):
            sale.remove(no)


def assign(doors: Doors, sale: Sale, case_id: str, operator: Operator) -> Sale:
    """The prescription covers this basket as it lies there; its boxes are matched when picked.

    :raises RuleBroken: RX_ONE_A_SALE; :raises IllegalTransition: nobody waits for it any more.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        if case.state not in LIVE:
            raise IllegalTransition(machine="prescription", state=case.state, event="assign")
        _require_free(uow, case, sale.id)
        covered = replace(sale)
        _assign(doors, uow, case, covered)
        log(doors, uow, case, "assigned", operator.staff.id)
        uow.commit()
    return covered


def _require_free(uow: UnitOfWork, case: RxCase, sale_id: str) -> None:
    other = uow.prescriptions.of_sale(sale_id)
    taken = other is not None and other.id != case.id and other.state in LIVE
    if taken or case.sale_id not in ("", sale_id):
        raise refuse("rx_one_a_sale", severity="warn")


def _assign(doors: Doors, uow: UnitOfWork, case: RxCase, sale: Sale) -> None:
    """The case belongs to the sale, and the sale carries today's snapshot of it."""
    case.sale_id = sale.id
    uow.prescriptions.save(case)
    sale.prescription = snapshot(case, uow.prescriptions.file(case.id))
    sale.person_id = sale.person_id or case.person_id
    keep_in(doors, uow, sale)


def _fill_one(
    doors: Doors,
    uow: UnitOfWork,
    case: RxCase,
    sale: Sale,
    choice: Choice,
    unmet: list[UnmetRequest],
) -> Given:
    line = case.line(choice.line_no)
    if line is None or line.taken:
        raise BadValue(what="prescription line", why="not to be handed out")
    medicine = uow.medicines.get(choice.medicine_id)
    if not same_drug(line, medicine):
        raise BadValue(what="article", why="not the drug of the line")
    quantity = line.quantity if choice.quantity is None else choice.quantity
    packs = packs_for(line, quantity, medicine) if quantity > Quantity(0) else None
    if not packs:
        raise BadValue(what="quantity", why="not to be told in packs of the article")
    on_hand = uow.stock.on_hand([medicine.id])[medicine.id]
    if on_hand < packs:
        unmet.append(_unmet(doors, case, line, quantity, "short" if on_hand else "unstocked"))
    elif _is_short(line, quantity, medicine, on_hand):
        unmet.append(_unmet(doors, case, line, line.quantity - quantity, "short"))
    row = sale.add(item_of(medicine), price_of(medicine), packs)
    return Given(line.no, medicine.id, quantity, row.no)


def _is_short(line: RxLine, quantity: Quantity, medicine: Medicine, on_hand: Quantity) -> bool:
    """Whether less is handed out than prescribed, and the shelf is why (SJZ-2.1)."""
    whole = packs_for(line, line.quantity, medicine)
    return quantity < line.quantity and whole is not None and on_hand < whole


def _require_within(case: RxCase, given: Sequence[Given]) -> None:
    for line in case.sheet.lines:
        handed = sum(one.quantity.ten_thousandths for one in given if one.line_no == line.no)
        if handed > line.quantity.ten_thousandths:
            raise BadValue(what="quantity", why="more than prescribed")


def _unmet(doors: Doors, case: RxCase, line: RxLine, quantity: Quantity, why: str) -> UnmetRequest:
    return UnmetRequest(
        id=doors.ids.new(),
        at=doors.clock.now(),
        name=line.generic_name,
        spec=line.spec,
        form=line.form,
        national_code=line.national_code,
        quantity=quantity,
        unit=line.unit,
        why=why,
        case_id=case.id,
    )


# --- the two signatures ------------------------------------------------------------------------


def pick(doors: Doors, case_id: str, sale: Sale, number: str, pin: str) -> RxCase:
    """调配: who took the boxes signs for them; they are the prescription's, and nothing more.

    :raises RuleBroken: RX_BASKET_DIFFERS; :raises IllegalTransition: not passed, or another sale;
    :raises NotAllowed, SignInRefused, LockedOut: of who signs.
    """
    staff = sign_in(doors, number, pin).staff
    if not staff.may(Right.SELL):
        refused(doors, staff.id, Right.SELL)
        raise NotAllowed(act="pick")
    return sign_act(doors, case_id, sale, staff, "pick", "")


def check(
    doors: Doors,
    case_id: str,
    sale: Sale,
    number: str,
    pin: str,
    guidance: str,
    answers: Answers,
) -> RxCase:
    """核对发药: a pharmacist compares boxes and sheet once more, says how to use them, and signs.

    ``answers``: each of ``CHECK_QUESTIONS`` once, with whether it is in order.
    :raises BadValue: one is missing or not in order: then nothing is handed out (SJZ-A.3);
    :raises RuleBroken: RX_BASKET_DIFFERS; :raises IllegalTransition: not picked, or another sale;
    :raises NotAllowed, SignInRefused, LockedOut: as for a review.
    """
    staff = pharmacist_by_pin(doors, number, pin)
    if sorted(item for item, _ in answers) != sorted(CHECK_QUESTIONS):
        raise BadValue(what="check answers", why="all five items, each once")
    if not all(fine for _, fine in answers):
        raise BadValue(what="check answers", why="an item is not in order")
    return sign_act(doors, case_id, sale, staff, "check", guidance, answers)


def sign_act(
    doors: Doors,
    case_id: str,
    sale: Sale,
    staff: Staff,
    name: str,
    note: str,
    answers: Answers = (),
) -> RxCase:
    """One of the two signatures, by a member of staff who has proved himself.

    A key of a certificate authority may take seconds: it signs while no transaction is open, and
    what it signed counts only if it is still what lies there.
    """
    with doors.uow() as uow:
        case, given = _to_be_signed(uow, case_id, sale, name)
    bare = Act(staff.id, doors.clock.now(), note, answers=answers)
    signature = doors.signer.sign(staff.id, act_text(case, name, bare, given))
    signed = replace(bare, signature=signature)
    with doors.uow() as uow:
        case, now_given = _to_be_signed(uow, case_id, sale, name)
        if now_given != given:
            raise refuse("rx_basket_changed", severity="warn")
        case.given = given
        if name == "pick":
            case.picked, case.checked = signed, None
        else:
            case.checked = signed
        uow.prescriptions.save(case)
        log(doors, uow, case, case.state.value, staff.id, lines=len(given))
        uow.commit()
    return case


def _to_be_signed(
    uow: UnitOfWork, case_id: str, sale: Sale, name: str
) -> tuple[RxCase, tuple[Given, ...]]:
    """The case one step on, and what the basket hands out on it; nothing is stored yet."""
    case = uow.prescriptions.get(case_id)
    if case.sale_id != sale.id:
        raise IllegalTransition(machine="prescription", state=case.state, event=name)
    given = matched(uow, case, sale)
    if name == "check" and case.state is RxState.PICKED and given != case.given:
        raise refuse("rx_basket_changed", severity="warn")
    case.move(RxEvent.PICKED if name == "pick" else RxEvent.CHECKED)
    return case, given


def matched(uow: UnitOfWork, case: RxCase, sale: Sale) -> tuple[Given, ...]:
    """What the basket hands out on the sheet: drug, form, strength, no more than prescribed.

    :raises RuleBroken: RX_BASKET_DIFFERS with the first line that is not so.
    """
    given, wrong = _match(uow, case, sale)
    if wrong:
        first = wrong[0]
        raise refuse(f"rx_basket_{first.why}", drug=first.name)
    if not given:
        raise refuse("rx_basket_empty")
    return given


def _match(
    uow: UnitOfWork, case: RxCase, sale: Sale
) -> tuple[tuple[Given, ...], tuple[Mismatch, ...]]:
    medicines = uow.medicines.many([line.item.medicine_id for line in sale.lines])
    return match_basket(case, sale, medicines)


def reopen(doors: Doors, case_id: str, operator: Operator) -> RxCase:
    """Boxes are taken anew after picking or checking: both signatures are void, the pass holds.

    :raises IllegalTransition: neither picked nor checked, or reported already.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        _reopen(doors, uow, case, operator)
        uow.commit()
    return case


def _reopen(doors: Doors, uow: UnitOfWork, case: RxCase, operator: Operator) -> None:
    case.move(RxEvent.REOPENED)
    case.picked = case.checked = None
    uow.prescriptions.save(case)
    log(doors, uow, case, "reopened", operator.staff.id)


def reopen_if_changed(doors: Doors, case_id: str, sale: Sale, operator: Operator) -> RxCase:
    """The basket may have changed after 调配 or 核对 was signed: then both signatures are void.

    They are void where something else is handed out on a prescription that a centre holds, since
    it would be told of what nobody compared. What lies beside it changes nothing, and a basket that
    is being paid is settled, or given back, as it was signed.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        signed = case.state in (RxState.PICKED, RxState.CHECKED) and case.sale_id == sale.id
        if not signed or uow.sales.get(sale.id).state is not SaleState.OPEN:
            return case
        if at_centre(case) and _match(uow, case, sale)[0] != case.given:
            _reopen(doors, uow, case, operator)
            uow.commit()
    return case


def drop(doors: Doors, sale: Sale, operator: Operator) -> Sale:
    """The basket goes on without its prescription, which waits for another basket.

    Lines that were filled from it go out of the basket. What must be given back for good is
    :func:`app.use_cases.rx_report.undo` with ``leaving``.
    :raises IllegalTransition: it is reported or used already.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale.id)
        changed = replace(sale, prescription=None)
        if case is not None and case.state is not RxState.USED:
            _empty(case, changed)
        if case is not None and case.state in LIVE:
            if case.state in (RxState.REPORTING, RxState.REPORTED, RxState.UNDOING):
                raise IllegalTransition(machine="prescription", state=case.state, event="drop")
            case.sale_id, case.given = "", ()
            if case.state in (RxState.PICKED, RxState.CHECKED):
                case.move(RxEvent.REOPENED)
                case.picked = case.checked = None
            uow.prescriptions.save(case)
            log(doors, uow, case, "dropped", operator.staff.id)
        keep_in(doors, uow, changed)
        uow.commit()
    return changed


def current(doors: Doors, sale: Sale) -> tuple[Sale, RxCase | None]:
    """The basket with today's snapshot of its prescription, and the case: for the screens."""
    with doors.uow() as uow:
        shown = replace(sale)
        case = refresh(uow, shown)
    return shown, case


def needs_signatures(case: RxCase) -> bool:
    """Whether boxes must still be picked and checked before it can be paid."""
    return case.state in (RxState.PASSED, RxState.PICKED) or (
        case.state is RxState.CHECKED and at_centre(case) and case.checked is None
    )
