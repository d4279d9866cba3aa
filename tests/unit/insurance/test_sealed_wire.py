"""Tokens at the gate, ``input`` signed and in cipher (interface 1.2 d), beside openssl."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.insurance import Answer, Outcome
from app.errors import BadValue
from sync.insurance.bearer import ASSUMED_LIFE
from sync.insurance.client import InsuranceClient
from sync.insurance.profile import Credentials
from sync.insurance.sealed_input import InputSealer
from sync.insurance.transport import Lost, NotLeft, Reply
from tests.fakes.insurance import NOW, SHOP, a_header, a_profile, every_call, tables
from tests.unit.insurance.test_signing import SM2_PRIVATE, openssl_believes

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program")

KEYS = Credentials(
    client_id="lx-client-000001",
    client_secret="lx secret/&+",
    oauth_user="练习",
    oauth_password="p&=w",
    oauth_scope="server",
    sm2_private=SM2_PRIVATE,
)
KEY = b"lx-client-000001".hex()
TOKEN = Reply(200, {}, b'{"access_token":"tok-1","expires_in":7200}')


@dataclass
class Gate:
    """A far end that answers what it is told to and remembers what came."""

    replies: list[Reply | Exception]
    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def post(
        self, url: str, headers: dict[str, str], body: bytes, limit: float | None = None
    ) -> Reply:
        self.sent.append((url, dict(headers), body))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def close(self) -> None:
        pass


@dataclass
class Hands:
    at = NOW

    def now(self):  # type: ignore[no-untyped-def]
        return self.at


def sm4(*args: str, given: bytes) -> bytes:
    command = ["openssl", "enc", "-sm4-ecb", "-K", KEY, *args]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def a_till(*replies: Reply | Exception, keys: Credentials = KEYS) -> tuple[InsuranceClient, Gate]:
    gate = Gate(list(replies))
    client = InsuranceClient(
        a_profile(gateway="oauth", message_signing="sm2_input", encrypted_input=True),
        url="http://127.0.0.1:9/api",
        institution=SHOP,
        credentials=keys,
        tables=tables(),
        clock=Hands(),
        transport=gate,
        ip="127.0.0.1",
    )
    return client, gate


def ask(client: InsuranceClient) -> Answer:
    return client.send(client.compose(every_call()["9001_sign_in"], a_header()))


def said(output: object) -> Reply:
    whole = {"infcode": 0, "inf_refmsgid": "1", "err_msg": "", "output": output}
    return Reply(200, {}, json.dumps(whole).encode())


@needs_openssl
def test_input_is_in_cipher_and_signed_in_the_clear(tmp_path: Path) -> None:
    client, _ = a_till()
    message = client.compose(every_call()["2102_settle"], a_header())
    body, kept = json.loads(message.body), json.loads(message.evidence)
    plain = sm4("-d", given=base64.b64decode(body["input"]))
    assert json.loads(plain)["druginfo"]["psn_no"]
    assert (body["encType"], body["signtype"]) == ("SM4", "SM2")
    signature = base64.b64decode(body["cainfo"]).hex()
    assert openssl_believes(signature, plain.decode(), tmp_path)
    assert not openssl_believes(signature, plain.decode() + " ", tmp_path)
    # The journal keeps the plain input, so that people can read what was asked.
    assert "druginfo" in kept["input"]
    assert kept["input"]["druginfo"]["mdtrt_cert_no"] == ""


@needs_openssl
def test_an_output_in_cipher_is_read_and_kept_in_clear() -> None:
    plain = {"signinoutb": {"sign_time": "2026-10-05 14:07:08", "sign_no": "S1"}}
    secret = base64.b64encode(sm4("-e", given=json.dumps(plain).encode())).decode()
    client, gate = a_till(TOKEN, said(secret), said(plain))
    first, second = ask(client), ask(client)
    assert (first.outcome, first.value) == (Outcome.SUCCESS, "S1")
    assert b"S1" in first.raw
    assert second.value == "S1"
    assert len(gate.sent) == 3  # one token for both


def test_the_token_is_asked_for_as_published() -> None:
    client, gate = a_till(TOKEN, said({}))
    ask(client)
    (url, headers, form), (_, message, _) = gate.sent
    assert url == "http://127.0.0.1:9/auth/oauth/token"
    assert headers == {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "Basic bHgtY2xpZW50LTAwMDAwMTpseCBzZWNyZXQvJis=",
    }
    assert form == (
        b"username=%E7%BB%83%E4%B9%A0&password=p%26%3Dw&scope=server&grant_type=password"
    )
    assert message["Authorization"] == "Bearer tok-1"


@pytest.mark.parametrize(
    "refused",
    [
        Reply(401, {}, b'{"error":"invalid_client"}'),
        Reply(200, {}, b"<html>"),
        Reply(200, {}, b'{"access_token":7}'),
        Reply(200, {}, '{"access_token":"令牌"}'.encode()),
        Reply(200, {}, b'{"access_token":"a\\nb"}'),
        Lost("timeout"),
        NotLeft("refused"),
    ],
    ids=["401", "html", "number", "not ascii", "line feed", "lost", "down"],
)
def test_without_a_token_nothing_leaves(refused: Reply | Exception) -> None:
    client, gate = a_till(refused)
    assert ask(client).outcome is Outcome.NOT_SENT
    assert len(gate.sent) == 1


def test_a_token_is_renewed_before_it_ends_and_after_a_refusal() -> None:
    refused = Reply(401, {}, '{"code":401,"message":"令牌无效"}'.encode())
    again = Reply(200, {}, b'{"access_token":"tok-2"}')
    last = Reply(200, {}, b'{"access_token":"tok-3","expires_in":7200}')
    client, gate = a_till(TOKEN, refused, again, said({}), last, said({}))
    # A 401 may come from behind the gate: what it stopped stays unknown, the token goes.
    assert ask(client).outcome is Outcome.UNKNOWN
    ask(client)
    client._clock.at = NOW + ASSUMED_LIFE  # type: ignore[misc]
    ask(client)
    used = [headers["Authorization"] for url, headers, _ in gate.sent if "token" not in url]
    assert used == ["Bearer tok-1", "Bearer tok-2", "Bearer tok-3"]


def test_a_life_is_used_up_to_its_margin() -> None:
    client, gate = a_till(TOKEN, said({}), said({}), TOKEN, said({}))
    ask(client)
    client._clock.at = NOW + timedelta(seconds=7139)  # type: ignore[misc]
    ask(client)
    client._clock.at = NOW + timedelta(seconds=7141)  # type: ignore[misc]
    ask(client)
    assert sum("token" in url for url, _, _ in gate.sent) == 2


@pytest.mark.parametrize("output", ["not base64!", "AAAA", base64.b64encode(b"x" * 32).decode()])
def test_an_output_that_does_not_open_is_unknown(output: str) -> None:
    client, _ = a_till(TOKEN, said(output))
    answer = ask(client)
    assert (answer.outcome, answer.text) == (Outcome.UNKNOWN, "answer.signature")


@pytest.mark.parametrize("client_id", ["short", "one-octet-too-lon"])
def test_a_key_of_another_length_is_refused_at_once(client_id: str) -> None:
    with pytest.raises(BadValue):
        InputSealer(client_id, "")
    with pytest.raises(BadValue):
        a_till(keys=replace(KEYS, client_id=client_id))
