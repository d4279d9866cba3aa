"""One POST over ``requests``, and whether it can have left: the lowest layer of the client."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from typing import Any, Protocol

import requests
from certifi import where
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from sync.insurance.pinning import UNTRUSTED, WrongPin, require_pin, why_of

MAX_BODY = 8 * 1024 * 1024
"""The longest answer that is read; catalogues come as files of their own, not this way."""

IDLE_SECONDS = 4.0
"""A kept connection older than this is not used again: the far end may be closing it just now,
and a message lost in that moment would be an unknown outcome for nothing."""

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class NotLeft(Exception):
    """Not one byte of the message left: ``why`` in one word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Lost(Exception):
    """It may have left and no whole answer came: ``why`` in one word; ``part`` what did come."""

    def __init__(self, why: str, part: bytes = b"") -> None:
        super().__init__(why)
        self.why = why
        self.part = part


class Transport(Protocol):
    """Takes one message to the far end."""

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limit: float | None = None
    ) -> Reply:
        """``limit``: seconds for connecting and for the answer, where this message has its own.

        :raises NotLeft: it cannot have left; :raises Lost: everything else that is no answer.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class _Witness:
    """Remembers for one message whether sending began, and until when its answer is awaited."""

    def __init__(self, read_seconds: float) -> None:
        self.left = False
        self.read_seconds = read_seconds
        self.deadline = 0.0

    def answer_awaited(self) -> None:
        self.deadline = time.monotonic() + self.read_seconds

    def arm(self, sock: socket.socket) -> None:
        """Give each read only what is left of the whole: a slow drip must not outlast it."""
        if self.deadline:
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("answer took too long")
            sock.settimeout(remaining)


class _Socket(socket.socket):
    witness: _Witness | None = None

    def recv_into(self, buffer: Any, nbytes: int | None = 0, flags: int = 0) -> int:  # noqa: ANN401
        if self.witness:
            self.witness.arm(self)
        return super().recv_into(buffer, nbytes or 0, flags)


class _TlsSocket(ssl.SSLSocket):
    witness: _Witness | None = None

    def recv_into(self, buffer: Any, nbytes: int | None = 0, flags: int = 0) -> int:  # noqa: ANN401
        if self.witness:
            self.witness.arm(self)
        return super().recv_into(buffer, nbytes, flags)


class _Watched:
    """Mixed into urllib3's connections: tells the witness when bytes start to leave."""

    witness: _Witness
    pins: frozenset[bytes]
    sock: Any
    auto_open: int

    def _new_conn(self) -> socket.socket:
        plain: socket.socket = super()._new_conn()  # type: ignore[misc]
        timeout = plain.gettimeout()
        watched = _Socket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        watched.settimeout(timeout)
        return watched

    def connect(self) -> None:
        """Nothing of a message is sent before the far end's key was looked at."""
        super().connect()  # type: ignore[misc]
        if self.pins:
            seen = getattr(self.sock, "getpeercert", lambda _: None)(True)
            try:
                require_pin(seen, self.pins)
            except WrongPin:
                self.close()  # type: ignore[attr-defined]
                raise

    def send(self, data: object) -> None:
        if self.sock is None and self.auto_open:
            self.connect()
        self.witness.left = True
        super().send(data)  # type: ignore[misc]

    def getresponse(self) -> object:
        self.witness.answer_awaited()
        if isinstance(self.sock, _Socket | _TlsSocket):
            self.sock.witness = self.witness
        response: object = super().getresponse()  # type: ignore[misc]
        return response


@cache
def _tls_context(ca_file: str) -> ssl.SSLContext:
    """One context for all connections of the process: reading the authorities takes a while."""
    context = create_urllib3_context()
    context.sslsocket_class = _TlsSocket
    context.load_verify_locations(cafile=ca_file)
    return context


class _Adapter(HTTPAdapter):
    """Never tries again, and tells its witness what happened."""

    def __init__(self, witness: _Witness, ca_file: str, pins: frozenset[bytes]) -> None:
        self._witness = witness
        self._pins = pins
        self._ca_file = ca_file
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(
        self,
        connections: int,
        maxsize: int,
        block: bool = False,
        **more: Any,  # noqa: ANN401 - as requests declares it
    ) -> None:
        context = _tls_context(self._ca_file)
        super().init_poolmanager(connections, maxsize, block, ssl_context=context, **more)
        watched = {"witness": self._witness, "pins": self._pins}
        plain = type("_PlainConnection", (_Watched, HTTPConnection), watched)
        tls = type("_TlsConnection", (_Watched, HTTPSConnection), watched)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
        }


