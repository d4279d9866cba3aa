"""The practice shop: invented staff, drugs and stock, and its own insurance platform."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.clock import shop_time
from app.domain.pharmacist import Pharmacist, Professional
from app.domain.staff import Role, Staff
from app.ports import CatalogueIndex
from app.regions.loader import Region
from app.resources import resource
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import practice_duty, refresh_counter
from app.use_cases.import_catalogue import import_catalogue, load_mapping
from app.use_cases.pharmacists import bind, bindings
from app.use_cases.sign_in import add_staff
from sync.insurance.profile import Credentials
from sync.insurance.simulator.assemble import build_platform, practice_credentials
from sync.insurance.simulator.server import PlatformServer


@dataclass(frozen=True, slots=True)
class PracticeMember:
    """An invented member of staff; number and PIN are shown on the sign-in screen."""

    number: str
    name: str
    role: Role
    pin: str
    pharmacist: Mapping[str, Any] = field(default_factory=dict)
    """What binds a pharmacist to the shop; empty for everybody else."""


def practice_staff() -> tuple[PracticeMember, ...]:
    """The practice shop's people, from ``resources/practice/shop.toml``."""
    table = tomllib.loads(resource("practice", "shop.toml").read_text(encoding="utf-8"))
    return tuple(
        PracticeMember(one["number"], one["name"], Role(one["role"]), one["pin"],
                       one.get("pharmacist", {}))
        for one in table["staff"]
    )  # fmt: skip


def practice_shop_facts() -> dict[str, str]:
    """Name and institution code of the practice shop."""
    table = tomllib.loads(resource("practice", "shop.toml").read_text(encoding="utf-8"))
    return {"shop_name": table["name"], "institution_code": table["institution_code"]}


def start_platform(region: Region, folder: Path) -> PlatformServer:
    """The practice platform on loopback, its books in ``folder``; stop it when the shop closes.

    Its address stands in ``folder``/url, for ``yaotai platform prescribe``.
    """
    platform = build_platform(region.raw, resources=resource(), state_folder=folder)
    server = PlatformServer(platform, 0)
    server.start()
    (folder / "url").write_text(server.url + "\n", encoding="utf-8")
    return server


def credentials_of(region: str) -> Credentials:
    """The shared practice credentials of a region: they open nothing but practice platforms."""
    known = practice_credentials(resource("practice"), region)
    names = Credentials.__dataclass_fields__
    return Credentials(**{name: value for name, value in known.items() if name in names})


def fill_practice_shop(doors: Doors, index: CatalogueIndex) -> None:
    """Staff, drugs and opening stock, once; a shop that has staff already is left alone."""
    with doors.uow() as uow:
        if uow.staff.all():
            return
    mapping = load_mapping(resource("practice", "drugs_mapping.toml"))
    import_catalogue(
        resource("practice", "drugs.csv"),
        mapping,
        uow_factory=doors.uow,
        ids=doors.ids,
        clock=doors.clock,
        index=index,
    )
    from ui.practice_shelf import stock_shelf  # wanted once in the life of a shop
    from ui.practice_supply import supply_shop

    stock_shelf(doors)
    supply_shop(doors)
    hire(doors, practice_staff())


_FOUNDER = Operator(Staff("practice", "0000", "练习", Role.MANAGER))


def hire(doors: Doors, members: Iterable[PracticeMember]) -> None:
    """Staff of practice, pharmacists bound to the shop."""
    for one in members:
        member = add_staff(doors, one.number, one.name, one.role, one.pin, by="practice")
        _bind(doors, one, member.id)


def _bind(doors: Doors, one: PracticeMember, staff_id: str) -> None:
    if one.pharmacist:
        person = Professional(one.name, "01", one.pharmacist["cert_no"], one.pharmacist["code"])
        facts = {k: v for k, v in one.pharmacist.items() if k not in ("cert_no", "code")}
        bind(doors, Pharmacist(staff_id, person, **facts), _FOUNDER)


def _bind_the_unbound(doors: Doors) -> None:
    """A practice shop from before there were bindings gets them now."""
    with doors.uow() as uow:
        members = {member.number: member for member in uow.staff.all()}
        bound = {one.staff_id for one in uow.pharmacists.all()}
    for one in practice_staff():
        member = members.get(one.number)
        if member is not None and member.role is Role.PHARMACIST and member.id not in bound:
            _bind(doors, one, member.id)


def open_the_day(doors: Doors) -> None:
    """Every bound pharmacist of practice is there when it opens, once a day."""
    _bind_the_unbound(doors)
    for one in bindings(doors):
        if one.bound_on(shop_time(doors.clock.now()).date()) and not one.remote:
            practice_duty(doors, one.staff_id)
    refresh_counter(doors)
