"""The insurance terminal of this till: how it is made and tried, and the one of practice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.device_plan import DeviceKind
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.insurance_terminal.driver import Library, NationalTerminal, Setting
    from devices.insurance_terminal.emulator import PracticeCustomer
    from ui.device_bench import Trial, Workbench

KIND: Final = DeviceKind.TERMINAL
COMES_AFTER: Final = 1.5
"""Seconds until the customer of practice stands before the terminal of practice."""


def watched_terminal(bench: Workbench) -> NationalTerminal:
    """The terminal, its library's process started: a missing library shows on the lamp at once."""
    from app.system import UuidIds
    from devices.insurance_terminal.driver import NationalTerminal

    library = _library(bench)
    return NationalTerminal(
        library, _setting(bench), now=bench.clock.now, new_id=UuidIds().new, attend=bench.attend
    )


def _library(bench: Workbench) -> Library:
    if bench.placed.is_practice:
        from devices.insurance_terminal.emulator import PracticeTerminal

        made = bench.kept(
            lambda: PracticeTerminal(
                bench.timer, always=practice_customers()["active_met"], after=COMES_AFTER
            )
        )
        made.open()
        return made
    from devices.insurance_terminal import wire
    from devices.insurance_terminal.driver import TABLE
    from devices.library.process import VendorLibrary
    from ui.library_host import library_place

    library = VendorLibrary(library_place(bench), TABLE, device=wire.DEVICE, timer=bench.timer)
    try:
        library.open()
    except BaseException:
        library.close()
        raise
    return library


def _setting(bench: Workbench) -> Setting:
    from devices.insurance_terminal.driver import Setting, Way

    practice = bench.placed.is_practice
    return Setting(
        url=bench.option("front"),
        opening=b"" if practice else _opening(bench),
        way=Way(bench.option("way")),
        encoding=bench.option("encoding"),
        faces=practice or bench.option("faces") == "yes",
        notices=practice or bench.option("notices") == "yes",
        office_id=bench.option("office_id"),
        office_name=bench.option("office_name"),
    )


def _opening(bench: Workbench) -> bytes:
    """The regional library's own settings, where the bureau gave a file of its name."""
    from pathlib import Path

    from devices.social_card.library import settings_beside

    file = Path(bench.rest_of("library"))
    return settings_beside(file) if file.with_suffix(".json").is_file() else b""


def practice_customers() -> Mapping[str, PracticeCustomer]:
    """The invented insured persons of practice, by key, as their terminal tells them."""
    import tomllib

    from app.resources import resource
    from devices.insurance_terminal.emulator import PracticeCustomer

    text = resource("practice", "persons.toml").read_text(encoding="utf-8")
    return {
        one["key"]: PracticeCustomer(
            one["name"],
            one["id_number"],
            one["ec_token"],
            male=one["sex"] == "1",
            birthday=one["birth_date"].replace("-", "."),
        )
        for one in tomllib.loads(text)["person"]
    }


def try_terminal(trial: Trial) -> tuple[Note, ...]:
    """Its library is loaded; whether the centre answers shows with the first customer only."""
    trial.driver.watch()
    return (Note("device_try.terminal", {}, "good"),)
