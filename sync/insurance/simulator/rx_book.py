"""Prescriptions in the practice centre's books: what is kept of one, and where it stands."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import jsontext
from sync.insurance.simulator.call import Call, stamp
from sync.insurance.simulator.persons import Register
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Books, Row

VALID, EXPIRED, REVOKED = "1", "2", "3"
"""``rxStasCodg`` (interface 3.5)."""

UNUSED, USED = "1", "2"
"""``rxUsedStasCodg``."""

OPEN, SETTLED, WITHDRAWN = "open", "settled", "withdrawn"
"""A 7207: waits for its settlement; counts as handed out; taken back."""

STATUS_NAMES = {VALID: "有效", EXPIRED: "已失效", REVOKED: "已撤销"}
USED_NAMES = {UNUSED: "未使用", USED: "已使用"}
CHECK_NAMES = {"0": "不通过", "1": "通过", "": ""}


@dataclass(slots=True)
class Rx:
    """One prescription: the sheet as the hospital sent it, and what pharmacies did with it.

    ``sheet`` holds ``head``, ``lines``, ``visit`` and ``diagnoses`` in the names of 7204. Packs of
    ``reports`` are by place of the line, as decimal text.
    """

    number: str
    psn_no: str
    hospital: str
    area: str
    trace_code: str
    qr: str
    sheet: dict[str, Any]
    phase: str = "checked"
    """checked (7101), signed (7102), uploaded (7103): only then pharmacies see it."""
    status: str = VALID
    used: str = UNUSED
    lock: str = ""
    """The institution that downloaded it and has neither used it nor given it back."""
    review: dict[str, Any] = field(default_factory=dict)
    verified: dict[str, bool] = field(default_factory=dict)
    """``rxSignVerifySn`` to what the look at the signature said."""
    reports: list[dict[str, Any]] = field(default_factory=list)
    seal: dict[str, str] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    """Who revoked it, when and why."""

    def taken(self, place: int) -> Decimal:
        """Packs of a line that are handed out and settled or sold."""
        return self._packs(place, (SETTLED,))

    def reported(self, place: int) -> Decimal:
        """Packs of a line that stand in a report, settled or not."""
        return self._packs(place, (OPEN, SETTLED))

    def _packs(self, place: int, states: tuple[str, ...]) -> Decimal:
        rows = (one for one in self.reports if one["state"] in states)
        return sum((Decimal(one["packs"].get(str(place), "0")) for one in rows), Decimal(0))

    def needed(self, place: int) -> Decimal:
        """Stock packs that the line asks for at least."""
        return Decimal(str(self.sheet["lines"][place].get("drugTotlcnt") or 1))

    def complete(self, place: int) -> bool:
        """Whether the line is handed out whole (``takeDrugFlag``)."""
        return self.taken(place) >= self.needed(place)

    def count(self) -> None:
        """Set the use state by what stands settled; sold for cash means used for good."""
        live = [one for one in self.reports if one["state"] == SETTLED]
        whole = all(self.complete(place) for place in range(len(self.sheet["lines"])))
        paid = any(not one["insured"] for one in live)
        self.used = USED if live and (whole or paid) else UNUSED

    def free(self, institution: str) -> None:
        """The institution's hold ends; its pass is kept, but another verdict may replace it."""
        if self.lock == institution:
            self.lock = ""
        if self.review and self.review["institution"] == institution:
            self.review["stale"] = True

    def passed_by(self, institution: str) -> bool:
        """Whether a pharmacist of that institution let it pass."""
        return self.review.get("verdict") == "1" and self.review["institution"] == institution

    @property
    def check(self) -> str:
        """``rxChkStasCodg``: 0 refused, 1 passed, empty = not reviewed."""
        return str(self.review.get("verdict", ""))

    @property
    def state(self) -> str:
        """In one word, the strongest first."""
        if self.status != VALID:
            return "revoked" if self.status == REVOKED else "expired"
        if self.used == USED:
            return "dispensed"
        if self.check == "0":
            return "refused"
        if any(one["state"] == OPEN for one in self.reports):
            return "reported"
        if self.lock:
            return "reviewed" if self.passed_by(self.lock) else "locked"
        part = any(self.taken(place) for place in range(len(self.sheet["lines"])))
        return "part_dispensed" if part else "issued"


