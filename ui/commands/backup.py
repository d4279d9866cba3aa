"""``yaotai backup create|list|verify|restore``: keep the books, prove a copy, put one back.

The recovery code is typed unseen or read from standard input, never an argument: it would stay in
the shell's history.
"""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.errors import YaotaiError
from app.use_cases.backups import BackupDone, back_up, failure
from ui.command_words import said, said_error
from ui.homes import SHOP_FILE, Home, read_shop

if TYPE_CHECKING:
    from app.ports_backup import BackupProved, BackupSeen


def run_create(home: Home, practice: bool, to: Path | None, json: bool) -> int:
    """Make one now and prove it by putting it back for a trial.

    :return: 0; 1 where it cannot be put back, or the till is open.
    """
    from ui.bootstrap import SYSTEM, Settings, build

    with _refusals() as refused:
        shop = build(Settings(home, practice=practice, ask_system=True))
        try:
            _progress("backup.progress_make")
            room = shop.shop.backup_room(to)
            place = room.place
            done = back_up(shop.shop.doors, room, SYSTEM)
        finally:
            shop.close()
        return _told_done(done, place, json)
    return refused[0]


def _told_done(done: BackupDone, place: str, json: bool) -> int:
    if json:
        told = {"name": done.name, "place": place, "good": done.good, "why": _why(done)}
        _print({**told, **(_proved(done.proved) if done.proved else {})})
    elif done.good and done.proved is not None:
        _line("backup.made", file=str(Path(place) / done.name))
        _tell_proved(done.proved)
    else:
        _complain(_why(done))
    return 0 if done.good else 1


def _why(done: BackupDone) -> str:
    if done.good:
        return ""
    missing = done.proved.missing if done.proved else 0
    return said(done.why or "backup.fail_evidence", count=missing)


def run_list(home: Home, practice: bool, json: bool) -> int:
    """Those of this till that are kept, newest first; they can be listed while the till is open.

    :return: 0; 1 where no shop is.
    """
    from ui.backups import found_in, place_of

    with _refusals() as refused:
        folder = home.practice if practice else home.store
        file = read_shop(folder)
        place = place_of(folder)
        found = found_in(place, (file.store_id, file.till_id))
        if json:
            _print({"place": str(place), "backups": [_seen(one) for one in found]})
            return 0
        _line("backup.lies_in", place=str(place))
        for one in found:
            size = f"{one.size / 2**20:,.1f} MB"
            sys.stdout.write(f"{shop_time(one.made_at):%Y-%m-%d %H:%M}  {size:>12}  {one.name}\n")
        if not found:
            _line("backup.none_yet")
        return 0
    return refused[0]


def run_verify(path: Path, home: Home, practice: bool, by_code: bool, json: bool) -> int:
    """Put a backup back for a trial: by this till's keys, else by the recovery code.

    :return: 0; 1 where it is damaged, incomplete, or the code is another one.
    """
    from app.vault.keyring import KEY_FILE
    from ui.backups import prove_by_code, prove_by_keys

    with _refusals() as refused:
        folder = home.practice if practice else home.store
        own = not by_code and (folder / KEY_FILE).exists()
        code = "" if own else _code()
        _progress("backup.progress_prove")
        proved = prove_by_keys(path, folder) if own else prove_by_code(path, code)
        if json:
            _print({"file": path.name, "good": not proved.missing, **_proved(proved)})
        else:
            _tell_proved(proved)
        return 1 if proved.missing else 0
    return refused[0]


def run_restore(path: Path, home: Home, by_code: bool, json: bool) -> int:
    """Put a backup back; what was there before goes aside and is never deleted.

    :return: 0; 1 where it cannot be, and then nothing was changed.
    """
    from app.system import SystemClock
    from app.vault.backup import read_head
    from app.vault.keyring import KEY_FILE
    from ui.backups import put_back

    with _refusals() as refused:
        practice = read_head(path).environment == "practice"
        folder = home.practice if practice else home.store
        own = not by_code and (folder / KEY_FILE).exists() and (folder / SHOP_FILE).exists()
        code = "" if own else _code()
        _progress("backup.progress_restore")
        back = put_back(path, home, practice=practice, code=code, now=SystemClock().now())
        if json:
            aside = str(back.aside) if back.aside else None
            told = {"folder": str(back.folder), "aside": aside, "aside_schema": back.aside_schema}
            _print({**told, **_proved(back.proved)})
            return 0
        _line("backup.put_back", folder=str(back.folder))
        _tell_proved(back.proved)
        if back.aside is not None:
            _line("backup.aside", folder=str(back.aside))
        if back.aside_schema:
            _line("backup.aside_schema", schema=back.aside_schema)
        _line("backup.next_start")
        return 0
    return refused[0]


# --- common ---------------------------------------------------------------------------------------


@contextmanager
def _refusals() -> Iterator[list[int]]:
    """A refusal is one line on stderr and exit 1."""
    code: list[int] = [1]
    try:
        yield code
    except YaotaiError as error:
        told = failure(error)
        _complain(said_error(error) if told == error.message_id else said(told))


def _code() -> str:
    """The recovery code: typed unseen where somebody sits there, else the first line of stdin."""
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(said("backup.ask_code") + " ").strip()
    return sys.stdin.readline(200).strip()


def _proved(proved: BackupProved) -> dict[str, object]:
    return {name: getattr(proved, name) for name in proved.__dataclass_fields__}


def _tell_proved(proved: BackupProved) -> None:
    _line(
        "backup.proved", sales=f"{proved.sales:,}", rows=f"{proved.log_rows:,}",
        evidence=f"{proved.evidence:,}", until=_wall(proved.newest_at) or "—",
    )  # fmt: skip
    if proved.missing:
        _complain(said("backup.fail_evidence", count=proved.missing))


def _wall(iso: str) -> str:
    return f"{shop_time(datetime.fromisoformat(iso)):%Y-%m-%d %H:%M}" if iso else ""


def _seen(one: BackupSeen) -> dict[str, object]:
    return {"name": one.name, "made_at": one.made_at.isoformat(), "size": one.size}


def _line(message_id: str, **params: object) -> None:
    sys.stdout.write(said(message_id, **params) + "\n")


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")


def _progress(message_id: str) -> None:
    _complain(said(message_id))


def _print(told: dict[str, object]) -> None:
    sys.stdout.write(json_text.dumps(told, ensure_ascii=False) + "\n")
