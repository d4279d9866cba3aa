"""GSP 记录自查: each record of the quality system, and by name what is missing (HY-1.1.2)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.admission import Verdict
from app.domain.evidence import EvidenceKind
from app.domain.gsp import PAGES, GspItem, GspRecord
from app.domain.lot_states import LotEvent
from app.domain.money import Quantity
from app.domain.papers import PaperKind
from app.domain.staff_licence import LicenceKind
from app.errors import BadValue, NotAllowed
from app.use_cases.admission import answer, assess
from app.use_cases.basket import keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.goods_files import attach_file
from app.use_cases.gsp_checklist import gsp_checklist
from app.use_cases.people_page import add_licence
from app.use_cases.post_receiving import post_receiving
from app.use_cases.split_register import keep_box, split_register
from app.use_cases.store_papers import NewPaper, add_paper
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import a_manager
from tests.fakes.supply import a_line, a_receiving, a_supplier, manager

RULE = pytest.mark.rule("HY-1.1.2")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-430421")


def listed(till: PracticeTill) -> dict[GspRecord, GspItem]:
    return {one.record: one for one in gsp_checklist(till.doors, manager(till))}


def told(till: PracticeTill, record: GspRecord) -> tuple[Verdict, tuple[str, ...]]:
    one = listed(till)[record]
    return one.verdict, one.missing


@RULE
def test_goods_name_the_supplier_the_paper_and_the_batch_that_is_lacking(till, tmp_path):
    assert set(listed(till)) == set(GspRecord) == set(PAGES)
    drug = till.find(sale_class="otc_b", cold_chain=False)
    supplier = a_supplier(till, drug)
    head = a_receiving(till, supplier, a_line(drug, "2"))
    number = post_receiving(till.doors, head.id, manager(till)).document.number
    assert told(till, GspRecord.RECEIVING) == (Verdict.LACKING, (number,))
    note = tmp_path / "note.pdf"
    note.write_bytes(b"%PDF-1.4 practice")
    attach_file(till.doors, head.id, EvidenceKind.DELIVERY_NOTE, note, manager(till))
    assert told(till, GspRecord.RECEIVING) == (Verdict.MET, ())

    with till.doors.uow() as uow:
        (lot,) = uow.lots.of_document(head.id)
        uow.lots.save(lot.step(LotEvent.QUARANTINED, "practice"))
        uow.commit()
    name = f"{drug.display_name} LX2611"
    assert told(till, GspRecord.QUARANTINE) == (Verdict.LACKING, (name,))
    with till.doors.uow() as uow:
        (lot,) = uow.lots.of_document(head.id)
        uow.lots.save(lot.step(LotEvent.ACCEPTED))
        uow.commit()
    assert told(till, GspRecord.QUARANTINE) == (Verdict.MET, ())

    assert told(till, GspRecord.SUPPLIERS) == (Verdict.MET, ())
    assert told(till, GspRecord.EXPIRED) == (Verdict.MET, ())
    till.clock.set(till.clock.now().replace(year=2029, month=1))
    assert told(till, GspRecord.SUPPLIERS) == (Verdict.LACKING, (supplier.name,))
    assert name in told(till, GspRecord.EXPIRED)[1]
    assert told(till, GspRecord.STOCK_CHECK)[0] is Verdict.LACKING


@RULE
def test_an_opened_pack_and_a_sale_of_ephedrine_name_what_nobody_wrote_down(till):
    drug = till.find(ephedrine=True)
    sale = till.basket((drug, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    with till.doors.uow() as uow:
        receipt = uow.sales.get(sale.id).receipt_no
    assert told(till, GspRecord.EPHEDRINE) == (Verdict.LACKING, (receipt,))

    code = "8990050" + "0" * 12 + "7"
    part = till.basket((till.find(sale_class="otc_b"), 1), traced=False)
    part.replace_line(replace(part.line(1), quantity=Quantity.of("0.5"), trace_codes=(code,)))
    keep_basket(till.doors, part)
    assert told(till, GspRecord.SPLIT) == (Verdict.MET, ())
    complete_sale(till.doors, part.id, cash(part.total), part.total, till.operator)
    (opened,) = split_register(till.doors)
    assert told(till, GspRecord.SPLIT) == (Verdict.LACKING, (f"{opened.name} {opened.batch}",))
    keep_box(till.doors, opened.pack_id, "拆零柜", till.operator)
    assert told(till, GspRecord.SPLIT) == (Verdict.MET, ())


@RULE
def test_people_and_papers_are_named_until_theirs_hold(till):
    boss, today = a_manager(till), till.clock.now().date()
    with till.doors.uow() as uow:
        staff = [one for one in uow.staff.all() if one.active]
    assert set(told(till, GspRecord.HEALTH)[1]) == {one.name for one in staff}
    for one in staff:
        add_licence(till.doors, boss, one.id, LicenceKind.HEALTH, "JK-1",
                    today + timedelta(days=3))  # fmt: skip
    assert told(till, GspRecord.HEALTH) == (Verdict.MET, ())
    assert told(till, GspRecord.LICENCES)[0] is Verdict.LACKING
    until = today + timedelta(days=2)
    add_paper(till.doors, boss, NewPaper(PaperKind.LICENCE, "药品经营许可证", "", today, until))
    assert told(till, GspRecord.LICENCES) == (Verdict.MET, ())
    till.clock.set(till.clock.now() + timedelta(days=4))
    assert told(till, GspRecord.LICENCES) == (Verdict.LACKING, ("药品经营许可证",))
    assert told(till, GspRecord.HEALTH)[0] is Verdict.LACKING
    till.clock.set(till.clock.now().replace(year=2110))
    with till.doors.uow() as uow:
        bound = {one.staff_id for one in uow.pharmacists.all() if one.unbound_at is None}
    over = told(till, GspRecord.PHARMACISTS)[1]
    assert set(over) == {one.name for one in staff if one.id in bound} != set()


@RULE
def test_the_condition_is_answered_by_the_list_and_by_nobodys_word(till):
    boss = a_manager(till)

    def condition():
        found = assess(till.doors, boss).items
        return next(one for one in found if one.condition == "quality_system")

    one = condition()
    assert one.verdict is Verdict.LACKING and one.parts == gsp_checklist(till.doors, boss)
    judged = [each for each in one.parts if each.verdict is not Verdict.TOLD]
    good = sum(each.verdict is Verdict.MET for each in judged)
    assert one.figure == f"{good}/{len(judged)}" and len(judged) == len(GspRecord) - 1
    with pytest.raises(BadValue):
        answer(till.doors, boss, "quality_system", True, "")
    with pytest.raises(NotAllowed):
        gsp_checklist(till.doors, till.operator)