def _of(row: Row) -> Rx:
    return Rx(
        number=row["hi_rxno"], psn_no=row["psn_no"], qr=row["qr"], **jsontext.read(row["doc"])
    )


_KEPT = (
    "hospital", "area", "trace_code", "sheet", "phase", "status", "used", "lock", "review",
    "verified", "reports", "seal", "undone",
)  # fmt: skip


def save(books: Books, rx: Rx, file: bytes | None = None) -> None:
    """Write a prescription down; ``file`` replaces the stored one."""
    text = jsontext.write({name: getattr(rx, name) for name in _KEPT})
    books.run(
        "INSERT OR IGNORE INTO prescription VALUES (?, ?, ?, ?, x'')",
        rx.number,
        rx.psn_no,
        rx.qr,
        text,
    )
    books.run("UPDATE prescription SET doc = ? WHERE hi_rxno = ?", text, rx.number)
    if file is not None:
        books.run("UPDATE prescription SET file = ? WHERE hi_rxno = ?", file, rx.number)


def find(books: Books, number: str, now: datetime) -> Rx | None:
    """The prescription of that number, its validity as of ``now``, or None."""
    row = books.one("SELECT * FROM prescription WHERE hi_rxno = ?", number)
    return _aged(books, _of(row), now) if row else None


def by_qr(books: Books, qr: str, now: datetime) -> Rx | None:
    """The prescription of that QR text, or None."""
    row = books.one("SELECT * FROM prescription WHERE qr = ?", qr)
    return _aged(books, _of(row), now) if row else None


def listed(books: Books, now: datetime, psn_no: str = "") -> list[Rx]:
    """All of one person or of everybody, in the order in which they were issued."""
    rows = books.all(
        "SELECT * FROM prescription WHERE ? = '' OR psn_no = ? ORDER BY rowid", psn_no, psn_no
    )
    return [_aged(books, _of(row), now) for row in rows]


def file_of(books: Books, number: str) -> bytes:
    """The stored file; empty where none was sent."""
    row = books.one("SELECT file FROM prescription WHERE hi_rxno = ?", number)
    return bytes(row["file"]) if row else b""


def _aged(books: Books, rx: Rx, now: datetime) -> Rx:
    """Unused beyond its last moment it is expired, whoever holds it."""
    ends = str(rx.sheet["head"].get("valiEndTime", ""))
    if rx.status == VALID and rx.used == UNUSED and ends and stamp(now) > ends:
        rx.status = EXPIRED
        save(books, rx)
    return rx


def need(call: Call, number: str) -> Rx:
    """An uploaded prescription; :raises Refusal: when the centre knows none of that number."""
    rx = find(call.books, number, call.now)
    if rx is None or rx.phase != "uploaded":
        raise Refusal("EPC-未查询到处方信息[hiRxno]")
    return rx


def alive(rx: Rx, act: str) -> None:
    """:raises Refusal: where it is revoked, expired, used or refused by a pharmacist."""
    why = {
        "revoked": "已被医疗机构撤销",
        "expired": "已超过有效期",
        "dispensed": "已使用",
        "refused": "药师审核不通过",
    }.get(rx.state)
    if why:
        raise Refusal(f"EPC-处方[hiRxno]{why}，不能{act}")


def held(call: Call, rx: Rx, act: str) -> None:
    """:raises Refusal: unless this institution downloaded it and holds it still."""
    if rx.lock and rx.lock != call.institution:
        raise Refusal(f"EPC-处方[hiRxno]已被其他定点药店锁定，不能{act}")
    if not rx.lock:
        raise Refusal(f"EPC-处方[hiRxno]未由本机构下载，不能{act}")


