"""The insurance platform over the wire: composes a message, sends it once, judges the answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.domain.insurance import Answer, Call, Header, LateCall, Message, Outcome
from app.domain.policy import InterfaceProfile
from app.errors import PackValueMissing
from app.ports import Clock
from sync.insurance import messages
from sync.insurance.answers import UNKNOWN, Verdict, examine, far_time, judge, unknown
from sync.insurance.centre import CONTENT_TYPE, Centre, Opened
from sync.insurance.field_tables import Transaction, table_of
from sync.insurance.profile import Credentials, Department, Institution, Terminal, require_offered
from sync.insurance.rx_messages import ACTS, is_rx_number
from sync.insurance.secrecy import blanked_answer
from sync.insurance.signing import gateway_headers, sm2_signer
from sync.insurance.transport import Lost, NotLeft, Reply, RequestsTransport, Transport
from sync.station import way_out

if TYPE_CHECKING:
    from sync.insurance.bearer import Bearer
    from sync.insurance.sealed_input import InputSealer

ZIP = b"PK\x03\x04"
"""How a file of the platform begins."""


def _nonce() -> str:
    return uuid.uuid4().hex


class InsuranceClient:
    """``app.ports.InsurancePlatform`` for one region's profile; belongs to one thread.

    ``tables`` are the field tables by number (``field_tables.load_tables``). ``transport`` takes
    the place of the network, for the fault simulation and for tests. ``ip`` is what prescription
    calls tell of this terminal; without it the address of the way out to the platform.
    ``infver`` answers the version that the shop chose over the profile's, at each message.
    ``ca_file`` and ``pins``: see :class:`RequestsTransport`.
    """

    def __init__(
        self,
        profile: InterfaceProfile,
        *,
        url: str,
        institution: Institution,
        credentials: Credentials,
        tables: Mapping[str, Transaction],
        clock: Clock,
        department: Department | None = None,
        transport: Transport | None = None,
        ip: str = "",
        nonce: Callable[[], str] = _nonce,
        infver: Callable[[], str] = str,
        ca_file: str = "",
        pins: frozenset[bytes] = frozenset(),
    ) -> None:
        """:raises PackError: when the profile wants a wire that is not spoken here."""
        require_offered(profile, credentials)
        signed = profile.message_signing == "sm2_envelope"
        sign = sm2_signer(credentials.sm2_private) if signed else None
        self._sealer = _sealer(profile, credentials)
        self._terminal = Terminal(
            profile,
            institution,
            department or Department(),
            sign=sign,
            sealer=self._sealer,
            ip=ip or way_out(url),
        )
        self._centre = Centre(self._terminal, credentials, tables)
        self._url = url
        self._credentials = credentials
        self._tables = tables
        self._clock = clock
        self._nonce = nonce
        self._infver = infver
        self._transport = transport or RequestsTransport(
            profile.connect_seconds, profile.read_seconds, ca_file=ca_file, pins=pins
        )
        self._bearer = _bearer(profile, self._transport, url, credentials, clock)

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    def compose(self, call: Call, header: Header) -> Message:
        """The message for a call, complete and ready to be written down and then sent.

        :raises BadValue: when a field breaks its table: nothing may leave.
        :raises PackValueMissing: when the profile has no path for the transaction, or the
            region's release no such prescription act.
        """
        if self._direct(call):
            return self._centre.compose(call, header)
        message = messages.compose(call, header, self._speaking(), self._tables)
        self._terminal.profile.path_of(message.infno)
        return message

    def compose_raw(self, infno: str, content: object, header: Header) -> Message:
        """Our envelope around any ``input``, unchecked: for the support tool ``call`` only.

        :raises BadValue, PackValueMissing: when the envelope itself cannot be made.
        """
        if self._centre.serves(infno):
            return self._centre.wrap(infno, content, header)
        return messages.compose_raw(infno, content, header, self._speaking(), self._tables)

    def _speaking(self) -> Terminal:
        """The terminal as it speaks now."""
        profile, wanted = self._terminal.profile, self._infver()
        if not wanted or wanted == profile.infver:
            return self._terminal
        return replace(self._terminal, profile=replace(profile, infver=wanted))

    def _direct(self, call: Call) -> bool:
        """Whether a call goes to the prescription centre itself."""
        direct = self._terminal.profile.centre.transport == "centre"
        return direct and type(call) in ACTS

    def send(self, message: Message) -> Answer:
        """One POST of exactly ``message.body``; the three outcomes, or not_sent. Never raises.

        ``Answer.text`` of an unknown or unsent one is a message id of the words' ``[answer]``
        with an optional detail after a blank: ``answer.status 502``.
        """
        began = time.monotonic_ns()
        answer = self._exchange(message)
        millis = (time.monotonic_ns() - began) // 10**6
        return replace(answer, millis=millis)

    def _exchange(self, message: Message) -> Answer:
        try:
            url = self._address(message.infno)
        except PackValueMissing:
            return Answer(Outcome.NOT_SENT, text=f"{UNKNOWN}not_sent path")
        try:
            headers = self._headers(message)
            reply = self._transport.post(url, headers, message.body, _limit(message))
        except NotLeft as error:
            return Answer(Outcome.NOT_SENT, text=f"{UNKNOWN}not_sent {error.why}")
        except Lost as error:
            return _answer(unknown(error.why), self._kept(message, error.part))
        if reply.status == HTTPStatus.UNAUTHORIZED and self._bearer is not None:
            self._bearer.forget()
        if isinstance(message.call, LateCall) and reply.body.startswith(ZIP):
            return _file_answer(message.call, reply)
        if self._centre.serves(message.infno):
            opened = self._centre.judge(reply.status, reply.body, self._clock.now())
        else:
            opened = self._opened(reply)
        answer = self._judged(message, opened)
        return replace(answer, far_time=far_time(opened.verdict, reply.headers))

    def _opened(self, reply: Reply) -> Opened:
        """A reply judged; in clear where the region's answers come in cipher."""
        if self._sealer is None:
            return Opened(judge(reply.status, reply.body), reply.body)
        from sync.insurance.centre_envelope import Unverifiable

        try:
            plain = self._sealer.open(reply.body)
        except Unverifiable:
            return Opened(unknown("signature"), reply.body)
        return Opened(judge(reply.status, plain), plain)

    def _headers(self, message: Message) -> dict[str, str]:
        if self._centre.serves(message.infno):
            return {"Content-Type": CONTENT_TYPE}
        headers = {"Content-Type": f"{self._terminal.profile.content_type}; charset=UTF-8"}
        if self._bearer is not None:
            return headers | self._bearer.headers()
        return headers | dict(
            gateway_headers(
                self._terminal.profile.gateway,
                self._credentials,
                infno=message.infno,
                body=message.body,
                at=self._clock.now(),
                nonce=self._nonce,
            )
        )

    def _kept(self, message: Message, raw: bytes) -> bytes:
        """What the journal may keep of an answer: whole, but for what opens a prescription."""
        rx = is_rx_number(self._terminal.profile, message.infno)
        return blanked_answer(raw) if rx else raw

    def _judged(self, message: Message, opened: Opened) -> Answer:
        verdict, raw = opened.verdict, self._kept(message, opened.kept)
        if verdict.outcome is not Outcome.SUCCESS:
            return _answer(verdict, raw)
        release = self._terminal.profile.eprescription_release
        table = table_of(self._tables, message.infno, release)
        value, findings = examine(message, verdict, table, self._clock.now(), release)
        return Answer(
            Outcome.SUCCESS,
            infcode=verdict.infcode,
            value=value,
            output=verdict.output,
            raw=raw,
            findings=(*opened.findings, *findings),
        )

    def _address(self, infno: str) -> str:
        """Where the transaction is posted; a URL that already ends with the path stands as is."""
        if self._centre.serves(infno):
            return self._centre.address(infno, self._url)
        path = self._terminal.profile.path_of(infno)
        path = "/" + path.lstrip("/").replace("//", "/")
        if urlsplit(self._url).path.endswith(path):
            return self._url
        return self._url.rstrip("/") + path


