"""Builds the Debian package: PyInstaller's folder, a launcher, an icon (``./yaotai package``)."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"

_LAUNCHER = """\
#!/bin/sh
LC_ALL=C.UTF-8
export LC_ALL
exec /usr/lib/yaotai/yaotai "$@"
"""


def version() -> str:
    """The version that ``pyproject.toml`` states."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def dependencies() -> list[str]:
    """The Debian packages that a window needs: read from the start script, their one home."""
    script = (ROOT / "yaotai").read_text("utf-8")
    found: list[str] = ["libc6"]
    for name in ("offscreen_packages", "window_packages"):
        listed = re.search(rf"^{name}=\(([^)]*)\)", script, re.MULTILINE)
        if listed is None:
            raise SystemExit(f"package: {name} is not in the start script")
        found += listed[1].split()
    return found


def control(installed_kib: int, architecture: str) -> str:
    """The package's control file."""
    return (
        "Package: yaotai\n"
        f"Version: {version()}\n"
        f"Architecture: {architecture}\n"
        "Maintainer: the Yaotai authors <yaotai@localhost>\n"
        f"Installed-Size: {installed_kib}\n"
        f"Depends: {', '.join(dependencies())}\n"
        "Section: misc\n"
        "Priority: optional\n"
        "Description: till of Chinese designated retail pharmacies (药台)\n"
        " Sells by scanner and keyboard, settles with the medical insurance platform, and keeps\n"
        " what an inspector asks for. Practice mode needs no shop and no network.\n"
    )


def build_program(work: Path) -> Path:
    """Run PyInstaller; answers the folder that holds the whole program."""
    out = work / "program"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", str(out), "--workpath", str(work / "pyinstaller")]
    subprocess.run([*command, str(INSTALLER / "yaotai.spec")], cwd=ROOT, check=True)
    return out / "yaotai"


def lay_out(program: Path, tree: Path, architecture: str) -> None:
    """Put everything where Debian wants it, under ``tree``."""
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(program, tree / "usr/lib/yaotai", symlinks=True)
    launcher = tree / "usr/bin/yaotai"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(_LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
    for source, target in (
        (INSTALLER / "yaotai.desktop", "usr/share/applications/yaotai.desktop"),
        (ROOT / "resources/icons/yaotai.svg", "usr/share/icons/hicolor/scalable/apps/yaotai.svg"),
        (INSTALLER / "copyright", "usr/share/doc/yaotai/copyright"),
    ):
        (tree / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tree / target)
        (tree / target).chmod(0o644)
    kib = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(control(kib, architecture), encoding="utf-8")


def build(dist: Path) -> Path:
    """The whole way; answers the .deb. :raises SystemExit: with a reason where it cannot be."""
    if shutil.which("dpkg-deb") is None:
        raise SystemExit("package: dpkg-deb is needed; a .deb can be built on Debian only")
    work = ROOT / "build" / "package"
    asked = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    architecture = asked.stdout.strip()
    print("package: bundling the program ...", file=sys.stderr, flush=True)
    tree = work / "tree"
    lay_out(build_program(work), tree, architecture)
    dist.mkdir(parents=True, exist_ok=True)
    deb = dist / f"yaotai_{version()}_{architecture}.deb"
    print("package: packing ...", file=sys.stderr, flush=True)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(tree), str(deb)],
        check=True,
        stdout=sys.stderr,
    )
    shutil.rmtree(work)
    return deb


def run() -> int:
    """Build into ``dist/``; for the command line of the program."""
    return main([])


def main(argv: Sequence[str]) -> int:
    """Build the package and print where it lies; 1 when a step fails, 2 on bad usage."""
    parser = argparse.ArgumentParser(
        prog="yaotai package", description="Build dist/yaotai_VERSION_ARCH.deb."
    )
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the .deb goes")
    wanted: Path = parser.parse_args(argv).dist
    try:
        print(build(wanted.resolve()))
    except subprocess.CalledProcessError as error:
        print(f"package: {error.cmd[0]} ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
