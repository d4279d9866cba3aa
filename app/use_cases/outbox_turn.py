"""Whose turn it is in the outbox: which rows leave next, and which stand behind others.

Nothing here looks at rows that cannot leave: who is behind another, or waits for one, is written
down as held by it once, and comes forward when that one moves. So a million rows cost what ten do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, cast

from app.domain.clock import LONGEST_WAIT
from app.domain.stock_upload import StockUpload, UploadKind, serial_of, upload_of
from app.domain.upload_states import UPLOAD, UploadEvent, UploadState
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry, Turn
from app.use_cases.doors import Doors

BATCH: Final = 50
"""Rows of one message at most: an answer is read whole, and a lost one leaves so many in doubt."""

SINGLES: Final = 50
"""Messages of one row that share the commits of a slice."""

WINDOW: Final = 100
"""Rows that are looked through at once for some that may leave."""

PAGES: Final = 5
"""Windows of one unit of work: it holds the books, and a sale may want them."""

ALWAYS_MANY: Final = frozenset({UploadKind.MAP})


@dataclass(slots=True)
class Choice:
    """What a look at the queue came to."""

    rows: list[OutboxEntry] = field(default_factory=list)
    """Rows of one kind in the order of their sending, none before an older one of its lot."""
    never: list[OutboxEntry] = field(default_factory=list)
    """Returns of what the platform will never be told."""
    changed: bool = False
    """Something was written: the unit has to be committed."""
    more: bool = False
    """The look ended before the queue did."""


def choose(doors: Doors, uow: UnitOfWork, now: datetime) -> Choice:
    """The next load.

    A row under way, or resting after no answer, holds the later ones of its lot; one that stepped
    aside does not. What came back waits until its sale is known there.
    """
    made = Choice()
    for page in range(PAGES):
        turns = uow.outbox.turns(now, now + LONGEST_WAIT, WINDOW)
        if not _look(doors, uow, turns, made):
            return made
        made.changed, made.more = True, page == PAGES - 1
        if made.rows or made.never:
            return made
    return made


def _look(doors: Doors, uow: UnitOfWork, turns: Sequence[Turn], made: Choice) -> bool:
    """Through one window; answers whether rows were moved out of it."""
    held: list[tuple[int, str]] = []
    rests: list[tuple[int, datetime]] = []
    picked: list[Turn] = []
    blocked: set[str] = set()
    room = 0
    for turn in turns:
        if turn.behind or turn.aggregate in blocked:
            _put_back(turn, held, rests)
            blocked.add(turn.aggregate)
            continue
        if room and (turn.kind != picked[0].kind or len(picked) == room):
            blocked.add(turn.aggregate)
            continue
        if turn.kind in _RESTS_ON_ANOTHER and not _may_go(uow, turn, held, made):
            continue
        picked.append(turn)
        # What had no answer goes alone; few of them, so that a slice ends while a line hangs.
        room = room or _room(doors, turn)
        if turn.tries:
            blocked.add(turn.aggregate)
    uow.outbox.hold(held)
    uow.outbox.rest(rests)
    # Whoever waits for a sale stands in nobody's way: those behind may come forward.
    uow.outbox.release([seq for seq, by in held if not _is_lot(by)])
    made.rows = _read(uow, picked)
    return bool(held or rests)


def _put_back(turn: Turn, held: list[tuple[int, str]], rests: list[tuple[int, datetime]]) -> None:
    """Out of the window, where what stands before it will be a while."""
    if turn.next_try_at is None:
        if turn.behind:
            held.append((turn.seq, turn.aggregate))
    elif turn.behind_until is not None and turn.behind_until > turn.next_try_at:
        rests.append((turn.seq, turn.behind_until))


def _is_lot(by: str) -> bool:
    return "/" in by


def _read(uow: UnitOfWork, picked: Sequence[Turn]) -> list[OutboxEntry]:
    found = uow.outbox.many([one.key for one in picked])
    return [found[one.key] for one in picked]


def _room(doors: Doors, first: Turn) -> int:
    return BATCH if takes_many(doors, first.kind) and not first.tries else SINGLES


def form_of(doors: Doors, kind: str) -> str:
    """The transaction that tells of a kind here: its A version where the profile has it."""
    many = f"{kind}A"
    # 3503A wants a scan of the invoice in a thousand characters: purchases go by 3503.
    offered = many in doors.profile.a_versions and kind != UploadKind.BOUGHT
    return many if offered else kind


def takes_many(doors: Doors, kind: str) -> bool:
    """Whether one message carries many rows of a kind."""
    return kind in ALWAYS_MANY or form_of(doors, kind) != kind


# --- rows that rest on another one ---------------------------------------------------------------

_RESTS_ON_ANOTHER: Final = (UploadKind.CAME_BACK, UploadKind.DELETE)
_SAID_ANEW: Final = (UploadState.REPLACED, UploadState.DELETED)


def _may_go(uow: UnitOfWork, turn: Turn, held: list[tuple[int, str]], made: Choice) -> bool:
    """A return waits for its sale, a deletion for what it deletes: else it would be refused, or
    worse, taken without it. Of what is left untold for good nothing can be told either.
    """
    entry = uow.outbox.many([turn.key])[turn.key]
    other = rests_on(uow, entry)
    # A sale of before there were upload rows was never told: its return is the platform's to judge.
    if other is None or other.state is UploadState.CONFIRMED:
        return True
    if other.state is UploadState.LEFT:
        made.never.append(entry)
    elif entry.state is UploadState.PENDING:
        held.append((turn.seq, other.row.key))
    return False


def rests_on(uow: UnitOfWork, entry: OutboxEntry) -> OutboxEntry | None:
    """The row that must be known there before this one: of a return its sale, of a deletion what
    it deletes; None = there is no such row.
    """
    row = cast("StockUpload", upload_of(entry.row.kind, entry.row.payload))
    if row.kind == UploadKind.DELETE:
        return uow.outbox.many([row.deletes]).get(row.deletes)
    return sale_row(uow, row) if row.kind == UploadKind.CAME_BACK else None


def sale_row(uow: UnitOfWork, row: StockUpload) -> OutboxEntry | None:
    """The 3505 that a 3506 takes back, in the form in which it was told at last."""
    last: OutboxEntry | None = None
    attempt = 0
    while True:
        key = serial_of(row.lot_id, UploadKind.SOLD, row.undoes, attempt)
        found = uow.outbox.many([key]).get(key)
        if found is None or found.state not in _SAID_ANEW:
            return found or last
        last, attempt = found, attempt + 1


# --- what became of a row ------------------------------------------------------------------------

BACK_OFF: Final = (5, 15, 60, 300, 900)
"""Seconds until a row without an answer is said again, by how often it was on the wire."""


def rest_after(doors: Doors, tries: int) -> timedelta:
    """Half to one and a half times the step: tills that fell silent together come back apart."""
    seconds = BACK_OFF[min(max(tries, 1), len(BACK_OFF)) - 1]
    return timedelta(milliseconds=seconds * 500 + doors.dice(seconds * 1000))


def stand(
    entry: OutboxEntry,
    event: UploadEvent,
    now: datetime,
    told: Mapping[str, object],
    rest: timedelta = timedelta(0),
) -> OutboxEntry:
    """The row after an event of its sending; ``rest`` counts after no answer."""
    tries, until = entry.tries, None
    state = UPLOAD.step(entry.state, event)
    if event is UploadEvent.NOT_LEFT:
        # It did not leave this time; what an earlier sending left behind stays unknown.
        tries -= 1
        state, until = (state, None) if tries == 0 else (UploadState.SENT, now)
    if event is UploadEvent.NO_ANSWER:
        until = now + rest
    final = state in (UploadState.CONFIRMED, UploadState.REJECTED)
    return replace(
        entry,
        state=state,
        tries=tries,
        next_try_at=until,
        settled_at=now if final else None,
        answer={**entry.answer, **told},
    )
