"""Sends what waits in the outbox: oldest first per lot, in batches where the region takes them.

A slice is one load: rows marked SENT and journalled, **commit**, the wire, answers row by row,
**commit**. A row without an answer stays SENT and is said again under its own serial, so that the
platform never holds it twice; a refused one steps aside and the rest flows (design 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, cast

from app.domain.insurance import Answer, Header, Message, Outcome
from app.domain.stock_calls import RowResult, UploadRows
from app.domain.stock_upload import StockUpload, Upload, UploadKind, serial_of, upload_of
from app.domain.upload_states import UPLOAD, UploadEvent, UploadState
from app.errors import BadValue, PackValueMissing, PlatformError
from app.ports import RequestRow, UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import CLOSED, first_sentence, signed_in

BATCH: Final = 50
"""Rows of one message at most: an answer is read whole, and a lost one leaves so many in doubt."""

SINGLES: Final = 10
"""Messages of one row that share the two commits of a slice."""

WINDOW: Final = 200
"""Rows that are looked through at once for some that may leave."""

LEASE_SECONDS: Final = 5
"""Beyond the sender's own time limits: after it a row under way has lost its sender."""

BACK_OFF: Final = (5, 15, 60, 300, 900)
"""Seconds until a row without an answer is said again, by how often it was on the wire."""

LONGEST_REST: Final = timedelta(hours=1)
"""More than the longest back-off, and than a slice with a line that answers nothing."""

SAME_REFUSALS: Final = 3
"""Whole messages refused in a row with the same words: that is not the rows' fault, and the rest
waits for the next run."""

TWICE: Final = "重复"
"""How the platform's words tell of a serial that it holds already. Believed only of a row whose
earlier sending had no answer (interface 7.1: what a repeat is answered with is not established)."""

ALWAYS_MANY: Final = frozenset({UploadKind.MAP})


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

    @property
    def idle(self) -> bool:
        """Whether nothing could leave now."""
        return self.sent == 0

    def plus(self, other: Drained) -> Drained:
        """Both."""
        return Drained(
            self.sent + other.sent,
            self.confirmed + other.confirmed,
            self.refused + other.refused,
            self.unknown + other.unknown,
            self.line_down or other.line_down,
            self.stopped or other.stopped,
        )


@dataclass(frozen=True, slots=True)
class _Load:
    """One message with the rows that it carries, as they were before and as they are now."""

    message: Message
    entries: tuple[OutboxEntry, ...] = field(repr=False)


def drain_outbox(doors: Doors, operator: Operator, *, most: int = 1_000_000) -> Drained:
    """Slices until nothing can leave any more; at most ``most`` rows.

    The window runs :func:`drain_slice` by itself, with rests between, so that the till goes first.
    """
    done = Drained()
    while done.sent < most:
        step = drain_slice(doors, operator)
        done = done.plus(step)
        if step.idle or step.line_down or step.stopped:
            break
    return done


def drain_slice(doors: Doors, operator: Operator) -> Drained:
    """One load: two commits and as many messages as it takes. Nothing waits = nothing happens."""
    now = doors.clock.now()
    with doors.uow() as uow:
        chosen = choose(doors, uow, now)
    if not chosen:
        return Drained()
    try:
        operator = signed_in(doors, operator)
    except PlatformError:
        return Drained(line_down=True)
    loads = _write_down(doors, operator, chosen, now)
    return _send(doors, loads) if loads else Drained(sent=len(chosen), refused=len(chosen))


# --- which rows leave ----------------------------------------------------------------------------


def choose(doors: Doors, uow: UnitOfWork, now: datetime) -> list[OutboxEntry]:
    """The next load: rows of one kind, none before an older row of its lot.

    A row under way, or resting after no answer, holds the later ones of its lot; one that stepped
    aside does not. What came back waits until its sale is known there.
    """
    blocked: set[str] = set()
    chosen: list[OutboxEntry] = []
    after = 0
    while True:
        page = uow.outbox.oldest(WINDOW, after)
        for entry in page:
            lot = entry.row.aggregate
            if lot in blocked or _waits_for_another(uow, entry):
                continue
            other_kind = bool(chosen) and entry.row.kind != chosen[0].row.kind
            if other_kind or _rests(entry, now):
                blocked.add(lot)
                continue
            chosen.append(entry)
            if entry.tries:
                blocked.add(lot)
            if len(chosen) == _room(doors, entry.row.kind):
                return chosen
        if chosen or len(page) < WINDOW:
            return chosen
        after = page[-1].seq


def _rests(entry: OutboxEntry, now: datetime) -> bool:
    """Never longer than rests are: what lies further ahead was noted before a clock was set back.

    A row that is under way at another till all the same is taken once, by its serial.
    """
    return entry.next_try_at is not None and now < entry.next_try_at <= now + LONGEST_REST


