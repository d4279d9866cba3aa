"""Signatures of a certificate authority's key, against the standard's own example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ca_key import Certificate
from app.domain.rx_case import Signature
from app.errors import BadValue
from app.vault.ca_signatures import (
    certificate_of,
    holds,
    is_signed,
    prepared,
    read_certificate,
)

# GB/T 32918.5-2017, annex A.2: key, message, prepared digest and signature as printed there.
PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
DIGEST = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
VALUE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_the_text_is_prepared_as_the_standard_prints_it() -> None:
    assert prepared(PUBLIC, MESSAGE).hex().upper() == DIGEST


def test_the_signature_of_the_standard_holds_over_its_text_alone() -> None:
    assert is_signed(PUBLIC, MESSAGE, VALUE)
    assert not is_signed(PUBLIC, MESSAGE + b" ", VALUE)
    assert not is_signed(PUBLIC, MESSAGE, VALUE[:-1] + bytes([VALUE[-1] ^ 1]))
    assert not is_signed(PUBLIC[32:] + PUBLIC[:32], MESSAGE, VALUE)


@pytest.mark.parametrize("value", [bytes(64), b"\xff" * 64, VALUE[:-1], VALUE + b"\0", b""])
def test_a_value_out_of_range_holds_nothing(value: bytes) -> None:
    assert not is_signed(PUBLIC, MESSAGE, value)


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=64, max_size=64))
@settings(max_examples=10, deadline=None)
def test_anything_else_holds_nothing(key: bytes, value: bytes) -> None:
    assert not is_signed(key, MESSAGE, value)


def test_a_certificate_of_another_curve_is_refused() -> None:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "练习药师")])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).serial_number(7).public_key(key.public_key())
        .not_valid_before(at).not_valid_after(at + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    with pytest.raises(BadValue):
        read_certificate(made.public_bytes(Encoding.DER))


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(BadValue):
        read_certificate(der)


def test_a_certificate_of_no_known_version_is_refused() -> None:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "练习药师")])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).serial_number(7).public_key(key.public_key())
        .not_valid_before(at).not_valid_after(at + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    der = made.public_bytes(Encoding.DER)
    version = bytes.fromhex("a003020102")
    assert der.count(version) == 1
    with pytest.raises(BadValue):
        read_certificate(der.replace(version, bytes.fromhex("a003020149")))


def test_a_signature_without_its_certificate_holds_nothing() -> None:
    bare = Signature("ca", "0" * 64, VALUE, "SM2-SM3", b"")
    assert not holds(bare, MESSAGE)
    assert certificate_of(bare) is None
    internal = Signature("internal", "0" * 64, VALUE)
    assert not holds(internal, MESSAGE)
    assert certificate_of(internal) is None


def test_a_holder_is_compared_by_name_and_shown_without_a_number() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    told = Certificate("k", "练习 药师@99010119000101001X@01", "练习发证机构", "1F", at, at)
    assert told.names("练习药师")
    assert not told.names("练习药师乙")
    assert not told.names(" ")
    assert told.shown_holder == "练习 药师@…@01"
    assert told.valid_at(at)
    assert not told.valid_at(at + timedelta(seconds=1))
