"""The line against a real TLS server: whoever is not proved gets not one byte of a message."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import BadFile
from sync.insurance.pinning import pin_of, read_pins
from sync.insurance.transport import NotLeft, RequestsTransport
from ui.homes import ShopFile
from ui.line_trust import line_trust
from ui.words import LANGUAGES, say

BODY = b"A MESSAGE THAT NAMES SOMEBODY"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
DAY = timedelta(days=1)


class Maker:
    """An authority of the test's own, and what it issues."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "practice authority")])
        self.file = folder / "authority.pem"
        own = self._certificate(self.name, self.key, self.key, self.name, authority=True)
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def issue(
        self, name: str, *, days: int = 1, host: str = "127.0.0.1", alone: bool = False
    ) -> tuple[Path, str]:
        """A key and its certificate in one file, and its pin; ``alone``: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        by = (key, subject) if alone else (self.key, self.name)
        made = self._certificate(subject, key, *by, days=days, host=host)
        path = self.folder / f"{name}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        return path, written(made.public_bytes(serialization.Encoding.DER))

    def _certificate(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        by: ec.EllipticCurvePrivateKey,
        issuer: x509.Name,
        *,
        days: int = 1,
        host: str = "127.0.0.1",
        authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        ends = now + days * DAY
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(now, ends) - 2 * DAY)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        names = [x509.IPAddress(IPv4Address(host))]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return made.sign(by, hashes.SHA256())


def written(certificate: bytes) -> str:
    return "sha256/" + base64.b64encode(pin_of(certificate)).decode()


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(tmp_path_factory.mktemp("keys"))


@contextmanager
def tls_server(identity: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Answers one post after another; what it heard after the handshake is told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return
                plain.settimeout(5)
                try:
                    with context.wrap_socket(plain, server_side=True) as line:
                        while not b"".join(heard).endswith(BODY):
                            part = line.recv(65536)
                            if not part:
                                break
                            heard.append(part)
                        else:
                            line.sendall(ANSWER)
                except OSError:
                    plain.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/", heard
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def post(url: str, authority: str, pins: str = "") -> int:
    line = RequestsTransport(5, 5, ca_file=authority, pins=read_pins(pins))
    try:
        return line.post(url, {}, BODY).status
    finally:
        line.close()


@pytest.mark.rule("S-02")
@pytest.mark.parametrize("pinned", ["not", "alone", "beside another"])
def test_a_far_end_that_is_proved_gets_the_message(maker: Maker, pinned: str) -> None:
    identity, pin = maker.issue("good")
    other = maker.issue("other")[1]
    pins = {"not": "", "alone": pin, "beside another": f"{other} , {pin}"}[pinned]
    with tls_server(identity) as (url, heard):
        assert post(url, str(maker.file), pins) == 200
    assert b"".join(heard).endswith(BODY)


@pytest.mark.rule("S-02")
@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("tls_pin", {}),
        ("tls_expired", {"days": -1}),
        ("tls_host", {"host": "127.0.0.9"}),
        ("tls_authority", {"alone": True}),
    ],
)
@pytest.mark.parametrize("right_pin", [True, False])
def test_a_far_end_that_is_not_proved_hears_nothing(
    maker: Maker, why: str, change: dict[str, object], right_pin: bool
) -> None:
    """A right pin helps nobody past the authorities, the dates or the name."""
    identity, pin = maker.issue(f"{why}-{right_pin}", **change)  # type: ignore[arg-type]
    if why == "tls_pin":
        pin = maker.issue("another")[1]
    elif not right_pin:
        pin = ""
    with tls_server(identity) as (url, heard):
        with pytest.raises(NotLeft) as refused:
            post(url, str(maker.file), pin)
        assert refused.value.why == why
    assert heard == []
    for lang in LANGUAGES:
        assert say(f"answer.line_{why}", lang) != f"answer.line_{why}"


def test_the_public_authorities_know_nothing_of_ours_and_no_environment_turns_that(
    maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity, _ = maker.issue("public")
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_" + "BUNDLE"):
        monkeypatch.setenv(name, str(maker.file))
    with tls_server(identity) as (url, heard), pytest.raises(NotLeft, match="tls_authority"):
        post(url, "")
    assert heard == []


def test_a_pinned_line_carries_nothing_in_the_open(maker: Maker) -> None:
    _, pin = maker.issue("plain")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(NotLeft, match="tls_pin"):
            post(url, str(maker.file), pin)
        line, _ = listening.accept()
        with line:
            assert line.recv(10) == b""


@pytest.mark.parametrize(
    "text",
    [
        "sha1/abcd", "abcd", "sha256/abcd", "sha256/" + "A" * 44, "sha256/é", ",",
        ",".join("sha256/" + base64.b64encode(bytes([n] * 32)).decode() for n in range(17)),
    ],
)  # fmt: skip
def test_a_pin_that_cannot_be_read_opens_no_line(text: str) -> None:
    file = ShopFile("s", "t", 1, "n", "P", "CN-999900", "https://x.invalid", "test", tls_pins=text)
    with pytest.raises(BadFile, match="tls_pins"):
        line_trust(file)


def test_an_authority_that_is_not_there_opens_no_line(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    file = ShopFile("s", "t", 1, "n", "P", "CN-999900", "u", "test", tls_authority=missing)
    with pytest.raises(BadFile, match="tls_authority"):
        line_trust(file)
