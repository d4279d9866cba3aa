"""Which command runs a vendor's library: this program itself, or another of its word size."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from devices.library.process import LibraryPlace, host_of_source
from ui.entry import LIBRARY_HOST

if TYPE_CHECKING:
    from ui.device_bench import Workbench


def host_command(named: str = "") -> tuple[str, ...]:
    """The host's command; ``named`` is the option ``host`` of the device.

    A 32-bit library on a 64-bit machine needs a 32-bit host: the option names a Python 3.11 or
    newer, which needs nothing installed, or the ``yaotai`` program of a 32-bit package.
    """
    if named:
        is_python = Path(named.replace("\\", "/")).name.lower().startswith(("python", "py."))
        return host_of_source(named) if is_python else (named, LIBRARY_HOST)
    if getattr(sys, "frozen", False):
        return (sys.executable, LIBRARY_HOST)
    return host_of_source()


def library_place(bench: Workbench) -> LibraryPlace:
    """The library of a device whose address is ``library:FILE`` and has ``LIBRARY_OPTIONS``.

    :raises DeviceFailed: the address is of another form.
    """
    host, convention = host_command(bench.option("host")), bench.option("convention")
    return LibraryPlace(bench.rest_of("library"), host, convention)
