"""The start script: from any folder, through a link, with spaces in the path, stdout left alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAMP = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()[:16]
ROOMS = ("app", "devices", "sync", "ui")

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not (ROOT / ".venv" / f".yaotai-lock-{STAMP}").exists(),
    reason="the environment of this checkout was not made by ./yaotai",
)


def _run(script: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(script), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def link(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    link = folder / "the till"
    link.symlink_to(ROOT / "yaotai")
    return link


def test_it_runs_through_a_link_from_any_folder(link: Path, tmp_path: Path) -> None:
    done = _run(link, "scan", "6901234567892", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] == "ean13"


def test_a_file_named_relative_to_the_callers_folder_is_found(link: Path, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text("[]", "utf-8")
    found = _run(link, "quote", "case.json", "--json", folder=tmp_path)
    absent = _run(link, "quote", "gone.json", "--json", folder=tmp_path)
    # An empty list is no case either, but another complaint than a file that is not there.
    assert found.stderr.replace("case.json", "") != absent.stderr.replace("gone.json", "")
    assert absent.stdout == ""


def test_the_checks_answer_for_themselves_and_bad_usage_is_2(link: Path, tmp_path: Path) -> None:
    assert _run(link, "test", "--help", folder=tmp_path).returncode == 0
    done = _run(link, "test", "nonsense", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""


def test_our_modules_win_over_files_of_the_callers_folder(link: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('the wrong app')", "utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')", "utf-8")
    done = _run(link, "scan", "6901234567892", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout with next to nothing in it, and an environment that needs no making."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # what is compiled, the script compiled
    folder = tmp_path / "checkout"
    for room in (*ROOMS, ".venv/bin"):
        (folder / room).mkdir(parents=True)
    for name in ("yaotai", "requirements.lock"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / "ui" / "__main__.py").write_text("print('till')\n", "utf-8")
    (folder / ".venv" / f".yaotai-lock-{STAMP}").touch()
    (folder / ".venv" / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    yield folder


def _compiled(checkout: Path) -> list[str]:
    return sorted(file.name.split(".")[0] for file in checkout.glob("ui/__pycache__/*.pyc"))


def test_code_is_compiled_where_it_is_newer_than_the_last_compiling(checkout: Path) -> None:
    def started() -> list[str]:
        done = _run(checkout / "yaotai", "scan", folder=checkout)
        assert (done.returncode, done.stdout) == (0, "till\n"), done.stderr
        return _compiled(checkout)

    def forget() -> None:
        shutil.rmtree(checkout / "ui" / "__pycache__")
        # As if all of it had been there for long: only the test's next step is new.
        for each in (checkout / "ui" / "__main__.py", *(checkout / r for r in ROOMS)):
            os.utime(each, (1, 1))

    assert started() == ["__main__"]
    forget()
    assert started() == [], "nothing is newer: nothing is compiled"
    (checkout / "ui" / "more.py").write_text("", "utf-8")
    assert started() == ["__main__", "more"]
    forget()
    os.utime(checkout / "ui" / "more.py", (2**32, 2**32))
    assert started() == ["__main__", "more"]


UV = """#!/bin/sh
echo "$@" >> "{log}"
[ -e "{fails}" ] && exit 1
exit 0
"""
DPKG_QUERY = "#!/bin/sh\nprintf 'ii '\n"


def _stand_in(path: Path, source: str) -> None:
    path.write_text(source, "utf-8")
    path.chmod(0o755)


def test_pyscard_is_put_back_where_it_was_asked_for_and_never_stops_a_start(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``uv`` and ``dpkg-query`` are stood in for: no network, no packages."""
    log, fails, tools = checkout / "log", checkout / "fails", checkout / "tools"
    tools.mkdir()
    _stand_in(tools / "dpkg-query", DPKG_QUERY)
    _stand_in(checkout / ".venv" / "bin" / "uv", UV.format(log=log, fails=fails))
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    lock, wish = checkout / "requirements-pcsc.lock", checkout / ".venv" / ".yaotai-wants-pcsc"
    shutil.copy2(ROOT / lock.name, lock)

    def started(*words: str) -> tuple[int, str]:
        log.write_text("", "utf-8")
        done = _run(checkout / "yaotai", *(words or ("scan",)), folder=checkout)
        assert (done.returncode, done.stdout) == (0, "till\n"), done.stderr
        return log.read_text("utf-8").count("--require-hashes"), done.stderr

    assert started()[0] == 0, "nobody asked for it"
    assert started("devices", "pcsc")[0] == 1
    assert "--no-build-isolation" in log.read_text("utf-8")
    assert started() == (0, ""), "it stands there already"
    with lock.open("a", encoding="utf-8") as more:
        more.write("# another edition\n")
    assert started()[0] == 1, "an update is followed"
    fails.touch()
    lock.write_text("# a third edition\n", "utf-8")
    tries, said = started()
    assert (tries, "./yaotai devices pcsc" in said, wish.exists()) == (1, True, False)
    assert started() == (0, ""), "tried once and said once"


LACKS = """#!/bin/sh
for name; do :; done
case $name in swig* | vsmartcard-vpcd*) exit 1 ;; esac
printf 'ii '
"""


@pytest.mark.skipif(Path("/run/systemd/system").exists(), reason="systemd runs: not tried here")
def test_tests_go_on_where_packages_of_card_readers_cannot_be_had(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``dpkg-query``, ``apt-get`` and ``sudo`` are stood in for: nothing is installed."""
    tools = checkout / "tools"
    tools.mkdir()
    _stand_in(tools / "dpkg-query", LACKS)
    for name in ("apt-get", "sudo"):
        _stand_in(tools / name, "#!/bin/sh\nexit 100\n")
    (checkout / "ui" / "commands").mkdir()
    (checkout / "ui" / "commands" / "checks.py").write_text("print('checked')\n", "utf-8")
    shutil.copy2(ROOT / "requirements-pcsc.lock", checkout)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    done = _run(checkout / "yaotai", "test", "contract", folder=checkout)
    assert (done.returncode, done.stdout) == (0, "checked\n"), done.stderr
    assert "are not tested" in done.stderr
    other = _run(checkout / "yaotai", "test", "unit", folder=checkout)
    assert (other.returncode, other.stdout) == (0, "checked\n"), other.stderr
    assert "card readers" not in other.stderr


def test_the_ci_runs_the_one_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert len(commands) == 1
    assert commands[0].endswith('yaotai" test')
