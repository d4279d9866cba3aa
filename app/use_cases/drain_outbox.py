"""Sends what waits in the outbox: oldest first per lot, in batches where the region takes them.

A slice is one load: rows marked SENT, **commit**, composed and journalled, **commit**, the wire,
answers row by row, **commit**. The till goes first: no unit of work is open while rows are
composed or on the wire, and before each the sender asks whether the counter wants the books. A
row without an answer stays SENT and is said again under its own serial, so that the platform
never holds it twice; a refused one steps aside and the rest flows (design 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, cast

from app.domain.clock import LONGEST_WAIT
from app.domain.insurance import Answer, Header, Message, Outcome
from app.domain.stock_calls import RowResult, UploadRows
from app.domain.stock_upload import StockUpload, Upload, UploadKind, upload_of
from app.domain.upload_states import UPLOAD, WAITING, UploadEvent, UploadState
from app.errors import BadValue, PackValueMissing, PlatformError
from app.ports import RequestRow, UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import CLOSED, first_sentence, signed_in
from app.use_cases.outbox_turn import (
    choose,
    form_of,
    rest_after,
    sale_row,
    stand,
    takes_many,
)
from app.use_cases.upload_common import followed

LEASE_SECONDS: Final = 5
"""Beyond the sender's own time limits: after it a row under way has lost its sender."""

SAME_REFUSALS: Final = 3
"""Whole messages refused in a row with the same words: that is not the rows' fault, and the rest
waits for the next run."""

SILENCES: Final = 2
"""Messages without an answer after which a slice ends: the line hangs, and more would hang too."""

LONGEST_SLICE: Final = timedelta(seconds=3)
"""After it no further message of a slice leaves: a window that closes waits for its end."""

TWICE: Final = "重复"
"""How the platform's words tell of a serial that it holds already. Believed only of a row whose
earlier sending had no answer (interface 7.1: what a repeat is answered with is not established)."""

CODES: Final = ("追溯码", "drug_trac")
"""Of a code that came before, by another row perhaps: that is no word about this one."""

SALE_LEFT: Final = "sale_left"
"""Why a return steps aside unsent: its sale is left untold for good."""


