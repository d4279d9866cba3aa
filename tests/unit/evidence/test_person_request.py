"""A person who asks is answered under every record of his document; a hold keeps all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.consent import Consent, ConsentHow, ConsentPurpose
from app.domain.evidence import EvidenceKind
from app.domain.evidence_keeping import HoldReason, HoldScope
from app.domain.record_kinds import RECORDS, RecordKind
from app.storage.unit_of_work import make_factory
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.hold_evidence import HoldWish, hold_evidence
from app.use_cases.person_request import RequestView
from app.use_cases.record_run import record_run
from app.use_cases.retention_page import do_request, look_at_request
from app.use_cases.templates import known_face
from tests.fakes.builders import CERT_NO, STORE, TILL, a_person, a_sale, a_template
from tests.fakes.clock import START
from tests.fakes.evidence import MANAGER, VaultBench, vault_bench
from tests.fakes.ids import CountingIds
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests

TWINS = ("person-1", "person-2")
RETENTION_KEYS = {key for rule in RECORDS.values() for key in rule.keys}


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    """One person under two records, and a face and a picture under each."""
    made = vault_bench(tmp_path)
    with made.doors.uow() as uow:
        for one in TWINS:
            uow.persons.keep(a_person(psn_no=f"99990000{one}"), one, START)
        uow.persons.keep(a_person(2), "person-9", START)
        for one in (*TWINS, "person-9"):
            uow.consents.add(
                Consent(
                    f"c-{one}", one, ConsentPurpose.FACE, "face-1", START, "staff-1",
                    ConsentHow.PEN, f"e-{one}",
                )
            )  # fmt: skip
            uow.templates.add(a_template(id=f"t-{one}", person_id=one, consent_id=f"c-{one}"))
        sale = a_sale("sale-1", 1, person_id="person-2")
        sale.receipt_no = "01-1"
        uow.sales.add(sale)
        uow.commit()
    for one in (*TWINS, "person-9"):
        made.keep(EvidenceKind.PURCHASE_STILL, person_id=one)
    return made


def look(bench: VaultBench, receipt_no: str = "", cert_no: str = "") -> RequestView:
    return look_at_request(bench.doors, receipt_no, cert_no, MANAGER)


@pytest.mark.rule("HY-1.5.2b")
@pytest.mark.parametrize("shown", [("", CERT_NO), ("01-1", "")])
def test_every_record_of_the_document_is_answered(
    bench: VaultBench, shown: tuple[str, str]
) -> None:
    view = look(bench, *shown)
    assert (view.same, view.consents) == (TWINS, 2)
    assert dict(view.at_once) == {"face_template": 2, "purchase_still": 2}
    done = do_request(bench.doors, view.person_id, MANAGER)
    assert (done.withdrawn, done.gone, done.stuck) == (2, 4, 0)
    with bench.doors.uow() as uow:
        for one in TWINS:
            assert not uow.templates.models_of(one)
            assert not any(each.stands for each in uow.consents.of_person(one))
        assert uow.templates.models_of("person-9") and uow.consents.of_person("person-9")[0].stands
    assert len(bench.files_there()) == 1
    (entry,) = bench.acts("person.request")
    assert '"same":["person-1","person-2"]' in entry


def test_a_hold_on_a_person_keeps_what_lies_under_his_other_record(bench: VaultBench) -> None:
    wish = HoldWish(HoldScope.PERSON, "person-1", HoldReason.COURT, "练习案号 7")
    assert hold_evidence(bench.doors, wish, MANAGER).covered == 2
    view = look(bench, cert_no=CERT_NO)
    assert view.at_once == ()
    held = {one.kind for one in view.kept if one.held}
    assert held >= {RecordKind.FACE_TEMPLATE.value, RecordKind.PERSON.value, "purchase_still"}
    done = do_request(bench.doors, view.person_id, MANAGER)
    assert (done.withdrawn, done.gone) == (2, 0)
    with bench.doors.uow() as uow:
        (hold,) = uow.keeping.holds(standing=True)
        (model,) = uow.templates.models_of("person-1")
        assert uow.templates.models_of("person-2")
        anew = ConsentPurpose.FACE, "face-1", START, "staff-1", ConsentHow.PEN, "e-9"
        uow.consents.add(Consent("c-anew", "person-1", *anew))
        uow.commit()
    assert not known_face(bench.doors, "person-1", model).templates, "of the one withdrawn"
    assert known_face(bench.doors, "person-9", model).templates
    with bench.doors.uow() as uow:
        uow.keeping.lift_hold(replace(hold, lifted_at=START, lifted_by="a", lifted_second="b"))
        uow.commit()
    bench.packs.days = {"self_paid": dict.fromkeys(RETENTION_KEYS, 900) | {"face_raw": 0}}
    bench.clock.advance(days=2)
    list(record_run(bench.doors, "system"))
    with bench.doors.uow() as uow:
        assert not any(uow.templates.models_of(one) for one in TWINS), "with the next run"
    for one in (*TWINS, "person-9"):
        kept = hold.keeps(kinds=("person",), record_id="", sale_id="", person_id=one, at=START)
        assert kept is (one in TWINS)


def test_a_picture_at_another_till_goes_with_the_next_run_there(tmp_path: Path) -> None:
    engine = memory_engine()
    here, there = (
        vault_bench(tmp_path / till, make_factory(engine, secrets_for_tests(), STORE, till))
        for till in (TILL, "02")
    )
    there.doors = replace(there.doors, ids=CountingIds(1000))
    with here.doors.uow() as uow:
        uow.persons.keep(a_person(), "person-1", START)
        uow.commit()
    for each in (here, there):
        each.keep(EvidenceKind.PURCHASE_STILL, person_id="person-1")
    done = do_request(here.doors, "person-1", MANAGER)
    assert (done.gone, done.stuck, done.elsewhere) == (2, 0, 1)
    assert here.files_there() == [] and len(there.files_there()) == 1
    list(deletion_run(there.doors, "system"))
    assert there.files_there() == []
    with here.doors.uow() as uow:
        assert all(one.destroyed_at for one in uow.keeping.deletions(9))
