"""What the store's own papers stop at the counter: the zone, the qualification, the agreement."""

import hashlib
from datetime import date, timedelta

import pytest

from app.domain.indicators import Mark
from app.domain.papers import PaperKind, PaperState
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed, RuleBroken
from app.use_cases.board import board_view
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.fractions import fractions_view, lowering, mark_drug
from app.use_cases.holidays import load_calendar
from app.use_cases.paper_facts import set_zone
from app.use_cases.paper_files import attach_paper_file, paper_files
from app.use_cases.store_papers import NewPaper, add_paper, papers_view, withdraw_paper
from tests.fakes.builders import a_medicine
from tests.fakes.practice_till import cash, practice_till
from tests.fakes.shelves import clear_shelf

BOSS = Operator(Staff("boss", "3001", "练习·陈店长", Role.MANAGER))


@pytest.fixture
def till(tmp_path):
    made = practice_till(tmp_path)
    yield next(made)
    made.close()


def blocks(act):
    """Codes of what blocked; empty = it went through."""
    try:
        act()
    except RuleBroken as broken:
        return {finding.code for finding in broken.findings if finding.severity == "block"}
    return set()


@pytest.mark.rule("SJZ-2.1", "SJZ-A.2", "SJZ-2.2a", "HY-1.5.7", "S-28")
def test_special_drugs_want_a_qualification_and_pooling_an_agreement(till):
    drug, patient = till.medicine("P0001"), till.patient("active_met")
    today = till.clock.now().date()

    def quote():
        sale = till.prescribe(till.basket((drug, 1)))
        return {note.code for note in till.quote(sale, patient).notes if note.severity == "block"}

    assert not quote() & {"SPECIAL_DRUG_NOT_ALLOWED", "STORE_NOT_OPEN"}
    mark_drug(till.doors, BOSS, drug.id, Mark.SPECIAL_CONTROL, True)
    assert "SPECIAL_DRUG_NOT_ALLOWED" in quote()
    paper = NewPaper(PaperKind.QUALIFICATION, "练习特药资质", "", date(2026, 1, 1), None)
    kept = add_paper(till.doors, BOSS, paper)
    assert "SPECIAL_DRUG_NOT_ALLOWED" not in quote()
    withdraw_paper(till.doors, BOSS, kept.id)
    assert "SPECIAL_DRUG_NOT_ALLOWED" in quote()
    mark_drug(till.doors, BOSS, drug.id, Mark.SPECIAL_CONTROL, False)

    over = today - timedelta(days=1)
    add_paper(
        till.doors, BOSS, NewPaper(PaperKind.AGREEMENT, "练习协议", "", date(2025, 1, 1), over)
    )
    assert "STORE_NOT_OPEN" in quote()
    tomorrow = today + timedelta(days=1)
    coming = NewPaper(PaperKind.AGREEMENT, "练习协议", "", tomorrow, None)
    add_paper(till.doors, BOSS, coming)
    assert "STORE_NOT_OPEN" in quote(), "one that is signed and has not begun opens nothing"
    new = NewPaper(PaperKind.AGREEMENT, "练习协议", "", today, today + timedelta(days=365))
    add_paper(till.doors, BOSS, new)
    assert "STORE_NOT_OPEN" not in quote()
    with pytest.raises(NotAllowed):
        add_paper(till.doors, till.operator, new)


@pytest.fixture
def yearly(tmp_path):
    """Of the area whose agreements are signed yearly."""
    made = practice_till(tmp_path / "yearly", "CN-430421")
    yield next(made)
    made.close()


@pytest.mark.rule("HY-1.5.7")
def test_an_agreement_without_its_last_day_holds_for_the_areas_term_alone(till, yearly):
    def filed(of, kind, begins, ends=None):
        return add_paper(of.doors, BOSS, NewPaper(kind, "练习协议", "", begins, ends)).ends

    first = date(2026, 11, 22)
    assert filed(yearly, PaperKind.AGREEMENT, first) == date(2027, 11, 21)
    assert filed(yearly, PaperKind.AGREEMENT, date(2028, 2, 29)) == date(2029, 2, 27)
    assert filed(yearly, PaperKind.AGREEMENT, first, date(2027, 1, 31)) == date(2027, 1, 31)
    assert filed(yearly, PaperKind.LICENCE, first) is None
    assert filed(till, PaperKind.AGREEMENT, first) is None, "this area names no term"


@pytest.mark.rule("HY-1.2.1", "HY-1.1.5")
def test_in_the_zone_only_approved_drugs_are_sold_whoever_pays(till):
    gauze = till.find(sale_class="none")

    def sell():
        sale = till.basket((gauze, 1))
        pay = cash(sale.total)
        return blocks(lambda: complete_sale(till.doors, sale.id, pay, sale.total, till.operator))

    assert sell() == set()
    set_zone(till.doors, BOSS, True)
    assert "NON_DRUG_IN_ZONE" in sell()
    mark_drug(till.doors, BOSS, gauze.id, Mark.ZONE_EXCEPTION, True)
    assert sell() == set()


@pytest.mark.rule("LN-2.3a", "HY-1.5.3")
def test_month_values_are_kept_and_new_products_that_lower_a_share_are_told(till):
    seen = fractions_view(till.doors, BOSS)
    assert [one.month for one in seen.months["catalogue_share"]] == ["2026-11"]
    share = seen.fractions.catalogue
    many = [a_medicine(900 + n, insurance_class="C") for n in range(share.whole)]
    (told,) = lowering(till.doors, many)
    assert told.message_id == "fractions.lowers_catalogue_share" and told.severity == "warn"
    assert lowering(till.doors, [a_medicine(900)]) == ()


