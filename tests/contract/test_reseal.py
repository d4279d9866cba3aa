"""Changed keys: every sealed value of the books under the newest one, whatever cuts it off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from app.domain.record_kinds import RecordKind
from app.errors import SecretError
from app.storage import reseal
from app.storage.sealed_places import HIDDEN, SEALED
from app.storage.tables import METADATA
from app.storage.unit_of_work import make_factory
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from tests.contract.test_books_sealed import write_something_personal_everywhere
from tests.fakes.builders import STORE, TILL, a_person
from tests.fakes.clock import START


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "ring", FileMasterStore(tmp_path / "ring"), 2)[0]


def reopened(tmp_path: Path) -> Vault:
    return Vault.open_folder(tmp_path / "ring", FileMasterStore(tmp_path / "ring"))


def test_every_sealed_column_of_the_schema_has_its_place() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.c
        if column.name.startswith("sealed_")
    }
    assert set(SEALED) == sealed
    assert all(name.split(".")[0] in METADATA.tables for name in HIDDEN)


def opened(engine: Engine, vault: Vault) -> dict[tuple[str, str], str]:
    """The plain bytes of every sealed value, by the table of places."""
    found = {}
    with engine.connect() as connection:
        for name, (purpose, place) in SEALED.items():
            table, column = name.split(".")
            for row in connection.execute(select(METADATA.tables[table])):
                kept = row._mapping[column]
                if kept is not None:
                    at = place.format(**row._mapping)
                    found[(name, at)] = vault.open(purpose, bytes(kept), at).hex()
    return found


def test_rows_follow_the_keys_whatever_cuts_it_off(
    engine: Engine, vault: Vault, tmp_path: Path
) -> None:
    """The power goes after each step in turn; every value stays what it was."""
    books = make_factory(engine, vault, STORE, TILL)
    write_something_personal_everywhere(books)
    purposes = sorted(vault.purposes())
    before = opened(engine, vault)
    assert len(before) > 30 and not reseal.pending(engine, STORE)
    reseal.begin(engine, STORE, purposes)
    for one in purposes:
        vault.rotate(one)
    assert sum(reseal.older_rows(engine, vault, purposes).values()) >= len(before)
    cuts, rows = 0, 0
    while reseal.pending(engine, STORE):
        # A process a step: what it knew is gone, key ring and books are what is left.
        vault = reopened(tmp_path)
        for step in islice(reseal.steps(engine, STORE, vault, batch=1), 1):
            rows += step.rows
        cuts += 1
        if cuts % 25 == 0:
            assert opened(engine, vault) == before
    assert rows >= len(before) and cuts > len(before)
    assert reseal.older_rows(engine, vault, purposes) == dict.fromkeys(purposes, 0)
    assert opened(engine, vault) == before
    with make_factory(engine, vault, STORE, TILL)() as uow:
        (held,) = uow.custody.cases()
        (settled,) = uow.settlements.of_sale("sale-1")
        assert (held.disease, settled.disease_code) == ("LXD-HELD", "LXD-SETTLED")
        assert settled.disease_name == "练习病种结算"
    assert list(reseal.steps(engine, STORE, vault)) == []


def test_a_step_that_dies_leaves_its_rows_and_its_place(engine: Engine, vault: Vault) -> None:
    write_something_personal_everywhere(make_factory(engine, vault, STORE, TILL))
    reseal.begin(engine, STORE, ["person", "text"])
    vault.rotate("person")
    vault.rotate("text")
    before = reseal.older_rows(engine, vault, ["person", "text"])
    with pytest.raises(PowerCut):
        list(reseal.steps(engine, STORE, Dying(vault, after=3), batch=50))
    cut = reseal.older_rows(engine, vault, ["person", "text"])
    assert 0 < sum(cut.values()) <= sum(before.values())
    list(reseal.steps(engine, STORE, vault))
    assert sum(reseal.older_rows(engine, vault, ["person", "text"]).values()) == 0


class PowerCut(BaseException):
    """Nobody catches it."""


class Dying:
    """A key ring whose process ends while it seals."""

    def __init__(self, vault: Vault, after: int) -> None:
        self._vault, self._left = vault, after

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise PowerCut
        return self._vault.seal(purpose, plain, place)

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        return self._vault.open(purpose, sealed, place)

    def head(self, purpose: str) -> bytes:
        return self._vault.head(purpose)


def test_an_illness_of_before_is_sealed_on_the_way(engine: Engine, vault: Vault) -> None:
    """Rows from before these columns were sealed hold words in the open."""
    books = make_factory(engine, vault, STORE, TILL)
    write_something_personal_everywhere(books)
    with engine.begin() as connection:
        connection.execute(text("UPDATE settlement SET disease_code='LXD-9',disease_name='练习旧'"))
        connection.execute(text("UPDATE roster_entry SET disease='LXD-8', disease_name='练习册'"))
        connection.execute(text("UPDATE held_card SET disease='LXD-7'"))
    assert reseal.older_rows(engine, vault, ["person"])["person"] == 3
    reseal.begin(engine, STORE, ["person"])
    list(reseal.steps(engine, STORE, vault))
    with engine.connect() as connection:
        for table in ("settlement", "roster_entry", "held_card"):
            for row in connection.execute(select(METADATA.tables[table])):
                assert "LXD-" not in str(row._mapping) and "练习" not in str(row._mapping)
    with books() as uow:
        (settled,) = uow.settlements.of_sale("sale-1")
        assert (settled.disease_code, settled.disease_name) == ("LXD-9", "练习旧")
        assert uow.custody.cases()[0].disease == "LXD-7"


def test_a_row_that_somebody_changes_meanwhile_is_left_to_its_writer(
    engine: Engine, vault: Vault
) -> None:
    books = make_factory(engine, vault, STORE, TILL)
    write_something_personal_everywhere(books)
    reseal.begin(engine, STORE, ["person"])
    vault.rotate("person")
    passing: Iterator[reseal.Resealed] = reseal.steps(engine, STORE, vault, batch=1)
    next(passing)
    with books() as uow:
        known = uow.persons.get("person-1")
        uow.persons.keep(known.person, "person-1", START)
        uow.commit()
    list(passing)
    assert reseal.older_rows(engine, vault, ["person"])["person"] == 0
    with engine.connect() as connection:
        person = METADATA.tables["person"]
        assert connection.execute(select(func.count()).select_from(person)).scalar_one() == 1


def test_a_change_of_keys_neither_begins_nor_loses_the_days_of_a_person(
    engine: Engine, vault: Vault
) -> None:
    books = make_factory(engine, vault, STORE, TILL)
    later = START + timedelta(days=400)

    def begun() -> datetime:
        with books() as uow:
            ((one,), _) = uow.aging.look(RecordKind.PERSON, "", later, later, 9)
            uow.commit()
        return one.begun_at

    with books() as uow:
        uow.persons.keep(a_person(), "person-1", START)
        uow.commit()
    assert begun() == START
    reseal.begin(engine, STORE, ["person"])
    vault.rotate("person")
    list(reseal.steps(engine, STORE, vault))
    assert reseal.older_rows(engine, vault, ["person"])["person"] == 0
    assert begun() == START


def test_the_key_of_the_tills_and_unknown_purposes_are_none_to_change(vault: Vault) -> None:
    assert "ring" not in vault.purposes() and "person" in vault.purposes()
    with pytest.raises(SecretError):
        vault.rotate("ring")
