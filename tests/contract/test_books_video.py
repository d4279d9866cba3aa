"""Purchase stills, video marks and looks at the recorder in the books, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.domain.purchase_still import PurchaseStill, StillState
from app.domain.recorder import RecorderCheck, RecorderDoubt, RecorderState, RecorderWay
from app.domain.video_mark import VideoMark
from app.errors import BadValue, NotFound
from app.ports import UnitOfWorkFactory

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TAKEN = PurchaseStill(
    "sale-1", "person-1", ("set-1", "set-2"), AT, "staff-1", StillState.TAKEN,
    exhibit_id="e-1", consent_id="c-1", fault="dark", receipt_no="01-20260302-0001", till_no=1,
)  # fmt: skip
GAP = PurchaseStill(
    "sale-2", "person-2", ("set-3",), AT + DAY, "staff-1", StillState.MISSING, gap="camera_gone"
)
MARK = VideoMark(
    "sale-1", 1, (1, 3), AT, AT + timedelta(minutes=4), "01-20260302-0001", "person-1",
    ("special", "ordinary"),
)  # fmt: skip
CHECK = RecorderCheck(
    "check-1",
    AT,
    "staff-1",
    RecorderWay.BY_HAND,
    RecorderState({1: True, 2: False, 3: True}, date(2024, 3, 1), -75, 12),
    (RecorderDoubt.CHANNEL_DOWN, RecorderDoubt.CLOCK),
    730,
)


def test_a_still_comes_back_as_it_was_and_a_sale_has_one(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.stills.add(TAKEN)
        uow.stills.add(GAP)
        uow.commit()
    with books() as uow:
        assert uow.stills.of_sale("sale-1") == TAKEN
        assert uow.stills.of_sale("sale-9") is None
        assert uow.stills.of_sales(["sale-1", "sale-2", "sale-9"]) == {
            "sale-1": TAKEN,
            "sale-2": GAP,
        }
    with books() as uow, pytest.raises(BadValue):
        uow.stills.add(replace(TAKEN, state=StillState.MISSING))


def test_a_gap_stands_on_the_list_until_it_is_answered_once(books: UnitOfWorkFactory) -> None:
    earlier = replace(GAP, sale_id="sale-3", at=AT)
    with books() as uow:
        for one in (TAKEN, GAP, earlier):
            uow.stills.add(one)
        uow.commit()
    said = replace(GAP, answer="device_mended", answered_by="staff-9", answered_at=AT + 2 * DAY)
    with books() as uow:
        assert uow.stills.open_gaps() == [earlier, GAP]
        uow.stills.answer(said)
        uow.commit()
    with books() as uow:
        assert uow.stills.open_gaps() == [earlier]
        assert uow.stills.of_sale("sale-2") == said
        with pytest.raises(NotFound):
            uow.stills.answer(said)
        with pytest.raises(NotFound):
            uow.stills.answer(replace(TAKEN, answer="device_mended"))


def test_marks_are_found_by_the_time_of_their_sale(books: UnitOfWorkFactory) -> None:
    bare = VideoMark("sale-0", 2, (), AT - DAY, AT - DAY, "02-20260301-0007")
    with books() as uow:
        uow.videos.mark(MARK)
        uow.videos.mark(bare)
        uow.commit()
    with books() as uow:
        assert uow.videos.marks(AT - 2 * DAY, AT + DAY) == [bare, MARK]
        assert uow.videos.marks(AT, MARK.ends) == []
        assert uow.videos.mark_of("sale-1") == MARK
        assert uow.videos.mark_of("sale-9") is None
        with pytest.raises(BadValue):
            uow.videos.mark(MARK)


def test_a_look_at_the_recorder_comes_back_and_is_answered_once(books: UnitOfWorkFactory) -> None:
    plain = RecorderCheck(
        "check-0", AT - DAY, "staff-2", RecorderWay.FILE, RecorderState({1: True})
    )
    with books() as uow:
        uow.videos.add_check(CHECK)
        uow.videos.add_check(plain)
        uow.commit()
    said = replace(CHECK, answer="vendor_called", answered_by="staff-9", answered_at=AT + DAY)
    with books() as uow:
        assert uow.videos.checks(AT - DAY, AT + DAY) == [plain, CHECK]
        uow.videos.answer_check(said)
        with pytest.raises(NotFound):
            uow.videos.answer_check(replace(plain, answer="mended"))
        uow.commit()
    with books() as uow:
        assert uow.videos.checks(AT, AT + DAY) == [said]
        with pytest.raises(NotFound):
            uow.videos.answer_check(said)


def test_another_store_sees_nothing_of_it(
    books: UnitOfWorkFactory, till: Callable[[str], UnitOfWorkFactory], engine: Engine
) -> None:
    from app.storage.unit_of_work import make_factory
    from tests.fakes.unit_of_work import secrets_for_tests

    with books() as uow:
        uow.stills.add(GAP)
        uow.videos.mark(MARK)
        uow.videos.add_check(CHECK)
        uow.commit()
    with till("02")() as uow:
        assert uow.stills.open_gaps() == [GAP], "another till of the store does"
        assert uow.videos.marks(AT, AT + DAY) == [MARK]
    with make_factory(engine, secrets_for_tests(), "another-store", "01")() as uow:
        assert uow.stills.open_gaps() == []
        assert uow.stills.of_sale("sale-2") is None
        assert uow.videos.marks(AT, AT + DAY) == []
        assert uow.videos.mark_of("sale-1") is None
        assert uow.videos.checks(AT, AT + DAY) == []
