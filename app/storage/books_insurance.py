"""Settlements with their visits, insured persons, and the journal of every leg on the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, insert, literal, select, update

from app.domain.clock import from_micros, micros
from app.domain.dispute import Decision
from app.domain.insurance import Answer, InsuredPerson, Outcome, Settled
from app.domain.portal import ConnectionMode
from app.domain.settlement import Settlement, Visit
from app.domain.settlement_states import UNDECIDED, UNRESOLVED, SettlementState
from app.domain.visit_states import VisitState
from app.errors import NotFound, StoreBusy, StoreStale
from app.ports import PersonRecord, RequestRow
from app.storage.act_log import Log
from app.storage.books_sale import moment, stored
from app.storage.codec import canonical, from_text, to_text
from app.storage.hot import Hot
from app.storage.sealed_text import hidden_pair, shown_pair
from app.storage.session import Session, upsert
from app.storage.tables import PERSON, PLATFORM_REQUEST, SETTLEMENT
from app.storage.tables_retention import PERSON_SEEN

_PLAIN = (
    "settlement_type",
    "route",
    "med_type",
    "account_use",
    "insurance_row",
    "settle_msgid",
    "settle_infno",
    "cancel_msgid",
    "estimate_fund_fen",
    "asked",
    "digest",
    "infver",
)
"""Fields that are stored as they are."""

_MOMENTS = ("submitted_at", "next_ask_at", "absent_at")
_MONEY = ("quote", "answer", "cancel_answer")

_INSERT = Hot(insert(SETTLEMENT))
_FIXED = ("id", "store_id", "till_id", "sale_id", "person_id", "created_at")
_UPDATE = Hot(
    update(SETTLEMENT)
    .where(SETTLEMENT.c.id == bindparam("b_id"), SETTLEMENT.c.version == bindparam("b_version"))
    .values({each.name: bindparam(each.name) for each in SETTLEMENT.c if each.name not in _FIXED})
)
_BY_ID = Hot(select(SETTLEMENT).where(SETTLEMENT.c.id == bindparam("b_id")))
_OLDEST_FIRST = (SETTLEMENT.c.created_at, SETTLEMENT.c.id)
_OF_SALE = Hot(
    select(SETTLEMENT).where(SETTLEMENT.c.sale_id == bindparam("b_sale")).order_by(*_OLDEST_FIRST)
)


def _of_till(*wanted: ColumnElement[bool]) -> Hot:
    """Attempts of one till, oldest first."""
    mine = SETTLEMENT.c.till_id == bindparam("b_till")
    return Hot(select(SETTLEMENT).where(mine, *wanted).order_by(*_OLDEST_FIRST))


def _literals(states: Iterable[StrEnum]) -> list[ColumnElement[str]]:
    return [literal(state.value) for state in states]


_UNDECIDED = _of_till(SETTLEMENT.c.state.in_(_literals(sorted(UNDECIDED))))
_DECIDED = [
    state
    for state in SettlementState
    if state not in UNRESOLVED and state is not SettlementState.SETTLED
]
_OPEN_VISIT = _of_till(
    SETTLEMENT.c.state.in_(_literals(_DECIDED)),
    SETTLEMENT.c.visit_state.in_(_literals(s for s in VisitState if Visit("", s).is_open)),
)


@dataclass(frozen=True, slots=True)
class _Decisions:
    """What is sealed together of an attempt that people decided about."""

    made: tuple[Decision, ...]


class Settlements:
    """:class:`app.ports.SettlementBook`; the two work lists are those of the acting till."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._texts: dict[int, tuple[Settled, str]] = {}
        """Amounts that were read or written here with their text: frozen, so it stays theirs."""

    def add(self, settlement: Settlement) -> None:
        """A new attempt; :raises BadValue: when its id is used."""
        row = {
            **self._row(settlement),
            **self._session.stamp,
            "id": settlement.id,
            "sale_id": settlement.sale_id,
            "person_id": settlement.person_id,
            "created_at": micros(settlement.created_at),
        }
        self._session.write(_INSERT, row, "settlement")

    def save(self, settlement: Settlement) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind."""
        row = self._row(settlement)
        row["version"] = settlement.version + 1
        keys = {"b_id": settlement.id, "b_version": settlement.version}
        if self._session.write(_UPDATE, {**row, **keys}, "settlement") != 1:
            raise StoreStale(what="settlement")
        settlement.version += 1

    def get(self, settlement_id: str) -> Settlement:
        """:raises NotFound:."""
        found = self._session.hot(_BY_ID, {"b_id": settlement_id})
        if not found:
            raise NotFound(what="settlement")
        return self._whole(found[0])

    def of_sale(self, sale_id: str) -> list[Settlement]:
        """Every attempt of the sale, oldest first."""
        return [self._whole(row) for row in self._session.hot(_OF_SALE, {"b_sale": sale_id})]

    def undecided(self) -> list[Settlement]:
        """SUBMITTED, UNKNOWN, REVERSING, CANCELLING of this till, oldest first."""
        return self._of_till(_UNDECIDED)

    def knows(self, setl_id: str) -> bool:
        """Whether the store has this id of the platform: of an attempt, or of a cancel of one."""
        if not setl_id:
            return False
        table = SETTLEMENT.c
        of_store = select(table.id).where(
            table.store_id == self._session.store_id, table.setl_id == setl_id, table.setl_id != ""
        )
        if self._session.one(of_store.limit(1)) is not None:
            return True
        # No column holds the id of a cancel: its answer is looked through, of every till.
        cancelled = and_(
            table.store_id == self._session.store_id,
            table.state == SettlementState.CANCELLED.value,
            table.cancel_answer.contains(f'"{setl_id}"', autoescape=True),
        )
        told = (one.cancel_answer for one in self._those(cancelled))
        return any(one is not None and one.setl_id == setl_id for one in told)

    def visits_of(self, person_id: str) -> set[str]:
        """Visit ids of the platform that any attempt of the store with the person knows."""
        table = SETTLEMENT.c
        mine = and_(table.store_id == self._session.store_id, table.person_id == person_id)
        found = self._those(mine)
        visits = {one.visit.mdtrt_id for one in found if one.visit is not None}
        answers = {one.answer.mdtrt_id for one in found if one.answer is not None}
        return {each for each in visits | answers if each}

    def with_open_visit(self) -> list[Settlement]:
        """Not settled and not unresolved, yet this till may have a visit open on the platform."""
        return self._of_till(_OPEN_VISIT)

    def _of_till(self, statement: Hot) -> list[Settlement]:
        found = self._session.hot(statement, {"b_till": self._session.till_id})
        return [self._whole(row) for row in found]

    def _those(self, wanted: ColumnElement[bool]) -> list[Settlement]:
        query = select(SETTLEMENT).where(wanted).order_by(*_OLDEST_FIRST)
        return [self._whole(row) for row in self._session.run(query)]

    def _row(self, one: Settlement) -> dict[str, Any]:
        split, visit = one.split, one.visit
        best = one.answer or one.quote
        return {
            **{name: getattr(one, name) for name in _PLAIN},
            **{name: stored(getattr(one, name)) for name in _MOMENTS},
            **{name: self._text_of(getattr(one, name)) for name in _MONEY},
            "disease_code": "",
            "disease_name": hidden_pair(
                self._session, one.disease_code, one.disease_name, _of_disease(one.id)
            ),
            "state": one.state.value,
            "mode": one.mode.value,
            "line_nos": canonical(one.line_nos),
            "total": split.total.fen if split else None,
            "fund": split.fund.fen if split else None,
            "account": split.account.fen if split else None,
            "cash": split.cash.fen if split else None,
            "setl_id": best.setl_id if best else "",
            "visit_no": visit.visit_no if visit else None,
            "visit_state": visit.state.value if visit else None,
            "visit_mdtrt_id": visit.mdtrt_id if visit else None,
            "visit_batch": visit.batch if visit else None,
            "sealed_last_text": self._session.seal(
                "platform", one.last_text, f"settlement|{one.id}|last_text"
            ),
            "sealed_decisions": self._sealed_decisions(one),
            "version": one.version,
        }

    def _text_of(self, settled: Settled | None) -> str | None:
        if settled is None:
            return None
        known = self._texts.get(id(settled))
        if known is None:
            known = self._texts[id(settled)] = settled, to_text(settled)
        return known[1]

    def _settled(self, text: str | None) -> Settled | None:
        if text is None:
            return None
        settled = from_text(Settled, text)
        self._texts[id(settled)] = settled, text
        return settled

    def _sealed_decisions(self, one: Settlement) -> bytes | None:
        if not one.decisions:
            return None
        text = to_text(_Decisions(one.decisions))
        return self._session.seal("platform", text, f"settlement|{one.id}|decisions")

    def _decisions(self, row: Row[Any]) -> tuple[Decision, ...]:
        if row.sealed_decisions is None:
            return ()
        place = f"settlement|{row.id}|decisions"
        plain = self._session.unseal("platform", row.sealed_decisions, place)
        return from_text(_Decisions, plain).made

    def _whole(self, row: Row[Any]) -> Settlement:
        text = self._session.unseal(
            "platform", row.sealed_last_text, f"settlement|{row.id}|last_text"
        )
        whole = row._asdict()
        disease = shown_pair(self._session, row.disease_code, row.disease_name, _of_disease(row.id))
        others: dict[str, Any] = {
            **{name: whole[name] for name in _PLAIN},
            **{name: moment(whole[name]) for name in _MOMENTS},
            **{name: self._settled(whole[name]) for name in _MONEY},
        }
        return Settlement(
            id=row.id,
            sale_id=row.sale_id,
            person_id=row.person_id,
            line_nos=from_text(tuple[int, ...], row.line_nos),
            created_at=from_micros(row.created_at),
            state=SettlementState(row.state),
            mode=ConnectionMode(row.mode),
            visit=_visit(row),
            last_text=text.decode(),
            decisions=self._decisions(row),
            disease_code=disease[0],
            disease_name=disease[1],
            version=row.version,
            **others,
        )


def _of_disease(settlement_id: str) -> str:
    return f"settlement|{settlement_id}|disease_name"


def _visit(row: Row[Any]) -> Visit | None:
    if row.visit_state is None:
        return None
    return Visit(row.visit_no, VisitState(row.visit_state), row.visit_mdtrt_id, row.visit_batch)


_PERSON_BY_ID = Hot(select(PERSON).where(PERSON.c.id == bindparam("b_id")))
_BY_PSN_NO = Hot(select(PERSON.c.id).where(PERSON.c.mac_psn_no == bindparam("b_mac")))
_REFRESH = Hot(
    update(PERSON)
    .where(PERSON.c.id == bindparam("b_id"), PERSON.c.mac_psn_no == bindparam("b_mac"))
    .values({name: bindparam(name) for name in ("mac_psn_no", "mac_cert_no", "sealed_insured")})
)
_BY_CERT_NO = Hot(select(PERSON.c.id).where(PERSON.c.mac_cert_no == bindparam("b_mac")))
_TWIN = PERSON.alias("twin")
_TWINS = Hot(
    select(_TWIN.c.id)
    .join(PERSON, PERSON.c.mac_cert_no == _TWIN.c.mac_cert_no)
    .where(PERSON.c.id == bindparam("b_id"), PERSON.c.mac_cert_no != bindparam("b_none"))
    .order_by(_TWIN.c.id)
)


class Persons:
    """:class:`app.ports.PersonBook`: the whole person in one ciphertext, found by keyed hash."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, person: InsuredPerson, new_id: str, at: datetime) -> str:
        """Store or refresh, and note that he was met; answers the random id that the log knows."""
        mac = mac_psn_no(self._session, person.psn_no)
        person_id = self._kept(mac, person, new_id)
        seen = {"store_id": self._session.store_id, "at": micros(at)}
        fresh = upsert(self._session.dialect, PERSON_SEEN)
        query = fresh.on_conflict_do_update(index_elements=["person_id"], set_=seen)
        self._session.run(query, {"person_id": person_id, **seen})
        return person_id

    def _kept(self, mac: bytes, person: InsuredPerson, new_id: str) -> str:
        # Between looking and writing another till may write him, or a run take him out: again.
        for _ in range(2):
            known = self._known(mac)
            if known is None and self._first(mac, person, new_id):
                return new_id
            if known is not None and self._refreshed(mac, person, known):
                return known
        raise StoreBusy(what="person")

    def _refreshed(self, mac: bytes, person: InsuredPerson, person_id: str) -> bool:
        """Whether he still stood under the number: whom nobody is any more stays nobody."""
        here = {"b_id": person_id, "b_mac": mac}
        return self._session.write(_REFRESH, {**self._row(mac, person, person_id), **here}) == 1

    def _known(self, mac: bytes) -> str | None:
        known = self._session.hot(_BY_PSN_NO, {"b_mac": mac})
        return str(known[0].id) if known else None

    def _first(self, mac: bytes, person: InsuredPerson, new_id: str) -> bool:
        """Whether this till was the first to write the person."""
        fresh = upsert(self._session.dialect, PERSON)
        query = fresh.on_conflict_do_nothing(index_elements=["mac_psn_no"])
        values = {**self._session.stamp, "id": new_id, **self._row(mac, person, new_id)}
        return self._session.run(query, values, "person").rowcount == 1

    def _row(self, mac: bytes, person: InsuredPerson, person_id: str) -> dict[str, Any]:
        return {
            "mac_psn_no": mac,
            "mac_cert_no": mac_cert_no(self._session, person.cert_no),
            "sealed_insured": self._session.seal("person", to_text(person), _place(person_id)),
        }

    def get(self, person_id: str) -> PersonRecord:
        """:raises NotFound:."""
        found = self._session.hot(_PERSON_BY_ID, {"b_id": person_id})
        if not found:
            raise NotFound(what="person")
        row = found[0]
        plain = self._session.unseal("person", row.sealed_insured, _place(row.id))
        return PersonRecord(row.id, from_text(InsuredPerson, plain))

    def by_cert_no(self, cert_no: str) -> list[PersonRecord]:
        """Persons with that ID number, by keyed hash (the number itself is not searched)."""
        mac = mac_cert_no(self._session, cert_no)
        return [self.get(row.id) for row in self._session.hot(_BY_CERT_NO, {"b_mac": mac})]

    def same_document(self, person_id: str) -> list[str]:
        """Ids of the records with this one's document, itself among them; none is opened.

        Without a document it is alone.
        """
        asked = {"b_id": person_id, "b_none": mac_cert_no(self._session, "")}
        return [row.id for row in self._session.hot(_TWINS, asked)] or [person_id]


