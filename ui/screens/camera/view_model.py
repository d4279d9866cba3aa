"""What a camera sees and the still that is taken of it; frames stay in memory. No widgets."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.errors import DeviceFailed, YaotaiError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from app.domain.device_plan import DeviceKind
    from app.domain.picture import Glimpse, Still
    from ui.screens.session import Session


class CameraViewModel(QObject):
    """Looks through one camera while its page is in sight; gives it back afterwards."""

    changed = Signal()
    seen = Signal()
    """There is another frame."""
    kept = Signal(object)
    """The :class:`~app.domain.picture.Still` that a person chose."""
    _glimpsed = Signal(object)
    _answered = Signal(object)

    def __init__(self, session: Session, kind: DeviceKind) -> None:
        super().__init__()
        self.session, self._shop, self._kind = session, session.shop, kind
        self.glimpse: Glimpse | None = None
        self.still: Still | None = None
        self.trouble: YaotaiError | None = None
        self.busy = False
        self._open = False
        self._painting = False
        self._glimpsed.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._take_answer, Qt.ConnectionType.QueuedConnection)

    def is_planned(self) -> bool:
        """Whether this till has such a camera."""
        return any(state.kind is self._kind for state in self._shop.device_states())

    def open(self) -> None:
        """Look."""
        self.glimpse, self.still, self.trouble, self.busy = None, None, None, False
        self._open, self._painting = True, False
        self._ask(self._shop.camera_look(self._kind, self._frame))
        self.changed.emit()

    def close(self) -> None:
        """Look away; what was not kept is forgotten."""
        if self._open:
            self._open = False
            self._shop.camera_rest(self._kind)
        self.glimpse, self.still = None, None

    def take(self, anyhow: bool = False) -> None:
        """A still of what is seen; ``anyhow``: a person lets its fault pass."""
        if self.busy or not self._open or self.still is not None:
            return
        self.busy, self.trouble = True, None
        self._ask(self._shop.camera_take(self._kind, anyhow))
        self.changed.emit()

    def again(self) -> None:
        """The still is thrown away."""
        self.still, self.trouble = None, None
        self.changed.emit()

    def keep(self) -> None:
        """This one."""
        still = self.still
        if still is not None:
            self.close()
            self.kept.emit(still)

    # --- from the camera's thread -------------------------------------------------------------

    def _frame(self, glimpse: Glimpse) -> None:
        # A screen that is slower than the camera sees every second frame, never an old one.
        if not self._painting:
            self._painting = True
            self._glimpsed.emit(glimpse)

    def _ask(self, future: Future[None] | Future[Still]) -> None:
        future.add_done_callback(self._answered.emit)

    # --- on the screen's ----------------------------------------------------------------------

    @Slot(object)
    def _show(self, glimpse: Glimpse) -> None:
        self._painting = False
        if self._open and self.still is None:
            self.glimpse = glimpse
            self.seen.emit()

    @Slot(object)
    def _take_answer(self, future: Future[Still | None]) -> None:
        self.busy = False
        try:
            told = future.result(0)
        except CancelledError:
            return
        except YaotaiError as error:
            self.trouble = error
            # A frame that is not good enough is no broken camera: it goes on.
            if not isinstance(error, DeviceFailed):
                self.glimpse = None
        else:
            if self._open and told is not None:
                self.still = told
        self.changed.emit()

    def words(self) -> tuple[str, str]:
        """What to say under the picture, and its tone."""
        say = self.session.say
        if self.trouble is not None:
            why = self.trouble.params.get("why")
            told = say(str(why)) if isinstance(self.trouble, DeviceFailed) else ""
            from ui.screens.session import notes_of

            return told or self.session.say_note(notes_of(self.trouble)[0]), "warn"
        if self.still is not None:
            size = {"width": self.still.width, "height": self.still.height}
            if self.still.fault is None:
                return say("camera.taken", **size), "good"
            return say("camera.taken_fault", fault=self._fault(self.still.fault)), "warn"
        if self.glimpse is None:
            return say("camera.opening"), "second"
        if self.glimpse.fault is not None:
            return self._fault(self.glimpse.fault), "warn"
        return say("camera.ready"), "good"

    def _fault(self, fault: str) -> str:
        return self.session.say(f"camera.fault_{fault}")
