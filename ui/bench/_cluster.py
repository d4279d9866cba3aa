"""A PostgreSQL of its own for a benchmark: made, used over a unix socket, thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps them off the PATH. None = not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def cluster(tools: Path) -> Iterator[str]:
    """The URL of an empty database; every commit is flushed as in a shop."""
    # A short path: a unix socket's may not exceed 107 bytes.
    folder = Path(mkdtemp(prefix="yaotai-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    _run(str(tools / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--locale=C")  # fmt: skip
    control = (str(tools / "pg_ctl"), "-D", data, "-w", "-s", "-l", str(folder / "log"))
    _run(*control, "-o", f"-k {folder} -c listen_addresses=''", "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str) -> None:
    # As root the server refuses to start; every program runs as the package's own user then.
    drop = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    whole = (*drop, *command) if os.geteuid() == 0 else command
    done = subprocess.run(whole, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr}")
