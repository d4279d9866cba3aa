"""What is said during a live check: to the cashier, to the customer, and of what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.liveness import Advice, Side
from app.domain.liveness_states import LivePhase
from app.use_cases.notes import Note
from ui.screens.customer.page import FaceCue
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.face_check import LiveOutcome
    from app.domain.liveness import LiveView
    from app.errors import YaotaiError

_THEIR_ARROWS = {Side.LEFT: "←", Side.RIGHT: "→"}
_CUES = {LivePhase.BEFORE: "hold", LivePhase.RETURNING: "back", LivePhase.AFTER: "hold"}
_E4 = 10_000


def cue_of(view: LiveView) -> FaceCue:
    """What the customer reads on their own screen."""
    if view.side is not None and not view.too_quick:
        return FaceCue(f"live.customer_{view.side}", _THEIR_ARROWS[view.side])
    if view.advice in (Advice.TOO_SMALL, Advice.SEVERAL):
        return FaceCue(f"live.customer_{view.advice}")
    if view.too_quick:
        return FaceCue("live.customer_too_quick")
    return FaceCue(f"live.customer_{_CUES.get(view.phase, 'look')}")


def view_words(view: LiveView, say: Callable[..., str]) -> tuple[str, str]:
    """What the cashier has the customer do now, and its tone."""
    if view.advice is not None:
        return say(f"live.advice_{view.advice}"), "warn"
    if view.too_quick:
        return say("live.too_quick"), "warn"
    if view.side is not None:
        return say(f"live.turn_{view.side}"), ""
    return say(f"live.phase_{view.phase}"), "good"


def fault_words(outcome: LiveOutcome) -> str:
    """Message id of why it failed; empty = it did not."""
    return f"live.fault_{outcome.view.fault}" if outcome.view.fault is not None else ""


def note_of(error: YaotaiError) -> Note:
    """An error of the second person in the panel's words, else its own."""
    act = str(error.params.get("act", ""))
    words = {
        "error.second_person_needed": "person.second_same",
        "error.sign_in_refused": "person.second_wrong",
    }.get(error.message_id)
    if act == "differed_today":
        words = "person.differed_needed"
    if words is None and act in ("enrol_unseen", "enrol_without_document", "face"):
        words = f"live.refused_{act}"
    return Note(words, {}, "warn") if words else notes_of(error)[0]


def e4_text(value: int) -> str:
    """A distance in ten-thousandths as people read it."""
    return f"{value // _E4}.{value % _E4:04}"
