"""What the sender and the bar ask of the outbox is read off indexes: no queue makes it dearer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event, text

from app.domain.upload_states import NEEDS_PEOPLE, WAITING
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL
from tests.fakes.clock import START
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests


def test_no_question_of_the_sender_or_the_bar_reads_the_table_through() -> None:
    engine = memory_engine()
    books = make_factory(engine, secrets_for_tests(), STORE, TILL)
    asked: list[tuple[str, object]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, _context, many) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            asked.append((statement, parameters[0] if many else parameters))

    with books() as uow:
        uow.outbox.turns(START, START + timedelta(hours=1), 100)
        uow.outbox.waiting()
        uow.outbox.counts()
        uow.outbox.oldest(100, after=7)
        uow.outbox.newest(NEEDS_PEOPLE, 100, before=7)
        uow.outbox.newest(WAITING, 100)
        uow.outbox.hold([(1, "lot/1")])
        uow.outbox.rest([(1, START)])
        uow.outbox.release([1, 2, 3])
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) > 10
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        for statement, parameters in asked:
            steps = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            read = [step for step in steps if "outbox" in step or " before" in step]
            assert read, statement
            assert not [step for step in read if step.startswith("SCAN")], (statement, read)
            assert not [step for step in steps if "TEMP B-TREE" in step], (statement, steps)
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()
