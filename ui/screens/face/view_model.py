"""One live check at the counter, from the first frame to its record; no widgets.

Frames go from the camera's thread to the check and to the screen, and are forgotten; the check
runs on the *pictures* lane.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.device_plan import DeviceKind
from app.domain.face_check import Compared
from app.domain.liveness import LiveFault
from app.domain.person_check import CheckVerdict, CheckWay
from app.errors import YaotaiError
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.face.words import cue_of, e4_text, fault_words, note_of, view_words

if TYPE_CHECKING:
    from concurrent.futures import Future

    from app.domain.e_certificate import FaceEvidence
    from app.domain.face import Template
    from app.domain.face_check import LiveOutcome
    from app.domain.face_template import FacesKept
    from app.domain.liveness import LiveView
    from app.domain.person_check import PersonCheck
    from app.domain.picture import Glimpse
    from app.use_cases.check_face import FacePlan
    from app.use_cases.views import Patient
    from ui.screens.customer.page import FaceCue
    from ui.screens.face_door import EngineTold, LiveRun
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

_CAMERA = DeviceKind.CAMERA
MOST_TRIES = 3
"""Failed checks of one customer; then people compare by eye."""
_DOUBTFUL = frozenset({LiveFault.WRONG_SIDE, LiveFault.OTHER_FACE})
"""Failures that a played film shows too count twice: it gets two chances and not three."""


class Stage(StrEnum):
    """What the page shows."""

    READY = "ready"
    PREPARING = "preparing"
    NOTHING = "nothing"
    """There is nothing to compare with; :attr:`LiveViewModel.note` says why and what helps."""
    RUNNING = "running"
    KEEPING = "keeping"
    SECOND = "second"
    """Three good pictures: the second person types number and PIN."""
    DONE = "done"
    FAILED = "failed"


class LiveViewModel(QObject):
    """One check at a time, of the customer who stands here."""

    changed = Signal()
    seen = Signal()
    """There is another frame."""
    told = Signal()
    """The check got on; :attr:`view` says how far."""
    recorded = Signal()
    """Something was kept: whoever shows the person reads again."""
    matched = Signal()
    """It is the person: the panel may close."""
    stopped = Signal()
    """What the terminal said could not be kept, or speaks against it: people decide."""
    _glimpsed = Signal(object)
    _opened = Signal(object)

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self._shop, self._till = session, session.shop, till
        self.stage = Stage.READY
        self.enrolling = False
        self.engine: EngineTold | None = None
        self.glimpse: Glimpse | None = None
        self.view: LiveView | None = None
        self.note: Note | None = None
        self.passed = False
        """Whether the last check recorded that it is the person."""
        self.tries = 0
        self._run: LiveRun | None = None
        self._person = ""
        """Whose face is looked at: an answer about anybody else is dropped."""
        self._count = 0
        """Which check it is: answers of an earlier one are not listened to."""
        self._painting = False
        self._templates: tuple[Template, ...] = ()
        self._glimpsed.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._opened.connect(self._camera_answered, Qt.ConnectionType.QueuedConnection)
        till.customer_left.connect(self.forget)
        session.operator_changed.connect(self._locked)

    # --- what can be done ---------------------------------------------------------------------

    @property
    def patient(self) -> Patient | None:
        """Whom the credential names."""
        return self._till.patient

    @property
    def sale_id(self) -> str:
        """Of the basket; empty while nothing lies in it."""
        return self._till.sale.id if self._till.sale is not None and self._till.lines else ""

    def has_camera(self) -> bool:
        """Whether this till has a camera that customers stand before."""
        return self._shop.face_camera()

    def is_over(self) -> bool:
        """Whether this customer failed so often that only people decide now."""
        return self.tries >= MOST_TRIES

    # --- acts ---------------------------------------------------------------------------------

    def begin(self, *, enrol: bool = False) -> None:
        """Look at the person who stands here; ``enrol``: to make a template."""
        patient = self.patient
        if self.stage in (Stage.PREPARING, Stage.RUNNING, Stage.KEEPING):
            return
        self._reset()
        self.enrolling = enrol
        self._begin_with(patient.person_id if patient is not None else "")
        if patient is None or not self.sale_id:
            self._end(Stage.NOTHING, "live.nothing_no_customer")
        elif not self.has_camera():
            self._end(Stage.NOTHING, "live.nothing_no_camera")
        elif self.is_over() and not enrol:
            self._end(Stage.NOTHING, "live.nothing_tries")
        else:
            self.stage = Stage.PREPARING
            self.changed.emit()
            self._prepare(patient)

    def _begin_with(self, person: str) -> None:
        if person != self._person:
            self._person, self.tries = person, 0

    def _is_other(self) -> bool:
        """Whether another credential was shown meanwhile: nothing is kept of the one before."""
        return self.patient is None or self.patient.person_id != self._person

    def give_up(self) -> None:
        """Esc: nothing is kept; what still comes is not listened to."""
        self._stop()
        self._templates = ()
        self._count += 1
        self.stage, self.view, self.note = Stage.READY, None, None
        self.changed.emit()

    def forget(self) -> None:
        """The next customer stands there."""
        self.tries, self.passed, self._person = 0, False, ""
        self.give_up()

    def enrol(self, number: str, pin: str) -> None:
        """The second person saw person and document too: keep the templates."""
        patient, sale_id, made = self.patient, self.sale_id, self._templates
        if self.stage is not Stage.SECOND or patient is None or not sale_id:
            return
        if self._is_other():
            self.give_up()
            return
        if not number.strip() or not pin:
            self.note = Note("person.second_first", {}, "warn")
            self.changed.emit()
            return
        second, shop, operator = SecondPerson(number.strip(), pin), self._shop, self.session.who()
        self.stage, self.note = Stage.KEEPING, None
        self.changed.emit()
        count = self._count
        self.session.run(
            Lane.STORE,
            lambda _: shop.enrol_face(sale_id, patient, made, operator, second),
            lambda kept: self._enrolled(count, kept),
            lambda error: self._not_enrolled(count, error),
        )

    def by_terminal(self, evidence: FaceEvidence) -> bool:
        """Keep what the terminal's own face authentication says; False = nothing sure."""
        from app.use_cases.check_face import terminal_draft

        patient, sale_id = self.patient, self.sale_id
        draft = terminal_draft(evidence, patient) if patient is not None else None
        if patient is None or not sale_id or draft is None:
            return False
        shop, operator = self._shop, self.session.who()
        same = draft.verdict is CheckVerdict.MATCH

        def kept() -> None:
            self.session.tell(f"live.terminal_{draft.verdict}", "good" if same else "block")
            self.recorded.emit()
            if not same:
                self.stopped.emit()

        def work() -> None:
            shop.record_check(sale_id, patient, draft, operator, None)

        def failed(error: YaotaiError) -> None:
            self.session.told.emit(note_of(error))
            self.stopped.emit()

        def start() -> None:
            self.session.run(Lane.STORE, lambda _: work(), lambda _: kept(), failed)

        self._till.keeper.when_kept(start)
        return True

    # --- one check, step by step --------------------------------------------------------------

    def _prepare(self, patient: Patient) -> None:
        shop, count = self._shop, self._count

        def loaded(engine: EngineTold) -> None:
            if count != self._count:
                return
            self.engine = engine
            self.session.run(
                Lane.STORE,
                lambda _: shop.face_plan(patient, engine.model_id),
                lambda plan: self._planned(count, plan),
                lambda error: self._failed(count, error),
            )

        self.session.run(
            Lane.PICTURES,
            lambda _: shop.load_faces(),
            loaded,
            lambda error: self._failed(count, error),
        )

    def _planned(self, count: int, plan: FacePlan) -> None:
        if count != self._count:
            return
        if not plan.known.consent_id:
            self._end(Stage.NOTHING, "live.nothing_no_consent")
        elif not self.enrolling and plan.way is CheckWay.BY_EYE:
            other = plan.known.other_model
            self._end(Stage.NOTHING, f"live.nothing_{'other_model' if other else 'no_reference'}")
        else:
            self._look(count, plan)

    def _look(self, count: int, plan: FacePlan) -> None:
        try:
            run = self._shop.live_run(None if self.enrolling else plan)
        except YaotaiError as error:
            self._failed(count, error)
            return
        self._run, self.stage = run, Stage.RUNNING
        self._shop.practice_turn(None)
        asked = self._shop.camera_look(_CAMERA, lambda glimpse: self._frame(run, glimpse))
        asked.add_done_callback(lambda done: self._opened.emit((count, done)))
        self.changed.emit()
        operation = self.session.run(
            Lane.PICTURES,
            lambda tell: run.run(tell),
            lambda outcome: self._ended(count, plan, outcome),
            lambda error: self._failed(count, error),
        )
        operation.told.connect(lambda view: self._told(count, view))

    def _told(self, count: int, view: LiveView) -> None:
        if count != self._count or self.stage is not Stage.RUNNING:
            return
        if self.view is None or self.view.side is not view.side:
            self._shop.practice_turn(view.side)
        self.view = view
        self.told.emit()

    def _ended(self, count: int, plan: FacePlan, outcome: LiveOutcome) -> None:
        if count != self._count:
            return
        self._stop()
        if self._is_other():
            self.give_up()
            return
        self.view = outcome.view
        if not outcome.passed:
            self.tries += 2 if outcome.view.fault in _DOUBTFUL else 1
        if not self.enrolling:
            self._record(count, plan, outcome)
        elif outcome.templates:
            self._templates = outcome.templates
            self._end(Stage.SECOND, "live.enrol_second", "good")
        else:
            self._end(Stage.FAILED, fault_words(outcome) or "live.enrol_failed")

    def _record(self, count: int, plan: FacePlan, outcome: LiveOutcome) -> None:
        patient, sale_id = self.patient, self.sale_id
        if patient is None or not sale_id:
            self._end(Stage.FAILED, "live.nothing_no_customer")
            return
        self.stage = Stage.KEEPING
        self.changed.emit()
        shop, operator = self._shop, self.session.who()

        def work() -> PersonCheck | None:
            return shop.record_live(sale_id, patient, plan, outcome, operator)

        def start() -> None:
            self.session.run(
                Lane.STORE,
                lambda _: work(),
                lambda check: self._kept(count, outcome, check),
                lambda error: self._failed(count, error),
            )

        self._till.keeper.when_kept(start)

    def _kept(self, count: int, outcome: LiveOutcome, check: PersonCheck | None) -> None:
        if count != self._count:
            return
        if check is None:
            self._end(Stage.FAILED, fault_words(outcome) or "live.compared_unclear")
            return
        self.passed = check.verdict is CheckVerdict.MATCH
        told = {
            "distance": e4_text(min(outcome.distances_e4)),
            "threshold": e4_text(outcome.accept_e4),
        }
        tone = "good" if self.passed else "block"
        said = Compared.MATCH if self.passed else Compared.MISMATCH
        self._end(Stage.DONE, f"live.compared_{said}", tone, **told)
        self.recorded.emit()
        if self.passed and self.note is not None:
            self.session.told.emit(self.note)
            self.matched.emit()

    def _enrolled(self, count: int, kept: int) -> None:
        if count != self._count:
            return
        self._templates = ()
        self._end(Stage.DONE, "live.enrolled", "good", count=kept)
        self.recorded.emit()
        shop = self._shop
        self.session.run(Lane.STORE, lambda _: shop.faces_kept(), self._counted)

    def _counted(self, kept: FacesKept) -> None:
        """Somebody has to file before there are too many (policy 3.9)."""
        if kept.is_near:
            self.session.tell("live.filing", "warn", persons=kept.persons, most=kept.filing)

    def _not_enrolled(self, count: int, error: YaotaiError) -> None:
        if count != self._count:
            return
        self.stage, self.note = Stage.SECOND, note_of(error)
        self.changed.emit()

    # --- frames -------------------------------------------------------------------------------

    def _frame(self, run: LiveRun, glimpse: Glimpse) -> None:
        """On the camera's thread; a screen that is slower sees every second frame."""
        run.offer(glimpse)
        if not self._painting:
            self._painting = True
            self._glimpsed.emit(glimpse)

    @Slot(object)
    def _show(self, glimpse: Glimpse) -> None:
        self._painting = False
        if self.stage is Stage.RUNNING:
            self.glimpse = glimpse
            self.seen.emit()

    @Slot(object)
    def _camera_answered(self, answer: tuple[int, Future[None]]) -> None:
        from concurrent.futures import CancelledError

        count, future = answer
        try:
            future.result(0)
        except CancelledError:
            return
        except YaotaiError as error:
            if self.stage is Stage.RUNNING:
                self._failed(count, error)

    # --- ends ---------------------------------------------------------------------------------

    def _failed(self, count: int, error: YaotaiError) -> None:
        if count != self._count:
            return
        self._stop()
        self._count += 1  # the check that was given up has nothing to say any more
        self.stage, self.note = Stage.FAILED, note_of(error)
        self.changed.emit()

    def _end(self, stage: Stage, message_id: str, severity: str = "warn", **params: object) -> None:
        self.stage, self.note = stage, Note(message_id, dict(params), severity)
        self.changed.emit()

    def _stop(self) -> None:
        """The camera's light goes out."""
        run, self._run = self._run, None
        if run is not None:
            run.give_up()
            self._shop.camera_rest(_CAMERA)
            self._shop.practice_turn(None)
        self.glimpse, self._painting = None, False

    def _reset(self) -> None:
        self._stop()
        self._count += 1
        self.view, self.note, self.passed = None, None, False
        self._templates = ()

    def _locked(self) -> None:
        if self.session.locked:
            self.give_up()

    def cue(self) -> FaceCue | None:
        """What the customer is asked to do now; None = no face is looked at."""
        return cue_of(self.view) if self.stage is Stage.RUNNING and self.view else None

    # --- words --------------------------------------------------------------------------------

    def words(self) -> tuple[str, str]:
        """What to do now, and its tone."""
        say = self.session.say
        if self.stage in (Stage.PREPARING, Stage.KEEPING):
            return say(f"live.{self.stage}"), "second"
        if self.stage is Stage.RUNNING:
            if self.view is None or self.glimpse is None:
                return say("live.opening"), "second"
            return view_words(self.view, say)
        if self.note is not None:
            return self.session.say_note(self.note), self.note.severity
        return say("live.enrol_ready" if self.enrolling else "live.ready"), "second"
