"""``yaotai platform prescribe`` against a running practice platform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.regions.loader import load_region
from app.resources import resource
from sync.insurance.simulator.server import PlatformServer
from ui.cli import app
from ui.practice import start_platform

EXAMPLE = str(resource("practice", "prescription_example.json"))
run = CliRunner()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[PlatformServer]:
    folder = tmp_path / "home" / "practice" / "platform"
    server = start_platform(load_region("CN-999900", practice=True), folder)
    yield server
    server.stop()


def test_it_issues_at_the_address_named(running: PlatformServer) -> None:
    done = run.invoke(app, ["platform", "prescribe", EXAMPLE, "--url", running.url, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["state"] == "issued" and told["person"] == "active_met"
    again = run.invoke(app, ["platform", "prescribe", EXAMPLE, "--url", running.url])
    assert again.exit_code == 0
    assert again.output.startswith("LR") and "LXQR" in again.output


def test_without_an_address_it_finds_the_practice_shops_own(
    running: PlatformServer, tmp_path: Path
) -> None:
    text = Path(EXAMPLE).read_text(encoding="utf-8")
    home = ["--home", str(tmp_path / "home")]
    done = run.invoke(app, ["platform", "prescribe", "-", *home], input=text)
    assert done.exit_code == 0, done.output
    lost = run.invoke(app, ["platform", "prescribe", EXAMPLE, "--home", str(tmp_path)])
    assert lost.exit_code == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person": "nobody"}, 2),
        ({"colour": "red"}, 2),
        ({"lines": [{"code": "XLX99A00000000000000001", "quantity": "0"}]}, 1),
    ],
)
def test_what_cannot_be_issued(
    running: PlatformServer, tmp_path: Path, change: dict[str, object], code: int
) -> None:
    order = {**json.loads(Path(EXAMPLE).read_text(encoding="utf-8")), **change}
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order), encoding="utf-8")
    done = run.invoke(app, ["platform", "prescribe", str(file), "--url", running.url])
    assert done.exit_code == code, done.output


def test_bad_files_and_addresses(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    cases = (
        (str(broken), "http://127.0.0.1:9", 2),
        (str(tmp_path / "none.json"), "http://127.0.0.1:9", 2),
        (EXAMPLE, "ftp://127.0.0.1", 2),
        (EXAMPLE, "http://127.0.0.1:1", 1),
    )
    for file, url, code in cases:
        assert run.invoke(app, ["platform", "prescribe", file, "--url", url]).exit_code == code


def test_the_platform_itself_still_wants_port_and_state() -> None:
    for arguments in (["platform"], ["platform", "--port", "0"], ["platform", "--state", "x"]):
        assert run.invoke(app, arguments).exit_code == 2
    told = run.invoke(app, ["platform", "prescribe", "--help"]).output
    assert "person" in told and "quantity" in told
