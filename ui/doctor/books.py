"""The doctor on what is kept: books, log, anchors, evidence, its disk, backups."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.anchor import AnchorsRead
from app.domain.clock import from_micros, shop_time
from ui.command_words import said
from ui.doctor.part import BAD, LOOK, OK, Part, Parts, Patient, ahead, doors_of

if TYPE_CHECKING:
    from app.use_cases.check_evidence import CheckTally
    from app.use_cases.vault_view import VaultView

BY: Final = "doctor"
"""Who looked at every piece of evidence, in the log."""
_WAL: Final = 64 * 1024 * 1024
"""A write-ahead log beyond this was not folded in for long."""
_ANCHOR_OLD: Final = timedelta(days=3)
_RUN_OLD: Final = timedelta(days=3)
"""The retention of records runs once a day; a shop may be closed for a weekend."""


def store(patient: Patient) -> Parts:
    """Integrity, schema, size."""
    from app.storage.health import store_health
    from app.storage.migrate import HEAD, REVISIONS
    from ui.homes import STORE_FILE

    health = store_health(patient.books)
    params: dict[str, object] = {"kind": health.kind, "revision": health.revision}
    if health.trouble:
        yield Part("store", BAD, "doctor.store_bad", {**params, "why": health.trouble})
    elif health.revision not in REVISIONS:
        yield Part("store", BAD, "doctor.store_newer", params)
    elif health.revision != HEAD:
        yield Part("store", LOOK, "doctor.store_older", params)
    else:
        yield Part("store", OK, "doctor.store_good", params)
    path = patient.folder / STORE_FILE
    if not path.is_file():
        return
    wal = path.with_name(f"{STORE_FILE}-wal")
    behind = wal.stat().st_size if wal.is_file() else 0
    sizes: dict[str, object] = {
        "size": f"{path.stat().st_size / 2**20:,.1f} MB", "wal": f"{behind / 2**20:,.1f} MB",
    }  # fmt: skip
    state = LOOK if behind > _WAL else OK
    yield Part("store_size", state, f"doctor.store_size_{state}", sizes)


def older_keys(patient: Patient) -> Parts:
    """Whether everything lies under the newest keys; with --full every row is looked at."""
    from app.storage import reseal

    if reseal.pending(patient.books, patient.file.store_id):
        yield Part("older_keys", LOOK, "doctor.older_keys_going")
        return
    rows = 0
    if patient.full:
        purposes = sorted(patient.vault.purposes())
        rows = sum(reseal.older_rows(patient.books, patient.vault, purposes).values())
    if rows:
        yield Part("older_keys", LOOK, "doctor.older_keys_left", {"rows": rows})
    else:
        yield Part("older_keys", OK, "doctor.older_keys_none")


def log(patient: Patient) -> Parts:
    """The last entries of each chain; with --full every one, and every witness."""
    from app.storage.log_walk import LogBook
    from app.use_cases.anchors import put_backs, verify_log, without_lost_hours
    from ui.commands.log import verdict_words
    from ui.log_witnesses import gather

    found = gather(patient.folder)
    with patient.books.connect() as connection:
        reader, told = LogBook(connection), found.witnesses
        if patient.file.database:
            chain = f"{patient.file.store_id}/{patient.file.till_id}"
            told = without_lost_hours(told, reader.page(put_backs(chain)))
        verdict = verify_log(reader if patient.full else reader.lately(), told)
    held = f"{verdict.walked.held:,}"
    if verdict.walked.broken:
        params = {"held": held, "where": verdict_words(verdict)}
        yield Part("log", BAD, "doctor.log_bad", params)
    else:
        words_ = "doctor.log_good" if patient.full else "doctor.log_lately"
        yield Part("log", OK, words_, {"held": held, "agree": verdict.walked.agree})
    yield _anchors(found.witnesses.read)


def _anchors(read: AnchorsRead) -> Part:
    if read.broken:
        return Part("anchors", BAD, "log.anchors_broken", {"line": read.broken})
    if not read.anchors:
        return Part("anchors", LOOK, "log.no_anchors")
    at, now = from_micros(read.anchors[-1].at), datetime.now(UTC)
    how = "ahead" if ahead(at, now) else "old" if now - at > _ANCHOR_OLD else "good"
    params: dict[str, object] = {
        "count": len(read.anchors),
        "at": f"{shop_time(at):%Y-%m-%d %H:%M}",
    }
    return Part("anchors", OK if how == "good" else LOOK, f"doctor.anchors_{how}", params)


def evidence(patient: Patient) -> Parts:
    """Which files are missing and which are nobody's; with --full every piece is opened."""
    from app.use_cases.check_evidence import CheckTally, check_evidence, look_over

    with ExitStack() as closing:
        if not patient.full:
            steps, good = look_over(patient.doors), "doctor.evidence_there"
        elif patient.till_is_open:
            yield Part("evidence", LOOK, "doctor.evidence_in_use")
            return
        else:
            from app.storage.engine import open_store
            from ui.shared_books import books_place

            place = books_place(patient.folder, patient.file, patient.vault)
            engine = open_store(place, upgrade=False)
            closing.callback(engine.dispose)
            steps, good = check_evidence(doors_of(patient, engine), BY), "doctor.evidence_good"
        tally = CheckTally()
        for tally in steps:
            _tell_progress(tally)
        _tell_progress(None)
    pieces = f"{tally.opened:,}"
    if not tally.findings:
        yield Part("evidence", OK, good, {"pieces": pieces})
        return
    counts = said("list.comma").join(
        said("vault.damage_count", what=said(f"vault.damage_{what}"), count=count)
        for what, count in tally.counts().items()
    )
    items = tuple(
        {
            "damage": one.damage.value,
            "what": said(f"vault.damage_{one.damage}"),
            "file": one.name,
            "exhibit": one.exhibit_id,
            "kind": one.kind.value if one.kind else "",
            "sale": one.sale_id,
            "press": said(f"vault.damage_{one.damage}_means"),
        }
        for one in tally.findings
    )
    yield Part("evidence", BAD, "doctor.evidence_bad", {"pieces": pieces, "found": counts}, items)


