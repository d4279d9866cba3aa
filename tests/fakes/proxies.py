"""The screens' shop for proxy purchases: one record in memory, an archive of a few rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain.evidence import EvidenceKind
from app.domain.insurance import Credential, CredentialKind
from app.domain.masking import mask_id_number, mask_name
from app.domain.money import Money
from app.domain.proxy import ListedLine, ListedPart, PurchaseList
from app.domain.sale import Sale
from app.domain.signature import PenPoint, PenTrace
from app.domain.staff import Right
from app.errors import NotAllowed, SecondPersonNeeded, YaotaiError
from app.use_cases.doors import Operator
from app.use_cases.proxy_archive import Piece, ProxyPage, ProxyRow
from app.use_cases.proxy_purchase import ProxyShown
from app.use_cases.proxy_view import ProxyView
from app.use_cases.sign_in import SecondPerson
from app.use_cases.staff_documents import StaffLine
from app.use_cases.views import Patient, PaymentView

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PROXY = ProxyShown(CredentialKind.ID_CARD, "练习㐂𬭊䶮", "999900199512120020")
"""An invented person of practice."""
TRACE = PenTrace(
    600, 300, (tuple(PenPoint(20 + 25 * n, 60 + 40 * (n % 3), 500, 15 * n) for n in range(20)),)
)


def a_row(number: int = 1, **changes: object) -> ProxyRow:
    """A line of the archive."""
    made = ProxyRow(
        f"proxy-{number}", AT.replace(hour=number), "used", "练**甲", "练***䶮", "child",
        "bedridden", f"01-20261122-{number:04d}", Money(2460), "",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def a_list(lines: int = 1, cash: int = 615) -> PurchaseList:
    """What a proxy signs."""
    from app.domain.money import Quantity, UnitPrice

    one = ListedLine(
        1, "样压平 苯磺酸氨氯地平片", "5mg*28片", "样本药业股份有限公司", Quantity.of(1), "盒",
        UnitPrice(24_600_000), Money(2460),
    )  # fmt: skip
    part = ListedPart("special", Money(2460), Money(1845), Money(0), Money(0), Money(cash))
    return PurchaseList(
        "sale-1", "p1", "p2", "child", "bedridden", "",
        tuple(replace(one, no=no) for no in range(1, lines + 1)), (part,),
        Money(2460 * lines), Money(cash),
    )  # fmt: skip


def a_page(jpeg: bytes = b"", lines: int = 1, **changes: object) -> ProxyPage:
    """The page of one."""
    listed = a_list(lines)
    made = ProxyPage(
        row=a_row(), shop_name="练习惠民大药房", institution_code="P99990000001", mark="practice",
        patient_number=mask_id_number("999900196008150913"), patient_kind="01",
        patient_typed=False, proxy_number=mask_id_number(PROXY.cert_no), proxy_kind="02",
        proxy_typed=False, second="", staff_filing="", proof="", cashier="练习李收银",
        listed=listed, digest=listed.digest(), listed_at=AT, signed_at=AT, pictured_at=AT,
        ended_at=AT,
        pieces=(
            Piece(EvidenceKind.PROXY_LIST, AT, "ab" * 32, TRACE),
            Piece(EvidenceKind.PROXY_STILL, AT, "cd" * 32, jpeg=jpeg),
        ),
        looked_by="", looked_at=None,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


class FakeProxies:
    """``views`` are the fake shop's own: what the list says follows its amounts."""

    views: dict[str, PaymentView]
    proxy: ProxyView | None = None
    proxy_error: YaotaiError | None = None
    """What the next step is refused with."""
    proxy_special: bool = True
    """Whether the area asks for a cause, a signature and a picture."""
    proxy_rows: tuple[ProxyRow, ...] = ()
    proxy_image: bytes = b""
    proxy_parcel: str = ""
    proxy_asked: list[str]
    proxy_said: str = ""

    def _proxy_now(self, patient: Patient | None) -> ProxyView | None:
        one = self.proxy
        if one is None:
            return None
        paid = self.views.get(one.sale_id)
        cash = paid.cash_due if paid is not None else None
        changed = one.listed is not None and one.listed.cash_due != cash
        return replace(
            one, quoted=paid is not None, differs=changed,
            settled=paid is not None and not paid.is_quote,
        )  # fmt: skip

    def _proxy_changed(self, **changes: object) -> None:
        if self.proxy_error is not None:
            error, self.proxy_error = self.proxy_error, None
            raise error
        assert self.proxy is not None
        self.proxy = replace(self.proxy, **changes)  # type: ignore[arg-type]

    def proxy_of_sale(self, sale_id: str, patient: Patient | None) -> ProxyView | None:
        return self._proxy_now(patient)

    def open_proxy(self, sale: Sale, patient: Patient, operator: Operator) -> ProxyView | None:
        if self.proxy is None:
            asked = self.proxy_special
            self.proxy = ProxyView(
                "proxy-1", sale.id, "open", mask_name(patient.person.name),
                patient.credential.kind, True, True, cause_wanted=asked,
                signature_wanted=asked, still_wanted=asked,
            )  # fmt: skip
        return self._proxy_now(patient)

    def proxy_shown(
        self, at: ProxyView, patient: Patient | None, shown: ProxyShown, operator: Operator,
        second: SecondPerson | None,
    ) -> ProxyView | None:  # fmt: skip
        if shown.typed and second is None:
            raise SecondPersonNeeded(act="proxy_typed")
        self._proxy_changed(
            proxy=mask_name(shown.name), proxy_number=mask_id_number(shown.cert_no),
            proxy_kind=shown.kind.value, proxy_typed=shown.typed,
        )  # fmt: skip
        return self._proxy_now(patient)

    def proxy_code(
        self, at: ProxyView, patient: Patient | None, credential: Credential, operator: Operator
    ) -> ProxyView | None:
        self._proxy_changed(proxy=mask_name(PROXY.name), proxy_number="", proxy_kind="01")
        return self._proxy_now(patient)

    def proxy_named(
        self, at: ProxyView, patient: Patient | None, told: tuple[str, str, str],
        operator: Operator,
    ) -> ProxyView | None:  # fmt: skip
        relation, reason, proof = told
        holds = reason == "bedridden" or bool(proof)
        self._proxy_changed(relation=relation, reason=reason, proof=proof, cause_holds=holds,
                     listed=None, digest="", signed_at=None, pictured_at=None)  # fmt: skip
        return self._proxy_now(patient)

    def proxy_listed(
        self, at: ProxyView, patient: Patient | None, operator: Operator
    ) -> ProxyView | None:
        listed = a_list(cash=self.views[at.sale_id].cash_due.fen)
        if listed.digest() != at.digest:
            self._proxy_changed(listed=listed, digest=listed.digest(), listed_at=AT, signed_at=None,
                         pictured_at=None)  # fmt: skip
        return self._proxy_now(patient)

    def proxy_signed(
        self, at: ProxyView, patient: Patient | None, signed: PenTrace | bytes, operator: Operator
    ) -> ProxyView | None:
        self._proxy_changed(signed_at=AT)
        return self._proxy_now(patient)

    def proxy_pictured(
        self, at: ProxyView, patient: Patient | None, jpeg: bytes, operator: Operator
    ) -> ProxyView | None:
        self._proxy_changed(pictured_at=AT)
        return self._proxy_now(patient)

    def proxy_voided(
        self, at: ProxyView, patient: Patient | None, operator: Operator
    ) -> ProxyView | None:
        self.proxy = None
        return None

    # --- looked up ----------------------------------------------------------------------------

    def _proxy_asks(self, text: str) -> None:
        self.__dict__.setdefault("proxy_asked", []).append(text)

    def find_proxies(
        self, operator: Operator, text: str, first: date, last: date
    ) -> tuple[ProxyRow, ...]:
        self._proxy_asks(f"{text}|{first}|{last}")
        return self.proxy_rows

    def proxy_page(self, operator: Operator, proxy_id: str) -> ProxyPage:
        row = replace(a_row(), look=self.proxy_said)
        return a_page(self.proxy_image, row=row, looked_by="练习陈店长" if self.proxy_said else "",
                      looked_at=AT if self.proxy_said else None,
                      may_be_posted=True, shipping_no=self.proxy_parcel)  # fmt: skip

    def proxy_posted(self, operator: Operator, proxy_id: str, shipping_no: str) -> None:
        self.proxy_parcel = shipping_no

    def look_again(self, operator: Operator, proxy_id: str, look: str) -> None:
        self.proxy_said = look

    def staff_lines(self, operator: Operator) -> tuple[StaffLine, ...]:
        if not operator.staff.may(Right.MANAGE_STAFF):
            raise NotAllowed(act="staff_documents")
        return (
            StaffLine("1001", "练习李收银", "", ""),
            StaffLine("2001", "练习王药师", "999*************17", "F-2026-1"),
        )

    def set_staff_document(
        self, operator: Operator, number: str, cert_no: str, filing: str
    ) -> None:
        self._proxy_asks(f"{number}|{filing}")
