"""The sender where something stands in the way: of one row, of a whole message, of everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.upload_states import UploadState
from app.use_cases.board import Tile, board_view
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import SAME_REFUSALS, SILENCES, drain_outbox, drain_slice
from app.use_cases.holidays import load_calendar
from app.use_cases.outbox_turn import BACK_OFF
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import a_manager

MANY = ("3501A", "3502A", "3504A", "3505A", "3506A", "3507A")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def sell(till: PracticeTill, sales: int) -> None:
    drugs = [till.find(sale_class="otc_a"), till.find(sale_class="otc_b", cold_chain=False)]
    for number in range(sales):
        sale = till.basket((drugs[number % 2], 1))
        complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def states(till: PracticeTill) -> dict[UploadState, int]:
    with till.doors.uow() as uow:
        return uow.outbox.counts()


def in_batches(till: PracticeTill) -> None:
    object.__setattr__(till.doors, "profile", replace(till.doors.profile, a_versions=MANY))


def test_a_message_that_is_refused_whole_is_said_row_by_row(till: PracticeTill) -> None:
    """Nobody says whose fault it was: the guilty row is found, the others are taken."""
    in_batches(till)
    sell(till, 4)
    till.fault(kind="refused", infno=["3505A"], text="报文有误（练习）", times=2)
    first = drain_outbox(till.doors, till.operator)
    assert (first.confirmed, first.refused) == (0, 0)
    till.clock.set(till.clock.now() + timedelta(seconds=60))
    then = drain_outbox(till.doors, till.operator)
    assert (then.confirmed, then.refused) == (3, 1)
    assert states(till) == {UploadState.CONFIRMED: 3, UploadState.REJECTED: 1}


def test_a_clock_that_is_set_back_lets_no_row_rest_for_a_day(till: PracticeTill) -> None:
    in_batches(till)
    sell(till, 2)
    till.fault(kind="refused", infno=["3505A"], text="报文有误（练习）", times=1)
    assert drain_outbox(till.doors, till.operator).confirmed == 0
    assert drain_outbox(till.doors, till.operator).idle, "they rest some seconds"
    till.clock.set(till.clock.now() - timedelta(days=1))
    assert drain_outbox(till.doors, till.operator).confirmed == 2


def test_a_platform_that_refuses_everybody_stops_the_run(till: PracticeTill) -> None:
    """The same words again and again are not the rows' fault: they wait instead of piling up."""
    sell(till, 6)
    till.fault(kind="refused", infno=["3505"], text="机构未开通进销存（练习）", times=0)
    done = drain_outbox(till.doors, till.operator)
    assert done.stopped == "机构未开通进销存（练习）" and done.refused == SAME_REFUSALS
    assert states(till) == {
        UploadState.REJECTED: SAME_REFUSALS,
        UploadState.PENDING: 6 - SAME_REFUSALS,
    }


@pytest.mark.rule("LN-2.2a", "SJZ-A.11")
def test_a_line_that_is_down_changes_nothing(till: PracticeTill) -> None:
    sell(till, 2)
    till.line_up = False
    done = drain_outbox(till.doors, till.operator)
    assert done.line_down and not done.confirmed
    with till.doors.uow() as uow:
        waiting = uow.outbox.oldest(10)
    assert [(one.state, one.tries) for one in waiting] == [(UploadState.PENDING, 0)] * 2
    till.line_up = True
    assert drain_outbox(till.doors, till.operator).confirmed == 2


@pytest.mark.rule("LN-3.4b", "SJZ-A.11")
def test_the_board_tells_what_waits_and_what_waits_too_long(till: PracticeTill) -> None:
    manager = a_manager(till)

    def tile() -> Tile:
        seen = board_view(till.doors, manager, load_calendar())
        return next(one for one in seen.tiles if one.name == "uploads")

    sell(till, 2)
    since = shop_time(till.clock.now())
    till.line_up = False
    drain_outbox(till.doors, till.operator)
    assert (tile().figure, tile().level, tile().params) == ("0", "good", {"waiting": 2})
    till.clock.set(till.clock.now() + timedelta(minutes=119))
    assert "said" not in tile().params
    till.clock.set(till.clock.now() + timedelta(minutes=1))
    late = {"waiting": 2, "said": "late", "oldest": f"{since:%m-%d %H:%M}"}
    assert (tile().level, tile().params, tile().page) == ("bad", late, "uploads")
    till.line_up = True
    drain_outbox(till.doors, till.operator)
    assert (tile().level, tile().params) == ("good", {"waiting": 0})


def test_two_tills_send_no_row_twice(till: PracticeTill) -> None:
    """What one till has on its way the other leaves alone until its sender is given up."""
    sell(till, 3)
    other = till.second_till()
    with till.doors.uow() as uow:
        before = uow.outbox.oldest(10)
    assert drain_outbox(till.doors, till.operator).confirmed == 3
    assert drain_outbox(other.doors, other.operator).idle
    with other.doors.uow() as uow:
        stale = replace(before[0], state=UploadState.SENT, tries=1)
        assert not uow.outbox.keep(stale, before[0])


def test_a_line_that_hangs_ends_the_slice_and_rows_rest_apart(till: PracticeTill) -> None:
    """Two silences are enough; what rests, rests half to one and a half steps, each its own."""
    sell(till, 6)
    till.fault(kind="lost_answer", infno=["3505"], times=0)
    done = drain_slice(till.doors, till.operator)
    assert (done.sent, done.unknown) == (SILENCES, SILENCES) and done.silent
    with till.doors.uow() as uow:
        rests = [one.next_try_at for one in uow.outbox.oldest(10) if one.state is UploadState.SENT]
    now, step = till.clock.now(), timedelta(seconds=BACK_OFF[0])
    assert len(set(rests)) == SILENCES
    assert all(one and step / 2 <= one - now < step * 3 / 2 for one in rests)
    assert drain_slice(till.doors, till.operator).sent == 0, "their lots wait for them"
    assert states(till) == {UploadState.SENT: SILENCES, UploadState.HELD: 6 - SILENCES}