def _waits_for_another(uow: UnitOfWork, entry: OutboxEntry) -> bool:
    """Whether it would be refused now, or worse, taken alone; it holds up nothing else."""
    return entry.row.kind in _WAITS and not _is_known(uow, entry)


_WAITS = (UploadKind.CAME_BACK, UploadKind.DELETE)


def _is_known(uow: UnitOfWork, entry: OutboxEntry) -> bool:
    """A return waits for its sale, a deletion for what it deletes: else it would be refused, or
    worse, taken without it.
    """
    row = cast("StockUpload", upload_of(entry.row.kind, entry.row.payload))
    if row.kind == UploadKind.DELETE:
        found = uow.outbox.many([row.deletes]).get(row.deletes)
        return found is not None and found.state is UploadState.CONFIRMED
    sale = sale_row(uow, row)
    # A sale of before there were upload rows was never told: its return is the platform's to judge.
    return sale is None or sale.state is UploadState.CONFIRMED


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


_SAID_ANEW = (UploadState.REPLACED, UploadState.DELETED)


def _form(doors: Doors, kind: str) -> str:
    many = f"{kind}A"
    # 3503A wants a scan of the invoice in a thousand characters: purchases go by 3503.
    offered = many in doors.profile.a_versions and kind != UploadKind.BOUGHT
    return many if offered else kind


def _takes_many(doors: Doors, kind: str) -> bool:
    return kind in ALWAYS_MANY or _form(doors, kind) != kind


def _room(doors: Doors, kind: str) -> int:
    return BATCH if _takes_many(doors, kind) else SINGLES


# --- written down --------------------------------------------------------------------------------


def _write_down(
    doors: Doors, operator: Operator, chosen: Sequence[OutboxEntry], now: datetime
) -> list[_Load]:
    """SENT and journalled, in one commit; what breaks its table steps aside without leaving."""
    loads: list[_Load] = []
    with doors.uow() as uow:
        many = _takes_many(doors, chosen[0].row.kind)
        until = now + timedelta(seconds=_lease(doors) * (1 if many else len(chosen)))
        taken = [one for one in (_take(uow, each, until) for each in chosen) if one]
        for group in _groups(doors, taken):
            loads += _composed(doors, uow, operator, group, now)
        uow.commit()
    return loads


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


def _groups(doors: Doors, taken: Sequence[OutboxEntry]) -> Iterator[Sequence[OutboxEntry]]:
    """Rows a message: all in one where the form takes many, else each by itself.

    What had no answer goes alone, so that one row that breaks a whole message is found.
    """
    if not taken or not _takes_many(doors, taken[0].row.kind):
        yield from ((one,) for one in taken)
        return
    first = [one for one in taken if one.tries == 1]
    yield from ((one,) for one in taken if one.tries > 1)
    if first:
        yield first


def _composed(
    doors: Doors,
    uow: UnitOfWork,
    operator: Operator,
    group: Sequence[OutboxEntry],
    now: datetime,
) -> list[_Load]:
    """The message of a group; a row that breaks its table is found and set aside."""
    try:
        return [_compose(doors, uow, operator, group, now)]
    except (BadValue, PackValueMissing) as error:
        if len(group) == 1:
            told = {"text": "", "field": str(error.params.get("what", error.params.get("key")))}
            _settle(uow, group[0], UploadEvent.REFUSED, now, told)
            return []
    return [load for one in group for load in _composed(doors, uow, operator, (one,), now)]


def _compose(
    doors: Doors, uow: UnitOfWork, operator: Operator, group: Sequence[OutboxEntry], now: datetime
) -> _Load:
    rows = tuple(_filled(uow, upload_of(one.row.kind, one.row.payload)) for one in group)
    header = Header(
        msgid=uow.numbers.next_msgid(doors.shop.institution_code, doors.shop.till_no, now),
        at=now,
        operator=operator.staff.number,
        operator_name=operator.staff.name,
        sign_no=operator.sign_no,
    )
    call = UploadRows(_form(doors, group[0].row.kind), rows)
    message = doors.platform.compose(call, header)
    uow.requests.write(
        RequestRow(
            msgid=message.msgid,
            infno=message.infno,
            leg=type(call).__name__,
            settlement_id="",
            request=message.evidence,
            sent_at=now,
        )
    )
    return _Load(message, tuple(group))


def _filled(uow: UnitOfWork, row: Upload) -> Upload:
    """With the platform's own number of what it takes back, known only since that was told."""
    if not isinstance(row, StockUpload) or row.kind != UploadKind.CAME_BACK:
        return row
    sale = sale_row(uow, row)
    number = str(sale.answer.get("serial", "")) if sale is not None else ""
    return replace(row, platform_serial=number)


