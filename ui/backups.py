"""The folder of backups of a till, and putting one back: files, books and keys together."""

from __future__ import annotations

import errno
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.anchor import AnchorKind
from app.domain.anchor import Head as LogHead
from app.domain.clock import shop_time
from app.errors import BackupRefused, BadFile, StoreFull, StoreReadOnly
from app.ports_backup import BackupProved, BackupSeen
from app.storage.anchor_file import ANCHORS, AnchorFile
from app.storage.engine import fold, open_store
from app.storage.home_lock import HomeLock
from app.storage.log_walk import LogBook
from app.storage.snapshot import SnapshotFacts, look_through, take_snapshot
from app.use_cases.anchors import heads_of_text
from app.vault.backup import (
    POOL,
    PURPOSE,
    SUFFIX,
    Head,
    Manifest,
    missing_evidence,
    read_head,
    thin_pool,
    unpack,
    write_backup,
)
from app.vault.evidence import EVIDENCE_FOLDER
from app.vault.keyring import KEY_FILE, Vault
from app.vault.keys import FileMasterStore, write_private
from ui.homes import SHOP_FILE, STORE_FILE, Home, make_private, read_shop
from ui.moves import Moves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

    from ui.homes import ShopFile

FOLDER: Final = "backups"
"""Of a shop's folder, where nobody names another."""
PLACE_FILE: Final = "backup-place"
"""Of a shop's folder: another folder that somebody chose, a line of text."""
MARK_FILE: Final = ".yaotai-backups"
"""In a folder that somebody chose: so that an unplugged disk's empty mount point is none."""
SMALL: Final = (SHOP_FILE, "region.toml", "devices.toml", "window.ini", ANCHORS)
"""Files beside the books that belong to a till."""
_TRIAL: Final = ".trial-"


