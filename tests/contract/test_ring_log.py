"""The ring log: bounded, masked, never in the device's way, and played back through the driver."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import BadFile, DeviceError, DeviceSilent, NotConnected, NotOffered
from app.resources import resource
from devices.card_reader import wire
from devices.card_reader.driver import SamVReader
from devices.card_reader.emulator import Fault, SamV
from devices.card_reader.replay import KIND, replay
from devices.connection import LoopbackPair
from devices.ring_log import (
    RecordedConnection,
    ReplayedConnection,
    ReplayTimer,
    RingLog,
    read_ring,
)
from tests.fakes.clock import FixedClock
from tests.fakes.timer import HandTimer
from ui.commands import devices as command
from ui.commands.read_card import run_idcard

CARDS = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))


def ring(path: Path, timer: HandTimer, size: int = 1 << 20) -> RingLog:
    return RingLog(path, KIND, wire.masked, timer, FixedClock(), size)


def recorded(far: SamV, path: Path, timer: HandTimer) -> SamVReader:
    near = LoopbackPair(timer, wire.DEVICE, far).near
    return SamVReader(RecordedConnection(near, ring(path, timer)), timer)


def played(path: Path) -> list[tuple[str, str]]:
    kind, entries = read_ring(path)
    assert kind == KIND
    timer = ReplayTimer()
    told = replay(ReplayedConnection(entries, timer, wire.DEVICE), timer)
    return [(what, type(failure).__name__ if failure else "") for what, failure in told]


def test_a_reading_is_played_back_through_the_driver(tmp_path: Path) -> None:
    far = SamV()
    far.lay(CARDS["foreign-2023"])
    reader = recorded(far, tmp_path / "a.log", HandTimer())
    assert reader.is_there()
    reader.module_number()
    assert reader.poll() is not None
    assert reader.newest_address() == ""
    assert reader.poll() is None
    reader.close()
    assert played(tmp_path / "a.log") == [
        ("there", ""),
        ("module_number", ""),
        ("card:foreign_2023", ""),
        ("address", ""),
        ("no_card", ""),
    ]


@pytest.mark.parametrize("name", list(CARDS))
@pytest.mark.parametrize("fault", [None, Fault.PIECES_OF_SEVEN, Fault.WRAPPED, Fault.HALF])
def test_nothing_of_a_person_reaches_the_disk(
    tmp_path: Path, name: str, fault: Fault | None
) -> None:
    far = SamV()
    far.lay(CARDS[name])
    far.newest_address = "练习省练习市新址9号"
    if fault:
        far.faults.extend([Fault.PIECES_OF_SEVEN, Fault.PIECES_OF_SEVEN, fault])
    reader = recorded(far, tmp_path / "a.log", HandTimer())
    assert reader.poll() is not None
    reader.newest_address()
    reader.close()
    _, entries = read_ring(tmp_path / "a.log")
    kept = b"".join(entry.data for entry in entries)
    for value in [*CARDS[name].values(), far.newest_address]:
        secret = value.encode("utf-16-le")
        if len(secret) > 4:
            assert secret[:6] not in kept and secret[-6:] not in kept


def test_the_file_is_for_the_till_alone(tmp_path: Path) -> None:
    log = ring(tmp_path / "a.log", HandTimer())
    log.sent(wire.request(wire.FIND))
    assert stat.S_IMODE((tmp_path / "a.log").stat().st_mode) == 0o600


def test_the_ring_stays_as_small_as_it_was_asked_to(tmp_path: Path) -> None:
    log = ring(tmp_path / "a.log", HandTimer(), size=4000)
    for _ in range(1000):
        log.sent(wire.request(wire.FIND))
        log.came(b"\0" * 50)
    log.flush()
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert sum(sizes) < 4400
    kind, entries = read_ring(tmp_path / "a.log")
    assert kind == KIND and len(entries) > 20
    assert entries[-1].data == bytes(50), "the newest is kept"


def test_a_disk_that_takes_nothing_is_no_failure_of_the_device(tmp_path: Path) -> None:
    far = SamV()
    far.lay(CARDS["ordinary"])
    reader = recorded(far, tmp_path / "no" / "folder" / "a.log", HandTimer())
    assert reader.poll() is not None


def test_what_came_is_written_after_a_quiet_while_too(tmp_path: Path) -> None:
    timer = HandTimer()
    log = ring(tmp_path / "a.log", timer)
    log.came(b"\xaa\xaa")
    log.came(b"")
    assert not (tmp_path / "a.log").exists()
    timer.pause(3)
    log.came(b"")
    assert [entry.data for entry in read_ring(tmp_path / "a.log")[1]] == [b"\xaa\xaa"]


def test_a_device_that_went_is_played_back_as_gone(tmp_path: Path) -> None:
    far = SamV()
    far.lay(CARDS["ordinary"])
    far.unplug_after = 100
    reader = recorded(far, tmp_path / "a.log", HandTimer())
    with pytest.raises(NotConnected):
        reader.poll()
    assert played(tmp_path / "a.log") == [("failed", "NotConnected")]


def test_a_silent_device_is_played_back_as_silent(tmp_path: Path) -> None:
    far = SamV()
    far.faults.append(Fault.SILENT)
    reader = recorded(far, tmp_path / "a.log", HandTimer())
    with pytest.raises(DeviceSilent):
        reader.poll()
    assert reader.poll() is None
    reader.close()
    assert played(tmp_path / "a.log") == [("failed", "DeviceSilent"), ("no_card", "")]


def test_a_log_that_begins_in_the_middle_is_played_from_the_next_whole_act(tmp_path: Path) -> None:
    far = SamV()
    far.lay(CARDS["ordinary"])
    reader = recorded(far, tmp_path / "a.log", HandTimer())
    reader.poll()
    reader.poll()
    reader.close()
    lines = (tmp_path / "a.log").read_text().splitlines(keepends=True)
    (tmp_path / "a.log").write_text("".join(lines[:2] + lines[4:]))
    assert played(tmp_path / "a.log") == [("skipped", ""), ("skipped", ""), ("no_card", "")]


FAULTS = st.lists(
    st.one_of(st.none(), st.sampled_from(list(Fault)), st.sampled_from(sorted(wire.TOLD))),
    max_size=8,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(faults=FAULTS, name=st.sampled_from(list(CARDS)))
def test_a_replay_ends_as_the_conversation_did(
    tmp_path: Path, faults: list[Fault | int | None], name: str
) -> None:
    """Whatever went wrong then goes wrong again, and what went well goes well."""
    far = SamV()
    far.lay(CARDS[name])
    far.faults.extend(Fault.ONE_BYTE_TOO_MANY if one is None else one for one in faults)
    path = tmp_path / "a.log"
    reader = recorded(far, path, HandTimer())
    outcomes = []
    for _ in range(3):
        try:
            card = reader.poll()
            outcomes.append((f"card:{card.card_type}" if card else "no_card", ""))
        except DeviceError as failure:
            outcomes.append(("failed", type(failure).__name__))
    reader.close()
    (tmp_path / "a.log.old").unlink(missing_ok=True)
    assert played(path) == outcomes


@pytest.mark.parametrize(
    "text",
    ["", "hello", "# yaotai ring 1\n", "# yaotai ring 1 idcard\n1 > zz\n",
     "# yaotai ring 1 idcard\nx > 00\n", "# yaotai ring 1 idcard\n1 ? 00\n",
     "# yaotai ring 1 idcard\n1 >\n", "药"],
)  # fmt: skip
def test_what_is_no_log_is_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(text, "utf-8")
    with pytest.raises(BadFile):
        read_ring(tmp_path / "a.log")
    with pytest.raises(BadFile):
        read_ring(tmp_path / "none.log")


# --- the commands ---------------------------------------------------------------------------------


def test_a_recorded_reading_is_replayed_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "idcard.log"
    assert run_idcard("practice:rare-name", 0, as_json=True, record=path) == 0
    capsys.readouterr()
    assert command.run_replay(path, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "kind": "idcard",
        "steps": [
            {"what": "card:resident", "error": None},
        ],
        "strange": 0,
    }


def test_a_replay_with_an_error_says_it_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    far = SamV()
    far.faults.append(0x66)
    reader = recorded(far, tmp_path / "a.log", HandTimer())
    with pytest.raises(DeviceError):
        reader.poll()
    reader.close()
    assert command.run_replay(tmp_path / "a.log", as_json=False) == 1
    assert "安全模块没有授权" in capsys.readouterr().out


def test_a_log_of_no_known_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("# yaotai ring 1 toaster\n")
    with pytest.raises(BadFile):
        command.run_replay(tmp_path / "a.log", as_json=True)


def test_the_list_names_the_logs_of_the_shop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "devices").mkdir()
    assert run_idcard("practice", 0, as_json=True, record=tmp_path / "devices" / "idcard.log") == 0
    capsys.readouterr()
    assert command.run_list(tmp_path, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["kind"], one["bytes"] > 100) for one in told["logs"]] == [("idcard", True)]
    assert all(set(one) == {"port", "what", "usb", "serial_number"} for one in told["ports"])


def test_an_emulated_reader_is_laid_and_lifted_by_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "reader"
    outcomes: list[int] = []

    def lines() -> Iterator[str]:
        """Somebody reads the card at the port between the lines, as another program would."""
        for line in ("lay foreign-old\n", "what\n"):
            outcomes.append(run_idcard(str(link), 5, as_json=True))
            yield line

    monkeypatch.setattr("sys.stdin", lines())
    assert command.run_emulate("long-term", link) == 0
    said = capsys.readouterr().out
    assert outcomes == [0, 0]
    assert [name in said for name in ("练习戊·退休", "PRACTICE, INVENTED", "lay 证件名")] == [
        True
    ] * 3
    assert not link.exists()


def test_a_system_without_pseudo_terminals_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "openpty")
    with pytest.raises(NotOffered):
        command.run_emulate("", None)


def test_why_a_log_cannot_be_played_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "other.log").write_text("root:x:0", "ascii")
    (tmp_path / "raw.log").write_bytes(b"\xff\x00")
    whys = []
    for name in ("none.log", "other.log", "raw.log"):
        with pytest.raises(BadFile) as told:
            read_ring(tmp_path / name)
        whys.append(str(told.value.params["why"]))
    assert whys == ["device_log.no_file", "device_log.no_log", "device_log.no_log"]
