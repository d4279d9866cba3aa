"""The Debian package: its facts come from the project, its dependencies from the start script."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

from ui.commands import package


def test_the_version_is_the_projects() -> None:
    stated = tomllib.loads((package.ROOT / "pyproject.toml").read_text("utf-8"))
    assert package.version() == stated["project"]["version"]


def test_what_a_window_needs_is_depended_on() -> None:
    needed = package.dependencies()
    assert {"libc6", "libegl1", "libxcb-cursor0", "libdbus-1-3"} <= set(needed)
    assert len(needed) == len(set(needed))
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in needed)


def test_the_control_file_is_one_that_debian_reads() -> None:
    text = package.control(12345, "amd64")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))
    assert fields["Package"] == "yaotai"
    assert fields["Installed-Size"] == "12345"
    assert text.endswith("\n")
    assert "\n\n" not in text


def test_the_tree_is_laid_out_for_debian(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    (program / "yaotai").write_text("#!/bin/sh\necho started\n", "utf-8")
    tree = tmp_path / "tree"
    package.lay_out(program, tree, "amd64")
    names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert names == {
        "DEBIAN/control",
        "usr/bin/yaotai",
        "usr/lib/yaotai/yaotai",
        "usr/share/applications/yaotai.desktop",
        "usr/share/doc/yaotai/copyright",
        "usr/share/icons/hicolor/scalable/apps/yaotai.svg",
    }
    launcher = tree / "usr/bin/yaotai"
    assert launcher.stat().st_mode & 0o777 == 0o755
    assert subprocess.run(["sh", "-n", str(launcher)], check=False).returncode == 0
