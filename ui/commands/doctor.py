"""``yaotai doctor``: one page on the health of what this till keeps.

It repairs nothing and makes nothing; that somebody looked at the evidence is written down.
"""

from __future__ import annotations

import json as json_text
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from app.domain.insurance import Answer, Call, Header, Message
from app.errors import HomeInUse, KeyStoreNotAsked, NotSent, SecretError, YaotaiError
from app.regions.confirmed import read_confirmation
from app.regions.loader import Region, load_region
from app.storage.engine import open_store
from app.storage.health import store_health
from app.storage.home_lock import HomeLock
from app.storage.unit_of_work import make_factory
from app.system import SystemClock, UuidIds
from app.use_cases.check_evidence import CheckTally, check_evidence
from app.use_cases.doors import Doors
from app.use_cases.vault_view import VaultView, read_vault
from app.vault.evidence import EVIDENCE_FOLDER, EvidenceFiles
from app.vault.keyring import KEY_FILE, Vault
from app.vault.pins import Argon2Pins
from app.vault.places import open_vault
from app.vault.signatures import InternalSigner
from ui.homes import SHOP_FILE, Home, ShopFile, read_shop
from ui.shared_books import books_place, share_keys
from ui.words import LANGUAGES, say, say_error

BY = "doctor"
"""Who looked, in the log."""
_NAMED = 20
"""Damaged files that are told one by one; ``--json`` holds all."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at; ``state``: good, told, finding, or not_looked."""

    name: str
    state: str
    message_id: str
    params: Mapping[str, object] = field(default_factory=dict)
    items: tuple[Mapping[str, str], ...] = ()
    """What was found, piece by piece."""

    @property
    def is_finding(self) -> bool:
        """Whether somebody must do something: what could not be looked at is not known good."""
        return self.state in ("finding", "not_looked")


def run(home: Home, practice: bool, json: bool) -> int:
    """Look at everything that is real now and print a line each.

    :return: 0; 1 on a finding, also where something could not be looked at.
    """
    folder = home.practice if practice else home.store
    parts = list(_looked(folder, practice))
    if json:
        told = [
            {"part": one.name, "state": one.state, "text": _text(one), "items": list(one.items)}
            for one in parts
        ]
        print(json_text.dumps({"parts": told}, ensure_ascii=False))
    else:
        for one in parts:
            print(f"{_say(f'doctor.mark_{one.state}')} {_text(one)}")
            for item in one.items[:_NAMED]:
                print(f"    {item['what']}  {item['file']}")
            if len(one.items) > _NAMED:
                print(f"    {_say('doctor.more', count=len(one.items) - _NAMED)}")
    return int(any(one.is_finding for one in parts))


def _lang() -> str:
    return os.environ.get("YAOTAI_LANG", LANGUAGES[0])


def _say(message_id: str, **params: object) -> str:
    return say(message_id, _lang(), **params)


def _text(one: Part) -> str:
    return _say(one.message_id, **one.params)


def _looked(folder: Path, practice: bool) -> Iterator[Part]:
    if not (folder / SHOP_FILE).exists():
        yield Part("home", "told", "doctor.no_shop")
        return
    with ExitStack() as closing:
        try:
            file = read_shop(folder)
            lock = HomeLock(folder)
            lock.acquire()
            closing.callback(lock.release)
        except HomeInUse:
            yield Part("home", "not_looked", "doctor.in_use")
            return
        except YaotaiError as error:
            yield _broken("home", error)
            return
        yield _home(folder)
        yield from _opened(folder, file, practice, closing)


def _broken(name: str, error: YaotaiError) -> Part:
    state = "not_looked" if isinstance(error, KeyStoreNotAsked) else "finding"
    words = say_error(error, _lang()).replace("\n", " ")
    return Part(name, state, "doctor.broken", {"what": _say(f"doctor.part_{name}"), "why": words})


def _home(folder: Path) -> Part:
    if sys.platform != "win32" and folder.stat().st_mode & 0o077:
        return Part("home", "finding", "doctor.home_open", {"folder": folder.name})
    return Part("home", "good", "doctor.home_good")


def _opened(folder: Path, file: ShopFile, practice: bool, closing: ExitStack) -> Iterator[Part]:
    try:
        if not (folder / KEY_FILE).exists():
            raise SecretError(why="the key file is missing")  # opening would make a new one
        vault = open_vault(folder)
    except YaotaiError as error:
        yield _broken("keys", error)
        return
    place = _say(f"doctor.keys_in_{vault.master_lies_in}")
    yield Part("keys", "good", "doctor.keys_good", {"place": place})
    try:
        engine = open_store(books_place(folder, file, vault), upgrade=False)
        closing.callback(engine.dispose)
        if file.database:
            share_keys(engine, vault)
        health = store_health(engine)
    except YaotaiError as error:
        yield _broken("store", error)
        return
    words = "doctor.store_bad" if health.trouble else "doctor.store_good"
    state = "finding" if health.trouble else "good"
    params = {"kind": health.kind, "revision": health.revision, "why": health.trouble}
    yield Part("store", state, words, params)
    try:
        region = _region(folder, file, practice)
        doors = _doors(folder, file, region, vault, make_factory(
            engine, vault, file.store_id, file.till_id
        ))  # fmt: skip
    except YaotaiError as error:
        yield _broken("region", error)
        return
    for name, look in _PARTS.items():
        try:
            yield from look(doors)
        except YaotaiError as error:
            yield _broken(name, error)


def _region(folder: Path, file: ShopFile, practice: bool) -> Region:
    told = None if practice else read_confirmation(folder)
    return load_region(file.region, practice=practice, confirmed=told.values if told else None)


