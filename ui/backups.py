"""The folder of backups of a till, and putting one back: files, books and keys together."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.clock import shop_time
from app.errors import BadFile, NotAllowed, StoreReadOnly
from app.ports_backup import BackupProved, BackupSeen
from app.storage.engine import fold, open_store
from app.storage.home_lock import HomeLock
from app.storage.snapshot import SnapshotFacts, look_through, take_snapshot
from app.vault.backup import (
    POOL,
    PURPOSE,
    SUFFIX,
    Head,
    Manifest,
    missing_evidence,
    read_head,
    unpack,
    write_backup,
)
from app.vault.evidence import EVIDENCE_FOLDER
from app.vault.keyring import KEY_FILE, Vault
from app.vault.keys import FileMasterStore, write_private
from ui.homes import SHOP_FILE, STORE_FILE, Home, make_private, read_shop

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ui.homes import ShopFile

FOLDER: Final = "backups"
"""Of a shop's folder, where nobody names another."""
PLACE_FILE: Final = "backup-place"
"""Of a shop's folder: another folder that somebody chose, a line of text."""
SMALL: Final = (SHOP_FILE, "region.toml", "devices.toml", "window.ini")
"""Files beside the books that belong to a till."""
_TRIAL: Final = ".trial-"


class BackupFolder:
    """:class:`app.ports_backup.BackupRoom` of an open till."""

    def __init__(self, folder: Path, file: ShopFile, engine: Engine, vault: Vault) -> None:
        self._folder, self._file = folder, file
        self._engine, self._vault = engine, vault

    @property
    def path(self) -> Path:
        """Where backups go."""
        return place_of(self._folder)

    @property
    def place(self) -> str:
        """The same for people."""
        return str(self.path)

    def make(self, at: datetime) -> BackupSeen:
        """A snapshot of the books, sealed with what belongs to it."""
        with _workshop(self.path) as bench:
            facts = take_snapshot(self._engine, bench / STORE_FILE)
            files = {STORE_FILE: bench / STORE_FILE}
            files |= {one: self._folder / one for one in SMALL if (self._folder / one).is_file()}
            # The key is made at its first use: it must stand in the file that goes along.
            self._vault.seal(PURPOSE, b"", "backup")
            keys = (self._folder / KEY_FILE).read_text(encoding="utf-8")
            head = Head(
                at.astimezone(UTC).isoformat(timespec="seconds"),
                self._file.store_id,
                self._file.till_id,
                self._file.till_no,
                self._file.environment,
                keys,
            )
            made = write_backup(
                self.path, head, files, facts.as_dict(), self._evidence(), self._vault
            )
        return _seen(made)

    def _evidence(self) -> dict[str, Path]:
        root = self._folder / EVIDENCE_FOLDER
        return {
            one.relative_to(root).as_posix(): one
            for one in sorted(root.rglob("*.sealed"))
            if one.is_file() and not one.is_symlink()
        }

    def prove(self, name: str) -> BackupProved:
        """Put it back into a folder of its own, look the books through, take it away."""
        return prove(self._named(name), self._vault)

    def backups(self) -> tuple[BackupSeen, ...]:
        """Newest first."""
        return found_in(self.path)

    def remove(self, name: str) -> None:
        """The file, then what the pool holds for nobody any more."""
        self._named(name).unlink(missing_ok=True)

    def _named(self, name: str) -> Path:
        if Path(name).name != name or not name.endswith(SUFFIX):
            raise BadFile(file=name, why="not a backup of Yaotai")
        return self.path / name