def _no_one() -> None:
    """Nobody else wants the books."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one run did."""

    sent: int = 0
    confirmed: int = 0
    refused: int = 0
    unknown: int = 0
    line_down: bool = False
    stopped: str = ""
    """The platform's words for which the run was broken off; the rows wait."""
    more: bool = False
    """Nothing left, but rows were put in order: the next slice may find some."""

    @property
    def idle(self) -> bool:
        """Whether nothing could leave now."""
        return self.sent == 0 and not self.more

    @property
    def silent(self) -> bool:
        """Whether nothing of what left had an answer."""
        return self.unknown > 0 and not (self.confirmed or self.refused)

    def plus(self, other: Drained) -> Drained:
        """Both."""
        return Drained(
            self.sent + other.sent,
            self.confirmed + other.confirmed,
            self.refused + other.refused,
            self.unknown + other.unknown,
            self.line_down or other.line_down,
            self.stopped or other.stopped,
            self.more or other.more,
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that will share a message, what they say, and its number."""

    entries: tuple[OutboxEntry, ...] = field(repr=False)
    rows: tuple[Upload, ...] = field(repr=False)
    msgid: str


@dataclass(frozen=True, slots=True)
class _Load:
    """One message with the rows that it carries, as they are while it is under way."""

    message: Message
    entries: tuple[OutboxEntry, ...] = field(repr=False)


_Told = tuple[OutboxEntry, UploadEvent, Mapping[str, object]]


def drain_outbox(doors: Doors, operator: Operator, *, most: int = 1_000_000) -> Drained:
    """Slices until nothing can leave any more; at most ``most`` rows.

    The window runs :func:`drain_slice` by itself, with rests between, so that the till goes first.
    """
    done = Drained()
    while done.sent < most:
        step = drain_slice(doors, operator)
        done = replace(done.plus(step), more=False)
        if step.idle or step.line_down or step.stopped:
            break
    return done


def drain_slice(
    doors: Doors, operator: Operator, give_way: Callable[[], None] = _no_one
) -> Drained:
    """One load. Nothing waits = nothing happens.

    ``give_way`` returns when the counter does not want the books; called before each unit of work.
    """
    now = doors.clock.now()
    give_way()
    with doors.uow() as uow:
        if not uow.outbox.turns(now, now + LONGEST_WAIT, 1):
            return Drained()
    try:
        operator = signed_in(doors, operator)
    except PlatformError:
        return Drained(line_down=True)
    give_way()
    taken = _take_turn(doors, now)
    if not taken.groups:
        return Drained(sent=taken.aside, refused=taken.aside, more=taken.more)
    loads, broken = _compose_all(doors, operator, taken.groups, now)
    give_way()
    _write_down(doors, loads, broken, now)
    done = _send(doors, loads, give_way)
    refused = taken.aside + len(broken)
    return done.plus(Drained(sent=refused, refused=refused))


# --- taken and written down ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one look at the queue took."""

    groups: tuple[_Group, ...] = ()
    aside: int = 0
    """Rows that stepped aside unsent."""
    more: bool = False


def _take_turn(doors: Doors, now: datetime) -> _Taken:
    """The next load marked SENT, with its messages' numbers, in one commit."""
    with doors.uow() as uow:
        uow.outbox.alone()
        chosen = choose(doors, uow, now)
        for entry in chosen.never:
            told = {"text": "", "cause": SALE_LEFT}
            _keep(uow, stand(entry, UploadEvent.REFUSED, now, told), entry, now)
        uow.outbox.release([one.seq for one in chosen.never])
        groups = _groups(doors, uow, chosen.rows, now)
        if groups or chosen.changed or chosen.never:
            uow.commit()
    return _Taken(groups, len(chosen.never), chosen.more)


def _groups(
    doors: Doors, uow: UnitOfWork, chosen: Sequence[OutboxEntry], now: datetime
) -> tuple[_Group, ...]:
    if not chosen:
        return ()
    parts = list(_parted(doors, chosen))
    until = now + timedelta(seconds=_lease(doors) * min(len(parts), SILENCES + 1))
    made = []
    for part in parts:
        taken = [one for one in (_take(uow, each, until) for each in part) if one]
        if taken:
            rows = tuple(_filled(uow, upload_of(one.row.kind, one.row.payload)) for one in taken)
            made.append(_Group(tuple(taken), rows, _number(doors, uow, now)))
    return tuple(made)


def _number(doors: Doors, uow: UnitOfWork, now: datetime) -> str:
    return uow.numbers.next_msgid(doors.shop.institution_code, doors.shop.till_no, now)


def _lease(doors: Doors) -> int:
    return doors.profile.connect_seconds + doors.profile.read_seconds + LEASE_SECONDS


def _take(uow: UnitOfWork, entry: OutboxEntry, until: datetime) -> OutboxEntry | None:
    """The row as this till's until then; None where another till was faster."""
    taken = replace(
        entry,
        state=UPLOAD.step(entry.state, UploadEvent.SENT),
        tries=entry.tries + 1,
        next_try_at=until,
    )
    return taken if uow.outbox.keep(taken, entry) else None


def _parted(doors: Doors, chosen: Sequence[OutboxEntry]) -> Iterator[Sequence[OutboxEntry]]:
    """Rows a message: all in one where the form takes many, else each by itself.

    What had no answer goes alone, so that one row that breaks a whole message is found.
    """
    if not takes_many(doors, chosen[0].row.kind):
        yield from ((one,) for one in chosen)
        return
    first = [one for one in chosen if not one.tries]
    yield from ((one,) for one in chosen if one.tries)
    if first:
        yield first


def _compose_all(
    doors: Doors, operator: Operator, groups: Sequence[_Group], now: datetime
) -> tuple[list[_Load], list[_Told]]:
    """(messages, rows that break their table and step aside without leaving)."""
    loads: list[_Load] = []
    broken: list[_Told] = []
    for group in groups:
        try:
            loads.append(_compose(doors, operator, group, now))
        except (BadValue, PackValueMissing) as error:
            if len(group.entries) > 1:
                more, bad = _compose_all(doors, operator, _split(doors, group, now), now)
                loads += more
                broken += bad
                continue
            told = {"text": "", "field": str(error.params.get("what", error.params.get("key")))}
            broken.append((group.entries[0], UploadEvent.REFUSED, told))
    return loads, broken


def _split(doors: Doors, group: _Group, now: datetime) -> list[_Group]:
    """Each row in a message of its own: which one breaks the table is found so."""
    with doors.uow() as uow:
        numbers = [_number(doors, uow, now) for _ in group.entries]
        uow.commit()
    parts = zip(group.entries, group.rows, numbers, strict=True)
    return [_Group((entry,), (row,), number) for entry, row, number in parts]


def _compose(doors: Doors, operator: Operator, group: _Group, now: datetime) -> _Load:
    header = Header(
        msgid=group.msgid,
        at=now,
        operator=operator.staff.number,
        operator_name=operator.staff.name,
        sign_no=operator.sign_no,
    )
    call = UploadRows(form_of(doors, group.entries[0].row.kind), group.rows)
    return _Load(doors.platform.compose(call, header), group.entries)


def _write_down(
    doors: Doors, loads: Sequence[_Load], broken: Sequence[_Told], now: datetime
) -> None:
    """The intent of each message, before the wire is touched."""
    with doors.uow() as uow:
        for load in loads:
            row = RequestRow(
                msgid=load.message.msgid,
                infno=load.message.infno,
                leg=UploadRows.__name__,
                settlement_id="",
                request=load.message.evidence,
                sent_at=now,
            )
            uow.requests.write(row)
        if broken:
            uow.outbox.alone()
            _settle(doors, uow, broken, now)
        uow.commit()


def _filled(uow: UnitOfWork, row: Upload) -> Upload:
    """With the platform's own number of what it takes back, known only since that was told."""
    if not isinstance(row, StockUpload) or row.kind != UploadKind.CAME_BACK:
        return row
    sale = sale_row(uow, row)
    number = str(sale.answer.get("serial", "")) if sale is not None else ""
    return replace(row, platform_serial=number)


# --- answered ------------------------------------------------------------------------------------


def _send(doors: Doors, loads: Sequence[_Load], give_way: Callable[[], None]) -> Drained:
    """Each message once; a line that is down or hangs, or a platform that refuses everybody, ends
    it: what did not leave keeps its turn.
    """
    done, refusals = Drained(), dict[str, int]()
    heard: list[tuple[_Load, Answer]] = []
    silent: set[str] = set()
    silences, until = 0, doors.clock.now() + LONGEST_SLICE
    for load in loads:
        lots = [one.row.aggregate for one in load.entries]
        hangs = silences == SILENCES or not silent.isdisjoint(lots)
        late = bool(heard) and doors.clock.now() > until
        if done.line_down or done.stopped or hangs or late:
            heard.append((load, Answer(Outcome.NOT_SENT)))
            continue
        answer = doors.platform.send(load.message)
        heard.append((load, answer))
        done = done.plus(Drained(sent=len(load.entries)))
        if answer.outcome is Outcome.UNKNOWN:
            silent |= set(lots)
            silences += 1
        if answer.outcome is Outcome.NOT_SENT or answer.text.startswith(CLOSED):
            done = replace(done, line_down=True)
        if answer.outcome is Outcome.REFUSED:
            said = first_sentence(answer.text)
            refusals[said] = refusals.get(said, 0) + 1
            if refusals[said] == SAME_REFUSALS:
                done = replace(done, stopped=said)
    give_way()
    return _book(doors, heard, done)


def _book(doors: Doors, heard: Iterable[tuple[_Load, Answer]], done: Drained) -> Drained:
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.outbox.alone()
        judged: list[_Told] = []
        for load, answer in heard:
            uow.requests.answer(load.message.msgid, answer, now)
            judged += _judged(load, answer)
        _settle(doors, uow, judged, now)
        uow.commit()
    for _entry, event, _told in judged:
        done = _count(done, event)
    return done


def _judged(load: _Load, answer: Answer) -> Iterator[_Told]:
    """What became of each row of a message."""
    if answer.outcome is Outcome.SUCCESS:
        results = cast("tuple[RowResult, ...]", answer.value or ())
        said = {one.serial: one for one in results}
        for entry in load.entries:
            yield _of_row(entry, said.get(entry.row.key), load.message.msgid)
        return
    if answer.outcome is Outcome.REFUSED:
        alone = len(load.entries) == 1
        for entry in load.entries:
            # Whose fault it was is not said: each goes by itself next.
            yield (
                _of_row(entry, RowResult(entry.row.key, False, answer.text), load.message.msgid)
                if alone
                else (entry, UploadEvent.NO_ANSWER, {"text": answer.text})
            )
        return
    event = UploadEvent.NO_ANSWER
    if answer.outcome is Outcome.NOT_SENT:
        event = UploadEvent.NOT_LEFT
    for entry in load.entries:
        yield entry, event, {"text": answer.text} if answer.text else {}


def _of_row(entry: OutboxEntry, result: RowResult | None, msgid: str) -> _Told:
    if result is None:
        return entry, UploadEvent.NO_ANSWER, {}
    told = {"text": result.text, "serial": result.platform_serial, "msgid": msgid}
    told = {name: value for name, value in told.items() if value}
    # Told once that it is held, or that something else is, a repeat proves nothing more.
    known = TWICE in str(entry.answer.get("text", "")) or "differed" in entry.answer
    refused = cast("int", entry.answer.get("refused", 0))
    ours = entry.tries > refused + 1 and not known and _says_again(entry, result.text)
    if result.accepted or ours:
        return entry, UploadEvent.CONFIRMED, told
    return entry, UploadEvent.REFUSED, {**told, "refused": entry.tries}


def _says_again(entry: OutboxEntry, text: str) -> bool:
    """Whether the words say that the earlier sending of this very row was carried out."""
    gone = entry.row.kind in (UploadKind.DELETE, UploadKind.UNMAP) and "未上传" in text
    return (TWICE in text and not any(one in text for one in CODES)) or gone


def _settle(doors: Doors, uow: UnitOfWork, judged: Sequence[_Told], now: datetime) -> None:
    """Book what became of rows that are this till's, and let come who stood behind them."""
    moved: list[int] = []
    for entry, event, told in judged:
        after = stand(entry, event, now, told, rest_after(doors, entry.tries))
        if _keep(uow, after, entry, now) and after.state not in WAITING:
            moved.append(entry.seq)
    uow.outbox.release(moved)


def _keep(uow: UnitOfWork, after: OutboxEntry, was: OutboxEntry, now: datetime) -> bool:
    kept = uow.outbox.keep(after, was)
    if kept and after.state is UploadState.CONFIRMED:
        followed(uow, after, now)
    return kept


def _count(done: Drained, event: UploadEvent) -> Drained:
    return done.plus(
        Drained(
            confirmed=event is UploadEvent.CONFIRMED,
            refused=event is UploadEvent.REFUSED,
            unknown=event is UploadEvent.NO_ANSWER,
        )
    )
