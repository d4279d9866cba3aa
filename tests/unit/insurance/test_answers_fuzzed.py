"""Whatever comes back, the client never raises and never believes more than the rule allows."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.insurance import Outcome
from sync.insurance import exact_json
from sync.insurance.answers import judge
from sync.insurance.transport import Reply
from tests.fakes.insurance import a_client, a_header, every_call

GOOD = (Path(__file__).parents[2] / "golden" / "answers" / "2102.json").read_bytes()
CALLS = every_call()

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
names = st.sampled_from(["infcode", "err_msg", "output", "message", "refmsg_time", "respond_time"])
documents = st.dictionaries(names, values)


def ask(name: str, status: int, body: bytes) -> Outcome:
    client = a_client(Reply(status, {}, body))
    return client.send(client.compose(CALLS[name], a_header())).outcome


def lawful(status: int, body: bytes) -> Outcome:
    """The rule of design 3 once more, written without looking at the client."""
    try:
        document = json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError):
        return Outcome.UNKNOWN
    if not 200 <= status <= 299 or type(document) is not dict:
        return Outcome.UNKNOWN
    code, said = document.get("infcode"), document.get("err_msg")
    if type(code) not in (int, str):
        return Outcome.UNKNOWN
    code = str(code).strip()
    if code == "0":
        return Outcome.SUCCESS
    digits = code[1:]
    negative = code.startswith("-") and digits.isascii() and digits.isdigit() and int(digits) > 0
    return Outcome.REFUSED if negative and str(said or "").strip() else Outcome.UNKNOWN


@given(st.sampled_from(sorted(CALLS)), st.integers(100, 599), st.binary(max_size=200))
def test_bytes_of_any_kind(name: str, status: int, body: bytes) -> None:
    assert ask(name, status, body) is lawful(status, body)


@given(st.sampled_from(sorted(CALLS)), documents)
@settings(max_examples=200)
def test_documents_of_any_kind(name: str, document: dict[str, object]) -> None:
    body = exact_json.write(document)
    outcome = ask(name, 200, body)
    if outcome is Outcome.SUCCESS:
        assert lawful(200, body) is Outcome.SUCCESS
    if outcome is Outcome.REFUSED:
        assert lawful(200, body) is Outcome.REFUSED


@given(st.sampled_from(sorted(CALLS)), values)
@settings(max_examples=200)
def test_any_output_of_a_success_is_read_or_found_wanting(name: str, output: object) -> None:
    body = exact_json.write({"infcode": 0, "output": output})
    client = a_client(Reply(200, {}, body))
    answer = client.send(client.compose(CALLS[name], a_header()))
    assert answer.outcome is Outcome.SUCCESS


@given(st.integers(0, len(GOOD) - 1), st.integers(0, len(GOOD)), st.binary(max_size=3))
@settings(max_examples=300)
def test_a_true_answer_bitten_anywhere(start: int, end: int, instead: bytes) -> None:
    body = GOOD[:start] + instead + GOOD[max(start, end) :]
    outcome = ask("2102_settle", 200, body)
    if outcome is Outcome.SUCCESS:
        assert lawful(200, body) is Outcome.SUCCESS


@given(values)
def test_what_is_written_is_read_again_exactly(value: object) -> None:
    assert exact_json.read(exact_json.write({"v": value})) == {"v": value}


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_an_amount_keeps_its_two_places(fen: int) -> None:
    text = exact_json.text_of(Decimal(fen).scaleb(-2))
    assert text == format(Decimal(fen) / 100, ".2f")


def test_a_prefix_of_an_answer_is_never_an_answer() -> None:
    for length in range(len(GOOD) - 1):
        assert judge(200, GOOD[:length].rstrip()).outcome is Outcome.UNKNOWN
