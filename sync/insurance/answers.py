"""Judges what came back: success, refused or unknown, and what in a success cannot be believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime

from app.domain.clock import SHOP_ZONE
from app.domain.insurance import (
    AnswerFinding,
    Basket,
    LateCall,
    Message,
    Outcome,
    QuoteBasket,
    QuoteVisit,
    SettleBasket,
    Settled,
    SettleVisit,
)
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.stock_calls import AskHeld, AskHeldCodes, AskVirtualCode, UploadRows
from app.errors import BadValue
from sync.insurance import exact_json, parsing, rx_answers
from sync.insurance.checking import output_faults
from sync.insurance.field_tables import Transaction
from sync.insurance.parsing import CANCELS, QUOTES, SETTLEMENTS, Row

CLOCK_WINDOW = timedelta(minutes=30)
"""Difference of clocks that a gateway accepts (interface 1.2 b)."""

UNKNOWN = "answer."
"""Prefix of the message id that stands in ``Answer.text`` where nobody answered in words."""

_STAMP = re.compile(r"[0-9]{17}")
_REFUSING = re.compile(r"-[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One reply, judged by the three-outcome rule (design 3, interface 1.4, 7.1).

    ``text`` is the platform's ``err_msg``, or ``answer.<why>[ detail]`` for an unknown one.
    """

    outcome: Outcome
    infcode: str | None
    text: str
    document: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def output(self) -> object:
        """The ``output`` member, None when absent."""
        return self.document.get("output")


def unknown(why: str, detail: str = "") -> Verdict:
    """An unknown outcome: ``why`` one of the ids under ``[answer]`` of the words."""
    return Verdict(Outcome.UNKNOWN, None, f"{UNKNOWN}{why} {detail}".rstrip())


