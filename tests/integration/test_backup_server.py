"""A backup goes back into books that several tills share on PostgreSQL, for all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import BackupRefused, RestoredFirst, TillInUse
from app.storage.engine import connect_server
from app.use_cases.backups import restored
from tests.integration.test_setup_tills import found, join, opened
from ui.backups import put_back
from ui.bootstrap import OpenShop
from ui.homes import Home, read_shop

pytestmark = pytest.mark.postgres


def note(shop: OpenShop, value: str) -> None:
    """Something that happened: a setting, an entry of the log, a slip's number."""
    doors = shop.shop.doors
    with doors.uow() as uow:
        uow.settings.put("test/note", value)
        uow.log.append("test.note", "staff-1", doors.clock.now(), {"value": value})
        uow.commit()


def slip(shop: OpenShop) -> str:
    doors = shop.shop.doors
    with doors.uow() as uow:
        number = uow.numbers.next_receipt(f"{doors.shop.till_no:02d}", "20261122")
        uow.commit()
    return number


def said(shop: OpenShop) -> str:
    with shop.shop.doors.uow() as uow:
        return uow.settings.get("test/note")


def test_shared_books_come_back_whole_and_what_was_there_lies_aside(
    tmp_path: Path, postgres_url: str
) -> None:
    first, second, third = (Home(tmp_path / name) for name in ("first", "second", "third"))
    code = found(first, postgres_url).recovery_code
    join(second, postgres_url, code)
    one = opened(first)
    note(one, "练习·备份以前")
    made = one.shop.backup_room(None).make(datetime(2026, 11, 22, 4, tzinfo=UTC))
    backup = first.store / "backups" / made.name
    one.close()
    join(third, postgres_url, code, till=3)
    two = opened(second)
    note(two, "练习·备份以后")
    lost = [slip(two) for _ in range(3)]
    now = datetime(2026, 11, 22, 6, tzinfo=UTC)
    with pytest.raises(TillInUse):
        put_back(backup, first, practice=False, code="", now=now)
    assert said(two) == "练习·备份以后"
    two.close()
    back = put_back(backup, first, practice=False, code="", now=now)
    assert not list(first.store.rglob("store.sqlite3*")), "the books lie on the server alone"
    server = connect_server(postgres_url)
    with server.connect() as books:
        query = text(f'SELECT count(*) FROM "{back.aside_schema}".act_log WHERE act = :act')
        assert books.execute(query, {"act": "test.note"}).scalar_one() == 2
    server.dispose()
    for home in (third,):  # it joined after the backup, and is in all the same
        shop = opened(home)
        try:
            assert said(shop) == "练习·备份以前"
            assert restored(shop.shop.doors) is not None
            with pytest.raises(RestoredFirst):
                shop.shop.doors.counter.require_up_to_date(insured=False)
            assert slip(shop) not in lost
            note(shop, "练习·备份以前")  # running numbers go on where the rows end
        finally:
            shop.close()
    machine, lost_server = Home(tmp_path / "machine"), connect_server(postgres_url)
    with lost_server.begin() as books:
        books.execute(text("DROP SCHEMA public CASCADE"))
        books.execute(text("CREATE SCHEMA public"))
    again = put_back(backup, machine, practice=False, code=code, now=now)
    assert read_shop(again.folder).database and again.aside_schema == ""
    shop = opened(first)
    assert said(shop) == "练习·备份以前"
    shop.close()
    with lost_server.begin() as books:
        books.execute(text("SET LOCAL session_replication_role = replica"))
        books.execute(text("UPDATE store SET id = 'another'"))
    lost_server.dispose()
    with pytest.raises(BackupRefused):
        put_back(backup, first, practice=False, code="", now=now)
