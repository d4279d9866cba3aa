"""What ``setup`` must be told of a real shop: every fact checked before anything is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.pharmacist import Pharmacist, Professional
from app.domain.pin import MIN_PIN, weak_pin
from app.domain.staff import Role
from app.errors import BadFile

ENVIRONMENTS = {
    "test": "test",
    "医保测试": "test",
    "production": "production",
    "正式": "production",
}
"""How a file may name the environments of a real shop; each has a home of its own (SJZ-A.12)."""

JOIN = "join"
"""The one section of a file by which a till joins a store whose books lie on a server."""

SECTIONS = ("shop", "platform", "credentials", "administrator", "staff", "region", "catalogue")
CREDENTIALS = (
    "paasid", "token", "access_key", "secret", "api_version", "sm2_private",
    "password_key", "app_id", "app_secret", "centre_private", "centre_public", "centre_url",
    "client_id", "client_secret", "oauth_user", "oauth_password", "oauth_scope", "oauth_grant",
    "token_url",
)  # fmt: skip
_CODE = re.compile(r"P[0-9A-Z]{11}")
_TEXT_LIMIT = 200
_KEY_LIMIT = 2000
"""Of a credential: the public key of an RSA pair alone is 392 characters."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member of staff to be; the PIN is hashed when the shop is made and kept nowhere."""

    number: str
    name: str
    role: Role
    pin: str = field(repr=False)
    pharmacist: Pharmacist | None = field(default=None, repr=False)
    """What binds a pharmacist to the store; ``staff_id`` is filled in when the member is made."""
    on_duty: bool = False
    """There when the shop opens: signed on with the PIN of the file."""


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """Everything that makes a real shop; ``staff`` begins with the first administrator."""

    shop_name: str
    institution_code: str
    till_no: int
    environment: str
    url: str
    region: str
    confirmed_by: str
    confirmed_on: date | None
    confirmed: Mapping[str, Mapping[str, object]]
    credentials: Mapping[str, str] = field(repr=False)
    staff: tuple[NewMember, ...]
    catalogue: Path | None = None
    mapping: Path | None = None
    opening: Path | None = None
    """期初库存, taken in after the drugs."""
    database: str = field(default="", repr=False)
    """``postgresql://`` URL where tills are to share the books; empty = a file of this till."""


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """What a till needs to join a store; everything else lies in the store's books."""

    till_no: int
    database: str = field(repr=False)
    """``postgresql://`` URL, with its password where it has one."""
    recovery_code: str = field(repr=False)
    take_over: bool = False
    """The till of that number goes on here: its old machine is gone."""


class _Table:
    """One section of the file: values by key and kind, and a clear word for what is wrong."""

    def __init__(self, file: str, name: str, values: object, known: tuple[str, ...]) -> None:
        self._file, self._name = file, name
        if not isinstance(values, Mapping):
            raise self.wrong("", "a table is needed")
        self._values = values
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise self.wrong(unknown[0], "unknown key")

    def wrong(self, key: str, why: str) -> BadFile:
        """The error of a key."""
        return BadFile(file=self._file, why=f"{self._name}.{key}: {why}".replace(".:", ":"))

    def text(self, key: str, default: str | None = None, limit: int = _TEXT_LIMIT) -> str:
        """A text that is not empty; :raises BadFile:."""
        value = self._values.get(key, default)
        if value is None:
            raise self.wrong(key, "missing")
        if not isinstance(value, str) or len(value) > limit:
            raise self.wrong(key, f"text of at most {limit} characters is needed")
        if not value.strip() and default is None:
            raise self.wrong(key, "empty")
        return value.strip()

    def checked(self, key: str, good: Callable[[str], object], why: str) -> str:
        """A text that passes a test; :raises BadFile:."""
        value = self.text(key)
        if not good(value):
            raise self.wrong(key, why)
        return value

    def get(self, key: str) -> object:
        """Whatever stands there."""
        return self._values.get(key)


def read_plan(table: Mapping[str, object], file: str, folder: Path) -> ShopPlan:
    """The plan behind a setup file's tables; paths in it are relative to ``folder``.

    :raises BadFile: file, section.key and reason of the first thing that is wrong.
    """
    unknown = sorted(set(table) - set(SECTIONS))
    if unknown:
        raise BadFile(file=file, why=f"{unknown[0]}: unknown section")
    shop = _Table(file, "shop", table.get("shop", {}),
                  ("name", "institution_code", "till", "environment", "database"))  # fmt: skip
    platform = _Table(file, "platform", table.get("platform", {}), ("url",))
    region = _Table(file, "region", table.get("region", {}),
                    ("code", "confirmed_by", "confirmed_on", "confirmed"))  # fmt: skip
    catalogue = _Table(file, "catalogue", table.get("catalogue", {}),
                       ("file", "mapping", "opening"))  # fmt: skip
    return ShopPlan(
        shop_name=shop.text("name"),
        institution_code=shop.checked(
            "institution_code", _CODE.fullmatch, "twelve characters beginning with P are needed"
        ),
        till_no=_till_no(shop),
        environment=_environment(shop),
        url=platform.checked("url", is_url, "an address http://... or https://... is needed"),
        region=region.text("code"),
        confirmed_by=region.text("confirmed_by", ""),
        confirmed_on=_day(region),
        confirmed=_confirmed(region),
        credentials=_credentials(file, table.get("credentials", {})),
        staff=_staff(file, table),
        catalogue=_file(catalogue, "file", folder),
        mapping=_file(catalogue, "mapping", folder),
        opening=_file(catalogue, "opening", folder),
        database=shop.text("database", ""),
    )


