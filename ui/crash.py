"""Crash reports: an error that nobody foresaw is written down by its place, never by its values.

The standard library alone and loaded late: this stands before everything else in a start.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path
    from types import TracebackType

    from app.domain.crash import CrashReport, Raised

FOLDER: Final = "crash"
"""Of a shop's folder; reports that somebody put aside lie in :data:`ASIDE` below it."""
ASIDE: Final = "aside"
INHERITED: Final = "YAOTAI_CRASH"
"""Tells the processes that a till starts where its reports lie."""


def note(error: BaseException) -> None:
    """For who catches and says it himself; only in a till that told where its reports lie."""
    from pathlib import Path

    if inherited := os.environ.get(INHERITED):
        write(error, Path(inherited))


def tell(
    error: BaseException,
    folder: Path | None,
    trace: TracebackType | None = None,
    thread: str = "",
) -> None:
    """Write the report and one line on stderr; never raises."""
    try:
        trace = trace or error.__traceback__
        place = _steps(trace)[-1:] or ["?"]
        kept = write(error, folder, thread, trace)
        more = f"; {FOLDER}/{kept}" if kept else ""
        sys.stderr.write(f"yaotai: unforeseen {type(error).__name__} at {place[0]}{more}\n")
    except Exception:
        return  # a window without a console, or a process that is being taken down


def write(
    error: BaseException,
    folder: Path | None,
    thread: str = "",
    trace: TracebackType | None = None,
) -> str:
    """Keep a report in a shop's folder; its name, empty where none could be kept. Never raises."""
    try:
        if folder is None or not folder.is_dir():
            return ""
        made = report_of(error, folder, thread, trace)
        return _keep(made, folder / FOLDER)
    except Exception:
        return ""


def report_of(
    error: BaseException, folder: Path, thread: str = "", trace: TracebackType | None = None
) -> CrashReport:
    """What may be said of an error."""
    from datetime import UTC, datetime

    from app.domain.crash import CrashReport

    now = datetime.now(UTC).isoformat(timespec="seconds")
    name = thread or threading.current_thread().name
    return CrashReport(now, now, 1, version(), name, _raised(error, trace), last_acts(folder))


def _raised(error: BaseException, trace: TracebackType | None) -> tuple[Raised, ...]:
    from app.domain.crash import CAUSES, Raised
    from app.errors import YaotaiError

    found: list[Raised] = []
    at: BaseException | None = error
    while at is not None and len(found) < CAUSES:
        steps = _steps(trace if at is error and trace is not None else at.__traceback__)
        # A class knows its id; what an instance was given may hold anything.
        message_id = type(at).message_id if isinstance(at, YaotaiError) else ""
        found.append(Raised(type(at).__name__, message_id, tuple(steps)))
        hidden = None if at.__suppress_context__ else at.__context__
        at = at.__cause__ or hidden
    return tuple(found)


def _steps(trace: TracebackType | None) -> list[str]:
    """``file:line function`` of every frame, outermost first; of many the last ones."""
    from app.domain.crash import FRAMES

    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{_short(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-FRAMES:]


def _short(path: str) -> str:
    """Of ours from the room on, else the last two parts: no path of a machine or its user."""
    own = __file__.replace("\\", "/").removesuffix("ui/crash.py")
    path = path.replace("\\", "/")
    if own and path.startswith(own) and "site-packages" not in path:
        return path.removeprefix(own)
    return "/".join(path.split("/")[-2:])


def version() -> str:
    """Of this program; empty where nobody wrote it down."""
    import tomllib
    from importlib import metadata
    from pathlib import Path

    try:
        text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text("utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    except (OSError, ValueError, KeyError):
        pass
    try:
        return metadata.version("yaotai")
    except metadata.PackageNotFoundError:
        return ""


_SHOP, _BOOKS = "shop.toml", "store.sqlite3"
"""As in :mod:`ui.homes`, which knows more rooms than what every screen may reach."""


def last_acts(folder: Path) -> tuple[str, ...]:
    """Names of this till's last acts, read beside whatever broke; none where they lie elsewhere."""
    import sqlite3
    import tomllib

    from app.domain.crash import ACTS

    path = folder / _BOOKS
    if not path.is_file():
        return ()
    try:
        shop = tomllib.loads((folder / _SHOP).read_text("utf-8"))
        books = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)
        try:
            rows = books.execute(
                "SELECT act FROM act_log WHERE chain_id = ? ORDER BY seq DESC LIMIT ?",
                (f"{shop['store_id']}/{shop['till_id']}", ACTS),
            )
            return tuple(str(act) for (act,) in rows)
        finally:
            books.close()
    except Exception:
        return ()


# --- kept and shown -------------------------------------------------------------------------------


def _keep(made: CrashReport, place: Path) -> str:
    from dataclasses import replace

    from app.domain.crash import KEPT

    place.mkdir(mode=0o700, exist_ok=True)
    name = f"{made.mark}.json"
    known = next((one for one in reports(place.parent) if one.mark == made.mark), None)
    if known is not None:
        made = replace(made, first_at=known.first_at, times=known.times + 1)
    fresh = place / f".{name}.{threading.get_ident()}"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(made.text())
    fresh.replace(place / name)
    _thin(place, KEPT)
    return name


def _thin(place: Path, most: int) -> None:
    found = sorted(place.glob("*.json"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for old in found[most:]:
        old.unlink(missing_ok=True)


def reports(folder: Path) -> tuple[CrashReport, ...]:
    """Of a shop's folder, newest first; what was put aside and what is no report is left out."""
    found = [one for _path, one in _kept(folder)]
    return tuple(sorted(found, key=lambda one: one.last_at, reverse=True))


def _kept(folder: Path) -> Iterator[tuple[Path, CrashReport]]:
    from app.domain.crash import LIMIT, read_report

    for path in (folder / FOLDER).glob("*.json"):
        try:
            with path.open("rb") as file:
                text = file.read(LIMIT).decode("utf-8", errors="replace")
        except OSError:
            continue
        one = read_report(text)
        if one is not None:
            yield path, one


def put_aside(folder: Path, marks: Collection[str]) -> int:
    """Somebody saw these: they stay, out of sight; how many. :raises OSError: one cannot move."""
    from app.domain.crash import KEPT

    place, many = folder / FOLDER / ASIDE, 0
    for path, one in list(_kept(folder)):
        if one.mark in marks:
            place.mkdir(mode=0o700, exist_ok=True)
            path.replace(place / path.name)
            many += 1
    if many:
        _thin(place, KEPT)
    return many
