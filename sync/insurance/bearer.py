"""The access token of a gateway that speaks OAuth2: fetched, kept, renewed (interface 1.2 d)."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from app.ports import Clock
from sync.insurance import exact_json
from sync.insurance.profile import Credentials
from sync.insurance.transport import Lost, NotLeft, Transport

TOKEN_PATH: Final = "/auth/oauth/token"  # noqa: S105 - an address
MARGIN: Final = timedelta(seconds=60)
"""A token is renewed so long before its end: one that dies on the way makes an unknown outcome."""

ASSUMED_LIFE: Final = timedelta(minutes=5)
"""Where the gateway does not tell how long a token lives."""


class Bearer:
    """The token of one client; belongs to its thread."""

    def __init__(
        self, transport: Transport, url: str, credentials: Credentials, clock: Clock
    ) -> None:
        self._transport, self._credentials, self._clock = transport, credentials, clock
        whole = urlsplit(url)
        own = urlunsplit((whole.scheme, whole.netloc, TOKEN_PATH, "", ""))
        self._url = credentials.token_url or own
        self._token = ""
        self._until: datetime | None = None

    def forget(self) -> None:
        """The gateway refused it: the next message asks for another one."""
        self._token, self._until = "", None

    def headers(self) -> dict[str, str]:
        """``Authorization`` for a message.

        :raises NotLeft: no token could be had, so nothing of the message has left.
        """
        now = self._clock.now()
        if not self._token or self._until is None or now >= self._until:
            self._fetch(now)
        return {"Authorization": f"Bearer {self._token}"}

    def _fetch(self, now: datetime) -> None:
        self.forget()
        given = self._credentials
        pair = f"{given.client_id}:{given.client_secret}".encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}",
        }
        form = urlencode(
            {
                "username": given.oauth_user,
                "password": given.oauth_password,
                "scope": given.oauth_scope,
                "grant_type": given.oauth_grant,
            }
        )
        try:
            reply = self._transport.post(self._url, headers, form.encode("ascii"))
        except Lost:
            # A token that was asked for and not heard of harms nobody: it is asked for again.
            raise NotLeft("token") from None
        self._keep(reply.status, reply.body, now)

    def _keep(self, status: int, body: bytes, now: datetime) -> None:
        try:
            told = exact_json.read(body)
        except exact_json.NotJson:
            told = None
        token = told.get("access_token") if isinstance(told, dict) else None
        usable = isinstance(token, str) and token.isascii() and token.isprintable()
        if status != 200 or not isinstance(told, dict) or not usable or not token:
            raise NotLeft("token")
        life = told.get("expires_in")
        known = type(life) is int and life > 0
        span = timedelta(seconds=min(int(str(life)), 10**7)) if known else ASSUMED_LIFE
        self._token = str(token)
        # A very short life is used up once at least: else each message would ask twice.
        self._until = now + max(span - MARGIN, span / 2)
