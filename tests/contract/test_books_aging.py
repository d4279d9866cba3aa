"""Records that grow old, on both databases: what is due goes once, in stretches, with its proof."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.domain.clearing import ClearingKey, RefusedFee
from app.domain.custody import CustodyCause, HeldCard, Holder
from app.domain.custody_use import CardUse, CustodyGap, GapKind, UseWay
from app.domain.insurance import Outcome, Settled
from app.domain.money import Money, Quantity
from app.domain.record_kinds import RUN_KINDS, Aged, Proof, RecordKind
from app.domain.roster import RosterBatch, RosterEntry
from app.domain.statement import (
    Cause,
    Correction,
    CorrectionKind,
    Difference,
    Figures,
    GroupKey,
)
from app.domain.stock_upload import UploadKind, serial_of
from app.errors import BadValue
from app.ports import OutboxRow, RequestRow, StockMove, UnitOfWorkFactory
from app.storage.aging_plans import PLANS
from app.storage.engine import open_store
from app.storage.tables import METADATA
from app.storage.tables_retention import PERSON_SEEN
from app.storage.tables_roster import ROSTER_BATCH
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import (
    CERT_NO,
    PERSON_NAME,
    STORE,
    a_person,
    a_sale,
    a_settlement,
    a_split,
)
from tests.fakes.unit_of_work import secrets_for_tests

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=2000)


def asked(number: int, **changes: object) -> RequestRow:
    row = RequestRow(
        f"P{number:029d}", "2101", "quote", "", b"{secret}", AT + timedelta(days=number),
        outcome=Outcome.SUCCESS, infcode="0", text="told", answer=b"{answer}",
        answered_at=AT + timedelta(days=number), millis=3,
    )  # fmt: skip
    return replace(row, **changes)


def every(books: UnitOfWorkFactory, kind: RecordKind, until: datetime, limit: int) -> list[Aged]:
    """Walked through in stretches, each in a unit of its own."""
    found, after = [], ""
    while True:
        with books() as uow:
            some, after = uow.aging.look(kind, after, until, LATER, limit)
            uow.commit()
        found += some
        if not after:
            return found


def take(books: UnitOfWorkFactory, found: list[Aged]) -> list[Proof]:
    with books() as uow:
        proofs = [
            Proof(
                found[0].kind, one.id, one.digest, one.size, "drug_records", 5, AT, AT, LATER,
                "run-1", "system", 1,
            )
            for one in uow.aging.erase(found)
        ]  # fmt: skip
        uow.aging.prove(proofs)
        uow.commit()
    return proofs


def test_what_is_answered_goes_in_stretches_and_only_once(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        for number in range(7):
            uow.requests.write(asked(number))
        uow.requests.write(asked(8, outcome=Outcome.PENDING, answer=b"", answered_at=None))
        uow.commit()
    kind, until = RecordKind.PLATFORM_REQUEST, AT + timedelta(days=4)
    found = every(books, kind, until, 2)
    assert [one.id[-1] for one in found] == ["0", "1", "2", "3", "4"]
    assert found == every(books, kind, until, 100)
    with books() as uow:
        size = uow.aging.measure(found)
    proofs = take(books, found)
    assert sum(one.size for one in proofs) == size > 0
    assert len({one.digest for one in proofs}) == 5
    assert every(books, kind, until, 3) == []
    with books() as uow:
        gone, kept = uow.requests.get(found[0].id), uow.requests.get(asked(6).msgid)
        assert (gone.request, gone.answer, gone.text, gone.infcode) == (b"", b"", "", "0")
        assert kept == asked(6)
        assert uow.aging.stock(kind, LATER).rows == 3
        assert uow.aging.stock(kind, LATER).unfinished == 1
        assert uow.aging.batch("run-1", 1) == sorted(proofs, key=lambda one: one.id)
        assert uow.aging.proof_count() == 5
        with pytest.raises(BadValue):
            uow.aging.prove(proofs[:1])


def test_a_customer_whom_nothing_names_counts_from_the_day_he_was_met(
    books: UnitOfWorkFactory,
) -> None:
    for days in (0, 9):  # a card that is shown again begins anew
        met_at = AT + timedelta(days=days)
        with books() as uow:
            assert uow.persons.keep(a_person(), f"person-{days}", met_at) == "person-0"
            uow.commit()
        assert every(books, RecordKind.PERSON, met_at - timedelta(seconds=1), 9) == []
        (met,) = every(books, RecordKind.PERSON, met_at, 9)
        assert met.begun_at == met_at


def test_a_customer_of_whom_nobody_noted_anything_counts_from_the_first_look(
    books: UnitOfWorkFactory, engine: Engine
) -> None:
    with books() as uow:
        uow.persons.keep(a_person(), "person-1", AT)
        uow.commit()
    with engine.begin() as connection:
        connection.execute(PERSON_SEEN.delete())
    assert every(books, RecordKind.PERSON, AT, 9) == []  # met, and noted down
    with books() as uow:
        (met,) = uow.aging.look(RecordKind.PERSON, "", LATER, LATER + timedelta(days=9), 9)[0]
        assert met.begun_at == LATER
    take(books, [met])
    with books() as uow:
        assert not uow.persons.get("person-1").person.name
        assert uow.persons.by_cert_no(CERT_NO) == []
        assert uow.persons.keep(a_person(), "person-2", LATER) == "person-2", (
            "who comes again is new"
        )
        assert uow.persons.get("person-2").person.name == PERSON_NAME
        uow.commit()


@pytest.fixture
def two_tills(postgres_books: str) -> Iterator[tuple[UnitOfWorkFactory, UnitOfWorkFactory]]:
    """Of one store on one server."""
    engine = open_store(postgres_books)
    yield (
        make_factory(engine, secrets_for_tests(), STORE, "01"),
        make_factory(engine, secrets_for_tests(), STORE, "02"),
    )
    engine.dispose()


@pytest.mark.postgres
def test_who_is_met_at_another_till_after_the_look_stays(two_tills) -> None:
    run, counter = two_tills
    with counter() as uow:
        uow.persons.keep(a_person(), "person-1", AT)
        uow.persons.keep(a_person(2), "person-2", AT)
        uow.commit()
    with run() as uow:
        found, _ = uow.aging.look(RecordKind.PERSON, "", AT, LATER, 9)
        assert len(found) == 2
        with counter() as other:
            assert other.persons.keep(a_person(), "person-3", LATER) == "person-1"
            other.commit()
        assert [one.id for one in uow.aging.erase(found)] == ["person-2"]
        uow.commit()
    with counter() as uow:
        assert uow.persons.get("person-1").person.name == PERSON_NAME


@pytest.mark.postgres
def test_who_is_met_while_he_is_taken_out_is_somebody_new(two_tills) -> None:
    run, counter = two_tills
    with counter() as uow:
        uow.persons.keep(a_person(), "person-1", AT)
        uow.commit()
    kept: list[str] = []

    def meet() -> None:
        with counter() as uow:
            kept.append(uow.persons.keep(a_person(), "person-2", LATER))
            uow.commit()

    with run() as uow:
        found, _ = uow.aging.look(RecordKind.PERSON, "", AT, LATER, 9)
        assert len(uow.aging.erase(found)) == 1
        thread = threading.Thread(target=meet)
        thread.start()
        uow.commit()
    thread.join(timeout=30)
    assert kept == ["person-2"]
    with counter() as uow:
        assert not uow.persons.get("person-1").person.name
        assert uow.persons.get("person-2").person.name == PERSON_NAME


def test_persons_of_a_replaced_roster_go_by_stretches(
    books: UnitOfWorkFactory, engine: Engine
) -> None:
    rows = [
        RosterEntry(
            "special", "M03900", "练习病", AT.date(), None, f"99990019900101{n:04d}", f"练{n}"
        )
        for n in range(40)
    ]
    one = RosterBatch("special", "1", AT.date(), AT, "s", "practice", "c", 40, 40)
    later = replace(one, version="2", effective=(AT + timedelta(days=30)).date())
    with books() as uow:
        uow.rosters.keep(one, rows)
        uow.rosters.keep(later, rows[:1])  # in effect later: the first one keeps its persons
        uow.commit()
    assert every(books, RecordKind.ROSTER, AT + timedelta(days=29), 9) == []
    found = every(books, RecordKind.ROSTER, AT + timedelta(days=40), 5)
    assert len({one.id for one in found}) == len(found) > 5
    take(books, found)
    with books() as uow:
        assert uow.aging.stock(RecordKind.ROSTER, LATER).rows == 0
        assert uow.rosters.by_number(rows[0].cert_no, LATER.date()).entries
    with engine.connect() as connection:
        assert len(connection.execute(ROSTER_BATCH.select()).all()) == 2


def write_what_only_sealed_words_say(books: UnitOfWorkFactory) -> None:
    """Of person-1: a card that lies here, its gap, what the platform and the agency said, an upload
    of his purchase and one that took its place; person-2 fetched his goods.
    """
    day = AT.date()
    known = {"psn_no": a_person().psn_no, "found_at": AT}
    group = GroupKey("999900", "310", "11")
    with books() as uow:
        for number in (1, 2):
            uow.persons.keep(a_person(number), f"person-{number}", AT)
        uow.sales.add(a_sale("sale-1", 1, person_id="person-1"))
        uow.settlements.add(a_settlement(quote=Settled(split=a_split(), setl_id="S-1")))
        holder = Holder(PERSON_NAME, CERT_NO, "LX-1")
        uow.custody.add(HeldCard("held-1", holder, CustodyCause.MOBILITY, day, "staff-1", "e-1"))
        bearer = (PERSON_NAME, a_person(2).cert_no)
        uow.custody.add_use(
            CardUse("use-1", "held-1", "sale-1", AT, "staff-1", UseWay.BEARER, day, *bearer)
        )
        uow.custody.add_gap(CustodyGap("gap-1", GapKind.MISSING, AT, "staff-1", "held-1"))
        uow.reconciliations.put(
            Difference("d-1", day, Cause.ONLY_THERE, group, "M" * 30, **known)  # type: ignore[arg-type]
        )
        uow.reconciliations.correct(
            [
                Correction(
                    "k-1", CorrectionKind.ADOPTED, day, AT, "M" * 30, False, group,
                    Figures(Money(1)), "staff-1", "staff-2", AT, "practice",
                    psn_no=a_person().psn_no,
                )
            ]
        )  # fmt: skip
        key = ClearingKey("310", "11")
        uow.clearings.put_fee(
            RefusedFee("f-1", "2026-03", key, day, Money(1), "why", AT, "staff-1", setl_id="S-1")
        )
        uow.stock.move(
            [StockMove("move-1", "drug-1", Quantity.of(-1), "sale", AT, sale_id="sale-1",
                       lot_id="lot-1")]
        )  # fmt: skip
        for attempt in (0, 1):
            serial = serial_of("lot-1", UploadKind.SOLD, "move-1", attempt)
            uow.outbox.add([OutboxRow(serial, "lot/lot-1", "3505", {"move_id": "move-1"}, AT)])
        uow.outbox.add([OutboxRow("other", "lot/lot-1", "3505", {"move_id": "move-2"}, AT)])
        uow.commit()


@pytest.mark.rule("HY-1.5.2b")
def test_a_person_is_told_of_what_only_sealed_words_say_of_him(books: UnitOfWorkFactory) -> None:
    write_what_only_sealed_words_say(books)
    with books() as uow:
        told = uow.aging.of_person("person-1", LATER)
        others = uow.aging.of_person("person-2", LATER)
    kinds = [one.kind for one in told]
    assert {
        RecordKind.HELD_CARD, RecordKind.HELD_CARD_USE, RecordKind.HELD_CARD_GAP,
        RecordKind.DIFFERENCE, RecordKind.CORRECTION, RecordKind.REFUSED_FEE, RecordKind.OUTBOX,
        RecordKind.PERSON,
    } == set(kinds)  # fmt: skip
    assert kinds.count(RecordKind.OUTBOX) == 2, "the row and the one in its place"
    begun = {one.kind: one.begun_at for one in told}
    assert begun[RecordKind.HELD_CARD] == LATER, "while it lies here nothing is counted"
    assert {one.kind for one in others} == {RecordKind.HELD_CARD_USE, RecordKind.PERSON}


def test_every_kind_can_be_asked_in_empty_books(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        for kind in RUN_KINDS:
            stock = uow.aging.stock(kind, LATER)
            assert (stock.rows, stock.oldest, stock.unfinished) == (0, None, 0), kind
            assert uow.aging.look(kind, "", LATER, LATER, 9) == ([], ""), kind
        assert uow.aging.measure([]) == 0
        assert uow.aging.of_person("person-1", LATER) == []


KEPT_SEALED = {
    "staff": "who answers for the books",
    "staff_licence": "with its holder",
    "pharmacist": "who answers for the prescriptions",
    "store": "the shop itself",
    "store_paper": "the shop's own papers",
    "claim": "the shop's own claims",
    "shift": "staff's words on money",
    "drawer_move": "staff's words on money",
    "stock_lot": "a pharmacist's words on goods",
    "stocktake": "whom a list was handed to: staff",
    "evidence_hold": "the authority's file number",
    "evidence_parcel": "what a parcel was handed out for",
    "inspector_pass": "the inspector's order",
    "inspection_pack": "what a pack was handed out for",
    "listed": "prescribers, as the insurer publishes them",
    "rx_opening": "gone with its case, or once the lock at the centre is given back",
}
"""Sealed and beyond the run, each with why: a new table that names a person needs a plan."""


def test_whatever_is_sealed_has_a_plan_or_a_reason() -> None:
    planned = {plan.table.name for plan in PLANS.values()} | {"roster_entry"}
    sealed = {
        table.name
        for table in METADATA.tables.values()
        if any(column.name.startswith("sealed_") for column in table.columns)
    }
    assert sealed - planned - set(KEPT_SEALED) == set()
    assert set(KEPT_SEALED) <= sealed - planned