class _Session(requests.Session):
    """Knows no redirects: even to refuse one, the base class would read its body unbounded."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class RequestsTransport:
    """One ``requests.Session`` of one thread: no redirects, no retries, no proxies, TLS verified.

    ``read_seconds`` bounds the whole answer, from the last byte sent to the last byte read.
    ``ca_file``: the authorities (PEM) in place of the public ones. ``pins``: digests of public
    keys (:mod:`sync.insurance.pinning`), one of which the far end must have besides; a line that
    is not encrypted has none, and carries nothing then.
    """

    def __init__(
        self,
        connect_seconds: float,
        read_seconds: float,
        *,
        max_body: int = MAX_BODY,
        ca_file: str = "",
        pins: frozenset[bytes] = frozenset(),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeouts = (connect_seconds, read_seconds)
        self._max_body = max_body
        self._ticks = ticks
        self._used_at = ticks()
        self._witness = _Witness(read_seconds)
        self._session = _Session()
        self._session.trust_env = False
        authorities = ca_file or where()
        self._session.verify = authorities
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self._witness, authorities, pins))
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": "identity"})

    def close(self) -> None:
        """Close the session's connections; the next post opens new ones."""
        self._session.close()

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limit: float | None = None
    ) -> Reply:
        """One POST, one try; ``limit`` never gives more time than every other message has.

        :raises NotLeft: refused, unreachable, name not found, TLS not agreed.
        :raises Lost: anything that happened after the first byte left.
        """
        if self._ticks() - self._used_at > IDLE_SECONDS:
            self.close()
        self._witness.left, self._witness.deadline = False, 0.0
        connect, read = self._timeouts
        timeouts = self._timeouts if limit is None else (min(connect, limit), min(read, limit))
        self._witness.read_seconds = timeouts[1]
        try:
            return self._exchange(url, headers, body, timeouts)
        except Lost:
            self.close()
            raise
        except Exception as error:
            # Whatever went wrong, only one thing counts: had it begun to leave? And after a
            # failure a late answer may still arrive: never on a connection that is used again.
            self.close()
            if self._witness.left:
                raise Lost(_why_lost(error)) from None
            raise NotLeft(_why_not_left(error)) from None
        finally:
            self._used_at = self._ticks()

    def _exchange(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        timeouts: tuple[float, float],
    ) -> Reply:
        response = self._session.post(
            url,
            data=body,
            headers=dict(headers),
            timeout=timeouts,
            allow_redirects=False,
            stream=True,
        )
        with response:
            told = response.headers.get("Content-Length", "")
            length = int(told) if told.isascii() and told.isdigit() else None
            if length is not None and length > self._max_body:
                raise Lost("oversize")
            content = self._read(response)
        if length is not None and len(content) != length:
            raise Lost("torn", content)
        return Reply(response.status_code, dict(response.headers), content)

    def _read(self, response: requests.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            try:
                part = response.raw.read1(_CHUNK, decode_content=False)
            except (HTTPError, HTTPException, OSError) as error:
                raise Lost(_why_lost(error), b"".join(parts)) from None
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > self._max_body:
                raise Lost("oversize")


def _chain(error: BaseException) -> list[BaseException]:
    """The error and everything it was made of, as far as it tells."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def _why_lost(error: BaseException) -> str:
    chain = _chain(error)
    timeouts = (TimeoutError, requests.Timeout)
    if any(isinstance(one, timeouts) or "timed out" in str(one) for one in chain):
        return "timeout"
    if any("IncompleteRead" in type(one).__name__ for one in chain):
        return "torn"
    return "reset"


def _why_not_left(error: BaseException) -> str:
    chain = _chain(error)
    agreed = [one for one in chain if isinstance(one, ssl.SSLError)]
    if agreed:
        return next((why for why in map(why_of, agreed) if why != UNTRUSTED), UNTRUSTED)
    if any(isinstance(one, requests.exceptions.SSLError) for one in chain):
        return UNTRUSTED
    if any(isinstance(one, socket.gaierror) for one in chain):
        return "name"
    if any(isinstance(one, requests.Timeout | TimeoutError) for one in chain):
        return "connect_timeout"
    if any(isinstance(one, ValueError) for one in chain[:1]):
        return "address"
    return "refused"
