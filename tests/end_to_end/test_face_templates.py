"""Templates of faces in the books: who may be enrolled, what compares, what a withdrawal does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.consent import ConsentPurpose
from app.domain.e_certificate import ECertificate, FaceEvidence
from app.domain.face import Template
from app.domain.face_check import Compared, LiveOutcome
from app.domain.insurance import CredentialKind
from app.domain.liveness import LiveFault, LiveView
from app.domain.liveness_states import LivePhase
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.signature import PenPoint, PenTrace
from app.errors import BadValue, NotAllowed, SecondPersonNeeded, SignInRefused
from app.use_cases.check_face import face_plan, record_live, terminal_draft
from app.use_cases.check_person import record_check
from app.use_cases.consents import consent_text, give_consent, withdraw_consent
from app.use_cases.sign_in import SecondPerson
from app.use_cases.templates import enrol_face, faces_kept, known_face
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill, practice_till

FACE = ConsentPurpose.FACE
SECOND = SecondPerson("2001", "200200")
ENGINE = "engine@1"
THREE = tuple(Template(ENGINE, (0.1 * number, 1.0)) for number in (1, 2, 3))
INK = PenTrace(
    800, 400, (tuple(PenPoint(30 * at, 100 + 40 * (at % 3), 500, 20 * at) for at in range(25)),)
)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


class Counter:
    """A customer with a basket, and what was done about them."""

    def __init__(self, till: PracticeTill) -> None:
        self.till, self.doors = till, till.doors
        self.patient: Patient = till.patient("active_met")
        read = replace(self.patient.credential, typed=False)
        self.patient = replace(self.patient, credential=read)
        drug = till.find(sale_class="otc_b")
        self.sale = till.basket((drug, 1))

    def consent(self) -> str:
        text = consent_text(self.doors, FACE)
        give_consent(self.doors, self.patient, text, INK, self.till.operator)
        return known_face(self.doors, self.patient.person_id, ENGINE).consent_id

    def look(self, way: CheckWay = CheckWay.BY_EYE) -> None:
        draft = CheckDraft(way, CheckVerdict.MATCH, "not_asked")
        record_check(self.doors, self.sale.id, self.patient, draft, self.till.operator, SECOND)

    def enrol(self, templates: tuple[Template, ...] = THREE, second: SecondPerson = SECOND) -> int:
        return enrol_face(
            self.doors, self.sale.id, self.patient, templates, self.till.operator, second
        )

    def log(self, act: str) -> list[dict[str, object]]:
        with self.doors.uow() as uow:
            return [json.loads(row.entry) for row in uow.log.tail(50) if row.act == act]


@pytest.fixture
def counter(till: PracticeTill) -> Counter:
    return Counter(till)


@pytest.mark.rule("S-16")
def test_enrolling_wants_document_look_consent_and_a_second_person(counter: Counter) -> None:
    with pytest.raises(NotAllowed, match="face"):
        counter.enrol()
    counter.consent()
    with pytest.raises(NotAllowed, match="enrol_unseen"):
        counter.enrol()
    counter.look()
    with pytest.raises(SecondPersonNeeded):
        counter.enrol(second=SecondPerson("1001", "100100"))
    with pytest.raises(SignInRefused):
        counter.enrol(second=SecondPerson("2001", "000000"))
    assert known_face(counter.doors, counter.patient.person_id, ENGINE).templates == ()
    assert counter.enrol() == 3
    known = known_face(counter.doors, counter.patient.person_id, ENGINE)
    assert [one.values[0] for one in known.templates] == pytest.approx([0.1, 0.2, 0.3])


def test_a_typed_number_or_a_telephone_is_no_document(counter: Counter) -> None:
    counter.consent()
    counter.look()
    shown = counter.patient.credential
    for other in (replace(shown, typed=True), replace(shown, kind=CredentialKind.E_CERTIFICATE)):
        counter.patient = replace(counter.patient, credential=other)
        with pytest.raises(NotAllowed, match="enrol_without_document"):
            counter.enrol()


@pytest.mark.parametrize(
    "templates", [(), THREE[:2], (*THREE[:2], Template("engine@2", (1.0,)))], ids=len
)
def test_templates_of_no_one_enrolment_are_refused(
    counter: Counter, templates: tuple[Template, ...]
) -> None:
    counter.consent()
    counter.look()
    with pytest.raises(BadValue):
        counter.enrol(templates)


def test_a_new_enrolment_takes_the_place_of_the_old(counter: Counter) -> None:
    counter.consent()
    counter.look()
    counter.enrol()
    again = tuple(Template("engine@2", (0.5,)) for _ in range(3))
    counter.enrol(again)
    who = counter.patient.person_id
    assert known_face(counter.doors, who, ENGINE).templates == ()
    assert len(known_face(counter.doors, who, "engine@2").templates) == 3
    assert faces_kept(counter.doors).persons == 1
    assert faces_kept(counter.doors).filing == 100_000


def test_another_model_compares_nothing_and_says_so(counter: Counter) -> None:
    counter.consent()
    counter.look()
    counter.enrol()
    known = known_face(counter.doors, counter.patient.person_id, "engine@2")
    assert (known.templates, known.other_model) == ((), True)
    plan = face_plan(counter.doors, counter.patient, "engine@2", has_picture=False)
    assert plan.way is CheckWay.BY_EYE


@pytest.mark.rule("S-16")
def test_withdrawing_deletes_every_template_in_the_same_step(counter: Counter) -> None:
    counter.consent()
    counter.look()
    counter.enrol()
    told = withdraw_consent(counter.doors, counter.patient.person_id, FACE, counter.till.operator)
    assert told.templates == 3
    with counter.doors.uow() as uow:
        assert uow.templates.models_of(counter.patient.person_id) == frozenset()
    assert known_face(counter.doors, counter.patient.person_id, ENGINE).consent_id == ""
    assert counter.log("consent.withdrawn")[0]["templates"] == 3


def test_the_log_of_an_enrolment_knows_people_by_ids_and_no_number_of_a_face(
    counter: Counter,
) -> None:
    counter.consent()
    counter.look()
    counter.enrol()
    (entry,) = counter.log("face.enrolled")
    assert set(entry) == {"person", "model", "kept", "gone", "consent", "second", "sale"}
    assert entry["kept"] == 3


# --- what is compared with what -------------------------------------------------------------------


@pytest.mark.rule("HY-1.1.4b")
def test_the_first_of_card_picture_template_and_people_is_used(counter: Counter) -> None:
    def way(*, has_picture: bool) -> CheckWay:
        return face_plan(counter.doors, counter.patient, ENGINE, has_picture=has_picture).way

    assert way(has_picture=True) is CheckWay.BY_EYE, "no face without a consent"
    counter.consent()
    assert way(has_picture=False) is CheckWay.BY_EYE
    assert way(has_picture=True) is CheckWay.CARD_PICTURE
    counter.look()
    counter.enrol()
    assert way(has_picture=False) is CheckWay.TEMPLATE
    assert way(has_picture=True) is CheckWay.CARD_PICTURE


def _outcome(compared: Compared | None, *distances: int, failed: bool = False) -> LiveOutcome:
    phase = LivePhase.FAILED if failed else LivePhase.PASSED
    fault = LiveFault.TOO_SLOW if failed else None
    view = LiveView(phase, steps=2, fault=fault, blinked=True)
    return LiveOutcome(view, ENGINE, 9200, compared, distances)


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.parametrize(
    ("compared", "distances", "verdict"),
    [
        (Compared.MATCH, (9500, 8100), CheckVerdict.MATCH),
        (Compared.MISMATCH, (13_000,), CheckVerdict.MISMATCH),
    ],
)
def test_what_was_found_is_kept_with_score_threshold_model_and_liveness(
    counter: Counter, compared: Compared, distances: tuple[int, ...], verdict: CheckVerdict
) -> None:
    consent = counter.consent()
    counter.look()
    counter.enrol()
    plan = face_plan(counter.doors, counter.patient, ENGINE, has_picture=False)
    kept = record_live(
        counter.doors, counter.sale.id, counter.patient, plan, _outcome(compared, *distances),
        counter.till.operator,
    )  # fmt: skip
    assert kept is not None
    assert (kept.way, kept.verdict) == (CheckWay.TEMPLATE, verdict)
    assert (kept.distance_e4, kept.threshold_e4) == (min(distances), 9200)
    assert (kept.model_id, kept.liveness) == (ENGINE, "turns+blink")
    assert (kept.tries, kept.consent_id) == (len(distances), consent)
    with counter.doors.uow() as uow:
        assert uow.checks.of_sale(counter.sale.id)[-1] == kept


@pytest.mark.parametrize(
    "outcome",
    [
        _outcome(None, failed=True),
        _outcome(Compared.UNCLEAR, 9500, 9600, 9700),
    ],
    ids=["no_liveness", "unclear"],
)
def test_what_decides_nothing_is_no_check_and_is_logged(
    counter: Counter, outcome: LiveOutcome
) -> None:
    counter.consent()
    plan = face_plan(counter.doors, counter.patient, ENGINE, has_picture=True)
    assert (
        record_live(
            counter.doors, counter.sale.id, counter.patient, plan, outcome, counter.till.operator
        )
        is None
    )
    with counter.doors.uow() as uow:
        assert uow.checks.of_sale(counter.sale.id) == []
    (entry,) = counter.log("face.undecided")
    assert entry["model"] == ENGINE


def test_a_consent_withdrawn_during_the_check_keeps_nothing(counter: Counter) -> None:
    counter.consent()
    plan = face_plan(counter.doors, counter.patient, ENGINE, has_picture=True)
    withdraw_consent(counter.doors, counter.patient.person_id, FACE, counter.till.operator)
    with pytest.raises(NotAllowed):
        record_live(
            counter.doors, counter.sale.id, counter.patient, plan,
            _outcome(Compared.MATCH, 5000), counter.till.operator,
        )  # fmt: skip


@pytest.mark.rule("S-16")
def test_the_terminals_own_face_authentication_is_evidence_of_its_own(counter: Counter) -> None:
    number = counter.patient.person.cert_no

    def evidence(told: str) -> FaceEvidence:
        person = replace(_certificate(), id_number=told)
        return FaceEvidence(person, "AUTH-PRACTICE", datetime(2026, 11, 22, tzinfo=UTC))

    same = terminal_draft(evidence(number), counter.patient)
    assert same == CheckDraft(CheckWay.TERMINAL_FACE, CheckVerdict.MATCH)
    other = terminal_draft(evidence("999900190001010017"), counter.patient)
    assert other is not None
    assert (other.verdict, other.reason) == (CheckVerdict.MISMATCH, "differs")
    assert terminal_draft(evidence(number[:6] + "********" + number[14:]), counter.patient) is None


def _certificate() -> ECertificate:
    return ECertificate(token="T" * 20, name="练习患者")