# --- answered ------------------------------------------------------------------------------------


def _send(doors: Doors, loads: Sequence[_Load]) -> Drained:
    """Each message once; a line that is down, or a platform that refuses everybody, ends it."""
    done, refusals = Drained(), dict[str, int]()
    heard: list[tuple[_Load, Answer]] = []
    silent: set[str] = set()
    for load in loads:
        lots = {one.row.aggregate for one in load.entries}
        if done.line_down or done.stopped or lots & silent:
            heard.append((load, Answer(Outcome.NOT_SENT)))
            continue
        answer = doors.platform.send(load.message)
        heard.append((load, answer))
        done = done.plus(Drained(sent=len(load.entries)))
        if answer.outcome is Outcome.UNKNOWN:
            silent |= lots
        if answer.outcome is Outcome.NOT_SENT or answer.text.startswith(CLOSED):
            done = replace(done, line_down=True)
        if answer.outcome is Outcome.REFUSED:
            said = first_sentence(answer.text)
            refusals[said] = refusals.get(said, 0) + 1
            if refusals[said] == SAME_REFUSALS:
                done = replace(done, stopped=said)
    return _book(doors, heard, done)


def _book(doors: Doors, heard: Iterable[tuple[_Load, Answer]], done: Drained) -> Drained:
    now = doors.clock.now()
    with doors.uow() as uow:
        for load, answer in heard:
            uow.requests.answer(load.message.msgid, answer, now)
            for entry, event, told in _judged(load, answer):
                done = _count(done, event)
                _settle(uow, entry, event, now, told)
        uow.commit()
    return done


_Judged = tuple[OutboxEntry, UploadEvent, Mapping[str, object]]


def _judged(load: _Load, answer: Answer) -> Iterator[_Judged]:
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


def _of_row(entry: OutboxEntry, result: RowResult | None, msgid: str) -> _Judged:
    if result is None:
        return entry, UploadEvent.NO_ANSWER, {}
    told = {"text": result.text, "serial": result.platform_serial, "msgid": msgid}
    told = {name: value for name, value in told.items() if value}
    ours = entry.tries > 1 and _says_again(entry, result.text)
    accepted = result.accepted or ours
    return entry, UploadEvent.CONFIRMED if accepted else UploadEvent.REFUSED, told


def _says_again(entry: OutboxEntry, text: str) -> bool:
    """Whether the words say that the earlier sending of this very row was carried out."""
    gone = entry.row.kind in (UploadKind.DELETE, UploadKind.UNMAP) and "未上传" in text
    return TWICE in text or gone


def _settle(
    uow: UnitOfWork,
    entry: OutboxEntry,
    event: UploadEvent,
    now: datetime,
    told: Mapping[str, object],
) -> None:
    """Book what became of a row that is this till's."""
    tries, rest = entry.tries, None
    state = UPLOAD.step(entry.state, event)
    if event is UploadEvent.NOT_LEFT:
        # It did not leave this time; what an earlier sending left behind stays unknown.
        tries -= 1
        state = state if tries == 0 else UploadState.SENT
    if event is UploadEvent.NO_ANSWER:
        rest = now + timedelta(seconds=BACK_OFF[min(tries, len(BACK_OFF)) - 1])
    final = state in (UploadState.CONFIRMED, UploadState.REJECTED)
    after = replace(
        entry,
        state=state,
        tries=tries,
        next_try_at=rest,
        settled_at=now if final else None,
        answer={**entry.answer, **told},
    )
    if uow.outbox.keep(after, entry) and state is UploadState.CONFIRMED:
        _followed(uow, after, now)


def _followed(uow: UnitOfWork, entry: OutboxEntry, now: datetime) -> None:
    """A deletion that was carried out ends the row that it deleted."""
    if entry.row.kind != UploadKind.DELETE:
        return
    row = cast("StockUpload", upload_of(entry.row.kind, entry.row.payload))
    found = uow.outbox.many([row.deletes]).get(row.deletes)
    if found is not None and UPLOAD.allows(found.state, UploadEvent.DELETED):
        state = UPLOAD.step(found.state, UploadEvent.DELETED)
        uow.outbox.keep(replace(found, state=state, settled_at=now), found)


def _count(done: Drained, event: UploadEvent) -> Drained:
    return done.plus(
        Drained(
            confirmed=event is UploadEvent.CONFIRMED,
            refused=event is UploadEvent.REFUSED,
            unknown=event is UploadEvent.NO_ANSWER,
        )
    )
