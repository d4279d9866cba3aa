"""Books that somebody edits with a tool for databases: what sees it, and where it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.statement import Cause, DayState
from app.errors import SecretError, StoreBroken, StoreNewer
from app.storage.engine import open_store
from app.storage.migrate import HEAD
from app.use_cases.complete_sale import complete_sale
from app.use_cases.day_close import close_day, verify_close
from app.use_cases.reconcile import reconcile
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import DAY, a_manager, a_settled_sale, settlement_of


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def edited(till: PracticeTill, statement: str, **values: object) -> int:
    """By hand, behind the program's back; answers how many rows it changed."""
    with till.engine.begin() as connection:
        return int(connection.execute(text(statement), values).rowcount)


def sold(till: PracticeTill, packs: int = 1) -> str:
    sale = till.basket((till.find(sale_class="otc_b", cold_chain=False), packs))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    return sale.id


@pytest.mark.rule("LN-2.4a")
def test_settled_amounts_that_were_edited_are_found_by_the_comparison(till: PracticeTill) -> None:
    """The platform has its own books: the difference names the sale, with both sides."""
    manager, sale = a_manager(till), a_settled_sale(till)
    one = settlement_of(till, sale)
    assert one.answer is not None
    fund = one.answer.split.fund
    changed = edited(
        till,
        "UPDATE settlement SET answer = replace(answer, :was, :forged), fund = fund + 100 "
        "WHERE id = :id",
        was=str(fund.fen), forged=str(fund.fen + 100), id=one.id,
    )  # fmt: skip
    assert changed == 1
    seen = reconcile(till.doors, manager, DAY)
    assert seen.statement.state is not DayState.LEVEL
    assert [(each.cause, each.sale_id) for each in seen.standing] == [(Cause.AMOUNTS, sale.id)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tender SET amount = amount - 100",
        "DELETE FROM tender",
        "UPDATE day_close SET totals = replace(totals, '1', '2')",
        "UPDATE day_close SET hash = replace(hash, substr(hash, 1, 1), 'x')",
    ],
)
@pytest.mark.rule("LN-2.4a")
def test_a_closed_day_that_was_edited_no_longer_holds(till: PracticeTill, statement: str) -> None:
    sold(till)
    manager = a_manager(till)
    closed = close_day(till.doors, manager)
    assert all(parts(verify_close(till.doors, closed.close.day)))
    assert edited(till, statement)
    assert not all(parts(verify_close(till.doors, closed.close.day)))


def parts(seen: object) -> list[bool]:
    return [bool(getattr(seen, name)) for name in type(seen).__dataclass_fields__]  # type: ignore[attr-defined]


@pytest.mark.rule("LN-2.4a", "S-34")
def test_the_log_s_rows_cannot_be_edited_and_their_hashes_tell(till: PracticeTill) -> None:
    """Triggers refuse it; without them the chain names the first broken link."""
    sold(till)
    for statement in ("UPDATE act_log SET act = 'x'", "DELETE FROM act_log"):
        with pytest.raises(Exception, match="act_log"):
            edited(till, statement)
    edited(till, "DROP TRIGGER act_log_no_update")
    edited(till, "UPDATE act_log SET entry = '{}' WHERE seq = 2")
    with till.doors.uow() as uow:
        holds, broken = uow.log.verify()
    assert holds == 1 and "#2" in broken


def test_a_sealed_column_put_into_another_row_does_not_open(till: PracticeTill) -> None:
    """Somebody takes another person's place: the ciphertext belongs to its own row."""
    first, other = till.patient("active_met"), till.patient("active_half")
    columns = columns_of(till, "person", "sealed")
    assert columns
    for name in columns:
        edited(
            till,
            f"UPDATE person SET {name} = (SELECT {name} FROM person WHERE id = :other) "
            "WHERE id = :id",
            id=first.person_id, other=other.person_id,
        )  # fmt: skip
    with till.doors.uow() as uow, pytest.raises(SecretError):
        uow.persons.get(first.person_id)


def columns_of(till: PracticeTill, table: str, begins: str) -> list[str]:
    with till.engine.connect() as connection:
        rows = connection.execute(text(f"PRAGMA table_info({table})")).all()
    return [str(row[1]) for row in rows if str(row[1]).startswith(begins)]


def test_a_sold_row_that_was_deleted_is_refused_by_the_books(till: PracticeTill) -> None:
    """What hangs together is held by foreign keys: a sale cannot go while its parts stand."""
    sold(till)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        edited(till, "DELETE FROM sale")


@pytest.mark.parametrize(("version", "error"), [("9999", StoreNewer), ("0001", StoreBroken)])
def test_a_version_that_was_changed_by_hand_opens_nothing(
    till: PracticeTill, tmp_path: Path, version: str, error: type[Exception]
) -> None:
    """Raised, it is a newer program's; lowered, the steps that follow find their tables there."""
    sold(till)
    edited(till, "UPDATE alembic_version SET version_num = :v", v=version)
    till.engine.dispose()
    with pytest.raises(error):
        open_store(tmp_path / "store.sqlite3").dispose()
    edited(till, "UPDATE alembic_version SET version_num = :v", v=HEAD)
    open_store(tmp_path / "store.sqlite3").dispose()


def test_a_clock_set_back_repeats_no_number_and_keeps_the_log_s_order(till: PracticeTill) -> None:
    """Slips count by their own day, the log by its chain: neither follows the clock backwards."""
    numbers = []
    for days in (0, -1, 0, -400, 1):
        till.clock.set(till.clock.now() + timedelta(days=days))
        sale_id = sold(till)
        with till.doors.uow() as uow:
            numbers.append(uow.sales.get(sale_id).receipt_no)
    assert len(set(numbers)) == len(numbers)
    with till.doors.uow() as uow:
        holds, broken = uow.log.verify()
        assert not broken and holds > len(numbers)
        entries = uow.log.tail(1000)
    assert [one.seq for one in entries] == sorted((one.seq for one in entries), reverse=True)
    times = [one.at for one in reversed(entries)]
    assert times != sorted(times), "whoever reads the log sees the step back"
