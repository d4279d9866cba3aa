"""The one port that opens here, the practice platform's: who may ask, how much, how slowly."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync.insurance.simulator.server import BODY_LIMIT, PlatformServer
from tests.unit.simulator.far_end import FarEnd


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PlatformServer]:
    one = PlatformServer(FarEnd(tmp_path / "state").platform)
    one.start()
    yield one
    one.stop()


def said(server: PlatformServer, *lines: str, body: bytes = b"") -> str:
    """The status line and headers of what comes back to raw bytes; empty where nothing does."""
    address = ("127.0.0.1", server.server_address[1])
    with closing(socket.create_connection(address, timeout=10)) as wire:
        wire.sendall("\r\n".join((*lines, "", "")).encode("latin-1") + body)
        return wire.recv(4000).decode("latin-1")


def own(server: PlatformServer) -> str:
    return f"Host: 127.0.0.1:{server.server_address[1]}"


ASK = "GET /practice/persons HTTP/1.1"


def test_it_listens_on_loopback_alone(server: PlatformServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert said(server, ASK, own(server)).startswith("HTTP/1.1 200")
    assert said(server, ASK, "Host: localhost:1").startswith("HTTP/1.1 200")


@pytest.mark.parametrize(
    "header",
    [
        "Host: evil.example:80",
        "Host: evil.example",
        "Host: 127.0.0.1.evil.example:8080",
        "Host: 127.0.0.1:1\r\nOrigin: https://evil.example",
        "Host: 127.0.0.1:1\r\nOrigin: null",
        "Host: 127.0.0.1:1\r\nSec-Fetch-Site: cross-site",
    ],
)
def test_a_page_in_a_browser_reaches_nothing(server: PlatformServer, header: str) -> None:
    """A name made to point here, or a form sent from elsewhere: nothing is read or done."""
    answer = said(server, ASK, header)
    assert answer.startswith("HTTP/1.1 403") and "练习" not in answer
    drawn = said(server, "POST /practice/faults HTTP/1.1", header, "Content-Length: 2", body=b"[]")
    assert drawn.startswith("HTTP/1.1 403")


@pytest.mark.parametrize("length", [str(BODY_LIMIT + 1), "-1", "1e9", "9" * 40, "0x10"])
def test_too_much_or_no_number_is_refused_before_it_is_read(
    server: PlatformServer, length: str
) -> None:
    line = "POST /practice/faults HTTP/1.1"
    assert said(server, line, own(server), f"Content-Length: {length}").startswith("HTTP/1.1 413")


@pytest.mark.parametrize(
    "body",
    [b"\x00\xff" * 40, b"[" * 100_000, b'{"kind":' + b'{"a":' * 9_000, b"[{}]", b'"x"', b"{", b""],
)
def test_rubbish_is_one_refusal_and_the_next_is_served(server: PlatformServer, body: bytes) -> None:
    line = "POST /practice/faults HTTP/1.1"
    told = said(server, line, own(server), f"Content-Length: {len(body)}", body=body)
    assert told.startswith(("HTTP/1.1 400", "HTTP/1.1 200"))
    assert said(server, ASK, own(server)).startswith("HTTP/1.1 200")


def test_who_asks_slowly_holds_up_nobody(server: PlatformServer) -> None:
    """Half a request each from twenty sides; each has a thread of its own and a time limit."""
    address = ("127.0.0.1", server.server_address[1])
    slow = [socket.create_connection(address, timeout=10) for _ in range(20)]
    try:
        for one in slow:
            one.sendall(b"POST /practice/faults HTTP/1.1\r\nContent-Length: 10\r\nHost: 12")
        assert said(server, ASK, own(server)).startswith("HTTP/1.1 200")
    finally:
        for one in slow:
            one.close()
    timeout = server.RequestHandlerClass.timeout
    assert timeout is not None and timeout <= 30


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/practice/../../x", "/%2e%2e/%2e%2e/x"])
def test_no_path_leads_to_a_file(server: PlatformServer, path: str) -> None:
    answer = said(server, f"GET {path} HTTP/1.1", own(server))
    assert answer.startswith("HTTP/1.1 404") and "root:" not in answer


def test_no_other_port_is_opened_by_any_room() -> None:
    """Second screen, pad and station are windows of this process: nothing listens for them."""
    found = {
        f"{room}/{path.relative_to(ROOT / room).as_posix()}"
        for room in ("app", "devices", "sync", "ui")
        for path in (ROOT / room).rglob("*.py")
        if LISTENS.search(path.read_text("utf-8"))
    }
    assert {one for one in found if not one.startswith("ui/bench/")} == {
        "sync/insurance/simulator/server.py"
    }


ROOT = Path(__file__).resolve().parents[2]
LISTENS = re.compile(
    r"HTTPServer|TCPServer|UDPServer|QTcpServer|QLocalServer|QWebSocketServer|create_server"
    r"|start_server|\.bind\(\("
)
"""Ways to open a port; benchmarks have far ends of their own, in processes of their own."""
