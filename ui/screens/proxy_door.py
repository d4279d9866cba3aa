"""What the screens ask of the shop about proxy purchases (代购)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from app.domain.insurance import Credential
    from app.domain.sale import Sale
    from app.domain.signature import PenTrace
    from app.use_cases.facts import Operator
    from app.use_cases.proxy_archive import ProxyPage, ProxyRow
    from app.use_cases.proxy_purchase import ProxyShown
    from app.use_cases.proxy_view import ProxyView
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.staff_documents import StaffLine
    from app.use_cases.views import Patient


class ProxyStepsDoor(Protocol):
    """The steps at the counter; the *store* lane but for :meth:`proxy_code`.

    Each answers where the record stands after it, for who is identified now. Errors as in
    :mod:`app.use_cases.proxy_purchase`.
    """

    def proxy_of_sale(self, sale_id: str, patient: Patient | None) -> ProxyView | None:
        """The record that carries the sale; None = the patient buys."""
        ...

    def open_proxy(self, sale: Sale, patient: Patient, operator: Operator) -> ProxyView | None:
        """Begin, or go on where it was."""
        ...

    def proxy_shown(
        self, at: ProxyView, patient: Patient | None, shown: ProxyShown, operator: Operator,
        second: SecondPerson | None,
    ) -> ProxyView | None:  # fmt: skip
        """The proxy's document, read or typed."""
        ...

    def proxy_code(
        self, at: ProxyView, patient: Patient | None, credential: Credential, operator: Operator
    ) -> ProxyView | None:
        """The *line* lane: whose e-certificate it is."""
        ...

    def proxy_named(
        self, at: ProxyView, patient: Patient | None, told: tuple[str, str, str],
        operator: Operator,
    ) -> ProxyView | None:  # fmt: skip
        """``told``: relation, reason, proof."""
        ...

    def proxy_listed(
        self, at: ProxyView, patient: Patient | None, operator: Operator
    ) -> ProxyView | None:
        """The list with its amounts; it lies in the spool."""
        ...

    def proxy_signed(
        self, at: ProxyView, patient: Patient | None, signed: PenTrace | bytes, operator: Operator
    ) -> ProxyView | None:
        """The trace of the pad, or a picture of the signed paper."""
        ...

    def proxy_pictured(
        self, at: ProxyView, patient: Patient | None, jpeg: bytes, operator: Operator
    ) -> ProxyView | None:
        """The proxy with the signed list."""
        ...

    def proxy_voided(
        self, at: ProxyView, patient: Patient | None, operator: Operator
    ) -> ProxyView | None:
        """The patient buys after all."""
        ...


class ProxyArchiveDoor(Protocol):
    """The *store* lane; :raises NotAllowed: the role may not see persons, or manage staff."""

    def find_proxies(
        self, operator: Operator, text: str, first: date, last: date
    ) -> tuple[ProxyRow, ...]:
        """By document number, or by name, receipt number and days; newest first."""
        ...

    def proxy_page(self, operator: Operator, proxy_id: str) -> ProxyPage:
        """The inspector's page."""
        ...

    def look_again(self, operator: Operator, proxy_id: str, look: str) -> None:
        """A manager's second look."""
        ...

    def proxy_posted(self, operator: Operator, proxy_id: str, shipping_no: str) -> None:
        """What was bought goes to the patient by post."""
        ...

    def staff_lines(self, operator: Operator) -> tuple[StaffLine, ...]:
        """Members with what is known of their documents."""
        ...

    def set_staff_document(
        self, operator: Operator, number: str, cert_no: str, filing: str
    ) -> None:
        """Whose number is whose, and which filing names them as a proxy."""
        ...


class ProxyDoor(ProxyStepsDoor, ProxyArchiveDoor, Protocol):
    """Both groups."""