def _sealer(profile: InterfaceProfile, credentials: Credentials) -> InputSealer | None:
    signs, encrypts = profile.message_signing == "sm2_input", profile.encrypted_input
    if not signs and not encrypts:
        return None
    # Loaded where a region wants it: a start does without.
    from sync.insurance.sealed_input import InputSealer

    return InputSealer(
        credentials.client_id if encrypts else "", credentials.sm2_private if signs else ""
    )


def _bearer(
    profile: InterfaceProfile,
    transport: Transport,
    url: str,
    credentials: Credentials,
    clock: Clock,
) -> Bearer | None:
    if profile.gateway != "oauth":
        return None
    from sync.insurance.bearer import Bearer

    return Bearer(transport, url, credentials, clock)


def _limit(message: Message) -> float | None:
    """Seconds of a message that has its own time limit: nobody may wait longer for it."""
    if not isinstance(message.call, LateCall):
        return None
    from app.domain.supervision_calls import AskAudit

    return message.call.seconds or None if isinstance(message.call, AskAudit) else None


def _file_answer(call: LateCall, reply: Reply) -> Answer:
    """9102 answers the bytes of a file without an envelope around them (interface 2.4)."""
    if reply.status != HTTPStatus.OK:
        return _answer(unknown("status", str(reply.status)), reply.body)
    from sync.insurance.statement_answers import read_file

    value, findings = read_file(call, reply.body)
    return Answer(Outcome.SUCCESS, "0", value=value, raw=reply.body, findings=findings)


def _answer(verdict: Verdict, raw: bytes) -> Answer:
    return Answer(verdict.outcome, verdict.infcode, verdict.text, output=verdict.output, raw=raw)
