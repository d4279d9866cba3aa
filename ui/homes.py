"""Homes: where all of one till lies, and which of its two shops a command works on."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.bounded import settings_text
from app.errors import BadFile, NotFound, StoreReadOnly, why_of_file

if TYPE_CHECKING:
    from app.use_cases.facts import ShopFacts

SHOP_FILE = "shop.toml"
STORE_FILE = "store.sqlite3"
INDEX_FILE = "catalogue.idx"
POINTER_FILE = "environment.toml"
PRACTICE_REGION = "CN-999900"
SCRATCH = ".acceptance-"
"""How the folder of an acceptance run's own store begins, beside the books."""
REAL_FOLDERS = ("store", "store-test", "store-production")
"""``store`` is the shop as first set up; the other environment gets the folder of its name."""


@dataclass(frozen=True, slots=True)
class Home:
    """One till's folder: ``store/`` is the real shop, ``practice/`` the practice shop.

    A real shop that works in two environments (医保测试, 正式) has a folder of books for each;
    ``environment.toml`` says which one the till opens, without it ``store/``.
    """

    root: Path

    @property
    def store(self) -> Path:
        """The real shop's folder; :raises BadFile: ``environment.toml`` is damaged."""
        return self.root / self._chosen()

    @property
    def practice(self) -> Path:
        """The practice shop's folder; the platform's own state stands in ``platform/`` there."""
        return self.root / "practice"

    @property
    def is_set_up(self) -> bool:
        """Whether ``setup`` has made a real shop here."""
        return (self.store / SHOP_FILE).exists()

    def _chosen(self) -> str:
        path = self.root / POINTER_FILE
        try:
            folder = tomllib.loads(settings_text(path)).get("folder")
        except FileNotFoundError:
            return REAL_FOLDERS[0]
        except (OSError, ValueError, RecursionError) as error:
            raise BadFile(file=path.name, why=why_of_file(error)) from None
        if folder not in REAL_FOLDERS:
            raise BadFile(file=path.name, why="folder: one of " + ", ".join(REAL_FOLDERS))
        return str(folder)

    def environments(self) -> dict[str, Path]:
        """The folder of every environment that has a shop here; :raises BadFile: one is damaged."""
        folders = [self.root / name for name in REAL_FOLDERS]
        return {
            read_shop(folder).environment: folder
            for folder in folders
            if (folder / SHOP_FILE).exists()
        }

    def choose(self, environment: str) -> None:
        """The till opens this environment from now on; on disk when it answers.

        :raises NotFound: no shop of it here; :raises StoreReadOnly: it cannot be written.
        """
        # Here and not above: a starting till needs no ciphers yet.
        from app.vault.keys import write_private

        folder = self.environments().get(environment)
        if folder is None:
            raise NotFound(what=environment)
        try:
            write_private(self.root / POINTER_FILE, f'folder = "{folder.name}"\n'.encode())
        except OSError as error:
            raise StoreReadOnly(why=error.strerror or "cannot write") from None


def home_at(given: Path | None) -> Home:
    """The home of ``--home``, else ``YAOTAI_HOME``, else the platform's place for such data."""
    if named := given or os.environ.get("YAOTAI_HOME"):
        return Home(Path(named))
    import platformdirs  # only where nobody named a home

    return Home(Path(platformdirs.user_data_dir("yaotai", False)))


def works_on_practice(home: Home, asked: bool) -> bool:
    """Until ``setup`` every command works on ``practice/``, afterwards on ``store/``.

    :raises BadFile: ``environment.toml`` is damaged.
    """
    return asked or bool(os.environ.get("YAOTAI_PRACTICE")) or not home.is_set_up


def make_private(folder: Path) -> Path:
    """The folder, made if missing, for nobody but its owner (0700).

    :raises StoreReadOnly: when it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise StoreReadOnly(why=error.strerror or "cannot make the folder") from None
    return folder


def sweep(folder: Path) -> None:
    """Take away the stores of runs that were killed; by whoever holds the shop's folder."""
    for left in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)


def forget_practice(home: Home) -> None:
    """Start the practice shop afresh; the real shop is never touched."""
    shutil.rmtree(home.practice, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class ShopFile:
    """What ``setup`` wrote down of a shop; holds no secret."""

    store_id: str
    till_id: str
    till_no: int
    shop_name: str
    institution_code: str
    region: str
    url: str
    environment: str
    """practice, test or production."""
    receipt_printer: str = ""
    """``tcp:HOST:9100``, ``serial:PORT@BAUD`` or none; empty = none, in practice the emulator."""
    receipt_paper: str = "80"
    """Width of its paper in mm: 80 or 58."""
    database: str = ""
    """A ``postgresql://`` URL where several tills share one store; empty = SQLite in the home."""
    database_password: str = ""
    """Sealed by the till's key ring (:mod:`ui.shared_books`); empty = the URL needs none."""
    tls_pins: str = ""
    """The platform's public key, ``sha256/...`` (:mod:`sync.insurance.pinning`); empty = none."""
    tls_authority: str = ""
    """A file (PEM) with the authorities that the line trusts; empty = the public ones."""
    seat: str = ""
    """Which home is this till of a shared store: whoever takes it over gets another one."""

    def facts(self, area: str, region_status: str) -> ShopFacts:
        """Who this shop and till are; ``area`` (就医地医保区划) and status are the pack's."""
        from app.use_cases.facts import ShopFacts

        return ShopFacts(
            store_id=self.store_id,
            till_id=self.till_id,
            till_no=self.till_no,
            shop_name=self.shop_name,
            institution_code=self.institution_code,
            area=area,
            environment=self.environment,
            region_status=region_status,
            shared=bool(self.database),
        )

    def write(self, folder: Path) -> None:
        """Store it in the shop's folder, readable by its owner only."""
        lines = [f"{name} = {_toml(value)}\n" for name, value in asdict(self).items()]
        path = folder / SHOP_FILE
        fresh = path.with_suffix(".new")
        fresh.write_text("".join(lines), encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(path)


def _toml(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def read_shop(folder: Path) -> ShopFile:
    """The shop of a folder; :raises BadFile: missing, damaged, or a value of the wrong kind."""
    path = folder / SHOP_FILE
    try:
        held: Mapping[str, object] = tomllib.loads(settings_text(path))
        known = {name: held[name] for name in ShopFile.__dataclass_fields__ if name in held}
        shop = ShopFile(**known)  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise BadFile(file=path.name, why=why_of_file(error)) from None
    texts = [value for name, value in asdict(shop).items() if name != "till_no"]
    if type(shop.till_no) is not int or not all(isinstance(text, str) for text in texts):
        raise BadFile(file=path.name, why="a value of the wrong kind")
    return shop
