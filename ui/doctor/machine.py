"""The doctor on the machine: folder, disk, keys, clock, devices, crash reports, versions."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import ssl
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Final

from app.domain.clock import SHOP_ZONE, shop_time
from app.errors import KeyStoreNotAsked
from ui.command_words import said
from ui.doctor.part import BAD, LOOK, OK, Part, Parts, Patient

_LITTLE: Final = 1024 * 1024 * 1024
"""Free bytes below which a till should not go on for long."""
_NONE: Final = 100 * 1024 * 1024
_NAMED: Final = 5


def home(patient: Patient) -> Parts:
    """Whether others can read it, and how much room is left."""
    if sys.platform != "win32" and patient.folder.stat().st_mode & 0o077:
        yield Part("home", BAD, "doctor.home_open", {"folder": patient.folder.name})
    else:
        yield Part("home", OK, "doctor.home_good")
    free = shutil.disk_usage(patient.folder).free
    state = BAD if free < _NONE else LOOK if free < _LITTLE else OK
    params: dict[str, object] = {"free": f"{free // 2**20:,} MB"}
    yield Part("space", state, f"doctor.space_{state}", params)


def keys(patient: Patient) -> Parts:
    """Where the master key lies, said plainly."""
    try:
        place = said(f"doctor.keys_in_{patient.vault.master_lies_in}")
    except KeyStoreNotAsked:
        yield Part("keys", LOOK, "doctor.keys_not_asked")
        return
    yield Part("keys", OK, "doctor.keys_good", {"place": place})


def clock(patient: Patient) -> Parts:
    """A clock that was set back, and a machine of another time zone."""
    from sqlalchemy import func, select

    from app.domain.clock import from_micros
    from app.storage.tables import ACT_LOG

    now = datetime.now(UTC)
    here, shop = datetime.now().astimezone().utcoffset(), now.astimezone(SHOP_ZONE).utcoffset()
    if here == shop:
        yield Part("time_zone", OK, "doctor.zone_good")
    else:
        yield Part("time_zone", LOOK, "doctor.zone_other", {"at": f"{shop_time(now):%H:%M}"})
    with patient.books.connect() as connection:
        newest = connection.execute(select(func.max(ACT_LOG.c.at))).scalar()
    if newest is not None and from_micros(newest) > now + timedelta(minutes=2):
        ahead = int((from_micros(newest) - now).total_seconds()) // 60
        yield Part("clock", BAD, "doctor.clock_back", {"minutes": ahead})
    else:
        yield Part("clock", OK, "doctor.clock_good", {"at": f"{shop_time(now):%Y-%m-%d %H:%M}"})


def devices(patient: Patient) -> Parts:
    """Whether every port that the plan names is there and may be opened."""
    from ui.device_file import read_plan
    from ui.device_makers import EMULATED

    plan, odd = read_plan(patient.folder, patient.file, EMULATED)
    if odd is not None:
        yield Part("devices", BAD, "doctor.devices_odd", {"names": odd.params.get("names", "")})
        return
    there = {kind: one for kind, one in plan.placed.items() if one.is_there}
    gone = [kind for kind, one in there.items() if not _is_there(one.address)]
    if gone:
        names = said("list.comma").join(said(f"device_kind.{kind}") for kind in gone)
        yield Part("devices", LOOK, "doctor.devices_gone", {"names": names})
    else:
        yield Part("devices", OK, "doctor.devices_good", {"many": len(there)})


def _is_there(address: str) -> bool:
    """Of what hangs at a file of the machine: it is there and ours to open; else nobody can say."""
    kind, _, place = address.partition(":")
    if kind not in ("serial", "usb", "library"):
        return True
    path = Path(place.rpartition("@")[0] or place) if kind == "serial" else Path(place)
    if not path.is_absolute():
        return True  # COM3: asked of the system by its name only when it is opened
    return path.exists() and os.access(path, os.R_OK if kind == "library" else os.R_OK | os.W_OK)


def crashes(patient: Patient) -> Parts:
    """Errors that nobody foresaw, until somebody put them aside."""
    from ui.crash import reports

    found = reports(patient.folder)
    if not found:
        yield Part("crashes", OK, "doctor.crashes_none")
        return
    items = tuple(
        {"what": one.kind, "file": one.place, "at": one.last_at, "times": str(one.times)}
        for one in found
    )
    yield Part("crashes", LOOK, "doctor.crashes", {"count": len(found)}, items)


def versions(patient: Patient) -> Parts:
    """What runs here, for support, and which text of the interface its field tables follow."""
    from app.resources import resource
    from sync.insurance.field_tables import dictionary_version
    from ui.crash import version

    del patient
    qt = ""
    try:
        qt = metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        qt = "—"
    params: dict[str, object] = {
        "yaotai": version() or "—", "python": platform.python_version(), "qt": qt,
        "tables": dictionary_version(resource("interface")),
        "sqlite": sqlite3.sqlite_version, "ssl": ssl.OPENSSL_VERSION,
        "system": f"{platform.system()} {platform.machine()}",
    }  # fmt: skip
    yield Part("versions", OK, "doctor.versions", params)
