"""A whole practice day grows old: persons go, figures and the log's chain stay as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from app.domain.clock import micros
from app.domain.record_kinds import ON_REQUEST, RUN_KINDS, RecordKind
from app.storage.engine import scrub
from app.storage.tables import (
    OUTBOX,
    PERSON,
    PLATFORM_REQUEST,
    SALE,
    SETTLEMENT,
    STOCK_MOVE,
    TENDER,
)
from app.storage.tables_face import FACE_TEMPLATE
from app.storage.tables_person import CONSENT
from app.storage.tables_rx import RX_CASE
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.person_request import answer_request, request_view
from app.use_cases.record_plan import plan_now, proofs_seen
from app.use_cases.record_run import record_run
from app.use_cases.sign_in import sign_in
from tests.end_to_end.full_day import Day, live, shop_of
from tests.fakes.practice_till import PracticeTill


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with shop_of(tmp_path_factory.mktemp("home")) as day:
        live(day)
        yield day


def grow(till: PracticeTill, days: int) -> None:
    """The clock moves on, and runs happened meanwhile: it did not jump."""
    till.clock.set(till.clock.now() + timedelta(days=days))
    key = f"evidence.runs.{till.doors.shop.till_id}"
    with till.doors.uow() as uow:
        uow.settings.put(key, json.dumps({"last": micros(till.clock.now()), "waits": 0}))
        uow.commit()


def run(till: PracticeTill) -> None:
    list(deletion_run(till.doors, "system"))
    list(record_run(till.doors, "system"))


def figures(engine: Engine) -> dict[str, object]:
    """What the books are kept for."""
    with engine.connect() as connection:
        one = {
            "sales": connection.execute(select(SALE.c.id, SALE.c.total, SALE.c.state)).all(),
            "tenders": connection.execute(select(TENDER)).all(),
            "split": connection.execute(
                select(
                    SETTLEMENT.c.id, SETTLEMENT.c.state, SETTLEMENT.c.total, SETTLEMENT.c.fund,
                    SETTLEMENT.c.account, SETTLEMENT.c.cash, SETTLEMENT.c.answer,
                )
            ).all(),
            "stock": connection.execute(
                select(STOCK_MOVE.c.medicine_id, func.sum(STOCK_MOVE.c.quantity)).group_by(
                    STOCK_MOVE.c.medicine_id
                )
            ).all(),
        }  # fmt: skip
    return {name: sorted(map(tuple, rows)) for name, rows in one.items()}


def ciphertexts(engine: Engine) -> list[bytes]:
    """Of everything that names somebody in the largest kinds."""
    columns = (
        PERSON.c.sealed_insured, PLATFORM_REQUEST.c.sealed_request,
        PLATFORM_REQUEST.c.sealed_answer, RX_CASE.c.sealed_sheet,
    )  # fmt: skip
    with engine.connect() as connection:
        return [
            bytes(one)
            for column in columns
            for one in connection.execute(select(column)).scalars()
            if one is not None
        ]


def ask_to_be_forgotten(till: PracticeTill) -> None:
    """Who has a consent that stands is a customer: nothing of him grows old until he asks."""
    keeper = sign_in(till.doors, "3001", "300300")
    with till.engine.connect() as connection:
        given = set(connection.execute(select(CONSENT.c.person_id)).scalars())
        faces = connection.execute(select(func.count()).select_from(FACE_TEMPLATE)).scalar_one()
    assert faces and given
    for person_id in sorted(given):
        view = request_view(till.doors, person_id, keeper)
        assert view.consents and {one.kind for one in view.kept} >= {"person", "consent"}
        assert all(one.until is not None for one in view.kept if one.kind == "platform_request")
        answer_request(till.doors, person_id, keeper)
        assert request_view(till.doors, person_id, keeper).consents == 0
    told = [one for one in proofs_seen(till.doors).proofs if one.rule == ON_REQUEST]
    assert [one.kind for one in told] == [RecordKind.FACE_TEMPLATE] * faces
    with till.engine.connect() as connection:
        left = connection.execute(select(func.count()).select_from(FACE_TEMPLATE)).scalar_one()
    assert left == 0


def read_everything(till: PracticeTill) -> None:
    """Every reader that the screens lean on still reads what stands there."""
    with till.engine.connect() as connection:
        ids = {
            name: list(connection.execute(select(table.c.id)).scalars())
            for name, table in (("sale", SALE), ("person", PERSON), ("case", RX_CASE))
        }
        settled = list(connection.execute(select(SETTLEMENT.c.sale_id)).scalars())
        msgids = list(connection.execute(select(PLATFORM_REQUEST.c.msgid)).scalars())
        keys = list(connection.execute(select(OUTBOX.c.key)).scalars())
    with till.doors.uow() as uow:
        for one in ids["sale"]:
            uow.sales.get(one)
        for one in settled:
            uow.settlements.of_sale(one)
        for one in ids["case"]:
            assert not uow.prescriptions.get(one).sheet.patient.name
        for one in ids["person"]:
            assert not uow.persons.get(one).person.name
        for one in msgids:
            assert uow.requests.get(one).request == b""
        uow.outbox.many(keys)
        uow.custody.cases()
        uow.custody.uses()


@pytest.mark.rule("HY-1.5.2b", "S-16")
def test_persons_go_and_the_books_stay_true(lived: Day) -> None:
    till = lived.till
    before, sealed = figures(till.engine), ciphertexts(till.engine)
    assert plan_now(till.doors).due == 0
    ask_to_be_forgotten(till)
    grow(till, 365 * 5 + 40)
    planned = plan_now(till.doors)
    waiting = {one.kind: one.due for one in planned.kinds if one.due}
    run(till)
    run(till)  # the paper of a consent goes first, its row after it
    seen = proofs_seen(till.doors)
    assert not seen.broken
    gone = {kind: sum(one.kind is kind for one in seen.proofs) for kind in RUN_KINDS}
    for kind, due in waiting.items():
        assert gone[kind] >= due, kind
    assert figures(till.engine) == before
    with till.doors.uow() as uow:
        assert uow.log.verify()[1] == ""
    read_everything(till)
    assert scrub(till.engine)
    # A prescription that nobody sold or gave back waits for a person, and is counted as such.
    lying = set(ciphertexts(till.engine)) & set(sealed)
    after = {one.kind: one for one in plan_now(till.doors).kinds}
    assert len(lying) == after[RecordKind.RX_CASE].unfinished == 1
    sealed = [one for one in sealed if one not in lying]
    for file in (lived.folder).glob("store.sqlite3*"):
        raw = file.read_bytes()
        assert not [one for one in sealed if one in raw], file.name
