"""Templates of faces: numbers sealed in their own row, whoever and whatever they are for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select

from app.domain.clock import from_micros, micros
from app.domain.consent import ConsentPurpose
from app.domain.face_template import KeptTemplate, packed, unpacked
from app.storage.session import Session
from app.storage.tables_face import FACE_TEMPLATE

_SEALED_FOR = "face"


class Templates:
    """:class:`app.ports_face.TemplateBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _mine(self) -> ColumnElement[bool]:
        # Not in the making: every unit of work makes this book, few ask it.
        return FACE_TEMPLATE.c.store_id == self._session.store_id

    def add(self, kept: KeptTemplate) -> None:
        """Keep a new one; :raises BadValue: its id is taken."""
        place = _place(kept.id, kept.person_id, kept.purpose.value, kept.model_id)
        row = {
            **self._session.stamp,
            "id": kept.id,
            "person_id": kept.person_id,
            "purpose": kept.purpose.value,
            "model_id": kept.model_id,
            "at": micros(kept.at),
            "by": kept.by,
            "second_id": kept.second_id,
            "consent_id": kept.consent_id,
            "sealed_values": self._session.seal(_SEALED_FOR, packed(kept.template), place),
        }
        self._session.run(insert(FACE_TEMPLATE), row, "face template")

    def of_person(
        self, person_id: str, purpose: ConsentPurpose, model_id: str
    ) -> list[KeptTemplate]:
        """Those that this model can compare, oldest first."""
        query = select(FACE_TEMPLATE).where(
            self._mine,
            FACE_TEMPLATE.c.person_id == person_id,
            FACE_TEMPLATE.c.purpose == purpose.value,
            FACE_TEMPLATE.c.model_id == model_id,
        )
        return [self._kept(row) for row in self._session.run(query.order_by(FACE_TEMPLATE.c.seq))]

    def models_of(self, person_id: str) -> frozenset[str]:
        """Of which models a person has any."""
        column = FACE_TEMPLATE.c.model_id
        query = select(column).where(self._mine, FACE_TEMPLATE.c.person_id == person_id)
        return frozenset(self._session.run(query.distinct()).scalars())

    def delete_of(self, person_id: str) -> int:
        """Every template of a person goes; answers how many."""
        gone = delete(FACE_TEMPLATE).where(self._mine, FACE_TEMPLATE.c.person_id == person_id)
        return self._session.run(gone).rowcount

    def persons(self) -> int:
        """How many persons have any."""
        query = select(func.count(FACE_TEMPLATE.c.person_id.distinct())).where(self._mine)
        return int(self._session.run(query).scalar_one())

    def _kept(self, row: Row[Any]) -> KeptTemplate:
        place = _place(row.id, row.person_id, row.purpose, row.model_id)
        raw = self._session.unseal(_SEALED_FOR, row.sealed_values, place)
        return KeptTemplate(
            id=row.id,
            person_id=row.person_id,
            purpose=ConsentPurpose(row.purpose),
            at=from_micros(row.at),
            by=row.by,
            second_id=row.second_id,
            consent_id=row.consent_id,
            template=unpacked(row.model_id, raw),
        )


def _place(row_id: str, person_id: str, purpose: str, model_id: str) -> str:
    """What a ciphertext is bound to: one row, one person, one purpose, one model."""
    return f"face_template|{row_id}|{person_id}|{purpose}|{model_id}|values"
