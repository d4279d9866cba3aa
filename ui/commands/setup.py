"""``yaotai setup``: makes the real shop of a home, whole or not at all."""

from __future__ import annotations

import json as json_text
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.catalogue_rows import ColumnMapping
from app.domain.clock import shop_time
from app.domain.store import StoreRecord, TillRecord
from app.errors import BadFile, NotAllowed, PackError, YaotaiError
from app.ports import Clock, Ids, PinHasher
from app.regions.confirmed import REGION_FILE, Confirmation, typed_value
from app.regions.loader import Region, load_region, region_codes
from app.search.store import StoredIndex
from app.storage.engine import without_password
from app.storage.home_lock import HomeLock
from app.storage.unit_of_work import make_factory
from app.system import SystemClock, UuidIds
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import sign_on
from app.use_cases.import_catalogue import ImportReport, import_catalogue, load_mapping
from app.use_cases.pharmacists import bind
from app.use_cases.setup_shop import JOIN, ShopPlan, read_join, read_plan
from app.use_cases.sign_in import add_staff, wants_own_pin
from app.vault.keyring import KEY_FILE, Vault, discard_master
from app.vault.keys import FileMasterStore, MasterStore
from app.vault.pins import Argon2Pins
from app.vault.places import best_store, move_master, open_vault
from sync.insurance.patient_password import public_key
from sync.insurance.profile import Credentials, require_offered
from ui.bootstrap import SYSTEM, Settings, build
from ui.credentials import seal_credentials
from ui.homes import Home, ShopFile, make_private, read_shop
from ui.shared_books import open_books, seal_password
from ui.words import say, say_error

if TYPE_CHECKING:
    from ui.screens.setup.view_model import SetupDoor

_SIZE_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Means:
    """What setup works with; tests hand in their own clock, ids and cheap hashing."""

    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=UuidIds)
    pins: PinHasher = field(default_factory=Argon2Pins)
    master: Callable[[Path], MasterStore] = FileMasterStore
    """Where the master key goes; the command line's is always the file (decision 6)."""


@dataclass(frozen=True, slots=True)
class MadeShop:
    """The outcome; the recovery code is told once and kept nowhere."""

    shop: ShopFile
    open_keys: tuple[str, ...]
    """What the region still leaves open: settlements that need it stop with a message."""
    imported: ImportReport | None
    master_in: str
    """``file`` or ``system``: told plainly."""
    recovery_code: str = field(repr=False)


def run(home: Home, source: Path | None, json: bool, join: bool = False) -> int:
    """Make the shop from a file, or show the setup screen; ``join``: for a till that joins.

    :returns: 0; 1 when something is wrong, with file, key and reason on stderr.
    """
    if home.is_set_up:
        known = read_shop(home.store)
        environment = say(f"setup.environment_{known.environment}")
        sys.stderr.write(say("setup.already", shop=known.shop_name, environment=environment) + "\n")
        return 1
    if source is None:
        return _show_screen(home, join)
    try:
        table = _table(source)
        if JOIN in table:
            from ui.commands.join import join_store, tell_joined

            tell_joined(join_store(home, read_join(table, source.name)), json)
            return 0
        made = make_shop(home, read_plan(table, source.name, source.parent))
    except YaotaiError as error:
        sys.stderr.write(say_error(error).replace("\n", " ") + "\n")
        return 1
    _tell(made, json)
    return 0


def run_keys(home: Home, place: str, json: bool) -> int:
    """Move the shop's master key into the ``file`` or the ``system``'s store, because asked to.

    :returns: 0, moved or there already; 1 when there is no shop or no usable store.
    :raises HomeInUse: while a till has it open; :raises SecretError: in its kinds.
    """
    folder = home.store
    if not (folder / KEY_FILE).exists():
        sys.stderr.write(say("setup.keys_none") + "\n")
        return 1
    with HomeLock(folder):
        moved = move_master(folder, place)
    if json:
        print(json_text.dumps({"keys": place, "moved": moved}))
    else:
        print(say(f"setup.keys_{place}"))
    return 0


