"""Where devices may hang, and the file of a till machine that says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.device_plan import (
    FORMS,
    NONE,
    PRACTICE,
    DeviceKind,
    DevicePlan,
    Placed,
    normal_address,
    placing_doubt,
)
from ui.device_file import DEVICES_FILE, read_plan, write_plan
from ui.homes import ShopFile

READER, PRINTER = DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER
FILE = ShopFile("s", "t", 1, "练习大药房", "P99990000001", "CN-999900", "", "practice")
REAL = replace(FILE, environment="test")


def test_ports_are_typed_as_people_know_them() -> None:
    assert normal_address(" COM3 ") == "serial:COM3"
    assert normal_address("/dev/pts/7") == "serial:/dev/pts/7"
    assert normal_address("tcp:10.0.0.9:9100") == "tcp:10.0.0.9:9100"


@pytest.mark.parametrize(
    ("kind", "address", "doubt"),
    [
        (READER, "serial:COM3", ""),
        (READER, NONE, ""),
        (READER, PRACTICE, ""),
        (READER, "tcp:10.0.0.9:9100", "device_plan.bad_address"),
        (READER, "serial:", "device_plan.bad_address"),
        (READER, "lp0", "device_plan.bad_address"),
        (READER, "serial:COM3\n", "device_plan.bad_address"),
        (READER, "serial:" + "x" * 300, "device_plan.bad_address"),
        (PRINTER, "tcp:10.0.0.9:9100", ""),
        (DeviceKind.SCANNER, "keyboard", ""),
        (DeviceKind.SCANNER, "keyboard:1", "device_plan.bad_address"),
    ],
)
def test_an_address_is_judged_before_anything_is_opened(
    kind: DeviceKind, address: str, doubt: str
) -> None:
    assert placing_doubt(kind, Placed(address), practice=True) == doubt


def test_no_real_shop_has_a_practice_device() -> None:
    for kind in DeviceKind:
        assert placing_doubt(kind, Placed(PRACTICE), practice=False) == "device_plan.practice_only"


def test_an_option_is_one_of_its_choices() -> None:
    wrong = Placed("tcp:10.0.0.9:9100", {"paper": "76"})
    assert placing_doubt(PRINTER, wrong, practice=False) == "device_plan.bad_option"
    strange = Placed("serial:COM3", {"colour": "red"})
    assert placing_doubt(READER, strange, practice=False) == "device_plan.bad_option"
    assert wrong.option(PRINTER, "paper") == "80", "what cannot be is not used either"


def test_a_practice_shop_has_every_emulated_device_and_a_real_one_none(tmp_path: Path) -> None:
    assert read_plan(tmp_path, FILE, (READER,))[0].of(READER) == Placed(PRACTICE)
    assert list(read_plan(tmp_path, REAL, (READER,))[0].kinds()) == []


def test_the_printer_of_earlier_versions_is_taken_over_until_there_is_a_file(
    tmp_path: Path,
) -> None:
    old = replace(REAL, receipt_printer="tcp:10.0.0.9:9100", receipt_paper="58")
    taken, _ = read_plan(tmp_path, old, ())
    assert taken.of(PRINTER) == Placed("tcp:10.0.0.9:9100", {"paper": "58"})
    write_plan(tmp_path, taken.changed(PRINTER, Placed()))
    assert not read_plan(tmp_path, old, ())[0].of(PRINTER).is_there


@pytest.mark.parametrize("text", ["[[", 'toaster = "x"', "[toaster]\naddress = 'x'",
                                  "[card_reader]\naddress = 3", "card_reader = 3"])  # fmt: skip
def test_a_damaged_file_is_said_and_never_guessed_at(tmp_path: Path, text: str) -> None:
    (tmp_path / DEVICES_FILE).write_text(text, "utf-8")
    plan, odd = read_plan(tmp_path, REAL, ())
    assert plan == DevicePlan() and odd is not None


def test_what_another_version_wrote_takes_no_known_device_away(tmp_path: Path) -> None:
    (tmp_path / DEVICES_FILE).write_text(
        "version = 7\n[receipt_printer]\naddress = 'tcp:10.0.0.9:9100'\n"
        "[hologram]\naddress = 'serial:COM9'\n[card_reader]\naddress = {port = 'COM3'}\n",
        "utf-8",
    )
    plan, odd = read_plan(tmp_path, REAL, ())
    assert plan == DevicePlan({PRINTER: Placed("tcp:10.0.0.9:9100")})
    assert odd is not None and odd.params["names"] == "version、hologram、card_reader"


def test_a_file_that_goes_too_deep_or_is_a_folder_opens_a_till(tmp_path: Path) -> None:
    for folder, write in (("deep", True), ("folder", False)):
        place = tmp_path / folder / DEVICES_FILE
        place.parent.mkdir()
        if write:
            place.write_text("a = " + "[" * 5_000 + "]" * 5_000, "utf-8")
        else:
            place.mkdir()
        plan, odd = read_plan(place.parent, REAL, ())
        assert plan == DevicePlan() and odd is not None


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=20)


@given(
    st.dictionaries(
        st.sampled_from(DeviceKind),
        st.builds(
            Placed,
            _TEXT.map(lambda rest: f"serial:{rest}"),
            st.dictionaries(st.sampled_from(["paper", "model", "lamps"]), _TEXT, max_size=2),
        ),
    )
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, held: dict[DeviceKind, Placed]
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    write_plan(folder, DevicePlan(held))
    assert read_plan(folder, REAL, ()) == (DevicePlan(held), None)
    assert (folder / DEVICES_FILE).stat().st_mode & 0o077 == 0


def test_every_kind_has_a_way_to_hang() -> None:
    assert set(FORMS) == set(DeviceKind)
