"""The open shop's part for proxy purchases: each step, then where the record stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from app.domain.insurance import Credential
    from app.domain.sale import Sale
    from app.domain.signature import PenTrace
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.proxy_archive import ProxyPage, ProxyRow
    from app.use_cases.proxy_purchase import ProxyShown
    from app.use_cases.proxy_view import ProxyView
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.staff_documents import StaffLine
    from app.use_cases.views import Patient


class ShopProxy:
    """``ui.screens.proxy_door.ProxyDoor``; a part of :class:`ui.shop.Shop`. Loaded when wanted."""

    doors: Doors

    def proxy_of_sale(self, sale_id: str, patient: Patient | None) -> ProxyView | None:
        """From the books."""
        from app.use_cases.proxy_view import proxy_of_sale

        return proxy_of_sale(self.doors, sale_id, patient)

    def open_proxy(self, sale: Sale, patient: Patient, operator: Operator) -> ProxyView | None:
        """Begin, or go on."""
        from app.use_cases.proxy_purchase import open_proxy

        open_proxy(self.doors, sale, patient, operator)
        return self.proxy_of_sale(sale.id, patient)

    def proxy_shown(
        self, at: ProxyView, patient: Patient | None, shown: ProxyShown, operator: Operator,
        second: SecondPerson | None,
    ) -> ProxyView | None:  # fmt: skip
        """Read from a card, or typed."""
        from app.use_cases.proxy_purchase import show_proxy

        show_proxy(self.doors, at.proxy_id, shown, operator, second)
        return self.proxy_of_sale(at.sale_id, patient)

    def proxy_code(
        self, at: ProxyView, patient: Patient | None, credential: Credential, operator: Operator
    ) -> ProxyView | None:
        """The platform is asked whose it is."""
        from app.use_cases.proxy_purchase import show_proxy_code

        show_proxy_code(self.doors, at.proxy_id, credential, operator)
        return self.proxy_of_sale(at.sale_id, patient)

    def proxy_named(
        self, at: ProxyView, patient: Patient | None, told: tuple[str, str, str],
        operator: Operator,
    ) -> ProxyView | None:  # fmt: skip
        """Relation, reason, proof."""
        from app.use_cases.proxy_purchase import name_relation

        name_relation(self.doors, at.proxy_id, *told, operator)
        return self.proxy_of_sale(at.sale_id, patient)

    def proxy_listed(
        self, at: ProxyView, patient: Patient | None, operator: Operator
    ) -> ProxyView | None:
        """Made and owed to the printer."""
        from app.use_cases.proxy_purchase import list_for_signature

        list_for_signature(self.doors, at.proxy_id, operator)
        return self.proxy_of_sale(at.sale_id, patient)

    def proxy_signed(
        self, at: ProxyView, patient: Patient | None, signed: PenTrace | bytes, operator: Operator
    ) -> ProxyView | None:
        """Of the list that the view shows."""
        from app.use_cases.proxy_purchase import keep_list_signature

        keep_list_signature(self.doors, at.proxy_id, at.digest, signed, operator)
        return self.proxy_of_sale(at.sale_id, patient)

    def proxy_pictured(
        self, at: ProxyView, patient: Patient | None, jpeg: bytes, operator: Operator
    ) -> ProxyView | None:
        """Of the list that the view shows."""
        from app.use_cases.proxy_purchase import keep_still

        keep_still(self.doors, at.proxy_id, at.digest, jpeg, operator)
        return self.proxy_of_sale(at.sale_id, patient)

    def proxy_voided(
        self, at: ProxyView, patient: Patient | None, operator: Operator
    ) -> ProxyView | None:
        """The record stays, void."""
        from app.use_cases.proxy_purchase import void_proxy

        void_proxy(self.doors, at.proxy_id, operator)
        return self.proxy_of_sale(at.sale_id, patient)

    def find_proxies(
        self, operator: Operator, text: str, first: date, last: date
    ) -> tuple[ProxyRow, ...]:
        """Who looked is logged."""
        from app.use_cases.proxy_archive import find_proxies

        return find_proxies(self.doors, operator, text, first, last)

    def proxy_page(self, operator: Operator, proxy_id: str) -> ProxyPage:
        """Who looked is logged."""
        from app.use_cases.proxy_archive import proxy_page

        return proxy_page(self.doors, operator, proxy_id)

    def look_again(self, operator: Operator, proxy_id: str, look: str) -> None:
        """Who looked is logged."""
        from app.use_cases.proxy_archive import look_again

        look_again(self.doors, operator, proxy_id, look)

    def proxy_posted(self, operator: Operator, proxy_id: str, shipping_no: str) -> None:
        """The parcel's number, sealed."""
        from app.use_cases.proxy_shipping import post_goods

        post_goods(self.doors, operator, proxy_id, shipping_no)

    def staff_lines(self, operator: Operator) -> tuple[StaffLine, ...]:
        """Numbers masked."""
        from app.use_cases.staff_documents import staff_lines

        return staff_lines(self.doors, operator)

    def set_staff_document(
        self, operator: Operator, number: str, cert_no: str, filing: str
    ) -> None:
        """Sealed."""
        from app.use_cases.staff_documents import set_staff_document

        set_staff_document(self.doors, operator, number, cert_no, filing)