class BackupFolder:
    """:class:`app.ports_backup.BackupRoom` of an open till."""

    def __init__(
        self, folder: Path, file: ShopFile, engine: Engine, vault: Vault, to: Path | None = None
    ) -> None:
        """``to``: another folder than the chosen one, this once."""
        self._folder, self._file, self._to = folder, file, to
        self._engine, self._vault = engine, vault

    @property
    def path(self) -> Path:
        """Where backups go."""
        return self._to or place_of(self._folder)

    @property
    def place(self) -> str:
        """The same for people."""
        return str(self.path)

    @property
    def same_disk(self) -> bool:
        """Whether one disk holds books and backups; what is not plugged in is another one."""
        if not self.path.is_dir():
            return self.path == self._folder / FOLDER
        return self.path.stat().st_dev == self._folder.stat().st_dev

    def make(self, at: datetime) -> BackupSeen:
        """A snapshot of the books, sealed with what belongs to it."""
        path = self.path
        if self._to is None:
            _require_place(self._folder)
        # Plain copies stay on the till's own disk: what was deleted on a stick can be read again.
        with _workshop(self._folder) as bench:
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
            made = write_backup(path, head, files, facts.as_dict(), self._evidence(), self._vault)
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
        path = self._named(name)
        with _workshop(self._folder) as bench:
            return prove(path, self._vault, bench)

    def backups(self) -> tuple[BackupSeen, ...]:
        """Of this till, newest first: several tills may keep theirs in one folder."""
        return found_in(self.path, (self._file.store_id, self._file.till_id))

    def remove(self, name: str) -> None:
        """The file, then what the pool holds for nobody any more."""
        path = self._named(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreReadOnly(why=error.strerror or "cannot remove") from None
        thin_pool(path.parent, self._vault)

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
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(place / MARK_FILE, b"Yaotai\n")
        write_private(folder / PLACE_FILE, f"{place.absolute()}\n".encode())
    except OSError as error:
        raise StoreReadOnly(why=error.strerror or "cannot write") from None


def _require_place(folder: Path) -> None:
    """A chosen place that is not there is told; made anew it would lie on the wrong disk.

    :raises BackupRefused: the stick or disk is not plugged in, or the folder was moved.
    """
    place = place_of(folder)
    if place != folder / FOLDER and not (place / MARK_FILE).is_file():
        raise BackupRefused(why="backup.fail_place")


def found_in(place: Path, of: tuple[str, str] | None = None) -> tuple[BackupSeen, ...]:
    """The backups of a folder, newest first; what is none is left out.

    ``of``: only those of this store and till.
    """
    found = []
    for path in place.glob(f"*{SUFFIX}") if place.is_dir() else ():
        try:
            head = read_head(path)
            if of is None or of == (head.store_id, head.till_id):
                found.append(_seen(path))
        except (BadFile, OSError):
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


def prove(path: Path, vault: Vault, bench: Path) -> BackupProved:
    """Put a backup back for a trial, into an empty folder that the caller takes away.

    :raises BadFile, SecretError, StoreBroken, StoreNewer: what is wrong with it.
    """
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
    """The same without the till: by the recovery code alone, as on a new machine.

    Nothing is written beside the backup: it may lie on a disk that cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="yaotai-verify-") as place:
        vault = _opened(Path(place) / "keys", read_head(path), code)
        bench = Path(place) / "books"
        bench.mkdir(mode=0o700)
        return prove(path, vault, bench)


def prove_by_keys(path: Path, folder: Path) -> BackupProved:
    """The same by the keys of the shop in ``folder``, beside a till that may be open."""
    from app.vault.places import open_vault

    with tempfile.TemporaryDirectory(prefix="yaotai-verify-") as place:
        return prove(path, open_vault(folder, ask_system=True), Path(place))


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
    aside_schema: str = ""
    """The same on a database server."""


def put_back(path: Path, home: Home, *, practice: bool, code: str, now: datetime) -> PutBack:
    """Make a till of a backup: on a new machine by the recovery code, on this one by its own keys.

    Everything is prepared and looked through beside; the books that are there already are moved
    aside, never deleted. The books are marked, so that nothing is sold before they were held
    against the platform's (:func:`app.use_cases.backups.catch_up`).

    Where the books lie on a database server they are put back there, for all its tills.

    :raises BackupRefused: the backup is of another shop, or of shared books for one till alone;
    :raises HomeInUse, TillInUse: a till has it open;
    :raises BadFile, SecretError, StoreError: what is wrong with the backup or the disk.
    """
    try:
        return _put_back(path, home, practice=practice, code=code, now=now)
    except OSError as error:
        kind = StoreFull if error.errno == errno.ENOSPC else StoreReadOnly
        raise kind(why=error.strerror or "") from None


def _put_back(path: Path, home: Home, *, practice: bool, code: str, now: datetime) -> PutBack:
    from app.storage.put_back import numbers_given

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
            server = _server(folder, fresh, vault)
            given = numbers_given(folder / STORE_FILE, server, head.store_id)
            heads = _mark(fresh, head, path.name, vault, now, server, given)
            _anchor(folder, fresh, heads, facts, now)
            missing = _bring_evidence(path.parent / POOL, folder / EVIDENCE_FOLDER, manifest)
            with Moves() as moves:
                aside = _exchange(folder, fresh, bench, now, moves, with_books=not server)
                schema = _fill_server(server, fresh, head, vault, now)
    finally:
        lock.release()
    proved = BackupProved(
        facts.sales, facts.log_rows, len(manifest.evidence), missing, facts.newest_at
    )
    return PutBack(folder, head, proved, aside, schema)


def _server(folder: Path, fresh: Path, vault: Vault) -> str:
    """Where the books of this shop lie, if on a database server; not to be kept.

    :raises BackupRefused: books that several tills share would become those of one.
    """
    from ui.shared_books import books_place

    kept = read_shop(fresh)
    now = read_shop(folder) if (folder / SHOP_FILE).exists() else kept
    if kept.database and not now.database:
        raise BackupRefused(why="backup.refused_server")
    return str(books_place(folder, now, vault)) if now.database else ""


def _fill_server(server: str, fresh: Path, head: Head, vault: Vault, now: datetime) -> str:
    """The prepared books go to the server; the schema of what was there."""
    if not server:
        return ""
    from app.storage.put_back import put_back_on_server

    schema = f"before_restore_{shop_time(now):%Y%m%d_%H%M%S}_{secrets.token_hex(3)}"
    moved = put_back_on_server(server, fresh / STORE_FILE, (head.store_id, vault.ring()), schema)
    return schema if moved else ""


def _require_same(folder: Path, head: Head, practice: bool) -> None:
    if practice != (head.environment == "practice"):
        raise BackupRefused(why="backup.refused_kind")
    if (folder / SHOP_FILE).exists() and read_shop(folder).store_id != head.store_id:
        raise BackupRefused(why="backup.refused_shop")


def _keys_for(folder: Path, bench: Path, head: Head, code: str) -> Vault:
    """The till's own keys where it has them, else those of the backup, opened by the code."""
    from app.vault.places import open_vault

    if (folder / KEY_FILE).exists() and not code:
        # Somebody asked for it by name, so the system's key store is asked where the key is there.
        return open_vault(folder, ask_system=True)
    return _opened(bench / "keys", head, code)


def _mark(
    fresh: Path,
    head: Head,
    name: str,
    vault: Vault,
    now: datetime,
    server: str,
    given: Mapping[str, int],
) -> list[LogHead]:
    """Every till of the store uses no number of the lost hours and hands over what was open.

    Answers where the chains of the log stand then.
    """
    from app.storage.put_back import tills_on_server
    from app.storage.shared_store import look
    from app.storage.unit_of_work import make_factory
    from app.use_cases.backups import mark_restored

    engine = open_store(fresh / STORE_FILE)
    try:
        tills = {(head.till_no, head.till_id)}
        if server:
            seen = look(engine)
            tills |= {(no, till) for no, till, _ in seen.tills} if seen is not None else set()
            tills |= set(tills_on_server(server, head.store_id))
        code, made_at = read_shop(fresh).institution_code, datetime.fromisoformat(head.made_at)
        for number, till_id in sorted(tills):
            with make_factory(engine, vault, head.store_id, till_id)() as uow:
                mark_restored(uow, code, number, made_at, name, now, given)
                uow.commit()
        _under_the_newest_keys(engine, head, vault)
        with engine.connect() as connection:
            heads = LogBook(connection).heads()
        fold(engine)
    finally:
        engine.dispose()  # the last connection folds what is left and takes the log away
    return heads


def _under_the_newest_keys(engine: Engine, head: Head, vault: Vault) -> None:
    """Keys that came after the backup hold for its rows, too: the till seals them anew."""
    from app.storage import reseal
    from app.storage.unit_of_work import make_factory
    from ui.credentials import seal_anew

    seal_anew(make_factory(engine, vault, head.store_id, head.till_id), vault)
    purposes = sorted(vault.purposes())
    if any(reseal.older_rows(engine, vault, purposes).values()):
        reseal.begin(engine, head.store_id, purposes)


_REPLACED: Final = (STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm", "catalogue.idx")


def _anchor(
    folder: Path, fresh: Path, heads: list[LogHead], facts: SnapshotFacts, now: datetime
) -> None:
    """The anchors of now with one more, prepared: that these books were put back lawfully."""
    if (folder / ANCHORS).exists():
        shutil.copyfile(folder / ANCHORS, fresh / ANCHORS)
    day, base = shop_time(now).date().isoformat(), heads_of_text(facts.log_heads)
    AnchorFile(fresh / ANCHORS).keep(now, day, AnchorKind.RESTORED, heads, base)
    (fresh / ANCHORS).chmod(0o600)


def _exchange(
    folder: Path, fresh: Path, bench: Path, now: datetime, moves: Moves, *, with_books: bool
) -> Path | None:
    """The books of before go aside, the books of the backup take their place; keys if new."""
    aside: Path | None = None
    # Also where only keys are left: they may open evidence that the backup's do not.
    if (folder / STORE_FILE).exists() or (folder / KEY_FILE).exists():
        prefix = f"before-restore-{shop_time(now):%Y%m%d-%H%M%S}-"
        aside = moves.made(Path(tempfile.mkdtemp(prefix=prefix, dir=folder)))
    for name in _REPLACED:
        if aside is not None and (folder / name).exists():
            moves.move(folder / name, aside / name)
    made = bench / "keys"
    for one in sorted(made.iterdir()) if made.is_dir() else ():
        if aside is not None and (folder / one.name).exists():
            moves.move(folder / one.name, aside / one.name)
        moves.move(one, folder / one.name)
    _take_place(folder, fresh, bench, moves, with_books=with_books)
    if aside is not None and not any(aside.iterdir()):
        aside.rmdir()
        return None
    return aside


def _take_place(folder: Path, fresh: Path, bench: Path, moves: Moves, *, with_books: bool) -> None:
    anchored = (folder / ANCHORS).exists()
    for one in sorted(fresh.iterdir()):
        if one.name != STORE_FILE and not (folder / one.name).exists():
            moves.move(one, folder / one.name)
    # The books late: a crash before leaves a folder without books, which says so and is put right
    # by running the same once more.
    if with_books:
        moves.move(fresh / STORE_FILE, folder / STORE_FILE)
    if anchored:
        before = shutil.copyfile(folder / ANCHORS, bench / "anchors-before")
        moves.put_over(fresh / ANCHORS, folder / ANCHORS, before)


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
        half = place.with_name(f"{place.name}.part")
        shutil.copyfile(pool / name, half)
        half.chmod(0o600)
        half.replace(place)
    return missing
