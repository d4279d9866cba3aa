"""The three outcomes over real sockets: a platform that misbehaves in every way we know."""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.domain.insurance import Outcome
from tests.fakes.insurance import a_client, a_header, every_call

OK = json.dumps({"infcode": 0, "output": {}}).encode()
NO = json.dumps({"infcode": -1, "err_msg": "FSI-练习：不予支付"}, ensure_ascii=False).encode()


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {told}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


Play = Callable[[socket.socket], None]


def says(content: bytes) -> Play:
    return lambda sock: sock.sendall(content)


def resets(content: bytes) -> Play:
    def play(sock: socket.socket) -> None:
        sock.sendall(content)
        # Linger of zero: closing sends RST in place of FIN.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return play


@contextmanager
def far_end(*plays: Play) -> Iterator[tuple[str, list[bytes]]]:
    """Reads whole requests on loopback and plays one answer each; yields URL and what came."""
    heard: list[bytes] = []
    waiting = list(plays)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            size, head = 0, b""
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                head += line
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            heard.append(head + self.rfile.read(size))
            try:
                waiting.pop(0)(self.connection)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", heard
        finally:
            server.shutdown()
            thread.join()


HTML = b"<!DOCTYPE html><html><body>login</body></html>"
GATEWAY = json.dumps({"code": 401, "message": "签名不一致!"}, ensure_ascii=False).encode()

