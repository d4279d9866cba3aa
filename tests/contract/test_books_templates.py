"""Templates of faces, on both databases: bound to person, purpose and model, gone when deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.domain.consent import ConsentPurpose
from app.domain.face import Template
from app.domain.face_template import FacesKept, KeptTemplate, packed, unpacked
from app.errors import BadValue, SecretError
from app.ports import UnitOfWorkFactory
from app.storage.tables_face import FACE_TEMPLATE
from tests.fakes.builders import a_template
from tests.fakes.clock import START

FACE = ConsentPurpose.FACE
ONE = a_template(id="t-1")
LATER = replace(ONE, id="t-2", at=START + timedelta(seconds=1))
OTHER_MODEL = replace(ONE, id="t-3", template=Template("engine@2", (1.0,)))
OTHER = replace(ONE, id="t-4", person_id="person-2")


def _keep(books: UnitOfWorkFactory, *kept: KeptTemplate) -> None:
    with books() as uow:
        for one in kept:
            uow.templates.add(one)
        uow.commit()


def test_templates_come_back_for_their_model_alone(books: UnitOfWorkFactory) -> None:
    _keep(books, ONE, LATER, OTHER_MODEL, OTHER)
    with books() as uow:
        assert uow.templates.of_person("person-1", FACE, "engine@1") == [ONE, LATER]
        assert uow.templates.of_person("person-1", FACE, "engine@2") == [OTHER_MODEL]
        assert uow.templates.of_person("person-1", FACE, "engine@3") == []
        assert uow.templates.of_person("person-1", ConsentPurpose.PURCHASE_STILL, "engine@1") == []
        assert uow.templates.models_of("person-1") == {"engine@1", "engine@2"}
        assert uow.templates.models_of("person-3") == frozenset()
        assert uow.templates.persons() == 2


def test_deleting_takes_every_template_of_a_person_and_of_nobody_else(
    books: UnitOfWorkFactory,
) -> None:
    _keep(books, ONE, LATER, OTHER_MODEL, OTHER)
    with books() as uow:
        assert uow.templates.delete_of("person-1") == 3
        assert uow.templates.delete_of("person-1") == 0
        uow.commit()
    with books() as uow:
        assert uow.templates.models_of("person-1") == frozenset()
        assert uow.templates.of_person("person-2", FACE, "engine@1") == [OTHER]


def test_an_id_is_taken_once(books: UnitOfWorkFactory) -> None:
    _keep(books, ONE)
    with books() as uow, pytest.raises(BadValue):
        uow.templates.add(replace(OTHER, id="t-1"))


@pytest.mark.parametrize(
    ("column", "value"),
    [("person_id", "person-2"), ("purpose", "purchase_still"), ("model_id", "engine@2")],
)
@pytest.mark.rule("S-16")
def test_a_template_opens_for_its_person_purpose_and_model_only(
    books: UnitOfWorkFactory, engine: Any, column: str, value: str
) -> None:
    _keep(books, ONE)
    with engine.begin() as connection:
        connection.execute(update(FACE_TEMPLATE).values({column: value}))
    who = {"person_id": "person-1", "purpose": "face", "model_id": "engine@1", column: value}
    with books() as uow, pytest.raises(SecretError):
        uow.templates.of_person(who["person_id"], ConsentPurpose(who["purpose"]), who["model_id"])


def test_its_numbers_stand_nowhere_in_the_open(books: UnitOfWorkFactory, engine: Any) -> None:
    _keep(books, ONE)
    with engine.connect() as connection:
        row = connection.execute(select(FACE_TEMPLATE)).one()
    assert packed(ONE.template) not in b"".join(
        value if isinstance(value, bytes) else str(value).encode() for value in row
    )
    assert "0.125" not in repr(ONE)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=512))
def test_numbers_are_kept_to_four_bytes(values: list[float]) -> None:
    told = Template("m", tuple(values))
    assert unpacked("m", packed(told)) == told
    assert len(packed(told)) == 4 * len(values)


@pytest.mark.parametrize("raw", [b"", b"abc", bytes(4 * 4097)])
def test_bytes_that_are_no_template(raw: bytes) -> None:
    with pytest.raises(BadValue):
        unpacked("m", raw)


def test_the_store_is_told_before_it_has_to_file() -> None:
    assert not FacesKept(79_999, 100_000).is_near
    assert FacesKept(80_000, 100_000).is_near
    assert not FacesKept(10**6).is_near