def _tell_progress(tally: CheckTally | None) -> None:
    """One line on a terminal that writes over itself; nothing where stderr is a file."""
    if not sys.stderr.isatty():
        return
    text = "" if tally is None else f"{tally.opened}/{tally.pieces} {tally.files}"
    sys.stderr.write(f"\r{text:<40}\r")
    sys.stderr.flush()


def keeping(patient: Patient) -> Parts:
    """How long evidence is kept, and when its disk is full."""
    from app.use_cases.vault_view import read_vault

    view = read_vault(patient.doors)
    yield _retention(view)
    yield _disk(view)


def _retention(view: VaultView) -> Part:
    if view.missing:
        names = said("list.comma").join(f"retention.{key}" for key in view.missing)
        params: dict[str, object] = {"keys": names, "who": view.who}
        return Part("retention", BAD, "doctor.retention_missing", params)
    if view.stuck:
        return Part("retention", BAD, "vault.stuck", {"count": view.stuck})
    last = view.records[0].decided_at if view.records else None
    when = f"{shop_time(last):%Y-%m-%d}" if last else "—"
    return Part("retention", OK, "doctor.retention_good", {"last": when, "holds": view.holds})


def _disk(view: VaultView) -> Part:
    if view.room is None or view.forecast is None:
        return Part("disk", BAD, "vault.no_room")
    free, ends = view.room.free // 2**20, view.forecast.full_on
    params: dict[str, object] = {"free": f"{free:,} MB"}
    if ends is None:
        return Part("disk", OK, "doctor.disk_good", params)
    params["day"] = f"{shop_time(ends):%Y-%m-%d}"
    if view.forecast.warn:
        return Part("disk", BAD, "doctor.disk_full_soon", params)
    return Part("disk", OK, "doctor.disk_until", params)


def records(patient: Patient) -> Parts:
    """Whether what may not be kept any longer goes; the run makes its way once a day by itself."""
    from app.use_cases.record_plan import retention_health

    health, now = retention_health(patient.doors), datetime.now(UTC)
    if health.missing:
        keys = said("list.comma").join(health.missing)
        yield Part("records", BAD, "retention.summary_missing", {"keys": keys})
        return
    if health.waits:
        yield Part("records", LOOK, "retention.summary_waits")
        return
    if health.last_at is None:
        yield Part("records", OK, "retention.last_never")
        return
    at = health.last_at
    how = "ahead" if ahead(at, now) else "old" if now - at > _RUN_OLD else "good"
    params: dict[str, object] = {
        "at": f"{shop_time(at):%Y-%m-%d %H:%M}", "gone": health.gone, "held": health.held,
    }  # fmt: skip
    yield Part("records", OK if how == "good" else LOOK, f"doctor.records_{how}", params)


def backup(patient: Patient) -> Parts:
    """Whether the books of now could be put back."""
    from app.use_cases.backups import is_old, last_backup, last_good

    doors = patient.doors
    last, good = last_backup(doors), last_good(doors)
    if last is None:
        # A practice shop has nothing to lose.
        yield Part("backup", OK if doors.shop.practice else BAD, "doctor.backup_none")
        return
    when = f"{shop_time(good):%Y-%m-%d %H:%M}" if good else "—"
    if not last.good:
        missing = last.proved.missing if last.proved else 0
        why = said(last.why or "backup.fail_evidence", count=missing)
        yield Part("backup", BAD, "doctor.backup_failed", {"why": why, "when": when})
        return
    now, how = doors.clock.now(), "good"
    if good is not None and not doors.shop.practice:
        how = "ahead" if ahead(good, now) else "old" if is_old(good, now) else "good"
    params: dict[str, object] = {"name": last.name, "when": when}
    yield Part("backup", OK if how == "good" else BAD, f"doctor.backup_{how}", params)
