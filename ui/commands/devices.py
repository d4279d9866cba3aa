"""``yaotai devices``: the ports of this machine, the logs of its devices, and playing one back."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from app.errors import BadFile, NotOffered
from devices.card_reader import replay as idcard_replay
from devices.card_reader import wire as idcard_wire
from devices.found_ports import found_ports
from devices.pty_port import PtyPort
from devices.receipt_printer import replay as printer_replay
from devices.receipt_printer import wire as printer_wire
from devices.ring_log import ReplayedConnection, ReplayTimer, read_ring
from devices.scanner import replay as scanner_replay
from devices.scanner import wire as scanner_wire
from devices.social_card import recorded as sscard_replay
from devices.social_card import wire as sscard_wire
from ui.commands.read_card import practice_cards, practice_reader
from ui.device_file import LOG_FOLDER
from ui.words import say, say_error

_REPLAYERS = {
    scanner_replay.KIND: (scanner_wire.DEVICE, scanner_replay.replay),
    idcard_replay.KIND: (idcard_wire.DEVICE, idcard_replay.replay),
    sscard_replay.KIND: (sscard_wire.DEVICE, sscard_replay.replay),
    printer_replay.KIND: (printer_wire.DEVICE, printer_replay.replay),
}


def run_list(shop: Path, as_json: bool, lang: str = "zh_CN") -> int:
    """Print each serial port, and each device's log in the folder of ``shop``."""
    found = (asdict(one) for one in found_ports())
    ports = [{key: value or None for key, value in one.items()} for one in found]
    logs = [
        {"kind": path.stem, "file": str(path), "bytes": path.stat().st_size}
        for path in sorted((shop / LOG_FOLDER).glob("*.log"))
    ]
    if as_json:
        sys.stdout.write(json.dumps({"ports": ports, "logs": logs}, ensure_ascii=False) + "\n")
        return 0
    lines = [" ".join(str(part) for part in one.values() if part) for one in ports]
    lines += [f"{one['kind']}: {one['file']} ({one['bytes']})" for one in logs]
    sys.stdout.write("\n".join(lines or [say("device_log.nothing", lang)]) + "\n")
    return 0


def run_replay(file: Path, as_json: bool, lang: str = "zh_CN") -> int:
    """Play a device's log back through its driver and print what the driver makes of it.

    :return: 0; 1 when the driver met an error. :raises BadFile: no log of a device we know.
    """
    kind, entries = read_ring(file)
    if kind not in _REPLAYERS:
        raise BadFile(file=file.name, why=f"{kind} ({', '.join(_REPLAYERS)})")
    device, replay = _REPLAYERS[kind]
    timer = ReplayTimer()
    connection = ReplayedConnection(entries, timer, device)
    told = [
        {"what": what, "error": say_error(failure, lang) if failure else None}
        for what, failure in replay(connection, timer)
    ]
    if as_json:
        document = {"kind": kind, "steps": told, "strange": connection.strange}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        lines = [" ".join(part for part in one.values() if part) for one in told]
        sys.stdout.write("\n".join(lines or [say("device_log.nothing", lang)]) + "\n")
    return 1 if any(one["error"] for one in told) else 0


def run_emulate(card: str, link: Path | None, lang: str = "zh_CN") -> int:
    """An emulated card reader on a port of its own until the input ends; prints the port.

    Lines of the input: ``lay CARD``, ``lift``, ``unplug``, ``plug``.

    :raises NotOffered: this system has no pseudo-terminals.
    """
    if not hasattr(os, "openpty"):
        raise NotOffered(device=idcard_wire.DEVICE)
    far_end, cards = practice_reader(card), practice_cards()
    port = PtyPort(lambda: far_end, link)
    try:
        _say_line(port.plug())
        for line in sys.stdin:
            match line.split():
                case ["lay", name] if name in cards:
                    far_end.lay(cards[name])
                case ["lift"]:
                    far_end.lift()
                case ["unplug"]:
                    port.unplug()
                case ["plug"]:
                    port.unplug()
                    _say_line(port.plug())
                case _:
                    _say_line(say("device_log.emulator_words", lang, cards=", ".join(cards)))
    except KeyboardInterrupt:
        return 0
    finally:
        port.unplug()
    return 0


def _say_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
