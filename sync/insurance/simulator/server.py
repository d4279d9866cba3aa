"""The practice platform behind the standard library's threading HTTP server, on loopback only."""

from __future__ import annotations

import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from sync.insurance.simulator.platform import Platform
from sync.insurance.simulator.refusal import NoReply

BODY_LIMIT = 64_000_000
_STUCK_SECONDS = 30
_OWN_NAMES = ("127.0.0.1", "localhost")


class _Handler(BaseHTTPRequestHandler):
    """Bytes in, ``handle``, bytes out; nothing of a request is printed or kept."""

    protocol_version = "HTTP/1.1"
    timeout = _STUCK_SECONDS
    wbufsize = 1 << 16  # head and body in one packet: no waiting for the far end's delayed ACK
    disable_nagle_algorithm = True
    server: PlatformServer

    def do_GET(self) -> None:
        """Any method goes the same way."""
        self._serve()

    do_POST = do_GET
    do_PUT = do_GET
    do_DELETE = do_GET

    def _serve(self) -> None:
        if not self._is_for_us():
            self.close_connection = True
            return self.send_error(403)
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= BODY_LIMIT:
            self.close_connection = True
            return self.send_error(413)
        body = self.rfile.read(length)
        try:
            reply = self.server.platform.handle(self.command, self.path, dict(self.headers), body)
        except NoReply:
            return self._hang_up()
        return self._send(*reply)

    def _is_for_us(self) -> bool:
        """Whether a program of this machine asks: a page in a browser may not reach the platform.

        A page names its origin, and one that had its own name point here asks for that name.
        """
        if self.headers.get("Origin") or self.headers.get("Sec-Fetch-Site"):
            return False
        host = self.headers.get("Host")
        return host is None or host.rpartition(":")[0] in _OWN_NAMES

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        told = headers.get("Content-Length", str(len(body)))
        try:
            self.send_response(status)
            for name, value in headers.items():
                if name != "Content-Length":
                    self.send_header(name, value)
            self.send_header("Content-Length", told)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            return self._hang_up()
        if told != str(len(body)):
            self._hang_up()
        return None

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Silent: addresses of requests are nobody's business."""


class PlatformServer(ThreadingHTTPServer):
    """A platform on 127.0.0.1; ``port`` 0 picks a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, platform: Platform, port: int = 0) -> None:
        self.platform = platform
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> Thread:
        """Serve on a thread of its own until ``stop``."""
        thread = Thread(target=self.serve_forever, args=(0.05,), name="practice-platform")
        thread.daemon = True
        thread.start()
        return thread

    def get_request(self) -> tuple[socket.socket, object]:
        """Remember who is connected: a line kept open would outlive the platform."""
        request, address = super().get_request()
        self._open.add(request)
        return request, address

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - typeshed's own
        """A connection came to its end."""
        self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Stop serving, cut every connection, close port and books."""
        self.shutdown()
        self.server_close()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.platform.state.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of ours."""
