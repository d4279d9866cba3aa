"""Prescription calls to a centre that is called directly: composed, addressed, judged (1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from app.domain.insurance import AnswerFinding, Call, Header, Message, Outcome
from app.domain.policy import InterfaceProfile
from app.errors import BadValue, PackValueMissing
from sync.insurance import exact_json, messages, rx_messages
from sync.insurance.answers import Verdict, judge, unknown
from sync.insurance.centre_envelope import (
    CLOCK_WINDOW,
    CentreKeys,
    Unverifiable,
    keys_of,
    seal,
    unseal,
)
from sync.insurance.drafting import wire_time
from sync.insurance.field_tables import Transaction
from sync.insurance.profile import Credentials, Terminal
from sync.insurance.secrecy import blanked

CONTENT_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer of the centre: the outcome, what stood inside the envelope, what is odd about it.

    ``kept`` is what the journal may keep of it: the plain document, tokens still inside.
    """

    verdict: Verdict
    kept: bytes = field(repr=False)
    findings: tuple[AnswerFinding, ...] = ()


class Centre:
    """The direct way to the centre of one region."""

    def __init__(
        self, terminal: Terminal, credentials: Credentials, tables: Mapping[str, Transaction]
    ) -> None:
        self._terminal = terminal
        self._credentials = credentials
        self._tables = tables

    @property
    def _profile(self) -> InterfaceProfile:
        return self._terminal.profile

    @cached_property
    def _keys(self) -> CentreKeys:
        known = self._credentials
        return keys_of(known.app_id, known.app_secret, known.centre_private, known.centre_public)

    def serves(self, infno: str) -> bool:
        """Whether a number is one of an act that goes to the centre and not to the platform."""
        direct = self._profile.centre.transport == "centre"
        return direct and bool(rx_messages.act_of(self._profile, infno))

    def address(self, infno: str, url: str) -> str:
        """Where the act is posted; :raises PackValueMissing: where the pack names no path."""
        act = rx_messages.act_of(self._profile, infno)
        path = self._profile.centre.paths.get(act, "")
        if not path:
            raise PackValueMissing(
                key=f"interface.centre.paths.{act or infno}", who=self._profile.who
            )
        return f"{(self._credentials.centre_url or url).rstrip('/')}/{path.lstrip('/')}"

    def compose(self, call: Call, header: Header) -> Message:
        """A call in the centre's envelope.

        :raises BadValue: a field breaks its table, or a key is none; nothing may leave.
        :raises PackValueMissing: the pack has no number or no path for the act.
        """
        drafted = messages.draft(call, header, self._terminal)
        content = messages.content_of(drafted, self._terminal, self._tables)
        return self.wrap(drafted.infno, content, header, call)

    def wrap(
        self, infno: str, content: object, header: Header, call: Call | None = None
    ) -> Message:
        """Any business body in the envelope; the evidence is the plain body, tokens blanked."""
        self.address(infno, "")
        evidence = {
            "infno": infno,
            "act": rx_messages.act_of(self._profile, infno),
            "msgid": header.msgid,
            "inf_time": wire_time(header.at),
            "opter": header.operator,
            "input": blanked(content),
        }
        body = seal(content, header.at, self._keys, self._profile.centre)
        return Message(infno, header.msgid, body, exact_json.write(evidence), call)

    def judge(self, status: int, content: bytes, now: datetime) -> Opened:
        """The three outcomes: code 0 = success, another with words = refused, else unknown.

        What does not decrypt or is not signed by the centre is unknown, whatever it says. A
        refusal has no data and may come without a signature; one that is there must hold.
        """
        try:
            document = exact_json.read(content)
        except exact_json.NotJson:
            return Opened(judge(status, content), content)
        if not 200 <= status < 300:
            return Opened(unknown("status", str(status)), content)
        if not isinstance(document, dict):
            return Opened(unknown("list"), content)
        code, said = _code(document), _words(document)
        if code is None or (code != "0" and not said):
            return Opened(
                Verdict(Outcome.UNKNOWN, code, f"answer.infcode {said}".rstrip()), content
            )
        inner: object = None
        if code == "0" or document.get("signData") or document.get("encData"):
            try:
                inner = unseal(document, self._keys, self._profile.centre)
            except (Unverifiable, BadValue):
                return Opened(unknown("signature"), content)
        plain = {"code": code, "message": said, "output": inner}
        outcome = Outcome.SUCCESS if code == "0" else Outcome.REFUSED
        verdict = Verdict(outcome, code, "" if code == "0" else said, plain)
        return Opened(verdict, exact_json.write(plain), tuple(_clock(document, now)))


def _code(document: Mapping[str, object]) -> str | None:
    value = document.get("code")
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if type(value) is int else None


def _words(document: Mapping[str, object]) -> str:
    value = document.get("message")
    return value.strip() if isinstance(value, str) else ""


def _clock(document: Mapping[str, object], now: datetime) -> list[AnswerFinding]:
    """An answer of another hour is perhaps an old one, sent again."""
    told = str(document.get("timestamp") or "")
    if not (told.isascii() and told.isdigit() and len(told) == 13):
        return [AnswerFinding("clock", "timestamp")]
    moment = datetime.fromtimestamp(int(told) // 1000, UTC)
    if abs(moment - now) <= CLOCK_WINDOW:
        return []
    return [
        AnswerFinding("clock", f"timestamp {round((moment - now) / timedelta(minutes=1)):+d} min")
    ]
