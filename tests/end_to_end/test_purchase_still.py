"""购药图像 and video marks on a whole till: consent, no consent, broken camera, proxy."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.consent import ConsentPurpose
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.purchase_still import GapAnswer, PurchaseStill, StillDraft, StillGap, StillState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.domain.signature import PenPoint, PenTrace
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed, NotFound, StoreFull
from app.use_cases.complete_sale import complete_sale
from app.use_cases.consents import consent_text, give_consent, withdraw_consent
from app.use_cases.doors import Operator
from app.use_cases.payment import payment
from app.use_cases.purchase_still import (
    answer_gap,
    open_gaps,
    still_need,
    still_picture,
)
from app.use_cases.video_marks import clip_list
from app.use_cases.views import Patient
from app.vault.evidence import EvidenceFiles
from tests.end_to_end.test_proxy_purchase import begun, quote, signed
from tests.fakes.practice_till import PracticeTill, cash, practice_till

JPEG = b"\xff\xd8\xff of an invented head"
MANAGER = Operator(Staff("id-3001", "3001", "练习店长", Role.MANAGER))
NAME = PenTrace(700, 200, (tuple(PenPoint(20 + 12 * n, 60, 400, 8 * n) for n in range(30)),))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PracticeTill]:
    database = request.getfixturevalue("postgres_books") if request.param == "postgres" else ""
    for one in practice_till(tmp_path, "CN-999900", database):
        one.doors = replace(one.doors, channels=lambda: (2, 5))
        yield one


def _special(till: PracticeTill) -> tuple[Sale, Patient]:
    """Quoted: a special-disease basket of an invented patient who was looked at."""
    sale = till.prescribe(till.basket((till.medicine("P0011"), 1)))
    patient = replace(till.patient("chronic"), disease_code="M03900")
    till.quote(sale, patient)
    return sale, patient


def _consent(till: PracticeTill, patient: Patient) -> str:
    text = consent_text(till.doors, ConsentPurpose.PURCHASE_STILL)
    return give_consent(till.doors, patient, text, NAME, till.operator).id


def _pay(till: PracticeTill, sale: Sale, still: StillDraft | None = None) -> None:
    due = payment(till.doors, sale.id).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator, still)


def _row(till: PracticeTill, sale: Sale) -> PurchaseStill | None:
    with till.doors.uow() as uow:
        return uow.stills.of_sale(sale.id)


def _settlement(till: PracticeTill, sale: Sale) -> str:
    with till.doors.uow() as uow:
        settled = [
            one.id
            for one in uow.settlements.of_sale(sale.id)
            if one.state is SettlementState.SETTLED
        ]
    assert len(settled) == 1
    return settled[0]


def _acts(till: PracticeTill, start: str) -> list[str]:
    with till.doors.uow() as uow:
        return [entry.act for entry in reversed(uow.log.tail(200)) if entry.act.startswith(start)]


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("S-18")
def test_a_picture_is_sealed_and_linked_to_sale_settlement_and_consent(
    till: PracticeTill, tmp_path: Path
) -> None:
    sale, patient = _special(till)
    consent = _consent(till, patient)
    need = still_need(till.doors, sale.id)
    assert need.to_be_taken and need.consent_id == consent
    till.settle(sale, patient)
    _pay(till, sale, StillDraft(JPEG, till.clock.now()))
    settlement = _settlement(till, sale)
    row = _row(till, sale)
    assert row is not None
    assert (row.state, row.consent_id, row.settlement_ids, row.gap) == (
        StillState.TAKEN,
        consent,
        (settlement,),
        "",
    )
    with till.doors.uow() as uow:
        (exhibit,) = uow.evidence.of_sale(sale.id, EvidenceKind.PURCHASE_STILL)
        assert uow.evidence.about(settlement) == [exhibit], "found by the settlement too"
        assert uow.sales.get(sale.id).receipt_no == row.receipt_no
    assert (exhibit.id, exhibit.person_id) == (row.exhibit_id, patient.person_id)
    raw = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert JPEG not in raw, "sealed, in every file of the home"
    assert _acts(till, "still.") == ["still.taken"]
    assert open_gaps(till.doors) == ()


@pytest.mark.rule("S-18")
def test_who_looks_at_a_picture_is_in_the_log_and_a_cashier_may_not(till: PracticeTill) -> None:
    sale, patient = _special(till)
    _consent(till, patient)
    till.settle(sale, patient)
    _pay(till, sale, StillDraft(JPEG, till.clock.now(), "dark"))
    with pytest.raises(NotAllowed):
        still_picture(till.doors, sale.id, till.operator)
    assert _acts(till, "evidence.seen") == []
    assert still_picture(till.doors, sale.id, MANAGER) == JPEG
    with till.doors.uow() as uow:
        (seen,) = [entry for entry in uow.log.tail(20) if entry.act == "evidence.seen"]
    assert (seen.actor, sale.id in seen.entry) == (MANAGER.staff.id, True)
    row = _row(till, sale)
    assert row is not None and row.fault == "dark", "what a person let pass stands beside it"


@pytest.mark.rule("HY-1.1.4b")
def test_without_consent_no_picture_is_kept_and_the_sale_goes_on(till: PracticeTill) -> None:
    sale, patient = _special(till)
    need = still_need(till.doors, sale.id)
    assert need.wanted and not need.to_be_taken
    till.settle(sale, patient)
    _pay(till, sale, StillDraft(JPEG, till.clock.now()))
    row = _row(till, sale)
    assert row is not None and row.state is StillState.NO_CONSENT and not row.is_open
    assert row.by == till.operator.staff.id, "who served stands in place of the picture"
    with till.doors.uow() as uow:
        assert uow.evidence.of_sale(sale.id, EvidenceKind.PURCHASE_STILL) == []
        assert uow.sales.get(sale.id).state is SaleState.DONE
    with pytest.raises(NotFound):
        still_picture(till.doors, sale.id, MANAGER)
    assert open_gaps(till.doors) == ()


def test_a_consent_that_was_withdrawn_meanwhile_keeps_the_picture_away(
    till: PracticeTill, tmp_path: Path
) -> None:
    sale, patient = _special(till)
    _consent(till, patient)
    till.settle(sale, patient)
    withdraw_consent(till.doors, patient.person_id, ConsentPurpose.PURCHASE_STILL, till.operator)
    _pay(till, sale, StillDraft(JPEG, till.clock.now()))
    row = _row(till, sale)
    assert row is not None and row.state is StillState.NO_CONSENT
    with till.doors.uow() as uow:
        assert uow.evidence.of_sale(sale.id, EvidenceKind.PURCHASE_STILL) == []


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.parametrize("gap", [*StillGap, None])
def test_a_camera_that_fails_loses_no_settlement_and_its_gap_waits_for_an_answer(
    till: PracticeTill, gap: StillGap | None
) -> None:
    sale, patient = _special(till)
    _consent(till, patient)
    till.settle(sale, patient)
    _pay(till, sale, None if gap is None else StillDraft(gap=gap))
    row = _row(till, sale)
    assert row is not None and row.is_open and row.state is StillState.MISSING
    assert row.gap == (gap or StillGap.NOT_TAKEN).value
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).state is SaleState.DONE
    assert open_gaps(till.doors) == (row,)
    with pytest.raises(NotAllowed):
        answer_gap(till.doors, sale.id, GapAnswer.DEVICE_MENDED, till.operator)
    assert open_gaps(till.doors) == (row,)
    said = answer_gap(till.doors, sale.id, GapAnswer.DEVICE_MENDED, MANAGER)
    assert (said.answer, said.answered_by) == ("device_mended", MANAGER.staff.id)
    assert open_gaps(till.doors) == () and _row(till, sale) == said, "answered, and it stays"
    with pytest.raises(NotFound):
        answer_gap(till.doors, sale.id, GapAnswer.PERSON_LEFT, MANAGER)
    assert _acts(till, "still.") == ["still.absent", "still.answered"]


class _FullDisk(EvidenceFiles):
    """An evidence store whose disk is full."""

    def put(self, exhibit: Exhibit, content: bytes) -> None:
        raise StoreFull(why="no room") from OSError(errno.ENOSPC, "no room")


def test_a_disk_without_room_for_the_picture_loses_no_settlement(
    till: PracticeTill, tmp_path: Path
) -> None:
    sale, patient = _special(till)
    _consent(till, patient)
    till.settle(sale, patient)
    till.doors = replace(till.doors, evidence=_FullDisk(tmp_path / "evidence", till.vault))
    _pay(till, sale, StillDraft(JPEG, till.clock.now()))
    row = _row(till, sale)
    assert row is not None and row.gap == "not_kept"
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).state is SaleState.DONE


def test_a_completion_that_fails_names_no_picture(till: PracticeTill) -> None:
    sale, patient = _special(till)
    _consent(till, patient)
    till.settle(sale, patient)
    with pytest.raises(BadValue):
        complete_sale(
            till.doors, sale.id, (), payment(till.doors, sale.id).cash_due, till.operator,
            StillDraft(JPEG, till.clock.now()),
        )  # fmt: skip
    assert _row(till, sale) is None
    with till.doors.uow() as uow:
        assert uow.evidence.of_sale(sale.id, EvidenceKind.PURCHASE_STILL) == []
        assert uow.videos.mark_of(sale.id) is None
    _pay(till, sale, StillDraft(JPEG, till.clock.now()))
    row = _row(till, sale)
    assert row is not None and row.state is StillState.TAKEN


@pytest.mark.rule("HY-1.5.6b")
def test_the_proxys_own_still_stands_for_it(till: PracticeTill) -> None:
    sale = till.prescribe(till.basket((till.medicine("P0011"), 1)))
    patient = replace(till.patient("chronic"), disease_code="M03900")
    proxy = begun(till, sale, patient)
    assert quote(till, sale, patient) == ()
    signed(till, proxy)
    need = still_need(till.doors, sale.id)
    assert need.wanted and need.by_proxy and not need.to_be_taken
    till.settle(sale, patient)
    _pay(till, sale)
    row = _row(till, sale)
    assert row is not None and row.state is StillState.BY_PROXY
    with till.doors.uow() as uow:
        (still,) = uow.evidence.of_sale(sale.id, EvidenceKind.PROXY_STILL)
    assert row.exhibit_id == still.id


def test_an_ordinary_sale_wants_none(till: PracticeTill) -> None:
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    assert not still_need(till.doors, sale.id).wanted
    till.settle(sale, patient)
    _pay(till, sale, StillDraft(JPEG, till.clock.now()))
    assert _row(till, sale) is None
    assert _acts(till, "still.") == []


# --- video marks ----------------------------------------------------------------------------------


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_each_sale_of_a_till_with_cameras_carries_their_numbers_and_its_time(
    till: PracticeTill,
) -> None:
    plain = till.basket((till.find(sale_class="otc_b"), 1))
    till.clock.set(till.clock.now() + timedelta(minutes=3))
    complete_sale(till.doors, plain.id, cash(plain.total), plain.total, till.operator)
    with till.doors.uow() as uow:
        mark = uow.videos.mark_of(plain.id)
        sale = uow.sales.get(plain.id)
    assert mark is not None and mark.channels == (2, 5)
    assert (mark.begins, mark.ends) == (sale.opened_at, sale.done_at)
    assert (mark.receipt_no, mark.settlement_types, mark.person_id) == (sale.receipt_no, (), "")


@pytest.mark.rule("HY-1.5.4")
def test_without_cameras_only_a_special_sale_is_marked_and_its_gap_is_seen(
    till: PracticeTill,
) -> None:
    till.doors = replace(till.doors, channels=lambda: ())
    plain = till.basket((till.find(sale_class="otc_b"), 1))
    complete_sale(till.doors, plain.id, cash(plain.total), plain.total, till.operator)
    sale, patient = _special(till)
    till.settle(sale, patient)
    _pay(till, sale)
    with till.doors.uow() as uow:
        assert uow.videos.mark_of(plain.id) is None
        mark = uow.videos.mark_of(sale.id)
    assert mark is not None
    assert (mark.channels, mark.settlement_types) == ((), ("special",))


@pytest.mark.rule("HY-1.5.4")
def test_the_list_of_clips_names_people_masked_and_who_asked(till: PracticeTill) -> None:
    sale, patient = _special(till)
    till.settle(sale, patient)
    _pay(till, sale)
    now = till.clock.now()
    begins, ends = now - timedelta(days=1), now + timedelta(days=1)
    (row,) = clip_list(till.doors, begins, ends, till.operator)
    assert (row.sale_id, row.channels, row.till_no) == (sale.id, (2, 5), 1)
    assert (row.settlement_types, row.still) == (("special",), "no_consent")
    assert "*" in row.person and patient.person.name not in repr(row)
    assert row.ahead_seconds is None and row.clip_begins == row.begins
    assert _acts(till, "video.listed") == ["video.listed"]
    assert clip_list(till.doors, ends, ends + timedelta(days=1), till.operator) == ()


@pytest.mark.rule("HY-1.5.4")
def test_the_clips_of_one_person_are_asked_for_by_who_may_see_persons(till: PracticeTill) -> None:
    sale, patient = _special(till)
    till.settle(sale, patient)
    _pay(till, sale)
    plain = till.basket((till.find(sale_class="otc_b"), 1))
    complete_sale(till.doors, plain.id, cash(plain.total), plain.total, till.operator)
    now = till.clock.now()
    period = now - timedelta(days=1), now + timedelta(days=1)
    assert len(clip_list(till.doors, *period, till.operator)) == 2
    number = patient.person.cert_no
    with pytest.raises(NotAllowed):
        clip_list(till.doors, *period, till.operator, number)
    (row,) = clip_list(till.doors, *period, MANAGER, number)
    assert row.sale_id == sale.id
    assert clip_list(till.doors, *period, MANAGER, "999900190001010000") == ()
    with till.doors.uow() as uow:
        entries = [one.entry for one in uow.log.tail(20) if one.act == "video.listed"]
    assert not any(number in entry for entry in entries), "the log knows people by random ids"
    assert any(patient.person_id in entry for entry in entries)