def _doors(folder: Path, file: ShopFile, region: Region, vault: Vault, uow: Any) -> Doors:  # noqa: ANN401
    return Doors(
        uow=uow,
        platform=_Silent(),
        clock=SystemClock(),
        ids=UuidIds(),
        pins=Argon2Pins(),
        shop=file.facts(region.division, region.status),
        profile=region.profile,
        policy_on=region.policy_on,
        signer=InternalSigner(vault),
        evidence=EvidenceFiles(folder / EVIDENCE_FOLDER, vault),
        settlement_types=region.settlements,
    )


class _Silent:
    """The doctor never speaks to the platform."""

    def compose(self, call: Call, header: Header) -> NoReturn:
        """Nothing leaves."""
        raise NotSent(infno="doctor")

    def send(self, message: Message) -> Answer:
        """Nothing leaves."""
        raise NotSent(infno="doctor")


# --- what is looked at ----------------------------------------------------------------------------


def _log(doors: Doors) -> Iterator[Part]:
    with doors.uow() as uow:
        held, broken = uow.log.verify()
    if broken:
        yield Part("log", "finding", "doctor.log_bad", {"held": held, "where": broken})
    else:
        yield Part("log", "good", "doctor.log_good", {"held": f"{held:,}"})


def _open_work(doors: Doors) -> Iterator[Part]:
    with doors.uow() as uow:
        undecided = len(uow.settlements.undecided())
        waiting, oldest = uow.outbox.waiting()
    words = "doctor.undecided" if undecided else "doctor.all_decided"
    yield Part("settlements", "told" if undecided else "good", words, {"count": undecided})
    since = f"{oldest.astimezone():%Y-%m-%d %H:%M}" if oldest else "—"
    yield Part("outbox", "told", "doctor.outbox", {"count": waiting, "since": since})


def _evidence(doors: Doors) -> Iterator[Part]:
    tally = CheckTally()
    for tally in check_evidence(doors, BY):
        _tell_progress(tally)
    _tell_progress(None)
    if not tally.findings:
        yield Part("evidence", "good", "doctor.evidence_good", {"pieces": f"{tally.opened:,}"})
        return
    counts = _say("vault.comma").join(
        _say("vault.damage_count", what=_say(f"vault.damage_{what}"), count=count)
        for what, count in tally.counts().items()
    )
    items = tuple(
        {
            "damage": one.damage.value,
            "what": _say(f"vault.damage_{one.damage}"),
            "file": one.name,
            "exhibit": one.exhibit_id,
            "kind": one.kind.value if one.kind else "",
            "sale": one.sale_id,
            "press": _say(f"vault.damage_{one.damage}_means"),
        }
        for one in tally.findings
    )
    params: dict[str, object] = {"pieces": f"{tally.opened:,}", "found": counts}
    yield Part("evidence", "finding", "doctor.evidence_bad", params, items)


def _tell_progress(tally: CheckTally | None) -> None:
    """One line on a terminal that writes over itself; nothing where stderr is a file."""
    if not sys.stderr.isatty():
        return
    text = "" if tally is None else f"{tally.opened}/{tally.pieces} {tally.files}"
    sys.stderr.write(f"\r{text:<40}\r")
    sys.stderr.flush()


def _keeping(doors: Doors) -> Iterator[Part]:
    view = read_vault(doors)
    yield _retention(view)
    yield _disk(view)


def _retention(view: VaultView) -> Part:
    if view.missing:
        keys = _say("vault.comma").join(f"retention.{key}" for key in view.missing)
        params: dict[str, object] = {"keys": keys, "who": view.who}
        return Part("retention", "finding", "doctor.retention_missing", params)
    if view.stuck:
        return Part("retention", "finding", "vault.stuck", {"count": view.stuck})
    last = view.records[0].decided_at if view.records else None
    when = f"{last.astimezone():%Y-%m-%d}" if last else "—"
    return Part("retention", "good", "doctor.retention_good", {"last": when, "holds": view.holds})


def _disk(view: VaultView) -> Part:
    if view.room is None or view.forecast is None:
        return Part("disk", "finding", "vault.no_room")
    free, ends = view.room.free // 2**20, view.forecast.full_on
    params: dict[str, object] = {"free": f"{free:,} MB"}
    if ends is None:
        return Part("disk", "good", "doctor.disk_good", params)
    params["day"] = f"{ends.astimezone():%Y-%m-%d}"
    if view.forecast.warn:
        return Part("disk", "finding", "doctor.disk_full_soon", params)
    return Part("disk", "good", "doctor.disk_until", params)


def _backup(doors: Doors) -> Iterator[Part]:
    from app.use_cases.backups import OLD, last_backup, last_good

    last, good = last_backup(doors), last_good(doors)
    if last is None:
        # A practice shop has nothing to lose.
        state = "told" if doors.shop.practice else "finding"
        yield Part("backup", state, "doctor.backup_none")
        return
    when = f"{good.astimezone():%Y-%m-%d %H:%M}" if good else "—"
    if not last.good:
        missing = last.proved.missing if last.proved else 0
        why = _say(last.why or "backup.fail_evidence", count=missing)
        yield Part("backup", "finding", "doctor.backup_failed", {"why": why, "when": when})
        return
    old = good is not None and doors.clock.now() - good >= OLD and not doors.shop.practice
    words = "doctor.backup_old" if old else "doctor.backup_good"
    yield Part("backup", "finding" if old else "good", words, {"name": last.name, "when": when})


_PARTS: dict[str, Callable[[Doors], Iterator[Part]]] = {
    "log": _log,
    "open_work": _open_work,
    "evidence": _evidence,
    "keeping": _keeping,
    "backup": _backup,
}
