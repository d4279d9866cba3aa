"""The screens' shop for faces: a check whose steps a test tells, and what was kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from app.domain.face import Template
from app.domain.face_check import LiveOutcome, draft_of
from app.domain.face_template import FacesKept
from app.domain.identity_card import IdentityCard
from app.domain.liveness import LiveView
from app.domain.person_check import CheckWay, PersonCheck
from app.domain.picture import Glimpse
from app.errors import NotAllowed, SecondPersonNeeded, SignInRefused, YaotaiError
from app.use_cases.check_face import FacePlan
from app.use_cases.doors import Operator
from app.use_cases.sign_in import SecondPerson
from app.use_cases.templates import Known
from app.use_cases.views import Patient
from ui.screens.face_door import EngineTold

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MODEL = "engine@1"


class FakeRun:
    """Tells the views of a script, then answers its outcome."""

    def __init__(self, views: tuple[LiveView, ...], outcome: LiveOutcome | YaotaiError) -> None:
        self.views, self.outcome = views, outcome
        self.offered: list[Glimpse] = []
        self.given_up = False

    def offer(self, glimpse: Glimpse) -> None:
        self.offered.append(glimpse)

    def give_up(self) -> None:
        self.given_up = True

    def run(self, tell: Callable[[LiveView], None]) -> LiveOutcome:
        for view in self.views:
            tell(view)
        if isinstance(self.outcome, YaotaiError):
            raise self.outcome
        return self.outcome


class FakeFaces:
    """``plan``: what there is to compare with; ``script``: views and outcome of the next check."""

    def begin_faces(self) -> None:
        self.has_face_camera = True
        self.engine: EngineTold | YaotaiError = EngineTold(MODEL, False)
        known = Known("consent-1", (Template(MODEL, (0.5,)),))
        self.plan_of_face = FacePlan(CheckWay.TEMPLATE, known)
        self.script: tuple[tuple[LiveView, ...], LiveOutcome | YaotaiError] | None = None
        self.runs: list[FakeRun] = []
        self.live_kept: list[PersonCheck | None] = []
        self.faces = FacesKept(1, 100_000)
        self.enrolled: list[tuple[Template, ...]] = []
        self.cards: list[IdentityCard | None] = []

    def face_camera(self) -> bool:
        return self.has_face_camera

    def card_laid(self, card: IdentityCard) -> None:
        self.cards.append(card)

    def forget_card(self) -> None:
        self.cards.append(None)

    def faces_kept(self) -> FacesKept:
        return self.faces

    def load_faces(self) -> EngineTold:
        if isinstance(self.engine, YaotaiError):
            raise self.engine
        return self.engine

    def face_plan(self, patient: Patient, model_id: str) -> FacePlan:
        return self.plan_of_face

    def live_run(self, plan: FacePlan | None) -> FakeRun:
        assert self.script is not None
        made = FakeRun(*self.script)
        self.runs.append(made)
        return made

    def record_live(
        self,
        sale_id: str,
        patient: Patient,
        plan: FacePlan,
        outcome: LiveOutcome,
        operator: Operator,
    ) -> PersonCheck | None:
        draft = draft_of(outcome, plan.way, plan.known.consent_id)
        check = None
        if draft is not None:
            check = PersonCheck(
                "check-1", sale_id, patient.person_id, AT, operator.staff.id, draft.way,
                draft.verdict, tries=draft.tries, distance_e4=draft.distance_e4,
            )  # fmt: skip
        self.live_kept.append(check)
        return check

    def enrol_face(
        self,
        sale_id: str,
        patient: Patient,
        templates: tuple[Template, ...],
        operator: Operator,
        second: SecondPerson,
    ) -> int:
        if second.pin != "123456":
            raise SignInRefused
        if second.number == operator.staff.number:
            raise SecondPersonNeeded(act="enrol_face")
        if not self.live_kept and sale_id == "unseen":
            raise NotAllowed(act="enrol_unseen")
        self.enrolled.append(templates)
        return len(templates)
