"""What the client must be told beside the region's profile: who the shop is and its credentials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.policy import InterfaceProfile
from app.errors import PackError

if TYPE_CHECKING:
    from sync.insurance.sealed_input import InputSealer


@dataclass(frozen=True, slots=True)
class Institution:
    """The shop on the platform: twelve characters beginning with P, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    """The department under which a pharmacy registers a visit (2201 demands one)."""

    code: str = "YF"
    name: str = "药房"
    caty: str = "A99"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the bureau gave for the gateway (interface 1.2); shown in no ``repr``.

    ``paasid`` and ``token`` serve the x-tif gateway; ``access_key`` and ``secret`` the _api_ and
    x-ca ones. ``api_version`` is the _api_version header.
    """

    paasid: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    access_key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    api_version: str = "1.0.0"
    sm2_private: str = field(default="", repr=False)
    """The institution's SM2 key, 64 hexadecimal digits, where messages are signed (1.5)."""
    password_key: str = field(default="", repr=False)
    """The platform's RSA key, Base64 of its public half, where patients give a password (1.5)."""
    app_id: str = field(default="", repr=False)
    """``appId`` at the prescription centre, where it is called directly (1.6)."""
    app_secret: str = field(default="", repr=False)
    centre_private: str = field(default="", repr=False)
    """The application's SM2 key at the centre: Base64 of 32 octets."""
    centre_public: str = field(default="", repr=False)
    """The centre's own SM2 point, not the application's: Base64 of 64 octets, or 65 with 04."""
    centre_url: str = field(default="", repr=False)
    """Where the centre answers; empty = the platform's own address."""
    client_id: str = field(default="", repr=False)
    """OAuth2 gateway (1.2 d): who the shop is; its sixteen octets are the SM4 key of ``input``."""
    client_secret: str = field(default="", repr=False)
    oauth_user: str = field(default="", repr=False)
    oauth_password: str = field(default="", repr=False)
    oauth_scope: str = field(default="", repr=False)
    oauth_grant: str = field(default="password", repr=False)
    token_url: str = field(default="", repr=False)
    """Where tokens are given out; empty = ``/auth/oauth/token`` at the platform's own address."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Everything that a composed message says about its sender."""

    profile: InterfaceProfile
    institution: Institution
    department: Department = Department()
    operator_type: str = "1"
    """``opter_type``: 1 operator, 2 self-service, 3 mobile."""
    sign: Callable[[str], str] | None = field(default=None, repr=False)
    """Signs the envelope's text where the region's profile wants it in ``cainfo``."""
    sealer: InputSealer | None = field(default=None, repr=False)
    """Signs and encrypts ``input`` for itself where the region wants that."""
    ip: str = field(default="127.0.0.1", repr=False)
    """``ipInfo`` of prescription calls (interface 3.2)."""
    device: str = "yaotai"
    """``devInfo`` of prescription calls."""


_KEYS_OF_GATEWAY = {
    "none": (),
    "tif": (),
    "api": (),
    "ca": ("access_key", "secret"),
    "oauth": ("client_id", "client_secret"),
}
"""Gateways of interface 1.2 that this client speaks to, and what it cannot do without there."""


def require_offered(profile: InterfaceProfile, credentials: Credentials) -> None:
    """:raises PackError: where the pack asks for a wire that this client does not speak, or for
    a signature without a key.

    Sending unsigned or in clear what the region wants signed or encrypted would only be refused,
    at the counter, after the customer has waited.
    """
    gateway, signing = profile.gateway, profile.message_signing
    if not all(getattr(credentials, name) for name in _KEYS_OF_GATEWAY[gateway]):
        raise PackError(file=profile.region, key="interface.gateway", why="no key to sign with")
    if profile.encrypted_input and not credentials.client_id:
        raise PackError(
            file=profile.region, key="interface.encrypted_input", why="no key to encrypt with"
        )
    if profile.encrypted_input and signing == "sm2_envelope":
        # Whether such a signature covers the clear or the cipher is published nowhere.
        raise PackError(
            file=profile.region, key="interface.encrypted_input", why="not offered by this version"
        )
    if profile.password_in_cainfo and profile.message_signing != "none":
        raise PackError(
            file=profile.region, key="interface.password_in_cainfo", why="cainfo is signed already"
        )
    if profile.message_signing != "none" and not credentials.sm2_private:
        raise PackError(
            file=profile.region, key="interface.message_signing", why="no key to sign with"
        )
