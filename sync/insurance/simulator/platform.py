"""The practice insurance platform: one function from a request to an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sync.insurance.field_tables import CodeList, Field, Node, Paths, Transaction
from sync.insurance.simulator import (
    accounts,
    audit,
    centre,
    centre_gate,
    gateway,
    goods,
    held,
    jsontext,
    misbehaviour,
    oauth,
    passwords,
    people,
    pharmacy,
    price_lists,
    queries,
    reconcile,
    rx_book,
    rx_more,
    rx_releases,
    side_door,
    sm2,
    stock,
    validation,
    visits,
)
from sync.insurance.simulator.call import ZONE, Call, Handler, Profile, World, stamp
from sync.insurance.simulator.faults import Faults, Rule
from sync.insurance.simulator.gateway import Credentials
from sync.insurance.simulator.jsontext import Json
from sync.insurance.simulator.persons import Drug, Person, Register
from sync.insurance.simulator.policy import Policy
from sync.insurance.simulator.refusal import GatewayRefusal, Refusal
from sync.insurance.simulator.rx_releases import Service
from sync.insurance.simulator.state import Books, State

Reply = tuple[int, dict[str, str], bytes]

UNKNOWN_INFNO = "FSI-FSI-交易报文不正确：未知交易编号！"
BODY_LIMIT = 20_000_000
_JSON = "application/json;charset=utf-8"
_NEEDS_NO_SIGN_IN = ("9001",)

HANDLERS: dict[str, Handler] = {
    **people.HANDLERS,
    **pharmacy.HANDLERS,
    **visits.HANDLERS,
    **queries.HANDLERS,
    **reconcile.HANDLERS,
    **audit.HANDLERS,
    **stock.HANDLERS,
    **goods.HANDLERS,
    **held.HANDLERS,
    **price_lists.HANDLERS,
    "5102": rx_more.practitioners,
}
"""Every transaction served; those of prescriptions follow the region's release (rx_releases)."""

SAME_AS = {"2207A": "2207", "2206A": "2206"}
"""Later versions of a transaction that carry the same fields."""


def _same(infno: str) -> str:
    """The transaction whose fields this one carries."""
    return SAME_AS.get(infno, infno)