ANSWERS = {
    "zero": (says(http(OK)), "success", ""),
    "zero as text": (says(http(b'{"infcode":"0","output":null}')), "success", ""),
    "zero without output": (says(http(b'{"infcode":0}')), "success", ""),
    "201": (says(http(OK, "201 Created")), "success", ""),
    "chunked": (
        says(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            b'b\r\n{"infcode":\r\n2\r\n0}\r\n0\r\n\r\n'
        ),
        "success",
        "",
    ),
    "until close": (says(b"HTTP/1.0 200 OK\r\n\r\n" + OK), "success", ""),
    "byte order mark": (says(http(b"\xef\xbb\xbf" + OK)), "success", ""),
    "minus one": (says(http(NO)), "refused", "FSI-练习：不予支付"),
    "minus one as text": (says(http(b'{"infcode":"-1","err_msg":"no"}')), "refused", "no"),
    "short gateway form": (
        says(http(b'{"type":"error","infcode":-1,"err_msg":"unknown infno"}')),
        "refused",
        "unknown infno",
    ),
    "refusal without words": (says(http(b'{"infcode":-1,"err_msg":""}')), "unknown", "infcode"),
    "refusal with null words": (says(http(b'{"infcode":-1,"err_msg":null}')), "unknown", "infcode"),
    "positive": (says(http(b'{"infcode":1,"err_msg":"x"}')), "unknown", "infcode x"),
    "false is not zero": (says(http(b'{"infcode":false}')), "unknown", "infcode"),
    "zero point zero": (says(http(b'{"infcode":0.0}')), "unknown", "infcode"),
    "minus zero as text": (says(http(b'{"infcode":"-0","err_msg":"x"}')), "unknown", "infcode x"),
    "no infcode": (says(http(b'{"output":{}}')), "unknown", "infcode"),
    "empty object": (says(http(b"{}")), "unknown", "infcode"),
    "two answers at once": (
        says(http(b'{"infcode":-1,"err_msg":"x","infcode":0}')),
        "unknown",
        "contradiction",
    ),
    "NaN": (says(http(b'{"infcode":0,"output":{"a":NaN}}')), "unknown", "torn"),
    "html": (says(http(HTML)), "unknown", "html"),
    "html 502": (says(http(HTML, "502 Bad Gateway")), "unknown", "status 502"),
    "zero but 500": (says(http(OK, "500 Oops")), "unknown", "status 500"),
    "refusal but 500": (says(http(NO, "500 Oops")), "unknown", "status 500"),
    "empty": (says(http(b"")), "unknown", "empty"),
    "blank": (says(http(b" \r\n ")), "unknown", "empty"),
    "204": (says(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), "unknown", "empty"),
    "list": (says(http(b"[" + OK + b"]")), "unknown", "list"),
    "text": (says(http(b'"ok"')), "unknown", "list"),
    "401 object": (says(http(GATEWAY, "401 Unauthorized")), "unknown", "gateway 签名不一致!"),
    "401 object with 200": (says(http(GATEWAY)), "unknown", "gateway 签名不一致!"),
    "401 with zero": (says(http(OK, "401 Unauthorized")), "unknown", "status 401"),
    "redirect": (
        says(http(OK, "302 Found", "Location: http://127.0.0.1:1/")),
        "unknown",
        "redirect 302",
    ),
    "torn json": (says(http(OK[:-5])), "unknown", "torn"),
    "cut short": (says(http(OK[:-5], length=len(OK))), "unknown", "torn"),
    "length too small": (says(http(OK, length=len(OK) - 3)), "unknown", "torn"),
    "length too large": (says(http(OK, length=len(OK) + 3)), "unknown", "torn"),
    "torn chunk": (
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + OK),
        "unknown",
        "torn",
    ),
    "no http": (says(b"garbage\r\n\r\n"), "unknown", "reset"),
    "nothing": (says(b""), "unknown", "reset"),
    "reset": (resets(b""), "unknown", "reset"),
    "bad length": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\nConnection: close\r\n\r\n" + OK),
        "unknown",
        "reset",
    ),
    "told too long": (says(http(b"", length=40 * 2**20)), "unknown", "oversize"),
    "deep": (
        says(http(b'{"infcode":0,"output":' + b"[" * 5000 + b"]" * 5000 + b"}")),
        "unknown",
        "oversize",
    ),
    "deeper": (says(http(b"[" * 200000)), "unknown", "oversize"),
    "not utf8": (says(http(b'{"infcode":0,"output":"\xff"}')), "unknown", "torn"),
    "gzip unasked": (
        says(http(b"\x1f\x8b\x08junk", "200 OK", "Content-Encoding: gzip")),
        "unknown",
        "torn",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_is_judged_by_the_rule(name: str) -> None:
    play, outcome, why = ANSWERS[name]
    with far_end(play) as (url, heard):
        client = a_client(url=url)
        answer = client.send(client.compose(every_call()["2601_reverse"], a_header()))
        client.close()
    assert answer.outcome.value == outcome
    assert answer.text == (f"answer.{why}" if outcome == "unknown" else why)
    assert len(heard) == 1, "sent once and never again"


def test_forty_megabytes_are_cut_off() -> None:
    def floods(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(640):
            sock.sendall(b" " * 65536)

    with far_end(floods) as (url, _):
        client = a_client(url=url)
        answer = client.send(client.compose(every_call()["2601_reverse"], a_header()))
        client.close()
    assert (answer.outcome, answer.text) == (Outcome.UNKNOWN, "answer.oversize")


@pytest.mark.parametrize(
    "started",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"],
    ids=["silence", "in the head", "in the body"],
)
def test_a_slow_drip_is_cut_off_by_the_whole_time(started: bytes) -> None:
    """Each drop alone comes in time; together they must not hold the counter."""
    over = threading.Event()

    def drips(sock: socket.socket) -> None:
        sock.sendall(started)
        while not over.wait(0.05):
            if started:
                sock.sendall(b" ")

    with far_end(drips) as (url, _):
        client = a_client(url=url, read_seconds=0.4)
        answer = client.send(client.compose(every_call()["2601_reverse"], a_header()))
        over.set()
        client.close()
    assert (answer.outcome, answer.text) == (Outcome.UNKNOWN, "answer.timeout")
    assert answer.millis < 2000


def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    over = threading.Event()

    def late(sock: socket.socket) -> None:
        over.wait(5)
        sock.sendall(http(NO))

    with far_end(late, says(http(OK))) as (url, heard):
        client = a_client(url=url, read_seconds=0.3)
        message = client.compose(every_call()["2601_reverse"], a_header())
        first = client.send(message)
        over.set()
        second = client.send(message)
        client.close()
    assert (first.outcome, second.outcome) == (Outcome.UNKNOWN, Outcome.SUCCESS)
    assert len(heard) == 2


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_what_cannot_leave_is_not_sent() -> None:
    urls = {
        f"http://127.0.0.1:{closed_port()}": "refused",
        "http://no-such-host.invalid": "name",
        "ftp://127.0.0.1:9": "address",
        "http://": "address",
    }
    for url, why in urls.items():
        client = a_client(url=url)
        answer = client.send(client.compose(every_call()["2601_reverse"], a_header()))
        assert (answer.outcome, answer.text) == (Outcome.NOT_SENT, f"answer.not_sent {why}")


def test_no_tls_no_sending() -> None:
    """A server that does not speak TLS gets not one byte of the message."""

    def refuses(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with far_end(refuses) as (url, heard):
        client = a_client(url=url.replace("http:", "https:"))
        answer = client.send(client.compose(every_call()["2601_reverse"], a_header()))
        client.close()
    assert answer.outcome is Outcome.NOT_SENT
    assert all(b"2601" not in one for one in heard)


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    with far_end(says(http(OK))) as (url, _):
        client = a_client(url=url)
        answer = client.send(client.compose(every_call()["2601_reverse"], a_header()))
        client.close()
    assert answer.outcome is Outcome.SUCCESS


def test_what_leaves_is_exactly_the_message() -> None:
    with far_end(says(http(OK))) as (url, heard):
        client = a_client(url=url)
        message = client.compose(every_call()["2601_reverse"], a_header())
        client.send(message)
        client.close()
    assert heard[0].endswith(message.body)
    assert heard[0].startswith(b"POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\n")
    assert b"x-tif-signature" in heard[0].lower()
