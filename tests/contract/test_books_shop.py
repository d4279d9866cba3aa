"""Staff, outbox, numbers, settings and the log, on every database."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.domain.clock import shop_time
from app.domain.staff import Right, Role
from app.domain.staff_level import Level
from app.domain.upload_states import UploadState
from app.errors import BadValue, NotFound
from app.ports import OutboxRow
from app.storage.act_log import FIRST, entry_hash
from app.storage.books_outbox import RELEASED
from tests.fakes.builders import INSTITUTION, STORE, a_staff
from tests.fakes.clock import START
from tests.fakes.unit_of_work import memory_books


def test_staff_come_back_with_their_pin_hash(books):
    one, two = a_staff("1001"), a_staff("0002", role=Role.MANAGER)
    with books() as uow:
        uow.staff.add(one, "hash-1")
        uow.staff.add(two, "hash-2")
        uow.commit()
    with books() as uow:
        assert uow.staff.all() == [two, one]
        assert uow.staff.by_number("1001") == (one, "hash-1")
        assert uow.staff.by_number("9") is None
        locked = replace(one, wrong_pins=3, locked_until=START, active=False)
        uow.staff.save(locked)
        uow.staff.set_pin(one.id, "hash-3")
        assert uow.staff.get(one.id) == locked
        assert uow.staff.by_number("1001") == (locked, "hash-3")
        for act in (
            lambda: uow.staff.get("none"),
            lambda: uow.staff.save(a_staff("9")),
            lambda: uow.staff.set_pin("none", "hash"),
        ):
            with pytest.raises(NotFound):
                act()
        with pytest.raises(BadValue):
            uow.staff.add(replace(two, id="staff-new", number="1001"), "hash")


def test_levels_stay_by_version_and_staff_find_theirs(books):
    rights = frozenset({Right.SELL, Right.RETURN})
    level = Level("level-1", "收银一级", rights, ((Right.RETURN, 20000),))
    one = a_staff("1001", must_change_pin=True, left_on=START.date())
    with books() as uow:
        kept = uow.levels.put(level, START, "staff-9")
        uow.staff.add(replace(one, level=kept), "hash")
        later = replace(level, version=2, limits=(), withdrawn=True)
        uow.levels.put(later, START + timedelta(hours=1), "staff-9")
        uow.commit()
    with books() as uow:
        assert uow.levels.versions("level-1")[0] == kept
        assert [each.version for each in uow.levels.all()] == [2]
        assert uow.staff.get(one.id).level == uow.levels.get("level-1")
        with pytest.raises(BadValue):
            uow.levels.put(later, START, "staff-9")
    with books() as uow, pytest.raises(NotFound):
        uow.levels.get("none")


def test_a_badge_finds_one_member_and_nobody_else_gets_it(books):
    one, two = a_staff("1001"), a_staff("1002")
    with books() as uow:
        uow.staff.add(one, "hash-1")
        uow.staff.add(two, "hash-2")
        uow.staff.set_badge(one.id, "LXGP-0001")
        uow.commit()
    with books() as uow:
        found = uow.staff.by_badge("LXGP-0001")
        assert found == (replace(one, has_badge=True), "hash-1")
        uow.staff.save(replace(one, wrong_pins=1))
        assert uow.staff.by_badge("LXGP-0001") is not None, "a try does not cost the badge"
        with pytest.raises(BadValue):
            uow.staff.set_badge(two.id, "LXGP-0001")
    with books() as uow:
        uow.staff.set_badge(one.id, "")
        uow.staff.set_badge(two.id, "LXGP-0001")
        assert uow.staff.by_badge("LXGP-0001")[0].id == two.id
        with pytest.raises(NotFound):
            uow.staff.set_badge("none", "LXGP-0002")


def an_event(key, minutes=0):
    at = START + timedelta(minutes=minutes)
    return OutboxRow(key, "sale-1", "stock_sold", {"药品": "练习", "fen": 1280}, at)


def test_events_wait_in_the_order_in_which_they_came(books):
    with books() as uow:
        assert uow.outbox.waiting() == (0, None)
        uow.outbox.add([an_event("b", 2), an_event("a", 1)])
        uow.outbox.add([])
        uow.commit()
    with books() as uow:
        # The oldest is the one that was written first: that costs no look at the others.
        assert uow.outbox.waiting() == (2, START + timedelta(minutes=2))
        assert uow.outbox.waiting(1) == (1, START + timedelta(minutes=2))
        waiting = [one.row for one in uow.outbox.oldest(5)]
        assert waiting == [an_event("b", 2), an_event("a", 1)]
        with pytest.raises(BadValue):
            uow.outbox.add([an_event("a")])


def test_what_became_of_an_event_is_written_once(books):
    """Two tills may meet the same row: the one that was faster has it."""
    with books() as uow:
        lacking = replace(an_event("c", 3), gaps=("made_on",))
        uow.outbox.add([an_event("a", 1), an_event("b", 2), lacking])
        uow.commit()
    with books() as uow:
        first, second = uow.outbox.oldest(5)
        assert uow.outbox.oldest(5, after=first.seq) == [second]
        sent = replace(first, state=UploadState.SENT, tries=1, next_try_at=START)
        assert uow.outbox.keep(sent, first)
        assert not uow.outbox.keep(sent, first)
        said = {"text": "药师未备案", "serial": "LK1"}
        done = replace(sent, state=UploadState.REJECTED, settled_at=START, next_try_at=None,
                       answer=said)  # fmt: skip
        assert uow.outbox.keep(done, sent)
        uow.commit()
    with books() as uow:
        assert uow.outbox.waiting() == (1, START + timedelta(minutes=2))
        counts = {UploadState.REJECTED: 1, UploadState.PENDING: 1, UploadState.INCOMPLETE: 1}
        assert uow.outbox.counts() == counts
        assert uow.outbox.many(["a", "x"]) == {"a": done}
        aside = uow.outbox.stepped_aside("sale-1")
        assert [one.row.key for one in aside] == ["a", "c"]
        assert aside[1].answer == {"gaps": ["made_on"]}
        newest = uow.outbox.newest([UploadState.REJECTED, UploadState.INCOMPLETE], 1)
        assert [one.row.key for one in newest] == ["c"]


def a_lot_event(key, lot, minutes=0):
    return replace(an_event(key, minutes), aggregate=f"lot/{lot}")


def test_whoever_stands_behind_another_comes_forward_when_that_one_moves(books):
    """Rows that rest, are under way or are held are not looked at; some come at a time."""
    hour = timedelta(hours=1)
    with books() as uow:
        uow.outbox.add([a_lot_event(f"a{number}", "A") for number in range(RELEASED + 3)])
        uow.outbox.add([a_lot_event("b", "B"), a_lot_event("back", "B")])
        uow.commit()
    with books() as uow:
        uow.outbox.alone()
        first = uow.outbox.many(["a0"])["a0"]
        under_way = replace(first, state=UploadState.SENT, tries=1, next_try_at=START + hour)
        assert uow.outbox.keep(under_way, first)
        turns = uow.outbox.turns(START, START + 2 * hour, 500)
        assert [one.key for one in turns if not one.behind] == ["b", "back"]
        assert {one.behind_until for one in turns if one.behind} == {START + hour}
        uow.outbox.hold([(one.seq, one.aggregate) for one in turns if one.behind])
        uow.outbox.hold([(one.seq, "b") for one in turns if one.key == "back"])
        assert [one.key for one in uow.outbox.turns(START, START + 2 * hour, 500)] == ["b"]
        assert uow.outbox.counts()[UploadState.HELD] == RELEASED + 3
        assert uow.outbox.waiting()[0] == RELEASED + 5
        uow.commit()
    with books() as uow:
        later = uow.outbox.turns(START + hour, START + 2 * hour, 500)
        assert [one.key for one in later] == ["a0", "b"]
        # A clock that was set back by a day: nothing rests so long.
        back = uow.outbox.turns(START - 24 * hour, START - 23 * hour, 500)
        assert [one.key for one in back] == ["a0", "b"]
        uow.outbox.rest([(first.seq, START + 2 * hour)])
        assert [one.key for one in uow.outbox.turns(START + hour, START + 2 * hour, 500)] == ["b"]
        done = replace(under_way, state=UploadState.CONFIRMED, next_try_at=None)
        assert uow.outbox.keep(done, under_way)
        other = uow.outbox.many(["b"])["b"]
        uow.outbox.release([other.seq, first.seq])
        forward = [one.key for one in uow.outbox.turns(START, START + hour, 500)]
        assert forward == [*(f"a{number}" for number in range(1, RELEASED + 1)), "b", "back"]
        uow.outbox.release([first.seq + 1])
        assert UploadState.HELD not in uow.outbox.counts()
        uow.commit()


def test_settings_are_kept(books):
    with books() as uow:
        assert uow.settings.get("shop.name") == ""
        assert uow.settings.get("shop.name", "练习药店") == "练习药店"
        uow.settings.put("shop.name", "一")
        uow.settings.put("shop.name", "二")
        uow.commit()
    with books() as uow:
        assert uow.settings.get("shop.name") == "二"


def test_a_msgid_is_institution_time_till_and_number(books):
    with books() as uow:
        first = uow.numbers.next_msgid(INSTITUTION, 7, START)
        assert first == INSTITUTION + "20261120100000" + "0700"
        assert uow.numbers.next_msgid(INSTITUTION, 7, START) == first[:-1] + "1"
        # Another till counts for itself, and a clock set back goes on behind the last one.
        assert uow.numbers.next_msgid(INSTITUTION, 8, START).endswith("1000000800")
        back = uow.numbers.next_msgid(INSTITUTION, 7, START - timedelta(days=3))
        assert back == first[:-1] + "2"


def test_the_hundredth_msgid_of_a_second_belongs_to_the_next(books):
    with books() as uow:
        given_out = [uow.numbers.next_msgid(INSTITUTION, 7, START) for _ in range(101)]
    assert given_out[99] == INSTITUTION + "20261120100000" + "0799"
    assert given_out[100] == INSTITUTION + "20261120100001" + "0700"


def test_after_a_restore_msgids_start_beyond_the_newest_that_the_platform_shows(books):
    with books() as uow:
        uow.numbers.start_beyond(INSTITUTION, 7, START + timedelta(hours=1))
        later = uow.numbers.next_msgid(INSTITUTION, 7, START)
        assert later == INSTITUTION + "20261120110001" + "0700"


@pytest.mark.parametrize(("institution", "till_no"), [("SHORT", 1), (INSTITUTION, 100)])
def test_a_msgid_that_would_not_have_its_length_is_refused(books, institution, till_no):
    with books() as uow, pytest.raises(BadValue):
        uow.numbers.next_msgid(institution, till_no, START)


@settings(max_examples=30)
@given(st.lists(st.integers(-86_400, 86_400), min_size=1, max_size=150))
def test_msgids_only_ever_grow(moments):
    with memory_books()() as uow:
        found = [
            uow.numbers.next_msgid(INSTITUTION, 1, START + timedelta(seconds=each))
            for each in moments
        ]
    assert found == sorted(set(found))
    assert all(len(each) == 30 and each.isalnum() for each in found)
    for msgid, seconds in zip(found, moments, strict=True):
        earliest = shop_time(START + timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%S")
        assert msgid[12:26] >= earliest


def test_receipts_count_by_till_and_day_and_serials_by_name(books, till):
    with books() as uow:
        assert uow.numbers.next_receipt("01", "2026-11-20") == "01-20261120-0001"
        assert uow.numbers.next_receipt("01", "20261120") == "01-20261120-0002"
        assert uow.numbers.next_receipt("02", "2026-11-20") == "02-20261120-0001"
        assert uow.numbers.next_receipt("01", "2026-11-21") == "01-20261121-0001"
        assert [uow.numbers.next_serial("visit") for _ in range(3)] == [1, 2, 3]
        uow.commit()
    with till("02")() as uow:
        assert uow.numbers.next_serial("visit") == 4
        assert uow.numbers.next_serial("batch") == 1


def test_two_restores_within_a_second_begin_apart(books, till):
    given = []
    for part in (0, 400_000):
        with till(f"{part // 100_000:02d}")() as uow:  # nothing is committed, as if put back again
            now = START + timedelta(microseconds=part)
            uow.numbers.start_beyond(INSTITUTION, 7, now)
            given.append([uow.numbers.next_msgid(INSTITUTION, 7, now) for _ in range(30)])
    assert not set(given[0]) & set(given[1])
    assert max(given[0]) < min(given[1])


def test_serials_of_lost_hours_are_never_given_again(books):
    with books() as uow:
        assert uow.numbers.next_serial("batch") == 1
        assert uow.numbers.next_serial("order|20261120") == 1
        uow.numbers.leave_out_serials(["20261120", "20261121"], 1000)
        assert uow.numbers.next_serial("batch") == 1002
        assert uow.numbers.next_serial("order|20261120") == 1002
        assert [uow.numbers.next_serial("order|20261121") for _ in range(2)] == [1001, 1002]
        assert uow.numbers.next_serial("order|20261122") == 1
        assert uow.numbers.next_serial("visit") == 1


def test_numbers_of_a_unit_that_was_left_were_never_given(books):
    with books() as uow:
        assert uow.numbers.next_serial("visit") == 1
    with books() as uow:
        assert uow.numbers.next_serial("visit") == 1


def write(books, *acts):
    with books() as uow:
        for act in acts:
            uow.log.append(act, "staff-1", START, {"b": 2, "a": "药"})
        uow.commit()


@pytest.mark.rule("LN-2.4a")
def test_each_entry_of_the_log_holds_the_one_before(books, till):
    write(books, "one", "two")
    write(till("02"), "elsewhere")
    write(books, "three")
    with books() as uow:
        three, two, one = uow.log.tail(5)
        assert uow.log.verify() == (4, "")
    assert [three.seq, two.seq, one.seq] == [3, 2, 1]
    assert (one.prev, two.prev, three.prev) == (FIRST, one.hash, two.hash)
    assert one.entry == '{"a":"药","b":2}'
    assert one.at == START


def test_the_hash_is_what_its_description_says():
    """The known answer was made with ``printf ... | sha256sum``."""
    told = '["S/01",1,1795140000000000,"staff-1","sale.done","{\\"a\\":\\"药\\"}","' + FIRST + '"]'
    assert json.loads(told)[5] == '{"a":"药"}'
    digest = entry_hash("S/01", 1, 1795140000000000, "staff-1", "sale.done", '{"a":"药"}', FIRST)
    assert digest == KNOWN


KNOWN = "8c497203ac0d4c456305763f84766f00f82f5c593f5a65ad445e7a5858245859"


@pytest.mark.parametrize(
    "change",
    ["UPDATE act_log SET entry = '{}'", "DELETE FROM act_log"],
)
def test_the_database_refuses_to_change_the_log(books, engine, change):
    write(books, "one")
    with engine.connect() as connection, pytest.raises(DatabaseError):
        connection.execute(text(change))
    with books() as uow:
        assert len(uow.log.tail(5)) == 1


CHANGES = {
    "UPDATE act_log SET entry = '{}' WHERE seq = 2": "#2: was changed",
    "UPDATE act_log SET at = at + 1 WHERE seq = 2": "#2: was changed",
    "UPDATE act_log SET actor = 'x' WHERE seq = 2": "#2: was changed",
    "UPDATE act_log SET prev = hash WHERE seq = 2": "#2: does not follow #1",
    "DELETE FROM act_log WHERE seq = 2": "#3: #2 is missing",
}


@pytest.mark.parametrize("change", CHANGES)
def test_verification_finds_a_change_made_behind_the_triggers(books, engine, change):
    write(books, "one", "two", "three")
    with engine.begin() as connection:
        for statement in WITHOUT_TRIGGERS[connection.dialect.name]:
            connection.execute(text(statement))
        connection.execute(text(change))
    with books() as uow:
        assert uow.log.verify() == (1, f"{STORE}/01 {CHANGES[change]}")


WITHOUT_TRIGGERS = {
    "sqlite": ["DROP TRIGGER act_log_no_update", "DROP TRIGGER act_log_no_delete"],
    "postgresql": ["DROP TRIGGER act_log_no_change ON act_log"],
}
