"""Proxy purchases and staff's document numbers in the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.proxy import ProxyPurchase
from app.domain.proxy_states import ProxyEvent, ProxyState
from app.errors import BadValue, NotFound, StoreStale
from app.ports import UnitOfWorkFactory
from app.ports_proxy import StaffDocument

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAFF_NO = "99990019900101003X"
"""Invented: the division 999900 does not exist."""


def _one(name: str = "proxy-1", **changes: object) -> ProxyPurchase:
    made = ProxyPurchase(name, "sale-1", "patient-1", AT, "staff-1", patient_kind="02")
    return replace(made, **changes)  # type: ignore[arg-type]


def _whole() -> ProxyPurchase:
    return _one(
        state=ProxyState.PICTURED,
        patient_typed=True,
        proxy_id="person-9",
        proxy_kind="01",
        proxy_typed=True,
        second_id="staff-2",
        staff_filing="F-1",
        relation="child",
        reason="impaired",
        proof="disability_card",
        list_text='{"v":1}',
        list_digest="ab" * 32,
        listed_at=AT + timedelta(seconds=1),
        signature_id="e-1",
        signed_at=AT + timedelta(seconds=2),
        still_id="e-2",
        pictured_at=AT + timedelta(seconds=3),
        ended_at=AT + timedelta(seconds=4),
        look="in_order",
        looked_by="staff-3",
        looked_at=AT + timedelta(seconds=5),
    )


def _add(books: UnitOfWorkFactory, *many: ProxyPurchase) -> None:
    with books() as uow:
        for one in many:
            uow.proxies.add(one)
        uow.commit()


def test_a_record_comes_back_as_it_went(books: UnitOfWorkFactory) -> None:
    _add(books, _whole(), _one("proxy-2", sale_id="sale-2"))
    with books() as uow:
        assert uow.proxies.get("proxy-1") == _whole()
        assert uow.proxies.of_sale("sale-2") == [_one("proxy-2", sale_id="sale-2")]
        assert uow.proxies.of_sale("sale-3") == []
        with pytest.raises(NotFound):
            uow.proxies.get("nobody")


def test_a_taken_id_and_a_stale_record_are_refused(books: UnitOfWorkFactory) -> None:
    _add(books, _one())
    with pytest.raises(BadValue):
        _add(books, _one())
    with books() as uow:
        mine, theirs = uow.proxies.get("proxy-1"), uow.proxies.get("proxy-1")
        mine.move(ProxyEvent.SHOWN)
        uow.proxies.save(mine)
        theirs.move(ProxyEvent.VOIDED)
        with pytest.raises(StoreStale):
            uow.proxies.save(theirs)
        uow.commit()
    with books() as uow:
        assert uow.proxies.get("proxy-1").state is ProxyState.IDENTIFIED


def test_records_are_found_by_day_by_person_and_newest_first(books: UnitOfWorkFactory) -> None:
    later = _one("proxy-2", opened_at=AT + timedelta(hours=1), proxy_id="person-9")
    other = _one("proxy-3", opened_at=AT + timedelta(days=1), patient_id="patient-2")
    _add(books, _one(), later, other)
    with books() as uow:
        day = uow.proxies.between(AT, AT + timedelta(days=1), 10)
        assert [one.id for one in day] == ["proxy-2", "proxy-1"]
        assert [one.id for one in uow.proxies.between(AT, AT + timedelta(days=2), 1)] == ["proxy-3"]
        assert [one.id for one in uow.proxies.of_people(["person-9"], 10)] == ["proxy-2"]
        both = uow.proxies.of_people(["patient-2", "patient-1"], 10)
        assert [one.id for one in both] == ["proxy-3", "proxy-2", "proxy-1"]
        assert uow.proxies.of_people([], 10) == []


def test_only_used_records_count_for_a_proxy(books: UnitOfWorkFactory) -> None:
    used = {"state": ProxyState.USED, "proxy_id": "person-9"}
    _add(
        books,
        _one("p-1", ended_at=AT, **used),
        _one("p-2", ended_at=AT + timedelta(days=3), patient_id="patient-2", **used),
        _one("p-3", ended_at=AT + timedelta(days=3), state=ProxyState.VOID, proxy_id="person-9"),
        _one("p-4", ended_at=AT + timedelta(days=3), state=ProxyState.USED, proxy_id="person-8"),
    )
    with books() as uow:
        since = AT + timedelta(days=1)
        assert uow.proxies.bought_by(["person-9"], since) == [("patient-2", AT + timedelta(days=3))]
        assert len(uow.proxies.bought_by(["person-9"], AT)) == 2


def test_a_member_of_staff_is_found_by_the_number_and_written_anew(
    books: UnitOfWorkFactory,
) -> None:
    with books() as uow:
        uow.staff_documents.keep(StaffDocument("staff-1", STAFF_NO))
        uow.staff_documents.keep(StaffDocument("staff-2", "", ""))
        uow.commit()
    with books() as uow:
        assert uow.staff_documents.of_cert_no(STAFF_NO.lower()) == [
            StaffDocument("staff-1", STAFF_NO)
        ]
        uow.staff_documents.keep(StaffDocument("staff-1", STAFF_NO, "F-7"))
        uow.commit()
    with books() as uow:
        found = uow.staff_documents.all()
    assert found == [StaffDocument("staff-1", STAFF_NO, "F-7"), StaffDocument("staff-2", "")]
