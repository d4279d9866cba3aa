"""The picture of a purchase, taken by itself while the insurance is asked. No widgets."""

from __future__ import annotations

from concurrent.futures import CancelledError
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.domain.purchase_still import StillDraft, StillGap
from app.errors import DeviceFailed, NotOffered, YaotaiError
from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from app.domain.picture import Still
    from app.use_cases.purchase_still import StillNeed
    from ui.screens.session import Session

WAIT_MS = 3_000
"""How long a completion waits for a camera that is just taking the picture."""
_POOR, _OF_PERSON = "camera.fault_", "still.fault_"
"""The camera's own words speak of sheets of paper."""


class StillStage(StrEnum):
    """What the strip shows."""

    NONE = "none"
    """No picture is wanted of what lies here."""
    ASKING = "asking"
    TAKING = "taking"
    TAKEN = "taken"
    NO_CONSENT = "no_consent"
    BY_PROXY = "by_proxy"
    TROUBLE = "trouble"


class StillViewModel(QObject):
    """One picture of one sale; in memory only until the sale is completed, then forgotten."""

    changed = Signal()
    _answered = Signal(int, bool, object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.stage = StillStage.NONE
        self.still: Still | None = None
        self.gap: StillGap | None = None
        self.fault = ""
        """Message id of what is wrong with what the camera sees."""
        self.sale_id = ""
        self._try = 0
        self._insists = False
        self._then: Callable[[StillDraft | None], None] | None = None
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._too_slow)
        self._answered.connect(self._take_answer, Qt.ConnectionType.QueuedConnection)

    # --- acts ------------------------------------------------------------------------------------

    def begin(self, sale_id: str) -> None:
        """A sale that wants a picture is being settled or paid; harmless when repeated."""
        if sale_id != self.sale_id:
            self.forget()
            self.sale_id = sale_id
            self._ask()

    def again(self) -> None:
        """One key: another picture, or another look at whether one may be taken."""
        if self.sale_id and self.stage not in (StillStage.ASKING, StillStage.TAKING):
            self._insists = self.stage is StillStage.TROUBLE
            self._ask()

    def forget(self) -> None:
        """Another sale, or none: nothing of this one is kept."""
        self._try += 1
        self.still, self.gap, self.fault, self.sale_id = None, None, "", ""
        self._insists = False
        self._set(StillStage.NONE)

    def give(self, sale_id: str, then: Callable[[StillDraft | None], None]) -> None:
        """What the camera gave, for the completion; waits shortly for one that is just looking."""
        if sale_id == self.sale_id and self.stage in (StillStage.ASKING, StillStage.TAKING):
            self._then = then
            self._wait.start()
        else:
            then(self._draft(sale_id))

    # --- inside ----------------------------------------------------------------------------------

    def _draft(self, sale_id: str) -> StillDraft | None:
        if sale_id != self.sale_id:
            return None
        if self.still is not None:
            fault = self.still.fault.value if self.still.fault is not None else ""
            return StillDraft(self.still.jpeg, self.still.at, fault)
        return StillDraft(gap=self.gap) if self.gap is not None else None

    def _ask(self) -> None:
        sale_id = self.sale_id
        self._try += 1
        number = self._try
        self._set(StillStage.ASKING)
        self.session.run(
            Lane.STORE,
            lambda _: self._shop.still_need(sale_id),
            lambda need: self._known(number, need),
            lambda _: self._known(number, None),
        )

    def _known(self, number: int, need: StillNeed | None) -> None:
        if number != self._try:
            return
        if need is None or not need.wanted:
            self._settle(StillStage.NONE)
        elif need.by_proxy:
            self._settle(StillStage.BY_PROXY)
        elif not need.consent_id:
            self.still = None
            self._settle(StillStage.NO_CONSENT)
        else:
            self._snap(number, anyhow=False)

    def _snap(self, number: int, *, anyhow: bool) -> None:
        self._set(StillStage.TAKING)
        asked = self._shop.snap_still(anyhow)
        asked.add_done_callback(lambda future: self._answered.emit(number, anyhow, future))

    @Slot(int, bool, object)
    def _take_answer(self, number: int, anyhow: bool, future: Future[Still]) -> None:
        if number != self._try:
            return
        try:
            self.still = future.result(0)
        except CancelledError:
            self._fail(StillGap.CAMERA_GONE)
        except DeviceFailed as error:
            why = str(error.params.get("why", ""))
            poor = why.startswith(_POOR)
            self.fault = why.replace(_POOR, _OF_PERSON) if poor else ""
            if poor and self._insists and not anyhow:
                # A person saw what is wrong, put right what they could, and pressed the key.
                self._snap(number, anyhow=True)
            else:
                self._fail(StillGap.POOR if poor else StillGap.CAMERA_GONE)
        except NotOffered:
            self._fail(StillGap.NO_CAMERA)
        except YaotaiError:
            self._fail(StillGap.CAMERA_GONE)
        else:
            self.gap = None
            self._tell_fault(self.still)
            self._settle(StillStage.TAKEN)

    def _fail(self, gap: StillGap) -> None:
        if self.still is None:
            self.gap = gap
            self._settle(StillStage.TROUBLE)
            return
        # A picture that is there already is not lost over one that failed.
        self._tell_fault(self.still)
        self._settle(StillStage.TAKEN)

    def _tell_fault(self, still: Still) -> None:
        self.fault = f"{_OF_PERSON}{still.fault}" if still.fault is not None else ""

    def _too_slow(self) -> None:
        self._try += 1  # what comes now is nobody's any more
        self.gap = self.gap or StillGap.SLOW
        self._settle(StillStage.TROUBLE)

    def _settle(self, stage: StillStage) -> None:
        self._insists = False
        self._wait.stop()
        self._set(stage)
        then, self._then = self._then, None
        if then is not None:
            then(self._draft(self.sale_id))

    def _set(self, stage: StillStage) -> None:
        self.stage = stage
        self.changed.emit()

    # --- words -----------------------------------------------------------------------------------

    def words(self) -> tuple[str, str]:
        """What to say beside the picture, and its tone."""
        say = self.session.say
        if self.stage is StillStage.TROUBLE:
            why = say(self.fault) if self.fault else say(f"still.gap_{self.gap}")
            return say("still.trouble", why=why), "warn"
        if self.stage is StillStage.TAKEN and self.fault:
            return say("still.taken_fault", why=say(self.fault)), "warn"
        tones = {StillStage.TAKEN: "good", StillStage.BY_PROXY: "good"}
        return say(f"still.{self.stage}"), tones.get(self.stage, "told")
