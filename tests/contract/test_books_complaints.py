"""The register of complaints, on both databases."""

from datetime import date, timedelta

import pytest

from app.domain.complaint import Channel, Complaint, Subject
from app.domain.complaint_states import ComplaintEvent, ComplaintState
from app.errors import BadValue, IllegalTransition, NotFound, StoreStale
from tests.fakes.clock import START

DAY = date(2026, 11, 20)


def a_complaint(number=1, due=DAY):
    return Complaint(
        id=f"c-{number}", received_on=DAY, channel=Channel.PHONE, subject=Subject.PRICE,
        words="练习：价签与收款不一致", person="练习·王女士", due_on=due, at=START, by="staff-1",
    )  # fmt: skip


def test_a_complaint_is_worked_on_closed_and_never_overtaken(books):
    with books() as uow:
        uow.complaints.put(a_complaint())
        uow.complaints.put(a_complaint(2, DAY + timedelta(days=9)))
        uow.commit()
    with books() as uow:
        assert uow.complaints.waiting(DAY) == (2, 0)
        assert uow.complaints.waiting(DAY + timedelta(days=1)) == (2, 1)
        first = uow.complaints.get("c-1")
        uow.complaints.put(first.step(ComplaintEvent.ACTED, "练习：已核对", "staff-1", START))
        with pytest.raises(StoreStale):
            uow.complaints.put(first)
        acted = uow.complaints.get("c-1")
        uow.complaints.put(acted.step(ComplaintEvent.CLOSED, "练习：已退差价", "staff-2", START))
        assert [one.id for one in uow.complaints.all(9)] == ["c-2", "c-1"]
        assert [one.id for one in uow.complaints.all(1)] == ["c-2"]
        closed = uow.complaints.get("c-1")
        assert closed.state is ComplaintState.CLOSED and closed.closed.by == "staff-2"
        assert [one.words for one in closed.steps] == ["练习：已核对", "练习：已退差价"]
        with pytest.raises(IllegalTransition):
            closed.step(ComplaintEvent.ACTED, "练习", "staff-1", START)
        with pytest.raises(BadValue):
            uow.complaints.get("c-2").step(ComplaintEvent.ACTED, "  ", "staff-1", START)
        with pytest.raises(NotFound):
            uow.complaints.get("c-9")


def test_a_complaint_has_words_and_days_that_can_be():
    for wrong in ({"words": " "}, {"words": "长" * 501}, {"due_on": DAY - timedelta(days=1)}):
        with pytest.raises(BadValue):
            Complaint(**({
                "id": "c", "received_on": DAY, "channel": Channel.PHONE, "subject": Subject.PRICE,
                "words": "练习", "due_on": DAY, "at": START, "by": "s",
            } | wrong))  # fmt: skip
