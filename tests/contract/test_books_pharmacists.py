"""Pharmacists, duty, owings and lists come back as they were written, on every database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.rx_case import OwingState
from app.errors import BadValue, NotFound
from tests.fakes.clock import START
from tests.fakes.prescriptions import (
    DAY,
    a_duty,
    a_list,
    a_pharmacist,
    a_request,
    an_entry,
    an_issuer,
    an_owing,
)


def ids(found):
    return [one.id for one in found]


@pytest.mark.rule("S-25")
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


@pytest.mark.rule("EZ-6", "SJZ-2.1")
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
