"""The direct centre's envelope against the published vectors and the openssl program.

What lies under ``golden/centre`` was made by openssl from texts written by hand.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.insurance import Answer, Outcome
from app.domain.policy import CentreProfile
from app.errors import BadValue, PackValueMissing
from sync.insurance import centre_envelope as envelope
from sync.insurance import exact_json
from sync.insurance.profile import Credentials
from sync.insurance.transport import Lost, NotLeft, Reply
from tests.fakes.insurance import NOW, a_header
from tests.fakes.rx_calls import SECRETS, reviewing, rx_calls, rx_client

GOLDEN = Path(__file__).parents[2] / "golden" / "centre"
KNOWN: dict[str, str] = json.loads((GOLDEN / "keys.json").read_text(encoding="utf-8"))
CREDENTIALS = Credentials(
    app_id=KNOWN["app_id"],
    app_secret=KNOWN["app_secret"],
    centre_private=KNOWN["centre_private"],
    centre_public=KNOWN["centre_public"],
    centre_url="https://centre.practice.invalid/gateway/",
)
KEYS = envelope.keys_of(
    KNOWN["app_id"], KNOWN["app_secret"], KNOWN["centre_private"], KNOWN["centre_public"]
)
CENTRE = CentreProfile(
    transport="centre",
    paths={act: f"epc/practice/{act}" for act in rx_calls() if act != "receipt"},
)
HEADER = a_header(insured_area="")
UNDO_TEXT = (
    "appId=LXAPP0123456789ABCDEF"
    '&data={"data":{"fixmedinsCode":"P99990000001","hiFeesetlFlag":"1",'
    '"hiRxno":"99990020261005000001"}}'
    "&encType=SM4&signType=SM2&timestamp=1791180428000&version=1.0.0"
    "&key=lx-app-secret-0001-练习"
)

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl program is not here"
)


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def review(reply: Reply | Lost | NotLeft, profile: CentreProfile = CENTRE) -> Answer:
    client = rx_client(reply, "C", profile, CREDENTIALS)
    return client.send(client.compose(reviewing(), HEADER))


# --- published vectors ---------------------------------------------------------------------------


def test_sm3_as_in_gb_t_32905() -> None:
    assert envelope.sm3(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert envelope.sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_sm4_as_in_gb_t_32907() -> None:
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    sealed = envelope.sm4_encrypt(key, key)
    assert sealed[:16].hex() == "681edf34d206965e86b3e94f536e4246"
    assert envelope.sm4_decrypt(key, sealed) == key


PRIVATE = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
NONCE = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21"
R = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
S = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"


def test_sm2_as_in_gm_t_0003_5() -> None:
    """The example of annex A: ``message digest`` signed under the default identity."""
    assert envelope.public_of(PRIVATE) == PUBLIC
    assert envelope.on_curve(PUBLIC)
    signature = envelope.sign(PRIVATE, b"message digest", nonce=NONCE)
    assert signature.hex() == R + S
    assert envelope.holds(PUBLIC, b"message digest", signature)
    assert not envelope.holds(PUBLIC, b"message digest!", signature)
    assert not envelope.holds(PUBLIC, b"message digest", signature, b"other identity!!")


@pytest.mark.parametrize(
    "signature",
    [b"", b"\0" * 64, b"\xff" * 64, bytes.fromhex(R), bytes.fromhex(S + R), b"\0" * 63 + b"\1"],
)
def test_what_is_no_signature_does_not_hold(signature: bytes) -> None:
    assert not envelope.holds(PUBLIC, b"message digest", signature)


@pytest.mark.parametrize("public", ["", "00" * 64, "ff" * 64, PUBLIC[:-2] + "14"])
def test_a_point_off_the_curve_verifies_nothing(public: str) -> None:
    assert not envelope.holds(public, b"message digest", bytes.fromhex(R + S))


@pytest.mark.parametrize(
    "change",
    [
        {"app_id": "short"},
        {"app_secret": ""},
        {"private": ""},
        {"private": "AA=="},
        {"private": base64.b64encode(b"\xff" * 32).decode()},
        {"private": "not base64!"},
        {"public": KNOWN["centre_private"]},
        {"public": base64.b64encode(b"\4" + b"\1" * 64).decode()},
    ],
)
def test_keys_that_are_none(change: dict[str, str]) -> None:
    given_ = {
        "app_id": KNOWN["app_id"],
        "app_secret": KNOWN["app_secret"],
        "private": KNOWN["centre_private"],
        "public": KNOWN["centre_public"],
    }
    with pytest.raises(BadValue):
        envelope.keys_of(**{**given_, **change})


def test_a_point_with_and_without_its_mark_is_the_same() -> None:
    bare = base64.b64encode(base64.b64decode(KNOWN["centre_public"])[1:]).decode()
    assert len(base64.b64decode(bare)) == 64
    other = envelope.keys_of(KNOWN["app_id"], KNOWN["app_secret"], KNOWN["centre_private"], bare)
    assert other == KEYS
    assert not [one for one in KNOWN.values() if one in repr(KEYS)]


# --- against openssl -----------------------------------------------------------------------------


def test_the_session_key_is_openssls() -> None:
    key = envelope.session_key(KNOWN["app_id"], KNOWN["app_secret"])
    assert key.decode() == KNOWN["session_key"]


def test_the_encrypted_body_is_openssls() -> None:
    client = rx_client(release="C", centre=CENTRE, credentials=CREDENTIALS)
    message = client.compose(rx_calls()["undo_all"], HEADER)
    body = json.loads(message.body)
    assert body["encData"] == (GOLDEN / "undo_all.encdata").read_text().strip()
    assert list(body) == [
        "appId", "encType", "signType", "timestamp", "version", "encData", "signData",
    ]  # fmt: skip
    assert body["timestamp"] == 1791180428000
    own = envelope.public_of(KEYS.private)
    assert base64.b64decode(KNOWN["app_public"])[1:].hex() == own
    signature = base64.b64decode(body["signData"])
    assert envelope.holds(own, UNDO_TEXT.encode(), signature)
    again = json.loads(client.compose(rx_calls()["undo_all"], HEADER).body)
    assert again["signData"] != body["signData"]


def _der(number: bytes) -> bytes:
    whole = number.lstrip(b"\0")
    whole = b"\0" + whole if whole[0] > 127 else whole
    return b"\x02" + bytes([len(whole)]) + whole


PEM = """-----BEGIN PUBLIC KEY-----
{}
-----END PUBLIC KEY-----
"""
_POINT_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


@needs_openssl
@pytest.mark.parametrize("user_id", ["default", "app_secret"])
def test_openssl_believes_our_signature(user_id: Any, tmp_path: Path) -> None:
    client = rx_client(
        release="C", centre=replace(CENTRE, user_id=user_id), credentials=CREDENTIALS
    )
    body = json.loads(client.compose(rx_calls()["undo_all"], HEADER).body)
    raw = base64.b64decode(body["signData"])
    inner = _der(raw[:32]) + _der(raw[32:])
    public = base64.b64encode(_POINT_HEAD + base64.b64decode(KNOWN["app_public"])).decode()
    (tmp_path / "p").write_text(PEM.format(public))
    (tmp_path / "s").write_bytes(b"\x30" + bytes([len(inner)]) + inner)
    (tmp_path / "t").write_text(UNDO_TEXT, encoding="utf-8")
    identity = "1234567812345678" if user_id == "default" else KNOWN["app_secret"]
    command = ["openssl", "dgst", "-sm3", "-verify", "p", "-signature", "s"]
    command += ["-sigopt", f"distid:{identity}", "t"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "t").write_text(UNDO_TEXT + "x", encoding="utf-8")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("answer_plain", {}),
        ("answer_whole", {}),
        ("answer_secret_id", {"user_id": "app_secret"}),
        ("answer_over_encrypted", {"signs": "encrypted"}),
    ],
)
def test_an_answer_signed_by_openssl_is_believed(name: str, change: dict[str, Any]) -> None:
    answer = review(Reply(200, {}, golden(name)), replace(CENTRE, **change))
    assert (answer.outcome, answer.value, answer.findings) == (Outcome.SUCCESS, "LXCHK0001", ())
    assert json.loads(answer.raw)["output"]["data"]["rxChkBizSn"] == "LXCHK0001"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("answer_plain", {"user_id": "app_secret"}),
        ("answer_plain", {"signs": "encrypted"}),
        ("answer_secret_id", {}),
        ("answer_over_encrypted", {}),
    ],
)
def test_another_setting_does_not_verify(name: str, change: dict[str, Any]) -> None:
    answer = review(Reply(200, {}, golden(name)), replace(CENTRE, **change))
    assert (answer.outcome, answer.text) == (Outcome.UNKNOWN, "answer.signature")


# --- three outcomes ------------------------------------------------------------------------------


def edited(**members: object) -> Reply:
    document = {**json.loads(golden("answer_plain")), **members}
    return Reply(200, {}, exact_json.write(document))


@pytest.mark.parametrize(
    "reply",
    [
        edited(signData=""),
        edited(signData="x"),
        edited(signData=base64.b64encode(b"\1" * 64).decode()),
        edited(encData="00"),
        edited(encData="no hex"),
        edited(encData="00" * 32),
        edited(encData=None),
        edited(appId="LXSOMEBODYELSE000"),
        edited(timestamp="1791180428001"),
    ],
)
def test_what_does_not_prove_itself_is_unknown(reply: Reply) -> None:
    answer = review(reply)
    assert (answer.outcome, answer.text) == (Outcome.UNKNOWN, "answer.signature")
    assert answer.value is None


@pytest.mark.parametrize(
    ("status", "body", "outcome", "text"),
    [
        (200, b'{"code":-1,"message":"EPC-x"}', Outcome.REFUSED, "EPC-x"),
        (200, b'{"code":"500","message":"EPC-x"}', Outcome.REFUSED, "EPC-x"),
        (200, b'{"code":-1,"message":"x","signData":"AA=="}', Outcome.UNKNOWN, "answer.signature"),
        (200, b'{"code":-1}', Outcome.UNKNOWN, "answer.infcode"),
        (200, b'{"code":true,"message":"x"}', Outcome.UNKNOWN, "answer.infcode x"),
        (200, b'{"code":0,"message":"x"}', Outcome.UNKNOWN, "answer.signature"),
        (200, b"{}", Outcome.UNKNOWN, "answer.infcode"),
        (200, b"", Outcome.UNKNOWN, "answer.empty"),
        (200, b"<html>", Outcome.UNKNOWN, "answer.html"),
        (200, b"[]", Outcome.UNKNOWN, "answer.list"),
        (502, b'{"code":-1,"message":"x"}', Outcome.UNKNOWN, "answer.status 502"),
        (302, b"", Outcome.UNKNOWN, "answer.redirect 302"),
    ],
)
def test_each_answer_is_judged(status: int, body: bytes, outcome: Outcome, text: str) -> None:
    answer = review(Reply(status, {}, body))
    assert (answer.outcome, answer.text) == (outcome, text)


def test_a_signed_refusal_is_a_refusal() -> None:
    answer = review(edited(code=-1, message="拒绝"))
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, "拒绝")
    forged = review(edited(code=-1, message="拒绝", version="9"))
    assert (forged.outcome, forged.text) == (Outcome.UNKNOWN, "answer.signature")


def test_silence_is_unknown_and_no_line_is_not_sent() -> None:
    assert review(Lost("timeout")).outcome is Outcome.UNKNOWN
    assert review(NotLeft("refused")).outcome is Outcome.NOT_SENT


def test_an_old_answer_sent_again_is_found() -> None:
    keys = replace(KEYS, public=envelope.public_of(KEYS.private))
    body = envelope.seal(
        {"data": {"flag": True, "rxChkBizSn": "R1"}}, NOW - timedelta(hours=2), keys, CENTRE
    )
    document = {"code": 0, "message": "", **json.loads(body)}
    own = base64.b64encode(bytes.fromhex(keys.public)).decode()
    client = rx_client(
        Reply(200, {}, exact_json.write(document)),
        "C",
        CENTRE,
        replace(CREDENTIALS, centre_public=own),
    )
    answer = client.send(client.compose(reviewing(), HEADER))
    assert [one.rule for one in answer.findings] == ["clock"]


# --- where it goes, what is kept -----------------------------------------------------------------


def test_each_act_has_its_own_path_and_no_gateway_header() -> None:
    sent: list[tuple[str, dict[str, str], bytes]] = []
    client = rx_client(edited(), "C", CENTRE, CREDENTIALS, sent)
    client.send(client.compose(reviewing(), HEADER))
    (url, headers, body) = sent[0]
    assert url == "https://centre.practice.invalid/gateway/epc/practice/review"
    assert headers == {"Content-Type": "application/json; charset=UTF-8"}
    assert json.loads(body)["appId"] == KNOWN["app_id"]


def test_an_act_without_a_path_is_not_composed() -> None:
    client = rx_client(release="C", centre=CENTRE, credentials=CREDENTIALS)
    with pytest.raises(PackValueMissing) as told:
        client.compose(rx_calls()["receipt"], HEADER)
    assert told.value.params["key"] == "interface.centre.paths.receipt"


def test_without_keys_nothing_is_composed_but_the_platforms_own_calls() -> None:
    client = rx_client(release="C", centre=CENTRE)
    with pytest.raises(BadValue):
        client.compose(reviewing(), HEADER)
    # 5102 is the platform's in every release.
    assert client.compose(rx_calls()["practitioners"], HEADER).infno == "5102"


def test_the_evidence_is_the_plain_body_without_tokens() -> None:
    client = rx_client(release="C", centre=CENTRE, credentials=CREDENTIALS)
    for act in set(rx_calls()) - {"receipt", "practitioners"}:
        call = rx_calls()[act]
        if act not in CENTRE.paths:
            continue
        message = client.compose(call, HEADER)
        kept = message.evidence.decode()
        assert not [one for one in (*SECRETS, *KNOWN.values()) if one in kept]
        assert json.loads(kept)["act"] == act.split("_")[0]
        assert json.loads(kept)["input"]["data"]


# --- round trip ----------------------------------------------------------------------------------

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=10)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(max_size=6), documents, max_size=4),
    st.sampled_from(["default", "app_secret"]),
    st.sampled_from(["plain", "encrypted"]),
    st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_what_is_sealed_is_opened_and_no_bit_may_change(
    content: dict[str, object], user_id: Any, signs: Any, at: int
) -> None:
    profile = CentreProfile(user_id=user_id, signs=signs)
    keys = replace(KEYS, public=envelope.public_of(KEYS.private))
    sealed = exact_json.read(envelope.seal(content, NOW, keys, profile))
    assert isinstance(sealed, dict)
    opened = envelope.unseal(sealed, keys, profile)
    assert opened == exact_json.read(exact_json.write(content))
    name = ("appId", "timestamp", "version", "signData")[at]
    changed = {**sealed, name: f"{sealed[name]}"[:-2] + "00"}
    if changed[name] != str(sealed[name]):
        with pytest.raises(envelope.Unverifiable):
            envelope.unseal(changed, keys, profile)
    with pytest.raises(envelope.Unverifiable):
        envelope.unseal(sealed, KEYS, profile)
