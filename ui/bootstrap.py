"""The one place where all rooms are wired: settings in, a working shop out. Imports no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from app.domain.staff import Role, Staff
from app.errors import BadFile
from app.ports import Clock, Ids, PasswordSealer, PinHasher, UnitOfWorkFactory
from app.regions.confirmed import read_confirmation
from app.regions.loader import Region, load_region
from app.resources import resource
from app.search.store import StoredIndex
from app.storage.anchor_file import ANCHORS, AnchorFile
from app.storage.engine import fold
from app.storage.home_lock import HomeLock
from app.storage.sealed_text import RESEALING
from app.storage.unit_of_work import make_factory
from app.system import SystemClock, UuidIds
from app.use_cases.backups import restored
from app.use_cases.clinical_rules import rules_of
from app.use_cases.counter_board import CounterBoard
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import refresh_counter
from app.use_cases.import_catalogue import refresh_index
from app.use_cases.print_slips import take_up_prints
from app.use_cases.sign_slip import take_up_signature
from app.use_cases.signing import ShopSigner
from app.vault.ca_signatures import CaSigner
from app.vault.evidence import EVIDENCE_FOLDER, EvidenceFiles
from app.vault.keyring import Vault
from app.vault.pins import Argon2Pins
from app.vault.places import open_vault
from app.vault.signatures import InternalSigner
from devices.connection import SystemTimer
from sync.insurance.client import InsuranceClient
from sync.insurance.field_tables import Transaction, load_tables
from sync.insurance.profile import Credentials, Institution
from sync.insurance.simulator.server import PlatformServer
from sync.line_watch import LineState, WatchedPlatform
from sync.station import machine_addresses
from ui import practice
from ui.credentials import read_credentials
from ui.device_file import LOG_FOLDER, read_plan
from ui.device_makers import EMULATED
from ui.device_room import DeviceRoom
from ui.environments import Environments
from ui.homes import PRACTICE_REGION, SHOP_FILE, Home, ShopFile, make_private, read_shop, sweep
from ui.line_trust import line_trust
from ui.printers import printing_of, prints
from ui.recorders import channels_here
from ui.shared_books import open_books, share_keys, take_place
from ui.shop import Shop
from ui.shop_signing import has_pad
from ui.signature_keys import RoomKeys

if TYPE_CHECKING:
    from app.ports_backup import BackupRoom
    from app.storage.shared_store import TillSeat

SYSTEM = Operator(Staff("system", "0000", "Yaotai", Role.MANAGER))
"""Who acts when nobody does: the recovery."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a caller may choose; tests hand in their own clock, ids and cheap PIN hashing."""

    home: Home
    practice: bool
    region: str = ""
    url: str = ""
    """A platform that runs already; empty in practice = one of our own is started."""
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=UuidIds)
    pins: PinHasher = field(default_factory=Argon2Pins)
    ask_system: bool = False
    """Whether the system's key store may be asked: the window does, the command line never."""
    till_no: int = 1
    """Of a practice shop that is made on the way."""
    making: bool = False
    """By ``setup``, before the shop is whole: no till opens it yet."""


@dataclass
class OpenShop:
    """A shop with everything that must be closed again, in the right order."""

    shop: Shop
    engine: Engine
    lock: HomeLock | None
    server: PlatformServer | None
    clients: list[InsuranceClient]
    devices: DeviceRoom
    vault: Vault
    seat: TillSeat | None = None
    """Held at the database that several tills share."""

    def close(self) -> None:
        """Devices first, then line, platform, books (design 8)."""
        self.devices.close()
        for client in self.clients:
            client.close()
        if self.server is not None:
            self.server.stop()
        if self.seat is not None:
            self.seat.leave()
        self.engine.dispose()
        if self.lock is not None:
            self.lock.release()


def build(settings: Settings, lock: HomeLock | None = None) -> OpenShop:
    """Open the shop of a home; in practice it is made ready on the way.

    ``lock``: the home's, if the caller holds it already; it is let go of with the shop.

    :raises HomeInUse: another till process holds it; :raises StoreError: in its kinds;
    :raises PackError: the region's pack is wrong; :raises BadFile: ``shop.toml`` is.
    """
    make_private(settings.home.root)
    folder = make_private(settings.home.practice if settings.practice else settings.home.store)
    file = _shop_file(settings, folder)
    told = None if settings.practice else read_confirmation(folder)
    region = load_region(
        file.region, practice=settings.practice, confirmed=told.values if told else None
    )
    if lock is None:
        lock = HomeLock(folder)
        lock.acquire()
    sweep(folder)
    try:
        return _open(settings, folder, file, region, lock)
    except BaseException:
        if lock is not None:
            lock.release()
        raise


