"""Why an inspection was refused, in the words of what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.errors import BadFile, BadValue, NotFound, SecondPersonNeeded, StoreFull, StoreReadOnly
from app.use_cases.notes import Note
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.errors import YaotaiError

_VALUES: Final = frozenset(
    {"purpose", "period", "second", "export", "order", "staff", "document number"}
)
_THINGS: Final = frozenset({"sale", "receipt", "medicine", "inspector's account"})
_DISK: Final = {StoreFull: "inspection.disk_full", StoreReadOnly: "inspection.disk_read_only"}


def refusal(error: YaotaiError) -> Note:
    """One sentence; what nobody foresaw is said as everywhere."""
    what = str(error.params.get("what", ""))
    code = what.replace(" ", "_").replace("'s", "")
    if isinstance(error, SecondPersonNeeded):
        return Note("inspection.same_person", {}, "block")
    if isinstance(error, BadValue) and what in _VALUES:
        return Note(f"inspection.bad_{code}", {}, "warn")
    if isinstance(error, NotFound) and what in _THINGS:
        return Note(f"inspection.no_{code}", {}, "warn")
    if isinstance(error, BadFile) and error.params.get("why") == "inspection.folder_there":
        return Note("inspection.folder_there", dict(error.params), "warn")
    for kind, words in _DISK.items():
        if isinstance(error, kind):
            return Note(words, {}, "block")
    return notes_of(error)[0]
