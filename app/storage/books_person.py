"""Checks and consents in the books: results and codes; no face, no name, no number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, bindparam, cast, insert, select, union_all, update

from app.domain.clock import from_micros, micros
from app.domain.consent import Consent, ConsentHow, ConsentPurpose
from app.domain.person_check import CheckVerdict, CheckWay, PersonCheck
from app.errors import NotFound
from app.storage.books_insurance import mac_cert_no
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables import PERSON
from app.storage.tables_person import CONSENT, PERSON_CHECK

_OF_SALE = Hot(
    select(PERSON_CHECK)
    .where(
        PERSON_CHECK.c.store_id == bindparam("b_store"),
        PERSON_CHECK.c.sale_id == bindparam("b_sale"),
    )
    .order_by(PERSON_CHECK.c.seq)
)
_TWIN = PERSON.alias("twin")
_SAME = union_all(
    select(cast(bindparam("b_id"), String(64))),
    select(_TWIN.c.id)
    .join(PERSON, PERSON.c.mac_cert_no == _TWIN.c.mac_cert_no)
    .where(PERSON.c.id == bindparam("b_id"), PERSON.c.mac_cert_no != bindparam("b_none")),
)
_OF_PERSON = Hot(
    select(PERSON_CHECK)
    .where(
        PERSON_CHECK.c.person_id.in_(_SAME),
        PERSON_CHECK.c.store_id == bindparam("b_store"),
        PERSON_CHECK.c.at >= bindparam("b_since"),
    )
    .order_by(PERSON_CHECK.c.seq)
)
"""Both are asked at every quote and settlement."""


class Checks:
    """:class:`app.ports_person.CheckBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, check: PersonCheck) -> None:
        """Keep a new one; :raises BadValue: its id is taken."""
        row = {
            **self._session.stamp,
            "id": check.id,
            "sale_id": check.sale_id,
            "person_id": check.person_id,
            "at": micros(check.at),
            "by": check.by,
            "way": check.way.value,
            "verdict": check.verdict.value,
            "credential": check.credential,
            "model_id": check.model_id,
            "distance_e4": check.distance_e4,
            "threshold_e4": check.threshold_e4,
            "liveness": check.liveness,
            "tries": check.tries,
            "consent_id": check.consent_id,
            "second_id": check.second_id,
            "reason": check.reason,
        }
        self._session.run(insert(PERSON_CHECK), row, "person check")

    def of_sale(self, sale_id: str) -> list[PersonCheck]:
        """Those of a sale, oldest first."""
        asked = {"b_store": self._session.store_id, "b_sale": sale_id}
        return [_check(row) for row in self._session.hot(_OF_SALE, asked)]

    def of_person(self, person_id: str, since: datetime) -> list[PersonCheck]:
        """Under every record with the same document, at any sale, oldest first."""
        asked = {
            "b_id": person_id,
            "b_none": mac_cert_no(self._session, ""),
            "b_store": self._session.store_id,
            "b_since": micros(since),
        }
        return [_check(row) for row in self._session.hot(_OF_PERSON, asked)]


def _check(row: Row[Any]) -> PersonCheck:
    return PersonCheck(
        id=row.id,
        sale_id=row.sale_id,
        person_id=row.person_id,
        at=from_micros(row.at),
        by=row.by,
        way=CheckWay(row.way),
        verdict=CheckVerdict(row.verdict),
        credential=row.credential,
        model_id=row.model_id,
        distance_e4=row.distance_e4,
        threshold_e4=row.threshold_e4,
        liveness=row.liveness,
        tries=row.tries,
        consent_id=row.consent_id,
        second_id=row.second_id,
        reason=row.reason,
    )


class Consents:
    """:class:`app.ports_person.ConsentBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, consent: Consent) -> None:
        """Keep a new one; :raises BadValue: its id is taken."""
        gone = consent.withdrawn_at
        row = {
            **self._session.stamp,
            "id": consent.id,
            "person_id": consent.person_id,
            "purpose": consent.purpose.value,
            "text_version": consent.text_version,
            "given_at": micros(consent.given_at),
            "given_to": consent.given_to,
            "how": consent.how.value,
            "exhibit_id": consent.exhibit_id,
            "guardian": consent.guardian,
            "withdrawn_at": micros(gone) if gone else None,
            "withdrawn_by": consent.withdrawn_by,
        }
        self._session.run(insert(CONSENT), row, "consent")

    def withdraw(self, consent: Consent) -> None:
        """Write down when and to whom it was withdrawn; :raises NotFound: it does not stand."""
        if consent.withdrawn_at is None:
            raise NotFound(what="withdrawal")
        query = (
            update(CONSENT)
            .where(
                CONSENT.c.store_id == self._session.store_id,
                CONSENT.c.id == consent.id,
                CONSENT.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=micros(consent.withdrawn_at), withdrawn_by=consent.withdrawn_by)
        )
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="consent")

    def of_person(self, person_id: str) -> list[Consent]:
        """All of a person, withdrawn ones too, oldest first."""
        mine = CONSENT.c.store_id == self._session.store_id
        query = select(CONSENT).where(mine, CONSENT.c.person_id == person_id)
        return [
            Consent(
                id=row.id,
                person_id=row.person_id,
                purpose=ConsentPurpose(row.purpose),
                text_version=row.text_version,
                given_at=from_micros(row.given_at),
                given_to=row.given_to,
                how=ConsentHow(row.how),
                exhibit_id=row.exhibit_id,
                guardian=bool(row.guardian),
                withdrawn_at=None if row.withdrawn_at is None else from_micros(row.withdrawn_at),
                withdrawn_by=row.withdrawn_by,
            )
            for row in self._session.run(query.order_by(CONSENT.c.seq))
        ]
