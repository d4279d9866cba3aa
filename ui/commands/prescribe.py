"""``yaotai platform prescribe``: issue a prescription at a running practice platform."""

from __future__ import annotations

import json
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.bounded import SETTINGS_LIMIT, TooMuch, read_bounded
from sync.insurance.simulator.rx_orders import KEYS, LINE_KEYS

_SECONDS = 30
EXAMPLE = "resources/practice/prescription_example.json"


def _told(keys: Any) -> str:  # noqa: ANN401 - a mapping of words
    return "; ".join(f"{name} - {words}" for name, words in keys.items())


ORDER_HELP = (
    f"A JSON object, example: {EXAMPLE} (- reads stdin). Members: {_told(KEYS)}. "
    f"Members of a line: {_told(LINE_KEYS)}."
)
"""What ``--help`` says of the file."""

URL_HELP = (
    "The platform's address: the first line that `yaotai platform` prints; without it the running "
    "practice shop's own, which stands in practice/platform/url of the home."
)


def run(file: str, url: str, home: Path, as_json: bool) -> int:
    """Issue the prescription of ``file`` and print its number, QR text and state.

    :returns: 0 issued, 1 the centre refused it or no platform answered, 2 a bad file or address.
    """
    try:
        order = json.loads(_given(file))
    except (OSError, ValueError, RecursionError) as broken:
        return _complain(f"{file}: {broken}", 2)
    try:
        parts = urlsplit(url or _own(home))
        host, port = parts.hostname, parts.port
    except (OSError, ValueError) as unknown:
        return _complain(f"--url: {unknown}", 2)
    if parts.scheme != "http" or not host:
        return _complain("--url: an address like http://127.0.0.1:8080 is needed", 2)
    try:
        status, told = _post(host, port, order)
    except (OSError, HTTPException, ValueError) as silent:
        return _complain(f"prescribe: no answer ({type(silent).__name__})", 1)
    if status != 200:
        return _complain(f"prescribe: {told.get('error', status)}", 2 if status == 400 else 1)
    print(json.dumps(told, ensure_ascii=False) if as_json else _line(told))
    return 0


def _given(file: str) -> bytes:
    """:raises OSError, ValueError: unreadable, or longer than any prescription."""
    if file != "-":
        return read_bounded(Path(file), SETTINGS_LIMIT)
    told = sys.stdin.buffer.read(SETTINGS_LIMIT + 1)
    if len(told) > SETTINGS_LIMIT:
        raise TooMuch(f"more than {SETTINGS_LIMIT} bytes")
    return told


def _own(home: Path) -> str:
    return (home / "practice" / "platform" / "url").read_text(encoding="utf-8").strip()


def _post(host: str, port: int | None, order: object) -> tuple[int, dict[str, Any]]:
    """One request to the practice-only door."""
    connection = HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("POST", "/practice/prescriptions", json.dumps(order).encode())
        answer = connection.getresponse()
        told = json.loads(answer.read(SETTINGS_LIMIT))
    finally:
        connection.close()
    if not isinstance(told, dict):
        raise ValueError("no object")
    return answer.status, told


def _line(told: dict[str, Any]) -> str:
    names = ("hi_rxno", "qr", "person", "state", "valid_until")
    return "  ".join(str(told[name]) for name in names)


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
