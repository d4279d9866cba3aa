"""Rosters on every database: batches in effect, persons found by keyed hash, names sealed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app.domain.roster import RosterBatch, RosterEntry
from app.errors import BadValue
from tests.fakes.builders import a_person
from tests.fakes.clock import START

DAY = date(2026, 11, 22)
BATCH = RosterBatch("special", "2026-11", date(2026, 11, 1), START, "boss", "file", "sum", 1, 1)
ROW = RosterEntry(
    "special", "M01600", "糖尿病", date(2026, 1, 1), None, "99990019680101001X", "练习甲"
)


@pytest.mark.rule("EZ-9a", "S-20")
def test_a_known_person_is_found_without_opening_a_name(books, till):
    person = replace(a_person(), cert_no="99990019680101001x")
    other = replace(ROW, cert_no="999900196801010028", disease="M03900")
    with books() as uow:
        person_id = uow.persons.keep(person, "p-1", START)
        assert uow.rosters.of_person(person_id, DAY).batches == ()
        uow.rosters.keep(replace(BATCH, entries=2, persons=2), [ROW, other])
        uow.commit()
    with till("02")() as uow:
        seen = uow.rosters.of_person(person_id, DAY)
        assert [one.version for one in seen.batches] == ["2026-11"]
        assert seen.entries == (replace(ROW, cert_no="", name=""),)
        assert uow.rosters.by_number("99990019680101001X", DAY).entries == (ROW,)
        assert uow.rosters.by_number("999900196801010036", DAY).entries == ()
        assert uow.rosters.of_person("nobody", DAY).entries == ()
        # Not in effect yet on the day before.
        assert uow.rosters.of_person(person_id, date(2026, 10, 31)).batches == ()


@pytest.mark.rule("EZ-9a")
def test_a_new_batch_replaces_its_own_type_alone(books):
    two = replace(BATCH, settlement="two_disease", version="T")
    with books() as uow:
        uow.rosters.keep(BATCH, [ROW])
        uow.rosters.keep(two, [replace(ROW, settlement="two_disease")])
        uow.rosters.keep(replace(BATCH, version="2026-12"), [replace(ROW, disease="M03900")])
        uow.commit()
    with books() as uow:
        told = uow.rosters.by_number(ROW.cert_no, DAY)
        assert {(one.settlement, one.disease) for one in told.entries} == {
            ("special", "M03900"),
            ("two_disease", "M01600"),
        }
        assert [one.version for one in uow.rosters.batches()] == ["2026-12", "T", "2026-11"]


@pytest.mark.rule("EZ-9a")
def test_a_batch_for_a_later_day_leaves_the_one_in_effect_until_then(books):
    later = DAY + timedelta(days=9)
    with books() as uow:
        uow.rosters.keep(BATCH, [ROW])
        coming = replace(BATCH, version="next", effective=later)
        uow.rosters.keep(coming, [replace(ROW, disease="M03900")])
        uow.commit()
    with books() as uow:
        assert [e.disease for e in uow.rosters.by_number(ROW.cert_no, DAY).entries] == ["M01600"]
        assert [e.disease for e in uow.rosters.by_number(ROW.cert_no, later).entries] == ["M03900"]


def test_a_row_of_another_type_leaves_nothing(books):
    with books() as uow, pytest.raises(BadValue):
        uow.rosters.keep(BATCH, [ROW, replace(ROW, settlement="two_disease")])
    with books() as uow:
        assert uow.rosters.batches() == []


def test_neither_name_nor_number_lies_open(books, engine):
    with books() as uow:
        uow.rosters.keep(BATCH, [ROW])
        uow.commit()
    with engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM roster_entry")).all()
    whole = b"|".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    assert ROW.cert_no.encode() not in whole
    assert ROW.name.encode() not in whole
