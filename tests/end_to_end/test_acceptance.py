"""验收清单: a run at a practice platform, a platform that fails, a report that was changed."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.domain.acceptance import Result
from app.errors import AcceptanceRefused, AcceptanceTampered, BadFile
from app.regions.loader import load_region
from app.resources import resource
from app.use_cases.acceptance import require_test
from app.use_cases.acceptance_steps import STEPS, Walk
from app.vault.pins import Argon2Pins
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.faults import rules_of
from sync.insurance.simulator.server import PlatformServer
from tests.fakes.practice_home import lay_out_practice
from ui.acceptance import AcceptanceRun, Asked, shown_url, verify_report
from ui.bootstrap import Settings, build
from ui.commands.acceptance import run, run_verify
from ui.homes import SCRATCH, Home, read_shop
from ui.words import say

pytestmark = pytest.mark.usefixtures("qapp")


@contextmanager
def serving() -> Iterator[PlatformServer]:
    region = dict(load_region("CN-999900", practice=True).raw)
    one = PlatformServer(build_platform(region, resources=resource(), state_folder=None))
    one.start()
    yield one
    one.stop()


def a_home(folder: Path, url: str) -> Home:
    """A practice shop that was told of a platform that runs already."""
    place = Home(folder / "home")
    lay_out_practice(place)
    replace(read_shop(place.practice), url=url).write(place.practice)
    return place


@dataclass
class Ran:
    """One run of the command."""

    code: int
    out: Path
    printed: str
    before: dict[str, int]
    after: dict[str, int]
    left: list[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Ran:
    """A run at a platform in health: what it leaves is looked at by more than one test."""
    folder, printed = tmp_path_factory.mktemp("acceptance"), io.StringIO()
    with serving() as server, redirect_stdout(printed):
        home = a_home(folder, server.url)
        before, files = books(home), set(home.practice.iterdir())
        (home.practice / f"{SCRATCH}killed").mkdir()  # left by a run that was killed
        code = run(folder / "out", home, True, json=True)
        left = [one.name for one in home.practice.iterdir() if one not in files and one.is_dir()]
        return Ran(code, folder / "out", printed.getvalue(), before, books(home), left)


def books(home: Home) -> dict[str, int]:
    """How many rows each table of the shop's own books has."""
    engine = create_engine(f"sqlite:///{home.practice / 'store.sqlite3'}")
    try:
        with engine.connect() as connection:
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'table'")
            ).scalars()
            return {
                name: int(connection.execute(text(f'SELECT COUNT(*) FROM "{name}"')).scalar_one())
                for name in names
            }
    finally:
        engine.dispose()


def the_report(out: Path) -> tuple[Path, dict[str, object]]:
    path = next(out.glob("*.json"))
    return path, json.loads(path.read_text("utf-8"))


@pytest.mark.rule("SJZ-A.11")
def test_all_three_tests_pass_and_the_shop_s_books_are_as_before(ran: Ran) -> None:
    assert ran.code == 0
    told = json.loads(ran.printed)
    path, whole = the_report(ran.out)
    report = whole["report"]
    assert isinstance(report, dict)
    assert [one["step"] for one in report["steps"]] == [name for _part, name, _act in STEPS]
    assert {one["result"] for one in report["steps"]} == {"ok"} and report["passed"] is True
    heard = {said["infno"] for one in report["steps"] for said in one["sent"]}
    wanted = {"9001", "1101", "7204", "7206", "7207", "2101", "2102", "2103"}
    assert wanted | {"3501", "3502", "3503", "3504", "3505", "3506"} <= heard
    ids = [said["msgid"] for one in report["steps"] for said in one["sent"]]
    assert {(len(one), one[26:28]) for one in ids} == {(30, "00")}, "no till of a shop has number 0"
    assert ran.before == ran.after and ran.left == []
    assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
    assert verify_report(path, told["key"]).passed
    for name in ("练习甲", "999900198003120116", "999900ec0000"):
        assert name not in path.read_text("utf-8"), "the report names nobody"


@pytest.mark.rule("SJZ-A.11")
def test_a_platform_that_fails_gives_a_report_with_that_step_failed_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "机构未开通\x1b[2J进销存\n\x1b@（练习）"
    faults = [
        {"kind": "refused", "infno": ["3504"], "text": words},
        {"kind": "wrong_amounts", "infno": ["2102"]},
    ]
    out = tmp_path / "out"
    with serving() as server:
        server.platform.faults.add(rules_of(faults))
        assert run(out, a_home(tmp_path, server.url), True, json=False) == 1
    shown = capsys.readouterr()
    path, whole = the_report(out)
    report = whole["report"]
    assert isinstance(report, dict) and report["passed"] is False
    results = {one["step"]: one for one in report["steps"]}
    assert results["send_back"]["result"] == Result.FAILED
    assert "机构未开通" in results["send_back"]["why"]
    assert "\x1b" not in json.dumps(report, ensure_ascii=False) + shown.err, "no commands come in"
    assert results["loss"]["result"] == Result.NOT_RUN
    assert results["settle"]["result"] == Result.FAILED, "amounts that do not add up are no success"
    assert results["complete"]["result"] == Result.NOT_RUN
    assert results["take_back"]["result"] == Result.OK, "nothing of the test stays settled"
    assert "2601" in {said["infno"] for said in results["take_back"]["sent"]}
    assert results["nothing_waits"]["result"] == Result.FAILED, "the refused row is not forgotten"
    assert say("acceptance.not_passed") in shown.out
    assert not verify_report(path).passed, "a report of failure is signed alike"


