"""The regions' card drivers: shared libraries built here in their place, in their own process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import BadFrame, Cancelled, DeviceError, DeviceFailed, LibraryGone, NotConnected
from devices.connection import SystemTimer
from devices.library.process import LibraryPlace, host_of_source
from devices.library.wire import Returned
from devices.social_card import library
from devices.social_card.library import LibraryReader, open_library
from tests.fakes.c_library import build, needs_compiler
from tests.fakes.timer import HandTimer
from ui.commands.read_sscard import run_sscard
from ui.words import LANGUAGES, say_error

pytestmark = needs_compiler

# 练习甲·在职 in GBK.
NAME = r"\xc1\xb7\xcf\xb0\xbc\xd7\xa1\xa4\xd4\xda\xd6\xb0"
WHOLE = (
    "999900|999900198003120116|LX0000001|999900D1560000050000000000000001|" + NAME + "|"
    "86380000000000000000000001|2.00|20180601|20380601|990000000001|DEV01|"
)
GUARDED = "999900|||999900D1560000050000000000000097||8638|3.00|20220601|20320601|1|2|"

REGIONAL = r"""
#include <string.h>
long iReadCardBas(int type, char *out) {
    if (type != 3) return -999;
    %s
}
"""
INSURANCE = r"""
#include <string.h>
static int ready;
long Init(const char *settings, char *error) {
    if (strstr(settings, "\"IP\": \"127.0.0.1\"") == 0) { strcpy(error, "wrong"); return -1; }
    ready = 1;
    return 0;
}
long ReadCardBas(char *out, char *business) {
    if (!ready) return -11;
    strcpy(business, "{}");
    %s
}
"""


def say(text: str) -> str:
    return f'strcpy(out, "{text}"); return 0;'


CRASH = "*(volatile int *)1 = 1; return 0;"

Open = Callable[..., LibraryReader]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """A reader over a library that does this."""
    readers: list[LibraryReader] = []

    def one(does: str, source: str = REGIONAL, name: str = "SSCardDriver") -> LibraryReader:
        path = build(tmp_path, name, source.replace("%s", does))
        readers.append(open_library(LibraryPlace(str(path), host_of_source()), SystemTimer()))
        return readers[-1]

    yield one
    for reader in readers:
        reader.close()


def why(error: DeviceError) -> str:
    for lang in LANGUAGES:
        said = say_error(error, lang)
        assert said and "device_" not in said
    return str(error.params.get("why", "")).rpartition(".")[2]


def test_a_card_is_read(opened: Open) -> None:
    card = opened(say(WHOLE)).read()
    assert (card.name, card.id_number) == ("练习甲·在职", "999900198003120116")
    assert (card.card_number, card.id_code) == ("LX0000001", "999900D1560000050000000000000001")


def test_a_third_generation_card_without_authentication(opened: Open) -> None:
    card = opened(say(GUARDED)).read()
    assert card.needs_authentication and card.version == "3.00"


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        (-2, DeviceFailed, "no_card"),
        (-12, NotConnected, ""),
        (-31, Cancelled, ""),
        (-2203, DeviceFailed, "code_2203"),
        (-27010, DeviceFailed, "sw_6982"),
        (-25538, DeviceFailed, "sw_63cx"),
        (7, DeviceFailed, "code_other"),
    ],
)
def test_its_codes_are_told_in_words(
    opened: Open, code: int, kind: type[DeviceError], expected: str
) -> None:
    with pytest.raises(kind) as failure:
        opened(f"return {code};").read()
    assert why(failure.value) == expected


def test_a_driver_that_returns_int_where_its_header_says_long(opened: Open) -> None:
    """The upper half of the register is anything then."""
    with pytest.raises(DeviceFailed) as failure:
        opened("return 0x7fff00000000L | (unsigned int)-27010;").read()
    assert why(failure.value) == "sw_6982"


def test_nonsense_in_place_of_the_text_is_a_bad_frame(opened: Open) -> None:
    with pytest.raises(BadFrame):
        opened(say("ok")).read()


def test_a_crash_is_a_sentence_and_the_next_reading_starts_anew(opened: Open) -> None:
    reader = opened(CRASH)
    for _ in range(2):
        with pytest.raises(LibraryGone) as failure:
            reader.read()
        assert why(failure.value) == "crashed"
    assert reader.poll() is None, "between two readings nothing is missing"


def test_a_library_without_the_function(opened: Open) -> None:
    with pytest.raises(DeviceFailed) as failure:
        opened("return 0;", REGIONAL.replace("iReadCardBas", "other")).read()
    assert why(failure.value) == "no_function"


def test_no_library_at_all(tmp_path: Path) -> None:
    with pytest.raises(LibraryGone) as failure:
        open_library(LibraryPlace(str(tmp_path / "libnone.so"), host_of_source()), SystemTimer())
    assert why(failure.value) == "missing"


# --- the insurance bureaus' library ---------------------------------------------------------------


def settings(folder: Path, ip: str = "127.0.0.1") -> None:
    told = json.dumps(
        {"IP": ip, "PORT": "1", "TIMEOUT": "5", "LOG_PATH": "", "SFZ_DRIVER_TYPE": ""}
    )
    (folder / "libHeaSecReadInfo.json").write_text(told, "utf-8")


def test_the_insurance_library_is_told_its_server_first(opened: Open, tmp_path: Path) -> None:
    settings(tmp_path)
    reader = opened(say(WHOLE), INSURANCE, "HeaSecReadInfo")
    assert reader.read().name == "练习甲·在职"
    assert reader.read().card_number == "LX0000001"


def test_the_insurance_library_that_does_not_get_ready(opened: Open, tmp_path: Path) -> None:
    settings(tmp_path, ip="203.0.113.1")
    with pytest.raises(DeviceFailed) as failure:
        opened(say(WHOLE), INSURANCE, "HeaSecReadInfo").read()
    assert why(failure.value) == "not_ready"


@pytest.mark.parametrize("text", [None, "", "[]", "{", '"' * 5, "[" * 5000])
def test_the_insurance_library_without_its_settings(
    opened: Open, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "libHeaSecReadInfo.json").write_text(text, "utf-8")
    with pytest.raises(DeviceFailed) as failure:
        opened(say(WHOLE), INSURANCE, "HeaSecReadInfo")
    assert why(failure.value) == "no_settings"


def test_the_insurance_library_is_told_again_after_a_crash(opened: Open, tmp_path: Path) -> None:
    settings(tmp_path)
    once = "static int n; if (n++) { *(volatile int *)1 = 1; } " + say(WHOLE)
    reader = opened(once, INSURANCE, "HeaSecReadInfo")
    assert reader.read().name == "练习甲·在职"
    with pytest.raises(LibraryGone):
        reader.read()
    assert reader.read().name == "练习甲·在职"


# --- when it is asked -----------------------------------------------------------------------------


class NoCardYet:
    """A library in which a card lies from the third time on; stands in for the process."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def call(self, name: str, *values: object) -> Returned:
        self.calls.append((name, values))
        if len(self.calls) < 3:
            return Returned(-2, (b"",))
        return Returned(0, (GUARDED.encode("ascii"),))

    def watch(self) -> None:
        return

    def close(self) -> None:
        return


def test_it_is_asked_on_request_only_and_waited_for_where_somebody_waits() -> None:
    far, timer = NoCardYet(), HandTimer()
    reader = LibraryReader(far, timer)
    for _ in range(5):
        assert reader.poll() is None
    assert far.calls == []
    assert reader.wait_for_card(0) is None
    assert reader.wait_for_card(10) is not None
    assert [name for name, _ in far.calls] == [library.READ_CARD.name] * 3
    assert timer.pauses == [1.0]


def test_the_command_reads_through_a_driver(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = build(tmp_path, "SSCardDriver", REGIONAL.replace("%s", say(WHOLE)))
    assert run_sscard(str(path), 0, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["name"], document["issuer"]) == ("练习甲·在职", "999900")
