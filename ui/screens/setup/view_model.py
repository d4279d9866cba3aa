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
    "shop.name", "shop.institution_code", "shop.till", "shop.database", "platform.url",
    "credentials.paasid", "credentials.token", "credentials.access_key", "credentials.secret",
    "credentials.api_version", "credentials.sm2_private", "credentials.password_key",
    "administrator.number", "administrator.name", "administrator.pin",
    "staff.number", "staff.name", "staff.pin", "catalogue.file",
)  # fmt: skip
"""What is typed, as the setup file names it."""

JOIN_FIELDS = ("join.database", "join.till", "join.recovery_code")
"""All that a till needs which joins a store; the rest lies in the store's books."""

SECRET = frozenset(
    name
    for name in (*FIELDS, *JOIN_FIELDS)
    if name.endswith((".token", ".secret", ".pin", "_private", ".database", ".recovery_code"))
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
    join: Callable[[Mapping[str, object]], tuple[Mapping[str, object], str]]
    """The table ``join`` in, parameters of the sentence that tells it and place of the master key
    out; :raises YaotaiError:."""


@dataclass
class TypedShop:
    """Everything as text."""

    values: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys((*FIELDS, *JOIN_FIELDS), ""), repr=False
    )
    """PINs and passwords among them."""
    take_over: bool = False
    """Joining: this machine takes the place of one that is gone."""
    environment: str = ENVIRONMENTS[0]
    region: str = ""
    confirmed_by: str = ""
    confirmed: dict[str, str] = field(default_factory=dict)

    def tables(self) -> dict[str, Any]:
        """The tables of the setup file that says the same; what is empty is left out."""
        told = self._typed(FIELDS)
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

    def joining(self) -> dict[str, Any]:
        """The tables of the file by which a till joins."""
        told = self._typed(JOIN_FIELDS)
        join = told.setdefault("join", {})
        join["take_over"] = self.take_over
        if join.get("till", "").isdigit():
            join["till"] = int(join["till"])
        return told

    def _typed(self, names: tuple[str, ...]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name in names:
            section, _, key = name.partition(".")
            if text := self.values[name].strip():
                told.setdefault(section, {})[key] = text
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

    def __init__(self, door: SetupDoor, lanes: Lanes, *, joins: bool = False) -> None:
        """``joins``: begin with a till that joins a store, not with a new shop."""
        super().__init__()
        self.door, self._lanes = door, lanes
        self.typed = TypedShop(region=door.regions[0][0] if door.regions else "")
        self.busy = False
        self.error: YaotaiError | None = None
        self.recovery_code = ""
        self.joins = joins
        self.joined: Mapping[str, object] | None = None
        """What is told of the store that was joined; None = not yet."""
        self.master_in = ""

    @property
    def done(self) -> bool:
        """Whether there is a shop here now."""
        return bool(self.recovery_code) or self.joined is not None

    def choose(self, joins: bool) -> None:
        """A new shop, or a till more of one."""
        if not (self.busy or self.done):
            self.joins, self.error = joins, None
            self.changed.emit()

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
        """Make the shop or join it; a second press while that is under way does nothing."""
        if self.busy or self.done:
            return
        tables = self.typed.joining() if self.joins else self.typed.tables()
        self.busy, self.error = True, None
        self.changed.emit()
        work = self.door.join if self.joins else self.door.make
        operation = self._lanes.start(Lane.STORE, lambda _: work(tables))
        operation.succeeded.connect(self._entered if self.joins else self._made)
        operation.failed.connect(self._failed)

    def _made(self, made: tuple[str, str]) -> None:
        self.busy, (self.recovery_code, self.master_in) = False, made
        self._forget()

    def _entered(self, entered: tuple[Mapping[str, object], str]) -> None:
        self.busy, (self.joined, self.master_in) = False, entered
        self._forget()

    def _forget(self) -> None:
        # Secrets are not kept on a screen that may stay open.
        for name in SECRET:
            self.typed.values[name] = ""
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.error = False, error
        self.changed.emit()