def read_join(table: Mapping[str, object], file: str) -> JoinPlan:
    """The plan of a till that joins; :raises BadFile: file, join.key and reason."""
    others = sorted(set(table) - {JOIN})
    if others:
        raise BadFile(file=file, why=f"{others[0]}: {JOIN} stands alone, the store knows the rest")
    known = ("database", "till", "recovery_code", "take_over")
    join = _Table(file, JOIN, table.get(JOIN), known)
    if join.get("till") is None:
        raise join.wrong("till", "missing")
    return JoinPlan(
        till_no=_till_no(join),
        database=join.text("database"),
        recovery_code=join.text("recovery_code"),
        take_over=join.get("take_over") is True,
    )


def _till_no(shop: _Table) -> int:
    value = shop.get("till")
    if value is None:
        return 1
    if type(value) is not int or not 1 <= value <= 99:
        raise shop.wrong("till", "a number from 1 to 99 is needed")
    return value


def _environment(shop: _Table) -> str:
    value = shop.text("environment")
    if value not in ENVIRONMENTS:
        raise shop.wrong("environment", f"one of {', '.join(ENVIRONMENTS)} is needed")
    return ENVIRONMENTS[value]


def is_url(text: str) -> bool:
    """Whether it is an http or https address with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _day(region: _Table) -> date | None:
    return _date(region, "confirmed_on")


def _confirmed(region: _Table) -> Mapping[str, Mapping[str, object]]:
    value = region.get("confirmed") or {}
    if not isinstance(value, Mapping) or not all(isinstance(v, Mapping) for v in value.values()):
        raise region.wrong("confirmed", "tables by interface, any or settlement type are needed")
    return value


def _credentials(file: str, values: object) -> Mapping[str, str]:
    table = _Table(file, "credentials", values, CREDENTIALS)
    given = (key for key in CREDENTIALS if table.get(key) is not None)
    return {key: table.text(key, limit=_KEY_LIMIT) for key in given}


def _staff(file: str, table: Mapping[str, object]) -> tuple[NewMember, ...]:
    head = {"role": Role.ADMINISTRATOR.value}
    first = table.get("administrator")
    rows: list[tuple[str, object]] = [
        ("administrator", {**first, **head} if isinstance(first, Mapping) else {})
    ]
    others = table.get("staff", [])
    if not isinstance(others, list):
        raise BadFile(file=file, why="staff: [[staff]] tables are needed")
    rows += [(f"staff[{number}]", row) for number, row in enumerate(others, 1)]
    made = [_member(file, name, row) for name, row in rows]
    # Whose PINs the others got are replaced at their first sign-in; nobody replaces this one.
    if weak_pin(made[0].pin, made[0].number):
        raise BadFile(file=file, why="administrator.pin: one that anybody would try first")
    numbers = [one.number for one in made]
    twice = next((one for one in numbers if numbers.count(one) > 1), None)
    if twice is not None:
        raise BadFile(file=file, why=f"staff: the number {twice} is there twice")
    return tuple(made)


def _member(file: str, name: str, values: object) -> NewMember:
    table = _Table(file, name, values, ("number", "name", "role", "pin", "pharmacist"))
    roles = [role.value for role in Role]
    bound, on_duty = _pharmacist(file, name, table)
    return NewMember(
        number=table.checked("number", str.isalnum, "letters and digits are needed"),
        name=table.text("name"),
        role=Role(table.checked("role", roles.__contains__, f"one of {', '.join(roles)}")),
        pin=table.checked(
            "pin", lambda pin: pin.isdigit() and len(pin) >= MIN_PIN,
            f"at least {MIN_PIN} digits are needed",
        ),
        pharmacist=bound,
        on_duty=on_duty,
    )  # fmt: skip


_BINDING = ("code", "cert_type", "cert_no", "licence_no", "filing_no", "filed_on", "valid_from",
            "valid_to", "remote", "on_duty")  # fmt: skip


def _pharmacist(file: str, name: str, member: _Table) -> tuple[Pharmacist | None, bool]:
    """The binding in ``[staff.pharmacist]``, and whether the person is there at the opening."""
    values = member.get("pharmacist")
    if values is None:
        return None, False
    table = _Table(file, f"{name}.pharmacist", values, _BINDING)
    if member.text("role") != Role.PHARMACIST.value:
        raise member.wrong("pharmacist", "the role must be pharmacist")
    person = Professional(
        name=member.text("name"),
        cert_type=table.text("cert_type", "01"),
        cert_no=table.text("cert_no"),
        code=table.text("code"),
    )
    bound = Pharmacist(
        staff_id="",
        professional=person,
        licence_no=table.text("licence_no"),
        filing_no=table.text("filing_no", ""),
        filed_on=_date(table, "filed_on"),
        valid_from=_date(table, "valid_from"),
        valid_to=_date(table, "valid_to"),
        remote=table.get("remote") is True,
    )
    return bound, table.get("on_duty") is True


def _date(table: _Table, key: str) -> date | None:
    value = table.get(key)
    if value is not None and type(value) is not date:
        raise table.wrong(key, "a date like 2026-11-22 is needed")
    return value


def _file(table: _Table, key: str, folder: Path) -> Path | None:
    if table.get(key) is None:
        return None
    path = folder.joinpath(table.text(key))
    if not path.is_file():
        raise table.wrong(key, "no such file")
    return path
