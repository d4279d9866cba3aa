"""The facts of a shop to be, as typed; they become the tables of a setup file. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.errors import YaotaiError
    from ui.operation import Lanes

FIELDS = (
    "shop.name", "shop.institution_code", "shop.till", "platform.url",
    "credentials.paasid", "credentials.token", "credentials.access_key", "credentials.secret",
    "credentials.api_version", "credentials.sm2_private", "credentials.password_key",
    "administrator.number", "administrator.name", "administrator.pin",
    "staff.number", "staff.name", "staff.pin", "catalogue.file",
)  # fmt: skip
"""What is typed, as the setup file names it."""

SECRET = frozenset(
    name for name in FIELDS if name.endswith((".token", ".secret", ".pin", "_private"))
)
SECOND_ROLE = "manager"
"""Of the one other person that the screen takes: who is the second where one may not act alone."""

ENVIRONMENTS = ("test", "production")


@dataclass(frozen=True, slots=True)
class SetupDoor:
    """What the screen may ask: the regions there are, what each leaves open, and the making."""

    regions: tuple[tuple[str, str], ...]
    """(code, name) of every area that a real shop can have."""
    open_keys: Callable[[str], tuple[str, ...]]
    make: Callable[[Mapping[str, object]], tuple[str, str]]
    """Tables of a setup file in, recovery code and place of the master key (``file``, ``system``)
    out; :raises YaotaiError:."""


@dataclass
class TypedShop:
    """Everything as text."""

    values: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    environment: str = ENVIRONMENTS[0]
    region: str = ""
    confirmed_by: str = ""
    confirmed: dict[str, str] = field(default_factory=dict)

    def tables(self) -> dict[str, Any]:
        """The tables of the setup file that says the same; what is empty is left out."""
        told: dict[str, Any] = {}
        for name, text in self.values.items():
            section, _, key = name.partition(".")
            if text.strip():
                told.setdefault(section, {})[key] = text.strip()
        if "staff" in told:
            told["staff"] = [{**told["staff"], "role": SECOND_ROLE}]
        shop = told.setdefault("shop", {})
        shop["environment"] = self.environment
        if shop.get("till", "").isdigit():
            shop["till"] = int(shop["till"])
        told["region"] = {
            "code": self.region,
            "confirmed_by": self.confirmed_by.strip(),
            "confirmed": self._confirmed(),
        }
        return told

    def _confirmed(self) -> dict[str, dict[str, str]]:
        """Still as typed: the door knows what kind of value each key wants."""
        told: dict[str, dict[str, str]] = {}
        for name, text in self.confirmed.items():
            kind, _, key = name.partition(".")
            if text.strip():
                told.setdefault(kind, {})[key] = text.strip()
        return told


class SetupViewModel(QObject):
    """Collects the facts and makes the shop once, off the screen's thread."""

    changed = Signal()
    region_changed = Signal()

    def __init__(self, door: SetupDoor, lanes: Lanes) -> None:
        super().__init__()
        self.door, self._lanes = door, lanes
        self.typed = TypedShop(region=door.regions[0][0] if door.regions else "")
        self.busy = False
        self.error: YaotaiError | None = None
        self.recovery_code = ""
        self.master_in = ""

    def set_value(self, name: str, text: str) -> None:
        """A field was typed."""
        self.typed.values[name] = text

    def set_environment(self, name: str) -> None:
        """test or production."""
        self.typed.environment = name

    def set_region(self, code: str) -> None:
        """Another area leaves other keys open."""
        if code != self.typed.region:
            self.typed.region, self.typed.confirmed = code, {}
            self.region_changed.emit()

    def set_confirmed(self, key: str, text: str) -> None:
        """A value that the area left open was typed."""
        self.typed.confirmed[key] = text

    def open_keys(self) -> tuple[str, ...]:
        """What the chosen area leaves open."""
        return self.door.open_keys(self.typed.region)

    def make(self) -> None:
        """Make the shop; a second press while it is being made does nothing."""
        if self.busy or self.recovery_code:
            return
        tables = self.typed.tables()
        self.busy, self.error = True, None
        self.changed.emit()
        operation = self._lanes.start(Lane.STORE, lambda _: self.door.make(tables))
        operation.succeeded.connect(self._made)
        operation.failed.connect(self._failed)

    def _made(self, made: tuple[str, str]) -> None:
        self.busy, (self.recovery_code, self.master_in) = False, made
        # Secrets are not kept on a screen that may stay open.
        for name in SECRET:
            self.typed.values[name] = ""
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.error = False, error
        self.changed.emit()