@pytest.mark.rule("HY-1.5.3")
def test_a_product_for_the_zone_that_does_not_treat_is_told_before_it_comes_in(till):
    drug = next(one for one in drugs(till) if one.diseases)
    mark_drug(till.doors, BOSS, drug.id, Mark.AUXILIARY, True)
    seen = fractions_view(till.doors, BOSS)
    assert drug.id in seen.fractions.not_treating
    mark_drug(till.doors, BOSS, drug.id, Mark.THERAPEUTIC, True)
    seen = fractions_view(till.doors, BOSS)
    assert drug.id not in seen.fractions.not_treating
    assert set(seen.marks[drug.id]) == {Mark.THERAPEUTIC}, "the one takes the other back"

    new = [a_medicine(900 + n) for n in range(seen.fractions.therapeutic.whole)]
    with till.doors.uow() as uow:
        for one in new:
            uow.papers.mark(one.id, Mark.IN_ZONE, till.clock.now(), BOSS.staff.id)
        uow.commit()
    (told,) = lowering(till.doors, new)
    assert told.message_id == "fractions.lowers_therapeutic_share" and told.severity == "warn"


@pytest.mark.rule("HY-1.1.5")
def test_too_few_listed_drugs_in_stock_warn_the_board_against_the_areas_ninety(yearly):
    def tile():
        tiles = board_view(yearly.doors, BOSS, load_calendar()).tiles
        return next(one for one in tiles if one.name == "disease_range_in_stock")

    listed = [one for one in drugs(yearly) if one.diseases]
    assert (tile().figure, tile().params["target"], tile().level) == ("100.00%", "90.00", "good")
    gone = listed[: len(listed) // 10 + 1]
    for one in gone:
        clear_shelf(yearly.doors, one.id)
    seen = tile()
    assert (seen.level, seen.params["standing"], seen.page) == ("bad", "below", "papers")
    assert seen.params["part"] == len(listed) - len(gone) and seen.params["lacking"] == 1
    found = fractions_view(yearly.doors, BOSS).fractions
    assert set(found.missing) == {one.id for one in gone}, "the replenishment list"


def drugs(till):
    with till.doors.uow() as uow:
        return list(uow.medicines.all())


@pytest.mark.rule("S-05", "SJZ-A.5")
def test_a_document_of_the_platform_is_kept_with_checksum_version_day_and_who(till, tmp_path):
    """What the support platform publishes comes as a file; nothing is linked to it."""
    file = tmp_path / "interface.pdf"
    file.write_bytes(b"%PDF-1.4 \xe7\xbb\x83\xe4\xb9\xa0")
    typed = NewPaper(PaperKind.DOCUMENT, "练习接口文档", "V1.1.27", date(2026, 11, 1), None)
    paper = add_paper(till.doors, BOSS, typed)
    with pytest.raises(NotAllowed):
        attach_paper_file(till.doors, paper.id, file, till.operator)
    kept = attach_paper_file(till.doors, paper.id, file, BOSS)
    assert (paper.title, paper.number, paper.begins) == (
        "练习接口文档",
        "V1.1.27",
        date(2026, 11, 1),
    )
    assert kept.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (kept.by, kept.at, kept.about) == (BOSS.staff.id, till.clock.now(), paper.id)
    with till.doors.uow() as uow:
        entry = uow.log.tail(1)[0]
    assert (entry.act, entry.actor) == ("paper.file_kept", BOSS.staff.id)
    newer = add_paper(
        till.doors, BOSS, NewPaper(PaperKind.DOCUMENT, "练习接口文档", "V1.1.28", date(2026, 11, 2),
                                   None, renews=paper.id)
    )  # fmt: skip
    file.write_bytes(b"%PDF-1.4 newer")
    again = attach_paper_file(till.doors, newer.id, file, BOSS)
    assert again.digest != kept.digest
    assert paper_files(till.doors, BOSS) == {paper.id: (kept,), newer.id: (again,)}
    fine = NewPaper(PaperKind.SANCTION, "练习处罚", "", date(2026, 1, 1), None)
    with pytest.raises(BadValue):
        attach_paper_file(till.doors, add_paper(till.doors, BOSS, fine).id, file, BOSS)


@pytest.mark.rule("HY-1.5.5a")
def test_a_payment_to_a_supplier_is_on_file_with_its_day_its_sum_and_the_banks_sheet(
    till, tmp_path
):
    flow, content = tmp_path / "flow.pdf", b"%PDF-1.4 practice bank flow"
    flow.write_bytes(content)
    paid, told = date(2026, 11, 20), "12345.67 yuan; SH20261118-0001, SH20261119-0002"
    typed = NewPaper(PaperKind.PAYMENT, "练习医药有限公司", "LX-20261120-88", paid, None, note=told)
    kept = add_paper(till.doors, BOSS, typed)
    scan = attach_paper_file(till.doors, kept.id, flow, BOSS)
    assert paper_files(till.doors, BOSS) == {kept.id: (scan,)}
    (line,) = papers_view(till.doors, BOSS, load_calendar()).papers
    assert (line.paper.title, line.paper.number, line.paper.begins, line.paper.note) == (
        "练习医药有限公司", "LX-20261120-88", paid, told,
    )  # fmt: skip
    assert line.state is PaperState.GOOD and line.days is None
    for one in (tmp_path / "store.sqlite3", *tmp_path.glob("store.sqlite3-*")):
        assert b"12345.67" not in one.read_bytes(), "the note is sealed"
