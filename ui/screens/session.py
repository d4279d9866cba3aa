"""What every view model is handed: the shop, the lanes, who is at the till, the words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.errors import RuleBroken, YaotaiError
from app.use_cases.notes import Note
from ui.words import knows, say

if TYPE_CHECKING:
    from app.domain.staff import Right
    from app.use_cases.facts import Operator
    from ui.operation import Lane, Lanes, Operation, Work
    from ui.screens.shop_door import ShopDoor

Done = Callable[[Any], None]
Failed = Callable[[YaotaiError], None]


class Session(QObject):
    """One window's session with the shop."""

    operator_changed = Signal()
    told = Signal(object)
    """A :class:`Note` for the strip of findings."""
    inspector_came = Signal()
    """:attr:`inspector` signed in: the window shows the inspector's room and nothing else."""
    rx_changed = Signal()
    """A prescription came in, went on or was let go of, here: whoever shows some asks again."""

    prices_changed = Signal()
    """A price may have taken effect: an open basket that is not quoted yet follows."""

    def __init__(self, shop: ShopDoor, lanes: Lanes, lang: str = "zh_CN") -> None:
        super().__init__()
        self.shop, self.lanes, self.lang = shop, lanes, lang
        self.operator: Operator | None = None
        self.inspector: Operator | None = None
        """Who looks from outside; the counter stays locked meanwhile (EZ-9c)."""
        self.locked = True

    def say(self, message_id: str, /, **params: object) -> str:
        """Words in the session's language."""
        return say(message_id, self.lang, **params)

    def say_code(self, group: str, code: str) -> str:
        """Words of a coded value, or the code itself where nobody gave it words."""
        message_id = f"{group}_{code}"
        return say(message_id, self.lang) if knows(message_id) else code

    def say_note(self, note: Note) -> str:
        """The sentence of a note: what happened, what it means for this sale, what to press."""
        said = [say(note.message_id, self.lang, **note.params)]
        for part in ("means", "press"):
            if knows(f"{note.message_id}_{part}"):
                said.append(say(f"{note.message_id}_{part}", self.lang, **note.params))
        return " ".join(said) if self.lang == "en" else "".join(said)

    def tell(self, message_id: str, /, severity: str = "told", **params: object) -> None:
        """Say something in the strip of findings."""
        self.told.emit(Note(message_id, dict(params), severity))

    def tell_error(self, error: YaotaiError) -> None:
        """Say an error; the findings inside a broken rule are said each by itself."""
        for note in notes_of(error):
            self.told.emit(note)

    def who(self) -> Operator:
        """The operator; views that act are not shown while nobody is signed in."""
        if self.operator is None:
            raise YaotaiError(kind="no operator")
        return self.operator

    def may(self, right: Right) -> bool:
        """Whether the operator's role carries the right."""
        return self.operator is not None and self.operator.staff.may(right)

    def sign_in(self, operator: Operator) -> None:
        """Somebody proved who they are: the till is theirs, or an inspector may look."""
        if operator.staff.role == "inspector":
            self.inspector = operator
            self.inspector_came.emit()
            return
        self.operator, self.locked = operator, False
        self.operator_changed.emit()

    def lock(self) -> None:
        """Nobody acts until somebody signs in; the basket stays."""
        self.locked, self.inspector = True, None
        self.operator_changed.emit()

    def run(self, lane: Lane, work: Work, done: Done, failed: Failed | None = None) -> Operation:
        """Start work on a lane; a failure that nobody wants goes to the strip."""
        operation = self.lanes.start(lane, work)
        operation.succeeded.connect(done)
        operation.failed.connect(failed or self.tell_error)
        return operation


def notes_of(error: YaotaiError) -> tuple[Note, ...]:
    """An error as what can be said: its findings where it carries some."""
    if isinstance(error, RuleBroken):
        found = tuple(note for note in map(note_of_finding, error.findings) if note)
        if found:
            return found
    return (Note(error.message_id, dict(error.params), "block"),)


def note_of_finding(finding: object) -> Note | None:
    """A finding of the rules as a note."""
    # Here and not above: the rules of the trade are not needed before the first paint.
    from app.domain.check_context import Finding

    if isinstance(finding, Note):
        return finding
    if isinstance(finding, Finding):
        return Note(
            finding.message_id,
            finding.params,
            finding.severity,
            finding.code,
            finding.rule_ids,
        )
    return None