@dataclass(frozen=True, slots=True)
class _Site:
    """What is known of a shop once its books are open."""

    settings: Settings
    folder: Path
    file: ShopFile
    region: Region
    vault: Vault
    engine: Engine
    seat: TillSeat | None
    uow: UnitOfWorkFactory
    url: str


def _open(
    settings: Settings, folder: Path, file: ShopFile, region: Region, lock: HomeLock | None
) -> OpenShop:
    vault = open_vault(folder, ask_system=settings.ask_system)
    engine = open_books(folder, file, vault)
    with ExitStack() as undone:
        undone.callback(engine.dispose)
        seat = _take_seat(settings, file, vault, engine)
        if seat is not None:
            undone.callback(seat.leave)
        server = _practice_platform(settings, folder, file, region)
        if server is not None:
            undone.callback(server.stop)
        url = server.url if server is not None else settings.url or file.url
        uow = make_factory(engine, vault, file.store_id, file.till_id)
        site = _Site(settings, folder, file, region, vault, engine, seat, uow, url)
        credentials = _credentials(settings, file, uow, vault)
        counter = CounterBoard()
        clients = [
            _client(region, file, credentials, url, settings.clock, counter) for _ in range(4)
        ]
        devices, line = _devices(settings, folder, file), LineState(settings.clock)
        watched = [WatchedPlatform(client, line) for client in clients]
        doors = _doors(site, credentials, devices, watched, counter)
        index = _take_up(site, doors[0])
        restored(doors[0])
        shop = _shop(site, doors, devices, line, index)
        undone.pop_all()
        return OpenShop(shop, engine, lock, server, clients, devices, vault, seat)


def _take_seat(settings: Settings, file: ShopFile, vault: Vault, engine: Engine) -> TillSeat | None:
    """This till's place at books that several tills share; the shop's first takes none yet."""
    if not file.database:
        return None
    if settings.making:
        share_keys(engine, vault)
        return None
    return take_place(engine, file, vault, settings.clock)


def _practice_platform(
    settings: Settings, folder: Path, file: ShopFile, region: Region
) -> PlatformServer | None:
    """One of our own, where a practice shop was told of none."""
    if not settings.practice or settings.url or file.url:
        return None
    return practice.start_platform(region, folder / "platform")


def _doors(
    site: _Site,
    credentials: Credentials,
    devices: DeviceRoom,
    platforms: Sequence[WatchedPlatform],
    counter: CounterBoard,
) -> list[Doors]:
    """The same doors for each way to the platform: till, recovery, review station, outbox."""
    settings, region = site.settings, site.region
    keys = RoomKeys(devices)
    mac, ip = machine_addresses(site.url)
    first = Doors(
        uow=site.uow,
        platform=platforms[0],
        clock=settings.clock,
        ids=settings.ids,
        pins=settings.pins,
        shop=replace(site.file.facts(region.division, region.status), mac=mac, ip=ip),
        profile=region.profile,
        policy_on=region.policy_on,
        signer=_signer(site, keys),
        evidence=EvidenceFiles(site.folder / EVIDENCE_FOLDER, site.vault),
        pad=partial(has_pad, devices),
        settlement_types=tuple(k for k in region.settlements if k not in _FUNDLESS),
        counter=counter,
        clinical=rules_of(site.folder),
        anchors=AnchorFile(site.folder / ANCHORS),
        password_sealer=_sealer(region, credentials),
        prints=partial(prints, devices),
        channels=partial(channels_here, devices),
    )
    return [replace(first, platform=platform, sign_numbers={}) for platform in platforms]


def _signer(site: _Site, keys: RoomKeys) -> ShopSigner:
    internal, ca = InternalSigner(site.vault), CaSigner(keys, site.settings.clock)
    return ShopSigner(internal, ca, site.uow, keys.asks_each_time)


def _take_up(site: _Site, doors: Doors) -> StoredIndex:
    """What a day begins with: the practice shop's goods, the counter, the index, open papers."""
    index = StoredIndex(site.folder / "catalogue.idx")
    if site.settings.practice:
        practice.fill_practice_shop(doors, index)
        practice.open_the_day(doors)
    else:
        refresh_counter(doors)
    _freshen(site.uow, index)
    take_up_prints(doors)
    take_up_signature(doors)
    return index


