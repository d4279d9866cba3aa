"""The compliance file, self-assessment, suspension at the counter, sanctioned pharmacists."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.admission import CONDITIONS, Source, Verdict
from app.domain.money import Money
from app.domain.papers import PaperKind
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed, Sanctioned
from app.use_cases.admission import answer, assess, store_file
from app.use_cases.board import board_view
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.holidays import load_calendar
from app.use_cases.pharmacists import bind, unbind
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.sign_in import sign_in
from app.use_cases.store_papers import NewPaper, add_paper, withdraw_paper
from tests.fakes.practice_till import cash, practice_till

BOSS = Operator(Staff("boss", "3001", "练习·陈店长", Role.MANAGER))


@pytest.fixture
def till(tmp_path):
    made = practice_till(tmp_path)
    yield next(made)
    made.close()


def paper(till, kind, begins, ends=None, *, title="练习", number="", holder=""):
    return add_paper(till.doors, BOSS, NewPaper(kind, title, number, begins, ends, holder))


def item(till, name):
    (one,) = [each for each in assess(till.doors, BOSS).items if each.condition == name]
    return one


@pytest.mark.rule("HY-1.5.8", "EZ-1")
def test_a_suspension_stops_insurance_and_no_cash_sale(till):
    patient = till.patient("active_met")
    today = till.clock.now().date()
    drug = till.medicine("P0001")

    def blocked():
        sale = till.prescribe(till.basket((drug, 1)))
        notes = till.quote(sale, patient).notes
        return [note for note in notes if note.severity == "block"]

    assert blocked() == []
    later = paper(till, PaperKind.SUSPENSION, today + timedelta(days=5), title="练习：整改")
    assert blocked() == []
    withdraw_paper(till.doors, BOSS, later.id)
    until = today + timedelta(days=30)
    kept = paper(till, PaperKind.SUSPENSION, today, until, title="练习：串换药品")
    (note,) = blocked()
    assert note.message_id.endswith("STORE_NOT_OPEN_suspended_until")
    assert (note.params["reason"], note.params["day"]) == ("练习：串换药品", until)
    assert store_file(till.doors, BOSS).suspension == kept

    gauze = till.find(sale_class="none")
    sale = till.basket((gauze, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)

    withdraw_paper(till.doors, BOSS, kept.id)
    assert blocked() == []


@pytest.mark.rule("LN-2.4b")
def test_a_sanctioned_pharmacist_is_not_counted_and_not_bound_anew(till):
    with till.doors.uow() as uow:
        bound = next(one for one in uow.pharmacists.all() if not one.remote)
    day = till.clock.now().date()
    kept = paper(till, PaperKind.SANCTION, day, title="练习：处罚", holder=bound.staff_id)

    def now_bound():
        with till.doors.uow() as uow:
            return uow.pharmacists.get(bound.staff_id)

    assert not now_bound().bound_on(day)
    assert item(till, "clean_staff").verdict is Verdict.LACKING
    unbind(till.doors, bound.staff_id, BOSS)
    with pytest.raises(Sanctioned):
        bind(till.doors, replace(bound, sanctions=()), BOSS)
    withdraw_paper(till.doors, BOSS, kept.id)
    assert bind(till.doors, bound, BOSS).bound_on(day)


@pytest.mark.rule("HY-1.1.1")
def test_three_months_and_three_years_are_computed(till):
    today = till.clock.now().date()
    assert item(till, "months_traded").verdict is Verdict.OPEN
    opened = date(2026, 9, 1)
    first = paper(till, PaperKind.OPENING, opened)
    found = store_file(till.doors, BOSS).eligibility
    assert (found.opened, found.months, found.need_months) == (opened, 2, 3)
    assert found.full_on == date(2026, 12, 1)
    one = item(till, "months_traded")
    assert (one.verdict, one.figure, one.need) == (Verdict.LACKING, "2", "3")
    withdraw_paper(till.doors, BOSS, first.id)
    paper(till, PaperKind.OPENING, date(2026, 8, 22))
    assert item(till, "months_traded").verdict is Verdict.MET

    paper(till, PaperKind.SANCTION, date(2023, today.month, today.day), title="练习：三年整")
    assert item(till, "clean_store").verdict is Verdict.MET
    paper(till, PaperKind.SANCTION, date(2024, 2, 29), title="练习：闰日")
    found = store_file(till.doors, BOSS).eligibility
    assert [one.title for one in found.store] == ["练习：闰日"]
    assert found.clear_on == date(2027, 2, 28)
    assert item(till, "clean_store").verdict is Verdict.LACKING


@pytest.mark.rule("SJZ-2.2b", "LN-5.1")
def test_dual_channel_is_kept_with_date_and_agreement(till):
    assert store_file(till.doors, BOSS).dual_channel is None
    paper(till, PaperKind.DUAL_CHANNEL, date(2026, 1, 1), title="练习双通道", number="XY-1")
    kept = store_file(till.doors, BOSS).dual_channel
    assert (kept.number, kept.begins) == ("XY-1", date(2026, 1, 1))


@pytest.mark.rule("SY-2")
def test_what_the_books_do_not_know_is_asked_once(till):
    asked = [one for one in assess(till.doors, BOSS).items if one.source is Source.ASKED]
    assert asked and all(one.verdict is Verdict.OPEN for one in asked)
    answer(till.doors, BOSS, "line", True, "练习：运营商专线")
    one = item(till, "line")
    assert one.verdict is Verdict.MET and one.answer.note == "练习：运营商专线"
    answer(till.doors, BOSS, "line", False, "")
    assert item(till, "line").verdict is Verdict.LACKING
    for wrong in ("catalogue_share", "no_such_condition"):
        with pytest.raises(BadValue):
            answer(till.doors, BOSS, wrong, True, "")
    with pytest.raises(NotAllowed):
        assess(till.doors, till.operator)


@pytest.mark.rule("SY-2")
def test_every_condition_is_the_packs_and_every_figure_too(till):
    seen = assess(till.doors, BOSS)
    policies = [till.doors.policy_on(kind, till.clock.now()) for kind in ("ordinary", "special")]
    asked = {name for one in policies for name in one.store.admission_asks}
    assert {one.condition for one in seen.items} == asked <= set(CONDITIONS)
    rules = policies[0]
    named = {
        "months_traded": f"{rules.store.admission_months}",
        "clean_store": f"{rules.store.admission_years}",
        "clean_staff": f"{rules.store.admission_years}",
        "pharmacists_present": f"{rules.staff.min_present}",
        "catalogue_share": "70.00%",
        "disease_range_in_stock": "90.00%",
    }
    assert {one.condition: one.need for one in seen.items if one.need} == named


@pytest.mark.rule("S-30", "HY-1.1.4a", "LN-2.2a")
def test_without_the_line_nothing_is_settled_and_cash_goes_on(till):
    drug, patient = till.medicine("P0001"), till.patient("active_met")
    sale = till.prescribe(till.basket((drug, 1)))
    till.line_up = False
    view = till.quote(sale, patient)
    assert view.fund == Money(0) and any(note.severity != "good" for note in view.notes)
    gauze = till.find(sale_class="none")
    cash_sale = till.basket((gauze, 1))
    money = cash(cash_sale.total)
    someone = sign_in(till.doors, "1001", "100100")  # who works is known without anybody else
    complete_sale(till.doors, cash_sale.id, money, cash_sale.total, someone)
    till.line_up = True
    recover_settlements(till.doors, till.operator)
    with till.doors.uow() as uow:
        assert not any(one.answer for one in uow.settlements.of_sale(sale.id))


@pytest.mark.rule("S-27")
def test_a_sale_adds_movements_and_rows_to_send_and_changes_none(till):
    gauze = till.find(sale_class="none")

    def moves():
        with till.doors.uow() as uow:
            return list(uow.shelf.moves(gauze.id))

    before = moves()
    sale = till.basket((gauze, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    after = moves()
    assert after[: len(before)] == before and len(after) == len(before) + 1
    with till.doors.uow() as uow:
        assert sum(uow.outbox.counts().values()) > 0


@pytest.mark.rule("HY-1.1.3")
def test_the_morning_tells_of_a_licence_that_would_leave_too_few_bound(till):
    def tile():
        tiles = board_view(till.doors, BOSS, load_calendar()).tiles
        return next(one for one in tiles if one.name == "pharmacists")

    def ends_on(staff_id, day):
        with till.doors.uow() as uow:
            uow.pharmacists.keep(replace(uow.pharmacists.get(staff_id), valid_to=day))
            uow.commit()

    seen = tile()
    assert (seen.figure, seen.level, seen.params["need"]) == ("2", "good", 2)
    with till.doors.uow() as uow:
        first = uow.pharmacists.all()[0].staff_id
    today = till.clock.now().date()
    ends_on(first, today + timedelta(days=61))
    assert tile().level == "good"
    ends_on(first, today + timedelta(days=60))
    seen = tile()
    assert (seen.level, seen.params["said"], seen.params["days"]) == ("warn", "ends", 60)
    ends_on(first, today - timedelta(days=1))
    seen = tile()
    assert (seen.figure, seen.level, seen.params["said"]) == ("1", "bad", "short")
