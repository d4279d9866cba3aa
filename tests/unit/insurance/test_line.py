"""The line as real calls tell of it: what is wrong, since when, and how far the clocks differ."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.insurance import Answer, Outcome
from app.domain.line import SLOW_MILLIS, Line, Trouble, trouble_of
from sync.insurance.transport import Lost, NotLeft, Reply
from tests.fakes.insurance import NOW, a_client, a_header, every_call

MINUTE = timedelta(minutes=1)
GOOD = Answer(Outcome.SUCCESS, millis=40)
DOWN = Answer(Outcome.NOT_SENT, text="answer.not_sent refused")


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (NotLeft("refused"), Trouble.DOWN),
        (NotLeft("name"), Trouble.DOWN),
        (NotLeft("tls"), Trouble.DOWN),
        (Lost("timeout"), Trouble.SILENT),
        (Lost("reset"), Trouble.SILENT),
        (Reply(200, {}, b""), Trouble.SILENT),
        (Reply(200, {}, b"<html>log in</html>"), Trouble.PORTAL),
        (Reply(302, {"Location": "http://192.0.2.1"}, b""), Trouble.PORTAL),
        (Reply(511, {}, b"<html>"), Trouble.PORTAL),
        (Reply(401, {}, '{"code":401,"message":"签名时间戳超时!"}'.encode()), Trouble.GATE),
        (Reply(401, {}, b""), Trouble.GATE),
        (Reply(503, {}, '{"message":"系统维护中"}'.encode()), Trouble.CLOSED),
        (Reply(500, {}, b""), Trouble.STRANGE),
        (Reply(502, {}, b"<html>bad gateway</html>"), Trouble.STRANGE),
        (Reply(200, {}, b"[1]"), Trouble.STRANGE),
        (Reply(200, {}, b'{"infcode":-1,"err_msg":"no"}'), None),
    ],
)
@pytest.mark.rule("HY-1.1.4a")
def test_what_a_reply_says_of_the_line(
    reply: Reply | Lost | NotLeft, trouble: Trouble | None
) -> None:
    client = a_client(reply)
    answer = client.send(client.compose(every_call()["9001_sign_in"], a_header()))
    assert trouble_of(answer) is trouble


def test_since_when_it_is_so() -> None:
    line = Line()
    assert (line.up, line.since) == (None, None)
    line = line.after(GOOD, NOW)
    assert (line.up, line.good_at, line.millis) == (True, NOW, 40)
    line = line.after(DOWN, NOW + MINUTE)
    later = line.after(Answer(Outcome.UNKNOWN, text="answer.timeout"), NOW + 5 * MINUTE)
    assert (later.up, later.trouble) == (False, Trouble.SILENT)
    assert (later.since, later.good_at) == (NOW + MINUTE, NOW)
    refused = later.after(Answer(Outcome.REFUSED, text="没有这个人"), NOW + 9 * MINUTE)
    assert (refused.up, refused.since, refused.trouble) == (True, None, None)


def test_slow_and_clocks_apart() -> None:
    slow = Line().after(Answer(Outcome.SUCCESS, millis=SLOW_MILLIS + 1), NOW)
    assert slow.slow
    assert not Line().after(GOOD, NOW).slow
    off = Line().after(Answer(Outcome.SUCCESS, far_time=NOW - 7 * MINUTE), NOW)
    assert off.drifts == -7 * MINUTE
    # An answer that tells no time leaves what is known; a small difference is not worth a word.
    assert off.after(GOOD, NOW).drifts == -7 * MINUTE
    assert Line().after(Answer(Outcome.SUCCESS, far_time=NOW + MINUTE), NOW).drifts is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, '{"infcode":-1,"err_msg":"no","respond_time":"20261005143708000"}'),
        ({"Date": "Mon, 05 Oct 2026 06:37:08 GMT"}, '{"code":401,"message":"签名时间戳超时!"}'),
    ],
)
def test_the_far_clock_is_read_off_the_answer_or_its_header(
    headers: dict[str, str], body: str
) -> None:
    client = a_client(Reply(401 if headers else 200, headers, body.encode()))
    answer = client.send(client.compose(every_call()["9001_sign_in"], a_header()))
    assert answer.far_time is not None
    assert answer.far_time - NOW == 30 * MINUTE


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Oct 2026 06:37:08 GMT", "7"])
def test_a_date_that_is_none_is_none(date: str) -> None:
    client = a_client(Reply(401, {"date": date}, b"{}"))
    answer = client.send(client.compose(every_call()["9001_sign_in"], a_header()))
    assert answer.far_time is None