def _moment(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


class Platform:
    """A region's platform on its own books.

    ``policy`` is the merged region pack as plain data: ``{"division", "interface", "policy"}``.
    ``clock`` answers an aware time; ``sleep`` waits for the late fault (seconds).
    """

    def __init__(
        self,
        region: Mapping[str, Any],
        *,
        state: State,
        tables: Mapping[str, Transaction],
        codes: Mapping[str, CodeList],
        paths: Paths,
        persons: tuple[Person, ...],
        drugs: Mapping[str, Drug],
        credentials: Credentials,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        settings = settings or {}
        self.world = World(
            division=str(region.get("division", "999900")),
            profile=Profile.of(region.get("interface", {})),
            policy=Policy(region.get("policy", ())),
            register=Register(persons),
            drugs=drugs,
            tables=_spelled(tables, region),
            codes=codes,
            credentials=credentials,
            institutions=tuple(settings.get("institution", ())),
            audit=settings.get("audit", {}),
            centre=settings.get("centre", {}),
            practitioners=tuple(settings.get("practitioner", ())),
        )
        self.services = rx_releases.services(self.world.profile)
        self.state = state
        self.faults = Faults()
        self.clock = clock
        self.sleep = sleep
        self._one_url, self._by_path = _addresses(self.world.profile, paths, self.services)
        self._centre = centre.Centre.of(self.world, self.services)
        self.tokens = oauth.TokenDesk(credentials)
        with state.transaction() as books:
            for person in persons:
                accounts.open_books(books, person, self.world.policy, self.today())

    def today(self) -> date:
        """The platform's day."""
        return self.clock().astimezone(ZONE).date()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one HTTP request: status, headers, body.

        :raises NoReply: when a fault ends the connection without an answer.
        """
        lower = {name.lower(): value for name, value in headers.items()}
        bare = path.partition("?")[0]
        wanted = self._by_path.get(bare)
        if method == "POST" and bare in self._centre.paths:
            return self._direct(self._centre.paths[bare], body)
        with_tokens = self.world.profile.gateway == "oauth"
        if with_tokens and method == "POST" and bare == oauth.TOKEN_PATH:
            return self.tokens.give(lower, body, self.clock())
        if bare not in self._one_url and wanted is None:
            if bare.startswith("/practice/"):
                return side_door.handle(self, method, path, body)
            return 404, {"Content-Type": "text/html"}, b"<html><body>404</body></html>"
        if method != "POST":
            return 405, {"Content-Type": "text/html", "Allow": "POST"}, b""
        try:
            self._admit(lower, body)
            envelope = self._read(body, wanted)
            return self._behave(envelope)
        except GatewayRefusal as refusal:
            return refusal.status, {"Content-Type": refusal.content_type}, refusal.body

    def _admit(self, headers: Mapping[str, str], body: bytes) -> None:
        kind = self.world.profile.gateway
        if kind == "oauth":
            self.tokens.admit(headers, self.clock())
        else:
            gateway.admit(kind, headers, body, self.world.credentials, self.clock())

    def _read(self, body: bytes, wanted: str | None) -> dict[str, Any]:
        """The envelope; :raises GatewayRefusal: the short form for what is none (1.4)."""
        try:
            envelope = jsontext.read(body) if len(body) <= BODY_LIMIT else None
        except (ValueError, RecursionError):
            envelope = None
        if not isinstance(envelope, dict):
            raise _short("FSI-FSI-交易报文不正确：报文不是合法的JSON！")
        infno = envelope.get("infno")
        if wanted is not None and infno is not None and _same(str(infno)) != _same(wanted):
            raise _short("FSI-FSI-交易报文不正确：交易编号与地址不符！")
        known = isinstance(infno, str) and (infno in self.services or _same(infno) in HANDLERS)
        if not known:
            raise _short(UNKNOWN_INFNO)
        return envelope

    def _behave(self, envelope: dict[str, Any]) -> Reply:
        """Serve the request, well or as a fault has it."""
        return self._served(
            str(envelope["infno"]),
            envelope.get("input"),
            lambda now: self._serve(envelope, now),
            self._reply,
        )

    def _direct(self, infno: str, body: bytes) -> Reply:
        """A prescription centre's own address: the SM2/SM4 envelope in and out (interface 1.6)."""
        try:
            plain = self._centre.open(body)
        except Refusal as refusal:
            return 200, {"Content-Type": _JSON}, centre_gate.refuse(refusal.text)
        return self._served(
            infno,
            plain,
            lambda now: self._serve_direct(infno, plain, now),
            lambda answer: (200, {"Content-Type": _JSON}, self._centre.close(answer, self.clock())),
        )

    def _served(
        self,
        infno: str,
        asked: object,
        serve: Callable[[datetime], dict[str, Any]],
        encode: Callable[[dict[str, Any]], Reply],
    ) -> Reply:
        rule = self.faults.pick(infno, self._whose(asked))
        if rule is None:
            return encode(serve(self.clock()))
        return self._misbehave(rule, serve, encode)

    def _whose(self, asked: object) -> str:
        """Whom a request is about; asked for only where a rule wants to know."""
        if not self.faults.personal:
            return ""
        with self.state.transaction() as books:
            return rx_book.whose(books, self.world.register, asked)

    def _misbehave(
        self,
        rule: Rule,
        serve: Callable[[datetime], dict[str, Any]],
        encode: Callable[[dict[str, Any]], Reply],
    ) -> Reply:
        now = self.clock()
        if rule.kind == "clock_off":
            now -= timedelta(hours=3)
        answer = None
        if rule.kind == "refused" and not rule.carries_out:
            answer = self._answer(now, None, rule.text)
        elif rule.carries_out:
            answer = serve(now)
        if rule.delay:
            self.sleep(rule.delay)
        return misbehaviour.distort(rule, answer, encode)

    def _serve_direct(self, infno: str, plain: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Carry one act of the centre out, whole or not at all."""
        with self.state.transaction() as books:
            data = self._centre.laid_out(infno, plain)
            envelope = {"infno": infno, "msgid": "", **self._centre.caller(infno, data)}
            try:
                with books.attempt():
                    output = self._perform(books, envelope, data, now)
            except Refusal as refusal:
                return self._answer(now, books, refusal.text)
            return self._answer(now, books, None, self._centre.flat(plain, output))

    def _reply(self, answer: dict[str, Any]) -> Reply:
        if isinstance(answer["output"], bytes):  # 9102: a byte stream without an envelope (2.4)
            return 200, {"Content-Type": "application/octet-stream"}, answer["output"]
        if self.world.profile.encrypted_input and answer["output"]:
            plain = jsontext.write(answer["output"]).encode()
            secret = oauth.in_cipher(plain, self.world.credentials.client_id)
            answer = {**answer, "output": secret}
        return 200, {"Content-Type": _JSON}, jsontext.write(answer).encode()

    def _serve(self, envelope: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Carry one transaction out, whole or not at all; a message id is used up either way."""
        with self.state.transaction() as books:
            try:
                data = self._open(envelope)
                self._spend_msgid(books, envelope, now)
            except Refusal as refusal:
                return self._answer(now, books, refusal.text)
            try:
                passwords.check(self.world, books, envelope, data)
                with books.attempt():
                    output = self._transact(books, envelope, data, now)
            except Refusal as refusal:
                self._note(books, envelope, "refused")
                return self._answer(now, books, refusal.text)
            self._note(books, envelope, "done")
            return self._answer(now, books, None, output)

    def _open(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """Check the envelope and unwrap ``input``; :raises Refusal: naming the field."""
        cleaned = {
            name: ("" if value == "null" else value)
            for name, value in envelope.items()
            if name != "input"
        }
        if self.world.profile.encrypted_input:
            self._decipher(envelope)
        self._check_signature(envelope)
        node = self.world.tables["envelope"].input[0]
        envelope.update(validation.check_row(node, cleaned, self.world.codes))
        if len(envelope["msgid"]) != 30 or not envelope["msgid"].startswith(
            envelope["fixmedins_code"]
        ):
            raise Refusal("参数校验失败：字段[msgid](发送方报文ID)应为机构编号+时间+顺序号共30位")
        data = envelope.get("input")
        if (self.world.profile.input_form == "string") != isinstance(data, str):
            raise Refusal("参数校验失败：字段[input](交易输入)格式不正确")
        if isinstance(data, str):
            try:
                data = jsontext.read(data)
            except (ValueError, RecursionError):
                data = None
        if not isinstance(data, dict):
            raise Refusal("参数校验失败：字段[input](交易输入)格式不正确")
        return data

    def _decipher(self, envelope: dict[str, Any]) -> None:
        """Put the plain ``input`` in its place; signed for itself where the region has it so."""
        keys = self.world.credentials
        plain = oauth.in_clear(envelope.get("input"), keys.client_id)
        if self.world.profile.message_signing == "sm2_input":
            oauth.check_signature(envelope.get("cainfo"), plain, keys.sm2_public)
        try:
            envelope["input"] = jsontext.read(plain)
        except (ValueError, RecursionError):
            envelope["input"] = None

    def _check_signature(self, envelope: Mapping[str, Any]) -> None:
        """Where the region signs (1.5): SM2 over all members but ``cainfo`` and ``input``."""
        if self.world.profile.message_signing != "sm2_envelope":
            return
        covered = sorted(name for name in envelope if name not in ("cainfo", "input"))
        text = "&".join(f"{name}={envelope[name]}" for name in covered)
        public = self.world.credentials.sm2_public
        if not sm2.holds(public, text.encode("utf-8", "replace"), str(envelope.get("cainfo", ""))):
            raise Refusal("FSI-数字签名信息[cainfo]验证不通过")

    def _spend_msgid(self, books: Books, envelope: Mapping[str, Any], now: datetime) -> None:
        msgid = envelope["msgid"]
        if books.one("SELECT 1 FROM message WHERE msgid = ?", msgid):
            raise Refusal("FSI-报文ID[msgid]重复")
        books.run(
            "INSERT INTO message VALUES (?, ?, ?, 'open')", msgid, envelope["infno"], stamp(now)
        )

    def _note(self, books: Books, envelope: Mapping[str, Any], outcome: str) -> None:
        books.run("UPDATE message SET outcome = ? WHERE msgid = ?", outcome, envelope["msgid"])

    def _transact(
        self, books: Books, envelope: dict[str, Any], data: dict[str, Any], now: datetime
    ) -> Json:
        self._check_sign_in(books, envelope)
        return self._perform(books, envelope, data, now)

    def _perform(
        self, books: Books, envelope: dict[str, Any], data: dict[str, Any], now: datetime
    ) -> Json:
        """Check the input against its table and let the handler answer."""
        service = self.services.get(envelope["infno"])
        infno = _same(envelope["infno"])
        name = service.table if service else infno
        typed = {}
        if name and infno not in stock.ROW_BY_ROW:
            typed = validation.check_input(self.world.tables[name], data, self.world.codes)
        call = Call(envelope["infno"], envelope, typed, data, books, now, self.world)
        return service.serve(call) if service else HANDLERS[infno](call)

    def _check_sign_in(self, books: Books, envelope: Mapping[str, Any]) -> None:
        """Where the profile demands it, an open sign-in of the same institution."""
        if not self.world.profile.sign_in_required or envelope["infno"] in _NEEDS_NO_SIGN_IN:
            return
        row = books.one(
            "SELECT 1 FROM sign_in WHERE sign_no = ? AND fixmedins_code = ? AND open = 1",
            envelope["sign_no"],
            envelope["fixmedins_code"],
        )
        if row is None:
            raise Refusal("FSI-交易签到流水号[sign_no]无效，请先签到")

    def _answer(
        self, now: datetime, books: Books | None, refused: str | None, output: Json = None
    ) -> dict[str, Any]:
        """The response envelope (interface 1.4)."""
        code: object = 0 if refused is None else -1
        if self.world.profile.infcode_form == "string":
            code = str(code)
        reference = None
        if refused is None and books is not None:
            local = now.astimezone(ZONE)
            serial = books.number("reference")
            reference = f"{self.world.division}{local:%Y%m%d%H%M%S}{serial:010d}"
        return {
            "infcode": code,
            "inf_refmsgid": reference,
            "refmsg_time": _moment(now),
            "respond_time": _moment(now),
            "err_msg": refused,
            "output": output if refused is None else None,
            "warn_msg": None,
            "cainfo": None,
            "signtype": None,
            "enctype": None,
        }


def _short(text: str) -> GatewayRefusal:
    """The short failure of the gateway (interface 1.4); still a 200."""
    body = jsontext.write({"type": "error", "infcode": -1, "err_msg": text})
    return GatewayRefusal(200, body.encode(), _JSON)


def _spelled(
    tables: Mapping[str, Transaction], region: Mapping[str, Any]
) -> Mapping[str, Transaction]:
    """The tables as this region spells them (interface 7.4).

    Where letters are allowed in line serials they are text of 30; members of the stock tables go
    by the region's own names.
    """
    interface = region.get("interface", {})
    letters = interface.get("feedetl_sn") == "letters"
    names = {
        "drugtracinfo": str(interface.get("stock_trace_node", "drugtracinfo")),
        "MDTRT_SETL_TYPE": str(interface.get("setl_type_key", "MDTRT_SETL_TYPE")),
    }

    def field(one: Field, stock_table: bool) -> Field:
        if letters and one.kind == "digits":
            return replace(one, kind="s", length=30)
        return replace(one, name=names.get(one.name, one.name)) if stock_table else one

    def node(one: Node, stock_table: bool) -> Node:
        fields = tuple(field(each, stock_table) for each in one.fields)
        name = names.get(one.name, one.name) if stock_table else one.name
        return replace(one, name=name, fields=fields)

    return {
        infno: replace(
            table, input=tuple(node(one, infno.startswith("350")) for one in table.input)
        )
        for infno, table in tables.items()
    }


def _addresses(
    profile: Profile, paths: Paths, services: Mapping[str, Service]
) -> tuple[frozenset[str], dict[str, str]]:
    """The one-URL paths and, by path, the transactions that have a path of their own."""
    if profile.endpoint_shape == "one_url":
        return frozenset((profile.path or paths.one_url, paths.one_url)), {}
    # The hospital's paths were never seen: the practice platform gives them some.
    hospital = {number: f"/fsi/api/rxHospitalService/{number}" for number in services}
    table = {**hospital, **paths.per_transaction, **{k: f"/{v}" for k, v in profile.paths.items()}}
    by_path = {path: infno for infno, path in table.items()}
    prefix = profile.path.rstrip("/")
    by_path.update({f"{prefix}{path}": infno for path, infno in list(by_path.items())})
    return frozenset(), by_path