def place_of(folder: Path) -> Path:
    """The folder of backups of a shop's folder."""
    try:
        chosen = (folder / PLACE_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        chosen = ""
    return Path(chosen) if chosen else folder / FOLDER


def choose_place(folder: Path, place: Path | None) -> None:
    """Backups go there from now on (a second disk, a stick); None = beside the books again.

    :raises StoreReadOnly: nothing can be written there.
    """
    if place is None:
        (folder / PLACE_FILE).unlink(missing_ok=True)
        return
    make_private(place)
    write_private(folder / PLACE_FILE, f"{place.absolute()}\n".encode())


def found_in(place: Path) -> tuple[BackupSeen, ...]:
    """The backups of a folder, newest first; what is none is left out."""
    found = []
    for path in place.glob(f"*{SUFFIX}") if place.is_dir() else ():
        try:
            found.append(_seen(path))
        except BadFile:
            continue
    return tuple(sorted(found, key=lambda one: (one.made_at, one.name), reverse=True))


def _seen(path: Path) -> BackupSeen:
    head = read_head(path)
    return BackupSeen(path.name, datetime.fromisoformat(head.made_at), path.stat().st_size)


class _workshop:
    """A folder for plain copies, gone afterwards; what a crash left of one goes too."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside

    def __enter__(self) -> Path:
        try:
            self._beside.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in self._beside.glob(f"{_TRIAL}*"):
                shutil.rmtree(old, ignore_errors=True)
            self._made = Path(tempfile.mkdtemp(prefix=_TRIAL, dir=self._beside))
        except OSError as error:
            raise StoreReadOnly(why=error.strerror or "cannot make the folder") from None
        return self._made

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._made, ignore_errors=True)


def prove(path: Path, vault: Vault) -> BackupProved:
    """Put a backup back for a trial.

    :raises BadFile, SecretError, StoreBroken, StoreNewer: what is wrong with it.
    """
    with _workshop(path.parent) as bench:
        manifest = unpack(path, bench, vault)
        facts = look_through(bench / STORE_FILE)
        _hold_against(facts, manifest, path.name)
    missing = sum(1 for _ in missing_evidence(path.parent, manifest))
    return BackupProved(
        facts.sales, facts.log_rows, len(manifest.evidence), missing, facts.newest_at
    )


def _hold_against(facts: SnapshotFacts, manifest: Manifest, name: str) -> None:
    if facts.as_dict() != dict(manifest.facts):
        raise BadFile(file=name, why="the books in it are not those that were kept")


def prove_by_code(path: Path, code: str) -> BackupProved:
    """The same without the till: by the recovery code alone, as on a new machine."""
    with _workshop(path.parent) as bench:
        vault = _opened(bench, read_head(path), code)
        return prove(path, vault)


def _opened(folder: Path, head: Head, code: str) -> Vault:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(folder / KEY_FILE, head.keys.encode())
    return Vault.restore(folder, FileMasterStore(folder), code)


# --- put back -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put back."""

    folder: Path
    head: Head
    proved: BackupProved
    aside: Path | None
    """Where the books lie that were there before; None = there were none."""


def put_back(path: Path, home: Home, *, practice: bool, code: str, now: datetime) -> PutBack:
    """Make a till of a backup: on a new machine by the recovery code, on this one by its own keys.

    Everything is prepared and looked through beside; the books that are there already are moved
    aside, never deleted. The books are marked, so that nothing is sold before they were held
    against the platform's (:func:`app.use_cases.backups.catch_up`).

    :raises NotAllowed: the backup is of another shop; :raises HomeInUse: a till has it open;
    :raises BadFile, SecretError, StoreError: what is wrong with the backup or the disk.
    """
    head = read_head(path)
    folder = make_private(home.practice if practice else home.store)
    _require_same(folder, head, practice)
    lock = HomeLock(folder)
    lock.acquire()
    try:
        with _workshop(folder) as bench:
            vault = _keys_for(folder, bench, head, code)
            fresh = bench / "fresh"
            fresh.mkdir(mode=0o700)
            manifest = unpack(path, fresh, vault)
            facts = look_through(fresh / STORE_FILE)
            _hold_against(facts, manifest, path.name)
            _mark(fresh, head, path.name, vault, now)
            aside = _exchange(folder, fresh, bench, now)
            missing = _bring_evidence(path.parent / POOL, folder / EVIDENCE_FOLDER, manifest)
    finally:
        lock.release()
    proved = BackupProved(
        facts.sales, facts.log_rows, len(manifest.evidence), missing, facts.newest_at
    )
    return PutBack(folder, head, proved, aside)


def _require_same(folder: Path, head: Head, practice: bool) -> None:
    if practice != (head.environment == "practice"):
        raise NotAllowed(act="restore into another kind of shop")
    if (folder / SHOP_FILE).exists() and read_shop(folder).store_id != head.store_id:
        raise NotAllowed(act="restore over another shop")


def _keys_for(folder: Path, bench: Path, head: Head, code: str) -> Vault:
    """The till's own keys where it has them, else those of the backup, opened by the code."""
    from app.vault.places import open_vault

    if (folder / KEY_FILE).exists() and not code:
        return open_vault(folder)
    return _opened(bench / "keys", head, code)


def _mark(fresh: Path, head: Head, name: str, vault: Vault, now: datetime) -> None:
    from app.storage.unit_of_work import make_factory
    from app.use_cases.backups import mark_restored

    engine = open_store(fresh / STORE_FILE)
    try:
        with make_factory(engine, vault, head.store_id, head.till_id)() as uow:
            mark_restored(uow, head.till_no, datetime.fromisoformat(head.made_at), name, now)
            uow.commit()
        fold(engine)
    finally:
        engine.dispose()  # the last connection folds what is left and takes the log away


_REPLACED: Final = (STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm", "catalogue.idx")


def _exchange(folder: Path, fresh: Path, bench: Path, now: datetime) -> Path | None:
    """The books of before go aside, the books of the backup take their place; keys if new."""
    aside: Path | None = None
    if (folder / STORE_FILE).exists():
        aside = folder / f"before-restore-{shop_time(now):%Y%m%d-%H%M%S}"
        aside.mkdir(mode=0o700)
    for name in _REPLACED:
        if aside is not None and (folder / name).exists():
            (folder / name).replace(aside / name)
    made = bench / "keys"
    if made.is_dir():
        for one in sorted(made.iterdir()):
            if aside is not None and (folder / one.name).exists():
                (folder / one.name).replace(aside / one.name)
            one.replace(folder / one.name)
    # The books last: a crash before leaves a folder without books, which says so and is put right
    # by running the same once more.
    for one in sorted(fresh.iterdir(), key=lambda each: each.name == STORE_FILE):
        if one.name == STORE_FILE or not (folder / one.name).exists():
            one.replace(folder / one.name)
    return aside


def _bring_evidence(pool: Path, target: Path, manifest: Manifest) -> int:
    """Sealed pieces that are not there yet; how many the pool lacks."""
    missing = 0
    for name in manifest.evidence:
        place = target / name
        if place.exists():
            continue
        if not (pool / name).is_file():
            missing += 1
            continue
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(pool / name, place)
        place.chmod(0o600)
    return missing