@pytest.mark.rule("SJZ-A.11")
def test_a_changed_report_paper_or_key_is_found(ran: Ran, tmp_path: Path) -> None:
    shutil.copytree(ran.out, tmp_path / "out")
    path, whole = the_report(tmp_path / "out")
    key = whole["signature"]["public_key"]  # type: ignore[index]
    pdf = path.with_suffix(".pdf")
    drawn = pdf.read_bytes()
    pdf.write_bytes(drawn.replace(b"%%EOF", b"%%EOG"))
    assert tampered(path) == "pdf"
    pdf.write_bytes(drawn)
    assert verify_report(path, key).pdf
    assert tampered(path, "0" * 64) == "key"
    for change in (changed_result, changed_date, another_s_pdf, stripped_signature):
        other = json.loads(json.dumps(whole))
        change(other)
        path.write_text(json.dumps(other), "utf-8")
        assert tampered(path, key) in ("report", "pdf", "key"), change.__name__
    assert run_verify(path, key, json=False) == 1
    pdf.unlink()
    path.write_text(json.dumps(whole), "utf-8")
    assert not verify_report(path, key).pdf, "told apart: only the data were checked"


@pytest.mark.parametrize("name", ["", "/", "x" * 5000, "\x00", 7, None])
def test_a_report_that_names_no_pdf_is_told_and_breaks_nothing(
    ran: Ran, tmp_path: Path, name: object
) -> None:
    path, whole = the_report(ran.out)
    bare = tmp_path / path.name
    bare.write_text(json.dumps({**whole, "pdf": {}}), "utf-8")
    assert tampered(bare) == "pdf"
    pdf = {**whole["pdf"], "name": name}  # type: ignore[dict-item]
    bare.write_text(json.dumps({**whole, "pdf": pdf}), "utf-8")
    with suppress(BadFile):
        assert not verify_report(bare).pdf, "told apart: only the data were checked"


@pytest.mark.rule("SJZ-A.11")
def test_what_was_settled_and_never_completed_is_taken_back(tmp_path: Path) -> None:
    with serving() as server:
        home = a_home(tmp_path, server.url)
        opened = build(Settings(home, practice=True, pins=Argon2Pins.cheap()))
        try:
            doors = opened.shop.doors
            asked = AcceptanceRun(doors, home.practice, server.url, say, Asked())
            with asked.scratch() as bench:
                walk = Walk(bench)
                for _part, name, act in STEPS:
                    if name == "complete":
                        break
                    act(walk)
                assert walk.stands()
                walk.takes_back()
                assert not walk.stands()
                assert "2103" in {one.infno for one in bench.recorder.heard()}
        finally:
            opened.close()


def tampered(path: Path, key: str = "") -> str:
    with pytest.raises(AcceptanceTampered) as told:
        verify_report(path, key)
    return str(told.value.params["part"])


def changed_result(whole: dict[str, dict[str, object]]) -> None:
    whole["report"]["passed"] = "yes"


def changed_date(whole: dict[str, dict[str, object]]) -> None:
    whole["report"]["ended"] = "2026-12-31T23:59:59+08:00"


def another_s_pdf(whole: dict[str, dict[str, object]]) -> None:
    whole["pdf"]["sha256"] = "0" * 64


def stripped_signature(whole: dict[str, dict[str, object]]) -> None:
    whole["signature"]["value"] = ""


@pytest.mark.rule("SJZ-A.11")
def test_nothing_is_tried_at_a_live_platform(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused by the use case and, before anything is opened or typed, by the command."""
    with pytest.raises(AcceptanceRefused):
        require_test("production")
    home = Home(tmp_path)
    lay_out_practice(home)
    home.store.mkdir()
    file = read_shop(home.practice)
    replace(file, environment="production", url="https://live.invalid").write(home.store)
    assert run(tmp_path / "out", home, False, json=False) == 1
    assert say("error.acceptance_refused") in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_address_shows_no_user_or_password() -> None:
    assert shown_url("https://user:word@h.invalid:8443/fsi?key=1") == "https://h.invalid:8443/fsi"