def _table(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise BadFile(file=path.name, why="too large for a setup file")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(file=path.name, why=error.strerror or "not readable") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFile(file=path.name, why=str(error)) from None


def make_shop(home: Home, plan: ShopPlan, means: Means | None = None) -> MadeShop:
    """Build the shop in a folder of its own beside, open it once, then put it in its place.

    :raises NotAllowed: the home has a shop: another environment is another home;
    :raises PackError, PackValueMissing: the region cannot be spoken to yet: key, who can answer;
    :raises BadFile: a draft that nobody confirmed, or a catalogue that cannot be read;
    :raises StoreTaken: the database has a shop; :raises StoreError: in its other kinds.
    """
    means = means or Means()
    require_free(home)
    region, confirmation = _region(plan, means.clock.now())
    bare, password = without_password(plan.database) if plan.database else ("", "")
    with _books(plan.database), built_beside(home, means) as (building, master):
        made = _build(building, replace(plan, database=bare), password, region, confirmation,
                      means, master)  # fmt: skip
    if plan.database:
        _finish(home, made.shop, means)
    return made


def require_free(home: Home) -> None:
    """:raises NotAllowed: there is a shop, or something that is none: nothing is thrown away."""
    if home.is_set_up or (home.store.exists() and any(home.store.iterdir())):
        raise NotAllowed(act="setup")


@contextmanager
def built_beside(home: Home, means: Means) -> Iterator[tuple[Home, MasterStore]]:
    """A folder beside, put in its place when it is whole; on a failure it never was."""
    building = Home(home.root / ".setup")
    shutil.rmtree(building.root, ignore_errors=True)
    make_private(home.root)
    master = means.master(building.store)
    try:
        yield building, master
        if home.store.exists():
            home.store.rmdir()
        building.store.rename(home.store)
    except BaseException:
        discard_master(building.store, master)
        raise
    finally:
        shutil.rmtree(building.root, ignore_errors=True)


@contextmanager
def _books(database: str) -> Iterator[None]:
    """Held for the time of the making: empty books on a server, empty again if it fails."""
    if not database:
        yield
        return
    # Here and not above: most shops are one till with a file.
    from app.storage.shared_store import founding

    with founding(database):
        yield


def _finish(home: Home, shop: ShopFile, means: Means) -> None:
    """The shop is in its place: from now on tills may open and join."""
    vault = open_vault(home.store, ask_system=True)
    engine = open_books(home.store, shop, vault)
    try:
        with make_factory(engine, vault, shop.store_id, shop.till_id)() as uow:
            uow.tills.made(means.clock.now())
            uow.commit()
    finally:
        engine.dispose()


def _region(plan: ShopPlan, now: datetime) -> tuple[Region, Confirmation | None]:
    """The area as this shop will know it; a draft needs the name of who confirmed it."""
    bare = load_region(plan.region, practice=False)
    if bare.status == "confirmed" and not plan.confirmed:
        region, confirmation = bare, None
    else:
        if not plan.confirmed_by:
            raise BadFile(
                file=f"{plan.region}.toml",
                why=f"region.confirmed_by: who confirmed this draft, by name? Ask {bare.who}",
            )
        on = plan.confirmed_on or shop_time(now).date()
        confirmation = Confirmation(plan.region, plan.confirmed_by, on, plan.confirmed)
        region = load_region(plan.region, practice=False, confirmed=plan.confirmed)
    require_offered(region.profile, Credentials(**plan.credentials))
    if plan.credentials.get("password_key"):
        public_key(plan.credentials["password_key"])
    return region, confirmation


def _build(
    home: Home,
    plan: ShopPlan,
    password: str,
    region: Region,
    confirmation: Confirmation | None,
    means: Means,
    master: MasterStore,
) -> MadeShop:
    folder = make_private(home.store)
    shop = ShopFile(
        store_id=means.ids.new(),
        till_id=means.ids.new(),
        till_no=plan.till_no,
        shop_name=plan.shop_name,
        institution_code=plan.institution_code,
        region=plan.region,
        url=plan.url,
        environment=plan.environment,
        database=plan.database,
        seat=means.ids.new() if plan.database else "",
    )
    if confirmation is not None:
        confirmation.write(folder)
    vault, code = Vault.create(folder, master)
    shop = replace(shop, database_password=seal_password(vault, password))
    shop.write(folder)
    _first_entries(folder, shop, plan, vault, means.clock.now())
    imported = _people_and_drugs(home, plan, means)
    return MadeShop(shop, region.unknown_keys, imported, master.kind, code)


def _first_entries(
    folder: Path, shop: ShopFile, plan: ShopPlan, vault: Vault, now: datetime
) -> None:
    """The sealed credentials; where books are shared also the store, its keys, its first till."""
    engine = open_books(folder, shop, vault)
    try:
        with make_factory(engine, vault, shop.store_id, shop.till_id)() as uow:
            uow.settings.put(*seal_credentials(vault, plan.credentials))
            if shop.database:
                uow.tills.found(record_of(folder, shop), vault.ring())
                uow.tills.register(TillRecord(shop.till_id, shop.till_no, shop.seat, now))
            uow.commit()
    finally:
        engine.dispose()


def record_of(folder: Path, shop: ShopFile) -> StoreRecord:
    """What another till of the store must know of it."""
    confirmed = folder / REGION_FILE
    return StoreRecord(
        id=shop.store_id,
        shop_name=shop.shop_name,
        institution_code=shop.institution_code,
        region=shop.region,
        url=shop.url,
        environment=shop.environment,
        confirmation=confirmed.read_text(encoding="utf-8") if confirmed.exists() else "",
    )


def _people_and_drugs(home: Home, plan: ShopPlan, means: Means) -> ImportReport | None:
    """Through the shop opened as it will be opened every morning."""
    opened = build(
        Settings(
            home, practice=False, clock=means.clock, ids=means.ids, pins=means.pins,
            ask_system=True,  # it took the key a moment ago, or the key lies in the file
            making=True,
        )
    )  # fmt: skip
    try:
        doors = opened.shop.doors
        for place, one in enumerate(plan.staff):
            member = add_staff(doors, one.number, one.name, one.role, one.pin, by="setup")
            if one.pharmacist is not None:
                bind(doors, replace(one.pharmacist, staff_id=member.id), SYSTEM)
            if one.on_duty:
                sign_on(doors, one.number, one.pin)
            if place:  # after the administrator: who wrote this file knows their PINs
                wants_own_pin(doors, member)
        with doors.uow() as uow:
            entry = {"environment": plan.environment, "region": plan.region}
            uow.log.append("shop.set_up", "setup", means.clock.now(), entry)
            uow.commit()
        return _fill_shelves(doors, home, plan)
    finally:
        opened.close()


def _fill_shelves(doors: Doors, home: Home, plan: ShopPlan) -> ImportReport | None:
    """Drugs, and what of them lies there already, where the file names them."""
    if plan.catalogue is None:
        return None
    told = import_catalogue(
        plan.catalogue,
        load_mapping(plan.mapping) if plan.mapping else ColumnMapping(),
        uow_factory=doors.uow,
        ids=doors.ids,
        clock=doors.clock,
        index=StoredIndex(home.store / "catalogue.idx"),
    )
    if plan.opening is not None:
        from app.use_cases.go_live import import_opening

        with doors.uow() as uow:
            first = next(one for one in uow.staff.all() if one.number == plan.staff[0].number)
        import_opening(doors, plan.opening, Operator(first))
    return told


def _tell(made: MadeShop, json: bool) -> None:
    shop, imported = made.shop, made.imported
    if json:
        document = {
            "shop": shop.shop_name,
            "institution_code": shop.institution_code,
            "till": shop.till_no,
            "region": shop.region,
            "environment": shop.environment,
            "open_keys": list(made.open_keys),
            "drugs": imported.added if imported else 0,
            "refused": len(imported.refused) if imported else 0,
            "keys": made.master_in,
            "recovery_code": made.recovery_code,
        }
        print(json_text.dumps(document, ensure_ascii=False, indent=1))
        return
    environment = say(f"setup.environment_{shop.environment}")
    print(say("setup.made", shop=shop.shop_name, till=shop.till_no, environment=environment))
    if imported is not None:
        print(say("setup.drugs", added=imported.added, refused=len(imported.refused)))
    for key in made.open_keys:
        print(say("setup.open_key", key=key))
    print(say(f"setup.keys_{made.master_in}"))
    print(say("setup.recovery", code=made.recovery_code))


def _show_screen(home: Home, join: bool) -> int:
    """The same facts typed into a window; without a display it says what to do."""
    from ui.commands.window import has_display

    if not has_display():
        sys.stderr.write(say("setup.no_display") + "\n")
        return 1
    from ui.setup_window import run_setup

    return run_setup(door_of(home), join)


def door_of(home: Home) -> SetupDoor:
    """What the setup screen may ask, with this home bound to it."""

    def make(table: Mapping[str, object]) -> tuple[str, str]:
        plan = read_plan(table, "setup", Path.cwd())
        values = {
            kind: {key: typed_value(kind, key, str(text)) for key, text in texts.items()}
            for kind, texts in plan.confirmed.items()
        }
        # Somebody sits at this machine, so its own key store may keep the master key.
        made = make_shop(home, replace(plan, confirmed=values), Means(master=best_store))
        return made.recovery_code, made.master_in

    def join(table: Mapping[str, object]) -> tuple[Mapping[str, object], str]:
        from ui.commands.join import join_store

        joined = join_store(home, read_join(table, "setup"), Means(master=best_store))
        return joined.params(), joined.master_in

    from ui.screens.setup.view_model import SetupDoor

    regions = [
        (region.code, region.name)
        for code in region_codes()
        if (region := _real(code)) is not None and len(region.settlements) > 1
    ]
    return SetupDoor(
        tuple(regions), lambda code: load_region(code, practice=False).unknown_keys, make, join
    )


def _real(code: str) -> Region | None:
    """The area as a real shop may have it; None for an invented one."""
    try:
        return load_region(code, practice=False)
    except PackError:
        return None