def whose(books: Books, register: Register, value: object) -> str:
    """The person a request is about, by ``psn_no`` or what else names one; empty = nobody.

    Outer nodes before inner ones. For faults that befall one person.
    """
    waiting: deque[object] = deque([value])
    while waiting:
        one = waiting.popleft()
        if isinstance(one, dict):
            found = _named(books, register, one)
            if found:
                return found
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return ""


def _named(books: Books, register: Register, node: dict[str, Any]) -> str:
    told = {name.replace("_", "").lower(): one for name, one in node.items() if one}
    if isinstance(node.get("psn_no"), str) and node["psn_no"]:
        return str(node["psn_no"])
    number = told.get("hirxno")
    for column, name in (("epc_token", "epctoken"), ("auth_rxno", "authrxno")):
        if number or not isinstance(told.get(name), str):
            continue
        sql = f"SELECT hi_rxno FROM rx_token WHERE {column} = ?"  # noqa: S608 - one of two names
        row = books.one(sql, told[name])
        number = row["hi_rxno"] if row else None
    if isinstance(number, str):
        row = books.one("SELECT psn_no FROM prescription WHERE hi_rxno = ?", number)
        return str(row["psn_no"]) if row else ""
    if isinstance(told.get("epcqrcd"), str):
        row = books.one("SELECT psn_no FROM prescription WHERE qr = ?", told["epcqrcd"])
        return str(row["psn_no"]) if row else ""
    if isinstance(told.get("certno"), str) and "psnname" in told:
        person = register.by_credential("02", told["certno"], "")
        return person.psn_no if person else ""
    return ""


def give_token(call: Call, rx: Rx, batch: str, minutes: int) -> dict[str, str]:
    """A new authorisation of this institution for one prescription, dead after ``minutes``."""
    auth = call.new_id("rx_auth", "LA")
    token = hashlib.sha256(f"practice token {auth} {rx.number}".encode()).hexdigest()
    expires = stamp(call.now + timedelta(minutes=minutes))
    call.books.run(
        "INSERT INTO rx_token VALUES (?, ?, ?, ?, ?, ?, 1)",
        token,
        auth,
        rx.number,
        call.institution,
        batch,
        expires,
    )
    return {"authRxno": auth, "epcToken": token, "expiresIn": expires}


def token(call: Call, epc_token: str, auth_rxno: str = "") -> Row:
    """The living authorisation; :raises Refusal: unknown, of another shop, ended or expired."""
    row = call.books.one(
        "SELECT * FROM rx_token WHERE (? <> '' OR ? <> '') AND (? = '' OR epc_token = ?)"
        " AND (? = '' OR auth_rxno = ?)",
        epc_token,
        auth_rxno,
        epc_token,
        epc_token,
        auth_rxno,
        auth_rxno,
    )
    if row is None or row["fixmedins_code"] != call.institution:
        raise Refusal("EPC-电子处方令牌[epcToken]或授权编号[authRxno]无效")
    if not row["open"]:
        raise Refusal("EPC-该授权[authRxno]已失效：同次授权的另一张处方已下载")
    if stamp(call.now) >= row["expires"]:
        raise Refusal("EPC-电子处方令牌[epcToken]已过期，请重新授权")
    return row


def take(call: Call, row: Row) -> None:
    """The prescription of this authorisation is taken: the others of the same list end."""
    call.books.run(
        "UPDATE rx_token SET open = 0 WHERE batch = ? AND hi_rxno <> ?",
        row["batch"],
        row["hi_rxno"],
    )


def kill_tokens(books: Books, number: str, now: datetime) -> None:
    """Every authorisation of a prescription runs out now (a practice act)."""
    books.run(
        "UPDATE rx_token SET expires = ? WHERE hi_rxno = ? AND expires > ?",
        stamp(now),
        number,
        stamp(now),
    )
