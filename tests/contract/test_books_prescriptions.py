"""Prescriptions, pharmacists, duty, owings and lists come back as written, on every database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.money import Quantity
from app.domain.pharmacist import Duty, Pharmacist, Professional, Sanction
from app.domain.prescription import PrescriptionForm
from app.domain.returns import Return, ReturnReason
from app.domain.rx_case import (
    Act,
    CirculationEntry,
    CirculationList,
    Given,
    ListedIssuer,
    Owing,
    OwingState,
    Review,
    RxCase,
    RxDiagnosis,
    RxLine,
    RxPatient,
    RxSheet,
    RxTokens,
    Signature,
    UnmetRequest,
    Verdict,
)
from app.domain.rx_states import LIVE, ON_THE_WIRE, WAITING, RxEvent, RxState
from app.errors import BadValue, NotFound, SecretError, StoreStale
from app.ports import OutboxRow, RequestRow
from app.storage.books_rx import READY
from app.storage.tables import METADATA
from app.storage.tables_rx import LIVE_WITH_A_SALE, RX_CASE
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import (
    CERT_NO,
    PERSON_NAME,
    PSN_NO,
    STORE,
    TILL,
    a_person,
    a_prescription,
    a_sale,
    a_settlement,
    a_staff,
)
from tests.fakes.clock import START
from tests.fakes.unit_of_work import memory_books, secrets_for_tests

DAY = START.date()
SIGNED = Signature("internal", "key-1", b"\x00\x01practice")


def a_sheet(number="P-HIRX-0001", **changes):
    """A sheet of two drugs by an invented clinic, with every personal field filled."""
    lines = (
        RxLine(
            no=1,
            generic_name="练习降压片",
            form="片剂",
            spec="5mg*28片",
            quantity=Quantity.of("2"),
            unit="盒",
            days="28",
            begins=START,
            ends=START + timedelta(days=28),
            packs=2,
        ),
        RxLine(2, "练习降糖片", "片剂", "0.5g*20片", Quantity.of("0.5"), "盒"),
    )
    base = RxSheet(
        number=number,
        form=PrescriptionForm.ELECTRONIC,
        issued_at=START - timedelta(hours=2),
        expires_at=START + timedelta(days=3),
        issuer_code="H99990000001",
        issuer_name="练习社区卫生院",
        issuer_area="999900",
        patient=RxPatient(
            PERSON_NAME, "2", "36", allergies="练习青霉素过敏", cert_type="01", cert_no=CERT_NO
        ),
        lines=lines,
        diagnoses=(RxDiagnosis("I10", "练习诊断高血压", main=True),),
        trace_code="TRACE-PRACTICE-77",
        doctor_code="D999900000001",
        doctor_name="练习医生李四",
    )
    return replace(base, **changes)


def a_case(case_id="case-1", minutes=0, number="P-HIRX-0001", **changes):
    """A prescription that has just arrived."""
    values = {
        "id": case_id,
        "till_id": TILL,
        "sheet": a_sheet(number),
        "arrived_at": START + timedelta(minutes=minutes),
        "tokens": RxTokens("AUTH-PRACTICE-1", "EPC-PRACTICE-1", START + timedelta(hours=1)),
    }
    return RxCase(**(values | changes))


def a_worked_case(**changes):
    """One with every act done and every field said."""
    values = {
        "person_id": "person-1",
        "sale_id": "sale-1",
        "state": RxState.REPORTED,
        "sign_check": "SIGNCHECK-1",
        "stamp_seen": True,
        "review": Review(
            Verdict.PASS,
            "staff-9",
            START + timedelta(minutes=5),
            (("name", True), ("dose", False)),
            opinion="练习审方意见",
            remote=True,
            signature=SIGNED,
        ),
        "review_sn": "CHK-1",
        "picked": Act("staff-2", START + timedelta(minutes=6), signature=SIGNED),
        "checked": Act("staff-9", START + timedelta(minutes=7), "练习用药指导", SIGNED),
        "given": (Given(1, "med-000001", Quantity.of("1.5"), 3),),
        "report_sn": "STOOUT-1",
        "insured_report": False,
        "leaving": True,
        "last_msgid": "m" * 30,
        "asked": 3,
        "next_ask_at": START + timedelta(minutes=9),
        "last_text": "练习中心原话",
        "used_at": START + timedelta(minutes=10),
    }
    return a_case(**(values | changes))


def add(books, *cases):
    with books() as uow:
        for case in cases:
            uow.prescriptions.add(case)
        uow.commit()


def ids(found):
    return [one.id for one in found]


# --- prescriptions -------------------------------------------------------------------------------


def test_a_prescription_comes_back_whole_at_every_till_of_the_store(books, till):
    case = a_worked_case()
    paper = a_case("case-2", sheet=a_sheet(form=PrescriptionForm.PAPER), tokens=None)
    add(books, case, paper)
    with till("02")() as uow:
        assert uow.prescriptions.get("case-1") == case
        assert uow.prescriptions.get("case-2") == paper
        with pytest.raises(NotFound):
            uow.prescriptions.get("case-3")


def test_saving_raises_the_version_and_refuses_a_stale_one(books, till):
    add(books, a_case())
    with books() as uow:
        mine, stale = uow.prescriptions.get("case-1"), uow.prescriptions.get("case-1")
        mine.move(RxEvent.PASS_ASKED)
        mine.review = Review(Verdict.PASS, "staff-9", START)
        mine.tokens = None
        uow.prescriptions.save(mine)
        uow.commit()
    assert mine.version == 1
    with till("02")() as uow:
        assert uow.prescriptions.get("case-1") == mine
        with pytest.raises(StoreStale):
            uow.prescriptions.save(stale)
        with pytest.raises(StoreStale):
            uow.prescriptions.save(a_case("never added"))
    assert stale.version == 0


def test_dropped_tokens_are_gone_from_the_row(books, engine):
    add(books, a_case())
    with books() as uow:
        case = uow.prescriptions.get("case-1")
        case.tokens = None
        uow.prescriptions.save(case)
        uow.commit()
    with engine.connect() as connection:
        assert connection.execute(select(RX_CASE.c.sealed_tokens)).scalar_one() is None


@pytest.mark.rule("3.1")
def test_the_sheet_of_a_prescription_is_never_changed(books):
    add(books, a_case())
    with books() as uow:
        case = uow.prescriptions.get("case-1")
        dearer = replace(case.sheet.lines[0], quantity=Quantity.of("3"))
        case.sheet = replace(case.sheet, lines=(dearer, case.sheet.lines[1]))
        with pytest.raises(BadValue):
            uow.prescriptions.save(case)
    assert case.version == 0


def test_an_id_is_used_once(books):
    add(books, a_case())
    with books() as uow, pytest.raises(BadValue):
        uow.prescriptions.add(a_case(number="P-HIRX-0002"))


def test_a_number_is_found_however_it_was_typed_newest_first(books, till):
    add(till("02"), a_case("old", state=RxState.RELEASED))
    add(books, a_case("new", 5), a_case("other", 6, number="P-HIRX-0002"))
    with books() as uow:
        assert ids(uow.prescriptions.by_number(" p-hirx-0001 ")) == ["new", "old"]
        assert uow.prescriptions.by_number("P-HIRX-0003") == []


def test_a_sale_has_one_live_prescription_and_any_number_of_ended_ones(books, till):
    ended = [
        a_case(state.value, 9, sale_id="sale-1", state=state)
        for state in (RxState.RELEASED, RxState.DEAD, RxState.REFUSED, RxState.RETURNED)
    ]
    add(books, a_case("live", sale_id="sale-1"), a_case("free"), a_case("free too"), *ended)
    with till("02")() as uow, pytest.raises(BadValue):
        uow.prescriptions.add(a_case("second", sale_id="sale-1", till_id="02"))
    with books() as uow:
        free = uow.prescriptions.get("free")
        free.sale_id = "sale-1"
        with pytest.raises(BadValue):
            uow.prescriptions.save(free)
        assert free.version == 0


def test_the_one_of_a_sale_is_the_live_one_then_the_used_one_then_the_newest(books):
    add(
        books,
        a_case("used", 1, sale_id="sale-1", state=RxState.USED),
        a_case("released", 9, sale_id="sale-1", state=RxState.RELEASED),
        a_case("of another", 2, sale_id="sale-2"),
    )
    with books() as uow:
        assert uow.prescriptions.of_sale("sale-1").id == "used"
        uow.prescriptions.add(a_case("live", sale_id="sale-1", state=RxState.PICKED))
        assert uow.prescriptions.of_sale("sale-1").id == "live"
        for each in ("used", "live"):
            case = uow.prescriptions.get(each)
            case.sale_id = ""
            uow.prescriptions.save(case)
        assert uow.prescriptions.of_sale("sale-1").id == "released"
        assert uow.prescriptions.of_sale("sale-3") is None
        assert uow.prescriptions.of_sale("") is None


def test_each_state_stands_in_the_lists_of_its_set(books, till):
    add(books, *(a_case(state.value, state=state) for state in RxState))
    with till("02")() as uow:
        lists = {
            WAITING: uow.prescriptions.waiting(),
            READY: uow.prescriptions.ready(),
            ON_THE_WIRE: uow.prescriptions.on_the_wire(),
            frozenset({RxState.REPORTED}): uow.prescriptions.reported(),
        }
    for states, found in lists.items():
        assert {case.state for case in found} == states
        assert len(found) == len(states)


def test_queues_begin_with_the_longest_wait(books, till):
    add(books, a_case("b", 5), a_case("c", 9, state=RxState.PASSING))
    add(till("02"), a_case("a", 1, till_id="02"))
    with books() as uow:
        assert ids(uow.prescriptions.waiting()) == ["a", "b", "c"]


def test_a_period_holds_its_beginning_and_not_its_end_newest_first(books):
    add(books, *(a_case(str(minute), minute) for minute in range(5)))
    first, last = START + timedelta(minutes=1), START + timedelta(minutes=4)
    with books() as uow:
        assert ids(uow.prescriptions.between(first, last)) == ["3", "2", "1"]
        assert ids(uow.prescriptions.between(first, last, limit=2)) == ["3", "2"]


def test_the_original_is_kept_with_its_prescription(books):
    add(books, a_case(), a_case("case-2"))
    with books() as uow:
        assert uow.prescriptions.file("case-1") == b""
        uow.prescriptions.keep_file("case-1", b"%PDF practice")
        uow.prescriptions.keep_file("case-1", b"%PDF practice 2")
        uow.commit()
    with books() as uow:
        assert uow.prescriptions.file("case-1") == b"%PDF practice 2"
        assert uow.prescriptions.file("case-2") == b""
        uow.prescriptions.keep_file("case-1", b"")
        assert uow.prescriptions.file("case-1") == b""
        with pytest.raises(NotFound):
            uow.prescriptions.file("nobody's")
        with pytest.raises(NotFound):
            uow.prescriptions.keep_file("nobody's", b"x")


def test_another_store_in_the_same_database_sees_nothing_of_it(books, engine):
    add(books, a_case(sale_id="sale-1"))
    with books() as uow:
        uow.duties.sign_on(a_duty())
        uow.pharmacists.keep(a_pharmacist())
        uow.owings.add([an_owing()])
        uow.unmet.add([a_request()])
        uow.lists.keep_circulation(a_list(), [an_entry("X1")])
        uow.lists.keep_listed("issuer", [an_issuer("H1")])
        uow.commit()
    with make_factory(engine, secrets_for_tests(), "another-store", TILL)() as uow:
        with pytest.raises(NotFound):
            uow.prescriptions.get("case-1")
        with pytest.raises(NotFound):
            uow.prescriptions.file("case-1")
        with pytest.raises(StoreStale):
            uow.prescriptions.save(a_case())
        assert uow.prescriptions.by_number("P-HIRX-0001") == []
        assert uow.prescriptions.of_sale("sale-1") is None
        assert uow.prescriptions.waiting() == []
        assert uow.duties.open() == []
        assert uow.pharmacists.all() == []
        assert uow.owings.open() == []
        assert uow.unmet.open() == []
        assert uow.lists.circulation_versions() == []
        assert uow.lists.circulating(["X1"], DAY) == frozenset()
        assert uow.lists.all_listed("issuer") == []


def test_the_rule_of_the_table_names_exactly_the_states_that_are_not_live():
    named = LIVE_WITH_A_SALE.split("(", 1)[1].rstrip(")").replace("'", "").split(", ")
    assert {RxState(name) for name in named} == frozenset(RxState) - LIVE


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(number=TEXTS, opinion=TEXTS, said=TEXTS, content=st.binary(max_size=200))
def test_any_text_of_a_prescription_comes_back_the_same(number, opinion, said, content):
    case = a_case(
        sheet=a_sheet(number),
        last_text=said,
        review=Review(Verdict.REFUSE, "staff-9", START, opinion=opinion),
    )
    with memory_books()() as uow:
        uow.prescriptions.add(case)
        uow.prescriptions.keep_file(case.id, content)
        assert uow.prescriptions.get(case.id) == case
        assert ids(uow.prescriptions.by_number(number)) == [case.id]
        assert uow.prescriptions.file(case.id) == content


# --- what is sealed ------------------------------------------------------------------------------


PERSONAL = (
    *(PERSON_NAME, CERT_NO, PSN_NO, "练习店员王五", "练习诊断急性鼻咽炎", "练习平台原话"),
    *("P-HIRX-0001", "TRACE-PRACTICE-77", "练习青霉素过敏", "练习诊断高血压", "练习降压片"),
    *("练习医生李四", "AUTH-PRACTICE-1", "EPC-PRACTICE-1", "练习审方意见", "练习用药指导"),
    *("练习中心原话", "SIGNCHECK-1", "STOOUT-1", "%PDF of", "练习欠药备注", "练习退货备注"),
    *("练习药师赵六", "999900197501010017", "YS999900000001", "ZC-PRACTICE-1"),
)


def write_something_personal_everywhere(books):
    add(books, a_worked_case())
    with books() as uow:
        uow.prescriptions.keep_file("case-1", b"%PDF of " + PERSON_NAME.encode())
        uow.pharmacists.keep(a_pharmacist())
        uow.owings.add([an_owing()])
        uow.lists.keep_listed("prescriber", [an_issuer("D1", "prescriber", disease="M039")])
        uow.staff.add(a_staff(), "hash")
        uow.persons.keep(a_person(), "person-1")
        uow.sales.add(a_sale(prescription=a_prescription(), person_id="person-1"))
        uow.settlements.add(a_settlement(last_text="练习平台原话"))
        body = PERSON_NAME.encode()
        uow.requests.write(RequestRow("m" * 30, "7204", "Download", "case-1", body, START))
        back = ((1, Quantity.of(1)),)
        reason = ReturnReason.QUALITY
        uow.returns.add(
            Return("return-1", "sale-1", reason, "staff-1", START, back, note="练习退货备注")
        )
        uow.outbox.add([OutboxRow("key-1", "sale-1", "practice", {"name": PERSON_NAME}, START)])
        uow.commit()


def test_nothing_personal_stands_in_the_open_in_any_column_of_any_table(books, engine):
    write_something_personal_everywhere(books)
    sealed = set()
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                for column, value in row._mapping.items():
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    for each in PERSONAL:
                        assert each.encode() not in raw, (table.name, column)
                    if column.startswith("sealed_") and value is not None:
                        sealed.add(f"{table.name}.{column}")
    # Filled only by answers and decisions: the same bytes of the same purpose, tested elsewhere.
    later = {"platform_request.sealed_answer", "platform_request.sealed_text"}
    later |= {"outbox.sealed_answer", "settlement.sealed_decisions"}
    every = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.c
        if column.name.startswith("sealed_")
    }
    assert sealed == every - later


def test_a_ciphertext_opens_in_its_own_row_only(books, engine):
    add(books, a_case(), a_case("case-2", number="P-HIRX-0002"))
    with engine.begin() as connection:
        stolen = select(RX_CASE.c.sealed_sheet).where(RX_CASE.c.id == "case-1")
        taken = connection.execute(stolen).scalar_one()
        connection.execute(
            RX_CASE.update().where(RX_CASE.c.id == "case-2").values(sealed_sheet=taken)
        )
    with books() as uow, pytest.raises(SecretError):
        uow.prescriptions.get("case-2")


# --- pharmacists and duty ------------------------------------------------------------------------


def a_pharmacist(staff_id="staff-9", **changes):
    base = Pharmacist(
        staff_id,
        Professional("练习药师赵六", "01", "999900197501010017", "YS999900000001"),
        licence_no="ZC-PRACTICE-1",
        filing_no="BA-PRACTICE-1",
        filed_on=DAY,
        valid_from=DAY - timedelta(days=300),
        valid_to=DAY + timedelta(days=300),
        sanctions=(Sanction(DAY, None, "practice"),),
        remote=True,
        confirmed_at=START,
        signing_key="key-1",
    )
    return replace(base, **changes)


def test_a_binding_is_kept_replaced_and_never_lost(books, till):
    gone = a_pharmacist("staff-1", unbound_at=START)
    with books() as uow:
        uow.pharmacists.keep(a_pharmacist())
        uow.pharmacists.keep(gone)
        changed = a_pharmacist(sanctions=(), remote=False)
        uow.pharmacists.keep(changed)
        uow.commit()
    with till("02")() as uow:
        assert uow.pharmacists.get("staff-9") == changed
        assert uow.pharmacists.get("staff-2") is None
        assert uow.pharmacists.all() == [gone, changed]


def a_duty(duty_id="duty-1", staff_id="staff-9", minutes=0, **changes):
    base = Duty(duty_id, staff_id, TILL, START + timedelta(minutes=minutes))
    return replace(base, **changes)


@pytest.mark.rule("LN-2.1")
def test_a_person_is_on_duty_once_at_all_tills_together(books, till):
    with books() as uow:
        uow.duties.sign_on(a_duty())
        uow.duties.sign_on(a_duty("duty-2", "staff-8", -1, remote=True))
        uow.commit()
    with till("02")() as uow, pytest.raises(BadValue):
        uow.duties.sign_on(a_duty("duty-3", till_id="02"))
    off = START + timedelta(hours=4)
    with till("02")() as uow:
        uow.duties.sign_off("duty-1", off, "signed_off")
        again = a_duty("duty-3", minutes=300, till_id="02")
        uow.duties.sign_on(again)
        with pytest.raises(NotFound):
            uow.duties.sign_off("duty-1", off, "absent")
        with pytest.raises(NotFound):
            uow.duties.sign_off("nobody's", off, "absent")
        assert uow.duties.open() == [a_duty("duty-2", "staff-8", -1, remote=True), again]
        uow.commit()
    with books() as uow:
        closed = a_duty(off_at=off, off_why="signed_off")
        assert uow.duties.between(START, START + timedelta(hours=5))[1] == closed


def test_the_attendance_of_a_period_is_every_interval_that_touches_it(books):
    begins, ends = START + timedelta(minutes=10), START + timedelta(minutes=20)
    spans = {"before": (0, 10), "into": (5, 11), "within": (12, 13), "out": (19, 30)}
    spans |= {"after": (20, 25), "over": (0, 40)}
    with books() as uow:
        for name, (first, last) in spans.items():
            uow.duties.sign_on(
                a_duty(name, name, first, off_at=START + timedelta(minutes=last), off_why="x")
            )
        uow.duties.sign_on(a_duty("still", "still", 1))
        found = ids(uow.duties.between(begins, ends))
    assert found == ["over", "still", "into", "within", "out"]


# --- owed and missing ----------------------------------------------------------------------------


def an_owing(owing_id="owing-1", days=3, **changes):
    base = Owing(
        owing_id,
        "case-1",
        1,
        "练习降压片",
        Quantity.of("1.5"),
        "盒",
        START,
        DAY + timedelta(days=days),
        note="练习欠药备注",
    )
    return replace(base, **changes)


def test_owings_are_listed_soonest_due_first_until_they_are_settled(books, till):
    late, soon = an_owing("late", 9), an_owing("soon", 1, line_no=2)
    elsewhere = an_owing("elsewhere", 5, case_id="case-2")
    with books() as uow:
        uow.owings.add([])
        uow.owings.add([late, soon, elsewhere])
        uow.commit()
    with till("02")() as uow:
        assert uow.owings.open() == [soon, elsewhere, late]
        done = replace(soon, state=OwingState.FULFILLED, settled_at=START, note="练习取走")
        uow.owings.save(done)
        assert uow.owings.open() == [elsewhere, late]
        assert uow.owings.of_case("case-1") == [done, late]
        with pytest.raises(NotFound):
            uow.owings.save(an_owing("nobody's"))
        with pytest.raises(BadValue):
            uow.owings.add([an_owing("late")])


def a_request(request_id="want-1", minutes=0, **changes):
    base = UnmetRequest(
        id=request_id,
        at=START + timedelta(minutes=minutes),
        name="练习缺货片",
        spec="5mg*28片",
        form="片剂",
        national_code="XPRACTICE1",
        quantity=Quantity.of("2"),
        unit="盒",
        why="unstocked",
        case_id="case-1",
    )
    return replace(base, **changes)


@pytest.mark.rule("EZ-3")
def test_what_was_missing_is_listed_newest_first_until_somebody_saw_to_it(books, till):
    old, new = a_request(), a_request("want-2", 5, why="short", case_id="")
    with books() as uow:
        uow.unmet.add([])
        uow.unmet.add([old, new])
        uow.commit()
    with till("02")() as uow:
        assert uow.unmet.open() == [new, old]
        assert uow.unmet.open(limit=1) == [new]
        uow.unmet.done("want-2", START)
        uow.unmet.done("want-2", START + timedelta(days=1))
        assert uow.unmet.open() == [old]
        with pytest.raises(NotFound):
            uow.unmet.done("nobody's", START)


# --- lists ---------------------------------------------------------------------------------------


def a_list(version="2026-11", effective=DAY, minutes=0, entries=1):
    imported = START + timedelta(minutes=minutes)
    return CirculationList(version, effective, imported, "staff-1", "file", "c" * 64, entries)


def an_entry(code, **changes):
    return replace(CirculationEntry(code, "练习流转药", "5mg*28片", "练习制药厂"), **changes)


@pytest.mark.rule("SJZ-A.5")
def test_a_new_list_replaces_the_one_before_and_both_stay_known(books, till):
    first, second = a_list("2026-10"), a_list("2026-11", minutes=1, entries=2)
    with books() as uow:
        assert uow.lists.circulation_versions() == []
        uow.lists.keep_circulation(first, [an_entry("A"), an_entry("B")])
        uow.lists.keep_circulation(second, iter([an_entry("B"), an_entry("C")]))
        uow.commit()
    with till("02")() as uow:
        assert uow.lists.circulation_versions() == [second, first]
        assert uow.lists.circulating(["A", "B", "C", "B"], DAY) == {"B", "C"}
        assert uow.lists.circulating([], DAY) == frozenset()


def test_a_list_for_a_later_day_leaves_the_one_in_force_until_then(books):
    then = DAY + timedelta(days=7)
    with books() as uow:
        uow.lists.keep_circulation(a_list("now"), [an_entry("A")])
        uow.lists.keep_circulation(a_list("wrong", then), [an_entry("W")])
        uow.lists.keep_circulation(a_list("later", then), [an_entry("B")])
        asked = ["A", "B", "W"]
        assert uow.lists.circulating(asked, DAY - timedelta(days=1)) == frozenset()
        assert uow.lists.circulating(asked, then - timedelta(days=1)) == {"A"}
        assert uow.lists.circulating(asked, then) == {"B"}
        uow.lists.keep_circulation(a_list("at once"), [an_entry("C")])
        assert uow.lists.circulating([*asked, "C"], then) == {"C"}


def test_a_drug_stands_on_the_list_for_its_days_both_counted(books):
    row = an_entry("A", valid_from=DAY, valid_to=DAY + timedelta(days=1))
    again = an_entry("A", valid_from=DAY + timedelta(days=5), maker="练习二厂")
    listed = a_list(effective=DAY - timedelta(days=30))
    with books() as uow:
        uow.lists.keep_circulation(listed, [row, again])
        found = {
            days: bool(uow.lists.circulating(["A"], DAY + timedelta(days=days)))
            for days in (-1, 0, 1, 2, 5)
        }
    assert found == {-1: False, 0: True, 1: True, 2: False, 5: True}


def test_a_long_list_is_kept_whole(books):
    many = 12_001
    codes = [f"XPRACTICE{number:05d}" for number in range(many)]
    with books() as uow:
        uow.lists.keep_circulation(a_list(entries=many), map(an_entry, codes))
        assert uow.lists.circulating([*codes, "none"], DAY) == frozenset(codes)


def an_issuer(code, kind="issuer", **changes):
    base = ListedIssuer(kind, code, "练习医生李四", DAY, DAY + timedelta(days=9))
    return replace(base, **changes)


def test_a_list_of_a_kind_is_replaced_whole_and_leaves_the_others(books, till):
    hospital = an_issuer("H2")
    with books() as uow:
        uow.lists.keep_listed("issuer", [an_issuer("H9")])
        uow.lists.keep_listed("service", [an_issuer("S1", "service", ends=None)])
        uow.lists.keep_listed("issuer", iter([hospital, an_issuer("H1")]))
        uow.commit()
    with till("02")() as uow:
        assert uow.lists.all_listed("issuer") == [an_issuer("H1"), hospital]
        assert uow.lists.all_listed("service") == [an_issuer("S1", "service", ends=None)]
        assert uow.lists.all_listed("prescriber") == []
        with pytest.raises(BadValue):
            uow.lists.keep_listed("issuer", [an_issuer("D1", "prescriber")])


@pytest.mark.rule("HY-2.3")
def test_a_prescriber_is_listed_for_a_disease_and_for_days(books):
    doctor = an_issuer("D1", "prescriber", disease="M03900", ends=DAY + timedelta(days=1))
    renewed = replace(doctor, begins=DAY + timedelta(days=1), ends=None, name="练习医生新")
    with books() as uow:
        uow.lists.keep_listed("prescriber", [doctor, renewed])

        def asked(day, disease="M03900", code="D1"):
            return uow.lists.listed("prescriber", code, day, disease)

        assert asked(DAY) == doctor
        assert asked(DAY + timedelta(days=1)) == renewed
        assert asked(date(2040, 1, 1)) == renewed
        assert asked(DAY - timedelta(days=1)) is None
        assert asked(DAY, "M01600") is None
        assert asked(DAY, "") is None
        assert asked(DAY, code="D2") is None
        assert uow.lists.listed("issuer", "D1", DAY, "M03900") is None


def test_the_store_is_that_of_the_books(books, engine):
    add(books, a_case(till_id="77"))
    with engine.connect() as connection:
        row = connection.execute(select(RX_CASE.c.store_id, RX_CASE.c.till_id)).one()
    assert tuple(row) == (STORE, "77")