def mac_cert_no(session: Session, cert_no: str) -> bytes:
    """The keyed hash under which a document number is found, in every table the same."""
    return _mac(session, "cert_no", cert_no)


def mac_psn_no(session: Session, psn_no: str) -> bytes:
    """The same of the platform's number of a person."""
    return _mac(session, "psn_no", psn_no)


def _mac(session: Session, column: str, text: str) -> bytes:
    # The same card read twice must give the same hash: x and X, blanks around.
    return session.secrets.index("person", f"{column}|{text.strip().upper()}")


def _place(person_id: str) -> str:
    return f"person|{person_id}|insured"


_JOURNAL = Hot(insert(PLATFORM_REQUEST))
_ANSWERED = Hot(
    update(PLATFORM_REQUEST)
    .where(
        PLATFORM_REQUEST.c.msgid == bindparam("b_msgid"),
        PLATFORM_REQUEST.c.outcome == bindparam("b_pending"),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                "outcome",
                "infcode",
                "sealed_text",
                "sealed_answer",
                "answered_at",
                "millis",
            )
        }
    )
)


class Requests:
    """:class:`app.ports.RequestJournal`; pending rows are those of the acting till."""

    def __init__(self, session: Session, log: Log) -> None:
        self._session = session
        self._log = log

    def write(self, row: RequestRow) -> None:
        """Before sending; :raises BadValue: when the msgid was ever used."""
        values = {field.name: getattr(row, field.name) for field in fields(row)}
        request, answer = values.pop("request"), values.pop("answer")
        text = values.pop("text")
        values |= {
            **self._session.stamp,
            "sent_at": micros(row.sent_at),
            "answered_at": stored(row.answered_at),
            "outcome": row.outcome.value,
            # Even an empty request is sealed: the column says that there was one.
            "sealed_request": self._session.secrets.seal(
                "platform", request, _leg(row.msgid, "request")
            ),
            "sealed_answer": self._session.seal("platform", answer, _leg(row.msgid, "answer")),
            "sealed_text": self._session.seal("platform", text, _leg(row.msgid, "text")),
        }
        self._session.write(_JOURNAL, values, "msgid")

    def answer(self, msgid: str, answer: Answer, at: datetime) -> None:
        """After; a row is answered once, later answers are kept in the log only.

        :raises NotFound: when the msgid was never written.
        """
        table = PLATFORM_REQUEST
        values = {
            "b_msgid": msgid,
            "b_pending": Outcome.PENDING.value,
            "outcome": answer.outcome.value,
            "infcode": answer.infcode or "",
            "sealed_text": self._session.seal("platform", answer.text, _leg(msgid, "text")),
            "sealed_answer": self._session.seal("platform", answer.raw, _leg(msgid, "answer")),
            "answered_at": micros(at),
            "millis": answer.millis,
        }
        if self._session.write(_ANSWERED, values) == 1:
            return
        if self._session.one(select(table.c.msgid).where(table.c.msgid == msgid)) is None:
            raise NotFound(what="platform request")
        self._log.append("platform.answered_again", "", at, _told(msgid, answer))

    def get(self, msgid: str) -> RequestRow | None:
        """The row of a msgid."""
        found = self._those(PLATFORM_REQUEST.c.msgid == msgid)
        return found[0] if found else None

    def of_settlement(self, settlement_id: str) -> list[RequestRow]:
        """In the order of sending."""
        return self._those(PLATFORM_REQUEST.c.settlement_id == settlement_id)

    def pending(self) -> list[RequestRow]:
        """This till's rows written and never answered: after a restart each is unknown."""
        return self._those(
            and_(
                PLATFORM_REQUEST.c.till_id == self._session.till_id,
                PLATFORM_REQUEST.c.outcome == Outcome.PENDING.value,
            )
        )

    def _those(self, wanted: ColumnElement[bool]) -> list[RequestRow]:
        table = PLATFORM_REQUEST
        query = select(table).where(wanted).order_by(table.c.sent_at, table.c.msgid)
        return [self._whole(row) for row in self._session.run(query)]

    def _whole(self, row: Row[Any]) -> RequestRow:
        def plain(column: str) -> bytes:
            sealed = row._mapping[f"sealed_{column}"]
            return self._session.unseal("platform", sealed, _leg(row.msgid, column))

        return RequestRow(
            msgid=row.msgid,
            infno=row.infno,
            leg=row.leg,
            settlement_id=row.settlement_id,
            request=plain("request"),
            sent_at=from_micros(row.sent_at),
            outcome=Outcome(row.outcome),
            infcode=row.infcode,
            text=plain("text").decode(),
            answer=plain("answer"),
            answered_at=moment(row.answered_at),
            millis=row.millis,
        )


def _leg(msgid: str, column: str) -> str:
    return f"platform_request|{msgid}|{column}"


def _told(msgid: str, answer: Answer) -> dict[str, object]:
    return {
        "msgid": msgid,
        "outcome": answer.outcome.value,
        "infcode": answer.infcode or "",
        "sha256": hashlib.sha256(answer.raw).hexdigest(),
    }