def _word(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""


def _infcode(document: Mapping[str, object]) -> str | None:
    """The state code as text: a whole JSON number, or a text as it stands."""
    value = document.get("infcode")
    if isinstance(value, str):
        return value.strip()
    return str(value) if type(value) is int else None


def _unreadable(why: str, content: bytes) -> Verdict:
    if why in ("syntax", "utf8") and content.lstrip()[:1] == b"<":
        return unknown("html")
    return unknown(
        {"empty": "empty", "deep": "oversize", "duplicate": "contradiction"}.get(why, "torn")
    )


def judge(status: int, content: bytes) -> Verdict:
    """The outcome that a status and a whole body stand for.

    Only a 2xx with a JSON object whose ``infcode`` is 0 is a success, only one with a negative
    whole ``infcode`` and words is a refusal; everything else may have been carried out.
    """
    if 300 <= status < 400:
        return unknown("redirect", str(status))
    try:
        document = exact_json.read(content)
    except exact_json.NotJson as error:
        broken = _unreadable(error.why, content)
        return broken if 200 <= status < 300 else unknown("status", str(status))
    if not isinstance(document, dict):
        return unknown("list") if 200 <= status < 300 else unknown("status", str(status))
    if _word(document, "message") and "infcode" not in document:
        words = _word(document, "message")
        # The status tells of a closed platform, whatever language its words are in.
        return unknown("status", f"503 {words}") if status == 503 else unknown("gateway", words)
    if not 200 <= status < 300:
        return unknown("status", str(status))
    return _by_infcode(document)


def _by_infcode(document: Mapping[str, object]) -> Verdict:
    infcode = _infcode(document)
    if infcode == "0":
        return Verdict(Outcome.SUCCESS, infcode, "", document)
    said = _word(document, "err_msg")
    if infcode and _REFUSING.fullmatch(infcode) and int(infcode) < 0 and said:
        return Verdict(Outcome.REFUSED, infcode, said, document)
    return Verdict(Outcome.UNKNOWN, infcode, f"{UNKNOWN}infcode {said}".rstrip(), document)


# --- what in a success cannot be believed --------------------------------------------------------


def _stamp(value: object) -> datetime | None:
    """``yyyyMMddHHmmssSSS`` of the platform's wall."""
    if not isinstance(value, str | int) or not _STAMP.fullmatch(str(value)):
        return None
    try:
        found = datetime.strptime(f"{value}000", "%Y%m%d%H%M%S%f")  # noqa: DTZ007 - set below
    except ValueError:
        return None
    return found.replace(tzinfo=SHOP_ZONE).astimezone(UTC)


def far_time(verdict: Verdict, headers: Mapping[str, str]) -> datetime | None:
    """What the far end's clock showed: the answer's own time, else the header ``Date``.

    The header also stands on a gateway's refusal, where nothing else tells that clocks differ.
    """
    for name in ("respond_time", "refmsg_time"):
        told = _stamp(verdict.document.get(name))
        if told is not None:
            return told
    dates = [value for name, value in headers.items() if name.lower() == "date"]
    try:
        moment = parsedate_to_datetime(dates[0]) if dates else None
    except (TypeError, ValueError, IndexError):
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None


def _clock(verdict: Verdict, info: Row, now: datetime) -> Iterator[AnswerFinding]:
    stamps = {name: _stamp(verdict.document.get(name)) for name in ("refmsg_time", "respond_time")}
    stamps["setl_time"] = parsing.moment(parsing.text(info, "setl_time"))
    for name, moment in stamps.items():
        if moment is not None and abs(moment - now) > CLOCK_WINDOW:
            minutes = round((moment - now) / timedelta(minutes=1))
            yield AnswerFinding("clock", f"{name} {minutes:+d} min")


def _msgid(message: Message, info: Row) -> Iterator[AnswerFinding]:
    echoed = parsing.text(info, "medins_setl_id")
    if echoed and echoed != message.msgid:
        yield AnswerFinding("msgid", f"medins_setl_id {echoed}")


def _asked(message: Message) -> Basket | None:
    call = message.call
    asking = (QuoteBasket, SettleBasket, QuoteVisit, SettleVisit)
    return call.basket if isinstance(call, asking) else None


def _other_sale(message: Message, info: Row) -> Iterator[AnswerFinding]:
    """An answer about another amount or another person is no answer to this question."""
    basket = _asked(message)
    if basket is None:
        return
    total = _amount(info, "medfee_sumamt")
    if total is not None and total != basket.total:
        yield AnswerFinding("total", f"{basket.total} != {total}")
    person = parsing.text(info, "psn_no")
    if person and person != basket.insured.person.psn_no:
        yield AnswerFinding("person", "psn_no")


def _amount(row: Row, name: str) -> Money | None:
    try:
        return parsing.amount(row, name)
    except BadValue:
        return None


def _line_identities(one: Row) -> Iterator[AnswerFinding]:
    serial, total = parsing.text(one, "feedetl_sn"), _amount(one, "det_item_fee_sumamt")
    names = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
    parts = [part for name in names if (part := _amount(one, name)) is not None]
    if total is None:
        return
    if len(parts) == len(names) and Money.total(parts) != total:
        yield AnswerFinding("identity 6.2-6", f"{serial}: {total} != {Money.total(parts)}")
    try:
        price, count = UnitPrice.of(_number(one, "pric")), Quantity.of(_number(one, "cnt"))
    except BadValue:
        return
    if abs(price.times(count).fen - total.fen) > 1:
        yield AnswerFinding("identity 6.2-7", f"{serial}: {total} != {price.times(count)}")


def _number(row: Row, name: str) -> str | int | Decimal:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise BadValue(what=name, why="not a number")
    return value


def _identities(infno: str, settled: Settled, output: object) -> Iterator[AnswerFinding]:
    """Interface 6.2; on a cancel they are known not to hold, there the original is compared."""
    if infno in CANCELS:
        return
    split = settled.split
    for name in split.broken_identities():
        told = f"total {split.total}, fund {split.fund}, person {split.personal}"
        yield AnswerFinding(
            f"identity {name}", f"{told}, account {split.account}, cash {split.cash}"
        )
    lines = parsing.rows(output, "detlcutinfo")
    amounts = [_amount(one, "det_item_fee_sumamt") for one in lines]
    whole = [one for one in amounts if one is not None]
    if lines and len(whole) == len(lines) and Money.total(whole) != split.total:
        yield AnswerFinding("identity 6.2-5", f"{split.total} != {Money.total(whole)}")
    for line in lines:
        yield from _line_identities(line)


def _table(table: Transaction | None, verdict: Verdict, output: object) -> Iterator[AnswerFinding]:
    if table is None:
        return
    for name in ("refmsg_time", "respond_time"):
        stamp = verdict.document.get(name)
        if stamp not in (None, "") and _stamp(stamp) is None:
            yield AnswerFinding("table", f"{name} not a date")
    for fault in output_faults(table, output):
        yield AnswerFinding("table", fault)


def _examine_rx(
    message: Message,
    verdict: Verdict,
    table: Transaction | None,
    now: datetime,
    release: str | None,
) -> tuple[object, tuple[AnswerFinding, ...]]:
    output = rx_answers.lifted(verdict.output)
    findings = [
        one
        for one in _table(table, verdict, output)
        if rx_answers.demands(message.call, output, one.text)
    ]
    value, faults = rx_answers.read(message.call, output, release)
    findings += (AnswerFinding("table", fault) for fault in faults)
    return value, tuple(dict.fromkeys([*findings, *_clock(verdict, {}, now)]))


def examine(
    message: Message,
    verdict: Verdict,
    table: Transaction | None,
    now: datetime,
    release: str | None = None,
) -> tuple[object, tuple[AnswerFinding, ...]]:
    """The value of a success and everything in it that must not be believed.

    Rules: ``table`` (a field missing, over-long, ill-typed), ``identity 6.2-n``, ``msgid`` (the
    settlement answers another message), ``clock`` (a time more than half an hour off), and for
    composed calls ``total`` and ``person``. A value that cannot be read is None with a finding.
    ``release`` is the region's e-prescription release, whose names the answer has.
    """
    if rx_answers.reads(message.call):
        return _examine_rx(message, verdict, table, now, release)
    infno, output = message.infno, verdict.output
    if isinstance(message.call, UploadRows):
        # Judged row by row: one ill-made row of an answer leaves the others as they are.
        from sync.insurance.stock_answers import read_results

        return read_results(message.call, output), ()
    if isinstance(message.call, LateCall):
        from sync.insurance.statement_answers import read_statement

        return read_statement(message.call, output)
    if isinstance(message.call, AskHeld | AskHeldCodes):
        from sync.insurance.held_goods import read_held

        return read_held(message.call, output)
    findings = list(_table(table, verdict, output))
    if isinstance(message.call, AskVirtualCode):
        from sync.insurance.virtual_codes import read_code

        code = read_code(output)
        if not code:
            findings.append(AnswerFinding("table", "drug_trac_codg missing"))
        return code or None, tuple(dict.fromkeys(findings))
    value: object = None
    try:
        value = parsing.value_of(infno, output, message.call)
    except BadValue as error:
        findings.append(AnswerFinding("table", f"{error.params['what']} {error.params['why']}"))
    money = infno in QUOTES | SETTLEMENTS | CANCELS
    info = next(iter(parsing.rows(output, "setlinfo")), {}) if money else {}
    findings += _clock(verdict, info, now)
    if money:
        findings += [*_msgid(message, info), *_other_sale(message, info)]
    if isinstance(value, Settled):
        findings += _identities(infno, value, output)
    return value, tuple(dict.fromkeys(findings))
