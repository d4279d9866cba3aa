"""Which command runs a vendor's library, and that the program itself can be that command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from devices.connection import SystemTimer
from devices.library.process import LibraryPlace, VendorLibrary
from devices.library.wire import Function, Kind
from tests.architecture.sources import ROOT
from tests.fakes.c_library import build, needs_compiler
from ui.library_host import host_command

HOST = str(ROOT / "devices" / "library" / "host.py")


def test_a_host_may_be_another_interpreter_or_another_yaotai() -> None:
    assert host_command() == (sys.executable, "-I", "-S", HOST)
    assert host_command("C:\\Python311-32\\python.exe")[1:] == ("-I", "-S", HOST)
    assert host_command("/opt/yaotai-32/yaotai") == ("/opt/yaotai-32/yaotai", "library-host")


def test_a_bundle_is_its_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/yaotai/yaotai")
    assert host_command() == ("/opt/yaotai/yaotai", "library-host")


def test_the_recipe_of_the_bundle_lays_the_one_file_beside() -> None:
    recipe = (ROOT / "installer" / "yaotai.spec").read_text("utf-8")
    assert '"devices" / "library" / "host.py"), "devices/library"' in recipe


def test_the_host_imports_the_standard_library_alone() -> None:
    lines = Path(HOST).read_text("utf-8").splitlines()
    imports = [line.split()[1] for line in lines if line.lstrip().startswith(("import ", "from "))]
    assert {one.split(".")[0] for one in imports} <= set(sys.stdlib_module_names)


@needs_compiler
def test_the_program_serves_as_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = build(tmp_path, "twice", "int twice(int a) { return 2 * a; }")
    command = (sys.executable, "-P", "-m", "ui", "library-host")
    library = VendorLibrary(
        LibraryPlace(str(path), command),
        (Function("twice", (Kind.INT32,)),),
        device="device_name.idcard",
        timer=SystemTimer(),
    )
    try:
        assert library.call("twice", 21).number() == 42
    finally:
        library.close()