def _shop(
    site: _Site, doors: Sequence[Doors], devices: DeviceRoom, line: LineState, index: StoredIndex
) -> Shop:
    till, recovery, review, sending = doors
    rest = partial(_rest, site)
    printing, labelling = printing_of(devices, till, site.region)
    settings = site.settings
    environments = Environments(
        settings.home, site.folder, replace(site.file, url=site.url), site.region, site.uow,
        site.vault, settings.ask_system,
    )  # fmt: skip
    return Shop(
        till, recovery, index, line, SYSTEM,
        url=site.url, region=site.region, rest=rest, environments=environments, review=review,
        sending=sending,
        printing=printing, labelling=labelling, devices=devices, folder=site.folder,
        backup_room=partial(_backup_room, site),
    )  # fmt: skip


_RESEAL_STEPS = 10
"""Batches of rows in one turn of the recovery."""


def _rest(site: _Site) -> None:
    """A quiet moment: the log of the books is folded in, a change of keys goes on."""
    if site.seat is None:
        fold(site.engine)
    else:
        site.seat.keep()
    with site.uow() as books:
        changing = books.settings.get(RESEALING)
    if changing:
        from app.storage import reseal  # wanted a few times in the life of a shop

        store_id = site.file.store_id
        for _ in islice(reseal.steps(site.engine, store_id, site.vault), _RESEAL_STEPS):
            continue


def _backup_room(site: _Site, to: Path | None) -> BackupRoom:
    from ui.backups import BackupFolder  # wanted some hours after the start

    return BackupFolder(site.folder, site.file, site.engine, site.vault, to)


_FUNDLESS = ("account", "self_paid")


def _shop_file(settings: Settings, folder: Path) -> ShopFile:
    """What is known of the shop; a practice shop is written down on its first day."""
    if (folder / SHOP_FILE).exists():
        known = read_shop(folder)
        wanted = settings.region or known.region
        return replace(known, region=wanted) if settings.practice else known
    if not settings.practice:
        raise BadFile(file=SHOP_FILE, why="this home is not set up")
    made = ShopFile(
        store_id=settings.ids.new(),
        till_id=settings.ids.new(),
        till_no=settings.till_no,
        region=settings.region or PRACTICE_REGION,
        url="",
        environment="practice",
        **practice.practice_shop_facts(),
    )
    made.write(folder)
    return made


def _devices(settings: Settings, folder: Path, file: ShopFile) -> DeviceRoom:
    """Closed still: whoever shows a window starts them. A damaged plan stops no till."""
    plan, trouble = read_plan(folder, file, EMULATED)
    logs = folder / LOG_FOLDER
    room = DeviceRoom(plan, logs, SystemTimer(), settings.clock, practice=settings.practice)
    room.trouble = trouble
    return room


def _sealer(region: Region, credentials: Credentials) -> PasswordSealer | None:
    """What seals patients' passwords, where the region wants them and gave its key."""
    if not (region.profile.password_in_cainfo and credentials.password_key):
        return None
    from sync.insurance.patient_password import RsaPasswordSealer

    return RsaPasswordSealer(credentials)


@cache
def _tables() -> Mapping[str, Transaction]:
    """The field tables, read once a process."""
    return load_tables(resource("interface"))


def _client(
    region: Region,
    file: ShopFile,
    credentials: Credentials,
    url: str,
    clock: Clock,
    counter: CounterBoard,
) -> InsuranceClient:
    return InsuranceClient(
        region.profile,
        url=url,
        institution=Institution(file.institution_code, file.shop_name),
        credentials=credentials,
        tables=_tables(),
        clock=clock,
        infver=lambda: counter.infver,
        **line_trust(file),
    )


def _credentials(
    settings: Settings, file: ShopFile, uow: UnitOfWorkFactory, vault: Vault
) -> Credentials:
    """Practice: the shared ones; a real shop: sealed in its own books by ``setup``."""
    if settings.practice:
        return practice.credentials_of(file.region)
    return read_credentials(uow, vault)


def _freshen(uow: UnitOfWorkFactory, index: StoredIndex) -> None:
    """A stored index that is older than the books is written anew before the first search."""
    with uow() as books:
        version = books.medicines.version()
    if index.version() != version:
        refresh_index(uow, index)
