"""``yaotai platform``: the practice insurance platform as a server of its own on loopback."""

from __future__ import annotations

import signal
import sqlite3
import sys
from pathlib import Path
from threading import Event
from types import FrameType

from app.errors import PackError
from app.regions.loader import load_region
from app.resources import resource
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.faults import KINDS, BadFaults, Rule, read_file
from sync.insurance.simulator.server import PlatformServer
from ui.words import say_error

FAULTS_HELP = (
    "A TOML file of [[fault]] tables or a JSON list. Keys: kind, infno (text or list, default "
    "all), psn_no, times (default 1, 0 = for ever), after (let so many pass first), delay "
    "(seconds), done (true: carry the act out first), text (of a refusal). Kinds: "
    + "; ".join(f"{kind} - {told}" for kind, (_done, told) in KINDS.items())
    + ". At run time: GET and POST /practice/faults."
)
"""What ``--help`` says of ``--faults``."""


def run(port: int, state: Path, region: str, faults: Path | None) -> int:
    """Serve until SIGTERM or SIGINT; prints the URL as the first line on stdout.

    :returns: 0 after a clean stop, 2 for a bad faults file, region, port or state folder.
    """
    try:
        rules = read_file(faults) if faults else []
        pack = load_region(region, practice=True)
    except BadFaults as bad:
        return _complain(str(bad))
    except PackError as bad_pack:
        return _complain(say_error(bad_pack))
    return _serve(port, state, pack.raw, rules)


def _serve(port: int, state: Path, pack: dict[str, object], rules: list[Rule]) -> int:
    try:
        platform = build_platform(pack, resources=resource(), state_folder=state)
    except (OSError, sqlite3.Error) as broken:
        return _complain(f"platform: {broken}")
    try:
        server = PlatformServer(platform, port)
    except (OSError, OverflowError) as taken:
        platform.state.close()
        return _complain(f"platform: {taken}")
    platform.faults.add(rules)
    stopped = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    server.start()
    print(server.url, flush=True)
    try:
        stopped.wait()
    finally:
        server.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _complain(text: str) -> int:
    print(text, file=sys.stderr)
    return 2
