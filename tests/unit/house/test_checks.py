"""The check runner: what a part means, which line is pytest's last, and honest exit codes."""

from __future__ import annotations

import pytest

from ui.commands import checks


@pytest.mark.parametrize(
    "line",
    [
        "42 passed in 4.07s",
        "1 failed, 41 passed in 4.07s",
        "===== 3 passed, 1 skipped in 0.12s =====",
        "1 error in 0.50s",
        "no tests ran in 0.01s",
        "913 passed, 2 skipped in 83.10s (0:01:23)",
    ],
)
def test_the_closing_line_of_pytest_is_known(line: str) -> None:
    assert checks.is_closing_line(line)


@pytest.mark.parametrize("line", ["tests/unit/test_x.py ....", "FAILED tests/x.py - x", ""])
def test_no_other_line_is_taken_for_it(line: str) -> None:
    assert not checks.is_closing_line(line)


def test_a_part_means_its_folder_and_a_static_check_means_no_tests() -> None:
    assert checks.suite_paths(None) == ["tests"]
    assert checks.suite_paths("tests") == ["tests"]
    assert checks.suite_paths("unit") == ["tests/unit"]
    assert checks.suite_paths("types") is None


def test_every_suite_is_a_folder() -> None:
    assert [name for name in checks.SUITES if not (checks.ROOT / "tests" / name).is_dir()] == []


def test_a_part_that_does_not_exist_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        checks.main(["nonsense"])
    assert left.value.code == 2
    assert "unit" in capsys.readouterr().err


def test_tests_run_without_a_screen_and_with_our_modules_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    told = checks.environment()
    assert told["QT_QPA_PLATFORM"] == "offscreen"
    assert told["PYTHONPATH"] == str(checks.ROOT)


def test_a_failing_check_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = [checks.STATIC["lint"][0], "-c", "print('a finding'); raise SystemExit(3)"]
    monkeypatch.setitem(checks.STATIC, "lint", failing)
    assert checks.main(["lint"]) == 1
    said = capsys.readouterr().out
    assert "a finding" in said
    assert "FAILED" in said
