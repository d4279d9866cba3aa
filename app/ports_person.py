"""The doors to what the books know of persons at the counter: checks and consents."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.consent import Consent
from app.domain.person_check import PersonCheck


class CheckBook(Protocol):
    """Person against credential; :meth:`add` only, for what was found is not changed."""

    def add(self, check: PersonCheck) -> None:
        """Keep a new one; :raises BadValue: its id is taken."""
        ...

    def of_sale(self, sale_id: str) -> list[PersonCheck]:
        """Those of a sale, oldest first."""
        ...

    def of_person(self, person_id: str, since: datetime) -> list[PersonCheck]:
        """Those of a person from ``since`` on, at any sale and till of the store, oldest first.

        Every record with the same document is this person.
        """
        ...


class ConsentBook(Protocol):
    """Consents of persons, the whole store's; none is ever taken out."""

    def add(self, consent: Consent) -> None:
        """Keep a new one; :raises BadValue: its id is taken."""
        ...

    def withdraw(self, consent: Consent) -> None:
        """Write down when and to whom it was withdrawn; :raises NotFound: it does not stand."""
        ...

    def of_person(self, person_id: str) -> list[Consent]:
        """All of a person, withdrawn ones too, oldest first."""
        ...
